"""Ranks of the policies: sets that hold all true ranks together."""

import numpy as np
import pandas as pd

from policytools._frames import frame_of_rows
from policytools.corpus.corpus import Corpus
from policytools.scores.pairs import pairs_of
from policytools.scores.score_draws import Scores, scores_of

_RANKS = {"policy_id": "str", "dimension": "str", "rank_low": "Int64", "rank_high": "Int64"}


def score_ranks(corpus: Corpus | Scores, **options: object) -> pd.DataFrame:
    """The ranks that each policy can have on each dimension and overall; 1 is the most transparent.

    Parameters
    ----------
    corpus : Corpus or Scores
        Policies, or the result of `score_draws` for them (then without further options).
    options
        Those of `score_draws`.

    Returns
    -------
    DataFrame
        One row for each policy and dimension, "overall" last: policy_id, dimension (str), rank_low, rank_high (Int64: best
        and worst rank of the set; NA where the score is undefined, and such a policy takes no rank from others).

    Raises
    ------
    ValueError
        As `score_draws`.

    Notes
    -----
    With b policies that are ahead of a policy by the adjusted intervals of `compare_scores`, w that are behind it, and n
    policies, the set is 1 + b to n - w. The intervals hold for all pairs together, so the sets hold the true ranks of all
    policies together (Mogstad, Romano, Shaikh & Wilhelm 2024).

    References
    ----------
    Mogstad, M., Romano, J. P., Shaikh, A. M. & Wilhelm, D. (2024). Inference for ranks with applications to mobility
    across neighbourhoods and academic achievement across countries. Review of Economic Studies 91(1), 476-518.
    https://doi.org/10.1093/restud/rdad006

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a", "b"], "text": ["We use cookies.", "We use cookies."]}))
    >>> score_ranks(corpus, dimensions=["coverage: all"], draws=100)[["rank_low", "rank_high"]].values.tolist()
    [[1, 2], [1, 2], [1, 2], [1, 2]]
    """
    scores = scores_of(corpus, options)
    by_dimension = [_rows(scores, name) for name in scores.names]
    return frame_of_rows([row for of_policy in zip(*by_dimension) for row in of_policy], _RANKS)


def _rows(scores: Scores, dimension: str) -> list[tuple]:
    pairs, ids = pairs_of(scores, dimension), scores.policy_ids
    first, second = np.triu_indices(len(ids), 1)
    ahead = pairs.separated & (pairs.difference > 0)
    behind = pairs.separated & (pairs.difference < 0)
    better = np.bincount(second, ahead, len(ids)) + np.bincount(first, behind, len(ids))
    worse = np.bincount(first, ahead, len(ids)) + np.bincount(second, behind, len(ids))
    defined = ~np.isnan(scores.centre(dimension))
    return [
        (policy, dimension, 1 + int(b) if known else pd.NA, int(defined.sum() - w) if known else pd.NA)
        for policy, b, w, known in zip(ids, better, worse, defined)
    ]


def ranks(scores: np.ndarray) -> np.ndarray:
    """Rank of each policy (row) in each draw (column): 1 is the highest score, NaN where there is none.

    Examples
    --------
    >>> ranks(np.array([[0.5], [0.9], [0.5], [np.nan]]))[:, 0].tolist()
    [2.0, 1.0, 2.0, nan]
    """
    better = (scores[None, :, :] > scores[:, None, :]).sum(axis=1)
    return np.where(np.isnan(scores), np.nan, 1 + better)
