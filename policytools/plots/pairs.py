"""Figures of comparisons: a matrix of all pairs, and the ranks that the pairs leave possible."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from policytools._frames import check_choice
from policytools._wording import counted
from policytools.plots import panels, style
from policytools.plots.style import GREY, note
from policytools.plots.text_fitting import shorten, text_width

# Verdict of a pair -> how a cell is drawn where the row is ahead; where it is behind, in the other colour.
_CLEAR, _BY_WEIGHTS, _OPEN = "separated", "separated at these weights", "not separated, or it depends"
_LOOKS = {
    "ahead": _CLEAR, "behind": _CLEAR, "ahead at these weights": _BY_WEIGHTS, "behind at these weights": _BY_WEIGHTS,
}  # fmt: skip
_BLANK = {
    "not separated by the codes": "not separated", "not separated by the text": "not separated",
    "depends on weights": "depends on the weights", "same": "equal", "undefined": "not defined",
}  # fmt: skip
_AHEAD, _BEHIND = "#0072B2", "#D55E00"  # told apart by all readers; in grey print the sign says who is ahead
_MOST = 12  # policies of a matrix


def plot_pairs(
    pairs: pd.DataFrame, *, policies: pd.DataFrame, dimension: str = "overall", ax: Axes | None = None
) -> Axes:
    """All pairs on one dimension: how far the policy of the row is ahead of that of the column, shaded by the verdict.

    Parameters
    ----------
    pairs : DataFrame
        policy_id, other_id, dimension, difference (the first minus the second), verdict, as from `compare_scores`.
    policies : DataFrame
        `Corpus.policies`; at most 12 that are compared (`plot_ranks` draws more).
    dimension : str
        One of the frame.
    ax : Axes, optional
        To draw on; default: a new figure, as wide as the `style` in use and as high as its rows need.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        A missing column, a dimension that the frame does not have, or more than 12 policies.

    Examples
    --------
    >>> policies = pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]})
    >>> pairs = pd.DataFrame({"policy_id": ["a"], "other_id": ["b"], "dimension": "overall", "difference": [0.2],
    ...                       "verdict": ["ahead"]})
    >>> ax = plot_pairs(pairs, policies=policies)
    """
    columns = ["policy_id", "other_id", "dimension", "difference", "verdict"]
    pairs, labels, _ = style.check_input(pairs, "pairs", columns, policies, numbers=["difference"])
    check_choice("dimension", dimension, dict.fromkeys(pairs["dimension"]))
    pairs = pairs[pairs["dimension"] == dimension]
    compared = {*pairs["policy_id"], *pairs["other_id"]}
    shown = [policy_id for policy_id in labels if policy_id in compared]
    if len(shown) > _MOST:
        raise ValueError(f"pairs: {len(shown)} policies are too many for a matrix of {_MOST}; use plot_ranks")
    ax = style.prepare_axes(ax, pairs, lines=1.9 * max(len(shown), 2))
    place = {policy_id: n for n, policy_id in enumerate(shown)}
    for row in pairs.to_dict("records"):
        a, b = place[row["policy_id"]], place[row["other_id"]]
        _draw_cell(ax, a, b, row["difference"], row["verdict"])
        _draw_cell(ax, b, a, -row["difference"], row["verdict"])
    for n in range(len(shown)):
        ax.add_patch(Rectangle((n, n - 0.5), 1, 1, facecolor="#F4F4F4", linewidth=0))
    size = style.small_size()
    names = [labels[policy_id] for policy_id in shown]
    room = style.figure_width(ax) * 0.6 / max(len(shown), 1)
    slanted = any(text_width(name, style.font(size)) > 0.9 * room for name in names)
    turn: dict[str, Any] = {"ha": "left", "rotation": 38} if slanted else {"ha": "center"}
    for n, name in enumerate(names):
        ax.annotate(shorten(name, 1.6, style.font(size)), (n + (0.3 if slanted else 0.5), -0.56), va="bottom",
                    rotation_mode="anchor", fontsize=size, annotation_clip=False, parse_math=False, **turn)  # fmt: skip
    longest = max((text_width(name, style.font(size)) for name in names), default=0.0)
    style.keep_below_title(ax, (0.62 * min(longest, 1.6) if slanted else 0.0) + 1.7 * size / 72)
    panels.label_rows(ax, names)
    ax.set_xlim(0, max(len(shown), 1))
    ax.set_ylim(len(shown) - 0.5, -0.5)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    note(ax, _meaning(pairs["verdict"]))
    clear = pairs[pairs["verdict"].map(_LOOKS) == _CLEAR].to_dict("records")
    listed = (
        f"{labels[row['policy_id']]} minus {labels[row['other_id']]} {row['difference']:+.2f}"
        for row in clear
    )
    size_and_clear = f"{counted(len(pairs), 'pair')} on {dimension}; {len(clear)} are separated"
    style.descriptions[ax] = f"A matrix of {size_and_clear}. {'; '.join(listed)}"
    return ax


def _meaning(verdicts: pd.Series) -> str:
    """What the colours of the cells that occur stand for."""
    light = "; light: at the stated weights only" if verdicts.map(_LOOKS).eq(_BY_WEIGHTS).any() else ""
    blank = " or ".join(dict.fromkeys(text for verdict, text in _BLANK.items() if verdict in set(verdicts)))
    white = f"; white: {blank}" if blank else ""
    return f"Row minus column. Blue: the row is ahead; orange: behind{light}{white}."


def _draw_cell(ax: Axes, row: int, column: int, difference: float, verdict: str) -> None:
    look = _LOOKS.get(verdict, _OPEN)
    color = _AHEAD if difference > 0 else _BEHIND
    face, ink = {_CLEAR: (color, "white"), _BY_WEIGHTS: (color, "#222222"), _OPEN: ("white", GREY)}[look]
    alpha = 0.3 if look == _BY_WEIGHTS else 1.0
    cell = Rectangle((column + 0.03, row - 0.47), 0.94, 0.94, facecolor=face, alpha=alpha, linewidth=0)
    ax.add_patch(cell)
    text = "" if pd.isna(difference) else f"{difference:+.2f}" if abs(difference) >= 0.005 else "0"
    text = text.replace("-", "\N{MINUS SIGN}")
    ax.text(column + 0.5, row, text, ha="center", va="center", color=ink, fontsize=style.small_size())


def plot_ranks(
    ranks: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    dimension: str = "overall",
    highlight: Iterable[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """The ranks on one dimension that each policy may have: sets that hold all true ranks at once.

    Parameters
    ----------
    ranks : DataFrame
        policy_id, dimension, rank_low, rank_high, as from `score_ranks`.
    policies : DataFrame
        `Corpus.policies`.
    dimension : str
        One of the frame.
    highlight : iterable of str, optional
        policy_id or vendor of those whose names and lines are coloured; default: all if there are at most eight.
    ax : Axes, optional
        To draw on; default: a new figure, as wide as the `style` in use and as high as its rows need.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        A missing column, or a dimension that the frame does not have.

    Examples
    --------
    >>> policies = pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]})
    >>> ranks = pd.DataFrame({"policy_id": ["a", "b"], "dimension": "overall", "rank_low": [1, 1], "rank_high": [1, 2]})
    >>> ax = plot_ranks(ranks, policies=policies)
    """
    columns = ["policy_id", "dimension", "rank_low", "rank_high"]
    numbers = ["rank_low", "rank_high"]
    ranks, labels, chosen = style.check_input(ranks, "ranks", columns, policies, highlight, numbers=numbers)
    check_choice("dimension", dimension, dict.fromkeys(ranks["dimension"]))
    ranks = ranks[ranks["dimension"] == dimension].dropna(subset=numbers)
    ranks = ranks.sort_values(numbers, kind="stable", ignore_index=True)
    n, room = len(ranks), style.max_lines(8.5)
    ax = style.prepare_axes(ax, ranks, lines=min(max(1.2 * n, 3), room))
    few = n <= len(style.COLORS)
    markers = style.policy_markers(policies) if few and not chosen else style.highlight_markers(chosen)
    wide = min(6.0, 0.5 * 72 * room * style.line_height() / max(n, 1))
    named = {}
    for y, row in enumerate(ranks.to_dict("records")):
        color = markers.get(row["policy_id"], ("#999999", ""))[0]
        ends = [row["rank_low"] - 0.4, row["rank_high"] + 0.4]
        ax.plot(ends, [y, y], color=color, linewidth=wide, solid_capstyle="butt")
        if 1.2 * n <= room or row["policy_id"] in chosen:
            named[y] = labels[row["policy_id"]]
    panels.label_rows(ax, list(named.values()), at=list(named), max_lines=1)
    ax.set_ylim(n - 0.5, -0.5)
    ax.set_xlim(0.5, max(n, 1) + 0.5)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel("rank (1: most transparent)")
    note(ax, f"{style.sample_size(n)} Lines: simultaneous 95 % sets of ranks.")
    sure = ranks[ranks["rank_low"] == ranks["rank_high"]]
    style.descriptions[ax] = (
        f"Sets of ranks of {counted(n, 'policy', 'policies')} on {dimension}; {len(sure)} have one rank"
    )
    return ax
