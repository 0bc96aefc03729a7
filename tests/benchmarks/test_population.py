"""The command that measures the reference population."""

from __future__ import annotations

import pandas as pd
import pytest

from benchmarks.population import main, measure_population
from policytools.corpus.corpus import read_policies
from policytools.scores.population import (
    population_scores,
)
from policytools.scores.transparency import transparency

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


def test_the_command_writes_both_tables(folder, monkeypatch):
    main([str(folder), "--output", str(folder / "out"), "--workers", "1"])
    documents = pd.read_csv(folder / "out" / "documents.csv")
    assert documents[["service", "file"]].values.tolist() == [["One Inc.", "one.md"], ["Two Inc.", "two.md"]]
    # The tables that were written give the scores that the texts give.
    monkeypatch.setattr("policytools.scores.reference.FOLDER", folder / "out")
    measured = population_scores().set_index(["policy_id", "dimension"])["score"]
    direct = transparency(
        read_policies(sorted(folder.glob("*.md"))), draws=5, checklists=["CalOPPA", "GDPR 13/14"]
    )
    counted = direct.set_index(["policy_id", "dimension"])["counted"].unstack()
    for dimension in ("readability", "vagueness", "coverage: CalOPPA", "coverage: GDPR 13/14"):
        assert measured.unstack()[dimension].sub(counted[dimension]).abs().max() < 1e-5
    with pytest.raises(SystemExit):
        main([str(folder / "out")])


def test_order_and_processes_change_nothing(folder):
    files = sorted(folder.glob("*.md"))
    one, two = measure_population(files, workers=1), measure_population(files[::-1], workers=1)
    for left, right in zip(one, two):
        pd.testing.assert_frame_equal(left, right)
