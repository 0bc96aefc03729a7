"""HTML: each visible word in one block, the policy found in its page, and pages built to break a parser."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policytools.reading.blocks import Block
from policytools.reading.files import read_document
from policytools.reading.html import read_html, text_lines

SETTINGS = settings(derandomize=True, deadline=None, max_examples=200)
PROSE = "We collect the personal information that you give us when you open an account."
MORE = "We share this personal information with companies that work for us, and with nobody else."


def kept(page: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in read_html(page) if block.keep]


def reasons(page: str) -> dict[str, str]:
    return {block.text: block.reason for block in read_html(page) if not block.keep}


# --- nothing is lost

WORD = "word"  # replaced by the next number, so that all words of a page differ
INLINE = ["b", "strong", "em", "a", "span", "i", "u", "sup", "font"]
BLOCK = ["div", "p", "section", "article", "h1", "h2", "h4", "blockquote", "pre", "header", "footer", "nav", "main",
         "aside", "center", "figure", "details", "summary", "fieldset", "address"]  # fmt: skip


def tree(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(children, min_size=1, max_size=4).map("".join)
    return st.one_of(
        several,
        st.tuples(st.sampled_from(INLINE + BLOCK), several).map(lambda x: f"<{x[0]}>{x[1]}</{x[0]}>"),
        several.map(lambda x: f"<ul><li>{x}</li><li>{WORD} </li></ul>"),
        several.map(lambda x: f"<dl><dt>{WORD} </dt><dd>{x}</dd></dl>"),
        several.map(lambda x: f"<table><tr><td>{x}</td><td>{WORD} </td></tr></table>"),
        several.map(lambda x: f"<div class='site-footer'>{x}</div>"),
        several.map(lambda x: f"<div id='cookie-banner' role='dialog'>{x}</div>"),
        several.map(lambda x: f"<!-- not shown -->{x}<script>var unseen</script><style>.unseen</style>"),
        several.map(lambda x: f"<div>{x}"),  # not closed
        several.map(lambda x: f"<p>{x}</b></p></i>"),  # closed without being open
    )


TREES = st.recursive(
    st.sampled_from([f"{WORD} ", f" {WORD}<br>{WORD} ", f"&nbsp;{WORD}&nbsp;", f"\n{WORD}\n"]),
    tree,
    max_leaves=25,
)


@SETTINGS
@given(TREES)
def test_every_visible_word_lies_in_one_block(page):
    first, *rest = page.split(WORD)
    page = first + "".join(f"w{number}{part}" for number, part in enumerate(rest))
    words = Counter(word for block in read_html(page) for word in block.text.replace("|", " ").split())
    assert words == Counter(f"w{number}" for number in range(len(rest)))


@SETTINGS
@given(st.text(alphabet="<>/&;=\"'!-[]? abdiprtv\n\0\ufeff", max_size=80))
def test_any_markup_is_read(page):
    read_html(page)
    text_lines(page)


# --- kinds


def test_kinds():
    page = f"""<html><body><main><h1>Privacy <i>Policy</i></h1><h2>Data</h2><p>{PROSE}</p><p>{MORE}</p>
    <ul><li>your name<ul><li>your nickname</li></ul></li></ul><p><strong>How We Use It</strong></p><p>{MORE}</p>
    <table><tr><th>Purpose</th><th>Basis</th></tr><tr><td>To answer</td><td>Consent</td></tr></table></main>"""
    blocks = read_html(page)
    assert [(block.kind, block.level, block.text) for block in blocks] == [
        ("heading", 1, "Privacy Policy"),
        ("heading", 2, "Data"),
        ("paragraph", 0, PROSE),
        ("paragraph", 0, MORE),
        ("list_item", 1, "your name"),
        ("list_item", 2, "your nickname"),
        ("heading", 3, "How We Use It"),
        ("paragraph", 0, MORE),
        ("table_row", 0, "Purpose | Basis"),
        ("table_row", 0, "To answer | Consent"),
    ]
    assert {(block.start, block.end) for block in blocks} == {(-1, -1)}


def test_breaks_end_blocks_and_white_space_means_nothing():
    assert kept(f"<div>{PROSE}<br>{MORE.replace(' ', chr(10))}<br><br>  {PROSE}</div>") == [
        ("paragraph", PROSE),
        ("paragraph", MORE),
        ("paragraph", PROSE),
    ]


def test_what_a_browser_does_not_show_is_no_text():
    hidden = "<script>x()</script><style>p{}</style><noscript>n</noscript><template>t</template><!-- c --><svg><text>s</text></svg>"
    assert kept(f"<head><title>t</title></head><body>{hidden}<p>{PROSE}</p><p>{MORE}</p>") == [
        ("paragraph", PROSE),
        ("paragraph", MORE),
    ]


# --- the policy, and the page around it


def test_navigation_banner_and_footer_are_left_out_with_the_reason():
    page = f"""<body><nav><a>Shop</a></nav><div id="onetrust-banner-sdk"><p>We use cookies to make this site work.</p></div>
    <div class="content"><h1>Privacy Policy</h1>{f"<p>{PROSE}</p><p>{MORE}</p>" * 4}</div>
    <footer><a>Imprint</a></footer></body>"""
    assert kept(page)[0] == ("heading", "Privacy Policy")
    assert len(kept(page)) == 9
    assert reasons(page) == {
        "Shop": "navigation",
        "We use cookies to make this site work.": "consent banner",
        "Imprint": "footer",
    }


def test_a_name_does_not_make_the_policy_a_footer():
    page = f"<body><div class='site-footer'><h1>Privacy Policy</h1>{f'<p>{PROSE}</p><p>{MORE}</p>' * 4}</div></body>"
    assert len(kept(page)) == 9


def test_the_heading_beside_the_only_long_paragraph_is_kept():
    assert kept(f"<h1>Privacy Policy</h1><p>{PROSE}</p><ul><li>your name</li></ul>") == [
        ("heading", "Privacy Policy"),
        ("paragraph", PROSE),
        ("list_item", "your name"),
    ]


# --- pages that are large, deep, broken


def words(blocks: list[Block]) -> int:
    return sum(len(block.text.split()) for block in blocks)


@pytest.mark.parametrize("tag", ["div", "b", "span", "section", "ul><li"])
def test_text_under_thousands_of_levels_is_not_lost(tag):
    depth, close = 10_000, "".join(f"</{name}>" for name in reversed(tag.split("><")))
    page = "<html><body>" + f"<{tag}>" * depth + PROSE + " " + MORE + close * depth + "</body></html>"
    assert words(read_html(page)) == len(f"{PROSE} {MORE}".split())


def test_a_sentence_on_each_of_thousands_of_levels():
    blocks = read_html("<body>" + "".join(f"<div>{PROSE}" for _ in range(5_000)))
    assert [block.text for block in blocks] == [PROSE] * 5_000


def test_many_blocks_below_many_levels():
    # Steps for each block and each level around it would be ten million here.
    page = "<body>" + "<div class='nav'>" * 1_000 + f"<p>{PROSE}</p>" * 10_000
    assert len(read_html(page)) == 10_000


def test_one_row_of_very_many_cells():
    page = f"<body><p>{PROSE}</p><table><tr>" + "<td>cell</td>" * 20_000 + "</tr></table>"
    assert words(read_html(page)) >= 20_000 + len(PROSE.split())


def test_null_bytes_and_control_characters():
    page = f"<p>{PROSE[:10]}\0{PROSE[10:]}</p><p>\x01{MORE}</p>"
    assert [text for _, text in kept(page)] == [PROSE, MORE]


@pytest.mark.parametrize(
    "page", ["<", "<html>", "<body></body>", "<!-- -->", "<p></p>", "&nbsp;", "<?xml version='1.0'?>"]
)
def test_pages_without_text_have_no_blocks_that_are_kept(page):
    assert kept(page) in ([], [("paragraph", "<")])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding):
    page = (
        "<html><body>"
        + "<p>We’ll keep your “name” until you’re gone – and the café’s.</p>" * 5
        + "</body></html>"
    )
    blocks = read_document(page.encode(encoding), name="a.html").blocks
    assert {block.text for block in blocks} == {
        "We'll keep your \"name\" until you're gone – and the café's."
    }


def test_characters_are_unified_as_everywhere():
    page = "<p>We&nbsp;don&rsquo;t sell per&shy;sonal in&#xFB01;nite data&hellip; and third&#8209;party&#8203; tools you use.</p>"
    assert [text for _, text in kept(page)] == [
        "We don't sell personal infinite data... and third-party tools you use."
    ]


def test_a_superscript_number_behind_a_full_stop_is_the_mark_of_a_footnote():
    page = "<p>We count visits to page 7.<sup><a href='#n'>1</a></sup> You can object.<sup>[2]</sup></p><p>A room of 5 m<sup>2</sup>.</p>"
    assert [block.text for block in read_html(page)] == [
        "We count visits to page 7.[1] You can object.[2]",
        "A room of 5 m2.",
    ]
