"""Figures of the scores of transparency, and of what moves their ranking."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from policytools.plots.panels import Bands, beside, grouped, plain_rows
from policytools.plots.style import COLORS, axes, check, check_highlight, explain, key, told

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_profile(
    transparency: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    population: pd.DataFrame | None = None,
    highlight: Iterable[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Scores of each dimension with their intervals.

    Parameters
    ----------
    transparency : DataFrame
        policy_id, dimension, score, low, high (0 to 1).
    policies : DataFrame
        `Corpus.policies`.
    population : DataFrame, optional
        dimension, q25, q50, q75: the reference population's quartiles, drawn behind.
    highlight : iterable of str, optional
        policy_id of those named beyond 20 policies; default: the lowest, middle and highest mean of the dimensions.
    ax : Axes, optional
        To draw on; by default a figure of its own, as wide as the `style` in force and as high as its rows need.

    Returns
    -------
    Axes

    Examples
    --------
    >>> policies = pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]})
    >>> result = pd.DataFrame({"policy_id": ["a", "b"], "dimension": "currency", "score": [1.0, 0.5], "low": [0.5, 0.0],
    ...                        "high": [1.0, 1.0]})
    >>> ax = plot_profile(result, policies=policies)
    """
    check(transparency, ["policy_id", "dimension", "score", "low", "high"], "plot_profile", policies)
    chosen = check_highlight(highlight, policies, "plot_profile")
    dimensions = [str(d) for d in dict.fromkeys(transparency["dimension"])]
    groups = {d: d.replace("_", " ") for d in dimensions}
    bands: Bands = {}
    if population is not None:
        for row in population.to_dict("records"):
            if row["dimension"] in groups:
                bands[row["dimension"]] = (row["q25"], row["q50"], row["q75"])
    long = transparency.rename(columns={"dimension": "group", "score": "value"})
    mean = long.groupby("policy_id")["value"].mean()
    ax = grouped(ax, transparency, long, groups, mean, chosen, policies, bands,
                  texts=lambda row: f"{row['value']:.2f}", digits="{:.2f}")  # fmt: skip
    ax.set_xlabel("score (fixed scale: 0 worst, 1 best anchor)")
    if bands:
        explain(ax, "Grey band: middle half of the reference population, line in it: its median.")
    return ax


def plot_factors(sensitivity: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Sobol indices of each choice, first order and total, with their intervals; the largest total on top.

    Parameters
    ----------
    sensitivity : DataFrame
        One row for each factor: factor, first_order, first_low, first_high, total, total_low, total_high.
    ax : Axes, optional
        To draw on; by default a figure of its own, as wide as the `style` in force and as high as its rows need.

    Returns
    -------
    Axes

    Examples
    --------
    >>> moves = pd.DataFrame({"factor": ["weights", "coding"], "first_order": [0.4, 0.2], "first_low": [0.3, 0.1],
    ...                       "first_high": [0.5, 0.3], "total": [0.7, 0.5], "total_low": [0.6, 0.4], "total_high": [0.8, 0.6]})
    >>> ax = plot_factors(moves)
    """
    from matplotlib.lines import Line2D

    wanted = ["factor", "first_order", "first_low", "first_high", "total", "total_low", "total_high"]
    check(sensitivity, wanted, "plot_factors")
    ranked = sensitivity.sort_values(["total", "factor"], ascending=[False, True]).reset_index(drop=True)
    ax = axes(ax, ranked, lines=2.2 * len(ranked))
    handles = []
    for shift, kind, label, marker, color in (
        (-0.17, "first", "alone (first order)", "o", COLORS[0]),
        (0.17, "total", "with its interactions (total)", "s", COLORS[1]),
    ):
        column = "first_order" if kind == "first" else "total"
        ax.hlines(ranked.index + shift, ranked[f"{kind}_low"], ranked[f"{kind}_high"], color=color)
        ax.plot(ranked[column], ranked.index + shift, linestyle="", marker=marker, color=color)
        handles.append((Line2D([], [], marker=marker, color=color), label))
        for y, (value, high) in enumerate(zip(ranked[column], ranked[f"{kind}_high"], strict=True)):
            beside(ax, f"{round(value, 2) + 0.0:.2f}", max(value, high), y + shift)
    plain_rows(ax, list(ranked["factor"].str.replace("_", " ")))
    ax.set_ylim(len(ranked) - 0.45, -0.55)
    ax.axvline(0, color="#BBBBBB", linewidth=0.8, zorder=0)
    ax.margins(x=0.1)
    ax.set_xlabel("share of the variance of the ranks")
    key(ax, handles)  # type: ignore[arg-type]
    explain(ax, "Lines: 95 % intervals.")
    told[ax] = "Two marks for each choice; total: " + ", ".join(
        f"{row['factor'].replace('_', ' ')} {row['total']:.2f}" for row in ranked.to_dict("records")
    )
    return ax
