"""The command that measures the accuracy of the rules, and the rules beside a person."""

from __future__ import annotations

import pandas as pd
import people
import pytest
from scored_texts import corpus_of

import policytools as pt
from benchmarks.rule_accuracy import main as measure_rules_main
from benchmarks.rule_accuracy import measure_rules

SEGMENTS = """policy,segment,html
one,0,"We use cookies. "
one,1,"We keep it for 30 days."
two,0,"We sell printers."
"""


@pytest.fixture
def marked(tmp_path):
    """Two policies: all three people see cookies in one, A and B also the retention, C alone cookies in two."""
    tables = {
        "segments": SEGMENTS,
        "mapping": "item\ncookies\nretention_period\n",
        "policy_marks": "policy,coder,item\n" + "".join(f"one,{c},cookies\n" for c in "ABC") + "one,A,retention_period\none,B,retention_period\ntwo,C,cookies\n",
        "item_marks": "policy,segment,coder,item\n" + "".join(f"one,0,{c},cookies\n" for c in "ABC") + "one,1,A,retention_period\none,1,B,retention_period\n",
        "category_marks": "policy,segment,coder,category\n" + "".join(f"one,1,{c},Data Retention\n" for c in "AB"),
    }  # fmt: skip
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def test_majority_of_three_people(marked):
    codes = people.People(marked).majority().set_index(["policy_id", "item"])["code"]
    assert codes.to_dict() == {
        ("one", "cookies"): 1,
        ("one", "retention_period"): 1,
        ("two", "cookies"): 0,
        ("two", "retention_period"): 0,
    }


def test_rules_and_a_person_on_the_same_decisions(marked):
    tables = people.measure(people.People(marked), pt.load_codebook("printing"))
    policies = tables["policies, 2 items"]
    # Retention: A and B agree that it is there; C does not see it, the rules do. Without A or B the others differ.
    # Cookies: A and B agree that two is silent, and C differs: 3 hits, 1 extra.
    assert policies.loc["a person", "macro F1"] == pytest.approx((6 / 7 + 0) / 2)
    assert policies.loc["the rules", "macro F1"] == 1
    assert tables["segments, 2 items"].loc["the rules", "macro F1"] == 1


def test_the_rules_are_measured_by_one_command(tmp_path, marked):
    written = tmp_path / "accuracy.csv"
    measure_rules_main([str(tmp_path), "--people", str(marked), "--output", str(written)])
    table = pd.read_csv(written).set_index(["measured_on", "item"])
    assert table.index.unique("measured_on").to_list() == ["vendors", "people"]
    assert table.loc[("people", "cookies"), ["n_policies", "true_positive"]].to_list() == [2, 1]


def test_measured_rules_by_hand():
    texts = corpus_of(a="We use cookies.", b="We sell printers.", c="We use cookies.")
    by_hand = pd.DataFrame({"policy_id": ["a", "b", "c"], "item": "cookies", "code": [1, 1, 0]})
    row = measure_rules(texts, by_hand, pt.load_codebook("printing")).set_index("item").loc["cookies"]
    # found in a and c; right in a, wrong in c; missed in b
    counts = ["n_policies", "true_positive", "false_positive", "false_negative", "true_negative"]
    assert row[counts].tolist() == [3, 1, 1, 1, 0]
    assert row[["precision", "recall", "missed"]].tolist() == [1 / 2, 1 / 2, 1]
    with pytest.raises(ValueError, match="more than one row for the same policy_id and item"):
        measure_rules(texts, pd.concat([by_hand, by_hand]), pt.load_codebook("printing"))
    with pytest.raises(ValueError, match="no such policy or item: z"):
        measure_rules(texts, by_hand.replace("a", "z"), pt.load_codebook("printing"))
