"""Plain text to blocks: one paragraph a line, hard-wrapped lines, or a lower-cased scrape of one sentence a line."""

import re
from bisect import bisect_right
from itertools import islice, pairwise
from math import ceil
from typing import NamedTuple

from policytools.reading.blocks import Block, goes_on, printed_width
from policytools.reading.list_marks import (
    BULLET,
    NUMBER,
    marks_before,
    starts_item,
    strip_bullet,
    strip_letter,
)
from policytools.reading.word_lists import pattern
from policytools.text.clauses import (
    is_clause,
    is_heading_statement,
    is_purpose,
    is_question,
    looks_like_title,
)
from policytools.text.normalise import normalise

_LINE_END = "\n\r\f\v\x1c-\x1e\x85\u2028\u2029"
_LINE = re.compile(rf"[^{_LINE_END}]+|\r\n|[{_LINE_END}]")
# A list item on the line of the sentence before it, or (in a list without full stops) of the item before it.
_GLUED = re.compile(r"(?<=[.;:!?\"”])[ \t]+(?=[-•*][ \t]+[\"“(]?[A-Z])")
_GLUED_BARE = re.compile(r"(?<=\w)[ \t]+(?=[-•*][ \t]+[A-Z])")
_BARE_NUMBER = re.compile(r"\(?(?:[ivx]{1,7}|[a-z]|\d{1,2}(?:\.\d{1,2})*)[.)]{1,2}", re.IGNORECASE)
# A scrape cuts "(i) ... (ii) ... or (iii)" inside one sentence into lines.
_INLINE_ITEM = re.compile(r"\w.*\((?:i|a|1|ii|b|2)\)|^\((?:ii|b|2)\)")
_LATER_ITEM = re.compile(r"(?:(?:and|or) )?\((?:ii|iii|iv|v|b|c|d|e|2|3|4|5)\)")
# The end of a domain name that was cut at its dot; "EU-U.S." and "EU residents" are not domain names.
_CUT_ADDRESS = re.compile(r"(?:com|net|org|co\.uk)\b(?!-)|(?:eu|io|de|cn)(?=[/.,;:)]|$)", re.IGNORECASE)
_CUT_WORD = re.compile(r"(?<=[^\W\d_])-[ \t]*\r?\n[ \t]*(?=[^\W\d_])")
_BEFORE_HYPHEN = re.compile(r"[^\s\w]*\w+[^\W\d_]-(?=\w)")
_CONTACT = re.compile(r"\w@\w|\[email.?protected\]|https?://|\+?\d[\d ()-]{7,}")


class _Line:
    __slots__ = ("end", "indent", "number", "start", "text")

    def __init__(self, text: str, start: int, number: int):
        self.text = text.strip()
        self.start, self.end = start, start + len(text)
        self.number = number
        self.indent = len(text) - len(text.lstrip())


class _RawBlock(NamedTuple):
    """The text of a block with its line ends and marks, and its place."""

    text: str
    start: int
    end: int
    number: int  # of the line
    indent: int


def read_plain(text: str) -> list[Block]:
    """Blocks of a plain text; each non-blank character lies in the span of exactly one block."""
    runs = _lines(text)
    is_scrape = _is_scrape([line.text for run in runs for line in run])
    raw_blocks = [
        raw for group in _join_broken(runs, is_scrape=is_scrape) for raw in _split_glued(text, group)
    ]
    blocks: list[Block] = []
    for index, raw in enumerate(raw_blocks):
        following = raw_blocks[index + 1].text if index + 1 < len(raw_blocks) else ""
        previous = blocks[-1] if blocks else None
        block = _classify(raw.text, following, previous, indent=raw.indent, is_scrape=is_scrape)
        block.line, block.start, block.end = raw.number, raw.start, raw.end
        blocks.append(block)
    return blocks


# ---------------------------------------------------------------- lines to the lines of each block


def _lines(text: str) -> list[list[_Line]]:
    """Non-blank lines, in runs without a blank line between."""
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


def _join_broken(runs: list[list[_Line]], *, is_scrape: bool) -> list[list[_Line]]:
    """The lines of each block.

    In hard-wrapped text a line end means nothing if the next line's first word did not fit into the line. Any
    other line end is the end of a block, with few exceptions (`_goes_on`).
    """
    lines = [line for run in runs for line in run]
    hyphens = any(line.text[-1] == "-" and line.text[-2:-1].isalpha() for line in lines)
    width = _wrapped_width(runs, lines, hyphens=hyphens)
    groups = []
    for run in runs:
        group = [run[0]]
        for before, line in pairwise(run):
            in_row = " | " in group[0].text  # the mark of an item may be a cell of a table
            filled = bool(width) and _is_filled(before, line, width, hyphens=hyphens)
            if filled and starts_item(line.text) and not in_row:
                filled = _is_inside(group, line)
            if filled or _goes_on(before.text, line.text, is_scrape=is_scrape):
                group.append(line)
            else:
                groups.append(group)
                group = [line]
        groups.append(group)
    return _join_printed(groups)


def _wrapped_width(runs: list[list[_Line]], lines: list[_Line], *, hyphens: bool) -> int:
    """Length of a full line of a hard-wrapped text; 0 for any other text.

    A text is hard-wrapped if full lines have 40 to 120 characters and many lines end where they are full.
    """
    lengths = sorted((line.indent + len(line.text) for line in lines if " " in line.text), reverse=True)
    width = lengths[len(lengths) // 50] if lengths else 0  # one line in fifty may hold a long link
    sentence_per_line = sum(line.text.endswith(".") for line in lines) > 0.9 * len(lines)
    if len(lines) < 4 or not 40 <= width <= 120 or sentence_per_line:
        return 0
    filled = [
        _is_filled(before, line, width, hyphens=hyphens)
        for run in runs
        for before, line in pairwise(run)
        if not starts_item(line.text)
    ]
    return width if sum(filled) >= max(2, 0.3 * len(filled)) else 0


def _join_printed(groups: list[list[_Line]]) -> list[list[_Line]]:
    """Join groups if a conversion from print put a blank line after each printed line."""
    texts = [" ".join(line.text for line in group) for group in groups]
    width = printed_width(["" if starts_item(text) else text for text in texts])
    if not width:
        return groups
    joined = groups[:1]
    for before, text, group in zip(texts, texts[1:], groups[1:], strict=False):
        if goes_on(before, text, width) and not starts_item(text):
            joined[-1] += group
        else:
            joined.append(group)
    return joined


def _goes_on(before: str, line: str, *, is_scrape: bool) -> bool:
    """Whether a line end is inside a unit, whatever the width of the text."""
    if line[0] in ",;)" or _BARE_NUMBER.fullmatch(before):  # a section's number on a line of its own
        return True
    if before.endswith(".") and _CUT_ADDRESS.match(line):
        return True
    return is_scrape and bool(_LATER_ITEM.match(line)) and bool(_INLINE_ITEM.search(before))


def _is_inside(group: list[_Line], line: _Line) -> bool:
    """Whether a line that seems to begin with an item's mark continues a sentence of the lines before it."""
    text = " ".join(line.text for line in group[-20:])
    is_open = text[-1] not in ".:;!?"
    number = NUMBER.match(line.text)
    if number:
        before = marks_before(number.group())
        if any(re.search(rf"[\s(]{mark}[.)]", text) for mark in before) or (is_open and not before):
            return True  # "(i) ... (ii) ..." is inside one sentence
    elif f" {line.text[0]} " in text:
        return True  # "... • ... • ..." is, too
    if starts_item(group[0].text):
        return bool(is_open and not number and line.text[0] in "–—" and group[0].text[0] != line.text[0])
    return is_open


def _is_filled(line: _Line, following: _Line, width: int, *, hyphens: bool) -> bool:
    """Whether the first word of the following line did not fit into the line."""
    word = re.split(r"[ \t]", following.text, maxsplit=1)[0]
    # In a text that breaks words at their hyphens, the part up to the hyphen did not fit.
    part = _BEFORE_HYPHEN.match(word) if hyphens else None
    return line.indent + len(line.text) + 1 + len(part.group() if part else word) > width


def _split_glued(text: str, group: list[_Line]) -> list[_RawBlock]:
    """The blocks of a group of lines; a list item that starts inside a line becomes a separate block."""
    first, end = group[0], group[-1].end
    raw = text[first.start : end]
    cuts = [0, *_glued_items(raw, text[end : end + 40]), len(raw)]
    starts = [line.start for line in group]
    return [
        _RawBlock(
            raw[begin:stop],
            first.start + begin,
            first.start + stop,
            group[bisect_right(starts, first.start + begin) - 1].number,
            first.indent,
        )
        for begin, stop in pairwise(cuts)
    ]


def _glued_items(raw: str, following: str) -> list[int]:
    """Where list items start inside a line, after other text."""
    if not ("-" in raw or "•" in raw or "*" in raw):
        return []
    starts = [match.end() for match in _GLUED.finditer(raw)]
    is_in_list = not BULLET.match(raw) and BULLET.match(following.lstrip("\r\n"))
    if not starts and is_in_list and not raw.rstrip().endswith((".", "!", "?", ":", ";")):
        starts = [match.end() for match in _GLUED_BARE.finditer(raw)]
    return starts


# ---------------------------------------------------------------- kinds of blocks


def _is_scrape(texts: list[str]) -> bool:
    """Whether the text was lower-cased and has one sentence on each line; then its layout means nothing."""
    sample = "".join(texts)[:50_000]
    enough = ceil(0.002 * len(sample))
    if len(list(islice(filter(str.isupper, sample), enough))) == enough:
        return False  # the first lines of any other text have enough capitals
    upper, letters = sum(map(str.isupper, sample)), sum(map(str.isalpha, sample))
    return letters > 200 and upper < 0.002 * letters


def _clean(raw: str) -> str:
    return normalise(_CUT_WORD.sub("-", raw) if "\n" in raw else raw)


def _classify(raw: str, following: str, previous: Block | None, *, indent: int, is_scrape: bool) -> Block:
    text = _clean(raw)
    if not any(map(str.isalnum, text)):
        return Block("paragraph", text or raw.strip(), keep=False, reason="stray mark")
    if " | " in text or raw.strip().count("\t") >= 1:
        return Block("table_row", _row(raw))
    bullet, number = BULLET.match(raw), NUMBER.match(raw)
    mark = bullet or number
    if mark and not any(map(str.isalnum, raw[mark.end() :])):
        return Block("paragraph", text, keep=False, reason="stray mark")
    content = strip_bullet(_clean(raw[mark.end() :])) if mark else text
    in_list = not mark and previous is not None and previous.kind == "list_item" and not text.endswith(":")
    is_heading = not bullet and (
        _is_heading_in_scrape(content, following, previous)
        if is_scrape
        else is_heading_line(content, following, in_list=in_list)
    )
    if is_heading:
        return Block("heading", text)
    return Block("list_item", content, level=1 + indent // 2) if mark else Block("paragraph", text)


def _row(raw: str) -> str:
    cells = (_clean(cell) for cell in re.split(r"\t+|\s*\|\s*", raw.strip()))
    return " | ".join(cell for cell in map(strip_letter, cells) if any(map(str.isalnum, cell)))


# ---------------------------------------------------------------- headings

_MAX_WORDS = 18  # of a heading
_PURPOSE = re.compile(r"to [a-z]")


def is_heading_line(text: str, following: str, *, in_list: bool = False) -> bool:
    """Whether a line reads like a heading, in a text whose layout does not say so.

    Parameters
    ----------
    text, following : str
        The line, and the next line with its marks ("" at the end of the text).
    in_list : bool
        Whether the line comes after a list item.
    """
    words = text.split()
    if not words or len(words) > _MAX_WORDS or not following.strip():
        return False
    if _CONTACT.search(text) or (text[-1] == ":" and pattern("heading", "list_lead").search(text)):
        return False
    if text.isupper() and len(text) > 3:
        is_statement = text[-1] in ".!" and is_clause(text)
        return text[-1] not in ",;" and not is_statement and not re.search(r"[.!] \w", text)
    if text[-1] in ".,;!" or not (text[0].isupper() or text[0].isdigit() or text[0] in "\"'("):
        return False
    if BULLET.match(following) and not text.endswith(":") and in_list:
        return len(words) <= 8
    if looks_like_title(text) or (len(words) <= 12 and _is_title_case(words)):
        return True
    return not in_list and is_heading_statement(text, following)


def _is_heading_in_scrape(text: str, following: str, previous: Block | None) -> bool:
    """Whether a line of a lower-cased scrape is a heading; every line ends in a full stop there.

    A heading is a question, or a short phrase before a statement.
    """
    words = text.split()
    if not words or len(words) > _MAX_WORDS or not following.strip():
        return False
    if is_purpose(text) and is_clause(following):
        # "to provide our service" is one item of a list of purposes, or the heading of what follows.
        beside = (strip_bullet(following), previous.text if previous else "")
        return not any(map(_PURPOSE.match, beside))
    if is_question(text):
        return True
    if not looks_like_title(text) or "," in text or words[0].rstrip(".") in ("or", "and", "no", "yes"):
        return False
    if pattern("heading", "question_start", frame=r"(?-i:%s)\b").match(text) or re.fullmatch(
        r"[ivx]+\.", text
    ):
        return True
    before_statement = is_clause(following) or is_question(following)
    return len(words) <= 8 and before_statement and not re.search(r"\d|example", text)


def _is_title_case(words: list[str]) -> bool:
    long = [word for word in words if len(word) > 3 and word[0].isalpha()]
    return bool(long) and sum(word[0].isupper() for word in long) >= 0.8 * len(long)
