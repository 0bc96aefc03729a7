"""Unicode repair and typography, the same for every format."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftfy import TextFixerConfig


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
