"""Words in context: positions, alignment, and patterns that must be refused or stopped."""

from __future__ import annotations

import pytest
from term_checks import TWO, check_empty, check_order_and_index, frame

from policytools.measures.kwic import format_kwic, kwic


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
        ("(?:" + "a{900}" * 9 + "){900}", "repeats more than 1000 times"),
        ("sell(?R)?data", "calls itself"),
        ("(?P<x>sell (?&x)?)", "calls itself"),
        ("(se)(?1)", "calls itself"),
        ("(" * 3000 + "sell" + ")" * 3000, "brackets inside brackets"),
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


MEASURES = {
    "kwic": lambda s: kwic(s, "data"),
}


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_order_and_index_of_rows_do_not_matter_and_input_is_unchanged(measure):
    check_order_and_index(measure)


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_empty_input_gives_the_same_columns_and_dtypes(measure):
    check_empty(measure)


def test_columns_are_the_documented_ones():
    assert list(kwic(TWO, "data"))[:6] == ["policy_id", "sentence_id", "section", "pre", "keyword", "post"]


def test_a_long_unit_is_not_copied_for_each_occurrence():
    text = "data " * 10_000
    rows = kwic(frame({"a": [text]}, ""), "data")
    assert len(rows) == 10_000 and rows["pre"].str.len().max() == rows["post"].str.len().max() == 2_000
    assert all(text[:end].endswith(pre + "data") for pre, end in zip(rows["pre"], rows["end"], strict=True))
