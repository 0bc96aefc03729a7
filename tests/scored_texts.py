"""Small corpora, and single scores of a transparency frame."""

from __future__ import annotations

import pandas as pd

from policytools.corpus.corpus import Corpus, corpus_from_texts


def corpus_of(**texts: str) -> Corpus:
    return corpus_from_texts(
        pd.DataFrame({"policy_id": list(texts), "text": list(texts.values()), "format": "markdown"})
    )


def score_of(result: pd.DataFrame, policy_id: str, dimension: str) -> float:
    return result.set_index(["policy_id", "dimension"]).loc[(policy_id, dimension), "score"]
