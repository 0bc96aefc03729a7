"""Blocks and documents: what every reader returns."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

_LINE_END = ".!?:;"
FORMATS = ("text", "markdown", "html", "pdf")
MAX_BYTES = 50_000_000


@dataclass(slots=True)
class Block:
    """One block of a file, in reading order.

    ``level`` is a heading's rank or a list item's depth (from 1), else 0; ``line`` the line of the
    decoded file where the block starts, from 1 (the page, for a PDF); ``start`` and ``end`` are its
    characters in the decoded file, or -1 where a format has no such place (HTML, PDF).
    """

    kind: str
    text: str
    level: int = 0
    line: int = 0
    start: int = -1
    end: int = -1
    keep: bool = True
    reason: str = ""


@dataclass(slots=True)
class Document:
    """What a reader makes of one file: blocks, the format, the encoding and remarks for ``policies.note``."""

    blocks: list[Block]
    format: str
    encoding: str
    notes: list[str]


def printed_width(texts: list[str]) -> float:
    """How long the lines are of a text that a conversion from print made a paragraph each; 0 for any other.

    Such a text goes on in lower case after a paragraph without an end, again and again. What is no running text,
    as list items, comes as "".
    """
    broken = sorted(
        len(a) for a, b in pairwise(texts) if len(a) > 30 and a[-1] not in _LINE_END and b[:1].islower()
    )
    middle = broken[len(broken) // 2] if broken else 0
    if len(broken) < max(8, 0.15 * len(texts)) or not 60 <= middle <= 200:
        return 0.0
    return min(broken[int(0.9 * len(broken))], 1.15 * middle)


def goes_on(text: str, following: str, width: float) -> bool:
    """Whether a printed line goes on in the following one, which would not have fitted into it."""
    if text[-1] in _LINE_END or (len(text) < 0.5 * width and not following[:1].islower()):
        return False
    return following[:1].islower() or len(text) + 1 + len(following.split(maxsplit=1)[0]) > 0.9 * width


def join_printed(blocks: list[Block]) -> list[Block]:
    """Paragraphs put together again where a conversion from print made one of each line."""
    texts = [block for block in blocks if block.keep]
    width = printed_width([block.text if block.kind == "paragraph" else "" for block in texts])
    if not width:
        return blocks
    joined: list[Block] = []
    line = ""  # the printed line before
    for block in blocks:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.keep
            and block.keep
            and last.kind in ("paragraph", "list_item")
            and block.kind == "paragraph"
            and goes_on(line, block.text, width)
        ):
            last.text, last.end = f"{last.text} {block.text}", max(last.end, block.end)
        else:
            joined.append(block)
        line = block.text
    return joined
