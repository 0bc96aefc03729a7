"""Sensitivity of the differences between policies: how much of their variance each choice and each error explains."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from policytools._frames import frame_of_rows
from policytools._statistics import stream
from policytools.corpus.corpus import Corpus
from policytools.scores.ranks import ranks
from policytools.scores.score_draws import Scores, scores_of
from policytools.scores.transparency import quantiles

_SOBOL = {
    "output": "str", "policy_id": "str", "other_id": "str", "factor": "str", "first_order": "float64",
    "first_low": "float64", "first_high": "float64", "total": "float64", "total_low": "float64", "total_high": "float64",
    "variance": "float64",
}  # fmt: skip
_ALTERNATIVES = {
    "choice": "str", "option": "str", "stated": "bool", "policy_id": "str", "score": "float64", "shift": "float64",
    "rank": "Int64", "rank_shift": "Int64", "mean_rank_shift": "float64",
}  # fmt: skip
_RESAMPLES = 200
_MOST_POLICIES = 12  # more pairs than theirs have no rows of their own


def ranking_sensitivity(corpus: Corpus | Scores, **options: object) -> pd.DataFrame:
    """Sobol indices: the share of the variance of overall differences that each choice and each error explains.

    Parameters
    ----------
    corpus : Corpus or Scores
        Policies, or the result of `score_draws` for them (then without further options).
    options
        Those of `score_draws`.

    Returns
    -------
    DataFrame
        One row for each output and factor: output ("all differences", or "difference" of one pair, for up to 12 policies),
        policy_id, other_id (str, "" for all differences), factor (str: "weights", a choice, or an error such as "codes"),
        first_order, first_low, first_high, total, total_low, total_high, variance (float; of the output, for all differences
        its mean over the pairs). NaN where the output does not vary. Policies whose overall score is undefined are left out.

    Raises
    ------
    ValueError
        As `score_draws`.

    Notes
    -----
    first_order is the share of the variance that is gone if only this factor is fixed; total is the share that stays
    if all other factors are fixed. Their difference is the factor's interaction with others. With f(A), f(B) the
    outputs of two independent samples, f(AB_i) that of A with factor i taken from B, and V the variance::

        first_order = mean((f(B) - m) (f(AB_i) - f(A))) / V       total = mean((f(A) - f(AB_i))^2) / 2V

    with m the mean of f(B), which reduces the variance of the estimate. For all differences numerators and variances are
    summed over the pairs (Gamboa et al. 2014).

    All weights are one factor, and so are all codes. A is the draws, B the same draws rotated by half their number. low
    and high are 95 % intervals of the estimates from 200 resamples of the draws; an estimate can be below 0 by chance.
    `one_at_a_time` shows the single options of a factor.

    References
    ----------
    Gamboa, F. et al. (2014). Sensitivity analysis for multidimensional and functional outputs. Electronic Journal of
    Statistics 8(1), 575-603. https://doi.org/10.1214/14-EJS895. Jansen, M. J. W. (1999). Analysis of variance designs for
    model output. doi:10.1016/S0010-4655(98)00154-4. Saltelli, A. et al. (2010). Variance based sensitivity analysis of
    model output. doi:10.1016/j.cpc.2009.09.018

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> from policytools.scores.score_draws import score_draws
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a", "b"], "text": [
    ...     "We use cookies. We keep your data for 30 days.", "We like printers."]}))
    >>> scores = score_draws(corpus, dimensions=["coverage: CalOPPA", "readability"], draws=200)
    >>> moves = ranking_sensitivity(scores).query("output == 'all differences'")
    >>> moves["factor"].tolist()
    ['weights', 'formula', 'segmentation', 'aggregation', 'codes']
    """
    scores = scores_of(corpus, options)
    factors = [
        *(["weights"] if "weights" in scores.chosen else []),
        *scores.choices,
        *scores.errors("overall"),
    ]
    a = {name: scores.chosen[name] for name in factors}
    b = {name: np.roll(values, scores.draws // 2, axis=-1) for name, values in a.items()}
    resample = stream(scores.seed, "sensitivity").integers(scores.draws, size=(_RESAMPLES, scores.draws))
    # Weights of the draws in each resample, so that all resampled means are one matrix product.
    weights = np.zeros((_RESAMPLES, scores.draws))
    np.add.at(weights, (np.arange(_RESAMPLES)[:, None], resample), 1 / scores.draws)
    of_a, of_b = _outputs(scores, a), _outputs(scores, b)
    known = ~np.isnan(of_a).any(axis=1)
    ids = [policy for policy, defined in zip(scores.policy_ids, known) if defined]
    of_a, of_b = of_a[known], of_b[known]
    mixed = {factor: _outputs(scores, {**a, factor: b[factor]})[known] for factor in factors}
    pairs = list(combinations(range(len(ids)), 2))
    outputs: list[tuple[str, str, str, list[int]]] = [("all differences", "", "", list(range(len(ids))))]
    if len(ids) <= _MOST_POLICIES:
        outputs += [("difference", ids[i], ids[j], [i, j]) for i, j in pairs]
    rows = []
    for *names, chosen in outputs:
        from_a, from_b = of_a[chosen], of_b[chosen]
        both = np.hstack([from_a, from_b])
        both = both - both.mean(axis=1, keepdims=True)
        n = max(len(chosen) * (len(chosen) - 1) // 2, 1)
        variance = float(_over_pairs(both, both).mean()) / n
        centred = from_b - from_b.mean(axis=1, keepdims=True)
        for factor, values in mixed.items():
            apart = values[chosen] - from_a
            first = _estimate(_over_pairs(centred, apart) / n, variance, weights)
            total = _estimate(_over_pairs(apart, apart) / n / 2, variance, weights)
            rows.append((*names, factor, *first, *total, variance if variance > 1e-18 else np.nan))
    return frame_of_rows(rows, _SOBOL)


def _outputs(scores: Scores, chosen: dict[str, np.ndarray]) -> np.ndarray:
    """Overall scores, (policies, draws)."""
    return np.broadcast_to(scores.scores_under("overall", chosen), (len(scores.policy_ids), scores.draws))


def _over_pairs(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Sum over the pairs of (x_i - x_j) (y_i - y_j) in each draw: n sum(x y) - sum(x) sum(y)."""
    return len(x) * (x * y).sum(axis=0) - x.sum(axis=0) * y.sum(axis=0)


def _estimate(terms: np.ndarray, variance: float, weights: np.ndarray) -> tuple[float, float, float]:
    """Mean of the terms divided by the variance, and the 95 % interval of its resamples."""
    if not variance > 1e-18:  # also NaN
        return np.nan, np.nan, np.nan
    low, high = quantiles((weights @ terms / variance)[None], 0.025)
    return float(terms.mean() / variance), float(low[0]), float(high[0])


def one_at_a_time(corpus: Corpus | Scores, **options: object) -> pd.DataFrame:
    """Overall score and rank of each policy if one choice is changed and the others are as stated.

    Parameters
    ----------
    corpus : Corpus or Scores
        Policies, or the result of `score_draws` for them (then without further options).
    options
        Those of `score_draws`.

    Returns
    -------
    DataFrame
        One row for each option and policy: choice, option (str), stated (bool: the option that the scores use),
        policy_id (str), score, shift (float, against the stated choices), rank, rank_shift (Int64), mean_rank_shift
        (float, over the policies). The choices are those of `score_draws`, and "weights": equal ones without one
        dimension, or one dimension alone.

    Raises
    ------
    ValueError
        As `transparency`.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a", "b"], "text": [
    ...     "We use cookies. We keep your data for 30 days.", "We like printers."]}))
    >>> found = one_at_a_time(corpus, dimensions=["coverage: CalOPPA", "readability"], draws=200)
    >>> found.query("choice == 'weights' and policy_id == 'b'")[["option", "score", "rank"]].round(2)
                            option  score  rank
    1                    as stated    0.5     2
    3    without coverage: CalOPPA    1.0     1
    5          without readability    0.0     2
    7      coverage: CalOPPA alone    0.0     2
    9            readability alone    1.0     1
    """
    scores = scores_of(corpus, options)
    stated = scores.point()[:, -1].round(12)
    stated_ranks = ranks(stated[:, None])[:, 0]
    rows = []
    for choice, option, is_stated, overall in _alternatives(scores):
        values = overall.round(12)
        rank = ranks(values[:, None])[:, 0]
        moved = rank - stated_ranks
        mean = np.nan if np.isnan(moved).all() else float(np.nanmean(np.abs(moved)))
        of_policies = zip(scores.policy_ids, values, values - stated, rank, moved)
        rows += [(choice, option, is_stated, *of_policy, mean) for of_policy in of_policies]
    return frame_of_rows(rows, _ALTERNATIVES)


def _alternatives(scores: Scores) -> Iterator[tuple[str, str, bool, np.ndarray]]:
    """Each option of each choice: its names, whether it is the stated one, the overall scores under it."""
    stated = scores.point()
    weighted = [place for place, weight in enumerate(scores.weights) if weight > 0]
    names = list(scores.dimensions)
    if len(weighted) > 1:
        yield "weights", "as stated", True, stated[:, -1]
        for place in weighted:
            without = np.where(np.arange(len(names)) == place, 0, scores.weights)
            yield (
                "weights",
                f"without {names[place]}",
                False,
                scores.point(weights=without / without.sum())[:, -1],
            )
        for place in weighted:
            yield "weights", f"{names[place]} alone", False, stated[:, place]
    for choice, options in scores.choices.items():
        for number, option in enumerate(options):
            yield choice, option, number == 0, scores.point({choice: number})[:, -1]
