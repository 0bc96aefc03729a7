"""Figures of readability draw what their frames say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made_up_figures import POLICIES, dots, frames, some_policies

import policytools as pt


def test_readability_dots_are_at_the_values_in_the_manifests_order():
    frame = pd.DataFrame(
        {"policy_id": ["b", "a"], "flesch_kincaid_grade": [14.0, 12.0], "low": [13, 11], "high": [15, 13]}
    )
    ax = pt.plot_readability(frame, policies=POLICIES)
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in dots(ax)] == [(14.0, 1), (12.0, 0)]
    intervals = [list(line.get_xdata()) for line in ax.lines if line.get_marker() == "|"]
    assert intervals == [[13, 15], [11, 13]]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["Ada", "Bob"]


@pytest.mark.parametrize("n", [2, 30])
def test_readability_says_what_its_lines_are_where_it_has_some(n):
    frame = frames(n)["readability"].assign(low=9.0, high=18.0)
    for columns, said in ((frame, True), (frame.drop(columns=["low", "high"]), False)):
        ax = pt.plot_readability(columns, policies=some_policies(n))
        assert ("Lines: 95 % intervals." in ax.figure.get_supxlabel().replace("\n", " ")) is said


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("n", [2, 30])
def test_readability_draws_its_formula_beside_a_column_called_value(n):
    frame = frames(n)["readability"].assign(formula="flesch_kincaid_grade", value=99.0)
    ax = pt.plot_readability(frame, policies=some_policies(n))
    assert max(line.get_xdata()[0] for line in dots(ax)) < 17


def test_of_many_policies_all_are_counted_and_some_named():
    n = 30
    frame = frames(n)["readability"]
    ax = pt.plot_readability(frame, policies=some_policies(n))
    value = frame.set_index("policy_id")["flesch_kincaid_grade"].sort_values()
    named = [value.index[0], value.index[14], value.index[-1]]
    assert [line.get_xdata()[0] for line in dots(ax)] == list(value[named])
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert labels == [*(f"Vendor {int(p[1:])}" for p in named), "all 30 policies"]
    heights = np.array([-bar.get_height() for bar in ax.patches])
    assert (heights / heights.max() * int(ax.texts[3].get_text())).sum() == pytest.approx(n)


def test_drawing_changes_nothing_in_the_frame():
    frame = pd.DataFrame(
        {"policy_id": ["b", "a"], "choice": ["x", "x"], "flesch_kincaid_grade": [1.0, np.nan]}, index=[7, 3]
    )
    before = frame.copy()
    pt.plot_sensitivity(frame, policies=POLICIES)
    pd.testing.assert_frame_equal(frame, before)
