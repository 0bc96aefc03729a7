"""Scores of policies whose truth is known: do intervals, differences, separations and ranks keep what they promise?

    python benchmarks/scores_simulation.py [--studies N] [--policies N] [--texts FOLDER]

Each study draws levels of items and policies, what each policy tells, codes with errors, and counts of right and wrong codes
from which the model learns the error. Printed for each error: the share of the intervals that hold the true score and
difference, bias, the share of studies with a false separation where all policies tell the same, and the share of studies
whose sets of ranks hold all true ranks. With --texts (a folder of Markdown files) the bootstrap of sections is judged too: how
often the interval of the difference between two halves of one text, whole sections at random, holds 0.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from policytools.coding.rule_accuracy import COUNTS
from policytools.corpus.corpus import read_policies
from policytools.scores.coder_accuracy import AccuracyDraws, check_coder_accuracy
from policytools.scores.compare import compare_scores
from policytools.scores.dimensions import ALL, LEGAL, Dimension, Frames, checklist_column
from policytools.scores.ranks import score_ranks
from policytools.scores.score_draws import CODES, DimensionDraws, Scores
from policytools.scores.text_draws import text_sums
from policytools.scores.transparency import transparency
from policytools.scores.truth import POLICY_SD, Codes, draw_truth

ITEMS = 56
LISTS = {ALL: range(ITEMS), checklist_column(LEGAL[0]): range(27), checklist_column(LEGAL[1]): range(20, 38)}
CHECKED = 25  # codes of each kind whose truth is known, for each item


def counts_of_errors(rng: np.random.Generator, items: list[str], error: float) -> pd.DataFrame:
    """Counts of right and wrong codes of each item, from codes whose truth is known."""
    wrong = rng.binomial(CHECKED, error, (2, len(items)))
    counts = dict(zip(COUNTS, (CHECKED - wrong[0], wrong[1], wrong[0], CHECKED - wrong[1]), strict=True))
    return check_coder_accuracy(pd.DataFrame({"coder_kind": "rules", "item": items, **counts}))


def study(
    seed: int, *, n: int = 12, error: float = 0.05, null: bool = False, factor: float = 1.0, draws: int = 1000
) -> tuple[Scores, np.ndarray]:
    """Scores of simulated policies, and what they tell, (policies, items); in a null study all tell the same."""
    rng = np.random.default_rng(seed)
    items = [f"item_{place}" for place in range(ITEMS)]
    levels = rng.normal(0, 1.5, ITEMS)
    level = rng.normal(0, POLICY_SD, 1 if null else n)
    told = rng.random((len(level), ITEMS)) < 1 / (1 + np.exp(-(levels + level[:, None])))
    told = np.broadcast_to(told, (n, ITEMS)).astype(int)
    code = np.where(rng.random((n, ITEMS)) < error, 1 - told, told)
    ids = [f"p{place}" for place in range(n)]
    keys = np.array([[f"{seed} {policy} {item}" for item in items] for policy in ids], dtype=object)
    kind = np.full((n, ITEMS), "rules", dtype=object)
    codes = Codes(items, code, kind, keys, [f"{seed} {policy}" for policy in ids])
    return scores_of_codes(codes, levels, counts_of_errors(rng, items, error), factor, draws), told


def scores_of_codes(
    codes: Codes, levels: np.ndarray, accuracy: pd.DataFrame, factor: float = 1.0, draws: int = 1000
) -> Scores:
    """Scores of codes alone, without texts."""
    truth = draw_truth(codes, levels, AccuracyDraws(accuracy, factor, draws, 1))
    dimensions, parts = {}, {}
    for name, places in LISTS.items():
        drawn = truth.told[:, list(places)].mean(axis=1)[:, None, :]
        point = codes.code[:, list(places)].mean(axis=1)[:, None]
        dimensions[name] = DimensionDraws(CODES, {}, point, drawn.mean(axis=2), drawn)
        parts[name] = Dimension(name, name, "coverage", "share of items", 0, 1, 0, "", "", "")
    checklists = {
        name.removeprefix("coverage: "): [codes.items[place] for place in of_one]
        for name, of_one in LISTS.items()
    }
    ids = [f"p{place}" for place in range(len(codes.text))]
    frames = SimpleNamespace(
        policies=pd.DataFrame({"policy_id": ids}), codebook=SimpleNamespace(checklists=checklists)
    )
    weights = np.eye(len(LISTS))[0]
    return Scores(
        frames,
        parts,
        dimensions,
        weights,
        0.95,
        draws,
        1,
        {CODES: np.arange(draws)},
        truth,  # type: ignore[arg-type]
    )


def true_scores(told: np.ndarray) -> pd.DataFrame:
    """The true score of each policy (row) on each dimension."""
    ids = [f"p{place}" for place in range(len(told))]
    return pd.DataFrame(
        {name: told[:, list(places)].mean(axis=1) for name, places in LISTS.items()}, index=ids
    )


def judge(scores: Scores, told: np.ndarray) -> dict[str, float]:
    """How well one study's answer holds its truth."""
    truth = true_scores(told)
    found = transparency(scores).query("dimension != 'overall'")
    true = np.array(
        [truth.loc[policy, name] for policy, name in zip(found["policy_id"], found["dimension"], strict=True)]
    )
    pairs = compare_scores(scores).query("dimension != 'overall'")
    apart = np.array([
        truth.loc[row.policy_id, row.dimension] - truth.loc[row.other_id, row.dimension] for row in pairs.itertuples()
    ])  # fmt: skip
    ranks = score_ranks(scores).query("dimension != 'overall'")
    best = truth.rank(ascending=False, method="min").stack()
    worst = truth.rank(ascending=False, method="max").stack()
    keys = list(zip(ranks["policy_id"], ranks["dimension"], strict=True))
    held = (ranks["rank_low"].to_numpy() <= best.loc[keys].to_numpy()) & (
        ranks["rank_high"].to_numpy() >= worst.loc[keys].to_numpy()
    )
    wrong = (pairs["adjusted_low"] > apart + 1e-9) | (pairs["adjusted_high"] < apart - 1e-9)
    by_dimension = wrong.groupby(pairs["dimension"]).any()
    return {
        "scores held": float(((found["low"] <= true + 1e-9) & (found["high"] >= true - 1e-9)).mean()),
        "differences held": float(((pairs["low"] <= apart + 1e-9) & (pairs["high"] >= apart - 1e-9)).mean()),
        "bias": float((found["score"] - true).mean()),
        "all adjusted held": float(1 - by_dimension.mean()),
        "ranks held": float(pd.Series(held).groupby(ranks["dimension"].to_numpy()).all().mean()),
    }


def false_separations(scores: Scores) -> pd.Series:
    """Whether any pair of a null study is separated, by dimension."""
    pairs = compare_scores(scores).query("dimension != 'overall'")
    apart = (pairs["adjusted_low"] > 0) | (pairs["adjusted_high"] < 0)
    return apart.groupby(pairs["dimension"]).any()


def split_halves(folder: Path, draws: int = 1000) -> pd.Series:
    """Share of the texts with 16 sections or more whose two halves do not differ, for readability and vagueness."""
    frames = Frames(read_policies(sorted(folder.glob("*.md"))))
    rng = np.random.default_rng(3)
    halves = []
    for policy, units in frames.sentences.sort_values("sentence_id").groupby("policy_id"):
        sections = units["section"].unique().tolist()
        if len(sections) >= 16:
            rng.shuffle(sections)
            first = units["section"].isin(sections[::2])
            halves.append(units.assign(whole=policy, policy_id=np.where(first, f"{policy} 1", f"{policy} 2")))
    cut = pd.concat(halves, ignore_index=True)
    terms = frames.vague_terms.rename(columns={"policy_id": "whole"})
    terms = terms.merge(cut[["whole", "sentence_id", "policy_id"]], on=["whole", "sentence_id"])
    ids = cut["policy_id"].unique().tolist()
    sums = text_sums(cut, terms, dict(zip(ids, ids, strict=True)))
    held: dict[str, list[bool]] = {"flesch_kincaid_grade": [], "vague_per_hundred": []}
    for whole in cut["whole"].unique():
        for metric, of_metric in held.items():
            one, other = (
                sums.drawn(f"{whole} {n}", metric, "sentences", draws=draws, seed=1) for n in (1, 2)
            )
            low, high = np.quantile(one - other, [0.025, 0.975])
            of_metric.append(bool(low <= 0 <= high))
    return pd.DataFrame(held).agg(["mean", "size"]).T.stack()


def main() -> None:
    """Print one row for each error."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--studies", type=int, default=60)
    asked.add_argument("--policies", type=int, default=40)
    asked.add_argument("--texts", type=Path)
    given = asked.parse_args()
    if given.texts is not None:
        print(split_halves(given.texts).round(3).to_string(), flush=True)
    rows = {}
    for error in (0.02, 0.05, 0.1):
        judged = [judge(*study(seed, error=error)) for seed in range(given.studies)]
        null = [
            false_separations(study(1000 + seed, n=given.policies, error=error, null=True)[0])
            for seed in range(given.studies)
        ]
        row = pd.DataFrame(judged).mean()
        apart = pd.concat(null, axis=1).mean(axis=1)
        rows[error] = pd.concat([row, apart.add_prefix("null, ")])
        print(rows[error].round(3).to_string(), flush=True)
    print(pd.DataFrame(rows).round(3).to_string())


if __name__ == "__main__":
    main()
