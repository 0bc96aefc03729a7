"""Keyness: by hand, and against scipy, quanteda and Hardie."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from term_checks import TWO, frame

from policytools.measures.keyness import keyness
from policytools.measures.terms import term_frequencies

# The fixtures of quanteda.textstats' own tests of keyness.
QUANTEDA_SMALL = frame({"d1": ["b b b b b b b a a a"], "d2": ["a a a a a a a b b"]})

QUANTEDA = frame({"d1": ["a a a b b c c c c c c d e f g h h"], "d2": ["a a b c c d d d d e f h"]})


def test_keyness_by_hand():
    terms = term_frequencies(QUANTEDA_SMALL, stop_words=None)
    key = keyness(terms, target="d1", reference="d2").set_index("term").loc["a"]
    assert key[["n_target", "n_reference", "n_words_target", "n_words_reference"]].tolist() == [3, 7, 10, 9]
    # E = 10*10/19, 9*10/19 for "a", 10*9/19, 9*9/19 for the rest
    g2 = 2 * (
        3 * math.log(3 / (100 / 19)) + 7 * math.log(7 / (90 / 19)) + 7 * math.log(7 / (90 / 19)) + 2 * math.log(2 / (81 / 19))
    )  # fmt: skip
    assert key["log_likelihood"] == pytest.approx(g2)
    assert key["log_ratio"] == pytest.approx(math.log2((3 / 10) / (7 / 9)))
    # a0 = 19, a_w = 19 * 10/19 = 10: ln(13 / (29 - 13)) - ln(17 / (28 - 17)) over sqrt(1/13 + 1/17)
    z = (math.log(13 / 16) - math.log(17 / 11)) / math.sqrt(1 / 13 + 1 / 17)
    assert key["log_odds_z"] == pytest.approx(z) == pytest.approx(-1.7451, abs=1e-4)
    assert key["low_count"]  # 90/19 is below 5


def test_prior_size_by_hand():
    terms = term_frequencies(QUANTEDA_SMALL, stop_words=None)
    key = keyness(terms, target="d1", reference="d2", prior_words=1.9).set_index("term")
    # a_w = 1.9 * 10/19 = 1: ln(4 / (11.9 - 4)) - ln(8 / (10.9 - 8)) over sqrt(1/4 + 1/8)
    z = (math.log(4 / 7.9) - math.log(8 / 2.9)) / math.sqrt(1 / 4 + 1 / 8)
    assert key.loc["a", "log_odds_z"] == pytest.approx(z)


def test_keyness_is_scipys():
    terms = term_frequencies(QUANTEDA, stop_words=None)
    key = keyness(terms, target="d1", reference="d2")
    for row in key.itertuples():
        table = [[row.n_target, row.n_reference], [17 - row.n_target, 12 - row.n_reference]]
        g2, p, *_ = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
        assert (row.log_likelihood, row.p_value) == (pytest.approx(g2, abs=1e-12), pytest.approx(p, rel=1e-9))
    np.testing.assert_allclose(key["p_adjusted"], stats.false_discovery_control(key["p_value"], method="bh"))


def test_keyness_ranks_as_quanteda_does():
    # textstat_keyness(measure = "lr", correction = "none") signs G2; its tests expect this order.
    key = keyness(term_frequencies(QUANTEDA, stop_words=None), target="d1", reference="d2")
    signed = key.assign(signed=key["log_likelihood"] * np.sign(key["log_ratio"]))
    assert "".join(signed.sort_values(["signed", "term"], ascending=[False, True])["term"]) == "cgbhaefd"


def test_log_ratio_is_hardies():
    # Hardie's example: relative frequencies .0006 and .0002 make a ratio of 3.
    terms = pd.DataFrame({"policy_id": ["a", "b"], "term": "x", "n": [6, 2], "n_words": 10_000})
    assert keyness(terms, target="a", reference="b")["log_ratio"][0] == pytest.approx(math.log2(3))
    absent = pd.DataFrame({"policy_id": ["a", "b"], "term": ["x", "y"], "n": [4, 1], "n_words": [100, 100]})
    assert keyness(absent, target="a", reference="b")["log_ratio"][0] == pytest.approx(math.log2(4 / 0.5))


def test_groups_are_added_up():
    texts = frame({"a": ["data data kept"], "b": ["data"], "c": ["kept kept"]})
    terms = term_frequencies(texts)
    key = keyness(terms, target=["a", "b"], reference="others").set_index("term")
    assert key.loc["data", ["n_target", "n_reference", "n_words_target", "n_words_reference"]].tolist() == [
        3,
        0,
        4,
        2,
    ]
    pd.testing.assert_frame_equal(
        keyness(terms, target=["b", "a"], reference=["c"]),
        keyness(terms, target=["a", "b"], reference="others"),
    )


def test_words_of_sections_are_added_up():
    texts = pd.concat(
        [frame({"a": ["data data"]}, "One"), frame({"a": ["data kept"]}, "Two").assign(sentence_id=1)]
    )
    texts = pd.concat([texts, frame({"b": ["data here gone"]}, "One")])
    key = keyness(term_frequencies(texts, by="section", stop_words=None), target="a", reference="b")
    assert key[["n_words_target", "n_words_reference"]].drop_duplicates().to_numpy().tolist() == [[4, 3]]


def test_min_count_leaves_out_rare_terms_before_the_correction():
    terms = term_frequencies(QUANTEDA, stop_words=None)
    key = keyness(terms, target="d1", reference="d2", min_count=5)
    assert set(key["term"]) == {"a", "c", "d"}
    np.testing.assert_allclose(key["p_adjusted"], stats.false_discovery_control(key["p_value"], method="bh"))


def test_low_counts_say_so():
    terms = pd.DataFrame(
        {"policy_id": ["a", "b"] * 2, "term": ["x", "x", "y", "y"], "n": [9, 9, 1, 9], "n_words": 100}
    )
    low = keyness(terms, target="a", reference="b").set_index("term")["low_count"]
    assert not low["x"]  # expected 9 and 9
    assert not low["y"]  # expected 5 and 5: the rule is on what is expected, not on what was seen
    rarer = keyness(terms.assign(n=[9, 9, 1, 8]), target="a", reference="b").set_index("term")["low_count"]
    assert rarer["y"]  # expected 4.5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"target": "x", "reference": "others"},
            r"target: there is no policy 'x'; there are d1, d2",
        ),
        ({"target": "d1", "reference": ["d2", "y"]}, r"reference: there is no policy 'y'"),
        ({"target": "d1", "reference": "d1"}, r"target and reference: \['d1'\] in both"),
        (
            {"target": ["d1", "d2"], "reference": "others"},
            "reference: no policy left; keyness needs two or more",
        ),
        ({"target": [], "reference": "d1"}, "target: no policy left"),
        ({"target": "d1", "reference": "d2", "min_count": 99}, "min_count: no term occurs 99 times"),
    ],
)
def test_bad_arguments_of_keyness(arguments, message):
    with pytest.raises(ValueError, match=message):
        keyness(term_frequencies(QUANTEDA, stop_words=None), **arguments)


def test_keyness_has_no_default_comparison():
    with pytest.raises(TypeError):
        keyness(term_frequencies(QUANTEDA, stop_words=None))  # type: ignore[call-arg]


def test_a_single_policy_has_no_reference():
    terms = term_frequencies(frame({"a": ["data kept"]}))
    with pytest.raises(ValueError, match="keyness needs two or more policies"):
        keyness(terms, target="a", reference="others")


def test_columns_are_the_documented_ones():
    key = keyness(term_frequencies(TWO), target="a", reference="others")
    assert list(key)[:9] == [
        "term", "n_target", "n_reference", "per_thousand_target", "per_thousand_reference", "log_likelihood",
        "p_value", "log_ratio", "log_odds_z",
    ]  # fmt: skip
