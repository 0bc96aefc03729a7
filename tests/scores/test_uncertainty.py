"""Monte Carlo draws: intervals checked on texts with known truth."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from policytools.coding.codebook import load_codebook
from policytools.corpus.corpus import Corpus, corpus_from_texts
from policytools.scores.dimensions import (
    Frames,
)
from policytools.scores.score_draws import Scores, score_draws
from policytools.scores.trace import score_evidence
from policytools.scores.transparency import transparency
from policytools.scores.uncertainty import Sampler


def own_score(frames: Frames) -> pd.DataFrame:
    ids = frames.policies["policy_id"]
    return pd.DataFrame({"policy_id": ids[::-1], "score": 0.5, "low": 0.3, "high": 0.6})


def test_draws_lie_around_the_score(scores: Scores):
    for name in ("readability", "structure"):
        drawn, point = scores.drawn(name).mean(axis=1), scores.point()[:, list(scores.dimensions).index(name)]
        assert np.abs(drawn - point).max() < 0.04


def test_bootstrap_intervals_hold_a_known_truth():
    # Each of 12 sections is of one of four kinds, with their own lengths (8 to 24) and words of one or four syllables.
    rng = np.random.default_rng(7)
    chances = np.array([[0.75, 0.23, 0.02], [0.78, 0.18, 0.04], [0.72, 0.26, 0.02], [0.8, 0.17, 0.03]])
    lengths = np.array([[8, 16], [12, 20], [10, 24], [8, 20]])
    stock, n_policies, n_sentences = np.array(["we", "information", "may"]), 200, 4
    syllables = np.array([1, 4, 1])
    rows = []
    for policy in range(n_policies):
        for section, kind in enumerate(rng.integers(4, size=12)):
            for n in rng.integers(*lengths[kind], endpoint=True, size=n_sentences):
                words = rng.choice(stock, size=n, p=chances[kind])
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


def test_a_very_short_policy_has_scores_in_every_draw():
    text = "# Privacy Policy\n\nWe keep your name. We may sell it.\n\n## Rights\n\nAsk us for a copy of your data."
    corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a"], "text": [text], "format": ["markdown"]}))
    draws = transparency(score_draws(corpus, draws=100))
    readable = draws[draws["dimension"] == "readability"]
    assert readable[["score", "low", "high"]].notna().all(axis=None)
