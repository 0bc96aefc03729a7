"""How the time of coverage grows with the number of sentences and of items.

    python benchmarks/matching.py --texts FOLDER

FOLDER holds Markdown policies. Reported is CPU time for 1,000 units, best of three, patterns and word types warm.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

import policytools as pt


def seconds(function: Callable[..., object], *given: object, repeats: int = 3) -> float:
    best = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        function(*given)
        best = min(best, time.process_time() - start)
    return best


def times(codebook: pt.Codebook, n: int) -> pt.Codebook:
    """A codebook with n copies of each item and its phrases."""
    items = [codebook.items.assign(item=codebook.items["item"] + f"_{copy}") for copy in range(n)]
    size = len(codebook.phrases)

    def moved(phrases: tuple[int, ...], copy: int) -> tuple[int, ...]:
        return tuple(phrase + copy * size for phrase in phrases)

    rules = [
        replace(
            rule,
            item=f"{rule.item}_{copy}",
            find=moved(rule.find, copy),
            near=tuple(moved(options, copy) for options in rule.near),
            not_near=moved(rule.not_near, copy),
            exclude=moved(rule.exclude, copy),
            conditions=tuple((key, moved(phrases, copy)) for key, phrases in rule.conditions),
        )
        for copy in range(n)
        for rule in codebook.rules
    ]
    return replace(
        codebook, items=pd.concat(items, ignore_index=True), rules=tuple(rules), phrases=codebook.phrases * n
    )


def main() -> None:
    asked = argparse.ArgumentParser(description="time of coverage by number of sentences and of items")
    asked.add_argument("--texts", type=Path, required=True, help="folder of Markdown policies")
    asked.add_argument("-n", type=int, default=20, help="policies (default 20, spread over the folder)")
    asked = asked.parse_args()
    files = sorted(asked.texts.glob("*.md"))
    files = files[:: max(len(files) // asked.n, 1)][: asked.n]
    sentences = pt.read_policies(files).sentences
    codebook = pt.load_codebook("printing")
    policies = list(sentences["policy_id"].unique())
    rows = []
    for share in (0.25, 0.5, 1.0):
        some = sentences[sentences["policy_id"].isin(policies[: round(share * len(policies))])]
        rows.append((some, 1))
    rows += [(sentences, 2), (sentences, 4)]
    table = []
    for part, n in rows:
        book = times(codebook, n)
        pt.code_sentences(part, book)
        spent = seconds(pt.code_sentences, part, book)
        vague = seconds(pt.vagueness, part) if n == 1 else float("nan")
        units, megabytes = len(part), part["text"].str.len().sum() / 1e6
        table.append((part["policy_id"].nunique(), units, len(book.items), len(book.rules), 1e6 * spent / units,
                      spent / megabytes, 1e6 * vague / units))  # fmt: skip
    columns = ["policies", "units", "items", "rules", "coverage, ms per 1,000 units", "coverage, s per MB",
               "vagueness, ms per 1,000 units"]  # fmt: skip
    print(pd.DataFrame(table, columns=columns).round(2).to_string(index=False))


main()
