"""Hedged and open-ended wording: vague terms by category, each with its sentence.

The terms, and the wordings in which they leave nothing open (the month of May, "you can delete", the
General Data Protection Regulation), are data: ``lexicons/hedges-reidenberg-2016.toml``. A vague term is a
sign that something is left open, not a proof: Lian et al. (2023) find that 29 to 39 % of the vague sentences
are clarified elsewhere in the same policy.

Both measures search the *line* of a text: its tokens in lower case, with one space before each.
"""

import math
import re
import time
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from policytools._files import PACKAGE, read_utf8
from policytools._frames import check_choice, frame_of_rows, in_reading_order, typed_frame
from policytools.text.patterns import compile_bounded
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

SECONDS, SECONDS_A_TEXT = 10.0, 0.001  # how long the search with a lexicon of one's own may take

_Hit = tuple[int, int, str, str]  # start and end in the line, term, kind of false friend ("" if it is none)


@dataclass(frozen=True)
class HedgeLexicon:
    """Vague terms and false friends, ready to match; made by `load_hedge_lexicon`.

    Attributes
    ----------
    categories : dict of str to str
        Term -> category.
    terms : dict of str to str
        Term without hyphens -> term.
    any_term : re.Pattern
        Any term in a line, the longest of those that begin at a word.
    false_friends : list of (str, str, Pattern)
        Kind, pattern as in the file, pattern for lines: of `re` for the shipped file, else of `regex`, which has a
        time limit.
    friends_of : dict of str to list
        Term -> the false friends that contain it.
    is_shipped : bool
    """

    categories: dict[str, str]
    terms: dict[str, str]
    any_term: re.Pattern[str]
    false_friends: list[tuple[str, str, Any]]
    friends_of: dict[str, list[tuple[str, str, Any]]]
    is_shipped: bool


def load_hedge_lexicon(path: str | Path = LEXICON_FILE) -> HedgeLexicon:
    """Read a lexicon of vague terms; the head of the shipped TOML file describes the format.

    Examples
    --------
    >>> lexicon = load_hedge_lexicon()
    >>> len(lexicon.categories), lexicon.categories["from time to time"]
    (40, 'condition')
    """
    try:
        return _parsed(read_utf8(Path(path)), Path(path) == LEXICON_FILE)
    except (KeyError, AttributeError, TypeError, RecursionError, ValueError) as error:
        reason = error if isinstance(error, ValueError) else f"{error!r}; see the head of {LEXICON_FILE.name}"
        raise ValueError(f"lexicon: {path} is no lexicon of vague terms: {reason}") from None


@lru_cache(maxsize=8)
def _parsed(text: str, is_shipped: bool) -> HedgeLexicon:
    data = tomllib.loads(text)
    lists = {name: _texts(f"categories.{name}", terms) for name, terms in data["categories"].items()}
    categories = {_line(term).strip(): name for name, terms in lists.items() for term in terms}
    if "" in categories or not categories or "all" in lists:
        raise ValueError("[categories] needs terms of a word or more, and none is called 'all'")
    sets = {name: _any_of(_texts(f"sets.{name}", words)) for name, words in data.get("sets", {}).items()}
    friends = [
        (friend["kind"], source, _compiled(source, sets, is_shipped))
        for friend in data.get("false_friends", [])
        for source in _texts(f"patterns of {friend['kind']!r}", friend["patterns"])
    ]
    friends_of = {
        term: [friend for friend in friends if re.search(rf"\b{re.escape(term)}\b", friend[1])]
        for term in categories
    }
    terms = {term.replace("-", " "): term for term in categories}
    any_term = re.compile(_whole_words(_any_of(terms).replace(r"\ ", "[ -]")))
    return HedgeLexicon(categories, terms, any_term, friends, friends_of, is_shipped)


def _texts(entry: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ValueError(f"{entry} must be a list of texts in square brackets, not {value!r}")
    return value


def _compiled(source: str, sets: dict[str, str], is_shipped: bool) -> Any:
    """The pattern of a false friend for lines; "{name}" is any of the words of that set."""
    pattern = _whole_words(re.sub(r"\{([a-z_]+)\}", lambda name: sets[name[1]], source))
    try:
        return re.compile(pattern) if is_shipped else compile_bounded(pattern)
    except ValueError as error:
        raise ValueError(f"the pattern {source!r} {error}") from None


def _whole_words(pattern: str) -> str:
    """A pattern for whole words of a line; "^" is the beginning of the line."""
    at_begin = re.sub(r"(?<![\[\\])\^", "(?<=^ )", pattern)
    return rf" (?:{at_begin})(?!\S)"


def _any_of(words: Collection[str]) -> str:
    """A pattern for one of the words, the longest first."""
    return f"(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})"


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
        A missing column; a lexicon that cannot be read, or of one's own whose patterns take more than ten seconds
        and a millisecond for each unit.

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
    columns = (frame[name].to_list() for name in ("policy_id", "sentence_id", "section", "kind", "text"))
    units = zip(*columns, strict=True)
    for (*unit, kind, text), (line, hits) in zip(units, _search(frame["text"], words), strict=True):
        if hits:
            starts, ends = _places(line, fold(text))
        for start, end, term, friend in hits:
            a, b = starts[start], ends[end]
            rows.append((*unit, words.categories[term], term, text[a:b], a, b, friend, kind))
    return frame_of_rows(rows, _FOUND)


def _line(text: str) -> str:
    """The tokens of a text in lower case, with a space before each."""
    if "[" in text:  # a token may contain a space, see `tokenize`
        return _line_of_tokens(text)
    return "".join(map(_LINE_OF.__getitem__, text.split()))


def _line_of_tokens(text: str) -> str:
    return "".join(f" {token}" for token, _ in tokenize(fold(text)))


_LINE_OF = WordCache(_line_of_tokens)  # pieces of text between spaces recur


def _search(texts: Collection[str], lexicon: HedgeLexicon) -> Iterator[tuple[str, list[_Hit]]]:
    """The line of each text and its vague terms."""
    end_by = math.inf if lexicon.is_shipped else time.monotonic() + SECONDS + SECONDS_A_TEXT * len(texts)
    for text in texts:
        line = _line(text)
        yield line, _find(line, lexicon, end_by)


def _find(line: str, lexicon: HedgeLexicon, end_by: float) -> list[_Hit]:
    """The vague terms of a line, each with the first kind of false friend that covers it."""
    hits = []
    covered: dict[str, list[tuple[str, dict[int, int]]]] = {}  # term -> its false friends in the line
    for match in lexicon.any_term.finditer(line):
        term = lexicon.terms[match.group()[1:].replace("-", " ")]
        if term not in covered:
            covered[term] = [
                (friend[0], _covered(friend, line, end_by)) for friend in lexicon.friends_of[term]
            ]
        start, end = match.span()
        kinds = (kind for kind, ends in covered[term] if end <= ends.get(start, -1))
        hits.append((start, end, term, next(kinds, "")))
    return hits


def _covered(friend: tuple[str, str, Any], line: str, end_by: float) -> dict[int, int]:
    """Each place inside a match of the pattern -> the end of the match."""
    kind, source, pattern = friend
    limit = {} if end_by == math.inf else {"timeout": max(end_by - time.monotonic(), 1e-6)}
    try:
        matches = pattern.finditer(line, **limit)
        return {place: match.end() for match in matches for place in range(*match.span())}
    except TimeoutError:
        raise ValueError(
            f"lexicon: the pattern {source!r} of the false friends {kind!r} has too many ways to match "
            f"({line[:60].strip()!r} ...); avoid repeats inside repeats"
        ) from None


def _places(line: str, text: str) -> tuple[dict[int, int], dict[int, int]]:
    """Where tokens start and where they end: place in the line -> place in the text."""
    starts, ends = {}, {}
    in_line = in_text = 0
    for token in line.split():
        starts[in_line] = text.index(token, in_text)
        in_text = starts[in_line] + len(token)
        in_line += len(token) + 1
        ends[in_line] = in_text
    return starts, ends


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
    check_choice("false_friends", false_friends, ("counted", "left_out"))
    words = load_hedge_lexicon(lexicon)
    frame = in_reading_order(sentences, columns=["section", "kind"], kinds=kinds)
    policy_of, policies = pd.factorize(frame["policy_id"], use_na_sentinel=False)
    is_sentence = (frame["kind"] == "sentence").to_numpy(dtype=bool)
    categories = [*dict.fromkeys(words.categories.values()), "all"]
    place = {term: categories.index(category) for term, category in words.categories.items()}
    texts = frame["text"].to_list()
    hits = [
        (unit, column, friend != "")
        for unit, (_, found) in enumerate(_search(texts, words))
        for *_, term, friend in found
        for column in (place[term], len(categories) - 1)  # its category, and "all"
    ]
    unit, category, is_friend = np.array(hits, dtype="int64").reshape(-1, 3).T
    is_counted = (is_friend == 0) | (false_friends == "counted")
    row = policy_of[unit] * len(categories) + category
    in_sentence = np.flatnonzero(is_counted & is_sentence[unit])
    _, once = np.unique((unit * len(categories) + category)[in_sentence], return_index=True)
    n_words = np.bincount(policy_of, [*map(count_words, texts)], len(policies)).astype("int64")
    n_sentences = np.bincount(policy_of[is_sentence], minlength=len(policies))
    n_rows = len(policies) * len(categories)
    columns: dict[str, Any] = {
        "policy_id": policies.repeat(len(categories)),
        "category": categories * len(policies),
        "n": np.bincount(row[is_counted], minlength=n_rows),
        "n_words": n_words.repeat(len(categories)),
        "n_sentences_with": np.bincount(row[in_sentence[once]], minlength=n_rows),
        "n_sentences": n_sentences.repeat(len(categories)),
        "n_false_friends": np.bincount(row[is_friend == 1], minlength=n_rows),
    }
    with np.errstate(divide="ignore", invalid="ignore"):  # 0 of 0 is NaN
        columns["per_hundred"] = 100 * columns["n"] / columns["n_words"]
        columns["share_sentences"] = columns["n_sentences_with"] / columns["n_sentences"]
    return typed_frame(columns, _VAGUENESS)
