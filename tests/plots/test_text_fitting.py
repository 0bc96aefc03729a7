"""Figures fit their size, and all text in them is seen."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from made_up_figures import NAMES, draw, some_policies
from matplotlib.testing.compare import compare_images
from matplotlib.text import Text

import policytools as pt
from policytools.plots import text_fitting
from policytools.plots.text_fitting import fit_height

BASELINE = Path(__file__).parent / "baseline"


@pytest.mark.parametrize("n", [2, 12, 30])
@pytest.mark.parametrize("name", NAMES)
def test_on_paper_every_figure_is_one_column_wide_and_nothing_is_small_or_cut(name, n):
    policies = some_policies(n)
    policies.loc[0, "vendor"] = "Société $Anonyme$ d'Impression_3D & <Fils> de la Côte d'Azur et Compagnie"
    with pt.style("paper"):
        ax = draw(name, n, policies)
        ax.set_title("A title that is longer than one column is wide and so is broken into lines")
        pt.note(ax, "A note with sources that is also longer than the one column which it stands under.")
        fit_height(ax.figure)
        ax.figure.savefig(io.BytesIO(), dpi=100)
    assert ax.figure.get_figwidth() == 3.3
    renderer = ax.figure.canvas.get_renderer()
    edge = ax.figure.bbox.padded(2)
    for text in ax.figure.findobj(Text):
        if text.get_text().strip() and text.get_visible() and text.axes is not None:
            assert text.get_fontsize() >= 6, text.get_text()
            assert not text.get_parse_math(), text.get_text()
            box = text.get_window_extent(renderer)
            inside = edge.x0 <= box.x0 and box.x1 <= edge.x1 and edge.y0 <= box.y0 and box.y1 <= edge.y1
            assert inside or text.get_text() not in _shown(ax), (text.get_text(), box)


def _shown(ax) -> set[str]:
    """Texts that are drawn: ticks beyond the limits have labels that are not."""
    low, high = sorted(ax.get_xlim())
    far = {t.get_text() for t in ax.get_xticklabels() if not low <= t.get_position()[0] <= high}
    return {t.get_text() for t in ax.figure.findobj(Text)} - far


def test_a_figure_is_as_high_as_its_rows_need(tmp_path):
    heights = []
    with pt.style("paper"):
        for n in (2, 20):
            ax = draw("readability", n)
            pt.save_figure(ax.figure, "grade", tmp_path)
            heights.append(ax.get_position().height * ax.figure.get_figheight())
    assert heights[1] == pytest.approx(10 * heights[0], rel=0.02)
    with pt.style("slides"):
        ax = draw("terms", 20)
        pt.save_figure(ax.figure, "terms", tmp_path)
        assert ax.figure.get_figheight() <= 5.6


def test_a_script_that_the_font_lacks_is_looked_for_in_others(monkeypatch):
    monkeypatch.setattr(
        text_fitting,
        "_characters",
        lambda family: frozenset(map(ord, "拓竹")) if family == "Yu Gothic" else frozenset(),
    )
    text = Text(text="拓竹", fontfamily="DejaVu Sans")
    text_fitting.find_glyphs(text)
    assert text.get_fontfamily() == ["DejaVu Sans", "Yu Gothic"]


@pytest.mark.parametrize(
    ("name", "n"),
    [
        ("coverage", 5),
        ("profile", 5),
        ("profile", 12),
        ("profile", 30),
        ("readability", 30),
        ("shared_text", 12),
    ],
)
def test_the_picture_is_as_it_was(name, n, tmp_path):
    """Against tests/baseline, with room for another version of the font; to renew: delete the file and run twice."""
    with pt.style("paper"):
        ax = draw(name, n)
        ax.set_title(f"{name.replace('_', ' ').capitalize()} of {n} vendors")
        pt.save_figure(ax.figure, f"{name}-{n}", tmp_path)
        small = tmp_path / "small.png"
        ax.figure.savefig(small, dpi=100, metadata={"Software": None})
    known = BASELINE / f"{name}-{n}.png"
    if not known.exists():
        BASELINE.mkdir(exist_ok=True)
        known.write_bytes(small.read_bytes())
        pytest.fail(f"{known.name} was missing and is written now: look at it, then run again")
    assert compare_images(str(known), str(small), tol=8) is None
