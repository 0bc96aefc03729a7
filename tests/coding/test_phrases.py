"""The phrases of a codebook: what each sign matches, and errors."""

from __future__ import annotations

import pytest

from policytools.coding.phrases import Grammar, PhraseError, inflections, normalize


def matches(phrase, text, groups=None):
    return bool(Grammar(groups or {}).compile(phrase).pattern.search(normalize(text)))


@pytest.mark.parametrize(
    "phrase, hits, misses",
    [
        (
            "collect data",
            ["We COLLECT\u00a0data.", "collect-data", "collect, data"],
            ["collect the data", "recollect data"],
        ),
        ("opt-out", ["opt out", "opt-out", "Optout", "opt\u2011out"], ["opt for out"]),
        ("collect~", ["collects", "collected", "collecting"], ["collection", "collector"]),
        ("sell~", ["sold", "selling"], ["seller"]),
        ("party~", ["parties", "party"], ["partial"]),
        ("(sell|rent)~ it", ["sold it", "renting it"], ["sells them"]),
        ("(print|scan)*", ["printers", "scanning"], ["blueprint"]),
        ("collect*", ["collection", "collects"], ["recollect"]),
        ("personal? data", ["data", "personal data"], ["date"]),
        ("we (may|might)? share", ["we share", "we might share"], ["we will share"]),
        ("we .. share", ["we share", "we do not usually share"], ["we one two three four five six share"]),
        ("we ..1 share", ["we may share"], ["we may not share"]),
        ("we * share", ["we may share"], ["we share", "we may not share"]),
        ("^ last updated", ["Last updated: now", "- last updated"], ["was last updated"]),
        ("{date} $", ["dated 3 May 2020."], ["3 May 2020 is the date"]),
        ("personalize~", ["personalised", "personalized"], ["personal"]),
        ("user data", ["the user's data", "the user\u2019s data"], ["users data"]),
        ("{number} day~", ["thirty (30) days", "2 days", "one day"], ["some days"]),
        ("{email}", ["me@acme.co.uk", "[email protected]", "me [at] acme.com"], ["at acme.com"]),
        (
            "{date}",
            ["25.05.2018", "May 25th, 2018", "2020-01-31", "1 sept. 2020", "june 2021"],
            ["on 25 May", "2018"],
        ),
        ("{phone}", ["+1 (555) 123-4567"], ["in 2018"]),
        ("{url}", ["see acme.com/privacy", "https://x.org"], ["see above"]),
    ],
)
def test_phrase(phrase, hits, misses):
    assert [text for text in hits if not matches(phrase, text)] == []
    assert [text for text in misses if matches(phrase, text)] == []


def test_groups_may_use_groups():
    groups = {"we": ["we", "our {firm}"], "firm": ["company", "firm"]}
    assert matches("{we} collect", "Our firm collect", groups)


def test_inflections_of_regular_and_irregular_words():
    assert inflections("share") == {"share", "shares", "shared", "sharing"}
    assert {"transfer", "transfers", "transferred", "transferring"} <= inflections("transfer")
    assert {"child", "children"} <= inflections("child")
    assert {"notified", "notifies"} <= inflections("notify")


@pytest.mark.parametrize(
    "phrase, problem",
    [
        ("", "empty phrase"),
        ("a (b", r'"\(" without "\)"'),
        ("a) b", r'"\)" without "\("'),
        ("a (b|) c", "empty alternative"),
        (".. a", "begins or ends with a gap"),
        ("a ..40 b", "1 to 15 words, not 40"),
        ("{nope} a", 'group "{nope}", which'),
        ("a?", "gaps and optional words only"),
        ("? a", "belongs directly behind"),
        ("~ a", "belongs directly behind"),
        ("ab*", "at least three letters"),
        ("compan(y|ies)", "put a space before"),
        ("a; b", "means nothing here: ';'"),
    ],
)
def test_bad_phrase(phrase, problem):
    with pytest.raises(PhraseError, match=problem):
        Grammar({}).compile(phrase)


def test_groups_in_a_circle():
    with pytest.raises(PhraseError, match="a -> b -> a"):
        Grammar({"a": ["x {b}"], "b": ["y {a}"]}).compile("{a}")


def test_normalizing_keeps_every_offset():
    text = "İ “Quoted” – ﬁle's"
    assert len(normalize(text)) == len(text)
    assert normalize("“A–B”") == '"a-b"'
