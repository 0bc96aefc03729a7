"""Figures of the scores draw what their frames say."""

from __future__ import annotations

import pandas as pd
import pytest
from made_up_figures import POLICIES, dots, frames, some_policies

import policytools as pt


def test_marks_of_named_policies_stay_within_their_group():
    ax = pt.plot_profile(frames(30)["profile"], policies=some_policies(30))
    marks = [line.get_ydata()[0] for line in dots(ax)]
    assert all(abs(y - round(y)) < 0.42 for y in marks)


def test_profile_draws_the_scores_of_each_dimension_in_order():
    frame = pd.DataFrame({"policy_id": ["a", "b"] * 2, "dimension": ["x", "x", "y", "y"], "score": [0.1, 0.2, 0.3, 0.4],
                          "low": [0.0] * 4, "high": [0.5] * 4})  # fmt: skip
    quartiles = pd.DataFrame({"dimension": ["x"], "q25": [0.2], "q50": [0.3], "q75": [0.4]})
    ax = pt.plot_profile(frame, policies=POLICIES, population=quartiles)
    assert [line.get_xdata()[0] for line in dots(ax)] == [0.1, 0.2, 0.3, 0.4]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["Ada", "Bob"] * 2


@pytest.mark.parametrize("n", [12, 30])
def test_profile_of_more_policies_draws_the_same_scores(n):
    frame = frames(n)["profile"]
    ax = pt.plot_profile(frame, policies=some_policies(n))
    drawn = [line.get_xdata()[0] for line in dots(ax) if len(line.get_xdata()) == 1]
    if n <= 20:  # a column for each dimension, from 0.08 to 0.92 of its width
        wanted = [i + 0.08 + 0.84 * s for i, d in enumerate(frame["dimension"].unique())
                  for s in frame.loc[frame["dimension"] == d, "score"]]  # fmt: skip
        assert drawn == pytest.approx(wanted)
    else:  # the lowest, middle and highest mean
        mean = frame.groupby("policy_id")["score"].mean().sort_values(kind="stable")
        ends = frame[frame["policy_id"].isin([mean.index[0], mean.index[14], mean.index[-1]])]
        assert sorted(drawn) == pytest.approx(sorted(ends["score"]))
