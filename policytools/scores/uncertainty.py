"""What the scores would be had chance and choices fallen otherwise: the draws behind every interval.

Two kinds of error are drawn. *Sentences*: the wording of a policy is a sample of what its authors would have
written, so units are drawn anew within the sections of each policy (rescaled bootstrap). *Coding*: whether an
item is addressed is what the rules, right only so often, say. Beside them stand the choices, each with options
that another researcher might have preferred. Every policy, item and choice has a stream of random numbers of its
own, so that no draw depends on what else is in the corpus or on its order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product

import numpy as np
import pandas as pd

from policytools.coding.rule_accuracy import check_accuracy
from policytools.measures.readability import FORMULAS, WORDS_PER_MINUTE, Counts, count
from policytools.measures.structure import sections
from policytools.scores.dimensions import FORMULA_ANCHORS, Frames, Part, checklist_column, scale

SEGMENTATION = ("sentences", "fragments as sentences", "fragments continue the lead-in")
HEDGES = ("false friends left out", "false friends counted")
HEADINGS = ("labels are headings", "labels are no headings")
_LAYOUT = ("headed_share", "section_minutes", "reading_minutes")
PRIOR_POLICIES = 4  # the overall rate counts as much as so many policies of an item's own
MIN_UNITS = 4  # smaller sections are drawn together with the next


def stream(seed: int, *names: str) -> np.random.Generator:
    """Random numbers that depend on the seed and the names alone.

    Examples
    --------
    >>> bool(stream(1, "a", "sentences").random() == stream(1, "a", "sentences").random())
    True
    """
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    return np.random.default_rng(np.random.SeedSequence([seed, *np.frombuffer(digest, "<u4").tolist()]))


def strata(sections: Sequence[str], minimum: int = MIN_UNITS) -> list[np.ndarray]:
    """Places of the units of each section; sections below the minimum join the next one (the last: the one before).

    Examples
    --------
    >>> [part.tolist() for part in strata(["a", "b", "b", "b", "c", "c", "c", "c", "d"], minimum=4)]
    [[0, 1, 2, 3], [4, 5, 6, 7, 8]]
    """
    ends = [i + 1 for i in range(len(sections)) if i + 1 == len(sections) or sections[i] != sections[i + 1]]
    cuts = [0]
    for end in ends:
        if end - cuts[-1] >= minimum:
            cuts.append(end)
    if cuts[-1] != len(sections):
        cuts = [*cuts[:-1], len(sections)] if len(cuts) > 1 else [0, len(sections)]
    return [np.arange(low, high) for low, high in pairwise(cuts)]


def bootstrap_weights(sections: Sequence[str], draws: int, rng: np.random.Generator) -> np.ndarray:
    """How much each unit counts in each draw: rows are draws, and 1 is the mean.

    Notes
    -----
    Of n units of a section n - 1 are drawn with replacement and each counts n / (n - 1): with n draws the
    variance would come out (n - 1) / n too small, and sections are small. A section with one unit stays.

    References
    ----------
    Rao, J. N. K. & Wu, C. F. J. (1988). Resampling inference with complex survey data. JASA 83(401), 231-241.
    doi:10.1080/01621459.1988.10478591
    """
    weights = np.ones((draws, len(sections)))
    for units in strata(sections):
        n = len(units)
        if n > 1:
            weights[:, units] = rng.multinomial(n - 1, np.full(n, 1 / n), size=draws) * (n / (n - 1))
    return weights


@dataclass(frozen=True)
class Sampler:
    """Values and scores of parts, as they stand and in draws; one row for each policy.

    Attributes
    ----------
    frames : Frames
    formula : str
        The stated formula of readability.
    rule_accuracy : DataFrame
        Counts of right and wrong codes for each item.
    hand_error : float or None
        Chance that a code given by reading is wrong; None to take it from codes given twice.
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

    def scores(self, part: Part, options: Mapping[str, str]) -> tuple[np.ndarray, np.ndarray]:
        """Score of a part, (policies,), and its draws, (policies, draws)."""
        anchors = part.anchor_0, part.anchor_1
        if part.from_frame == "readability" and part.metric in FORMULA_ANCHORS:
            formula = part.metric if options["formula"] == self.formula else options["formula"]
            anchors = FORMULA_ANCHORS[formula][:2]
            values, drawn = self._reading(formula, options["segmentation"])
        elif part.metric == "vague_per_hundred":
            values, drawn = self._vague[options["hedges"]]
        elif part.dimension == "structure":
            values, drawn = self._layout[options["headings"]][part.metric]
        else:
            checklist = options.get("checklist", "as stated")
            swap = part.dimension == "coverage" and checklist != "as stated"
            values, drawn = self._coded(checklist_column(checklist) if swap else part.metric)
        return scale(values, *anchors), scale(drawn, *anchors)

    # --- sentences

    @cached_property
    def _units(self) -> dict[str, pd.DataFrame]:
        ordered = self.frames.sentences.sort_values(["policy_id", "sentence_id"], kind="stable")
        empty = ordered.iloc[:0]
        units = dict(list(ordered.groupby("policy_id")))
        return {policy: units.get(policy, empty).reset_index(drop=True) for policy in self.ids}

    def _resampled(self) -> Iterator[tuple[str, pd.DataFrame, np.ndarray]]:
        """Policy, its units, and their weights as they stand (row 0) and in each draw; the same ones every time."""
        for policy, units in self._units.items():
            rng = stream(self.seed, policy, "sentences")
            drawn = bootstrap_weights(units["section"].tolist(), self.draws, rng)
            yield policy, units, np.vstack([np.ones(len(units)), drawn])

    @cached_property
    def _reading_sums(self) -> dict[str, list[np.ndarray]]:
        sums: dict[str, list] = {name: [] for name in SEGMENTATION}
        for _, units, weights in self._resampled():
            for name, counts in _reading_counts(units).items():
                sums[name].append(weights @ counts)
        return sums

    def _reading(self, formula: str, segmentation: str) -> tuple[np.ndarray, np.ndarray]:
        values = np.array([_evaluate(formula, sums) for sums in self._reading_sums[segmentation]])
        return values[:, 0], values[:, 1:]

    @cached_property
    def _vague(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        terms = dict(list(self.frames.vague_terms.groupby("policy_id")))
        rates = []
        for policy, units, weights in self._resampled():
            found = terms.get(policy, self.frames.vague_terms.iloc[:0])
            hits = [
                units["sentence_id"]
                .map(of_kind["sentence_id"].value_counts())
                .fillna(0)
                .to_numpy(dtype="float64")
                for of_kind in (found[found["false_friend"] == ""], found)
            ]
            n_words = weights @ units["n_words"].to_numpy(dtype="float64")
            with np.errstate(divide="ignore", invalid="ignore"):
                rates.append(100 * (weights @ np.column_stack(hits)) / n_words[:, None])
        table = np.array(rates)
        return {name: (table[:, 0, i], table[:, 1:, i]) for i, name in enumerate(HEDGES)}

    @cached_property
    def _layout(self) -> dict[str, dict[str, tuple[np.ndarray, np.ndarray]]]:
        values: dict[str, list] = {name: [] for name in HEADINGS}
        for _, units, weights in self._resampled():
            for name, run_in in zip(HEADINGS, ("counted", "left_out")):
                values[name].append(_layout_draws(units, weights, sections(units, run_in=run_in)))
        tables = {name: np.array(of_policies) for name, of_policies in values.items()}
        return {
            name: {metric: (table[:, i, 0], table[:, i, 1:]) for i, metric in enumerate(_LAYOUT)}
            for name, table in tables.items()
        }

    # --- coding

    @cached_property
    def _cells(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Item -> whether it was coded, and whether it is addressed in each draw."""
        cells = self.frames.coverage
        rates = _error_rates(self.rule_accuracy, self.draws, self.seed)
        slip = _hand_error(self.frames.hand_codings, self.hand_error, self.draws, self.seed)
        unread = ~np.isin(self.ids, self.frames.sentences["policy_id"])
        found = {}
        for item, rows in cells.groupby("item", sort=False):
            rows = rows.set_index("policy_id").reindex(self.ids)
            coded = rows["addressed"].to_numpy(dtype=bool)
            by_rules = rows["coder"].to_numpy() == "rules"
            right, missed = rates(str(item))
            chance = np.where(coded[:, None], right, missed)
            chance = np.where(by_rules[:, None], chance, np.where(coded[:, None], 1 - slip, slip))
            uniform = np.array(
                [stream(self.seed, policy, "coding", str(item)).random(self.draws) for policy in self.ids]
            )
            values, drawn = coded.astype("float64"), (uniform < chance).astype("float64")
            values[unread], drawn[unread] = np.nan, np.nan
            found[str(item)] = values, drawn
        return found

    def _coded(self, metric: str) -> tuple[np.ndarray, np.ndarray]:
        if metric in self._cells:
            return self._cells[metric]
        members = self.frames.codebook.checklists[metric.removeprefix(checklist_column(""))]
        return (
            np.mean([self._cells[item][0] for item in members], axis=0),
            np.mean([self._cells[item][1] for item in members], axis=0),
        )


def _reading_counts(units: pd.DataFrame) -> dict[str, np.ndarray]:
    """Counts of each unit under each segmentation; a unit that is not counted has zeros."""
    kinds, texts = units["kind"].tolist(), units["text"].tolist()
    counts = np.array([count([text]) for text in texts], dtype="float64").reshape(
        len(texts), len(Counts._fields)
    )
    is_sentence = np.array([kind == "sentence" for kind in kinds], dtype=bool)
    is_fragment = np.array([kind == "fragment" for kind in kinds], dtype=bool)
    merged = np.where(is_sentence[:, None], counts, 0)
    lead_in = None
    for i, kind in enumerate(kinds):
        if kind == "fragment" and lead_in is not None:
            merged[lead_in, 1:] += counts[i, 1:]  # its words, but no sentence of its own
        else:
            lead_in = i if kind == "sentence" and texts[i].rstrip().endswith(":") else None
    plain = np.where(is_sentence[:, None], counts, 0)
    return dict(zip(SEGMENTATION, (plain, np.where((is_sentence | is_fragment)[:, None], counts, 0), merged)))


def _layout_draws(units: pd.DataFrame, weights: np.ndarray, found: pd.DataFrame) -> np.ndarray:
    """The metrics of `_LAYOUT` (rows) for each row of weights; as `structure` has them where all weigh 1."""
    words = weights * units["n_words"].to_numpy(dtype="float64")
    minutes = words.sum(axis=1) / WORDS_PER_MINUTE
    section_of = np.repeat(np.arange(len(found)), found["n_units"])
    member = section_of[:, None] == np.arange(len(found))
    sizes = words[:, (units["kind"] != "heading").to_numpy()] @ member.astype("float64")
    total = sizes.sum(axis=1)
    if not total.size or not found["n_words"].sum():
        return np.full((len(_LAYOUT), len(weights)), np.nan)
    with np.errstate(invalid="ignore"):
        headed = sizes[:, found["sentence_id"].notna().to_numpy()].sum(axis=1) / total
    ordered = np.sort(sizes, axis=1)
    half = (ordered.cumsum(axis=1) < total[:, None] / 2).sum(axis=1)
    return np.array([headed, ordered[np.arange(len(weights)), half] / WORDS_PER_MINUTE, minutes])


def _evaluate(formula: str, sums: np.ndarray) -> np.ndarray:
    """A formula for each row of counts; NaN without sentences or words."""
    values = np.full(len(sums), np.nan)
    defined = (sums[:, 0] > 0) & (sums[:, 1] > 0)
    if formula == "dale_chall_readability_score":  # its constant hangs on a condition
        values[defined] = [FORMULAS[formula](Counts(*row)) for row in sums[defined]]
    else:
        values[defined] = FORMULAS[formula](Counts(*sums[defined].T))
    return values


def _error_rates(
    accuracy: pd.DataFrame, draws: int, seed: int
) -> Callable[[str], tuple[np.ndarray, np.ndarray]]:
    """For an item, draws of two chances: that what the rules found is there, and that what they did not find is.

    Each has the Beta posterior of the item's own counts, with the rate over all items as a prior worth
    `PRIOR_POLICIES` policies; an item that was not measured has the prior alone.
    """
    counts = check_accuracy(accuracy).set_index("item")
    hit, extra, lacking, silent = (
        counts[name] for name in ("true_positive", "false_positive", "false_negative", "true_negative")
    )
    # Half a policy each way, so that no rate is taken for certain.
    overall_right = (hit.sum() + 0.5) / (hit.sum() + extra.sum() + 1)
    overall_missed = (lacking.sum() + 0.5) / (lacking.sum() + silent.sum() + 1)

    def rates(item: str) -> tuple[np.ndarray, np.ndarray]:
        rng = stream(seed, "rules", item)
        n = [int(side.get(item, 0)) for side in (hit, extra, lacking, silent)]
        right = rng.beta(
            n[0] + PRIOR_POLICIES * overall_right, n[1] + PRIOR_POLICIES * (1 - overall_right), draws
        )
        missed = rng.beta(
            n[2] + PRIOR_POLICIES * overall_missed, n[3] + PRIOR_POLICIES * (1 - overall_missed), draws
        )
        return right, missed

    return rates


def _hand_error(hand_codings: pd.DataFrame | None, stated: float | None, draws: int, seed: int) -> np.ndarray:
    """Draws of the chance that a code given by reading is wrong: half the share of cells on which coders differ.

    Where no cell was read twice it cannot be measured, and codes stand as they were given.
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
    name: str, parts: Sequence[Part], *, formula: str, checklists: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """The choices a dimension hangs on, each with its options, the stated one first."""
    metrics = {part.metric for part in parts}
    found: dict[str, tuple[str, ...]] = {}
    if metrics & set(FORMULA_ANCHORS):
        found["formula"] = (formula, *(other for other in FORMULA_ANCHORS if other != formula))
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
    """Scores of one dimension under every combination of its options.

    Attributes
    ----------
    choices : dict
        Choice -> options.
    point : (policies, variants)
        As counted.
    sentences, coding : (policies, variants, draws)
        Two shares that add up to the score, one for each kind of error; either may have a single draw.
    """

    choices: Mapping[str, tuple[str, ...]]
    point: np.ndarray
    sentences: np.ndarray
    coding: np.ndarray


def draw_dimension(
    sampler: Sampler, name: str, parts: Sequence[Part], *, checklists: Sequence[str]
) -> DimensionDraws:
    """Scores of a dimension that is made of parts, for every combination of options."""
    choices = options_of(name, parts, formula=sampler.formula, checklists=checklists)
    points, sentences, coding = [], [], []
    for combination in product(*choices.values()):
        options = dict(zip(choices, combination))
        n = len(sampler.ids)
        point = np.zeros(n)
        sums = {"sentences": np.zeros((n, 1)), "coding": np.zeros((n, 1))}
        for part in parts:
            score, drawn = sampler.scores(part, options)
            point += part.weight * score
            kind = "coding" if part.from_frame.startswith("coverage") else "sentences"
            sums[kind] = sums[kind] + part.weight * drawn
        points.append(point)
        sentences.append(sums["sentences"])
        coding.append(sums["coding"])
    return DimensionDraws(choices, np.stack(points, 1), np.stack(sentences, 1), np.stack(coding, 1))


def draw_own(name: str, scored: pd.DataFrame, ids: Sequence[str], draws: int, seed: int) -> DimensionDraws:
    """Scores of a researcher's own dimension; low and high, a 95 % interval, become a normal error on each side."""
    if missing := [column for column in ("policy_id", "score") if column not in scored]:
        raise ValueError(
            f"dimensions: {name} gave no column {', '.join(missing)}; needed are policy_id and score"
        )
    rows = scored.set_index("policy_id")
    if rows.index.duplicated().any() or set(rows.index) != set(ids):
        odd = sorted(set(rows.index) ^ set(ids)) or rows.index[rows.index.duplicated()].tolist()
        raise ValueError(
            f"dimensions: {name} must score each policy once; look at {', '.join(map(str, odd[:5]))}"
        )
    rows = rows.loc[list(ids)].astype(
        {column: "float64" for column in ("score", "low", "high") if column in rows}
    )
    score = rows["score"].to_numpy()
    if ((score < 0) | (score > 1)).any():
        raise ValueError(
            f"dimensions: {name} scored {rows.index[(score < 0) | (score > 1)][0]} outside 0 to 1"
        )
    drawn = score[:, None]
    if {"low", "high"} <= set(rows):
        low, high = rows["low"].to_numpy(), rows["high"].to_numpy()
        if ((low > score) | (high < score)).any():
            raise ValueError(f"dimensions: {name}: low, score, high must stand in this order")
        z = np.array([stream(seed, policy, "own", name).standard_normal(draws) for policy in ids]).reshape(
            len(ids), draws
        )
        side = np.where(z < 0, (score - low)[:, None], (high - score)[:, None]) / 1.959964
        drawn = np.clip(score[:, None] + z * side, 0, 1)
    return DimensionDraws({}, score[:, None], drawn[:, None, :], np.zeros((len(ids), 1, 1)))
