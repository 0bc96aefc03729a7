"""Figures: each function draws one frame on one Axes and computes nothing; `save_figure` is the only writer.

Vendors keep their place (the manifest's order) and their colour (Okabe and Ito's palette, safe for colour-blind
readers, with a marker of its own for grey print) in every figure.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe & Ito 2008, "Color Universal Design", black and yellow left out; then again with other markers.
COLORS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
MARKERS = ["o", "s", "D", "^", "v", "P", "X"]
GREY = "#767676"

_BASE: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "svg.fonttype": "none",
    "svg.hashsalt": "policytools",
    "pdf.fonttype": 42,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "figure.constrained_layout.use": True,
    "savefig.facecolor": "white",
    "legend.frameon": False,
}
_SIZES: dict[str, dict[str, Any]] = {
    "paper": {
        "figure.figsize": (3.3, 2.6),
        "font.size": 7,
        "axes.titlesize": 8,
        "figure.dpi": 150,
        "savefig.dpi": 300,
    },
    "notebook": {
        "figure.figsize": (7, 4),
        "font.size": 10,
        "axes.titlesize": 11,
        "figure.dpi": 100,
        "savefig.dpi": 160,
    },
    "slides": {
        "figure.figsize": (10, 5.6),
        "font.size": 15,
        "axes.titlesize": 18,
        "figure.dpi": 100,
        "savefig.dpi": 150,
    },
}
_drawn: WeakKeyDictionary = WeakKeyDictionary()


@contextmanager
def style(name: str = "notebook") -> Iterator[None]:
    """Fonts, sizes and lines for one use of a figure, as a context manager.

    Parameters
    ----------
    name : {"paper", "notebook", "slides"}
        "paper" is one column wide (3.3 inches).

    Examples
    --------
    >>> with style("paper"):
    ...     import matplotlib.pyplot as plt
    ...     plt.rcParams["figure.figsize"]
    [3.3, 2.6]
    """
    import matplotlib.pyplot as plt

    if name not in _SIZES:
        raise ValueError(f"style {name!r} is not one of {', '.join(_SIZES)}")
    settings: Any = _BASE | _SIZES[name]
    with plt.rc_context(settings):
        yield


def save_figure(fig: Figure, name: str, folder: str | Path | None = None) -> list[Path]:
    """Write a figure as PNG and SVG and its plotted frames as CSV; a rerun writes the same bytes.

    Parameters
    ----------
    fig : Figure
        Drawn by the functions of this module (or any other; then there is no CSV).
    name : str
        Name of the files, without ending: letters, digits, "-" and "_".
    folder : path, optional
        Default: the folder named by the environment variable POLICYTOOLS_FIGURES, else ``figures`` beside the
        notebooks' folder.

    Returns
    -------
    list of Path
        The files written: NAME.png, NAME.svg, NAME.csv (NAME-2.csv and so on for further Axes).
    """
    if not re.fullmatch(r"[\w-]+", name):
        raise ValueError(f"figure name {name!r} may hold letters, digits, '-' and '_' only")
    target = Path(folder or os.environ.get("POLICYTOOLS_FIGURES") or _figures_folder())
    target.mkdir(parents=True, exist_ok=True)
    written = []
    with style("notebook"):  # the salt and the font type count when a figure is written, too
        for ending, metadata in (
            ("png", {"Software": None}),
            ("svg", {"Date": None, "Creator": "policytools"}),
        ):
            path = target / f"{name}.{ending}"
            beside = path.with_name(f".{path.name}.part")
            fig.savefig(
                beside,
                format=ending,
                metadata=metadata,
                dpi=fig.get_dpi() * 1.6,
                bbox_inches="tight",
                pad_inches=0.06,
            )
            beside.replace(path)
            written.append(path)
    frames = [_drawn[ax] for ax in fig.axes if ax in _drawn]
    for number, frame in enumerate(frames, 1):
        path = target / (f"{name}.csv" if number == 1 else f"{name}-{number}.csv")
        beside = path.with_name(f".{path.name}.part")
        frame.to_csv(beside, index=False, float_format="%.6g", lineterminator="\n")
        beside.replace(path)
        written.append(path)
    return written


def _figures_folder() -> Path:
    here = Path.cwd()
    return here.parent / "figures" if here.name == "notebooks" else here / "figures"


def names(policies: pd.DataFrame) -> dict[str, str]:
    """Name to show for each policy_id: the vendor's, with the year or the id where a vendor has several policies.

    Examples
    --------
    >>> frame = pd.DataFrame({"policy_id": ["a-2018", "b"], "vendor": ["A", "B"], "effective_on": ["", ""],
    ...                       "captured_on": ["", ""]})
    >>> names(frame)
    {'a-2018': 'A', 'b': 'B'}
    """
    several = policies["vendor"].duplicated(keep=False)
    found = {}
    for row, repeated in zip(policies.to_dict("records"), several, strict=True):
        year = (row.get("effective_on") or row.get("captured_on") or "")[:4]
        found[row["policy_id"]] = (
            f"{row['vendor']} ({year or row['policy_id']})" if repeated else row["vendor"]
        )
    return found


def _looks(policies: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Colour and marker of each policy; versions of one vendor share the colour."""
    vendors = list(dict.fromkeys(policies["vendor"]))
    return {
        row["policy_id"]: (
            COLORS[vendors.index(row["vendor"]) % len(COLORS)],
            MARKERS[vendors.index(row["vendor"]) % len(MARKERS)],
        )
        for row in policies.to_dict("records")
    }


def _axes(ax: Axes | None, frame: pd.DataFrame, needed: list[str], function: str) -> Axes:
    missing = [column for column in needed if column not in frame]
    if missing:
        raise ValueError(
            f"{function}: frame has no column {missing[0]!r}; it has {', '.join(map(str, frame.columns))}"
        )
    if ax is None:
        import matplotlib.pyplot as plt

        ax = plt.subplots()[1]
    _drawn[ax] = frame.reset_index(drop=True)
    return ax


def _rows(ax: Axes, policies: pd.DataFrame) -> dict[str, int]:
    """One row for each policy, the manifest's first on top; their names as tick labels."""
    labels = names(policies)
    ax.set_yticks(range(len(labels)), list(labels.values()))
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    return {policy_id: row for row, policy_id in enumerate(labels)}


def note(ax: Axes, text: str) -> None:
    """Write the sources and numbers of cases under a figure."""
    import textwrap

    width = int(ax.figure.bbox.width / ax.figure.dpi * 130 / _font_size())
    ax.figure.supxlabel(
        "\n".join(textwrap.wrap(text, width)), x=0.01, ha="left", fontsize="small", color=GREY
    )


def _font_size() -> float:
    """Font size in force, in points."""
    import matplotlib.pyplot as plt

    return float(plt.rcParams["font.size"])


def plot_cleaning(blocks: pd.DataFrame, *, policies: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Words of each file that were kept and left out, by reason (stacked bars).

    Parameters
    ----------
    blocks : DataFrame
        policy_id, reason ("" for kept), n_words: one row for each policy and reason.
    policies : DataFrame
        `Corpus.policies`.
    """
    ax = _axes(ax, blocks, ["policy_id", "reason", "n_words"], "plot_cleaning")
    rows = _rows(ax, policies)
    table = blocks.pivot_table(
        index="policy_id", columns="reason", values="n_words", aggfunc="sum", fill_value=0
    )
    left = pd.Series(0, index=table.index)
    hatches = ["", "///", "...", "xxx", "\\\\\\", "++", "oo"]
    for i, reason in enumerate(sorted(table.columns, key=lambda reason: (reason != "", reason))):
        ax.barh([rows[p] for p in table.index], table[reason], left=left, height=0.62, hatch=hatches[i % len(hatches)],
                color="#4D4D4D" if reason == "" else "#D9D9D9", edgecolor="white" if reason == "" else GREY,
                linewidth=0.5, label=reason or "kept as policy")  # fmt: skip
        left = left + table[reason]
    for policy_id, total in left.items():
        kept = table[""][str(policy_id)] if "" in table else 0
        ax.annotate(f" {kept / total:.0%} kept", (total, rows[str(policy_id)]), va="center", color=GREY)
    ax.set_xlabel("words in the file")
    ax.margins(x=0.12)
    ax.legend(loc="lower right", fontsize="small")
    return ax


def plot_readability(
    readability: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    formula: str = "flesch_kincaid_grade",
    ax: Axes | None = None,
) -> Axes:
    """One readability formula for each policy as a dot, with its interval where the frame has low and high.

    Parameters
    ----------
    readability : DataFrame
        policy_id and the formula's column; optional ``low`` and ``high``.
    """
    ax = _axes(ax, readability, ["policy_id", formula], "plot_readability")
    rows, looks = _rows(ax, policies), _looks(policies)
    digits = 2 if readability[formula].abs().max() < 2 else 1
    for row in readability.to_dict("records"):
        color, marker = looks[row["policy_id"]]
        y = rows[row["policy_id"]]
        if "low" in row:
            ax.plot(
                [row["low"], row["high"]],
                [y, y],
                color=color,
                linewidth=2.2,
                solid_capstyle="round",
                alpha=0.5,
            )
        ax.plot(row[formula], y, marker=marker, color=color, markersize=8)
        ax.annotate(
            f"{row[formula]:.{digits}f}",
            (row[formula], y),
            xytext=(0, 8),
            textcoords="offset points",
            ha="center",
        )
    ax.set_xlabel(formula.replace("_", " ").replace("flesch kincaid", "Flesch-Kincaid"))
    return ax


def plot_sensitivity(
    sensitivity: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    formula: str = "flesch_kincaid_grade",
    ax: Axes | None = None,
) -> Axes:
    """What other ways to cut sentences would give: one line of dots for each policy, a marker for each choice."""
    ax = _axes(ax, sensitivity, ["policy_id", "choice", formula], "plot_sensitivity")
    rows = _rows(ax, policies)
    for i, (choice, part) in enumerate(sensitivity.groupby("choice", sort=False)):
        own = i == 0
        ax.plot(part[formula], [rows[p] for p in part["policy_id"]], linestyle="", marker=MARKERS[i % len(MARKERS)],
                markersize=9 if own else 6.5, color="black" if own else COLORS[(i - 1) % len(COLORS)],
                markerfacecolor="black" if own else "white", label=str(choice), zorder=3)  # fmt: skip
    for policy_id, part in sensitivity.groupby("policy_id"):
        y = rows[str(policy_id)]
        ax.plot([part[formula].min(), part[formula].max()], [y, y], color="#CCCCCC", linewidth=1, zorder=1)
    ax.set_xlabel(formula.replace("_", " ").replace("flesch kincaid", "Flesch-Kincaid"))
    ax.legend(loc="upper center", bbox_to_anchor=(0.45, -0.16), ncols=2, fontsize="small", handletextpad=0.3)
    return ax


def plot_coverage(coverage: pd.DataFrame, *, policies: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Which items each policy addresses: filled squares for addressed, open ones for silent, items by family."""
    ax = _axes(ax, coverage, ["policy_id", "item", "family", "addressed"], "plot_coverage")
    labels = names(policies)
    items = coverage.drop_duplicates("item")[["item", "family"]]
    y, places, bounds = 0.0, {}, []
    for family, part in items.groupby("family", sort=False):
        bounds.append((y, str(family)))
        for item in part["item"]:
            places[item] = y + 1
            y += 1
        y += 1.4
    columns = {policy_id: x for x, policy_id in enumerate(labels)}
    looks = _looks(policies)
    for policy_id, part in coverage.groupby("policy_id"):
        if policy_id not in columns:
            continue
        color = looks[str(policy_id)][0]
        yes, no = part[part["addressed"]], part[~part["addressed"]]
        x = columns[str(policy_id)]
        ax.scatter([x] * len(yes), [places[i] for i in yes["item"]], marker="s", s=62, color=color)
        ax.scatter(
            [x] * len(no),
            [places[i] for i in no["item"]],
            marker="s",
            s=34,
            facecolor="white",
            edgecolor="#BBBBBB",
        )
    for start, family in bounds:
        ax.annotate(family.replace("_", " "), (-0.55, start), fontweight="bold", ha="right", va="center", fontsize="small",
                    annotation_clip=False)  # fmt: skip
    ax.set_yticks(list(places.values()), [item.replace("_", " ") for item in places], fontsize="small")
    ax.set_xticks(
        range(len(labels)), list(labels.values()), rotation=0 if len(labels) <= 6 else 90, fontsize="small"
    )
    ax.xaxis.tick_top()
    ax.set_ylim(y, -0.8)
    ax.set_xlim(-0.5, len(labels) - 0.5)
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax


def plot_scores(
    scores: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    checklists: list[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Share of each checklist's items that each policy addresses (dots, one row for each checklist)."""
    ax = _axes(ax, scores, ["policy_id", "checklist", "n_items", "n_addressed", "share"], "plot_scores")
    checklists = checklists or list(dict.fromkeys(scores["checklist"]))
    looks, labels = _looks(policies), names(policies)
    n_items = scores.drop_duplicates("checklist").set_index("checklist")["n_items"]
    ax.set_yticks(range(len(checklists)), [f"{c.replace('_', ' ')} ({n_items[c]})" for c in checklists])
    ax.set_ylim(len(checklists) - 0.4, -0.6)
    shift = np.linspace(-0.26, 0.26, len(labels)) if len(labels) > 1 else [0.0]
    for offset, policy_id in zip(shift, labels, strict=True):
        part = scores[(scores["policy_id"] == policy_id) & scores["checklist"].isin(checklists)]
        color, marker = looks[policy_id]
        ax.plot(part["share"], [checklists.index(c) + offset for c in part["checklist"]], linestyle="", marker=marker, color=color,
                label=labels[policy_id])  # fmt: skip
    for y in range(len(checklists)):
        ax.axhline(y + 0.5, color="#EEEEEE", linewidth=0.8, zorder=0)
    ax.set_xlim(-0.02, 1.02)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    ax.set_xlabel("share of the checklist's items addressed (number of items in brackets)")
    ax.tick_params(axis="y", length=0)
    ax.legend(
        loc="upper center",
        bbox_to_anchor=(0.4, -0.12),
        ncols=len(labels),
        fontsize="small",
        handletextpad=0.1,
        columnspacing=1,
    )
    return ax


def plot_keyness(keyness: pd.DataFrame, *, n: int = 10, ax: Axes | None = None) -> Axes:
    """Words that set the target apart: bars of log ratio to the right, words it lacks to the left.

    Terms whose corrected p is above 0.05 or whose counts are low are hatched, so that size of an effect and
    evidence for it are told apart.
    """
    ax = _axes(
        ax, keyness, ["term", "log_ratio", "log_likelihood", "p_adjusted", "low_count"], "plot_keyness"
    )
    ranked = keyness.sort_values(["log_likelihood", "term"], ascending=[False, True])
    chosen = pd.concat([ranked[ranked["log_ratio"] > 0].head(n), ranked[ranked["log_ratio"] < 0].head(n)])
    chosen = chosen.sort_values("log_ratio", ascending=False)
    _drawn[ax] = chosen.reset_index(drop=True)
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
        ax.annotate(term, (0, y), xytext=(-4 if ratio > 0 else 4, 0), textcoords="offset points", va="center",
                    ha="right" if ratio > 0 else "left", fontsize="small")  # fmt: skip
    ax.set_ylim(len(chosen) - 0.4, -0.6)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.axvline(0, color="black", linewidth=0.8)
    ax.set_xlabel("log ratio: +1 is twice as frequent here as in the others (hatched: low counts or p > .05)")
    return ax


def plot_terms(
    terms: pd.DataFrame, *, policies: pd.DataFrame, value: str = "tf_idf", n: int = 8, ax: Axes | None = None
) -> Axes:
    """The n leading terms of each policy as lollipops, policies one below the other."""
    ax = _axes(ax, terms, ["policy_id", "term", value], "plot_terms")
    labels, looks = names(policies), _looks(policies)
    ticks, y = [], 0
    for policy_id in labels:
        part = (
            terms[terms["policy_id"] == policy_id]
            .sort_values([value, "term"], ascending=[False, True])
            .head(n)
        )
        color, marker = looks[policy_id]
        ys = range(y, y + len(part))
        ax.hlines(ys, 0, part[value], color=color, linewidth=1)
        ax.plot(part[value], ys, linestyle="", marker=marker, color=color)
        ticks += list(zip(ys, part["term"], strict=True))
        ax.annotate(
            labels[policy_id],
            (1, y),
            xycoords=("axes fraction", "data"),
            ha="right",
            va="center",
            color=color,
            fontweight="bold",
        )
        y += len(part) + 1
    ax.set_yticks([place for place, _ in ticks], [term for _, term in ticks], fontsize="small")
    ax.set_ylim(y - 0.5, -1)
    ax.set_xlim(0, 1.25 * terms[value].max())  # room for the names
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(value.replace("_", "-"))
    return ax


def plot_vagueness(
    vagueness: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    reference: tuple[float, float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Vague terms per hundred words by category, stacked; ``reference`` (p10, median, p90) as a band behind."""
    ax = _axes(ax, vagueness, ["policy_id", "category", "per_hundred"], "plot_vagueness")
    rows = _rows(ax, policies)
    left = dict.fromkeys(rows, 0.0)
    shades, hatches = ["#333333", "#777777", "#AAAAAA", "#DDDDDD"], ["", "", "///", "..."]
    if reference is not None:
        ax.axvspan(reference[0], reference[2], color="#FFF3D6", zorder=0)
        ax.axvline(reference[1], color=COLORS[4], linewidth=1.4, zorder=0)
    for i, category in enumerate([c for c in dict.fromkeys(vagueness["category"]) if c != "all"]):
        part = vagueness[vagueness["category"] == category].set_index("policy_id")["per_hundred"]
        ax.barh([rows[p] for p in part.index], part, left=[left[p] for p in part.index], height=0.6, color=shades[i % 4],
                hatch=hatches[i % 4], edgecolor="white", linewidth=0.5, label=category.replace("_", " "))  # fmt: skip
        left.update({p: left[p] + v for p, v in part.items()})
    for policy_id, total in left.items():
        ax.annotate(f" {total:.1f}", (total, rows[policy_id]), va="center")
    ax.set_xlabel("vague terms per hundred words")
    ax.legend(loc="upper center", bbox_to_anchor=(0.45, -0.16), ncols=4, fontsize="small")
    return ax


def plot_dispersion(positions: pd.DataFrame, *, policies: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Where in each policy something stands: a strip for each policy, a tick for each occurrence.

    Parameters
    ----------
    positions : DataFrame
        policy_id and position (0 at the policy's beginning, 1 at its end).
    """
    ax = _axes(ax, positions, ["policy_id", "position"], "plot_dispersion")
    rows, looks = _rows(ax, policies), _looks(policies)
    for policy_id, y in rows.items():
        part = positions.loc[positions["policy_id"] == policy_id, "position"]
        ax.hlines(y, 0, 1, color="#EEEEEE", linewidth=12, zorder=0)
        ax.vlines(part, y - 0.22, y + 0.22, color=looks[policy_id][0], linewidth=1.2)
    ax.set_xlim(0, 1)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    ax.set_xlabel("position in the policy")
    return ax


def plot_shared_text(shared: pd.DataFrame, *, policies: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """How much of each policy (row) stands word for word in each other one (column): a heat map of containment."""
    ax = _axes(ax, shared, ["policy_id", "other_id", "containment"], "plot_shared_text")
    labels = names(policies)
    table = shared.pivot(index="policy_id", columns="other_id", values="containment").reindex(
        index=list(labels), columns=list(labels)
    )
    values = table.to_numpy(dtype=float)
    ax.pcolormesh(
        values,
        cmap="Greys",
        vmin=0,
        vmax=max(0.1, np.nanmax(values, initial=0)),
        edgecolors="#CCCCCC",
        linewidth=0.8,
    )
    ax.invert_yaxis()
    for i, j in np.ndindex(values.shape):
        if not np.isnan(values[i, j]):
            dark = values[i, j] > 0.6 * max(0.1, np.nanmax(values))
            ax.annotate(
                f"{values[i, j]:.1%}",
                (j + 0.5, i + 0.5),
                ha="center",
                va="center",
                fontsize="small",
                color="white" if dark else "black",
            )
    middle = np.arange(len(labels)) + 0.5
    ax.set_xticks(middle, list(labels.values()), fontsize="small")
    ax.set_yticks(middle, list(labels.values()))
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax


def plot_profile(
    transparency: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    population: pd.DataFrame | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Scores of each dimension as dots with intervals, one band for each dimension.

    Parameters
    ----------
    transparency : DataFrame
        policy_id, dimension, score, low, high (0 to 1).
    population : DataFrame, optional
        dimension, q25, q50, q75: the reference population's quartiles, drawn behind.
    """
    ax = _axes(ax, transparency, ["policy_id", "dimension", "score", "low", "high"], "plot_profile")
    labels, looks = names(policies), _looks(policies)
    dimensions = list(dict.fromkeys(transparency["dimension"]))
    shift = dict(zip(labels, np.linspace(-0.3, 0.3, len(labels)) if len(labels) > 1 else [0.0], strict=True))
    if population is not None:
        for row in population.to_dict("records"):
            if row["dimension"] in dimensions:
                y = dimensions.index(row["dimension"])
                ax.fill_betweenx(
                    [y - 0.42, y + 0.42], row["q25"], row["q75"], color="#EFEFEF", zorder=0, linewidth=0
                )
                ax.plot([row["q50"]] * 2, [y - 0.42, y + 0.42], color="#BBBBBB", linewidth=1.5, zorder=1)
    for policy_id in labels:
        part = transparency[transparency["policy_id"] == policy_id]
        color, marker = looks[policy_id]
        ys = [dimensions.index(d) + shift[policy_id] for d in part["dimension"]]
        ax.hlines(ys, part["low"], part["high"], color=color, linewidth=1.8, alpha=0.6)
        ax.plot(
            part["score"], ys, linestyle="", marker=marker, color=color, label=labels[policy_id], zorder=3
        )
    ax.set_yticks(range(len(dimensions)), [d.replace("_", " ") for d in dimensions])
    ax.set_ylim(len(dimensions) - 0.4, -0.6)
    ax.set_xlim(-0.02, 1.02)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel("score on a fixed scale: 0 worst anchor, 1 best anchor")
    ax.legend(
        loc="upper center",
        bbox_to_anchor=(0.4, -0.12),
        ncols=len(labels),
        fontsize="small",
        handletextpad=0.1,
        columnspacing=1,
    )
    return ax


def plot_factors(sensitivity: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Sobol indices of each choice, first order and total, with their intervals; the largest total on top.

    Parameters
    ----------
    sensitivity : DataFrame
        One row for each factor: factor, first_order, first_low, first_high, total, total_low, total_high.
    """
    columns = ["factor", "first_order", "first_low", "first_high", "total", "total_low", "total_high"]
    ax = _axes(ax, sensitivity, columns, "plot_factors")
    ranked = sensitivity.sort_values(["total", "factor"], ascending=[False, True]).reset_index(drop=True)
    _drawn[ax] = ranked
    for shift, kind, name, marker, color in (
        (-0.14, "first", "alone (first order)", "o", COLORS[0]),
        (0.14, "total", "with its interactions (total)", "s", COLORS[1]),
    ):
        value = ranked["first_order" if kind == "first" else "total"]
        y = ranked.index + shift
        ax.hlines(y, ranked[f"{kind}_low"], ranked[f"{kind}_high"], color=color, linewidth=1.8, alpha=0.6)
        ax.plot(value, y, linestyle="", marker=marker, color=color, label=name)
    ax.set_yticks(ranked.index, ranked["factor"].str.replace("_", " "))
    ax.set_ylim(len(ranked) - 0.4, -0.6)
    ax.axvline(0, color="#BBBBBB", linewidth=0.8)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel("share of the variance of the ranks")
    ax.legend(loc="lower right", fontsize="small")
    return ax
