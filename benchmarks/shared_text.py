"""How much text the vendors' policies share with a population of policies, and the population within itself.

    python benchmarks/shared_text.py --texts FOLDER

FOLDER holds the population, one Markdown file a policy. Writes data/reference/shared-text.csv (the five closest
documents of each vendor) and shared-text-population.csv (quantiles of containment over all pairs); notebook 06
shows both. The texts themselves are not kept.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

import policytools as pt

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    asked = argparse.ArgumentParser(description="text shared with a population of policies")
    asked.add_argument("--texts", type=Path, required=True)
    asked = asked.parse_args()
    vendors, population = pt.load_corpus(ROOT / "data"), pt.read_policies(asked.texts)
    sentences = pd.concat([vendors.sentences, population.sentences], ignore_index=True)
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
    quantiles.to_csv(
        target / "shared-text-population.csv", index=False, float_format="%.5f", lineterminator="\n"
    )
    print(closest.groupby("policy_id").head(2).to_string(index=False))
    print(quantiles.to_string(index=False))


main()
