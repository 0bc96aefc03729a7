"""Collocations: pairs of words that occur together more often than chance."""

from collections import Counter
from collections.abc import Collection, Iterable
from itertools import chain, pairwise

import pandas as pd

from policytools._frames import check_number, frame_of_rows, in_reading_order
from policytools.measures.terms import nothing_left, stop_word_set
from policytools.text.tokens import word_runs

_COLLOCATIONS = {
    "term": "str", "n": "int64", "n_first": "int64", "n_second": "int64", "n_pairs": "int64",
    "log_likelihood": "float64", "pmi": "float64", "t_score": "float64", "n_policies": "int64",
}  # fmt: skip


def collocations(
    sentences: pd.DataFrame,
    *,
    stop_words: str | Collection[str] | None = "english",
    exclude: Iterable[str] = (),
    kinds: Collection[str] | None = None,
    min_count: int = 1,
) -> pd.DataFrame:
    """Pairs of neighbouring words that occur together more often than the frequency of each word predicts.

    All sentences are counted together; filter the frame for one policy's collocations.

    Parameters
    ----------
    sentences : DataFrame
        As in `term_frequencies`.
    stop_words, exclude, kinds
        As in `term_frequencies`. Pairs with a stop word are not listed, but their words count in the margins.
    min_count : int
        Least occurrences of a pair. PMI is high for pairs that occur once; ask for more before ranking by it.

    Returns
    -------
    DataFrame
        One row for each pair, by log_likelihood descending, term: term (str, "third parties"), n (int), n_first
        (pairs with that first word), n_second (pairs with that second word), n_pairs (all pairs of neighbours),
        log_likelihood, pmi, t_score (float), n_policies (int, policies with the pair).

    Raises
    ------
    ValueError
        No pair is left.

    Notes
    -----
    By NLTK's ``BigramAssocMeasures`` on (n, (n_first, n_second), n_pairs), with E = n_first n_second / n_pairs::

        log_likelihood = 2 sum O ln(O / E) over the four cells
        pmi            = log2(n / E)         t_score = (n - E) / sqrt(n)

    log_likelihood has no sign: where pmi is below 0 the pair is rarer than expected.

    References
    ----------
    Dunning (1993), as in `keyness`. Church, K. W. & Hanks, P. (1990). Word association norms, mutual information,
    and lexicography. Computational Linguistics 16(1), 22-29. Manning, C. D. & Schütze, H. (1999). Foundations of
    statistical natural language processing, chapter 5. MIT Press.

    Examples
    --------
    >>> sentences = pd.DataFrame({"policy_id": "a", "sentence_id": [0, 1],
    ...                           "text": ["Third parties and partners", "third parties keep data"]})
    >>> collocations(sentences)[["term", "n", "n_first", "n_second", "n_pairs", "pmi"]].round(2)
                term  n  n_first  n_second  n_pairs   pmi
    0  third parties  2        2         2        6  1.58
    1      keep data  1        1         1        6  2.58
    2   parties keep  1        2         1        6  1.58
    """
    # Imported here, because importing NLTK is slow.
    from nltk.metrics.association import BigramAssocMeasures as Measures

    check_number("min_count", min_count, 1, whole=True)
    stop = stop_word_set(stop_words)
    names = exclude if isinstance(exclude, str) else list(exclude)
    frame = in_reading_order(sentences, kinds=kinds)
    pairs: dict[tuple[str, str], Counter[str]] = {}
    first, second = Counter[str](), Counter[str]()
    for policy, (_, found) in zip(frame["policy_id"], word_runs(frame["text"], exclude=names), strict=True):
        for one, two in chain.from_iterable(pairwise(run) for _, run in found):
            pairs.setdefault((one, two), Counter())[policy] += 1
            first[one] += 1
            second[two] += 1
    n_pairs = first.total()
    rows = []
    for (one, two), by_policy in pairs.items():
        n = by_policy.total()
        if n >= min_count and one not in stop and two not in stop:
            marginals = (n, (first[one], second[two]), n_pairs)
            scores = [
                score(*marginals) for score in (Measures.likelihood_ratio, Measures.pmi, Measures.student_t)
            ]
            rows.append((f"{one} {two}", n, first[one], second[two], n_pairs, *scores, len(by_policy)))
    if len(frame) and not rows:
        raise nothing_left(stop_words=stop_words, exclude=names, kinds=kinds, min_count=min_count)
    rows.sort(key=lambda row: (-row[5], row[0]))
    return frame_of_rows(rows, _COLLOCATIONS)
