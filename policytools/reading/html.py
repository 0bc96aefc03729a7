"""HTML pages to blocks: the policy's part of the page is found, and other blocks are marked with the reason."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from policytools.reading.blocks import LINE_BREAK, Block, Piece, is_bold, promote_bold_titles, split_at_breaks
from policytools.reading.list_marks import starts_item, strip_letter
from policytools.reading.word_lists import ANYWHERE, pattern, phrase_lists
from policytools.text.clauses import is_prose
from policytools.text.normalise import normalise

_BLOCK_TAGS, _SKIPPED, _VOID = (
    frozenset(phrase_lists("html")[name]) for name in ("block", "skipped", "void")
)
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_LISTS = frozenset(["ul", "ol", "menu"])
_HIDDEN = re.compile(r"visibility:\s*hidden|(?:top|left):\s*-\d{4}")
_MAX_CELL = 1500  # characters; a table with longer cells makes the layout of a page
_MAX_ROW = 20_000

_Suspects = tuple[tuple[HtmlElement, str], ...]


@dataclass(slots=True)
class _Placed:
    """A block, its element, and the elements around it that may not be the policy, each with the reason."""

    block: Block
    element: HtmlElement
    suspects: _Suspects


def read_html(text: str) -> list[Block]:
    """Blocks of an HTML page; those outside the policy are marked."""
    placed = _Walk(_parse(text)).placed()
    _keep_main(placed)
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
        self._placed: list[_Placed] = []
        self._bold: list[tuple[int, str]] = []  # lines that are bold throughout
        self._line: list[Piece] = []  # read since the last block boundary
        self._owners = [body]  # block elements around the current place
        self._suspects: list[_Suspects] = [()]  # for each owner
        self._n_lists = self._n_strong = 0  # elements around the current place
        self._at_item_start = False  # nothing of the list item is read yet
        self._skipped: HtmlElement | None = None  # the element that is passed over
        self._footnote: HtmlElement | None = None  # the mark of a footnote, which is put in brackets

    def placed(self) -> list[_Placed]:
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
            reason, around = _reason(element, tag), self._suspects[-1]
            self._suspects.append((*around, (element, reason)) if reason else around)
        elif tag == "br":
            self._line.append((LINE_BREAK, False))
        elif tag in ("strong", "b"):
            self._n_strong += 1
        elif tag == "sup" and _is_footnote(element, self._line):
            self._footnote = element
            self._add_text("[")
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
        elif element is self._footnote:
            self._add_text("]")
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
            self._placed.append(_Placed(block, element, self._suspects[-1]))
            self._at_item_start = False
        self._line.clear()


def _is_footnote(element: HtmlElement, line: list[Piece]) -> bool:
    """Whether a superscript is a number behind a full stop; without brackets "version 2.<sup>1</sup>" is "2.1"."""
    return bool(line) and line[-1][0].endswith((".", "!", "?")) and element.text_content().strip().isdecimal()


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
