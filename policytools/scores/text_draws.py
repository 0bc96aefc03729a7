"""Reading values of a text under each way to count its units, and of other texts by the same authors.

A grade or a rate of vague terms is exact for a complete text. How another text of these authors would read is another
question; for it whole sections are drawn again with replacement (`policytools._statistics.bootstrap_weights`).
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from policytools._statistics import bootstrap_weights, parts_to_resample, stream, sums_of_parts
from policytools.measures.readability import FORMULAS
from policytools.measures.segmentation import SEGMENTATION, evaluate, reading_counts

HEDGES = ("false friends left out", "false friends counted")


@dataclass(frozen=True)
class TextSums:
    """Counts of each section of each policy, for readability and for vague terms.

    Attributes
    ----------
    keys : dict
        policy_id -> key of its text.
    reading : dict
        policy_id -> segmentation -> (sections, counts).
    vague : dict
        policy_id -> (sections, 3): vague terms without and with false friends, words.
    """

    keys: dict[str, str]
    reading: dict[str, dict[str, np.ndarray]]
    vague: dict[str, np.ndarray]
    _drawn: dict = field(default_factory=dict, repr=False, compare=False)

    def values(self, policy: str, metric: str, segmentation: str, weights: np.ndarray) -> np.ndarray:
        """A formula's grade, or the rate of vague terms, for each row of weights of the sections."""
        if metric in FORMULAS:
            return evaluate(metric, weights @ self.reading[policy][segmentation])
        sums = weights @ self.vague[policy]
        with np.errstate(divide="ignore", invalid="ignore"):
            return 100 * sums[:, int(metric.endswith("_counted"))] / sums[:, 2]

    def drawn(self, policy: str, metric: str, segmentation: str, *, draws: int, seed: int) -> np.ndarray:
        """Values for other texts by the same authors; the value of the text itself where it has no two sections."""
        if policy not in self.reading:
            return np.full(draws, np.nan)
        weights = self._weights(policy, draws, seed)
        return self.values(policy, metric, segmentation, weights)

    def _weights(self, policy: str, draws: int, seed: int) -> np.ndarray:
        if (policy, draws, seed) not in self._drawn:
            sums = self.reading[policy][SEGMENTATION[0]]
            weights = bootstrap_weights(len(sums), draws, stream(seed, "sections", self.keys[policy]))
            # A draw without a sentence (or of a single unit) is the text itself, so that scores stay defined.
            weights[~((weights @ sums)[:, 1] > 0)] = 1
            self._drawn[policy, draws, seed] = weights
        return self._drawn[policy, draws, seed]


def text_sums(sentences: pd.DataFrame, vague_terms: pd.DataFrame, keys: dict[str, str]) -> TextSums:
    """The counts of a corpus by section; `keys` gives the key of each policy's text."""
    ordered = sentences.sort_values(["policy_id", "sentence_id"], kind="stable")
    left_out = vague_terms["false_friend"] == ""
    hits = [
        part.groupby(["policy_id", "sentence_id"]).size() for part in (vague_terms[left_out], vague_terms)
    ]
    reading, vague = {}, {}
    for policy, units in ordered.groupby("policy_id", sort=False):
        units = units.reset_index(drop=True)
        parts = parts_to_resample(units["section"].tolist())
        reading[str(policy)] = {name: sums_of_parts(n, parts) for name, n in reading_counts(units).items()}
        places = pd.MultiIndex.from_frame(units[["policy_id", "sentence_id"]])
        found = [of_kind.reindex(places, fill_value=0).to_numpy() for of_kind in hits]
        vague[str(policy)] = sums_of_parts(
            np.column_stack([*found, units["n_words"]]).astype("float64"), parts
        )
    return TextSums(keys, reading, vague)
