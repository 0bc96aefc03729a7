"""Markdown to blocks, by pulldown-cmark (pyromark)."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate, groupby
from typing import Any

from policytools.readers import BULLET, NUMBER, SURROGATE, Block, normalise, strip_letter
from policytools.segmentation import is_bold_title

_INSIDE_A_LINE = frozenset(["Emphasis", "Link", "Strong", "Image"])
_MAX_ROUNDS = 5

_Piece = tuple[str, bool | None]  # text within a line, bold or not; None for breaks, markup and images


def read_markdown(text: str) -> list[Block]:
    """Blocks of a Markdown text; each non-blank line of it lies in exactly one block's span."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    lines = text.split("\n")
    read = SURROGATE.sub("\ufffd", text).split("\n")
    reading = _Reading(read)
    for _ in range(_MAX_ROUNDS):
        if reading.indented:  # an indented paragraph in a policy is layout, never program code
            read = _moved_left(read, reading.indented)
            reading = _Reading(read)
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    covered = [False] * len(lines)
    for block, first, last in reading.found:
        if not covered[first]:
            block.start, block.end = starts[first], starts[last] - 1
            covered[first:last] = [True] * (last - first)
    blocks = [block for block, _, _ in reading.found]
    _account(lines, starts, covered, blocks)
    return blocks


class _Reading:
    """One pass over the parser's events.

    Attributes
    ----------
    found : list of (Block, int, int)
        Each block with its first line, from 0, and the line behind its last.
    indented : list of dict of int to int
        For each piece of indented code its lines, each with the byte where its text starts.
    """

    def __init__(self, lines: list[str]):
        from pyromark import Options, events_with_range

        self.found: list[tuple[Block, int, int]] = []
        self.indented: list[dict[int, int]] = []
        self._bold: list[
            tuple[int, str]
        ] = []  # lines that are bold throughout, which most exports write for headings
        self._starts = [0, *accumulate(len(line.encode()) + 1 for line in lines)]
        self._depth = self._quote = self._heading = self._strong = self._image = 0
        self._item_first = self._in_code = False
        self._cells: list[str] | None = None  # while inside a table row
        self._raw: list[str] | None = None  # while inside HTML or code
        self._pieces: list[_Piece] = []
        self._place = (0, 0)  # of the pieces, in bytes
        what: str
        value: Any
        for event, place in events_with_range("\n".join(lines), options=Options.ENABLE_TABLES):
            span = place["start"], place["end"]
            if isinstance(event, str):
                if event == "Rule":
                    self._end_line()
                else:
                    self._add_piece("\n" if event == "HardBreak" else " ", None, span)
                continue
            ((what, value),) = event.items()
            if what == "Start" or what == "End":
                tag = value if isinstance(value, str) else next(iter(value))
                step = 1 if what == "Start" else -1
                if tag in _INSIDE_A_LINE:
                    self._strong += step * (tag == "Strong")
                    self._image += step * (tag == "Image")
                    self._add_piece("", None, span)
                else:
                    self._end_line()
                    (self._open if step > 0 else self._close)(tag, value, span)
            elif self._raw is not None:
                self._raw.append(value)
                if self._in_code:
                    line = bisect_right(self._starts, span[0]) - 1
                    self.indented[-1].setdefault(line, span[0] - self._starts[line])
            elif what == "InlineHtml":
                is_break = re.match(r"</?(?:br|p|div|li|tr)\b", value, re.IGNORECASE)
                self._add_piece("\n" if is_break else "", None, span)
            else:
                # What a picture shows is not text; in the other formats it is not there to be read.
                self._add_piece("" if self._image else value, None if self._image else self._strong > 0, span)
        self._end_line()
        for n, text in self._bold:
            block = self.found[n][0]
            following = self.found[n + 1][0].text if n + 1 < len(self.found) else ""
            if is_bold_title(text, following):
                block.kind, block.text, block.level = "heading", text, 4 if block.level else 3

    def _open(self, tag: str, value: Any, span: tuple[int, int]) -> None:
        if tag == "List":
            self._depth += 1
        elif tag == "Item":
            self._item_first = True
        elif tag == "BlockQuote":
            self._quote += 1
        elif tag == "Heading":
            self._heading = int(value["Heading"]["level"][1])
        elif tag in ("TableHead", "TableRow"):
            self._cells = []
        elif tag in ("HtmlBlock", "CodeBlock"):
            self._raw = []
            self._in_code = value == {"CodeBlock": "Indented"}
            if self._in_code:
                self.indented.append({})

    def _close(self, tag: str, value: Any, span: tuple[int, int]) -> None:
        if tag == "List":
            self._depth -= 1
        elif tag == "BlockQuote":
            self._quote -= 1
        elif tag == "Heading":
            self._heading = 0
        elif tag in ("TableHead", "TableRow"):
            self._add("table_row", " | ".join(filter(None, self._cells or [])), span)
            self._cells = None
        elif tag in ("HtmlBlock", "CodeBlock"):
            raw, self._raw, self._in_code = "".join(self._raw or []), None, False
            for line in _text_lines(raw) if tag == "HtmlBlock" else raw.splitlines():
                self._add("paragraph", line, span)

    def _add_piece(self, text: str, bold: bool | None, span: tuple[int, int]) -> None:
        self._place = (self._place[0] if self._pieces else span[0], span[1])
        self._pieces.append((text, bold))

    def _end_line(self) -> None:
        """Make a block of the pieces there are; in a tight list nothing but the next block's start ends a line."""
        if not self._pieces:
            return
        pieces, self._pieces = self._pieces, []
        lines = [
            list(line)
            for is_break, line in groupby(pieces, key=lambda piece: piece[0] == "\n")
            if not is_break
        ]
        if self._cells is not None:
            self._cells += [strip_letter(normalise(_content(line))) for line in lines]
            return
        span = self._place
        if self._heading:
            self._add("heading", " ".join(map(_content, lines)), span, self._heading)
            return
        whole = "".join(map(_content, lines))
        note = "archive note" if self._quote and not self._depth and _ARCHIVE.search(whole) else ""
        for line in lines:
            content = _content(line)
            if not content.strip():
                continue
            n_before = len(self.found)
            self._add("list_item" if self._depth else "paragraph", content, span, self._depth, note)
            if len(self.found) > n_before and not self._item_first and _is_bold_line(line):
                self._bold.append((n_before, normalise(content)))
            self._item_first = False

    def _add(self, kind: str, content: str, span: tuple[int, int], level: int = 0, reason: str = "") -> None:
        first = bisect_right(self._starts, span[0]) - 1
        last = bisect_right(self._starts, max(span[1] - 1, span[0]))
        for part in content.split("\n"):
            cleaned = normalise(part)
            if not cleaned:
                continue
            own_kind = kind
            if kind in ("paragraph", "list_item") and (BULLET.match(cleaned) or NUMBER.match(cleaned)):
                own_kind, cleaned, level = (
                    "list_item",
                    strip_letter(cleaned),
                    max(level, 1),
                )  # a mark that is no Markdown
            keep = not reason and any(map(str.isalnum, cleaned))
            why = reason or ("" if keep else "stray mark")
            block = Block(own_kind, cleaned, level, first + 1, keep=keep, reason=why)
            self.found.append((block, first, last))


def _moved_left(lines: list[str], indented: list[dict[int, int]]) -> list[str]:
    """Lines of indented code without the indent that made them so, deeper ones still deeper than the others."""
    lines = list(lines)
    for code in indented:
        cut = {n: (line[:start].decode(), line[start:].decode())
               for n, start in code.items() for line in [lines[n].encode()]}  # fmt: skip
        common = min(len(rest) - len(rest.lstrip()) for _, rest in cut.values())
        for n, (before, rest) in cut.items():
            lines[n] = before.expandtabs(4)[:-4] + rest[common:]
    return lines


def _text_lines(markup: str) -> list[str]:
    from policytools.readers.html import text_lines

    return text_lines(markup)


_ARCHIVE = re.compile(
    r"wayback machine|web\.archive\.org|archived? (?:on|at|from)|extracted and transformed", re.IGNORECASE
)


def _content(pieces: list[_Piece]) -> str:
    return (
        "".join(text for text, _ in pieces).replace("**", "").replace("~~", "")
    )  # marks that closed nothing


def _is_bold_line(pieces: list[_Piece]) -> bool:
    if not any(in_bold for _, in_bold in pieces):
        return False
    bold = [in_bold for text, in_bold in pieces if in_bold is not None and re.search(r"\w", text)]
    return bool(bold) and all(bold)


def _account(lines: list[str], starts: list[int], covered: list[bool], blocks: list[Block]) -> None:
    """Put lines that hold marks only (rules, link definitions, comments) into blocks that are not kept."""
    for number, line in enumerate(lines):
        if not covered[number] and (mark := line.strip()):
            reason = "markup" if re.search(r"\w", line) else "stray mark"
            end = starts[number] + len(line)
            blocks.append(Block("paragraph", mark, 0, number + 1, starts[number], end, False, reason))
    blocks.sort(key=lambda block: block.line)
