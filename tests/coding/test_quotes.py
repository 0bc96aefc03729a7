"""Quoted words: whether they occur in a policy, and where."""

from __future__ import annotations

import pandas as pd
import pytest

from policytools.coding.quotes import MAX_QUOTE, TextPlaces, check_evidence, quote_of, span_in_quote

SENTENCES = pd.DataFrame(
    [
        ("a", 0, 0, "Cookies"),
        ("a", 1, 1, "We use cookies, and other sites set cookies too."),
        ("a", 1, 2, "We do not respond to Do Not Track signals."),
        ("b", 0, 0, "We like cake."),
    ],
    columns=["policy_id", "block_id", "sentence_id", "text"],
)


def by_hand(*rows):
    return pd.DataFrame(rows, columns=["policy_id", "item", "coder", "code", "evidence"])


def test_evidence_must_occur_in_the_text():
    good = by_hand(
        ("a", "cookies", "A", 1, "we  use COOKIES\u2014and other sites | Do\u2011Not\u2011Track signals"),
        ("a", "do_not_track", "A", 1, "We do not respond ... signals."),
        ("b", "cookies", "A", 0, None),
    )
    check_evidence(good, SENTENCES)
    bad = by_hand(("a", "cookies", "A", 1, "We use cookies"), ("b", "cookies", "A", 1, "We use cookies"))
    with pytest.raises(ValueError, match="row 2: evidence does not occur in the text of b/cookies: 'We use"):
        check_evidence(bad, SENTENCES)


def places():
    blocks = pd.DataFrame({"block_id": [0, 1], "text": ["Cookies", " ".join(SENTENCES["text"][1:3])]})
    return TextPlaces(blocks, SENTENCES[SENTENCES["policy_id"] == "a"])


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("we USE cookies", ["We use cookies"]),
        ("use cookies || Track signals", ["use cookies", "Track signals"]),
        ("We do not respond ... signals", ["We do not respond", "signals"]),
        ("res pond", ["respond"]),  # split by a layout
        ("Cookies We use", ["Cookies", "We use"]),  # runs over two blocks
    ],
)
def test_places_of_a_quote(quote, found):
    text = places()
    assert [text.texts[block][start:end] for block, start, end in text.find(quote)] == found


def test_a_quote_that_does_not_occur_has_no_places():
    assert places().find("We sell cookies") is None
    assert places().find("We use ... cake") is None
    assert places().find("") == []


def test_a_place_leads_to_the_start_of_its_sentence():
    text = places()
    [(block, start, _)] = text.find("Do Not Track")
    assert text.anchor(block, start) == (1, text.texts[1].index("We do not respond"))


def test_a_sentence_is_quoted_whole_and_a_longer_unit_around_the_evidence():
    assert quote_of("x" * MAX_QUOTE, 1500) == "x" * MAX_QUOTE
    words = [f"word{n}" for n in range(3000)]
    text = " ".join(words)
    for word in ("word0", "word1", "word140", "word141", "word142", "word1500", "word2860", "word2999"):
        start = f" {text} ".index(f" {word} ")
        quote = quote_of(text, start)
        begin, end = span_in_quote(quote, start, start + len(word))
        assert len(quote) <= MAX_QUOTE and quote[begin:end] == word
        passage = quote.replace("[…]", "").strip()
        assert passage in text and set(passage.split()) <= set(words)  # cut between words
        assert quote.startswith("[…] ") == (not text.startswith(passage))
        assert quote.endswith(" […]") == (not text.endswith(passage))


def test_a_long_unit_without_blanks_is_cut_inside_it():
    text = "-" * 5000 + "cookies" + "-" * 5000
    quote = quote_of(text, 5000)
    assert len(quote) <= MAX_QUOTE
    assert quote[slice(*span_in_quote(quote, 5000, 5007))] == "cookies"
    begin, end = span_in_quote(quote, 5000, 10_000)
    assert (begin, end) == (1000, len(quote))


def test_cut_quotes_are_found_in_their_text():
    text = (
        "We use cookies here and there, " * 2000 + "and we sell your name to brokers, " + "and so on, " * 2000
    )
    sentences = pd.DataFrame({"policy_id": ["a"], "sentence_id": [3], "text": [text], "block_id": [0]})
    start = text.index("sell")
    by_hand = pd.DataFrame({"policy_id": ["a"], "item": ["sale"], "evidence": [quote_of(text, start)]})
    check_evidence(by_hand, sentences)
    places = TextPlaces(pd.DataFrame({"block_id": [0], "text": [text]}), sentences)
    [(block, first, last)] = places.find(by_hand["evidence"][0])
    assert block == 0 and first < start < last
