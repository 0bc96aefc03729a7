"""Two versions beside each other: equal units, edits, splits, mergers, moves, and how long it takes."""

from __future__ import annotations

import random

import pandas as pd
import pytest

from policytools.corpus.corpus import corpus_from_texts
from policytools.versions.align import STATUSES, align, compare_versions
from policytools.versions.units import Units, words_of

A = "We collect your name and your e-mail address when you create an account."
B = "We keep this information for three years after you close your account."
C = "You can ask us at any time to delete your data, and you can ask us for a copy of it in a common format."
D = "Our servers are in Norway."


def versions(old: list[str], new: list[str]) -> pd.DataFrame:
    texts = ["\n\n".join(part) for part in (old, new)]
    corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["old", "new"], "text": texts}))
    return compare_versions(corpus, "old", "new")


def statuses(old: list[str], new: list[str]) -> list[str]:
    return versions(old, new)["status"].tolist()


def test_every_status():
    assert statuses([A, B], [A, B]) == ["same", "same"]
    assert statuses([A, B, C], [B, C, A]) == ["same", "same", "moved"]
    assert statuses([A, B], [A, B.replace("three", "two")]) == ["same", "edited"]
    assert statuses([A, B], [A]) == ["same", "removed"]
    assert statuses([A], [A, D]) == ["same", "added"]
    parts = [C.split(", and")[0] + ".", "You" + C.split("and you")[1]]
    assert statuses([A, C], [A, *parts]) == ["same", "split"]
    assert statuses([A, *parts], [A, C]) == ["same", "merged"]


def test_an_edited_sentence_may_have_moved():
    rows = versions([A, B, C, D], [B.replace("three", "ten"), A, C, D])
    assert sorted(rows["status"]) == ["edited", "same", "same", "same"]


def test_edits_are_places_in_the_texts():
    row = versions([A, B], [A, B.replace("three years", "one month")]).iloc[1]
    [(kind, a, b, c, d)] = row["edits"]
    assert (
        kind == "replace"
        and row["earlier_text"][a:b] == "three years"
        and row["later_text"][c:d] == "one month"
    )


def test_case_and_punctuation_are_no_change():
    assert statuses([A], [A.upper().replace(".", "!")]) == ["same"]


def test_removed_ones_are_where_they_were():
    assert versions([A, D, B], [A, B])["earlier_text"].tolist() == [A, D, B]


def test_each_unit_is_in_one_row():
    rng = random.Random(5)
    words = [
        "we",
        "may",
        "share",
        "data",
        "with",
        "partners",
        "who",
        "keep",
        "it",
        "safe",
        "for",
        "years",
        "and",
        "delete",
        "records",
    ]
    old = [" ".join(rng.choices(words, k=rng.randint(1, 12))) for _ in range(80)]
    new = rng.sample(old, 60) + [" ".join(rng.choices(words, k=9)) for _ in range(20)]
    one, two = (Units(list(range(len(t))), t, [""] * len(t), [words_of(x) for x in t]) for t in (old, new))
    pairs = align(one, two)
    assert sorted(n for pair in pairs for n in pair.earlier) == list(range(80))
    assert sorted(n for pair in pairs for n in pair.later) == list(range(80))
    assert {pair.status for pair in pairs} <= set(STATUSES)


def test_wrong_names():
    corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["old", "new"], "text": [A, B]}))
    with pytest.raises(ValueError, match="later: no policy 'nwe' in the corpus; did you mean 'new'"):
        compare_versions(corpus, "old", "nwe")
    with pytest.raises(ValueError, match="later: 'old' is the earlier version too"):
        compare_versions(corpus, "old", "old")
