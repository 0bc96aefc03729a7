"""Text to sentences and words: the only place of the package that splits text.

Blocks are split first (see `readers`), then each block is split here into sentences by nupunkt, a
Punkt model for legal English that ships in its wheel. Words follow one stated rule everywhere, so
that a count of words means the same thing in readability, in term frequencies and in vagueness.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from policytools.text.clauses import _LABEL_WORDS, _NO_STATEMENT, _has_main_verb, is_purpose, looks_like_title
from policytools.text.memo import Memo
from policytools.text.tokens import _count


@cache
def _sentence_spans() -> Callable[[str], Iterable[tuple[int, int]]]:
    import nupunkt  # here, not above: its model is read on first use

    return nupunkt.load("default").span_tokenize


# No sentence starts so: an aside in lower case, a later item of an enumeration, the tail of a domain name.
_NOT_A_START = re.compile(
    r"\((?:[a-z]|\d\))|(?:(?:and|or) )\([a-z\d]{1,4}\)|(?:com|net|org)\b(?! [A-Z])|eu(?=[/.,;:)]|$)|[,;)]"
)
# nupunkt wants a space behind a full stop; scraped text has lost some ("information.Printer", "information.we").
_GLUED_START = r"[A-Z][a-z]+ |(?:we|you|your|our|the|this|these|if|when|please|for|as|such|what|how) "
_NO_SPACE = re.compile(rf"[.!?](?<=[a-z)][a-z)].)(?={_GLUED_START})")
# A mark that may end a sentence: one before a blank, before another mark or before a glued start. First the plain
# kind, with a word behind the blank.
_MARK = re.compile(rf"[.?!…](?:( )(?:[^\W_]|\()|\s+\S|[^\w\s,]|{_GLUED_START})")
_ORDINARY = re.compile(r"\S*[^\W\d_]\.?[^\W\d_][)\]\"']*[.?!]")
_SOLID = re.compile(r"\S+")
_LONGEST_NUMBER = 9  # "(xviii).", which is the number of an item at the head of a text and ends no sentence


def split_sentences(text: str) -> list[str]:
    """Split the text of one block into sentences.

    Examples
    --------
    >>> split_sentences("We collect data, e.g., your name. We do not sell it.")
    ['We collect data, e.g., your name.', 'We do not sell it.']
    """
    parts: list[str] = []
    for part in _cut(text):
        if parts and _NOT_A_START.match(part) and not (part[1:2].isupper() or part.startswith("(i)")):
            parts[-1] += " " + part
        elif part:
            parts.append(part)
    return parts


def _cut(text: str) -> list[str]:
    """Sentences as nupunkt cuts them. It looks at two words at a time, and is asked only where they can matter."""
    parts: list[str] = []
    start = 0
    is_one_line = "\n" not in text and not text[:1].isspace()
    for match in _MARK.finditer(text):
        if not match[1] or not is_one_line:
            text = _NO_SPACE.sub(r"\g<0> ", text)
            return [text[start:stop].strip() for start, stop in _sentence_spans()(text)]
        stop = match.start() + 1
        place = text.rfind(" ", 0, stop) + 1
        ends = _ENDS_A_SENTENCE[text[place:stop]] if place or stop > _LONGEST_NUMBER else None
        if ends is None or (not ends and text[stop + 1].isupper()):
            following = _SOLID.search(text, stop)
            assert following  # as _MARK has it
            ends = _is_cut("So" if place else "", text[place:stop], following.group())
        if ends:
            parts.append(text[start:stop])
            start = stop + 1
    return [*parts, text[start:].strip()]


def _is_cut(before: str, word: str, following: str) -> bool:
    place = len(f"{before} {word} ".lstrip())
    return any(start == place for start, _ in _sentence_spans()(f"{before} {word} {following}".lstrip()))


def _ends_a_sentence(word: str) -> bool | None:
    """Whether a word with its mark ends a sentence before any word; else none does before a word in lower case.

    None where that depends on the word in lower case, too: behind numbers and initials.
    """
    return _is_cut("So", word, "the") if _ORDINARY.fullmatch(word) else None


_ENDS_A_SENTENCE = Memo(_ends_a_sentence)


def unit_kind(text: str, *, block_kind: str, position: int, n_units: int) -> str:
    """Kind of one unit of a block: ``sentence``, ``fragment`` or ``heading``.

    Parameters
    ----------
    text : str
        The unit.
    block_kind : str
        Kind of its block; a heading stays one unless it is a finished statement.
    position, n_units : int
        The unit's place in its block, from 0, and how many units the block has.

    Examples
    --------
    >>> unit_kind("Do Not Track.", block_kind="paragraph", position=0, n_units=2)
    'heading'
    >>> unit_kind("IP address;", block_kind="list_item", position=0, n_units=1)
    'fragment'
    """
    return _kind(text, text.split(), block_kind, position, n_units)


def _kind(text: str, pieces: list[str], block_kind: str, position: int, n_units: int) -> str:
    if block_kind == "heading":
        # "We do not sell your data." set as a heading is a sentence: without layout nothing else would show.
        # "To improve our services." never is one, with a full stop or without.
        finished = text.endswith((".", "!")) and len(pieces) > 3 and not _NO_STATEMENT.match(text)
        return "sentence" if finished and _has_main_verb(text, pieces) else "heading"
    if position == 0 and text.endswith("?") and looks_like_title(text):
        return "heading"
    if position == 0 and n_units > 1 and block_kind != "table_row" and is_purpose(text):
        return "heading"  # a run-in label: "To comply with the law."
    if _has_main_verb(text, pieces):
        return "sentence"
    if position == 0 and (n_units > 1 or text.endswith(":")) and len(pieces) <= _LABEL_WORDS:
        return "heading"  # a run-in label: "Account information."
    return "fragment"


def block_units(kind: str, text: str) -> list[tuple[str, str, int]]:
    """Units of one block in order, each with its kind (sentence, fragment or heading) and how many words it has.

    Examples
    --------
    >>> block_units("paragraph", "Cookies. We use none of them.")
    [('heading', 'Cookies.', 1), ('sentence', 'We use none of them.', 5)]
    """
    units = []
    for part in text.split(" | ") if kind == "table_row" else [text]:
        found = [text] if kind == "heading" else split_sentences(part)
        for position, unit in enumerate(found):
            pieces = unit.split()
            units.append((_kind(unit, pieces, kind, position, len(found)), unit, _count(unit, pieces)))
    return units
