"""Figures of disclosure: which items a policy addresses, one by one and by checklist."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from policytools._frames import check_choice
from policytools._statistics import share_of_policies
from policytools._wording import counted
from policytools.plots import panels, style
from policytools.plots.style import GREY, MAX_MARKERS, MAX_ROWS, note
from policytools.plots.text_fitting import PAD, shorten, text_width
from policytools.tables import as_title


def plot_coverage(
    coverage: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    highlight: Iterable[str] | None = None,
    item_labels: Mapping[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Which items each policy addresses, items by family; beyond 20 policies the share of them that do.

    Filled squares are addressed, small open ones silent, frames addressed to some readers only. A share is drawn with its
    95 % interval (Wilson).
    The items are in several blocks side by side where the height requires it and the width allows it. On a
    slide no text is below 12 points: if the items do not fit, the share of each family that is addressed is
    drawn instead. To see single items on a slide, pass the rows of one family.

    Parameters
    ----------
    coverage : DataFrame
        policy_id, item, family, addressed; only_to_some, if there, is drawn too.
    policies : DataFrame
        `Corpus.policies`.
    highlight : iterable of str, optional
        policy_id or vendor of those that get squares beside the shares if there are more than 20 policies; default:
        none.
    item_labels : mapping, optional
        Item -> what is written for it, such as `Codebook.labels`; default: the item.
    ax : Axes, optional
        To draw on; default: a new figure, as wide as the `style` in use and as high as its rows need.

    Returns
    -------
    Axes

    Examples
    --------
    >>> policies = pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]})
    >>> cells = pd.DataFrame({"policy_id": ["a", "b"], "item": "cookies", "family": "collection", "addressed": [True, False]})
    >>> ax = plot_coverage(cells, policies=policies)
    """
    columns = ["policy_id", "item", "family", "addressed"]
    coverage, labels, chosen = style.check_input(coverage, "coverage", columns, policies, highlight)
    many = len(policies) > MAX_ROWS
    shown = chosen if many else list(labels)
    grid = _Grid(
        ax,
        coverage,
        [labels[policy_id] for policy_id in shown],
        item_labels=item_labels or {},
        with_shares=many,
    )
    if grid.too_small:
        return _plot_families(ax, coverage, policies, labels, chosen)
    ax = style.prepare_axes(ax, coverage, lines=grid.height / style.line_height())
    ax.set_axis_off()
    ax.set_xlim(0, grid.width)
    ax.set_ylim(grid.height, 0)
    _write_items(ax, grid)
    markers = style.highlight_markers(shown) if many else style.policy_markers(policies)
    for number, policy_id in enumerate(shown):
        own = coverage[coverage["policy_id"] == policy_id]
        addressed = dict(zip(own["item"], own["addressed"], strict=True))
        to_some = set(own["item"][own["only_to_some"].astype(bool)]) if "only_to_some" in own else set()
        _draw_squares(ax, grid, number, addressed, to_some, markers[policy_id][0])
    _write_headings(ax, grid)
    n_policies = coverage["policy_id"].nunique()
    if many:
        _draw_shares(ax, grid, coverage, n_policies)
        if shown:
            note(ax, "Squares: filled if addressed.")
    else:
        some = coverage["only_to_some"].astype(bool).any() if "only_to_some" in coverage else False
        framed = "; frame: told to readers of one place or kind only" if some else ""
        note(ax, f"{style.sample_size(n_policies)} Filled: addressed; open: silent{framed}.")
        n_addressed = coverage.groupby("policy_id")["addressed"].sum()
        listed = panels.describe_values(n_addressed, labels, ".0f")
        size = f"{counted(len(grid.short_items), 'item')} and {counted(n_policies, 'policy', 'policies')}"
        style.descriptions[ax] = f"A grid of {size}; items addressed: {listed}"
    return ax


def _write_items(ax: Axes, grid: _Grid) -> None:
    """The names of families and items."""
    for (name, is_family), (x, y) in zip(grid.lines, grid.places, strict=True):
        if is_family:
            family = as_title(name)
            ax.text(x, y, family, fontweight="bold", fontsize=grid.size, va="center")
        else:
            x, item = x + grid.label_width, grid.short_items[name]
            ax.text(x, y, item, fontsize=grid.size, va="center", ha="right", parse_math=False)


def _draw_squares(
    ax: Axes, grid: _Grid, number: int, addressed: dict[str, bool], to_some: set[str], color: str
) -> None:
    """The squares of a policy: filled if addressed, a frame if only to some readers, small and grey if silent."""
    side = 72 * 0.72 * min(grid.cell, grid.line)
    filled: dict[str, Any] = {"color": color, "linewidth": 0, "s": side**2}
    still: dict[str, Any] = {"facecolor": "white", "edgecolor": "#AAAAAA", "linewidth": 0.6}
    still["s"] = (0.6 * side) ** 2
    framed: dict[str, Any] = {
        "facecolor": "white",
        "edgecolor": color,
        "linewidth": 0.2 * side,
        "s": (0.8 * side) ** 2,
    }
    for value, look in ((True, filled), ("to some", framed), (False, still)):
        places = [
            place
            for item, place in grid.items()
            if ("to some" if item in to_some and addressed.get(item) else addressed.get(item)) == value
        ]
        if places:
            across = [grid.cell_x(x, number) for x, _ in places]
            ax.scatter(across, [y for _, y in places], marker="s", **look)


def _write_headings(ax: Axes, grid: _Grid) -> None:
    """The policies' names above each block of items."""
    turn: dict[str, Any] = {"rotation": grid.angle, "ha": "left" if grid.angle else "center"}
    for x in grid.blocks():
        for number, name in enumerate(grid.headings):
            ax.text(
                grid.cell_x(x, number), grid.head_height, f" {name}", fontsize=grid.size, va="bottom",
                rotation_mode="anchor", parse_math=False, **turn,
            )  # fmt: skip


def _draw_shares(ax: Axes, grid: _Grid, coverage: pd.DataFrame, n_policies: int) -> None:
    """The share of the policies that address each item, with its interval, and a scale for each block."""
    n_of_item = coverage.groupby("item", sort=False)["policy_id"].nunique()
    shares = share_of_policies(coverage[coverage["addressed"].astype(bool)], "item", n_of_item)
    style.drawn_frames[ax].append(shares)
    rows = {row["item"]: row for row in shares.rename(columns={"share": "value"}).to_dict("records")}
    for item, (x, y) in grid.items():
        panels.draw_value(ax, rows[item], y, ("#333333", "o"), scale=partial(grid.share_x, x))
        right = grid.share_x(x, 1) + grid.percent_width
        ax.text(right, y, f"{rows[item]['value']:.0%}", va="center", ha="right", fontsize=grid.size)
    top = grid.head_height
    for x, bottom in grid.blocks().items():
        for share in (0.0, 0.5, 1.0):
            place = grid.share_x(x, share)
            ax.plot([place] * 2, [top, bottom], color="#DDDDDD", linewidth=0.7, zorder=-1)
            ax.text(place, top, f"{share:.0%}", ha="center", va="bottom", color=GREY, fontsize=grid.size)
    dots = "Dot: share of the policies that address the item; line: 95 % interval (Wilson)."
    note(ax, f"{style.sample_size(n_policies)} {dots}")
    ranked = shares.sort_values("share")
    ends = ranked[["item", "share"]].iloc[[0, -1]].itertuples(index=False)
    least, most = (f"{share:.0%} ({grid.label(item)})" for item, share in ends)
    policies, items = counted(n_policies, "policy", "policies"), counted(len(shares), "item")
    style.descriptions[ax] = f"Share of {policies} that address each of {items}, from {least} to {most}"


def _plot_families(
    ax: Axes | None, coverage: pd.DataFrame, policies: pd.DataFrame, labels: dict[str, str], chosen: list[str]
) -> Axes:
    """The share of each family's items that each policy addresses."""
    cells = coverage.groupby(["family", "policy_id"], sort=False)["addressed"]
    values = cells.agg(n="sum", value="mean").rename_axis(["group", "policy_id"]).reset_index()
    n_items = coverage.groupby("family", sort=False)["item"].nunique()
    groups = {str(family): f"{str(family).replace('_', ' ')} ({n})" for family, n in n_items.items()}
    ranking = coverage.groupby("policy_id")["addressed"].mean()
    data = panels.GroupedValues(coverage, values, groups, labels, chosen, ranking, ".0%")
    ax = panels.plot_groups(ax, data, policies, text_of=lambda row: f"{row['n']:.0f}")
    note(ax, "By family of items; in brackets their number.")
    if ax.get_xlim()[1] < 1.5:
        panels.percent_ticks(ax)
        ax.set_xlabel("share of the family's items addressed")
    else:
        note(ax, "0: none of them addressed, 1: all.")
    return ax


class _Grid:
    """Where items, squares and shares are drawn, in inches from the upper left corner."""

    def __init__(
        self,
        ax: Axes | None,
        coverage: pd.DataFrame,
        names: list[str],
        *,
        item_labels: Mapping[str, str],
        with_shares: bool,
    ) -> None:
        self.item_labels = item_labels
        self.lines: list[tuple[str, bool]] = []  # name of a family or an item, and whether it is a family
        for family, part in coverage.drop_duplicates("item").groupby("family", sort=False):
            self.lines += [(str(family), True), *((str(item), False) for item in part["item"])]
        self.with_shares = with_shares
        self.width = style.figure_width(ax) - 2 * PAD
        smallest = style.min_font_size()
        # Smaller text before anything overlaps, and a little smaller where the items then are in two blocks.
        sizes = [max(smallest, factor * style.small_size()) for factor in (1, 0.92, 0.84, 0.76, 0.7, 0.64)]
        self.size = next((size for size in sizes[:3] if self._fits(names, size) and self.n_blocks > 1), 0.0)
        self.size = self.size or next((size for size in sizes if self._fits(names, size)), sizes[-1])
        fits = self._fits(names, self.size)
        self.too_small = not fits and smallest > 6
        self.places = self._places()  # left edge and middle of each line
        self.height = max(y for _, y in self.places) + self.line

    def _fits(self, names: list[str], size: float) -> bool:
        """Set all widths for a size of the text; whether the items then fit into the highest figure."""
        em, face, n = size / 72, style.font(size), len(names)
        self.line = 1.22 * size / 72
        self.cell = 2.2 * em if n <= MAX_MARKERS else 1.25 * em
        self.angle = 60 if any(text_width(name, face) > 0.95 * self.cell for name in names) else 0
        self.headings = [shorten(name, 11 * em, face) for name in names]
        longest = max((text_width(name, face) for name in self.headings), default=0)
        self.head_height = 0.9 * longest + 1.1 * em if self.angle else 1.4 * em
        overhang = 0.55 * longest if self.angle else 0.0  # of the last heading
        self.percent_width, scale_width = (2.9 * em, 8.0 * em) if self.with_shares else (0.0, 0.0)
        items = {name: self.label(name) for name, is_family in self.lines if not is_family}
        without_label = 0.8 * em + n * self.cell + self.percent_width + scale_width
        longest_item = max(text_width(item, face) for item in items.values())
        self.label_width = min(longest_item, self.width - without_label - overhang)
        self.short_items = {name: shorten(item, self.label_width, face) for name, item in items.items()}

        block_width = self.label_width + without_label + max(overhang, 1.2 * em)
        room = style.max_height() - 7 * style.line_height() - self.head_height
        most_blocks = max(1, int((self.width + 1.2 * em) / block_width))
        self.heights = [self.line * (1.6 if is_family else 1) for _, is_family in self.lines]
        total = sum(self.heights)
        fitting = (n for n in range(1, most_blocks + 1) if total / n <= 0.95 * room)
        self.n_blocks = next(fitting, most_blocks)
        if self.n_blocks == 1 and most_blocks > 1 and total > 0.6 * room:
            self.n_blocks = 2  # a figure twice as wide as high is easier to read than a narrow, high one
        self.block_width = self.width / self.n_blocks
        spare = max(0.0, self.block_width - block_width)
        self.scale_width = min(scale_width + spare, 22 * em) if self.with_shares else 0.0
        return total / self.n_blocks <= room

    def label(self, item: str) -> str:
        return self.item_labels.get(item, item.replace("_", " "))

    def _places(self) -> list[tuple[float, float]]:
        places, x, y = [], 0.0, self.head_height
        starts = self._block_starts()
        for number, height in enumerate(self.heights):
            if number in starts:
                x, y = x + self.block_width, self.head_height
            y += height
            places.append((x, y - 0.5 * self.line))
        return places

    def _block_starts(self) -> set[int]:
        """Where new blocks begin: before a family, so that the blocks are about equally high."""
        families = [number for number, (_, is_family) in enumerate(self.lines) if is_family]
        cuts = min(self.n_blocks, len(families)) - 1

        def longest(starts: Iterable[int]) -> float:
            edges = [0, *starts, len(self.lines)]
            return max(sum(self.heights[a:b]) for a, b in itertools.pairwise(edges))

        if math.comb(len(families) - 1, cuts) > 2_000:  # too many ways to try all
            share = len(families) / (cuts + 1)
            return {families[round(share * cut)] for cut in range(1, cuts + 1)}
        return set(min(itertools.combinations(families[1:], cuts), key=longest))

    def items(self) -> list[tuple[str, tuple[float, float]]]:
        """The items with their places."""
        lines = zip(self.lines, self.places, strict=True)
        return [(name, place) for (name, is_family), place in lines if not is_family]

    def share_x(self, x: float, share: float) -> float:
        """Horizontal place of a share in the block that begins at x."""
        return x + self.label_width + 0.8 * self.size / 72 + share * self.scale_width

    def cell_x(self, x: float, number: int) -> float:
        """Horizontal place of a policy's squares in the block that begins at x."""
        return self.share_x(x, 1) + self.percent_width + (number + 0.5) * self.cell

    def blocks(self) -> dict[float, float]:
        """Left edge -> bottom of each block."""
        return {x: y + 0.5 * self.line for x, y in self.places}  # the last line of a block counts


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
        policy_id or vendor of those to name if there are more than 20 policies; default: the lowest, middle and highest
        share on the checklist "all", or else the last one.
    ax : Axes, optional
        To draw on; default: a new figure, as wide as the `style` in use and as high as its rows need.

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
    columns = ["policy_id", "checklist", "n_items", "n_addressed", "share"]
    scores, labels, chosen = style.check_input(scores, "scores", columns, policies, highlight)
    checklists = list(checklists or dict.fromkeys(scores["checklist"]))
    for name in checklists:
        check_choice("checklists", name, dict.fromkeys(scores["checklist"]))
    n_items = dict(zip(scores["checklist"], scores["n_items"], strict=True))
    short = {name: f"{name.replace('_', ' ')} ({n_items[name]})" for name in checklists}
    groups = {name: f"{name.replace('_', ' ')} ({counted(n_items[name], 'item')})" for name in checklists}
    values = scores[scores["checklist"].isin(checklists)]
    values = values.rename(columns={"checklist": "group", "share": "value"})
    main = values[values["group"] == ("all" if "all" in checklists else checklists[-1])]
    ranking = main.set_index("policy_id")["value"]
    data = panels.GroupedValues(scores, values, groups, labels, chosen, ranking, ".0%")
    ax = panels.plot_groups(
        ax, data, policies, text_of=lambda row: f"{row['n_addressed']:.0f}", short_names=short
    )
    if ax.get_xlim()[1] < 1.5:
        panels.percent_ticks(ax)
    ax.set_xlabel("share of the checklist's items addressed")
    return ax
