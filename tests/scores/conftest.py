"""The five policies of the study and their scores."""

from __future__ import annotations

import pandas as pd
import pytest

from policytools.corpus.corpus import Corpus, load_corpus
from policytools.scores.score_draws import Scores, score_draws
from policytools.scores.transparency import transparency


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return load_corpus("data")


@pytest.fixture(scope="session")
def scores(corpus: Corpus) -> Scores:
    return score_draws(corpus, draws=400)


@pytest.fixture(scope="session")
def result(scores: Scores) -> pd.DataFrame:
    return transparency(scores)
