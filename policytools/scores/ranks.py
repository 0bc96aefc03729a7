"""Ranks of the policies, and how probable each rank is."""

import numpy as np
import pandas as pd

from policytools._frames import frame_of_rows
from policytools.corpus.corpus import Corpus
from policytools.scores.score_draws import Scores, scores_of

_RANKS = {"policy_id": "str", "dimension": "str", "rank": "int64", "probability": "float64"}


def rank_probabilities(
    corpus: Corpus | Scores, *, dimension: str = "overall", **options: object
) -> pd.DataFrame:
    """Probability that each policy takes each rank; equal scores share the better rank.

    Parameters
    ----------
    corpus, options
        As in `transparency`.
    dimension : str
        A dimension or "overall".

    Returns
    -------
    DataFrame
        One row for each policy and rank: policy_id, dimension (str), rank (int), probability (float). A policy
        whose score is not defined has probability NaN.

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
    >>> rank_probabilities(scores, dimension="currency").query("rank == 1")[["policy_id", "probability"]].round(1)
      policy_id  probability
    0         a          1.0
    2         b          0.0
    """
    scores = scores_of(corpus, options)
    rows = []
    for policy_id, drawn in zip(scores.policy_ids, ranks(scores.drawn(dimension))):
        for rank in range(1, len(scores.policy_ids) + 1):
            probability = np.nan if np.isnan(drawn).any() else (drawn == rank).mean()
            rows.append((policy_id, dimension, rank, probability))
    return frame_of_rows(rows, _RANKS)


def ranks(scores: np.ndarray) -> np.ndarray:
    """Rank of each policy (row) in each draw (column): 1 is the highest score, NaN where there is none.

    Examples
    --------
    >>> ranks(np.array([[0.5], [0.9], [0.5], [np.nan]]))[:, 0].tolist()
    [2.0, 1.0, 2.0, nan]
    """
    better = (scores[None, :, :] > scores[:, None, :]).sum(axis=1)
    return np.where(np.isnan(scores), np.nan, 1 + better)
