"""Figures of readability, and of readability under other ways to cut sentences."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from policytools._wording import counted
from policytools.plots import panels, style
from policytools.plots.style import MAX_ROWS, SHAPES, note
from policytools.tables import axis_label


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
        policy_id and the formula's column (or any other number); optional ``low`` and ``high``, ends of a 95
        % interval.
    policies : DataFrame
        `Corpus.policies`.
    formula : str
        The column to draw.
    highlight : iterable of str, optional
        policy_id or vendor of those to name if there are more than 20 policies; default: those with the lowest, middle
        and highest value.
    ax : Axes, optional
        To draw on; default: a new figure, as wide as the `style` in use and as high as its rows need.

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
    columns = ["policy_id", formula]
    readability, labels, chosen = style.check_input(
        readability, "readability", columns, policies, highlight, [formula]
    )
    ends = [end for end in ("low", "high") if end in readability]
    rows = readability[["policy_id", *ends]].assign(value=readability[formula]).to_dict("records")
    values = readability.set_index("policy_id")[formula].astype(float)
    digits = ".2f" if values.abs().max() < 2 else ".1f"
    n = int(values.notna().sum())
    if len(policies) > MAX_ROWS:
        shown = chosen or panels.lowest_middle_highest(values)
        by_id = {row["policy_id"]: row for row in rows}
        markers = style.highlight_markers(shown)
        named = [by_id[p] | {"name": labels[p], "marker": markers[p]} for p in shown if p in by_id]
        ax = style.prepare_axes(ax, readability, lines=panels.lines_above_histogram(len(named)))
        panels.rows_above_histogram(ax, named, values, digits)
        panels.note_distribution(ax, n, chosen, intervals=False)
        listed = panels.describe_values(values[shown], labels, digits)
        style.descriptions[ax] = f"Distribution of {counted(n, 'policy', 'policies')}, {listed}"
    else:
        ax = style.prepare_axes(ax, readability, lines=1.75 * len(labels))
        places, markers = panels.policy_rows(ax, labels), style.policy_markers(policies)
        for row in rows:
            y = places[row["policy_id"]]
            end = panels.draw_value(ax, row, y, markers[row["policy_id"]])
            panels.write_beside(ax, f"{row['value']:{digits}}", end, y, color="black")
        ax.margins(x=0.12)
        note(ax, style.sample_size(n))
        style.descriptions[ax] = f"A dot for each policy: {panels.describe_values(values, labels, digits)}"
    if len(ends) == 2:
        note(ax, "Lines: 95 % intervals.")
    ax.set_xlabel(axis_label(formula))
    return ax


def plot_sensitivity(
    sensitivity: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    formula: str = "flesch_kincaid_grade",
    highlight: Iterable[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Readability under other ways to cut sentences: a line for each policy, with a mark for each choice.

    Parameters
    ----------
    sensitivity : DataFrame
        policy_id, choice (the first one is the package's own), and the formula's column.
    policies : DataFrame
        `Corpus.policies`.
    formula : str
        The column to draw.
    highlight : iterable of str, optional
        policy_id or vendor of those to name if there are more than 20 policies; default: the lowest, middle and highest
        by the first choice.
    ax : Axes, optional
        To draw on; default: a new figure, as wide as the `style` in use and as high as its rows need.

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
    columns = ["policy_id", "choice", formula]
    sensitivity, labels, chosen = style.check_input(
        sensitivity, "sensitivity", columns, policies, highlight, [formula]
    )
    choices = {str(choice): str(choice) for choice in dict.fromkeys(sensitivity["choice"])}
    if len(policies) > MAX_ROWS:
        values = sensitivity[columns].set_axis(["policy_id", "group", "value"], axis=1)
        first = values[values["group"] == values["group"].iloc[0]].set_index("policy_id")["value"]
        limits = (float(values["value"].min()), float(values["value"].max()))
        data = panels.GroupedValues(sensitivity, values, choices, labels, chosen, first, limits=limits)
        ax = panels.plot_distributions(ax, data)
    else:
        ax = style.prepare_axes(ax, sensitivity, lines=1.75 * len(labels))
        _draw_choices(ax, sensitivity, list(choices), formula, panels.policy_rows(ax, labels))
        by_policy = sensitivity.groupby("policy_id")[formula]
        note(ax, style.sample_size(by_policy.ngroups))
        spread = panels.describe_values(by_policy.max() - by_policy.min(), labels, ".1f")
        style.descriptions[ax] = (
            f"A line for each policy with a mark for each of {len(choices)} choices: {', '.join(choices)}. "
            f"From lowest to highest choice they differ by: {spread}"
        )
    ax.set_xlabel(axis_label(formula))
    return ax


def _draw_choices(
    ax: Axes, sensitivity: pd.DataFrame, choices: list[str], formula: str, rows: dict[str, int]
) -> None:
    """A mark for each choice, the first one filled and larger, on a line from the lowest to the highest."""
    handles = []
    for number, choice in enumerate(choices):
        part = sensitivity[sensitivity["choice"] == choice]
        mark: dict[str, Any] = {
            "linestyle": "",
            "marker": SHAPES[number % len(SHAPES)],
            "color": "black",
            "markerfacecolor": "white" if number else "black",
            "markersize": style.marker_size() * (1 if number else 1.25),
        }
        ax.plot(part[formula], [rows[p] for p in part["policy_id"]], zorder=3 if number else 4, **mark)
        handles.append(Line2D([], [], **mark))
    for policy_id, values in sensitivity.groupby("policy_id")[formula]:
        y = rows[str(policy_id)]
        ax.plot([values.min(), values.max()], [y, y], color="#BBBBBB", linewidth=1, zorder=1)
    ax.margins(x=0.06)
    style.add_legend(ax, handles, choices)
