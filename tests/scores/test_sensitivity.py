"""Sensitivity of the ranking: Sobol indices with known shares, single options by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from policytools.measures.readability import readability
from policytools.scores.dimensions import (
    score_between,
)
from policytools.scores.score_draws import Scores
from policytools.scores.sensitivity import one_at_a_time, ranking_sensitivity
from policytools.scores.uncertainty import DimensionDraws


def test_sobol_indices_of_a_sum():
    # Overall = x/2 + y/2 with x and y independent and y twice as spread: shares 1/5 and 4/5, and nothing together.
    rng = np.random.default_rng(5)
    n = 4000
    x, y = 0.5 + 0.1 * rng.standard_normal((1, 1, n)), 0.5 + 0.2 * rng.standard_normal((1, 1, n))
    none = np.zeros((1, 1, 1))
    scores = Scores(
        SimpleNamespace(policies=pd.DataFrame({"policy_id": ["a"]})),  # type: ignore[arg-type]
        {}, {"x": DimensionDraws({}, x[..., 0], x, none), "y": DimensionDraws({}, y[..., 0], none, y)},
        np.array([0.5, 0.5]), 0.95, n, 1, {"sentences": np.arange(n), "coding": np.arange(n)},
    )  # fmt: skip
    shares = ranking_sensitivity(scores).query("output == 'score'").set_index("factor")
    assert shares.loc["sentences", ["first_order", "total"]].tolist() == pytest.approx([0.2, 0.2], abs=0.03)
    assert shares.loc["coding", ["first_order", "total"]].tolist() == pytest.approx([0.8, 0.8], abs=0.05)
    assert (shares["total_low"] < shares["total"]).all() and (shares["total"] < shares["total_high"]).all()


def test_sensitivity_of_the_five(scores: Scores):
    shares = ranking_sensitivity(scores)
    assert shares["factor"].unique().tolist() == [
        "weights", "formula", "segmentation", "checklist", "hedges", "headings", "aggregation", "sentences", "coding",
    ]  # fmt: skip
    assert (shares["total"].dropna() >= 0).all()
    pd.testing.assert_frame_equal(shares, ranking_sensitivity(scores))


def test_one_at_a_time(scores: Scores, result: pd.DataFrame):
    moved = one_at_a_time(scores)
    stated = moved[moved["stated"]]
    assert (stated["shift"] == 0).all() and (stated["mean_rank_shift"] == 0).all()
    overall = result[result["dimension"] == "overall"].set_index("policy_id")["score"]
    assert stated.groupby("policy_id")["score"].nunique().eq(1).all()
    assert stated.groupby("policy_id")["score"].first().reindex(overall.index).tolist() == overall.tolist()
    alone = moved[moved["option"] == "currency alone"].set_index("policy_id")["score"]
    assert alone.tolist() == result[result["dimension"] == "currency"]["score"].tolist()
    # Only the formula changes: its effect on the mean of the six dimensions.
    formula = moved[(moved["choice"] == "formula") & (moved["option"] == "smog_index")].set_index("policy_id")
    grades = readability(scores.frames.sentences).set_index("policy_id")
    change = score_between(grades["smog_index"], 18, 8) - score_between(grades["flesch_kincaid_grade"], 18, 8)
    assert formula["shift"].sub(change / 6).abs().max() < 1e-9
