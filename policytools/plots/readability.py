"""Figures of readability, and of what other ways to cut sentences would give."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from policytools.plots.panels import (
    beside,
    explain_many,
    highlight_looks,
    listed,
    n_note,
    over_all,
    over_all_lines,
    overlaid,
    point,
    policy_rows,
    typical,
)
from policytools.plots.style import (
    MANY,
    MARKERS,
    axes,
    check,
    check_highlight,
    count,
    explain,
    key,
    looks,
    marker_size,
    told,
)
from policytools.tables import names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FORMULAS = {
    "flesch_reading_ease": "Flesch reading ease (0 to 100; higher is easier)",
    "flesch_kincaid_grade": "Flesch-Kincaid grade (US school years)",
    "smog_index": "SMOG grade (US school years)",
    "gunning_fog": "Gunning fog index (US school years)",
    "coleman_liau_index": "Coleman-Liau index (US school years)",
    "automated_readability_index": "automated readability index (US school years)",
    "dale_chall_readability_score": "Dale-Chall score",
    "lix": "LIX",
    "rix": "RIX",
    "reading_minutes": "reading time (minutes)",
}


def plot_readability(
    readability: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    formula: str = "flesch_kincaid_grade",
    highlight: Iterable[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """One value of each policy as a dot, with its interval where the frame has low and high.

    Parameters
    ----------
    readability : DataFrame
        policy_id and the formula's column (or any other number); optional ``low`` and ``high``, ends of a 95 %
        interval.
    policies : DataFrame
        `Corpus.policies`.
    formula : str
        The column to draw.
    highlight : iterable of str, optional
        policy_id of those named beyond 20 policies; default: those with the lowest, middle and highest value.
    ax : Axes, optional
        To draw on; by default a figure of its own, as wide as the `style` in force and as high as its rows need.

    Returns
    -------
    Axes

    Examples
    --------
    >>> policies = pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]})
    >>> values = pd.DataFrame({"policy_id": ["a", "b"], "flesch_kincaid_grade": [14.2, 12.9], "low": [13.5, 12.1],
    ...                        "high": [15.0, 13.6]})
    >>> plot_readability(values, policies=policies).get_xlabel()
    'Flesch-Kincaid grade (US school years)'
    """
    check(readability, ["policy_id", formula], "plot_readability", policies)
    chosen = check_highlight(highlight, policies, "plot_readability")
    labels = names(policies)
    value = readability.set_index("policy_id")[formula].astype(float)
    digits = ".2f" if value.abs().max() < 2 else ".1f"
    columns = ["policy_id", *(end for end in ("low", "high") if end in readability)]
    rows_of = readability[columns].assign(value=readability[formula]).to_dict("records")
    if len(policies) > MANY:
        ranked = chosen or typical(value)
        styles = highlight_looks(ranked)
        by_id = {row["policy_id"]: row for row in rows_of}
        rows = [{**by_id[p], "name": labels[p], "look": styles[p]} for p in ranked if p in by_id]
        ax = axes(ax, readability, lines=over_all_lines(len(rows)))
        over_all(ax, rows, value, texts=lambda x: f"{x:{digits}}")
        explain_many(ax, len(value.dropna()), chosen, intervals=False)
        told[ax] = (
            f"Distribution of {count(len(value.dropna()))}, {listed(value[ranked], labels, '{:' + digits + '}')}"
        )
    else:
        ax = axes(ax, readability, lines=1.75 * len(labels))
        places, styles = policy_rows(ax, labels), looks(policies)
        for row in rows_of:
            y = places[row["policy_id"]]
            point(ax, row, y, styles[row["policy_id"]])
            end = row["high"] if not pd.isna(row.get("high", np.nan)) else row["value"]
            beside(ax, f"{row['value']:{digits}}", end, y, color="black")
        ax.margins(x=0.12)
        explain(ax, n_note(value.notna().sum()))
        told[ax] = f"A dot for each policy: {listed(value, labels, '{:' + digits + '}')}"
    if {"low", "high"} <= set(columns):
        explain(ax, "Lines: 95 % intervals.")
    ax.set_xlabel(_FORMULAS.get(formula, formula.replace("_", " ")))
    return ax


def plot_sensitivity(
    sensitivity: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    formula: str = "flesch_kincaid_grade",
    highlight: Iterable[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """What other ways to cut sentences would give: a line of marks for each policy, one for each choice.

    Parameters
    ----------
    sensitivity : DataFrame
        policy_id, choice (the first one is the package's own), and the formula's column.
    policies : DataFrame
        `Corpus.policies`.
    formula : str
        The column to draw.
    highlight : iterable of str, optional
        policy_id of those named beyond 20 policies; default: the lowest, middle and highest by the first choice.
    ax : Axes, optional
        To draw on; by default a figure of its own, as wide as the `style` in force and as high as its rows need.

    Returns
    -------
    Axes

    Examples
    --------
    >>> policies = pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]})
    >>> choices = pd.DataFrame({"policy_id": ["a", "b"] * 2, "choice": ["sentences"] * 2 + ["every line a sentence"] * 2,
    ...                         "flesch_kincaid_grade": [14.2, 12.9, 11.0, 12.1]})
    >>> plot_sensitivity(choices, policies=policies).get_xlabel()
    'Flesch-Kincaid grade (US school years)'
    """
    from matplotlib.lines import Line2D

    check(sensitivity, ["policy_id", "choice", formula], "plot_sensitivity", policies)
    chosen = check_highlight(highlight, policies, "plot_sensitivity")
    labels = names(policies)
    choices = [str(choice) for choice in dict.fromkeys(sensitivity["choice"])]
    if len(policies) > MANY:
        long = sensitivity.rename(columns={"choice": "group", formula: "value"})[
            ["policy_id", "group", "value"]
        ]
        first = long[long["group"] == choices[0]].set_index("policy_id")["value"]
        limits = (float(long["value"].min()), float(long["value"].max()))
        ax = overlaid(
            ax,
            sensitivity,
            long,
            dict(zip(choices, choices, strict=True)),
            first,
            chosen,
            labels,
            limits=limits,
        )
    else:
        ax = axes(ax, sensitivity, lines=1.75 * len(labels))
        rows, handles = policy_rows(ax, labels), []
        for i, choice in enumerate(choices):
            part = sensitivity[sensitivity["choice"] == choice]
            mark: dict[str, Any] = {
                "linestyle": "",
                "marker": MARKERS[i % len(MARKERS)],
                "color": "black",
                "markerfacecolor": "white" if i else "black",
                "markersize": marker_size() * (1 if i else 1.25),
            }
            ax.plot(part[formula], [rows[p] for p in part["policy_id"]], zorder=3 if i else 4, **mark)
            handles.append((Line2D([], [], **mark), choice))
        for policy_id, part in sensitivity.groupby("policy_id"):
            y = rows[str(policy_id)]
            ax.plot(
                [part[formula].min(), part[formula].max()], [y, y], color="#BBBBBB", linewidth=1, zorder=1
            )
        ax.margins(x=0.06)
        key(ax, handles)
        explain(ax, n_note(sensitivity["policy_id"].nunique()))
        spread = sensitivity.groupby("policy_id")[formula].agg(lambda x: x.max() - x.min())
        told[ax] = (
            f"A line for each policy with a mark for each of {len(choices)} choices: {', '.join(choices)}. "
            f"From lowest to highest choice they differ by: {listed(spread, labels, '{:.1f}')}"
        )
    ax.set_xlabel(_FORMULAS.get(formula, formula.replace("_", " ")))
    return ax
