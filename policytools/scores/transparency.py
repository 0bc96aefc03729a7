"""How transparent each vendor is with its readers: scores on fixed scales, with what is measured and what is chosen."""

import numpy as np
import pandas as pd

from policytools._frames import frame_of_rows
from policytools.corpus.corpus import Corpus
from policytools.scores.score_draws import Scores, scores_of

_TRANSPARENCY = {
    "policy_id": "str", "dimension": "str", "score": "float64", "counted": "float64", "low": "float64", "high": "float64",
    "choice_low": "float64", "choice_high": "float64", "state": "str",
}  # fmt: skip


def transparency(corpus: Corpus | Scores, **options: object) -> pd.DataFrame:
    """Score of each policy on each dimension and overall, 0 to 1; higher is more transparent.

    Parameters
    ----------
    corpus : Corpus or Scores
        Policies, or the result of `score_draws` for them (then without further options).
    options
        Those of `score_draws`.

    Returns
    -------
    DataFrame
        One row for each policy and dimension, "overall" last: policy_id, dimension (str), score (posterior mean),
        counted (from the codes as they are), low, high (interval of what is measured, under the stated choices),
        choice_low, choice_high (the middle of the scores under drawn choices), state (str): "exact" (a measure of this
        text, without error), "estimated" (from codes, or for other texts) or "undefined" (NaN: for example a policy
        without sentences).

    Raises
    ------
    ValueError
        As `score_draws`.

    Notes
    -----
    *Measured*: whether a policy tells an item, given codes that may be wrong. *Chosen*: weights, formula, checklist,
    aggregation and segmentation; their range is no probability. `dimension_table` gives the anchors of each dimension,
    `docs/the-score-model.md` the formulas, `compare_scores` the differences, `score_evidence` the sentences.

    A policy's score and interval depend only on that policy.

    References
    ----------
    Nardo, M. et al. (2008). Handbook on Constructing Composite Indicators. OECD & JRC. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({
    ...     "policy_id": ["a", "b"],
    ...     "text": ["We use cookies. We keep your data for 30 days.", "We like printers."]}))
    >>> found = transparency(corpus, dimensions=["readability"], draws=100)
    >>> found.loc[found["dimension"] == "readability", ["policy_id", "score", "state"]]
      policy_id  score  state
    0         a    1.0  exact
    2         b    1.0  exact
    """
    scores = scores_of(corpus, options)
    points = scores.point().T
    by_dimension = [_rows(scores, name, point) for name, point in zip(scores.names, points)]
    return frame_of_rows([row for of_policy in zip(*by_dimension) for row in of_policy], _TRANSPARENCY)


def _rows(scores: Scores, dimension: str, point: np.ndarray) -> list[tuple]:
    """The rows of one dimension, one for each policy."""
    low, high = quantiles(scores.drawn(dimension), scores.tail)
    choice_low, choice_high = quantiles(scores.choice_draws(dimension), scores.tail)
    centre = scores.centre(dimension)
    low, high = (
        np.minimum(low, centre),
        np.maximum(high, centre),
    )  # few items: a mean can be outside the quantiles
    known = "estimated" if scores.errors(dimension) else "exact"
    state = np.where(np.isnan(centre), "undefined", known)
    return list(zip(
        scores.policy_ids, [dimension] * len(state), centre, point, low, high, choice_low, choice_high, state
    ))  # fmt: skip


def quantiles(draws: np.ndarray, tail: float) -> tuple[np.ndarray, np.ndarray]:
    """The quantiles `tail` and 1 - `tail` of each row of draws."""
    low, high = np.quantile(draws, [tail, 1 - tail], axis=1)
    return low, high
