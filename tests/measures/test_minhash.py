"""MinHash finds likely pairs; their numbers are exact."""

from __future__ import annotations

import pandas as pd
import pytest

from policytools.measures.shared_text import shared_text


def frame(texts: dict[str, list[str]]) -> pd.DataFrame:
    rows = [
        {
            "policy_id": policy,
            "block_id": i,
            "sentence_id": 10 * i,
            "kind": "sentence",
            "section": "",
            "text": text,
        }
        for policy, sentences in texts.items()
        for i, text in enumerate(sentences)
    ]
    return pd.DataFrame(rows)


def test_minhash_gives_the_exact_numbers_of_the_pairs_it_finds():
    pytest.importorskip("datasketch")
    texts = {f"p{i}": [" ".join(f"w{i}x{j}" for j in range(60))] for i in range(6)}
    texts["copy"] = [texts["p3"][0] + " and a few words of its own"]
    exact = shared_text(frame(texts), min_jaccard=0.5)
    assert set(exact["policy_id"]) == {"p3", "copy"}
    pd.testing.assert_frame_equal(shared_text(frame(texts), min_jaccard=0.5, method="minhash"), exact)
