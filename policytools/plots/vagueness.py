"""Figure of vague wording by category."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from policytools.plots.panels import Bands, band, beside, listed, n_note, overlaid, policy_rows
from policytools.plots.style import MANY, axes, check, check_highlight, explain, key, told
from policytools.tables import names

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
        ax = overlaid(
            ax, vagueness, long, groups, sums, chosen, labels, limits=limits, bands=bands, digits="{:.2f}"
        )
    else:
        ax = axes(ax, vagueness, lines=1.75 * len(labels))
        rows = policy_rows(ax, labels)
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
            beside(ax, f"{total:.1f}", total, rows[str(policy_id)], color="black")
        ax.set_xlim(0, 1.12 * max(sums.max(), reference[2] if reference else 0.1))
        key(ax, handles)
        explain(ax, n_note(len(sums)))
        told[ax] = f"Stacked bars; all categories together: {listed(sums, labels, '{:.2f}')}"
    if reference is not None:
        explain(ax, "Grey band: 10th to 90th percentile of the reference, line in it: its median.")
    ax.set_xlabel("vague terms per hundred words")
    return ax
