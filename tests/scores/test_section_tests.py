"""Permutation tests of whole sections, and the bootstrap of other texts by the same authors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scored_texts import corpus_of

from policytools.corpus.corpus import corpus_from_texts
from policytools.measures.readability import readability
from policytools.scores.score_draws import score_draws
from policytools.scores.section_tests import section_tests
from policytools.scores.transparency import transparency

# Texts of three words repeated have no language.
pytestmark = pytest.mark.filterwarnings("ignore:.*language")


def text_of(rng: np.random.Generator, sections: int, long: float) -> str:
    """Sections with their own share of long words."""
    parts = []
    for n in range(sections):
        share = np.clip(rng.normal(long, 0.05), 0, 1)
        sentences = [
            "We keep "
            + " ".join(rng.choice(["data", "information"], rng.integers(6, 14), p=[1 - share, share]))
            + "."
            for _ in range(5)
        ]
        parts.append(f"## Section {n}\n\n" + " ".join(sentences))
    return "\n\n".join(parts)


def test_hard_and_easy_texts_are_told_apart_and_like_ones_not():
    rng = np.random.default_rng(5)
    corpus = corpus_of(hard=text_of(rng, 12, 0.8), easy=text_of(rng, 12, 0.1), like=text_of(rng, 12, 0.1))
    found = section_tests(corpus, permutations=500)
    grade = found[found["measure"] == "flesch_kincaid_grade"].set_index(["policy_id", "other_id"])
    assert (
        grade.loc[("hard", "easy"), "p_adjusted"] < 0.05 and grade.loc[("hard", "easy"), "effect_size"] == 1
    )
    assert grade.loc[("easy", "like"), "p_adjusted"] > 0.05
    values = readability(corpus.sentences).set_index("policy_id")["flesch_kincaid_grade"]
    assert grade.loc[("hard", "easy"), "difference"] == pytest.approx(values["hard"] - values["easy"])
    assert (found["p_adjusted"] >= found["p_value"]).all() and found["policy_id"].tolist()[0] == "hard"
    only = section_tests(corpus, policies=["like", "hard"], permutations=50)
    assert only[["policy_id", "other_id"]].drop_duplicates().values.tolist() == [["hard", "like"]]


def test_the_bootstrap_of_sections_holds_the_other_half():
    rng = np.random.default_rng(8)
    held = []
    texts = {f"p{n}": [text_of(rng, 12, 0.3), text_of(rng, 12, 0.3)] for n in range(40)}
    both = {f"{name}-{half}": text for name, halves in texts.items() for half, text in enumerate(halves)}
    scores = score_draws(corpus_of(**both), dimensions=["readability"], text="sections", draws=300)
    drawn, point = scores.drawn("readability"), scores.centre("readability")
    for first in range(0, len(point), 2):
        low, high = np.quantile(drawn[first] - drawn[first + 1], [0.025, 0.975])
        held.append(low <= 0 <= high)  # two halves of one author differ by chance alone
    assert np.mean(held) >= 0.9


def test_a_very_short_policy_has_scores_in_every_draw():
    text = "# Privacy Policy\n\nWe keep your name. We may sell it.\n\n## Rights\n\nAsk us for a copy of your data."
    corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a"], "text": [text], "format": ["markdown"]}))
    found = transparency(corpus, draws=100, text="sections").set_index("dimension")
    assert found.loc["readability", ["score", "low", "high"]].notna().all()
    assert found.loc["readability", "state"] == "estimated"


def test_without_sentences_nothing_is_tested():
    corpus = corpus_of(a="We like cats.", b="# Data")
    found = section_tests(corpus, permutations=20)
    assert found.loc[0, ["p_value", "p_adjusted", "effect_size"]].isna().all()
