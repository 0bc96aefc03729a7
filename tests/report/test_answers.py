"""Sentences computed from frames: each number is checked against its frame, for 1 to 40 policies."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pandas as pd
import pytest

from policytools.report.answers import score_answer

VERDICTS = (
    "ahead",
    "ahead at these weights",
    "depends on weights",
    "not separated by the codes",
    "undefined",
)


def frames(n: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    policies = pd.DataFrame(
        {"policy_id": [f"p{i}" for i in range(n)], "vendor": [f"V*{i}*" for i in range(n)]}
    )
    rows = []
    for dimension in ("coverage: A", "coverage: B", "overall"):
        for a, b in itertools.combinations(range(n), 2):
            difference, verdict = rng.normal() / 3, str(rng.choice(VERDICTS))
            verdict = verdict.replace("ahead", "behind") if difference < 0 else verdict
            rows.append((f"p{a}", f"p{b}", dimension, difference, verdict))
    return policies, pd.DataFrame(
        rows, columns=["policy_id", "other_id", "dimension", "difference", "verdict"]
    )


@pytest.mark.parametrize(("n", "seed"), [(n, seed) for n in (1, 2, 3, 12, 40) for seed in range(3)])
def test_each_claim_is_what_the_frame_says(n, seed):
    policies, pairs = frames(n, seed)
    factors = pd.DataFrame(
        {"output": "all differences", "factor": ["weights", "vague_terms"], "total": [0.7, 0.2]}
    )
    text = score_answer(pairs, policies=policies, checklists=["A", "B", "C"], factors=factors)
    if n == 1:
        assert text == "There is one policy only, so there is nothing to compare."
        return
    assert re.search(r"V[^\\]\d", text) is None, "names are escaped"
    overall = pairs[pairs["dimension"] == "overall"]
    sure = overall["verdict"].isin(["ahead", "behind"]).sum()
    said = re.search(r"of ([\d,]+) pairs? (none|one|[\d,]+) (?:is|are) ordered", text)
    assert int(said[1]) == len(overall)
    assert {"none": 0, "one": 1}.get(said[2], said[2]) in (sure, str(sure))
    at_weights = overall["verdict"].str.contains("these weights").sum()
    also = f"{at_weights} more" if sure else str(at_weights)
    assert (f", {also} at the stated weights" in text) == (at_weights > 0)
    assert "choice of weights (70% of the variance of the differences" in text and "vague terms (20%)" in text
    for part in re.findall(
        r"[Oo]n ([AB]) (V[^()]+) (?:is|are each) ahead of (all )?(\d+)(?: of (\d+))? others"
        r" \(by ([\d.]+)(?: to ([\d.]+))?\)",
        text,
    ):
        checklist, leaders, every, count, of, low, high = part
        own = pairs[
            (pairs["dimension"] == f"coverage: {checklist}") & pairs["verdict"].str.contains("ahead|behind")
        ]
        wins: dict[str, list[float]] = {}
        for row in own.itertuples():
            first = row.policy_id if row.difference > 0 else row.other_id
            wins.setdefault(first, []).append(abs(row.difference))
        most = max(map(len, wins.values()))
        named = [name for name in wins if len(wins[name]) == most]
        assert sorted(re.findall(r"V\\\*(\d+)", leaders)) == sorted(name[1:] for name in named)
        assert most == int(count) and bool(every) == (most == n - 1) and (not of or int(of) == n - 1)
        ahead = [value for name in named for value in wins[name]]
        assert f"{min(ahead):.2f}" == low and f"{max(ahead):.2f}" == (high or low)
    assert " C " not in text.split(".")[0]


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("same", "differ"),
        ("undefined", "differ"),
        ("not separated by the codes", "are separated by the codes"),
    ],
)
def test_nothing_separated_is_said(verdict, said):
    policies, pairs = frames(3, 0)
    text = score_answer(pairs.assign(verdict=verdict), policies=policies, checklists=["A"])
    assert text.startswith(f"On A no two policies {said}. Overall, of 3 pairs none is ordered")
