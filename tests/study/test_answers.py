"""What the notebooks answer about vendors whose names are Markdown, HTML or formulas."""

from __future__ import annotations

import ast
import json
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from lxml import html
from markdown_it import MarkdownIt
from nbconvert import HTMLExporter
from policy_pages import HTML

import policytools as pt

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
HOSTILE = [
    "<script>alert(1)</script> [x](javascript:alert(1)) | *b* $x$",
    "`c` <img src=x onerror=alert(2)> ![y](javascript:alert(3)) | __u__ ~~s~~ \\(z\\)",
    "# h &lt;u&gt; <javascript:alert(4)> http://evil.example www.evil.example a@evil.example \\begin{align}",
]
TEXT = """# Privacy Policy

We collect your name and your e-mail address when you order from us. We may share your personal data with carriers
of {own} goods. You have the right to access, correct and delete your data at any time.

## {own} data

We use {own} cookies for advertising, and keep your data for {n} years. We never sell {own} personal information.
"""
MORE = """
## Your rights

You have the right to object to the processing of your personal data, to restrict it, and to receive your personal data in a
portable format. You can withdraw your consent at any time and lodge a complaint with a supervisory authority. Our legal basis
is your consent and our legitimate interests. Our data protection officer is dpo@example.org. We transfer personal data to
countries outside the EEA on the basis of standard contractual clauses. We do not use automated decision-making.
"""


def code_cells(path: Path) -> list[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def answer_of(path: Path) -> str:
    """The first answer of a notebook, which is run up to there."""
    known: dict[str, Any] = {}
    for source in code_cells(path):
        *body, last = ast.parse(source).body
        if "Markdown(" in source:
            exec(compile(ast.Module(body, []), path.name, "exec"), known)  # noqa: S102
            return eval(compile(ast.Expression(last.value), path.name, "eval"), known).data
        exec(compile(source, path.name, "exec"), known)  # noqa: S102
    raise AssertionError("no answer")


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    (folder / "notebooks").mkdir()
    for n, vendor in enumerate(HOSTILE):
        text = TEXT.format(own=("printed", "scanned", "milled")[n], n=n + 2) + MORE * (n == 2)
        if n == 0:
            text = HTML.format(f"<p>{text}</p>")
        pt.add_policy(folder / "data", text.encode(), vendor=vendor, policy_id=f"p{n}", anyway=True)
    assert pt.load_corpus(folder / "data").policies["vendor"].tolist() == HOSTILE
    return folder


def as_pages(text: str) -> dict[str, html.HtmlElement]:
    """The page that nbconvert makes of an answer, and what other viewers of Markdown make of it."""
    output = nbformat.v4.new_output("display_data", {"text/markdown": text})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", outputs=[output])])
    return {
        "nbconvert": html.fromstring(HTMLExporter(template_name="basic").from_notebook_node(notebook)[0]),
        "markdown-it": html.fromstring(
            MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text)
        ),
    }


def assert_only_text(page: html.HtmlElement, viewer: str) -> None:
    for node in page.iter():
        ours = node.tag == "code" and node.text == "corpus.blocks"
        assert ours or node.tag not in ("script", "img", "em", "del", "h1", "code", "u", "a", "table"), viewer
        assert not [name for name in node.attrib if name.startswith("on")], viewer
    assert "$" not in page.text_content() and "\\" not in page.text_content()  # MathJax reads the page's text


@pytest.mark.parametrize("vendor", HOSTILE)
@pytest.mark.parametrize(
    "place", ["{} leads.", "**Answer.** {}", "- **{}**: a, b", "| a | b |\n| - | - |\n| {} | 2 |"]
)
def test_an_escaped_name_is_shown_and_does_nothing(vendor, place):
    shown = vendor.replace("$", "\uff04").replace("\\", "\uff3c")
    for viewer, page in as_pages(place.format(pt.escape_markdown(vendor))).items():
        assert shown in page.text_content(), viewer
        for table in page.iter("table"):
            assert len(table.findall(".//td")) == 2
            table.tag = "div"
        assert_only_text(page, viewer)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_answers_use_escaped_names(path):
    for source in code_cells(path):
        bare = re.findall(r"(?<!safe_)(?<!escape_markdown\()\bnames\[", source)
        assert not ("Markdown(" in source and bare), source


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", NOTEBOOKS[1:8], ids=lambda path: path.stem)
def test_a_vendors_name_does_nothing_in_an_answer(path, study, monkeypatch):
    monkeypatch.chdir(study / "notebooks")
    text = answer_of(path)
    assert any(pt.escape_markdown(vendor) in text for vendor in HOSTILE)
    for viewer, page in as_pages(text).items():
        assert_only_text(page, viewer)


OWN = """extends = "printing"
version = "1"
title = "Mine"

[[item]]
id = "gifts"
label = "Gifts"
family = "own"
question = "Does the policy tell what the maker gives away?"
counts = "Goods that are given away."
not = "Data that are passed on."

[[item.rule]]
find = ["give away"]
"""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", [NOTEBOOKS[n] for n in (2, 7, 8)], ids=lambda path: path.stem)
def test_a_study_of_ones_own_is_followed(path, study, tmp_path, monkeypatch):
    shutil.copytree(study, tmp_path, dirs_exist_ok=True)
    (tmp_path / "data" / "mine.toml").write_text(OWN, encoding="utf-8")
    settings = 'codebook = "mine.toml"\nchecklists = ["GDPR 13/14", "own"]\nformula = "flesch_reading_ease"\n'
    (tmp_path / "data" / "study.toml").write_text(settings, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "notebooks")
    known: dict[str, Any] = {}
    for source in code_cells(path):
        exec(compile(source, path.name, "exec"), known)  # noqa: S102
    if "reading" in known:
        values = known["reading"].set_index("policy_id")["flesch_reading_ease"]
        assert known["easy"] == values.idxmax() and known["hard"] == values.idxmin()
        assert known["ax"].get_xlabel().startswith("Flesch reading ease")
    else:
        compared = known["pairs"] if "pairs" in known else known["wide"]
        assert {"coverage: GDPR 13/14", "coverage: own"} <= set(compared["dimension"])
        scores = known["scores"] if "scores" in known else known["drawn"]["as measured"]
        assert scores.parts["readability"].metric == "flesch_reading_ease"


@pytest.fixture(scope="module", params=(2, 12))
def some_vendors(request, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("some")
    (folder / "notebooks").mkdir()
    for n in range(request.param):
        text = TEXT.format(own=f"number{n}", n=n + 2) + MORE * (n % 3 == 2)
        pt.add_policy(folder / "data", text.encode(), vendor=f"Vendor {n}", policy_id=f"p{n}", anyway=True)
    return folder


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", [NOTEBOOKS[n] for n in (3, 6, 7)], ids=lambda path: path.stem)
def test_titles_say_what_the_frames_say(path, some_vendors, monkeypatch):
    titles: dict[str, str] = {}
    monkeypatch.setattr(
        pt,
        "save_figure",
        lambda figure, name: titles.update({name: figure.axes[0].get_title("left")}),
        raising=False,
    )
    monkeypatch.chdir(some_vendors / "notebooks")
    known: dict[str, Any] = {}
    for source in code_cells(path):
        if any(word in source for word in ("data/reference", "atomform", 'wide["A"]')):
            continue  # of the shipped study alone
        exec(compile(source, path.name, "exec"), known)  # noqa: S102
    if "coverage" in known:
        told = known["coverage"].pivot(index="item", columns="policy_id", values="addressed")
        shares = told.mean()
        assert titles == {
            "coverage-items": f"{told.all(axis=1).sum()} of {len(told)} items are told by every policy, {(~told.any(axis=1)).sum()} by none",
            "coverage-checklists": f"Of all items the policies address {shares.min():.0%} to {shares.max():.0%}",
        }  # fmt: skip
    elif "shared" in known:
        most = known["shared"]["containment"].max()
        assert titles == {"shared-text": f"At most {most:.1%} of a policy is also in another one"}
    else:
        pairs, drawn = known["pairs"], [title for name, title in titles.items() if "pairs" in name]
        for title, checklist in zip(drawn, known["study"].checklists, strict=True):
            own = pairs.loc[pairs["dimension"] == f"coverage: {checklist}", "verdict"]
            assert title == f"{checklist} separates {own.isin(['ahead', 'behind']).sum()} of {len(own)} pairs"


def test_tables_show_names_as_text():
    policies = pd.DataFrame({"policy_id": ["a", "b", "c"], "vendor": HOSTILE})
    page = html.fromstring(f"<div>{pt.table(policies, policies=policies)._repr_html_()}</div>")
    assert [cell.text_content() for cell in page.iter("td")] == HOSTILE
    assert not [node.tag for node in page.iter() if node.tag in ("script", "img", "a", "u")]
