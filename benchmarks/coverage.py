"""How well the coverage rules agree with codes given by reading.

    python benchmarks/coverage.py                     the five vendors (data/codings)
    python benchmarks/coverage.py --texts FOLDER      also the policies of benchmarks/codings, from their texts
    python benchmarks/coverage.py --people FOLDER     also 60 policies that people coded, and the rules beside a person
    python benchmarks/coverage.py --items             a line for each item
    python benchmarks/coverage.py --errors            each disagreement with its quote

FOLDER of --texts holds one Markdown file for each policy_id, FOLDER of --people what benchmarks/people.py describes.
Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from coded_sets import CODEBOOK, coded_sets
from people import People, measure

import policytools as pt

CELL = ["policy_id", "item"]


def judge(corpus: pt.Corpus, gold: pd.DataFrame, codebook: pt.Codebook) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Gold and rules' codes of each cell, and the rules' evidence."""
    codings = pt.code_sentences(corpus.sentences, codebook)
    found = pt.coverage(codings, codebook, corpus.policies).set_index(CELL)["addressed"].astype(int)
    cells = gold[[*CELL, "code"]].rename(columns={"code": "gold"})
    return cells.assign(rules=found.reindex(pd.MultiIndex.from_frame(cells[CELL])).to_numpy()), codings


def figures(cells: pd.DataFrame) -> dict[str, object]:
    long = cells.melt(id_vars=CELL, value_vars=["gold", "rules"], var_name="coder", value_name="code")
    table = pt.precision_recall(
        long, unit=CELL, coder="coder", value="code", reference="gold", judged="rules", positive=1
    ).set_index("measure")
    shown = {
        name: f"{row['value']:.3f} [{row['low']:.3f}, {row['high']:.3f}]" for name, row in table.iterrows()
    }
    both = cells.groupby("item")[["gold", "rules"]].agg(list)
    f1 = [
        2 * sum(g & r for g, r in zip(gold, rules, strict=True)) / (sum(gold) + sum(rules))
        for gold, rules in both.itertuples(index=False)
        if sum(gold)
    ]
    kappa = pt.cohen_kappa(long, unit=CELL, coder="coder", value="code")
    return {"policies": cells["policy_id"].nunique(), "cells": len(cells), **shown, "kappa": round(kappa, 3),
            "macro F1": round(sum(f1) / len(f1), 3)}  # fmt: skip


def main() -> None:
    asked = argparse.ArgumentParser(description="agreement of the coverage rules with codes given by reading")
    asked.add_argument("--texts", type=Path, help="folder of the online services' policies, Markdown")
    asked.add_argument(
        "--people", type=Path, help="folder of the policies that people coded, with their marks"
    )
    asked.add_argument("--items", action="store_true")
    asked.add_argument("--errors", action="store_true")
    asked = asked.parse_args()
    codebook = pt.load_codebook(CODEBOOK)
    judged, rows = {}, {}
    for coded in coded_sets(asked.texts, asked.people):
        cells, codings = judged[coded.name] = judge(coded.corpus, coded.codes, codebook)
        rows[coded.name] = {"coder": coded.coder_kind, **figures(cells)}
        if "confidence" in coded.codes and coded.name != "vendors":
            sure = (coded.codes["confidence"] == "sure").to_numpy()
            rows[f"{coded.name}, sure"] = {"coder": coded.coder_kind, **figures(cells[sure])}
    print(pd.DataFrame(rows).T.to_string())
    if asked.people:
        print("F1 beside a person, on the same decisions")
        print(pd.concat(measure(People(asked.people), codebook)).round(3).to_string())
    for name, (cells, codings) in judged.items():
        if asked.items:
            print(name, cells.groupby("item")[["gold", "rules"]].sum().join(
                (cells["gold"] != cells["rules"]).groupby(cells["item"]).sum().rename("differ")).to_string())  # fmt: skip
        if asked.errors:
            for row in cells[cells["gold"] != cells["rules"]].itertuples():
                same = (codings["policy_id"] == row.policy_id) & (codings["item"] == row.item)
                quote = codings.loc[same, "quote"].head(1).to_list()
                print(name, "extra" if row.rules else "missed", row.policy_id, row.item, *quote, sep=" | ")


main()
