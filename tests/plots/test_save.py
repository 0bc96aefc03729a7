"""Figures are written the same way each time, with their numbers and in words."""

from __future__ import annotations

import re

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import pypdf
import pytest
from made_up_figures import POLICIES, draw

import policytools as pt
from policytools.plots.save import alt_text


def test_save_figure_writes_the_same_bytes_twice_and_the_frame(tmp_path):
    frame = pd.DataFrame({"policy_id": ["a", "b"], "flesch_kincaid_grade": [12.5, 14.0]})
    written = []
    for folder in ("one", "two"):
        with pt.style("notebook"):
            ax = pt.plot_readability(frame, policies=POLICIES)
            ax.set_title("Bob's & Ada's <grades>")
            pt.note(ax, "Two policies.")
            written.append(pt.save_figure(ax.figure, "grade", tmp_path / folder))
    assert [path.name for path in written[0]] == ["grade.png", "grade.svg", "grade.pdf", "grade.csv"]
    for one, two in zip(*written, strict=True):
        assert one.read_bytes() == two.read_bytes()
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "one" / "grade.csv"), frame, check_dtype=False)
    svg = (tmp_path / "one" / "grade.svg").read_text("utf-8")
    assert ">Ada</text>" in svg  # text as text, not as outlines
    assert "<title id=\"title\">Bob's &amp; Ada's &lt;grades&gt;</title>" in svg
    assert re.search(r'<desc id="desc">.*Ada 12\.5, Bob 14\.0.*grade\.csv\.</desc>', svg)
    assert not list(tmp_path.rglob("*.part"))
    assert plt.fignum_exists(ax.figure.number)  # outside a notebook nothing is closed


def test_no_spreadsheet_runs_a_text_of_the_table(tmp_path):
    policies = pd.DataFrame({"policy_id": ["=1+1", "-2"], "vendor": ["@SUM(A1)", "+b"]})
    frame = pd.DataFrame({"policy_id": ["=1+1", "-2"], "flesch_kincaid_grade": [-12.5, 14.0]})
    before = frame.copy()
    ax = pt.plot_readability(frame, policies=policies)
    pt.save_figure(ax.figure, "grade", tmp_path)
    lines = (tmp_path / "grade.csv").read_text("utf-8").splitlines()
    assert lines == ["policy_id,flesch_kincaid_grade", "'=1+1,-12.5", "-2,14"]
    pd.testing.assert_frame_equal(frame, before)


def test_the_pdf_has_its_fonts_in_it_as_truetype_and_its_text_as_text(tmp_path):
    with pt.style("paper"):
        ax = draw("readability", 2)
        ax.set_title("Two vendors")
        pt.save_figure(ax.figure, "grade", tmp_path)
    page = pypdf.PdfReader(tmp_path / "grade.pdf").pages[0]
    assert "Two vendors" in page.extract_text() and "Vendor 1" in page.extract_text()
    assert float(page.mediabox.width) == pytest.approx(72 * 3.3)
    for reference in page["/Resources"]["/Font"].values():
        font = reference.get_object()
        assert font["/Subtype"] != "/Type3"
        below = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        assert "/FontFile2" in below["/FontDescriptor"].get_object()


def test_save_figure_refuses_a_name_that_leaves_the_folder(tmp_path):
    with pytest.raises(ValueError, match="name: '../x' may hold letters"):
        pt.save_figure(plt.figure(), "../x", tmp_path)


def test_alternative_text_says_what_is_seen_and_where_the_numbers_are():
    ax = pt.plot_readability(
        pd.DataFrame({"policy_id": ["a", "b"], "flesch_kincaid_grade": [12.5, 14.0]}), policies=POLICIES
    )
    ax.set_title("Bob is harder")
    pt.note(ax, "Made up.")
    assert alt_text(ax.figure, ["grade.csv"]) == (
        "Bob is harder. A dot for each policy: Ada 12.5, Bob 14.0. Horizontal axis: Flesch-Kincaid grade (US school years). "
        "The plotted table has 2 rows. n = 2 policies. Made up. The numbers are in grade.csv."
    )


def test_a_notebook_shows_a_saved_figure_once_with_its_alternative_text(tmp_path):
    from nbclient import NotebookClient

    code = (
        "%matplotlib inline\nimport pandas as pd, policytools as pt\n"
        "frame = pd.DataFrame({'policy_id': ['a', 'b'], 'vendor': ['Ada', 'Bob'], 'effective_on': '', 'captured_on': '', 'x': [1, 2]})\n"
        "with pt.style('notebook'):\n"
        "    ax = pt.plot_readability(frame, policies=frame, formula='x')\n"
        f"    pt.save_figure(ax.figure, 'x', {str(tmp_path)!r}, alt='Two dots')"
    )
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(code), nbformat.v4.new_code_cell("1")]
    )
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    images = [
        output for cell in notebook.cells for output in cell.outputs if "image/png" in output.get("data", {})
    ]
    assert len(images) == 1
    assert images[0].metadata["image/png"]["alt"] == "Two dots"
    assert images[0].metadata["image/png"]["width"] == 700
