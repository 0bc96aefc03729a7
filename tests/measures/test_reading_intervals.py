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


LONG = "We may share the information that you give to us with some of the companies that work for us."


def test_whole_sections_are_drawn():
    # Ten sections of one short or three long sentences: without rows of sections the spread would be that of 20 units.
    texts = ["We keep data."] * 5 + [LONG] * 15
    titles = list("abcde") + [title for title in "fghij" for _ in range(3)]
    frame = units(*texts, section=titles)
    by_section = reading_intervals(frame).iloc[0]
    assert by_section["low"] < by_section["value"] < by_section["high"]
    pd.testing.assert_frame_equal(
        reading_intervals(frame.assign(sentence_id=range(20)).sample(frac=1, random_state=4)),
        reading_intervals(frame),
    )


def test_few_sections_are_cut_into_runs_and_one_sentence_has_no_interval():
    texts = ["We keep data.", LONG] * 6
    runs = reading_intervals(units(*texts)).iloc[0]
    for few in (["Use"] * 6 + ["Sharing"] * 6, [None] * 12):  # None: "" after a round trip through a CSV file
        pd.testing.assert_series_equal(reading_intervals(units(*texts, section=few)).iloc[0], runs)
    each_its_own = reading_intervals(units(*texts[:4], section=["1", "2", "3", "4"])).iloc[0]
    assert each_its_own["low"] < each_its_own["value"] < each_its_own["high"]
    one = reading_intervals(units(LONG)).iloc[0]
    assert one["value"] > 0 and one[["low", "high"]].isna().all()


def test_other_policies_change_nothing_and_no_words_give_no_interval():
    own = units("We collect data.", "We do not sell any of your personal information.")
    both = reading_intervals(pd.concat([own, units("123 456.").assign(policy_id="b")]))
    pd.testing.assert_frame_equal(both.iloc[:1], reading_intervals(own))
    assert both.loc[1, ["value", "low", "high"]].isna().all()
    assert len(reading_intervals(own.iloc[:0])) == 0


def test_an_unknown_formula_is_named():
    with pytest.raises(ValueError, match="formula: must be one of flesch_reading_ease, .*, not 'fog'"):
        reading_intervals(units("We collect data."), formula="fog")
