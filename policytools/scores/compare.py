"""Comparison of pairs of policies: differences of their scores, with intervals from common draws."""

from itertools import permutations

import numpy as np
import pandas as pd

from policytools._frames import frame_of_rows
from policytools.corpus.corpus import Corpus
from policytools.scores.score_draws import Scores, scores_of

_PAIRS = {
    "policy_id": "str", "other_id": "str", "dimension": "str", "probability": "float64", "difference": "float64",
    "low": "float64", "high": "float64", "tied": "bool",
}  # fmt: skip


def pairwise_probabilities(
    corpus: Corpus | Scores, *, dimension: str = "overall", **options: object
) -> pd.DataFrame:
    """Probability that one policy is more transparent than another; equal scores count half for each.

    Parameters
    ----------
    corpus, dimension, options
        As in `rank_probabilities`.

    Returns
    -------
    DataFrame
        One row for each ordered pair: policy_id, other_id, dimension (str), probability (float), difference (float:
        of the scores as counted), low, high (float: interval of the difference), tied (bool: the interval contains 0).

    Raises
    ------
    ValueError
        As `transparency`; a dimension that was not scored.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> from policytools.scores.score_draws import score_draws
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a", "b"], "text": [
    ...     "Last updated: May 25, 2018. We will tell you by e-mail if this policy changes.", "We like printers."]}))
    >>> scores = score_draws(corpus, dimensions=["currency"], draws=200)
    >>> pairs = pairwise_probabilities(scores, dimension="currency")
    >>> pairs[["policy_id", "other_id", "difference", "tied"]]
      policy_id other_id  difference  tied
    0         a        b         1.0  True
    1         b        a        -1.0  True
    """
    scores = scores_of(corpus, options)
    drawn = scores.drawn(dimension)
    point = scores.point()[:, [*scores.dimensions, "overall"].index(dimension)]
    low, high = difference_intervals(drawn, scores.tail)
    ids, rows = scores.policy_ids, []
    for i, j in permutations(range(len(ids)), 2):
        ahead = (np.sign(drawn[i] - drawn[j]) + 1) / 2  # 1, or 0.5 where the two are equal
        tied = low[i, j] <= 0 <= high[i, j]
        rows.append(
            (ids[i], ids[j], dimension, ahead.mean(), point[i] - point[j], low[i, j], high[i, j], tied)
        )
    return frame_of_rows(rows, _PAIRS)


def difference_intervals(drawn: np.ndarray, tail: float) -> tuple[np.ndarray, np.ndarray]:
    """Interval of each difference, (policies, policies): the draws of the row's policy minus the column's."""
    intervals = [quantiles(of_policy - drawn, tail) for of_policy in drawn]
    low, high = np.reshape(intervals, (len(drawn), 2, len(drawn))).transpose(1, 0, 2)
    return low, high


def quantiles(draws: np.ndarray, tail: float, method: str = "linear") -> tuple[np.ndarray, np.ndarray]:
    """The quantiles `tail` and 1 - `tail` of each row of draws."""
    low, high = np.quantile(draws, [tail, 1 - tail], axis=1, method=method)  # type: ignore[call-overload]
    return low, high
