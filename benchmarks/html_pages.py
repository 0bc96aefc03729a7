"""How much of the policy is read from real web pages, and how much other text with it.

    python benchmarks/html_pages.py --pages FOLDER [--peer]

FOLDER holds NAME.html (the page) beside NAME.md (the policy's text, cut out by hand-written selectors), and
index.csv with the columns stem and several_documents. The comparison is of multisets of lower-cased word
tokens, without link targets. --peer runs trafilatura, favouring recall, on the same pages.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path

import pandas as pd
from tqdm import tqdm

import policytools as pt
from policytools.text.normalise import normalise


def tokens(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def plain(markdown: str) -> str:
    """Words of a Markdown text, without link targets, images and tags."""
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", " ", markdown)
    text = re.sub(r"\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)", "]", text)
    text = re.sub(r"<(https?://[^>]*)>", r"\1", text)
    return normalise(re.sub(r"<[^>]{1,200}>", " ", text).replace("\\", ""))


def scores(read: str, gold: str) -> tuple[float, float, float]:
    a, b = tokens(read), tokens(gold)
    hit = sum((a & b).values())
    precision, recall = hit / max(sum(a.values()), 1), hit / max(sum(b.values()), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def by_peer(page: str) -> str:
    import trafilatura

    return trafilatura.extract(page, favor_recall=True, include_tables=True, include_comments=False) or ""


def main() -> None:
    asked = argparse.ArgumentParser(description="policies read from web pages")
    asked.add_argument("--pages", type=Path, required=True)
    asked.add_argument("--peer", action="store_true", help="also trafilatura")
    asked = asked.parse_args()
    index = pd.read_csv(asked.pages / "index.csv")
    rows = []
    for stem, several in tqdm(index[["stem", "several_documents"]].itertuples(index=False), total=len(index)):
        page = asked.pages / f"{stem}.html"
        gold = plain((asked.pages / f"{stem}.md").read_text("utf-8"))
        corpus = pt.read_policies([page])
        kept = " ".join(corpus.blocks.loc[corpus.blocks["keep"], "text"])
        rows.append(("policytools", several, stem, *scores(kept, gold), corpus.policies["note"][0]))
        if asked.peer:
            peer = by_peer(page.read_text("utf-8", "replace"))
            rows.append(("trafilatura", several, stem, *scores(normalise(peer), gold), ""))
    table = pd.DataFrame(rows, columns=["reader", "several", "page", "precision", "recall", "f1", "note"])
    low = table[(table["f1"] < 0.98) | (table["several"] == 1)]
    print(low[low["reader"] == "policytools"].round(3).to_string(index=False))
    summary = table.groupby(["reader", "several"]).agg(
        pages=("page", "size"), precision=("precision", "mean"), recall=("recall", "mean"), f1=("f1", "mean"),
        lowest_f1=("f1", "min"), below_95=("f1", lambda f1: (f1 < 0.95).sum()))  # fmt: skip
    print(summary.round(4).to_string())


main()
