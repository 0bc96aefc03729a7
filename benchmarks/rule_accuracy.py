"""Measure the accuracy of the coding rules; the table ships with the package.

python benchmarks/rule_accuracy.py TEXTS --people FOLDER
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from coded_sets import CODEBOOK, coded_sets

from policytools._frames import check_frame
from policytools._wording import listed
from policytools.coding.codebook import Codebook, load_codebook
from policytools.coding.coverage import code_sentences, coverage
from policytools.coding.rule_accuracy import ACCURACY_FILE, COUNTS
from policytools.corpus.corpus import Corpus


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


def measure_rules(corpus: Corpus, hand_codings: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Precision and recall of each item's rules against codes given by reading; higher is better.

    hand_codings holds policy_id, item and code (1 addressed, 0 silent). One row for each item in the order of the
    codebook, with the columns that `load_rule_accuracy` describes.
    """
    columns = ["policy_id", "item", "code"]
    hand_codings = check_frame(hand_codings, "hand_codings", columns, unit=columns[:2])
    if not hand_codings["code"].isin([0, 1]).all():
        raise ValueError("hand_codings: code must be 0 or 1")
    by_rules = coverage(code_sentences(corpus.sentences, codebook), codebook, corpus.policies)
    both = hand_codings[columns].merge(by_rules, on=["policy_id", "item"])
    if len(both) < len(hand_codings):
        unknown = sorted(set(hand_codings["policy_id"]) - set(by_rules["policy_id"]))
        unknown += sorted(set(hand_codings["item"]) - set(by_rules["item"]))
        raise ValueError(f"hand_codings: no such policy or item: {listed(unknown)}")
    truth, claim = both["code"].astype(bool), both["addressed"]
    outcomes = dict(
        zip(COUNTS, (truth & claim, ~truth & claim, truth & ~claim, ~truth & ~claim), strict=True)
    )
    counts = pd.DataFrame(outcomes).groupby(both["item"]).sum()
    table = counts.reindex(codebook.items["item"], fill_value=0).astype("int64")
    table.insert(0, "n_policies", table.sum(axis=1))
    table["precision"] = table["true_positive"] / (table["true_positive"] + table["false_positive"])
    table["recall"] = table["true_positive"] / (table["true_positive"] + table["false_negative"])
    table["missed"] = table["false_negative"] / (table["false_negative"] + table["true_negative"])
    return table.rename_axis("item").reset_index().astype({"item": "str"})


if __name__ == "__main__":
    main()
