"""The methods section says what the code does; the bibliography is valid and holds what the docstrings cite."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

import policytools as pt
from policytools.corpus.corpus import corpus_from_texts
from policytools.measures.readability import FORMULAS, Counts
from policytools.measures.shared_text import shared_text as shared_text_function
from policytools.report import methods as citing

ROOT = Path(__file__).parents[2]
BIBLIOGRAPHY = citing.BIBLIOGRAPHY.read_text(encoding="utf-8")
EVERYTHING = list(citing.MEASURES)


@pytest.fixture(scope="module")
def corpus() -> pt.Corpus:
    return corpus_from_texts(
        pd.DataFrame(
            {
                "policy_id": ["a", "b", "c"],
                "vendor": ["A & B_C", "D", "D"],
                "text": [
                    "***\nWe may keep your name for 30 days. We sell nothing.",
                    "# Your rights\n\nYou can ask for a copy of your data.",
                    "We keep no data at all about you.",
                ],
                "captured_on": ["2019-12-13", "", "2020"],
                "effective_on": ["", "2018", "2019"],
                "format": ["text", "markdown", "text"],
            }
        )
    )


# --- the text


def test_the_corpus_in_numbers(corpus):
    first = pt.methods(corpus, measures=["readability"]).split("\n\n")[0]
    assert first.startswith(
        "The corpus holds 3 privacy policies of 2 vendors with 29 words in 4 sentences, 0 fragments and 1 heading."
    )
    assert "plain text (2), Markdown (1)" in first
    assert "captured between 2019-12-13 and 2020 (2 of 3; of the others this is not known)" in first
    assert "By their own words they took effect between 2018 and 2019 (2 of 3;" in first


def test_one_date_or_none(corpus):
    def first_paragraph(*dates: str) -> str:
        dated = pt.Corpus(corpus.policies.assign(captured_on=dates), corpus.blocks, corpus.sentences)
        return pt.methods(dated, measures=["structure"]).split("\n\n")[0]

    partly = first_paragraph("", "2020", "")
    assert "They were captured in 2020 (1 of 3; of the others this is not known). By" in partly
    assert "They were captured on 2020-05-25. By" in first_paragraph(*["2020-05-25"] * 3)
    assert "When they were captured is not known. By" in first_paragraph("", "", "")
    assert r"captured in \<b\>20\*20 (1 of 3;" in first_paragraph("", "<b>20*20", "")


def test_what_cleaning_left_out_is_told():
    corpus = pt.load_corpus(ROOT / "data")
    account = pt.cleaning_account(corpus)
    words = account["n_words"].sum()
    left_out = account[account["reason"] != ""]
    navigation = left_out.loc[left_out["reason"] == "navigation", "n_words"].sum()
    worst = left_out.groupby("policy_id")["share"].sum().max()
    text = pt.methods(corpus, measures=["readability"])
    assert (
        f"Cleaning marked {left_out['n_words'].sum() / words:.1%} of the words of the files as not part"
        in text
    )
    assert f"(navigation {navigation / words:.1%}, " in text and "stray mark" not in text
    assert f"at most {worst:.1%} of one file." in text


def test_versions_are_those_of_this_run(corpus):
    import nupunkt

    text = pt.methods(corpus, measures=["readability"])
    assert f"policytools {pt.__version__} [@policytools]" in text
    assert f"pandas {pd.__version__} [@mckinney2010]" in text
    assert f"nupunkt {nupunkt.__version__} [@bommarito2025]" in text


@pytest.mark.parametrize("formula", list(FORMULAS))
def test_a_formula_in_words_is_the_formula_in_code(formula):
    counts = Counts(40, 1000, 1700, 210, 240, 5100, 330, 150, 5400, 1100)
    symbols = dict(zip("SWYPDLGXCR", counts, strict=True))
    text = FORMULAS[formula].expression.replace(", plus 3.6365 where D/W is above 0.05", " + 3.6365")
    written = re.sub(r"(\d)\s*(?=[A-Z(s])", r"\1*", text).replace("sqrt(", "root(")
    value = eval(written, {"root": lambda x: x**0.5}, symbols)
    assert value == pytest.approx(FORMULAS[formula](counts), abs=1e-9)
    assert set(re.findall(r"\b[A-Z]\b", text)) <= set(citing.WORDS["symbols"])


def test_every_measure_has_a_paragraph(corpus):
    paragraphs = pt.methods(corpus, measures=EVERYTHING).split("\n\n")
    assert len(paragraphs) == 2 + len(EVERYTHING) and all(text.endswith(".") for text in paragraphs)


def test_defaults_in_the_text_are_those_of_the_functions(corpus):
    text = pt.methods(corpus, measures=EVERYTHING)
    assert "2,000 bootstrap samples" in text and "(seed 20250101)" in text
    assert "95% of 2,000 draws (seed 20180525)" in text
    assert f"sequences of {shared_text_function.__kwdefaults__['n']} words" in text
    assert f"{len(citing.load_hedge_lexicon().categories)} terms in 4 categories" in text
    assert f"Percentiles refer to {len(pt.population_metrics())} contemporary" in text


def test_options_of_transparency(corpus):
    text = pt.methods(
        corpus,
        measures=["transparency"],
        dimensions=["readability", "coverage: CalOPPA"],
        formula="smog_index",
        draws=100,
        seed=7,
        confidence=0.9,
        weights={"readability": 2, "coverage: CalOPPA": 1},
        error_factor=2,
    )
    assert "2 dimensions (readability, coverage: CalOPPA)" in text
    assert "SMOG index (18.8 scores 0, 10.6 scores 1)" in text
    assert "middle 90% of 100 draws (seed 7)" in text and "the authors' own weights" in text
    assert "(the rules misses" not in text and "and multiplied by 2." in text
    assert "Of each vendor the newest policy was compared (2 policies)" in text
    alone = pt.methods(corpus, measures=["transparency"], dimensions=["readability"], versions="all")
    assert (
        "overall" not in alone and "newest" not in alone and "the codes" not in alone.split("Transparency")[1]
    )


def test_who_coded_is_told(corpus):
    rules = pt.methods(corpus, measures=["coverage"])
    assert "All 168 decisions of this study are the rules'." in rules  # 3 policies, 56 items
    accuracy = pt.load_rule_accuracy()
    accuracy = accuracy[accuracy["item"].isin(pt.load_codebook("disclosure").items["item"])]
    n = int(accuracy["true_positive"].sum())
    assert f"({n} of {n + int(accuracy['false_positive'].sum())};" in rules
    assert "language model's reading of 5 whole policies" in rules
    assert "the majority of three people on 30 items in 60 policies of OPP-115" in rules

    hand = pd.DataFrame(
        {"policy_id": "a", "item": ["cookies", "children"] * 2, "coder": ["A", "A", "B", "B"], "code": [1, 0, 1, 1],
         "evidence": ["x", "", "x", "x"], "coder_kind": "model"}
    )  # fmt: skip
    text = pt.methods(corpus, measures=["coverage", "transparency"], hand_codings=hand)
    assert (
        "168 decisions of this study 2 rest on a reading of the whole text by a language model (no person)"
        in text
    )
    assert "Two readings agree in 50.0% of 2 decisions (Cohen's kappa 0.00 [@cohen1960])" in text
    assert "the rules miss " in text and "a language model misses" in text
    assert "Errors that coders of one kind share are not identified." in text
    people = pt.methods(corpus, measures=["coverage"], hand_codings=hand.assign(coder_kind="person"))
    assert "by a person" in people and "language model's readings agree" not in people
    unstated = pt.methods(corpus, measures=["coverage"], hand_codings=hand.drop(columns="coder_kind"))
    assert "by readers whose kind is not stated" in unstated


def test_a_codebook_with_other_rules_has_no_measured_accuracy(corpus, tmp_path):
    toml = """
title = "My *own* codebook_1"
version = "2"

[[item]]
id = "cookies"
family = "a"
question = "Cookies?"
counts = "any"
not = ""
refs = []

[[item.rule]]
find = ["cookie~"]
"""
    (tmp_path / "own.toml").write_text(toml, encoding="utf-8")
    own = pt.load_codebook(tmp_path / "own.toml")
    text = pt.methods(corpus, codebook=own, measures=["coverage"])
    assert r'"My \*own\* codebook\_1", version 2, of 1 item and 1 matching rule' in text
    assert "How often the rules of this codebook are right was not measured." in text
    measured = pd.DataFrame(
        {"item": ["cookies"], "n_policies": 3, "true_positive": 2, "false_positive": 0, "false_negative": 1,
         "true_negative": 0}
    )  # fmt: skip
    text = pt.methods(
        corpus, codebook=own, measures=["coverage"], coder_accuracy=measured.assign(coder_kind="rules")
    )
    assert "Against codes of the authors' own, the rules have precision 1.00 (2 of 2;" in text
    assert r"``My *own* codebook\_1''" in pt.methods(
        corpus, codebook=own, measures=["coverage"], cite="latex"
    )
    assert "a language model's reading" in pt.methods(
        corpus, codebook=pt.load_codebook("printing"), measures=["coverage"]
    )


def test_latex_escapes_and_cites(corpus):
    text = pt.methods(corpus, measures=EVERYTHING, cite="latex")
    assert "[@" not in text and "@" not in text and '"' not in text and "\0" not in text
    assert not re.search(r"(?<!\\)[%&#_$]", text)
    assert r"95\% of 2,000 draws" in text and r"15.59~\citep{kincaid1975}" in text
    assert r"\citep{reidenberg2016,bhatia2016}" in text


def test_markdown_and_latex_cite_the_same(corpus):
    markdown, latex = (
        pt.methods(corpus, measures=EVERYTHING, formulas=list(FORMULAS), cite=cite)
        for cite in ("pandoc", "latex")
    )
    assert citing.cited_keys(markdown) == citing.cited_keys(latex) <= set(citing._entries())


def test_wrong_arguments(corpus):
    for wrong, message in (
        ({"measures": ["mood"]}, "measures: must be a sequence of readability"),
        ({"measures": "readability"}, "measures"),
        ({"formulas": "flesch"}, "formulas"),
        ({"cite": "apa"}, "cite: must be 'pandoc' or 'latex'"),
        ({"hand_error": 0.1}, "hand_error: not an option of transparency; there are dimensions"),
    ):
        with pytest.raises(ValueError, match=message):
            pt.methods(corpus, **wrong)
    with pytest.raises(ValueError, match="corpus: it holds no policy"):
        pt.methods(pt.Corpus(corpus.policies[:0], corpus.blocks[:0], corpus.sentences[:0]))


# --- the bibliography


@pytest.fixture(scope="module")
def database():
    return pytest.importorskip("pybtex.database").parse_string(BIBLIOGRAPHY, "bibtex")


def test_bibliography_is_valid_bibtex(database):
    assert list(database.entries) == list(citing._entries()) and len(database.entries) > 45
    needed = {
        "article": {"title", "journal", "year", "volume", "pages"},
        "book": {"title", "publisher", "year"},
        "inproceedings": {"title", "booktitle", "year"},
        "techreport": {"title", "institution", "number", "year"},
        "misc": {"title"},
    }
    for key, entry in database.entries.items():
        assert needed[entry.type] <= set(entry.fields), key
        assert entry.persons["author"], key
        year = re.search(r"\d{4}", key)
        assert year is None or entry.fields["year"] == year[0], key
        surname = entry.persons["author"][0].last_names[0]
        plain = re.sub(r"[{}\\\"']", "", surname).lower().replace(" ", "")
        assert year is None or key.startswith(plain[:5]), key
        assert re.fullmatch(r"10\.\d{4,}/\S+", entry.fields.get("doi", "10.1000/x")), key
        assert re.fullmatch(r"https?://\S+", entry.fields.get("url", "http://x")), key
        assert re.fullmatch(r"[\w, -]+", entry.fields.get("pages", "1")), key
    assert BIBLIOGRAPHY.isascii()
    dois = [entry.fields["doi"] for entry in database.entries.values() if "doi" in entry.fields]
    assert len(set(dois)) == len(dois)


def test_version_of_the_package_in_the_bibliography(database):
    assert pt.__version__ in database.entries["policytools"].fields["howpublished"]


def test_dois_in_docstrings_are_in_the_bibliography(database):
    dois = {entry.fields["doi"].lower() for entry in database.entries.values() if "doi" in entry.fields}
    for file in (ROOT / "policytools").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        for doi in re.findall(r"(?:doi:|doi\.org/)(10\.\d{4,}/[\w.()/-]*[\w)])", text):
            assert doi.lower() in dois, f"{file.name}: {doi}"


def test_works_in_docstrings_are_in_the_bibliography():
    keys = set(citing._entries())
    for name in pt.__all__:
        doc = getattr(pt, name).__doc__ or ""
        _, _, cited = doc.partition("References\n    ----------\n")
        for surname, year in re.findall(
            r"(?:^|\. |\] |  )([A-Z][\wäöü]+), [A-Z]\.[^()]*?\((\d{4})\)", cited.split("Examples\n")[0]
        ):
            plain = surname.lower().translate(str.maketrans("äöü", "aou"))
            assert f"{plain}{year}" in keys | {"sparckjones1972" if plain == "jones" else ""}, (
                f"{name}: {surname} {year}"
            )


def test_references_of_a_text(corpus):
    text = pt.methods(corpus, measures=["readability"])
    entries = pt.references(text)
    assert set(re.findall(r"^@\w+\{(\w+),", entries, re.MULTILINE)) == citing.cited_keys(text)
    assert "@article{broder1997" not in entries
    assert pt.references(pt.methods(corpus, measures=["readability"], cite="latex")) == entries
    assert pt.references("broder1997").startswith("@inproceedings{broder1997,")
    assert pt.references().count("\n@") + 1 == len(citing._entries())
    with pytest.raises(ValueError, match="keys: not in the bibliography: nobody1900"):
        pt.references(["nobody1900"])


def test_every_formula_and_measure_cites_what_is_there(corpus):
    text = pt.methods(corpus, measures=EVERYTHING, formulas=list(FORMULAS))
    assert citing.cited_keys(text) <= set(citing._entries())
    for formula in FORMULAS:
        assert citing.cited_keys(FORMULAS[formula].references) <= citing.cited_keys(text)


# --- the notebook


def test_the_table_of_the_notebook_is_escaped_latex(corpus):
    """The notebook's own cell that writes the table, with names that contain special characters of LaTeX."""
    notebook = json.loads((ROOT / "notebooks" / "10-in-a-paper.ipynb").read_text(encoding="utf-8"))
    (cell,) = [source for cell in notebook["cells"] if ".to_latex(" in (source := "".join(cell["source"]))]
    vendors = ["A & B_C", r"50% #1 ${x}", r"back\slash ~^"]
    policies = pd.DataFrame({"policy_id": ["a", "b", "c"], "vendor": vendors})
    rows = pd.DataFrame({"policy_id": ["a", "b", "c"], "n_words": [1200, 80, 3], "share_x": [0.25, 0.5, 1.0]})
    printed: list[str] = []
    names = {"table": pt.table(rows, policies=policies), "print": printed.append}
    exec(cell, names)  # noqa: S102
    (latex,) = printed
    body = latex[latex.index("\\toprule") : latex.index("\\bottomrule")]
    assert r"A \& B\_C & 1,200 & 25.00 \\" in body
    assert r"50\% \#1 \$\{x\}" in body and r"back\textbackslash slash \textasciitilde" in body
    assert not re.search(r"(?<!\\)[%#$_]", body)
    assert "\\midrule" in body and r"\begin{tabular}{lrr}" in latex
