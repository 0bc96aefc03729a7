"""Scores of policies and the draws behind their intervals: computed once, and read by the rest of this wing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from policytools._frames import check_choice, check_frame, check_number, check_type
from policytools._statistics import stream
from policytools._wording import listed
from policytools.coding.codebook import AnyCodebook
from policytools.coding.rule_accuracy import load_rule_accuracy
from policytools.corpus.corpus import Corpus
from policytools.scores.dimensions import (
    FORMULA,
    Dimensions,
    Frames,
    OwnDimension,
    checklists_of,
    newest_policies,
    resolve,
)
from policytools.scores.uncertainty import DimensionDraws, Sampler, draw_dimension, draw_own

AGGREGATION = ("arithmetic", "geometric")
DRAWS = 2000
SEED = 20180525
_GEOMETRIC_FLOOR = 0.1


@dataclass(frozen=True)
class Scores:
    """Scores of the policies, their draws, and the frames that they were computed from; made by `score_draws`.

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
        Choice -> number of the option in each draw; "weights" -> (dimensions, draws).

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
    parts: Dimensions
    dimensions: Mapping[str, DimensionDraws]
    weights: np.ndarray
    confidence: float
    draws: int
    seed: int
    chosen: Mapping[str, np.ndarray] = field(default_factory=dict, repr=False)

    @property
    def policy_ids(self) -> list[str]:
        """The policies in their order."""
        return self.frames.policies["policy_id"].tolist()

    @property
    def tail(self) -> float:
        """Share of the draws below an interval, and above it."""
        return (1 - self.confidence) / 2

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
            "sentences" and "coding" -> numbers of draws; a choice -> number of the option in each draw.

        Returns
        -------
        array of float, 0 to 1
        """
        one = self.dimensions[name]
        variant = one.variant(chosen)
        # An error that does not concern the dimension has a single draw.
        sentences = chosen["sentences"] if one.sentences.shape[2] > 1 else [0]
        coding = chosen["coding"] if one.coding.shape[2] > 1 else [0]
        return one.sentences[:, variant, sentences] + one.coding[:, variant, coding]

    def overall(self, chosen: Mapping[str, np.ndarray]) -> np.ndarray:
        """The overall score, (policies, draws).

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
        """Scores as counted, (policies, dimensions and overall), under the stated choices except `options`.

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
        scores = np.hstack([one.point[:, one.variant(options)] for one in self.dimensions.values()])
        weights = self.weights if weights is None else weights
        overall = aggregate(scores[:, :, None], weights[:, None], options.get("aggregation", 0))
        return np.hstack([scores, overall])

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
        check_choice("dimension", dimension, [*self.dimensions, "overall"])
        if dimension == "overall":
            values = self.overall(self.chosen)
        else:
            stated = {error: self.chosen[error] for error in ("sentences", "coding")}
            values = self.dimension_scores(dimension, stated)
        return np.broadcast_to(values, (len(self.policy_ids), self.draws)).round(12)


def aggregate(scores: np.ndarray, weights: np.ndarray, how: np.ndarray | int) -> np.ndarray:
    """Weighted mean of dimensions, (policies, dimensions, draws) -> (policies, draws); `how` 0 arithmetic, 1 geometric.

    Notes
    -----
    In a geometric mean a strong dimension makes up less for a weak one. A single score of 0 would make it 0, so it
    is computed for 0.1 + 0.9 s and mapped back to 0 to 1.

    Examples
    --------
    >>> two = np.array([[[0.0], [1.0]]])
    >>> aggregate(two, np.array([[0.5], [0.5]]), 0).round(3).tolist(), aggregate(two, np.array([[0.5], [0.5]]), 1).round(3).tolist()
    ([[0.5]], [[0.24]])
    """
    scores = np.where(weights > 0, scores, 0)  # a dimension without weight may be undefined
    arithmetic = (scores * weights).sum(axis=1)
    rest = 1 - _GEOMETRIC_FLOOR
    if not np.any(how):
        return arithmetic
    logs = (np.log(_GEOMETRIC_FLOOR + rest * scores) * weights).sum(axis=1)
    return np.where(np.asarray(how) == 0, arithmetic, np.clip((np.exp(logs) - _GEOMETRIC_FLOOR) / rest, 0, 1))


def score_draws(
    corpus: Corpus,
    *,
    codebook: AnyCodebook | None = None,
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
    """Measure, score and draw once; `transparency` and its companions read the result.

    Parameters
    ----------
    corpus, codebook, hand_codings, dimensions, weights, checklists, formula, versions, rule_accuracy, hand_error,
    concentration, confidence, draws, seed
        As in `transparency`.

    Returns
    -------
    Scores
        For `transparency`, `rank_probabilities`, `pairwise_probabilities`, `ranking_sensitivity`, `one_at_a_time`,
        `score_parts` and `score_evidence`, which then measure and draw nothing again.

    Raises
    ------
    ValueError
        As `transparency`.

    Examples
    --------
    >>> from policytools.scores.transparency import transparency
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a", "b"], "text": [
    ...     "Last updated: May 25, 2018. We will tell you by e-mail if this policy changes.", "We like printers."]}))
    >>> scores = score_draws(corpus, dimensions=["currency"], draws=200, seed=1)
    >>> transparency(scores)[["policy_id", "dimension", "score"]].values.tolist()
    [['a', 'currency', 1.0], ['a', 'overall', 1.0], ['b', 'currency', 0.0], ['b', 'overall', 0.0]]
    """
    check_type("corpus", corpus, Corpus)
    check_choice("versions", versions, ("newest", "all"))
    check_number("confidence", confidence, 0, 1, inside=True)
    check_number("draws", draws, 2, whole=True)
    check_number("concentration", concentration, 0, inside=True)
    check_number("seed", seed, 0, whole=True)
    if hand_error is not None:
        check_number("hand_error", hand_error, 0, 0.5)
    kept = newest_policies(corpus) if versions == "newest" else corpus
    if hand_codings is not None:
        hand_codings = check_frame(
            hand_codings, "hand_codings", ("policy_id", "item", "coder", "code", "evidence")
        )
        older = set(corpus.policies["policy_id"]) - set(kept.policies["policy_id"])
        hand_codings = hand_codings[~hand_codings["policy_id"].isin(older)]
    frames = Frames(kept, codebook=codebook, hand_codings=hand_codings)
    lists = checklists_of(frames.codebook, checklists)
    parts = resolve(dimensions, codebook=frames.codebook, checklists=checklists, formula=formula)
    stated = stated_weights(weights, list(parts))
    accuracy = load_rule_accuracy() if rule_accuracy is None else rule_accuracy
    sampler = Sampler(frames, formula, accuracy, hand_error, draws, seed)
    drawn = {
        name: draw_own(name, made_of(frames), sampler.ids, draws, seed)
        if callable(made_of)
        else draw_dimension(sampler, name, made_of, checklists=lists)
        for name, made_of in parts.items()
    }
    scores = Scores(frames, parts, drawn, stated, confidence, draws, seed)
    chosen: dict[str, np.ndarray] = {"sentences": np.arange(draws), "coding": np.arange(draws)}
    for choice, options in scores.choices.items():
        chosen[choice] = stream(seed, "choice", choice).integers(len(options), size=draws)
    if len(parts) > 1:
        alpha = concentration * len(parts) * stated[:, None]
        gammas = stream(seed, "choice", "weights").standard_gamma(np.broadcast_to(alpha, (len(parts), draws)))
        chosen["weights"] = gammas / gammas.sum(axis=0)
    return replace(scores, chosen=chosen)


def stated_weights(weights: Mapping[str, float] | None, names: Sequence[str]) -> np.ndarray:
    """The weights of the dimensions in their order, with sum 1; equal ones by default."""
    if weights is None:
        return np.full(len(names), 1 / len(names))
    if odd := sorted(set(weights) ^ set(names)):
        raise ValueError(
            f"weights: give one for each dimension and no other; these do not match: {listed(odd)}"
        )
    given = np.array([weights[name] for name in names], dtype="float64")
    if not (given >= 0).all() or not 0 < given.sum() < np.inf:
        raise ValueError(f"weights: must be 0 or more, and not all 0, not {dict(weights)}")
    return given / given.sum()


def scores_of(corpus: Corpus | Scores, options: Mapping[str, object]) -> Scores:
    """The scores themselves, or the scores of a corpus with the options of `score_draws`."""
    if not isinstance(corpus, Scores):
        return score_draws(corpus, **options)  # type: ignore[arg-type]
    if options:
        raise ValueError(f"{', '.join(options)}: give options to score_draws; here its result was given")
    return corpus
