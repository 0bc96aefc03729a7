"""What the figures have in common: rows, values beside marks, distributions with some policies named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from policytools.display import names
from policytools.figures import (
    FEW,
    GREY,
    MANY,
    axes,
    count,
    explain,
    line_height,
    looks,
    max_height,
    small,
    told,
)
from policytools.panels import (
    HEAP,
    Bands,
    columns,
    forest,
    forest_lines,
    highlight_looks,
    n_note,
    overlay,
    overlay_lines,
    plain_rows,
    typical,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
