"""How corpus, codebook and frames look where a person reads them."""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import requires

import pandas as pd
import pytest

import policytools as pt
from policytools.corpus.corpus import corpus_table
from policytools.tables import Table

ATTACK = "<script>alert(1)</script>"


@pytest.fixture
def by_hand(monkeypatch):
    """As in a notebook that a person runs."""
    monkeypatch.delenv("POLICYTOOLS_FIGURES", raising=False)


def corpus_of(n: int, **columns) -> pt.Corpus:
    frame = pd.DataFrame(
        {"policy_id": [f"p{i}" for i in range(n)], "text": "We use cookies here. We sell no data."}
    )
    return pt.corpus_from_texts(frame.assign(**columns))


# --- names


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"vendor": ["A", "B"]}, ["A", "B"]),
        ({"vendor": ["A", "A"], "effective_on": ["2018-05", "2020"]}, ["A (2018)", "A (2020)"]),
        ({"vendor": ["A", "A"], "effective_on": ["2018-05", "2018-07"]}, ["A (2018-05)", "A (2018-07)"]),
        ({"vendor": ["A", "A"]}, ["A (p0)", "A (p1)"]),
        ({"vendor": ["A", "A"], "captured_on": ["2018-05", ""]}, ["A (2018)", "A (p1)"]),
        ({"vendor": ["", None]}, ["p0", "p1"]),
        ({"vendor": [" A ", float("nan")]}, ["A", "p1"]),
        ({"vendor": ["p1", ""]}, ["p1 (p0)", "p1 (p1)"]),
        ({}, ["p0", "p1"]),
    ],
)
def test_names(columns, expected):
    policies = pd.DataFrame({"policy_id": ["p0", "p1"], **columns}, index=[7, 7])
    assert pt.names(policies) == dict(zip(["p0", "p1"], expected, strict=True))


def test_names_need_policies():
    with pytest.raises(
        ValueError, match="policies: column policy_id missing; needed are policy_id; there are vendor"
    ):
        pt.names(pd.DataFrame({"vendor": ["A"]}))
    with pytest.raises(ValueError, match="policies: must be a DataFrame, not list"):
        pt.names(["a"])


# --- corpus


def test_corpus_has_a_row_for_each_policy():
    corpus = pt.load_corpus("data")
    shown = corpus_table(corpus)
    assert list(shown.frame) == [
        "policy", "policy id", "title", "effective", "captured", "format", "language", "words", "sentence units",
        "words kept (%)", "note",
    ]  # fmt: skip
    assert shown.frame["policy"].tolist() == list(pt.names(corpus.policies).values())
    words = corpus.sentences.groupby("policy_id", sort=False)["n_words"].sum()
    assert shown.frame["words"].tolist() == words.tolist()
    account = pt.cleaning_account(corpus).query("reason == ''").set_index("policy_id")["share"]
    kept = [f"{100 * account[policy_id]:.2f}" for policy_id in corpus.policies["policy_id"]]
    assert shown.cells["words kept (%)"].tolist() == kept
    html = corpus._repr_html_()
    assert html.count('<th scope="row"') == 5 and html.count('<th scope="col"') == 11
    assert f"{words.sum():,} words" in html and f">{words.iloc[0]:,}<" in html
    assert repr(corpus).startswith("<Corpus: 5 policies")


def test_ten_thousand_policies_are_not_all_shown():
    few = corpus_of(1)
    policies = pd.concat([few.policies] * 10_000, ignore_index=True)
    policies["policy_id"] = [f"p{n}" for n in range(10_000)]
    html = pt.Corpus(policies, few.blocks, few.sentences)._repr_html_()
    assert html.count("<tr>") == 21 and "<p>and 9,980 more</p>" in html and len(html) < 10_000


def test_empty_corpus():
    corpus = corpus_of(1)
    empty = pt.Corpus(*(frame.iloc[:0] for frame in (corpus.policies, corpus.blocks, corpus.sentences)))
    assert "0 policies, 0 words" in empty._repr_html_()


def test_policy_without_kept_text_is_shown():
    corpus = corpus_of(2)
    bare = pt.Corpus(
        corpus.policies, corpus.blocks.query("policy_id == 'p0'"), corpus.sentences.query("policy_id == 'p0'")
    )
    assert corpus_table(bare).frame[["words", "words kept (%)"]].to_numpy().tolist() == [[8, 100], [0, 0]]


def test_what_others_wrote_is_escaped():
    corpus = corpus_of(2, vendor=[ATTACK, "B"], title=ATTACK, note=f'"{ATTACK}\x00', language=ATTACK)
    for html in (
        corpus._repr_html_(),
        pt.table(corpus.policies, policies=corpus.policies, caption=ATTACK)._repr_html_(),
    ):
        assert "<script" not in html and "\x00" not in html
        assert html.count("&lt;script&gt;alert(1)") >= 5


# --- codebook


def test_codebook_shows_families_questions_rules_and_checklists():
    codebook = pt.load_codebook("printing")
    html = codebook._repr_html_()
    assert html.count("<details>") == codebook.items["family"].nunique()
    assert html.count('<th scope="row"') == len(codebook.items)
    n_rules = sum(rule.item == "cookies" for rule in codebook.rules)
    assert re.search(
        rf'cookies</th><td[^>]*>Does it address cookies[^<]*</td><td class="number">{n_rules}</td>', html
    )
    assert "GDPR 13/14 (27)" in html and "All items (63)" in html
    assert (
        repr(codebook)
        == f"<Codebook: {codebook.title}, version {codebook.version}: 63 items in 7 families, {len(codebook.rules)} rules>"
    )


def test_codebook_of_a_stranger_is_escaped(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(
        f'title = "{ATTACK}"\nversion = "1"\n[[item]]\nid = "x"\nfamily = "f"\nquestion = "{ATTACK}?"\ncounts = "a"\n'
        'not = "b"\nrefs = []\n[[item.rule]]\nfind = ["word"]\n'
    )
    html = pt.load_codebook(file)._repr_html_()
    assert "<script" not in html and "&lt;script&gt;alert(1)&lt;/script&gt;?" in html


# --- any frame


def test_table_names_units_and_decimals():
    frame = pd.DataFrame({
        "policy_id": ["a", "b"], "n_words": [12345, 2], "flesch_kincaid_grade": [14.666, float("nan")],
        "share": [0.5, 1 / 3], "p_value": [0.00012, 0.0], "addressed": [True, False], "sentence_id": [1234, 5],
        "n_target": [1, 2], "per_thousand_target": [1.0, 2.5], "refs": [("x", "y"), ()],
    })  # fmt: skip
    before = frame.copy()
    shown = pt.table(frame, policies=pd.DataFrame({"policy_id": ["a"], "vendor": ["Ada"]}))
    assert shown.cells.to_dict("list") == {
        "policy": ["Ada", "b"], "words": ["12,345", "2"], "Flesch-Kincaid (grade)": ["14.67", "n/a"],
        "share (%)": ["50.00", "33.33"], "p value": ["0.00012", "0.00"], "addressed": ["yes", "no"],
        "sentence id": ["1234", "5"], "n target": ["1", "2"], "per 1,000 words target": ["1.00", "2.50"],
        "refs": ["x, y", ""],
    }  # fmt: skip
    assert shown.frame["share (%)"].tolist() == [50, 1 / 3 * 100]
    assert shown.frame.loc[0, "Flesch-Kincaid (grade)"] == 14.666  # rounded where it is shown, not before
    pd.testing.assert_frame_equal(frame, before)


def test_table_takes_what_pandas_makes_of_a_frame():
    policies = pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]})
    long = pd.DataFrame({"policy_id": ["a", "b"], "checklist": ["all", "all"], "n": [1, 2]})
    wide = long.pivot(index="checklist", columns="policy_id", values="n")
    assert list(pt.table(wide, policies=policies).frame) == ["checklist", "Ada", "Bo"]
    assert pt.table(wide.T, policies=policies).frame.to_numpy().tolist() == [["Ada", 1], ["Bo", 2]]
    both = long.groupby(["policy_id", "checklist"]).agg({"n": ["sum", "max"]})
    assert list(pt.table(both, policies=policies).frame) == ["policy", "checklist", "n, sum", "n, max"]
    filtered = pt.table(long[long["n"] > 1].set_index("policy_id"), policies=policies)
    assert filtered.cells.to_numpy().tolist() == [["Bo", "all", "2"]]
    assert list(pt.table(long[long["n"] > 1]).frame) == ["policy", "checklist", "n"]
    assert list(pt.table(long.set_axis(["x", "y"])).frame) == ["row", "policy", "checklist", "n"]


def test_table_says_what_it_leaves_out():
    frame = pd.DataFrame({"n": range(25)})
    assert pt.table(frame)._repr_html_().endswith("<p>and 5 more</p>")
    assert repr(pt.table(frame, rows=2)) == "n\n0\n1\nand 23 more"
    assert "more" not in pt.table(frame, rows=25)._repr_html_()
    assert repr(pt.table(frame.head(0))) == "no rows"


def test_long_texts_are_cut_and_so_marked():
    frame = pd.DataFrame({"text": ["word " * 1000]})
    assert pt.table(frame)._repr_html_().count("word") < 110 and " ...</th>" in pt.table(frame)._repr_html_()


def test_columns_that_would_be_named_alike_keep_their_names():
    frame = pd.DataFrame({"n_words": [1], "words": [2], "policy_id": ["a"]})
    assert list(pt.table(frame).frame) == ["n_words", "words", "policy"]


def test_bad_tables():
    with pytest.raises(ValueError, match="frame: there is more than one column 'a'; rename one"):
        pt.table(pd.DataFrame([[1, 2]], columns=["a", "a"]))
    with pytest.raises(ValueError, match="rows: must be a whole number from 1, not 0"):
        pt.table(pd.DataFrame({"a": [1]}), rows=0)
    with pytest.raises(ValueError, match="policies: column policy_id missing"):
        pt.table(pd.DataFrame({"a": [1]}), policies=pd.DataFrame())
    for show, thing, kind in (
        (pt.table, [1, 2], "list"), (pt.explore, "x", "str"), (pt.table, pd.Series([1]), "Series"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=f"frame: must be a DataFrame, not {kind}"):
            show(thing)


def test_cells_make_a_table_for_a_paper():
    """With what a plain installation brings: pandas needs jinja2 for LaTeX."""
    assert any(needed.startswith("jinja2") and "extra ==" not in needed for needed in requires("policytools"))
    latex = pt.table(pd.DataFrame({"policy_id": ["A & B"], "share": [0.5]})).cells.to_latex(
        index=False, escape=True
    )
    assert r"A \& B & 50.00" in latex and r"share (\%)" in latex and r"\toprule" in latex


# --- interactive


def test_interactive_table_brings_its_program_and_escapes(by_hand):
    pytest.importorskip("itables")
    corpus = corpus_of(2, vendor=[ATTACK, "B"])
    frame = corpus.sentences.assign(**{ATTACK: f"{ATTACK}\x00", "kind": pd.Categorical([ATTACK] * 4)})
    shown = pt.explore(frame, policies=corpus.policies)
    html = shown._repr_html_()
    assert html == pt.explore(frame, policies=corpus.policies)._repr_html_()
    assert "unpkg.com" not in html and "cdn" not in html.split("<table")[1]
    assert ATTACK not in html and "alert(1)" in html and "<script>alert" not in html
    data = json.loads(json.loads(re.search(r'"data_json": (".*"),?\n', html)[1]))
    assert len(data) == 4 and data[0][0] == "&lt;script&gt;alert(1)&lt;/script&gt;"
    assert repr(shown) == repr(pt.table(frame, policies=corpus.policies))


def test_interactive_table_holds_whole_texts_and_says_where_it_ends(by_hand):
    pytest.importorskip("itables")
    frame = pd.DataFrame({"text": ["word " * 200, *map(str, range(10_000))]})
    html = pt.explore(pt.table(frame, caption="Words."))._repr_html_()
    assert "word " * 200 in html and r"\"9998\"" in html and r"\"9999\"" not in html
    assert "Words. The first 10,000 of 10,001 rows" in html
    assert pt.explore(frame.head(0))._repr_html_()


def test_without_the_library_the_plain_table_is_shown(by_hand, monkeypatch):
    monkeypatch.setitem(sys.modules, "itables.javascript", None)
    html = pt.explore(pd.DataFrame({"a": [ATTACK]}))._repr_html_()
    assert html.startswith(pt.table(pd.DataFrame({"a": [ATTACK]}))._repr_html_())
    assert "Install itables (pip install &#x27;policytools[lab]&#x27;)" in html


def test_saved_notebooks_hold_the_plain_table(monkeypatch):
    monkeypatch.setenv("POLICYTOOLS_FIGURES", "figures")
    html = pt.explore(pd.DataFrame({"a": [1]}))._repr_html_()
    assert len(html) < 2000 and "Run this cell in JupyterLab" in html
    assert isinstance(pt.explore(pt.table(pd.DataFrame({"a": [1]}))).table, Table)


def test_several_versions_of_a_vendor_are_told_apart():
    ids = {"policy_id": ["a", "b"], "effective_on": ["2018", ""], "captured_on": ["", ""]}
    policies = pd.DataFrame(ids).assign(vendor="Ada")
    assert pt.names(policies) == {"a": "Ada (2018)", "b": "Ada (b)"}
    same_year = policies.assign(effective_on=["2018-01-02", "2018-05-25"])
    assert pt.names(same_year) == {"a": "Ada (2018-01-02)", "b": "Ada (2018-05-25)"}
