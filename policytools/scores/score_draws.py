"""Scores of policies and the draws behind their intervals: computed once, and read by the rest of this wing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from policytools._frames import check_choice, check_frame, check_number, check_type
from policytools._statistics import stream
from policytools._wording import listed
from policytools.coding.codebook import AnyCodebook
from policytools.corpus.corpus import Corpus
from policytools.corpus.newest import newest_policies
from policytools.scores.choices import AGGREGATION, aggregate, check_weightings, draw_choices, stated_weights
from policytools.scores.coder_accuracy import AccuracyDraws, check_coder_accuracy, load_coder_accuracy
from policytools.scores.dimensions import (
    FORMULA,
    Dimension,
    Dimensions,
    Frames,
    OwnDimension,
    options_of,
    policy_metrics,
    resolve,
    score_between,
    under_options,
)
from policytools.scores.reference import item_levels
from policytools.scores.truth import POLICY_SD, Truth, draw_truth

DRAWS = 2000
SEED = 20180525
CODES, TEXT, OWN = "codes", "text", "own error"  # what is uncertain about a measure


@dataclass(frozen=True)
class DimensionDraws:
    """Scores of one dimension under every combination of its options (variant).

    Attributes
    ----------
    error : str
        What the draws are draws of: "codes", "text" or "own error"; "" for an exact measure.
    choices : dict
        Choice -> options, the stated one first.
    point, centre : (policies, variants)
        As counted, and the posterior mean.
    draws : (policies, variants, draws)
        One draw for an exact measure.
    """

    error: str
    choices: Mapping[str, tuple[str, ...]]
    point: np.ndarray
    centre: np.ndarray
    draws: np.ndarray

    def variant(self, chosen: Mapping[str, np.ndarray | int]) -> np.ndarray:
        """Number of the variant for the options chosen (one each, or one for each draw); else the stated ones."""
        number = np.zeros(1, dtype=int)
        for choice, options in self.choices.items():
            number = number * len(options) + chosen.get(choice, 0)
        return number


@dataclass(frozen=True)
class Scores:
    """Scores of the policies, their draws, and the frames that they were computed from; made by `score_draws`.

    Attributes
    ----------
    frames : Frames
        The measures.
    parts : dict
        Dimension -> what it measures, or the researcher's function.
    dimensions : dict
        Dimension -> `DimensionDraws`.
    weights : (dimensions,) array
        Sum to 1.
    confidence : float
    draws, seed : int
    chosen : dict
        Choice -> number of the option in each draw; "weights" -> (dimensions, draws); "codes" and "text" -> numbers of
        draws.
    truth : Truth or None
        The codes and what is probably true; None where no dimension needs them.
    kept : dict
        Results that several functions read.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a", "b"], "text": [
    ...     "We use cookies. We keep your data for 30 days.", "We like printers."]}))
    >>> scores = score_draws(corpus, dimensions=["coverage: CalOPPA", "readability"], draws=200)
    >>> scores.policy_ids, list(scores.dimensions), scores.weights.tolist()
    (['a', 'b'], ['coverage: CalOPPA', 'readability'], [0.5, 0.5])
    >>> scores.drawn("coverage: CalOPPA").shape  # policies, draws
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
    truth: Truth | None = field(default=None, repr=False)
    kept: dict = field(default_factory=dict, repr=False, compare=False)

    @property
    def policy_ids(self) -> list[str]:
        """The policies in their order."""
        return self.frames.policies["policy_id"].tolist()

    @property
    def names(self) -> list[str]:
        """The dimensions in their order, and "overall"."""
        return [*self.dimensions, "overall"]

    @property
    def tail(self) -> float:
        """Share of the draws below an interval, and above it."""
        return (1 - self.confidence) / 2

    @property
    def choices(self) -> dict[str, tuple[str, ...]]:
        """Choice -> options, the stated one first, of the dimensions with a weight."""
        weighted = [one for one, weight in zip(self.dimensions.values(), self.weights) if weight > 0]
        found = {name: options for one in weighted for name, options in one.choices.items()}
        return {**found, "aggregation": AGGREGATION} if len(weighted) > 1 else found

    def dimension_scores(self, name: str, chosen: Mapping[str, np.ndarray]) -> np.ndarray:
        """Scores of one dimension, (policies, draws), for the draws and options named in `chosen`; else the means.

        Parameters
        ----------
        name : str
            A dimension.
        chosen : mapping
            "codes", "text" and "own error" -> numbers of draws; a choice -> number of the option in each draw.

        Returns
        -------
        array of float, 0 to 1
        """
        one = self.dimensions[name]
        variant = one.variant(chosen)
        if one.error not in chosen:
            return one.centre[:, variant]
        return one.draws[:, variant, chosen[one.error]]

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

    def scores_under(self, name: str, chosen: Mapping[str, np.ndarray]) -> np.ndarray:
        """`dimension_scores`, or `overall` for "overall", rounded so that equal scores are equal.

        Parameters
        ----------
        name : str
            A dimension or "overall".
        chosen : mapping
            As in `overall`.
        """
        check_choice("dimension", name, self.names)
        found = self.overall(chosen) if name == "overall" else self.dimension_scores(name, chosen)
        return found.round(12)

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
        return np.hstack([scores, overall]).round(12)

    def errors(self, name: str) -> dict[str, np.ndarray]:
        """What is uncertain -> the numbers of its draws; empty for an exact measure.

        Parameters
        ----------
        name : str
            A dimension or "overall".
        """
        used = self._weighted if name == "overall" else [self.dimensions[name]]
        return {one.error: self.chosen[one.error] for one in used if one.error}

    @cached_property
    def _weighted(self) -> list[DimensionDraws]:
        return [one for one, weight in zip(self.dimensions.values(), self.weights) if weight > 0]

    def drawn(self, dimension: str) -> np.ndarray:
        """Draws of a dimension or "overall" under the stated choices, (policies, draws); one draw of an exact measure.

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
        check_choice("dimension", dimension, self.names)
        return self.scores_under(dimension, self.errors(dimension))

    def choice_draws(self, dimension: str) -> np.ndarray:
        """Mean scores of a dimension or "overall" under each draw of the choices, (policies, draws).

        Which checklist counts is a choice of the overall score; a checklist by itself stays what it is.

        Parameters
        ----------
        dimension : str
            A dimension or "overall".
        """
        left_out = {CODES, TEXT, OWN} | ({"checklist"} if dimension != "overall" else set())
        chosen = {name: values for name, values in self.chosen.items() if name not in left_out}
        return self.scores_under(dimension, chosen)

    def centre(self, dimension: str) -> np.ndarray:
        """Posterior mean of each policy under the stated choices.

        Parameters
        ----------
        dimension : str
            A dimension or "overall".
        """
        return self.scores_under(dimension, {})[:, 0]


def score_draws(
    corpus: Corpus | Frames,
    *,
    codebook: AnyCodebook | None = None,
    hand_codings: pd.DataFrame | None = None,
    dimensions: Sequence[str | OwnDimension] | None = None,
    weights: Mapping[str, float] | None = None,
    checklists: Sequence[str] | None = None,
    formula: str = FORMULA,
    versions: str = "newest",
    prior: str = "population",
    coder_accuracy: pd.DataFrame | None = None,
    error_factor: float = 1.0,
    text: str = "exact",
    weightings: pd.DataFrame | None = None,
    concentration: float = 10.0,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Scores:
    """Measure, score and draw once; `transparency`, `compare_scores` and their companions read the result.

    Parameters
    ----------
    corpus : Corpus or Frames
        The policies; or `Scores.frames`, to draw again from what was measured (then without codebook and hand_codings).
    codebook : Codebook, str or path, optional
        The shipped one by default.
    hand_codings : DataFrame, optional
        Codes given by reading, which overrule the rules; as in `coverage`.
    dimensions : sequence of str or functions, optional
        Of "readability", "vagueness", "coverage: CHECKLIST" ("coverage: all" is each item once), or a function of your
        own: it takes `Frames` and returns a frame with policy_id, score (0 to 1) and, optionally, low and high (a 95 %
        interval). The dimension has the name of the function. By default those of `dimension_table`.
    weights : mapping of dimension to number, optional
        By default those of `dimension_table`, or equal ones for `dimensions` that you name.
    checklists : sequence of str, optional
        Those that are dimensions of their own: by default "GDPR 13/14", "CCPA 7011(e)", "CalOPPA" and "3dp", where the
        codebook has them. They have no weight in the overall score, because their items are in "coverage: all".
    formula : str
        Of readability; "flesch_kincaid_grade" by default.
    versions : {"newest", "all"}
        Compare the newest policy of each vendor, or every policy.
    prior : {"population", "flat"}
        Where the level of each item comes from, before the codes are seen: the population, or one half for every item.
        Items that the population cannot judge, such as those on printing, always have one half.
    coder_accuracy : DataFrame, optional
        Counts of right and wrong codes; `load_coder_accuracy()` by default.
    error_factor : float
        The error rates of all coders are multiplied by it: 0.5 and 2 show how far the answer rests on them.
    text : {"exact", "sections"}
        A complete text is measured exactly. "sections" asks instead whether another text of these authors would read
        alike: whole sections are drawn again, for readability and vagueness.
    weightings : DataFrame, optional
        Weightings to draw from, as from `load_weightings`, instead of weights around the stated ones.
    concentration : float
        How close drawn weights are to the stated ones.
    confidence : float
        Level of the intervals, 0.95 by default.
    draws, seed : int
        2,000 draws with the seed 20180525 by default.

    Returns
    -------
    Scores
        For `transparency`, `compare_scores`, `score_ranks`, `what_would_change`, `ranking_sensitivity`,
        `one_at_a_time`, `score_parts` and `score_evidence`, which then measure and draw nothing again.

    Raises
    ------
    ValueError
        An unknown dimension, checklist or formula; weights that do not match the dimensions; an own dimension without
        its columns; versions of one vendor whose order is not known; codes of a kind of coder without counts.

    Notes
    -----
    `docs/the-score-model.md` gives the formulas. All random numbers depend on the words of a text, not on its place: the
    numbers of a pair of policies do not depend on the others, and two identical texts with the same codes have the same
    draws.

    Examples
    --------
    >>> from policytools.scores.transparency import transparency
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a", "b"], "text": [
    ...     "We use cookies. We keep your data for 30 days.", "We like printers."]}))
    >>> scores = score_draws(corpus, dimensions=["coverage: CalOPPA"], draws=200)
    >>> transparency(scores)[["policy_id", "dimension", "counted"]].round(2).values.tolist()
    [['a', 'coverage: CalOPPA', 0.14], ['a', 'overall', 0.14], ['b', 'coverage: CalOPPA', 0.0], ['b', 'overall', 0.0]]
    """
    check_choice("versions", versions, ("newest", "all"))
    check_choice("prior", prior, ("population", "flat"))
    check_choice("text", text, ("exact", "sections"))
    check_number("confidence", confidence, 0, 1, inside=True)
    check_number("draws", draws, 2, whole=True)
    check_number("concentration", concentration, 0, inside=True)
    check_number("error_factor", error_factor, 0)
    check_number("seed", seed, 0, whole=True)
    accuracy = load_coder_accuracy() if coder_accuracy is None else check_coder_accuracy(coder_accuracy)
    weightings = None if weightings is None else check_weightings(weightings)
    frames = _measured(corpus, codebook, hand_codings, versions)
    parts = resolve(dimensions, codebook=frames.codebook, checklists=checklists, formula=formula)
    shipped = {name: part.weight for name, part in parts.items() if isinstance(part, Dimension)}
    stated = stated_weights(weights, list(parts), shipped if dimensions is None else None)
    truth = None
    if any(isinstance(part, Dimension) and part.from_frame == "coverage" for part in parts.values()):
        levels = item_levels(frames.codebook, POLICY_SD) * (prior == "population")
        truth = draw_truth(frames.codes, levels, AccuracyDraws(accuracy, error_factor, draws, seed))
    drawn = {name: _draw(name, part, frames, truth, text, draws, seed) for name, part in parts.items()}
    chosen = {error: np.arange(draws) for error in (CODES, TEXT, OWN)}
    scores = Scores(frames, parts, drawn, stated, confidence, draws, seed, chosen, truth)
    every = {
        choice: options for one in drawn.values() for choice, options in one.choices.items()
    } | scores.choices
    chosen |= draw_choices(
        every, list(parts), stated, weightings, concentration=concentration, draws=draws, seed=seed
    )
    return replace(scores, chosen=chosen)


def _measured(
    corpus: Corpus | Frames, codebook: AnyCodebook | None, hand_codings: pd.DataFrame | None, versions: str
) -> Frames:
    """The measures of the policies that are scored."""
    if isinstance(corpus, Frames):
        if codebook is not None or hand_codings is not None:
            raise ValueError("corpus: Frames have their codebook and hand codings; leave these arguments out")
        return corpus
    check_type("corpus", corpus, Corpus)
    kept = newest_policies(corpus) if versions == "newest" else corpus
    if hand_codings is not None:
        hand_codings = check_frame(
            hand_codings, "hand_codings", ("policy_id", "item", "coder", "code", "evidence")
        )
        older = set(corpus.policies["policy_id"]) - set(kept.policies["policy_id"])
        hand_codings = hand_codings[~hand_codings["policy_id"].isin(older)]
    return Frames(kept, codebook=codebook, hand_codings=hand_codings)


def _draw(
    name: str,
    part: Dimension | OwnDimension,
    frames: Frames,
    truth: Truth | None,
    text: str,
    draws: int,
    seed: int,
) -> DimensionDraws:
    """The scores of one dimension under every combination of its options."""
    if not isinstance(part, Dimension):
        return draw_own(name, part(frames), frames, draws, seed)
    choices = options_of(part, frames.codebook)
    variants = list(under_options(part, choices))
    metrics = policy_metrics(frames, columns=[column for _, column in variants])
    values = [score_between(metrics[column].to_numpy(), *changed[4:6]) for changed, column in variants]
    point = np.stack(values, 1)
    if part.from_frame == "coverage":
        assert truth is not None  # drawn wherever a dimension needs it
        told = [_shares(truth, frames, column) for _, column in variants]
        drawn = np.where(np.isnan(point)[:, :, None], np.nan, np.stack(told, 1))
        return DimensionDraws(CODES, choices, point, drawn.mean(axis=2), drawn)
    if text == "exact":
        return DimensionDraws("", choices, point, point, point[:, :, None])
    combined = [
        section_draws(frames, changed, column, draws=draws, seed=seed) for changed, column in variants
    ]
    return DimensionDraws(TEXT, choices, point, point, np.stack(combined, 1))


def _shares(truth: Truth, frames: Frames, column: str) -> np.ndarray:
    """Draws of the share of a checklist's items that are told, (policies, draws)."""
    items = frames.codebook.checklists[column.removeprefix("coverage: ")]
    places = [truth.codes.items.index(item) for item in items]
    with np.errstate(invalid="ignore"):
        return truth.told[:, places].sum(axis=1, dtype="int64") / np.float64(len(places))


def section_draws(frames: Frames, part: Dimension, column: str, *, draws: int, seed: int) -> np.ndarray:
    """Scores of other texts by the same authors, (policies, draws); `column` names the metric in `policy_metrics`."""
    metric, _, segmentation = column.partition(": ")
    sums = frames.text_sums
    values = [
        sums.drawn(policy, metric, segmentation or "sentences", draws=draws, seed=seed)
        for policy in frames.policies["policy_id"]
    ]
    return np.asarray(score_between(np.reshape(values, (-1, draws)), part.anchor_0, part.anchor_1))


def draw_own(name: str, scored: pd.DataFrame, frames: Frames, draws: int, seed: int) -> DimensionDraws:
    """Scores of a researcher's own dimension; low and high, a 95 % interval, become a normal error on each side."""
    argument, ids = f"dimensions: the frame of {name}", frames.policies["policy_id"].tolist()
    rows = check_frame(scored, argument, ("policy_id", "score"), unit=["policy_id"]).set_index("policy_id")
    if odd := sorted(set(rows.index) ^ set(ids)):
        raise ValueError(f"{argument} must hold each policy once; check {listed(odd)}")
    interval = ["low", "high"] if {"low", "high"} <= set(rows) else []
    rows = rows.loc[list(ids), ["score", *interval]].astype("float64")
    score = rows["score"].to_numpy()
    if (outside := (score < 0) | (score > 1)).any():
        raise ValueError(f"{argument} has a score outside 0 to 1, of {rows.index[outside][0]}")
    if not interval:
        return DimensionDraws("", {}, score[:, None], score[:, None], score[:, None, None])
    low, high = rows["low"].to_numpy(), rows["high"].to_numpy()
    if ((low > score) | (high < score)).any():
        raise ValueError(f"{argument} must have low, score and high in rising order")
    z = np.array([stream(seed, "own", name, key).standard_normal(draws) for key in frames.text_keys])
    z = z.reshape(len(ids), draws)
    side = np.where(z < 0, (score - low)[:, None], (high - score)[:, None]) / 1.959964
    drawn = np.clip(score[:, None] + z * side, 0, 1)
    return DimensionDraws(OWN, {}, score[:, None], score[:, None], drawn[:, None, :])


def scores_of(corpus: Corpus | Scores, options: Mapping[str, object]) -> Scores:
    """The scores themselves, or the scores of a corpus with the options of `score_draws`."""
    if not isinstance(corpus, Scores):
        return score_draws(corpus, **options)  # type: ignore[arg-type]
    if options:
        raise ValueError(f"{', '.join(options)}: give options to score_draws; here its result was given")
    return corpus
