"""Measure the accuracy of the coding rules; the table ships with the package.

python benchmarks/rule_accuracy.py TEXTS --people FOLDER
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from coded_sets import CODEBOOK, coded_sets

from policytools.coding.codebook import load_codebook
from policytools.coding.rule_accuracy import ACCURACY_FILE, measure_rules


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the shipped table: each item in each set of policies that a person or a model coded."""
    parser = argparse.ArgumentParser(
        prog="python benchmarks/rule_accuracy.py",
        description="Compare the coding rules with codes given by reading, item by item, and write the counts.",
    )
    parser.add_argument("texts", type=Path, help="folder with the texts that were read, POLICY.md")
    parser.add_argument("--people", type=Path, help="folder that benchmarks/people.py describes")
    parser.add_argument(
        "--output", type=Path, default=ACCURACY_FILE, help="default: the table in the package"
    )
    asked = parser.parse_args(arguments)
    codebook = load_codebook(CODEBOOK)
    tables = []
    for coded in coded_sets(asked.texts, asked.people):
        table = measure_rules(coded.corpus, coded.codes, codebook)
        table.insert(0, "measured_on", coded.name)
        table.insert(1, "coder_kind", coded.coder_kind)
        tables.append(table[table["n_policies"] > 0])
    pd.concat(tables).round(4).to_csv(asked.output, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
