"""Figure of vague wording by category."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from policytools.plots import panels, style
from policytools.plots.style import MAX_ROWS, note


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
        policy_id or vendor of those to name if there are more than 20 policies; default: the lowest, middle and highest
        rate in all.
    ax : Axes, optional
        To draw on; default: a new figure, as wide as the `style` in use and as high as its rows need.

    Returns
    -------
    Axes

    Examples
    --------
    >>> policies = pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]})
    >>> vague = pd.DataFrame({"policy_id": ["a", "b"], "category": "modality", "per_hundred": [1.8, 2.4]})
    >>> ax = plot_vagueness(vague, policies=policies)
    """
    columns = ["policy_id", "category", "per_hundred"]
    vagueness, labels, chosen = style.check_input(vagueness, "vagueness", columns, policies, highlight)
    parts = vagueness[vagueness["category"] != "all"]
    categories = {str(name): str(name).replace("_", " ") for name in dict.fromkeys(parts["category"])}
    sums = parts.groupby("policy_id")["per_hundred"].sum(min_count=1)
    highest = reference[2] if reference else 0.0
    if len(policies) > MAX_ROWS:
        values = parts.rename(columns={"category": "group", "per_hundred": "value"})
        whole = sums.rename("value").reset_index().assign(group="all")
        values = pd.concat([whole, values[["policy_id", "group", "value"]]], ignore_index=True)
        groups = {"all": "all vague terms", **categories}
        bands = {"all": reference} if reference is not None else {}
        limits = (0.0, max(float(values["value"].max()), highest))
        data = panels.GroupedValues(vagueness, values, groups, labels, chosen, sums, ".2f", bands, limits)
        ax = panels.plot_distributions(ax, data)
    else:
        ax = style.prepare_axes(ax, vagueness, lines=1.75 * len(labels))
        rows = panels.policy_rows(ax, labels)
        if reference is not None:
            panels.reference_band(ax, reference, -0.6, len(labels) - 0.4)
        table = parts.groupby(["policy_id", "category"])["per_hundred"].sum(min_count=1).unstack("category")
        looks = map(_look, range(len(categories)))
        patches = panels.stacked_bars(ax, table[list(categories)], rows, looks, height=0.58)
        for policy_id, total in sums.dropna().items():
            panels.write_beside(ax, f"{total:.1f}", total, rows[str(policy_id)], color="black")
        ax.set_xlim(0, 1.12 * max(sums.max(), highest or 0.1))
        style.add_legend(ax, patches, categories.values())
        note(ax, style.sample_size(len(sums)))
        listed = panels.describe_values(sums, labels, ".2f")
        style.descriptions[ax] = f"Stacked bars; all categories together: {listed}"
    if reference is not None:
        note(ax, "Grey band: 10th to 90th percentile of the reference, line in it: its median.")
    ax.set_xlabel("vague terms per hundred words")
    return ax


def _look(number: int) -> dict[str, Any]:
    """How the bars of a category are filled: from dark to light, the lighter ones hatched."""
    face = ["#333333", "#777777", "#AAAAAA", "#DDDDDD"][number % 4]
    hatch = ["", "", "////", "...."][number % 4]
    return {"facecolor": face, "hatch": hatch, "edgecolor": "white", "linewidth": 0.5}
