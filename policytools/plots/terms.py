"""Figures of words: what sets policies apart, which terms lead in them, and where a term is used."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from policytools._frames import check_frame, check_number
from policytools._statistics import share_of_policies
from policytools._wording import counted
from policytools.plots import panels, style
from policytools.plots.style import COLORS, DARK_COLORS, GREY, MAX_MARKERS, MAX_ROWS, Marker, note
from policytools.plots.text_fitting import PAD, shorten, text_width
from policytools.tables import axis_label


def plot_keyness(keyness: pd.DataFrame, *, n: int = 10, ax: Axes | None = None) -> Axes:
    """Words that set the target apart: bars of log ratio to the right, words it lacks to the left.

    Terms whose corrected p is above 0.05 or whose counts are low are hatched: a large effect may have weak
    evidence. The figure compares one target with its reference, so it is the same for any number of policies.

    Parameters
    ----------
    keyness : DataFrame
        From `keyness`: term, log_ratio, log_likelihood, p_adjusted, low_count.
    n : int
        Terms on each side, by log-likelihood.
    ax : Axes, optional
        To draw on; default: a new figure, as wide as the `style` in use and as high as its rows need.

    Returns
    -------
    Axes

    Examples
    --------
    >>> key = pd.DataFrame({"term": ["printer", "payment"], "log_ratio": [2.1, -1.4], "log_likelihood": [31.0, 9.5],
    ...                     "p_adjusted": [0.001, 0.2], "low_count": [False, True]})
    >>> ax = plot_keyness(key, n=1)
    """
    columns = ["term", "log_ratio", "log_likelihood", "p_adjusted", "low_count"]
    keyness = check_frame(keyness, "keyness", columns)
    check_number("n", n, 1, whole=True)
    ranked = keyness.sort_values(["log_likelihood", "term"], ascending=[False, True])
    more, less = (ranked[ranked["log_ratio"] * sign > 0].head(n) for sign in (1, -1))
    chosen = pd.concat([more, less]).sort_values("log_ratio", ascending=False, ignore_index=True)
    ratio, terms = chosen["log_ratio"], chosen["term"]
    ax = style.prepare_axes(ax, chosen, lines=max(4, 1.2 * len(chosen)))
    weak = (chosen["p_adjusted"] > 0.05) | chosen["low_count"]
    colors = np.where(ratio > 0, COLORS[0], COLORS[1])
    for bar, is_weak in zip(ax.barh(range(len(chosen)), ratio, color=colors, height=0.7), weak, strict=True):
        if is_weak:
            bar.set(facecolor="white", edgecolor=GREY, hatch="////", linewidth=0.6)
    for y, (term, value) in enumerate(zip(terms, ratio, strict=True)):
        side, shift = ("right", -0.4) if value > 0 else ("left", 0.4)
        ax.annotate(
            term, (0, y), xytext=(shift, 0), textcoords="offset fontsize", ha=side, va="center",
            parse_math=False,
        )  # fmt: skip
    ax.set_ylim(len(chosen) - 0.4, -0.6)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.axvline(0, color="black", linewidth=0.8)
    if len(chosen):  # room for the words at the other side of their bars
        high, low = max(ratio.max(), 0.5), min(ratio.min(), -0.5)
        ax.set_xlim(min(low * 1.05, -0.45 * high), max(high * 1.05, -0.45 * low))
    ax.set_xlabel("log ratio (+1: twice as frequent as in the others)")
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:+g}" if value else "0")
    if weak.any():
        note(ax, "Hatched: low counts or corrected p > .05.")
    frequent, rare = (", ".join(terms[ratio * sign > 0].head(10)) or "none" for sign in (1, -1))
    style.descriptions[ax] = f"Bars of log ratio. More frequent here: {frequent}. Less frequent: {rare}"
    return ax


def plot_terms(
    terms: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    value: str = "tf_idf",
    n: int = 8,
    ax: Axes | None = None,
) -> Axes:
    """The n leading terms of each policy; with more than 20 policies the terms that lead in most of them.

    Terms are lollipops, or words in a line if there is no room for these. For more than 20 policies the
    shares with their intervals are the second table that `save_figure` writes.

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
        To draw on; default: a new figure, as wide as the `style` in use and as high as its rows need.

    Returns
    -------
    Axes

    Examples
    --------
    >>> policies = pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]})
    >>> terms = pd.DataFrame({"policy_id": ["a", "b"], "term": ["printer", "payment"], "tf_idf": [0.004, 0.002]})
    >>> ax = plot_terms(terms, policies=policies)
    """
    check_number("n", n, 1, whole=True)
    columns = ["policy_id", "term", value]
    terms, labels, _ = style.check_input(terms, "terms", columns, policies, numbers=[value])
    ranked = terms.sort_values(["policy_id", value, "term"], ascending=[True, False, True])
    leading = ranked.groupby("policy_id").head(n)
    order = value.replace("_", "-")
    if len(policies) > MAX_ROWS:
        return _plot_common_terms(ax, terms, leading, n=n, order=order)
    parts = {policy_id: leading[leading["policy_id"] == policy_id] for policy_id in labels}
    lists = {policy_id: list(part["term"]) for policy_id, part in parts.items()}
    sample, lines = style.sample_size(len(labels)), 1.12 * len(labels) * (n + 1.4)
    if len(policies) > MAX_MARKERS or lines > style.max_lines(7):
        ax = style.prepare_axes(ax, terms, lines=min(style.max_lines(6), 1.6 * len(labels)))
        _write_term_lists(ax, lists, labels)
        note(ax, f"{sample} The up to {n} leading terms by {order}, the first one leads.")
    else:
        ax = style.prepare_axes(ax, terms, lines=lines)
        _draw_lollipops(ax, parts, value, labels, style.policy_markers(policies))
        ax.set_xlabel(axis_label(value))
        note(ax, sample)
    listed = "; ".join(f"{labels[policy_id]}: {', '.join(part)}" for policy_id, part in lists.items())
    style.descriptions[ax] = f"Leading terms. {listed}"
    return ax


def _draw_lollipops(
    ax: Axes, parts: dict[str, pd.DataFrame], value: str, labels: dict[str, str], markers: dict[str, Marker]
) -> None:
    """A block for each policy under its name, a line with a marker for each term."""
    y, ticks, terms = 0.0, [], []
    for policy_id, part in parts.items():
        color, shape = markers[policy_id]
        name = shorten(labels[policy_id], 0.55 * style.figure_width(ax), style.font(weight="bold"))
        ax.annotate(
            name, (0, y), xycoords=panels.RIGHT_EDGE, xytext=(3, 0), va="center", textcoords="offset points",
            fontweight="bold", color=DARK_COLORS[COLORS.index(color)], parse_math=False,
        )  # fmt: skip
        places = [y + 1 + line for line in range(len(part))]
        ax.hlines(places, 0, part[value], color=color, linewidth=1)
        ax.plot(part[value], places, linestyle="", marker=shape, color=color)
        ticks += places
        terms += list(part["term"])
        y += len(part) + 1.4
    ax.set_yticks(ticks, terms, parse_math=False)
    ax.set_ylim(y - 0.8, -0.7)
    ax.set_xlim(0, None)
    ax.tick_params(axis="y", length=0)


def _write_term_lists(ax: Axes, lists: dict[str, list[str]], labels: dict[str, str]) -> None:
    """A line for each policy with as many of its terms as fit."""
    panels.policy_rows(ax, labels)
    ax.set_ylim(len(labels) - 0.5, -0.5)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    size = style.small_size()
    widest_name = max(text_width(label.get_text(), style.font()) for label in ax.get_yticklabels())
    room = style.figure_width(ax) - widest_name - 3 * PAD - style.font_size() / 72
    for y, terms in enumerate(lists.values()):
        while terms and text_width(", ".join(terms), style.font(size)) > room:
            terms = terms[:-1]
        text = ", ".join(terms)
        ax.annotate(text, (0, y), va="center", fontsize=size, parse_math=False, in_layout=False)
        if y:
            ax.axhline(y - 0.5, color="#EEEEEE", linewidth=0.8)


def _plot_common_terms(
    ax: Axes | None, terms: pd.DataFrame, leading: pd.DataFrame, *, n: int, order: str
) -> Axes:
    """The share of the policies in which each of up to 20 terms leads, with its interval."""
    n_policies = terms["policy_id"].nunique()
    shares = share_of_policies(leading, "term", pd.Series(n_policies, index=leading["term"].unique()))
    shares = shares.sort_values(["n", "term"], ascending=[False, True], ignore_index=True)
    top = shares.head(20)
    if len(shares) > 20:  # if the terms at rank 20 and 21 are tied, drop all tied terms
        untied = shares[shares["n"] > shares["n"].iloc[20]]
        top = top if untied.empty else untied
    ax = style.prepare_axes(ax, terms, lines=1.2 * len(top))
    style.drawn_frames[ax].append(top)
    for y, row in enumerate(top.rename(columns={"share": "value"}).to_dict("records")):
        end = panels.draw_value(ax, row, y, ("#333333", "o"))
        panels.write_beside(ax, f"{row['n']}", end, y)
    panels.label_rows(ax, list(top["term"]))
    ax.set_ylim(len(top) - 0.4, -0.6)
    ax.set_xlim(0, None)
    ax.margins(x=0.08)
    panels.percent_ticks(ax)
    ax.set_xlabel(f"share of the policies with the term among their {n} leading ones")
    terms_shown = f"the {len(top)} terms that lead in most policies, with their number."
    note(ax, f"{style.sample_size(n_policies)} Leading by {order}; {terms_shown}")
    note(ax, "Lines: 95 % intervals (Wilson).")
    most = ", ".join(f"{term} {count}" for term, count in zip(top["term"].head(10), top["n"], strict=False))
    policies = counted(n_policies, "policy", "policies")
    style.descriptions[ax] = f"Terms that lead in most of {policies}: {most}"
    return ax


def plot_dispersion(
    positions: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    highlight: Iterable[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Where in each policy something occurs: a strip for each policy, a tick for each occurrence.

    With more than 20 policies, some have a strip, and bars show the share of all policies with an occurrence
    in each tenth of the text; these shares are the second table that `save_figure` writes.

    Parameters
    ----------
    positions : DataFrame
        policy_id and position (0 at the policy's beginning, 1 at its end).
    policies : DataFrame
        `Corpus.policies`.
    highlight : iterable of str, optional
        policy_id or vendor of those with a strip of their own if there are more than 20 policies; default: those with
        fewest, middling and most occurrences.
    ax : Axes, optional
        To draw on; default: a new figure, as wide as the `style` in use and as high as its rows need.

    Returns
    -------
    Axes

    Examples
    --------
    >>> policies = pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]})
    >>> positions = pd.DataFrame({"policy_id": ["a", "a", "b"], "position": [0.1, 0.15, 0.8]})
    >>> ax = plot_dispersion(positions, policies=policies)
    """
    columns = ["policy_id", "position"]
    positions, labels, chosen = style.check_input(positions, "positions", columns, policies, highlight)
    n = positions.groupby("policy_id").size()
    if len(policies) > MAX_ROWS:
        shown = chosen or panels.lowest_middle_highest(n)
        ax = style.prepare_axes(ax, positions, lines=1.5 * (len(shown) + 3.4))
        _draw_strips(ax, positions, {p: labels[p] for p in shown}, style.highlight_markers(shown))
        _draw_tenths(ax, positions, [labels[p] for p in shown], len(policies))
        bars = "Bars: percentage of the policies with an occurrence in the tenth, 95 % interval (Wilson)."
        text = f"{style.sample_size(len(policies))} {bars}"
        panels.note_highlight(ax, text, chosen, "with fewest, middling and most occurrences")
    else:
        ax = style.prepare_axes(ax, positions, lines=1.6 * len(labels))
        _draw_strips(ax, positions, labels, style.policy_markers(policies))
        note(ax, f"{style.sample_size(len(labels))} At the right: number of occurrences.")
    ax.set_xlim(0, 1)
    panels.percent_ticks(ax)
    ax.set_xlabel("position in the policy")
    listed = panels.describe_values(n, labels, ".0f")
    with_some = f"{counted(len(n), 'policy', 'policies')} of {len(policies):,}"
    style.descriptions[ax] = f"{len(positions):,} occurrences in {with_some}: {listed}"
    return ax


def _draw_strips(
    ax: Axes, positions: pd.DataFrame, labels: dict[str, str], markers: dict[str, Marker]
) -> None:
    """A strip for each policy with a tick for each occurrence, their number at the right."""
    for policy_id, y in panels.policy_rows(ax, labels).items():
        part = positions.loc[positions["policy_id"] == policy_id, "position"]
        ax.fill_between([0, 1], y - 0.36, y + 0.36, color="#F0F0F0", linewidth=0, zorder=0)
        ax.vlines(part, y - 0.3, y + 0.3, color=markers[policy_id][0], linewidth=1.1)
        panels.write_beside(ax, f"{len(part)}", 1, y, offset=0.4, xycoords=panels.RIGHT_EDGE)


def _draw_tenths(ax: Axes, positions: pd.DataFrame, names: list[str], n_policies: int) -> None:
    """Under the strips a bar for each tenth of the text: the share of the policies with something in it."""
    tenths = positions.assign(tenth=(positions["position"] * 10).clip(0, 9.999).astype(int))
    shares = share_of_policies(tenths, "tenth", pd.Series(n_policies, index=range(10)))
    style.drawn_frames[ax].append(shares)
    base, height = len(names) + 2.2, 2.0
    middles = (shares["tenth"] + 0.5) / 10
    ax.bar(middles, -height * shares["share"], bottom=base, width=0.096, color="#D4D4D4")
    for middle, share, low, high in zip(middles, *(shares[c] for c in ("share", "low", "high")), strict=True):
        top = base - height * high
        ax.plot([middle] * 2, [base - height * low, top], color=GREY, linewidth=1)
        ax.annotate(
            f"{100 * share:.0f}", (middle, top), xytext=(0, 2), textcoords="offset points", ha="center",
            fontsize=style.small_size(),
        )  # fmt: skip
    ax.axhline(base, color="#999999", linewidth=0.6)
    rows = [*names, f"all {n_policies:,} policies"]
    panels.label_rows(ax, rows, at=[*range(len(names)), base - 0.8])
    ax.set_ylim(base + 0.2, -0.6)
