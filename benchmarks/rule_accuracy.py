"""Measure the accuracy of the coding rules; the table ships with the package.

python benchmarks/rule_accuracy.py CODINGS FOLDER
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from policytools.coding.codebook import load_codebook
from policytools.coding.rule_accuracy import ACCURACY_FILE, measure_rules
from policytools.corpus.corpus import read_policies


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the shipped table from a file of codes and a folder of texts."""
    parser = argparse.ArgumentParser(
        prog="python benchmarks/rule_accuracy.py",
        description="Compare the coding rules with codes given by reading, item by item, and write the counts.",
    )
    parser.add_argument("codings", type=Path, help="CSV with columns policy, item, code (0 or 1)")
    parser.add_argument("texts", type=Path, help="folder with the texts that were read, POLICY.md")
    parser.add_argument(
        "--output", type=Path, default=ACCURACY_FILE, help="default: the table in the package"
    )
    asked = parser.parse_args(arguments)
    hand = pd.read_csv(asked.codings).rename(columns={"policy": "policy_id"})
    corpus = read_policies([asked.texts / f"{name}.md" for name in dict.fromkeys(hand["policy_id"])])
    table = measure_rules(corpus, hand, load_codebook("disclosure"))
    table.round(4).to_csv(asked.output, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
