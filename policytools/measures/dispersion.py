"""Dispersion: how evenly a term is spread over a corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable

import numpy as np
import pandas as pd

from policytools._frames import in_reading_order, typed_frame
from policytools.measures.terms import (
    _check_length,
    _Document,
    _grams,
    _merge_stems,
    _nothing_left,
    _sizes,
    _stop_set,
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
    stop = _stop_set(stop_words)
    names = list(exclude) if not isinstance(exclude, str) else exclude
    frame = in_reading_order(sentences, columns=["section"] if by_section else [], kinds=kinds)
    runs = word_runs(frame["text"], exclude=names)
    sizes = _sizes(ngram)
    _check_length(sizes, runs)
    total = Counter[str]()
    for policy, (words, _) in zip(frame["policy_id"], runs):
        total[policy] += words

    part_words: dict[str, Counter[Hashable]] = {}
    counts: dict[_Document, Counter[str]] = {}
    before: Counter[str] = Counter()  # words of the policy before this sentence
    sections = frame["section"] if by_section else [""] * len(frame)
    for policy, section, (words, found) in zip(frame["policy_id"], sections, runs):
        part_of = _parting(section if by_section else None, before[policy], parts, total[policy])
        sizes_of = part_words.setdefault(policy, Counter())
        sizes_of.update([section] * words if by_section else [part_of(i) for i in range(words)])
        for place, gram in _grams(found, sizes, stop):
            counts.setdefault((policy, part_of(place)), Counter())[gram] += 1
        before[policy] += words
    if len(frame) and not counts:
        raise _nothing_left(ngram=ngram, stop_words=stop_words, exclude=names, kinds=kinds)
    if stem:
        counts = _merge_stems(counts)
    rows = [
        row
        for policy in part_words
        for row in _dispersion_rows(policy, part_words[policy], counts, parts, min_count)
    ]
    return typed_frame(dict(zip(_DISPERSION, zip(*rows))) or dict.fromkeys(_DISPERSION, ()), _DISPERSION)


def _parting(section: str | None, before: int, parts: str | int, n_words: int) -> Callable[[int], Hashable]:
    """Which part the i-th word of a sentence is in."""
    if section is not None:
        return lambda i: section
    return lambda i: (before + i) * int(parts) // n_words


def _dispersion_rows(
    policy: str,
    words: Counter[Hashable],
    counts: dict[_Document, Counter[str]],
    parts: str | int,
    min_count: int,
) -> list[tuple]:
    keys = [key for key, n in words.items() if n]
    n_words = sum(words.values())
    n_parts = len(keys) if parts == "section" else int(parts)
    in_part = [counts.get((policy, key), Counter()) for key in keys]
    total: Counter[str] = Counter()
    for counter in in_part:
        total.update(counter)
    terms = sorted(
        (term for term, n in total.items() if n >= min_count), key=lambda term: (-total[term], term)
    )
    if not terms:
        return []
    observed = np.array([[counter[term] for counter in in_part] for term in terms], dtype="float64")
    n = observed.sum(axis=1)
    s = np.array([words[key] for key in keys]) / n_words
    dp = dp_norm = np.full(len(terms), np.nan)
    if len(keys) == n_parts and n_parts > 1:
        dp = np.abs(observed / n[:, None] - s).sum(axis=1) / 2
        dp_norm = dp / (1 - s.min())
    with_term = (observed > 0).sum(axis=1)
    return [
        (policy, term, int(n[i]), n_words, n_parts, int(with_term[i]), dp[i], dp_norm[i])
        for i, term in enumerate(terms)
    ]
