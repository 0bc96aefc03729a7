"""Evidence found by the rules, decisions with hand codings, scores, comparisons of codings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from policytools.coding.codebook import load_codebook
from policytools.coding.coverage import code_sentences, compare_codings, coverage, coverage_scores


@pytest.fixture(scope="module")
def book():
    return load_codebook("printing")


def units(rows):
    return pd.DataFrame(rows, columns=["policy_id", "sentence_id", "kind", "section", "text"])


@pytest.fixture
def sentences():
    return units(
        [
            ("a", 0, "heading", "Cookies", "Cookies"),
            ("a", 1, "sentence", "Cookies", "We use cookies, and other sites set cookies too."),
            ("a", 2, "sentence", "Cookies", "We do not respond to Do Not Track signals."),
            ("b", 0, "sentence", "", "We like cake."),
        ]
    )


POLICIES = pd.DataFrame({"policy_id": ["b", "a"]})


def by_hand(*rows, **columns):
    frame = pd.DataFrame(rows, columns=["policy_id", "item", "coder", "code", "evidence"])
    return frame.assign(**columns)


# --- code_sentences


def test_codings_quote_their_evidence(sentences, book):
    codings = code_sentences(sentences, book)
    assert list(codings.columns) == [
        "policy_id", "item", "sentence_id", "start", "end", "quote", "coder", "strength", "told_to",
    ]  # fmt: skip
    cookies = codings.query("policy_id == 'a' and item == 'cookies'")
    assert cookies["sentence_id"].unique().tolist() == [1]  # not the heading
    assert all(
        "cookies" in quote[start:end]
        for quote, start, end in zip(cookies["quote"], cookies["start"], cookies["end"], strict=True)
    )
    assert set(codings["coder"]) == {"rules"}
    assert codings["policy_id"].unique().tolist() == ["a"]


def test_order_and_index_of_the_rows_do_not_matter(sentences, book):
    before = sentences.copy()
    shuffled = sentences.sample(frac=1, random_state=1).set_index(pd.Index([9, 3, 7, 7]))
    pd.testing.assert_frame_equal(code_sentences(shuffled, book), code_sentences(sentences, book))
    pd.testing.assert_frame_equal(sentences, before)


def test_case_quotes_and_hyphens_do_not_matter(book):
    loud = units(
        [("a", 0, "sentence", "", "WE DON\u2019T RESPOND TO \u201cDO\u2011NOT\u2011TRACK\u201d SIGNALS.")]
    )
    codings = code_sentences(loud, book)
    assert codings.query("item == 'do_not_track'")["quote"].to_list() == loud["text"].to_list()


def test_no_sentences(sentences, book):
    empty = code_sentences(sentences.iloc[:0], book)
    assert len(empty) == 0
    assert (empty.dtypes == code_sentences(sentences, book).dtypes).all()


def test_bad_sentences(sentences, book):
    with pytest.raises(ValueError, match="sentences: column text, section missing"):
        code_sentences(sentences.drop(columns=["section", "text"]), book)
    with pytest.raises(
        ValueError,
        match=r"sentences: more than one row for the same policy_id and sentence_id in 1 row.*\('a', 1\)",
    ):
        code_sentences(pd.concat([sentences, sentences.iloc[1:2]]), book)


def test_a_hostile_text_is_matched_in_bounded_time(book):
    text = "we collect " * 3000 + "and " * 3000
    assert len(code_sentences(units([("a", 0, "sentence", "", text)]), book)) >= 0


# --- coverage


def test_every_policy_meets_every_item(sentences, book):
    cells = coverage(code_sentences(sentences, book), book, POLICIES)
    assert list(cells.columns) == [
        "policy_id", "item", "family", "addressed", "n_evidence", "strength", "coder", "told_to", "only_to_some",
        "rules_addressed", "disagreement",
    ]  # fmt: skip
    assert len(cells) == 2 * 63
    assert cells["policy_id"].unique().tolist() == ["b", "a"]
    assert not cells.query("policy_id == 'b'")["addressed"].any()
    cookies = cells.query("policy_id == 'a' and item == 'cookies'").iloc[0]
    assert cookies["addressed"] and cookies["n_evidence"] == 1  # one sentence, though two matches
    assert cells["addressed"].dtype == bool and cells["n_evidence"].dtype == "int64"


def test_no_policies(sentences, book):
    empty = coverage(code_sentences(sentences.iloc[:0], book), book, POLICIES.iloc[:0])
    full = coverage(code_sentences(sentences, book), book, POLICIES)
    assert len(empty) == 0 and (empty.dtypes == full.dtypes).all()
    assert len(coverage_scores(empty, book)) == 0


def test_a_hand_code_overrules_the_rules_and_the_disagreement_shows(sentences, book):
    hand = by_hand(("a", "cookies", "XY", 0, ""), ("b", "children", "XY", 1, "not for kids"))
    cells = coverage(code_sentences(sentences, book), book, POLICIES, hand_codings=hand).set_index(
        ["policy_id", "item"]
    )
    cell = cells.loc[("a", "cookies")]
    assert np.isnan(cell["strength"]) and cell.drop("strength").to_dict() == {
        "family": "collection", "addressed": False, "n_evidence": 0, "coder": "XY", "told_to": "",
        "only_to_some": False, "rules_addressed": True, "disagreement": True,
    }  # fmt: skip
    assert cells.loc[("b", "children"), "addressed"] and cells.loc[("b", "children"), "n_evidence"] == 1
    assert cells.loc[("a", "do_not_track"), "coder"] == "rules"
    assert cells["disagreement"].sum() == 2


@pytest.mark.parametrize(
    "rows, code, coder, disagreement",
    [
        ([("A", 1, "model"), ("B", 0, "model"), ("agreed", 1, "model")], True, "agreed", True),
        (
            [("A", 0, "model"), ("B", 0, "model"), ("agreed", 0, "model"), ("ME", 1, "person")],
            True,
            "ME",
            True,
        ),
        ([("A", 1, "person"), ("B", 0, "person"), ("agreed", 0, "person")], False, "agreed", True),
        ([("A", 1, "model"), ("B", 1, "model")], True, "A, B", True),
        ([("A", 0, "model")], False, "A", False),
    ],
)
def test_who_decides(book, rows, code, coder, disagreement):
    hand = pd.DataFrame(
        [("b", "children", mark, value, "q" if value else "", kind) for mark, value, kind in rows],
        columns=["policy_id", "item", "coder", "code", "evidence", "coder_kind"],
    )
    nothing = code_sentences(units([]), book)
    cell = (
        coverage(nothing, book, POLICIES, hand_codings=hand)
        .query("policy_id == 'b' and item == 'children'")
        .iloc[0]
    )
    assert (cell["addressed"], cell["coder"], cell["disagreement"]) == (code, coder, disagreement)


@pytest.mark.parametrize(
    "row, message",
    [
        (("c", "cookies", "A", 1, "q"), "row 2: unknown policy_id: c/cookies/A/1"),
        (("a", "cookies", "A", 2, "q"), "row 2: code other than 0 and 1"),
        (("a", "cookies", "A", None, "q"), "row 2: code other than 0 and 1"),
        (("a", "cookies", "A", 1, " "), "row 2: no evidence quoted for a code of 1"),
        (("a", "cookies", "A", 1, None), "row 2: no evidence quoted for a code of 1"),
        (("a", "cookies", "", 0, ""), "row 2: empty coder"),
        (
            ("a", "children", "agreed", 1, "q"),
            "row 2: a second agreed code for one cell: a/children/agreed/1",
        ),
        (
            ("a", "children", "B", 1, "q"),
            'row 2: coders B, C contradict each other on a/children: add a row of coder "agreed"',
        ),
    ],
)
def test_bad_hand_codings(book, row, message):
    first = ("a", "children", "C" if row[2] == "B" else "agreed", 0, "")
    hand = by_hand(first, row).set_index(pd.Index([5, 5]))
    with pytest.raises(ValueError, match=message.replace("row 2: coders", "row 1: coders")):
        coverage(code_sentences(units([]), book), book, POLICIES, hand_codings=hand)


def test_bad_codings_and_policies(sentences, book):
    codings = code_sentences(sentences, book)
    with pytest.raises(ValueError, match="codings: policy_id not among the given policies: a"):
        coverage(codings, book, POLICIES.iloc[:1])
    with pytest.raises(ValueError, match="codings: item not among the given codebook's items: cake"):
        coverage(codings.assign(item="cake"), book, POLICIES)
    with pytest.raises(ValueError, match="more than one row for the same policy_id in 1 row"):
        coverage(codings, book, pd.DataFrame({"policy_id": ["a", "a"]}))
    with pytest.raises(ValueError, match="hand_codings: column evidence missing"):
        coverage(codings, book, POLICIES, hand_codings=by_hand().drop(columns="evidence"))


# --- scores and comparisons


def test_scores_travel_with_their_counts(sentences, book):
    scores = coverage_scores(coverage(code_sentences(sentences, book), book, POLICIES), book)
    assert list(scores.columns) == ["policy_id", "checklist", "n_items", "n_addressed", "share"]
    assert len(scores) == 2 * len(book.checklists)
    row = scores.query("policy_id == 'a' and checklist == 'CalOPPA'").iloc[0]
    assert (row["n_items"], row["n_addressed"], row["share"]) == (7, 2, 2 / 7)  # cookies, do_not_track
    assert scores.query("policy_id == 'b'")["n_addressed"].sum() == 0


def test_scores_need_every_item(sentences, book):
    cells = coverage(code_sentences(sentences, book), book, POLICIES)
    with pytest.raises(ValueError, match="items of the codebook are missing: children, scope"):
        coverage_scores(cells[~cells["item"].isin(["scope", "children"])], book)


def test_comparing_two_codings():
    columns = ["policy_id", "item", "sentence_id", "quote"]
    before = pd.DataFrame(
        [("a", "x", 1, "one"), ("a", "y", 1, "one"), ("a", "z", 1, "one"), ("a", "w", 1, "one")],
        columns=columns,
    )
    after = pd.DataFrame(
        [
            ("a", "x", 1, "one"),
            ("a", "y", 2, "two"),
            ("a", "z", 1, "one"),
            ("a", "z", 3, "three"),
            ("b", "x", 1, "new"),
        ],
        columns=columns,
    )
    changes = compare_codings(before, after)
    assert changes[["policy_id", "item", "change", "n_before", "n_after"]].values.tolist() == [
        ["a", "w", "silent", 1, 0],
        ["a", "y", "moved", 1, 1],
        ["a", "z", "gained", 1, 2],
        ["b", "x", "addressed", 0, 1],
    ]
    assert changes["gained"].tolist() == [(), ("two",), ("three",), ("new",)]
    assert compare_codings(before, before).empty
    assert compare_codings(after, before).query("item == 'z'")["change"].item() == "lost"


def test_hand_codings_of_other_items_are_left_out_and_said(book):
    columns = ["policy_id", "item", "coder", "code", "evidence"]
    hand = pd.DataFrame(
        [("a", "cake", "A", 1, "q"), ("a", "children", "A", 1, "q"), ("b", "cake", "A", 0, "")],
        columns=columns,
    )
    nothing = pd.DataFrame(columns=["policy_id", "item", "sentence_id"])
    with pytest.warns(UserWarning, match="hand_codings: 2 codes left out, of items .*: cake"):
        cells = coverage(nothing, book, POLICIES, hand_codings=hand)
    assert cells.loc[cells["addressed"], ["policy_id", "item"]].values.tolist() == [["a", "children"]]
