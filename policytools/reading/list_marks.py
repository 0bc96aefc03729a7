"""Bullets, numbers and letters in front of list items."""

from __future__ import annotations

import re

# Marks that open a list item. A hyphen, star or dash needs a space behind it; the others are never part of a word.
BULLET = re.compile(r"[ \t]*(?:[-*•·▪▫◦‣⁃●○■□➢➤✓✔–—][ \t\u00a0]+|[•▪◦‣●○■\uf0b7\uf0a7][ \t\u00a0]*)(?=\S)")


# Letters and numbers that open one: "a.", "(b)", "iv)", "1.", "2.1". A bare "2.5" may be an amount.
NUMBER = re.compile(
    r"[ \t]*(?:\(?(?:\d{1,2}(?:\.\d{1,2})*|[a-zA-Z]|[ivxIVX]{1,7})[.)]{1,2}"
    r"|\d{1,2}(?:\.\d{1,2})+(?![ \t\u00a0]+(?:[GMKT]B|years?|months?|weeks?|days?|hours?|minutes?|[mb]illion|percent|times|%)))"
    r"[ \t\u00a0]+(?=\S)"
)


def strip_bullet(text: str) -> str:
    """Text of an item without the marks it opens with: bullets, letters, numbers.

    For plain text and PDF, where a number that a list drew cannot be told from a written one.

    Examples
    --------
    >>> strip_bullet("● your name"), strip_bullet("- (b) your name"), strip_bullet("your name")
    ('your name', 'your name', 'your name')
    """
    end = 0
    while mark := BULLET.match(text, end) or NUMBER.match(text, end):
        end = mark.end()
    return text[end:] if end and any(map(str.isalnum, text[end:])) else text


_COUNTED = re.compile(r"\(?\d")


def strip_letter(text: str) -> str:
    """Text without the bullets, letters and Roman numerals it opens with; a number stays, for it is no word.

    A format may write such a mark or leave it to be drawn, so it is text in none of them. Headings keep
    theirs: it is the name that others cite them by.

    Examples
    --------
    >>> strip_letter("B. Cookies"), strip_letter("IV. Cookies"), strip_letter("4.2 Cookies")
    ('Cookies', 'Cookies', '4.2 Cookies')
    """
    end = 0
    while not _COUNTED.match(text, end) and (mark := BULLET.match(text, end) or NUMBER.match(text, end)):
        end = mark.end()
    return text[end:] if end and any(map(str.isalnum, text[end:])) else text
