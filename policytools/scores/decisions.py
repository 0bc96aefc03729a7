"""What would change the answer on a pair: a weight, some codes, the error of the coders, or cells checked by a person."""

from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from policytools.scores.dimensions import Dimension
from policytools.scores.pairs import Pairs
from policytools.scores.score_draws import Scores

DECISIONS = {
    "break_even_dimension": "str", "break_even_weight": "float64", "codes_to_change": "Int64", "changed_items": "str",
    "separating_error_rate": "float64", "cells_to_check": "Int64",
}  # fmt: skip


def decision_columns(scores: Scores, dimension: str, pairs: Pairs) -> dict[str, Any]:
    """The columns of `DECISIONS`, one value for each pair; missing where they do not apply."""
    n = len(pairs.difference)
    columns: dict[str, Any] = {
        "break_even_dimension": np.full(n, "", dtype=object), "break_even_weight": np.full(n, np.nan),
        "codes_to_change": pd.array([pd.NA] * n, dtype="Int64"), "changed_items": np.full(n, "", dtype=object),
        "separating_error_rate": np.full(n, np.nan), "cells_to_check": pd.array([pd.NA] * n, dtype="Int64"),
    }  # fmt: skip
    if dimension == "overall":
        columns["break_even_dimension"], columns["break_even_weight"] = break_even(scores)
    items, step = _items_of(scores, dimension)
    if len(items) and n:
        columns |= _codes(scores, dimension, pairs, items, step)
    return columns


def break_even(scores: Scores) -> tuple[np.ndarray, np.ndarray]:
    """For each pair the dimension, and its weight, at which the two are equal overall: the nearest to the stated weight.

    Notes
    -----
    With the difference d of the dimension and r that of the others at their weights, scaled to sum 1, the weight is
    r / (r - d); there is one where d and r have different signs. Of the arithmetic mean.
    """
    centres = np.stack([scores.centre(name) for name in scores.dimensions], 1)
    first, second = np.triu_indices(len(centres), 1)
    apart = centres[first] - centres[second]
    best, where, at = (
        np.full(len(apart), np.inf),
        np.full(len(apart), "", dtype=object),
        np.full(len(apart), np.nan),
    )
    weighted = np.where(scores.weights > 0, apart, 0) * scores.weights
    for place, name in enumerate(scores.dimensions):
        weight = scores.weights[place]
        if not 0 < weight < 1:
            continue
        rest = (weighted.sum(axis=1) - weighted[:, place]) / (1 - weight)
        with np.errstate(divide="ignore", invalid="ignore"):
            needed = rest / (rest - apart[:, place])
        nearer = (rest * apart[:, place] < 0) & (np.abs(needed - weight) < best)
        best[nearer], where[nearer] = np.abs(needed - weight)[nearer], name
        at[nearer] = needed[nearer]
    return where, at


def _items_of(scores: Scores, dimension: str) -> tuple[list[int], float]:
    """Places of the items that a dimension counts, and how much one of them moves its score."""
    weight = 1.0
    if dimension == "overall":
        used = [(name, part, w) for (name, part), w in zip(scores.parts.items(), scores.weights) if w > 0]
        lists = [
            (name, w)
            for name, part, w in used
            if isinstance(part, Dimension) and part.from_frame == "coverage"
        ]
        if len(lists) != 1:  # of two checklists a code can be in both
            return [], 0.0
        [(dimension, weight)] = lists
    part = scores.parts[dimension]
    if scores.truth is None or not isinstance(part, Dimension) or part.from_frame != "coverage":
        return [], 0.0
    items = scores.frames.codebook.checklists[part.metric.removeprefix("coverage: ")]
    places = [scores.truth.codes.items.index(item) for item in items]
    return places, weight / len(places) if places else 0.0


def _codes(scores: Scores, dimension: str, pairs: Pairs, items: list[int], step: float) -> dict[str, Any]:
    """codes_to_change, changed_items, separating_error_rate and cells_to_check."""
    assert scores.truth is not None  # otherwise there are no items
    codes = scores.truth.codes
    code, key, told = codes.code[:, items] == 1, codes.key[:, items], scores.truth.probability[:, items]
    numbers = np.unique(key.astype(str), return_inverse=True)[1].reshape(key.shape)
    point = scores.point()[:, scores.names.index(dimension)]
    names = np.array([codes.items[place] for place in items], dtype=object)
    z2 = NormalDist().inv_cdf((1 + scores.confidence) / 2) ** 2
    to_change, changed, rates, to_check = [], [], [], []
    start = 0
    for i in range(len(code) - 1):
        others = slice(i + 1, None)
        place = slice(start, start + len(code) - 1 - i)
        start = place.stop
        counted = point[i] - point[others]
        shared = (numbers[i] == numbers[others]) & (code[i] == code[others])
        k = np.abs(counted) / step
        free = 2 * (~shared).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            q = k**2 / (z2 * free + 4 * k**2)
        rates.append(np.where(k > 0, (1 - np.sqrt(np.maximum(1 - 4 * q, 0))) / 2, 0.0 * k))
        # The first loses what it told, the second gains what it did not, or the other way round.
        first_ahead = (counted >= 0)[:, None]
        flips = np.hstack(
            [np.broadcast_to(code[i], shared.shape) == first_ahead, code[others] != first_ahead]
        )
        wrong = np.hstack([np.abs(code[i] - told[i])[None] + 0 * shared, np.abs(code[others] - told[others])])
        order = np.argsort(np.where(flips, -wrong, np.inf), axis=1, kind="stable")
        needed = np.ceil(k - 1e-9)
        to_change.append(np.where(needed <= flips.sum(axis=1), needed, np.nan))
        ids = (scores.policy_ids[i], scores.policy_ids[i + 1 :])
        changed += _named(names, order, to_change[-1], *ids)
        variance = np.hstack(
            [(told[i] * (1 - told[i]))[None] * ~shared, told[others] * (1 - told[others]) * ~shared]
        )
        to_check.append(_to_check(pairs, place, variance))
    return {
        "codes_to_change": pd.array(np.concatenate(to_change), dtype="Int64"),
        "changed_items": np.array(changed, dtype=object),
        "separating_error_rate": np.concatenate(rates),
        "cells_to_check": pd.array(np.concatenate(to_check), dtype="Int64"),
    }


def _named(
    names: np.ndarray, order: np.ndarray, needed: np.ndarray, policy_id: str, others: list[str]
) -> list[str]:
    """The codes to change, "item (policy)", joined by ", "."""
    return [
        "" if np.isnan(n) else ", ".join(
            f"{names[place % len(names)]} ({policy_id if place < len(names) else other})" for place in places[: int(n)]
        )
        for places, n, other in zip(order, needed, others)
    ]  # fmt: skip


def _to_check(pairs: Pairs, place: slice, variance: np.ndarray) -> np.ndarray:
    """How many cells, the least certain first, must be certain until the adjusted interval is clear of 0."""
    difference, reach = np.abs(pairs.difference[place]), (pairs.sd * pairs.critical)[place]
    total = variance.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        left = total * (difference / reach) ** 2
    rest = total[:, None] - np.sort(variance, axis=1)[:, ::-1].cumsum(axis=1)
    n = 1 + (rest >= left[:, None]).sum(axis=1)
    found = np.where(pairs.separated[place], 0.0, np.minimum(n, variance.shape[1]))
    return np.where(np.isnan(difference) | (difference <= 1e-9), np.nan, found)
