"""Shares and their intervals."""

from __future__ import annotations

import pandas as pd
import pytest

from policytools._statistics import share_of_policies, wilson


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
