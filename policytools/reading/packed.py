"""Policies packed in other files: compressed files, saved pages (MHTML), Word documents (.docx), books (EPUB).

What is in a file is known by its first bytes, not by its name.
"""

import bz2
import email
import gzip
import io
import lzma
import posixpath
import re
import sys
import zipfile
from collections.abc import Callable
from email.message import Message
from html import escape, unescape
from importlib import import_module
from typing import Any, NamedTuple
from urllib.parse import unquote, urljoin

from policytools.reading.blocks import MAX_BYTES
from policytools.reading.encodings import declared_encoding, decode

_HEADERS = re.compile(rb"\s*(?:[A-Za-z][\w-]*:[^\n]*\n(?:[ \t][^\n]*\n)*){1,40}\r?\n")
_OTHER_KINDS = {
    b"{\\rtf": "an RTF document",
    b"WARC/1.": "a WARC archive of web pages",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "a document of Word 97 to 2003 or another old Office file",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"bplist00": "a web archive of Safari",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x7fELF": "a program",
}
_FRAME = re.compile(r"<(i?frame)\s(?:[^>]{0,1000}?\s)?src\s*=\s*[\"']?([^\"'\s>]+)[^>]*>", re.IGNORECASE)
_MAX_FRAMES = 3  # frames inside frames
_INSTEAD = "save the policy as text, Markdown, HTML, PDF or .docx and read that file"


class _NotRead(ValueError):
    """A sound file that holds no policy."""


class Unpacked(NamedTuple):
    """What is in a file: bytes, a name, the encoding and format that are known, and the ending of the packing."""

    data: bytes
    name: str
    charset: str = ""
    format: str = ""
    ending: str = ""


def unpack(data: bytes, *, name: str) -> Unpacked:
    """The policy in a file; of any other file, itself.

    Raises
    ------
    ValueError
        If the file is of a kind that cannot be read, is damaged or cut short, or holds too much; the message names it.
    """
    data, inner, ending = _decompressed(data, name)
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    for mark, kind in _OTHER_KINDS.items():
        if start.startswith(mark):
            raise ValueError(
                f"{name}: {kind}, not a text (binary file or another program's format); {_INSTEAD}"
            )
    read, own_ending = None, ""
    if start.startswith(b"PK\x03\x04"):
        read, own_ending = _document_in_zip, ".docx"
    elif (headers := _HEADERS.match(data[:20_000])) and b"mime-version:" in headers[0].lower():
        read, own_ending = _saved_page, ".mhtml"
    if read is None:
        return Unpacked(data, inner, ending=ending)
    try:
        found = read(data)
    except _NotRead as error:
        raise ValueError(f"{name}: {error}") from None
    except Exception as error:  # zipfile, lxml and mammoth raise many kinds on damaged files
        raise ValueError(
            f"{name}: a binary file that is damaged or cut short ({type(error).__name__}: {error}); {_INSTEAD}"
        ) from error
    return found._replace(name=inner, ending=(found.ending or own_ending) + ending)


def _decompressed(data: bytes, name: str) -> tuple[bytes, str, str]:
    """The bytes, the name without the ending of the compression, and that ending ("" if not compressed)."""
    openers: dict[bytes, tuple[str, Callable[[], Callable[..., Any]]]] = {
        b"\x1f\x8b\x08": (".gz", lambda: gzip.open),
        b"BZh": (".bz2", lambda: bz2.open),
        b"\xfd7zXZ\0": (".xz", lambda: lzma.open),
        b"\x28\xb5\x2f\xfd": (".zst", _zstd_open),
    }
    for mark, (ending, opener) in openers.items():
        if data.startswith(mark):
            break
    else:
        return data, name, ""
    try:
        with opener()(io.BytesIO(data)) as stream:
            data = stream.read(MAX_BYTES + 1)
    except EOFError:
        raise ValueError(f"{name}: the compressed file is cut short; copy it again from its source") from None
    except Exception as error:  # noqa: BLE001 - each compression has its own kinds
        raise ValueError(
            f"{name}: the compressed file is damaged ({error}); copy it again from its source"
        ) from None
    if len(data) > MAX_BYTES:
        raise ValueError(f"{name}: holds more than {MAX_BYTES:,} bytes; cut it to the policy's own page")
    if not data.strip():
        raise ValueError(f"{name}: the compressed file holds no text; take it out of the corpus")
    return data, name[: -len(ending)] if name.lower().endswith(ending) else name, ending


def _zstd_open() -> Callable[..., Any]:
    return import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd").open


def _saved_page(data: bytes) -> Unpacked:
    """The page of an MHTML file, its frames in their places; other parts of the file, such as images, are left out."""
    message = email.message_from_bytes(data)
    parts = [part for part in message.walk() if part.get_content_type() in ("text/html", "text/plain")]
    start = message.get_param("start")
    root = next((part for part in parts if start and part["Content-ID"] == start), None)
    root = root or min(parts, key=lambda part: part.get_content_type() != "text/html", default=None)
    content = _payload(root)
    if not content.strip():
        raise _NotRead("the saved page (MHTML) holds no text; save it again in a browser")
    assert root is not None
    if root.get_content_type() != "text/html":
        return Unpacked(content, "", root.get_content_charset() or "", "text")
    pages = {address: part for part in parts if part is not root for address in _addresses(part)}
    return Unpacked(_page_with_frames(root, pages, 0).encode(), "", "utf-8", "html")


def _addresses(part: Message) -> list[str]:
    """What a frame of another part may name as its source."""
    return ["cid:" + (part["Content-ID"] or "").strip("<> "), (part["Content-Location"] or "").strip()]


def _page_with_frames(part: Message, pages: dict[str, Message], n_around: int) -> str:
    content = _payload(part)
    declared = (part.get_content_charset() or "", declared_encoding(content))
    text = decode(content, name="the saved page", declared=declared)[0]

    def with_content(frame: re.Match[str]) -> str:
        source = urljoin(_addresses(part)[1], unescape(frame[2]))
        page = pages.pop(source, None) if n_around < _MAX_FRAMES else None  # each page once
        if page is None:
            return frame[0]
        end = "</iframe>" if frame[1].lower() == "frame" else ""
        return f'<iframe srcdoc="{escape(_page_with_frames(page, pages, n_around + 1))}">{end}'

    return _FRAME.sub(with_content, text)


def _payload(part: Message | None) -> bytes:
    content = part.get_payload(decode=True) if part is not None else b""
    return content if isinstance(content, bytes) else b""


def _document_in_zip(data: bytes) -> Unpacked:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        if sum(entry.file_size for entry in archive.infolist()) > MAX_BYTES:
            raise _NotRead(f"the archive holds more than {MAX_BYTES:,} bytes; {_INSTEAD}")
        if "word/document.xml" in names:
            return Unpacked(_word_document(data).encode(), "", "utf-8", "html", ".docx")
        if "META-INF/container.xml" in names:
            return Unpacked(_book(archive).encode(), "", "utf-8", "html", ".epub")
    raise _NotRead(f"a ZIP archive (binary file) that is neither .docx nor EPUB; {_INSTEAD}")


def _word_document(data: bytes) -> str:
    import mammoth

    style = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => h2:fresh"
    no_image = mammoth.images.img_element(lambda image: {"src": ""})
    done = mammoth.convert_to_html(io.BytesIO(data), style_map=style, convert_image=no_image)
    return f"<!doctype html><body>{done.value}"


def _book(archive: zipfile.ZipFile) -> str:
    """The chapters of an EPUB in reading order, one after the other."""
    from lxml import etree

    def parse(name: str) -> Any:
        return etree.fromstring(archive.read(name), etree.XMLParser(resolve_entities=False, no_network=True))

    package = parse("META-INF/container.xml").xpath("string(//*[local-name()='rootfile']/@full-path)")
    book = parse(package)
    href_of = {item.get("id"): item.get("href") for item in book.iterfind(".//{*}manifest/{*}item")}
    chapters = [href_of.get(item.get("idref")) for item in book.iterfind(".//{*}spine/{*}itemref")]
    texts = []
    for href in filter(None, dict.fromkeys(chapters)):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(package), unquote(href)))
        content = archive.read(path)
        texts.append(decode(content, name=path, declared=[declared_encoding(content)])[0])
    return "\n".join(texts)
