"""Evidence and the coverage table in a notebook."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from coded_policies import ATTACK, hand, hostile, read
from html_page import HtmlPage

from policytools.coding.coverage import code_sentences, coverage
from policytools.report.evidence import coverage_table, show_evidence
from policytools.report.evidence_page import write_report


def test_evidence_shows_the_words(small, codebook):
    codings = code_sentences(small.sentences, codebook)
    evidence = show_evidence(codings, "a", "cookies", sentences=small.sentences, codebook=codebook)
    row = codings.query("policy_id == 'a' and item == 'cookies'").iloc[0]
    words = row["quote"][row["start"] : row["end"]]
    assert evidence.passages["sentence_id"].tolist() == [row["sentence_id"]]
    assert f"[{words}]" in repr(evidence) and "sentence" in repr(evidence) and "Cookies" in repr(evidence)
    assert re.search(rf"<mark [^>]*>{re.escape(words)}</mark>", evidence._repr_html_())


def test_evidence_from_coverage_says_who_decided(small, codebook):
    codings = code_sentences(small.sentences, codebook)
    cells = coverage(codings, codebook, small.policies)
    assert "addressed, decided by the rules" in repr(show_evidence(cells, "a", "cookies", codings=codings))
    silent = show_evidence(cells, "b", "cookies", codings=codings)
    assert "no passage" in repr(silent) and "silent, decided by the rules" in silent._repr_html_()
    with pytest.raises(ValueError, match="codings: missing"):
        show_evidence(cells, "a", "cookies")


def test_notebook_says_when_a_language_model_read(small, codebook):
    codings = code_sentences(small.sentences, codebook)
    codes = hand(coder_kind="model", evidence="We use cookies || our printers")
    cells = coverage(codings, codebook, small.policies, hand_codings=codes)
    evidence = show_evidence(cells, "a", "children", codings=codings, hand_codings=codes)
    assert evidence.passages["sentence_id"].tolist() == [-1, -1]
    for shown in (repr(evidence), evidence._repr_html_()):
        assert "decided by XY (a language model)" in shown and "quoted by XY (a language model)" in shown
    table = coverage_table(cells, codings=codings, hand_codings=codes)
    assert "XY (a language model) (1)" in repr(table) and "our printers" in table._repr_html_()
    assert "XY (kind of reader not stated)" in repr(show_evidence(cells, "a", "children", codings=codings))


def test_evidence_tells_silence_from_a_slip(small, codebook):
    codings = code_sentences(small.sentences, codebook)
    with pytest.raises(ValueError, match="policy_id: there is no policy 'c'; there are a, b"):
        show_evidence(codings, "c", "cookies")
    with pytest.raises(ValueError, match="item: must be one of .*, not 'cokies'; did you mean 'cookies'"):
        show_evidence(codings, "a", "cokies", codebook=codebook)
    assert len(show_evidence(codings, "a", "dpo_contact", codebook=codebook).passages) == 0


def test_table_shows_marks_and_quotes(small, codebook):
    codings = code_sentences(small.sentences, codebook)
    cells = coverage(codings, codebook, small.policies, hand_codings=hand(coder_kind="person"))
    table = coverage_table(cells, codings=codings, codebook=codebook, policies=small.policies)
    assert table.marks.loc[["cookies", "children"], "Alpha"].tolist() == ["●", "●≠"]
    assert table.marks.loc["cookies", "Beta"] == "○"
    assert table.marks.shape == (len(codebook.items), 2)
    parsed = HtmlPage(table._repr_html_())
    assert parsed.open == []
    titles = [attrs["title"] for tag, attrs in parsed.tags if tag == "td"]
    assert any("We use cookies to remember you." in title for title in titles)
    assert "Alpha" in repr(table)
    some = coverage_table(cells, codebook=codebook, checklist="CalOPPA")
    assert some.marks.index.tolist() == list(codebook.checklists["CalOPPA"])


def test_bad_tables(small, codebook):
    cells = coverage(code_sentences(small.sentences, codebook), codebook, small.policies)
    with pytest.raises(ValueError, match="checklist: must be one of identity, .*, not 'GDPR'"):
        coverage_table(cells, codebook=codebook, checklist="GDPR")
    with pytest.raises(ValueError, match="not among the given policies: b"):
        coverage_table(cells, policies=small.policies.head(1))
    with pytest.raises(ValueError, match="more than one row for the same policy_id and item"):
        coverage_table(pd.concat([cells, cells]))


def test_notebook_html_is_escaped(codebook):
    corpus, codes, _ = hostile()
    codings = code_sentences(corpus.sentences, codebook)
    cells = coverage(codings, codebook, corpus.policies, hand_codings=codes)
    policy_id = f"id{ATTACK}"
    shown = [
        coverage_table(cells, codings=codings, codebook=codebook, policies=corpus.policies)._repr_html_(),
        show_evidence(cells, policy_id, "cookies", codings=codings, sentences=corpus.sentences)._repr_html_(),
    ]
    for text in shown:
        assert "&lt;script&gt;alert(1)" in text and "<script" not in text and "<img" not in text
        assert HtmlPage(text).open == []


def test_leads_back(small, codebook, tmp_path):
    path = write_report(small, tmp_path / "x.html", codebook=codebook, home="index.html")
    assert '<a href="index.html">Back to the overview</a>' in read(path)
    assert "Back to the overview" not in read(write_report(small, tmp_path / "y.html", codebook=codebook))
