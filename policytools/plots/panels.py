"""How one value of each policy, or one for each group of items, is drawn: from two policies to hundreds.

`forest` gives each policy a line of its own in every group, `columns` one line over all groups, `overlay` lays
policies over their distribution group by group, and `over_all` stands a few above the distribution of all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from policytools.plots.style import (
    COLORS,
    FEW,
    GREY,
    MANY,
    MARKERS,
    axes,
    count,
    explain,
    font,
    head_room,
    key,
    line_height,
    looks,
    marker_size,
    max_height,
    row_names,
    small,
    told,
    width_of,
)
from policytools.tables import names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAND, BARS = "#ECECEC", "#BEBEBE"
Look = tuple[str, str]  # colour, marker
Bands = dict[str, tuple[float, float, float]]  # group -> lower end, middle, upper end of what is usual


def plain_rows(ax: Axes, shown: Sequence[str], *, first: float = 0) -> None:
    """Names beside the rows 0, 1, ... from the top, without ticks and spine."""
    ax.set_yticks(np.arange(len(shown)) + first, row_names(ax, shown, rows=len(shown)), parse_math=False)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)


def point(
    ax: Axes, row: Mapping[Any, Any], y: float, look: Look, *, scale: Callable[[float], float] = float
) -> None:
    """A value as a marker, its interval as a line with ends, so that it is seen under the marker and in grey."""
    color, marker = look
    low, high = row.get("low", np.nan), row.get("high", np.nan)
    if not (pd.isna(low) or pd.isna(high)):
        ax.plot(
            [scale(low), scale(high)],
            [y, y],
            color=color,
            marker="|",
            markersize=0.8 * marker_size(),
            zorder=2,
        )
    ax.plot([scale(row["value"])], [y], linestyle="", color=color, marker=marker, markeredgecolor="white",
            markeredgewidth=0.4, zorder=3)  # fmt: skip


def forest_lines(n_groups: int, n_policies: int) -> float:
    """Lines of text that a forest is high."""
    return 1.08 * n_groups * (n_policies + 1.35)


def forest(
    ax: Axes, values: pd.DataFrame, *, groups: dict[str, str], shown: dict[str, str], looks: dict[str, Look],
    bands: Bands, texts: Callable[[Mapping[Any, Any]], str],
) -> None:  # fmt: skip
    """A block for each group under its name, a line for each policy, its value written at the right."""
    y, ticks, labels = 0.0, [], []
    for group, label in groups.items():
        part = values[values["group"] == group].set_index("policy_id")
        start = y
        ax.annotate(label, (0, y), xycoords=("axes fraction", "data"), fontweight="bold", va="center",
                    xytext=(2, 0), textcoords="offset points", parse_math=False, zorder=4)  # fmt: skip
        for policy_id, name in shown.items():
            y += 1
            ticks.append(y)
            labels.append(name)
            if policy_id in part.index:
                row = part.loc[policy_id].to_dict()
                point(ax, row, y, looks[policy_id])
                ax.annotate(texts(row), (1, y), xycoords=("axes fraction", "data"), xytext=(0.3, 0),
                            textcoords="offset fontsize", va="center", fontsize=small(), color=GREY,
                            annotation_clip=False)  # fmt: skip
        if group in bands:
            band(ax, bands[group], start + 0.5, y + 0.5)
        ax.hlines(np.arange(start + 1, y + 1), 0, 1, color="#F0F0F0", linewidth=0.6, zorder=-1,
                  transform=ax.get_yaxis_transform())  # fmt: skip
        y += 1.35
    plain_rows(ax, labels)
    ax.set_yticks(ticks, row_names(ax, labels, rows=len(shown), lines=1), parse_math=False)
    ax.set_ylim(y - 0.75, -0.6)


def band(ax: Axes, ends: tuple[float, float, float], top: float, bottom: float) -> None:
    """What is usual: a grey band with its middle."""
    ax.fill_betweenx([top, bottom], ends[0], ends[2], color=BAND, zorder=-2, linewidth=0)
    ax.plot([ends[1]] * 2, [top, bottom], color="#999999", linewidth=1, zorder=-1, solid_capstyle="butt")


def columns(
    ax: Axes, values: pd.DataFrame, *, groups: dict[str, str], shown: dict[str, str], looks: dict[str, Look],
    bands: Bands,
) -> None:  # fmt: skip
    """A column for each group (0 at its left, 1 at its right edge), a line for each policy."""
    from policytools.plots.text_fitting import text_width

    rows = {policy_id: y for y, policy_id in enumerate(shown)}
    plain_rows(ax, list(shown.values()))
    wide = 0.72 * width_of(ax) / len(groups)
    slanted = any(text_width(label, font(small(), "bold")) > wide for label in groups.values())
    ends = []
    for i, (group, label) in enumerate(groups.items()):

        def scale(value: float, i: int = i) -> float:
            return i + 0.08 + 0.84 * value

        ends += [scale(0), scale(1)]
        ax.axvspan(scale(0), scale(1), color="#F7F7F7", zorder=-3, linewidth=0)
        if group in bands:
            low, middle, high = (scale(end) for end in bands[group])
            band(ax, (low, middle, high), -0.5, len(shown) - 0.5)
        for row in values[values["group"] == group].to_dict("records"):
            point(ax, row, rows[row["policy_id"]], looks[row["policy_id"]], scale=scale)
        ax.annotate(label, (scale(0 if slanted else 0.5), -0.7), ha="left" if slanted else "center", va="bottom",
                    rotation=38 if slanted else 0, rotation_mode="anchor", fontsize=small(), fontweight="bold",
                    annotation_clip=False, parse_math=False)  # fmt: skip
    longest = max(text_width(label, font(small(), "bold")) for label in groups.values())
    head_room(ax, (0.62 * longest if slanted else 0.0) + 1.6 * small() / 72)
    ax.set_xticks(ends, ["0", "1"] * len(groups), fontsize=small())
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="x", length=0)
    ax.set_xlim(0, len(groups))
    ax.set_ylim(len(shown) - 0.5, -0.6)


def bins(values: pd.Series, limits: tuple[float, float] | None = None) -> np.ndarray:
    """Edges of 8 to 30 bars of equal width, by the rule of Freedman and Diaconis; at least 20 on a given scale."""
    low, high = limits or (values.min(), values.max())
    if low == high:
        low, high = low - 0.5, high + 0.5
    n = len(np.histogram_bin_edges(values, "fd", (low, high))) - 1 if values.nunique() > 1 else 8
    return np.linspace(low, high, int(np.clip(n, 20 if limits else 8, 30)) + 1)


def heap(
    ax: Axes, values: pd.Series, y: float, height: float, limits: tuple[float, float] | None = None
) -> tuple[float, float]:
    """All policies: bars of their number on the line y, their middle half and median under it. Gives the highest."""
    values = values.dropna()
    if values.empty:
        return (np.nan, 0)
    n, edges = np.histogram(values, bins(values, limits))
    ax.bar(edges[:-1], -height * n / n.max(), bottom=y, width=np.diff(edges), align="edge", color=BARS, linewidth=0.3,
           edgecolor="white", zorder=1)  # fmt: skip
    q10, q25, q50, q75, q90 = values.quantile([0.1, 0.25, 0.5, 0.75, 0.9])
    under = y + 0.1 * height
    ax.plot([q10, q90], [under, under], color=GREY, linewidth=0.8, zorder=2, solid_capstyle="butt")
    ax.plot([q25, q75], [under, under], color=GREY, linewidth=3, zorder=2, solid_capstyle="butt")
    ax.plot([q50, q50], [y - 0.02 * height, y + 0.2 * height], color="black", linewidth=1.4, zorder=3)
    return (float(edges[:-1][n.argmax()] + np.diff(edges)[0] / 2), float(n.max()))


HEAP = (
    "Bars: number of policies. Under them: 10th to 90th percentile, thick the middle half; black: the median."
)


def typical(values: pd.Series) -> list[str]:
    """The policies with the lowest, the middle and the highest value; of equals the first by id."""
    ranked = values.dropna().sort_index().sort_values(kind="stable")
    if ranked.empty:
        return []
    middle = ranked.index[(len(ranked) - 1) // 2]
    return list(dict.fromkeys(str(chosen) for chosen in (ranked.index[0], middle, ranked.idxmax())))


def highlight_looks(chosen: Sequence[str]) -> dict[str, Look]:
    """Colour and marker of the policies that are named, by their place in the list."""
    return {p: (COLORS[i % len(COLORS)], MARKERS[i % len(MARKERS)]) for i, p in enumerate(chosen)}


def over_all_lines(n_rows: int) -> float:
    """Lines of text that `over_all` is high."""
    return 1.45 * (n_rows + 4.2)


def over_all(
    ax: Axes,
    rows: Sequence[Mapping[Any, Any]],
    values: pd.Series,
    *,
    texts: Callable[[float], str],
    noun: str = "policies",
) -> None:
    """Some rows (name, value, optional low and high, look) above the distribution of all values."""
    for y, row in enumerate(rows):
        point(ax, row, y, row["look"])
        end = row["high"] if not pd.isna(row.get("high", np.nan)) else row["value"]
        ax.annotate(texts(row["value"]), (end, y), xytext=(0.55, 0), textcoords="offset fontsize", va="center",
                    fontsize=small())  # fmt: skip
        ax.plot(
            [row["value"]] * 2,
            [y, len(rows) + 2.8],
            color=row["look"][0],
            linewidth=0.6,
            zorder=0,
            linestyle=":",
        )
    base = len(rows) + 2.8
    middle, most = heap(ax, values, base, 2.6)
    n = int(values.notna().sum())
    if n:
        ax.annotate(f"{most:,.0f}", (middle, base - 2.6), xytext=(0, 1.5), textcoords="offset points", ha="center",
                    fontsize=small(), color=GREY)  # fmt: skip
        ax.annotate(f"median {texts(values.median())}", (values.median(), base + 0.55), ha="center", va="top",
                    fontsize=small())  # fmt: skip
    shown = [*(row["name"] for row in rows), f"all {n:,} {noun}"]
    plain_rows(ax, shown)
    ticks = row_names(ax, shown, rows=len(shown)) if ax.get_yticklabels() else []
    ax.set_yticks([*range(len(rows)), base - 1.0], ticks, parse_math=False)
    ax.set_ylim(base + 1.3, -0.7)
    ax.margins(x=0.09)


def overlay_lines(n_groups: int, n_named: int) -> float:
    """Lines of text that `overlay` is high."""
    return n_groups * (2.2 + 0.5 * n_named)


def overlay(
    ax: Axes, values: pd.DataFrame, *, groups: dict[str, str], named: dict[str, str], looks: dict[str, Look],
    bands: Bands, limits: tuple[float, float] | None = None, bars: bool = True,
) -> None:  # fmt: skip
    """A line for each group: the distribution of all policies, and under it those that are named in the key."""
    from matplotlib.lines import Line2D

    line = 1 / overlay_lines(1, len(named))  # of text, as a part of a group's row
    for i, group in enumerate(groups):
        part = values[values["group"] == group].set_index("policy_id")
        y = float(i)
        if group in bands:
            band(ax, bands[group], y - 0.45, y + 0.45)
        if bars:
            heap(ax, part["value"], y + 1.3 * line - 0.45, 1.2 * line, limits)
        for j, policy_id in enumerate(named):
            if policy_id in part.index:
                at = y - 0.45 + (1.8 + 0.5 * j) * line if bars else y - 0.3 + 0.6 * (j + 0.5) / len(named)
                point(ax, part.loc[policy_id].to_dict(), at, looks[policy_id])
        if i:
            ax.axhline(y - 0.5, color="#EEEEEE", linewidth=0.8, zorder=-1)
    plain_rows(ax, list(groups.values()))
    ax.set_ylim(len(groups) - 0.5, -0.5)
    if limits:
        pad = 0.03 * (limits[1] - limits[0])
        ax.set_xlim(limits[0] - pad, limits[1] + pad)
    handles = [(Line2D([], [], linestyle="", color=looks[p][0], marker=looks[p][1]), named[p]) for p in named]
    key(ax, [(handle, row_names(ax, [name], rows=1, lines=1)[0]) for handle, name in handles])


def n_note(n: int) -> str:
    """How many policies a figure shows, for its note."""
    return f"n = {count(n)}."


def blocks(n_lines: int, block_width: float, width: float, room: float, line: float | None = None) -> int:
    """In how many blocks side by side a long list of lines is broken: as few as the height allows, or as fit."""
    fit = max(1, int(width / block_width))
    needed = next((n for n in range(1, fit + 1) if -(-n_lines // n) * (line or line_height()) <= room), fit)
    return needed


def grouped(
    ax: Axes | None, frame: pd.DataFrame, long: pd.DataFrame, groups: dict[str, str], main: pd.Series,
    chosen: list[str] | None, policies: pd.DataFrame, bands: Bands, *, texts: Any, digits: str,
    short: dict[str, str] | None = None,
) -> Axes:  # fmt: skip
    """Values between 0 and 1 in groups: the way of drawing that fits the number of policies and groups."""
    labels, n = names(policies), len(policies)
    room = (max_height() - 8.5 * line_height()) / line_height()
    if n <= FEW and forest_lines(len(groups), n) <= room:
        ax = axes(ax, frame, lines=forest_lines(len(groups), n))
        forest(ax, long, groups=groups, shown=labels, looks=looks(policies), bands=bands, texts=texts)
        ax.set_xlim(-0.02, 1.02)
    elif n <= MANY and len(groups) <= 8:
        ax = axes(ax, frame, lines=max(5, min(room, 1.35 * n)) + 1)
        columns(ax, long, groups=short or groups, shown=labels, looks=looks(policies), bands=bands)
    elif n <= FEW:
        ax = axes(ax, frame, lines=min(room, len(groups) * (0.9 + 0.35 * n)))
        overlay(
            ax,
            long,
            groups=groups,
            named=labels,
            looks=looks(policies),
            bands=bands,
            limits=(0, 1),
            bars=False,
        )
    else:
        return overlaid(
            ax, frame, long, groups, main, chosen, labels, limits=(0, 1), bands=bands, digits=digits
        )
    explain(ax, n_note(long["policy_id"].nunique()))
    if "low" in long:
        explain(ax, "Lines: 95 % intervals.")
    parts = [f"{groups[str(g)]}: {listed(part.set_index('policy_id')['value'], labels, digits)}"
             for g, part in long.groupby("group", sort=False)]  # fmt: skip
    told[ax] = "A dot for each policy in each group. " + "; ".join(parts)
    return ax


def overlaid(
    ax: Axes | None, frame: pd.DataFrame, long: pd.DataFrame, groups: dict[str, str], main: pd.Series,
    chosen: list[str] | None, labels: dict[str, str], *, limits: tuple[float, float] | None = None,
    bands: Bands | None = None, digits: str = "{:.1f}",
) -> Axes:  # fmt: skip
    """A distribution for each group with the policies named that were chosen, or that are typical of `main`."""
    ranked = chosen or typical(main)
    ax = axes(
        ax, frame, lines=min(overlay_lines(len(groups), len(ranked)), (max_height() - 1.3) / line_height())
    )
    overlay(ax, long, groups=groups, named={p: labels[p] for p in ranked}, looks=highlight_looks(ranked),
            bands=bands or {}, limits=limits)  # fmt: skip
    n = long["policy_id"].nunique()
    explain_many(ax, n, chosen, intervals="low" in long)
    medians = long.groupby("group", sort=False)["value"].median()
    told[ax] = f"Distributions of {count(n)}; medians: {listed(medians, groups, digits)}"
    return ax


def wilson(n: int, size: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    z = 1.959964
    middle = (n + z * z / 2) / (size + z * z)
    half = z / (size + z * z) * (n * (size - n) / size + z * z / 4) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def policy_rows(ax: Axes, labels: dict[str, str]) -> dict[str, int]:
    """One row for each policy, the manifest's first on top."""
    plain_rows(ax, list(labels.values()))
    ax.set_ylim(len(labels) - 0.4, -0.6)
    return {policy_id: row for row, policy_id in enumerate(labels)}


def beside(ax: Axes, text: str, x: float, y: float, *, color: str = GREY) -> None:
    """A value at the right of its mark."""
    ax.annotate(text, (x, y), xytext=(0.55, 0), textcoords="offset fontsize", va="center", fontsize=small(), color=color,
                parse_math=False)  # fmt: skip


def percent(ax: Axes) -> None:
    """Ticks in per cent, with as many decimals as they have."""
    ax.xaxis.set_major_formatter(lambda value, _: f"{round(100 * value, 4) + 0.0:g}%")


def ink(color: str) -> str:
    """A colour dark enough to write in: 4.5 to 1 on white."""
    from matplotlib.colors import to_hex, to_rgb

    rgb = np.array(to_rgb(color))
    while 1.05 / (0.05 + _luminance(rgb)) < 4.5:
        rgb = rgb * 0.95
    return str(to_hex(tuple(rgb)))


def _luminance(rgb: np.ndarray) -> float:
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def who(chosen: list[str] | None, default: str) -> str:
    return "" if chosen else f"Named: the policies {default}."


def explain_many(ax: Axes, n: int, chosen: list[str] | None, *, intervals: bool) -> None:
    parts = [n_note(n), HEAP, who(chosen, "with the lowest, middle and highest value")]
    if intervals:
        parts.append("Coloured lines: 95 % intervals.")
    explain(ax, " ".join(part for part in parts if part))


def listed(values: pd.Series, labels: dict[str, str], form: str) -> str:
    """Values by name: all of a few, the lowest, the middle and the highest of many."""
    values = values.dropna()
    chosen = list(values.index) if len(values) <= FEW + 1 else typical(values)
    said = ", ".join(f"{labels.get(str(p), str(p))} {form.format(values[p])}" for p in chosen)
    return said if len(chosen) == len(values) else f"lowest, middle and highest: {said}"
