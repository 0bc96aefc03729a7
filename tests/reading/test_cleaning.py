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


def test_sections_of_the_rank_of_the_title_belong_to_the_policy():
    policy = section(3, "Privacy Statement", 200, topic="personal data")
    policy += section(3, "What we record", 200, topic="data that we collect")
    policy += section(3, "Opening hours", 60, topic="days on which we are there")
    terms = section(3, "Terms of Use", 500, topic="orders") + section(3, "Liability", 500, topic="damages")
    note = separate_documents(policy + terms)
    assert note == "several documents on the page; left out: Terms of Use"
    assert all(block.keep for block in policy)
    assert not any(block.keep for block in terms)


def test_a_long_section_on_something_else_is_no_part_of_the_policy_before_other_documents():
    policy = section(2, "Privacy Policy", 300, topic="personal data")
    bounty = section(2, "Bug bounty", 400, topic="rewards")
    assert separate_documents(policy + bounty + section(2, "Terms of Service", 900, topic="orders"))
    assert all(block.keep for block in policy) and not any(block.keep for block in bounty)


def test_terms_around_a_short_policy_are_left_out():
    terms = section(2, "Terms and Conditions", 1_500, topic="orders")
    privacy = section(2, "Privacy Notice", 150, topic="personal data")
    assert separate_documents(terms + privacy).endswith("left out: Terms and Conditions")
    assert all(block.keep for block in privacy)


# --- copies


def titled(n_sections: int, *, edited: str = "") -> list[Block]:
    """Sections with prose of their own and a list that all of them have."""
    blocks = []
    for number in range(n_sections):
        blocks.append(Block("heading", f"Section {number}", 2))
        blocks += [Block("paragraph", f"{text[:-1]}{edited} in case {number}.") for text in POLICY]
        blocks += [
            Block("list_item", item) for item in ["a name and an address", "Yes", "a device and its address"]
        ]
    return blocks


def test_nothing_is_taken_from_the_first_copy():
    current, former = titled(8), titled(8)
    former[20].text = "We have changed this sentence of the policy since the former version was published."
    blocks = [*current, Block("heading", "Former version", 1), *former]
    clean(blocks)
    assert all(block.keep for block in current)
    assert {block.reason for block in former} == {"repeated"}


def test_an_overview_in_each_overlay_is_kept_once():
    def overview() -> list[Block]:
        return [
            Block(kind, text)
            for number in range(6)
            for kind, text in [
                ("heading", f"Topic {number}"),
                ("paragraph", f"Here you read about topic {number}."),
            ]
        ]

    overlays = [
        [Block("paragraph", f"{text[:-1]} on day {day} ({n}).") for n in range(9) for text in POLICY]
        for day in range(5)
    ]
    copies = [overview() for _ in overlays]
    blocks = [
        *overview(),
        *(block for pair in zip(overlays, copies, strict=True) for part in pair for block in part),
    ]
    clean(blocks)
    assert all(block.keep for part in overlays for block in part)
    assert {block.reason for part in copies for block in part} == {"repeated"}


# --- the end of a page


def test_rows_of_data_and_dates_behind_the_last_sentence_are_no_footer():
    rows = [
        Block("table_row", text) for text in ["Newsletter list | E-mail | Yes", "Parcel data | Address | No"]
    ]
    links = [Block("table_row", "Home | Contact us | Careers"), Block("paragraph", "© 2020 Example Ltd")]
    date = Block("paragraph", "Last updated: May 2020")
    blocks = [Block("paragraph", text) for text in POLICY] + [links[1], *rows, date, links[0]]
    mark_boilerplate(blocks)
    assert all(block.keep for block in [*rows, date])
    assert [block.reason for block in links] == ["footer", "footer"]


# --- what is kept and is no policy


def test_much_other_text_is_said():
    story = [
        Block("paragraph", f"The boat left the harbour of island {n} with the tide, and the cook sang.")
        for n in range(40)
    ]
    policy = [Block("paragraph", f"{text[:-1]} ({n}).") for n in range(12) for text in POLICY]
    assert clean(policy) == []
    (note,) = clean(policy[:30] + story + policy[30:])
    assert note.startswith("about 4") and "% of the kept text does not read like a privacy policy" in note


def test_a_text_in_another_language_is_not_cleaned_by_rules_for_english():
    german = (
        "Wir verarbeiten Ihre Daten, um Ihnen die bestellte Ware zu liefern und Ihre Fragen zu beantworten."
    )
    lines = ["Home", "Products", "Cart", "Log in", german, POLICY[0], german, german, "© 2020", "Contact us"]
    blocks = [Block("paragraph", text) for text in lines]
    assert clean(blocks) == [] and all(block.keep for block in blocks)


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
