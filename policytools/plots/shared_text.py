"""The figure of text that policies share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from policytools.plots.panels import (
    HEAP,
    beside,
    highlight_looks,
    n_note,
    over_all,
    over_all_lines,
    percent,
    policy_rows,
)
from policytools.plots.style import (
    FEW,
    MANY,
    axes,
    check,
    check_highlight,
    count,
    explain,
    font,
    looks,
    marker_size,
    row_names,
    small,
    told,
    width_of,
)
from policytools.tables import names

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
        percent(ax)
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
    from policytools.plots.text_fitting import shorten, text_width

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
    from policytools.plots.text_fitting import shorten

    rows = policy_rows(ax, labels)
    ax.plot(shared["containment"], [rows[p] for p in shared["policy_id"]], linestyle="", marker="o", color="#AAAAAA",
            markersize=0.55 * marker_size(), zorder=1, clip_on=False)  # fmt: skip
    highest = max(0.01, largest["containment"].max())
    for policy_id, row in largest.iterrows():
        ax.plot(row["containment"], rows[str(policy_id)], linestyle="", marker=styles[str(policy_id)][1],
                color=styles[str(policy_id)][0], zorder=2)  # fmt: skip
        name = shorten(labels[row["other_id"]], 0.24 * width_of(ax), font(small()))
        beside(ax, f"{row['containment']:.1%} {name}", row["containment"], rows[str(policy_id)])
    ax.set_xlim(0, 1.7 * highest)
    ax.set_xticks([tick for tick in ax.get_xticks() if tick <= highest])
    percent(ax)
    ax.set_xlabel("share that stands in another policy")
