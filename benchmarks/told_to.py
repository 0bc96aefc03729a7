"""Whether `told_to` says of evidence what a reader says: to whom does this sentence speak?

    python benchmarks/told_to.py FOLDER

FOLDER holds the policies of benchmarks/codings/told_to.csv, one Markdown file for each policy_id. The file has 200
sentences with evidence, half of them told to some readers only by the rules of that time; each was read in its context by
a language model, which saw the rules' answer. told_to_blind.csv has 98 others, read without the rules' answer,
with a few words around them. Where reading and rules differed, the whole text was read; "settled" says whether some or all
readers are told. sha256 begins the checksum of the sentence; a sentence with another checksum is left out.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import pandas as pd

import policytools as pt
from policytools._statistics import wilson
from policytools.coding.told_to import readers_of_units

CODINGS = Path(__file__).resolve().parent / "codings"


def main() -> None:
    """Print the share that is right for each half, and each disagreement."""
    asked = argparse.ArgumentParser(description="told_to against readings of 298 sentences")
    asked.add_argument("folder", type=Path)
    folder = asked.parse_args().folder
    readings = pd.concat([pd.read_csv(CODINGS / name) for name in ("told_to.csv", "told_to_blind.csv")])
    sentences = pt.read_policies([folder / f"{name}.md" for name in readings["policy_id"].unique()]).sentences
    columns = (sentences[name].tolist() for name in ("policy_id", "text", "kind"))
    sentences = sentences.assign(told_to=readers_of_units(*columns))
    judged = readings.merge(sentences, on=["policy_id", "sentence_id"])
    digests = [hashlib.sha256(text.encode()).hexdigest()[:16] for text in judged["text"]]
    judged = judged[judged["sha256"] == digests]
    blind = judged["settled"].notna()
    some = judged["told_to"].where(judged["told_to"] == "everyone", "some")
    right = (some == judged["settled"]).where(blind, judged["reading"] == judged["told_to"])
    half = judged["sampled"].where(~blind, judged["sampled"] + ", blind")
    for name, own in right.groupby(half):
        low, high = wilson(int(own.sum()), len(own))
        print(f"{name}: {own.sum()} of {len(own)} right ({own.mean():.3f}, 95 % {low:.3f} to {high:.3f})")
    for row in judged[~right].itertuples():
        print(
            f"  {row.policy_id} {row.sentence_id}: read {row.reading}, rules {row.told_to} | {row.text[:90]}"
        )


if __name__ == "__main__":
    main()
