"""Tests whether two policies differ in readability and vagueness by more than their own sections do."""

from collections.abc import Iterable
from itertools import combinations

import numpy as np
import pandas as pd

from policytools._frames import check_choice, check_number, frame_of_rows
from policytools._statistics import holm, stream
from policytools.corpus.corpus import Corpus
from policytools.measures.readability import FORMULAS
from policytools.measures.segmentation import SEGMENTATION
from policytools.scores.dimensions import FORMULA, Frames
from policytools.scores.score_draws import SEED, Scores
from policytools.scores.text_draws import TextSums
from policytools.tables import policies_named

_TESTS = {
    "policy_id": "str", "other_id": "str", "measure": "str", "value": "float64", "other_value": "float64",
    "difference": "float64", "n_sections": "int64", "other_n_sections": "int64", "p_value": "float64",
    "p_adjusted": "float64", "effect_size": "float64",
}  # fmt: skip


def section_tests(
    corpus: Corpus | Scores,
    *,
    policies: Iterable[str] | None = None,
    formula: str = FORMULA,
    permutations: int = 2000,
    seed: int = SEED,
) -> pd.DataFrame:
    """Permutation tests of whole sections, for the differences of grade and of vague terms between two policies.

    Parameters
    ----------
    corpus : Corpus or Scores
    policies : iterable of str, optional
        Those to compare, by policy_id or vendor; all by default.
    formula : str
        Of readability.
    permutations : int
        Of the sections of each pair.
    seed : int

    Returns
    -------
    DataFrame
        One row for each pair and measure: policy_id, other_id, measure (the formula, and "vague_per_hundred"), value,
        other_value, difference (float; the first minus the second, in grades or vague terms in a hundred words), n_sections,
        other_n_sections (int), p_value, p_adjusted (Holm, over the pairs of a measure), effect_size (Cliff's delta, -1 to 1:
        how much oftener a section of the first has the higher value than one of the second). NaN where a value is not
        defined.

    Raises
    ------
    ValueError
        An unknown policy or formula; a number out of its range.

    Notes
    -----
    If the two texts were alike, it would not matter which section is in which of them. p is the share of the permutations,
    the given order included, whose difference is at least as large. A text with fewer than 8 sections is cut into 8 runs of
    units instead. Section lengths differ and sections resemble each other in one text, so p is approximate.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6(2),
    65-70. Cliff, N. (1993). Dominance statistics: ordinal analyses to answer ordinal questions. Psychological Bulletin
    114(3), 494-509. https://doi.org/10.1037/0033-2909.114.3.494

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a", "b"], "text": ["We like cats. " * 9] * 2}))
    >>> section_tests(corpus, permutations=99)[["measure", "difference", "p_adjusted"]].values.tolist()
    [['flesch_kincaid_grade', 0.0, 1.0], ['vague_per_hundred', 0.0, 1.0]]
    """
    check_choice("formula", formula, FORMULAS)
    check_number("permutations", permutations, 1, whole=True)
    check_number("seed", seed, 0, whole=True)
    frames = corpus.frames if isinstance(corpus, Scores) else Frames(corpus)
    known = frames.policies["policy_id"].tolist()
    wanted = known if policies is None else [
        policies_named("policies", name, known, frames.policies)[0] for name in policies
    ]  # fmt: skip
    rows = []
    for measure in (formula, "vague_per_hundred"):
        found = [
            (one, other, measure, *_test(frames.text_sums, one, other, measure, permutations, seed))
            for one, other in combinations([name for name in known if name in set(wanted)], 2)
        ]
        adjusted = holm([row[-2] for row in found])
        rows.append([(*row[:-1], p, row[-1]) for row, p in zip(found, adjusted)])
    return frame_of_rows([row for of_pair in zip(*rows) for row in of_pair], _TESTS)


def _test(
    sums: TextSums, one: str, other: str, measure: str, permutations: int, seed: int
) -> tuple[float, float, float, int, int, float, float]:
    """Both values, their difference, both numbers of sections, p and the effect size."""
    n = [len(sums.vague.get(policy, ())) for policy in (one, other)]
    if not all(n):
        return np.nan, np.nan, np.nan, n[0], n[1], np.nan, np.nan
    pooled = TextSums(
        {}, {"": {SEGMENTATION[0]: np.vstack([sums.reading[policy][SEGMENTATION[0]] for policy in (one, other)])}},
        {"": np.vstack([sums.vague[policy] for policy in (one, other)])},
    )  # fmt: skip
    rng = stream(seed, "sections of two", *sorted((sums.keys[one], sums.keys[other])))
    place = rng.random((permutations, sum(n))).argsort(axis=1)
    in_first = np.vstack([np.arange(sum(n)) < n[0], place < n[0]]).astype("float64")

    def values(weights: np.ndarray) -> np.ndarray:
        return pooled.values("", measure, SEGMENTATION[0], weights)

    first, second = values(in_first), values(1 - in_first)
    apart = np.abs(first - second)
    p = np.nan if np.isnan(apart[0]) else float((~(apart < apart[0] - 1e-12)).mean())
    each = values(np.eye(sum(n)))
    higher = np.sign(each[: n[0], None] - each[None, n[0] :])
    effect = np.nan if np.isnan(higher).all() else float(np.nanmean(higher))
    return float(first[0]), float(second[0]), float((first - second)[0]), n[0], n[1], p, effect
