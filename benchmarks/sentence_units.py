"""How well sentences and fragments are told apart, on units that were labelled by reading.

    python benchmarks/sentence_units.py FOLDER

FOLDER holds the texts that were read, POLICY.md. benchmarks/units/ has the labels, without the texts: a unit is found by
its SHA-256. A unit that is now cut in another way is counted as not found.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import pandas as pd

from policytools.corpus.corpus import read_policies

LABELS = Path(__file__).parent / "units" / "sentence-units.tsv"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("texts", type=Path, help="folder with the texts that were read, POLICY.md")
    texts = parser.parse_args().texts
    labels = pd.read_csv(LABELS, sep="\t")
    sentences = read_policies([texts / f"{name}.md" for name in labels["policy_id"].unique()]).sentences
    sentences["sha256"] = [hashlib.sha256(text.encode()).hexdigest()[:16] for text in sentences["text"]]
    found = labels.merge(sentences.drop_duplicates(["policy_id", "sha256"]), on=["policy_id", "sha256"])
    print(f"{'set':14}{'found':>8}{'of':>6}{'F1 sentence':>14}{'F1 fragment':>14}")
    for name, part in found.groupby("set"):
        scores = [f1(part["label"], part["kind"], kind) for kind in ("sentence", "fragment")]
        n_labels = (labels["set"] == name).sum()
        print(f"{name:14}{len(part):8}{n_labels:6}" + "".join(f"{score:14.3f}" for score in scores))


def f1(label: pd.Series, kind: pd.Series, which: str) -> float:
    # A heading has no sentence structure either.
    kind = kind.replace("heading", "fragment")
    both = ((label == which) & (kind == which)).sum()
    return 2 * both / ((label == which).sum() + (kind == which).sum())


if __name__ == "__main__":
    main()
