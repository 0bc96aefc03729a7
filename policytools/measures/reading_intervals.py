"""Bootstrap intervals of a readability formula."""

import math
import zlib

import numpy as np
import pandas as pd

from policytools._frames import frame_of_rows, require_columns
from policytools.measures.readability import FORMULAS, Counts, count

_COLUMNS = {"policy_id": "str", "formula": "str", "value": "float64", "low": "float64", "high": "float64"}


def reading_intervals(
    sentences: pd.DataFrame,
    *,
    formula: str = "flesch_kincaid_grade",
    draws: int = 2000,
    confidence: float = 0.95,
    seed: int = 20250101,
) -> pd.DataFrame:
    """How far one formula's value depends on which sentences happen to be in a policy: bootstrap intervals.

    Parameters
    ----------
    sentences : DataFrame
        As for `readability`, with section.
    formula : str
        A formula's column in `readability`.
    draws : int
        Bootstrap samples: within each section as many sentences are drawn, with replacement.
    confidence : float
        Share of the samples between low and high.
    seed : int
        With the policy_id it fixes the draws: other policies in the frame change nothing.

    Returns
    -------
    DataFrame
        policy_id, formula (str), value (all sentences), low, high (percentiles of the samples; NaN without
        sentences), in order of first appearance.

    Raises
    ------
    ValueError
        A column is missing; a formula that `readability` does not have.

    References
    ----------
    Efron, B. and Tibshirani, R. J. (1993). An Introduction to the Bootstrap, ch. 13.

    Examples
    --------
    >>> frame = pd.DataFrame({"policy_id": "a", "kind": "sentence", "section": "",
    ...                       "text": ["We collect data.", "We do not sell any of your personal information."]})
    >>> reading_intervals(frame).round(1).values.tolist()
    [['a', 'flesch_kincaid_grade', 6.4, 5.2, 7.6]]
    """
    require_columns(sentences, "sentences", ("policy_id", "kind", "section", "text"))
    if formula not in FORMULAS:
        raise ValueError(f"formula: must be one of {', '.join(FORMULAS)}, not {formula!r}")
    rows = []
    for policy_id, units in sentences.groupby("policy_id", sort=False):
        counted = units[units["kind"] == "sentence"]
        counts = np.array([count([text]) for text in counted["text"]], dtype="int64").reshape(
            -1, len(Counts._fields)
        )
        value = low = high = math.nan
        if counts[:, 1].any():  # words
            value = FORMULAS[formula](Counts(*counts.sum(axis=0).tolist()))
            rng = np.random.default_rng([seed, zlib.crc32(str(policy_id).encode())])
            sums = _resampled(counts, pd.factorize(counted["section"])[0], draws, rng)
            values = [FORMULAS[formula](Counts(*row)) for row in sums.tolist() if row[1]]
            tail = 50 * (1 - confidence)
            low, high = np.percentile(values, [tail, 100 - tail])
        rows.append((policy_id, formula, value, low, high))
    return frame_of_rows(rows, _COLUMNS)


def _resampled(
    counts: np.ndarray, section_of: np.ndarray, draws: int, rng: np.random.Generator
) -> np.ndarray:
    """Sums of the counts of sentences drawn with replacement within each section, one row a draw."""
    sums = np.zeros((draws, counts.shape[1]), dtype="int64")
    for section in range(section_of.max() + 1):
        own = counts[section_of == section]
        sums += own[rng.integers(len(own), size=(draws, len(own)))].sum(axis=1)
    return sums
