"""Sentences for the tests of terms, and what holds for every measure of them."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd


def frame(texts: dict[str, list[str]], section: str = "") -> pd.DataFrame:
    rows = [
        {
            "policy_id": policy,
            "block_id": i,
            "sentence_id": i,
            "kind": "sentence",
            "section": section,
            "text": text,
        }
        for policy, sentences in texts.items()
        for i, text in enumerate(sentences)
    ]
    return pd.DataFrame(rows)


TWO = frame({"a": ["We share data.", "Data, shared!"], "b": ["We keep data for 30 days."]})

Measure = Callable[[pd.DataFrame], pd.DataFrame]


def check_order_and_index(measure: Measure) -> None:
    """The order and index of the rows do not matter, and the input is unchanged."""
    texts = frame({"a": ["We share data.", "Data shared."], "b": ["We keep data kept."]}, "One")
    shuffled = texts.sample(frac=1, random_state=3).set_index(pd.Index([7, 7, 1]))
    before = shuffled.copy()
    expected, found = measure(texts), measure(shuffled)
    pd.testing.assert_frame_equal(expected, found)
    pd.testing.assert_frame_equal(shuffled, before)
    assert isinstance(found.index, pd.RangeIndex)
    assert len(found)


def check_empty(measure: Measure) -> None:
    """Empty input gives the same columns and dtypes."""
    full, empty = measure(TWO), measure(TWO.iloc[:0])
    assert len(empty) == 0
    pd.testing.assert_series_equal(full.dtypes, empty.dtypes)
