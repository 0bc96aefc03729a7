"""Readability: counts worked by hand, and equality with textstat."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from policytools._files import PACKAGE
from policytools.measures.readability import COLUMNS, FORMULAS, Counts, count, readability
from policytools.text.syllables import judge, own_textstat
from policytools.text.tokens import tokenize

# Ordinary words, more than two in each sentence, no mark within: textstat cuts these as the package does.
PLAIN = {
    "easy": [
        "We keep your name and your address for one year.",
        "You can ask us for a copy of it.",
        "We will not sell it to anybody.",
    ],
    "hard": [
        "Personal information is processed solely for contractual and statutory purposes.",
        "Authorities may request disclosure of identifying information in exceptional circumstances.",
        "International transfers necessitate appropriate safeguards against unauthorized interception.",
        "We delete the records.",
    ],
    "capitals": [
        "THE COMPANY COLLECTS INFORMATION ABOUT YOUR DEVICE.",
        "You don't need an account to use the websites and services we provide.",
    ],
}

UNLIKE_TEXTSTAT = {"coleman_liau_index", "dale_chall_readability_score", "reading_minutes"}


def units(texts: dict[str, list[str]], kind: str = "sentence") -> pd.DataFrame:
    rows = [(policy_id, kind, text) for policy_id, sentences in texts.items() for text in sentences]
    return pd.DataFrame(rows, columns=["policy_id", "kind", "text"])


def test_a_text_worked_by_hand():
    # We(1) col-lect(2) in-for-ma-tion(4) a-bout(2) your(1) de-vice(2).  6 words, 12 syllables
    # You(1) may(1) ask(1) for(1) it(1).                                5 words,  5 syllables
    values = readability(units({"a": ["We collect information about your device.", "You may ask for it."]}))
    row = values.iloc[0]
    assert row["n_sentences"] == 2
    assert row["n_words"] == 11
    assert row["n_syllables"] == 17
    assert row["n_polysyllables"] == 1  # information
    assert row["n_difficult_words"] == 3  # collect, information, device
    assert row["n_letters"] == (2 + 7 + 11 + 5 + 4 + 6) + (3 + 3 + 3 + 3 + 2)
    assert row["n_long_words"] == 2  # collect, information
    expected = {
        "flesch_reading_ease": 206.835 - 1.015 * 11 / 2 - 84.6 * 17 / 11,
        "flesch_kincaid_grade": 0.39 * 11 / 2 + 11.8 * 17 / 11 - 15.59,
        "smog_index": 1.043 * math.sqrt(30 * 1 / 2) + 3.1291,
        "gunning_fog": 0.4 * (11 / 2 + 100 * 1 / 11),
        "coleman_liau_index": 0.0588 * 4900 / 11 - 0.296 * 200 / 11 - 15.8,
        "automated_readability_index": 4.71 * (49 + 2) / 11 + 0.5 * 11 / 2 - 21.43,  # with the two full stops
        "dale_chall_readability_score": 0.1579 * 300 / 11 + 0.0496 * 11 / 2 + 3.6365,  # 27 % > 5 %
        "lix": 11 / 2 + 200 / 11,
        "rix": 2 / 2,
        "reading_minutes": 11 / 238,
    }
    assert list(expected) == list(FORMULAS)
    assert row[list(expected)].to_dict() == pytest.approx(expected, rel=1e-12)


def test_published_worked_values():
    # Wikipedia, "Flesch-Kincaid readability tests": 13 words, 24 syllables, reading ease 37.5, grade 11.3.
    sentence = "The Australian platypus is seemingly a hybrid of a mammal and reptilian creature."
    row = readability(units({"a": [sentence]})).iloc[0]
    assert (row["n_words"], row["n_syllables"]) == (13, 24)
    assert row["flesch_reading_ease"] == pytest.approx(37.5, abs=0.05)
    assert row["flesch_kincaid_grade"] == pytest.approx(11.3, abs=0.05)
    # Wikipedia, "Coleman-Liau index", on the abstract of Coleman and Liau (1975): 639 letters, 119 words,
    # 5 sentences make 14.5.
    counts = count(["a"])._replace(n_letters=639, n_words=119, n_sentences=5)
    assert FORMULAS["coleman_liau_index"](counts) == pytest.approx(14.5, abs=0.05)


def test_dale_chall_constant_only_above_five_per_cent():
    formula = FORMULAS["dale_chall_readability_score"]
    counts = count(["a"])._replace(n_sentences=10, n_words=100, n_difficult_words=5)
    assert formula(counts) == pytest.approx(0.1579 * 5 + 0.0496 * 10)
    assert formula(counts._replace(n_difficult_words=6)) == pytest.approx(0.1579 * 6 + 0.0496 * 10 + 3.6365)


@pytest.mark.parametrize("name", FORMULAS)
def test_a_formula_is_described_as_it_is_computed(name):
    formula = FORMULAS[name]
    assert formula.function.__name__ == name
    assert formula.expression in formula.function.__doc__
    assert formula.direction in ("higher is easier", "higher is harder")
    bibliography = (PACKAGE / "resources" / "references.bib").read_text(encoding="utf-8")
    assert all(f"{{{key.strip('@ ')}," in bibliography for key in formula.references.split(";"))


def test_formulas_take_arrays_too():
    one = count(["We collect data.", "We do not sell any of your personal information."])
    other = count(["We keep it."], ["Your data"])
    both = Counts(*np.array([one, other]).T)
    for formula in FORMULAS.values():
        assert formula(both) == pytest.approx([formula(one), formula(other)], rel=1e-12)


@pytest.mark.parametrize("policy_id", PLAIN)
def test_values_equal_textstats_to_the_last_bit(policy_id):
    textstat, text = own_textstat(), " ".join(PLAIN[policy_id])
    row = readability(units({policy_id: PLAIN[policy_id]})).iloc[0]
    assert row["n_sentences"] == textstat.sentence_count(text)
    assert row["n_words"] == textstat.lexicon_count(text)
    assert row["n_syllables"] == textstat.syllable_count(text)
    assert row["n_polysyllables"] == textstat.polysyllabcount(text)
    assert row["n_letters"] == textstat.letter_count(text)
    assert row["n_long_words"] == textstat.long_word_count(text)
    for formula in FORMULAS.keys() - UNLIKE_TEXTSTAT:
        assert row[formula] == getattr(textstat, formula)(text), formula


@pytest.mark.parametrize("policy_id", PLAIN)
def test_coleman_liau_is_published_and_textstats_with_its_constant(policy_id, monkeypatch):
    textstat, text = own_textstat(), " ".join(PLAIN[policy_id])
    row = readability(units({policy_id: PLAIN[policy_id]})).iloc[0]
    letters = 100 * textstat.letter_count(text) / textstat.lexicon_count(text)
    sentences = 100 * textstat.sentence_count(text) / textstat.lexicon_count(text)
    assert row["coleman_liau_index"] == pytest.approx(0.0588 * letters - 0.296 * sentences - 15.8, rel=1e-12)
    # By its name: the package's attribute `readability` is the function.
    monkeypatch.setattr(sys.modules["policytools.measures.readability"], "COLEMAN_LIAU_LETTERS", 0.058)
    row = readability(units({policy_id: PLAIN[policy_id]})).iloc[0]
    assert row["coleman_liau_index"] == textstat.coleman_liau_index(text)


@pytest.mark.parametrize("policy_id", PLAIN)
def test_dale_chall_is_textstats_with_its_difficult_words(policy_id):
    textstat, text = own_textstat(), " ".join(PLAIN[policy_id])
    counts = count(PLAIN[policy_id])
    by_textstat = textstat.difficult_words(text, syllable_threshold=0, unique=False)
    assert counts.n_difficult_words <= by_textstat
    formula = FORMULAS["dale_chall_readability_score"]
    assert formula(counts._replace(n_difficult_words=by_textstat)) == textstat.dale_chall_readability_score(
        text
    )


def test_dale_chall_counts_inflections_as_familiar():
    sentence = "We are using the services longer."
    textstat = own_textstat()
    assert textstat.difficult_words(sentence, syllable_threshold=0, unique=False) == 3
    counts = count([sentence])
    assert counts.n_difficult_words == 0
    assert FORMULAS["dale_chall_readability_score"](counts) == pytest.approx(0.0496 * 6)


def test_footnote_marks_are_not_counted():
    assert count(["We keep data² for the U.S.³ office¹."]) == count(["We keep data for the U.S. office."])


def test_a_number_sign_of_any_script_stops_no_text():
    signs = [char for char in map(chr, range(0x1F200)) if char.isnumeric()]
    counts = count([f"Data{sign} {sign} {sign}th" for sign in signs])
    assert counts.n_words >= len(signs)


def test_numbers_addresses_and_urls_are_no_words():
    plain = count(["Write to us at any time."])
    assert count(["Write to us at any time."]) == plain
    longer = count(
        ["Write to us at any time within 30 days at help@example.com or https://example.com/x by mail."]
    )
    assert longer.n_words == plain.n_words + 6  # within, days, at, or, by, mail
    assert longer.n_characters == plain.n_characters + len("withindaysatorbymail")
    assert count(["and/or"]).n_words == 2


def test_counting_types_between_blanks_is_counting_tokens():
    text = 'Mail [email protected] (or me@x.org), e.g. by "and/or" http://x.org/a?b=c -- 3D, 24/7; re-use it.'
    tokens = [token for token, kind in tokenize(text) if kind in ("word", "abbreviation")]
    counts = count([text, text])
    assert counts.n_words == 2 * len(tokens)
    assert counts.n_syllables == 2 * sum(judge(token).n_syllables for token in tokens)
    assert counts.n_letters == 2 * sum(judge(token).n_letters for token in tokens)


def test_only_sentences_are_measured_but_all_is_read():
    texts = pd.concat(
        [
            units({"a": ["We keep your data."], "b": []}),
            units({"a": ["Your data", "The law"]}, "heading"),
            units({"a": ["IP address;"], "b": ["Your name;"]}, "fragment"),
        ]
    )
    values = readability(texts).set_index("policy_id")
    assert values.loc["a", "n_words"] == 4
    assert values.loc["a", "reading_minutes"] == 10 / 238
    assert values.loc["b", ["n_sentences", "n_words"]].tolist() == [0, 0]
    formulas = [formula for formula in FORMULAS if formula != "reading_minutes"]
    assert values.loc["b", formulas].isna().all()
    assert values.loc["b", "reading_minutes"] == 2 / 238


@pytest.mark.parametrize("text", ["", "123 456.", "..."])
def test_without_words_nothing_is_defined(text):
    values = readability(units({"a": [text]}))
    assert values[list(FORMULAS)].isna().all(axis=None)


def test_an_empty_frame_keeps_the_columns_and_their_types():
    full, empty = readability(units(PLAIN)), readability(units({}))
    assert list(empty) == list(full) == list(COLUMNS)
    assert len(empty) == 0
    assert empty.dtypes.equals(full.dtypes)
    assert isinstance(full.index, pd.RangeIndex) and isinstance(empty.index, pd.RangeIndex)


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="sentences: column kind missing"):
        readability(units(PLAIN).drop(columns="kind"))


def test_order_index_and_case_change_nothing():
    sentences = units(PLAIN)
    before = sentences.copy()
    expected = readability(sentences).set_index("policy_id").sort_index()
    assert readability(sentences)["policy_id"].tolist() == list(PLAIN)
    shuffled = sentences.sample(frac=1, random_state=1)
    shuffled.index = np.arange(len(shuffled)) * 7 - 3
    pd.testing.assert_frame_equal(readability(shuffled).set_index("policy_id").sort_index(), expected)
    lowered = sentences.assign(text=sentences["text"].str.lower())
    pd.testing.assert_frame_equal(readability(lowered).set_index("policy_id").sort_index(), expected)
    pd.testing.assert_frame_equal(sentences, before)


def test_another_language_set_elsewhere_changes_nothing():
    import textstat

    expected = readability(units(PLAIN))
    textstat.set_lang("de")
    try:
        pd.testing.assert_frame_equal(readability(units(PLAIN)), expected)
    finally:
        textstat.set_lang("en_US")


def test_readability_loads_neither_textstat_nor_nltk():
    code = (
        "import sys, pandas; from policytools.measures.readability import readability; "
        "frame = pandas.DataFrame({'policy_id': ['a'], 'kind': ['sentence'], 'text': ['Anycubic uses cookies.']}); "
        "assert readability(frame)['n_words'].tolist() == [3]; print({'textstat', 'nltk'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
