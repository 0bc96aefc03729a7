"""How well the coverage rules agree with codes given by reading.

    python benchmarks/coverage.py                     the five vendors (data/codings)
    python benchmarks/coverage.py --texts FOLDER      also the policies of benchmarks/codings, from their texts
    python benchmarks/coverage.py --items             a line for each item
    python benchmarks/coverage.py --errors            each disagreement with its quote

FOLDER holds one Markdown file for each policy_id. Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

import policytools as pt

ROOT = Path(__file__).resolve().parent.parent
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
    asked.add_argument("--items", action="store_true")
    asked.add_argument("--errors", action="store_true")
    asked = asked.parse_args()
    codebook = pt.load_codebook("disclosure")
    codes = pt.load_codings(ROOT / "data")
    judged = {"vendors": judge(pt.load_corpus(ROOT / "data"), codes[codes["coder"] == "agreed"], codebook)}
    if asked.texts:
        gold = pd.read_csv(ROOT / "benchmarks" / "codings" / "online-services.csv")
        files = {name: asked.texts / f"{name}.md" for name in gold["policy_id"].unique()}
        if absent := [name for name, file in files.items() if not file.is_file()]:
            print(f"not in {asked.texts}, left out: {', '.join(absent)}")
        gold = gold[~gold["policy_id"].isin(absent)]
        corpus = pt.read_policies([file for name, file in files.items() if name not in absent])
        for name, part in gold.groupby("set", sort=False):
            judged[str(name)] = judge(corpus, part, codebook)
            sure = part[part["confidence"] == "sure"]
            judged[f"{name}, sure"] = judge(corpus, sure, codebook)
    print(pd.DataFrame({name: figures(cells) for name, (cells, _) in judged.items()}).T.to_string())
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
