"""How transparent each vendor is with its readers: scores on fixed scales, ranks, and how sure they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from policytools.coding.codebook import Codebook
from policytools.coding.rule_accuracy import load_rule_accuracy
from policytools.corpus.corpus import Corpus
from policytools.scores.dimensions import (
    FORMULA,
    Frames,
    OwnDimension,
    Part,
    checklists_of,
    newest_policies,
    resolve,
)
from policytools.scores.uncertainty import DimensionDraws, Sampler, draw_dimension, draw_own, stream

AGGREGATION = ("arithmetic", "geometric")
DRAWS = 2000
SEED = 20180525
_GEOMETRIC_FLOOR = 0.1
_TRANSPARENCY = {
    "policy_id": "str", "dimension": "str", "score": "float64", "low": "float64", "high": "float64", "rank": "Int64",
    "rank_low": "Int64", "rank_high": "Int64", "tied_with": "str",
}  # fmt: skip
_RANKS = {"policy_id": "str", "dimension": "str", "rank": "int64", "probability": "float64"}
_PAIRS = {
    "policy_id": "str", "other_id": "str", "dimension": "str", "probability": "float64", "difference": "float64",
    "low": "float64", "high": "float64", "tied": "bool",
}  # fmt: skip


@dataclass(frozen=True)
class Scores:
    """Scores of the policies and everything they were drawn from; made by `score_draws`.

    Attributes
    ----------
    frames : Frames
        The measures.
    parts : dict
        Dimension -> its parts, or the researcher's function.
    dimensions : dict
        Dimension -> `DimensionDraws`.
    weights : (dimensions,) array
        Sum to 1.
    confidence : float
    draws, seed : int
    chosen : dict
        Choice -> number of the option in each draw; ``weights`` -> (dimensions, draws).

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a", "b"], "text": [
    ...     "Last updated: May 25, 2018. We will tell you by e-mail if this policy changes.", "We like printers."]}))
    >>> scores = score_draws(corpus, dimensions=["currency", "readability"], draws=200)
    >>> scores.policy_ids, list(scores.dimensions), scores.weights.tolist()
    (['a', 'b'], ['currency', 'readability'], [0.5, 0.5])
    >>> scores.drawn("currency").shape  # policies, draws
    (2, 200)
    """

    frames: Frames
    parts: Mapping[str, tuple[Part, ...] | OwnDimension]
    dimensions: Mapping[str, DimensionDraws]
    weights: np.ndarray
    confidence: float
    draws: int
    seed: int
    chosen: Mapping[str, np.ndarray] = field(repr=False)

    @property
    def policy_ids(self) -> list[str]:
        """The policies in their order."""
        return self.frames.policies["policy_id"].tolist()

    @property
    def choices(self) -> dict[str, tuple[str, ...]]:
        """Choice -> options, the stated one first."""
        found = {name: options for one in self.dimensions.values() for name, options in one.choices.items()}
        return {**found, "aggregation": AGGREGATION} if len(self.dimensions) > 1 else found

    def dimension_scores(self, name: str, chosen: Mapping[str, np.ndarray]) -> np.ndarray:
        """Scores of one dimension, (policies, draws), for the draws and options named in `chosen`.

        Parameters
        ----------
        name : str
            A dimension.
        chosen : mapping
            "sentences" and "coding" -> numbers of draws; a choice -> number of the option in each.

        Returns
        -------
        array of float, 0 to 1
        """
        one = self.dimensions[name]
        variant = np.zeros(1, dtype=int)
        for choice, options in one.choices.items():
            variant = variant * len(options) + chosen.get(choice, 0)
        sentences = one.sentences[:, variant, _at(one.sentences, chosen["sentences"])]
        return sentences + one.coding[:, variant, _at(one.coding, chosen["coding"])]

    def overall(self, chosen: Mapping[str, np.ndarray]) -> np.ndarray:
        """The overall index, (policies, draws).

        Parameters
        ----------
        chosen : mapping
            As in `dimension_scores`; also "weights" and "aggregation".

        Returns
        -------
        array of float, 0 to 1
        """
        each = [self.dimension_scores(name, chosen) for name in self.dimensions]
        stacked = np.stack(np.broadcast_arrays(*each), 1)
        return aggregate(stacked, chosen.get("weights", self.weights[:, None]), chosen.get("aggregation", 0))

    def point(
        self, options: Mapping[str, int] | None = None, weights: np.ndarray | None = None
    ) -> np.ndarray:
        """Scores as counted, (policies, dimensions and overall), with the stated choices but for `options`.

        Parameters
        ----------
        options : mapping, optional
            Choice -> number of the option; the stated ones by default.
        weights : array, optional
            Of the dimensions; the stated ones by default.

        Returns
        -------
        array of float, 0 to 1
        """
        options = options or {}
        columns = []
        for one in self.dimensions.values():
            variant = 0
            for choice, of_one in one.choices.items():
                variant = variant * len(of_one) + options.get(choice, 0)
            columns.append(one.point[:, variant])
        scores = np.stack(columns, 1)
        given = self.weights if weights is None else weights
        total = aggregate(scores[:, :, None], given[:, None], options.get("aggregation", 0))
        return np.hstack([scores, total])

    def drawn(self, dimension: str) -> np.ndarray:
        """Draws of a dimension under the stated choices, or of "overall" under varied ones, (policies, draws).

        Parameters
        ----------
        dimension : str
            A dimension or "overall".

        Returns
        -------
        array of float, 0 to 1

        Raises
        ------
        ValueError
            A dimension that was not scored.
        """
        if dimension == "overall":
            values = self.overall(self.chosen)
        elif dimension in self.dimensions:
            values = self.dimension_scores(
                dimension, {key: self.chosen[key] for key in ("sentences", "coding")}
            )
        else:
            raise ValueError(
                f"dimension: {dimension!r} is none of {', '.join([*self.dimensions, 'overall'])}"
            )
        return np.broadcast_to(values, (len(self.policy_ids), self.draws)).round(12)


def _at(table: np.ndarray, places: np.ndarray) -> np.ndarray:
    return places if table.shape[2] > 1 else np.zeros(1, dtype=int)


def aggregate(scores: np.ndarray, weights: np.ndarray, how: np.ndarray | int) -> np.ndarray:
    """Weighted mean of dimensions, (policies, dimensions, draws) -> (policies, draws); `how` 0 arithmetic, 1 geometric.

    Notes
    -----
    The geometric mean lets a weak dimension weigh more than a strong one makes up for. A score of 0 would make
    the whole 0, so it is taken of 0.1 + 0.9 s and carried back to 0..1.

    Examples
    --------
    >>> two = np.array([[[0.0], [1.0]]])
    >>> aggregate(two, np.array([[0.5], [0.5]]), 0).round(3).tolist(), aggregate(two, np.array([[0.5], [0.5]]), 1).round(3).tolist()
    ([[0.5]], [[0.24]])
    """
    scores = np.where(weights > 0, scores, 0)  # what has no weight may be undefined
    arithmetic = (scores * weights).sum(axis=1)
    rest = 1 - _GEOMETRIC_FLOOR
    if not np.any(how):
        return arithmetic
    logs = (np.log(_GEOMETRIC_FLOOR + rest * scores) * weights).sum(axis=1)
    return np.where(np.asarray(how) == 0, arithmetic, np.clip((np.exp(logs) - _GEOMETRIC_FLOOR) / rest, 0, 1))


def score_draws(
    corpus: Corpus,
    *,
    codebook: Codebook | None = None,
    hand_codings: pd.DataFrame | None = None,
    dimensions: Sequence[str | OwnDimension] | None = None,
    weights: Mapping[str, float] | None = None,
    checklists: Sequence[str] | None = None,
    formula: str = FORMULA,
    versions: str = "newest",
    rule_accuracy: pd.DataFrame | None = None,
    hand_error: float | None = None,
    concentration: float = 1.0,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Scores:
    """Measure, score and draw once; `transparency`, the probabilities and the sensitivities read the result.

    Parameters
    ----------
    corpus, codebook, hand_codings, dimensions, weights, checklists, formula, versions, rule_accuracy, hand_error,
    concentration, confidence, draws, seed
        As in `transparency`.

    Returns
    -------
    Scores
        To be given to `transparency`, `rank_probabilities`, `pairwise_probabilities`, `ranking_sensitivity`,
        `one_at_a_time`, `score_parts` and `score_evidence`, which then measure and draw nothing again.

    Raises
    ------
    ValueError
        As `transparency`.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a", "b"], "text": [
    ...     "Last updated: May 25, 2018. We will tell you by e-mail if this policy changes.", "We like printers."]}))
    >>> scores = score_draws(corpus, dimensions=["currency"], draws=200, seed=1)
    >>> transparency(scores)[["policy_id", "dimension", "score"]].values.tolist()
    [['a', 'currency', 1.0], ['a', 'overall', 1.0], ['b', 'currency', 0.0], ['b', 'overall', 0.0]]
    """
    if versions not in ("newest", "all"):
        raise ValueError(f"versions: must be 'newest' or 'all', not {versions!r}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: {confidence!r} is not between 0 and 1")
    if draws < 2 or concentration <= 0:
        raise ValueError(
            f"draws must be 2 or more and concentration above 0, not {draws!r} and {concentration!r}"
        )
    if hand_error is not None and not 0 <= hand_error < 0.5:
        raise ValueError(f"hand_error: {hand_error!r} is not a chance from 0 to below 0.5")
    kept = newest_policies(corpus) if versions == "newest" else corpus
    if hand_codings is not None and "policy_id" in hand_codings:
        older = set(corpus.policies["policy_id"]) - set(kept.policies["policy_id"])
        hand_codings = hand_codings[~hand_codings["policy_id"].isin(older)]
    frames = Frames(kept, codebook=codebook, hand_codings=hand_codings)
    lists = checklists_of(frames.codebook, checklists)
    parts = resolve(dimensions, codebook=frames.codebook, checklists=checklists, formula=formula)
    stated = _weights(weights, list(parts))
    accuracy = load_rule_accuracy() if rule_accuracy is None else rule_accuracy
    sampler = Sampler(frames, formula, accuracy, hand_error, draws, seed)
    drawn = {
        name: draw_own(name, made_of(frames), sampler.ids, draws, seed)
        if callable(made_of)
        else draw_dimension(sampler, name, made_of, checklists=lists)
        for name, made_of in parts.items()
    }
    scores = Scores(frames, parts, drawn, stated, confidence, draws, seed, {})
    chosen: dict[str, np.ndarray] = {"sentences": np.arange(draws), "coding": np.arange(draws)}
    for choice, options in scores.choices.items():
        chosen[choice] = stream(seed, "choice", choice).integers(len(options), size=draws)
    if len(parts) > 1:
        alpha = concentration * len(parts) * stated[:, None]
        gammas = stream(seed, "choice", "weights").standard_gamma(np.broadcast_to(alpha, (len(parts), draws)))
        chosen["weights"] = gammas / gammas.sum(axis=0)
    return Scores(frames, parts, drawn, stated, confidence, draws, seed, chosen)


def _weights(weights: Mapping[str, float] | None, names: list[str]) -> np.ndarray:
    if weights is None:
        return np.full(len(names), 1 / len(names))
    if odd := sorted(set(weights) ^ set(names)):
        raise ValueError(
            f"weights: each dimension needs one, and no other has one; look at {', '.join(odd[:5])}"
        )
    given = np.array([weights[name] for name in names], dtype="float64")
    if not (given >= 0).all() or not 0 < given.sum() < np.inf:
        raise ValueError(f"weights: must be 0 or more, and not all 0, not {dict(weights)}")
    return given / given.sum()


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
    scores = _scores(corpus, options)
    ids, names = scores.policy_ids, [*scores.dimensions, "overall"]
    tail = (1 - scores.confidence) / 2
    points = scores.point().round(12)
    columns: dict[str, np.ndarray] = {
        name: np.empty((len(ids), len(names)), dtype=object) for name in _TRANSPARENCY
    }
    for place, name in enumerate(names):
        drawn, point = scores.drawn(name), points[:, place]
        low, high = _quantiles(drawn, tail)
        ranks, rank = _ranks(drawn), _ranks(point[:, None])[:, 0]
        rank_low, rank_high = _quantiles(ranks, tail, method="inverted_cdf")
        tied = _tied(drawn, tail)
        columns["policy_id"][:, place], columns["dimension"][:, place] = ids, name
        columns["score"][:, place] = point
        columns["low"][:, place], columns["high"][:, place] = np.minimum(low, point), np.maximum(high, point)
        columns["rank"][:, place] = _whole(rank)
        columns["rank_low"][:, place] = _whole(np.minimum(rank_low, rank))
        columns["rank_high"][:, place] = _whole(np.maximum(rank_high, rank))
        columns["tied_with"][:, place] = [
            ", ".join(sorted(other for other, is_tied in zip(ids, row) if is_tied)) for row in tied
        ]
    return _frame({name: values.ravel() for name, values in columns.items()}, _TRANSPARENCY)


def rank_probabilities(
    corpus: Corpus | Scores, *, dimension: str = "overall", **options: object
) -> pd.DataFrame:
    """Probability that each policy takes each rank; equal scores share the better rank.

    Parameters
    ----------
    corpus, options
        As in `transparency`.
    dimension : str
        A dimension or "overall".

    Returns
    -------
    DataFrame
        One row for each policy and rank: policy_id, dimension (str), rank (int), probability (float). A policy
        whose score is not defined has probability NaN.

    Raises
    ------
    ValueError
        As `transparency`; a dimension that was not scored.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a", "b"], "text": [
    ...     "Last updated: May 25, 2018. We will tell you by e-mail if this policy changes.", "We like printers."]}))
    >>> scores = score_draws(corpus, dimensions=["currency"], draws=200)
    >>> rank_probabilities(scores, dimension="currency").query("rank == 1")[["policy_id", "probability"]].round(1)
      policy_id  probability
    0         a          1.0
    2         b          0.0
    """
    scores = _scores(corpus, options)
    ranks = _ranks(scores.drawn(dimension))
    ids = scores.policy_ids
    rows = [
        (policy_id, dimension, rank, np.nan if np.isnan(of_one).any() else float((of_one == rank).mean()))
        for policy_id, of_one in zip(ids, ranks)
        for rank in range(1, len(ids) + 1)
    ]
    return _frame(dict(zip(_RANKS, zip(*rows))), _RANKS)


def pairwise_probabilities(
    corpus: Corpus | Scores, *, dimension: str = "overall", **options: object
) -> pd.DataFrame:
    """Probability that one policy is more transparent than another; equal scores count half for each.

    Parameters
    ----------
    corpus, dimension, options
        As in `rank_probabilities`.

    Returns
    -------
    DataFrame
        One row for each ordered pair: policy_id, other_id, dimension (str), probability (float), difference (float:
        of the scores as counted), low, high (float: interval of the difference), tied (bool: the interval holds 0).

    Raises
    ------
    ValueError
        As `transparency`; a dimension that was not scored.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a", "b"], "text": [
    ...     "Last updated: May 25, 2018. We will tell you by e-mail if this policy changes.", "We like printers."]}))
    >>> scores = score_draws(corpus, dimensions=["currency"], draws=200)
    >>> pairs = pairwise_probabilities(scores, dimension="currency")
    >>> pairs[["policy_id", "other_id", "difference", "tied"]]
      policy_id other_id  difference  tied
    0         a        b         1.0  True
    1         b        a        -1.0  True
    """
    scores = _scores(corpus, options)
    drawn = scores.drawn(dimension)
    point = scores.point()[:, [*scores.dimensions, "overall"].index(dimension)]
    tail = (1 - scores.confidence) / 2
    ids, rows = scores.policy_ids, []
    tied = _tied(drawn, tail)
    for i, one in enumerate(ids):
        for j, other in enumerate(ids):
            if i != j:
                difference = drawn[i] - drawn[j]
                low, high = _quantiles(difference[None], tail)
                probability = np.where(np.isnan(difference), np.nan, (np.sign(difference) + 1) / 2).mean()
                rows.append(
                    (one, other, dimension, probability, point[i] - point[j], low[0], high[0], tied[i, j])
                )
    return _frame(dict(zip(_PAIRS, zip(*rows))) or dict.fromkeys(_PAIRS, ()), _PAIRS)


# --- small steps


def _scores(corpus: Corpus | Scores, options: Mapping[str, object]) -> Scores:
    if not isinstance(corpus, Scores):
        return score_draws(corpus, **options)  # type: ignore[arg-type]
    if options:
        raise ValueError(f"{', '.join(options)}: to be given to score_draws, whose result was passed")
    return corpus


def _quantiles(draws: np.ndarray, tail: float, method: str = "linear") -> tuple[np.ndarray, np.ndarray]:
    if not draws.size:
        return np.empty(len(draws)), np.empty(len(draws))
    low, high = np.quantile(draws, [tail, 1 - tail], axis=1, method=method)  # type: ignore[call-overload]
    return low, high


def _ranks(scores: np.ndarray) -> np.ndarray:
    """Rank of each policy (row) in each draw (column), 1 is the highest; NaN is not ranked."""
    better = (scores[None, :, :] > scores[:, None, :]).sum(axis=1)
    return np.where(np.isnan(scores), np.nan, 1 + better)


def _tied(drawn: np.ndarray, tail: float) -> np.ndarray:
    """Whether each pair's difference has an interval that holds 0; not for what is not defined."""
    n = len(drawn)
    tied = np.zeros((n, n), dtype=bool)
    for i in range(n):
        low, high = _quantiles(drawn[i] - drawn, tail)
        tied[i] = (low <= 0) & (high >= 0)
        tied[i, i] = False
    return tied


def _whole(ranks: np.ndarray) -> list:
    return [pd.NA if np.isnan(rank) else int(rank) for rank in ranks]


def _frame(columns: Mapping[str, Any], dtypes: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(list(columns[name]), dtype=dtype) for name, dtype in dtypes.items()})
