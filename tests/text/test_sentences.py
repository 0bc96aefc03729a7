"""Sentences and kinds of units: tables of cases, and what holds for any text."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policytools.text import sentences
from policytools.text.sentences import block_units, split_sentences, unit_kind

SETTINGS = settings(derandomize=True, deadline=None, max_examples=150)


@pytest.mark.parametrize(
    "expected",
    [
        ["We collect data.", "We do not sell it."],
        ["We collect data, e.g., your name.", "We keep it."],
        ["Data such as your name, address, etc. is kept.", "It is safe."],
        ["Is my data safe?", "Yes!", "It is."],
        ["Example Inc. and Example Co. Ltd. collect data.", "They keep it."],
        ["We act under Art. 6 of the GDPR.", "You may object."],
        ["We collect (i) your name, (ii) your address, and (iii) your age."],
        ["Version 2.1 applies.", "Version 2.0 does not."],
        ["no stop at the end"],
        [],
    ],
)
def test_split_sentences(expected):
    assert split_sentences(" ".join(expected)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "We follow the UK-U.S. Data Bridge and the Swiss-U.S. Framework.",
        "If you are a non-U.S. Customer, your data is sent abroad.",
        "Records are kept under 20 U.S.C. Section 1232g of the law.",
        "Device data (e.g. MAC address) is kept, i.e. Your phone can be told apart.",
        "This is Acme a.k.a. The Shop, in the case of Acme vs. The State.",
        "It is a speaker (3rd. generation) that we sold on 7. June 2021.",
        "Last changed on June 7. 2021",
        "Our host is Yahoo! Inc. in the city of St. Petersburg.",
        "The controller is Acme Ltd. Registered seat: Main Str. 5, Berlin.",
        "See No. 7, Art. 12, Sec. 99 and approx. 40 more.",
        "You can read What do we do with cookies? below or in the Who are we? section.",
        'As the section titled "Do you sell data?", which is below, says, we do not.',
        'The purposes are listed in "4. What we use data for" and in section 5. "WHOM WE TELL".',
        "See Section 8. Your Choices and Rights for more.",
        "We use tools (see section 9. Tools) for this.",
        "3.1.2. Tools that we use",
    ],
)
def test_abbreviations_numbers_and_titles_end_no_sentence(text):
    assert split_sentences(text) == [text]


@pytest.mark.parametrize(
    "expected",
    [
        ["Our servers are in the U.S. and the E.U.", "We keep them there."],
        ["Data leaves the U.S.", "You agree to this."],
        ["The list is in the app.", "Your phone shows it."],
        ["We tell you if we do so.", "Direct questions are welcome."],
        ["We are active on X.", "If you are, too, write to us."],
        ["You must be at least 16.", "If you are not, leave."],
        ["He asked whether it is safe.", "Is it?", "yes, it is."],
        ["We use pixels, tags, etc.", "These help us."],
        ["(See section 4.)", "We also act."],
        ["What is it?", "We do not know."],
        ["We ask you first (see section 2).", "Then we act."],
    ],
)
def test_ends_that_look_like_abbreviations(expected):
    assert split_sentences(" ".join(expected)) == expected


@pytest.mark.parametrize("mark", ["[3]", " [12]", "4", "\u00b2", "[1][2]"])
def test_the_mark_of_a_footnote_belongs_to_no_sentence(mark):
    assert split_sentences(f"Advertisers get a number.{mark} They cannot read it.{mark}") == [
        "Advertisers get a number.",
        "They cannot read it.",
    ]


def test_digits_behind_a_full_stop_that_are_no_footnote():
    for text in ("See Art.6 GDPR.", "We keep it for 3.5 years."):
        assert split_sentences(text) == [text]


def test_a_lost_space_behind_a_full_stop():
    assert split_sentences("We use your information.Printer data is kept.") == [
        "We use your information.",
        "Printer data is kept.",
    ]
    assert split_sentences("see example.com for more.we keep log data.as with most sites it is kept.") == [
        "see example.com for more.",
        "we keep log data.",
        "as with most sites it is kept.",
    ]


def test_an_abbreviation_of_the_union_opens_a_sentence_and_a_domain_does_not():
    assert split_sentences("We keep your data. eu residents may object. See the page at example. eu.") == [
        "We keep your data.",
        "eu residents may object.",
        "See the page at example. eu.",
    ]


@SETTINGS
@given(
    st.lists(
        st.sampled_from(
            [
                *[
                    "We",
                    "collect",
                    "data",
                    ".",
                    "?",
                    "!",
                    "(",
                    ")",
                    "e.g.",
                    "Inc.",
                    "(i)",
                    ";",
                    ":",
                    ",",
                    '"',
                    "2.1",
                    "Data.We",
                    "com",
                ],
                "\n",
            ]
        )
    ).map(" ".join)
)
def test_sentences_hold_all_of_the_text(text):
    assert "".join("".join(split_sentences(text)).split()) == "".join(text.split())


def test_texts_that_nupunkt_is_not_asked_about_are_those_it_would_not_split(monkeypatch):
    files = (Path(__file__).parents[2] / "data" / "raw").iterdir()
    texts = [line for file in files for line in file.read_text("utf-8").splitlines()]
    texts += [" ".join(line.split()) for line in texts]
    words = 'data. Inc. so. 2019. A. U.S. e.g. why? data." data). so… ... data.\u201d stop! e.g.\u00a0'
    texts += [
        f"{head}{gap}{word}{gap}{following}{end}"
        for head in ("1.", "ii.", "(a).", "We keep data", "")
        for gap in (" ", "\n", "\u00a0")
        for word in words.split(" ")
        for following in ("The", "the", "2", "(the", ")", "com", "U.S.", "App.", "")
        for end in (" it.", ".", " ", "")
    ]
    quick = [split_sentences(text) for text in texts]
    monkeypatch.setattr(sentences, "_MARK_INSIDE", re.compile(""))  # nupunkt is asked about each text
    for text, found in zip(texts, quick, strict=True):
        assert found == split_sentences(text), repr(text)


@pytest.mark.parametrize(
    ("text", "block_kind", "position", "n_units", "expected"),
    [
        ("Data we sell", "heading", 0, 1, "heading"),
        ("We collect your name.", "paragraph", 0, 1, "sentence"),
        ("IP address;", "list_item", 0, 1, "fragment"),
        ("delete your account", "list_item", 0, 1, "sentence"),
        ("Account information.", "paragraph", 0, 2, "heading"),
        ("Account information.", "paragraph", 1, 2, "fragment"),
        ("How do we use your data?", "paragraph", 0, 1, "heading"),
        ("Consent", "table_row", 0, 1, "fragment"),
        ("How do we use your data?", "list_item", 0, 1, "heading"),
        ("How do we use your data?", "paragraph", 0, 2, "heading"),
        ("Do we sell your data?", "paragraph", 1, 2, "sentence"),
        ("To comply with the law.", "paragraph", 0, 2, "heading"),
        ("To comply with the law.", "list_item", 0, 1, "sentence"),
        ("To object, contact us.", "paragraph", 0, 2, "sentence"),
    ],
)
def test_unit_kind(text, block_kind, position, n_units, expected):
    assert unit_kind(text, block_kind=block_kind, position=position, n_units=n_units) == expected


@pytest.mark.parametrize(
    "unit",
    ["We keep no data.", "to keep you logged in", "Help us improve our page", "your name", "Who are we?"],
)
def test_a_bullet_or_a_table_changes_no_kind(unit):
    [(kind, _, n_words)] = block_units("paragraph", unit)
    for block_kind, text in [
        ("list_item", f"\u00b7{unit}"),
        ("paragraph", f"\u2022 {unit}"),
        ("paragraph", f"-{unit}"),
    ]:
        assert [(found, n) for found, _, n in block_units(block_kind, text)] == [(kind, n_words)]
    assert block_units("table_row", f"Purpose | {unit}")[1] == (kind, unit, n_words)


def test_titles_of_columns_are_headings():
    assert [kind for kind, _, _ in block_units("table_row", "Name | How long?", is_first_row=True)] == [
        "heading"
    ] * 2
    assert [kind for kind, _, _ in block_units("table_row", "Name | We keep it.", is_first_row=True)] == [
        "fragment",
        "sentence",
    ]


def test_a_long_block_takes_time_in_proportion_to_its_length():
    text = "See e.g. Inc. Foo and A. B. " * 20_000
    start = time.process_time()
    assert " ".join(split_sentences(text)) == text.strip()
    assert time.process_time() - start < 30
