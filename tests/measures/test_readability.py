"""Readability: counts worked by hand, equality with textstat, and the same numbers on any machine."""

from __future__ import annotations

import math
import os
import re
import shutil
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from policytools.measures.readability import COLUMNS, FORMULAS, count, readability, reading_sensitivity
from policytools.text.syllables import (
    _RESOURCES,
    _accepted_by_nltk,
    _comparable_adjectives,
    _copy_privately,
    _familiar_words,
    _pronunciations,
    is_familiar,
    judge,
    own_textstat,
    spoken,
    syllable_count,
)
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


# --- by hand


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


# --- against textstat


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


@pytest.mark.parametrize(
    "word",
    [
        "privacy",
        "cookies",
        "don't",
        "website's",
        "collect",
        "processing",
        "anonymised",
        "Wi",
        "dpo",
        "html",
        "users",
    ],
)
def test_syllables_of_ordinary_words_are_textstats(word):
    for form in (word, word.upper(), word.title()):
        assert judge(form).n_syllables == own_textstat().syllable_count(word)
        assert judge(form).n_letters == own_textstat().letter_count(word)


def test_every_word_of_the_dictionary_is_spoken_as_nltk_reads_it():
    own_textstat()
    from nltk.corpus import cmudict

    by_nltk = {
        word: sum(phone[-1].isdigit() for phone in first) for word, (first, *_) in cmudict.dict().items()
    }
    assert len(by_nltk) == len({line.split(" ")[0] for line in _pronunciations()})
    assert {word: spoken(word) for word in by_nltk} == by_nltk
    assert spoken("") is spoken("privac") is spoken("zzzz") is spoken("straße") is None


def test_the_list_of_familiar_words_is_textstats():
    from textstat.backend.utils import get_lang_easy_words

    assert _familiar_words() == get_lang_easy_words("en_US")
    assert "" not in _familiar_words()


@pytest.mark.parametrize(
    "word", ["anycubic", "cookie's", "o'brien", "'t", "i̇stanbul", "naïve", "qr", "x", ""]
)
def test_words_that_no_dictionary_has_are_counted_as_textstat_does(word):
    assert syllable_count(word) == own_textstat().syllable_count(word)


# --- the rules for words


@pytest.mark.parametrize(
    ("word", "n_syllables"),
    {
        "third-party": 1 + 2,
        "Opt‑out": 2,  # a non-breaking hyphen
        "gdpr": 4,
        "GDPR's": 4,
        "www": 3 * 3,  # w has three syllables
        "e.g.": 2,
        "U.S.": 2,
        "3D": 2,
        "3mf": 3,
        "HTML5": 4 + 1,
        "qualified3d": 3 + 2,
        "3rd": 1,
        "1990s": 4,
        "company’s": 3,  # a curly apostrophe
    }.items(),
)
def test_syllables_by_rule(word, n_syllables):
    assert judge(word).n_syllables == n_syllables


def test_numbers_addresses_and_urls_are_no_words():
    plain = count(["Write to us at any time."])
    assert count(["Write to us at any time."]) == plain
    longer = count(
        ["Write to us at any time within 30 days at help@example.com or https://example.com/x by mail."]
    )
    assert longer.n_words == plain.n_words + 6  # within, days, at, or, by, mail
    assert longer.n_characters == plain.n_characters + len("withindaysatorbymail")
    assert count(["and/or"]).n_words == 2


@pytest.mark.parametrize(
    "word",
    [
        "using",
        "used",
        "services",
        "parties",
        "carried",
        "boxes",
        "dropped",
        "stopping",
        "given",
        "known",
        "longer",
        "prettiest",
        "biggest",
        "directly",
        "father's",
        "USING",
        "goes",
    ],
)
def test_regular_inflections_of_familiar_words_are_familiar(word):
    assert is_familiar(word)


@pytest.mark.parametrize(
    "word", ["user", "users", "burner", "easily", "treatment", "openings", "oxen", "website", "collected"]
)
def test_other_derivations_are_difficult(word):
    assert not is_familiar(word)


def test_comparable_adjectives_are_on_the_list_of_familiar_words():
    assert all(map(is_familiar, _comparable_adjectives()))
    assert "use" not in _comparable_adjectives()


def test_a_hyphenated_word_is_difficult_when_one_part_is():
    assert not judge("old-time").is_difficult
    assert judge("third-party").is_complex is False  # three syllables, of two short familiar words
    assert judge("opt-out").is_difficult
    assert judge("non-identifiable").is_complex


def test_counting_types_between_blanks_is_counting_tokens():
    text = 'Mail [email protected] (or me@x.org), e.g. by "and/or" http://x.org/a?b=c -- 3D, 24/7; re-use it.'
    tokens = [token for token, kind in tokenize(text) if kind in ("word", "abbreviation")]
    counts = count([text, text])
    assert counts.n_words == 2 * len(tokens)
    assert counts.n_syllables == 2 * sum(judge(token).n_syllables for token in tokens)
    assert counts.n_letters == 2 * sum(judge(token).n_letters for token in tokens)


# --- kinds, nothing, errors, invariants


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


# --- other ways to cut


def a_corpus(raw: str | None) -> SimpleNamespace:
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

    def raw_text(policy_id: str) -> str:
        if raw is None:
            raise KeyError(policy_id)
        return raw

    policies = pd.DataFrame({"policy_id": ["a", "nothing"]})
    return SimpleNamespace(policies=policies, blocks=blocks, sentences=sentences, raw_text=raw_text)


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
    corpus.sentences = corpus.sentences.sample(frac=1, random_state=2)
    pd.testing.assert_frame_equal(reading_sensitivity(corpus), values)


# --- no download, the same numbers on any machine

_ALONE = """
import nltk
def refuse(*args, **kwargs):
    raise AssertionError("a download was asked for")
nltk.download = nltk.downloader.download = refuse
import socket
socket.socket.connect = refuse
import pandas as pd
from policytools.measures.readability import readability
from policytools.text.syllables import own_textstat
sentences = pd.DataFrame({"policy_id": ["a"], "kind": ["sentence"], "text": ["We collect data today."]})
values = readability(sentences)
textstat = own_textstat()
print(values.loc[0, "n_syllables"], textstat.syllable_count("information"), textstat.syllable_count("data"))
"""


def run_alone(nltk_data: str, home: str) -> str:
    env = os.environ | {"NLTK_DATA": nltk_data, "HOME": home, "USERPROFILE": home}
    done = subprocess.run(
        [sys.executable, "-c", _ALONE], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_textstat_works_without_a_download(tmp_path):
    assert run_alone(str(tmp_path / "nowhere"), str(tmp_path)) == "7 4 2"


def test_another_dictionary_on_the_machine_changes_nothing(tmp_path):
    folder = tmp_path / "corpora" / "cmudict"
    folder.mkdir(parents=True)
    (folder / "cmudict").write_text("DATA 1 " + "AH0 " * 9 + "\n")
    assert run_alone(str(tmp_path), str(tmp_path)) == "7 4 2"


def test_readability_loads_neither_textstat_nor_nltk():
    code = (
        "import sys, pandas; from policytools.measures.readability import readability; "
        "frame = pandas.DataFrame({'policy_id': ['a'], 'kind': ['sentence'], 'text': ['Anycubic uses cookies.']}); "
        "assert readability(frame)['n_words'].tolist() == [3]; print({'textstat', 'nltk'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_a_folder_that_nltk_refuses_is_copied(tmp_path):
    shared = tmp_path / "shared"
    shutil.copytree(_RESOURCES / "cmudict", shared)
    shared.chmod(0o777)
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    mask = os.umask(0o002)
    try:
        _copy_privately(shared / "corpora" / "cmudict" / "cmudict", private)
    finally:
        os.umask(mask)
    assert _accepted_by_nltk(private)
    assert not _accepted_by_nltk(tmp_path / "nothing")


def test_the_dictionary_is_laid_out_for_nltk():
    file = _RESOURCES / "cmudict" / "corpora" / "cmudict" / "cmudict"
    lines = file.read_text(encoding="ascii").splitlines()
    assert len(lines) == 135_166
    assert all(re.fullmatch(r"[^a-z ]+ [1-9] [A-Z]+[0-2]?( [A-Z]+[0-2]?)*", line) for line in lines)
    assert "Carnegie Mellon" in (_RESOURCES / "cmudict" / "LICENSE").read_text(encoding="utf-8")
