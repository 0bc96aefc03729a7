"""Sections and structure: by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from policytools.measures.structure import sections, structure


def units(*rows: tuple[str, str, int]) -> pd.DataFrame:
    """Units of one policy, each a block of its own: kind, text, n_words."""
    frame = pd.DataFrame(rows, columns=["kind", "text", "n_words"])
    return frame.assign(policy_id="a", block_id=range(len(rows)), sentence_id=range(len(rows)))


TITLED = units(
    ("heading", "Privacy Policy", 2),
    ("sentence", "We hold data.", 30),
    ("heading", "Use", 1),
    ("sentence", "We hold data.", 40),
    ("fragment", "your data", 20),
    ("heading", "Empty", 1),
    ("heading", "Care", 1),
    ("sentence", "We hold data.", 600),
)


def test_structure_by_hand():
    [values] = structure(TITLED).to_dict("records")
    assert values == {
        "policy_id": "a", "n_sections": 3, "n_words": 690, "n_words_headed": 660, "headed_share": 660 / 690,
        "section_minutes": 600 / 238,  # half of the words are in the longest section
    }  # fmt: skip


def test_a_title_is_no_heading_of_the_text_below_it():
    found = sections(TITLED)
    assert found["heading"].tolist() == ["", "Use", "Care"]
    assert found["sentence_id"].isna().tolist() == [True, False, False]
    assert found[["section_id", "n_units", "n_words"]].to_numpy().tolist() == [
        [0, 1, 30],
        [1, 2, 60],
        [2, 1, 600],
    ]
    later = pd.concat(
        [units(("sentence", "We care.", 2)), TITLED.assign(sentence_id=TITLED["sentence_id"] + 1)]
    )
    assert sections(later)["heading"].tolist() == ["", "Privacy Policy", "Use", "Care"]  # not the first unit


def test_order_and_index_of_rows_do_not_matter_and_policies_are_apart():
    both = pd.concat([TITLED, TITLED.assign(policy_id="b")])
    before = both.copy()
    found = sections(both)
    pd.testing.assert_frame_equal(found, sections(both.sample(frac=1, random_state=3)))
    pd.testing.assert_frame_equal(found[found["policy_id"] == "a"], sections(TITLED))
    pd.testing.assert_frame_equal(both, before)


def test_a_policy_without_text_has_no_structure():
    [values] = structure(TITLED[TITLED["kind"] == "heading"]).to_dict("records")
    assert values["n_sections"] == values["n_words"] == 0
    assert pd.isna(values["headed_share"]) and pd.isna(values["section_minutes"])


def test_sections_tell_labels_from_headings():
    frame = pd.DataFrame({
        "policy_id": "a", "block_id": [0, 1, 1, 2], "sentence_id": range(4), "n_words": [1, 1, 3, 2],
        "kind": ["heading", "heading", "sentence", "fragment"], "text": ["Data", "Cookies:", "We use none.", "no data"],
    })  # fmt: skip
    assert sections(frame)[["heading", "n_units", "n_words"]].values.tolist() == [["Cookies:", 2, 5]]
    assert sections(frame, run_in="left_out")[["heading", "n_words"]].values.tolist() == [["Data", 5]]
    with pytest.raises(ValueError, match="run_in"):
        sections(frame, run_in="no")
    empty = sections(frame.iloc[:0])
    assert empty.dtypes.equals(sections(frame).dtypes) and len(empty) == 0
    assert len(structure(frame.iloc[:0])) == 0
