"""Names of vendors, policies and files: what they may hold, and which two a file system takes for one."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

import regex

# Zero-width joiners shape the letters of some scripts, so they stay in a name; `folded` ignores them.
_UNSEEN = regex.compile(r"[\p{Cf}&&\p{Default_Ignorable_Code_Point}--[\u200c\u200d]]", regex.V1)
_IGNORED = regex.compile(r"\p{Default_Ignorable_Code_Point}")
_FORBIDDEN = regex.compile(r"[[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]--[\t-\r\x85]]", regex.V1)
_NOT_IN_ID = regex.compile(r"[^\p{L}\p{M}\p{N}]+")
_FILE_NAME = re.compile(r"(?![. ])[^\x00-\x1f/\\:*?\"<>|]+(?<![. ])")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³]) *(?:\.|$)", re.IGNORECASE)
_MAX_BYTES = 200  # of a file name: file systems allow 255, a temporary file's name is longer


def visible(text: str, where: str) -> str:
    """The text without bidi marks and other characters that nobody sees; ValueError for control characters.

    Examples
    --------
    >>> visible("Acme\\u200b \\u202eLtd", "vendor")
    'Acme Ltd'
    """
    if text.isascii() and text.isprintable():
        return text
    if found := _FORBIDDEN.search(text):
        raise ValueError(f"{where}: {text!r} holds U+{ord(found[0]):04X}, a control character; take it out")
    return _UNSEEN.sub("", text)


def folded(name: str) -> str:
    """The name without case, width, Unicode form and unseen characters; equal for names that may be taken for one.

    Examples
    --------
    >>> folded("Straße") == folded("STRASSE") and folded("Ａcme") == folded("acme")
    True
    """
    name = unicodedata.normalize("NFKC", name).casefold()
    if name.isascii():
        return name.strip()
    return unicodedata.normalize("NFKC", _IGNORED.sub("", name)).strip()


def check_distinct(names: Iterable[str], where: str) -> None:
    """ValueError if two names differ only in case or Unicode form: many file systems take them for one."""
    known: dict[str, str] = {}
    for name in names:
        first = known.setdefault(folded(name), name)
        if first != name:
            alike = unicodedata.normalize("NFC", first) == unicodedata.normalize("NFC", name)
            both = " and ".join(ascii(one) if alike else repr(one) for one in (first, name))
            raise ValueError(f"{where}: {both} differ only in case or Unicode form; rename one of them")


def made_id(vendor: str, year: str) -> str:
    """A policy_id of the vendor's name and the year. A name that is long or has no letter gets a checksum.

    Examples
    --------
    >>> made_id("Acme, Inc.", "2019"), made_id("纵横三维", ""), made_id("★★★", "2019")
    ('acme-inc-2019', '纵横三维', 'vendor-597d9776-2019')
    """
    name = slug(vendor)
    if not name or len(name) > 80:
        digest = hashlib.sha256(unicodedata.normalize("NFC", vendor).encode()).hexdigest()[:8]
        name = f"{name[:60].strip('-') or 'vendor'}-{digest}"
    return "-".join(filter(None, (name, year)))


def slug(text: str) -> str:
    """The letters and digits of a text, in lower case, with hyphens between."""
    return _NOT_IN_ID.sub("-", _IGNORED.sub("", unicodedata.normalize("NFKC", text)).lower()).strip("-")


def check_file_name(name: str, argument: str) -> None:
    """ValueError if a name is not a file's on every system, or leads out of its folder."""
    allowed = _FILE_NAME.fullmatch(name) and not _RESERVED.match(name) and visible(name, argument) == name
    if not allowed or len(name.encode()) > _MAX_BYTES:
        raise ValueError(
            f"{argument} {name!r} must be a plain file name that all systems allow, as 'policy.html'"
        )


def file_stem(policy_id: str) -> str:
    """A file name without ending, of Latin letters, made of a policy_id; "" if it has none.

    Examples
    --------
    >>> file_stem("Müller-2019"), file_stem("con"), file_stem("纵横三维")
    ('muller-2019', 'policy-con', '')
    """
    latin = unicodedata.normalize("NFKD", policy_id.casefold()).encode("ascii", "ignore").decode()
    stem = slug(latin)[:100].strip("-")
    return f"policy-{stem}" if _RESERVED.match(stem) else stem
