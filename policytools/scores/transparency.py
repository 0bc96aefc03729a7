"""How transparent each vendor is with its readers: scores on fixed scales, with intervals, ranks and ties."""

from itertools import repeat

import numpy as np
import pandas as pd

from policytools._frames import frame_of_rows
from policytools.corpus.corpus import Corpus
from policytools.scores.compare import difference_intervals, quantiles
from policytools.scores.ranks import ranks
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
        Policies, or the result of `score_draws` for them (then without further options).
    codebook : Codebook, str or path, optional
        The shipped one by default.
    hand_codings : DataFrame, optional
        Codes given by reading, which overrule the rules; as in `coverage`.
    dimensions : sequence of str or functions, optional
        Of "readability", "coverage", "specificity", "actionability", "structure", "currency" (all six by
        default), "coverage: CHECKLIST" for one checklist, or a function of your own: it takes `Frames` and
        returns a frame with policy_id, score (0 to 1) and, optionally, low and high (a 95 % interval). The
        dimension has the name of the function.
    weights : mapping of dimension to number, optional
        Equal by default.
    checklists : sequence of str, optional
        Coverage is the mean of their shares: "GDPR 13/14", "CCPA 7011(e)" and "CalOPPA" by default.
    formula : str
        Of readability; "flesch_kincaid_grade" by default.
    versions : {"newest", "all"}
        Compare the newest policy of each vendor, or every policy.
    rule_accuracy : DataFrame, optional
        Counts of the rules' right and wrong codes; `load_rule_accuracy()` by default.
    hand_error : float, optional
        Probability that a code given by reading is wrong. By default half the share of `hand_codings` on which two
        coders differ. Coders with the same errors, such as two readings by one language model, agree on them: give
        the probability in this case.
    concentration : float
        How close drawn weights are to the stated ones. With 1, the default, and equal weights every weighting is
        equally likely.
    confidence : float
        Level of the intervals, 0.95 by default.
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
        An unknown dimension, checklist or formula; weights that do not match the dimensions; an own dimension
        without its columns; versions of one vendor whose order is not known.

    Notes
    -----
    `dimension_table` gives each dimension's parts and anchors; `score_evidence` leads back to sentences.

    *Scores* are as counted, under the stated choices. *Intervals* contain the middle 95 % of the draws, and are
    extended to the score if the draws are skewed. The interval of a dimension covers sentences and coding. The
    interval of "overall" covers the choices too: weights from a Dirichlet distribution and, with equal probability,
    the formula, what counts as a sentence, which vague terms count, what is a heading, which checklist, and an
    arithmetic or a geometric mean (Handbook on Constructing Composite Indicators, OECD & JRC 2008, step 7).

    *Coding error.* An item that the rules found is there with the probability TP / (TP + FP), one that they did not
    find with FN / (FN + TN), each from the counts of `load_rule_accuracy` with a Beta prior that has the weight of
    four policies at the rate over all items. That table compares the rules with a language model's reading; where a
    person would code differently is not in it, so these intervals are a lower bound. A code given by reading is wrong
    with the probability `hand_error`.

    Two policies are tied if the interval of the difference of their draws, which share the choices, contains 0.

    A policy's score and interval depend only on that policy. One more addressed item lowers no score. One more
    sentence may: it can be long or vague, and it takes time to read.

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
        ids, repeat(dimension), point, np.minimum(low, point), np.maximum(high, point), rank,
        np.minimum(rank_low, rank), np.maximum(rank_high, rank), tied_with,
    ))  # fmt: skip
