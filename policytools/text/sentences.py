"""Sentences: the units of a block, each with its kind (sentence, fragment or heading).

The text of one block is split here by nupunkt, a Punkt model for legal English that ships in its wheel.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache

from policytools.text.clauses import NO_STATEMENT, is_clause, is_purpose, looks_like_title
from policytools.text.tokens import count_words

_LONGEST_LABEL = 6  # words of a heading at the beginning of a paragraph


@cache
def _sentence_spans() -> Callable[[str], Iterable[tuple[int, int]]]:
    import nupunkt  # imported here, because it is slow to load and many functions do not need it

    return nupunkt.load("default").span_tokenize


# No sentence starts like this: an aside in lower case, a later item of an enumeration, the rest of a domain name.
_NOT_A_START = re.compile(
    r"\((?:[a-z]|\d\))|(?:(?:and|or) )\([a-z\d]{1,4}\)|(?:com|net|org)\b(?! [A-Z])|eu(?=[/.,;:)]|$)|[,;)]"
)
# nupunkt needs a space after a full stop; scraped text has lost some ("information.Printer", "information.we").
_GLUED_START = r"[A-Z][a-z]+ |(?:we|you|your|our|the|this|these|if|when|please|for|as|such|what|how) "
_NO_SPACE = re.compile(rf"[.!?](?<=[a-z)][a-z)].)(?={_GLUED_START})")
# nupunkt takes quadratic time on a long piece without blanks, and no sentence ends inside one.
_LONG_PIECE = re.compile(r"(?<!\S)(\S{100})(\S{300,})(?=\S{100})")
# nupunkt splits only after such a mark; without one, as in most list items, it need not be asked.
_MARK_INSIDE = re.compile(r"[.?!…](?:\s+\S|[^\w\s,])")


def split_sentences(text: str) -> list[str]:
    """Split the text of one block into sentences.

    Examples
    --------
    >>> split_sentences("We collect data, e.g., your name. We do not sell it.")
    ['We collect data, e.g., your name.', 'We do not sell it.']
    """
    text = _NO_SPACE.sub(r"\g<0> ", text)
    if not _MARK_INSIDE.search(text):
        return [stripped] if (stripped := text.strip()) else []
    parts: list[str] = []
    shown = _LONG_PIECE.sub(lambda piece: piece[1] + "x" * len(piece[2]), text)
    for start, stop in _sentence_spans()(shown):
        part = text[start:stop].strip()
        if parts and _NOT_A_START.match(part) and not (part[1:2].isupper() or part.startswith("(i)")):
            parts[-1] += " " + part
        elif part:
            parts.append(part)
    return parts


def unit_kind(text: str, *, block_kind: str, position: int, n_units: int) -> str:
    """Kind of one unit of a block: ``sentence``, ``fragment`` or ``heading``.

    Parameters
    ----------
    text : str
        The unit.
    block_kind : str
        Kind of its block. The unit of a heading is a heading unless it is a finished statement.
    position, n_units : int
        The unit's place in its block, from 0, and how many units the block has.

    Examples
    --------
    >>> unit_kind("Do Not Track.", block_kind="paragraph", position=0, n_units=2)
    'heading'
    >>> unit_kind("IP address;", block_kind="list_item", position=0, n_units=1)
    'fragment'
    """
    n_words = len(text.split())
    if block_kind == "heading":
        # "We do not sell your data." in the layout of a heading is a sentence, because other formats have no
        # layout. "To improve our services." is never a sentence, with a full stop or without.
        finished = text.endswith((".", "!")) and n_words > 3 and not NO_STATEMENT.match(text)
        return "sentence" if finished and is_clause(text) else "heading"
    if position == 0 and text.endswith("?") and looks_like_title(text):
        return "heading"
    if position == 0 and n_units > 1 and block_kind != "table_row" and is_purpose(text):
        return "heading"  # a run-in label: "To comply with the law."
    if is_clause(text):
        return "sentence"
    if position == 0 and (n_units > 1 or text.endswith(":")) and n_words <= _LONGEST_LABEL:
        return "heading"  # a run-in label: "Account information."
    return "fragment"


def block_units(kind: str, text: str) -> list[tuple[str, str, int]]:
    """Units of one block in order, each with its kind (sentence, fragment or heading) and its number of words.

    Examples
    --------
    >>> block_units("paragraph", "Cookies. We use none of them.")
    [('heading', 'Cookies.', 1), ('sentence', 'We use none of them.', 5)]
    """
    units = []
    for part in text.split(" | ") if kind == "table_row" else [text]:
        found = [text] if kind == "heading" else split_sentences(part)
        for position, unit in enumerate(found):
            unit_is = unit_kind(unit, block_kind=kind, position=position, n_units=len(found))
            units.append((unit_is, unit, count_words(unit)))
    return units
