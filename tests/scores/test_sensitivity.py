"""Sensitivity of the ranking: Sobol indices with known shares, single options by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from policytools.measures.readability import readability
from policytools.scores.dimensions import under_options
from policytools.scores.score_draws import CODES, TEXT, DimensionDraws, Scores
from policytools.scores.sensitivity import one_at_a_time, ranking_sensitivity


def test_sobol_indices_of_a_sum():
    # The difference is x/2 + y/2 with x and y independent and y twice as spread: shares 1/5 and 4/5, nothing together.
    rng = np.random.default_rng(5)
    n = 4000
    x, y = (np.vstack([0.5 + sd * rng.standard_normal(n), np.full(n, 0.5)])[:, None, :] for sd in (0.1, 0.2))
    dimensions = {
        name: DimensionDraws(error, {}, drawn[..., 0], drawn.mean(axis=2), drawn)
        for name, error, drawn in (("x", TEXT, x), ("y", CODES, y))
    }
    scores = Scores(
        SimpleNamespace(policies=pd.DataFrame({"policy_id": ["a", "b"]})),  # type: ignore[arg-type]
        {}, dimensions, np.array([0.5, 0.5]), 0.95, n, 1,
        {TEXT: np.arange(n), CODES: np.arange(n), "aggregation": np.zeros(n, dtype=int)},
    )  # fmt: skip
    for output in ("all differences", "difference"):
        shares = ranking_sensitivity(scores).query(f"output == '{output}'").set_index("factor")
        assert shares.loc["text", ["first_order", "total"]].tolist() == pytest.approx([0.2, 0.2], abs=0.03)
        assert shares.loc["codes", ["first_order", "total"]].tolist() == pytest.approx([0.8, 0.8], abs=0.05)
        shares = shares.drop("aggregation")
        assert (shares["total_low"] < shares["total"]).all() and (
            shares["total"] < shares["total_high"]
        ).all()


def test_sensitivity_of_the_five(scores: Scores):
    shares = ranking_sensitivity(scores)
    assert shares["factor"].unique().tolist() == [
        "weights", "formula", "segmentation", "hedges", "checklist", "aggregation", "codes",
    ]  # fmt: skip
    assert (shares["total"].dropna() >= 0).all() and len(shares) == 11 * 7
    # All differences: the mean of the pairs, each with its variance as weight.
    pairs, every = shares[shares["output"] == "difference"], shares[shares["output"] == "all differences"]
    weighted = (pairs["total"] * pairs["variance"]).groupby(pairs["factor"]).sum() / pairs.groupby("factor")[
        "variance"
    ].sum()
    assert every.set_index("factor")["total"].sub(weighted).abs().max() < 1e-9
    pd.testing.assert_frame_equal(shares, ranking_sensitivity(scores))


def test_one_at_a_time(scores: Scores, result: pd.DataFrame):
    moved = one_at_a_time(scores)
    stated = moved[moved["stated"]]
    assert (stated["shift"] == 0).all() and (stated["mean_rank_shift"] == 0).all()
    overall = result[result["dimension"] == "overall"].set_index("policy_id")["counted"]
    assert stated.groupby("policy_id")["score"].nunique().eq(1).all()
    assert stated.groupby("policy_id")["score"].first().reindex(overall.index).tolist() == overall.tolist()
    alone = moved[moved["option"] == "vagueness alone"].set_index("policy_id")["score"]
    assert alone.tolist() == result[result["dimension"] == "vagueness"]["counted"].tolist()
    # Only the formula changes: its effect at a quarter of the weight.
    formula = moved[(moved["choice"] == "formula") & (moved["option"] == "smog_index")].set_index("policy_id")
    grades = readability(scores.frames.sentences).set_index("policy_id")
    part = scores.parts["readability"]
    ends = {
        column: changed[4:6]
        for changed, column in under_options(part, scores.dimensions["readability"].choices)
    }  # type: ignore[arg-type]
    smog, stated_grade = (
        (grades[name] - ends[name][0]).div(ends[name][1] - ends[name][0]).clip(0, 1)
        for name in ("smog_index", "flesch_kincaid_grade")
    )
    assert formula["shift"].sub((smog - stated_grade) / 4).abs().max() < 1e-9
