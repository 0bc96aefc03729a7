"""How transparent each vendor is with its readers: scores on fixed scales, with intervals, ranks and ties."""

from __future__ import annotations

from itertools import repeat

import numpy as np
import pandas as pd

from policytools._frames import frame_of_rows
from policytools.corpus.corpus import Corpus
from policytools.scores.compare import difference_intervals, quantiles
from policytools.scores.ranks import ranks, whole_ranks
from policytools.scores.score_draws import Scores, scores_of

_TRANSPARENCY = {
    "policy_id": "str", "dimension": "str", "score": "float64", "low": "float64", "high": "float64", "rank": "Int64",
    "rank_low": "Int64", "rank_high": "Int64", "tied_with": "str",
}  # fmt: skip


def transparency(corpus: Corpus | Scores, **options: object) -> pd.DataFrame:
    """Score, interval and rank of each policy on each dimension and overall; higher is more transparent.

    Parameters
    ----------
    corpus : Corpus or Scores
        Policies, or what `score_draws` made of them (then without further options).
    codebook : Codebook, optional
        The shipped one by default.
    hand_codings : DataFrame, optional
        Codes given by reading, which overrule the rules; as in `coverage`.
    dimensions : sequence of str or functions, optional
        Of "readability", "coverage", "specificity", "actionability", "structure", "currency" (all six by
        default), "coverage: CHECKLIST" for one checklist, or a function of your own: it gets `Frames` and
        returns a frame with policy_id, score (0 to 1) and, if it has them, low and high (a 95 % interval).
        Its name is the dimension's.
    weights : mapping of dimension to number, optional
        Equal by default.
    checklists : sequence of str, optional
        Whose shares, averaged, are the coverage: "GDPR 13/14", "CCPA 7011(e)" and "CalOPPA" by default.
    formula : str
        Of readability; "flesch_kincaid_grade" by default.
    versions : {"newest", "all"}
        Compare the newest policy of each vendor, or every policy.
    rule_accuracy : DataFrame, optional
        Counts of the rules' right and wrong codes; as shipped by default (`load_rule_accuracy`).
    hand_error : float, optional
        Chance that a code given by reading is wrong. By default half the share of `hand_codings` on which two
        coders differ. Coders who err alike, such as two readings by one language model, agree on their errors:
        then state it.
    concentration : float
        How close drawn weights keep to the stated ones: at 1, the default, with equal weights every weighting
        is as likely as any other.
    confidence : float
        Of the intervals, 0.95 by default.
    draws, seed : int
        2,000 draws with the seed 20180525 by default.

    Returns
    -------
    DataFrame
        One row for each policy and dimension, "overall" last: policy_id, dimension (str), score, low, high (float),
        rank, rank_low, rank_high (Int64, 1 is the most transparent), tied_with (str: the policies from which
        the draws do not separate this one, joined by ", "). NaN and NA where a score is not defined.

    Raises
    ------
    ValueError
        An unknown dimension, checklist or formula; weights that do not fit; an own dimension without its
        columns; versions of one vendor whose order is not known.

    Notes
    -----
    `dimension_table` gives each dimension's parts and anchors; `score_evidence` leads back to sentences.

    *Scores* are as counted, with the stated choices. *Intervals* hold the middle 95 % of the draws, and are widened
    to the score where the draws lean to one side. Those of a dimension hold what sentences and coding leave open.
    That of "overall" holds the choices too: weights from a Dirichlet distribution, and with equal chances the
    formula, what counts as a sentence, which vague terms count, what is a heading, which checklist, and an
    arithmetic or a geometric mean (Handbook on Constructing Composite Indicators, OECD & JRC 2008, step 7).

    *Coding error.* An item the rules found is there with the chance TP / (TP + FP), one they did not find with
    FN / (FN + TN), each from the counts of `load_rule_accuracy` with a Beta prior worth four policies at the rate
    over all items. That table compares the rules with a language model's reading; what a person would have coded
    otherwise is not in it, so these intervals are the least that coding leaves open. A code given by reading is wrong
    with the chance `hand_error`.

    Two policies are tied where the interval of the difference of their draws, which share the choices, holds 0.

    A policy's score and interval depend on that policy alone. Coding one more item as addressed lowers no score.
    A sentence more may: it may be long or vague, and it takes time to read.

    References
    ----------
    Nardo, M. et al. (2008). Handbook on Constructing Composite Indicators. OECD & JRC. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({
    ...     "policy_id": ["a", "b"],
    ...     "text": ["Last updated: May 25, 2018. We will tell you by e-mail if this policy changes.", "We like printers."]}))
    >>> scores = transparency(corpus, dimensions=["currency"])
    >>> scores.loc[scores["dimension"] == "currency", ["policy_id", "score", "rank"]]
      policy_id  score  rank
    0         a    1.0     1
    2         b    0.0     2
    """
    scores = scores_of(corpus, options)
    names = [*scores.dimensions, "overall"]
    points = scores.point().round(12).T
    by_dimension = [_dimension_rows(scores, name, point) for name, point in zip(names, points)]
    return frame_of_rows([row for of_policy in zip(*by_dimension) for row in of_policy], _TRANSPARENCY)


def _dimension_rows(scores: Scores, dimension: str, point: np.ndarray) -> list[tuple]:
    """The rows of one dimension, one for each policy."""
    drawn, ids = scores.drawn(dimension), scores.policy_ids
    low, high = quantiles(drawn, scores.tail)
    rank = ranks(point[:, None])[:, 0]
    rank_low, rank_high = quantiles(ranks(drawn), scores.tail, method="inverted_cdf")
    least, most = difference_intervals(drawn, scores.tail)
    tied = (least <= 0) & (most >= 0) & ~np.eye(len(ids), dtype=bool)
    tied_with = [", ".join(sorted(np.array(ids, dtype=object)[others])) for others in tied]
    return list(zip(
        ids, repeat(dimension), point, np.minimum(low, point), np.maximum(high, point), whole_ranks(rank),
        whole_ranks(np.minimum(rank_low, rank)), whole_ranks(np.maximum(rank_high, rank)), tied_with,
    ))  # fmt: skip
