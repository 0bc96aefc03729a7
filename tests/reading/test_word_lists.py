"""The lexicon of page furniture: what its signs mean, and that every list can be used."""

from __future__ import annotations

import re
import tomllib

import pytest

from policytools.reading import word_lists
from policytools.reading.word_lists import ANYWHERE, LEXICON_FILE, pattern, phrase_lists

LEXICON = tomllib.loads(LEXICON_FILE.read_text("utf-8"))
TABLES = [table for table in LEXICON if table not in ("blanks", "sets", "html", "language")]


@pytest.mark.parametrize(
    ("phrase", "found", "not_found"),
    [
        ("log in", ["log in", "Log In"], ["login", "log  in"]),
        ("secur*", ["secur", "security"], ["secure it"]),
        ("identif+", ["identify", "identifiable"], ["identif"]),
        ("terms {and} {word}", ["terms and conditions", "terms & uses"], ["terms", "terms or uses"]),
        ("a.b (c)", ["a.b (c)"], ["axb (c)", "a.b c"]),
    ],
)
def test_signs(phrase, found, not_found):
    expression = re.compile(word_lists._expression(phrase), re.IGNORECASE)
    assert all(map(expression.fullmatch, found))
    assert not any(map(expression.fullmatch, not_found))


@pytest.mark.parametrize("table", TABLES)
def test_each_list_is_a_pattern_and_no_phrase_is_written_twice(table):
    for name, phrases in phrase_lists(table).items():
        assert phrases and len(set(phrases)) == len(phrases)
        assert all(phrase == phrase.lower().strip() for phrase in phrases)
        assert not pattern(table, name).search("")
    assert not pattern(table).search("")


def test_all_lists_of_a_table_are_searched_together():
    known = pattern("abroad", frame=ANYWHERE)
    assert known.findall("Datenschutzhinweise und politique de confidentialité") == [
        "Datenschutz",
        "confidentialité",
    ]


def test_all_sets_and_blanks_are_used():
    text = LEXICON_FILE.read_text("utf-8")
    for name in [*LEXICON["sets"], *LEXICON["blanks"]]:
        assert f"{{{name}}}" in text.split("[sets]")[1], name
