"""Choices that another researcher might have made otherwise: their options, weights, and draws of all of them.

A choice is not an error. Its draws say how far a result depends on it (`share_of_choices`), never how probable it is.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from policytools._files import PACKAGE, read_csv
from policytools._frames import check_frame
from policytools._statistics import stream
from policytools._wording import listed

AGGREGATION = ("arithmetic", "geometric")
WEIGHTINGS_FILE = PACKAGE / "resources" / "weightings.csv"
_GEOMETRIC_FLOOR = 0.1


def load_weightings(path: str | Path = WEIGHTINGS_FILE) -> pd.DataFrame:
    """Weightings that readers of different kinds hold, each with its reason.

    Parameters
    ----------
    path : path
        A CSV file with the same columns; the shipped one by default.

    Returns
    -------
    DataFrame
        One row for each weighting and dimension: weighting, dimension (str), weight (float, 0 or more; scaled to sum 1
        when it is used), reason (str). The shipped ones are "equal", "regulator" and "reader".

    Raises
    ------
    ValueError
        A column is missing, a weight is below 0 or a row occurs twice.

    Examples
    --------
    >>> load_weightings()["weighting"].unique().tolist()
    ['equal', 'regulator', 'reader']
    """
    table = read_csv(Path(path))
    if "weight" in table:
        table["weight"] = pd.to_numeric(table["weight"]).astype("float64")
    return check_weightings(table)


def check_weightings(table: pd.DataFrame) -> pd.DataFrame:
    """The table itself; ValueError if a column is missing, a weight is below 0 or a row occurs twice."""
    columns = ["weighting", "dimension", "weight", "reason"]
    table = check_frame(table, "weightings", columns, unit=columns[:2], numbers=["weight"])[columns]
    sums = table.groupby("weighting")["weight"].sum()
    if not (table["weight"] >= 0).all() or not (sums > 0).all():
        raise ValueError("weightings: weights must be 0 or more, and not all 0 in a weighting")
    return table


def stated_weights(
    weights: Mapping[str, float] | None, names: Sequence[str], default: Mapping[str, float] | None = None
) -> np.ndarray:
    """The weights of the dimensions in their order, with sum 1; those of `default`, else equal ones."""
    if weights is None:
        weights = default or dict.fromkeys(names, 1.0)
    if odd := sorted(set(weights) ^ set(names)):
        raise ValueError(
            f"weights: give one for each dimension and no other; these do not match: {listed(odd)}"
        )
    given = np.array([weights[name] for name in names], dtype="float64")
    if not (given >= 0).all() or not 0 < given.sum() < np.inf:
        raise ValueError(f"weights: must be 0 or more, and not all 0, not {dict(weights)}")
    return given / given.sum()


def draw_choices(
    choices: Mapping[str, Sequence[str]],
    names: Sequence[str],
    weights: np.ndarray,
    weightings: pd.DataFrame | None,
    *,
    concentration: float,
    draws: int,
    seed: int,
) -> dict[str, np.ndarray]:
    """Choice -> number of its option in each draw; "weights" -> (dimensions, draws) where two or more have a weight.

    Notes
    -----
    Weights are drawn from a Dirichlet distribution with the parameters concentration x K x weight, for K dimensions
    with a weight, or from the table of weightings, each equally often.
    """
    chosen = {
        choice: stream(seed, "choice", choice).integers(len(options), size=draws)
        for choice, options in choices.items()
    }
    rng = stream(seed, "choice", "weights")
    if weightings is not None:
        table = weightings.pivot(index="weighting", columns="dimension", values="weight").fillna(0)
        if odd := sorted(set(map(str, table)) - set(names)):
            raise ValueError(f"weightings: no such dimension is scored: {listed(odd)}")
        held = table.reindex(columns=list(names), fill_value=0.0).to_numpy()
        held = held / held.sum(axis=1, keepdims=True)
        chosen["weights"] = held[rng.integers(len(held), size=draws)].T
    elif (n := int((weights > 0).sum())) > 1:
        gammas = rng.standard_gamma(
            np.broadcast_to(concentration * n * weights[:, None], (len(names), draws))
        )
        chosen["weights"] = gammas / gammas.sum(axis=0)
    return chosen


def aggregate(scores: np.ndarray, weights: np.ndarray, how: np.ndarray | int) -> np.ndarray:
    """Weighted mean of dimensions, (policies, dimensions, draws) -> (policies, draws); `how` 0 arithmetic, 1 geometric.

    Notes
    -----
    In a geometric mean a strong dimension makes up less for a weak one. A single score of 0 would make it 0, so it
    is computed for 0.1 + 0.9 s and mapped back to 0 to 1.

    Examples
    --------
    >>> two = np.array([[[0.0], [1.0]]])
    >>> aggregate(two, np.array([[0.5], [0.5]]), 0).round(3).tolist(), aggregate(two, np.array([[0.5], [0.5]]), 1).round(3).tolist()
    ([[0.5]], [[0.24]])
    """
    scores = np.where(weights > 0, scores, 0)  # a dimension without weight may be undefined
    arithmetic = (scores * weights).sum(axis=1)
    rest = 1 - _GEOMETRIC_FLOOR
    if not np.any(how):
        return arithmetic
    logs = (np.log(_GEOMETRIC_FLOOR + rest * scores) * weights).sum(axis=1)
    return np.where(np.asarray(how) == 0, arithmetic, np.clip((np.exp(logs) - _GEOMETRIC_FLOOR) / rest, 0, 1))
