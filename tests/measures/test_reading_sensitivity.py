"""Other ways to cut sentences: values by hand, and those of textstat on the raw file."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from policytools.corpus.corpus import Corpus
from policytools.measures.readability import FORMULAS, readability
from policytools.measures.reading_sensitivity import reading_sensitivity
from policytools.text.syllables import own_textstat


def a_corpus(raw: str | None) -> Corpus:
    blocks = pd.DataFrame(
        [
            ("a", 0, "heading", "Your data", True),
            ("a", 1, "paragraph", "We do this. We collect:", True),
            ("a", 2, "list_item", "your name;", True),
            ("a", 3, "list_item", "your mail. It is kept.", True),
            ("a", 4, "paragraph", "The end is here.", True),
            ("a", 5, "paragraph", "Home Shop", False),
        ],
        columns=["policy_id", "block_id", "kind", "text", "keep"],
    )
    sentences = pd.DataFrame(
        [
            ("a", 0, 0, "heading", "Your data"),
            ("a", 1, 1, "sentence", "We do this."),
            ("a", 1, 2, "sentence", "We collect:"),
            ("a", 2, 3, "fragment", "your name;"),
            ("a", 3, 4, "fragment", "your mail."),
            ("a", 3, 5, "sentence", "It is kept."),
            ("a", 4, 6, "sentence", "The end is here."),
        ],
        columns=["policy_id", "block_id", "sentence_id", "kind", "text"],
    )

    policies = pd.DataFrame({"policy_id": ["a", "nothing"]})
    return Corpus(policies, blocks, sentences, {} if raw is None else {"a": raw, "nothing": raw})


def test_reading_sensitivity_by_hand():
    values = reading_sensitivity(a_corpus("We do this now. We keep it here."))
    a = values[values["policy_id"] == "a"].set_index("choice")
    assert a["n_sentences"].to_dict() == {
        "sentences": 4,
        "fragments as sentences": 6,
        "items merged into lead-in": 4,  # We collect: your name; your mail.
        "every line a sentence": 5,
        "textstat on the raw file": 2,
    }
    assert a["n_words"].tolist() == [12, 16, 16, 18, 8]
    assert (a["reading_minutes"].iloc[:4] == 18 / 238).all()
    assert a.loc["items merged into lead-in", "rix"] == 1 / 4  # collect
    textstat = own_textstat()
    for formula in FORMULAS.keys() - {"reading_minutes"}:
        expected = getattr(textstat, formula)("We do this now. We keep it here.")
        assert a.loc["textstat on the raw file", formula] == expected
    assert a.loc["textstat on the raw file", "reading_minutes"] == pytest.approx(14.69 * 25 / 60_000)


def test_reading_sensitivity_is_missing_where_there_is_nothing():
    values = reading_sensitivity(a_corpus(None))
    assert values["policy_id"].tolist() == ["a"] * 5 + ["nothing"] * 5
    raw = values[values["choice"] == "textstat on the raw file"]
    assert raw[["n_sentences", "n_words", *FORMULAS]].isna().all(axis=None)
    nothing = values[values["policy_id"] == "nothing"]
    assert nothing[list(FORMULAS)].isna().all(axis=None)


def test_its_first_choice_is_readability_and_order_does_not_matter():
    corpus = a_corpus("x")
    expected = readability(corpus.sentences).loc[0, list(FORMULAS)]
    values = reading_sensitivity(corpus)
    assert values.loc[0, list(FORMULAS)].tolist() == expected.tolist()
    shuffled = replace(corpus, sentences=corpus.sentences.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(reading_sensitivity(shuffled), values)
