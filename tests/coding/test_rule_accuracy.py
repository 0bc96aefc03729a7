"""Accuracy of the coding rules: counts by hand, and the table that ships."""

from __future__ import annotations

import pytest

from policytools.coding.codebook import load_codebook
from policytools.coding.rule_accuracy import load_rule_accuracy


def test_shipped_accuracy_is_of_the_shipped_codebook():
    assert load_rule_accuracy()["item"].tolist() == load_codebook("printing").items["item"].tolist()
    table = load_rule_accuracy(measured_on=None)
    counts = table[["true_positive", "false_positive", "false_negative", "true_negative"]]
    assert (counts.sum(axis=1) == table["n_policies"]).all()
    precise = table["true_positive"] / (table["true_positive"] + table["false_positive"])
    assert precise.round(4).sub(table["precision"]).abs().max() < 1e-9


def test_accuracy_says_who_read():
    table = load_rule_accuracy(measured_on=None)
    by_people = table[table["coder_kind"] == "person"]
    assert set(by_people["measured_on"]) == {"people"} and by_people["n_policies"].eq(60).all()
    assert load_rule_accuracy(measured_on="people")["item"].tolist() == by_people["item"].tolist()
    with pytest.raises(ValueError, match="measured_on: must be one of vendors.*'persons'"):
        load_rule_accuracy(measured_on="persons")


def test_a_table_of_ones_own_needs_no_sets(tmp_path):
    row = "item,true_positive,false_positive,false_negative,true_negative\ncookies,2,0,1,3\n"
    (tmp_path / "own.csv").write_text(row, encoding="utf-8")
    assert load_rule_accuracy(tmp_path / "own.csv")["true_positive"].tolist() == [2]
