"""Figures of words draw what their frames say."""

from __future__ import annotations

import pandas as pd
import pytest
from made_up_figures import dots, frames, some_policies

import policytools as pt


def test_terms_of_many_leave_out_no_term_that_leads_as_often_as_a_shown_one():
    rows = [(f"p{i:03}", f"own{i:02}", 1.0) for i in range(30)] + [
        (f"p{i:03}", "common", 2.0) for i in range(3)
    ]
    terms = pd.DataFrame(rows, columns=["policy_id", "term", "tf_idf"])
    ax = pt.plot_terms(terms, policies=some_policies(30), n=6)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["common"]


def test_keyness_hatches_what_rests_on_low_counts():
    frame = pd.DataFrame({"term": ["gdpr", "site"], "log_ratio": [2.0, -1.0], "log_likelihood": [9.0, 4.0],
                          "p_adjusted": [0.01, 0.01], "low_count": [False, True]})  # fmt: skip
    ax = pt.plot_keyness(frame)
    assert [bar.get_width() for bar in ax.patches] == [2.0, -1.0]
    assert [bool(bar.get_hatch()) for bar in ax.patches] == [False, True]


def test_the_data_of_many_policies_hold_the_drawn_shares(tmp_path):
    n = 30
    positions = pd.DataFrame({"policy_id": ["p000", "p000", "p001"], "position": [0.05, 0.06, 1.0]})
    ax = pt.plot_dispersion(positions, policies=some_policies(n))
    written = pt.save_figure(ax.figure, "dispersion", tmp_path)
    assert [path.name for path in written[3:]] == ["dispersion.csv", "dispersion-2.csv"]
    shares = pd.read_csv(tmp_path / "dispersion-2.csv")
    assert list(shares["n"]) == [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]  # p000 counts once in its tenth
    assert [-bar.get_height() / 2 for bar in ax.patches] == pytest.approx(list(shares["share"]), abs=1e-6)

    ax = pt.plot_terms(frames(n)["terms"], policies=some_policies(n), n=3)
    pt.save_figure(ax.figure, "terms", tmp_path)
    shares = pd.read_csv(tmp_path / "terms-2.csv")
    assert list(shares["term"]) == [t.get_text() for t in ax.get_yticklabels()]
    assert [line.get_xdata()[0] for line in dots(ax)] == pytest.approx(list(shares["share"]), abs=1e-6)
