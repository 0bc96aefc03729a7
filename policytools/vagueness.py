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

_Hit = tuple[str, int, int, str]  # term, start and end in the text, kind of false friend


@dataclass(frozen=True)
class HedgeLexicon:
    """Vague terms and false friends, ready to match; made by `load_hedge_lexicon`.

    Attributes
    ----------
    categories : dict of str to str
        Term -> category.
    terms : re.Pattern
        Any term, the longest at a place first.
    false_friends : tuple of (str, frozenset of str, re.Pattern)
        Kind, the terms written out in the pattern, pattern.
    begins : Memo
        Piece of text between blanks -> whether a term may begin in it.
    """

    categories: dict[str, str]
    terms: re.Pattern[str]
    false_friends: tuple[tuple[str, frozenset[str], re.Pattern[str]], ...]
    begins: Memo[bool] = field(repr=False, compare=False)


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
    heads = frozenset(term.split()[0] for term in categories)
    return HedgeLexicon(
        categories,
        _whole_words(_any_of(categories)),
        friends,
        Memo(lambda piece: not heads.isdisjoint(token for token, _ in tokenize(piece))),
    )


def _words(text: str) -> str:
    return " ".join(token for token, _ in tokenize(fold(text)))


def _whole_words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S)(?:{pattern})(?!\S)")


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
    return _found_frame(frame, [_find(fold(text), words) for text in frame["text"].to_list()], words)


def _found_frame(frame: pd.DataFrame, found: list[list[_Hit]], lexicon: HedgeLexicon) -> pd.DataFrame:
    rows = [
        (policy, sentence, section, lexicon.categories[term], term, text[start:end], start, end, friend, kind)
        for policy, sentence, section, kind, text, hits in zip(
            *(frame[name].to_list() for name in ("policy_id", "sentence_id", "section", "kind", "text")),
            found,
        )
        for term, start, end, friend in hits
    ]
    return typed_frame(dict(zip(_FOUND, zip(*rows))) or dict.fromkeys(_FOUND, ()), _FOUND)


def _find(text: str, lexicon: HedgeLexicon) -> list[_Hit]:
    """Terms in a folded text."""
    # "[" may hold a token with a blank in it, see `tokenize`.
    if "[" not in text and not any(map(lexicon.begins.__getitem__, text.split())):
        return []
    # The words alone, one space between: what the lexicon is written for.
    words = [token for token, _ in tokenize(text)]
    line = " ".join(words)
    matches = list(lexicon.terms.finditer(line))
    if not matches:
        return []
    terms = {match.group() for match in matches}
    friends = [
        (kind, written, match.span())
        for kind, written, pattern in lexicon.false_friends
        if not terms.isdisjoint(written)
        for match in pattern.finditer(line)
    ]
    hits = []
    n = in_line = end = first = (
        0  # the next word, where it begins in the line, where the last one ends in the text
    )
    for match in matches:
        term, (low, high) = match.group(), match.span()
        while in_line < high:
            start = text.index(words[n], end)
            if in_line == low:
                first = start
            end = start + len(words[n])
            in_line += len(words[n]) + 1
            n += 1
        reason = next(
            (kind for kind, written, (a, b) in friends if term in written and a <= low and high <= b), ""
        )
        hits.append((term, first, end, reason))
    return hits


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
    texts = [fold(text) for text in frame["text"].to_list()]
    found = _found_frame(frame, [_find(text, words) for text in texts], words)

    n_words, n_sentences = Counter[str](), Counter[str]()
    for policy, kind, text in zip(frame["policy_id"].to_list(), frame["kind"].to_list(), texts):
        n_words[policy] += count_words(text)
        n_sentences[policy] += kind == "sentence"
    n, friends = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    with_term: dict[tuple[str, str], set[int]] = defaultdict(set)
    for policy, sentence, category, friend, kind in zip(
        *(found[name].to_list() for name in ("policy_id", "sentence_id", "category", "false_friend", "kind"))
    ):
        for key in ((policy, category), (policy, "all")):
            friends[key] += friend != ""
            if friend and false_friends == "left_out":
                continue
            n[key] += 1
            if kind == "sentence":
                with_term[key].add(sentence)

    keys = [(policy, category) for policy in n_words for category in categories]
    columns: dict[str, Any] = {
        "policy_id": [policy for policy, _ in keys],
        "category": [category for _, category in keys],
        "n": np.array([n[key] for key in keys], dtype="int64"),
        "n_words": np.array([n_words[policy] for policy, _ in keys], dtype="int64"),
        "n_sentences_with": np.array([len(with_term[key]) for key in keys], dtype="int64"),
        "n_sentences": np.array([n_sentences[policy] for policy, _ in keys], dtype="int64"),
        "n_false_friends": np.array([friends[key] for key in keys], dtype="int64"),
    }
    with np.errstate(divide="ignore", invalid="ignore"):  # 0 of 0 is NaN
        columns["per_hundred"] = 100 * columns["n"] / columns["n_words"]
        columns["share_sentences"] = columns["n_sentences_with"] / columns["n_sentences"]
    return typed_frame(columns, _VAGUENESS)
