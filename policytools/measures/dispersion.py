"""Dispersion: how evenly a term is spread over a corpus, and where in the policies its occurrences are."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable

import numpy as np
import pandas as pd

from policytools._frames import check_number, frame_of_rows, in_reading_order
from policytools.measures.terms import (
    Document,
    check_length,
    merge_stems,
    ngram_sizes,
    ngrams,
    nothing_left,
    stop_word_set,
)
from policytools.text.tokens import word_runs

_DISPERSION = {
    "policy_id": "str", "term": "str", "n": "int64", "n_words": "int64", "n_parts": "int64", "n_parts_with": "int64",
    "dp": "float64", "dp_norm": "float64",
}  # fmt: skip


def dispersion(
    sentences: pd.DataFrame,
    *,
    parts: str | int,
    ngram: int | Collection[int] = 1,
    stop_words: str | Collection[str] | None = "english",
    stem: bool = False,
    exclude: Iterable[str] = (),
    kinds: Collection[str] | None = None,
    min_count: int = 1,
) -> pd.DataFrame:
    """How unevenly each term is spread over a policy: Gries' deviation of proportions, 0 is even.

    Parameters
    ----------
    sentences : DataFrame
        As in `term_frequencies`; section (str) if ``parts="section"``.
    parts : "section" or int
        The policy's sections (units under the same heading), or so many equal runs of words. DP depends on
        the parts, so none is the default.
    ngram, stop_words, stem, exclude, kinds
        As in `term_frequencies`.
    min_count : int
        Least occurrences of a term in a policy. A term that occurs once is in one part only, whatever it is.

    Returns
    -------
    DataFrame
        One row for each policy and term, by policy_id, n descending, term: policy_id, term (str), n, n_words,
        n_parts, n_parts_with (int, parts with the term), dp, dp_norm (float; NaN where the policy has one part
        only, or fewer words than parts).

    Raises
    ------
    ValueError
        `parts` is neither; `ngram` is longer than any sentence; no term is left.

    Notes
    -----
    With s_i the share of the words that part i holds, v_i the share of the term's occurrences in part i::

        dp = 1/2 sum |v_i - s_i|        dp_norm = dp / (1 - min s_i)

    An n-gram belongs to the part of its first word.

    References
    ----------
    Gries, S. Th. (2008). Dispersions and adjusted frequencies in corpora. International Journal of Corpus
    Linguistics 13(4), 403-437. doi:10.1075/ijcl.13.4.02gri. Lijffijt, J. & Gries, S. Th. (2012). Correction. 17(1),
    147-149. doi:10.1075/ijcl.17.1.08lij

    Examples
    --------
    >>> sentences = pd.DataFrame({"policy_id": "a", "sentence_id": [0, 1], "section": ["Use", "Sharing"],
    ...                           "text": ["data data data", "data partners"]})
    >>> dispersion(sentences, parts="section")[["term", "n", "n_parts_with", "dp", "dp_norm"]].round(2)
           term  n  n_parts_with    dp  dp_norm
    0      data  4             2  0.15     0.25
    1  partners  1             1  0.60     1.00
    """
    by_section = parts == "section"
    if not by_section and (isinstance(parts, bool) or not isinstance(parts, int) or parts < 2):
        raise ValueError(f"parts: must be 'section' or a whole number from 2, not {parts!r}")
    check_number("min_count", min_count, 1, whole=True)
    stop, sizes = stop_word_set(stop_words), ngram_sizes(ngram)
    names = exclude if isinstance(exclude, str) else list(exclude)
    frame = in_reading_order(sentences, columns=["section"] if by_section else [], kinds=kinds)
    runs = word_runs(frame["text"], exclude=names)
    check_length(sizes, runs)
    total: Counter[str] = Counter()  # words of each policy
    for policy, (n_words, _) in zip(frame["policy_id"], runs, strict=True):
        total[policy] += n_words

    part_words: dict[str, Counter[Hashable]] = {}
    counts: dict[Document, Counter[str]] = {}
    before: Counter[str] = Counter()  # words of the policy before this sentence
    sections = frame["section"] if by_section else [""] * len(frame)
    for policy, section, (n_words, found) in zip(frame["policy_id"], sections, runs, strict=True):
        first = before[policy]
        if by_section:
            part_of: list[Hashable] = [section] * n_words
        else:
            part_of = [place * int(parts) // total[policy] for place in range(first, first + n_words)]
        part_words.setdefault(policy, Counter()).update(part_of)
        for place, gram in ngrams(found, sizes, stop):
            counts.setdefault((policy, part_of[place]), Counter())[gram] += 1
        before[policy] += n_words
    if len(frame) and not counts:
        raise nothing_left(ngram=ngram, stop_words=stop_words, exclude=names, kinds=kinds)
    if stem:
        counts = merge_stems(counts)
    rows: list[tuple] = []
    for policy, words in part_words.items():
        n_parts = len(words) if by_section else int(parts)
        in_parts = [counts.get((policy, part), Counter()) for part in words]
        rows += _policy_rows(policy, np.array(list(words.values())), in_parts, n_parts, min_count)
    return frame_of_rows(rows, _DISPERSION)


def _policy_rows(
    policy: str, words: np.ndarray, in_parts: list[Counter[str]], n_parts: int, min_count: int
) -> list[tuple]:
    """The rows of one policy, from the words of each part that has any, and the terms of these parts."""
    total: Counter[str] = Counter()
    for counter in in_parts:
        total.update(counter)
    terms = sorted(
        (term for term in total if total[term] >= min_count), key=lambda term: (-total[term], term)
    )
    observed = np.array([[counter[term] for counter in in_parts] for term in terms]).reshape(
        len(terms), len(words)
    )
    n, n_words = observed.sum(axis=1), words.sum()
    dp = dp_norm = np.full(len(terms), np.nan)
    if len(words) == n_parts > 1:
        s = words / n_words
        dp = np.abs(observed / n[:, None] - s).sum(axis=1) / 2
        dp_norm = dp / (1 - s.min())
    n_parts_with = (observed > 0).sum(axis=1)
    return [
        (policy, term, n[i], n_words, n_parts, n_parts_with[i], dp[i], dp_norm[i])
        for i, term in enumerate(terms)
    ]
