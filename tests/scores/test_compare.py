"""Pairs of policies and ranks, on scores whose truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scored_texts import corpus_of

import policytools as pt
from policytools._statistics import step_down
from policytools.corpus.corpus import Corpus
from policytools.scores.compare import COLUMNS, compare_scores
from policytools.scores.dimensions import Frames
from policytools.scores.ranks import score_ranks
from policytools.scores.score_draws import Scores, score_draws
from policytools.scores.what_would_change import what_would_change

TEXTS = {
    "full": "We use cookies. We keep your data for 30 days. We share data with Google.\n\nLast updated: May 25, 2018.",
    "short": "We use cookies. We like printers.",
}


def fixed(name: str, **scores: float):
    """An exact dimension with these scores."""

    def dimension(frames: Frames) -> pd.DataFrame:
        ids = frames.policies["policy_id"]
        return pd.DataFrame({"policy_id": ids, "score": ids.map(scores)})

    dimension.__name__ = name
    return dimension


def test_frame_is_as_documented(scores: Scores):
    pairs, ids = compare_scores(scores), scores.policy_ids
    assert pairs.columns.tolist() == list(COLUMNS) and pairs.index.equals(pd.RangeIndex(len(pairs)))
    assert (
        len(pairs) == 10 * len(scores.names)
        and pairs["dimension"].tolist()[: len(scores.names)] == scores.names
    )
    assert all(ids.index(row.policy_id) < ids.index(row.other_id) for row in pairs.itertuples())
    assert (pairs["low"] <= pairs["difference"]).all() and (pairs["difference"] <= pairs["high"]).all()
    assert (pairs["adjusted_low"] <= pairs["low"]).all() and (pairs["high"] <= pairs["adjusted_high"]).all()
    exact = pairs[pairs["dimension"].isin(["readability", "vagueness"])]
    assert (exact["low"] == exact["high"]).all() and exact["adjusted_low"].lt(exact["low"]).all()


def test_identical_texts_differ_by_nothing():
    corpus = corpus_of(a=TEXTS["full"], b=TEXTS["full"], c=TEXTS["short"])
    for text in ("exact", "sections"):
        scores = score_draws(corpus, draws=200, text=text)
        for name in scores.names:
            drawn = scores.drawn(name)
            assert (drawn[0] == drawn[1]).all()
        pairs = compare_scores(scores).query("policy_id == 'a' and other_id == 'b'")
        assert (pairs["verdict"] == "same").all() and (pairs[["difference", "low", "high"]] == 0).all(
            axis=None
        )


def test_what_is_better_on_everything_is_ahead():
    dimensions = [fixed(f"d{n}", a=0.9, b=0.4) for n in range(4)]
    pairs = compare_scores(corpus_of(a=TEXTS["full"], b=TEXTS["short"]), dimensions=dimensions, draws=500)
    assert (pairs["verdict"] == "ahead").all() and (pairs["share_of_choices"] == 1).all()
    assert pairs["break_even_dimension"].eq("").all()


def test_five_ahead_and_one_behind():
    dimensions = [fixed(f"d{n}", a=0.6, b=0.5) for n in range(5)] + [fixed("last", a=0.3, b=0.65)]
    scores = score_draws(corpus_of(a=TEXTS["full"], b=TEXTS["short"]), dimensions=dimensions, draws=4000)
    overall = compare_scores(scores).iloc[-1]
    # (5 * 0.1 - 0.35) / 6; equal at the weight w of the last with 0.1 (1 - w) = 0.35 w
    assert overall["difference"] == pytest.approx(0.025) == overall["low"] == overall["high"]
    assert overall["verdict"] == "ahead at these weights" and overall["share_of_choices"] == pytest.approx(
        0.87, abs=0.05
    )
    first, second = scores.choice_draws("overall")
    arithmetic = scores.chosen["aggregation"] == 0
    # The weight of the last has the mean 1/6 and the variance (1/6) (5/6) / 61: below 0.222 in 0.88 of the draws.
    assert (first > second)[arithmetic].mean() == pytest.approx(0.88, abs=0.02)
    assert (overall["break_even_dimension"], round(overall["break_even_weight"], 4)) == (
        "last",
        round(0.1 / 0.45, 4),
    )
    text, table = what_would_change(scores, "b", "a")
    assert text.startswith(
        "a is ahead of b overall by 0.03; b would be ahead if last had a weight of more than 0.22"
    )
    assert table.iloc[-1]["ahead_id"] == "a" and (table["difference"] >= 0).all()


def test_another_vendor_moves_no_other_pair(corpus: Corpus, scores: Scores):
    some = scores.policy_ids[1:]
    fewer = Corpus(
        *(f[f["policy_id"].isin(some)] for f in (corpus.policies, corpus.blocks, corpus.sentences))
    )
    keys = ["policy_id", "other_id", "dimension"]
    columns = ["difference", "low", "high", "p_ahead", "share_of_choices"]
    all_five = compare_scores(scores).set_index(keys)[columns]
    four = compare_scores(score_draws(fewer, draws=scores.draws)).set_index(keys)[columns]
    pd.testing.assert_frame_equal(four, all_five.loc[four.index])


def test_an_undefined_policy_disturbs_no_other():
    corpus = corpus_of(a=TEXTS["full"], b=TEXTS["short"], c="We like printers.")
    unread = Corpus(corpus.policies, corpus.blocks, corpus.sentences[corpus.sentences["policy_id"] != "c"])
    scores = score_draws(unread, draws=100)
    pairs = compare_scores(scores)
    with_c = (pairs["policy_id"] == "c") | (pairs["other_id"] == "c")
    assert (pairs["verdict"][with_c] == "undefined").all() and pairs["difference"][with_c].isna().all()
    two = Corpus(*(f[f["policy_id"] != "c"] for f in (unread.policies, unread.blocks, unread.sentences)))
    alone = compare_scores(score_draws(two, draws=100))
    pd.testing.assert_frame_equal(pairs[~with_c].reset_index(drop=True), alone)
    ranks = score_ranks(scores)
    assert (
        ranks.loc[ranks["policy_id"] == "c", "rank_low"].isna().all()
        and ranks["rank_high"].dropna().le(2).all()
    )
    assert what_would_change(scores, "a", "c")[0].startswith("The overall score of a or of c is not defined.")


def test_codes_to_change_by_hand():
    scores = score_draws(
        corpus_of(a=TEXTS["full"], b=TEXTS["short"]), dimensions=["coverage: CalOPPA"], draws=300
    )
    row = compare_scores(scores).iloc[0]
    counted = scores.point()[:, 0]
    n = round((counted[0] - counted[1]) * 7)
    assert n == row["codes_to_change"] == len(row["changed_items"].split(", ")) > 0
    # k^2 (1 - 4 q) = z^2 m q with q = e (1 - e), for m cells that do not rest on the same words with the same code
    codes = scores.truth.codes  # type: ignore[union-attr]
    places = [codes.items.index(item) for item in scores.frames.codebook.checklists["CalOPPA"]]
    m = 2 * sum((codes.key[0, j], codes.code[0, j]) != (codes.key[1, j], codes.code[1, j]) for j in places)
    rate = row["separating_error_rate"]
    q = rate * (1 - rate)
    assert n**2 * (1 - 4 * q) == pytest.approx(1.959964**2 * m * q, rel=1e-5)


def test_cells_to_check_until_a_pair_is_separated(scores: Scores):
    pairs = compare_scores(scores)
    coded = pairs[pairs["dimension"].str.startswith("coverage")]
    apart = (coded["adjusted_low"] > 0) | (coded["adjusted_high"] < 0)
    assert (coded.loc[apart, "cells_to_check"] == 0).all()
    assert (coded.loc[~apart & (coded["difference"] != 0), "cells_to_check"] > 0).all()
    assert pairs.loc[~pairs["dimension"].str.startswith("coverage"), "cells_to_check"].isna().sum() == 20


def test_ranks_follow_from_the_pairs(scores: Scores):
    ranks, pairs = score_ranks(scores), compare_scores(scores)
    assert (ranks["rank_low"] <= ranks["rank_high"]).all() and ranks["rank_high"].max() == 5
    for row in ranks.itertuples():
        own = pairs[pairs["dimension"] == row.dimension]
        better = ((own["policy_id"] == row.policy_id) & (own["adjusted_high"] < 0)).sum()
        better += ((own["other_id"] == row.policy_id) & (own["adjusted_low"] > 0)).sum()
        assert row.rank_low == 1 + better


def test_step_down_finds_more_than_one_step():
    rng = np.random.default_rng(3)
    drawn = np.vstack([rng.normal(0, 0.01, 2000), rng.normal(0.5, 0.01, 2000), rng.normal(0.5, 0.01, 2000)])
    scale, critical = step_down(drawn, np.array([-0.5, -0.5, 0.0]), 0.95)
    assert scale == pytest.approx(np.full(3, 0.01 * 2**0.5), rel=0.1)
    assert critical[2] == pytest.approx(1.96, abs=0.1)  # alone in the second step
    assert critical[0] > 2.2


def test_one_policy_has_no_pair():
    scores = score_draws(corpus_of(a=TEXTS["full"]), draws=50)
    assert compare_scores(scores).empty
    assert score_ranks(scores)[["rank_low", "rank_high"]].eq(1).all(axis=None)


def test_no_policy_gives_empty_frames():
    corpus = corpus_of(a=TEXTS["short"])
    empty = score_draws(Corpus(corpus.policies[:0], corpus.blocks[:0], corpus.sentences[:0]), draws=20)
    assert compare_scores(empty).dtypes.astype(str).to_dict().keys() == COLUMNS.keys()
    assert compare_scores(empty).empty and score_ranks(empty).empty


def test_names_with_brackets_and_commas_do_not_confuse_the_sentences():
    texts = {"a (2020), b": TEXTS["full"], "c": TEXTS["short"]}
    text, _ = what_would_change(
        corpus_of(**texts), "a (2020), b", "c", dimensions=["coverage: CalOPPA"], draws=100
    )
    assert "a (2020), b" in text.replace("\\", "").partition("By the codes")[2]


def test_removed_names_say_what_to_use():
    with pytest.raises(AttributeError, match="use compare_scores"):
        pt.pairwise_probabilities  # noqa: B018
    with pytest.raises(AttributeError, match="use score_ranks"):
        pt.rank_probabilities  # noqa: B018


def test_two_policies_are_named(scores: Scores):
    with pytest.raises(ValueError, match="other_id: must be another policy"):
        what_would_change(scores, "atomform", "atomform")
    text, table = what_would_change(scores, "atomform", "zongheng3d")
    assert text.count(". ") == 1 and table["dimension"].tolist() == scores.names
