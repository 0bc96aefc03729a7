"""How much text the vendors' policies share with a population of policies, and the population within itself.

    python benchmarks/shared_text.py --texts FOLDER

FOLDER holds the population, one Markdown file a policy. Writes data/reference/shared-text.csv (the five closest
documents of each vendor) and the package's quantiles of containment over all pairs (`population_overlap`); notebook
06 shows both. The texts themselves are not kept.

With --sketches nothing is written. For several limits of containment it prints how many pairs the comparison
of all pairs finds, and how many of them the MinHash sketches of `scale.similar_pairs` find.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

import policytools as pt
from policytools.measures.minhash import likely_pairs, sketch
from policytools.measures.shared_text import policy_shingles
from policytools.scores.reference import FOLDER

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    asked = argparse.ArgumentParser(description="text shared with a population of policies")
    asked.add_argument("--texts", type=Path, required=True)
    asked.add_argument("--sketches", action="store_true")
    asked = asked.parse_args()
    vendors, population = pt.load_corpus(ROOT / "data"), pt.read_policies(asked.texts)
    sentences = pd.concat([vendors.sentences, population.sentences], ignore_index=True)
    if asked.sketches:
        return print_recall(sentences)
    shared = pt.shared_text(sentences, n=8)
    own = shared["policy_id"].isin(vendors.policies["policy_id"])
    other = shared["other_id"].isin(vendors.policies["policy_id"])
    closest = shared[own & ~other].sort_values(
        ["policy_id", "containment", "other_id"], ascending=[True, False, True]
    )
    target = ROOT / "data" / "reference"
    target.mkdir(exist_ok=True)
    closest.groupby("policy_id").head(5).to_csv(
        target / "shared-text.csv", index=False, float_format="%.5f", lineterminator="\n"
    )
    within = shared.loc[~own & ~other, "containment"]
    quantiles = within.quantile([0.5, 0.9, 0.95, 0.99, 0.999]).rename_axis("quantile").reset_index()
    quantiles["n_pairs"] = len(within)
    quantiles.to_csv(FOLDER / "shared_text.csv", index=False, float_format="%.5f", lineterminator="\n")
    print(closest.groupby("policy_id").head(2).to_string(index=False))
    print(quantiles.to_string(index=False))


def print_recall(sentences: pd.DataFrame) -> None:
    exact, shingles = pt.shared_text(sentences, n=8), policy_shingles(sentences)
    number = {policy: place for place, policy in enumerate(shingles["policy_id"])}
    sketches = np.array([sketch(found) for found in shingles["shingles"]])
    for least in (0.05, 0.1, 0.2, 0.3, 0.5, 0.8):
        there = exact[exact["containment"] >= least]
        pairs = likely_pairs(sketches, shingles["n_shingles"].to_numpy(), min_containment=least)
        likely = set(map(tuple, pairs.tolist()))
        both = zip(there["policy_id"].map(number), there["other_id"].map(number), strict=True)
        found = sum((min(pair), max(pair)) in likely for pair in both)
        print(f"| {least:g} | {len(there)} | {found} | {found / len(there):.3f} | {len(likely)} |")


main()
