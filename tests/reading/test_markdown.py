"""Markdown: each line is in a block, and the marks of the format are removed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policytools.reading.markdown import read_markdown

SETTINGS = settings(derandomize=True, deadline=None, max_examples=250)

PIECES = [
    *[
        "We",
        "collect",
        "your",
        "data",
        ".",
        "#",
        "##",
        "-",
        "*",
        "+",
        "1.",
        ">",
        "|",
        "---",
        "***",
        "**Title**",
        "`code`",
        "```",
        "[us](https://a.org)",
        "[a]:",
        "<br>",
        "<div>",
        "</div>",
    ],
    *[
        "\n",
        "\n",
        "\n\n",
        "    ",
        "  ",
        "\\",
        "<!-- c -->",
        "[id]: https://a.org",
        "=====",
        "&amp;",
        "![x](y.png)",
        "~~~",
    ],
]
LISTS = st.lists(st.sampled_from(PIECES), max_size=50)
TEXTS = st.one_of(st.text(), LISTS.map(" ".join), LISTS.map("".join))


def kept(text: str) -> list[tuple[str, int, str]]:
    return [(block.kind, block.level, block.text) for block in read_markdown(text) if block.keep]


@SETTINGS
@given(TEXTS)
def test_every_line_that_is_not_blank_lies_in_one_block(text):
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    blocks = read_markdown(text)
    spans = [(block.start, block.end) for block in blocks if block.start >= 0]
    assert all(0 <= start <= end <= len(text) for start, end in spans)
    place = 0
    for line in text.split("\n"):
        if line.strip():
            inside = sum(start <= place and place + len(line) <= end for start, end in spans)
            assert inside == 1, (line, spans)
        place += len(line) + 1


def test_headings_lists_tables_and_quotes():
    text = """\
# Privacy Policy

**What We Collect**

We collect [your name](https://example.org/name) and
your *e-mail* address.

* your name
  * your nickname
1. your age

| Purpose | Basis |
| --- | --- |
| To answer you | Consent |

> We never sell it.
"""
    assert kept(text) == [
        ("heading", 1, "Privacy Policy"),
        ("heading", 3, "What We Collect"),
        ("paragraph", 0, "We collect your name and your e-mail address."),
        ("list_item", 1, "your name"),
        ("list_item", 2, "your nickname"),
        ("list_item", 1, "your age"),
        ("table_row", 0, "Purpose | Basis"),
        ("table_row", 0, "To answer you | Consent"),
        ("paragraph", 0, "We never sell it."),
    ]


def test_a_hard_break_ends_a_block_and_a_soft_one_means_nothing():
    assert kept("Example Ltd  \n12 High Street\\\nLondon\nEngland") == [
        ("paragraph", 0, "Example Ltd"),
        ("paragraph", 0, "12 High Street"),
        ("paragraph", 0, "London England"),
    ]


def test_an_indented_paragraph_is_text():
    assert kept("We collect data.\n\n    We keep it for a year.") == [
        ("paragraph", 0, "We collect data."),
        ("paragraph", 0, "We keep it for a year."),
    ]


def test_a_bold_sentence_is_no_heading():
    assert (
        next(kind for kind, _, _ in kept("**We do not sell your personal data to anybody.**\n\nNever."))
        == "paragraph"
    )


def test_html_inside_is_read_as_html():
    assert kept("<div>We collect data.<br>We keep it.</div>\n\n<!-- not shown -->") == [
        ("paragraph", 0, "We collect data."),
        ("paragraph", 0, "We keep it."),
    ]


def test_marks_alone_are_not_kept():
    blocks = read_markdown("We collect data.\n\n---\n\n[a]: https://example.org\n")
    assert [(block.text, block.reason) for block in blocks if not block.keep] == [
        ("---", "stray mark"),
        ("[a]: https://example.org", "markup"),
    ]


def test_what_an_archive_wrote_is_not_kept():
    blocks = read_markdown("> Archived on 3 May 2020 by the Wayback Machine\n\nWe collect data.")
    assert [(block.keep, block.reason) for block in blocks] == [(False, "archive note"), (True, "")]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends(line_end):
    blocks = read_markdown(line_end.join(["# Privacy", "", "We collect data."]))
    assert [(block.line, block.text) for block in blocks] == [(1, "Privacy"), (3, "We collect data.")]


def test_time_grows_with_the_length():
    # A quadratic step would take minutes for these.
    for text in ("[" * 5_000, "*a **b " * 2_000, ">" * 2_000 + " x", "- x\n" * 3_000, "<div>" * 5_000 + "x"):
        assert read_markdown(text)
