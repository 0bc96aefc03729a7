"""Files of any format to documents.

A reader never drops text: what a page holds besides the policy becomes a block with ``keep`` false and a reason,
and `cleaning` marks more. The readers are imported when a file needs them, because each loads a parser.
"""

import re
from pathlib import PurePath

from policytools.reading.blocks import FORMATS, MAX_BYTES, Document, join_printed, mark_glued_items
from policytools.reading.encodings import declared_encoding, decode
from policytools.reading.packed import Unpacked, unpack

_BY_SUFFIX = dict.fromkeys([".html", ".htm", ".xhtml"], "html") | dict.fromkeys(
    [".md", ".markdown"], "markdown"
)
_HTML_START = re.compile(r"<(?:!doctype html|\?xml|html|head|body|!--)")
_HTML_TAG = re.compile(r"</?(?:p|div|li|h[1-6]|span|br)\b[^<>]*>", re.IGNORECASE)
_ONLY_HTML = "selector {!r} is for HTML pages and the format is {}; leave it empty"
_MARKDOWN_SIGNS = (  # headings, bold lines, links, underlined headings
    r"^#{1,6} \S",
    r"^[ *]*\*\*[^*\n]+\*\*",
    r"\]\((?:https?:|mailto:|/|#)",
    r"^\S.*\n(?:===+|---+)[ \t]*$",
)


def read_document(
    data: bytes, *, name: str, format: str | None = None, charset: str = "", selector: str = ""
) -> Document:
    """Read one file, also a compressed one, a saved page (MHTML), a Word document (.docx) or an EPUB.

    Parameters
    ----------
    data : bytes
        Content of the file.
    name : str
        Its name, which helps to detect the format and appears in messages.
    format : {"text", "markdown", "html", "pdf"}, optional
        The format; by default it is detected from the content and the name. What is packed in another file has
        its own format: a Word document is "html".
    charset : str
        Encoding that a server named. It counts more than what a page says.
    selector : str
        CSS selector of the elements of an HTML page that hold the policy.

    Returns
    -------
    Document

    Raises
    ------
    ValueError
        If the file is empty, binary, too large, or cannot be read in its format, or the selector is not valid or
        matches no text; the message names the file.
    """
    if not data.strip():
        raise ValueError(
            f"{name}: the file is empty; put the policy's text in it or take it out of the corpus"
        )
    if len(data) > MAX_BYTES:
        raise ValueError(
            f"{name}: {len(data):,} bytes is more than a policy's {MAX_BYTES:,}; cut the file to the policy's own page"
        )
    packed = unpack(data, name=name)
    format = packed.format or format or detect_format(packed.data, name=packed.name)
    if format not in FORMATS:
        raise ValueError(f"{name}: format {format!r} is not one of {', '.join(FORMATS)}")
    if format == "pdf":
        if selector:
            raise ValueError(f"{name}: {_ONLY_HTML.format(selector, format)}")
        from policytools.reading.pdf import read_pdf

        blocks, notes = read_pdf(packed.data, name=name)
        return Document(blocks, format, "", notes)
    text, encoding = _decoded(packed, format, name, charset)
    try:
        return read_text(text, format=format, encoding=encoding, selector=selector)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def read_text(text: str, *, format: str, encoding: str = "", selector: str = "") -> Document:
    """Read a text that is already decoded; `read_document` reads files."""
    notes: list[str] = []
    if selector and format != "html":
        raise ValueError(_ONLY_HTML.format(selector, format))
    if format == "markdown":
        from policytools.reading.markdown import read_markdown

        blocks = join_printed(read_markdown(text))
    elif format == "html":
        from policytools.reading.html import read_html

        blocks, notes = read_html(text, selector=selector)
        blocks = join_printed(blocks)
    else:
        from policytools.reading.plain import read_plain

        blocks = read_plain(text)
    mark_glued_items(blocks)
    return Document(blocks, format, encoding, notes, is_selected=bool(selector))


def raw_text(data: bytes, *, name: str, charset: str = "") -> str:
    """The decoded text of a file, with the markup of its format; of a PDF its text layer."""
    packed = unpack(data, name=name)
    format = packed.format or detect_format(packed.data, name=packed.name)
    if format == "pdf":
        return "\n".join(block.text for block in read_document(data, name=name).blocks)
    return _decoded(packed, format, name, charset)[0]


def _decoded(packed: Unpacked, format: str, name: str, charset: str) -> tuple[str, str]:
    in_page = declared_encoding(packed.data) if format == "html" else ""
    return decode(packed.data, name=name, declared=(charset, packed.charset, in_page))


def detect_format(data: bytes, *, name: str) -> str:
    """Format of a file, from its content or, if the content does not decide, from the ending of its name.

    Examples
    --------
    >>> detect_format(b"<!doctype html><p>Privacy", name="policy.txt")
    'html'
    >>> detect_format(b"# Privacy Policy", name="policy.md")
    'markdown'
    """
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"%PDF-") or (b"%PDF-" in head[:1024] and name.lower().endswith(".pdf")):
        return "pdf"
    text = (
        decode(data[:100_000], name=name)[0]
        if data[:2] in (b"\xff\xfe", b"\xfe\xff")
        else data.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    )
    if _HTML_START.match(text[:4096].lstrip("\ufeff \t\r\n").lower()):
        return "html"
    if by_suffix := _BY_SUFFIX.get(PurePath(name).suffix.lower()):
        return by_suffix
    if len(_HTML_TAG.findall(text[:100_000])) >= 10:
        return "html"
    # Some archives name Markdown files .txt. Signs of a single kind may mean something else than Markdown.
    n_signs = [len(re.findall(sign, text, re.MULTILINE)) for sign in _MARKDOWN_SIGNS]
    n_lines = sum(bool(line.strip()) for line in text.splitlines())
    needed = 0.05 if sum(map(bool, n_signs)) > 1 else 0.15
    return "markdown" if sum(n_signs) >= max(3, needed * n_lines) else "text"
