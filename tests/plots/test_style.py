"""Figures have the same colours, places and checks."""

from __future__ import annotations

import pandas as pd
import pytest
from made_up_figures import NAMES, POLICIES, draw, frames, some_policies
from matplotlib.text import Text

import policytools as pt


def test_a_vendor_keeps_colour_and_place_whatever_the_frame_holds():
    one = pd.DataFrame({"policy_id": ["b"], "flesch_kincaid_grade": [14.0]})
    both = pd.DataFrame({"policy_id": ["a", "b"], "flesch_kincaid_grade": [12.0, 14.0]})
    first, second = (pt.plot_readability(frame, policies=POLICIES).lines[-1] for frame in (one, both))
    assert first.get_color() == second.get_color()
    assert first.get_ydata()[0] == second.get_ydata()[0] == 1


def test_highlight_names_others_and_is_checked():
    n = 30
    frame = frames(n)["readability"]
    ax = pt.plot_readability(frame, policies=some_policies(n), highlight=["p004", "p002"])
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["Vendor 4", "Vendor 2", "all 30 policies"]
    with pytest.raises(ValueError, match="highlight: there is no policy 'x'; there are p000, p001"):
        pt.plot_readability(frame, policies=some_policies(n), highlight=["x"])
    with pytest.raises(
        ValueError, match="highlight: must be a list of policy_id or vendors, not the text 'p001'"
    ):
        pt.plot_readability(frame, policies=some_policies(n), highlight="p001")
    with pytest.raises(ValueError, match="highlight: names 8 policies; give at most 7"):
        pt.plot_readability(frame, policies=some_policies(n), highlight=[f"p00{i}" for i in range(8)])


def test_a_missing_column_and_an_unknown_policy_are_named():
    with pytest.raises(ValueError, match="readability: column flesch_kincaid_grade missing"):
        pt.plot_readability(pd.DataFrame({"policy_id": ["a"]}), policies=POLICIES)
    frame = pd.DataFrame({"policy_id": ["z"], "flesch_kincaid_grade": [1.0]})
    with pytest.raises(ValueError, match="readability: policy_id 'z' is not in policies"):
        pt.plot_readability(frame, policies=POLICIES)


def test_style_names_what_there_is():
    with (
        pytest.raises(ValueError, match="name: must be one of paper, notebook, slides, not 'poster'"),
        pt.style("poster"),
    ):
        pass


@pytest.mark.parametrize("n", [3, 30])
@pytest.mark.parametrize("name", NAMES)
def test_a_dollar_in_a_name_is_no_formula(name: str, n: int):
    policies = some_policies(n).assign(vendor=[f"$\\frac{{{i}$" for i in range(n)])
    figure = draw(name, n, policies).figure  # outside pt.style, too
    assert not [text for text in figure.findobj(Text) if "$" in text.get_text() and text.get_parse_math()]
    figure.canvas.draw()
