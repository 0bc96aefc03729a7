"""The matrix of pairs and the plot of ranks."""

from __future__ import annotations

import itertools

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from policytools.plots.pairs import _AHEAD, _BEHIND, plot_pairs, plot_ranks


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def policies(n: int) -> pd.DataFrame:
    return pd.DataFrame(
        {"policy_id": [f"p{i}" for i in range(n)], "vendor": [f"Vendor {i} $x$" for i in range(n)]}
    )


def pairs(n: int, verdict: str = "ahead") -> pd.DataFrame:
    rows = [
        (f"p{a}", f"p{b}", "overall", (b - a) / 10, verdict) for a, b in itertools.combinations(range(n), 2)
    ]
    return pd.DataFrame(rows, columns=["policy_id", "other_id", "dimension", "difference", "verdict"])


def cells(ax) -> dict[tuple[int, int], tuple[str, float]]:
    """Row and column of each cell -> colour and opacity."""
    found = {}
    for patch in ax.patches:
        if isinstance(patch, Rectangle) and patch.get_width() < 1:
            row, column = round(patch.get_y() + 0.47), round(patch.get_x() - 0.03)
            found[row, column] = to_hex(patch.get_facecolor()).upper(), patch.get_alpha()
    return found


def test_each_pair_is_drawn_from_both_sides():
    ax = plot_pairs(pairs(3), policies=policies(3))
    drawn = cells(ax)
    assert len(drawn) == 6
    assert drawn[0, 1] == (_AHEAD, 1) and drawn[1, 0] == (_BEHIND, 1)
    texts = [text.get_text() for text in ax.texts]
    assert texts.count("+0.10") == 2 and texts.count("\N{MINUS SIGN}0.20") == 1


@pytest.mark.parametrize(
    ("verdict", "look"),
    [("ahead at these weights", (_AHEAD, 0.3)), ("depends on weights", ("#FFFFFF", 1)), ("undefined", ("#FFFFFF", 1)),
     ("not separated by the codes", ("#FFFFFF", 1))],
)  # fmt: skip
def test_shades_say_the_verdict(verdict, look):
    assert cells(plot_pairs(pairs(2, verdict), policies=policies(2)))[0, 1] == look


def test_a_difference_of_nothing_has_no_sign():
    ax = plot_pairs(pairs(2, "same").assign(difference=0.001), policies=policies(2))
    assert [text.get_text() for text in ax.texts].count("0") == 2


def test_more_than_twelve_have_ranks():
    with pytest.raises(ValueError, match="13 policies are too many .* use plot_ranks"):
        plot_pairs(pairs(13), policies=policies(13))
    with pytest.raises(ValueError, match="dimension: must be"):
        plot_pairs(pairs(3), policies=policies(3), dimension="vagueness")


@pytest.mark.parametrize("n", [1, 5, 40, 264])
def test_ranks_of_any_number(n):
    ranks = pd.DataFrame({"policy_id": [f"p{i}" for i in range(n)], "dimension": "overall",
                          "rank_low": range(1, n + 1), "rank_high": [min(i + 3, n) for i in range(n)]})  # fmt: skip
    ax = plot_ranks(ranks, policies=policies(n), highlight=["p0"] if n > 8 else None)
    assert len(ax.lines) == n and list(ax.lines[0].get_xdata()) == [0.6, min(3, n) + 0.4]
    ax.figure.canvas.draw()
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names[0] == "Vendor 0 $x$" and len(names) in (1, n)
