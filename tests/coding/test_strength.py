"""The order of evidence: a statement of the practice before a passing mention."""

from __future__ import annotations

import pandas as pd
import pytest

from policytools.coding.coverage import code_sentences, coverage
from policytools.coding.strength import _WEIGHTS
from policytools.report.evidence import coverage_table, show_evidence


def units(*rows: tuple[str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["kind", "section", "text"])
    return frame.assign(policy_id="a", sentence_id=range(len(frame)))


def order(item: str, *rows: tuple[str, str, str]) -> list[int]:
    codings = code_sentences(units(*rows), "disclosure")
    return codings[codings["item"] == item]["sentence_id"].unique().tolist()


def test_weights_are_a_whole():
    assert sum(_WEIGHTS.values()) == pytest.approx(1)


def test_the_statement_comes_before_the_mention():
    mention = (
        "sentence",
        "Your choices",
        "You can ask us to delete your account, and we will remove the cookies that we use.",
    )
    statement = ("sentence", "Cookies", "We use cookies and similar technologies to recognise your browser.")
    assert order("cookies", mention, statement) == [1, 0]
    assert order("cookies", statement, mention) == [0, 1]


def test_the_heading_counts():
    text = "We keep your data for 30 days."
    assert order(
        "retention_period", ("sentence", "Payment", text), ("sentence", "How long we keep data", text)
    ) == [1, 0]


def test_strength_is_between_0_and_1_and_one_for_a_sentence():
    text = "We use cookies, and we use cookies of our partners; our cookies last for a year."
    codings = code_sentences(units(("sentence", "Cookies", text)), "disclosure")
    assert codings["strength"].between(0, 1).all()
    assert codings.groupby(["item", "sentence_id"])["strength"].nunique().max() == 1


def test_other_policies_change_no_strength():
    one = units(("sentence", "Cookies", "We use cookies."))
    both = pd.concat(
        [one, one.assign(policy_id="b", text="We use cookies to sell your data to cookie companies.")]
    )
    alone = code_sentences(one, "disclosure")
    among = code_sentences(both, "disclosure").query("policy_id == 'a'").reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, among)


def test_coverage_has_the_strongest_and_tables_fold_the_rest():
    rows = [("sentence", "Cookies", f"We use cookies of kind {number}.") for number in "abcdef"]
    codings = code_sentences(units(*rows), "disclosure")
    cells = coverage(codings, "disclosure", pd.DataFrame({"policy_id": ["a"]}))
    own = codings[codings["item"] == "cookies"]
    assert cells.set_index("item").loc["cookies", "strength"] == own["strength"].max()
    shown = show_evidence(cells, "a", "cookies", codings=codings, codebook="disclosure")
    assert "and 3 more" in repr(shown) and "and 3 more</summary>" in shown._repr_html_()
    assert len(shown.passages) == 6 and shown.passages["strength"].is_monotonic_decreasing
    assert "and 3 more</summary>" in coverage_table(cells, codings=codings)._repr_html_()
