"""Figures of what stands in the files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from policytools.plots.panels import beside, listed, n_note, overlaid, percent, policy_rows
from policytools.plots.style import GREY, MANY, axes, check, check_highlight, count, explain, key, told
from policytools.tables import names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
        ax = overlaid(ax, blocks, long, groups, shares, chosen, labels, limits=(0, 1))
        percent(ax)
        ax.set_xlabel("share of the file's words")
        return ax
    ax = axes(ax, blocks, lines=1.9 * len(labels))
    rows = policy_rows(ax, labels)
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
        beside(ax, text, float(total[str(policy_id)]), rows[str(policy_id)])
    ax.set_xlim(0, 1.25 * max(1, total.max()))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    ax.set_xlabel("words in the file")
    key(ax, handles)
    explain(ax, n_note(len(table)))
    told[ax] = (
        f"Stacked bars of the words of {count(len(table), 'files')}. Kept: {listed(shares, labels, '{:.0%}')}"
    )
    return ax
