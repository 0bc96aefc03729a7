"""Figure of what each file holds: policy text, and what was left out."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from policytools._wording import counted
from policytools.plots import panels, style
from policytools.plots.style import GREY, MAX_ROWS, note


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
        policy_id or vendor of those to name if there are more than 20; default: those with the lowest, middle and
        highest share kept.
    ax : Axes, optional
        To draw on; default: a new figure, as wide as the `style` in use and as high as its rows need.

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
    columns = ["policy_id", "reason", "n_words"]
    blocks, labels, chosen = style.check_input(blocks, "blocks", columns, policies, highlight)
    table = blocks.groupby(["policy_id", "reason"])["n_words"].sum().unstack(fill_value=0)
    table = table[
        sorted(table.columns, key=lambda reason: (reason != "", reason))
    ]  # what was kept comes first
    groups = {str(reason): str(reason) or "kept as policy" for reason in table}
    total = table.sum(axis=1)
    shares = table.div(total.where(total > 0), axis=0)
    kept = shares[""] if "" in shares else total * 0.0
    if len(policies) > MAX_ROWS:
        values = shares.rename_axis(None, axis=1).reset_index()
        values = values.melt("policy_id", var_name="group", value_name="value")
        data = panels.GroupedValues(blocks, values, groups, labels, chosen, ranking=kept)
        ax = panels.plot_distributions(ax, data)
        panels.percent_ticks(ax)
        ax.set_xlabel("share of the file's words")
        return ax
    ax = style.prepare_axes(ax, blocks, lines=1.9 * len(labels))
    rows = panels.policy_rows(ax, labels)
    patches = panels.stacked_bars(ax, table, rows, map(_look, range(len(groups)), groups), height=0.62)
    for policy_id, share in kept.items():
        text = "no words" if pd.isna(share) else f"{share:.0%} kept"
        panels.write_beside(ax, text, total[str(policy_id)], rows[str(policy_id)])
    ax.set_xlim(0, 1.25 * max(1, total.max()))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    ax.set_xlabel("words in the file")
    style.add_legend(ax, patches, groups.values())
    note(ax, style.sample_size(len(table)))
    listed = panels.describe_values(kept, labels, ".0%")
    style.descriptions[ax] = f"Stacked bars of the words of {counted(len(table), 'file')}. Kept: {listed}"
    return ax


def _look(number: int, reason: str) -> dict[str, Any]:
    """How the bars of a reason are filled: dark for what was kept, hatched for the rest."""
    face, edge = ("#E4E4E4", GREY) if reason else ("#4D4D4D", "white")
    hatches = ["", "///", "...", "xxx", "\\\\\\", "++", "oo"]
    hatch = hatches[number % len(hatches)]
    return {"facecolor": face, "edgecolor": edge, "hatch": hatch, "linewidth": 0.5}
