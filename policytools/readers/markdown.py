"""Markdown to blocks, by markdown-it-py."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from policytools.readers import BULLET, Block, normalise, strip_bullet
from policytools.segmentation import looks_like_title

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_ESCAPED_NUMBER = re.compile(r"^\d{1,2}\\?\.")


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # An indented paragraph in a policy is layout, never program code.
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).disable("code")


def read_markdown(text: str) -> list[Block]:
    """Blocks of a Markdown text; each non-blank line of it lies in exactly one block's span."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    blocks: list[Block] = []
    covered = [False] * len(starts)

    def add(kind: str, inline: str, span: list[int] | None, level: int = 0, reason: str = "") -> None:
        first, last = span or (0, 0)
        for part in inline.split("\n"):
            cleaned = normalise(part)
            if not cleaned:
                continue
            own_kind = kind
            if kind in ("paragraph", "list_item") and BULLET.match(cleaned):
                own_kind, cleaned = "list_item", strip_bullet(cleaned)  # a bullet that is no Markdown
            keep = not reason and any(map(str.isalnum, cleaned))
            block = Block(
                own_kind,
                cleaned,
                level,
                first + 1,
                keep=keep,
                reason=reason or ("" if keep else "stray mark"),
            )
            if not covered[first]:
                block.start, block.end = starts[first], min(starts[last] - 1, len(text))
                covered[first:last] = [True] * (last - first)
            blocks.append(block)

    depth = quote = 0
    item_first = False
    cells: list[str] = []
    heading_level = 0
    row_span: list[int] | None = None  # while inside a table row
    for token in _parser().parse(text):
        kind = token.type
        if kind in ("bullet_list_open", "ordered_list_open"):
            depth += 1
        elif kind in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
        elif kind == "list_item_open":
            item_first = True
        elif kind == "blockquote_open":
            quote += 1
        elif kind == "blockquote_close":
            quote -= 1
        elif kind == "heading_open":
            heading_level = int(token.tag[1])
        elif kind == "heading_close":
            heading_level = 0
        elif kind == "tr_open":
            cells, row_span = [], token.map
        elif kind == "tr_close":
            if any(cells):
                add("table_row", " | ".join(cell for cell in cells if cell), row_span)
            row_span = None
        elif kind == "inline":
            content = _plain(token.children or [])
            if row_span is not None:
                cells += [strip_bullet(normalise(line)) for line in content.split("\n")]
                continue
            if heading_level:
                add("heading", content.replace("\n", " "), token.map, heading_level)
            elif depth:
                bold_title = not item_first and _is_bold_line(token.children or [])
                add("heading" if bold_title else "list_item", content, token.map, 4 if bold_title else depth)
            elif _is_bold_line(token.children or []):
                add("heading", content.replace("\n", " "), token.map, 3)
            else:
                note = "archive note" if quote and _ARCHIVE.search(content) else ""
                add("paragraph", content, token.map, 0, note)
            item_first = False
        elif kind == "html_block":
            from policytools.readers.html import text_lines

            for line in text_lines(token.content):
                add("paragraph", line, token.map)
        elif kind in ("fence", "code_block"):
            for line in token.content.splitlines():
                add("paragraph", line, token.map)
    _account(text, starts, covered, blocks)
    return blocks


_ARCHIVE = re.compile(
    r"wayback machine|web\.archive\.org|archived? (?:on|at|from)|extracted and transformed", re.IGNORECASE
)


def _plain(children: list) -> str:
    """Text of inline tokens: marks and link targets gone, a hard break as a new line."""
    parts = []
    for child in children:
        if child.type in ("text", "code_inline"):
            parts.append(child.content.replace("**", ""))  # marks that closed nothing
        elif child.type == "softbreak":
            parts.append(" ")
        elif child.type == "hardbreak":
            parts.append("\n")
        elif child.type == "html_inline":
            parts.append("\n" if re.match(r"</?(?:br|p|div|li|tr)\b", child.content, re.IGNORECASE) else "")
        elif child.type == "image":
            parts.append(child.content)
    return "".join(parts)


def _is_bold_line(children: list) -> bool:
    """Whether a paragraph is one short bold line: how most exported policies write their headings."""
    depth, bold, plain = 0, "", ""
    for child in children:
        if child.type == "strong_open":
            depth += 1
        elif child.type == "strong_close":
            depth -= 1
        elif child.type in ("text", "code_inline"):
            bold, plain = (bold + child.content, plain) if depth else (bold, plain + child.content)
        elif child.type == "hardbreak":
            return False
    bold = bold.strip()
    return (
        bool(bold)
        and not re.search(r"\w", plain)
        and len(bold.split()) <= 15
        and looks_like_title(bold.rstrip(":"))
    )


def _account(text: str, starts: list[int], covered: list[bool], blocks: list[Block]) -> None:
    """Put lines that hold marks only (rules, link definitions, comments) into blocks that are not kept."""
    lines = text.split("\n")
    extra = []
    for number, line in enumerate(lines):
        if line.strip() and not covered[number]:
            reason = "stray mark" if not re.search(r"\w", line) else "markup"
            extra.append(
                Block(
                    "paragraph",
                    line.strip(),
                    0,
                    number + 1,
                    starts[number],
                    starts[number] + len(line),
                    False,
                    reason,
                )
            )
    blocks += extra
    blocks.sort(key=lambda block: block.line)
