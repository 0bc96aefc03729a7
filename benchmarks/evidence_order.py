"""Is the sentence that a coder quoted among the first that the rules quote?

    python benchmarks/evidence_order.py                                  the five vendors (data/codings)
    python benchmarks/evidence_order.py --quotes FILE --texts FOLDER     also policies whose codes come with quotes

FILE has the columns policy, item, code, evidence; FOLDER holds POLICY.md for each. Counted are the cells in which coder and
rules both say that the item is addressed; of the vendors, the quotes of both readings count.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

import policytools as pt
from policytools.coding.quotes import share_words

ROOT = Path(__file__).resolve().parent.parent


def cells(corpus: pt.Corpus, quotes: pd.DataFrame) -> Iterator[list[bool]]:
    """For each cell whether each quoted sentence is the coder's, in the order of strength."""
    codings = pt.code_sentences(corpus.sentences, "printing")
    texts = corpus.sentences.set_index(["policy_id", "sentence_id"])["text"]
    told = quotes[quotes["code"] == 1].groupby(["policy_id", "item"])["evidence"].agg(" || ".join)
    for (policy_id, item), own in codings.groupby(["policy_id", "item"], sort=False):
        if (policy_id, item) in told.index:
            quoted = told[policy_id, item]
            yield [share_words(quoted, texts[policy_id, n]) for n in own["sentence_id"].unique()]


def main() -> None:
    """Print the shares for each set."""
    asked = argparse.ArgumentParser(description="the order of evidence against coders' quotes")
    asked.add_argument("--quotes", type=Path)
    asked.add_argument("--texts", type=Path)
    asked = asked.parse_args()
    sets = {"vendors": (pt.load_corpus(ROOT / "data"), pt.load_codings(ROOT / "data"))}
    if asked.quotes:
        codes = pd.read_csv(asked.quotes).rename(columns={"policy": "policy_id"})
        corpus = pt.read_policies([asked.texts / f"{name}.md" for name in codes["policy_id"].unique()])
        sets["online services"] = corpus, codes.assign(evidence=codes["evidence"].fillna(""))
    for name, (corpus, quotes) in sets.items():
        found = list(cells(corpus, quotes))
        first, three, any_ = (sum(any(own[:n]) for own in found) / len(found) for n in (1, 3, None))
        quoted = sum(map(len, found)) / len(found)
        print(
            f"{name}: {len(found)} cells; first {first:.3f}, among three {three:.3f}, among all {quoted:.1f} {any_:.3f}"
        )


if __name__ == "__main__":
    main()
