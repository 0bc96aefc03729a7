"""HTML pages to blocks: the policy's part of the page is found, and other blocks are marked with the reason."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from lxml import etree
from lxml.html import HtmlElement

from policytools._wording import counted
from policytools.reading.blocks import LINE_BREAK, Block, Piece, is_bold, promote_bold_titles, split_at_breaks
from policytools.reading.html_tree import SELECTED, html_page, line_of
from policytools.reading.list_marks import starts_item, strip_letter
from policytools.reading.word_lists import ANYWHERE, pattern, phrase_lists
from policytools.text.clauses import is_prose
from policytools.text.normalise import normalise

_BLOCK_TAGS, _BESIDE = (frozenset(phrase_lists("html")[name]) for name in ("block", "beside"))
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_IN_TITLES = frozenset(["center", "div", "header", "label", "p", "section"])  # mean nothing inside a heading
_LISTS = frozenset(["ul", "ol", "menu"])
_HIDDEN = re.compile(r"visibility:\s*hidden|(?:top|left):\s*-\d{4}")
_MAX_TITLE = 300  # characters; a longer "heading" is one that was not closed
_MAX_CELL = 1500  # characters; a table with longer cells makes the layout of a page
_MAX_ROW = 20_000

_Suspects = tuple[tuple[HtmlElement, str], ...]


@dataclass(slots=True)
class _Placed:
    """A block, its element, and the elements around it that may not be the policy, each with the reason."""

    block: Block
    element: HtmlElement
    suspects: _Suspects


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
        _keep_main(placed)
    lost = page.words - Counter(" ".join(walk.read).split())
    notes = [f"{counted(lost.total(), 'word')} of the page could not be read"] if lost else []
    return [item.block for item in placed], notes


def text_lines(markup: str) -> list[str]:
    """Lines of text in a piece of HTML, such as HTML inside Markdown; without what no browser shows."""
    placed = _Walk(html_page(f"<div>{markup}</div>").body).placed()
    return [item.block.text for item in placed if all(reason != "hidden" for _, reason in item.suspects)]


def _keep_selected(placed: list[_Placed], body: HtmlElement, selector: str) -> None:
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

    def __init__(self, root: HtmlElement, around: _Suspects = (), line: int = 1):
        self.read: list[str] = []  # all texts that are in a block
        self._root = root
        self._placed: list[_Placed] = []
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

    def placed(self) -> list[_Placed]:
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
        self._add_text(element.text)

    def _start_block(self, element: HtmlElement, tag: str) -> None:
        reason = _reason(element, tag)
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
            self._placed.append(_Placed(block, element, self._suspects[-1]))
            self._at_item_start = False
        self._line.clear()
        for element in self._beside:
            inner = _Walk(element, self._suspects[-1], self._lines[-1])
            self._placed.extend(inner.placed())
            self.read.extend(inner.read)
        self._beside.clear()


def _is_button(element: HtmlElement) -> bool:
    return element.tag == "button" or element.get("role") == "button"


def _is_in_title(element: HtmlElement, tag: str, reason: str, title: HtmlElement) -> bool:
    """Whether an element is only a part of a heading: a plain box, or a button that is the whole heading."""
    if not _is_button(element):
        return tag in _IN_TITLES and not reason
    beside = title.text_content().replace(element.text_content(), "", 1)
    return not any(map(str.isalpha, beside))


def _reason(element: HtmlElement, tag: str) -> str:
    """Reason why an element may not be the policy; "" if there is none."""
    reason = _reasons_by_word("tag").get(tag)
    if reason:
        return reason
    if _HIDDEN.search(element.get("style") or ""):
        return "hidden"
    reason = _reasons_by_word("role").get((element.get("role") or "").lower())
    if reason:
        return reason
    if tag in ("body", "main", "article"):
        return ""
    names = f"{element.get('id') or ''} {element.get('class') or ''}"
    if len(names) < 2:
        return ""
    return next((reason for reason, found in _reason_patterns() if found.search(names)), "")


@cache
def _reasons_by_word(table: str) -> dict[str, str]:
    return {word: reason for reason, words in phrase_lists(table).items() for word in words}


@cache
def _reason_patterns() -> list[tuple[str, re.Pattern[str]]]:
    frames = {"class_anywhere": ANYWHERE, "class_word": r"(?:^|[-_ ])%s(?:$|[-_ ])"}
    return [
        (reason, pattern(table, reason, frame=frame))
        for table, frame in frames.items()
        for reason in phrase_lists(table)
    ]


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


def _join_rows(placed: list[_Placed]) -> list[_Placed]:
    """Join the cells of each table row, except long cells, which are a page's layout."""
    joined: list[_Placed] = []
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


# ---------------------------------------------------------------- the policy's part of the page


def _keep_main(placed: list[_Placed]) -> None:
    """Keep the blocks in the smallest element that holds nearly all of the page's prose; mark the others."""
    own: Counter = Counter()  # characters of prose directly in an element
    n_own: Counter = Counter()  # blocks of prose directly in an element
    for item in placed:
        if is_prose(item.block.text):
            own[item.element] += len(item.block.text)
            n_own[item.element] += 1
    prose, inside = own, set()
    if own:
        root = placed[0].element.getroottree().getroot()
        prose = _with_descendants(own, root)
    reasons = _reasons(placed, prose)
    if own:
        inside = _widened(_smallest_with_prose(root, prose, n_own), placed, reasons)
    for item, reason in zip(placed, reasons, strict=True):
        if reason or item.element not in inside:
            item.block.leave_out(reason or "outside the policy")


def _with_descendants(own: Counter, root: HtmlElement) -> Counter:
    """Characters of prose in each element and in all elements inside it."""
    total = own.copy()
    # In reverse document order each element comes after all elements inside it.
    for element in reversed(list(root.iter())):
        size, parent = total.get(element, 0), element.getparent()
        if size and parent is not None:
            total[parent] += size
    return total


def _reasons(placed: list[_Placed], prose: Counter) -> list[str]:
    """Reason to leave out each block, "" for none; an element with much of the prose is kept."""
    limit = 0.2 * max(prose.values(), default=0)
    reason_of = {
        suspects: next((reason for element, reason in suspects if prose[element] <= limit), "")
        for suspects in {item.suspects for item in placed}
    }
    return [reason_of[item.suspects] for item in placed]


def _smallest_with_prose(root: HtmlElement, prose: Counter, n_own: Counter) -> HtmlElement:
    main = root
    while True:
        inner = max((child for child in main if child in prose), key=prose.__getitem__, default=None)
        if inner is None or prose[inner] < 0.97 * prose[main]:
            return main
        # One or two paragraphs, however long, do not hold a policy.
        if n_own[inner] in (1, 2) and not any(child in prose for child in inner):
            return main
        main = inner


def _widened(main: HtmlElement, placed: list[_Placed], reasons: list[str]) -> set[HtmlElement]:
    """All elements of the policy: those in `main`, and those around it as long as their prose is about privacy.

    A policy's introduction may be outside the element that holds the rest.
    """
    about_privacy = pattern("page", "policy_prose")
    inside = set(main.iter())
    for _ in range(30):  # each round walks over the page; pages are not nested more deeply
        if main.getparent() is None or main.getparent().tag == "html":
            break
        main = main.getparent()
        around = set(main.iter())
        added = [
            item.block.text
            for item, reason in zip(placed, reasons, strict=True)
            if not reason and item.element in around and item.element not in inside
        ]
        running = [text for text in added if is_prose(text)]
        n_about_privacy = sum(bool(about_privacy.search(text)) for text in running)
        if added and (not running or n_about_privacy < 0.6 * len(running)):
            break
        inside = around
    return inside
