"""Markdown to blocks, by pulldown-cmark (pyromark)."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from policytools.reading.blocks import Block
from policytools.reading.list_marks import BULLET, NUMBER, strip_letter
from policytools.text.clauses import is_bold_title
from policytools.text.normalise import SURROGATE, normalise

if TYPE_CHECKING:
    from pyromark.event import Range

_INSIDE_A_LINE = frozenset(["Emphasis", "Link", "Strong", "Image"])
_WITHOUT_STATE = frozenset(["Paragraph", "Table", "TableCell"])  # the commonest: all they do is to end a line
_BREAK = re.compile(r"</?(?:br|p|div|li|tr)\b", re.IGNORECASE)
_MAX_ROUNDS = 5

# Text within a line, bold or not (None for breaks, markup and images), and where it stands.
_Piece = tuple[str, bool | None, "Range"]


def read_markdown(text: str) -> list[Block]:
    """Blocks of a Markdown text; each non-blank line of it lies in exactly one block's span."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    read = _encodable(text)
    reading = _Reading(read)
    for _ in range(_MAX_ROUNDS):
        if reading.indented:  # an indented paragraph in a policy is layout, never program code
            read = _moved_left(read, reading.indented)
            reading = _Reading(read)
    lines = text.split("\n")
    starts = _starts(lines)
    covered = [False] * len(lines)
    for block, first, last in reading.found:
        if not covered[first]:
            block.start, block.end = starts[first], starts[last] - 1
            covered[first:last] = [True] * (last - first)
    blocks = [block for block, _, _ in reading.found]
    _account(lines, starts, covered, blocks)
    return blocks


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character
        return SURROGATE.sub("\ufffd", text)
    return text


def _starts(lines: list[str] | list[bytes]) -> list[int]:
    """Where each line starts, and where one behind the last would."""
    return [0, *accumulate([len(line) + 1 for line in lines])]


class _Reading:
    """One pass over the parser's events.

    Attributes
    ----------
    found : list of (Block, int, int)
        Each block with its first line, from 0, and the line behind its last.
    indented : list of dict of int to int
        For each piece of indented code its lines, each with the byte where its text starts.
    """

    def __init__(self, text: str):
        from pyromark import Options, events_with_range

        self.found: list[tuple[Block, int, int]] = []
        self.indented: list[dict[int, int]] = []
        # Lines that are bold throughout, which most exports write for headings.
        self._bold: list[tuple[int, str]] = []
        self._starts = _starts(text.encode().split(b"\n"))
        self._depth = self._quote = self._heading = self._strong = self._image = 0
        self._item_first = self._in_code = self._any_bold = False
        self._cells: list[str] | None = None  # while inside a table row
        self._raw: list[str] | None = None  # while inside HTML or code
        self._pieces: list[_Piece] = []  # of the line that is read
        add = self._pieces.append
        what: str
        value: Any
        for event, place in events_with_range(text, options=Options.ENABLE_TABLES):
            if isinstance(event, str):
                if event == "Rule":
                    self._end_line()
                else:
                    add(("\n" if event == "HardBreak" else " ", None, place))
                continue
            ((what, value),) = event.items()
            if what == "Start" or what == "End":
                tag = value if isinstance(value, str) else next(iter(value))
                if tag in _INSIDE_A_LINE:
                    step = 1 if what == "Start" else -1
                    if tag == "Strong":
                        self._strong += step
                        self._any_bold = True
                    elif tag == "Image":
                        self._image += step
                    add(("", None, place))
                    continue
                if self._pieces:
                    self._end_line()
                if tag not in _WITHOUT_STATE:
                    (self._open if what == "Start" else self._close)(tag, value, place)
            elif self._raw is not None:
                self._raw.append(value)
                if self._in_code:
                    line = bisect_right(self._starts, place["start"]) - 1
                    self.indented[-1].setdefault(line, place["start"] - self._starts[line])
            elif what == "InlineHtml":
                add(("\n" if _BREAK.match(value) else "", None, place))
            else:
                # What a picture shows is not text; in the other formats it is not there to be read.
                add(("", None, place) if self._image else (value, self._strong > 0, place))
        self._end_line()
        for n, title in self._bold:
            block = self.found[n][0]
            following = self.found[n + 1][0].text if n + 1 < len(self.found) else ""
            if is_bold_title(title, following):
                block.kind, block.text, block.level = "heading", title, 4 if block.level else 3

    def _open(self, tag: str, value: Any, place: Range) -> None:
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

    def _close(self, tag: str, value: Any, place: Range) -> None:
        if tag == "List":
            self._depth -= 1
        elif tag == "BlockQuote":
            self._quote -= 1
        elif tag == "Heading":
            self._heading = 0
        elif tag in ("TableHead", "TableRow"):
            self._add("table_row", " | ".join(filter(None, self._cells or [])), place["start"], place["end"])
            self._cells = None
        elif tag in ("HtmlBlock", "CodeBlock"):
            raw, self._raw, self._in_code = "".join(self._raw or []), None, False
            for line in _text_lines(raw) if tag == "HtmlBlock" else raw.splitlines():
                self._add("paragraph", line, place["start"], place["end"])

    def _end_line(self) -> None:
        """Make blocks of the pieces there are; in a tight list nothing but the next block's start ends a line."""
        if not self._pieces:
            return
        content = _content(self._pieces)
        start, end = self._pieces[0][2]["start"], self._pieces[-1][2]["end"]
        bold = _bold_lines(self._pieces) if self._any_bold else ()
        self._pieces.clear()
        self._any_bold = False
        if self._cells is not None:
            self._cells += [strip_letter(normalise(line)) for line in content.split("\n")]
        elif self._heading:
            self._add("heading", content.replace("\n", " "), start, end, self._heading)
        else:
            kind = "list_item" if self._depth else "paragraph"
            is_note = self._quote and not self._depth and _ARCHIVE.search(content.replace("\n", ""))
            for number, line in enumerate(content.split("\n")):
                if not line or line.isspace():
                    continue
                n_before = len(self.found)
                self._add(kind, line, start, end, self._depth, "archive note" if is_note else "")
                if number in bold and len(self.found) > n_before and not self._item_first:
                    self._bold.append((n_before, normalise(line)))
                self._item_first = False

    def _add(self, kind: str, content: str, start: int, end: int, level: int = 0, reason: str = "") -> None:
        text = normalise(content)
        if not text:
            return
        if kind in ("paragraph", "list_item") and (BULLET.match(text) or NUMBER.match(text)):
            kind, text, level = "list_item", strip_letter(text), max(level, 1)  # a mark that is no Markdown
        keep = not reason and any(map(str.isalnum, text))
        first = bisect_right(self._starts, start) - 1
        last = bisect_right(self._starts, max(end - 1, start), first)
        block = Block(kind, text, level, first + 1, -1, -1, keep, reason or ("" if keep else "stray mark"))
        self.found.append((block, first, last))


def _moved_left(text: str, indented: list[dict[int, int]]) -> str:
    """The text with its indented code without the indent that made it so, deeper lines still deeper than the others."""
    lines = text.split("\n")
    for code in indented:
        cut = {n: (line[:start].decode(), line[start:].decode())
               for n, start in code.items() for line in [lines[n].encode()]}  # fmt: skip
        common = min(len(rest) - len(rest.lstrip()) for _, rest in cut.values())
        for n, (before, rest) in cut.items():
            lines[n] = before.expandtabs(4)[:-4] + rest[common:]
    return "\n".join(lines)


def _text_lines(markup: str) -> list[str]:
    from policytools.reading.html import text_lines

    return text_lines(markup)


_ARCHIVE = re.compile(
    r"wayback machine|web\.archive\.org|archived? (?:on|at|from)|extracted and transformed", re.IGNORECASE
)


def _content(pieces: list[_Piece]) -> str:
    content = pieces[0][0] if len(pieces) == 1 else "".join([text for text, _, _ in pieces])
    if "**" in content or "~~" in content:
        content = content.replace("**", "").replace("~~", "")  # marks that closed nothing
    return content


def _bold_lines(pieces: list[_Piece]) -> set[int]:
    """Numbers of the lines, from 0, in which all words are bold."""
    bold: set[int] = set()
    other: set[int] = set()
    number = 0
    for text, in_bold, _ in pieces:
        if text == "\n":
            number += 1
        elif in_bold is not None and re.search(r"\w", text):
            (bold if in_bold else other).add(number)
    return bold - other


def _account(lines: list[str], starts: list[int], covered: list[bool], blocks: list[Block]) -> None:
    """Put lines that hold marks only (rules, link definitions, comments) into blocks that are not kept."""
    for number, line in enumerate(lines):
        if not covered[number] and (mark := line.strip()):
            reason = "markup" if re.search(r"\w", line) else "stray mark"
            end = starts[number] + len(line)
            blocks.append(Block("paragraph", mark, 0, number + 1, starts[number], end, False, reason))
    blocks.sort(key=attrgetter("line"))
