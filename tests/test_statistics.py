"""Shares and their intervals, and the bootstrap of whole sections."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from policytools._statistics import (
    bootstrap_weights,
    parts_to_resample,
    share_of_policies,
    stream,
    sums_of_parts,
    wilson,
)


def test_wilson_is_the_published_interval():
    # Newcombe 1998, table I: 81 of 263 gives .2553 to .3662
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_share_of_policies_counts_a_policy_once_and_keeps_empty_groups():
    frame = pd.DataFrame({"policy_id": ["a", "a", "b"], "tenth": [3, 3, 3]}, index=[5, 5, 0])
    shares = share_of_policies(frame, "tenth", pd.Series({0: 4, 3: 4}))
    assert shares[["tenth", "n", "n_policies", "share"]].to_numpy().tolist() == [[0, 0, 4, 0], [3, 2, 4, 0.5]]
    assert list(zip(shares["low"], shares["high"], strict=True)) == [wilson(0, 4), wilson(2, 4)]
    empty = share_of_policies(frame.head(0), "tenth", pd.Series({0: 4}))
    assert empty["n"].tolist() == [0]


def test_sections_are_the_parts_unless_they_are_few():
    titles = [title for title in "abcdefgh" for _ in range(3)]
    assert parts_to_resample(titles).tolist() == [n for n in range(8) for _ in range(3)]
    assert parts_to_resample(["a"] * 20 + ["b"] * 12).tolist() == [n for n in range(8) for _ in range(4)]
    assert parts_to_resample(["a", "b"]).tolist() == [0, 1]
    assert parts_to_resample([]).tolist() == []
    assert sums_of_parts(np.array([[1, 2], [3, 4], [5, 6]]), np.array([1, 0, 1])).tolist() == [[3, 4], [6, 8]]


def test_bootstrap_weights_give_the_variance_of_a_mean_and_of_student():
    values = np.random.default_rng(3).normal(size=30)
    weights = bootstrap_weights(30, 40_000, stream(1, "test"))
    assert weights.mean(axis=0) == pytest.approx(np.ones(30), abs=0.03)
    # 27 of 30 are drawn, and Student's interval with 29 degrees of freedom is (2.0452 / 1.96)^2 = 1.089 as wide.
    expected = values.var(ddof=0) / 27
    assert expected == pytest.approx(1.089 * values.var(ddof=1) / 30, rel=0.02)
    assert (weights @ values / 30).var() == pytest.approx(expected, rel=0.03)
    assert np.isnan(bootstrap_weights(1, 5, stream(1))).all()


def test_intervals_of_sections_hold_the_truth():
    # A ratio of sums over ten sections of 1 to 12 units each, whose level is the section's own.
    rng = np.random.default_rng(5)
    held = 0
    for number in range(300):
        sizes = rng.integers(1, 13, size=10)
        level = rng.normal(12, 3, size=10)
        sums = np.column_stack([sizes * level, sizes])
        drawn = bootstrap_weights(10, 400, stream(number)) @ sums
        low, high = np.percentile(drawn[:, 0] / drawn[:, 1], [2.5, 97.5])
        held += low <= 12 <= high
    assert 0.91 <= held / 300 <= 0.98
