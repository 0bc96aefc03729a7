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
        # the verb is not first, and a subordinate clause may be
        "When you open the app, some data is sent.",
        "Visitors who register do not see banners.",
        "If no, there's a form for it.",
        "Unless otherwise stated, all prices are final.",
        "When using the map you may see ads.",
        "Where necessary, our staff is trained.",
        "If that is the case you are free to object.",
        "In most cases we keep it.",
        "As a customer you have the right to object.",
        "What kind of data we keep depends on you.",
        "How and when we act is up to us.",
        "The people with whom we share data are named here.",
        # verbs that are nouns, too
        "This notice replaces all earlier notices.",
        "A new notice supersedes the old notice.",
        "The contract ends after a year.",
        "Your trust matters to us.",
        "Acme embeds maps.",
        "Our partners log each visit.",
        "These pages link to other pages.",
        "The recipients of the data include banks.",
        "This helps us.",
        "The dog in the yard ate a bone.",
        "Acme bought your data.",
        'The words "you" and "your" refer to users.',
        "(We keep no copy of it.)",
        "Automatically delete old files",
        "Update or delete your profile",
        "For help, contact support.",
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
        "Data that may be kept by banks",
        "The right to be heard",
        "The right to have your data corrected",
        "Partners that help us and are bound by contract",
        "People who have seen our page",
        "If you ask us to",
        "When used by children",
        "Tools that help users decide",
        "The name, address and records of a user",
        "What you buy from the shops you visit",
        "Details of orders you have placed with us",
        "Terms and conditions that apply to you",
        "Name, contact details and address",
        "How to object",
        "Changed on: May 3, 2021",
        "Files stored on your device by Acme IT",
        "Other information, such as purchase history",
        "The data we've kept",
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
        ("How can you change your data, and where?", True),
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
