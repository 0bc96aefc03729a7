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
from policytools.scores.dimensions import Frames, dimension_table
from policytools.scores.score_draws import Scores
from policytools.scores.sensitivity import ranking_sensitivity
from policytools.scores.trace import score_evidence, score_parts
from policytools.scores.transparency import transparency

COLUMNS = ["policy_id", "dimension", "score", "counted", "low", "high", "choice_low", "choice_high", "state"]


def test_frame_is_as_documented(result: pd.DataFrame, corpus: Corpus):
    assert result.columns.tolist() == COLUMNS
    assert result.index.equals(pd.RangeIndex(len(result)))
    assert result["dimension"].unique().tolist() == [*dimension_table()["dimension"], "overall"]
    assert result["policy_id"].unique().tolist() == corpus.policies["policy_id"].tolist()
    assert result["score"].between(0, 1).all() and set(result["state"]) == {"exact", "estimated"}


def test_intervals_hold_their_points(result: pd.DataFrame):
    assert (result["low"] <= result["score"]).all() and (result["score"] <= result["high"]).all()
    overall = result[result["dimension"] == "overall"]
    assert (overall["low"] < overall["high"]).all() and (overall["choice_low"] < overall["choice_high"]).all()
    exact = result[result["dimension"].isin(["readability", "vagueness"])]
    assert (exact["state"] == "exact").all() and (exact["low"] == exact["high"]).all()
    assert exact["score"].equals(exact["counted"])
    lists = result[result["dimension"].str.startswith("coverage")]
    assert (
        lists["choice_high"] - lists["choice_low"]
    ).abs().max() < 1e-9  # a checklist by itself has no choice


def test_scores_as_counted_are_those_of_the_measures(scores: Scores, result: pd.DataFrame, corpus: Corpus):
    parts = score_parts(scores)
    given = result.set_index(["policy_id", "dimension"])["counted"]
    assert parts.set_index(["policy_id", "dimension"])["counted"].sub(given).abs().max() < 1e-9
    overall = (parts["counted"] * parts["weight"]).groupby(parts["policy_id"]).sum()
    assert overall.sub(given.xs("overall", level="dimension")).abs().max() < 1e-9
    assert (parts["counted_from"] != "").all()
    values = parts.set_index(["metric", "policy_id"])["value"]
    grades = readability(corpus.sentences).set_index("policy_id")["flesch_kincaid_grade"]
    assert values["flesch_kincaid_grade"].sub(grades).abs().max() < 1e-9
    vague = (
        vagueness(corpus.sentences, false_friends="left_out")
        .query("category == 'all'")
        .set_index("policy_id")
    )
    assert values["vague_per_hundred"].sub(vague["per_hundred"]).abs().max() < 1e-9


def test_order_of_rows_changes_nothing():
    corpus = corpus_of(
        a="We use cookies. We keep your data for 30 days.", b="# Data\n\nWe like printers. We sell them."
    )
    turned = Corpus(*(frame.iloc[::-1] for frame in (corpus.policies, corpus.blocks, corpus.sentences)))
    keys = ["policy_id", "dimension"]
    whole, straight = (transparency(one, draws=100).set_index(keys).sort_index() for one in (turned, corpus))
    pd.testing.assert_frame_equal(whole, straight)


def test_addressing_an_item_lowers_no_score():
    codebook = load_codebook("disclosure")
    items = codebook.items["item"].tolist()
    text = "We sell printers. Our shop may be open on certain days."
    silent = corpus_of(none=text, **{item: text for item in items})
    by_hand = pd.DataFrame({"policy_id": items, "item": items, "coder": "XY", "code": 1, "evidence": "read"})
    found = transparency(silent, hand_codings=by_hand, draws=50)
    wide = found.pivot(index="policy_id", columns="dimension", values="counted")
    assert (wide >= wide.loc["none"] - 1e-12).all(axis=None)
    told = silent.policies["policy_id"].isin(items).sum()
    assert (wide["coverage: all"].drop("none") > wide.loc["none", "coverage: all"]).sum() > told - 3


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
        dimensions=["coverage: all", "coverage: CalOPPA"], draws=10,
    ).pivot(index="policy_id", columns="dimension", values="counted")  # fmt: skip
    assert (found.loc["after"] >= found.loc["before"]).all()
    assert found.loc["after"].sum() > found.loc["before"].sum() or "cookies" in sentence


def test_one_vendor_alone():
    alone = corpus_of(a="We keep your data for 30 days. Last updated: May 25, 2018.")
    assert transparency(alone, draws=50)["score"].notna().sum() >= 4
    shares = ranking_sensitivity(alone, draws=50)
    assert (shares["output"] == "all differences").all() and shares["total"].isna().all()


def test_undefined_is_not_zero():
    corpus = corpus_of(a="We keep your data for 30 days.", b="We use cookies.")
    unread = Corpus(corpus.policies, corpus.blocks, corpus.sentences[corpus.sentences["policy_id"] == "a"])
    found = transparency(unread, draws=20).set_index("policy_id")
    assert found.loc["b", ["score", "counted", "low", "high", "choice_low"]].isna().all(axis=None)
    assert (found.loc["b", "state"] == "undefined").all() and found.loc["a", "score"].notna().all()
    # Only fragments: no grade, but items.
    listed = transparency(corpus_of(a="# Data\n\n- IP address;\n- device type;"), draws=20).set_index(
        "dimension"
    )
    assert np.isnan(listed.loc["readability", "score"]) and np.isnan(listed.loc["overall", "score"])
    assert listed.loc["coverage: all", "score"] >= 0


def test_input_is_not_changed_and_seed_decides(corpus: Corpus):
    before = corpus.sentences.copy()
    options = {"dimensions": ["readability"], "draws": 100, "text": "sections"}
    one, same, other = (transparency(corpus, **options, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(corpus.sentences, before)
    pd.testing.assert_frame_equal(one, same)
    assert not one["low"].equals(other["low"]) and one["score"].equals(other["score"])


def own_score(frames: Frames) -> pd.DataFrame:
    ids = frames.policies["policy_id"]
    return pd.DataFrame({"policy_id": ids[::-1], "score": 0.5, "low": 0.3, "high": 0.6})


def test_a_dimension_of_her_own(corpus: Corpus):
    found = transparency(
        corpus, dimensions=[own_score, "readability"], draws=2000, weights={"own_score": 3, "readability": 1}
    )
    own = found[found["dimension"] == "own_score"]
    assert (own["score"] == 0.5).all()
    assert own["low"].to_numpy() == pytest.approx(np.full(5, 0.3), abs=0.02)
    assert own["high"].to_numpy() == pytest.approx(np.full(5, 0.6), abs=0.02)
    wide = found.pivot(index="policy_id", columns="dimension", values="score")
    assert (wide["overall"] - (0.75 * 0.5 + 0.25 * wide["readability"])).abs().max() < 1e-9
    with pytest.raises(ValueError, match="your own function"):
        score_evidence(corpus, "atomform", "own_score", dimensions=[own_score], draws=5)


def test_own_dimensions_that_do_not_fit(corpus: Corpus):
    def no_score(frames: Frames) -> pd.DataFrame:
        return frames.policies[["policy_id"]]

    def too_high(frames: Frames) -> pd.DataFrame:
        return no_score(frames).assign(score=1.2)

    def too_few(frames: Frames) -> pd.DataFrame:
        return no_score(frames).head(2).assign(score=0.2)

    def turned(frames: Frames) -> pd.DataFrame:
        return no_score(frames).assign(score=0.2, low=0.4, high=0.5)

    for function, message in {
        no_score: "column score missing",
        too_high: "score outside 0 to 1",
        too_few: "each policy once",
        turned: "in rising order",
    }.items():
        with pytest.raises(ValueError, match=message):
            transparency(corpus, dimensions=[function])
