"""Fast matching against plain matching: the same places, whatever the phrase and the text; bounded time."""

from __future__ import annotations

import gc
import time

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policytools.coding.codebook import Codebook, Rule, load_codebook
from policytools.coding.coverage import code_sentences
from policytools.coding.matching import Matcher, Text
from policytools.coding.phrases import Grammar, PhraseError, normalize

GROUPS = {
    "g": ["aa", "bb cc", "opt-out", "aa .. cc"],
    "h": ["{g} dd?", "organize~", "l.l.c.", "(bb|we're) aa"],
    "k": ["{g}", "{number}", "{email}"],
}
WORDS = ["aa", "bb", "cc", "dd", "aab", "s", "opt-out", "we're", "organize", "e.g", "l.l.c.", "no.", "&", "a-b-c", "a/s"]  # fmt: skip


def _bracket(inner):
    return st.lists(inner, min_size=1, max_size=3).map(lambda options: f"({'|'.join(options)})")


def _with_sign(part):
    return st.tuples(part, st.sampled_from(["", "", "", "?", "~", "*"])).map("".join)


SMALL = st.one_of(
    st.sampled_from(WORDS), st.sampled_from(["{g}", "{h}", "{k}", "{number}", "{date}", "{url}", "*"])
)
PART = st.one_of(
    SMALL, _with_sign(SMALL), _with_sign(_bracket(st.lists(SMALL, min_size=1, max_size=2).map(" ".join)))
)
GAP = st.sampled_from(["", "", "", "..", "..1", "..15"])
PHRASE = st.tuples(
    st.sampled_from(["", "", "", "^"]),
    st.lists(st.tuples(PART, GAP), min_size=1, max_size=4),
    st.sampled_from(["", "", "", "$"]),
).map(lambda made: " ".join([made[0], *(piece for pair in made[1] for piece in pair), made[2]]))

RUNS = ["aa", "bb", "cc", "dd", "aab", "s", "opt", "out", "optout", "ab", "a", "b", "c", "we", "re", "organise", "organized",
        "e", "g", "l", "12", "two", "forty-five", "3 May 2020", "x@y.org", "www.a.com", "l.l.c.", "no.", "no", "ing",
        "&"]  # fmt: skip
BETWEEN = [" ", " ", " ", " ", "'", "'s ", "\u2019", "-", ", ", " - - -", "........", "\n", ".", "/", "", ". ", "..", " .", "  ",
           "......", ".)"]  # fmt: skip
TEXT = st.lists(st.tuples(st.sampled_from(RUNS), st.sampled_from(BETWEEN)), max_size=14).map(
    lambda pairs: "".join(piece for pair in pairs for piece in pair)
)


def book_of(*phrases, rules=None):
    items = pd.DataFrame(
        {"item": ["a"], "family": ["f"], "question": ["q?"], "counts": [""], "not": [""], "refs": [()]}
    )
    rules = rules or (Rule("a", find=tuple(range(len(phrases)))),)
    return Codebook("t", "1", items, {}, rules, phrases, ())


def text_of(book, texts):
    n = len(texts)
    return Text(Matcher.of(book), ["p"] * n, texts, ["sentence"] * n, [""] * n)


@settings(max_examples=150, deadline=None)
@given(PHRASE, st.lists(TEXT, min_size=1, max_size=4))
def test_no_place_is_lost_or_invented(source, texts):
    try:
        phrase = Grammar(GROUPS).compile(source)
    except PhraseError:
        return
    text = text_of(book_of(phrase), texts)
    plain = [[match.span() for match in phrase.pattern.finditer(normalize(unit))] for unit in texts]
    held = text.hold(0, text._all)
    found = [list(text.spans(0, unit)) if held >> unit & 1 else [] for unit in range(len(texts))]
    assert found == plain


@pytest.mark.parametrize(
    "source, unit, n",
    [
        ("up-to-date", "upto-date", 1),  # each hyphen may be absent on its own
        ("terms & conditions", "terms & conditions", 1),
        ("user data", "the user's data, the users' data", 1),
        ("* data", "it's data", 1),  # a word with its apostrophe is one word
        ("a .. data", "a it's it's it's it's it's data", 1),
        ("a .. data", "a it is it is it is data", 0),
        ("^ aa", "- aa aa", 1),
        ("aa $", "aa aa.", 1),
        ("aa bb", "aa ....... bb", 0),
        ("aa aa", "aa aa aa aa aa", 2),
        ("{number} aa", "forty-five aa, 5 aa", 2),
    ],
)
def test_places_by_hand(source, unit, n):
    phrase = Grammar({}).compile(source)
    text = text_of(book_of(phrase), [unit])
    found = list(text.spans(0, 0)) if text.hold(0, text._all) else []
    assert len(found) == n
    assert found == [match.span() for match in phrase.pattern.finditer(normalize(unit))]


def frame(texts, policies="p", kinds="sentence"):
    return pd.DataFrame(
        {"policy_id": policies, "sentence_id": range(len(texts)), "kind": kinds, "section": "", "text": texts}
    )


@pytest.fixture(scope="module")
def shipped():
    return load_codebook("disclosure")


def test_policies_matched_together_do_not_see_each_other(shipped):
    texts = [
        "We collect:",
        "your name and e-mail address",
        "We use cookies.",
        "You can delete it.",
        "Your rights:",
        "access",
    ]
    together = frame(texts * 2, policies=["p"] * 3 + ["q"] * 3 + ["r"] * 6)
    alone = [code_sentences(part, shipped) for _, part in together.groupby("policy_id")]
    pd.testing.assert_frame_equal(code_sentences(together, shipped), pd.concat(alone, ignore_index=True))


def test_a_codebook_is_prepared_once_and_let_go():
    book = book_of(Grammar({}).compile("aa"))
    assert Matcher.of(book) is Matcher.of(book)
    n = len(Matcher._made)
    del book
    gc.collect()
    assert len(Matcher._made) < n


@pytest.mark.parametrize(
    "texts",
    [
        ["we collect personal data and " * 7000],
        ["a" * 200_000],
        ["we collect:"] * 3000 + ["your name"],
        ["You may not share it: "] * 20_000,
    ],
    ids=["long unit", "long word", "colons", "many units"],
)
def test_hostile_texts_take_bounded_time(texts, shipped):
    start = time.process_time()
    code_sentences(frame(texts), shipped)
    assert time.process_time() - start < 60
