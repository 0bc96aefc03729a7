"""Markdown: each line is in a block, and the marks of the format are removed."""

from __future__ import annotations

import html
import itertools
import re
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policytools.reading.files import read_document
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
def test_every_character_that_is_not_blank_lies_in_one_place(text):
    spans = sorted({(block.start, block.end) for block in read_markdown(text)})
    assert all(0 <= start <= end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
    outside = [
        text[end:start] for (_, end), (start, _) in itertools.pairwise([(0, 0), *spans, (len(text), 0)])
    ]
    assert not "".join(outside).replace("\0", "").strip()


WRITTEN = {  # Markdown with {n} for a line end, and the words of its blocks
    "# Data &amp; you": ["Data & you"],
    "We keep{n}your naïve\0 data{n}for a *year*.": ["We keep your naïve data for a year."],
    "- one{n}- two{n}  and more{n}{n}  Inside": ["one", "two and more", "Inside"],
    "Caf\u00e9 Ltd  {n}12 Low\tStreet\\{n}York<br>UK": ["Café Ltd", "12 Low Street", "York", "UK"],
    "    indented 漢{n}\ttwice": ["indented 漢 twice"],
    "> quoted{n}> text": ["quoted text"],
    "|a|b|{n}|-|-|{n}|&lt;c|\U0001f600d|": ["a | b", "<c | \U0001f600d"],
    "```{n}code 1{n}code 2{n}```": ["code 1", "code 2"],
    "<p>We sell{n}nothing.</p>": ["We sell nothing."],
    "Title{n}=====": ["Title"],
}


@SETTINGS
@given(
    st.lists(st.sampled_from(list(WRITTEN)), min_size=1, max_size=8),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_places_are_those_of_the_decoded_file(written, line_end, encoding):
    text = f"{line_end}{line_end}<!-- -->{line_end}{line_end}".join(written).replace("{n}", line_end)
    blocks = [block for block in read_document(text.encode(encoding), name="a.md").blocks if block.keep]
    assert [block.text for block in blocks] == [words for key in written for words in WRITTEN[key]]
    for block in blocks:
        source = html.unescape(text[block.start : block.end]).replace("\0", "")
        assert "".join(re.findall(r"\w", block.text)) in "".join(re.findall(r"\w", source))
        assert text[: block.start].replace("\r\n", "\n").replace("\r", "\n").count("\n") == block.line - 1


def test_printed_lines_that_are_joined_have_the_place_of_all():
    sentence = "we keep all the data that you give us for the time of the contract, and then we delete it, except for bills "
    lines = textwrap.wrap("Also " + sentence * 12, 80)
    text = "\r\n\r\n".join(["# Privacy", *lines])
    joined = read_document(text.encode(), name="a.md").blocks[1]
    assert joined.text == " ".join(lines)
    assert text[joined.start : joined.end].split() == joined.text.split()


@pytest.mark.parametrize(
    "opening",
    [
        "<!--",
        "<!-- note",
        "<script>",
        '<Script src="a.js">',
        "<style type=a>",
        "<textarea>",
        "<?php",
        "<![CDATA[",
    ],
)
@pytest.mark.parametrize("before", ["", "We sell nothing. ", "<div>", "- "])
def test_text_behind_a_mark_that_is_never_closed_is_read(before, opening):
    shown = "".join(
        text
        for _, _, text in kept(f"<!-- a --><script>b</script>\n\n{before}{opening}\nWe keep data.\n\n# More")
    )
    assert "We keep data." in shown and "More" in shown and "b" not in shown[:1]


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
