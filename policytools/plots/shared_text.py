"""The figure of text that policies share."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from policytools._wording import counted
from policytools.plots import panels, style
from policytools.plots.style import MAX_MARKERS, MAX_ROWS, Marker, note
from policytools.plots.text_fitting import shorten, text_width

_COLUMNS = ["policy_id", "other_id", "containment"]


def plot_shared_text(
    shared: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    highlight: Iterable[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """How much of each policy is found word for word in each other one (containment).

    Up to 7 policies are a heat map; up to 20 have a line of dots each, with the largest one named. With more,
    it is the distribution of each policy's largest containment, with the pairs that share most.

    Parameters
    ----------
    shared : DataFrame
        policy_id, other_id, containment.
    policies : DataFrame
        `Corpus.policies`.
    highlight : iterable of str, optional
        policy_id or vendor of those to name if there are more than 20 policies; default: the three pairs that share
        most.
    ax : Axes, optional
        To draw on; default: a new figure, as wide as the `style` in use and as high as its rows need.

    Returns
    -------
    Axes

    Examples
    --------
    >>> policies = pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]})
    >>> shared = pd.DataFrame({"policy_id": ["a", "b"], "other_id": ["b", "a"], "containment": [0.2, 0.1]})
    >>> ax = plot_shared_text(shared, policies=policies)
    """
    shared, labels, chosen = style.check_input(shared, "shared", _COLUMNS, policies, highlight)
    ranked = shared.dropna(subset="containment").sort_values(["policy_id", "other_id"])
    ranked = ranked.sort_values("containment", ascending=False, kind="stable")
    largest = ranked.drop_duplicates("policy_id").set_index("policy_id")
    most = "; ".join(
        f"{labels[policy_id]} in {labels[other_id]} {containment:.1%}"
        for policy_id, other_id, containment in ranked[_COLUMNS].head(3).itertuples(index=False)
    )
    if len(policies) > MAX_ROWS:
        if chosen:
            pairs = largest.loc[[p for p in chosen if p in largest.index]].reset_index()
        else:
            pairs = _each_pair_once(ranked).head(3)
        ax = _distribution(ax, shared, largest["containment"], pairs, labels)
        named = "" if chosen else " Named: the pairs that share most."
        counts = "Each counts with the largest share that is in any one other policy."
        note(ax, f"{style.sample_size(len(largest))} {counts} {panels.HISTOGRAM_NOTE}{named}")
        median = largest["containment"].median()
        shown = f"Distribution of {counted(len(largest), 'policy', 'policies')}, median {median:.1%}"
    else:
        n = style.sample_size(len(labels))
        if len(policies) <= MAX_MARKERS:
            ax = style.prepare_axes(ax, shared, lines=2.6 * len(labels) + 1.5)
            _heat_map(ax, shared, labels)
            note(ax, f"{n} Row: the policy whose text is sought; column: where it is found.")
        else:
            ax = style.prepare_axes(ax, shared, lines=1.35 * len(labels))
            _largest_shares(ax, shared, largest, labels, style.policy_markers(policies))
            note(ax, f"{n} Dots: share found in each other policy; named: the largest.")
        shown = f"Shares of {counted(len(labels), 'policy', 'policies')} found in each other one"
    style.descriptions[ax] = f"{shown}; most: {most}"
    return ax


def _each_pair_once(ranked: pd.DataFrame) -> pd.DataFrame:
    """The direction of each pair that comes first."""
    pairs = pd.Series(map(frozenset, ranked[["policy_id", "other_id"]].to_numpy()), index=ranked.index)
    return ranked[~pairs.duplicated()]


def _distribution(
    ax: Axes | None, shared: pd.DataFrame, largest: pd.Series, pairs: pd.DataFrame, labels: dict[str, str]
) -> Axes:
    """The histogram of each policy's largest share, some pairs above it."""
    rows = []
    for number, (policy_id, other_id, share) in enumerate(pairs[_COLUMNS].itertuples(index=False)):
        name = f"{labels[policy_id]} in {labels[other_id]}"
        rows.append({"value": share, "name": name, "marker": style.nth_marker(number)})
    ax = style.prepare_axes(ax, shared, lines=panels.lines_above_histogram(len(rows)) + len(rows))
    panels.rows_above_histogram(ax, rows, largest, ".1%")
    panels.percent_ticks(ax)
    ax.set_xlabel("largest share of a policy that is also in another one")
    return ax


def _heat_map(ax: Axes, shared: pd.DataFrame, labels: dict[str, str]) -> None:
    table = shared.pivot(index="policy_id", columns="other_id", values="containment")
    values = table.reindex(index=list(labels), columns=list(labels)).to_numpy(dtype=float)
    highest = max(0.1, np.nanmax(values, initial=0))
    ax.pcolormesh(values, cmap="Greys", vmin=0, vmax=highest, edgecolors="#CCCCCC", linewidth=0.8)
    ax.invert_yaxis()
    size = style.small_size()
    for (i, j), value in np.ndenumerate(values):
        if not np.isnan(value):
            color = "white" if value > 0.55 * highest else "black"
            place = (j + 0.5, i + 0.5)
            ax.annotate(f"{value:.1%}", place, ha="center", va="center", fontsize=size, color=color)
    middle, names = list(np.arange(len(labels)) + 0.5), list(labels.values())
    face, width = style.font(size), style.figure_width(ax)
    cell = 0.62 * width / len(labels)
    turn: dict[str, Any] = {}
    if any(text_width(word, face) > cell for name in names for word in name.split()):
        heads = [shorten(name, 0.3 * width, face) for name in names]
        turn = {"rotation": 30, "ha": "right", "rotation_mode": "anchor"}
    else:
        heads = [shorten(name, cell, face, lines=2) for name in names]
    ax.set_xticks(middle, heads, fontsize=size, parse_math=False, **turn)
    panels.label_rows(ax, names, at=middle)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


def _largest_shares(
    ax: Axes, shared: pd.DataFrame, largest: pd.DataFrame, labels: dict[str, str], markers: dict[str, Marker]
) -> None:
    """A line of dots for each policy, the largest one with the name of the other policy."""
    rows = panels.policy_rows(ax, labels)
    places, size = [rows[p] for p in shared["policy_id"]], 0.55 * style.marker_size()
    dot: dict[str, Any] = {"linestyle": "", "marker": "o", "color": "#AAAAAA"}
    ax.plot(shared["containment"], places, markersize=size, zorder=1, clip_on=False, **dot)
    for policy_id, (other_id, share) in largest[["other_id", "containment"]].iterrows():
        color, shape = markers[str(policy_id)]
        ax.plot(share, rows[str(policy_id)], linestyle="", marker=shape, color=color, zorder=2)
        name = shorten(labels[other_id], 0.24 * style.figure_width(ax), style.font(style.small_size()))
        panels.write_beside(ax, f"{share:.1%} {name}", share, rows[str(policy_id)])
    highest = max(0.01, largest["containment"].max())
    ax.set_xlim(0, 1.7 * highest)
    ax.set_xticks([tick for tick in ax.get_xticks() if tick <= highest])
    panels.percent_ticks(ax)
    ax.set_xlabel("share that is also in another policy")
