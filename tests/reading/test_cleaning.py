"""Cleaning: text around a policy is marked with its reason, and the whole policy is kept."""

from __future__ import annotations

import pandas as pd
import pytest

from policytools.corpus.corpus import cleaning_account, corpus_from_texts
from policytools.reading.blocks import Block
from policytools.reading.cleaning import (
    REASONS,
    clean,
    is_footer_line,
    is_menu_entry,
    is_title,
    mark_boilerplate,
    separate_documents,
)
from policytools.reading.plain import read_plain
from policytools.text.clauses import is_prose

POLICY = [
    "We collect the personal information that you give us when you open an account.",
    "We use this information to send you what you have ordered and to answer your questions.",
    "We share your personal information with companies that deliver our parcels, and with nobody else.",
    "We keep the information for as long as you have an account with us, and one year more.",
]


def marked(text: str) -> tuple[list[str], dict[str, str]]:
    """Texts kept, and the reason of each that is not."""
    blocks = read_plain(text)
    mark_boilerplate(blocks)
    assert all(bool(block.reason) != block.keep and block.reason in {"", *REASONS} for block in blocks)
    return [block.text for block in blocks if block.keep], {b.text: b.reason for b in blocks if not b.keep}


def test_a_scrape_with_navigation_before_and_a_footer_after():
    menu = ["skip to content.", "home.", "products.", "3d printers.", "support.", "contact us.", "cart."]
    footer = ["follow us.", "facebook.", "instagram.", "© 2024 example ltd. all rights reserved."]
    policy = ["privacy policy.", *map(str.lower, POLICY)]
    kept, left_out = marked("\n".join([*menu, *policy, *footer]))
    assert kept == policy
    assert left_out == dict.fromkeys(menu, "navigation") | dict.fromkeys(footer, "footer")


def test_a_policy_without_anything_around_stays_whole():
    lines = ["Privacy Policy", "Last updated: 1 May 2024", "Example Ltd", *POLICY]
    assert marked("\n\n".join(lines)) == (lines, {})


def test_contact_addresses_and_dates_at_the_end_are_policy():
    end = [
        "How to contact us",
        "Example Ltd",
        "12 High Street, London",
        "privacy@example.org",
        "Effective 1 May 2024",
    ]
    lines = ["Privacy Policy", *POLICY, *end]
    assert marked("\n\n".join(lines)) == (lines, {})


def test_a_table_of_contents_is_policy():
    heads = ["Data we collect", "How we use data", "Sharing", "Contact us"]
    body = [line for pair in zip(heads, POLICY, strict=True) for line in pair]
    lines = ["Privacy Policy", *heads, *body]
    assert marked("\n\n".join(lines)) == (lines, {})


def test_a_text_without_a_sentence_is_left_alone():
    lines = ["Home", "Products", "Cart", "Log in", "© 2024 Example Ltd"]
    assert marked("\n\n".join(lines)) == (lines, {})


def test_marks_that_a_conversion_left():
    kept, left_out = marked("\n\n".join([POLICY[0], "***", "word word word word word", "\u200b·", POLICY[1]]))
    assert kept == POLICY[:2]
    assert set(left_out.values()) == {"stray mark"} and len(left_out) == 3


def test_a_text_that_comes_twice_is_kept_once():
    blocks = [Block("paragraph", text) for text in POLICY * 2]
    clean(blocks)
    assert [block.keep for block in blocks] == [True] * 4 + [False] * 4
    assert {block.reason for block in blocks[4:]} == {"repeated"}


def test_a_copy_may_be_cut_and_pointed_otherwise():
    texts = [f"{text} This is in part {part} – of three." for part in range(3) for text in POLICY]
    copies = [text.replace("–", ",") for text in texts]
    blocks = [Block("paragraph", text) for text in [" ".join(texts[:2]), *texts[2:], *copies]]
    clean(blocks)
    assert [block.reason for block in blocks] == [""] * 11 + ["repeated"] * 12


def test_a_sentence_that_comes_twice_in_a_policy_is_kept():
    blocks = [Block("paragraph", text) for text in [*POLICY, POLICY[0]]]
    assert clean(blocks) == []
    assert all(block.keep for block in blocks)


def test_a_list_that_comes_under_each_purpose_is_kept():
    items = [f"information of sort {sort} that you give us when you use what we offer" for sort in range(6)]
    blocks = []
    for purpose in range(30):
        chosen = [item for sort, item in enumerate(items) if (purpose + sort) % 3]
        blocks += [
            Block("heading", f"Purpose {purpose}"),
            *(Block("list_item", item) for item in chosen[::-1]),
        ]
        blocks.append(
            Block("paragraph", f"For purpose {purpose} we use the information named above as follows.")
        )
    assert clean(blocks) == []
    assert all(block.keep for block in blocks)


@pytest.mark.parametrize("title", ["Data protection and disclaimer", "Privacy and cookies", "Data privacy"])
def test_a_short_title_ends_the_menu(title):
    menu = ["Home", "Products", "Support", "Blog", "Log in"]
    kept, left_out = marked("\n\n".join([*menu, title, "Overview", "For you", *POLICY]))
    assert kept == [title, "Overview", "For you", *POLICY]
    assert left_out == dict.fromkeys(menu, "navigation")


def test_prose_left_out_is_said():
    blocks = [Block("paragraph", text) for text in POLICY] + [
        Block("paragraph", f"{POLICY[0][:-1]}, number {number}.", keep=False, reason="outside the policy")
        for number in range(9)
    ]
    (note,) = clean(blocks)
    assert note.startswith("only ") and note.endswith(
        "of the page's running text was kept; see the blocks left out"
    )


def test_nothing_kept_is_said():
    assert clean([Block("paragraph", "***")]) == ["nothing in the file was kept as policy text"]


# --- several documents on one page


def section(level: int, title: str, n_words: int, *, topic: str) -> list[Block]:
    """A heading and paragraphs with about this number of words in all."""
    sentence = f"We say something on {topic} here that fills a line of this document, number"
    n = -(-n_words // (len(sentence.split()) + 1))
    return [Block("heading", title, level), *(Block("paragraph", f"{sentence} {k}.") for k in range(n))]


def test_other_documents_of_a_page_are_left_out_and_named():
    terms = section(1, "Terms of Service", 1_200, topic="orders")
    privacy = section(1, "Privacy Policy", 900, topic="personal data")
    cookies = section(1, "Cookie Policy", 900, topic="cookies")
    note = separate_documents(terms + privacy + cookies)
    assert note == "several documents on the page; left out: Terms of Service, Cookie Policy"
    assert all(block.keep for block in privacy)
    assert {(block.keep, block.reason) for block in terms + cookies} == {(False, "other document")}


def test_a_section_on_cookies_belongs_to_the_policy():
    privacy = section(1, "Privacy Policy", 900, topic="personal data")
    cookies = section(2, "Cookie Policy", 1_200, topic="cookies")
    assert separate_documents(privacy + cookies) == ""
    assert all(block.keep for block in privacy + cookies)


def test_a_short_word_on_the_terms_makes_no_second_document():
    privacy = section(1, "Privacy Policy", 900, topic="personal data")
    terms = section(1, "Terms of Service", 60, topic="orders")
    assert separate_documents(privacy + terms) == ""
    assert all(block.keep for block in privacy + terms)


# --- what a line is


@pytest.mark.parametrize(
    ("text", "prose", "menu", "footer", "title"),
    [
        (POLICY[0], True, False, False, False),
        ("Contact us", False, True, False, False),
        ("log in.", False, True, False, False),
        ("Privacy Policy", False, True, False, True),
        ("Example Ltd Privacy Notice", False, False, False, True),
        ("© 2024 Example Ltd", False, False, True, False),
        ("All rights reserved", False, False, True, False),
        ("Follow us", False, True, True, False),
        ("12 High Street, London", False, False, False, False),
        ("Last updated: 1 May 2024", False, False, False, False),
    ],
)
def test_lines(text, prose, menu, footer, title):
    assert (is_prose(text), is_menu_entry(text), is_footer_line(text), is_title(text)) == (
        prose,
        menu,
        footer,
        title,
    )


# --- the account


def test_cleaning_account_counts_every_block_once():
    texts = ["\n\n".join([POLICY[0], "***", POLICY[1]]), POLICY[2]]
    corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["b", "a"], "text": texts}))
    account = cleaning_account(corpus)
    assert account.columns.tolist() == ["policy_id", "reason", "n_blocks", "n_words", "share"]
    assert account[["policy_id", "reason", "n_blocks", "n_words", "share"]].values.tolist() == [
        ["b", "", 2, 30, 1.0],
        ["b", "stray mark", 1, 0, 0.0],
        ["a", "", 1, 15, 1.0],
    ]
