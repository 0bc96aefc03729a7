"""HTML pages to blocks: the policy's part of the page is found, and other blocks are marked with the reason."""

import re

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from policytools.reading.blocks import LINE_BREAK, Block, Piece, is_bold, promote_bold_titles, split_at_breaks
from policytools.reading.list_marks import starts_item, strip_letter
from policytools.reading.policy_part import Placed, Suspects, keep_main, suspect_reason
from policytools.reading.word_lists import phrase_lists
from policytools.text.normalise import normalise

_BLOCK_TAGS, _SKIPPED, _VOID = (
    frozenset(phrase_lists("html")[name]) for name in ("block", "skipped", "void")
)
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_LISTS = frozenset(["ul", "ol", "menu"])
_MAX_CELL = 1500  # characters; a table with longer cells makes the layout of a page
_MAX_ROW = 20_000


def read_html(text: str) -> list[Block]:
    """Blocks of an HTML page; those outside the policy are marked."""
    placed = _Walk(_parse(text)).placed()
    keep_main(placed)
    return [item.block for item in placed]


def text_lines(markup: str) -> list[str]:
    """Lines of text in a piece of HTML, such as HTML inside Markdown."""
    return [item.block.text for item in _Walk(_parse(f"<div>{markup}</div>")).placed()]


# ---------------------------------------------------------------- markup to a tree


def _parse(text: str) -> HtmlElement:
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\0", ""))
    tree, is_cut = _tree(text)
    if is_cut:
        # The parser drops what is nested in more than 2048 elements; without some elements the text is kept.
        tree, _ = _tree(_flatten(text))
    body = tree.find("body")
    return body if body is not None else tree


def _tree(text: str) -> tuple[HtmlElement, bool]:
    """The parsed page, and whether the parser reached a limit and dropped text."""
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        tree = lxml_html.document_fromstring(
            text.encode("utf-8", "replace"), parser=parser, ensure_head_body=True
        )
    except etree.ParserError:  # nothing but comments or broken tags
        tree = lxml_html.document_fromstring(b"<p></p>", ensure_head_body=True)
    return tree, any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log)


_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*+>", re.IGNORECASE)
_MAX_DEPTH = 200


def _flatten(text: str) -> str:
    """Remove the tags that are nested too deeply; a line break stays where a block began or ended."""
    depth = dropped = 0

    def keep(match: re.Match) -> str:
        nonlocal depth, dropped
        closing, tag = match[1], match[2].lower()
        if tag in _VOID or tag in _SKIPPED:
            return match[0]
        if closing and not dropped:
            depth = max(0, depth - 1)
            return match[0]
        if not closing and depth < _MAX_DEPTH:
            depth += 1
            return match[0]
        dropped += -1 if closing else 1
        return "<br>" if tag in _BLOCK_TAGS else ""

    return _TAG.sub(keep, text)


# ---------------------------------------------------------------- tree to blocks


class _Walk:
    """One walk over the elements of a page; each text between block boundaries becomes a block."""

    def __init__(self, body: HtmlElement):
        self._body = body
        self._placed: list[Placed] = []
        self._bold: list[tuple[int, str]] = []  # lines that are bold throughout
        self._line: list[Piece] = []  # read since the last block boundary
        self._owners = [body]  # block elements around the current place
        self._suspects: list[Suspects] = [()]  # for each owner
        self._n_lists = self._n_strong = 0  # elements around the current place
        self._at_item_start = False  # nothing of the list item is read yet
        self._skipped: HtmlElement | None = None  # the element that is passed over

    def placed(self) -> list[Placed]:
        for event, element in etree.iterwalk(self._body, events=("start", "end")):
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start":
                self._start(element, tag)
            else:
                self._end(element, tag)
        self._end_block()
        promote_bold_titles([item.block for item in self._placed], self._bold)
        return _join_rows(self._placed)

    def _start(self, element: HtmlElement, tag: str) -> None:
        if self._skipped is None and (tag in _SKIPPED or not tag):
            self._skipped = element
        if self._skipped is not None:
            return
        if tag in _BLOCK_TAGS:
            self._end_block()
            self._n_lists += tag in _LISTS
            self._at_item_start = tag == "li" or (self._at_item_start and tag not in _HEADINGS)
            self._owners.append(element)
            reason, around = suspect_reason(element, tag), self._suspects[-1]
            self._suspects.append((*around, (element, reason)) if reason else around)
        elif tag == "br":
            self._line.append((LINE_BREAK, False))
        elif tag in ("strong", "b"):
            self._n_strong += 1
        self._add_text(element.text)

    def _end(self, element: HtmlElement, tag: str) -> None:
        if self._skipped is element:
            self._skipped = None
        elif self._skipped is not None:
            return
        elif tag in _BLOCK_TAGS:
            self._end_block()
            self._owners.pop()
            self._suspects.pop()
            self._n_lists -= tag in _LISTS
        elif tag in ("strong", "b"):
            self._n_strong -= 1
        if element is not self._body:
            self._add_text(element.tail)

    def _add_text(self, text: str | None) -> None:
        if text:
            self._line.append((text, self._n_strong > 0))

    def _end_block(self) -> None:
        """Make blocks of the text read so far: one for each line, but a single one for a heading."""
        owner = self._owners[-1]
        for line in [self._line] if owner.tag in _HEADINGS else split_at_breaks(self._line):
            text = normalise("".join(piece for piece, _ in line).replace(LINE_BREAK, " "))
            if not text:
                continue
            block, element = _make_block(text, owner, self._n_lists)
            is_label = owner.tag == "dt" or (not self._at_item_start and is_bold(line))
            if is_label and block.kind not in ("table_row", "heading"):
                self._bold.append((len(self._placed), text))
            self._placed.append(Placed(block, element, self._suspects[-1]))
            self._at_item_start = False
        self._line.clear()


def _make_block(text: str, owner: HtmlElement, n_lists: int) -> tuple[Block, HtmlElement]:
    """A block of a line of text, and the element that it belongs to."""
    line = owner.sourceline or 0
    element = _cell_around(owner)
    tag = element.tag
    kind, level = "paragraph", 0
    if tag in _HEADINGS:
        kind, level = "heading", int(tag[1])
    elif tag in ("td", "th"):
        kind, text = "table_row", strip_letter(text)
    elif starts_item(text):
        kind, level, text = "list_item", max(n_lists, 1), strip_letter(text)
    elif n_lists and tag in ("li", "p", "div", "dd", "dt"):
        kind, level = "list_item", n_lists
    return Block(kind, text, level, line), element


def _cell_around(owner: HtmlElement) -> HtmlElement:
    """The table cell around a paragraph, if the table holds data; the paragraph itself if the table makes a layout."""
    cell = owner.getparent() if owner.tag in ("p", "div") else None
    if cell is None or cell.tag not in ("td", "th"):
        return owner
    is_data = len(cell.getparent()) >= 2 and len(cell.text_content()) <= _MAX_CELL
    return cell if is_data else owner


def _join_rows(placed: list[Placed]) -> list[Placed]:
    """Join the cells of each table row, except long cells, which are a page's layout."""
    joined: list[Placed] = []
    previous = None  # row of the block before
    for item in placed:
        row = item.element.getparent() if item.block.kind == "table_row" else None
        is_same_row = row is not None and row is previous
        if is_same_row and len(item.block.text) < _MAX_CELL and len(joined[-1].block.text) < _MAX_ROW:
            joined[-1].block.text += " | " + item.block.text
        else:
            joined.append(item)
        previous = row
    return joined
