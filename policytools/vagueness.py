"""Hedged and open-ended wording: vague terms by category, each with the sentence it stands in.

The terms, and the wordings in which they leave nothing open (the month of May, "you can delete", the
General Data Protection Regulation), are data: ``lexicons/hedges-reidenberg-2016.toml``. A vague term is a
sign that something is left open, not a proof: Lian et al. (2023) find that 29 to 39 % of the vague sentences
are clarified elsewhere in the same policy.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from policytools.memo import Memo
from policytools.segmentation import count_words, tokenize
from policytools.tokens import fold, in_reading_order, typed_frame

LEXICON_FILE = Path(__file__).parent / "lexicons" / "hedges-reidenberg-2016.toml"

_FOUND = {
    "policy_id": "str", "sentence_id": "int64", "section": "str", "category": "str", "term": "str", "quote": "str",
    "start": "int64", "end": "int64", "false_friend": "str", "kind": "str",
}  # fmt: skip
_VAGUENESS = {
    "policy_id": "str", "category": "str", "n": "int64", "n_words": "int64", "per_hundred": "float64",
    "n_sentences_with": "int64", "share_sentences": "float64", "n_sentences": "int64", "n_false_friends": "int64",
}  # fmt: skip

_TERM = 2**40  # more than the words of any text, so that one sum counts both

_Hit = tuple[str, int, int, str]  # term, start and end in the text, kind of false friend


@dataclass(frozen=True)
class HedgeLexicon:
    """Vague terms and false friends, ready to match; made by `load_hedge_lexicon`.

    Attributes
    ----------
    categories : dict of str to str
        Term -> category.
    terms : dict of str to list of tuple
        First word of a term -> the words of each term that begins so, the longest first.
    false_friends : tuple of (str, frozenset of str, re.Pattern)
        Kind, the terms written out in the pattern, pattern.
    pieces : Memo
        Piece of a text between blanks -> how many words it has, and _TERM more for each that may be of a term.
    """

    categories: dict[str, str]
    terms: dict[str, list[tuple[str, ...]]]
    false_friends: tuple[tuple[str, frozenset[str], re.Pattern[str]], ...]
    pieces: Memo[int] = field(repr=False, compare=False)


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
        friends = tuple(
            (friend["kind"], _terms_in(pattern, categories), _whole_words(_fill(pattern, sets)))
            for friend in data.get("false_friends", [])
            for pattern in friend["patterns"]
        )
    except (tomllib.TOMLDecodeError, KeyError, AttributeError, re.error) as error:
        raise ValueError(f"lexicon: {path} is no lexicon of vague terms: {error!r}") from None
    if "" in categories or not categories or "all" in categories.values():
        raise ValueError(
            f"lexicon: {path} needs [categories] with terms of a word or more, none called 'all'"
        )
    terms: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for term in sorted(categories, key=len, reverse=True):
        terms[term.split()[0]].append(tuple(term.split()))

    signs = frozenset(max(term.split(), key=len) for term in categories)  # not "as" but "needed"

    def size(piece: str) -> int:
        return count_words(piece) + _TERM * sum(token in signs for token, _ in tokenize(piece))

    return HedgeLexicon(categories, dict(terms), friends, Memo(size))


def _words(text: str) -> str:
    return " ".join(token for token, _ in tokenize(fold(text)))


def _whole_words(pattern: str) -> re.Pattern[str]:
    """A pattern for lines that begin with a space, as each of their words then does."""
    at_begin = re.sub(r"(?<![\[\\])\^", "(?<=^ )", pattern)
    return re.compile(rf" (?:{at_begin})(?!\S)")


def _terms_in(pattern: str, categories: Collection[str]) -> frozenset[str]:
    return frozenset(term for term in categories if re.search(rf"\b{re.escape(term)}\b", pattern))


def _any_of(words: Collection[str]) -> str:
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


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
    units = zip(*(frame[name].to_list() for name in ("policy_id", "sentence_id", "section", "kind", "text")))
    rows = [
        (policy, sentence, section, words.categories[term], term, text[start:end], start, end, friend, kind)
        for policy, sentence, section, kind, text in units
        for term, start, end, friend in _read(fold(text), words)[1]
    ]
    return typed_frame(dict(zip(_FOUND, zip(*rows))) or dict.fromkeys(_FOUND, ()), _FOUND)


def _read(text: str, lexicon: HedgeLexicon) -> tuple[int, list[_Hit]]:
    """Number of words of a folded text, and the terms in it."""
    if "[" in text:  # which may begin a token with a blank in it, see `tokenize`
        return count_words(text), _find(text, lexicon)
    n_signs, n_words = divmod(sum(map(lexicon.pieces.__getitem__, text.split())), _TERM)
    return n_words, _find(text, lexicon) if n_signs else []


def _find(text: str, lexicon: HedgeLexicon) -> list[_Hit]:
    """Terms in a folded text."""
    words = [token for token, _ in tokenize(text)]
    matches: list[tuple[int, int]] = []  # first word and the one behind the last
    for n, word in enumerate(words):
        if word in lexicon.terms and (not matches or n >= matches[-1][1]):
            ends = (n + len(term) for term in lexicon.terms[word] if tuple(words[n : n + len(term)]) == term)
            matches += [(n, end) for end in islice(ends, 1)]
    if not matches:
        return []
    # The words alone, a space before each: what the lexicon is written for.
    line = " ".join(["", *words])
    begins = list(accumulate((len(word) + 1 for word in words), initial=0))
    terms = {" ".join(words[n:end]) for n, end in matches}
    friends = [
        (kind, written, match.span())
        for kind, written, pattern in lexicon.false_friends
        if not terms.isdisjoint(written)
        for match in pattern.finditer(line)
    ]
    places = _places(words[: matches[-1][1]], text)
    hits = []
    for n, end in matches:
        term = " ".join(words[n:end])
        reason = next(
            (
                kind
                for kind, written, (a, b) in friends
                if term in written and a <= begins[n] and begins[end] <= b
            ),
            "",
        )
        hits.append((term, places[n][0], places[end - 1][1], reason))
    return hits


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
    categories = [*dict.fromkeys(words.categories.values()), "all"]
    n_words, n_sentences = Counter[str](), Counter[str]()
    n, friends, n_with = Counter[tuple[str, str]](), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for policy, kind, text in zip(*(frame[name].to_list() for name in ("policy_id", "kind", "text"))):
        n_words_here, hits = _read(fold(text), words)
        n_words[policy] += n_words_here
        n_sentences[policy] += kind == "sentence"
        if not hits:
            continue
        open_ended = [words.categories[term] for term, _, _, friend in hits if not friend]
        friendly = [words.categories[term] for term, _, _, friend in hits if friend]
        counted = open_ended + friendly if false_friends == "counted" else open_ended
        for counts, found in (
            (n, counted),
            (friends, friendly),
            (n_with, {*counted} if kind == "sentence" else ()),
        ):
            for category in found:
                counts[policy, category] += 1
        n[policy, "all"] += len(counted)
        friends[policy, "all"] += len(friendly)
        n_with[policy, "all"] += kind == "sentence" and len(counted) > 0

    keys = [(policy, category) for policy in n_words for category in categories]
    columns: dict[str, Any] = {
        "policy_id": [policy for policy, _ in keys],
        "category": [category for _, category in keys],
        "n": np.array([n[key] for key in keys], dtype="int64"),
        "n_words": np.array([n_words[policy] for policy, _ in keys], dtype="int64"),
        "n_sentences_with": np.array([n_with[key] for key in keys], dtype="int64"),
        "n_sentences": np.array([n_sentences[policy] for policy, _ in keys], dtype="int64"),
        "n_false_friends": np.array([friends[key] for key in keys], dtype="int64"),
    }
    with np.errstate(divide="ignore", invalid="ignore"):  # 0 of 0 is NaN
        columns["per_hundred"] = 100 * columns["n"] / columns["n_words"]
        columns["share_sentences"] = columns["n_sentences_with"] / columns["n_sentences"]
    return typed_frame(columns, _VAGUENESS)
