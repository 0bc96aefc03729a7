"""Plain text and normalising: any text is read, nothing is lost, and a second reading changes nothing."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policytools.reading.cleaning import clean
from policytools.reading.files import read_document
from policytools.reading.list_marks import BULLET, NUMBER
from policytools.reading.plain import read_plain
from policytools.text.normalise import normalise

SETTINGS = settings(derandomize=True, deadline=None, max_examples=250)

# Beside any string at all, strings of what policies are made of, so that lists, rows and breaks come up.
PIECES = [
    *[
        "We",
        "collect",
        "your",
        "data",
        ".",
        "-",
        "•",
        "*",
        "1.",
        "a.",
        "(i)",
        "|",
        ";",
        ":",
        ",",
        "and/or",
        "e.g.",
        "www.a.org",
        "THE",
        "END",
        "What",
        "is",
        "this?",
        "2.1",
    ],
    *[
        "…",
        "‐",
        "–",
        "“",
        "”",
        "’",
        "ﬁ",
        "naïve",
        "don’t",
        "x@y.org",
        "[",
        "]",
        "#",
        "**",
        "Ã©",
        "â€™",
        "com",
        "\t",
        "\xa0",
        "\u200b",
    ],
    *["\n", "\n", "\n\n", "\r\n", "\f", "\u2028", "  ", "- ", "Privacy Policy"],
]
LISTS = st.lists(st.sampled_from(PIECES), max_size=60)
TEXTS = st.one_of(st.text(), LISTS.map(" ".join), LISTS.map("".join))

SENTENCE = "We collect the name that you give us when you open an account and we keep it for one year."


def kept(text: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in read_plain(text) if block.keep]


@SETTINGS
@given(TEXTS)
def test_every_character_that_is_not_blank_lies_in_one_block(text):
    times = [0] * len(text)
    for block in read_plain(text):
        assert 0 <= block.start < block.end <= len(text)
        assert block.line >= 1
        for place in range(block.start, block.end):
            times[place] += 1
    assert max(times, default=0) <= 1
    assert all(n == 1 or character.isspace() for n, character in zip(times, text, strict=True))


def without_marks(text: str) -> str:
    """A kept text without marks of lists inside lists ("- 1. name"), of which one reading takes off the outer one."""
    cells = text.split(" | ")
    for k, cell in enumerate(cells):
        while mark := BULLET.match(cell) or NUMBER.match(cell):
            cell = cell[mark.end() :]
        cells[k] = cell
    return " | ".join(cell for cell in cells if any(map(str.isalnum, cell)))


@SETTINGS
@given(TEXTS)
def test_a_second_reading_of_the_kept_text_changes_nothing(text):
    first = [block.text for block in read_plain(text) if block.keep]
    assume(
        all(normalise(block) == block for block in first)
    )  # mojibake inside mojibake takes a second mending
    second = [block.text for block in read_plain("\n\n".join(first)) if block.keep]
    assert list(filter(None, map(without_marks, second))) == list(filter(None, map(without_marks, first)))


def test_places_are_those_of_the_decoded_text():
    text = "Privacy Policy\r\n\r\n  - your name\r\n  - your address\r\n"
    blocks = read_plain(text)
    assert [(block.line, text[block.start : block.end].strip()) for block in blocks] == [
        (1, "Privacy Policy"),
        (3, "- your name"),
        (4, "- your address"),
    ]


def test_kinds():
    text = (
        "Privacy Policy\n\nWhat We Collect\n\n" + SENTENCE + "\n\n- your name;\n- your address.\n\n"
        "Purpose | Basis\nTo answer you | Consent\n\n***\n\n" + SENTENCE
    )
    assert kept(text) == [
        ("heading", "Privacy Policy"),
        ("heading", "What We Collect"),
        ("paragraph", SENTENCE),
        ("list_item", "your name;"),
        ("list_item", "your address."),
        ("table_row", "Purpose | Basis"),
        ("table_row", "To answer you | Consent"),
        ("paragraph", SENTENCE),
    ]
    assert [(block.text, block.reason) for block in read_plain(text) if not block.keep] == [
        ("***", "stray mark")
    ]


@pytest.mark.parametrize("width", [60, 72, 100])
def test_hard_wrapped_text_reads_as_the_text_before_it_was_wrapped(width):
    paragraphs = ["What We Collect", SENTENCE + " " + SENTENCE, SENTENCE, SENTENCE * 3]
    wrapped = "\n\n".join(textwrap.fill(paragraph, width) for paragraph in paragraphs)
    assert kept(wrapped) == kept("\n\n".join(paragraphs))


def test_lines_that_are_not_filled_are_blocks_of_their_own():
    assert [text for _, text in kept("Example Ltd\n12 High Street\nLondon\n" + SENTENCE)] == [
        "Example Ltd",
        "12 High Street",
        "London",
        SENTENCE,
    ]


def test_a_lower_cased_scrape_keeps_one_block_a_line():
    lines = [
        "privacy policy.",
        "information we collect.",
        SENTENCE.lower(),
        "how we use it.",
        SENTENCE.lower() * 2,
    ]
    assert [text for _, text in kept("\n".join(lines))] == lines


def test_time_grows_with_the_length():
    # A quadratic step would take minutes for these.
    read_plain("x\n" * 20_000)
    read_plain("- " * 100_000 + "x")
    read_plain(" " * 200_000 + "x" + " " * 200_000)
    read_plain((SENTENCE + " - Your name\n") * 3_000)


def test_a_line_broken_before_a_mark_inside_a_sentence_goes_on():
    text = (
        "You may ask us to tell you (i) which pieces of data we hold about you and\n"
        "(ii) which others we gave them to in the twelve months before you asked.\n"
        "None of our services is meant for children, and so we do not ask persons\n"
        "under the age of\n"
    )
    assert next(block.text for block in read_plain(text) if "(ii)" in block.text).startswith("You may ask")


@pytest.mark.parametrize(
    ("line", "following", "kind"),
    [
        ("to provide our services.", SENTENCE.lower(), "heading"),
        ("to object, contact us.", SENTENCE.lower(), "paragraph"),
        ("to withdraw your consent, visit your settings.", SENTENCE.lower(), "paragraph"),
        ("to opt out please write to us.", SENTENCE.lower(), "paragraph"),
        ("to provide our services.", "to keep them safe for you and for others.", "paragraph"),
        ("how you do so depends on the tool.", SENTENCE.lower(), "paragraph"),
        ("do you collect data from anyone else, like social networks.", SENTENCE.lower(), "heading"),
        ("for what purposes do we process your data.", SENTENCE.lower(), "heading"),
        ("information collection and use.", "what do we collect.", "heading"),
    ],
)
def test_headings_of_a_scrape(line, following, kind):
    text = "\n".join([SENTENCE.lower(), line, following, *[SENTENCE.lower()] * 3])
    assert read_plain(text)[1].kind == kind


def test_a_line_on_the_union_is_no_tail_of_an_address():
    lines = [SENTENCE.lower(), "eu and uk individuals may object to it.", "eu-us data privacy framework."]
    assert [block.text for block in read_plain("\n".join([*lines, *lines]))][:3] == lines
    assert read_plain("write to us at privacy@example.\ncom or by post.")[0].text.endswith(
        "example. com or by post."
    )


@pytest.mark.parametrize("date", ["last updated: may 14, 2026.", "effective 3 november 2025."])
def test_the_date_in_the_head_of_a_scrape_is_no_menu_entry(date):
    menu = ["home.", "products.", "pricing.", "support.", "blog.", "updated terms.", "log in."]
    policy = ["about this privacy policy.", SENTENCE.lower(), SENTENCE.lower().replace("we", "they")]
    blocks = read_document("\n".join([*menu, "privacy policy.", date, *policy]).encode(), name="a.txt").blocks
    clean(blocks)
    kept = [block.text for block in blocks if block.keep]
    assert date in kept
    assert not set(menu) & set(kept)
