"""Figures of disclosure: which items a policy addresses, one by one and by checklist."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from policytools.plots.panels import grouped, highlight_looks, listed, n_note, percent, point, wilson
from policytools.plots.style import (
    FEW,
    GREY,
    MANY,
    axes,
    check,
    check_highlight,
    count,
    explain,
    font,
    line_height,
    looks,
    max_height,
    min_size,
    small,
    told,
    width_of,
)
from policytools.tables import names

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
            low, high = wilson(n, size)
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
        told[ax] = f"A grid of {count(len(plan.short), 'items')} and {count(n)}; items addressed: " + listed(
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
    ax = grouped(ax, coverage, long, groups, main, chosen, policies, {},
                  texts=lambda row: f"{row['sum']:.0f}", digits="{:.0%}")  # fmt: skip
    explain(ax, "By family of items; in brackets their number.")
    if ax.get_xlim()[1] < 1.5:
        percent(ax)
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

        from policytools.plots.text_fitting import PAD, shorten, text_width

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

        def longest(starts: Iterable[int]) -> float:
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
    ax = grouped(ax, scores, long, groups, main.set_index("policy_id")["value"], chosen, policies, {},
                  texts=lambda row: f"{row['n_addressed']:.0f}", digits="{:.0%}",
                  short={c: f"{c.replace('_', ' ')} ({n_items[c]})" for c in checklists})  # fmt: skip
    if ax.get_xlim()[1] < 1.5:
        percent(ax)
    ax.set_xlabel("share of the checklist's items addressed")
    return ax
