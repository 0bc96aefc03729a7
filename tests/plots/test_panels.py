"""What several figures draw in the same way."""

from __future__ import annotations

import pandas as pd

from policytools.plots.panels import lowest_middle_highest


def test_of_equals_the_first_is_named():
    assert lowest_middle_highest(pd.Series({"a": 0.1, "b": 0.5, "c": 0.9, "d": 0.9})) == ["a", "b", "c"]
