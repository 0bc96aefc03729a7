"""The list of figures names each one with its question and its numbers."""

from __future__ import annotations

import nbformat
from made_up_figures import draw

import policytools as pt
from policytools.study.figures_readme import figures_readme


def test_figures_readme_lists_figure_question_and_data(tmp_path):
    (tmp_path / "notebooks").mkdir()
    cells = [nbformat.v4.new_markdown_cell("# How hard are they?\nText.")]
    (tmp_path / "notebooks" / "02-x.ipynb").write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)))
    ax = draw("readability", 2)
    ax.set_title("Vendor 1 | is <hard>")
    files = [path.name for path in pt.save_figure(ax.figure, "grade", tmp_path / "figures")]
    text = figures_readme(
        tmp_path / "notebooks", tmp_path / "figures", {"02-x.ipynb": files, "03-none.ipynb": []}
    )
    assert "## How hard are they?\n\nNotebook: [02-x.ipynb](../notebooks/02-x.ipynb)" in text
    assert r"| grade | Vendor 1 \| is \<hard\> | [PNG](grade.png) [SVG](grade.svg) [PDF](grade.pdf) |" in text
    assert "[grade.csv](grade.csv) (2 rows:" in text and "03-none" not in text
