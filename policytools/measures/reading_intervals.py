"""Bootstrap intervals of a readability formula."""

import math

import numpy as np
import pandas as pd

from policytools._frames import check_choice, check_frame, check_number, frame_of_rows
from policytools._statistics import bootstrap_weights, parts_to_resample, stream, sums_of_parts
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
    """How far one formula's value depends on which sections happen to be in a policy: bootstrap intervals.

    Parameters
    ----------
    sentences : DataFrame
        One row for each unit, in reading order unless the frame has sentence_id: policy_id, kind, section, text
        (str). The section is "" above the first heading, and in a policy without headings.
    formula : str
        A formula's column in `readability`.
    draws : int
        Bootstrap samples, at least 2.
    confidence : float
        Share of the samples between low and high, above 0 and below 1.
    seed : int
        With the policy_id it fixes the draws: other policies in the frame change nothing.

    Returns
    -------
    DataFrame
        policy_id, formula (str), value (all sentences), low, high (percentiles of the samples; NaN with fewer than
        two sentences), in order of first appearance.

    Raises
    ------
    ValueError
        A column is missing or holds something else; a formula that `readability` does not have; a number out of
        its range.

    Notes
    -----
    Whole sections are drawn with replacement. A policy of fewer than 8 sections that hold sentences is cut into 8
    runs of neighbouring sentences instead, or into its sentences if there are fewer. From n parts n - 3 are drawn,
    each with weight n / (n - 3), which makes the interval of few parts as wide as Student's.

    References
    ----------
    Efron, B. and Tibshirani, R. J. (1993). An Introduction to the Bootstrap, ch. 13. Rao, J. N. K. & Wu, C. F. J.
    (1988). Resampling inference with complex survey data. JASA 83(401), 231-241. doi:10.1080/01621459.1988.10478591

    Examples
    --------
    >>> frame = pd.DataFrame({"policy_id": "a", "kind": "sentence", "section": "",
    ...                       "text": ["We collect data.", "We do not sell any of your personal information."]})
    >>> reading_intervals(frame).round(1).values.tolist()
    [['a', 'flesch_kincaid_grade', 6.4, 5.2, 7.6]]
    """
    frame = check_frame(sentences, "sentences", ("policy_id", "kind", "section", "text"))
    check_choice("formula", formula, FORMULAS)
    check_number("draws", draws, 2, whole=True)
    check_number("confidence", confidence, 0, 1, inside=True)
    check_number("seed", seed, 0, whole=True)
    tail = 50 * (1 - confidence)
    rows = []
    for policy_id, units in frame.groupby("policy_id", sort=False):
        units = units[units["kind"] == "sentence"]
        if "sentence_id" in units:
            units = units.sort_values("sentence_id", kind="stable")
        counts = np.array([count([text]) for text in units["text"]], dtype="float64")
        counts = counts.reshape(-1, len(Counts._fields))
        value = low = high = math.nan
        if counts[:, 1].any():  # words
            value = FORMULAS[formula](Counts(*counts.sum(axis=0)))
        if len(units) > 1:
            sums = sums_of_parts(counts, parts_to_resample(units["section"].tolist()))
            drawn = bootstrap_weights(len(sums), draws, stream(seed, str(policy_id), "sentences")) @ sums
            values = [FORMULAS[formula](Counts(*row)) for row in drawn.tolist() if row[1]]
            low, high = np.percentile(values, [tail, 100 - tail]) if values else (low, high)
        rows.append((policy_id, formula, value, low, high))
    return frame_of_rows(rows, _COLUMNS)
