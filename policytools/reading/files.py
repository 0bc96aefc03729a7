"""Files of any format to documents.

A reader never drops text: what a page holds besides the policy becomes a block with ``keep`` false and a reason,
and `cleaning` marks more. The readers are imported when a file needs them, because each loads a parser.
"""

import re
from pathlib import PurePath

from policytools.reading.blocks import FORMATS, MAX_BYTES, Document, join_printed, mark_glued_items

_NOT_IN_1252 = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")
_CONTROL = re.compile(r"[\0-\x08\x0e-\x1a\x1c-\x1f]")  # all but white space and escape
_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_BY_SUFFIX = dict.fromkeys([".html", ".htm", ".xhtml"], "html") | dict.fromkeys(
    [".md", ".markdown"], "markdown"
)
_HTML_START = re.compile(r"<(?:!doctype html|\?xml|html|head|body|!--)")
_HTML_TAG = re.compile(r"</?(?:p|div|li|h[1-6]|span|br)\b[^<>]*>", re.IGNORECASE)
_MARKDOWN_SIGNS = (  # headings, bold lines, links, underlined headings
    r"^#{1,6} \S",
    r"^[ *]*\*\*[^*\n]+\*\*",
    r"\]\((?:https?:|mailto:|/|#)",
    r"^\S.*\n(?:===+|---+)[ \t]*$",
)


def read_document(data: bytes, *, name: str, format: str | None = None) -> Document:
    """Read one file.

    Parameters
    ----------
    data : bytes
        Content of the file.
    name : str
        Its name, which helps to detect the format and appears in messages.
    format : {"text", "markdown", "html", "pdf"}, optional
        The format; by default it is detected from the content and the name.

    Returns
    -------
    Document

    Raises
    ------
    ValueError
        If the file is empty, binary, too large, or cannot be read in its format; the message names the file.
    """
    if not data.strip():
        raise ValueError(
            f"{name}: the file is empty; put the policy's text in it or take it out of the corpus"
        )
    if len(data) > MAX_BYTES:
        raise ValueError(
            f"{name}: {len(data):,} bytes is more than a policy's {MAX_BYTES:,}; cut the file to the policy's own page"
        )
    format = format or detect_format(data, name=name)
    if format not in FORMATS:
        raise ValueError(f"{name}: format {format!r} is not one of {', '.join(FORMATS)}")
    if format == "pdf":
        from policytools.reading.pdf import read_pdf

        blocks, notes = read_pdf(data, name=name)
        return Document(blocks, format, "", notes)
    text, encoding = decode(data, name=name)
    return read_text(text, format=format, encoding=encoding)


def read_text(text: str, *, format: str, encoding: str = "") -> Document:
    """Read a text that is already decoded; `read_document` reads files."""
    if format == "markdown":
        from policytools.reading.markdown import read_markdown

        blocks = join_printed(read_markdown(text))
    elif format == "html":
        from policytools.reading.html import read_html

        blocks = join_printed(read_html(text))
    else:
        from policytools.reading.plain import read_plain

        blocks = read_plain(text)
    mark_glued_items(blocks)
    return Document(blocks, format, encoding, [])


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


def decode(data: bytes, *, name: str) -> tuple[str, str]:
    """Text of a file, and its encoding.

    Raises
    ------
    ValueError
        If the bytes are not text; the message names the file.

    Examples
    --------
    >>> decode("naïve".encode("utf-8"), name="a.txt")
    ('naïve', 'utf-8')
    """
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise ValueError(
                    f"{name}: starts like {encoding} text but does not decode: {error}"
                ) from None
    if encoding := _unmarked_utf_16(data):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            pass  # not UTF-16 after all
    try:
        text, encoding = data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        if _is_western(data):
            return data.decode("cp1252"), "cp1252"
        best = None if _is_binary(data.decode("latin-1")) else from_bytes(data).best()
        if best is None:
            raise ValueError(
                f"{name}: not readable as text in any encoding (binary file?); save the policy as text, Markdown, HTML or PDF"
            ) from None
        text, encoding = str(best), best.encoding
    if _is_binary(text):
        raise ValueError(
            f"{name}: holds control characters that no text has (binary file?); save the policy as text"
        )
    return text, encoding


def _unmarked_utf_16(data: bytes) -> str:
    """The kind of UTF-16 without a byte order mark, or "": every other byte of English text is zero in it."""
    if len(data) % 2:
        return ""
    sample = data[:2000]
    zeros = sample[::2].count(0), sample[1::2].count(0)
    for encoding, many, few in (("utf-16-le", zeros[1], zeros[0]), ("utf-16-be", zeros[0], zeros[1])):
        if many > 0.7 * len(sample) / 2 > 10 * few:
            return encoding
    return ""


def _is_western(data: bytes) -> bool:
    """Whether to read a text as Windows-1252: nearly all of it is ASCII, too little to detect an encoding."""
    n_high = sum(byte > 127 for byte in data)
    if n_high > 0.05 * len(data) or any(data.count(byte) for byte in _NOT_IN_1252):
        return False
    return not _is_binary(data.decode("cp1252"))


def _is_binary(text: str) -> bool:
    # A few control characters, such as NUL, occur in texts and are dropped later; many mean that it is not text.
    sample = text[:200_000]
    return len(_CONTROL.findall(sample)) > max(8, 0.01 * len(sample))
