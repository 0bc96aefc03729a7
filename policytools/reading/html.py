"""HTML pages to blocks: the policy's part of the page is found, and other blocks are marked with the reason."""

from collections import Counter

from lxml import etree
from lxml.html import HtmlElement

from policytools._wording import counted
from policytools.reading.blocks import LINE_BREAK, Block, Piece, is_bold, promote_bold_titles, split_at_breaks
from policytools.reading.html_tree import SELECTED, html_page, line_of
from policytools.reading.list_marks import starts_item, strip_letter
from policytools.reading.policy_part import Placed, Suspects, keep_main, suspect_reason
from policytools.reading.word_lists import phrase_lists
from policytools.text.normalise import normalise

_BLOCK_TAGS, _BESIDE = (frozenset(phrase_lists("html")[name]) for name in ("block", "beside"))
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_IN_TITLES = frozenset(["center", "div", "header", "label", "p", "section"])  # mean nothing inside a heading
_LISTS = frozenset(["ul", "ol", "menu"])
_MAX_TITLE = 300  # characters; a longer "heading" is one that was not closed
_MAX_CELL = 1500  # characters; a table with longer cells makes the layout of a page
_MAX_ROW = 20_000


def read_html(text: str, *, selector: str = "") -> tuple[list[Block], list[str]]:
    """Blocks of an HTML page, those outside the policy marked, and notes.

    With a CSS selector, the policy is the text of the elements that it matches.

    Raises
    ------
    ValueError
        If the selector is not valid, or matches no element or none with text.
    """
    page = html_page(text, selector=selector)
    walk = _Walk(page.body)
    placed = walk.placed()
    if selector:
        _keep_selected(placed, page.body, selector)
    else:
        keep_main(placed)
    lost = page.words - Counter(" ".join(walk.read).split())
    n_lost = sum(
        n for word, n in lost.items() if any(map(str.isalnum, word))
    )  # not soft hyphens and the like
    notes = [f"{counted(n_lost, 'word')} of the page could not be read"] if n_lost else []
    return [item.block for item in placed], notes


def text_lines(markup: str) -> list[str]:
    """Lines of text in a piece of HTML, such as HTML inside Markdown; without what no browser shows."""
    placed = _Walk(html_page(f"<div>{markup}</div>").body).placed()
    return [item.block.text for item in placed if all(reason != "hidden" for _, reason in item.suspects)]


def _keep_selected(placed: list[Placed], body: HtmlElement, selector: str) -> None:
    """Keep the blocks in the elements that a selector matches, but for what a browser does not show."""
    inside: set[HtmlElement] = set()
    for element in body.getroottree().iter():
        if SELECTED in element.attrib and element not in inside:
            inside.update(element.iter())
    for item in placed:
        if item.element not in inside:
            item.block.leave_out("outside the policy")
        elif any(reason == "hidden" and element in inside for element, reason in item.suspects):
            item.block.leave_out("hidden")
    if not any(item.block.keep for item in placed):
        raise ValueError(f"selector {selector!r} matches no text of the page; compare it with the file")


# ---------------------------------------------------------------- tree to blocks


class _Walk:
    """One walk over the elements of a page; each text between block boundaries becomes a block."""

    def __init__(self, root: HtmlElement, around: Suspects = (), line: int = 1):
        self.read: list[str] = []  # all texts that are in a block
        self._root = root
        self._placed: list[Placed] = []
        self._bold: list[tuple[int, str]] = []  # lines that are bold throughout
        self._line: list[Piece] = []  # read since the last block boundary
        self._beside: list[HtmlElement] = []  # met since then; their text is no part of the line
        self._owners = [root]  # block elements around the current place
        self._suspects = [around]  # for each owner
        self._lines = [line]  # of each owner; of the one around it, if the parser added the element
        self._n_lists = self._n_strong = 0  # elements around the current place
        self._at_item_start = False  # nothing of the list item is read yet
        self._skipped: HtmlElement | None = None  # the element that is passed over
        self._title: HtmlElement | None = None  # the heading around the current place
        self._footnote: HtmlElement | None = None  # the mark of a footnote, which is put in brackets

    def placed(self) -> list[Placed]:
        for event, element in etree.iterwalk(self._root, events=("start", "end")):
            if event == "start":
                self._start(element, element.tag)
            else:
                self._end(element, element.tag)
        self._end_block()
        promote_bold_titles([item.block for item in self._placed], self._bold)
        return _join_rows(self._placed)

    def _start(self, element: HtmlElement, tag: str) -> None:
        is_root = element is self._root
        if tag in _BESIDE and self._skipped is None and not is_root and self._root.tag == "body":
            self._beside.append(element)
            self._skipped = element
        if self._skipped is not None:
            return
        if is_root or tag in _BLOCK_TAGS:
            self._start_block(element, tag)
        elif tag == "br":
            self._line.append((LINE_BREAK, False))
        elif tag in ("strong", "b"):
            self._n_strong += 1
        elif tag == "sup" and _is_footnote(element, self._line):
            self._footnote = element
            self._add_text("[")
        self._add_text(element.text)

    def _start_block(self, element: HtmlElement, tag: str) -> None:
        reason = suspect_reason(element, tag)
        if self._title is not None and _is_in_title(element, tag, reason, self._title):
            self._line.append((LINE_BREAK, False))
            return
        self._end_block()
        self._n_lists += tag in _LISTS
        self._at_item_start = tag == "li" or (self._at_item_start and tag not in _HEADINGS)
        if (tag in _HEADINGS or tag == "summary") and len(element.text_content()) <= _MAX_TITLE:
            self._title = element
        if reason and _is_button(element) and next(element.iter(*_HEADINGS), None) is not None:
            reason = ""  # the head of a section that unfolds
        self._owners.append(element)
        self._lines.append(line_of(element, self._lines[-1]))
        around = self._suspects[-1]
        self._suspects.append((*around, (element, reason)) if reason else around)

    def _end(self, element: HtmlElement, tag: str) -> None:
        if self._skipped is element:
            self._skipped = None
        elif self._skipped is not None:
            return
        elif self._owners[-1] is element and len(self._owners) > 1:
            self._end_block()
            self._owners.pop()
            self._suspects.pop()
            self._lines.pop()
            self._n_lists -= tag in _LISTS
            self._title = None if self._title is element else self._title
        elif tag in _BLOCK_TAGS:  # part of a heading
            self._line.append((LINE_BREAK, False))
        elif tag in ("strong", "b"):
            self._n_strong -= 1
        elif element is self._footnote:
            self._add_text("]")
        if element is not self._root:
            self._add_text(element.tail)

    def _add_text(self, text: str | None) -> None:
        if text:
            self._line.append((text, self._n_strong > 0))

    def _end_block(self) -> None:
        """Make blocks of the text read so far: one for each line, but a single one for a heading."""
        owner = self._owners[-1]
        if all(piece.isspace() for piece, _ in self._line):
            self._line.clear()
        is_title = owner is self._title or owner.tag in _HEADINGS
        for line in [self._line] if is_title else split_at_breaks(self._line):
            text = normalise("".join(piece for piece, _ in line).replace(LINE_BREAK, " "))
            if not text:
                continue
            self.read.extend(piece for piece, _ in line)
            block, element = _make_block(text, owner, self._n_lists, self._lines[-1])
            is_label = owner.tag in ("dt", "summary") or (not self._at_item_start and is_bold(line))
            if is_label and block.kind not in ("table_row", "heading"):
                self._bold.append((len(self._placed), text))
            self._placed.append(Placed(block, element, self._suspects[-1]))
            self._at_item_start = False
        self._line.clear()
        for element in self._beside:
            inner = _Walk(element, self._suspects[-1], self._lines[-1])
            self._placed.extend(inner.placed())
            self.read.extend(inner.read)
        self._beside.clear()


def _is_footnote(element: HtmlElement, line: list[Piece]) -> bool:
    """Whether a superscript is a number behind a full stop; without brackets "version 2.<sup>1</sup>" is "2.1"."""
    return bool(line) and line[-1][0].endswith((".", "!", "?")) and element.text_content().strip().isdecimal()


def _is_button(element: HtmlElement) -> bool:
    return element.tag == "button" or element.get("role") == "button"


def _is_in_title(element: HtmlElement, tag: str, reason: str, title: HtmlElement) -> bool:
    """Whether an element is only a part of a heading: a plain box, or a button that is the whole heading."""
    if not _is_button(element):
        return tag in _IN_TITLES and not reason
    beside = title.text_content().replace(element.text_content(), "", 1)
    return not any(map(str.isalpha, beside))


def _make_block(text: str, owner: HtmlElement, n_lists: int, line: int) -> tuple[Block, HtmlElement]:
    """A block of a line of text, and the element that it belongs to."""
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
            joined[-1].block.has_row_head |= joined[-1].element.tag == "th" and item.element.tag == "td"
        else:
            joined.append(item)
        previous = row
    return joined
