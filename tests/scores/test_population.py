"""The reference population: what ships, percentiles, quartiles and correlations by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from policytools.coding.codebook import load_codebook
from policytools.corpus.corpus import Corpus, read_policies
from policytools.measures.readability import readability
from policytools.scores.dimensions import dimension_table
from policytools.scores.population import (
    dimension_correlations,
    population_quartiles,
    population_scores,
    reference_percentiles,
    scores_given_length,
)
from policytools.scores.reference import population_documents, population_metrics
from policytools.scores.score_draws import Scores, score_draws

TEXTS = {
    "one.md": "# Privacy Policy\n\nLast updated: May 25, 2018.\n\n## Data\n\nWe may use cookies. We keep your data for 30 days.\n",
    "two.md": "# Privacy Policy\n\nWe use third-party services. We will notify you of changes to this policy by email.\n",
}


def scored(**by_dimension: list[float]) -> pd.DataFrame:
    return pd.concat([
        pd.DataFrame({"policy_id": [f"p{n}" for n in range(len(values))], "dimension": name, "score": values})
        for name, values in by_dimension.items()
    ])  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "index.csv").write_text(
        "service,file,words\nOne Inc.,one.md,9\nTwo Inc.,two.md,9\n", encoding="utf-8"
    )
    return tmp_path


def test_the_tables_fit_each_other():
    metrics, documents = population_metrics(), population_documents()
    assert documents.columns.tolist() == ["service", "file", "n_words", "source", "licence"]
    assert len(metrics) == len(documents) == 264
    assert metrics["policy_id"].tolist() == [name.removesuffix(".md") for name in documents["file"]]
    assert documents["service"].is_unique and (documents["n_words"] > 0).all()
    items = load_codebook("printing").items["item"].tolist()
    assert metrics.columns.tolist()[-len(items) :] == items  # else: measure the population anew
    assert metrics[items].isin([0, 1]).all(axis=None)
    # 238 words a minute, headings and fragments too
    assert (metrics["reading_minutes"] * 238 / documents["n_words"]).between(0.97, 1.03).all()


def test_scores_of_the_population():
    scores, table = population_scores(), dimension_table().set_index("dimension")
    assert scores["dimension"].unique().tolist() == [*table.index, "overall"]
    wide = scores.pivot(index="policy_id", columns="dimension", values="score")
    judged = wide.drop(columns=["coverage: 3dp"], errors="ignore")
    assert judged.notna().all(axis=None) and (judged >= 0).all(axis=None) and (judged <= 1).all(axis=None)
    weighted = table.index[table["weight"] > 0]
    assert (wide[weighted] @ table.loc[weighted, "weight"] - wide["overall"]).abs().max() < 1e-9
    weights = dict.fromkeys(table.index, 0) | {"vagueness": 2}
    alone = population_scores(weights=weights).pivot(index="policy_id", columns="dimension", values="score")
    assert alone["overall"].equals(alone["vagueness"].rename("overall"))
    metrics = population_metrics().set_index("policy_id")
    items = list(load_codebook("printing").checklists["CalOPPA"])
    assert wide["coverage: CalOPPA"].sub(metrics[items].mean(axis=1)).abs().max() < 1e-9


def test_the_population_is_in_its_own_middle():
    found = reference_percentiles(population_scores()).query("n_population > 0")
    assert found.groupby("measure")["percentile"].mean().round(6).eq(50).all()
    assert found["percentile_low"].isna().all() and (found["n_population"] == 264).all()


def test_percentiles_with_choices_on_both_sides(scores: Scores):
    found = reference_percentiles(scores).set_index(["policy_id", "measure"])
    plain = reference_percentiles(
        pd.DataFrame(
            {
                "policy_id": scores.policy_ids,
                "dimension": "readability",
                "score": scores.centre("readability"),
            }
        )
    ).set_index(["policy_id", "measure"])
    own = found.xs("readability", level="measure")
    assert own["percentile"].tolist() == pytest.approx(plain["percentile"].tolist())
    assert (own["percentile_low"] <= own["percentile_high"]).all() and own["percentile_low"].lt(
        own["percentile_high"]
    ).any()
    lists = found.xs("coverage: CalOPPA", level="measure")
    assert (lists["percentile_low"] == lists["percentile_high"]).all()  # no choice


def test_a_checklist_is_compared_over_the_items_that_the_population_can_judge(corpus: Corpus):
    by_hand = load_codebook("printing").items.query("family == '3d_printing'")["item"]
    told = pd.DataFrame(
        {
            "policy_id": corpus.policies["policy_id"][0],
            "item": by_hand,
            "coder": "X",
            "code": 1,
            "evidence": "x",
        }
    )
    one = corpus.policies["policy_id"].iloc[:1]
    small = Corpus(*(f[f["policy_id"].isin(one)] for f in (corpus.policies, corpus.blocks, corpus.sentences)))
    with_them, without = (
        reference_percentiles(
            score_draws(
                small,
                codebook="printing",
                hand_codings=hand,
                error_factor=0,
                draws=20,
                dimensions=["coverage: all", "coverage: 3dp"],
            )
        )
        for hand in (told, told.assign(code=0, evidence=""))
    )
    pd.testing.assert_frame_equal(with_them.iloc[:1], without.iloc[:1])
    assert with_them.loc[1, "n_population"] == 0 and np.isnan(with_them.loc[1, "percentile"])


def test_scores_given_length_by_hand(scores: Scores):
    found = scores_given_length(scores).set_index(["policy_id", "dimension"])
    metrics = population_metrics()
    known = population_scores().query("dimension == 'coverage: CalOPPA'")["score"].to_numpy()
    x = np.log(metrics["reading_minutes"] * 238)
    slope = ((x - x.mean()) * (known - known.mean())).sum() / ((x - x.mean()) ** 2).sum()
    row = found.loc[(scores.policy_ids[0], "coverage: CalOPPA")]
    expected = known.mean() + slope * (np.log(row["n_words"]) - x.mean())
    assert row["expected"] == pytest.approx(np.clip(expected, 0, 1)) and row["spearman"] > 0.4
    assert row["given_length"] == pytest.approx(row["score"] - row["expected"])
    empty = Corpus(scores.frames.policies, scores.frames.blocks, scores.frames.sentences.iloc[:0])
    assert scores_given_length(score_draws(empty, draws=5))["given_length"].isna().all()


def test_percentiles_by_hand():
    known = scored(readability=[0.1, 0.2, 0.2, 0.4], vagueness=[0.0, 1.0, np.nan, 1.0])
    frame = pd.DataFrame({
        "policy_id": "a", "dimension": ["readability", "vagueness", "charm"], "score": [0.2, 1.0, 0.5],
        "low": [0.05, 0.5, 0.4], "high": [0.5, 1.0, 0.6],
    }, index=[9, 5, 7])  # fmt: skip
    before = frame.copy()
    found = reference_percentiles(frame, population=known).set_index("measure")
    # 1 below and 2 equal of 4; 1 below and 2 equal of the 3 that are defined
    assert found.loc["readability", ["percentile", "percentile_low", "percentile_high"]].tolist() == [
        50,
        0,
        100,
    ]
    assert found.loc["vagueness", "percentile"] == pytest.approx(100 * 2 / 3)
    assert found.loc["vagueness", "n_population"] == 3
    assert np.isnan(found.loc["charm", "percentile"]) and found.loc["charm", "n_population"] == 0
    pd.testing.assert_frame_equal(frame, before)
    empty = reference_percentiles(frame.iloc[:0], population=known)
    assert empty.dtypes.equals(found.reset_index()[empty.columns.tolist()].dtypes)


def test_percentiles_of_metrics(folder):
    measured = readability(read_policies(folder / "one.md").sentences)
    found = reference_percentiles(measured).set_index("measure")
    assert found.loc["reading_minutes", "percentile"] == 0  # no policy of the population is that short
    assert "n_words" not in found.index
    with pytest.raises(ValueError, match="needs scores .columns dimension, score. or a metric"):
        reference_percentiles(pd.DataFrame({"policy_id": ["a"], "charm": [1]}))
    with pytest.raises(ValueError, match="column policy_id missing"):
        reference_percentiles(pd.DataFrame({"charm": [1]}))


def test_quartiles_by_hand():
    found = population_quartiles(scored(vagueness=[0.0, 0.25, 0.5, 0.75, 1.0, np.nan]))
    assert found.columns.tolist() == ["dimension", "n_policies", "q10", "q25", "q50", "q75", "q90"]
    assert (
        found.loc[0, ["q25", "q50", "q75"]].tolist() == [0.25, 0.5, 0.75] and found.loc[0, "n_policies"] == 5
    )


def test_correlations_by_hand():
    up = [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    # Two neighbours swapped: 1 - 6 * 2 / (10 * 99)
    found = dimension_correlations(scored(a=up, b=[2.0, 1, *up[2:]], c=up[::-1], d=[1.0] * 10, overall=up))
    table = found.set_index(["dimension", "other_dimension"])
    assert len(table) == 6
    assert table.loc[("a", "b"), "spearman"] == pytest.approx(1 - 12 / 990)
    # Fisher's z of r, with the variance (1 + r^2 / 2) / 7
    r = 1 - 12 / 990
    low = np.tanh(np.arctanh(r) - 1.959964 * np.sqrt((1 + r**2 / 2) / 7))
    assert table.loc[("a", "b"), "low"] == pytest.approx(low)
    assert table["reading"].tolist() == ["go together", "contradict", "", "contradict", "", ""]


def test_the_population_shows_the_contradiction():
    # Policies that tell more are harder to read: an average hides it, so it must be said.
    table = dimension_correlations().set_index(["dimension", "other_dimension"])
    assert table.loc[("readability", "coverage: all"), "reading"] == "contradict"


def test_functions_have_no_population():
    def charm(frames):
        raise AssertionError

    with pytest.raises(ValueError, match="'charm' is a function"):
        population_scores(dimensions=[charm])
