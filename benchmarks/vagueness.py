"""How many hits of `find_vague_terms` that are not marked as false friends leave nothing open after all.

    python benchmarks/vagueness.py --texts FOLDER --sample 200 --seed 2024     print hits to read
    python benchmarks/vagueness.py                                             the shares in codings/vague_hits.csv

A sample is drawn at random from all unmarked hits of the texts. Each hit is read in its sentence: "open" if the term
leaves something open, "nothing open" if not.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

import pandas as pd

from policytools._statistics import wilson
from policytools.corpus.corpus import read_policies
from policytools.measures.vagueness import find_vague_terms

READ = Path(__file__).parent / "codings" / "vague_hits.csv"
WORDS_AROUND = 7


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=Path, help="a folder of policies")
    parser.add_argument("--sample", type=int, default=200, help="how many hits are drawn (200)")
    parser.add_argument("--seed", type=int, default=2024)
    options = parser.parse_args()
    if options.texts:
        print_sample(options.texts, options.sample, options.seed)
        return
    for name, rows in pd.read_csv(READ, dtype=str, keep_default_na=False).groupby("sample", sort=False):
        n, of = int((rows["verdict"] == "nothing open").sum()), len(rows)
        low, high = wilson(n, of)
        print(f"{name}: {n} of {of} leave nothing open, {n / of:.1%} (95 % interval {low:.1%} to {high:.1%})")


def print_sample(folder: Path, n: int, seed: int) -> None:
    sentences = read_policies(folder).sentences
    hits = find_vague_terms(sentences).query("false_friend == ''").sample(n, random_state=seed)
    texts = sentences.set_index(["policy_id", "sentence_id"])["text"]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["policy_id", "sentence_id", "term", "quote"])
    for hit in hits.itertuples():
        text = texts[hit.policy_id, hit.sentence_id]
        before = text[: hit.start].split()[-WORDS_AROUND:]
        after = text[hit.end :].split()[:WORDS_AROUND]
        writer.writerow(
            [hit.policy_id, hit.sentence_id, hit.term, " ".join([*before, f"[{hit.quote}]", *after])]
        )


if __name__ == "__main__":
    main()
