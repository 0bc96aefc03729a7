"""Measures of each version: those of the version alone, and measured once where the text is the same."""

from __future__ import annotations

import pandas as pd
import pytest

import policytools as pt
from policytools.corpus.corpus import corpus_from_texts, select_policies
from policytools.versions import measures
from policytools.versions.measures import version_measures

OLD = "# Privacy Policy\n\nWe use cookies. We may share your name with our partners, and we keep it for two years."
NEW = f"{OLD}\n\nWe do not respond to the Do Not Track signals of your browser."
TEXTS = {"a1": OLD, "a2": NEW, "a3": OLD, "b1": OLD, "b2": "Log in"}


@pytest.fixture(scope="module")
def corpus():
    frame = pd.DataFrame({"policy_id": list(TEXTS), "text": list(TEXTS.values()), "format": "markdown"})
    frame["vendor"] = frame["policy_id"].str[0]
    return corpus_from_texts(frame.assign(captured_on="202" + frame["policy_id"].str[1] + "-01-01"))


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_rows_are_those_of_each_version_alone(corpus):
    found = version_measures(corpus, "printing", formula="smog_index")
    assert (
        found.groupby("policy_id")["measure"]
        .nunique()
        .eq(3 + len(pt.load_codebook("printing").checklists))
        .all()
    )
    for policy_id in TEXTS:
        alone = select_policies(corpus, [policy_id])
        own = found[found["policy_id"] == policy_id].set_index("measure")["value"]
        told = pt.coverage(pt.code_sentences(alone.sentences, "printing"), "printing", alone.policies)
        shares = pt.coverage_scores(told, "printing").set_index("checklist")["share"]
        assert own["n_words"] == alone.sentences["n_words"].sum()
        assert own.filter(like="coverage: ").rename(lambda name: name[10:]).to_dict() == shares.to_dict()
        grade = pt.readability(alone.sentences)["smog_index"].item()
        rate = pt.vagueness(alone.sentences).set_index("category").loc["all", "per_hundred"]
        assert own[["smog_index", "vague_per_hundred"]].tolist() == pytest.approx([grade, rate], nan_ok=True)
    assert found.set_index(["policy_id", "measure"])["value"].isna()["b2", "smog_index"]


def test_the_same_sentences_are_measured_once(corpus, monkeypatch):
    measured: list[str] = []
    real = measures.readability
    monkeypatch.setattr(
        measures, "readability", lambda frame: measured.extend(frame["policy_id"].unique()) or real(frame)
    )
    found = version_measures(corpus)
    assert measured == ["a1", "a2", "b1", "b2"] and found["policy_id"].nunique() == 5
    assert found.loc[found["policy_id"] == "a3", "state"].unique().tolist() == ["returns"]


def test_wrong_input(corpus):
    with pytest.raises(ValueError, match="formula: must be"):
        version_measures(corpus, formula="flesh")
