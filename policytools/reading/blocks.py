"""What every reader returns: blocks, and the document that holds them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby, pairwise

from policytools.reading.list_marks import glued_dash
from policytools.text.clauses import is_bold_title

_LINE_END = ".!?:;"
FORMATS = ("text", "markdown", "html", "pdf")
MAX_BYTES = 50_000_000


@dataclass(slots=True)
class Block:
    """One block of a file: a heading, a paragraph, a list item or a table row.

    ``level`` is the rank of a heading or the depth of a list item, from 1, and 0 for other kinds. ``line`` is the
    line of the decoded file where the block starts, from 1 (in a PDF, the page). The block was read from
    ``text[start:end]`` of the decoded file: without its byte order mark, with its own line ends. HTML and PDF have no
    such positions; both are -1. ``reason`` says why a block is left out, that is, why ``keep`` is false.
    ``has_row_head``: the first cell of a table row is its head, so the row is not the head of the columns.
    """

    kind: str
    text: str
    level: int = 0
    line: int = 0
    start: int = -1
    end: int = -1
    keep: bool = True
    reason: str = ""
    has_row_head: bool = False

    def leave_out(self, reason: str) -> None:
        """Mark the block as not part of the policy, with the reason."""
        self.keep, self.reason = False, reason


@dataclass(slots=True)
class Document:
    """One file after reading: its blocks, format and encoding, and notes for ``policies.note``.

    ``is_selected`` says that a researcher's selector found the policy, so that nothing else has to.
    """

    blocks: list[Block]
    format: str
    encoding: str
    notes: list[str]
    is_selected: bool = False


# The text between two block boundaries comes in pieces: a text and whether it is bold, or a line break.
Piece = tuple[str, bool]
LINE_BREAK = "\x00"


def split_at_breaks(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """The pieces of each line; lines without a piece are left out."""
    lines = groupby(pieces, key=lambda piece: piece[0] == LINE_BREAK)
    return [list(line) for is_break, line in lines if not is_break]


def is_bold(line: Iterable[Piece]) -> bool:
    """Whether all words of a line are bold."""
    words = [bold for text, bold in line if re.search(r"\w", text)]
    return bool(words) and all(words)


def promote_bold_titles(blocks: list[Block], bold: Iterable[tuple[int, str]]) -> None:
    """Turn bold lines that read like titles into headings, because many pages mark headings only in this way.

    Parameters
    ----------
    blocks : list of Block
        In reading order; changed in place.
    bold : iterable of (int, str)
        Position of each block that is bold throughout, and its text with all marks.
    """
    for position, title in bold:
        block = blocks[position]
        following = blocks[position + 1].text if position + 1 < len(blocks) else ""
        if is_bold_title(title, following):
            block.kind, block.text, block.level = "heading", title, 4 if block.level else 3


def mark_glued_items(blocks: list[Block]) -> None:
    """Turn neighbouring paragraphs that begin with the same mark, as in "-your name", into list items.

    A single one may be a note ("*without tax"), a word or a number; it stays as it is.
    """
    marks = [glued_dash(block.text) if block.kind in ("paragraph", "list_item") else "" for block in blocks]
    for before, mark, after, block in zip(["", *marks], marks, [*marks[1:], ""], blocks, strict=False):
        if mark and mark in (before, after):
            block.kind, block.text, block.level = "list_item", block.text[1:], max(block.level, 1)


def printed_width(texts: list[str]) -> float:
    """Length of a printed line, if a conversion from print made each line a paragraph; 0 for any other text.

    Such a text has many paragraphs that end without a full stop, and the next one begins in lower case. Pass
    "" for a text that is not a paragraph, such as a list item.
    """
    broken = sorted(
        len(a) for a, b in pairwise(texts) if len(a) > 30 and a[-1] not in _LINE_END and b[:1].islower()
    )
    middle = broken[len(broken) // 2] if broken else 0
    if len(broken) < max(8, 0.15 * len(texts)) or not 60 <= middle <= 200:
        return 0.0
    return min(broken[int(0.9 * len(broken))], 1.15 * middle)


def goes_on(text: str, following: str, width: float) -> bool:
    """Whether a sentence continues on the next printed line because its next word did not fit."""
    if text[-1] in _LINE_END or (len(text) < 0.5 * width and not following[:1].islower()):
        return False
    return following[:1].islower() or len(text) + 1 + len(following.split(maxsplit=1)[0]) > 0.9 * width


def join_printed(blocks: list[Block]) -> list[Block]:
    """Join paragraphs that are single printed lines; other texts come back unchanged."""
    kept = [block for block in blocks if block.keep]
    width = printed_width([block.text if block.kind == "paragraph" else "" for block in kept])
    if not width:
        return blocks
    joined: list[Block] = []
    previous_line = ""
    for block in blocks:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.keep
            and block.keep
            and last.kind in ("paragraph", "list_item")
            and block.kind == "paragraph"
            and goes_on(previous_line, block.text, width)
        ):
            last.text, last.end = f"{last.text} {block.text}", max(last.end, block.end)
        else:
            joined.append(block)
        previous_line = block.text
    return joined
