"""Clauses and titles: tables of cases."""

from __future__ import annotations

import pytest

from policytools.text.clauses import is_clause, looks_like_title


@pytest.mark.parametrize(
    "text",
    [
        "We collect your name.",
        "Your data is kept for a year",
        "The information that we collect includes your name.",
        "If you object, we will stop.",
        "delete your account",
        "Please contact us.",
        "Cookies help us to remember you.",
        "You may ask for a copy.",
        "we don't sell data",
        "to comply with the law, we keep invoices",
        "This includes:",
        "We use:",
        "I collect stamps.",
    ],
)
def test_clauses(text):
    assert is_clause(text)


@pytest.mark.parametrize(
    "text",
    [
        "Information we collect",
        "data that you give us",
        "IP address;",
        "Right of access",
        "Your choices and rights",
        "Contact information",
        "companies with which we share data",
        "Cookies",
        "for the purposes described below",
        "I. Collection of information",
        "(i) Information we collect",
        "Authenticate you;",
        "IT security",
        "",
    ],
)
def test_no_clauses(text):
    assert not is_clause(text)


@pytest.mark.parametrize(
    "text",
    ["We collect your name.", "Information we collect", "Your data is kept.", "This includes", "IP address"],
)
def test_case_and_the_mark_at_the_end_do_not_count(text):
    ends = [is_clause(text.rstrip(".") + end) for end in (".", ":", ";", ",", "")]
    assert set(ends) == {is_clause(text.lower())}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Information we collect", True),
        ("How do we use your data?", True),
        ("what are cookies", True),
        ("do you collect data from anyone else, like social networks.", True),
        ("for what purposes do we process your data", True),
        (
            "what's an example of when my audio recordings might be shared with third-party apps and services",
            True,
        ),
        ("how you do so depends on the tool", False),
        ("Where we need to collect data, we tell you", False),
        ("We do not sell your data.", False),
        ("your name,", False),
        ("", False),
        (
            "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen",
            False,
        ),
    ],
)
def test_titles(text, expected):
    assert looks_like_title(text) == expected
