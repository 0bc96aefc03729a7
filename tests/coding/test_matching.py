"""The index of required words against a plain search of every unit: the same places; bounded time."""

from __future__ import annotations

import time

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policytools.coding.codebook import load_codebook
from policytools.coding.coverage import code_sentences
from policytools.coding.matching import Search, find_evidence
from policytools.coding.phrases import Grammar, PhraseError, normalize
from policytools.coding.required_words import mask, members
from policytools.corpus.corpus import load_corpus

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


def places(phrase, texts):
    """Where a phrase is found in each text with the index of required words."""
    search = Search((phrase,), texts)
    found = members(search.matching(0, mask(range(len(texts)))))
    return [list(search.spans(0, text)) if text in found else [] for text in range(len(texts))]


def plain_places(phrase, texts):
    """Where a plain search of every text finds a phrase."""
    return [[match.span() for match in phrase.pattern.finditer(normalize(text))] for text in texts]


@settings(max_examples=150, deadline=None)
@given(PHRASE, st.lists(TEXT, min_size=1, max_size=4))
def test_no_place_is_lost_or_invented(source, texts):
    try:
        phrase = Grammar(GROUPS).compile(source)
    except PhraseError:
        return
    assert places(phrase, texts) == plain_places(phrase, texts)


def test_the_shipped_phrases_are_found_wherever_a_plain_search_finds_them(shipped):
    texts = sorted({text for text in load_corpus("data").sentences["text"]})[::40]
    normalised = [normalize(text) for text in texts]
    search = Search(shipped.phrases, texts)
    everywhere = mask(range(len(texts)))
    for number, phrase in enumerate(shipped.phrases):
        plain = [n for n, text in enumerate(normalised) if phrase.pattern.search(text)]
        assert members(search.matching(number, everywhere)) == plain, phrase.source


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
    [found] = places(phrase, [unit])
    assert len(found) == n
    assert [found] == plain_places(phrase, [unit])


def frame(texts, policies="p", kinds="sentence"):
    return pd.DataFrame(
        {"policy_id": policies, "sentence_id": range(len(texts)), "kind": kinds, "section": "", "text": texts}
    )


@pytest.fixture(scope="module")
def shipped():
    return load_codebook("printing")


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


def test_a_line_that_repeats_the_title_of_a_section_is_no_evidence(tmp_path):
    path = tmp_path / "book.toml"
    path.write_text(
        'title = "T"\nversion = "1"\n[[item]]\nid = "a"\nfamily = "f"\nquestion = "Q?"\n'
        '[[item.rule]]\nfind = ["your rights"]\n'
    )
    kinds, sections = ["fragment", "heading", "sentence"], ["", "Your rights", "Your rights"]
    texts = ["Your rights", "Your rights", "Your rights: access."]
    found = find_evidence(load_codebook(path), ["a"] * 3, texts, kinds, sections)
    assert [unit for _, unit, _, _ in found] == [2]
