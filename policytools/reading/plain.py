"""Plain text to blocks: one paragraph a line, hard-wrapped, or a lower-cased scrape of one sentence a line."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import islice, pairwise
from math import ceil

from policytools.reading.blocks import Block, goes_on, printed_width
from policytools.reading.list_marks import BULLET, NUMBER, strip_bullet, strip_letter
from policytools.text.clauses import (
    is_clause,
    is_heading_statement,
    is_purpose,
    is_question,
    looks_like_title,
)
from policytools.text.normalise import normalise

_LINE = re.compile(r"[^\n\r\f\v\x1c-\x1e\x85\u2028\u2029]+|\r\n|[\n\r\f\v\x1c-\x1e\x85\u2028\u2029]")
# A list item glued behind a sentence, or (in a list without full stops) behind an item.
_GLUED = re.compile(r"(?<=[.;:!?\"”])[ \t]+(?=[-•*][ \t]+[\"“(]?[A-Z])")
_GLUED_BARE = re.compile(r"(?<=\w)[ \t]+(?=[-•*][ \t]+[A-Z])")
_RULE = re.compile(r"[\W_]+")
# A domain name that a sentence splitter cut at its dot goes on in the next line.
_BARE_NUMBER = re.compile(r"\(?(?:[ivx]{1,7}|[a-z]|\d{1,2}(?:\.\d{1,2})*)[.)]{1,2}", re.IGNORECASE)
# In a scrape the parts of "(i) ... (ii) ... or (iii)" inside one sentence come out as lines of their own.
_INLINE_ITEM = re.compile(r"\w.*\((?:i|a|1|ii|b|2)\)|^\((?:ii|b|2)\)")
_LATER_ITEM = re.compile(r"(?:(?:and|or) )?\((?:ii|iii|iv|v|b|c|d|e|2|3|4|5)\)")
_BROKEN_ADDRESS = re.compile(
    r"(?:com|net|org|co\.uk)\b(?!-)|(?:eu|io|de|cn)(?=[/.,;:)]|$)", re.IGNORECASE
)  # "EU-U.S." and "EU residents" are none


_CONTACT = re.compile(r"\w@\w|\[email.?protected\]|https?://|\+?\d[\d ()-]{7,}")


class _Line:
    __slots__ = ("end", "indent", "number", "start", "text")

    def __init__(self, text: str, start: int, number: int):
        self.text = text.strip()
        self.start, self.end = start, start + len(text)
        self.number = number
        self.indent = len(text) - len(text.lstrip())


def read_plain(text: str) -> list[Block]:
    """Blocks of a plain text; each non-blank character of it lies in exactly one block's span."""
    runs = _lines(text)
    scrape = _is_scrape([line.text for run in runs for line in run])
    parts = [part for group in _join_broken(runs, scrape=scrape) for part in _split_glued(text, group)]
    blocks: list[Block] = []
    for index, (raw, start, end, number, indent) in enumerate(parts):
        following = parts[index + 1][0] if index + 1 < len(parts) else ""
        previous = blocks[-1] if blocks else None
        block = _classify(raw, following, previous, indent=indent, scrape=scrape)
        block.line, block.start, block.end = number, start, end
        blocks.append(block)
    return blocks


def _lines(text: str) -> list[list[_Line]]:
    """Non-blank lines, in runs that no blank line interrupts."""
    runs: list[list[_Line]] = [[]]
    number, blank = 1, True
    for match in _LINE.finditer(text):
        piece = match.group()
        if piece[0] in "\n\r\f\v\x1c\x1d\x1e\x85\u2028\u2029":
            if blank and runs[-1]:
                runs.append([])
            blank = True
            number += 1
        elif piece.strip():
            runs[-1].append(_Line(piece, match.start(), number))
            blank = False
    return [run for run in runs if run]


def _is_item(text: str) -> bool:
    return bool(BULLET.match(text) or NUMBER.match(text))


def _join_broken(runs: list[list[_Line]], *, scrape: bool) -> list[list[_Line]]:
    """Lines that one block was broken into, put together again.

    A text is taken as hard-wrapped when no line that could be broken is longer than 120 characters
    and many line ends inside runs are where a filled line would end. Such a break means nothing: the
    next line's first word would not have fitted. Any other line end is a block's end.
    """
    lines = [line for run in runs for line in run]
    ends = sorted((line.indent + len(line.text) for line in lines if " " in line.text), reverse=True)
    width = (
        ends[len(ends) // 50] if ends else 0
    )  # one line in fifty may be longer: a link that cannot be broken
    wrapped = False
    hyphens = any(line.text[-1] == "-" and line.text[-2:-1].isalpha() for line in lines)
    finished = sum(line.text.endswith(".") for line in lines) > 0.9 * len(lines)  # a sentence a line
    if len(lines) >= 4 and 40 <= width <= 120 and not finished:
        breaks = [
            _is_filled(a, b, width, hyphens=hyphens)
            for run in runs
            for a, b in pairwise(run)
            if not _is_item(b.text)
        ]
        wrapped = sum(breaks) >= max(2, 0.3 * len(breaks))
    groups = []
    for run in runs:
        group = [run[0]]
        for before, line in pairwise(run):
            in_row = " | " in group[0].text  # what looks like an item may be a cell
            filled = wrapped and _is_filled(before, line, width, hyphens=hyphens)
            if filled and _is_item(line.text) and not in_row:
                filled = _is_inside(group, line)
            if filled or _goes_on(before.text, line.text, scrape=scrape):
                group.append(line)
            else:
                groups.append(group)
                group = [line]
        groups.append(group)
    return _join_printed(groups)


def _join_printed(groups: list[list[_Line]]) -> list[list[_Line]]:
    """Put together what blank lines part inside sentences, as a conversion from print leaves them."""
    texts = [" ".join(line.text for line in group) for group in groups]
    width = printed_width(["" if _is_item(text) else text for text in texts])
    if not width:
        return groups
    joined = groups[:1]
    for before, text, group in zip(texts, texts[1:], groups[1:], strict=False):
        if goes_on(before, text, width) and not _is_item(text):
            joined[-1] += group
        else:
            joined.append(group)
    return joined


def _goes_on(before: str, line: str, *, scrape: bool) -> bool:
    """Whether a line end was made in the middle of a unit, whatever the width."""
    if line[0] in ",;)" or _BARE_NUMBER.fullmatch(
        before
    ):  # no sentence opens so; a section's number on its own line
        return True
    if before.endswith(".") and _BROKEN_ADDRESS.match(line):
        return True
    return scrape and bool(_LATER_ITEM.match(line)) and bool(_INLINE_ITEM.search(before))


def _is_inside(group: list[_Line], line: _Line) -> bool:
    """Whether what looks like the mark of an item stands inside a sentence that was broken before it."""
    text = " ".join(part.text for part in group[-20:])
    is_open = text[-1] not in ".:;!?"
    number = NUMBER.match(line.text)
    if number:
        before = marks_before(number.group())
        if any(re.search(rf"[\s(]{mark}[.)]", text) for mark in before) or (is_open and not before):
            return True  # "(i) ... (ii) ..." in one sentence
    elif f" {line.text[0]} " in text:
        return True  # so are bullets
    if _is_item(group[0].text):
        return bool(is_open and not number and line.text[0] in "–—" and group[0].text[0] != line.text[0])
    return is_open


_ROMAN = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv"]


def marks_before(mark: str) -> list[str]:
    """What the item before one with this letter or number would be marked with."""
    mark = mark.strip(" \t\u00a0(.)").lower()
    marks = [_ROMAN[_ROMAN.index(mark) - 1]] if mark in _ROMAN[1:] else []
    if mark.isdecimal() and int(mark) > 1:
        marks.append(str(int(mark) - 1))
    elif len(mark) == 1 and "b" <= mark <= "z":
        marks.append(chr(ord(mark) - 1))
    return marks


_FIRST_PART = re.compile(r"[^\s\w]*\w+[^\W\d_]-(?=\w)")


def _is_filled(line: _Line, following: _Line, width: int, *, hyphens: bool) -> bool:
    first = re.split(r"[ \t]", following.text, maxsplit=1)[0]
    # Where words are broken behind their hyphens, only the first part had to fit.
    part = _FIRST_PART.match(first) if hyphens else None
    return line.indent + len(line.text) + 1 + len(part.group() if part else first) > width


def _split_glued(text: str, group: list[_Line]) -> list[tuple[str, int, int, int, int]]:
    """Text, span, line and indent of each block of a group: list items glued behind a sentence are cut off."""
    start, end = group[0].start, group[-1].end
    first = group[0]
    raw = text[start:end]
    any_bullet = "-" in raw or "•" in raw or "*" in raw
    at = [match.end() for match in _GLUED.finditer(raw)] if any_bullet else []
    if any_bullet and not at and not raw.rstrip().endswith((".", "!", "?", ":", ";")):
        at = [
            match.end()
            for match in _GLUED_BARE.finditer(raw)
            if not BULLET.match(raw) and _next_is_bullet(text, end)
        ]
    cuts = [0, *at, len(raw)]
    starts = [line.start for line in group]
    parts = []
    for begin, stop in pairwise(cuts):
        line = bisect_right(starts, start + begin)
        piece = raw[begin:stop]
        parts.append((piece, start + begin, start + stop, group[max(line, 1) - 1].number, first.indent))
    return parts


def _next_is_bullet(text: str, end: int) -> bool:
    return bool(BULLET.match(text[end : end + 40].lstrip("\r\n")))


def _is_scrape(texts: list[str]) -> bool:
    """Whether the text was lower-cased and written one sentence a line: layout then says nothing."""
    sample = "".join(texts)[:50_000]
    enough = ceil(0.002 * len(sample))
    if len(list(islice(filter(str.isupper, sample), enough))) == enough:
        return False  # found soon in any other text
    upper, letters = sum(map(str.isupper, sample)), sum(map(str.isalpha, sample))
    return letters > 200 and upper < 0.002 * letters


_BROKEN_WORD = re.compile(r"(?<=[^\W\d_])-[ \t]*\r?\n[ \t]*(?=[^\W\d_])")


def _clean(raw: str) -> str:
    return normalise(_BROKEN_WORD.sub("-", raw) if "\n" in raw else raw)


def _classify(raw: str, following: str, previous: Block | None, *, indent: int, scrape: bool) -> Block:
    text = _clean(raw)
    if not any(map(str.isalnum, text)):
        return Block("paragraph", text or raw.strip(), keep=False, reason="stray mark")
    if " | " in text or raw.strip().count("\t") >= 1:
        return Block("table_row", _row(raw))
    bullet = BULLET.match(raw)
    number = NUMBER.match(raw)
    mark = bullet or number
    if mark and not any(map(str.isalnum, raw[mark.end() :])):
        return Block("paragraph", text, keep=False, reason="stray mark")
    if bullet:
        return Block("list_item", strip_bullet(_clean(raw[bullet.end() :])), level=1 + indent // 2)
    if number:
        rest = strip_bullet(_clean(raw[number.end() :]))
        if _is_heading_line(rest, following, scrape=scrape, previous=previous):
            return Block("heading", text)
        return Block("list_item", rest, level=1 + indent // 2)
    in_list = previous is not None and previous.kind == "list_item" and not text.endswith(":")
    if _is_heading_line(text, following, scrape=scrape, in_list=in_list, previous=previous):
        return Block("heading", text)
    return Block("paragraph", text)


def _row(raw: str) -> str:
    cells = (_clean(cell) for cell in re.split(r"\t+|\s*\|\s*", raw.strip()))
    return " | ".join(cell for cell in map(strip_letter, cells) if any(map(str.isalnum, cell)))


_PURPOSE = re.compile(r"to [a-z]")


def _is_heading_line(
    text: str, following: str, *, scrape: bool, in_list: bool = False, previous: Block | None = None
) -> bool:
    words = text.split()
    if not words or len(words) > 18 or not following.strip():
        return False
    if scrape:
        # Every line ends in a full stop. A title is a question, or a short bare phrase before a statement.
        if is_purpose(text) and is_clause(following):
            # "to provide our service": one of a list of such, or the heading of what follows.
            beside = (strip_bullet(following), previous.text if previous else "")
            return not any(map(_PURPOSE.match, beside))
        if is_question(text):
            return True
        if not looks_like_title(text) or "," in text or words[0].rstrip(".") in ("or", "and", "no", "yes"):
            return False
        if re.match(r"(?:what|how|why|who|where|which|do|does|is|are|can|will)\b", text) or re.fullmatch(
            r"[ivx]+\.", text
        ):
            return True
        return (
            len(words) <= 8
            and (is_clause(following) or is_question(following))
            and not re.search(r"\d|example", text)
        )
    if _CONTACT.search(text) or (
        text[-1] == ":" and re.search(r"\b(?:includ|follow|below|such as)", text, re.IGNORECASE)
    ):
        return False
    if text.isupper() and len(text) > 3:
        finished = text[-1] in ".!" and is_clause(text)
        return text[-1] not in ",;" and not finished and not re.search(r"[.!] \w", text)
    if text[-1] in ".,;!" or not (text[0].isupper() or text[0].isdigit() or text[0] in "\"'("):
        return False
    if BULLET.match(following) and not text.endswith(":") and in_list:
        return len(words) <= 8
    if looks_like_title(text) or (len(words) <= 12 and _is_title_case(words)):
        return True
    return not in_list and is_heading_statement(text, following)


def _is_title_case(words: list[str]) -> bool:
    long = [word for word in words if len(word) > 3 and word[0].isalpha()]
    return len(long) >= 1 and sum(word[0].isupper() for word in long) >= 0.8 * len(long)
