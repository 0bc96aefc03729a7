"""Scores of several dimensions, and the arguments of `score_draws`."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scored_texts import corpus_of

from policytools.scores.choices import aggregate, check_weightings, load_weightings
from policytools.scores.dimensions import (
    policy_metrics,
)
from policytools.scores.score_draws import Scores, score_draws
from policytools.scores.trace import score_evidence
from policytools.scores.transparency import transparency


def test_geometric_mean_by_hand():
    pair = np.array([[[0.4], [0.9]]])
    weights = np.array([[0.25], [0.75]])
    assert aggregate(pair, weights, 0).item() == pytest.approx(0.25 * 0.4 + 0.75 * 0.9)
    shifted = (0.1 + 0.9 * 0.4) ** 0.25 * (0.1 + 0.9 * 0.9) ** 0.75
    assert aggregate(pair, weights, 1).item() == pytest.approx((shifted - 0.1) / 0.9)
    # What has no weight need not be defined.
    assert aggregate(np.array([[[0.4], [np.nan]]]), np.array([[1.0], [0.0]]), 0).item() == 0.4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dimensions": ["legibility"]}, "'legibility' is none of readability"),
        ({"dimensions": "readability"}, "must be a sequence"),
        ({"dimensions": []}, "none given"),
        ({"dimensions": ["vagueness", "vagueness"]}, "'vagueness' is given twice"),
        ({"dimensions": [lambda frames: None]}, "has no name; write it as a function"),
        ({"checklists": ["GDPR"]}, "checklists: must be one of identity, .*, not 'GDPR'"),
        ({"checklists": "all"}, "must be a sequence"),
        ({"formula": "lix"}, "formula: must be one of .*, not 'lix'"),
        ({"versions": "oldest"}, "versions"),
        ({"confidence": 1}, "confidence"),
        ({"draws": 1}, "draws"),
        ({"error_factor": -1}, "error_factor"),
        ({"prior": "own"}, "prior: must be 'population' or 'flat'"),
        ({"text": "sentences"}, "text: must be 'exact' or 'sections'"),
        ({"weightings": pd.DataFrame({"weight": [1]})}, "weightings: column weighting"),
        ({"dimensions": ["currency"]}, "'currency' is none of readability, vagueness, coverage: all"),
        ({"weights": {"readability": 1}}, "weights: give one for each dimension"),
        ({"dimensions": ["vagueness"], "weights": {"vagueness": 0}}, "not all 0"),
        ({"dimensions": ["vagueness"], "weights": {"vagueness": -1}}, "0 or more"),
        ({"coder_accuracy": pd.DataFrame({"item": ["a"]})}, "coder_accuracy: column coder_kind"),
    ],
)
def test_arguments_that_do_not_fit(options: dict, message: str):
    with pytest.raises(ValueError, match=message):
        transparency(corpus_of(a="We keep your data."), **options)


def test_more_arguments_that_do_not_fit(scores: Scores):
    with pytest.raises(ValueError, match="score_draws"):
        transparency(scores, draws=10)
    with pytest.raises(ValueError, match="policy_id: there is no policy 'nobody'"):
        score_evidence(scores, "nobody", "vagueness")
    with pytest.raises(ValueError, match="dimension: must be one of readability, .*, not 'charm'"):
        score_evidence(scores, "atomform", "charm")
    with pytest.raises(ValueError, match="dimension: must be one of readability, .*, not 'charm'"):
        scores.drawn("charm")
    with pytest.raises(ValueError, match="no metric charm"):
        policy_metrics(scores.frames, columns=["charm"])


def test_what_was_measured_is_drawn_from_again(monkeypatch):
    corpus = corpus_of(a="We use cookies. We keep your data for 30 days.", b="We like printers.")
    first = score_draws(corpus, draws=50)
    monkeypatch.setattr("policytools.scores.dimensions.code_sentences", None)  # nothing is coded again
    again = score_draws(first.frames, draws=50, error_factor=2)
    monkeypatch.undo()
    pd.testing.assert_frame_equal(
        transparency(again), transparency(score_draws(corpus, draws=50, error_factor=2))
    )
    with pytest.raises(ValueError, match="Frames have their codebook and hand codings"):
        score_draws(first.frames, codebook="printing")


def test_weightings_are_drawn_from_a_table():
    table = load_weightings()
    assert table["reason"].str.len().gt(10).all()
    scores = score_draws(corpus_of(a="We keep your data."), weightings=table, draws=60)
    drawn = {tuple(column) for column in scores.chosen["weights"][:3].T.round(6)}
    held = table.pivot(index="weighting", columns="dimension", values="weight")[list(scores.dimensions)[:3]]
    assert drawn == {tuple(row) for row in held.div(held.sum(axis=1), axis=0).to_numpy().round(6)}
    assert (scores.chosen["weights"][3:] == 0).all()
    with pytest.raises(ValueError, match="weightings: no such dimension is scored: charm"):
        score_draws(corpus_of(a="We."), weightings=table.assign(dimension="charm").head(1), draws=5)
    with pytest.raises(ValueError, match="must be 0 or more"):
        check_weightings(table.assign(weight=-1.0))


def test_weights_are_drawn_around_the_stated_ones():
    scores = score_draws(corpus_of(a="We keep your data."), draws=2000)
    drawn = scores.chosen["weights"]
    assert drawn.mean(axis=1)[:3] == pytest.approx([0.25, 0.25, 0.5], abs=0.01) and (drawn[3:] == 0).all()
    # Dirichlet with the sum 10 * 3 of its parameters: variance w (1 - w) / 31
    assert drawn[2].var() == pytest.approx(0.25 / 31, rel=0.1)
