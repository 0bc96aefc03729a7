"""Bytes to text: which encoding a file is in."""

import codecs
import re
from collections.abc import Sequence
from contextlib import suppress

import webencodings

# Python's names for encodings that the list of the browsers lacks, such as "mac_roman" and "cp850".
_OTHER_NAMES = re.compile(r"(?:mac|cp|iso|koi8|big5|gb|euc|shift|johab|hz|tis)[\w-]{1,20}", re.ASCII)
_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_NOT_IN_1252 = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")
_CONTROL = re.compile(r"[\0-\x08\x0e-\x1a\x1c-\x1f]")  # all but white space and escape
_HEAD = 100_000  # bytes of a page in which its encoding may be declared; browsers look at 1,024
_NO_DECLARATION = re.compile(rb"<!--.*?(?:-->|\Z)|<script\b.*?(?:</script|\Z)", re.IGNORECASE | re.DOTALL)
_XML = re.compile(rb"\s*<\?xml[^>]{1,200}?encoding\s*=\s*[\"']([\w.:-]+)")
_META = re.compile(rb"<meta[\s/]([^>]{1,2000})", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"([a-z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)


def decode(data: bytes, *, name: str, declared: Sequence[str] = ()) -> tuple[str, str]:
    """Text of a file, and its encoding.

    A byte order mark decides. Then bytes that are valid UTF-8 and not ASCII are UTF-8, whatever is declared: other
    text is hardly ever valid UTF-8, while pages are often saved in UTF-8 with the declaration of their server. Then
    the declared encoding is taken, unless the bytes do not fit it, and at last the encoding is detected.

    Parameters
    ----------
    data : bytes
        Content of the file.
    name : str
        Its name, for messages.
    declared : sequence of str
        Names of encodings that an HTTP header and the page give, the most reliable one first.

    Raises
    ------
    ValueError
        If the bytes are not text; the message names the file.

    Examples
    --------
    >>> decode("naïve".encode("utf-8"), name="a.txt")
    ('naïve', 'utf-8')
    >>> decode("Łódź".encode("iso-8859-2"), name="a.html", declared=["latin2"])
    ('Łódź', 'iso8859-2')
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
    text, encoding = _by_name(data, declared) or _detected(data, name)
    if _is_binary(text):
        raise ValueError(
            f"{name}: holds control characters that no text has (binary file?); save the policy as text"
        )
    return text, encoding


def declared_encoding(data: bytes) -> str:
    """The encoding that a page declares in its head or XML declaration; "" if it does not.

    Examples
    --------
    >>> declared_encoding(b'<meta http-equiv="Content-Type" content="text/html; charset=big5">')
    'big5'
    """
    head = _NO_DECLARATION.sub(b"", data[:_HEAD])
    for meta in _META.finditer(head):
        given = {name.lower(): b"".join(values) for name, *values in _ATTRIBUTE.findall(meta[1])}
        is_type = given.get(b"http-equiv", b"").lower().strip() == b"content-type"
        in_content = _CHARSET.search(given.get(b"content", b"")) if is_type else None
        label = given.get(b"charset") or (in_content[1] if in_content else b"")
        if label.strip():
            return label.strip().decode("ascii", "replace")
    found = _XML.match(head)
    return found[1].decode("ascii") if found else ""


def _by_name(data: bytes, declared: Sequence[str]) -> tuple[str, str] | None:
    """The text in UTF-8 or the declared encoding, with its name; None if it is in neither."""
    try:
        if not data.isascii() or b"\x1b" not in data:  # with which a text in ISO-2022-JP changes its letters
            return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    return next(filter(None, (_in_encoding(data, label) for label in (*declared, "utf-8"))), None)


def _in_encoding(data: bytes, label: str) -> tuple[str, str] | None:
    """The text as browsers decode it under a label, with the encoding's name; None if it does not fit."""
    known = webencodings.lookup(label.strip())
    codec = known.codec_info if known else None
    if known and known.name == "gbk":
        codec = codecs.lookup("gb18030")
    if not known and _OTHER_NAMES.fullmatch(label.strip().lower()):
        with suppress(LookupError):
            codec = codecs.lookup(label.strip())
    if codec is None or known and known.name in ("replacement", "x-user-defined", "utf-16le", "utf-16be"):
        return None  # a page that can say that it is in UTF-16 is not
    text, _ = codec.decode(data, "replace")
    n_wrong = text.count("\ufffd")
    fits = n_wrong <= 0.05 * (len(text) - len(text.encode("ascii", "ignore")))
    return (text, codec.name) if fits else None


def _detected(data: bytes, name: str) -> tuple[str, str]:
    from charset_normalizer import from_bytes

    if _is_western(data):
        return data.decode("cp1252"), "cp1252"
    best = None if _is_binary(data.decode("latin-1")) else from_bytes(data).best()
    if best is None:
        raise ValueError(
            f"{name}: not readable as text in any encoding (binary file?); save the policy as text, Markdown, HTML or PDF"
        )
    return str(best), best.encoding


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
