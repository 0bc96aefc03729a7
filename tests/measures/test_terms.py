"""Terms, keyness, dispersion, collocations, words in context: by hand, and against other implementations."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from policytools.measures.collocations import collocations
from policytools.measures.dispersion import dispersion
from policytools.measures.keyness import keyness
from policytools.measures.kwic import format_kwic, kwic
from policytools.measures.terms import term_frequencies
from policytools.text.tokens import count_tokens, fold, load_stop_words, word_runs


def frame(texts: dict[str, list[str]], section: str = "") -> pd.DataFrame:
    rows = [
        {
            "policy_id": policy,
            "block_id": i,
            "sentence_id": i,
            "kind": "sentence",
            "section": section,
            "text": text,
        }
        for policy, sentences in texts.items()
        for i, text in enumerate(sentences)
    ]
    return pd.DataFrame(rows)


TWO = frame({"a": ["We share data.", "Data, shared!"], "b": ["We keep data for 30 days."]})
# The fixtures of quanteda.textstats' own tests of keyness.
QUANTEDA_SMALL = frame({"d1": ["b b b b b b b a a a"], "d2": ["a a a a a a a b b"]})
QUANTEDA = frame({"d1": ["a a a b b c c c c c c d e f g h h"], "d2": ["a a b c c d d d d e f h"]})
MEASURES = {
    "term_frequencies": lambda s: term_frequencies(s, ngram=(1, 2), stem=True),
    "by section": lambda s: term_frequencies(s, by="section"),
    "dispersion": lambda s: dispersion(s, parts="section"),
    "equal parts": lambda s: dispersion(s, parts=2),
    "collocations": lambda s: collocations(s, stop_words=None),
    "kwic": lambda s: kwic(s, "data"),
}


# ---------------------------------------------------------------- words


def test_words_are_lower_case_and_keep_apostrophes_and_hyphens():
    [(n_words, runs)] = word_runs(["Don’t RE‑USE third-party data."])
    assert n_words == 4
    assert runs == [(0, ["don't", "re-use", "third-party", "data"])]


def test_fold_keeps_every_character_in_its_place():
    assert len(fold("İstanbul’s")) == len("İstanbul’s")


def test_numbers_and_addresses_part_runs_or_stand_in():
    text = "Write to me@x.org within 30 days."
    assert word_runs([text]) == [(4, [(0, ["write", "to"]), (2, ["within"]), (3, ["days"])])]
    assert word_runs([text], placeholders=True) == [
        (4, [(0, ["write", "to", "<email>", "within", "<number>", "days"])])
    ]


@pytest.mark.parametrize("placeholders", [False, True])
def test_tokens_counted_by_what_stands_between_blanks_are_those_of_the_runs(placeholders):
    texts = [
        "Write to me@x.org, [email protected] or x[EMAIL PROTECTED]y within 30 days; see www.x.org/a?b=[1].",
        "We share data/Data and \u201cİstanbul\u201d\u00a0DON’T\u2003re‑use: don't [re-use] it [at all] .",
        "",
    ]
    runs = word_runs(texts, placeholders=placeholders)
    n_words, counts = count_tokens(texts, placeholders=placeholders)
    assert n_words == sum(n for n, _ in runs)
    assert counts == Counter(word for _, found in runs for _, run in found for word in run)
    assert counts["<email>"] == (3 if placeholders else 0)


def test_names_are_left_out_in_any_case_and_with_possessive_but_stay_counted():
    [(n_words, runs)] = word_runs(["Acme 3D Ltd. and ACME's shop"], exclude=["acme", "Acme 3D Ltd"])
    assert n_words == 6
    assert [run for _, run in runs] == [["and"], ["shop"]]


def test_stop_words_are_snowballs_list_and_can_be_exchanged():
    assert {"the", "couldn't", "yourselves"} <= load_stop_words()
    assert not {"may", "can", "will", "us"} & load_stop_words()
    assert set(term_frequencies(TWO, stop_words=["DATA"])["term"]) == {
        "we", "share", "shared", "keep", "for", "days",
    }  # fmt: skip


# ---------------------------------------------------------------- frequencies


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
        ({"exclude": ["..."]}, "exclude: '...' holds no word"),
        ({"kinds": ["title"]}, "kinds: must be a collection of"),
    ],
)
def test_bad_arguments_of_frequencies(arguments, message):
    with pytest.raises(ValueError, match=message):
        term_frequencies(TWO, **arguments)


def test_bad_sentences_are_named():
    with pytest.raises(ValueError, match=r"sentences: column text missing"):
        term_frequencies(TWO.drop(columns="text"))
    with pytest.raises(ValueError, match=r"text is missing in 1 row\(s\), first \[\('b', 0\)\]"):
        term_frequencies(TWO.assign(text=["a b", "c", None]))
    with pytest.raises(ValueError, match=r"more than one row .* first \[\('a', 0\)\]"):
        term_frequencies(TWO.assign(sentence_id=0))


# ---------------------------------------------------------------- keyness


def test_keyness_by_hand():
    terms = term_frequencies(QUANTEDA_SMALL, stop_words=None)
    key = keyness(terms, target="d1", reference="d2").set_index("term").loc["a"]
    assert key[["n_target", "n_reference", "n_words_target", "n_words_reference"]].tolist() == [3, 7, 10, 9]
    # E = 10*10/19, 9*10/19 for "a", 10*9/19, 9*9/19 for the rest
    g2 = 2 * (
        3 * math.log(3 / (100 / 19)) + 7 * math.log(7 / (90 / 19)) + 7 * math.log(7 / (90 / 19)) + 2 * math.log(2 / (81 / 19))
    )  # fmt: skip
    assert key["log_likelihood"] == pytest.approx(g2)
    assert key["log_ratio"] == pytest.approx(math.log2((3 / 10) / (7 / 9)))
    # a0 = 19, a_w = 19 * 10/19 = 10: ln(13 / (29 - 13)) - ln(17 / (28 - 17)) over sqrt(1/13 + 1/17)
    z = (math.log(13 / 16) - math.log(17 / 11)) / math.sqrt(1 / 13 + 1 / 17)
    assert key["log_odds_z"] == pytest.approx(z) == pytest.approx(-1.7451, abs=1e-4)
    assert key["low_count"]  # 90/19 is below 5


def test_prior_size_by_hand():
    terms = term_frequencies(QUANTEDA_SMALL, stop_words=None)
    key = keyness(terms, target="d1", reference="d2", prior_words=1.9).set_index("term")
    # a_w = 1.9 * 10/19 = 1: ln(4 / (11.9 - 4)) - ln(8 / (10.9 - 8)) over sqrt(1/4 + 1/8)
    z = (math.log(4 / 7.9) - math.log(8 / 2.9)) / math.sqrt(1 / 4 + 1 / 8)
    assert key.loc["a", "log_odds_z"] == pytest.approx(z)


def test_keyness_is_scipys():
    terms = term_frequencies(QUANTEDA, stop_words=None)
    key = keyness(terms, target="d1", reference="d2")
    for row in key.itertuples():
        table = [[row.n_target, row.n_reference], [17 - row.n_target, 12 - row.n_reference]]
        g2, p, *_ = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
        assert (row.log_likelihood, row.p_value) == (pytest.approx(g2, abs=1e-12), pytest.approx(p, rel=1e-9))
    np.testing.assert_allclose(key["p_adjusted"], stats.false_discovery_control(key["p_value"], method="bh"))


def test_keyness_ranks_as_quanteda_does():
    # textstat_keyness(measure = "lr", correction = "none") signs G2; its tests expect this order.
    key = keyness(term_frequencies(QUANTEDA, stop_words=None), target="d1", reference="d2")
    signed = key.assign(signed=key["log_likelihood"] * np.sign(key["log_ratio"]))
    assert "".join(signed.sort_values(["signed", "term"], ascending=[False, True])["term"]) == "cgbhaefd"


def test_log_ratio_is_hardies():
    # Hardie's example: relative frequencies .0006 and .0002 make a ratio of 3.
    terms = pd.DataFrame({"policy_id": ["a", "b"], "term": "x", "n": [6, 2], "n_words": 10_000})
    assert keyness(terms, target="a", reference="b")["log_ratio"][0] == pytest.approx(math.log2(3))
    absent = pd.DataFrame({"policy_id": ["a", "b"], "term": ["x", "y"], "n": [4, 1], "n_words": [100, 100]})
    assert keyness(absent, target="a", reference="b")["log_ratio"][0] == pytest.approx(math.log2(4 / 0.5))


def test_groups_are_added_up():
    texts = frame({"a": ["data data kept"], "b": ["data"], "c": ["kept kept"]})
    terms = term_frequencies(texts)
    key = keyness(terms, target=["a", "b"], reference="others").set_index("term")
    assert key.loc["data", ["n_target", "n_reference", "n_words_target", "n_words_reference"]].tolist() == [
        3,
        0,
        4,
        2,
    ]
    pd.testing.assert_frame_equal(
        keyness(terms, target=["b", "a"], reference=["c"]),
        keyness(terms, target=["a", "b"], reference="others"),
    )


def test_words_of_sections_are_added_up():
    texts = pd.concat(
        [frame({"a": ["data data"]}, "One"), frame({"a": ["data kept"]}, "Two").assign(sentence_id=1)]
    )
    texts = pd.concat([texts, frame({"b": ["data here gone"]}, "One")])
    key = keyness(term_frequencies(texts, by="section", stop_words=None), target="a", reference="b")
    assert key[["n_words_target", "n_words_reference"]].drop_duplicates().to_numpy().tolist() == [[4, 3]]


def test_min_count_leaves_out_rare_terms_before_the_correction():
    terms = term_frequencies(QUANTEDA, stop_words=None)
    key = keyness(terms, target="d1", reference="d2", min_count=5)
    assert set(key["term"]) == {"a", "c", "d"}
    np.testing.assert_allclose(key["p_adjusted"], stats.false_discovery_control(key["p_value"], method="bh"))


def test_low_counts_say_so():
    terms = pd.DataFrame(
        {"policy_id": ["a", "b"] * 2, "term": ["x", "x", "y", "y"], "n": [9, 9, 1, 9], "n_words": 100}
    )
    low = keyness(terms, target="a", reference="b").set_index("term")["low_count"]
    assert not low["x"]  # expected 9 and 9
    assert not low["y"]  # expected 5 and 5: the rule is on what is expected, not on what was seen
    rarer = keyness(terms.assign(n=[9, 9, 1, 8]), target="a", reference="b").set_index("term")["low_count"]
    assert rarer["y"]  # expected 4.5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"target": "x", "reference": "others"},
            r"target: no terms of \['x'\]; policies with terms are \['d1', 'd2'\]",
        ),
        ({"target": "d1", "reference": ["d2", "y"]}, r"reference: no terms of \['y'\]"),
        ({"target": "d1", "reference": "d1"}, r"target and reference: \['d1'\] stand\(s\) in both"),
        (
            {"target": ["d1", "d2"], "reference": "others"},
            "reference: no policy left; keyness needs two or more",
        ),
        ({"target": [], "reference": "d1"}, "target: no policy left"),
        ({"target": "d1", "reference": "d2", "min_count": 99}, "min_count: no term occurs 99 times"),
    ],
)
def test_bad_arguments_of_keyness(arguments, message):
    with pytest.raises(ValueError, match=message):
        keyness(term_frequencies(QUANTEDA, stop_words=None), **arguments)


def test_keyness_has_no_default_comparison():
    with pytest.raises(TypeError):
        keyness(term_frequencies(QUANTEDA, stop_words=None))  # type: ignore[call-arg]


def test_a_single_policy_has_no_reference():
    terms = term_frequencies(frame({"a": ["data kept"]}))
    with pytest.raises(ValueError, match="keyness needs two or more policies"):
        keyness(terms, target="a", reference="others")


# ---------------------------------------------------------------- dispersion

GRIES = [  # The five-part corpus of Gries 2008, section 2.
    "b a m n i b e u p", "b a s a t b e w q n", "b c a g a b e s t a", "b a g h a b e a a t", "b a h a a b e a x a t",
]  # fmt: skip


def gries_frame(parts: list[str]) -> pd.DataFrame:
    return frame({"g": parts}).assign(section=[f"part {i}" for i in range(len(parts))])


def test_dispersion_is_gries():
    found = dispersion(gries_frame(GRIES), parts="section", stop_words=None).set_index("term")
    # "a": shares of words .18 .2 .2 .2 .22, of "a" 1/15 ... 5/15; |differences| add up to .36
    assert found.loc["a", ["n", "n_words", "n_parts", "n_parts_with"]].tolist() == [15, 50, 5, 5]
    assert found.loc["a", "dp"] == pytest.approx(0.18)  # published
    assert found.loc["a", "dp_norm"] == pytest.approx(0.18 / 0.82)
    assert found.loc["e", "dp"] == pytest.approx(0.02)
    assert found.loc["x", "dp"] == pytest.approx(0.78)  # all in the last part: 1 - .22


def test_dispersion_is_lijffijt_and_gries():
    # Three equal parts, 2/3 of the occurrences in one, 1/3 in another: DP 1/3, normalised 1/2.
    found = dispersion(gries_frame(["x x", "x y", "y y"]), parts="section", stop_words=None).set_index("term")
    assert found.loc["x", ["dp", "dp_norm"]].tolist() == pytest.approx([1 / 3, 1 / 2])


def test_equal_parts_do_not_depend_on_sentences():
    one = dispersion(frame({"g": [" ".join(GRIES)]}), parts=5, stop_words=None)
    five = dispersion(frame({"g": GRIES}), parts=5, stop_words=None)
    pd.testing.assert_frame_equal(one, five)
    words = " ".join(GRIES).split()
    counts = [words[10 * i : 10 * i + 10].count("a") for i in range(5)]
    assert one.set_index("term").loc["a", "dp"] == pytest.approx(sum(abs(n / 15 - 0.2) for n in counts) / 2)


def test_dispersion_over_one_part_or_too_few_words_is_undefined():
    assert dispersion(frame({"a": ["data kept"]}), parts="section")[["dp", "dp_norm"]].isna().all(axis=None)
    assert dispersion(frame({"a": ["data kept"]}), parts=3)["dp"].isna().all()


def test_bad_parts():
    for parts in (1, "block", True):
        with pytest.raises(ValueError, match="parts: must be 'section' or a whole number from 2"):
            dispersion(TWO, parts=parts)


# ---------------------------------------------------------------- collocations


def test_collocations_by_hand_and_by_scipy():
    texts = frame(
        {"a": ["third parties and partners", "third parties keep data"], "b": ["keep third parties"]}
    )
    found = collocations(texts).set_index("term")
    row = found.loc["third parties"]
    # 8 pairs of neighbours; "third" is first in 3 of them, "parties" second in 3, both in 3
    assert row[["n", "n_first", "n_second", "n_pairs", "n_policies"]].tolist() == [3, 3, 3, 8, 2]
    assert row["pmi"] == pytest.approx(math.log2(3 / (3 * 3 / 8)))
    assert row["t_score"] == pytest.approx((3 - 9 / 8) / math.sqrt(3))
    g2 = stats.chi2_contingency([[3, 0], [0, 5]], correction=False, lambda_="log-likelihood")[0]
    assert row["log_likelihood"] == pytest.approx(g2)
    assert "parties and" not in found.index  # stop word


def test_collocations_with_nothing_left():
    with pytest.raises(ValueError, match="no term is left to count .* min_count=5"):
        collocations(TWO, min_count=5)


# ---------------------------------------------------------------- words in context


def test_kwic_shows_place_and_both_sides():
    texts = frame({"a": ["We never sell data; sellers do.", "Nobody SELLS or sells."]}, "Sharing")
    found = kwic(texts, "sells?")
    assert found[["sentence_id", "section", "pre", "keyword", "post"]].to_numpy().tolist() == [
        [0, "Sharing", "We never ", "sell", " data; sellers do."],
        [1, "Sharing", "Nobody ", "SELLS", " or sells."],
        [1, "Sharing", "Nobody SELLS or ", "sells", "."],
    ]
    assert len(kwic(texts, "sell", whole_words=False)) == 4
    assert len(kwic(texts, "sells", ignore_case=False)) == 1
    assert (found["pre"] + found["keyword"] + found["post"]).isin(texts["text"]).all()


def test_kwic_lines_are_aligned():
    texts = frame({"a": ["We never sell it.", "Nobody may sell data."]}, "Sharing")
    lines = format_kwic(kwic(texts, "sell"), width=10).splitlines()
    assert [line.index("sell") for line in lines] == [lines[0].index("sell")] * 2
    assert format_kwic(kwic(texts, "rent")) == ""


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(data", "is no regular expression"),
        ("", "must be a phrase"),
        ("x*", "matches the empty text"),
        ("(?:(?:a{900}){900}){900}", "repeats more than 1000 times"),
        ("a{5000}", "repeats more than 1000 times"),
    ],
)
def test_bad_patterns(pattern, message):
    with pytest.raises(ValueError, match=message):
        kwic(TWO, pattern)


def test_a_runaway_pattern_is_stopped():
    text = "a" * 60 + "b"
    with pytest.raises(
        ValueError, match=r"took longer than timeout=0.2 seconds \(at policy 'a', sentence 0\)"
    ):
        kwic(frame({"a": [text]}), "(a|aa)+$", timeout=0.2)


# ---------------------------------------------------------------- frames


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_order_and_index_of_rows_do_not_matter_and_input_is_unchanged(measure):
    texts = pd.concat([frame({"a": ["We share data.", "Data shared."], "b": ["We keep data kept."]}, "One")])
    shuffled = texts.sample(frac=1, random_state=3).set_index(pd.Index([7, 7, 1]))
    before = shuffled.copy()
    expected, found = measure(texts), measure(shuffled)
    pd.testing.assert_frame_equal(expected, found)
    pd.testing.assert_frame_equal(shuffled, before)
    assert isinstance(found.index, pd.RangeIndex)
    assert len(found)


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_empty_input_gives_the_same_columns_and_dtypes(measure):
    full, empty = measure(TWO), measure(TWO.iloc[:0])
    assert len(empty) == 0
    pd.testing.assert_series_equal(full.dtypes, empty.dtypes)


def test_columns_are_the_documented_ones():
    assert list(term_frequencies(TWO))[:6] == ["policy_id", "term", "n", "n_words", "per_thousand", "tf_idf"]
    key = keyness(term_frequencies(TWO), target="a", reference="others")
    assert list(key)[:9] == [
        "term", "n_target", "n_reference", "per_thousand_target", "per_thousand_reference", "log_likelihood",
        "p_value", "log_ratio", "log_odds_z",
    ]  # fmt: skip
    assert list(kwic(TWO, "data"))[:6] == ["policy_id", "sentence_id", "section", "pre", "keyword", "post"]
