"""Dimensions by hand: scales, parts, items, and which policies are compared."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scored_texts import corpus_of, score_of

from policytools.coding.codebook import load_codebook
from policytools.corpus.corpus import Corpus, corpus_from_texts
from policytools.measures.structure import structure
from policytools.scores.dimensions import (
    DIMENSIONS,
    FORMULA_PARTS,
    dimension_table,
    newest_policies,
    score_between,
)
from policytools.scores.transparency import transparency


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
    assert measured["section_minutes"] == pytest.approx(600 / 238)  # the section with half of the words
    found = transparency(corpus_of(a=text), dimensions=["structure"])
    # under headings 660/690; (5 - 600/238) / 4; 694 words in all are read in less than 10 minutes
    assert score_of(found, "a", "structure") == pytest.approx((660 / 690 + (5 - 600 / 238) / 4 + 1) / 3)


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
