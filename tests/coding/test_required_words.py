"""What words a phrase requires, by hand; sets of numbers as integers."""

from __future__ import annotations

import pytest

from policytools.coding.phrases import Grammar, normalize
from policytools.coding.required_words import WordIndex, mask, members


@pytest.mark.parametrize(
    "source, texts, possible",
    [
        ("data", ["Data.", "database", "the data's use"], [0, 2]),
        ("collect*", ["collection", "recollect", "we collect"], [0, 2]),
        ("sell~ .. data", ["We sold data.", "data only", "we sell"], [0]),
        ("(sell|share) data?", ["we share", "data", "sell data"], [0, 2]),
        ("opt-out", ["opt out", "optout", "opt-out", "out", "opt"], [0, 1, 2]),
        ("personalize", ["personalised"], []),
        ("personalize", ["personalise", "personalize"], [0, 1]),
        ("{date}", ["in 2018", "in May"], [0]),
        ("{number} day~", ["two days", "2 days", "some days"], [0, 1]),
        ("{email}", ["a@b.org", "me [at] acme", "[email protected]", "at acme"], [0, 1, 2]),
        ("{url}", ["acme.com/privacy", "www.acme.x", "https://x.y", "comma. Dot"], [0, 1, 2]),
    ],
)
def test_required_words_by_hand(source, texts, possible):
    index = WordIndex([normalize(text) for text in texts])
    assert members(index.meeting(Grammar({}).compile(source).required)) == possible


@pytest.mark.parametrize("numbers", [[], [0], [3, 5], [0, 63, 64, 1000]])
def test_sets_as_integers(numbers):
    assert members(mask(numbers)) == numbers
    assert mask(numbers) == sum(1 << number for number in numbers)
