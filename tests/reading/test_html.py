"""HTML: each visible word in one block, the policy found in its page, and pages built to break a parser."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policytools.reading.blocks import Block
from policytools.reading.files import read_document
from policytools.reading.html import read_html, text_lines
from policytools.text.normalise import normalise

SETTINGS = settings(derandomize=True, deadline=None, max_examples=200)
PROSE = "We collect the personal information that you give us when you open an account."
MORE = "We share this personal information with companies that work for us, and with nobody else."


def kept(page: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in read_html(page)[0] if block.keep]


def reasons(page: str) -> dict[str, str]:
    return {block.text: block.reason for block in read_html(page)[0] if not block.keep}


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
    words = Counter(word for block in read_html(page)[0] for word in block.text.replace("|", " ").split())
    assert words == Counter(f"w{number}" for number in range(len(rest)))


# Each page shows "seen" and nothing else in a browser.
SHOWN = {
    "behind embed": "<div><embed src='x.swf'>seen</div>",
    "in foreignObject": "<svg><foreignObject><p>seen</p></foreignObject></svg>",
    "in svg text": "<svg><title>{hidden}</title><text>seen</text></svg>",
    "in a CDATA section": "<svg><text><![CDATA[seen]]></text></svg>",
    "in a formula": "<math><mtext>seen</mtext><annotation>{hidden}</annotation></math>",
    "in a frame": "<iframe srcdoc='&lt;body>&lt;p>seen&lt;/p>'>{hidden}</iframe>",
    "in a frame in a frame": "<iframe srcdoc='<iframe srcdoc=&quot;seen&quot;></iframe>'></iframe>",
    "in a shadow root": "<x-card><template shadowrootmode=closed><p>seen</p></template></x-card>",
    "behind a template": "<template><td>{hidden}</td></template>seen",
    "behind scripts": "<body><noscript>{hidden}</noscript><script>if (a<b) '<p>'</script>seen",
    "behind an empty head": "<head/>seen",
    "behind an empty script": "<script src='a.js'/><title/>seen",
    "in a list of options": "<select><optgroup><option>seen</select>",
    "in a text field": "<textarea>seen</textarea>",
    "instead of an object": "<object data='a.pdf'><p>seen</p></object>",
    "in a closed section": "<details><summary></summary>seen</details>",
    "in a closed dialog": "<dialog><p>seen</p></dialog>",
    "instead of a video": "<video>{hidden}</video><canvas>{hidden}</canvas>seen",
    "in a table, outside the cells": "<table>seen<tr></table>",
    "behind the page": "<body></body></html>seen",
    "beside frames": "<frameset><frame src=a><noframes><p>{hidden}</p></noframes></frameset>seen",
    "as plain text": "<plaintext>seen",
    "behind a comment that ends at once": "<!-->seen<!-- x -->",
    "around what is no tag": "se<!-- x -->e</'x'><!x><?x?>n",
    "behind an attribute with signs": "<p title='a > b' class=x<y>seen",
    "in a heading that is not closed": "<h2>" + "<div>" * 5 + "seen",
    "in elements with odd names": "<o:p>se</o:p><x$y>en</x$y>",
    "with a character that no element can hold": "se&#1;e\x02n",
}


@pytest.mark.parametrize("place", SHOWN)
def test_text_is_found_in_every_place(place):
    blocks, notes = read_html(SHOWN[place].replace("{hidden}", "unseen"))
    texts = [block.text for block in blocks if block.reason != "hidden"]
    assert (texts, notes) == (["seen"], [])
    assert {block.text for block in blocks if block.reason == "hidden"} <= {"unseen"}


def test_what_stands_beside_a_sentence_does_not_cut_it():
    icon = "<svg><title>opens a new window</title><path d='M0'/></svg><noscript><img src=a>Image</noscript>"
    blocks, _ = read_html(
        f"<p>{PROSE}</p><p>Write to <a href=#>our office{icon}</a> in Ghent at any time.</p>"
    )
    assert [(block.text, block.reason) for block in blocks] == [
        (PROSE, ""),
        ("Write to our office in Ghent at any time.", ""),
        ("opens a new window", "hidden"),
        ("Image", "hidden"),
    ]


def test_text_that_is_lost_is_reported(monkeypatch):
    monkeypatch.setattr(
        "policytools.reading.html.normalise", lambda text: "" if "lost" in text else normalise(text)
    )
    assert read_html(f"<p>{PROSE}</p><p>nine lost words</p>")[1] == ["3 words of the page could not be read"]


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
    blocks, _ = read_html(page)
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
    hidden = "<script>x()</script><style>p{}</style><noscript>n</noscript><template>t</template><!-- c --><svg><title>s</title></svg>"
    assert kept(f"<head><title>t</title></head><body>{hidden}<p>{PROSE}</p><p>{MORE}</p>") == [
        ("paragraph", PROSE),
        ("paragraph", MORE),
    ]


@pytest.mark.parametrize(
    "head",
    [
        "<h3><button aria-expanded=false>{}</button></h3>",
        "<h3>1. <button><span>{}</span></button></h3>",
        "<h3><div class=row><p>{}</p></div></h3>",
        "<button><h3>{}</h3></button>",
        "<div role=button tabindex=0><h3>{}</h3></div>",
        "<h3 role=button>{}</h3>",
        "<div role=heading aria-level=3>{}</div>",
        "<div role=heading aria-level=3><button>{}</button></div>",
        "<details><summary><h3>{}</h3></summary></details>",
        "<details><summary>{}</summary></details>",
        "<details><summary><div><span>{}</span></div></summary></details>",
    ],
)
def test_headings_of_sections_that_unfold(head):
    page = f"<h1>Privacy Policy</h1><p>{PROSE}</p>{head.format('Data We Share')}<p>{MORE}</p><p>{PROSE}</p>"
    blocks, _ = read_html(page)
    found = [(block.kind, block.level, block.text.removeprefix("1. ")) for block in blocks if block.keep]
    assert found[2] == ("heading", 3, "Data We Share") and len(found) == 5 == len(blocks)


def test_a_button_beside_a_heading_is_no_part_of_it():
    page = (
        f"<h1>Privacy Policy</h1><p>{PROSE}</p><h2>Data We Share <button>Copy link</button></h2><p>{MORE}</p>"
    )
    assert kept(page)[2] == ("heading", "Data We Share")
    assert reasons(page) == {"Copy link": "navigation"}


def test_a_heading_that_is_not_closed_is_not_the_whole_page():
    page = f"<h2>Privacy Policy{f'<p>{PROSE}</p><p>{MORE}</p>' * 3}"
    assert [kind for kind, _ in kept(page)] == ["heading"] + ["paragraph"] * 6


def test_lines_are_those_of_the_file():
    page = (
        "<html>\n<!-- a\n comment -->\n<script>\n'<p>'\n</script>\n<body>\n<p\n class='a\nb'>One.</p><template>\n"
        "</template>\n<p>Two.<table>\n<tr>\n<td>Three.\n</table><b>\n<p>Four."
    )
    assert [(block.text, block.line) for block in read_html(page)[0]] == [
        ("One.", 8),
        ("Two.", 12),
        ("Three.", 14),
        ("Four.", 16),
    ]
    frame = "\n\n<iframe srcdoc='<p>Four.</p>\n<p>Five.</p>'></iframe><noscript>\n<p>Six."
    assert [block.line for block in read_html(frame)[0]] == [3, 4, 5]
    far = "<p>Near.</p>" + "\n" * 100_000 + "<p>Far.</p>"
    assert [block.line for block in read_html(far)[0]] == [1, 100_001]


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


@pytest.mark.parametrize("tag", ["div", "b", "span", "section", "ul><li", "noscript", "button", "h2><div"])
def test_text_under_thousands_of_levels_is_not_lost(tag):
    depth, close = 10_000, "".join(f"</{name}>" for name in reversed(tag.split("><")))
    page = "<html><body>" + f"<{tag}>" * depth + PROSE + " " + MORE + close * depth + "</body></html>"
    assert words(read_html(page)[0]) == len(f"{PROSE} {MORE}".split())


def test_a_sentence_on_each_of_thousands_of_levels():
    blocks, _ = read_html("<body>" + "".join(f"<div>{PROSE}" for _ in range(5_000)))
    assert [block.text for block in blocks] == [PROSE] * 5_000


def test_many_blocks_below_many_levels():
    # Steps for each block and each level around it would be ten million here.
    page = "<body>" + "<div class='nav'>" * 1_000 + f"<p>{PROSE}</p>" * 10_000
    assert len(read_html(page)[0]) == 10_000


@pytest.mark.parametrize(
    "piece",
    ["<p><font size={}>w ", "<b><p>w ", "<table><tr><td>w ", "<x{}>w ", "<select><option>w ", "w <!-- -->"],
)
def test_markup_that_makes_parsers_slow(piece):
    # The standard repeats each open font element in each paragraph: a hundred million elements here.
    blocks, notes = read_html("".join(piece.format(number) for number in range(10_000)))
    assert (words(blocks), notes) == (10_000, [])


def test_one_row_of_very_many_cells():
    page = f"<body><p>{PROSE}</p><table><tr>" + "<td>cell</td>" * 20_000 + "</tr></table>"
    assert words(read_html(page)[0]) >= 20_000 + len(PROSE.split())


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


def test_marks_alone_are_no_lost_words():
    assert read_html(f"<p>{PROSE}</p><p>We keep \u00ad your \u200d name.</p>")[1] == []


def test_a_superscript_number_behind_a_full_stop_is_the_mark_of_a_footnote():
    page = "<p>We count visits to page 7.<sup><a href='#n'>1</a></sup> You can object.<sup>[2]</sup></p><p>A room of 5 m<sup>2</sup>.</p>"
    assert [block.text for block in read_html(page)[0]] == [
        "We count visits to page 7.[1] You can object.[2]",
        "A room of 5 m2.",
    ]


def test_a_declaration_that_is_no_comment_hides_nothing_behind_it():
    page = f"<!doctype html><p>{PROSE}</p><p><![CDATA[<?>We keep your name.</p>"
    assert [block.text for block in read_html(page)[0]] == [PROSE, "We keep your name."]
