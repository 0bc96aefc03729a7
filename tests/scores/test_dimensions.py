"""Dimensions by hand: scales, parts, items, and which policies are compared."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scored_texts import corpus_of, score_of

from policytools.coding.codebook import load_codebook
from policytools.corpus.corpus import Corpus, corpus_from_texts
from policytools.corpus.newest import newest_policies
from policytools.scores.dimensions import (
    FORMULA,
    FORMULAS,
    Frames,
    dimension_table,
    policy_metrics,
    score_between,
)
from policytools.scores.reference import equated, population_metrics
from policytools.scores.transparency import transparency


def test_readability_by_hand():
    # 4 words, 8 syllables, 1 sentence: 0.39 * 4 + 11.8 * 8/4 - 15.59 = 9.57; (18 - 9.57) / 10
    found = transparency(corpus_of(a="We use third-party services."), dimensions=["readability"], draws=10)
    assert score_of(found, "a", "readability") == pytest.approx((18 - 9.57) / 10)
    # Reading ease 206.835 - 1.015 * 4 - 84.6 * 8/4 = 33.575
    found = transparency(
        corpus_of(a="We use third-party services."),
        dimensions=["readability"],
        formula="flesch_reading_ease",
        draws=10,
    )
    low, high = (equated(grade, FORMULA, "flesch_reading_ease") for grade in (18, 8))
    assert score_of(found, "a", "readability") == pytest.approx((33.575 - low) / (high - low))


def test_vagueness_by_hand():
    # 1 vague term in 4 + 12 * 4 = 52 words
    text = "We may share data. " + "We hold your data. " * 12
    found = transparency(corpus_of(a=text), dimensions=["vagueness"], draws=10)
    assert score_of(found, "a", "vagueness") == pytest.approx(1 - 100 / 52 / 4.56)


def test_items_by_hand():
    text = "Last updated: May 25, 2018.\n\nWe use cookies."
    found = transparency(
        corpus_of(a=text), dimensions=["coverage: CalOPPA", "coverage: all"], draws=10
    ).set_index("dimension")
    items = load_codebook("disclosure").checklists
    assert found.loc["coverage: CalOPPA", "counted"] == pytest.approx(2 / 7)  # effective_date, cookies
    n = round(found.loc["coverage: all", "counted"] * len(items["all"]))
    assert found.loc["coverage: all", "counted"] == pytest.approx(n / len(items["all"])) and n >= 2


def test_scale_is_cut_off_and_monotone():
    assert score_between(np.array([40, 18, 13, 8, 1, np.nan]), 18, 8)[:5].tolist() == [0, 0, 0.5, 1, 1]


@pytest.mark.parametrize("formula", FORMULAS)
def test_anchors_of_a_formula_are_as_far_out_in_the_population(formula: str):
    metrics = population_metrics()
    for level in (0.1, 0.9):
        grade = metrics[FORMULA].quantile(level)
        other = metrics[formula].quantile(1 - level if formula == "flesch_reading_ease" else level)
        assert equated(grade, FORMULA, formula) == pytest.approx(other)


def test_the_table_of_dimensions():
    table = dimension_table()
    assert table["dimension"].tolist()[:3] == ["readability", "vagueness", "coverage: all"]
    assert table["dimension"].is_unique and table["weight"].tolist()[:3] == [0.25, 0.25, 0.5]
    assert (table["weight"][3:] == 0).all() and table["dimension"][3:].str.startswith("coverage: ").all()
    for column in ("what", "why", "critic"):
        assert (table[column].str.len() > 10).all()


def test_other_segmentations_by_hand():
    text = "We hold the following data:\n\n- your name\n- your e-mail address\n\nWe keep it."
    columns = [
        f"flesch_kincaid_grade: {name}"
        for name in ("fragments as sentences", "fragments continue the lead-in")
    ]
    row = policy_metrics(Frames(corpus_of(a=text)), columns=["flesch_kincaid_grade", *columns]).iloc[0]
    # One sentence of 9 to 10 words instead of 5: more words to a sentence; fragments are short sentences: fewer.
    assert row[columns[1]] > row["flesch_kincaid_grade"] and row[columns[0]] < row[columns[1]]


def test_an_own_codebook_without_the_items(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        'title = "Own"\nversion = "1"\n[[item]]\nid = "ink"\nfamily = "colour"\nquestion = "Ink?"\n'
        '[[item.rule]]\nfind = ["ink"]\n',
        encoding="utf-8",
    )
    found = transparency(corpus_of(a="We use ink."), codebook=load_codebook(path), draws=50)
    assert found["dimension"].tolist() == ["readability", "vagueness", "coverage: all", "overall"]
    assert found.set_index("dimension").loc["coverage: all", "counted"] == 1


def test_newest_policy_of_each_vendor():
    def versions(*dates: str) -> Corpus:
        return corpus_from_texts(pd.DataFrame({
            "policy_id": [f"a{n}" for n in range(len(dates))] + ["b"], "text": "We keep no data.",
            "vendor": ["A"] * len(dates) + ["B"], "effective_on": [*dates, ""],
        }))  # fmt: skip

    kept = newest_policies(versions("2018-05-25", "2020", "2019-12"))
    assert kept.policies["policy_id"].tolist() == ["a1", "b"] == kept.sentences["policy_id"].unique().tolist()
    assert kept.raw_text("a1") == "We keep no data."
    found = transparency(versions("2018", "2019"), dimensions=["vagueness"], draws=5)
    assert found["policy_id"].unique().tolist() == ["a1", "b"]
    found = transparency(versions("2018", "2019"), dimensions=["vagueness"], draws=5, versions="all")
    assert found["policy_id"].unique().tolist() == ["a0", "a1", "b"]
    for dates in (("2018", "2018"), ("2018", "")):
        with pytest.raises(ValueError, match="do not say which policy of 'A' is the newest"):
            newest_policies(versions(*dates))
