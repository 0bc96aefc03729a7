"""The phrases of ``lexicons/page-furniture.toml`` as regular expressions, each compiled when it is first needed."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from itertools import chain

from policytools._files import PACKAGE

LEXICON_FILE = PACKAGE / "lexicons" / "page-furniture.toml"
WHOLE_WORDS = r"\b%s\b"
ANYWHERE = "%s"


@cache
def phrase_lists(table: str) -> dict[str, list[str]]:
    """The lists of one table of the file, by name."""
    return _lexicon()[table]


@cache
def pattern(table: str, name: str = "", *, frame: str = WHOLE_WORDS) -> re.Pattern[str]:
    """A regular expression for any phrase of one list, or of all lists of the table if no name is given.

    `frame` is the regular expression around the phrases, with ``%s`` in their place.

    Examples
    --------
    >>> pattern("subjects", "security").findall("We encrypt what we store securely")
    ['encrypt', 'securely']
    """
    lists = phrase_lists(table)
    phrases = lists[name] if name else chain.from_iterable(lists.values())
    return re.compile(frame.replace("%s", _any_of(phrases)), re.IGNORECASE)


@cache
def _lexicon() -> dict[str, dict]:
    return tomllib.loads(LEXICON_FILE.read_text("utf-8"))


def _any_of(phrases: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(_expression, phrases))})"


_SIGN = re.compile(r"\\\{(\w+)\\\}|\\([*+])")  # in an escaped phrase


def _expression(phrase: str) -> str:
    """The regular expression for a phrase: its signs have their meaning, all other characters are literal."""
    return _SIGN.sub(_meaning, re.escape(phrase))


def _meaning(sign: re.Match[str]) -> str:
    name, quantifier = sign.groups()
    if quantifier:
        return rf"\w{quantifier}"
    sets = phrase_lists("sets")
    return _any_of(sets[name]) if name in sets else _lexicon()["blanks"][name]
