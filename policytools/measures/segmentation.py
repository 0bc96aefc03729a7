"""Counts of each unit of a text, for each way to say what is a sentence, and formulas of many sums of counts at once."""

import numpy as np
import pandas as pd

from policytools.measures.readability import FORMULAS, Counts, count

SEGMENTATION = ("sentences", "fragments as sentences", "fragments continue the lead-in")


def reading_counts(units: pd.DataFrame) -> dict[str, np.ndarray]:
    """Counts of each unit under each segmentation; a unit that is not counted has zeros."""
    kinds, texts = units["kind"].tolist(), units["text"].tolist()
    counts = np.array([count([text]) for text in texts], dtype="float64")
    counts = counts.reshape(len(texts), len(Counts._fields))
    is_sentence, is_fragment = (
        units["kind"].eq(kind).to_numpy()[:, None] for kind in ("sentence", "fragment")
    )
    sentences = np.where(is_sentence, counts, 0)
    merged = sentences.copy()
    lead_in = None
    for i, (kind, text) in enumerate(zip(kinds, texts)):
        if kind == "fragment" and lead_in is not None:
            merged[lead_in, 1:] += counts[i, 1:]  # its words, but no sentence of its own
        else:
            lead_in = i if kind == "sentence" and text.rstrip().endswith(":") else None
    return dict(zip(SEGMENTATION, (sentences, np.where(is_sentence | is_fragment, counts, 0), merged)))


def evaluate(formula: str, sums: np.ndarray) -> np.ndarray:
    """A formula for each row of counts; NaN without sentences or words."""
    values = np.full(len(sums), np.nan)
    defined = (sums[:, 0] > 0) & (sums[:, 1] > 0)
    if formula == "dale_chall_readability_score":  # adds a constant under a condition: not for arrays
        values[defined] = [FORMULAS[formula](Counts(*row)) for row in sums[defined]]
    else:
        values[defined] = FORMULAS[formula](Counts(*sums[defined].T))
    return values
