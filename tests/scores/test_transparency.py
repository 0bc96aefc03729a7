"""Transparency: scores by hand, promises that hold for every policy, intervals checked on texts with known truth."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from policytools.coding.codebook import load_codebook
from policytools.coding.rule_accuracy import load_rule_accuracy, measure_rules
from policytools.corpus.corpus import Corpus, corpus_from_texts, load_corpus
from policytools.measures.readability import readability
from policytools.measures.structure import sections, structure
from policytools.measures.vagueness import vagueness
from policytools.scores.compare import pairwise_probabilities
from policytools.scores.dimensions import (
    DIMENSIONS,
    FORMULA_PARTS,
    Frames,
    dimension_table,
    newest_policies,
    policy_metrics,
    score_between,
)
from policytools.scores.ranks import rank_probabilities
from policytools.scores.score_draws import Scores, aggregate, score_draws
from policytools.scores.sensitivity import one_at_a_time, ranking_sensitivity
from policytools.scores.trace import score_evidence, score_parts
from policytools.scores.transparency import transparency
from policytools.scores.uncertainty import DimensionDraws, Sampler, bootstrap_weights, strata, stream

COLUMNS = ["policy_id", "dimension", "score", "low", "high", "rank", "rank_low", "rank_high", "tied_with"]


def corpus_of(**texts: str) -> Corpus:
    return corpus_from_texts(
        pd.DataFrame({"policy_id": list(texts), "text": list(texts.values()), "format": "markdown"})
    )


def score_of(result: pd.DataFrame, policy_id: str, dimension: str) -> float:
    return result.set_index(["policy_id", "dimension"]).loc[(policy_id, dimension), "score"]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus("data")


@pytest.fixture(scope="module")
def scores(corpus: Corpus) -> Scores:
    return score_draws(corpus, draws=400)


@pytest.fixture(scope="module")
def result(scores: Scores) -> pd.DataFrame:
    return transparency(scores)


# --- scales


def test_readability_by_hand():
    # 4 words, 8 syllables, 1 sentence: 0.39 * 4 + 11.8 * 8/4 - 15.59 = 9.57; (18 - 9.57) / 10
    found = transparency(corpus_of(a="We use third-party services."), dimensions=["readability"])
    assert score_of(found, "a", "readability") == pytest.approx((18 - 9.57) / 10)
    # Reading ease 206.835 - 1.015 * 4 - 84.6 * 8/4 = 33.575, of 60
    found = transparency(
        corpus_of(a="We use third-party services."), dimensions=["readability"], formula="flesch_reading_ease"
    )
    assert score_of(found, "a", "readability") == pytest.approx(33.575 / 60)


def test_specificity_by_hand():
    # 1 vague term in 4 + 12 * 4 = 52 words; no recipient is named, no period stated
    text = "We may share data. " + "We hold your data. " * 12
    found = transparency(corpus_of(a=text), dimensions=["specificity"])
    assert score_of(found, "a", "specificity") == pytest.approx((1 - 100 / 52 / 4.56) / 2)


def test_items_by_hand():
    text = (
        "Last updated: May 25, 2018.\n\nWe answer your request within 30 days. You can complain to a supervisory authority. "
        "To access or delete your data, email us at privacy@example.org."
    )
    found = transparency(corpus_of(a=text), dimensions=["currency", "actionability", "coverage: 3dp"])
    assert score_of(found, "a", "currency") == 1 / 2  # dated; no change notice
    # request 1, opt-outs 0 of 3, contacts 2 of 2, response time 1
    assert score_of(found, "a", "actionability") == pytest.approx((1 + 0 + 1 + 1) / 4)
    assert score_of(found, "a", "coverage: 3dp") == 0
    assert score_of(found, "a", "overall") == pytest.approx((1 / 2 + 3 / 4 + 0) / 3)


def test_structure_by_hand():
    words = "We hold data. "  # 3 words
    text = f"# Privacy Policy\n\n{words * 10}\n\n## Use\n\n{words * 20}\n\n## Care\n\n{words * 200}"
    measured = structure(corpus_of(a=text).sentences).iloc[0]
    assert measured[["n_sections", "n_words", "n_words_headed"]].tolist() == [3, 690, 660]
    assert measured["section_minutes"] == pytest.approx(600 / 238)  # where half of the words stand
    found = transparency(corpus_of(a=text), dimensions=["structure"])
    # under headings 660/690; (5 - 600/238) / 4; 694 words in all are read in less than 10 minutes
    assert score_of(found, "a", "structure") == pytest.approx((660 / 690 + (5 - 600 / 238) / 4 + 1) / 3)


def test_sections_tell_labels_from_headings():
    frame = pd.DataFrame({
        "policy_id": "a", "block_id": [0, 1, 1, 2], "sentence_id": range(4), "n_words": [1, 1, 3, 2],
        "kind": ["heading", "heading", "sentence", "fragment"], "text": ["Data", "Cookies:", "We use none.", "no data"],
    })  # fmt: skip
    assert sections(frame)[["heading", "n_units", "n_words"]].values.tolist() == [["Cookies:", 2, 5]]
    assert sections(frame, run_in="left_out")[["heading", "n_words"]].values.tolist() == [["Data", 5]]
    with pytest.raises(ValueError, match="run_in"):
        sections(frame, run_in="no")
    empty = sections(frame.iloc[:0])
    assert empty.dtypes.equals(sections(frame).dtypes) and len(empty) == 0
    assert len(structure(frame.iloc[:0])) == 0


def test_scale_is_cut_off_and_monotone():
    assert score_between(np.array([40, 18, 13, 8, 1, np.nan]), 18, 8)[:5].tolist() == [0, 0, 0.5, 1, 1]
    for part in FORMULA_PARTS.values():
        low, high = part.anchor_0, part.anchor_1
        assert score_between(low, low, high) == 0 and score_between(high, low, high) == 1


def test_the_table_of_dimensions_adds_up():
    table = dimension_table()
    assert table["dimension"].unique().tolist() == list(DIMENSIONS)
    assert table.groupby("dimension")["weight"].sum().round(12).eq(1).all()
    assert (table["why"].str.len() > 10).all() and (table["anchor_0"] != table["anchor_1"]).all()


def test_geometric_mean_by_hand():
    pair = np.array([[[0.4], [0.9]]])
    weights = np.array([[0.25], [0.75]])
    assert aggregate(pair, weights, 0).item() == pytest.approx(0.25 * 0.4 + 0.75 * 0.9)
    shifted = (0.1 + 0.9 * 0.4) ** 0.25 * (0.1 + 0.9 * 0.9) ** 0.75
    assert aggregate(pair, weights, 1).item() == pytest.approx((shifted - 0.1) / 0.9)
    # What has no weight need not be defined.
    assert aggregate(np.array([[[0.4], [np.nan]]]), np.array([[1.0], [0.0]]), 0).item() == 0.4


# --- the five policies


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


def test_draws_lie_around_the_score(scores: Scores):
    for name in ("readability", "structure"):
        drawn, point = scores.drawn(name).mean(axis=1), scores.point()[:, list(scores.dimensions).index(name)]
        assert np.abs(drawn - point).max() < 0.04


def test_evidence_leads_back_to_sentences(scores: Scores, corpus: Corpus):
    texts = corpus.sentences.set_index(["policy_id", "sentence_id"])["text"]
    metrics = policy_metrics(scores.frames).set_index("policy_id")
    for policy_id in scores.policy_ids:
        evidence = score_evidence(scores, policy_id, "overall")
        counted = evidence[evidence["counted"]]
        quoted = counted[(counted["dimension"] != "structure") & (counted["sentence_id"].notna())]
        for row in quoted.itertuples():
            assert texts[policy_id, row.sentence_id] == row.quote
        vague = counted[counted["metric"] == "vague_per_hundred"]
        n_words = corpus.sentences.loc[corpus.sentences["policy_id"] == policy_id, "n_words"].sum()
        assert 100 * len(vague) / n_words == pytest.approx(metrics.loc[policy_id, "vague_per_hundred"])
        items = evidence[evidence["metric"].isin(["request_method", "response_time", "change_notice"])]
        for item, rows in items.groupby("metric"):
            assert rows["counted"].any() == bool(metrics.loc[policy_id, item])
        of_list = evidence[evidence["metric"] == "coverage: CalOPPA"]
        found = {detail.split(" ")[0] for detail in of_list.loc[of_list["counted"], "detail"]}
        assert len(found) / 7 == pytest.approx(metrics.loc[policy_id, "coverage: CalOPPA"])


def test_probabilities_add_up(scores: Scores, result: pd.DataFrame):
    for dimension in ("overall", "currency"):
        ranks = rank_probabilities(scores, dimension=dimension)
        assert ranks.groupby("policy_id")["probability"].sum().round(9).eq(1).all()
        pairs = pairwise_probabilities(scores, dimension=dimension)
        assert len(pairs) == 20
        table = pairs.pivot(index="policy_id", columns="other_id", values="probability")
        assert np.nanmax((table + table.T - 1).abs()) < 1e-9
        # The same ties as in the scores.
        tied = pairs[pairs["tied"]].groupby("policy_id")["other_id"].agg(lambda ids: ", ".join(sorted(ids)))
        declared = result[result["dimension"] == dimension].set_index("policy_id")["tied_with"]
        assert tied.reindex(declared.index, fill_value="").tolist() == declared.tolist()


# --- promises


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
    # Fragments alone: no grade, but items.
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


# --- intervals


def test_strata_and_weights():
    assert [len(part) for part in strata(["a"] * 5 + ["b"] * 2 + ["c"] * 3)] == [5, 5]
    assert [len(part) for part in strata(["a"] * 5 + ["b"] * 2)] == [7]
    assert [len(part) for part in strata(["a"])] == [1] and strata([]) == [] or len(strata([])[0]) == 0
    values = np.array([1.0, 2.0, 4.0, 9.0, 11.0, 3.0])
    weights = bootstrap_weights(["s"] * 6, 40_000, stream(1, "test"))
    assert weights.mean(axis=0) == pytest.approx(np.ones(6), abs=0.02)
    # The variance of a mean, s^2 / n, and not (n - 1) / n of it.
    assert (weights @ values / 6).var() == pytest.approx(values.var(ddof=1) / 6, rel=0.03)


def test_bootstrap_intervals_hold_a_known_truth():
    # Each section draws its sentences from its own stock: lengths 8 to 24, words of one or four syllables.
    rng = np.random.default_rng(7)
    chances = np.array([[0.75, 0.23, 0.02], [0.78, 0.18, 0.04], [0.72, 0.26, 0.02], [0.8, 0.17, 0.03]])
    lengths = np.array([[8, 16], [12, 20], [10, 24], [8, 20]])
    stock, n_policies, n_sentences = np.array(["we", "information", "may"]), 200, 12
    syllables = np.array([1, 4, 1])
    rows = []
    for policy in range(n_policies):
        for section in range(4):
            for n in rng.integers(*lengths[section], endpoint=True, size=n_sentences):
                words = rng.choice(stock, size=n, p=chances[section])
                rows.append((f"p{policy}", section, "sentence", f"s{section}", " ".join(words) + ".", n))
    sentences = pd.DataFrame(rows, columns=["policy_id", "block_id", "kind", "section", "text", "n_words"])
    sentences.insert(2, "sentence_id", sentences.groupby("policy_id").cumcount())
    policies = pd.DataFrame({"policy_id": sentences["policy_id"].unique()}).assign(
        vendor=lambda f: f["policy_id"]
    )
    policies = policies.assign(effective_on="", captured_on="")
    found = transparency(
        Corpus(policies, pd.DataFrame({"policy_id": []}), sentences),
        dimensions=["readability", "specificity"],
        draws=400,
    )
    n_words = lengths.mean(axis=1)
    grade = 0.39 * n_words.mean() + 11.8 * (n_words * (chances @ syllables)).sum() / n_words.sum() - 15.59
    assert 8 < grade < 18
    rate = 100 * (n_words * chances[:, 2]).sum() / n_words.sum()
    assert rate < 4.56
    truths = {"readability": (18 - grade) / 10, "specificity": (1 - rate / 4.56) / 2}
    for dimension, truth in truths.items():
        of_one = found[found["dimension"] == dimension]
        held = ((of_one["low"] <= truth) & (truth <= of_one["high"])).mean()
        assert 0.90 <= held <= 0.99  # 0.95 give or take three standard errors of 200 texts


def test_coding_intervals_hold_a_known_truth():
    # 30 items, rules that are right in 80 % of what they find and miss 20 % of what is there but not found.
    rng = np.random.default_rng(11)
    n_policies, items = 200, [f"i{n}" for n in range(30)]
    accuracy = pd.DataFrame({
        "item": items, "true_positive": 400, "false_positive": 100, "false_negative": 100, "true_negative": 400,
    })  # fmt: skip
    coded = rng.random((n_policies, 30)) < 0.5
    truth = rng.random((n_policies, 30)) < np.where(coded, 0.8, 0.2)
    ids = [f"p{n}" for n in range(n_policies)]
    cells = pd.DataFrame({
        "policy_id": np.repeat(ids, 30), "item": items * n_policies, "addressed": coded.ravel(), "coder": "rules",
    })  # fmt: skip
    frames = SimpleNamespace(
        policies=pd.DataFrame({"policy_id": ids}), sentences=pd.DataFrame({"policy_id": ids}), coverage=cells,
        codebook=SimpleNamespace(checklists={"all": tuple(items)}), hand_codings=None,
    )  # fmt: skip
    sampler = Sampler(frames, "flesch_kincaid_grade", accuracy, None, 400, 3)  # type: ignore[arg-type]
    table = sampler.coding("coverage: all")
    values, drawn = table[:, 0], table[:, 1:]
    assert values == pytest.approx(coded.mean(axis=1))
    low, high = np.quantile(drawn, [0.025, 0.975], axis=1)
    share = truth.mean(axis=1)
    assert 0.92 <= ((low <= share) & (share <= high)).mean() <= 1


def test_hand_codes_err_as_often_as_coders_differ(corpus: Corpus):
    ids = ["zongheng3d"]
    one = Corpus(*(f[f["policy_id"].isin(ids)] for f in (corpus.policies, corpus.blocks, corpus.sentences)))
    items = load_codebook("disclosure").items["item"].tolist()
    first = pd.DataFrame(
        {"policy_id": "zongheng3d", "item": items, "coder": "A", "code": 1, "evidence": "read"}
    )
    options = {"dimensions": ["coverage: all"], "draws": 400}

    def width(codings: pd.DataFrame, **more: float) -> float:
        row = transparency(one, hand_codings=codings, **options, **more).iloc[0]
        assert row["score"] == 1
        return row["high"] - row["low"]

    assert width(first) == 0  # read once: nothing to measure it by
    second = first.assign(coder="B").astype({"code": "int64"})
    second.loc[:15, "code"] = 0
    agreed = first.assign(coder="agreed")
    by_two = pd.concat([first, second, agreed], ignore_index=True).assign(coder_kind="model")
    assert 0.1 < width(by_two) < 0.3  # 16 of 63 differ: one in eight wrong
    assert width(first, hand_error=0.02) == pytest.approx(0.06, abs=0.03)
    evidence = score_evidence(one, "zongheng3d", "currency", hand_codings=by_two)
    assert evidence["detail"].tolist() == ["effective_date (by agreed)", "change_notice (by agreed)"]


# --- sensitivity


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
    # All of readability, the rest left as it is: what swapping the formula alone does to the mean of six.
    formula = moved[(moved["choice"] == "formula") & (moved["option"] == "smog_index")].set_index("policy_id")
    grades = readability(scores.frames.sentences).set_index("policy_id")
    change = score_between(grades["smog_index"], 18, 8) - score_between(grades["flesch_kincaid_grade"], 18, 8)
    assert formula["shift"].sub(change / 6).abs().max() < 1e-9


# --- arguments


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


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dimensions": ["legibility"]}, "'legibility' is none of readability"),
        ({"dimensions": "readability"}, "must be a sequence"),
        ({"dimensions": []}, "none given"),
        ({"dimensions": ["currency", "currency"]}, "'currency' is given twice"),
        ({"dimensions": [lambda frames: None]}, "has no name; write it as a function"),
        ({"checklists": ["GDPR"]}, "checklists: GDPR; there are"),
        ({"checklists": "all"}, "must be a sequence"),
        ({"formula": "lix"}, "formula: 'lix'"),
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
    with pytest.raises(ValueError, match="policy_id: 'nobody'"):
        score_evidence(scores, "nobody", "currency")
    with pytest.raises(ValueError, match="dimension: 'charm'"):
        score_evidence(scores, "atomform", "charm")
    with pytest.raises(ValueError, match="dimension: 'charm'"):
        rank_probabilities(scores, dimension="charm")
    with pytest.raises(ValueError, match="no metric charm"):
        policy_metrics(scores.frames, columns=["charm"])


def test_an_own_codebook_without_the_items(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        'title = "Own"\nversion = "1"\n[[item]]\nid = "ink"\nfamily = "colour"\nquestion = "Ink?"\n'
        '[[item.rule]]\nfind = ["ink"]\n',
        encoding="utf-8",
    )
    own = load_codebook(path)
    with pytest.raises(ValueError, match="the codebook has no item"):
        transparency(corpus_of(a="We use ink."), codebook=own)
    found = transparency(
        corpus_of(a="We use ink."), codebook=own, dimensions=["coverage", "structure"], draws=50
    )
    assert score_of(found, "a", "coverage") == 1  # all items, as there is no legal checklist


def test_newest_policy_of_each_vendor():
    def versions(*dates: str) -> Corpus:
        return corpus_from_texts(pd.DataFrame({
            "policy_id": [f"a{n}" for n in range(len(dates))] + ["b"], "text": "We keep no data.",
            "vendor": ["A"] * len(dates) + ["B"], "effective_on": [*dates, ""],
        }))  # fmt: skip

    kept = newest_policies(versions("2018-05-25", "2020", "2019-12"))
    assert kept.policies["policy_id"].tolist() == ["a1", "b"] == kept.sentences["policy_id"].unique().tolist()
    assert kept.raw_text("a1") == "We keep no data."
    found = transparency(versions("2018", "2019"), dimensions=["currency"], draws=5)
    assert found["policy_id"].unique().tolist() == ["a1", "b"]
    found = transparency(versions("2018", "2019"), dimensions=["currency"], draws=5, versions="all")
    assert found["policy_id"].unique().tolist() == ["a0", "a1", "b"]
    for dates in (("2018", "2018"), ("2018", "")):
        with pytest.raises(ValueError, match="do not say which policy of 'A' is the newest"):
            newest_policies(versions(*dates))


# --- accuracy of the rules


def test_measured_rules_by_hand():
    texts = corpus_of(a="We use cookies.", b="We sell printers.", c="We use cookies.")
    by_hand = pd.DataFrame({"policy_id": ["a", "b", "c"], "item": "cookies", "code": [1, 1, 0]})
    row = measure_rules(texts, by_hand, load_codebook("disclosure")).set_index("item").loc["cookies"]
    # found in a and c; right in a, wrong in c; missed in b
    counts = ["n_policies", "true_positive", "false_positive", "false_negative", "true_negative"]
    assert row[counts].tolist() == [3, 1, 1, 1, 0]
    assert row[["precision", "recall", "missed"]].tolist() == [1 / 2, 1 / 2, 1]
    with pytest.raises(ValueError, match="more than one code"):
        measure_rules(texts, pd.concat([by_hand, by_hand]), load_codebook("disclosure"))
    with pytest.raises(ValueError, match="no such policy or item: z"):
        measure_rules(texts, by_hand.replace("a", "z"), load_codebook("disclosure"))


def test_shipped_accuracy_is_of_the_shipped_codebook():
    table = load_rule_accuracy()
    assert table["item"].tolist() == load_codebook("disclosure").items["item"].tolist()
    counts = table[["true_positive", "false_positive", "false_negative", "true_negative"]]
    assert (counts.sum(axis=1) == table["n_policies"]).all()
    precise = table["true_positive"] / (table["true_positive"] + table["false_positive"])
    assert precise.round(4).sub(table["precision"]).abs().max() < 1e-9
