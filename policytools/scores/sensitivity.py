"""Sensitivity of the ranking: how much of its variance each choice and each error explains."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from policytools._frames import frame_of_rows
from policytools._statistics import stream
from policytools.corpus.corpus import Corpus
from policytools.scores.compare import quantiles
from policytools.scores.ranks import ranks
from policytools.scores.score_draws import Scores, scores_of

_SOBOL = {
    "output": "str", "policy_id": "str", "factor": "str", "first_order": "float64", "first_low": "float64",
    "first_high": "float64", "total": "float64", "total_low": "float64", "total_high": "float64", "variance": "float64",
}  # fmt: skip
_ALTERNATIVES = {
    "choice": "str", "option": "str", "stated": "bool", "policy_id": "str", "score": "float64", "shift": "float64",
    "rank": "Int64", "rank_shift": "Int64", "mean_rank_shift": "float64",
}  # fmt: skip
_RESAMPLES = 200


def ranking_sensitivity(corpus: Corpus | Scores, **options: object) -> pd.DataFrame:
    """Sobol indices: the share of the ranking's variance that each choice and each error explains.

    Parameters
    ----------
    corpus, options
        As in `transparency`.

    Returns
    -------
    DataFrame
        One row for each output and factor: output ("rank_shift": mean distance of the policies' ranks from those under
        the stated choices; "rank" and "score": of one policy), policy_id (str, "" for rank_shift), factor (str:
        "weights", "sentences", "coding" or a choice), first_order, first_low, first_high, total, total_low, total_high,
        variance (float; of the output). NaN where the output does not vary.

    Notes
    -----
    first_order is the share of the variance that is gone if only this factor is fixed; total is the share that stays
    if all other factors are fixed. Their difference is the factor's interaction with others. With f(A), f(B) the
    outputs of two independent samples, f(AB_i) that of A with factor i taken from B, and V the variance::

        first_order = mean((f(B) - m) (f(AB_i) - f(A))) / V       total = mean((f(A) - f(AB_i))^2) / 2V

    with m the mean of f(B), which reduces the variance of the estimate.

    All weights are one factor, and so are all sentences and all codes. A is the draws, B the same draws rotated by
    half their number. low and high are 95 % intervals of the estimates from 200 resamples of the draws; an estimate
    can be below 0 by chance. `one_at_a_time` shows the single options of a factor.

    References
    ----------
    Jansen, M. J. W. (1999). Analysis of variance designs for model output. doi:10.1016/S0010-4655(98)00154-4.
    Saltelli, A. et al. (2010). Variance based sensitivity analysis of model output. doi:10.1016/j.cpc.2009.09.018

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> from policytools.scores.score_draws import score_draws
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a", "b"], "text": [
    ...     "Last updated: May 25, 2018. We will tell you by e-mail if this policy changes.", "We like printers."]}))
    >>> scores = score_draws(corpus, dimensions=["currency", "readability"], draws=200)
    >>> moves = ranking_sensitivity(scores).query("output == 'rank_shift'")
    >>> moves["factor"].tolist()
    ['weights', 'formula', 'segmentation', 'aggregation', 'sentences', 'coding']
    """
    scores = scores_of(corpus, options)
    a = dict(scores.chosen)
    b = {name: np.roll(values, scores.draws // 2, axis=-1) for name, values in a.items()}
    reference = ranks(scores.point()[:, -1:].round(12))[:, 0]
    resample = stream(scores.seed, "sensitivity").integers(scores.draws, size=(_RESAMPLES, scores.draws))
    # Weights of the draws in each resample, so that all resampled means are one matrix product.
    weights = np.zeros((_RESAMPLES, scores.draws))
    np.add.at(weights, (np.arange(_RESAMPLES)[:, None], resample), 1 / scores.draws)

    of_a, of_b = _outputs(scores, a, reference), _outputs(scores, b, reference)
    factors = [name for name in ("weights", *scores.choices, "sentences", "coding") if name in a]
    mixed = {factor: _outputs(scores, {**a, factor: b[factor]}, reference) for factor in factors}
    rows = []
    for output, values in of_a.items():
        variance = np.concatenate([values, of_b[output]]).var()
        for factor, outputs in mixed.items():
            apart = outputs[output] - values
            first = _estimate((of_b[output] - of_b[output].mean()) * apart, variance, weights)
            total = _estimate(apart**2 / 2, variance, weights)
            rows.append((*output, factor, *first, *total, variance))
    return frame_of_rows(rows, _SOBOL)


def _outputs(
    scores: Scores, chosen: Mapping[str, np.ndarray], reference: np.ndarray
) -> dict[tuple[str, str], np.ndarray]:
    """Output and policy -> its value in each draw; `reference` are the ranks under the stated choices."""
    overall = np.broadcast_to(scores.overall(chosen), (len(scores.policy_ids), scores.draws)).round(12)
    drawn_ranks = ranks(overall)
    ranked = ~np.isnan(reference)
    shift = np.abs(drawn_ranks - reference[:, None])[ranked]
    mean_shift = shift.mean(axis=0) if ranked.any() else np.full(scores.draws, np.nan)
    outputs = {("rank_shift", ""): mean_shift}
    outputs |= {("rank", policy_id): row for policy_id, row in zip(scores.policy_ids, drawn_ranks)}
    outputs |= {("score", policy_id): row for policy_id, row in zip(scores.policy_ids, overall)}
    return outputs


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
    corpus, options
        As in `transparency`.

    Returns
    -------
    DataFrame
        One row for each option and policy: choice, option (str), stated (bool: the option that the scores use),
        policy_id (str), score, shift (float, against the stated choices), rank, rank_shift (Int64), mean_rank_shift
        (float, over the policies). The choices are the same as in `transparency`, and "weights": equal ones without one
        dimension, or one dimension alone.

    Raises
    ------
    ValueError
        As `transparency`.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a", "b"], "text": [
    ...     "Last updated: May 25, 2018. We will tell you by e-mail if this policy changes.", "We like printers."]}))
    >>> found = one_at_a_time(corpus, dimensions=["currency", "readability"], draws=200)
    >>> found.query("choice == 'weights' and policy_id == 'b'")[["option", "score", "rank"]].round(2)
                    option  score  rank
    1            as stated    0.5     2
    3     without currency    1.0     1
    5  without readability    0.0     2
    7       currency alone    0.0     2
    9    readability alone    1.0     1
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
    if len(scores.dimensions) > 1:
        yield "weights", "as stated", True, stated[:, -1]
        for place, name in enumerate(scores.dimensions):
            without = np.where(np.arange(len(scores.weights)) == place, 0, scores.weights)
            if without.sum() > 0:
                overall = scores.point(weights=without / without.sum())[:, -1]
                yield "weights", f"without {name}", False, overall
        for place, name in enumerate(scores.dimensions):
            yield "weights", f"{name} alone", False, stated[:, place]
    for choice, options in scores.choices.items():
        for number, option in enumerate(options):
            yield choice, option, number == 0, scores.point({choice: number})[:, -1]
