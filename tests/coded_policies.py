"""Policies and codes for the tests of the evidence page and of evidence in notebooks."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from policytools.corpus.corpus import Corpus, corpus_from_texts

ROOT = Path(__file__).parents[1]


ATTACK = "<script>alert(1)</script>"


BREAKOUT = "</script><img src=x onerror=alert(1)>\u2028&amp;\"'"


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def hand(**changes) -> pd.DataFrame:
    row = {"policy_id": "a", "item": "children", "coder": "XY", "code": 1, "evidence": "We use cookies"}
    return pd.DataFrame([row | changes])


def hostile() -> tuple[Corpus, pd.DataFrame, pd.DataFrame]:
    frame = pd.DataFrame({
        "policy_id": [f"id{ATTACK}", "b"],
        "vendor": [f"Vendor {ATTACK}", BREAKOUT],
        "title": [BREAKOUT, ATTACK],
        "captured_on": [ATTACK, BREAKOUT],
        "source_url": ["https://x.example/<script>alert(1)</script>", "javascript:alert(1)"],
        "note": [ATTACK, BREAKOUT],
        "language": ["en", '"><script>alert(1)</script>'],
        "text": [f"We use cookies {ATTACK} and more cookies {BREAKOUT} in every shop. A second sentence is here.",
                 f"{BREAKOUT} is what we say to children under 13 who use cookies. <!-- <script> \x00 x"],
    })  # fmt: skip
    corpus = corpus_from_texts(frame)
    codes = pd.DataFrame({
        "policy_id": [f"id{ATTACK}"], "item": ["children"], "coder": [ATTACK], "code": [1],
        "evidence": [f"We use cookies {ATTACK}"], "coder_kind": ["person"], "note": [BREAKOUT], "confidence": [ATTACK],
    })  # fmt: skip
    coders = pd.DataFrame({"coder": [ATTACK], "kind": ["person"], "description": [BREAKOUT]})
    return corpus, codes, coders
