"""Hedged and open-ended wording: vague terms by category, each with the sentence it stands in.

The terms, and the wordings in which they leave nothing open (the month of May, "you can delete", the
General Data Protection Regulation), are data: ``lexicons/hedges-reidenberg-2016.toml``. A vague term is a
sign that something is left open, not a proof: Lian et al. (2023) find that 29 to 39 % of the vague sentences
are clarified elsewhere in the same policy.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from policytools._files import PACKAGE
from policytools._frames import in_reading_order, typed_frame
from policytools.text.tokens import count_words, fold, tokenize
from policytools.text.word_cache import WordCache

LEXICON_FILE = PACKAGE / "lexicons" / "hedges-reidenberg-2016.toml"

_FOUND = {
    "policy_id": "str", "sentence_id": "int64", "section": "str", "category": "str", "term": "str", "quote": "str",
    "start": "int64", "end": "int64", "false_friend": "str", "kind": "str",
}  # fmt: skip
_VAGUENESS = {
    "policy_id": "str", "category": "str", "n": "int64", "n_words": "int64", "per_hundred": "float64",
    "n_sentences_with": "int64", "share_sentences": "float64", "n_sentences": "int64", "n_false_friends": "int64",
}  # fmt: skip

_UNIT = ("policy_id", "sentence_id", "section", "kind", "text")
_TERM = 2**40  # more than the words of any text, so that one sum counts both

_Hit = tuple[int, int, str, str]  # start and end in the line, term, kind of false friend
_Written = tuple[str, list[int], list[int]]  # kind of false friend, starts and ends in the line


class Friends(NamedTuple):
    """The false friends that a term is written out in."""

    any_of: re.Pattern[str]  # found where one of the others is: most terms are none, which one search tells
    kinds: list[tuple[str, re.Pattern[str]]]


@dataclass(frozen=True)
class HedgeLexicon:
    """Vague terms and false friends, ready to match; made by `load_hedge_lexicon`.

    Attributes
    ----------
    categories : dict of str to str
        Term -> category.
    any_term : re.Pattern
        Any term in a line, the longest of those that begin at a word.
    false_friends : list of (str, str, re.Pattern)
        Kind, how the file has it, pattern for lines.
    friends : dict of str to Friends
        Term -> the false friends that it is written out in; terms without are left out.
    pieces : WordCache
        Piece of a text between blanks -> how many words it has, and _TERM more for each that may be of a term.
    """

    categories: dict[str, str]
    any_term: re.Pattern[str]
    false_friends: list[tuple[str, str, re.Pattern[str]]]
    friends: dict[str, Friends]
    pieces: WordCache[int] = field(repr=False, compare=False)


def load_hedge_lexicon(path: str | Path = LEXICON_FILE) -> HedgeLexicon:
    """Read a lexicon of vague terms; the head of the shipped TOML file describes the format.

    Examples
    --------
    >>> lexicon = load_hedge_lexicon()
    >>> len(lexicon.categories), lexicon.categories["from time to time"]
    (40, 'condition')
    """
    return _parsed(Path(path).read_text(encoding="utf-8"), str(path))


@lru_cache(maxsize=8)
def _parsed(text: str, path: str) -> HedgeLexicon:
    try:
        data = tomllib.loads(text)
        categories = {_words(term): name for name, terms in data["categories"].items() for term in terms}
        sets = {name: _any_of(words) for name, words in data.get("sets", {}).items()}
        friends = [
            (friend["kind"], pattern, _whole_words(_fill(pattern, sets)))
            for friend in data.get("false_friends", [])
            for pattern in friend["patterns"]
        ]
    except (tomllib.TOMLDecodeError, KeyError, AttributeError, re.error) as error:
        raise ValueError(f"lexicon: {path} is no lexicon of vague terms: {error!r}") from None
    if "" in categories or not categories or "all" in categories.values():
        raise ValueError(
            f"lexicon: {path} needs [categories] with terms of a word or more, none called 'all'"
        )
    signs = frozenset(max(term.split(), key=len) for term in categories)  # not "as" but "needed"

    def size(piece: str) -> int:
        return count_words(piece) + _TERM * sum(token in signs for token in _line(piece).split())

    any_term = _whole_words(_any_of(categories))
    return HedgeLexicon(categories, any_term, friends, _by_term(friends, categories), WordCache(size))


def _words(text: str) -> str:
    return " ".join(token for token, _ in tokenize(fold(text)))


def _whole_words(pattern: str) -> re.Pattern[str]:
    """A pattern for lines that begin with a space, as each of their words then does."""
    at_begin = re.sub(r"(?<![\[\\])\^", "(?<=^ )", pattern)
    return re.compile(rf" (?:{at_begin})(?!\S)")


def _by_term(friends: list[tuple[str, str, re.Pattern[str]]], terms: Collection[str]) -> dict[str, Friends]:
    found = {}
    for term in terms:
        written = re.compile(rf"\b{re.escape(term)}\b")
        kinds = [(kind, pattern) for kind, source, pattern in friends if written.search(source)]
        # Joined, groups would have other numbers than those that a pattern may refer to.
        alone = any(pattern.groups for _, pattern in kinds)
        any_of = "" if alone else "|".join(pattern.pattern for _, pattern in kinds)
        if kinds:
            found[term] = Friends(re.compile(any_of), kinds)
    return found


def _any_of(words: Collection[str]) -> str:
    """A pattern for one of the words, the longest first; by their first letters, which `re` passes over sooner."""
    ranked = sorted(words, key=lambda word: (word[:1], -len(word)))
    letters = [
        f"{re.escape(letter)}(?:{'|'.join(re.escape(word[1:]) for word in own)})"
        for letter, own in groupby(ranked, key=lambda word: word[:1])
    ]
    return f"(?:{'|'.join(letters)})"


def _fill(pattern: str, sets: dict[str, str]) -> str:
    return re.sub(r"\{([a-z_]+)\}", lambda match: sets[match.group(1)], pattern)


def find_vague_terms(
    sentences: pd.DataFrame, *, lexicon: str | Path = LEXICON_FILE, kinds: Collection[str] | None = None
) -> pd.DataFrame:
    """Each vague term in the text, with its place and, if it is a false friend, the reason.

    Parameters
    ----------
    sentences : DataFrame
        One row for each sentence unit: policy_id (str), sentence_id (int), kind (str), section (str),
        text (str).
    lexicon : str or Path
        A TOML file of terms; by default the list of Reidenberg et al. (2016).
    kinds : collection of str, optional
        Kinds of units that are searched; all by default.

    Returns
    -------
    DataFrame
        One row for each occurrence in reading order: policy_id (str), sentence_id (int), section, category,
        term (as in the lexicon), quote (as in the text) (str), start, end (int, characters in the sentence),
        false_friend (str: "month", "reader's choice", ...; "" where the term counts as vague), kind (str).

    Raises
    ------
    ValueError
        A missing column; a lexicon that cannot be read.

    Notes
    -----
    Case, punctuation and numbers of spaces do not matter ("including, but not limited to"). Of two terms that
    begin at the same word the longer one counts, and no word counts twice.

    Examples
    --------
    >>> sentences = pd.DataFrame({
    ...     "policy_id": "a", "sentence_id": [0, 1], "kind": "sentence", "section": "",
    ...     "text": ["We may share data from time to time.", "You can delete it since May 2018."]})
    >>> find_vague_terms(sentences)[["sentence_id", "category", "quote", "false_friend"]]
       sentence_id   category              quote     false_friend
    0            0   modality                may
    1            0  condition  from time to time
    2            1   modality                can  reader's choice
    3            1   modality                May            month
    """
    words = load_hedge_lexicon(lexicon)
    frame = in_reading_order(sentences, columns=["section", "kind"], kinds=kinds)
    rows = []
    for *unit, kind, text in zip(*(frame[name].to_list() for name in _UNIT)):
        line = _read(text, words)[1]
        hits = _find(line, words)
        places = _places(line[: hits[-1][1]].split(), fold(text)) if hits else []
        n = last = 0
        for start, _, term, friend in hits:
            n, last = n + line.count(" ", last, start), start  # tokens before it
            a, b = places[n][0], places[n + term.count(" ")][1]
            rows.append((*unit, words.categories[term], term, text[a:b], a, b, friend, kind))
    return typed_frame(dict(zip(_FOUND, zip(*rows))) or dict.fromkeys(_FOUND, ()), _FOUND)


def _read(text: str, lexicon: HedgeLexicon) -> tuple[int, str]:
    """Number of words of a text; if there may be a term in it, its line, which is what the lexicon is written for."""
    if "[" in text:  # which may begin a token with a blank in it, see `tokenize`
        return count_words(text), _line(text)
    pieces = text.split()
    n_signs, n_words = divmod(sum(map(lexicon.pieces.__getitem__, pieces)), _TERM)
    return n_words, "".join(map(_LINE_OF.__getitem__, pieces)) if n_signs else ""


def _line(text: str) -> str:
    """The tokens of a text, folded, with a space before each."""
    return "".join(f" {token}" for token, _ in tokenize(fold(text)))


_LINE_OF = WordCache(_line)


def _find(line: str, lexicon: HedgeLexicon) -> list[_Hit]:
    """Terms in a line."""
    hits = []
    written: dict[str, list[_Written]] = {}  # term -> its false friends in the line, looked for once
    for match in lexicon.any_term.finditer(line):
        term = match.group()[1:]
        if term in lexicon.friends and term not in written:
            written[term] = _friends(lexicon.friends[term], line)
        hits.append((*match.span(), term, _friend(written.get(term, []), *match.span())))
    return hits


def _friends(friends: Friends, line: str) -> list[_Written]:
    """The kinds of false friends that are in a line, each with where its wordings begin and end."""
    if not friends.any_of.search(line):
        return []
    found = [(kind, [match.span() for match in pattern.finditer(line)]) for kind, pattern in friends.kinds]
    return [(kind, [start for start, _ in spans], [end for _, end in spans]) for kind, spans in found]


def _friend(written: list[_Written], start: int, end: int) -> str:
    """What kind of false friend stands at a place, if any."""
    for kind, starts, ends in written:
        before = bisect_right(starts, start)  # those of one pattern do not overlap: the last decides
        if before and end <= ends[before - 1]:
            return kind
    return ""


def _places(words: list[str], text: str) -> list[tuple[int, int]]:
    """Where words stand that follow each other in a text."""
    places = []
    end = 0
    for word in words:
        start = text.index(word, end)
        end = start + len(word)
        places.append((start, end))
    return places


def vagueness(
    sentences: pd.DataFrame,
    *,
    false_friends: str = "counted",
    lexicon: str | Path = LEXICON_FILE,
    kinds: Collection[str] | None = None,
) -> pd.DataFrame:
    """Vague terms per hundred words, and the share of sentences with one; more is vaguer.

    Parameters
    ----------
    sentences : DataFrame
        As in `find_vague_terms`.
    false_friends : {"counted", "left_out"}
        Count every occurrence, as the published studies do and as their figures must be compared, or only
        those that leave something open. n_false_friends is the difference between the two.
    lexicon, kinds
        As in `find_vague_terms`.

    Returns
    -------
    DataFrame
        For each policy one row for each category of the lexicon in its order (condition, generalization,
        modality, numeric_quantifier) and one for all: policy_id, category (str), n, n_words (int, over all
        units), per_hundred (float), n_sentences_with (int), share_sentences (float; both over units of kind
        "sentence", since a heading or a bare list item is none), n_sentences, n_false_friends (int).
        per_hundred is NaN without words, share_sentences without sentences.

    Raises
    ------
    ValueError
        `false_friends` is neither; as in `find_vague_terms`.

    Notes
    -----
    ::

        per_hundred = 100 n / n_words        share_sentences = n_sentences_with / n_sentences

    A reference point: the 115 policies of OPP-115 have a median of 2.28 terms per hundred words (10th
    percentile 1.40, 90th 3.08), false friends counted.

    References
    ----------
    Reidenberg, J. R., Bhatia, J., Breaux, T. D. & Norton, T. B. (2016). Ambiguity in privacy policies and the
    impact of regulation. The Journal of Legal Studies 45(S2), S163-S190. doi:10.1086/688669. Lian, X. et al. (2023).
    Really vague? Automatically identify the potential false vagueness within the context of documents.
    Mathematics 11(10), 2334. doi:10.3390/math11102334

    Examples
    --------
    >>> sentences = pd.DataFrame({
    ...     "policy_id": "a", "sentence_id": [0, 1], "kind": "sentence", "section": "",
    ...     "text": ["We may share data from time to time.", "You can delete it since May 2018."]})
    >>> vagueness(sentences)[["category", "n", "n_words", "n_sentences_with", "n_false_friends"]]
                 category  n  n_words  n_sentences_with  n_false_friends
    0           condition  1       14                 1                0
    1      generalization  0       14                 0                0
    2            modality  3       14                 2                2
    3  numeric_quantifier  0       14                 0                0
    4                 all  4       14                 2                2
    """
    if false_friends not in ("counted", "left_out"):
        raise ValueError(f"false_friends: must be 'counted' or 'left_out', not {false_friends!r}")
    words = load_hedge_lexicon(lexicon)
    frame = in_reading_order(sentences, columns=["section", "kind"], kinds=kinds)
    policy_of, policies = pd.factorize(frame["policy_id"], use_na_sentinel=False)
    is_sentence = (frame["kind"] == "sentence").to_numpy(dtype=bool)
    categories = [*dict.fromkeys(words.categories.values()), "all"]
    place = {term: categories.index(category) for term, category in words.categories.items()}
    read = [_read(text, words) for text in frame["text"].to_list()]
    hits = [
        (unit, place[term], friend != "")
        for unit, (_, line) in enumerate(read)
        for _, _, term, friend in (_find(line, words) if line else ())
    ]
    unit, category, is_friend = np.array(hits, dtype="int64").reshape(-1, 3).T
    is_counted = (is_friend == 0) | (false_friends == "counted")
    in_sentence = is_counted & is_sentence[unit]

    def table(units: np.ndarray, columns: np.ndarray) -> np.ndarray:
        counts = np.zeros((len(policies), len(categories)), dtype="int64")
        np.add.at(counts, (policy_of[units], columns), 1)
        return counts

    n = table(unit[is_counted], category[is_counted])
    n_friends = table(unit[is_friend == 1], category[is_friend == 1])
    n_with = table(*np.unique(np.stack([unit, category])[:, in_sentence], axis=1))
    for counts in (n, n_friends):
        counts[:, -1] = counts.sum(axis=1)
    n_with += table(with_term := np.unique(unit[in_sentence]), np.full_like(with_term, len(categories) - 1))

    def each(values: np.ndarray) -> np.ndarray:
        return np.repeat(values, len(categories))

    n_words = np.bincount(policy_of, weights=[n for n, _ in read], minlength=len(policies))
    columns: dict[str, Any] = {
        "policy_id": policies.repeat(len(categories)),
        "category": categories * len(policies),
        "n": n.ravel(),
        "n_words": each(n_words.astype("int64")),
        "n_sentences_with": n_with.ravel(),
        "n_sentences": each(np.bincount(policy_of[is_sentence], minlength=len(policies))),
        "n_false_friends": n_friends.ravel(),
    }
    with np.errstate(divide="ignore", invalid="ignore"):  # 0 of 0 is NaN
        columns["per_hundred"] = 100 * columns["n"] / columns["n_words"]
        columns["share_sentences"] = columns["n_sentences_with"] / columns["n_sentences"]
    return typed_frame(columns, _VAGUENESS)
