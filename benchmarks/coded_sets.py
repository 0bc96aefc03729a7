"""The sets of policies whose codes were given by reading, each with its texts and with who read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from people import People

import policytools as pt

ROOT = Path(__file__).resolve().parent.parent
CODEBOOK = "printing"


@dataclass(frozen=True)
class CodedSet:
    """Codes of some policies: policy_id, item, code (1 addressed, 0 silent), where known confidence."""

    name: str
    coder_kind: str
    corpus: pt.Corpus
    codes: pd.DataFrame


def coded_sets(texts: Path | None = None, people: Path | None = None) -> Iterator[CodedSet]:
    """The five vendors; with `texts` the online services of benchmarks/codings; with `people` those of OPP-115.

    `texts` holds POLICY.md for each policy; policies without a file are left out, and a line says so.
    """
    codings = pt.load_codings(ROOT / "data")
    yield CodedSet("vendors", "model", pt.load_corpus(ROOT / "data"), codings[codings["coder"] == "agreed"])
    if texts is not None:
        codes = pd.read_csv(ROOT / "benchmarks" / "codings" / "online-services.csv")
        for name, part in codes.groupby("set", sort=False):
            files = {policy: texts / f"{policy}.md" for policy in part["policy_id"].unique()}
            if absent := [policy for policy, file in files.items() if not file.is_file()]:
                print(f"{name}: not in the folder of texts, left out: {', '.join(absent)}")
            there = [file for policy, file in files.items() if policy not in absent]
            if there:
                known = part[~part["policy_id"].isin(absent)]
                yield CodedSet(str(name), "model", pt.read_policies(there), known)
    if people is not None:
        marked = People(people)
        yield CodedSet("people", "person", marked.corpus, marked.majority())
