"""Tokens and words: tables of cases, and what holds for any text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policytools.text.tokens import load_stop_words, split_words, tokenize, word_runs

SETTINGS = settings(derandomize=True, deadline=None, max_examples=150)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't sell", [("Don't", "word"), ("sell", "word")]),
        ("Don’t sell", [("Don’t", "word"), ("sell", "word")]),
        ("third-party e-mail", [("third-party", "word"), ("e-mail", "word")]),
        ("and/or", [("and", "word"), ("or", "word")]),
        ("e.g. the U.S.", [("e.g.", "abbreviation"), ("the", "word"), ("U.S.", "abbreviation")]),
        ("the EU-U.S. and", [("the", "word"), ("EU-U.S.", "abbreviation"), ("and", "word")]),
        ("(U.S.-based) E.U.‑U.S.,", [("U.S.-based", "abbreviation"), ("E.U.‑U.S.", "abbreviation")]),
        ("opt-out. A.", [("opt-out", "word"), ("A", "word")]),
        ("3D printers", [("3D", "word"), ("printers", "word")]),
        ("16 years, 24/7", [("16", "number"), ("years", "word"), ("24/7", "number")]),
        ("1,000.50", [("1,000.50", "number")]),
        ("jo.doe+x@mail.example.org.", [("jo.doe+x@mail.example.org", "email")]),
        ("[email protected]", [("[email protected]", "email")]),
        ("see https://example.org/a?b=c", [("see", "word"), ("https://example.org/a?b=c", "url")]),
        ("(www.example.org)", [("www.example.org", "url")]),
        ("on example.com today", [("on", "word"), ("example.com", "url"), ("today", "word")]),
        ("data² or CO₂", [("data", "word"), ("²", "number"), ("or", "word"), ("CO₂", "word")]),
        ("rights¹⁴,", [("rights", "word"), ("¹⁴", "number")]),
        ("½ of Ⅳ, ① ٣", [("½", "number"), ("of", "word"), ("Ⅳ", "number"), ("①", "number"), ("٣", "number")]),
        (".example.com -jo@x.org", [("example.com", "url"), ("-jo@x.org", "email")]),
        ("café naïve", [("café", "word"), ("naïve", "word")]),
        ("- * | ...", []),
        ("", []),
    ],
)
def test_tokenize(text, expected):
    assert tokenize(text) == expected


def test_words_leave_out_numbers_and_addresses():
    assert split_words("Write to a@b.org or see www.b.org, e.g. within 30 days.") == [
        *["Write", "to", "or", "see", "e.g.", "within", "days"]
    ]


@SETTINGS
@given(st.text())
def test_tokens_stand_in_the_text_in_order(text):
    place = 0
    for token, kind in tokenize(text):
        place = text.index(token, place) + len(token)
        assert kind in ("word", "abbreviation", "number", "email", "url")


def test_words_are_lower_case_and_keep_apostrophes_and_hyphens():
    [(n_words, runs)] = word_runs(["Don’t RE‑USE third-party data."])
    assert n_words == 4
    assert runs == [(0, ["don't", "re-use", "third-party", "data"])]


def test_numbers_and_addresses_part_runs_or_stand_in():
    text = "Write to me@x.org within 30 days."
    assert word_runs([text]) == [(4, [(0, ["write", "to"]), (2, ["within"]), (3, ["days"])])]
    assert word_runs([text], placeholders=True) == [
        (4, [(0, ["write", "to", "<email>", "within", "<number>", "days"])])
    ]


def test_masked_addresses_are_placeholders_and_no_words():
    text = (
        "Write to me@x.org, [email protected] or x[EMAIL PROTECTED]y within 30 days; see www.x.org/a?b=[1]."
    )
    [(n_words, runs)] = word_runs([text], placeholders=True)
    words = [word for _, run in runs for word in run]
    assert words.count("<email>") == 3
    assert [word for word in words if not word.startswith("<")] == [
        *["write", "to", "or", "x", "y", "within", "days", "see"]
    ]
    assert n_words == 8


def test_names_are_left_out_in_any_case_and_with_possessive_but_stay_counted():
    [(n_words, runs)] = word_runs(["Acme 3D Ltd. and ACME's shop"], exclude=["acme", "Acme 3D Ltd"])
    assert n_words == 6
    assert [run for _, run in runs] == [["and"], ["shop"]]


def test_stop_words_are_snowballs_list():
    assert {"the", "couldn't", "yourselves"} <= load_stop_words()
    assert not {"may", "can", "will", "us"} & load_stop_words()
