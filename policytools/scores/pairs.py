"""Differences of all pairs of policies on one dimension: intervals by themselves, and for all pairs together."""

from dataclasses import dataclass

import numpy as np

from policytools._statistics import step_down
from policytools.scores.dimensions import Dimension
from policytools.scores.score_draws import Scores, section_draws

_EQUAL = 1e-9


@dataclass(frozen=True)
class Pairs:
    """One value for each pair, in the order of `numpy.triu_indices`.

    Attributes
    ----------
    difference, low, high, p_ahead, adjusted_low, adjusted_high : array of float
        As in `compare_scores`.
    sd, critical : array of float
        Standard deviation of the difference, and how many of them the adjusted interval reaches to each side.
    same, separated : array of bool
        0 in every draw; the adjusted interval does not hold 0.
    """

    difference: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p_ahead: np.ndarray
    adjusted_low: np.ndarray
    adjusted_high: np.ndarray
    sd: np.ndarray
    critical: np.ndarray
    same: np.ndarray

    @property
    def separated(self) -> np.ndarray:
        return (self.adjusted_low > _EQUAL) | (self.adjusted_high < -_EQUAL)


def pairs_of(scores: Scores, dimension: str) -> Pairs:
    """The pairs of one dimension or "overall"; computed once."""
    if ("pairs", dimension) not in scores.kept:
        scores.kept["pairs", dimension] = _pairs(scores, dimension)
    return scores.kept["pairs", dimension]


def _pairs(scores: Scores, dimension: str) -> Pairs:
    drawn, centre = scores.drawn(dimension), scores.centre(dimension)
    low, high, ahead, same = _own_intervals(drawn, scores.tail)
    difference = _differences(centre)
    low, high = (
        np.minimum(low, difference),
        np.maximum(high, difference),
    )  # few items: a mean outside the quantiles
    apart = drawn
    part = scores.parts.get(dimension)
    if not scores.errors(dimension) and isinstance(part, Dimension):
        # Exact for this text; whether another text would read alike is told by its sections.
        apart = section_draws(scores.frames, part, part.metric, draws=scores.draws, seed=scores.seed)
    sd, critical = step_down(apart, difference, scores.confidence)
    half = sd * critical
    return Pairs(
        difference, low, high, ahead, np.minimum(low, difference - half), np.maximum(high, difference + half),
        sd, critical, same,
    )  # fmt: skip


def _differences(values: np.ndarray) -> np.ndarray:
    first, second = np.triu_indices(len(values), 1)
    return (values[first] - values[second]).round(12)


def _own_intervals(drawn: np.ndarray, tail: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Interval of each difference, share of the draws in which the first is ahead, and whether it is always 0."""
    found: list[list[np.ndarray]] = [[np.empty(0)], [np.empty(0)], [np.empty(0)], [np.empty(0, dtype=bool)]]
    for i in range(len(drawn) - 1):
        apart = drawn[i] - drawn[i + 1 :]
        low, high = np.quantile(apart, [tail, 1 - tail], axis=1)
        ahead = ((apart > _EQUAL).mean(axis=1) + (apart >= -_EQUAL).mean(axis=1)) / 2
        ahead = np.where(np.isnan(low), np.nan, ahead)
        same = (np.abs(apart) <= _EQUAL).all(axis=1)
        for column, values in zip(found, (low.round(12), high.round(12), ahead, same)):
            column.append(values)
    low, high, ahead, same = map(np.concatenate, found)
    return low, high, ahead, same
