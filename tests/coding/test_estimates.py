"""Shares corrected for coding errors: counts by hand, a simulated truth, and wrong input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from policytools.coding.estimates import corrected_difference, corrected_share


def coded(found: list[bool], **columns: object) -> pd.DataFrame:
    return pd.DataFrame({"policy_id": range(len(found)), "item": "cookies", "addressed": found, **columns})


def read(rows: dict[int, int], **columns: object) -> pd.DataFrame:
    return pd.DataFrame({"policy_id": list(rows), "item": "cookies", "code": list(rows.values()), **columns})


def test_rules_that_miss_half_are_corrected():
    # Found in 400 of 1,000, all rightly; of those not found half tell it: .4 + .6 / 2.
    cells = coded([True] * 400 + [False] * 600)
    codes = read({**dict.fromkeys(range(100), 1), **{n: n % 2 for n in range(400, 600)}})
    row = corrected_share(cells, codes).iloc[0]
    assert row["naive"] == 0.4 and row["n_read"] == 300
    assert row["share"] == pytest.approx(0.7, abs=0.01) and row["low"] < 0.7 < row["high"]
    again = corrected_share(cells.assign(truth=0, code=1, group="x"), codes).iloc[0]
    assert again.equals(row), "columns of the reader's own change nothing"
    by_ppi = corrected_share(cells, codes, method="ppi").iloc[0]
    assert by_ppi["low"] < row["share"] < by_ppi["high"]


def test_ppi_by_its_short_formula():
    cells, codes = coded([True, True, False, False, True, False]), read({0: 1, 1: 1, 2: 1, 3: 0})
    z, c = np.array([1, 1, 1, 0]), np.array([1, 1, 0, 0])
    tuned = np.cov(z, c)[0, 1] / ((1 + 4 / 6) * 0.25)
    rest = z - tuned * c
    row = corrected_share(cells, codes, method="ppi").iloc[0]
    assert row["share"] == pytest.approx(tuned * 0.5 + rest.mean())
    error = np.sqrt(tuned**2 * 0.25 / 6 + rest.var(ddof=1) / 4)
    assert row["high"] - row["share"] == pytest.approx(1.959964 * error, rel=1e-5)


def test_counts_of_right_and_wrong_codes():
    # Sensitivity .8, specificity .9: a share of .5 is found in .45.
    cells = coded([True] * 4500 + [False] * 5500)
    columns = ["item", "true_positive", "false_negative", "true_negative", "false_positive"]
    counts = pd.DataFrame([["cookies", 8000, 2000, 9000, 1000]], columns=columns)
    row = corrected_share(cells, counts).iloc[0]
    assert row["share"] == pytest.approx(0.5, abs=0.01) and np.isnan(row["read"]) and row["n_read"] == 0
    few = corrected_share(cells, counts.assign(true_positive=8, false_negative=2)).iloc[0]
    assert few["high"] - few["low"] > 3 * (row["high"] - row["low"])
    assert corrected_share(cells, counts.replace("cookies", "children"))["share"].isna().all()


def test_cells_that_readers_decided_are_the_truth():
    cells = coded(
        [True, False, True, False],
        coder=["A", "A", "rules", "rules"],
        rules_addressed=[False, False, True, False],
    )
    row = corrected_share(cells).iloc[0]
    assert row["naive"] == 0.25 and row["n_read"] == 2 and row["read"] == 0.5
    with pytest.raises(ValueError, match="coverage: no cell was decided by a reader"):
        corrected_share(coded([True]))


def test_unequal_chances_to_be_read_are_weighed():
    # Of 900 that are not found, 100 tell. They were read for sure, the others with a chance of 1 in 10.
    cells = coded([True] * 100 + [False] * 900)
    rows = {
        **dict.fromkeys(range(100), 1),
        **dict.fromkeys(range(100, 200), 1),
        **dict.fromkeys(range(200, 1000, 10), 0),
    }
    chance = [1.0] * 200 + [0.1] * 80
    assert corrected_share(cells, read(rows))["share"].iloc[0] > 0.5
    for method in ("beta", "ppi"):
        weighed = corrected_share(cells, read(rows, inclusion=chance), method=method).iloc[0]
        assert weighed["low"] < 0.2 < weighed["high"] < 0.3, method


def test_groups_and_their_difference():
    cells = coded(
        [True] * 300 + [False] * 100 + [True] * 100 + [False] * 300, year=[2020] * 400 + [2026] * 400
    )
    codes = read({n: int(n < 300 or 400 <= n < 500) for n in range(0, 800, 4)})
    shares = corrected_share(cells, codes, by="year").set_index("group")["share"]
    assert shares["2020"] == pytest.approx(0.75, abs=0.02) and shares["2026"] == pytest.approx(0.25, abs=0.02)
    for method in ("beta", "ppi"):
        row = corrected_difference(cells, codes, by="year", between=(2020, 2026), method=method).iloc[0]
        assert row["difference"] == pytest.approx(0.5, abs=0.02) and row["low"] > 0.4 and row["naive"] == 0.5
    with pytest.raises(ValueError, match="between: must be"):
        corrected_difference(cells, codes, by="year", between=(2020, 2030))


@pytest.mark.parametrize("n_policies", [267, 20_000])
@pytest.mark.parametrize("prevalence", [0.1, 0.6])
def test_intervals_hold_the_truth(n_policies, prevalence):
    # 120 studies in one frame, an item each; benchmarks/corrected_shares.py runs far more.
    rng, studies, n_read = np.random.default_rng(3), 120, 40
    held = 0
    for study in range(studies):
        truth = rng.random(n_policies) < prevalence
        found = np.where(truth, rng.random(n_policies) < 0.91, rng.random(n_policies) < 0.04)
        chosen = rng.choice(n_policies, n_read, replace=False)
        codes = read(dict(zip(chosen.tolist(), truth[chosen].astype(int).tolist(), strict=True)))
        row = corrected_share(coded(found.tolist()), codes, seed=study).iloc[0]
        held += row["low"] <= prevalence <= row["high"]
    assert held >= 0.9 * studies


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (read({0: 2}), "truth: code must be 0 or 1"),
        (pd.concat([read({0: 1}), read({0: 0})]), "more than one code for a cell"),
        (read({7: 1}), "truth: not in coverage: 7/cookies"),
        (read({0: 1}, inclusion=[0.0]), "inclusion must be a probability"),
    ],
)
def test_wrong_codes_are_named(codes, said):
    with pytest.raises(ValueError, match=said):
        corrected_share(coded([True, False]), codes)
