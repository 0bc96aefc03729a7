"""Dispersion: the published values of Gries, and of Lijffijt and Gries."""

from __future__ import annotations

import pandas as pd
import pytest
from term_checks import TWO, check_empty, check_order_and_index, frame

from policytools.measures.dispersion import dispersion

GRIES = [  # The five-part corpus of Gries 2008, section 2.
    "b a m n i b e u p", "b a s a t b e w q n", "b c a g a b e s t a", "b a g h a b e a a t", "b a h a a b e a x a t",
]  # fmt: skip


def gries_frame(parts: list[str]) -> pd.DataFrame:
    return frame({"g": parts}).assign(section=[f"part {i}" for i in range(len(parts))])


def test_dispersion_is_gries():
    found = dispersion(gries_frame(GRIES), parts="section", stop_words=None).set_index("term")
    # "a": shares of words .18 .2 .2 .2 .22, of "a" 1/15 ... 5/15; |differences| add up to .36
    assert found.loc["a", ["n", "n_words", "n_parts", "n_parts_with"]].tolist() == [15, 50, 5, 5]
    assert found.loc["a", "dp"] == pytest.approx(0.18)  # published
    assert found.loc["a", "dp_norm"] == pytest.approx(0.18 / 0.82)
    assert found.loc["e", "dp"] == pytest.approx(0.02)
    assert found.loc["x", "dp"] == pytest.approx(0.78)  # all in the last part: 1 - .22


def test_dispersion_is_lijffijt_and_gries():
    # Three equal parts, 2/3 of the occurrences in one, 1/3 in another: DP 1/3, normalised 1/2.
    found = dispersion(gries_frame(["x x", "x y", "y y"]), parts="section", stop_words=None).set_index("term")
    assert found.loc["x", ["dp", "dp_norm"]].tolist() == pytest.approx([1 / 3, 1 / 2])


def test_equal_parts_do_not_depend_on_sentences():
    one = dispersion(frame({"g": [" ".join(GRIES)]}), parts=5, stop_words=None)
    five = dispersion(frame({"g": GRIES}), parts=5, stop_words=None)
    pd.testing.assert_frame_equal(one, five)
    words = " ".join(GRIES).split()
    counts = [words[10 * i : 10 * i + 10].count("a") for i in range(5)]
    assert one.set_index("term").loc["a", "dp"] == pytest.approx(sum(abs(n / 15 - 0.2) for n in counts) / 2)


def test_dispersion_over_one_part_or_too_few_words_is_undefined():
    assert dispersion(frame({"a": ["data kept"]}), parts="section")[["dp", "dp_norm"]].isna().all(axis=None)
    assert dispersion(frame({"a": ["data kept"]}), parts=3)["dp"].isna().all()


def test_bad_parts():
    for parts in (1, "block", True):
        with pytest.raises(ValueError, match="parts: must be 'section' or a whole number from 2"):
            dispersion(TWO, parts=parts)


MEASURES = {
    "by section": lambda s: dispersion(s, parts="section"),
    "equal parts": lambda s: dispersion(s, parts=2),
}


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_order_and_index_of_rows_do_not_matter_and_input_is_unchanged(measure):
    check_order_and_index(measure)


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_empty_input_gives_the_same_columns_and_dtypes(measure):
    check_empty(measure)
