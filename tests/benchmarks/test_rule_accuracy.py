"""The command that measures the accuracy of the rules."""

from __future__ import annotations

import pandas as pd
import pytest

from benchmarks.rule_accuracy import main as measure_rules_main

TEXTS = {
    "one.md": "# Privacy Policy\n\nLast updated: May 25, 2018.\n\n## Data\n\nWe may use cookies. We keep your data for 30 days.\n",
    "two.md": "# Privacy Policy\n\nWe use third-party services. We will notify you of changes to this policy by email.\n",
}


@pytest.fixture
def folder(tmp_path):
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "index.csv").write_text(
        "service,file,words\nOne Inc.,one.md,9\nTwo Inc.,two.md,9\n", encoding="utf-8"
    )
    return tmp_path


def test_the_rules_are_measured_by_one_command(folder):
    codings = folder / "codings.csv"
    codings.write_text("policy,item,code\none,cookies,1\ntwo,cookies,1\n", encoding="utf-8")
    measure_rules_main([str(codings), str(folder), "--output", str(folder / "accuracy.csv")])
    row = pd.read_csv(folder / "accuracy.csv").set_index("item").loc["cookies"]
    assert row[["n_policies", "true_positive", "false_negative"]].tolist() == [2, 1, 1]
