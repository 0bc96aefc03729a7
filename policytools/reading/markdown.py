"""Markdown to blocks, by pulldown-cmark (pyromark).

The parser, and the HTML reader for HTML inside Markdown, are imported when a text needs them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from itertools import accumulate, groupby, zip_longest
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from policytools.reading.blocks import LINE_BREAK, Block, Piece, is_bold, promote_bold_titles, split_at_breaks
from policytools.reading.list_marks import BULLET, glued_dash, starts_item, strip_letter
from policytools.reading.word_lists import ANYWHERE, pattern
from policytools.text.normalise import SURROGATE, normalise

if TYPE_CHECKING:
    from pyromark.event import Range

_INSIDE_A_LINE = frozenset(["Emphasis", "Link", "Strong", "Image"])
_BREAK = re.compile(r"</?(?:br|p|div|li|tr)\b", re.IGNORECASE)
_MAX_ROUNDS = 5
_LINE_END = re.compile(r"\r\n|\n|\r")
_NOTHING = "\x01"  # takes the place of a character that is not read, so that the others keep their places
_HIDING = [  # opening and closing marks of what is not shown
    (re.compile(opening, re.IGNORECASE), re.compile(closing, re.IGNORECASE))
    for opening, closing in [
        ("<!--", "-->"),
        (r"<\?", r"\?>"),
        (r"<!\[CDATA\[", "]]>"),
        *((rf"<{tag}\b[^>\n]*>?", f"</{tag}") for tag in ("script", "style", "textarea")),
    ]
]


def read_markdown(text: str) -> list[Block]:
    """Blocks of a Markdown text.

    Each character that is not blank lies between the `start` and `end` of one block; the blocks of one piece of HTML
    have the same places.
    """
    parsed = _without_unclosed(_LINE_END.sub("\n", text).replace("\0", _NOTHING))
    parsed = parsed if parsed.isascii() else SURROGATE.sub("\ufffd", parsed)  # the parser works on UTF-8
    reading = _Reading(parsed)
    for _ in range(_MAX_ROUNDS):
        if not reading.indented:
            break
        # For Markdown an indented paragraph is program code; in a policy it is layout.
        parsed = _moved_left(parsed, reading.indented)
        reading = _Reading(parsed)
    ends = [match.span() for match in _LINE_END.finditer(text)]
    lines = list(zip([0, *(end for _, end in ends)], [*(start for start, _ in ends), len(text)], strict=True))
    covered = _set_places(reading.found, parsed.encode(), lines)
    blocks = [block for block, _, _ in reading.found]
    return sorted(blocks + _unread(text, lines, covered), key=attrgetter("line"))


def _without_unclosed(text: str) -> str:
    """The text without the tags of comments and scripts that are never closed: they would hide all text behind them."""
    for opening, closing in _HIDING if "<" in text else ():
        closed = max((match.end() for match in closing.finditer(text)), default=0)
        text = text[:closed] + opening.sub(lambda tag: _NOTHING * len(tag[0]), text[closed:])
    return text


def _set_places(
    found: list[tuple[Block, int, int]], parsed: bytes, lines: list[tuple[int, int]]
) -> list[bool]:
    """Set the places of the blocks; returns which lines of the file are in one.

    `lines` has the start and end of each line of the file. Blocks share a line only where HTML breaks it; then the line
    is cut where the later block starts.
    """
    starts = _starts(parsed.split(b"\n"))
    # How many characters start before each byte.
    n_before = np.append(0, np.cumsum(np.frombuffer(parsed, np.uint8) & 0xC0 != 0x80))

    def place(byte: int) -> tuple[int, int]:
        """Line and place in the file; from the line's end, because a line may have been parsed without its indent."""
        line = bisect_right(starts, byte) - 1
        return line, lines[line][1] - int(n_before[starts[line + 1] - 1] - n_before[byte])

    by_start = groupby(sorted(found, key=itemgetter(1)), key=itemgetter(1))
    groups = [(list(same), *place(start)) for start, same in by_start]
    covered, reached = [False] * len(lines), -1
    for (same, first, start), following in zip_longest(groups, groups[1:]):
        begin = start if first <= reached else lines[first][0]
        last, _ = place(max(end for _, _, end in same) - 1)
        end = lines[last][1]
        if following and following[2] < end:
            _, last, end = following
        for block, _, _ in same:
            block.start, block.end = begin, end
        covered[first : last + 1] = [True] * (last + 1 - first)
        reached = max(reached, last)
    return covered


def _starts(lines: list[bytes]) -> list[int]:
    """Where each line starts, and where a line after the last one would start."""
    return [0, *accumulate([len(line) + 1 for line in lines])]


class _Reading:
    """One pass over the parser's events.

    Attributes
    ----------
    found : list of (Block, int, int)
        Each block with the bytes of the text where it starts and ends.
    indented : list of dict of int to int
        For each piece of indented code: its lines, each with the byte where the text starts.
    """

    def __init__(self, text: str):
        from pyromark import Options, events_with_range

        self.found: list[tuple[Block, int, int]] = []
        self.indented: list[dict[int, int]] = []
        self._bold: list[tuple[int, str]] = []  # lines that are bold throughout
        self._starts = _starts(text.encode().split(b"\n"))
        self._n_open: Counter[str] = Counter()  # elements around the current place, by tag
        self._rank = 0  # of the heading
        self._at_item_start = self._in_code = False
        self._cells: list[str] | None = None  # while inside a table row
        self._raw: list[tuple[str, int]] | None = (
            None  # while inside HTML or code: texts and where they start
        )
        self._pieces: list[tuple[Piece, Range]] = []  # since the last block boundary, and where they are
        for event, place in events_with_range(text, options=Options.ENABLE_TABLES):
            if event == "Rule":
                self._end_line()
            elif isinstance(event, str):
                self._add_piece(LINE_BREAK if event == "HardBreak" else " ", place)
            else:
                ((what, value),) = event.items()
                self._read(what, value, place)
        self._end_line()
        promote_bold_titles([block for block, _, _ in self.found], self._bold)

    def _read(self, what: str, value: Any, place: Range) -> None:
        if what == "Start" or what == "End":
            tag = value if isinstance(value, str) else next(iter(value))
            is_inside = tag in _INSIDE_A_LINE
            if not is_inside:
                self._end_line()
            self._n_open[tag] += 1 if what == "Start" else -1
            if is_inside:
                self._add_piece("", place)
            elif what == "Start":
                self._open(tag, value)
            else:
                self._close(tag, place)
        elif self._raw is not None:
            self._raw.append((value, place["start"]))
            if self._in_code:
                line = bisect_right(self._starts, place["start"]) - 1
                self.indented[-1].setdefault(line, place["start"] - self._starts[line])
        elif what == "InlineHtml":
            self._add_piece(LINE_BREAK if _BREAK.match(value) else "", place)
        elif self._n_open["Image"]:
            # The description of an image is left out, as in the other formats.
            self._add_piece("", place)
        else:
            self._add_piece(value, place)

    def _add_piece(self, text: str, place: Range) -> None:
        self._pieces.append(((text, self._n_open["Strong"] > 0), place))

    def _open(self, tag: str, value: Any) -> None:
        if tag == "Item":
            self._at_item_start = True
        elif tag == "Heading":
            self._rank = int(value["Heading"]["level"][1])
        elif tag in ("TableHead", "TableRow"):
            self._cells = []
        elif tag in ("HtmlBlock", "CodeBlock"):
            self._raw = []
            self._in_code = value == {"CodeBlock": "Indented"}
            if self._in_code:
                self.indented.append({})

    def _close(self, tag: str, place: Range) -> None:
        if tag in ("TableHead", "TableRow"):
            self._add("table_row", " | ".join(filter(None, self._cells or [])), place["start"], place["end"])
            self._cells = None
        elif tag in ("HtmlBlock", "CodeBlock"):
            raw, self._raw, self._in_code = self._raw or [], None, False
            if tag == "HtmlBlock":
                from policytools.reading.html import text_lines

                for line in text_lines("".join(text for text, _ in raw)):
                    self._add("paragraph", line, place["start"], place["end"])
            for text, start in raw if tag == "CodeBlock" else ():
                for line in text.splitlines(keepends=True):
                    self._add("paragraph", line, start, start + len(line.encode()))
                    start += len(line.encode())

    def _end_line(self) -> None:
        """Make blocks of the pieces read; in a tight list only the start of the next block ends a line."""
        if not self._pieces:
            return
        placed, self._pieces = self._pieces, []
        _cut_before_bullets(placed)
        depth = self._n_open["List"]
        pieces = [piece for piece, _ in placed]
        if self._cells is not None:
            self._cells += [strip_letter(normalise(_content(line))) for line in split_at_breaks(pieces)]
        elif self._n_open["Heading"]:
            self._add("heading", _content(pieces).replace(LINE_BREAK, " "), *_extent(placed), self._rank)
        else:
            kind = "list_item" if depth else "paragraph"
            is_quote = self._n_open["BlockQuote"] and not depth
            reason = "archive note" if is_quote and _is_archive_note(_content(pieces)) else ""
            for is_break, group in groupby(placed, key=lambda piece: piece[0][0] == LINE_BREAK):
                line = list(group)
                content = _content([piece for piece, _ in line])
                if is_break or not content.strip():
                    continue
                n_before = len(self.found)
                self._add(kind, content, *_extent(line), depth, reason)
                is_new = len(self.found) > n_before
                if is_new and not self._at_item_start and is_bold(piece for piece, _ in line):
                    self._bold.append((n_before, normalise(content)))
                self._at_item_start = False

    def _add(self, kind: str, content: str, start: int, end: int, level: int = 0, reason: str = "") -> None:
        text = normalise(content)
        if not text:
            return
        if kind in ("paragraph", "list_item") and starts_item(text):  # a mark that Markdown does not know
            kind, text, level = "list_item", strip_letter(text), max(level, 1)
        keep = not reason and any(map(str.isalnum, text))
        line = bisect_right(self._starts, start)
        block = Block(kind, text, level, line, -1, -1, keep, reason or ("" if keep else "stray mark"))
        self.found.append((block, start, end))


def _cut_before_bullets(placed: list[tuple[Piece, Range]]) -> None:
    """End a line before each line with a bullet that Markdown does not know, if the first line has one too."""

    def has_bullet(number: int) -> bool:
        text = _content([piece for piece, _ in placed[number : number + 2]])  # a star comes alone
        return bool(BULLET.match(text) or glued_dash(text))

    if has_bullet(0):
        for number, ((text, bold), place) in enumerate(placed):
            if text == " " and has_bullet(number + 1):
                placed[number] = (LINE_BREAK, bold), place


def _extent(line: list[tuple[Piece, Range]]) -> tuple[int, int]:
    """Where the text of a line starts and ends. The place of a mark, such as "**", is that of all that it marks."""
    shown = [place for (text, _), place in line if text.strip()] or [line[0][1]]
    return shown[0]["start"], shown[-1]["end"]


def _moved_left(text: str, indented: list[dict[int, int]]) -> str:
    """The text without the indents that make it code in Markdown; deeper lines keep their extra indent."""
    lines = text.split("\n")
    for code in indented:
        cut = {n: (line[:start].decode(), line[start:].decode())
               for n, start in code.items() for line in [lines[n].encode()]}  # fmt: skip
        common = min(len(rest) - len(rest.lstrip()) for _, rest in cut.values())
        for n, (before, rest) in cut.items():
            lines[n] = before.expandtabs(4)[:-4] + rest[common:]
    return "\n".join(lines)


def _is_archive_note(content: str) -> bool:
    return bool(pattern("page", "archive_note", frame=ANYWHERE).search(content.replace(LINE_BREAK, "")))


def _content(pieces: list[Piece]) -> str:
    content = "".join([text for text, _ in pieces])
    return content.replace("**", "").replace("~~", "")  # marks that are opened but not closed, or the reverse


def _unread(text: str, lines: list[tuple[int, int]], covered: list[bool]) -> list[Block]:
    """Blocks, all left out, for the lines that are in no other block: rules, link definitions, comments."""
    blocks = []
    for number, (start, end) in enumerate(lines):
        if not covered[number] and (mark := text[start:end].replace("\0", "").strip()):
            reason = "markup" if re.search(r"\w", mark) else "stray mark"
            blocks.append(Block("paragraph", mark, 0, number + 1, start, end, False, reason))
    return blocks
