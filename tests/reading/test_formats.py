"""The same policy as web page, Markdown and plain text: the same blocks, the same units."""

from __future__ import annotations

import pytest

from policytools.reading.blocks import Block, join_printed
from policytools.reading.cleaning import clean
from policytools.reading.files import decode, read_document
from policytools.text.sentences import block_units

NAME = "We collect your name and your address when you open an account with us."
SENTENCE = "We collect the name that you give us when you open an account and we keep it for one year."
SALE = "We never sell your personal data to anybody, and we keep it safe."

CASES = {
    "headings that are bold paragraphs": (
        f"<p><strong>Who we are</strong></p><p>{NAME}</p><div><b>We sell no data</b></div><div>{NAME} {SALE}</div>",
        f"**Who we are**\n\n{NAME}\n\n**We sell no data**\n\n{NAME} {SALE}",
        f"Who we are\n\n{NAME}\n\nWe sell no data\n\n{NAME} {SALE}",
        ["heading", "paragraph", "heading", "paragraph"],
    ),
    "a statement that is stressed is no heading": (
        f"<p>{SALE}</p><p><b>You are in control</b></p><p><b>Learn more</b></p><p>{NAME}</p>",
        f"{SALE}\n\n**You are in control**\n\n**Learn more**\n\n{NAME}",
        f"{SALE}\n\nYou are in control\n\nLearn more\n\n{NAME}",
        ["paragraph", "paragraph", "heading", "paragraph"],
    ),
    "lines parted by br": (
        f"<p><b>What we collect</b><br>{NAME}<br><br>{SALE}</p>",
        f"**What we collect**  \n{NAME}<br><br>{SALE}",
        f"What we collect\n{NAME}\n\n{SALE}",
        ["heading", "paragraph", "paragraph"],
    ),
    "a list of definitions": (
        f"<dl><dt>Session cookies</dt><dd>{NAME}</dd><dt>Log files</dt><dd>{SALE}</dd></dl>",
        f"**Session cookies**\n\n{NAME}\n\n**Log files**\n\n{SALE}",
        f"Session cookies\n{NAME}\nLog files\n{SALE}",
        ["heading", "paragraph", "heading", "paragraph"],
    ),
    "nested lists": (
        (
            "<p>We use data to:</p><ul><li>open accounts<ul><li>for you</li><li>for firms</li></ul></li>"
            f"<li>send bills</li></ul><p>{SALE}</p>"
        ),
        f"We use data to:\n\n* open accounts\n    * for you\n    * for firms\n* send bills\n\n{SALE}",
        f"We use data to:\n\n- open accounts\n  - for you\n  - for firms\n- send bills\n\n{SALE}",
        ["paragraph", *["list_item"] * 4, "paragraph"],
    ),
    "bold labels of list items": (
        f"<p>{SALE}</p><ul><li><b>Names</b></li><li><b>Addresses</b>: {NAME}</li></ul>",
        f"{SALE}\n\n* **Names**\n* **Addresses**: {NAME}",
        f"{SALE}\n\n- Names\n- Addresses: {NAME}",
        ["paragraph", "list_item", "list_item"],
    ),
    "lettered items": (
        f"<p>{SALE}</p><ol type='a'><li>your name;</li><li>your address.</li></ol><p>{NAME}</p>",
        f"{SALE}\n\na. your name;\n\nb. your address.\n\n{NAME}",
        f"{SALE}\n\na. your name;\nb. your address.\n\n{NAME}",
        ["paragraph", "list_item", "list_item", "paragraph"],
    ),
    "a table, with paragraphs in its cells": (
        (
            f"<p>{SALE}</p><table><tr><th>Cookie</th><th>Purpose</th></tr><tr><td><p>_ga</p></td><td><p>{NAME}</p></td></tr>"
            "<tr><td>sid</td><td>log in</td></tr></table>"
        ),
        f"{SALE}\n\n| Cookie | Purpose |\n| --- | --- |\n| _ga | {NAME} |\n| sid | log in |",
        f"{SALE}\n\nCookie | Purpose\n_ga | {NAME}\nsid | log in",
        ["paragraph", "table_row", "table_row", "table_row"],
    ),
}


def read(text: str, name: str) -> list:
    blocks = read_document(text.encode(), name=name).blocks
    clean(blocks)
    return [block for block in blocks if block.keep]


@pytest.mark.parametrize("case", CASES)
def test_the_same_blocks(case):
    page, markdown, text, kinds = CASES[case]
    found = [
        [
            (block.kind, block.level if block.kind == "list_item" else 0, block.text)
            for block in read(source, name)
        ]
        for source, name in [
            (f"<!doctype html><html><body><main>{page}</main></body></html>", "a.html"),
            (markdown, "a.md"),
            (text, "a.txt"),
        ]
    ]
    assert [kind for kind, _, _ in found[0]] == kinds
    assert found[0] == found[1] == found[2]


UNITS = {
    "numbered clauses": (
        f"<h2>1. Data</h2><p>1.1 {NAME}</p><p>1.1.1 {SALE}</p>",
        f"## 1. Data\n\n1.1 {NAME}\n\n1.1.1 {SALE}",
        f"1. Data\n\n1.1 {NAME}\n\n1.1.1 {SALE}",
        ["heading", "sentence", "sentence"],
    ),
    "questions and answers": (
        f"<p>Do you sell my data?</p><p>{SALE}</p><p>What do you collect?</p><p>{NAME}</p>",
        f"Do you sell my data?\n\n{SALE}\n\nWhat do you collect?\n\n{NAME}",
        f"Do you sell my data?\n\n{SALE}\n\nWhat do you collect?\n\n{NAME}",
        ["heading", "sentence", "heading", "sentence"],
    ),
    "capitals": (
        f"<h2>DATA</h2><p>{NAME.upper()}</p><p>{SALE.upper()}</p>",
        f"## DATA\n\n{NAME.upper()}\n\n{SALE.upper()}",
        f"DATA\n\n{NAME.upper()}\n\n{SALE.upper()}",
        ["heading", "sentence", "sentence"],
    ),
    "labels of purposes": (
        f"<p>To comply with the law. {NAME}</p><p><b>To keep you safe</b></p><p>{SALE}</p>",
        f"To comply with the law. {NAME}\n\n**To keep you safe**\n\n{SALE}",
        f"To comply with the law. {NAME}\n\nTo keep you safe\n\n{SALE}",
        ["heading", "sentence", "heading", "sentence"],
    ),
}


@pytest.mark.parametrize("case", UNITS)
def test_the_same_units(case):
    page, markdown, text, kinds = UNITS[case]
    for source, name in [
        (f"<html><body>{page}</body></html>", "a.html"),
        (markdown, "a.md"),
        (text, "a.txt"),
    ]:
        units = [kind for block in read(source, name) for kind, _, _ in block_units(block.kind, block.text)]
        assert units == kinds, name


PRINTED = [
    f"Clause {number} says that we collect the name and the address that you give us when you\n"
    "open an account with us, and that we keep both for as long as the account exists and as\n"
    "we must by law, that is for ten years."
    for number in range(8)
]


def test_printed_lines_that_became_paragraphs_are_put_together():
    lines = "\n".join(PRINTED).split("\n")
    whole = [paragraph.replace("\n", " ") for paragraph in PRINTED]
    page = "<html><body>" + "".join(f"<p>{line}</p>" for line in lines) + "</body></html>"
    for source, name in [(page, "a.html"), ("\n\n".join(lines), "a.md"), ("\n\n".join(lines), "a.txt")]:
        assert [block.text for block in read(source, name)] == whole, name


def test_items_in_lower_case_are_no_printed_lines():
    items = [
        f"the name and the address that you give us when you open an account, number {n}" for n in range(12)
    ]
    blocks = read("\n".join(f"* {item}" for item in items), "a.md")
    assert [block.text for block in join_printed(blocks)] == items
    assert [block.text for block in read("\n".join(f"- {item}" for item in items), "a.txt")] == items


@pytest.mark.parametrize("ending", ["txt", "md", "html"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_windows_1252_with_curly_quotes(ending, end):
    text = end.join(["“We don’t sell” – it’s Zoë’s à la carte café…", "", f"{NAME} {SALE} {NAME}"])
    markup = f"<p>{text.replace(end + end, '</p><p>')}</p>" if ending == "html" else text
    blocks = read_document(markup.encode("cp1252"), name=f"a.{ending}").blocks
    assert [block.text for block in blocks] == [
        "\"We don't sell\" – it's Zoë's à la carte café...",
        f"{NAME} {SALE} {NAME}",
    ]


def test_blocks_of_all_formats_are_alike():
    text = (
        "Privacy Policy\n\nWe don’t sell your per\u00adsonal data.\n\n- your name\n- your address\n\n"
        + SENTENCE
    )
    html = (
        "<h1>Privacy Policy</h1><p>We don’t sell your per&shy;sonal data.</p><ul><li>your name</li>"
        f"<li>your address</li></ul><p>{SENTENCE}</p>"
    )
    markdown = text.replace("Privacy Policy", "# Privacy Policy")

    def shape(data: str, name: str) -> list[tuple[str, str]]:
        blocks: list[Block] = read_document(data.encode(), name=name).blocks
        return [(block.kind, block.text) for block in blocks if block.keep]

    assert shape(text, "a.txt") == shape(html, "a.html") == shape(markdown, "a.md")


@pytest.mark.parametrize("mark", ["a.", "(b)", "c)", "iv.", "(ii)", "•", "–"])
def test_the_mark_of_an_item_is_text_in_no_format(mark):
    item = f"{mark} information that you give us, such as your name;"
    files = {
        "a.txt": f"{SENTENCE}\n\n{item}\n\n{SENTENCE}",
        "a.md": f"{SENTENCE}\n\n{item}\n\n{SENTENCE}",
        "a.html": f"<p>{SENTENCE}</p><p>{item}</p><p>{SENTENCE}</p>",
    }
    for name, data in files.items():
        texts = [block.text for block in read_document(data.encode(), name=name).blocks if block.keep]
        assert texts == [SENTENCE, "information that you give us, such as your name;", SENTENCE], name


def read_as_lines(lines: list[str]) -> list[list[tuple[str, str]]]:
    """Kinds and texts of some paragraphs as plain text and twice as Markdown and HTML: alone and as lines of one."""
    files = {
        "a.txt": "\n".join([SENTENCE, *lines, SENTENCE]),
        "a.md": "\n\n".join([SENTENCE, *lines, SENTENCE]),
        "b.md": f"{SENTENCE}\n\n{chr(10).join(lines)}\n\n{SENTENCE}",
        "a.html": "".join(f"<p>{line}</p>" for line in [SENTENCE, *lines, SENTENCE]),
        "b.html": f"<p>{SENTENCE}</p><p>{'<br>'.join(lines)}</p><p>{SENTENCE}</p>",
    }
    read = [read_document(data.encode(), name=name).blocks for name, data in files.items()]
    return [[(block.kind, block.text) for block in blocks[1:-1]] for blocks in read]


@pytest.mark.parametrize("mark", ["·", "✓", "➢", "-", "–", "*"])
def test_a_mark_that_is_glued_to_its_item(mark):
    items = ["to answer your questions", "To keep your account safe", '"cookies" that are needed']
    expected = [("list_item", item) for item in items]
    assert read_as_lines([mark + item for item in items]) == [expected] * 5
    if mark == "·":  # where the space was lost in one item only
        assert read_as_lines([f"{mark} {items[0]}", mark + items[1]]) == [expected[:2]] * 5


@pytest.mark.parametrize(
    "lines",
    [
        ["-20 degrees at most", "-5 degrees at least"],
        ["*without taxes that you owe"],
        ["-only by e-mail -only"],
    ],
)
def test_a_dash_of_a_number_or_a_note_is_text(lines):
    for blocks in read_as_lines(lines):
        assert {kind for kind, _ in blocks} == {"paragraph"}
        assert " ".join(text for _, text in blocks) == " ".join(lines)


def test_another_code_page_is_not_taken_for_windows_1252():
    text = "Мы собираем ваше имя и адрес, когда вы открываете счёт. " * 5
    assert decode(text.encode("cp1251"), name="a.txt")[0] == text
