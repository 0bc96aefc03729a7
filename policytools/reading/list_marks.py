"""Bullets, numbers and letters in front of list items."""

import re

# A hyphen, star or dash opens an item only before a space; the other bullets are never part of a word.
BULLET = re.compile(r"[ \t]*(?:[-*•·▪▫◦‣⁃●○■□➢➤✓✔–—][ \t\u00a0]+|[·•▪◦‣●○■\uf0b7\uf0a7][ \t\u00a0]*)(?=\S)")

# "a.", "(b)", "iv)", "1.", "2.1". A bare "2.5" before a unit is an amount.
NUMBER = re.compile(
    r"[ \t]*(?:\(?(?:\d{1,2}(?:\.\d{1,2})*|[a-zA-Z]|[ivxIVX]{1,7})[.)]{1,2}"
    r"|\d{1,2}(?:\.\d{1,2})+(?![ \t\u00a0]+(?:[GMKT]B|years?|months?|weeks?|days?|hours?|minutes?|[mb]illion|percent|times|%)))"
    r"[ \t\u00a0]+(?=\S)"
)
_DIGIT = re.compile(r"\(?\d")
_ROMAN = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv"]


def starts_item(text: str) -> bool:
    """Whether a text begins with the mark of a list item."""
    return bool(BULLET.match(text) or NUMBER.match(text))


def strip_bullet(text: str) -> str:
    """Text of an item without the bullets, letters and numbers that it starts with.

    For plain text and PDF, which do not say whether a number was written or drawn by a list.

    Examples
    --------
    >>> strip_bullet("● your name"), strip_bullet("- (b) your name"), strip_bullet("your name")
    ('your name', 'your name', 'your name')
    """
    return _without_marks(text, keep_digits=False)


def strip_letter(text: str) -> str:
    """Text without the bullets, letters and Roman numerals that it starts with; a number in digits stays.

    One format writes such a mark and another one draws it, so it is taken off in all of them. A number in digits
    is not counted as a word and may stay. Headings keep their marks, because other sections refer to them.

    Examples
    --------
    >>> strip_letter("B. Cookies"), strip_letter("IV. Cookies"), strip_letter("4.2 Cookies")
    ('Cookies', 'Cookies', '4.2 Cookies')
    """
    return _without_marks(text, keep_digits=True)


def _without_marks(text: str, *, keep_digits: bool) -> str:
    end = 0
    while not (keep_digits and _DIGIT.match(text, end)) and (
        mark := BULLET.match(text, end) or NUMBER.match(text, end)
    ):
        end = mark.end()
    return text[end:] if end and any(map(str.isalnum, text[end:])) else text


def marks_before(mark: str) -> list[str]:
    """Marks that the item before the one with this letter or number may have.

    Examples
    --------
    >>> marks_before("(c)"), marks_before("v."), marks_before("1.")
    (['b'], ['iv', 'u'], [])
    """
    mark = mark.strip(" \t\u00a0(.)").lower()
    marks = [_ROMAN[_ROMAN.index(mark) - 1]] if mark in _ROMAN[1:] else []
    if mark.isdecimal() and int(mark) > 1:
        marks.append(str(int(mark) - 1))
    elif len(mark) == 1 and "b" <= mark <= "z":
        marks.append(chr(ord(mark) - 1))
    return marks
