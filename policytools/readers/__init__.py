"""One file of any format to blocks, the same for every format.

A block is a heading, a paragraph, a list item or a table row. A reader never drops text: what a page
holds besides the policy becomes a block with ``keep`` false and a reason, and `cleaning` marks more.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

_LINE_END = ".!?:;"
_NOT_IN_1252 = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")
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


def read_document(data: bytes, *, name: str, format: str | None = None) -> Document:
    """Read one file.

    Parameters
    ----------
    data : bytes
        The file as it is.
    name : str
        Its name, for the format (by its ending) and for messages.
    format : {"text", "markdown", "html", "pdf"}, optional
        Overrides what the name and the content say.

    Returns
    -------
    Document

    Raises
    ------
    ValueError
        If the file is empty, binary, too large, or cannot be read in its format; the message names it.
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
        from policytools.readers.pdf import read_pdf

        blocks, notes = read_pdf(data, name=name)
        return Document(blocks, format, "", notes)
    text, encoding = decode(data, name=name)
    return read_text(text, format=format, encoding=encoding)


def read_text(text: str, *, format: str, encoding: str = "") -> Document:
    """Blocks of a text that is already decoded; `read_document` is for files."""
    if format == "markdown":
        from policytools.readers.markdown import read_markdown

        blocks = join_printed(read_markdown(text))
    elif format == "html":
        from policytools.readers.html import read_html

        blocks = join_printed(read_html(text))
    else:
        from policytools.readers.plain import read_plain

        blocks = read_plain(text)
    return Document(blocks, format, encoding, [])


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


def detect_format(data: bytes, *, name: str) -> str:
    """Format of a file by its content and, where that leaves it open, by its ending.

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
    start = text[:4096].lstrip("\ufeff \t\r\n").lower()
    if re.match(r"<(?:!doctype html|\?xml|html|head|body|!--)", start):
        return "html"
    suffix = PurePath(name).suffix.lower()
    if suffix in (".html", ".htm", ".xhtml"):
        return "html"
    if suffix in (".md", ".markdown"):
        return "markdown"
    if len(re.findall(r"</?(?:p|div|li|h[1-6]|span|br)\b[^<>]*>", text[:100_000], re.IGNORECASE)) >= 10:
        return "html"
    # A text file may still hold Markdown: archives name everything .txt. One kind of mark may be something else.
    kinds = (
        r"^#{1,6} \S",
        r"^[ *]*\*\*[^*\n]+\*\*",
        r"\]\((?:https?:|mailto:|/|#)",
        r"^\S.*\n(?:===+|---+)[ \t]*$",
    )
    marks = [len(re.findall(kind, text, re.MULTILINE)) for kind in kinds]
    n_lines = sum(bool(line.strip()) for line in text.splitlines())
    needed = 0.05 if sum(map(bool, marks)) > 1 else 0.15
    return "markdown" if sum(marks) >= max(3, needed * n_lines) else "text"


def decode(data: bytes, *, name: str) -> tuple[str, str]:
    """Text of a file and the encoding it was read in.

    Raises
    ------
    ValueError
        If the bytes are no text (the message names the file).

    Examples
    --------
    >>> decode("naïve".encode("utf-8"), name="a.txt")
    ('naïve', 'utf-8')
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise ValueError(
                    f"{name}: starts like {encoding} text but does not decode: {error}"
                ) from None
    sample = data[:2000]
    for encoding, high, low in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        # UTF-16 without a mark: every other byte of English text is zero.
        if len(data) % 2 == 0 and sample[high::2].count(0) > 0.7 * len(sample) / 2 > 10 * sample[
            low::2
        ].count(0):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError:
                break
    try:
        text = data.decode("utf-8")
        encoding = "utf-8"
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


def _is_western(data: bytes) -> bool:
    """Whether a text is in Windows-1252: nearly all ASCII, so that a detector has too little to tell its kin apart."""
    n_high = sum(byte > 127 for byte in data)
    if n_high > 0.05 * len(data) or any(data.count(byte) for byte in _NOT_IN_1252):
        return False
    text = data.decode("cp1252")
    return not _is_binary(text)


def _is_binary(text: str) -> bool:
    # A few stray NUL bytes are dirt (they are dropped with the other controls), many are not text.
    sample = text[:200_000]
    controls = sum(character < " " and character not in "\t\n\r\f\v\x1b" for character in sample)
    return controls > max(8, 0.01 * len(sample))


# ftfy leaves these alone; they differ between formats and mean nothing to a reader.
_SAME = dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f", "")
_SAME |= {"‐": "-", "‑": "-", "‒": "–", "′": "'", "″": '"', "…": "...", "−": "-"}
# The commonest characters beyond ASCII mean themselves, next to each other too, and so does a letter of Western
# Europe between ASCII ("Â " and "Ã " may be mojibake). Anything else is looked at by ftfy.
_TYPOGRAPHY = {"‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "\u00a0": " ", "\u200b": ""}
_MARKS = "‘’“”…\u00a0\u200b–—•●○·▪§©®™"
_TYPOGRAPHIC = re.compile(rf"[\0-\x7f{_MARKS}]*")
_PLAIN = rf"[\n -~{_MARKS}\u202f■]*"
_WESTERN = re.compile(rf"{_PLAIN}(?:(?<![^\n -~])[ÀÁÄ-ÖØ-öø-ÿ](?![^\n -~]){_PLAIN})*")
_CONTROL = re.compile(r"[\0-\x08\x0e-\x1f]+")
SURROGATE = re.compile(r"[\ud800-\udfff]")
_OPEN_BOLD = re.compile(
    r"(?<!\*)\*\*(?!\*)"
)  # Markdown's bold that closed nothing, in whatever format it ended up
_SPACE_BEFORE = re.compile(r"(?<=[\w)\]\"'])\s+(?=[,;](?:\s|$)|\.(?:\s|$))")


@cache
def _ftfy_config() -> TextFixerConfig:
    from ftfy import TextFixerConfig

    return TextFixerConfig(unescape_html=False, explain=False, normalization="NFC")


def normalise(text: str) -> str:
    """One writing for what formats write differently: mojibake mended, quotes straight, one space for any.

    Ligatures are opened, zero-width characters, soft hyphens and control characters dropped,
    non-breaking and other spaces made plain, hyphens and dots unified.

    Examples
    --------
    >>> normalise("We\\u00a0don’t   sell “per\\u00adsonal” in\\ufb01nite dataâ€™s …")
    'We don\\'t sell "personal" infinite data\\'s ...'
    """
    if not text.isascii():
        same = _TYPOGRAPHY
        if not (_TYPOGRAPHIC.fullmatch(text) or _WESTERN.fullmatch(text)):
            from ftfy import fix_text

            # Half a character comes first: no encoding can write it.
            text, same = fix_text(SURROGATE.sub("\ufffd", text), _ftfy_config()), _SAME
        for mark, plain in same.items():
            text = text.replace(mark, plain)
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():  # the only blank that is printable is the plain one
        text = " ".join(_CONTROL.sub("", text).split())
    if "**" in text:
        text = _OPEN_BOLD.sub("", text)
    return " ".join(text.split()) if "  " in text else text.strip()


# Marks that open a list item. A hyphen, star or dash needs a space behind it; the others are never part of a word.
BULLET = re.compile(r"[ \t]*(?:[-*•·▪▫◦‣⁃●○■□➢➤✓✔–—][ \t\u00a0]+|[•▪◦‣●○■\uf0b7\uf0a7][ \t\u00a0]*)(?=\S)")


# Letters and numbers that open one: "a.", "(b)", "iv)", "1.", "2.1". A bare "2.5" may be an amount.
NUMBER = re.compile(
    r"[ \t]*(?:\(?(?:\d{1,2}(?:\.\d{1,2})*|[a-zA-Z]|[ivxIVX]{1,7})[.)]{1,2}"
    r"|\d{1,2}(?:\.\d{1,2})+(?![ \t\u00a0]+(?:[GMKT]B|years?|months?|weeks?|days?|hours?|minutes?|[mb]illion|percent|times|%)))"
    r"[ \t\u00a0]+(?=\S)"
)


def strip_bullet(text: str) -> str:
    """Text of an item without the marks it opens with: bullets, letters, numbers.

    For plain text and PDF, where a number that a list drew cannot be told from a written one.

    Examples
    --------
    >>> strip_bullet("● your name"), strip_bullet("- (b) your name"), strip_bullet("your name")
    ('your name', 'your name', 'your name')
    """
    end = 0
    while mark := BULLET.match(text, end) or NUMBER.match(text, end):
        end = mark.end()
    return text[end:] if end and any(map(str.isalnum, text[end:])) else text


_COUNTED = re.compile(r"\(?\d")


def strip_letter(text: str) -> str:
    """Text without the bullets, letters and Roman numerals it opens with; a number stays, for it is no word.

    A format may write such a mark or leave it to be drawn, so it is text in none of them. Headings keep
    theirs: it is the name that others cite them by.

    Examples
    --------
    >>> strip_letter("B. Cookies"), strip_letter("IV. Cookies"), strip_letter("4.2 Cookies")
    ('Cookies', 'Cookies', '4.2 Cookies')
    """
    end = 0
    while not _COUNTED.match(text, end) and (mark := BULLET.match(text, end) or NUMBER.match(text, end)):
        end = mark.end()
    return text[end:] if end and any(map(str.isalnum, text[end:])) else text
