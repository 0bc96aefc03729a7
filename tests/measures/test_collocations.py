"""Collocations: by hand, and against scipy."""

from __future__ import annotations

import math

import pytest
from scipy import stats
from term_checks import TWO, check_empty, check_order_and_index, frame

from policytools.measures.collocations import collocations


def test_collocations_by_hand_and_by_scipy():
    texts = frame(
        {"a": ["third parties and partners", "third parties keep data"], "b": ["keep third parties"]}
    )
    found = collocations(texts).set_index("term")
    row = found.loc["third parties"]
    # 8 pairs of neighbours; "third" is first in 3 of them, "parties" second in 3, both in 3
    assert row[["n", "n_first", "n_second", "n_pairs", "n_policies"]].tolist() == [3, 3, 3, 8, 2]
    assert row["pmi"] == pytest.approx(math.log2(3 / (3 * 3 / 8)))
    assert row["t_score"] == pytest.approx((3 - 9 / 8) / math.sqrt(3))
    g2 = stats.chi2_contingency([[3, 0], [0, 5]], correction=False, lambda_="log-likelihood")[0]
    assert row["log_likelihood"] == pytest.approx(g2)
    assert "parties and" not in found.index  # stop word


def test_collocations_with_nothing_left():
    with pytest.raises(ValueError, match="no term is left to count .* min_count=5"):
        collocations(TWO, min_count=5)


MEASURES = {
    "collocations": lambda s: collocations(s, stop_words=None),
}


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_order_and_index_of_rows_do_not_matter_and_input_is_unchanged(measure):
    check_order_and_index(measure)


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_empty_input_gives_the_same_columns_and_dtypes(measure):
    check_empty(measure)
