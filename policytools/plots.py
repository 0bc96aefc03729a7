"""Figures: each function draws one frame on one Axes; beyond 20 policies it draws how they are distributed.

Nothing is measured here. The only numbers made are those of a distribution: bars, quantiles, shares of policies
with their intervals. `highlight` names the policies that stand out of a distribution; up to 20 policies all are
named, and it changes nothing.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from policytools.display import names
from policytools.figures import (
    COLORS,
    FEW,
    GREY,
    MANY,
    MARKERS,
    axes,
    check,
    check_highlight,
    count,
    explain,
    font,
    font_size,
    key,
    line_height,
    looks,
    marker_size,
    max_height,
    min_size,
    note,
    row_names,
    small,
    style,
    told,
    width_of,
)
from policytools.panels import (
    HEAP,
    Bands,
    band,
    columns,
    forest,
    forest_lines,
    highlight_looks,
    n_note,
    over_all,
    over_all_lines,
    overlay,
    overlay_lines,
    plain_rows,
    point,
    typical,
)
from policytools.saving import save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "names", "note", "plot_cleaning", "plot_coverage", "plot_dispersion", "plot_factors", "plot_keyness", "plot_profile",
    "plot_readability", "plot_scores", "plot_sensitivity", "plot_shared_text", "plot_terms", "plot_vagueness",
    "save_figure", "style",
]  # fmt: skip

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
_CHOICE = {"": "kept as policy"}


def plot_cleaning(
    blocks: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    highlight: Iterable[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Words of each file that were kept and left out, by reason (stacked bars); beyond 20 files their shares.

    Parameters
    ----------
    blocks : DataFrame
        policy_id, reason ("" for kept), n_words: one row for each policy and reason.
    policies : DataFrame
        `Corpus.policies`.
    highlight : iterable of str, optional
        policy_id of those named beyond 20; default: the ones with the lowest, middle and highest share kept.
    ax : Axes, optional
        To draw on; by default a figure of its own, as wide as the `style` in force and as high as its rows need.

    Returns
    -------
    Axes

    Examples
    --------
    >>> policies = pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]})
    >>> blocks = pd.DataFrame({"policy_id": ["a", "a", "b"], "reason": ["", "navigation", ""], "n_words": [900, 100, 700]})
    >>> plot_cleaning(blocks, policies=policies).get_xlabel()
    'words in the file'
    """
    from matplotlib.patches import Patch

    check(blocks, ["policy_id", "reason", "n_words"], "plot_cleaning", policies)
    chosen = check_highlight(highlight, policies, "plot_cleaning")
    labels = names(policies)
    table = blocks.pivot_table(
        index="policy_id", columns="reason", values="n_words", aggfunc="sum", fill_value=0
    )
    reasons = sorted(table.columns, key=lambda reason: (reason != "", reason))
    total = table.sum(axis=1)
    kept = table[""] if "" in table else total * 0
    shares = (kept / total.where(total > 0)).rename("share")
    if len(policies) > MANY:
        long = table.div(total.where(total > 0), axis=0).rename_axis(None, axis=1).reset_index()
        long = long.melt("policy_id", var_name="group", value_name="value")
        groups = {reason: _CHOICE.get(reason, reason) for reason in reasons}
        ax = _overlay(ax, blocks, long, groups, shares, chosen, labels, limits=(0, 1))
        _percent(ax)
        ax.set_xlabel("share of the file's words")
        return ax
    ax = axes(ax, blocks, lines=1.9 * len(labels))
    rows = _rows(ax, labels)
    left = pd.Series(0, index=table.index)
    hatches, handles = ["", "///", "...", "xxx", "\\\\\\", "++", "oo"], []
    for i, reason in enumerate(reasons):
        look: dict[str, Any] = {
            "facecolor": "#4D4D4D" if reason == "" else "#E4E4E4",
            "edgecolor": "white" if reason == "" else GREY,
            "hatch": hatches[i % len(hatches)],
            "linewidth": 0.5,
        }
        ax.barh([rows[p] for p in table.index], table[reason], left=left, height=0.62, **look)
        handles.append((Patch(**look), _CHOICE.get(reason, str(reason))))
        left = left + table[reason]
    for policy_id, share in shares.items():
        text: str = "no words" if pd.isna(share) else f"{share:.0%} kept"
        _beside(ax, text, float(total[str(policy_id)]), rows[str(policy_id)])
    ax.set_xlim(0, 1.25 * max(1, total.max()))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    ax.set_xlabel("words in the file")
    key(ax, handles)
    explain(ax, n_note(len(table)))
    told[ax] = (
        f"Stacked bars of the words of {count(len(table), 'files')}. Kept: {_list(shares, labels, '{:.0%}')}"
    )
    return ax


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
        policy_id and the formula's column (or any other number); optional ``low`` and ``high``.
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
    rows_of = readability.rename(columns={formula: "value"}).to_dict("records")
    if len(policies) > MANY:
        ranked = chosen or typical(value)
        styles = highlight_looks(ranked)
        by_id = {row["policy_id"]: row for row in rows_of}
        rows = [{**by_id[p], "name": labels[p], "look": styles[p]} for p in ranked if p in by_id]
        ax = axes(ax, readability, lines=over_all_lines(len(rows)))
        over_all(ax, rows, value, texts=lambda x: f"{x:{digits}}")
        _explain_many(ax, len(value.dropna()), chosen, intervals="low" in readability)
        told[ax] = (
            f"Distribution of {count(len(value.dropna()))}, {_list(value[ranked], labels, '{:' + digits + '}')}"
        )
    else:
        ax = axes(ax, readability, lines=1.75 * len(labels))
        places, styles = _rows(ax, labels), looks(policies)
        for row in rows_of:
            y = places[row["policy_id"]]
            point(ax, row, y, styles[row["policy_id"]])
            end = row["high"] if not pd.isna(row.get("high", np.nan)) else row["value"]
            _beside(ax, f"{row['value']:{digits}}", end, y, color="black")
        ax.margins(x=0.12)
        explain(ax, n_note(value.notna().sum()))
        told[ax] = f"A dot for each policy: {_list(value, labels, '{:' + digits + '}')}"
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
        ax = _overlay(
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
        rows, handles = _rows(ax, labels), []
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
            f"From lowest to highest choice they differ by: {_list(spread, labels, '{:.1f}')}"
        )
    ax.set_xlabel(_FORMULAS.get(formula, formula.replace("_", " ")))
    return ax


def plot_coverage(
    coverage: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    highlight: Iterable[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Which items each policy addresses, items by family; beyond 20 policies the share of them that do.

    Filled squares are addressed, small open ones silent. A share is drawn with its 95 % interval (Wilson). Items
    stand in as many blocks side by side as the figure's height asks for and its width allows. On a slide no text
    is below 12 points: items that do not fit so give way to the share of each family that is addressed; for single
    items give it the rows of one family.

    Parameters
    ----------
    coverage : DataFrame
        policy_id, item, family, addressed.
    policies : DataFrame
        `Corpus.policies`.
    highlight : iterable of str, optional
        policy_id of those that get squares beside the shares beyond 20 policies; default: none.
    ax : Axes, optional
        To draw on; by default a figure of its own, as wide as the `style` in force and as high as its rows need.

    Returns
    -------
    Axes

    Examples
    --------
    >>> policies = pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]})
    >>> cells = pd.DataFrame({"policy_id": ["a", "b"], "item": "cookies", "family": "collection", "addressed": [True, False]})
    >>> ax = plot_coverage(cells, policies=policies)
    """
    check(coverage, ["policy_id", "item", "family", "addressed"], "plot_coverage", policies)
    chosen = check_highlight(highlight, policies, "plot_coverage")
    labels = names(policies)
    many = len(policies) > MANY
    marked = (chosen or []) if many else list(labels)
    styles = highlight_looks(marked) if many else looks(policies)
    lines: list[tuple[str, str]] = []  # ("family" or "item", its name)
    for family, part in coverage.drop_duplicates("item").groupby("family", sort=False):
        lines += [("family", str(family)), *(("item", str(item)) for item in part["item"])]
    plan = _CoveragePlan(
        ax, [name for kind, name in lines if kind == "item"], [labels[p] for p in marked], many, lines
    )
    if plan.too_small:
        return _by_family(ax, coverage, policies, chosen)
    ax = axes(ax, coverage, lines=plan.height / line_height())
    ax.set_axis_off()
    ax.set_xlim(0, plan.width)
    ax.set_ylim(plan.height, 0)
    cells = {
        (p, i): bool(a) for p, i, a in coverage[["policy_id", "item", "addressed"]].itertuples(index=False)
    }
    shares = coverage.groupby("item", sort=False)["addressed"].agg(["sum", "size"]) if many else None
    squares: dict[str, tuple[list[tuple[float, float]], list[tuple[float, float]]]] = {
        p: ([], []) for p in marked
    }
    for number, place in enumerate(plan.places(lines)):
        kind, name = lines[number]
        x, y = place
        if kind == "family":
            ax.text(x, y, name.replace("_", " "), fontweight="bold", fontsize=plan.size, va="center")
            continue
        ax.text(
            x + plan.label, y, plan.short[name], fontsize=plan.size, va="center", ha="right", parse_math=False
        )
        if shares is not None:
            n, size = int(shares["sum"].loc[name]), int(shares["size"].loc[name])
            low, high = _wilson(n, size)
            row = {"value": n / size, "low": low, "high": high}
            point(ax, row, y, ("#333333", "o"), scale=partial(plan.at, x))
            ax.text(
                plan.at(x, 1) + plan.percent,
                y,
                f"{n / size:.0%}",
                fontsize=plan.size,
                va="center",
                ha="right",
            )
        for i, policy_id in enumerate(marked):
            if (policy_id, name) in cells:
                squares[policy_id][0 if cells[policy_id, name] else 1].append((plan.cell_x(x, i), y))
    side = 72 * 0.72 * min(plan.cell, plan.line)
    for policy_id, (yes, no) in squares.items():
        if yes:
            across, down = zip(*yes, strict=True)
            ax.scatter(across, down, marker="s", s=side**2, color=styles[policy_id][0], linewidth=0)
        if no:
            across, down = zip(*no, strict=True)
            ax.scatter(across, down, marker="s", s=(0.6 * side) ** 2, facecolor="white", edgecolor="#AAAAAA",
                       linewidth=0.6)  # fmt: skip
    for x, top, bottom in plan.heads():
        for i, policy_id in enumerate(marked):
            ax.text(plan.cell_x(x, i), top, f" {plan.heading[labels[policy_id]]}", fontsize=plan.size, rotation=plan.angle,
                    ha="left" if plan.angle else "center", va="bottom", rotation_mode="anchor", parse_math=False)  # fmt: skip
        if many:
            for share in (0.0, 0.5, 1.0):
                ax.plot([plan.at(x, share)] * 2, [top, bottom], color="#DDDDDD", linewidth=0.7, zorder=-1)
                ax.text(
                    plan.at(x, share),
                    top,
                    f"{share:.0%}",
                    fontsize=plan.size,
                    ha="center",
                    va="bottom",
                    color=GREY,
                )
    n = coverage["policy_id"].nunique()
    if shares is None:
        explain(ax, f"{n_note(n)} Filled: addressed; open: silent.")
        told[ax] = f"A grid of {count(len(plan.short), 'items')} and {count(n)}; items addressed: " + _list(
            coverage.groupby("policy_id")["addressed"].sum(), labels, "{:.0f}"
        )
    else:
        explain(
            ax, f"{n_note(n)} Dot: share of the policies that address the item; line: 95 % interval (Wilson)."
        )
        if marked:
            explain(ax, "Squares: filled if addressed.")
        ranked = (shares["sum"] / shares["size"]).sort_values()
        told[ax] = (
            f"Share of {count(n)} that address each of {count(len(ranked), 'items')}, from {ranked.iloc[0]:.0%} "
            f"({ranked.index[0].replace('_', ' ')}) to {ranked.iloc[-1]:.0%} ({ranked.index[-1].replace('_', ' ')})"
        )
    return ax


def _by_family(
    ax: Axes | None, coverage: pd.DataFrame, policies: pd.DataFrame, chosen: list[str] | None
) -> Axes:
    """The share of each family's items that each policy addresses."""
    cells = coverage.groupby(["family", "policy_id"], sort=False)["addressed"]
    long = cells.agg(["sum", "size", "mean"]).reset_index()
    long = long.rename(columns={"family": "group", "mean": "value"})
    n_items = coverage.groupby("family", sort=False)["item"].nunique()
    groups = {str(f): f"{str(f).replace('_', ' ')} ({n})" for f, n in n_items.items()}
    main = coverage.groupby("policy_id")["addressed"].mean()
    ax = _grouped(ax, coverage, long, groups, main, chosen, policies, {},
                  texts=lambda row: f"{row['sum']:.0f}", digits="{:.0%}")  # fmt: skip
    explain(ax, "By family of items; in brackets their number.")
    if ax.get_xlim()[1] < 1.5:
        _percent(ax)
        ax.set_xlabel("share of the family's items addressed")
    else:
        explain(ax, "0: none of them addressed, 1: all.")
    return ax


class _CoveragePlan:
    """Where items, squares and shares stand, in inches from the upper left corner."""

    def __init__(
        self, ax: Axes | None, items: list[str], shown: list[str], many: bool, lines: list[tuple[str, str]]
    ) -> None:
        whole, least = small(), min_size()
        for part in (1, 0.92, 0.84, 0.76, 0.7, 0.64):  # smaller before anything overlaps
            self.size = max(least, part * whole)
            fits = self._fits(ax, items, shown, many, lines)
            if fits:
                break
        self.too_small = not fits and least > 6
        self._places = self._place(lines)
        self.height = max(y for _, y in self._places) + self.line

    def _fits(
        self, ax: Axes | None, items: list[str], shown: list[str], many: bool, lines: list[tuple[str, str]]
    ) -> bool:
        import matplotlib.pyplot as plt

        from policytools.layout import PAD, shorten, text_width

        self.line = 1.22 * self.size / 72
        figure_width = width_of(ax) if ax is not None else plt.rcParams["figure.figsize"][0]
        self.width = figure_width - 2 * PAD
        face = font(self.size)
        em = self.size / 72
        self.cell = 2.2 * em if len(shown) <= FEW else 1.25 * em
        self.angle = 60 if shown and max(text_width(name, face) for name in shown) > 0.95 * self.cell else 0
        self.heading = {name: shorten(name, 11 * em, face) for name in shown}
        slant = max((text_width(name, face) for name in self.heading.values()), default=0)
        self.head = (0.9 * slant + 1.1 * em if self.angle else 1.4 * em) if shown or many else 0.0
        self.overhang = 0.55 * slant if self.angle else 0.0
        self.percent = 2.9 * em if many else 0.0
        wanted = max(text_width(item.replace("_", " "), face) for item in items)
        rest = 0.8 * em + len(shown) * self.cell + self.percent + (8.0 * em if many else 0.0)
        self.label = min(wanted, self.width - rest - self.overhang)
        block = self.label + rest + max(self.overhang, 1.2 * em)
        room = max_height() - 7 * line_height() - self.head
        fit = max(1, int((self.width + 1.2 * em) / block))
        total = self._length(lines)
        self.n = next((n for n in range(1, fit + 1) if total / n <= 0.95 * room), fit)
        if self.n == 1 and fit > 1 and total > 0.6 * room:
            self.n = 2  # a figure twice as wide as high reads better than a tower
        self.block = self.width / self.n
        self.scale = (8.0 * em + max(0.0, self.block - block)) if many else 0.0
        self.scale = min(self.scale, 22 * em)
        self.short = {item: shorten(item.replace("_", " "), self.label, face) for item in items}
        return total / self.n <= room

    def _length(self, lines: list[tuple[str, str]]) -> float:
        return sum(self.line * (1.6 if kind == "family" else 1) for kind, _ in lines)

    def _place(self, lines: list[tuple[str, str]]) -> list[tuple[float, float]]:
        places, x, y, block = [], 0.0, self.head, 0
        starts = self._starts(lines)
        for number, (kind, _) in enumerate(lines):
            step = self.line * (1.6 if kind == "family" else 1)
            if number in starts:
                block += 1
                x, y = block * self.block, self.head
            places.append((x, y + step - 0.5 * self.line))
            y += step
        return places

    def _starts(self, lines: list[tuple[str, str]]) -> set[int]:
        """Where a new block begins: before a family, so that the blocks are as even as that allows."""
        families = [number for number, (kind, _) in enumerate(lines) if kind == "family"]
        cuts = min(self.n, len(families)) - 1

        def longest(starts: tuple[int, ...]) -> float:
            edges = [0, *starts, len(lines)]
            return max(self._length(lines[a:b]) for a, b in itertools.pairwise(edges))

        if math.comb(len(families) - 1, cuts) > 2_000:  # a codebook of very many families
            share = len(families) / (cuts + 1)
            return {families[round(share * cut)] for cut in range(1, cuts + 1)}
        return set(min(itertools.combinations(families[1:], cuts), key=longest))

    def places(self, lines: list[tuple[str, str]]) -> list[tuple[float, float]]:
        return self._places

    def at(self, x: float, share: float) -> float:
        """Horizontal place of a share."""
        return x + self.label + 0.8 * self.size / 72 + share * self.scale

    def cell_x(self, x: float, i: int) -> float:
        """Horizontal place of a policy's squares."""
        return self.at(x, 1) + self.percent + (i + 0.5) * self.cell

    def heads(self) -> list[tuple[float, float, float]]:
        """Left edge, top and bottom of each block."""
        bottoms = {x: max(y for left, y in self._places if left == x) for x, _ in self._places}
        return [(x, self.head, bottom + 0.5 * self.line) for x, bottom in bottoms.items()]


def _wilson(n: int, size: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    z = 1.959964
    middle = (n + z * z / 2) / (size + z * z)
    half = z / (size + z * z) * (n * (size - n) / size + z * z / 4) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def plot_scores(
    scores: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    checklists: list[str] | None = None,
    highlight: Iterable[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Share of each checklist's items that each policy addresses.

    Parameters
    ----------
    scores : DataFrame
        policy_id, checklist, n_items, n_addressed, share.
    policies : DataFrame
        `Corpus.policies`.
    checklists : list of str, optional
        Which, and in this order; default: all of the frame.
    highlight : iterable of str, optional
        policy_id of those named beyond 20 policies; default: the lowest, middle and highest share on the checklist
        "all", or else the last one.
    ax : Axes, optional
        To draw on; by default a figure of its own, as wide as the `style` in force and as high as its rows need.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        A missing column; a checklist that the frame does not have.

    Examples
    --------
    >>> policies = pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]})
    >>> scores = pd.DataFrame({"policy_id": ["a", "b"], "checklist": "CalOPPA", "n_items": 5, "n_addressed": [5, 3],
    ...                        "share": [1.0, 0.6]})
    >>> ax = plot_scores(scores, policies=policies)
    """
    check(scores, ["policy_id", "checklist", "n_items", "n_addressed", "share"], "plot_scores", policies)
    chosen = check_highlight(highlight, policies, "plot_scores")
    checklists = list(checklists or dict.fromkeys(scores["checklist"]))
    unknown = [name for name in checklists if name not in set(scores["checklist"])]
    if unknown:
        raise ValueError(f"plot_scores: frame has no checklist {unknown[0]!r}")
    n_items = scores.drop_duplicates("checklist").set_index("checklist")["n_items"]
    groups = {c: f"{c.replace('_', ' ')} ({count(int(n_items[c]), 'items')})" for c in checklists}
    long = scores[scores["checklist"].isin(checklists)].rename(
        columns={"checklist": "group", "share": "value"}
    )
    main = long[long["group"] == ("all" if "all" in checklists else checklists[-1])]
    ax = _grouped(ax, scores, long, groups, main.set_index("policy_id")["value"], chosen, policies, {},
                  texts=lambda row: f"{row['n_addressed']:.0f}", digits="{:.0%}",
                  short={c: f"{c.replace('_', ' ')} ({n_items[c]})" for c in checklists})  # fmt: skip
    if ax.get_xlim()[1] < 1.5:
        _percent(ax)
    ax.set_xlabel("share of the checklist's items addressed")
    return ax


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
    ax = _grouped(ax, transparency, long, groups, mean, chosen, policies, bands,
                  texts=lambda row: f"{row['value']:.2f}", digits="{:.2f}")  # fmt: skip
    ax.set_xlabel("score (fixed scale: 0 worst, 1 best anchor)")
    if bands:
        explain(ax, "Grey band: middle half of the reference population, line in it: its median.")
    return ax


def _grouped(
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
        return _overlay(
            ax, frame, long, groups, main, chosen, labels, limits=(0, 1), bands=bands, digits=digits
        )
    explain(ax, n_note(long["policy_id"].nunique()))
    if "low" in long:
        explain(ax, "Lines: 95 % intervals.")
    parts = [f"{groups[str(g)]}: {_list(part.set_index('policy_id')['value'], labels, digits)}"
             for g, part in long.groupby("group", sort=False)]  # fmt: skip
    told[ax] = "A dot for each policy in each group. " + "; ".join(parts)
    return ax


def _overlay(
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
    _explain_many(ax, n, chosen, intervals="low" in long)
    medians = long.groupby("group", sort=False)["value"].median()
    told[ax] = f"Distributions of {count(n)}; medians: {_list(medians, groups, digits)}"
    return ax


def plot_keyness(keyness: pd.DataFrame, *, n: int = 10, ax: Axes | None = None) -> Axes:
    """Words that set the target apart: bars of log ratio to the right, words it lacks to the left.

    Terms whose corrected p is above 0.05 or whose counts are low are hatched, so that size of an effect and
    evidence for it are told apart. One target against its reference: the figure is the same for any number of
    policies.

    Parameters
    ----------
    keyness : DataFrame
        From `keyness`: term, log_ratio, log_likelihood, p_adjusted, low_count.
    n : int
        Terms on each side, by log-likelihood.
    ax : Axes, optional
        To draw on; by default a figure of its own, as wide as the `style` in force and as high as its rows need.

    Returns
    -------
    Axes

    Examples
    --------
    >>> key = pd.DataFrame({"term": ["printer", "payment"], "log_ratio": [2.1, -1.4], "log_likelihood": [31.0, 9.5],
    ...                     "p_adjusted": [0.001, 0.2], "low_count": [False, True]})
    >>> ax = plot_keyness(key, n=1)
    """
    check(keyness, ["term", "log_ratio", "log_likelihood", "p_adjusted", "low_count"], "plot_keyness")
    ranked = keyness.sort_values(["log_likelihood", "term"], ascending=[False, True])
    chosen = pd.concat([ranked[ranked["log_ratio"] > 0].head(n), ranked[ranked["log_ratio"] < 0].head(n)])
    chosen = chosen.sort_values("log_ratio", ascending=False).reset_index(drop=True)
    ax = axes(ax, chosen, lines=max(4, 1.2 * len(chosen)))
    weak = (chosen["p_adjusted"] > 0.05) | chosen["low_count"]
    bars = ax.barh(
        range(len(chosen)),
        chosen["log_ratio"],
        color=np.where(chosen["log_ratio"] > 0, COLORS[0], COLORS[1]),
        height=0.7,
    )
    for bar, is_weak in zip(bars, weak, strict=True):
        if is_weak:
            bar.set(facecolor="white", edgecolor=GREY, hatch="////", linewidth=0.6)
    for y, (term, ratio) in enumerate(zip(chosen["term"], chosen["log_ratio"], strict=True)):
        ax.annotate(term, (0, y), xytext=(-0.4 if ratio > 0 else 0.4, 0), textcoords="offset fontsize", va="center",
                    ha="right" if ratio > 0 else "left", parse_math=False)  # fmt: skip
    ax.set_ylim(len(chosen) - 0.4, -0.6)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.axvline(0, color="black", linewidth=0.8)
    if len(chosen):  # room for the words on the side where they stand
        ends = max(chosen["log_ratio"].max(), 0.5), min(chosen["log_ratio"].min(), -0.5)
        ax.set_xlim(min(ends[1] * 1.05, -0.45 * ends[0]), max(ends[0] * 1.05, -0.45 * ends[1]))
    ax.set_xlabel("log ratio (+1: twice as frequent as in the others)")
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:+g}" if value else "0")
    if weak.any():
        explain(ax, "Hatched: low counts or corrected p > .05.")
    more, less = (chosen.loc[chosen["log_ratio"] * side > 0, "term"].head(10) for side in (1, -1))
    told[ax] = (
        f"Bars of log ratio. More frequent here: {', '.join(more) or 'none'}. Less frequent: {', '.join(less) or 'none'}"
    )
    return ax


def plot_terms(
    terms: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    value: str = "tf_idf",
    n: int = 8,
    ax: Axes | None = None,
) -> Axes:
    """The n leading terms of each policy: lollipops, or words in a line; beyond 20 policies how many share them.

    Parameters
    ----------
    terms : DataFrame
        policy_id, term and the column `value`.
    policies : DataFrame
        `Corpus.policies`.
    value : str
        Column of numbers that ranks the terms.
    n : int
        How many terms lead in a policy.
    ax : Axes, optional
        To draw on; by default a figure of its own, as wide as the `style` in force and as high as its rows need.

    Returns
    -------
    Axes

    Examples
    --------
    >>> policies = pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]})
    >>> terms = pd.DataFrame({"policy_id": ["a", "b"], "term": ["printer", "payment"], "tf_idf": [0.004, 0.002]})
    >>> ax = plot_terms(terms, policies=policies)
    """
    from policytools.layout import shorten

    check(terms, ["policy_id", "term", value], "plot_terms", policies)
    labels, styles = names(policies), looks(policies)
    ranked = terms.sort_values(["policy_id", value, "term"], ascending=[True, False, True])
    leading = ranked.groupby("policy_id").head(n)
    room = (max_height() - 7 * line_height()) / line_height()
    if len(policies) > MANY:
        return _terms_of_many(ax, terms, leading, n=n, value=value)
    lists = {p: list(leading.loc[leading["policy_id"] == p, "term"]) for p in labels}
    if len(policies) > FEW or 1.12 * len(labels) * (n + 1.4) > room:
        ax = _terms_in_lines(ax, terms, lists, labels)
        order = value.replace("_", "-")
        explain(ax, f"{n_note(len(labels))} The up to {n} leading terms by {order}, the first one leads.")
    else:
        ax = axes(ax, terms, lines=1.12 * len(labels) * (n + 1.4))
        ticks, y = [], 0.0
        for policy_id in labels:
            part = leading[leading["policy_id"] == policy_id]
            color, marker = styles[policy_id]
            name = shorten(labels[policy_id], 0.55 * width_of(ax), font(weight="bold"))
            ax.annotate(name, (0, y), xycoords=("axes fraction", "data"), xytext=(3, 0), va="center",
                        textcoords="offset points", fontweight="bold", color=_ink(color), parse_math=False)  # fmt: skip
            ys = [y + 1 + i for i in range(len(part))]
            ax.hlines(ys, 0, part[value], color=color, linewidth=1)
            ax.plot(part[value], ys, linestyle="", marker=marker, color=color)
            ticks += list(zip(ys, part["term"], strict=True))
            y += len(part) + 1.4
        ax.set_yticks([place for place, _ in ticks], [term for _, term in ticks], parse_math=False)
        ax.set_ylim(y - 0.8, -0.7)
        ax.set_xlim(0, None)
        ax.tick_params(axis="y", length=0)
        ax.set_xlabel(
            {
                "tf_idf": "tf-idf",
                "n": "occurrences",
                "per_thousand": "occurrences per thousand words",
            }.get(value, value.replace("_", " "))
        )
        explain(ax, n_note(len(labels)))
    told[ax] = "Leading terms. " + "; ".join(f"{labels[p]}: {', '.join(part)}" for p, part in lists.items())
    return ax


def _terms_in_lines(
    ax: Axes | None, terms: pd.DataFrame, lists: dict[str, list[str]], labels: dict[str, str]
) -> Axes:
    from policytools.layout import PAD, text_width

    room = (max_height() - 6 * line_height()) / line_height()
    ax = axes(ax, terms, lines=min(room, 1.6 * len(labels)))
    plain_rows(ax, list(labels.values()))
    ax.set_ylim(len(labels) - 0.5, -0.5)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    widest = max(text_width(t.get_text(), font()) for t in ax.get_yticklabels())
    wide = width_of(ax) - widest - 3 * PAD - font_size() / 72
    for y, chosen in enumerate(lists.values()):
        text = ""
        for term in chosen:
            longer = f"{text}, {term}" if text else term
            if text_width(longer, font(small())) > wide:
                break
            text = longer
        ax.annotate(text, (0, y), va="center", fontsize=small(), parse_math=False, in_layout=False)
        if y:
            ax.axhline(y - 0.5, color="#EEEEEE", linewidth=0.8)
    return ax


def _terms_of_many(
    ax: Axes | None, terms: pd.DataFrame, leading: pd.DataFrame, *, n: int, value: str
) -> Axes:
    size = terms["policy_id"].nunique()
    counts = leading.groupby("term").size().rename("n").reset_index()
    counts = counts.sort_values(["n", "term"], ascending=[False, True], ignore_index=True)
    top = counts.head(20)
    if len(counts) > 20:  # which of equals are left out would be a matter of the alphabet
        over = counts["n"] > counts["n"].iloc[20]
        top = counts[over] if over.any() else top
    ax = axes(ax, terms, lines=1.2 * len(top))
    for y, hits in enumerate(top["n"]):
        low, high = _wilson(int(hits), size)
        point(ax, {"value": hits / size, "low": low, "high": high}, y, ("#333333", "o"))
        _beside(ax, f"{hits}", high, y)
    plain_rows(ax, list(top["term"]))
    ax.set_ylim(len(top) - 0.4, -0.6)
    ax.set_xlim(0, None)
    ax.margins(x=0.08)
    _percent(ax)
    order = value.replace("_", "-")
    ax.set_xlabel(f"share of the policies with the term among their {n} leading ones")
    explain(ax, f"{n_note(size)} Leading by {order}; the {len(top)} terms that lead in most policies, with their number. "
                "Lines: 95 % intervals (Wilson).")  # fmt: skip
    told[ax] = f"Terms that lead in most of {count(size)}: " + ", ".join(
        f"{term} {hits}" for term, hits in top.head(10).itertuples(index=False)
    )
    return ax


def plot_vagueness(
    vagueness: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    reference: tuple[float, float, float] | None = None,
    highlight: Iterable[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Vague terms per hundred words by category, stacked; ``reference`` (p10, median, p90) as a band behind.

    Parameters
    ----------
    vagueness : DataFrame
        policy_id, category ("all" is their sum), per_hundred.
    policies : DataFrame
        `Corpus.policies`.
    reference : (float, float, float), optional
        10th percentile, median and 90th percentile of other policies' rates in all.
    highlight : iterable of str, optional
        policy_id of those named beyond 20 policies; default: the lowest, middle and highest rate in all.
    ax : Axes, optional
        To draw on; by default a figure of its own, as wide as the `style` in force and as high as its rows need.

    Returns
    -------
    Axes

    Examples
    --------
    >>> policies = pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]})
    >>> vague = pd.DataFrame({"policy_id": ["a", "b"], "category": "modality", "per_hundred": [1.8, 2.4]})
    >>> ax = plot_vagueness(vague, policies=policies)
    """
    from matplotlib.patches import Patch

    check(vagueness, ["policy_id", "category", "per_hundred"], "plot_vagueness", policies)
    chosen = check_highlight(highlight, policies, "plot_vagueness")
    labels = names(policies)
    categories = [str(c) for c in dict.fromkeys(vagueness["category"]) if c != "all"]
    sums = (
        vagueness[vagueness["category"].isin(categories)].groupby("policy_id")["per_hundred"].sum(min_count=1)
    )
    if len(policies) > MANY:
        long = vagueness[vagueness["category"] != "all"].rename(
            columns={"category": "group", "per_hundred": "value"}
        )
        whole = sums.rename("value").reset_index().assign(group="all")
        long = pd.concat([whole, long[["policy_id", "group", "value"]]], ignore_index=True)
        groups = {"all": "all vague terms", **{c: c.replace("_", " ") for c in categories}}
        bands: Bands = {"all": reference} if reference is not None else {}
        limits = (0.0, float(max(long["value"].max(), reference[2] if reference else 0)))
        ax = _overlay(
            ax, vagueness, long, groups, sums, chosen, labels, limits=limits, bands=bands, digits="{:.2f}"
        )
    else:
        ax = axes(ax, vagueness, lines=1.75 * len(labels))
        rows = _rows(ax, labels)
        left = dict.fromkeys(rows, 0.0)
        shades, hatches, handles = ["#333333", "#777777", "#AAAAAA", "#DDDDDD"], ["", "", "////", "...."], []
        if reference is not None:
            band(ax, reference, -0.6, len(labels) - 0.4)
        for i, category in enumerate(categories):
            part = vagueness[vagueness["category"] == category].set_index("policy_id")["per_hundred"].dropna()
            look: dict[str, Any] = {
                "facecolor": shades[i % 4],
                "hatch": hatches[i % 4],
                "edgecolor": "white",
                "linewidth": 0.5,
            }
            ax.barh(
                [rows[p] for p in part.index], part, left=[left[p] for p in part.index], height=0.58, **look
            )
            handles.append((Patch(**look), category.replace("_", " ")))  # type: ignore[arg-type]
            left.update({str(p): left[str(p)] + v for p, v in part.items()})
        for policy_id, total in sums.dropna().items():
            _beside(ax, f"{total:.1f}", total, rows[str(policy_id)], color="black")
        ax.set_xlim(0, 1.12 * max(sums.max(), reference[2] if reference else 0.1))
        key(ax, handles)
        explain(ax, n_note(len(sums)))
        told[ax] = f"Stacked bars; all categories together: {_list(sums, labels, '{:.2f}')}"
    if reference is not None:
        explain(ax, "Grey band: 10th to 90th percentile of the reference, line in it: its median.")
    ax.set_xlabel("vague terms per hundred words")
    return ax


def plot_dispersion(
    positions: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    highlight: Iterable[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Where in each policy something stands: a strip for each policy, a tick for each occurrence.

    Parameters
    ----------
    positions : DataFrame
        policy_id and position (0 at the policy's beginning, 1 at its end).
    policies : DataFrame
        `Corpus.policies`.
    highlight : iterable of str, optional
        policy_id of those with a strip of their own beyond 20 policies; default: those with fewest, middling and most
        occurrences.
    ax : Axes, optional
        To draw on; by default a figure of its own, as wide as the `style` in force and as high as its rows need.

    Returns
    -------
    Axes

    Examples
    --------
    >>> policies = pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]})
    >>> positions = pd.DataFrame({"policy_id": ["a", "a", "b"], "position": [0.1, 0.15, 0.8]})
    >>> ax = plot_dispersion(positions, policies=policies)
    """
    check(positions, ["policy_id", "position"], "plot_dispersion", policies)
    chosen = check_highlight(highlight, policies, "plot_dispersion")
    labels, many = names(policies), len(policies) > MANY
    n = positions.groupby("policy_id").size()
    shown = {p: labels[p] for p in (chosen or typical(n))} if many else labels
    styles = highlight_looks(list(shown)) if many else looks(policies)
    ax = axes(ax, positions, lines=1.5 * (len(shown) + 3.4) if many else 1.6 * len(shown))
    rows = _rows(ax, shown)
    for policy_id, y in rows.items():
        part = positions.loc[positions["policy_id"] == policy_id, "position"]
        ax.fill_between([0, 1], y - 0.36, y + 0.36, color="#F0F0F0", linewidth=0, zorder=0)
        ax.vlines(part, y - 0.3, y + 0.3, color=styles[policy_id][0], linewidth=1.1)
        ax.annotate(f"{len(part)}", (1, y), xycoords=("axes fraction", "data"), xytext=(0.4, 0), va="center",
                    textcoords="offset fontsize", fontsize=small(), color=GREY)  # fmt: skip
    if many:
        base = len(shown) + 2.2
        tenth = positions.assign(tenth=(positions["position"] * 10).clip(0, 9.999).astype(int))
        hits = (
            tenth.drop_duplicates(["policy_id", "tenth"])
            .groupby("tenth")
            .size()
            .reindex(range(10), fill_value=0)
        )
        share = hits / len(policies)
        ax.bar((share.index + 0.5) / 10, -2.0 * share, bottom=base, width=0.096, color="#D4D4D4")
        for i, value in enumerate(share):
            low, high = _wilson(int(hits[i]), len(policies))
            middle = (i + 0.5) / 10
            ax.plot([middle] * 2, [base - 2.0 * low, base - 2.0 * high], color=GREY, linewidth=1)
            ax.annotate(f"{100 * value:.0f}", (middle, base - 2.0 * high), xytext=(0, 2), textcoords="offset points",
                        ha="center", fontsize=small())  # fmt: skip
        ax.axhline(base, color="#999999", linewidth=0.6)
        all_names = row_names(ax, [*shown.values(), f"all {len(policies):,} policies"], rows=len(shown))
        ax.set_yticks([*range(len(shown)), base - 0.8], all_names, parse_math=False)
        ax.set_ylim(base + 0.2, -0.6)
        explain(ax, f"{n_note(len(policies))} Bars: percentage of the policies with an occurrence in the tenth, 95 % "
                    f"interval (Wilson). {_who(chosen, 'with fewest, middling and most occurrences')}")  # fmt: skip
    else:
        explain(ax, f"{n_note(len(labels))} At the right: number of occurrences.")
    ax.set_xlim(0, 1)
    _percent(ax)
    ax.set_xlabel("position in the policy")
    told[ax] = (
        f"{len(positions):,} occurrences in {count(len(n))} of {len(policies):,}: {_list(n, labels, '{:.0f}')}"
    )
    return ax


def plot_shared_text(
    shared: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    highlight: Iterable[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """How much of each policy stands word for word in each other one (containment).

    Up to 7 policies are a heat map, up to 20 a line of dots each with the largest one named; beyond, it is the
    distribution of each policy's largest containment with the pairs that share most.

    Parameters
    ----------
    shared : DataFrame
        policy_id, other_id, containment.
    policies : DataFrame
        `Corpus.policies`.
    highlight : iterable of str, optional
        policy_id of those named beyond 20 policies; default: the three pairs that share most.
    ax : Axes, optional
        To draw on; by default a figure of its own, as wide as the `style` in force and as high as its rows need.

    Returns
    -------
    Axes

    Examples
    --------
    >>> policies = pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]})
    >>> shared = pd.DataFrame({"policy_id": ["a", "b"], "other_id": ["b", "a"], "containment": [0.2, 0.1]})
    >>> ax = plot_shared_text(shared, policies=policies)
    """
    check(shared, ["policy_id", "other_id", "containment"], "plot_shared_text", policies)
    check(shared[["other_id"]].rename(columns={"other_id": "policy_id"}), [], "plot_shared_text", policies)
    chosen = check_highlight(highlight, policies, "plot_shared_text")
    labels = names(policies)
    ranked = shared.dropna(subset="containment").sort_values(
        ["containment", "policy_id", "other_id"], ascending=[False, True, True]
    )
    largest = ranked.drop_duplicates("policy_id").set_index("policy_id")
    told_top = "; ".join(
        f"{labels[row['policy_id']]} in {labels[row['other_id']]} {row['containment']:.1%}"
        for row in ranked.head(3).to_dict("records")
    )
    if len(policies) > MANY:
        if chosen:
            pairs = largest.loc[[p for p in chosen if p in largest.index]].reset_index()
        else:
            both: list[Any] = [
                frozenset(pair) for pair in zip(ranked["policy_id"], ranked["other_id"], strict=True)
            ]
            once = ranked.assign(pair=both)
            pairs = once.drop_duplicates("pair").head(3)
        rows = pairs.rename(columns={"containment": "value"}).to_dict("records")
        for row, look in zip(rows, highlight_looks([str(i) for i in range(len(rows))]).values(), strict=True):
            row |= {"name": f"{labels[row['policy_id']]} in {labels[row['other_id']]}", "look": look}
        ax = axes(ax, shared, lines=over_all_lines(len(rows)) + len(rows))
        over_all(ax, rows, largest["containment"], texts=lambda share: f"{share:.1%}")
        explain(ax, f"{n_note(len(largest))} Each counts with the largest share that stands in any one other policy. {HEAP} "
                    + ("" if chosen else "Named: the pairs that share most."))  # fmt: skip
        _percent(ax)
        ax.set_xlabel("largest share of a policy that stands in another one")
        told[ax] = (
            f"Distribution of {count(len(largest))}, median {largest['containment'].median():.1%}; most: {told_top}"
        )
        return ax
    if len(policies) <= FEW:
        ax = axes(ax, shared, lines=2.6 * len(labels) + 1.5)
        _heat_map(ax, shared, labels)
        explain(ax, f"{n_note(len(labels))} Row: the policy whose text is sought; column: where it is found.")
    else:
        ax = axes(ax, shared, lines=1.35 * len(labels))
        _largest_shares(ax, shared, largest, labels, looks(policies))
        explain(ax, f"{n_note(len(labels))} Dots: share found in each other policy; named: the largest.")
    told[ax] = f"Shares of {count(len(labels))} found in each other one; most: {told_top}"
    return ax


def _heat_map(ax: Axes, shared: pd.DataFrame, labels: dict[str, str]) -> None:
    from policytools.layout import shorten, text_width

    table = shared.pivot(index="policy_id", columns="other_id", values="containment")
    values = table.reindex(index=list(labels), columns=list(labels)).to_numpy(dtype=float)
    highest = max(0.1, np.nanmax(values, initial=0))
    ax.pcolormesh(values, cmap="Greys", vmin=0, vmax=highest, edgecolors="#CCCCCC", linewidth=0.8)
    ax.invert_yaxis()
    for i, j in np.ndindex(values.shape):
        if not np.isnan(values[i, j]):
            ax.annotate(f"{values[i, j]:.1%}", (j + 0.5, i + 0.5), ha="center", va="center", fontsize=small(),
                        color="white" if values[i, j] > 0.55 * highest else "black")  # fmt: skip
    middle = np.arange(len(labels)) + 0.5
    shown = list(labels.values())
    wide = 0.62 * width_of(ax) / len(labels)
    slanted = any(text_width(word, font(small())) > wide for name in shown for word in name.split())
    heads = [
        shorten(name, 0.3 * width_of(ax) if slanted else wide, font(small()), lines=1 if slanted else 2)
        for name in shown
    ]
    ax.set_xticks(middle, heads, fontsize=small(), parse_math=False, rotation=30 if slanted else 0,
                  ha="right" if slanted else "center", rotation_mode="anchor" if slanted else "default")  # fmt: skip
    ax.set_yticks(middle, row_names(ax, shown, rows=len(shown)), parse_math=False)
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)


def _largest_shares(
    ax: Axes,
    shared: pd.DataFrame,
    largest: pd.DataFrame,
    labels: dict[str, str],
    styles: dict[str, tuple[str, str]],
) -> None:
    from policytools.layout import shorten

    rows = _rows(ax, labels)
    ax.plot(shared["containment"], [rows[p] for p in shared["policy_id"]], linestyle="", marker="o", color="#AAAAAA",
            markersize=0.55 * marker_size(), zorder=1, clip_on=False)  # fmt: skip
    highest = max(0.01, largest["containment"].max())
    for policy_id, row in largest.iterrows():
        ax.plot(row["containment"], rows[str(policy_id)], linestyle="", marker=styles[str(policy_id)][1],
                color=styles[str(policy_id)][0], zorder=2)  # fmt: skip
        name = shorten(labels[row["other_id"]], 0.24 * width_of(ax), font(small()))
        _beside(ax, f"{row['containment']:.1%} {name}", row["containment"], rows[str(policy_id)])
    ax.set_xlim(0, 1.7 * highest)
    ax.set_xticks([tick for tick in ax.get_xticks() if tick <= highest])
    _percent(ax)
    ax.set_xlabel("share that stands in another policy")


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
            _beside(ax, f"{round(value, 2) + 0.0:.2f}", max(value, high), y + shift)
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


def _rows(ax: Axes, labels: dict[str, str]) -> dict[str, int]:
    """One row for each policy, the manifest's first on top."""
    plain_rows(ax, list(labels.values()))
    ax.set_ylim(len(labels) - 0.4, -0.6)
    return {policy_id: row for row, policy_id in enumerate(labels)}


def _beside(ax: Axes, text: str, x: float, y: float, *, color: str = GREY) -> None:
    """A value at the right of its mark."""
    ax.annotate(text, (x, y), xytext=(0.55, 0), textcoords="offset fontsize", va="center", fontsize=small(), color=color,
                parse_math=False)  # fmt: skip


def _percent(ax: Axes) -> None:
    """Ticks in per cent, with as many decimals as they have."""
    ax.xaxis.set_major_formatter(lambda value, _: f"{round(100 * value, 4) + 0.0:g}%")


def _ink(color: str) -> str:
    """A colour dark enough to write in: 4.5 to 1 on white."""
    from matplotlib.colors import to_hex, to_rgb

    rgb = np.array(to_rgb(color))
    while 1.05 / (0.05 + _luminance(rgb)) < 4.5:
        rgb = rgb * 0.95
    return str(to_hex(tuple(rgb)))


def _luminance(rgb: np.ndarray) -> float:
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def _who(chosen: list[str] | None, default: str) -> str:
    return "" if chosen else f"Named: the policies {default}."


def _explain_many(ax: Axes, n: int, chosen: list[str] | None, *, intervals: bool) -> None:
    parts = [n_note(n), HEAP, _who(chosen, "with the lowest, middle and highest value")]
    if intervals:
        parts.append("Coloured lines: 95 % intervals.")
    explain(ax, " ".join(part for part in parts if part))


def _list(values: pd.Series, labels: dict[str, str], form: str) -> str:
    """Values by name: all of a few, the lowest, the middle and the highest of many."""
    values = values.dropna()
    chosen = list(values.index) if len(values) <= FEW + 1 else typical(values)
    said = ", ".join(f"{labels.get(str(p), str(p))} {form.format(values[p])}" for p in chosen)
    return said if len(chosen) == len(values) else f"lowest, middle and highest: {said}"
