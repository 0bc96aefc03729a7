"""Monte Carlo draws: sentence bootstrap, coding error, analyst choices.

*Sentences*: the text of a policy is one sample of what its authors could have written, so whole sections are resampled
(`policytools._statistics.bootstrap_weights`). *Coding*: the rules, and people, find an item with a known error rate, so
codes are drawn with the probability that they are right. *Choices*: each has options that another researcher might
have preferred; a dimension is scored under every combination of its options. Each policy, item and choice has its own
stream of random numbers, so no draw depends on the other policies or on their order.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from policytools._frames import check_frame
from policytools._statistics import bootstrap_weights, parts_to_resample, stream, sums_of_parts
from policytools._wording import listed
from policytools.coding.rule_accuracy import check_accuracy
from policytools.measures.readability import FORMULAS, WORDS_PER_MINUTE, Counts, count
from policytools.measures.structure import sections
from policytools.scores.dimensions import (
    FORMULA_PARTS,
    DimensionPart,
    Frames,
    checklist_column,
    score_between,
)

SEGMENTATION = ("sentences", "fragments as sentences", "fragments continue the lead-in")
HEDGES = ("false friends left out", "false friends counted")
HEADINGS = ("labels are headings", "labels are no headings")
_STRUCTURE = ("headed_share", "section_minutes", "reading_minutes")
PRIOR_POLICIES = 4  # weight of the prior, the rate over all items, in policies


@dataclass(frozen=True)
class Sampler:
    """Scores of parts as counted and in draws.

    Every table has one row for each policy. Its first column is the value as counted, the others are the draws.

    Attributes
    ----------
    frames : Frames
    formula : str
        The stated formula of readability.
    rule_accuracy : DataFrame
        Counts of right and wrong codes for each item.
    hand_error : float or None
        Probability that a code given by reading is wrong; None to estimate it from codes given twice.
    draws, seed : int
    """

    frames: Frames
    formula: str
    rule_accuracy: pd.DataFrame
    hand_error: float | None
    draws: int
    seed: int

    @cached_property
    def ids(self) -> list[str]:
        return self.frames.policies["policy_id"].tolist()

    def scores(self, part: DimensionPart, options: Mapping[str, str]) -> np.ndarray:
        """Table of a part's scores under the options given."""
        if part.metric in FORMULA_PARTS:
            part = FORMULA_PARTS[options["formula"]]
            values = self._readability(part.metric, options["segmentation"])
        elif part.metric == "vague_per_hundred":
            values = self._vagueness[options["hedges"]]
        elif part.dimension == "structure":
            values = self._structure[options["headings"]][:, _STRUCTURE.index(part.metric)]
        elif part.dimension == "coverage" and options["checklist"] != "as stated":
            values = self.coding(checklist_column(options["checklist"]))
        else:
            values = self.coding(part.metric)
        return score_between(values, part.anchor_0, part.anchor_1)

    # --- sentences

    def _resampled(self) -> Iterator[tuple[pd.DataFrame, np.ndarray, np.ndarray]]:
        """The units of each policy, their parts, and the weights of the parts: 1 as counted, then in each draw."""
        ordered = self.frames.sentences.sort_values(["policy_id", "sentence_id"], kind="stable")
        by_policy = dict(list(ordered.groupby("policy_id")))
        for policy in self.ids:
            units = by_policy.get(policy, ordered.iloc[:0]).reset_index(drop=True)
            parts = parts_to_resample(units["section"].tolist())
            n_parts = parts.max(initial=-1) + 1
            drawn = bootstrap_weights(n_parts, self.draws, stream(self.seed, policy, "sentences"))
            words = units["n_words"].to_numpy(dtype="float64") * (units["kind"] == "sentence").to_numpy()
            # A draw without a sentence (or of a single unit) is the text itself, so that scores stay defined.
            drawn[~(drawn @ sums_of_parts(words, parts) > 0)] = 1
            yield units, parts, np.vstack([np.ones(n_parts), drawn])

    @cached_property
    def _reading_sums(self) -> dict[str, list[np.ndarray]]:
        sums: dict[str, list[np.ndarray]] = {name: [] for name in SEGMENTATION}
        for units, parts, weights in self._resampled():
            for name, counts in _reading_counts(units).items():
                sums[name].append(weights @ sums_of_parts(counts, parts))
        return sums

    def _readability(self, formula: str, segmentation: str) -> np.ndarray:
        return np.array([_evaluate(formula, sums) for sums in self._reading_sums[segmentation]])

    @cached_property
    def _vagueness(self) -> dict[str, np.ndarray]:
        terms = self.frames.vague_terms
        left_out = terms["false_friend"] == ""
        counts = [kept.groupby(["policy_id", "sentence_id"]).size() for kept in (terms[left_out], terms)]
        rates = []
        for units, parts, weights in self._resampled():
            keys = pd.MultiIndex.from_frame(units[["policy_id", "sentence_id"]])
            hits = [of_kind.reindex(keys, fill_value=0) for of_kind in counts]
            sums = weights @ sums_of_parts(np.column_stack([*hits, units["n_words"]]), parts)
            with np.errstate(divide="ignore", invalid="ignore"):
                rates.append(100 * sums[:, :2] / sums[:, 2:])
        return dict(zip(HEDGES, np.array(rates).transpose(2, 0, 1)))

    @cached_property
    def _structure(self) -> dict[str, np.ndarray]:
        tables: dict[str, list[np.ndarray]] = {name: [] for name in HEADINGS}
        for units, parts, weights in self._resampled():
            for name, run_in in zip(HEADINGS, ("counted", "left_out")):
                found = sections(units, run_in=run_in)
                tables[name].append(_structure_metrics(units, weights[:, parts], found))
        return {name: np.array(of_policies) for name, of_policies in tables.items()}

    # --- coding

    def coding(self, metric: str) -> np.ndarray:
        """Table of an item (1 addressed, 0 silent), or of the share of a checklist's items that are addressed."""
        if metric in self._items:
            return self._items[metric]
        items = self.frames.codebook.checklists[metric.removeprefix(checklist_column(""))]
        if not items:
            return np.full((len(self.ids), 1 + self.draws), np.nan)
        return np.mean([self._items[item] for item in items], axis=0)

    @cached_property
    def _items(self) -> dict[str, np.ndarray]:
        rates = _rule_rates(self.rule_accuracy, self.draws, self.seed)
        wrong_by_hand = hand_error_draws(self.frames.hand_codings, self.hand_error, self.draws, self.seed)
        unread = ~np.isin(self.ids, self.frames.sentences["policy_id"])
        found = {}
        for item, rows in self.frames.coverage.groupby("item", sort=False):
            rows = rows.set_index("policy_id").reindex(self.ids)
            coded = rows["addressed"].to_numpy(dtype=bool)[:, None]
            by_rules = (rows["coder"] == "rules").to_numpy()[:, None]
            right, missed = rates(str(item))
            by_hand = np.where(coded, 1 - wrong_by_hand, wrong_by_hand)
            probability = np.where(by_rules, np.where(coded, right, missed), by_hand)
            uniform = [
                stream(self.seed, policy, "coding", str(item)).random(self.draws) for policy in self.ids
            ]
            table = np.hstack([coded, np.array(uniform) < probability]).astype("float64")
            table[unread] = np.nan
            found[str(item)] = table
        return found


def _reading_counts(units: pd.DataFrame) -> dict[str, np.ndarray]:
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


def _structure_metrics(units: pd.DataFrame, weights: np.ndarray, found: pd.DataFrame) -> np.ndarray:
    """The metrics of `_STRUCTURE` (rows) for each row of weights; with weights of 1 as in `structure`."""
    words = weights * units["n_words"].to_numpy(dtype="float64")
    minutes = words.sum(axis=1) / WORDS_PER_MINUTE
    if not found["n_words"].sum():
        return np.full((len(_STRUCTURE), len(weights)), np.nan)
    section_of = np.repeat(np.arange(len(found)), found["n_units"])
    drawn = sums_of_parts(words[:, (units["kind"] != "heading").to_numpy()].T, section_of).T
    total = drawn.sum(axis=1)
    with np.errstate(invalid="ignore"):
        headed = drawn[:, found["sentence_id"].notna().to_numpy()].sum(axis=1) / total
    # A section that is drawn twice is two sections of its size, not one of twice the size.
    order = found["n_words"].argsort(kind="stable").to_numpy()
    half = (drawn[:, order].cumsum(axis=1) < total[:, None] / 2).sum(axis=1)
    return np.array([headed, found["n_words"].to_numpy()[order][half] / WORDS_PER_MINUTE, minutes])


def _evaluate(formula: str, sums: np.ndarray) -> np.ndarray:
    """A formula for each row of counts; NaN without sentences or words."""
    values = np.full(len(sums), np.nan)
    defined = (sums[:, 0] > 0) & (sums[:, 1] > 0)
    if formula == "dale_chall_readability_score":  # adds a constant under a condition: not for arrays
        values[defined] = [FORMULAS[formula](Counts(*row)) for row in sums[defined]]
    else:
        values[defined] = FORMULAS[formula](Counts(*sums[defined].T))
    return values


def _rule_rates(
    accuracy: pd.DataFrame, draws: int, seed: int
) -> Callable[[str], tuple[np.ndarray, np.ndarray]]:
    """A function that draws two rates for an item: how often it is there if the rules found it, and if not.

    Each rate has a Beta posterior: the item's own counts, and as prior the rate over all items with the weight of
    `PRIOR_POLICIES` policies. An item that was not measured has the prior alone.
    """
    counts = check_accuracy(accuracy).set_index("item")
    sides = [("true_positive", "false_positive"), ("false_negative", "true_negative")]

    def rates(item: str) -> tuple[np.ndarray, np.ndarray]:
        rng = stream(seed, "rules", item)
        drawn = []
        for there, absent in sides:
            n_there, n_absent = counts[there].sum(), counts[absent].sum()
            prior = (n_there + 0.5) / (n_there + n_absent + 1)  # half a policy each way, so no rate is 0 or 1
            alpha = int(counts[there].get(item, 0)) + PRIOR_POLICIES * prior
            beta = int(counts[absent].get(item, 0)) + PRIOR_POLICIES * (1 - prior)
            drawn.append(rng.beta(alpha, beta, draws))
        return drawn[0], drawn[1]

    return rates


def hand_error_draws(
    hand_codings: pd.DataFrame | None, stated: float | None, draws: int, seed: int
) -> np.ndarray:
    """Draws of the probability that a code given by reading is wrong: half the share of cells where coders differ.

    It is 0 if no cell was coded twice, because then it cannot be estimated.
    """
    if hand_codings is None or stated is not None:
        return np.full(draws, stated or 0.0)
    single = hand_codings[hand_codings["coder"] != "agreed"]
    cells = single.groupby(["policy_id", "item"])["code"].agg(["size", "nunique"])
    twice = cells[cells["size"] > 1]
    if twice.empty:
        return np.zeros(draws)
    differ = int((twice["nunique"] > 1).sum())
    return stream(seed, "hand").beta(differ + 0.5, len(twice) - differ + 0.5, draws) / 2


# --- choices


def options_of(
    name: str, parts: Sequence[DimensionPart], *, formula: str, checklists: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """The choices that a dimension depends on, each with its options, the stated one first."""
    metrics = {part.metric for part in parts}
    found: dict[str, tuple[str, ...]] = {}
    if metrics & set(FORMULA_PARTS):
        found["formula"] = (formula, *(other for other in FORMULA_PARTS if other != formula))
        found["segmentation"] = SEGMENTATION
    if "vague_per_hundred" in metrics:
        found["hedges"] = HEDGES
    if metrics & {"headed_share", "section_minutes"}:
        found["headings"] = HEADINGS
    if name == "coverage":
        others = [*(checklists if len(checklists) > 1 else ()), "all"]
        found["checklist"] = ("as stated", *(other for other in others if [other] != list(checklists)))
    return found


@dataclass(frozen=True)
class DimensionDraws:
    """Scores of one dimension under every combination of its options (variant).

    Attributes
    ----------
    choices : dict
        Choice -> options.
    point : (policies, variants)
        As counted.
    sentences, coding : (policies, variants, draws)
        Two terms whose sum is the score, one for each kind of error; either may have a single draw.
    """

    choices: Mapping[str, tuple[str, ...]]
    point: np.ndarray
    sentences: np.ndarray
    coding: np.ndarray

    def variant(self, chosen: Mapping[str, Any]) -> np.ndarray:
        """Number of the variant for the options chosen (one each, or one for each draw); else the stated ones."""
        number = np.zeros(1, dtype=int)
        for choice, options in self.choices.items():
            number = number * len(options) + chosen.get(choice, 0)
        return number


def draw_dimension(
    sampler: Sampler, name: str, parts: Sequence[DimensionPart], *, checklists: Sequence[str]
) -> DimensionDraws:
    """Scores of a dimension that is made of parts, for every combination of options."""
    choices = options_of(name, parts, formula=sampler.formula, checklists=checklists)
    points, sentences, coding = [], [], []
    for combination in product(*choices.values()):
        options = dict(zip(choices, combination))
        point = np.zeros(len(sampler.ids))
        drawn = {"sentences": np.zeros((len(point), 1)), "coding": np.zeros((len(point), 1))}
        for part in parts:
            scores = part.weight * sampler.scores(part, options)
            error = "coding" if part.from_frame.startswith("coverage") else "sentences"
            point += scores[:, 0]
            drawn[error] = drawn[error] + scores[:, 1:]
        points.append(point)
        sentences.append(drawn["sentences"])
        coding.append(drawn["coding"])
    return DimensionDraws(choices, np.stack(points, 1), np.stack(sentences, 1), np.stack(coding, 1))


def draw_own(name: str, scored: pd.DataFrame, ids: Sequence[str], draws: int, seed: int) -> DimensionDraws:
    """Scores of a researcher's own dimension; low and high, a 95 % interval, become a normal error on each side."""
    argument = f"dimensions: the frame of {name}"
    rows = check_frame(scored, argument, ("policy_id", "score"), unit=["policy_id"]).set_index("policy_id")
    if odd := sorted(set(rows.index) ^ set(ids)):
        raise ValueError(f"{argument} must hold each policy once; check {listed(odd)}")
    interval = ["low", "high"] if {"low", "high"} <= set(rows) else []
    rows = rows.loc[list(ids), ["score", *interval]].astype("float64")
    score = rows["score"].to_numpy()
    if (outside := (score < 0) | (score > 1)).any():
        raise ValueError(f"{argument} has a score outside 0 to 1, of {rows.index[outside][0]}")
    drawn = score[:, None]
    if interval:
        low, high = rows["low"].to_numpy(), rows["high"].to_numpy()
        if ((low > score) | (high < score)).any():
            raise ValueError(f"{argument} must have low, score and high in rising order")
        z = np.array([stream(seed, policy, "own", name).standard_normal(draws) for policy in ids])
        z = z.reshape(len(ids), draws)
        side = np.where(z < 0, (score - low)[:, None], (high - score)[:, None]) / 1.959964
        drawn = np.clip(score[:, None] + z * side, 0, 1)
    return DimensionDraws({}, score[:, None], drawn[:, None, :], np.zeros((len(ids), 1, 1)))
