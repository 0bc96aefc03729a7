"""Two ways to make texts alike.

`normalise` repairs Unicode and typography while a text is read, the same for every format. `fold` makes the case,
apostrophes and hyphens of a text alike before words are counted or phrases are matched; each character keeps its place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

# ftfy does not change these characters; they differ between formats and mean nothing to a reader.
_BEYOND_FTFY = dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f", "")
_BEYOND_FTFY |= {"‐": "-", "‑": "-", "‒": "–", "′": "'", "″": '"', "…": "...", "−": "-"}
# A text of these characters needs no repair by ftfy, which is slow: ASCII, common typography, and letters of Western
# Europe, small Greek letters and arrows between ASCII characters ("Â " and "Ã " may be mojibake).
_TYPOGRAPHY = {"‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "\u00a0": " ", "\u200b": ""}
_MARKS = "‘’“”…\u00a0\u200b–—•●○·▪§©®™"
_TYPOGRAPHIC = re.compile(rf"[\0-\x7f{_MARKS}]*")
_PLAIN = rf"[\n -~{_MARKS}\u202f■]*"
_WESTERN = re.compile(rf"{_PLAIN}(?:(?<![^\n -~])[ÀÁÄ-ÖØ-öø-ÿα-ω→](?![^\n -~]){_PLAIN})*")
_CONTROL = re.compile(r"[\0-\x08\x0e-\x1f]+")
SURROGATE = re.compile(r"[\ud800-\udfff]")
_UNUSED_BOLD = re.compile(r"(?<!\*)\*\*(?!\*)")  # Markdown's mark for bold, left in a text of any format


@cache
def _ftfy_config() -> TextFixerConfig:
    from ftfy import TextFixerConfig

    return TextFixerConfig(unescape_html=False, explain=False, normalization="NFC")


def normalise(text: str) -> str:
    """The text as every format would give it: mojibake repaired, straight quotes, single spaces.

    Ligatures become letters; zero-width characters, soft hyphens and control characters are dropped; all spaces,
    hyphens and ellipses are written in one way.

    Examples
    --------
    >>> normalise("We\\u00a0don’t   sell “per\\u00adsonal” in\\ufb01nite dataâ€™s …")
    'We don\\'t sell "personal" infinite data\\'s ...'
    """
    if not text.isascii():
        replaced = _TYPOGRAPHY
        if not (_TYPOGRAPHIC.fullmatch(text) or _WESTERN.fullmatch(text)):
            from ftfy import fix_text

            # ftfy encodes the text, and half a surrogate pair cannot be encoded.
            text, replaced = fix_text(SURROGATE.sub("\ufffd", text), _ftfy_config()), _BEYOND_FTFY
        for mark, plain in replaced.items():
            text = text.replace(mark, plain)
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():  # of all white space only the plain space is printable
        text = " ".join(_CONTROL.sub("", text).split())
    if "**" in text:
        text = _UNUSED_BOLD.sub("", text)
    return " ".join(text.split()) if "  " in text else text.strip()


WORD_MARKS = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "‑": "-", "‐": "-"})  # what may be inside a word


def fold(text: str, marks: Mapping[int, int | str] = WORD_MARKS) -> str:
    """The text in lower case with plain apostrophes and hyphens, each character in its place.

    Parameters
    ----------
    text : str
    marks : mapping of int to str
        Characters to replace, each by one other character; a table from `str.maketrans`.

    Examples
    --------
    >>> fold("Don’t SELL")
    "don't sell"
    """
    if text.isascii():
        return text.lower()
    plain = text.translate(marks)
    lower = plain.lower()
    if len(lower) == len(plain):
        return lower
    return "".join(low if len(low := char.lower()) == 1 else char for char in plain)
