"""Pairs of policies: probabilities and ties."""

from __future__ import annotations

import numpy as np
import pandas as pd

from policytools.scores.compare import pairwise_probabilities
from policytools.scores.ranks import rank_probabilities
from policytools.scores.score_draws import Scores


def test_probabilities_add_up(scores: Scores, result: pd.DataFrame):
    for dimension in ("overall", "currency"):
        ranks = rank_probabilities(scores, dimension=dimension)
        assert ranks.groupby("policy_id")["probability"].sum().round(9).eq(1).all()
        pairs = pairwise_probabilities(scores, dimension=dimension)
        assert len(pairs) == 20
        table = pairs.pivot(index="policy_id", columns="other_id", values="probability")
        assert np.nanmax((table + table.T - 1).abs()) < 1e-9
        # The same ties as in the scores.
        tied = pairs[pairs["tied"]].groupby("policy_id")["other_id"].agg(lambda ids: ", ".join(sorted(ids)))
        declared = result[result["dimension"] == dimension].set_index("policy_id")["tied_with"]
        assert tied.reindex(declared.index, fill_value="").tolist() == declared.tolist()
