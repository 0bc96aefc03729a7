"""From a score back to its sentences."""

from __future__ import annotations

import pytest

from policytools.corpus.corpus import Corpus
from policytools.scores.dimensions import (
    policy_metrics,
)
from policytools.scores.score_draws import Scores
from policytools.scores.trace import score_evidence


def test_evidence_leads_back_to_sentences(scores: Scores, corpus: Corpus):
    texts = corpus.sentences.set_index(["policy_id", "sentence_id"])["text"]
    metrics = policy_metrics(scores.frames).set_index("policy_id")
    for policy_id in scores.policy_ids:
        evidence = score_evidence(scores, policy_id, "overall")
        counted = evidence[evidence["counted"]]
        quoted = counted[counted["sentence_id"].notna()]
        for row in quoted.itertuples():
            assert texts[policy_id, row.sentence_id] == row.quote
        vague = counted[counted["metric"] == "vague_per_hundred"]
        n_words = corpus.sentences.loc[corpus.sentences["policy_id"] == policy_id, "n_words"].sum()
        assert 100 * len(vague) / n_words == pytest.approx(metrics.loc[policy_id, "vague_per_hundred"])
        items = evidence[evidence["metric"].isin(["request_method", "response_time", "change_notice"])]
        for item, rows in items.groupby("metric"):
            assert rows["counted"].any() == bool(metrics.loc[policy_id, item])
        of_list = score_evidence(scores, policy_id, "coverage: CalOPPA")
        found = set(of_list.loc[of_list["counted"], "metric"])
        assert len(found) / 7 == pytest.approx(metrics.loc[policy_id, "coverage: CalOPPA"])
