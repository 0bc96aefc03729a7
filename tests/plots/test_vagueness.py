"""The figure of vague wording draws what its frame says."""

from __future__ import annotations

import pandas as pd
import pytest
from made_up_figures import POLICIES

import policytools as pt


def test_vagueness_stacks_the_categories_and_writes_their_sum():
    frame = pd.DataFrame(
        {
            "policy_id": ["a", "a", "a", "b", "b", "b"],
            "category": ["condition", "modality", "all"] * 2,
            "per_hundred": [0.5, 1.0, 1.5, 0.25, float("nan"), 0.25],
        }
    )
    ax = pt.plot_vagueness(frame, policies=POLICIES)
    assert [bar.get_width() for bar in ax.patches] == [0.5, 0.25, 1.0]
    assert [bar.get_x() for bar in ax.patches] == [0, 0, 0.5]
    assert [text.get_text() for text in ax.texts] == ["1.5", "0.2"]


def test_the_reference_is_a_band_behind_the_bars():
    frame = pd.DataFrame({"policy_id": ["a"], "category": ["modality"], "per_hundred": [1.0]})
    ax = pt.plot_vagueness(frame, policies=POLICIES, reference=(1.0, 2.0, 3.0))
    assert [list(line.get_xdata()) for line in ax.lines] == [[2.0, 2.0]]
    assert ax.get_xlim()[1] == pytest.approx(1.12 * 3.0)
