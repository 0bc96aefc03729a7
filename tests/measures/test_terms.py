"""Term frequencies and tf-idf: by hand, and against tidytext."""

from __future__ import annotations

import math
from collections import Counter

import pandas as pd
import pytest
from term_checks import TWO, check_empty, check_order_and_index, frame

from policytools.measures.terms import _single_words, term_frequencies
from policytools.text.tokens import word_runs


def test_stop_words_can_be_exchanged():
    assert set(term_frequencies(TWO, stop_words=["DATA"])["term"]) == {
        "we", "share", "shared", "keep", "for", "days",
    }  # fmt: skip


@pytest.mark.parametrize("placeholders", [False, True])
def test_single_words_counted_by_distinct_pieces_are_those_of_the_runs(placeholders):
    texts = [
        "Write to me@x.org, [email protected] or x[EMAIL PROTECTED]y within 30 days; see www.x.org/a?b=[1].",
        "We share data/Data and \u201cİstanbul\u201d\u00a0DON’T\u2003re‑use: don't [re-use] it [at all] .",
        "",
    ]
    runs = word_runs(texts, placeholders=placeholders)
    counts, n_words = _single_words(texts, frozenset({"to"}), placeholders)
    assert n_words == sum(n for n, _ in runs)
    words = Counter(word for _, found in runs for _, run in found for word in run)
    assert words.pop("to") and counts == words
    assert counts["<email>"] == (3 if placeholders else 0)


def test_frequencies_by_hand():
    terms = term_frequencies(TWO).set_index(["policy_id", "term"])
    # a: "we share data data shared" is 5 words; "data" twice, in both policies; "share" in one of two.
    assert terms.loc[("a", "data"), ["n", "n_words", "document_frequency", "n_documents"]].tolist() == [
        2,
        5,
        2,
        2,
    ]
    assert terms.loc[("a", "data"), "per_thousand"] == pytest.approx(2 / 5 * 1000)
    assert terms.loc[("a", "data"), "tf_idf"] == 0  # ln(2 / 2)
    assert terms.loc[("a", "share"), "tf_idf"] == pytest.approx(1 / 5 * math.log(2))
    # b: "30" is no word, "we" and "for" are words though they are not listed.
    assert terms.loc[("b", "keep"), "n_words"] == 5
    assert terms.loc[("b", "keep"), "tf"] == pytest.approx(1 / 5)
    assert ("b", "we") not in terms.index


def test_tf_idf_is_tidytexts():
    # tidytext's documented test: "the quick brown fox jumped" / "over the lazy brown dog", one count doubled.
    texts = frame({"1": ["the quick brown fox jumped jumped"], "2": ["over the lazy brown dog dog"]})
    terms = term_frequencies(texts, stop_words=None).set_index(["policy_id", "term"])
    assert terms.loc[("1", "jumped"), "tf"] == pytest.approx(2 / 6)
    assert terms.loc[("1", "jumped"), "tf_idf"] == pytest.approx(2 / 6 * math.log(2))
    assert terms.loc[("2", "brown"), "tf_idf"] == 0


def test_stop_words_change_no_other_terms_value():
    with_all = term_frequencies(TWO, stop_words=None).set_index(["policy_id", "term"])
    without = term_frequencies(TWO).set_index(["policy_id", "term"])
    pd.testing.assert_frame_equal(with_all.loc[without.index], without)


def test_ngrams_stay_in_the_sentence_and_neither_begin_nor_end_with_a_stop_word():
    terms = term_frequencies(TWO, ngram=(1, 2, 3))
    assert set(terms.loc[terms["policy_id"] == "a", "term"]) == {
        "share", "data", "shared", "share data", "data shared",
    }  # fmt: skip
    rights = term_frequencies(frame({"a": ["The right to object to it"]}), ngram=3)
    assert rights["term"].tolist() == ["right to object"]


def test_stems_show_the_most_frequent_form():
    texts = frame({"a": ["shares shared"], "b": ["shared sharing"]})
    terms = term_frequencies(texts, stem=True)
    assert terms["term"].tolist() == ["shared", "shared"]
    assert terms["n"].tolist() == [2, 2]
    assert terms["document_frequency"].tolist() == [2, 2]


def test_placeholders_are_terms_when_asked_for():
    assert "<number>" not in set(term_frequencies(TWO)["term"])
    counted = term_frequencies(TWO, placeholders=True).query("term == '<number>'")
    assert counted[["policy_id", "n", "n_words"]].to_numpy().tolist() == [["b", 1, 5]]


def test_sections_are_documents():
    texts = pd.concat(
        [frame({"a": ["data data"]}, "One"), frame({"a": ["data kept"]}, "Two").assign(sentence_id=1)]
    )
    terms = term_frequencies(texts, by="section")
    assert terms[["section", "term", "n", "n_words", "document_frequency"]].to_numpy().tolist() == [
        ["One", "data", 2, 2, 2], ["Two", "data", 1, 2, 2], ["Two", "kept", 1, 2, 1],
    ]  # fmt: skip


def test_kinds_choose_units():
    texts = frame({"a": ["data", "kept"]}).assign(kind=["heading", "sentence"])
    assert term_frequencies(texts, kinds=["sentence"])["term"].tolist() == ["kept"]


def test_one_document_has_no_idf():
    terms = term_frequencies(frame({"a": ["data kept"]}))
    assert terms["idf"].isna().all() and terms["tf_idf"].isna().all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"ngram": 9}, "ngram: 9 is longer than any sentence; the longest run of words has 4"),
        ({"ngram": 0}, "ngram: must be a whole number"),
        ({"ngram": ()}, "ngram: must be a whole number"),
        ({"by": "vendor"}, "by: must be 'policy' or 'section'"),
        ({"stop_words": "german"}, "stop_words: must be 'english'"),
        (
            {"stop_words": ["we", "share", "shared", "data", "keep", "for", "days"]},
            "no term is left to count",
        ),
        ({"exclude": "acme"}, "exclude: must be a list of names"),
        ({"exclude": ["..."]}, "exclude: '...' has no word in it"),
        ({"kinds": ["title"]}, "kinds: must be a collection of"),
    ],
)
def test_bad_arguments_of_frequencies(arguments, message):
    with pytest.raises(ValueError, match=message):
        term_frequencies(TWO, **arguments)


def test_bad_sentences_are_named():
    with pytest.raises(ValueError, match=r"sentences: column text missing"):
        term_frequencies(TWO.drop(columns="text"))
    with pytest.raises(ValueError, match=r"text is missing in 1 row\(s\), counted from 1: 3"):
        term_frequencies(TWO.assign(text=["a b", "c", None]))
    with pytest.raises(ValueError, match=r"more than one row .* first \[\('a', 0\)\]"):
        term_frequencies(TWO.assign(sentence_id=0))


MEASURES = {
    "term_frequencies": lambda s: term_frequencies(s, ngram=(1, 2), stem=True),
    "by section": lambda s: term_frequencies(s, by="section"),
}


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_order_and_index_of_rows_do_not_matter_and_input_is_unchanged(measure):
    check_order_and_index(measure)


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_empty_input_gives_the_same_columns_and_dtypes(measure):
    check_empty(measure)


def test_columns_are_the_documented_ones():
    assert list(term_frequencies(TWO))[:6] == ["policy_id", "term", "n", "n_words", "per_thousand", "tf_idf"]
