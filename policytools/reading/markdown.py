"""Markdown to blocks, by pulldown-cmark (pyromark).

The parser, and the HTML reader for HTML inside Markdown, are imported when a text needs them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from itertools import accumulate
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from policytools.reading.blocks import LINE_BREAK, Block, Piece, is_bold, promote_bold_titles, split_at_breaks
from policytools.reading.list_marks import starts_item, strip_letter
from policytools.reading.word_lists import ANYWHERE, pattern
from policytools.text.normalise import SURROGATE, normalise

if TYPE_CHECKING:
    from pyromark.event import Range

_INSIDE_A_LINE = frozenset(["Emphasis", "Link", "Strong", "Image"])
_BREAK = re.compile(r"</?(?:br|p|div|li|tr)\b", re.IGNORECASE)
_MAX_ROUNDS = 5


def read_markdown(text: str) -> list[Block]:
    """Blocks of a Markdown text; each non-blank line lies in the span of exactly one block."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    encodable = text if text.isascii() else SURROGATE.sub("\ufffd", text)  # the parser works on UTF-8
    reading = _Reading(encodable)
    for _ in range(_MAX_ROUNDS):
        if not reading.indented:
            break
        # For Markdown an indented paragraph is program code; in a policy it is layout.
        encodable = _moved_left(encodable, reading.indented)
        reading = _Reading(encodable)
    lines = text.split("\n")
    starts = _starts(lines)
    covered = [False] * len(lines)
    for block, first, end in reading.found:
        if not covered[first]:
            block.start, block.end = starts[first], starts[end] - 1
            covered[first:end] = [True] * (end - first)
    blocks = [block for block, _, _ in reading.found]
    return sorted(blocks + _unread(lines, starts, covered), key=attrgetter("line"))


def _starts(lines: list[str] | list[bytes]) -> list[int]:
    """Where each line starts, and where a line after the last one would start."""
    return [0, *accumulate([len(line) + 1 for line in lines])]


class _Reading:
    """One pass over the parser's events.

    Attributes
    ----------
    found : list of (Block, int, int)
        Each block with the number of its first line, from 0, and of the line after its last.
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
        self._raw: list[str] | None = None  # while inside HTML or code
        self._pieces: list[Piece] = []  # since the last block boundary
        self._start = self._end = 0  # of the pieces, in bytes
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
            self._raw.append(value)
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
        if not self._pieces:
            self._start = place["start"]
        self._end = place["end"]
        self._pieces.append((text, self._n_open["Strong"] > 0))

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
            raw, self._raw, self._in_code = "".join(self._raw or []), None, False
            if tag == "HtmlBlock":
                from policytools.reading.html import text_lines

                lines = text_lines(raw)
            else:
                lines = raw.splitlines()
            for line in lines:
                self._add("paragraph", line, place["start"], place["end"])

    def _end_line(self) -> None:
        """Make blocks of the pieces read; in a tight list only the start of the next block ends a line."""
        if not self._pieces:
            return
        pieces, start, end = self._pieces, self._start, self._end
        self._pieces = []
        depth = self._n_open["List"]
        if self._cells is not None:
            self._cells += [strip_letter(normalise(_content(line))) for line in split_at_breaks(pieces)]
        elif self._n_open["Heading"]:
            self._add("heading", _content(pieces).replace(LINE_BREAK, " "), start, end, self._rank)
        else:
            kind = "list_item" if depth else "paragraph"
            is_quote = self._n_open["BlockQuote"] and not depth
            reason = "archive note" if is_quote and _is_archive_note(_content(pieces)) else ""
            for line in split_at_breaks(pieces):
                content = _content(line)
                if not content.strip():
                    continue
                n_before = len(self.found)
                self._add(kind, content, start, end, depth, reason)
                if len(self.found) > n_before and not self._at_item_start and is_bold(line):
                    self._bold.append((n_before, normalise(content)))
                self._at_item_start = False

    def _add(self, kind: str, content: str, start: int, end: int, level: int = 0, reason: str = "") -> None:
        text = normalise(content)
        if not text:
            return
        if kind in ("paragraph", "list_item") and starts_item(text):  # a mark that Markdown does not know
            kind, text, level = "list_item", strip_letter(text), max(level, 1)
        keep = not reason and any(map(str.isalnum, text))
        first = bisect_right(self._starts, start) - 1
        last = bisect_right(self._starts, max(end - 1, start), first)
        block = Block(kind, text, level, first + 1, -1, -1, keep, reason or ("" if keep else "stray mark"))
        self.found.append((block, first, last))


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


def _unread(lines: list[str], starts: list[int], covered: list[bool]) -> list[Block]:
    """Blocks, all left out, for the lines that are in no other block: rules, link definitions, comments."""
    blocks = []
    for number, line in enumerate(lines):
        if not covered[number] and (mark := line.strip()):
            reason = "markup" if re.search(r"\w", line) else "stray mark"
            end = starts[number] + len(line)
            blocks.append(Block("paragraph", mark, 0, number + 1, starts[number], end, False, reason))
    return blocks
