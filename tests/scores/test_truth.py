"""What is true behind a code, on simulated policies and on counts by hand. benchmarks/scores_simulation.py has the whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scored_texts import corpus_of
from scores_simulation import false_separations, judge, study

from policytools.coding.codebook import load_codebook
from policytools.coding.rule_accuracy import COUNTS
from policytools.scores.coder_accuracy import AccuracyDraws, check_coder_accuracy, load_coder_accuracy
from policytools.scores.reference import item_levels, population_metrics
from policytools.scores.score_draws import score_draws
from policytools.scores.transparency import transparency


@pytest.mark.parametrize("error", [0.02, 0.05, 0.1])
def test_intervals_hold_a_known_truth(error: float):
    judged = pd.DataFrame([judge(*study(seed, error=error, draws=400)) for seed in range(5)]).mean()
    # 5 studies of 12 policies on 3 checklists: 180 scores, so three standard errors are 4 %
    assert judged["scores held"] > 0.91 and judged["differences held"] > 0.91
    assert abs(judged["bias"]) < 0.02 and judged["ranks held"] > 0.8


def test_policies_that_tell_the_same_are_not_separated():
    apart = [false_separations(study(50 + n, n=40, error=0.05, null=True, draws=300)[0]) for n in range(5)]
    assert (
        pd.concat(apart, axis=1).to_numpy().mean() < 0.2
    )  # 5 studies; the benchmark has the familywise rate


SMALL = {
    "a": "We use cookies. We keep your data for 30 days. We share data with Google.\n\nLast updated: May 25, 2018.",
    "b": "We use cookies. We like printers.",
}


def test_no_error_leaves_what_was_counted():
    found = transparency(corpus_of(**SMALL), error_factor=0, draws=50)
    assert (found["score"] - found["counted"]).abs().max() < 1e-9
    assert (found["high"] - found["low"]).abs().max() < 1e-9


def test_more_error_is_less_certain():
    one, twice = (transparency(corpus_of(**SMALL), error_factor=factor, draws=300) for factor in (0.5, 2))
    coded = one["dimension"].str.startswith("coverage: all")
    assert (twice["high"] - twice["low"])[coded].mean() > (one["high"] - one["low"])[coded].mean()


def test_a_flat_prior_draws_less_to_the_usual():
    usual, flat = (
        transparency(corpus_of(**SMALL), prior=prior, draws=300).query("dimension == 'coverage: all'")
        for prior in ("population", "flat")
    )
    assert not np.allclose(usual["score"], flat["score"]) and usual["counted"].equals(flat["counted"])


def test_levels_of_items_leave_out_what_the_population_cannot_judge():
    book = load_codebook("printing")
    levels = dict(zip(book.items["item"], item_levels(book, 1.5), strict=True))
    share = (population_metrics()["cookies"].sum() + 0.5) / 265
    assert levels["cookies"] == pytest.approx(np.log(share / (1 - share)) * np.sqrt(1 + 0.346 * 1.5**2))
    printing = book.items.loc[book.items["family"] == "3d_printing", "item"]
    assert all(levels[item] == 0 for item in printing)


def test_rates_of_an_item_are_drawn_to_those_of_all():
    rows = [("rules", "good", 40, 0, 0, 40), ("rules", "bad", 20, 20, 20, 20), ("rules", "rare", 1, 0, 0, 0)]
    counts = check_coder_accuracy(pd.DataFrame(rows, columns=["coder_kind", "item", *COUNTS]))
    draws = AccuracyDraws(counts, 1.0, 4000, 1)
    good, bad, rare, unknown = (
        draws.rates("rules", item)[0].mean() for item in ("good", "bad", "rare", "new")
    )
    assert bad < 0.6 < unknown < rare < good  # 61 of 81 hits in all
    half = AccuracyDraws(counts, 0.5, 4000, 1)
    assert 1 - half.rates("rules", "bad")[0].mean() == pytest.approx((1 - bad) / 2, abs=0.01)
    # Codes of which the coder was unsure have rates of their own where these were counted.
    assert draws.rates("rules, unsure", "good")[0].mean() == pytest.approx(good, abs=0.02)
    with pytest.raises(ValueError, match="no counts of the kind 'person'"):
        draws.rates("person", "good")


def test_the_shipped_counts():
    counts = load_coder_accuracy()
    assert set(counts["coder_kind"]) == {"rules", "model", "person"}
    unsure = counts[(counts["coder_kind"] == "model") & (counts["confidence"] == "unsure")]
    assert unsure[COUNTS].sum().sum() == 140 and counts["true_positive"].dtype == "int64"
    with pytest.raises(ValueError, match="counts must be 0 or more"):
        check_coder_accuracy(counts.assign(true_positive=-1))
    with pytest.raises(ValueError, match="more than one row"):
        check_coder_accuracy(pd.concat([counts, counts]))


def test_kinds_of_coder_are_told_apart():
    hand = pd.DataFrame({
        "policy_id": "b", "item": ["cookies", "children", "scope"], "coder": "A", "code": [1, 1, 0],
        "evidence": ["cookies", "children", ""], "coder_kind": ["model"] * 3, "confidence": ["sure", "unsure", "sure"],
    })  # fmt: skip
    truth = score_draws(corpus_of(**SMALL), hand_codings=hand, draws=20).truth
    assert truth is not None
    row = dict(zip(truth.codes.items, truth.codes.kind[1], strict=True))
    assert (row["cookies"], row["children"], row["scope"], row["purposes"]) == (
        "model",
        "model, unsure",
        "model",
        "rules",
    )
