"""Figures of words: what sets policies apart, where a word stands, and how vague the wording is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from policytools.plots.panels import (
    beside,
    highlight_looks,
    ink,
    listed,
    n_note,
    percent,
    plain_rows,
    point,
    policy_rows,
    typical,
    who,
    wilson,
)
from policytools.plots.style import (
    COLORS,
    FEW,
    GREY,
    MANY,
    axes,
    check,
    check_highlight,
    count,
    explain,
    font,
    font_size,
    line_height,
    looks,
    max_height,
    row_names,
    small,
    told,
    width_of,
)
from policytools.tables import names

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_keyness(keyness: pd.DataFrame, *, n: int = 10, ax: Axes | None = None) -> Axes:
    """Words that set the target apart: bars of log ratio to the right, words it lacks to the left.

    Terms whose corrected p is above 0.05 or whose counts are low are hatched, so that size of an effect and
    evidence for it are told apart. One target against its reference: the figure is the same for any number of
    policies.

    Parameters
    ----------
    keyness : DataFrame
        From `keyness`: term, log_ratio, log_likelihood, p_adjusted, low_count.
    n : int
        Terms on each side, by log-likelihood.
    ax : Axes, optional
        To draw on; by default a figure of its own, as wide as the `style` in force and as high as its rows need.

    Returns
    -------
    Axes

    Examples
    --------
    >>> key = pd.DataFrame({"term": ["printer", "payment"], "log_ratio": [2.1, -1.4], "log_likelihood": [31.0, 9.5],
    ...                     "p_adjusted": [0.001, 0.2], "low_count": [False, True]})
    >>> ax = plot_keyness(key, n=1)
    """
    check(keyness, ["term", "log_ratio", "log_likelihood", "p_adjusted", "low_count"], "plot_keyness")
    ranked = keyness.sort_values(["log_likelihood", "term"], ascending=[False, True])
    chosen = pd.concat([ranked[ranked["log_ratio"] > 0].head(n), ranked[ranked["log_ratio"] < 0].head(n)])
    chosen = chosen.sort_values("log_ratio", ascending=False).reset_index(drop=True)
    ax = axes(ax, chosen, lines=max(4, 1.2 * len(chosen)))
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
        ax.annotate(term, (0, y), xytext=(-0.4 if ratio > 0 else 0.4, 0), textcoords="offset fontsize", va="center",
                    ha="right" if ratio > 0 else "left", parse_math=False)  # fmt: skip
    ax.set_ylim(len(chosen) - 0.4, -0.6)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.axvline(0, color="black", linewidth=0.8)
    if len(chosen):  # room for the words on the side where they stand
        ends = max(chosen["log_ratio"].max(), 0.5), min(chosen["log_ratio"].min(), -0.5)
        ax.set_xlim(min(ends[1] * 1.05, -0.45 * ends[0]), max(ends[0] * 1.05, -0.45 * ends[1]))
    ax.set_xlabel("log ratio (+1: twice as frequent as in the others)")
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:+g}" if value else "0")
    if weak.any():
        explain(ax, "Hatched: low counts or corrected p > .05.")
    more, less = (chosen.loc[chosen["log_ratio"] * side > 0, "term"].head(10) for side in (1, -1))
    told[ax] = (
        f"Bars of log ratio. More frequent here: {', '.join(more) or 'none'}. Less frequent: {', '.join(less) or 'none'}"
    )
    return ax


def plot_terms(
    terms: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    value: str = "tf_idf",
    n: int = 8,
    ax: Axes | None = None,
) -> Axes:
    """The n leading terms of each policy: lollipops, or words in a line; beyond 20 policies how many share them.

    Parameters
    ----------
    terms : DataFrame
        policy_id, term and the column `value`.
    policies : DataFrame
        `Corpus.policies`.
    value : str
        Column of numbers that ranks the terms.
    n : int
        How many terms lead in a policy.
    ax : Axes, optional
        To draw on; by default a figure of its own, as wide as the `style` in force and as high as its rows need.

    Returns
    -------
    Axes

    Examples
    --------
    >>> policies = pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]})
    >>> terms = pd.DataFrame({"policy_id": ["a", "b"], "term": ["printer", "payment"], "tf_idf": [0.004, 0.002]})
    >>> ax = plot_terms(terms, policies=policies)
    """
    from policytools.plots.text_fitting import shorten

    check(terms, ["policy_id", "term", value], "plot_terms", policies)
    labels, styles = names(policies), looks(policies)
    ranked = terms.sort_values(["policy_id", value, "term"], ascending=[True, False, True])
    leading = ranked.groupby("policy_id").head(n)
    room = (max_height() - 7 * line_height()) / line_height()
    if len(policies) > MANY:
        return _terms_of_many(ax, terms, leading, n=n, value=value)
    lists = {p: list(leading.loc[leading["policy_id"] == p, "term"]) for p in labels}
    if len(policies) > FEW or 1.12 * len(labels) * (n + 1.4) > room:
        ax = _terms_in_lines(ax, terms, lists, labels)
        order = value.replace("_", "-")
        explain(ax, f"{n_note(len(labels))} The up to {n} leading terms by {order}, the first one leads.")
    else:
        ax = axes(ax, terms, lines=1.12 * len(labels) * (n + 1.4))
        ticks, y = [], 0.0
        for policy_id in labels:
            part = leading[leading["policy_id"] == policy_id]
            color, marker = styles[policy_id]
            name = shorten(labels[policy_id], 0.55 * width_of(ax), font(weight="bold"))
            ax.annotate(name, (0, y), xycoords=("axes fraction", "data"), xytext=(3, 0), va="center",
                        textcoords="offset points", fontweight="bold", color=ink(color), parse_math=False)  # fmt: skip
            ys = [y + 1 + i for i in range(len(part))]
            ax.hlines(ys, 0, part[value], color=color, linewidth=1)
            ax.plot(part[value], ys, linestyle="", marker=marker, color=color)
            ticks += list(zip(ys, part["term"], strict=True))
            y += len(part) + 1.4
        ax.set_yticks([place for place, _ in ticks], [term for _, term in ticks], parse_math=False)
        ax.set_ylim(y - 0.8, -0.7)
        ax.set_xlim(0, None)
        ax.tick_params(axis="y", length=0)
        ax.set_xlabel(
            {
                "tf_idf": "tf-idf",
                "n": "occurrences",
                "per_thousand": "occurrences per thousand words",
            }.get(value, value.replace("_", " "))
        )
        explain(ax, n_note(len(labels)))
    told[ax] = "Leading terms. " + "; ".join(f"{labels[p]}: {', '.join(part)}" for p, part in lists.items())
    return ax


def _terms_in_lines(
    ax: Axes | None, terms: pd.DataFrame, lists: dict[str, list[str]], labels: dict[str, str]
) -> Axes:
    from policytools.plots.text_fitting import PAD, text_width

    room = (max_height() - 6 * line_height()) / line_height()
    ax = axes(ax, terms, lines=min(room, 1.6 * len(labels)))
    plain_rows(ax, list(labels.values()))
    ax.set_ylim(len(labels) - 0.5, -0.5)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    widest = max(text_width(t.get_text(), font()) for t in ax.get_yticklabels())
    wide = width_of(ax) - widest - 3 * PAD - font_size() / 72
    for y, chosen in enumerate(lists.values()):
        text = ""
        for term in chosen:
            longer = f"{text}, {term}" if text else term
            if text_width(longer, font(small())) > wide:
                break
            text = longer
        ax.annotate(text, (0, y), va="center", fontsize=small(), parse_math=False, in_layout=False)
        if y:
            ax.axhline(y - 0.5, color="#EEEEEE", linewidth=0.8)
    return ax


def _terms_of_many(
    ax: Axes | None, terms: pd.DataFrame, leading: pd.DataFrame, *, n: int, value: str
) -> Axes:
    size = terms["policy_id"].nunique()
    counts = leading.groupby("term").size().rename("n").reset_index()
    counts = counts.sort_values(["n", "term"], ascending=[False, True], ignore_index=True)
    top = counts.head(20)
    if len(counts) > 20:  # which of equals are left out would be a matter of the alphabet
        over = counts["n"] > counts["n"].iloc[20]
        top = counts[over] if over.any() else top
    ax = axes(ax, terms, lines=1.2 * len(top))
    for y, hits in enumerate(top["n"]):
        low, high = wilson(int(hits), size)
        point(ax, {"value": hits / size, "low": low, "high": high}, y, ("#333333", "o"))
        beside(ax, f"{hits}", high, y)
    plain_rows(ax, list(top["term"]))
    ax.set_ylim(len(top) - 0.4, -0.6)
    ax.set_xlim(0, None)
    ax.margins(x=0.08)
    percent(ax)
    order = value.replace("_", "-")
    ax.set_xlabel(f"share of the policies with the term among their {n} leading ones")
    explain(ax, f"{n_note(size)} Leading by {order}; the {len(top)} terms that lead in most policies, with their number. "
                "Lines: 95 % intervals (Wilson).")  # fmt: skip
    told[ax] = f"Terms that lead in most of {count(size)}: " + ", ".join(
        f"{term} {hits}" for term, hits in top.head(10).itertuples(index=False)
    )
    return ax


def plot_dispersion(
    positions: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    highlight: Iterable[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Where in each policy something stands: a strip for each policy, a tick for each occurrence.

    Parameters
    ----------
    positions : DataFrame
        policy_id and position (0 at the policy's beginning, 1 at its end).
    policies : DataFrame
        `Corpus.policies`.
    highlight : iterable of str, optional
        policy_id of those with a strip of their own beyond 20 policies; default: those with fewest, middling and most
        occurrences.
    ax : Axes, optional
        To draw on; by default a figure of its own, as wide as the `style` in force and as high as its rows need.

    Returns
    -------
    Axes

    Examples
    --------
    >>> policies = pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]})
    >>> positions = pd.DataFrame({"policy_id": ["a", "a", "b"], "position": [0.1, 0.15, 0.8]})
    >>> ax = plot_dispersion(positions, policies=policies)
    """
    check(positions, ["policy_id", "position"], "plot_dispersion", policies)
    chosen = check_highlight(highlight, policies, "plot_dispersion")
    labels, many = names(policies), len(policies) > MANY
    n = positions.groupby("policy_id").size()
    shown = {p: labels[p] for p in (chosen or typical(n))} if many else labels
    styles = highlight_looks(list(shown)) if many else looks(policies)
    ax = axes(ax, positions, lines=1.5 * (len(shown) + 3.4) if many else 1.6 * len(shown))
    rows = policy_rows(ax, shown)
    for policy_id, y in rows.items():
        part = positions.loc[positions["policy_id"] == policy_id, "position"]
        ax.fill_between([0, 1], y - 0.36, y + 0.36, color="#F0F0F0", linewidth=0, zorder=0)
        ax.vlines(part, y - 0.3, y + 0.3, color=styles[policy_id][0], linewidth=1.1)
        ax.annotate(f"{len(part)}", (1, y), xycoords=("axes fraction", "data"), xytext=(0.4, 0), va="center",
                    textcoords="offset fontsize", fontsize=small(), color=GREY)  # fmt: skip
    if many:
        base = len(shown) + 2.2
        tenth = positions.assign(tenth=(positions["position"] * 10).clip(0, 9.999).astype(int))
        hits = (
            tenth.drop_duplicates(["policy_id", "tenth"])
            .groupby("tenth")
            .size()
            .reindex(range(10), fill_value=0)
        )
        share = hits / len(policies)
        ax.bar((share.index + 0.5) / 10, -2.0 * share, bottom=base, width=0.096, color="#D4D4D4")
        for i, value in enumerate(share):
            low, high = wilson(int(hits[i]), len(policies))
            middle = (i + 0.5) / 10
            ax.plot([middle] * 2, [base - 2.0 * low, base - 2.0 * high], color=GREY, linewidth=1)
            ax.annotate(f"{100 * value:.0f}", (middle, base - 2.0 * high), xytext=(0, 2), textcoords="offset points",
                        ha="center", fontsize=small())  # fmt: skip
        ax.axhline(base, color="#999999", linewidth=0.6)
        all_names = row_names(ax, [*shown.values(), f"all {len(policies):,} policies"], rows=len(shown))
        ax.set_yticks([*range(len(shown)), base - 0.8], all_names, parse_math=False)
        ax.set_ylim(base + 0.2, -0.6)
        explain(ax, f"{n_note(len(policies))} Bars: percentage of the policies with an occurrence in the tenth, 95 % "
                    f"interval (Wilson). {who(chosen, 'with fewest, middling and most occurrences')}")  # fmt: skip
    else:
        explain(ax, f"{n_note(len(labels))} At the right: number of occurrences.")
    ax.set_xlim(0, 1)
    percent(ax)
    ax.set_xlabel("position in the policy")
    told[ax] = (
        f"{len(positions):,} occurrences in {count(len(n))} of {len(policies):,}: {listed(n, labels, '{:.0f}')}"
    )
    return ax
