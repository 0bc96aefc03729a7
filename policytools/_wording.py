"""Small pieces of text that are made in many places: counted nouns, lists, shortened text, escaped Markdown."""

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches

# The colon of an address and the stop of "www." are among them, because many viewers make links of addresses.
_MARKDOWN_SIGNS = re.compile(r"([`*_|\[\]<>@&~#]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
# A page with MathJax reads $ and \( after Markdown has removed all escapes, so no escape holds there.
_MATH_SIGNS = str.maketrans("$\\", "\uff04\uff3c")


def counted(n: int, singular: str, plural: str = "") -> str:
    """A number with its noun.

    Examples
    --------
    >>> counted(1, "policy", "policies"), counted(2000, "row")
    ('1 policy', '2,000 rows')
    """
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"


def listed(values: Collection[object], most: int = 5) -> str:
    """The first few values with commas between, and how many more there are.

    Examples
    --------
    >>> listed("abc"), listed(range(9), 3)
    ('a, b, c', '0, 1, 2 and 6 more')
    """
    more = f" and {len(values) - most} more" if len(values) > most else ""
    return ", ".join(str(value) for value in list(values)[:most]) + more


def probably(value: object, known: Iterable[object]) -> str:
    """End of an error message: the known name that is most like a wrong one, "" if none is like it.

    Examples
    --------
    >>> probably("cokies", ["cookies", "rights"])
    "; did you mean 'cookies'?"
    """
    names = {str(name).casefold(): name for name in known}
    found = get_close_matches(str(value).casefold(), names, n=1)
    return f"; did you mean {names[found[0]]!r}?" if found else ""


def shortened(text: str, length: int) -> str:
    """The text, cut to at most `length` characters; a cut shows as "...".

    Examples
    --------
    >>> shortened("personal information", 13)
    'personal i...'
    """
    return text if len(text) <= length else text[: length - 3] + "..."


def escape_markdown(text: str) -> str:
    r"""A name or another text for a place in Markdown where nothing of it may act: no link, tag, table or formula.

    Parameters
    ----------
    text : str
        For example a vendor's name, which whoever wrote the manifest or the page has chosen.

    Returns
    -------
    str
        One line, with a backslash before each sign of Markdown; "$" and the backslash in their full width forms.

    Examples
    --------
    >>> print(escape_markdown("Acme | <b>[Ca$h](x)"))
    Acme \| \<b\>\[Ca＄h\](x)
    """
    plain = " ".join(text.split()).translate(_MATH_SIGNS)
    return _MARKDOWN_SIGNS.sub(r"\\\1", plain)
