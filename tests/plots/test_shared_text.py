"""The figure of shared text draws what its frame says."""

from __future__ import annotations

import pandas as pd
from made_up_figures import POLICIES, frames, some_policies

import policytools as pt


def test_ticks_of_small_shares_are_told_apart():
    shared = frames(30)["shared_text"]
    shared["containment"] = shared["containment"] / 4
    ax = pt.plot_shared_text(shared, policies=some_policies(30))
    ax.figure.draw_without_rendering()
    ticks = [t.get_text() for t in ax.get_xticklabels()]
    assert len(set(ticks)) == len(ticks)


def test_shared_text_leaves_the_diagonal_empty():
    frame = pd.DataFrame({"policy_id": ["a", "b"], "other_id": ["b", "a"], "containment": [0.25, 0.5]})
    ax = pt.plot_shared_text(frame, policies=POLICIES)
    assert [text.get_text() for text in ax.texts] == ["25.0%", "50.0%"]


def test_shared_text_of_many_names_each_pair_once():
    n = 22
    frame = frames(n)["shared_text"].assign(containment=0.01)
    frame.loc[
        frame["policy_id"].isin(["p001", "p002"]) & frame["other_id"].isin(["p001", "p002"]), "containment"
    ] = 0.9
    ax = pt.plot_shared_text(frame, policies=some_policies(n))
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert labels[0] == "Vendor 1 in Vendor 2" and "Vendor 2 in Vendor 1" not in labels
