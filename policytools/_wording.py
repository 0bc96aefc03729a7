"""Small pieces of text that are made in many places: counted nouns, lists, shortened text, escaped Markdown."""

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches

_MARKDOWN_SIGNS = re.compile(r"([\\`*_|$\[\]<>@])")


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
    r"""The text on one line, with a backslash before each sign that Markdown, a table or math interprets.

    Examples
    --------
    >>> print(escape_markdown("a|b [c]"))
    a\|b \[c\]
    """
    return _MARKDOWN_SIGNS.sub(r"\\\1", " ".join(text.split()))
