"""Figures of disclosure draw what their frames say."""

from __future__ import annotations

import pandas as pd
import pytest
from made_up_figures import POLICIES, dots, frames, some_policies
from matplotlib.text import Text

import policytools as pt
from policytools._statistics import wilson
from policytools.plots.save import alt_text


def test_coverage_draws_one_mark_for_each_cell():
    frame = pd.DataFrame(
        {
            "policy_id": ["a", "a", "b", "b"],
            "item": ["x", "y"] * 2,
            "family": ["f"] * 4,
            "addressed": [True, False, True, True],
        }
    )
    ax = pt.plot_coverage(frame, policies=POLICIES)
    assert [len(marks.get_offsets()) for marks in ax.collections] == [1, 1, 2]


def family_items(n_policies: int) -> pd.DataFrame:
    """63 items in seven families; each policy addresses the first two of each family."""
    rows = [
        (f"p{p:03}", f"item {family} {i}", f"family{family}", i < 2)
        for p in range(n_policies)
        for family in range(7)
        for i in range(9)
    ]
    return pd.DataFrame(rows, columns=["policy_id", "item", "family", "addressed"])


@pytest.mark.parametrize("n", [2, 5, 25])
def test_no_text_of_coverage_on_a_slide_is_below_twelve_points(n):
    with pt.style("slides"):
        ax = pt.plot_coverage(family_items(n), policies=some_policies(n))
        ax.figure.draw_without_rendering()
        sizes = [
            t.get_fontsize() for t in ax.figure.findobj(Text) if t.get_text().strip() and t.get_visible()
        ]
    assert min(sizes) >= 12
    assert "By family" in alt_text(ax.figure)


def test_coverage_on_a_slide_shows_the_items_where_they_fit():
    with pt.style("slides"):
        frame = family_items(2)
        ax = pt.plot_coverage(frame[frame["family"] == "family1"], policies=some_policies(2))
    assert "item 1 8" in [t.get_text() for t in ax.texts]


@pytest.mark.parametrize("n", [2, 25])
def test_a_block_of_coverage_begins_with_its_familys_name(n):
    ax = pt.plot_coverage(family_items(n), policies=some_policies(n))
    bold = [t for t in ax.texts if t.get_fontweight() == "bold"]
    assert len(bold) == 7
    tops = sorted(t.get_position()[1] for t in bold)
    assert tops[0] == pytest.approx(tops[1])  # two blocks, and both open with a family


def test_coverage_of_many_is_the_share_with_wilsons_interval():
    n = 25
    frame = frames(n)["coverage"]
    ax = pt.plot_coverage(frame, policies=some_policies(n))
    shares = frame.groupby("item", sort=False)["addressed"].mean()
    ticks = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "None"][:3]  # 0, 50 and 100 %
    drawn = [(line.get_xdata()[0] - ticks[0]) / (ticks[2] - ticks[0]) for line in dots(ax)]
    assert drawn == pytest.approx(list(shares))
    low, high = next(line.get_xdata() for line in ax.lines if line.get_marker() == "|")
    # Newcombe 1998, table I: 81 of 263 gives .2553 to .3662
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert (
        (low - ticks[0]) / (ticks[2] - ticks[0]),
        (high - ticks[0]) / (ticks[2] - ticks[0]),
    ) == pytest.approx(wilson(round(shares.iloc[0] * n), n))
