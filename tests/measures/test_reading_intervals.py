"""Bootstrap intervals of readability."""

from __future__ import annotations

import pandas as pd
import pytest

from policytools.measures.reading_intervals import reading_intervals


def units(*texts: str, section: str | list[str] = "") -> pd.DataFrame:
    return pd.DataFrame({"policy_id": "a", "kind": "sentence", "section": section, "text": texts})


def test_equal_sentences_have_no_spread():
    # We(1) keep(1) da-ta(2).  3 words, 4 syllables, 1 sentence
    [[_, _, value, low, high]] = (
        reading_intervals(units(*["We keep data."] * 5), draws=20).to_numpy().tolist()
    )
    assert value == low == high == pytest.approx(0.39 * 3 + 11.8 * 4 / 3 - 15.59)


def test_sentences_are_drawn_within_their_sections():
    texts = ["We collect data.", "We do not sell any of your personal information."]
    one = reading_intervals(units(*texts)).iloc[0]
    each_its_own = reading_intervals(units(*texts, section=["Use", "Sharing"])).iloc[0]
    assert one["low"] < one["value"] < one["high"]
    assert each_its_own["low"] == each_its_own["value"] == each_its_own["high"] == one["value"]


def test_other_policies_change_nothing_and_no_words_give_no_interval():
    own = units("We collect data.", "We do not sell any of your personal information.")
    both = reading_intervals(pd.concat([own, units("123 456.").assign(policy_id="b")]))
    pd.testing.assert_frame_equal(both.iloc[:1], reading_intervals(own))
    assert both.loc[1, ["value", "low", "high"]].isna().all()
    assert len(reading_intervals(own.iloc[:0])) == 0


def test_an_unknown_formula_is_named():
    with pytest.raises(ValueError, match="formula: must be one of flesch_reading_ease, .*, not 'fog'"):
        reading_intervals(units("We collect data."), formula="fog")
