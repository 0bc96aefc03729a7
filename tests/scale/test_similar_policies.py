"""Similar pairs: the exact numbers of shared_text, from sentences and from a measured folder."""

from __future__ import annotations

import pandas as pd
import pytest

import policytools as pt

pytest.importorskip("distributed")
pytest.importorskip("datasketch")
pytest.importorskip("pyarrow")

from large_corpora import TEXTS, table, write_lines

from policytools import scale


def test_a_folder_with_a_part_that_has_no_shingles(tmp_path):
    texts = {"empty": "", **TEXTS}  # with one policy for each part, the first part has no row
    source = write_lines(tmp_path / "policies.jsonl", table(texts))
    out = tmp_path / "out"
    scale.measure(source, out, measures=["shingles"], part_policies=1, n_workers=1, progress=False)
    sentences = pt.corpus_from_texts(table(TEXTS)).sentences
    exact = pt.shared_text(sentences, min_containment=0.3)
    assert len(exact) > 2
    pd.testing.assert_frame_equal(scale.similar_pairs(out, threshold=0.3), exact)
    pd.testing.assert_frame_equal(scale.similar_pairs(sentences, threshold=0.3), exact)


def test_fewer_than_two_policies_have_no_pairs():
    sentences = pd.DataFrame({"policy_id": ["a"], "sentence_id": [0], "text": ["We never sell your data."]})
    for few in (sentences, sentences.iloc[:0]):
        assert scale.similar_pairs(few, threshold=0.5, n=3).empty


def test_arguments_that_do_not_fit(tmp_path):
    with pytest.raises(ValueError, match="threshold: must be above 0 and at most 1"):
        scale.similar_pairs(tmp_path, threshold=0)
    with pytest.raises(ValueError, match="n: a measured folder has shingles of 8 words"):
        scale.similar_pairs(tmp_path, threshold=0.5, n=5)
    with pytest.raises(ValueError, match="has no manifest.json"):
        scale.similar_pairs(tmp_path, threshold=0.5)
