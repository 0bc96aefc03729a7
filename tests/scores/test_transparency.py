"""The frame of transparency, and promises that hold for every policy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scored_texts import corpus_of

from policytools.coding.codebook import load_codebook
from policytools.corpus.corpus import Corpus
from policytools.measures.readability import readability
from policytools.measures.vagueness import vagueness
from policytools.scores.compare import pairwise_probabilities
from policytools.scores.dimensions import (
    DIMENSIONS,
)
from policytools.scores.ranks import rank_probabilities
from policytools.scores.score_draws import Scores
from policytools.scores.sensitivity import ranking_sensitivity
from policytools.scores.trace import score_parts
from policytools.scores.transparency import transparency

COLUMNS = ["policy_id", "dimension", "score", "low", "high", "rank", "rank_low", "rank_high", "tied_with"]


def test_frame_is_as_documented(result: pd.DataFrame, corpus: Corpus):
    assert result.columns.tolist() == COLUMNS
    assert result.index.equals(pd.RangeIndex(len(result)))
    assert result["dimension"].unique().tolist() == [*DIMENSIONS, "overall"]
    assert result["policy_id"].unique().tolist() == corpus.policies["policy_id"].tolist()
    assert result["rank"].dtype == "Int64" and result["score"].between(0, 1).all()


def test_intervals_hold_their_points(result: pd.DataFrame):
    assert (result["low"] <= result["score"]).all() and (result["score"] <= result["high"]).all()
    assert (result["rank_low"] <= result["rank"]).all() and (result["rank"] <= result["rank_high"]).all()
    overall = result[result["dimension"] == "overall"]
    assert (overall["low"] < overall["high"]).all()


def test_scores_are_the_sum_of_their_parts(scores: Scores, result: pd.DataFrame, corpus: Corpus):
    parts = score_parts(scores)
    summed = (parts["part_score"] * parts["weight"]).groupby([parts["policy_id"], parts["dimension"]]).sum()
    given = result[result["dimension"] != "overall"].set_index(["policy_id", "dimension"])["score"]
    assert summed.sub(given).abs().max() < 1e-9
    assert (parts["counted_from"] != "").all()
    # ... and the values are those of the measures themselves.
    values = parts.set_index(["metric", "policy_id"])["value"]
    grades = readability(corpus.sentences).set_index("policy_id")["flesch_kincaid_grade"]
    assert values["flesch_kincaid_grade"].sub(grades).abs().max() < 1e-9
    vague = (
        vagueness(corpus.sentences, false_friends="left_out")
        .query("category == 'all'")
        .set_index("policy_id")
    )
    assert values["vague_per_hundred"].sub(vague["per_hundred"]).abs().max() < 1e-9


def test_other_vendors_and_their_order_change_nothing(corpus: Corpus, scores: Scores, result: pd.DataFrame):
    some = ["zongheng3d", "tiertime-2018"]
    turned = Corpus(*(frame.iloc[::-1] for frame in (corpus.policies, corpus.blocks, corpus.sentences)))
    pair = Corpus(
        *(
            frame[frame["policy_id"].isin(some)]
            for frame in (turned.policies, turned.blocks, turned.sentences)
        )
    )
    keys = ["policy_id", "dimension"]
    options = {"dimensions": ["readability", "specificity", "structure", "currency"], "draws": 200}
    whole = transparency(turned, **options).set_index(keys).sort_index()
    straight = transparency(corpus, **options).set_index(keys).sort_index()
    pd.testing.assert_frame_equal(whole, straight)
    two = transparency(pair, **options).set_index(keys).sort_index()
    columns = ["score", "low", "high"]
    pd.testing.assert_frame_equal(two[columns], whole.loc[two.index, columns])


def test_addressing_an_item_lowers_no_score():
    codebook = load_codebook("disclosure")
    items = codebook.items["item"].tolist()
    text = "We sell printers. Our shop may be open on certain days."
    silent = corpus_of(none=text, **{item: text for item in items})
    by_hand = pd.DataFrame({"policy_id": items, "item": items, "coder": "XY", "code": 1, "evidence": "read"})
    found = transparency(silent, hand_codings=by_hand, draws=50, checklists=["all", "GDPR 13/14"])
    wide = found.pivot(index="policy_id", columns="dimension", values="score")
    assert (wide >= wide.loc["none"] - 1e-12).all(axis=None)
    assert (wide["coverage"].drop("none") > wide.loc["none", "coverage"]).all()


@pytest.mark.parametrize(
    "sentence",
    [
        "Last updated: May 25, 2018.",
        "We will notify you of changes to this policy by email.",
        "You can unsubscribe from our newsletter at any time.",
        "We use cookies, and you can delete them in your browser.",
        "You have the right to complain to a supervisory authority.",
        "We answer requests within 30 days.",
    ],
)
def test_a_disclosing_sentence_lowers_no_score_of_disclosure(sentence: str):
    text = "We hold your name. We use cookies."
    found = transparency(
        corpus_of(before=text, after=f"{text}\n\n{sentence}"),
        dimensions=["coverage", "coverage: all", "actionability", "currency"], draws=10,
    ).pivot(index="policy_id", columns="dimension", values="score")  # fmt: skip
    assert (found.loc["after"] >= found.loc["before"]).all()
    assert found.loc["after"].sum() > found.loc["before"].sum() or "cookies" in sentence


def test_one_vendor_alone():
    found = transparency(corpus_of(a="We keep your data for 30 days. Last updated: May 25, 2018."), draws=50)
    assert (found["rank"] == 1).all() and (found["rank_high"] == 1).all() and (found["tied_with"] == "").all()
    alone = corpus_of(a="We keep your data for 30 days.")
    shares = ranking_sensitivity(alone, draws=50)
    assert shares.loc[shares["output"] == "rank", "total"].isna().all()
    assert pairwise_probabilities(alone, draws=10).empty
    assert rank_probabilities(alone, draws=10)["probability"].tolist() == [1.0]


def test_undefined_is_not_zero():
    corpus = corpus_of(a="We keep your data for 30 days.", b="We use cookies.")
    unread = Corpus(corpus.policies, corpus.blocks, corpus.sentences[corpus.sentences["policy_id"] == "a"])
    found = transparency(unread, draws=20).set_index("policy_id")
    assert found.loc["b", ["score", "low", "high", "rank"]].isna().all(axis=None)
    assert found.loc["a", "score"].notna().all() and (found.loc["a", "rank"] == 1).all()
    # Only fragments: no grade, but items.
    listed = transparency(corpus_of(a="# Data\n\n- IP address;\n- device type;"), draws=20).set_index(
        "dimension"
    )
    assert np.isnan(listed.loc["readability", "score"]) and np.isnan(listed.loc["overall", "score"])
    assert listed.loc["coverage", "score"] >= 0


def test_input_is_not_changed_and_seed_decides(corpus: Corpus):
    before = corpus.sentences.copy()
    options = {"dimensions": ["readability"], "draws": 100}
    one, same, other = (transparency(corpus, **options, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(corpus.sentences, before)
    pd.testing.assert_frame_equal(one, same)
    assert not one["low"].equals(other["low"]) and one["score"].equals(other["score"])
