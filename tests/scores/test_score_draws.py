"""Scores of several dimensions, and the arguments of `score_draws`."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scored_texts import corpus_of

from policytools.scores.dimensions import (
    policy_metrics,
)
from policytools.scores.ranks import rank_probabilities
from policytools.scores.score_draws import Scores, aggregate
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
        ({"dimensions": ["currency", "currency"]}, "'currency' is given twice"),
        ({"dimensions": [lambda frames: None]}, "has no name; write it as a function"),
        ({"checklists": ["GDPR"]}, "checklists: must be one of identity, .*, not 'GDPR'"),
        ({"checklists": "all"}, "must be a sequence"),
        ({"formula": "lix"}, "formula: must be one of .*, not 'lix'"),
        ({"versions": "oldest"}, "versions"),
        ({"confidence": 1}, "confidence"),
        ({"draws": 1}, "draws"),
        ({"hand_error": 0.7}, "hand_error"),
        ({"weights": {"readability": 1}}, "weights: give one for each dimension"),
        ({"dimensions": ["currency"], "weights": {"currency": 0}}, "not all 0"),
        ({"dimensions": ["currency"], "weights": {"currency": -1}}, "0 or more"),
        ({"rule_accuracy": pd.DataFrame({"item": ["a"]})}, "rule_accuracy: column true_positive"),
    ],
)
def test_arguments_that_do_not_fit(options: dict, message: str):
    with pytest.raises(ValueError, match=message):
        transparency(corpus_of(a="We keep your data."), **options)


def test_more_arguments_that_do_not_fit(scores: Scores):
    with pytest.raises(ValueError, match="score_draws"):
        transparency(scores, draws=10)
    with pytest.raises(ValueError, match="policy_id: there is no policy 'nobody'"):
        score_evidence(scores, "nobody", "currency")
    with pytest.raises(ValueError, match="dimension: must be one of readability, .*, not 'charm'"):
        score_evidence(scores, "atomform", "charm")
    with pytest.raises(ValueError, match="dimension: must be one of readability, .*, not 'charm'"):
        rank_probabilities(scores, dimension="charm")
    with pytest.raises(ValueError, match="no metric charm"):
        policy_metrics(scores.frames, columns=["charm"])
