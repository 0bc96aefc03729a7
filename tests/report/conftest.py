"""Fixtures of the tests of the evidence page and of evidence in notebooks."""

from __future__ import annotations

import pandas as pd
import pytest
from coded_policies import ROOT

from policytools.coding.codebook import load_codebook
from policytools.coding.coverage import code_sentences
from policytools.corpus.corpus import corpus_from_texts, load_corpus


@pytest.fixture(scope="module")
def codebook():
    return load_codebook("printing")


@pytest.fixture(scope="module")
def corpus():
    return load_corpus(ROOT / "data")


@pytest.fixture(scope="module")
def codings(corpus, codebook):
    return code_sentences(corpus.sentences, codebook)


@pytest.fixture(scope="module")
def small():
    """Two policies that fit the screen; one has an emoji before its evidence and a sentence over the other."""
    frame = pd.DataFrame({
        "policy_id": ["a", "b"],
        "vendor": ["Alpha", "Beta"],
        "source_url": ["https://alpha.example/privacy", "javascript:alert(1)"],
        "text": [
            "Cookies\n\n\U0001f36a Welcome to our shop here. We use cookies to remember you. We like our printers.",
            "We print things in many colours. You can write to privacy@beta.example about your data.",
        ],
    })  # fmt: skip
    return corpus_from_texts(frame)
