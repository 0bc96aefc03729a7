"""Ways to draw one value of each policy, or one in each group of items, from two policies to hundreds.

A group is a dimension, a checklist, a family of items, a category. `plot_groups` chooses between a forest (a
block for each group, a line for each policy), columns (a column for each group), rows (a row for each group)
and `plot_distributions` (a histogram for each group, with some policies highlighted).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from policytools._wording import counted
from policytools.plots import style
from policytools.plots.style import GREY, MAX_MARKERS, MAX_ROWS, Marker, note
from policytools.plots.text_fitting import shorten, text_width

Band = tuple[float, float, float]  # lower end, middle, upper end of the values of a reference
Row = Mapping[Any, Any]  # value; optional low and high, the ends of its interval

RIGHT_EDGE: Any = ("axes fraction", "data")  # coordinates: x is 1 at the right edge of the Axes
HISTOGRAM_NOTE = (
    "Bars: number of policies. Under them: 10th to 90th percentile, thick the middle half; black: the median."
)


def label_rows(
    ax: Axes, labels: Sequence[str], *, at: Sequence[float] | None = None, max_lines: int = 2
) -> None:
    """Names at the left of the rows (0, 1, ... from the top), without ticks and spine.

    A name is broken or shortened to two fifths of the figure; beside many rows it has one line.
    """
    width = 0.4 * style.figure_width(ax)
    n_lines = max_lines if len(labels) <= MAX_MARKERS else 1
    shown = [shorten(name, width, style.font(), lines=n_lines) for name in labels]
    ax.set_yticks(range(len(labels)) if at is None else at, shown, parse_math=False)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)


def policy_rows(ax: Axes, labels: Mapping[str, str]) -> dict[str, int]:
    """Make one row for each policy, the manifest's first on top; returns the place of each."""
    label_rows(ax, list(labels.values()))
    ax.set_ylim(len(labels) - 0.4, -0.6)
    return {policy_id: row for row, policy_id in enumerate(labels)}


def draw_value(
    ax: Axes, row: Row, y: float, marker: Marker, *, scale: Callable[[float], float] = float
) -> float:
    """Draw a value as a marker, its interval as a line with ends; returns the right end of both.
    The ends are drawn, so that an interval is seen under the marker and in grey print. A thin line goes from choice_low to
    choice_high, and the line of the interval is thick beside it.
    """
    color, shape = marker
    choice_low, choice_high = row.get("choice_low", np.nan), row.get("choice_high", np.nan)
    if not (pd.isna(choice_low) or pd.isna(choice_high)):
        ax.plot([scale(choice_low), scale(choice_high)], [y, y], color=color, linewidth=0.8, zorder=1)
    low, high = row.get("low", np.nan), row.get("high", np.nan)
    if not (pd.isna(low) or pd.isna(high)):
        size = 0.8 * style.marker_size()
        thick: dict[str, Any] = {} if pd.isna(choice_low) else {"linewidth": 3, "solid_capstyle": "butt"}
        ax.plot(
            [scale(low), scale(high)], [y, y], color=color, marker="|", markersize=size, zorder=2, **thick
        )
    edge: dict[str, Any] = {"markeredgecolor": "white", "markeredgewidth": 0.4}
    ax.plot([scale(row["value"])], [y], linestyle="", color=color, marker=shape, zorder=3, **edge)
    return float(np.nanmax([row["value"], high, choice_high]))


def write_beside(
    ax: Axes, text: str, x: float, y: float, *, color: str = GREY, offset: float = 0.55, **options: Any
) -> None:
    """A small text at the right of a mark, `offset` widths of a letter away."""
    ax.annotate(
        text, (x, y), xytext=(offset, 0), textcoords="offset fontsize", va="center", color=color,
        fontsize=style.small_size(), parse_math=False, **options,
    )  # fmt: skip


def percent_ticks(ax: Axes) -> None:
    """Ticks in per cent, with as many decimals as they have."""
    ax.xaxis.set_major_formatter(lambda value, _: f"{round(100 * value, 4) + 0.0:g}%")


def reference_band(ax: Axes, band: Band, top: float, bottom: float) -> None:
    """The values of a reference behind the rows: a grey band with its middle."""
    low, middle, high = band
    ax.fill_betweenx([top, bottom], low, high, color="#ECECEC", zorder=-2, linewidth=0)
    ax.plot([middle] * 2, [top, bottom], color="#999999", linewidth=1, zorder=-1, solid_capstyle="butt")


def stacked_bars(
    ax: Axes, table: pd.DataFrame, rows: Mapping[str, int], looks: Iterable[dict[str, Any]], height: float
) -> list[Patch]:
    """Draw a bar for each row of the table, with a part for each column; returns the patches for a legend."""
    left = pd.Series(0.0, index=table.index)
    patches = []
    for column, look in zip(table, looks):
        part = table[column].dropna()
        ax.barh([rows[p] for p in part.index], part, left=left[part.index], height=height, **look)
        patches.append(Patch(**look))
        left[part.index] += part
    return patches


def histogram(
    ax: Axes, values: pd.Series, y: float, height: float, limits: tuple[float, float] | None = None
) -> tuple[float, float]:
    """Draw a histogram on the line y, quantiles and median under it; returns middle and n of the highest bar.

    It has 8 to 30 bars of equal width, by the rule of Freedman and Diaconis; with `limits` at least 20.
    """
    values = values.dropna()
    if values.empty:
        return np.nan, 0
    low, high = limits or (values.min(), values.max())
    if low == high:
        low, high = low - 0.5, high + 0.5
    n_bars = len(np.histogram_bin_edges(values, "fd", (low, high))) - 1 if values.nunique() > 1 else 8
    edges = np.linspace(low, high, int(np.clip(n_bars, 20 if limits else 8, 30)) + 1)
    n, _ = np.histogram(values, edges)
    ax.bar(
        edges[:-1], -height * n / n.max(), bottom=y, width=np.diff(edges), align="edge", color="#BEBEBE",
        linewidth=0.3, edgecolor="white", zorder=1,
    )  # fmt: skip
    q10, q25, q50, q75, q90 = values.quantile([0.1, 0.25, 0.5, 0.75, 0.9])
    under = y + 0.1 * height
    for start, end, width in ((q10, q90, 0.8), (q25, q75, 3)):
        ax.plot([start, end], [under] * 2, color=GREY, linewidth=width, zorder=2, solid_capstyle="butt")
    ax.plot([q50, q50], [y - 0.02 * height, y + 0.2 * height], color="black", linewidth=1.4, zorder=3)
    return float(edges[:-1][n.argmax()] + np.diff(edges)[0] / 2), float(n.max())


def lines_above_histogram(n_rows: int) -> float:
    """Lines of text that `rows_above_histogram` needs."""
    return 1.45 * (n_rows + 4.2)


def rows_above_histogram(ax: Axes, rows: Sequence[Row], values: pd.Series, digits: str) -> None:
    """Some rows (name, value, optional low and high, marker) above the histogram of all values."""
    base = len(rows) + 2.8
    for y, row in enumerate(rows):
        end = draw_value(ax, row, y, row["marker"])
        write_beside(ax, f"{row['value']:{digits}}", end, y, color="black")
        line: dict[str, Any] = {"linestyle": ":", "linewidth": 0.6, "zorder": 0}
        ax.plot([row["value"]] * 2, [y, base], color=row["marker"][0], **line)
    middle, most = histogram(ax, values, base, 2.6)
    n = int(values.notna().sum())
    if n:
        size = style.small_size()
        ax.annotate(
            f"{most:,.0f}", (middle, base - 2.6), xytext=(0, 1.5), textcoords="offset points", ha="center",
            fontsize=size, color=GREY,
        )  # fmt: skip
        median = values.median()
        ax.annotate(f"median {median:{digits}}", (median, base + 0.55), ha="center", va="top", fontsize=size)
    labels = [*(row["name"] for row in rows), f"all {counted(n, 'policies', 'policies')}"]
    label_rows(ax, labels, at=[*range(len(rows)), base - 1.0])
    ax.set_ylim(base + 1.3, -0.7)
    ax.margins(x=0.09)


@dataclass(frozen=True)
class GroupedValues:
    """One value of each policy in each group, and how they are named and written."""

    frame: pd.DataFrame  # what the user passed, for the CSV
    values: pd.DataFrame  # policy_id, group, value; low and high where there are intervals
    groups: Mapping[str, str]  # name of each group
    labels: Mapping[str, str]  # name of each policy
    highlight: list[str]  # policies to name in a distribution; if there are none:
    ranking: pd.Series  # each policy's value; the policies with the lowest, middle and highest are named
    digits: str = ".1f"
    bands: Mapping[str, Band] = field(default_factory=dict)  # the reference of a group
    limits: tuple[float, float] | None = (0, 1)
    intervals: str = "Lines: 95 % intervals."  # what the lines are, for the note

    def rows(self, group: str) -> dict[Any, Row]:
        """The rows of a group by policy_id."""
        part = self.values[self.values["group"] == group]
        return dict(zip(part["policy_id"], part.to_dict("records"), strict=True))


def plot_groups(
    ax: Axes | None,
    data: GroupedValues,
    policies: pd.DataFrame,
    *,
    text_of: Callable[[Row], str],
    short_names: Mapping[str, str] | None = None,
) -> Axes:
    """Values from 0 to 1, drawn in the way that fits the number of policies and of groups.

    `text_of` gives the text beside a value in a forest; `short_names` names the groups in narrow columns.
    """
    n, n_groups, room = len(policies), len(data.groups), style.max_lines(8.5)
    markers = style.policy_markers(policies)
    forest_lines = 1.08 * n_groups * (n + 1.35)
    if n <= MAX_MARKERS and forest_lines <= room:
        ax = style.prepare_axes(ax, data.frame, lines=forest_lines)
        _forest(ax, data, markers, text_of)
    elif n <= MAX_ROWS and n_groups <= 8:
        ax = style.prepare_axes(ax, data.frame, lines=max(5, min(room, 1.35 * n)) + 1)
        _columns(ax, data, markers, short_names or data.groups)
    elif n <= MAX_MARKERS:
        ax = style.prepare_axes(ax, data.frame, lines=min(room, n_groups * (0.9 + 0.35 * n)))
        _rows(ax, data, markers, histograms=False)
    else:
        return plot_distributions(ax, data)
    note(ax, style.sample_size(data.values["policy_id"].nunique()))
    if "low" in data.values:
        note(ax, data.intervals)
    style.descriptions[ax] = "A dot for each policy in each group. " + "; ".join(
        f"{data.groups[str(group)]}: "
        + describe_values(part.set_index("policy_id")["value"], data.labels, data.digits)
        for group, part in data.values.groupby("group", sort=False)
    )
    return ax


def plot_distributions(ax: Axes | None, data: GroupedValues) -> Axes:
    """A histogram for each group, with the highlighted policies named under it."""
    shown = data.highlight or lowest_middle_highest(data.ranking)
    lines = len(data.groups) * _histogram_row_lines(len(shown))
    ax = style.prepare_axes(ax, data.frame, lines=min(lines, style.max_lines(1.3 / style.line_height())))
    _rows(ax, data, style.highlight_markers(shown), histograms=True)
    n = data.values["policy_id"].nunique()
    note_distribution(ax, n, data.highlight, intervals="low" in data.values)
    medians = data.values.groupby("group", sort=False)["value"].median()
    listed = describe_values(medians, data.groups, data.digits)
    style.descriptions[ax] = f"Distributions of {counted(n, 'policy', 'policies')}; medians: {listed}"
    return ax


def _forest(
    ax: Axes, data: GroupedValues, markers: Mapping[str, Marker], text_of: Callable[[Row], str]
) -> None:
    """A block for each group under its name, a line for each policy, its value written at the right."""
    y, ticks = 0.0, []
    for group, label in data.groups.items():
        rows, start = data.rows(group), y
        ax.annotate(
            label, (0, y), xycoords=RIGHT_EDGE, fontweight="bold", va="center", xytext=(2, 0),
            textcoords="offset points", parse_math=False, zorder=4,
        )  # fmt: skip
        for policy_id in data.labels:
            y += 1
            ticks.append(y)
            if row := rows.get(policy_id):
                draw_value(ax, row, y, markers[policy_id])
                write_beside(ax, text_of(row), 1, y, offset=0.3, xycoords=RIGHT_EDGE, annotation_clip=False)
        if group in data.bands:
            reference_band(ax, data.bands[group], start + 0.5, y + 0.5)
        line: dict[str, Any] = {"color": "#F0F0F0", "linewidth": 0.6, "zorder": -1}
        ax.hlines(np.arange(start + 1, y + 1), 0, 1, transform=ax.get_yaxis_transform(), **line)
        y += 1.35
    label_rows(ax, list(data.labels.values()) * len(data.groups), at=ticks, max_lines=1)
    ax.set_xlim(-0.02, 1.02)
    ax.set_ylim(y - 0.75, -0.6)


def _columns(ax: Axes, data: GroupedValues, markers: Mapping[str, Marker], names: Mapping[str, str]) -> None:
    """A column for each group (0 at its left, 1 at its right edge), a line for each policy."""
    places = policy_rows(ax, data.labels)
    size, n = style.small_size(), len(names)
    longest = max(text_width(name, style.font(size, "bold")) for name in names.values())
    slanted = longest > 0.72 * style.figure_width(ax) / n
    turn: dict[str, Any] = {"ha": "left", "rotation": 38} if slanted else {"ha": "center", "rotation": 0}
    ends: list[float] = []
    for number, (group, name) in enumerate(names.items()):

        def scale(value: float, left: int = number) -> float:
            return left + 0.08 + 0.84 * value

        ends += [scale(0), scale(1)]
        ax.axvspan(scale(0), scale(1), color="#F7F7F7", zorder=-3, linewidth=0)
        if group in data.bands:
            low, middle, high = map(scale, data.bands[group])
            reference_band(ax, (low, middle, high), -0.5, len(places) - 0.5)
        for policy_id, row in data.rows(group).items():
            draw_value(ax, row, places[policy_id], markers[policy_id], scale=scale)
        ax.annotate(
            name, (scale(0 if slanted else 0.5), -0.7), va="bottom", rotation_mode="anchor", fontsize=size,
            fontweight="bold", annotation_clip=False, parse_math=False, **turn,
        )  # fmt: skip
    style.keep_below_title(ax, (0.62 * longest if slanted else 0.0) + 1.6 * size / 72)
    ax.set_xticks(ends, ["0", "1"] * n, fontsize=size)
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="x", length=0)
    ax.set_xlim(0, n)
    ax.set_ylim(len(places) - 0.5, -0.6)


def _histogram_row_lines(n_highlighted: int) -> float:
    """Lines of text in a row of a histogram and the highlighted policies under it."""
    return 2.2 + 0.5 * n_highlighted


def _rows(ax: Axes, data: GroupedValues, markers: Mapping[str, Marker], *, histograms: bool) -> None:
    """A row for each group: the policies of `markers`, which the legend names, under a histogram of all."""
    n = len(markers)
    line = 1 / _histogram_row_lines(n)  # height of a line of text; a row is 1 high
    for y, group in enumerate(data.groups):
        rows = data.rows(group)
        if group in data.bands:
            reference_band(ax, data.bands[group], y - 0.45, y + 0.45)
        if histograms:
            values = pd.Series([row["value"] for row in rows.values()], dtype=float)
            histogram(ax, values, y + 1.3 * line - 0.45, 1.2 * line, data.limits)
        for number, (policy_id, marker) in enumerate(markers.items()):
            if policy_id in rows:
                below = (1.8 + 0.5 * number) * line if histograms else 0.15 + 0.6 * (number + 0.5) / n
                draw_value(ax, rows[policy_id], y - 0.45 + below, marker)
        if y:
            ax.axhline(y - 0.5, color="#EEEEEE", linewidth=0.8, zorder=-1)
    label_rows(ax, list(data.groups.values()))
    ax.set_ylim(len(data.groups) - 0.5, -0.5)
    if data.limits:
        low, high = data.limits
        ax.set_xlim(low - 0.03 * (high - low), high + 0.03 * (high - low))
    width = 0.4 * style.figure_width(ax)
    names = [shorten(data.labels[policy_id], width, style.font()) for policy_id in markers]
    handles = [Line2D([], [], linestyle="", color=color, marker=shape) for color, shape in markers.values()]
    style.add_legend(ax, handles, names)


def lowest_middle_highest(values: pd.Series) -> list[str]:
    """The policies with the lowest, the middle and the highest value; of equal ones the first by id."""
    ranked = values.dropna().sort_index().sort_values(kind="stable")
    if ranked.empty:
        return []
    middle = ranked.index[(len(ranked) - 1) // 2]
    return list(dict.fromkeys(map(str, (ranked.index[0], middle, ranked.idxmax()))))


def note_highlight(ax: Axes, text: str, highlight: list[str], default: str) -> None:
    """Add `text` to the note, and which policies are named by default unless the caller highlights some."""
    note(ax, text if highlight else f"{text} Named: the policies {default}.")


def note_distribution(ax: Axes, n: int, highlight: list[str], *, intervals: bool) -> None:
    """Add to the note what a histogram, its marks and their lines mean."""
    parts = f"{style.sample_size(n)} {HISTOGRAM_NOTE}"
    note_highlight(ax, parts, highlight, "with the lowest, middle and highest value")
    if intervals:
        note(ax, "Coloured lines: 95 % intervals.")


def describe_values(values: pd.Series, labels: Mapping[str, str], digits: str) -> str:
    """Values by name, in words: all of a few; the lowest, the middle and the highest of many."""
    values = values.dropna()
    chosen = list(values.index) if len(values) <= MAX_MARKERS + 1 else lowest_middle_highest(values)
    text = ", ".join(f"{labels.get(str(p), str(p))} {values[p]:{digits}}" for p in chosen)
    return text if len(chosen) == len(values) else f"lowest, middle and highest: {text}"
