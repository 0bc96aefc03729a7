"""HTML pages, as the web serves them, to blocks: the policy's part found, the rest marked with the reason."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from policytools.reading.blocks import Block
from policytools.reading.list_marks import BULLET, NUMBER, strip_letter
from policytools.text.clauses import is_bold_title, is_prose
from policytools.text.normalise import normalise

_BLOCK_TAGS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "button",
        "label",
        "iframe",
        "select",
        "textarea",
    ]
)
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "head",
        "iframe",
        "object",
        "embed",
        "canvas",
        "audio",
        "video",
        "select",
        "textarea",
    ]
)
# What stands in these elements is not the policy, wherever they stand.
_REASON_OF_TAG = {"nav": "navigation", "footer": "footer", "dialog": "consent banner", "button": "navigation", "menu": "navigation",
                  "aside": "outside the policy"}  # fmt: skip
_REASON_OF_ROLE = {
    "navigation": "navigation", "banner": "navigation", "contentinfo": "footer", "search": "navigation", "dialog": "consent banner",
    "alertdialog": "consent banner", "menu": "navigation", "menubar": "navigation", "button": "navigation",
}  # fmt: skip
_REASON_OF_NAME = [
    ("consent banner", re.compile(r"(?:cookie|consent|gdpr|cmp)[-_]?(?:banner|bar|notice|popup|modal|dialog|wall|overlay|law|container)|onetrust|"
                                  r"cookiebot|cybotcookie|usercentrics|didomi|osano|truste|termly|iubenda-cs|cky-|cc-window|cmplz", re.IGNORECASE)),
    ("navigation", re.compile(r"(?:^|[-_ ])(?:nav|navbar|navigation|breadcrumbs?|menu|megamenu|skip-?(?:link|to-content)|topbar|site-header|"
                              r"page-header-nav|header-nav|sidebar-nav|pagination|share-buttons|social-(?:links|share|icons))(?:$|[-_ ])", re.IGNORECASE)),
    ("footer", re.compile(r"(?:^|[-_ ])(?:site-?footer|page-?footer|global-?footer|footer|colophon)(?:$|[-_ ])", re.IGNORECASE)),
    ("outside the policy", re.compile(r"(?:^|[-_ ])(?:related|recommended|comments?|newsletter|subscribe-form|advertisement|promo)(?:$|[-_ ])", re.IGNORECASE)),
]  # fmt: skip


_PRIVACY = re.compile(r"\b(?:privacy|personal|information|data|policy|cookies?)\b", re.IGNORECASE)


class _Found:
    """A block, the element it stands in, and the elements around it that look like no policy, with the reason."""

    __slots__ = ("block", "element", "suspects")

    def __init__(self, block: Block, element: HtmlElement, suspects: tuple):
        self.block, self.element, self.suspects = block, element, suspects


def read_html(text: str) -> list[Block]:
    """Blocks of an HTML page, those outside its main part marked."""
    found = _walk(_parse(text))
    _keep_main(found)
    return [item.block for item in found]


def text_lines(markup: str) -> list[str]:
    """Lines of text in a piece of HTML, such as a raw block inside Markdown."""
    return [item.block.text for item in _walk(_parse(f"<div>{markup}</div>"))]


def _parse(text: str) -> HtmlElement:
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\0", ""))
    tree, is_cut = _tree(text)
    if is_cut:
        # The parser stops at 2048 levels and loses what is deeper; the text is worth more than the levels.
        tree, _ = _tree(_flatten(text))
    body = tree.find("body")
    return body if body is not None else tree


def _tree(text: str) -> tuple[HtmlElement, bool]:
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        tree = lxml_html.document_fromstring(
            text.encode("utf-8", "replace"), parser=parser, ensure_head_body=True
        )
    except etree.ParserError:  # nothing but comments or broken tags
        tree = lxml_html.document_fromstring(b"<p></p>", ensure_head_body=True)
    return tree, any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log)


_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*+>", re.IGNORECASE)
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_MAX_DEPTH = 200


def _flatten(text: str) -> str:
    """Take out the tags that are nested too deeply, and leave a line's end where a block began or ended."""
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


def _walk(body: HtmlElement) -> list[_Found]:
    """Every run of text between block boundaries, in order."""
    found: list[_Found] = []
    bold: list[
        tuple[Block, int, str]
    ] = []  # lines that are bold throughout, each with the number of the next
    buffer: list[tuple[str, bool]] = []  # text, in bold or not; a line's end as "\x00"
    item_first = False  # nothing of the list item is read yet
    owners: list = [body]
    suspects: list[tuple] = [()]
    lists = 0
    strong = 0
    skipping = None

    def push(text: str | None) -> None:
        if text and skipping is None:
            buffer.append((text, strong > 0))

    def flush() -> None:
        nonlocal item_first
        in_heading = owners[-1].tag in _HEADINGS
        lines = [buffer] if in_heading else _lines_of(buffer)
        for line in lines:
            cleaned = normalise("".join(text for text, _ in line).replace("\x00", " "))
            if cleaned:
                found.append(_make(cleaned, owners[-1], suspects[-1], lists))
                is_label = owners[-1].tag == "dt" or (not item_first and _is_bold(line))
                if found[-1].block.kind != "table_row" and is_label:
                    bold.append((found[-1].block, len(found), cleaned))
                item_first = False
        buffer.clear()

    for event, element in etree.iterwalk(body, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if skipping is None and (tag in _SKIPPED or not tag):
                skipping = element
            if skipping is not None:
                continue
            if tag in _BLOCK_TAGS:
                flush()
                if tag in ("ul", "ol", "menu"):
                    lists += 1
                item_first = tag == "li" or (item_first and tag not in _HEADINGS)
                owners.append(element)
                reason = _reason(element, tag)
                suspects.append((*suspects[-1], (element, reason)) if reason else suspects[-1])
            elif tag == "br":
                buffer.append(("\x00", False))
            elif tag in ("strong", "b"):
                strong += 1
            push(element.text)
        else:
            if skipping is element:
                skipping = None
            elif skipping is not None:
                continue
            elif tag in _BLOCK_TAGS:
                flush()
                owners.pop()
                suspects.pop()
                if tag in ("ul", "ol", "menu"):
                    lists -= 1
            elif tag in ("strong", "b"):
                strong -= 1
            if element is not body:
                push(element.tail)
    flush()
    for block, n, text in bold:
        following = found[n].block.text if n < len(found) else ""
        if block.kind != "heading" and is_bold_title(text, following):
            block.kind, block.text, block.level = "heading", text, 4 if block.level else 3
    return _join_rows(found)


def _lines_of(pieces: list[tuple[str, bool]]) -> list[list[tuple[str, bool]]]:
    return [
        list(line) for is_break, line in groupby(pieces, key=lambda piece: piece[0] == "\x00") if not is_break
    ]


def _is_bold(line: list[tuple[str, bool]]) -> bool:
    words = [bold for text, bold in line if re.search(r"\w", text)]
    return bool(words) and all(words)


def _reason(element: HtmlElement, tag: str) -> str:
    if tag in _REASON_OF_TAG:
        return _REASON_OF_TAG[tag]
    if re.search(r"visibility:\s*hidden|(?:top|left):\s*-\d{4}", element.get("style") or ""):
        return "hidden"
    role = (element.get("role") or "").lower()
    if role in _REASON_OF_ROLE:
        return _REASON_OF_ROLE[role]
    if tag in ("body", "main", "article"):
        return ""
    name = f"{element.get('id') or ''} {element.get('class') or ''}"
    return next((reason for reason, pattern in _REASON_OF_NAME if len(name) > 1 and pattern.search(name)), "")


def _make(text: str, owner: HtmlElement, suspects: tuple, lists: int) -> _Found:
    line = owner.sourceline or 0
    owner = _cell_around(owner)
    tag = owner.tag
    kind, level = "paragraph", 0
    if tag in _HEADINGS:
        kind, level = "heading", int(tag[1])
    elif tag in ("td", "th"):
        kind, text = "table_row", strip_letter(text)
    elif BULLET.match(text) or NUMBER.match(text):
        kind, level, text = "list_item", max(lists, 1), strip_letter(text)
    elif lists and tag in ("li", "p", "div", "dd", "dt"):
        kind, level = "list_item", lists
    return _Found(Block(kind, text, level, line), owner, suspects)


def _cell_around(owner: HtmlElement) -> HtmlElement:
    """The cell that a paragraph is alone with others in, if it is one of data; a page's layout has longer ones."""
    cell = owner.getparent() if owner.tag in ("p", "div") else None
    if (
        cell is None
        or cell.tag not in ("td", "th")
        or len(cell.getparent()) < 2
        or len(cell.text_content()) > 1500
    ):
        return owner
    return cell


def _join_rows(found: list[_Found]) -> list[_Found]:
    """Cells of one table row put together, unless a cell is long: then the table was made for layout."""
    joined: list[_Found] = []
    row = None
    for item in found:
        own = item.element.getparent() if item.block.kind == "table_row" else None
        if (
            own is not None
            and own is row
            and len(item.block.text) < 1500
            and len(joined[-1].block.text) < 20_000
        ):
            joined[-1].block.text += " | " + item.block.text
        else:
            joined.append(item)
        row = own
    return joined


def _keep_main(found: list[_Found]) -> None:
    """Keep what stands in the smallest element that holds nearly all of the page's prose."""
    prose: Counter = Counter()
    leaves: Counter = Counter()
    for item in found:
        if is_prose(item.block.text):
            prose[item.element] += len(item.block.text)
            leaves[item.element] += 1
    # From the leaves up, each element adds its own to the one around it.
    for element in reversed(list(found[0].element.getroottree().getroot().iter()) if prose else []):
        size, parent = prose.get(element, 0), element.getparent()
        if size and parent is not None:
            prose[parent] += size
    total = max(prose.values(), default=0)
    # Pages name their parts carelessly: what holds much of the prose is the policy, whatever its name.
    reason_of: dict[tuple, str] = {}
    for suspects in dict.fromkeys(item.suspects for item in found):
        reason_of[suspects] = next((why for element, why in suspects if prose[element] <= 0.2 * total), "")
    reasons = [reason_of[item.suspects] for item in found]
    main = found[0].element.getroottree().getroot() if prose else None
    while main is not None:
        inner = max((child for child in main if child in prose), key=prose.__getitem__, default=None)
        # A single paragraph is not the place of a policy, however long it is.
        if (
            inner is None
            or prose[inner] < 0.97 * prose[main]
            or (leaves[inner] in (1, 2) and not any(child in prose for child in inner))
        ):
            break
        main = inner
    inside = set(main.iter()) if main is not None else set()
    # An introduction may stand beside the element that holds the rest: go out while what is added is on privacy.
    for _ in range(30):  # no page nests deeper; each level costs a walk over the page
        if main is None or main.getparent() is None or main.getparent().tag == "html":
            break
        around = set(main.getparent().iter())
        added = [item.block.text for item, why in zip(found, reasons, strict=True)
                 if not why and item.element in around and item.element not in inside]  # fmt: skip
        running = [text for text in added if is_prose(text)]
        if added and (
            not running or sum(bool(_PRIVACY.search(text)) for text in running) < 0.6 * len(running)
        ):
            break
        main, inside = main.getparent(), around
    for item, reason in zip(found, reasons, strict=True):
        if reason or item.element not in inside:
            item.block.keep, item.block.reason = False, reason or "outside the policy"
