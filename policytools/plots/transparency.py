"""Figures of the scores of transparency, and of the choices that change their ranking."""

from collections.abc import Iterable

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from policytools._frames import check_frame
from policytools.plots import panels, style
from policytools.plots.style import COLORS, note


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
        policy_id, dimension, score, low, high (0 to 1: the interval of what is measured); if there, choice_low and
        choice_high: the range of the choices.
    policies : DataFrame
        `Corpus.policies`.
    population : DataFrame, optional
        dimension, q25, q50, q75: the reference population's quartiles, drawn behind.
    highlight : iterable of str, optional
        policy_id or vendor of those to name if there are more than 20 policies; default: the lowest, middle and highest
        mean of the dimensions.
    ax : Axes, optional
        To draw on; default: a new figure, as wide as the `style` in use and as high as its rows need.

    Returns
    -------
    Axes

    Examples
    --------
    >>> policies = pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]})
    >>> result = pd.DataFrame({"policy_id": ["a", "b"], "dimension": "vagueness", "score": [1.0, 0.5], "low": [0.5, 0.0],
    ...                        "high": [1.0, 1.0]})
    >>> ax = plot_profile(result, policies=policies)
    """
    columns = ["policy_id", "dimension", "score", "low", "high"]
    transparency, labels, chosen = style.check_input(
        transparency, "transparency", columns, policies, highlight
    )
    groups = {str(name): str(name).replace("_", " ") for name in dict.fromkeys(transparency["dimension"])}
    bands: dict[str, panels.Band] = {}
    if population is not None:
        population = check_frame(population, "population", ["dimension", "q25", "q50", "q75"])
        for row in population.to_dict("records"):
            if row["dimension"] in groups:
                bands[row["dimension"]] = (row["q25"], row["q50"], row["q75"])
    values = transparency.rename(columns={"dimension": "group", "score": "value"})
    mean = values.groupby("policy_id")["value"].mean()
    lines = "Lines: 95 % intervals."
    if "choice_low" in values:
        lines = "Thick lines: 95 % intervals of what is measured; thin lines: the middle 95 % of the choices."
    data = panels.GroupedValues(
        transparency, values, groups, labels, chosen, mean, ".2f", bands, intervals=lines
    )
    ax = panels.plot_groups(ax, data, policies, text_of=lambda row: f"{row['value']:.2f}")
    ax.set_xlabel("score (fixed scale: 0 worst, 1 best anchor)")
    if bands:
        note(ax, "Grey band: middle half of the reference population, line in it: its median.")
    return ax


def plot_factors(sensitivity: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Sobol indices of each choice, first order and total, with their intervals; the largest total on top.

    Parameters
    ----------
    sensitivity : DataFrame
        One row for each factor: factor, first_order, first_low, first_high, total, total_low, total_high.
    ax : Axes, optional
        To draw on; default: a new figure, as wide as the `style` in use and as high as its rows need.

    Returns
    -------
    Axes

    Examples
    --------
    >>> moves = pd.DataFrame({"factor": ["weights", "coding"], "first_order": [0.4, 0.2], "first_low": [0.3, 0.1],
    ...                       "first_high": [0.5, 0.3], "total": [0.7, 0.5], "total_low": [0.6, 0.4], "total_high": [0.8, 0.6]})
    >>> ax = plot_factors(moves)
    """
    columns = ["factor", "first_order", "first_low", "first_high", "total", "total_low", "total_high"]
    sensitivity = check_frame(sensitivity, "sensitivity", columns, unit=["factor"], numbers=columns[1:])
    ranked = sensitivity.sort_values(["total", "factor"], ascending=[False, True], ignore_index=True)
    ax = style.prepare_axes(ax, ranked, lines=2.2 * len(ranked))
    handles, labels = [], ["alone (first order)", "with its interactions (total)"]
    for shift, column, interval, marker, color in (
        (-0.17, "first_order", "first", "o", COLORS[0]),
        (0.17, "total", "total", "s", COLORS[1]),
    ):
        low, high = ranked[f"{interval}_low"], ranked[f"{interval}_high"]
        ax.hlines(ranked.index + shift, low, high, color=color)
        ax.plot(ranked[column], ranked.index + shift, linestyle="", marker=marker, color=color)
        handles.append(Line2D([], [], marker=marker, color=color))
        for y, (value, end) in enumerate(zip(ranked[column], high, strict=True)):
            text = f"{round(value, 2) + 0.0:.2f}"  # 0.00, never -0.00
            panels.write_beside(ax, text, max(value, end), y + shift)
    factors = list(ranked["factor"].str.replace("_", " "))
    panels.label_rows(ax, factors)
    ax.set_ylim(len(ranked) - 0.45, -0.55)
    ax.axvline(0, color="#BBBBBB", linewidth=0.8, zorder=0)
    ax.margins(x=0.1)
    ax.set_xlabel("share of the variance of the differences")
    style.add_legend(ax, handles, labels)
    note(ax, "Lines: 95 % intervals.")
    totals = (f"{factor} {total:.2f}" for factor, total in zip(factors, ranked["total"], strict=True))
    style.descriptions[ax] = f"Two marks for each choice; total: {', '.join(totals)}"
    return ax
