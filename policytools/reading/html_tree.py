"""HTML markup to a tree of lxml elements, as a browser builds it.

selectolax (Lexbor) parses by the rules of the HTML standard. The parser of lxml does not, and loses text after
``<embed>``, in ``<svg>`` and elsewhere. Its elements are the better ones to work with, so the tree is copied into them.
Documents inside the page (frames with ``srcdoc``, templates, shadow roots) become part of the one tree.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import NamedTuple

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement
from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode, SelectolaxError

from policytools.reading.word_lists import phrase_lists

SELECTED = "policytools-selected"  # attribute of the elements that a selector matches
_LINE = "policytools-line"  # attribute of block elements: the line of their tag, unknown to the parser
_BLOCK_TAGS, _VOID, _CODE, _FORMATTING, _ENDED_BY_OTHERS = (
    frozenset(phrase_lists("html")[name])
    for name in ("block", "void", "code", "formatting", "ended_by_others")
)
_ATTRIBUTES = ("id", "class", "style", "role", _LINE)  # the others are not copied
_FRAMES = frozenset(["iframe", "noembed", "noframes", "noscript"])  # to the parser their content is a text
# Time grows with the square of what is open. The parser repeats open formatting elements in each new paragraph.
_MAX_OPEN, _MAX_OPEN_FORMATTING, _MAX_OPEN_OF_ALL = 100, 8, 1000
_MAX_FRAMES = 3  # frames inside frames
_REST = r"(?:[^>=]|=\s*(?:\"[^\"]*\"|'[^']*')?)*+(?:>|\Z)"  # of a tag, behind its name
_RAW = r"(?:script|style|textarea|title|xmp|iframe|noembed|noframes|noscript)"
_MARKUP = re.compile(
    r"<(?:(?P<comment>!--(?:-?>|.*?(?:--!?>|\Z))|(?:\?|/(?=[^a-z>])|!(?!--|\[CDATA\[|doctype))[^>]*(?:>|\Z))"
    rf"|(?P<empty>{_RAW})(?:/>|(?=\s){_REST}(?<=[\s\"']/>))"
    rf"|(?P<raw>{_RAW})(?=[\s/>]){_REST}(?:[^<]++|<(?!/(?P=raw)[\s/>]))*+"
    rf"|!(?!--)[^>]*(?:>|\Z)"
    rf"|(?P<slash>/?)(?P<tag>[a-z][^\s/>]*)(?P<rest>{_REST}))",
    re.IGNORECASE | re.DOTALL,
)
_NAME = re.compile(r"[a-z][\w-]*", re.ASCII)
_NOT_IN_XML = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Page(NamedTuple):
    """The body of a page, and how often each word is in the text that the parser found in it."""

    body: HtmlElement
    words: Counter[str]


def html_page(text: str, *, selector: str = "") -> Page:
    """The tree of a page; the elements that a CSS selector matches have the attribute `SELECTED`.

    Raises
    ------
    ValueError
        If the selector is not valid or matches nothing.
    """
    parser, page = _parse(text)
    copy = _Copy(selector)
    root = copy.element(page)
    if selector and not copy.selected:
        raise ValueError(f"selector {selector!r} matches no element of the page; compare it with the file")
    parser.strip_tags(["head", *_CODE, *_FRAMES], recursive=True)
    body = root.find("body")
    for element in reversed([*root.find("head").iterchildren("noscript", "template", "div")]):
        body.insert(0, element)
    return Page(body, Counter(_plain(page.text(separator=" ")).split()))


def line_of(element: Mapping[str, str | None], around: int) -> int:
    """Line of an element's tag in the file; that of the element around it, if the parser added the element."""
    line = element.get(_LINE) or ""
    return int(line) if re.fullmatch(r"[0-9]{1,9}", line) else around


def _parse(text: str, line: int = 1) -> tuple[LexborHTMLParser, LexborNode]:
    """A parser, which must be kept as long as its nodes are used, and the root of its tree."""
    # "Without events" keeps a copy of the chosen option out of the text.
    events = LexborDocumentOptions.WO_EVENTS.value
    parser = LexborHTMLParser(_prepared(_plain(text), line), options=events, scripting=True)
    assert parser.root is not None  # a page without markup has one, too
    return parser, parser.root


def _plain(text: str) -> str:
    """The text without characters that no lxml element can hold."""
    return _NOT_IN_XML.sub(lambda sign: " " if sign[0] in "\x0b\x0c" else "", text)


def _prepared(text: str, line: int) -> str:
    """The markup with its line in each tag of a block or frame; what is nested too deeply loses its tags.

    A line break stays where a block began or ended. XHTML's empty ``<script/>`` is closed, and a frameset, which
    hides the rest of the page, is removed.
    """
    counted_to = 0
    n_open: Counter[str] = Counter()
    n_dropped: Counter[str] = Counter()

    def edited(match: re.Match[str]) -> str:
        nonlocal line, counted_to
        comment, empty, raw, slash, tag, rest = match.group("comment", "empty", "raw", "slash", "tag", "rest")
        line += text.count("\n", counted_to, match.start())
        counted_to = match.start()
        if comment and text[match.start() - 1 : match.start()] not in ("<", "/"):
            return ""  # it would make two texts of one
        if raw and raw.lower() in _FRAMES:
            return f'<{raw} {_LINE}="{line}"{match[0][1 + len(raw) :]}'
        if not tag:
            return f"{match[0]}</{empty}>" if empty else match[0]
        tag = tag.lower()
        instead = "<br>" if tag in _BLOCK_TAGS else ""
        if tag in ("frameset", "frame"):
            return ""
        if tag not in _VOID and tag not in _ENDED_BY_OTHERS and not rest.endswith("/>"):
            limit = _MAX_OPEN_FORMATTING if tag in _FORMATTING else _MAX_OPEN
            if n_dropped[tag] if slash else n_open[tag] >= limit or n_open[""] >= _MAX_OPEN_OF_ALL:
                n_dropped[tag] += -1 if slash else 1
                return instead
            if not slash or n_open[tag]:
                n_open[tag] += -1 if slash else 1
                n_open[""] += -1 if slash else 1
        if slash or tag not in _BLOCK_TAGS:
            return match[0]
        return f'<{tag} {_LINE}="{line}"{rest}'

    return _MARKUP.sub(edited, text)


class _Copy:
    """Copies nodes of the parser into lxml elements."""

    def __init__(self, selector: str):
        self._selector = selector
        self._parsers: list[LexborHTMLParser] = []  # kept, because their nodes are known by their address
        self.selected: set[int] = set()

    def element(self, root: LexborNode) -> HtmlElement:
        """The element of a node with all that is in it; a stack, because no recursion is deep enough."""
        builder = etree.TreeBuilder(element_factory=lxml_html.html_parser.makeelement)
        self._select(root)
        todo: list[tuple[LexborNode | str, int]] = [(root, 0)]
        while todo:
            node, n_frames = todo.pop()
            if isinstance(node, str):
                builder.end(node)
            elif node.is_text_node:
                builder.data(_plain(node.text_content or ""))
            elif node.is_element_node:
                tag, attributes, children = self._read(node, n_frames)
                builder.start(tag, attributes)
                todo.append((tag, 0))
                inside = n_frames + (node.tag in _FRAMES)
                todo.extend((child, inside) for child in reversed(list(children)))
        return builder.close()

    def _read(self, node: LexborNode, n_frames: int) -> tuple[str, dict[str, str], Iterable[LexborNode]]:
        """Tag, attributes and children of a node."""
        tag, given = (node.tag or "").lower(), node.attributes
        children: Callable[..., Iterable[LexborNode]] = node.iter
        attributes = {name: _plain(given[name] or "") for name in _ATTRIBUTES if name in given}
        if tag in _CODE:
            return tag, attributes, ()
        if tag == "template" and (fragments := node.template_fragments()):
            children = fragments[0].iter
            if "shadowrootmode" in given:  # a browser shows it
                tag, children = "div", self._select(fragments[0])
        elif tag in _FRAMES and all(child.is_text_node for child in node.iter(include_text=True)):
            # What is between the tags is shown by no browser.
            markup = given.get("srcdoc") or node.text()
            tag = "noframes" if tag == "iframe" and not given.get("srcdoc") else tag
            markup = markup if n_frames < _MAX_FRAMES else escape(markup)
            parser, page = _parse(f"<body>{markup}", line_of(given, 1))
            self._parsers.append(parser)
            children = self._select(page.css("body")[0])
        elif given.get("role") == "heading" and tag not in ("html", "head", "body"):
            level = given.get("aria-level") or ""
            tag = f"h{level if re.fullmatch('[1-6]', level) else 2}"
        elif not _NAME.fullmatch(tag):
            tag = "span"
        if self.selected and node.mem_id in self.selected:
            attributes[SELECTED] = ""
            tag = tag if tag in _BLOCK_TAGS else "div"
        return tag, attributes, children(include_text=True)

    def _select(self, root: LexborNode) -> Callable[..., Iterable[LexborNode]]:
        if self._selector:
            try:
                found = root.css(self._selector)
            except SelectolaxError:
                raise ValueError(
                    f"selector {self._selector!r} is not a CSS selector; write one such as 'main' or '#policy, .terms'"
                ) from None
            self.selected.update(node.mem_id for node in found)
        return root.iter
