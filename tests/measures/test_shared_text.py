"""Shared text: by hand, against sets of word tuples, and the passages themselves."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest

from policytools.measures.shared_text import shared_passages, shared_text


def frame(texts: dict[str, list[str]]) -> pd.DataFrame:
    rows = [
        {
            "policy_id": policy,
            "block_id": i,
            "sentence_id": 10 * i,
            "kind": "sentence",
            "section": "",
            "text": text,
        }
        for policy, sentences in texts.items()
        for i, text in enumerate(sentences)
    ]
    return pd.DataFrame(rows)


def random_policies(seed: int, n_words: int = 150) -> dict[str, list[str]]:
    """Streams over few words, so that runs in common, repeats and overlaps abound."""
    chance = random.Random(seed)
    return {policy: [" ".join(chance.choices("abcd", k=n_words))] for policy in ("p", "q", "r")}


TWO = frame({"a": ["We never sell data."], "b": ["We never sell data", "to third parties."]})


def test_containment_and_jaccard_by_hand():
    found = shared_text(TWO, n=3)
    # a: we never sell | never sell data; b has 7 words, so 5 shingles, across its sentences: 2 in common
    assert found[["policy_id", "other_id", "n_shingles", "n_shared"]].to_numpy().tolist() == [
        ["a", "b", 2, 2], ["b", "a", 5, 2],
    ]  # fmt: skip
    assert found["containment"].tolist() == pytest.approx([2 / 2, 2 / 5])
    assert found["jaccard"].tolist() == pytest.approx([2 / 5, 2 / 5])


def test_a_repeated_shingle_counts_once():
    found = shared_text(frame({"a": ["x y x y x y"], "b": ["x y z"]}), n=2)
    # a: {x y, y x}, b: {x y, y z}
    assert found[["n_shingles", "n_shared"]].to_numpy().tolist() == [[2, 1], [2, 1]]
    assert found["jaccard"].tolist() == pytest.approx([1 / 3, 1 / 3])


@pytest.mark.parametrize("seed", range(3))
def test_counts_equal_sets_of_tuples(seed):
    texts = random_policies(seed)
    sets = {}
    for policy, [text] in texts.items():
        words = text.split()
        sets[policy] = {tuple(words[i : i + 4]) for i in range(len(words) - 3)}
    for row in shared_text(frame(texts), n=4).itertuples():
        one, other = sets[row.policy_id], sets[row.other_id]
        assert (row.n_shingles, row.n_shared) == (len(one), len(one & other))
        assert row.jaccard == pytest.approx(len(one & other) / len(one | other))


def test_case_punctuation_numbers_and_sentences_do_not_matter():
    texts = {"a": ["We keep it 30 days, then", "Delete it!"], "b": ["we keep it 45 days then delete it"]}
    assert shared_text(frame(texts), n=7)["containment"].tolist() == [1.0, 1.0]


def test_names_can_be_taken_out():
    texts = {"a": ["You agree that Acme 3D keeps data"], "b": ["You agree that Zenith's keeps data"]}
    assert shared_text(frame(texts), n=5)["n_shared"].tolist() == [0, 0]
    assert shared_text(frame(texts), n=5, exclude=["acme 3d", "Zenith"])["containment"].tolist() == [1.0, 1.0]


def test_a_policy_shorter_than_a_shingle_is_undefined():
    found = shared_text(
        frame({"a": ["two words"], "b": ["one two three four"], "c": ["one two three five"]}), n=3
    )
    short = (found["policy_id"] == "a") | (found["other_id"] == "a")
    assert found.loc[short, ["containment", "jaccard"]].isna().all(axis=None)
    assert found.loc[~short, "containment"].tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "n: must be a whole number"),
        ({"n": 50}, "n: 50 is longer than any policy; the longest has 7 words"),
        ({"method": "fast"}, "method: must be 'exact' or 'minhash'"),
        ({"method": "minhash"}, "method: 'minhash' needs min_jaccard or min_containment above 0"),
        ({"min_jaccard": 2}, "min_jaccard: must be a number from 0 to 1, not 2"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        shared_text(TWO, **arguments)


def test_a_single_policy_is_an_error():
    with pytest.raises(ValueError, match=r"holds one policy only, \['a'\]"):
        shared_text(TWO[TWO["policy_id"] == "a"])


# ---------------------------------------------------------------- passages


def test_passages_by_hand():
    texts = {
        "a": ["Hello there.", "We never sell your data, ever.", "Third parties get nothing. Bye"],
        "b": [
            "Third parties get nothing at all.",
            "Please note: we NEVER sell",
            "your data ever, third parties may.",
        ],
    }
    found = shared_passages(frame(texts), "a", "b", n=3)
    # "we never sell your data ever third parties" (8 words); what is left of "third parties get nothing" is
    # "get nothing": 2 words, below 3
    assert len(found) == 1
    assert found.loc[0].tolist() == [
        "a", "b", 8, 10, 20, 10, 20,
        "We never sell your data, ever. Third parties", "we NEVER sell your data ever, third parties",
    ]  # fmt: skip
    shorter = shared_passages(frame(texts), "a", "b", n=2)
    assert shorter[["n_words", "text"]].to_numpy().tolist()[1] == [2, "get nothing"]


@pytest.mark.parametrize("seed", range(5))
def test_passages_cover_what_shingles_share(seed):
    texts = random_policies(seed)
    one, other = texts["p"][0].split(), texts["q"][0].split()
    theirs = {tuple(other[i : i + 5]) for i in range(len(other) - 4)}
    covered = np.zeros(len(one), dtype=bool)
    for i in range(len(one) - 4):
        if tuple(one[i : i + 5]) in theirs:
            covered[i : i + 5] = True
    found = shared_passages(frame(texts), "p", "q", n=5)
    assert found["text"].tolist() == found["other_text"].tolist()
    assert found["n_words"].is_monotonic_decreasing
    assert (found["text"].str.split().str.len() == found["n_words"]).all()
    # Each covered word is in one passage, except ends shorter than n that a longer passage leaves over.
    assert 0 < found["n_words"].sum() <= covered.sum()


def test_passages_quote_the_text_as_it_stands_with_names_taken_out():
    texts = {"a": ["At Acme, we keep 30 copies."], "b": ["At Zenith Ltd we keep copies"]}
    found = shared_passages(frame(texts), "a", "b", n=4, exclude=["acme", "zenith ltd"])
    assert found[["n_words", "text", "other_text"]].to_numpy().tolist() == [
        [4, "At Acme, we keep 30 copies", "At Zenith Ltd we keep copies"]
    ]


def test_no_passage_is_an_empty_frame_with_the_same_dtypes():
    nothing = shared_passages(frame({"a": ["one two three"], "b": ["four five six"]}), "a", "b", n=2)
    assert nothing.empty
    pd.testing.assert_series_equal(nothing.dtypes, shared_passages(TWO, "a", "b", n=2).dtypes)


def test_unknown_or_equal_policies():
    with pytest.raises(ValueError, match=r"policy_id: there is no policy 'x'; there are a, b"):
        shared_passages(TWO, "x", "a")
    with pytest.raises(ValueError, match="other_id: 'a' is policy_id too"):
        shared_passages(TWO, "a", "a")


# ---------------------------------------------------------------- frames


@pytest.mark.parametrize(
    "measure", [lambda s: shared_text(s, n=2), lambda s: shared_passages(s, "a", "b", n=2)]
)
def test_order_and_index_of_rows_do_not_matter_and_input_is_unchanged(measure):
    shuffled = TWO.iloc[[2, 0, 1]].set_index(pd.Index([4, 4, 0]))
    before = shuffled.copy()
    found = measure(shuffled)
    pd.testing.assert_frame_equal(found, measure(TWO))
    pd.testing.assert_frame_equal(shuffled, before)
    assert isinstance(found.index, pd.RangeIndex)


def test_empty_input_gives_the_same_columns_and_dtypes():
    empty = shared_text(TWO.iloc[:0], n=2)
    assert empty.empty
    pd.testing.assert_series_equal(empty.dtypes, shared_text(TWO, n=2).dtypes)
