"""Figures draw what their frames say, fit their size, and are written the same way each time."""

from __future__ import annotations

import io
import re
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pypdf
import pytest
from matplotlib.testing.compare import compare_images
from matplotlib.text import Text

import policytools as pt
from policytools.plots.save import alt_text
from policytools.plots.text_fitting import fit_height
from policytools.study.figures_readme import figures_readme

BASELINE = Path(__file__).parent / "baseline"
POLICIES = pd.DataFrame(
    {"policy_id": ["a", "b"], "vendor": ["Ada", "Bob"], "effective_on": ["2018", ""], "captured_on": ["", ""]}
)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def some_policies(n: int) -> pd.DataFrame:
    ids = [f"p{i:03}" for i in range(n)]
    return pd.DataFrame(
        {"policy_id": ids, "vendor": [f"Vendor {i}" for i in range(n)], "effective_on": "", "captured_on": ""}
    )


def frames(n: int) -> dict[str, pd.DataFrame]:
    """Made-up frames of n policies for every plotting function, the same each time."""
    ids = list(some_policies(n)["policy_id"])
    u = np.random.default_rng(7).random((n, 6)).round(3)
    groups = ["readability", "coverage", "specificity"]
    profile = [(p, d, u[i, j], max(0, u[i, j] - 0.1), min(1, u[i, j] + 0.1)) for i, p in enumerate(ids)
               for j, d in enumerate(groups)]  # fmt: skip
    items = [("identity", "contact"), ("identity", "scope"), ("rights", "access"), ("rights", "erasure")]
    return {
        "cleaning": pd.DataFrame(
            [(p, reason, words) for i, p in enumerate(ids) for reason, words in (("", 900 + i), ("footer", 10 * i))],
            columns=["policy_id", "reason", "n_words"],
        ),
        "readability": pd.DataFrame(
            {"policy_id": ids, "flesch_kincaid_grade": 10 + 6 * u[:, 0], "low": 9 + 6 * u[:, 0], "high": 11 + 6 * u[:, 0]}
        ),
        "sensitivity": pd.DataFrame(
            [(p, c, 12 + u[i, j]) for i, p in enumerate(ids) for j, c in enumerate(["own", "other", "lines"])],
            columns=["policy_id", "choice", "flesch_kincaid_grade"],
        ),
        "coverage": pd.DataFrame(
            [(p, item, family, bool(u[i, j] > 0.4)) for i, p in enumerate(ids) for j, (family, item) in enumerate(items)],
            columns=["policy_id", "item", "family", "addressed"],
        ),
        "scores": pd.DataFrame(
            [(p, c, 4, round(4 * u[i, j]), round(4 * u[i, j]) / 4) for i, p in enumerate(ids) for j, c in enumerate(["GDPR", "all"])],
            columns=["policy_id", "checklist", "n_items", "n_addressed", "share"],
        ),
        "terms": pd.DataFrame(
            [(p, f"term{j}", u[i, j]) for i, p in enumerate(ids) for j in range(6)], columns=["policy_id", "term", "tf_idf"]
        ),
        "vagueness": pd.DataFrame(
            [(p, c, u[i, j]) for i, p in enumerate(ids) for j, c in enumerate(["condition", "modality"])],
            columns=["policy_id", "category", "per_hundred"],
        ),
        "dispersion": pd.DataFrame([(p, x) for i, p in enumerate(ids) for x in u[i, : 1 + i % 5]], columns=["policy_id", "position"]),
        "shared_text": pd.DataFrame(
            [(p, q, float(u[i, j % 6] / 9)) for i, p in enumerate(ids) for j, q in enumerate(ids) if i != j],
            columns=["policy_id", "other_id", "containment"],
        ),
        "profile": pd.DataFrame(profile, columns=["policy_id", "dimension", "score", "low", "high"]),
    }  # fmt: skip


def draw(name: str, n: int, policies: pd.DataFrame | None = None):
    return getattr(pt, f"plot_{name}")(
        frames(n)[name], policies=some_policies(n) if policies is None else policies
    )


NAMES = list(frames(2))


def dots(ax):
    return [line for line in ax.lines if line.get_marker() not in ("None", "", None, "|")]


def test_readability_dots_stand_at_the_values_in_the_manifests_order():
    frame = pd.DataFrame(
        {"policy_id": ["b", "a"], "flesch_kincaid_grade": [14.0, 12.0], "low": [13, 11], "high": [15, 13]}
    )
    ax = pt.plot_readability(frame, policies=POLICIES)
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in dots(ax)] == [(14.0, 1), (12.0, 0)]
    intervals = [list(line.get_xdata()) for line in ax.lines if line.get_marker() == "|"]
    assert intervals == [[13, 15], [11, 13]]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["Ada", "Bob"]


@pytest.mark.parametrize("n", [2, 30])
def test_readability_says_what_its_lines_are_where_it_has_some(n):
    frame = frames(n)["readability"].assign(low=9.0, high=18.0)
    for columns, said in ((frame, True), (frame.drop(columns=["low", "high"]), False)):
        ax = pt.plot_readability(columns, policies=some_policies(n))
        assert ("Lines: 95 % intervals." in ax.figure.get_supxlabel().replace("\n", " ")) is said


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("n", [2, 30])
def test_readability_draws_its_formula_beside_a_column_called_value(n):
    frame = frames(n)["readability"].assign(formula="flesch_kincaid_grade", value=99.0)
    ax = pt.plot_readability(frame, policies=some_policies(n))
    assert max(line.get_xdata()[0] for line in dots(ax)) < 17


def test_a_vendor_keeps_colour_and_place_whatever_stands_in_the_frame():
    one = pd.DataFrame({"policy_id": ["b"], "flesch_kincaid_grade": [14.0]})
    both = pd.DataFrame({"policy_id": ["a", "b"], "flesch_kincaid_grade": [12.0, 14.0]})
    first, second = (pt.plot_readability(frame, policies=POLICIES).lines[-1] for frame in (one, both))
    assert first.get_color() == second.get_color()
    assert first.get_ydata()[0] == second.get_ydata()[0] == 1


def test_coverage_draws_one_mark_for_each_cell():
    frame = pd.DataFrame(
        {
            "policy_id": ["a", "a", "b", "b"],
            "item": ["x", "y"] * 2,
            "family": ["f"] * 4,
            "addressed": [True, False, True, True],
        }
    )
    ax = pt.plot_coverage(frame, policies=POLICIES)
    assert [len(marks.get_offsets()) for marks in ax.collections] == [1, 1, 2]


def family_items(n_policies: int) -> pd.DataFrame:
    """63 items in seven families; each policy addresses the first two of each family."""
    rows = [
        (f"p{p:03}", f"item {family} {i}", f"family{family}", i < 2)
        for p in range(n_policies)
        for family in range(7)
        for i in range(9)
    ]
    return pd.DataFrame(rows, columns=["policy_id", "item", "family", "addressed"])


@pytest.mark.parametrize("n", [2, 5, 25])
def test_no_text_of_coverage_on_a_slide_is_below_twelve_points(n):
    with pt.style("slides"):
        ax = pt.plot_coverage(family_items(n), policies=some_policies(n))
        ax.figure.draw_without_rendering()
        sizes = [
            t.get_fontsize() for t in ax.figure.findobj(Text) if t.get_text().strip() and t.get_visible()
        ]
    assert min(sizes) >= 12
    assert "By family" in alt_text(ax.figure)


def test_coverage_on_a_slide_shows_the_items_where_they_fit():
    with pt.style("slides"):
        frame = family_items(2)
        ax = pt.plot_coverage(frame[frame["family"] == "family1"], policies=some_policies(2))
    assert "item 1 8" in [t.get_text() for t in ax.texts]


@pytest.mark.parametrize("n", [2, 25])
def test_a_block_of_coverage_begins_with_its_familys_name(n):
    ax = pt.plot_coverage(family_items(n), policies=some_policies(n))
    bold = [t for t in ax.texts if t.get_fontweight() == "bold"]
    assert len(bold) == 7
    tops = sorted(t.get_position()[1] for t in bold)
    assert tops[0] == pytest.approx(tops[1])  # two blocks, and both open with a family


def test_ticks_of_small_shares_are_told_apart():
    shared = frames(30)["shared_text"]
    shared["containment"] = shared["containment"] / 4
    ax = pt.plot_shared_text(shared, policies=some_policies(30))
    ax.figure.draw_without_rendering()
    ticks = [t.get_text() for t in ax.get_xticklabels()]
    assert len(set(ticks)) == len(ticks)


def test_of_equals_the_first_is_named():
    from policytools.plots.panels import typical

    assert typical(pd.Series({"a": 0.1, "b": 0.5, "c": 0.9, "d": 0.9})) == ["a", "b", "c"]


def test_marks_of_named_policies_stay_within_their_group():
    ax = pt.plot_profile(frames(30)["profile"], policies=some_policies(30))
    marks = [line.get_ydata()[0] for line in dots(ax)]
    assert all(abs(y - round(y)) < 0.42 for y in marks)


def test_terms_of_many_leave_out_no_term_that_leads_as_often_as_a_shown_one():
    rows = [(f"p{i:03}", f"own{i:02}", 1.0) for i in range(30)] + [
        (f"p{i:03}", "common", 2.0) for i in range(3)
    ]
    terms = pd.DataFrame(rows, columns=["policy_id", "term", "tf_idf"])
    ax = pt.plot_terms(terms, policies=some_policies(30), n=6)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["common"]


def test_coverage_of_many_is_the_share_with_wilsons_interval():
    n = 25
    frame = frames(n)["coverage"]
    ax = pt.plot_coverage(frame, policies=some_policies(n))
    shares = frame.groupby("item", sort=False)["addressed"].mean()
    ticks = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "None"][:3]  # 0, 50 and 100 %
    drawn = [(line.get_xdata()[0] - ticks[0]) / (ticks[2] - ticks[0]) for line in dots(ax)]
    assert drawn == pytest.approx(list(shares))
    low, high = next(line.get_xdata() for line in ax.lines if line.get_marker() == "|")
    # Newcombe 1998, table I: 81 of 263 gives .2553 to .3662
    from policytools.plots.panels import wilson

    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert (
        (low - ticks[0]) / (ticks[2] - ticks[0]),
        (high - ticks[0]) / (ticks[2] - ticks[0]),
    ) == pytest.approx(wilson(round(shares.iloc[0] * n), n))


def test_shared_text_leaves_the_diagonal_empty():
    frame = pd.DataFrame({"policy_id": ["a", "b"], "other_id": ["b", "a"], "containment": [0.25, 0.5]})
    ax = pt.plot_shared_text(frame, policies=POLICIES)
    assert [text.get_text() for text in ax.texts] == ["25.0%", "50.0%"]


def test_cleaning_bars_add_up_to_the_file():
    frame = pd.DataFrame(
        {"policy_id": ["a", "a", "b"], "reason": ["", "footer", ""], "n_words": [90, 10, 50]}
    )
    ax = pt.plot_cleaning(frame, policies=POLICIES)
    assert sum(bar.get_width() for bar in ax.patches) == 150
    assert [text.get_text().strip() for text in ax.texts] == ["90% kept", "100% kept"]


def test_keyness_hatches_what_rests_on_low_counts():
    frame = pd.DataFrame({"term": ["gdpr", "site"], "log_ratio": [2.0, -1.0], "log_likelihood": [9.0, 4.0],
                          "p_adjusted": [0.01, 0.01], "low_count": [False, True]})  # fmt: skip
    ax = pt.plot_keyness(frame)
    assert [bar.get_width() for bar in ax.patches] == [2.0, -1.0]
    assert [bool(bar.get_hatch()) for bar in ax.patches] == [False, True]


def test_profile_draws_the_scores_of_each_dimension_in_order():
    frame = pd.DataFrame({"policy_id": ["a", "b"] * 2, "dimension": ["x", "x", "y", "y"], "score": [0.1, 0.2, 0.3, 0.4],
                          "low": [0.0] * 4, "high": [0.5] * 4})  # fmt: skip
    quartiles = pd.DataFrame({"dimension": ["x"], "q25": [0.2], "q50": [0.3], "q75": [0.4]})
    ax = pt.plot_profile(frame, policies=POLICIES, population=quartiles)
    assert [line.get_xdata()[0] for line in dots(ax)] == [0.1, 0.2, 0.3, 0.4]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["Ada", "Bob"] * 2


@pytest.mark.parametrize("n", [12, 30])
def test_profile_of_more_policies_draws_the_same_scores(n):
    frame = frames(n)["profile"]
    ax = pt.plot_profile(frame, policies=some_policies(n))
    drawn = [line.get_xdata()[0] for line in dots(ax) if len(line.get_xdata()) == 1]
    if n <= 20:  # a column for each dimension, from 0.08 to 0.92 of its width
        wanted = [i + 0.08 + 0.84 * s for i, d in enumerate(frame["dimension"].unique())
                  for s in frame.loc[frame["dimension"] == d, "score"]]  # fmt: skip
        assert drawn == pytest.approx(wanted)
    else:  # the lowest, middle and highest mean
        mean = frame.groupby("policy_id")["score"].mean().sort_values(kind="stable")
        ends = frame[frame["policy_id"].isin([mean.index[0], mean.index[14], mean.index[-1]])]
        assert sorted(drawn) == pytest.approx(sorted(ends["score"]))


def test_of_many_policies_all_are_counted_and_some_named():
    n = 30
    frame = frames(n)["readability"]
    ax = pt.plot_readability(frame, policies=some_policies(n))
    value = frame.set_index("policy_id")["flesch_kincaid_grade"].sort_values()
    named = [value.index[0], value.index[14], value.index[-1]]
    assert [line.get_xdata()[0] for line in dots(ax)] == list(value[named])
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert labels == [*(f"Vendor {int(p[1:])}" for p in named), "all 30 policies"]
    heights = np.array([-bar.get_height() for bar in ax.patches])
    assert (heights / heights.max() * int(ax.texts[3].get_text())).sum() == pytest.approx(n)


def test_highlight_names_others_and_is_checked():
    n = 30
    frame = frames(n)["readability"]
    ax = pt.plot_readability(frame, policies=some_policies(n), highlight=["p004", "p002"])
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["Vendor 4", "Vendor 2", "all 30 policies"]
    with pytest.raises(ValueError, match="plot_readability: highlight 'x' is no policy_id"):
        pt.plot_readability(frame, policies=some_policies(n), highlight=["x"])
    with pytest.raises(ValueError, match="a list of policy_id, not the one text 'p001'"):
        pt.plot_readability(frame, policies=some_policies(n), highlight="p001")
    with pytest.raises(ValueError, match="names 8 policies; at most 7"):
        pt.plot_readability(frame, policies=some_policies(n), highlight=[f"p00{i}" for i in range(8)])


def test_shared_text_of_many_names_each_pair_once():
    n = 22
    frame = frames(n)["shared_text"].assign(containment=0.01)
    frame.loc[
        frame["policy_id"].isin(["p001", "p002"]) & frame["other_id"].isin(["p001", "p002"]), "containment"
    ] = 0.9
    ax = pt.plot_shared_text(frame, policies=some_policies(n))
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert labels[0] == "Vendor 1 in Vendor 2" and "Vendor 2 in Vendor 1" not in labels


def test_a_missing_column_and_an_unknown_policy_are_named():
    with pytest.raises(ValueError, match="plot_readability: frame has no column 'flesch_kincaid_grade'"):
        pt.plot_readability(pd.DataFrame({"policy_id": ["a"]}), policies=POLICIES)
    frame = pd.DataFrame({"policy_id": ["z"], "flesch_kincaid_grade": [1.0]})
    with pytest.raises(ValueError, match="plot_readability: policies has no policy_id 'z'"):
        pt.plot_readability(frame, policies=POLICIES)


def test_style_names_what_there_is():
    with (
        pytest.raises(ValueError, match="'poster' is not one of paper, notebook, slides"),
        pt.style("poster"),
    ):
        pass


def test_several_versions_of_a_vendor_are_told_apart():
    policies = POLICIES.assign(vendor="Ada")
    assert pt.names(policies) == {"a": "Ada (2018)", "b": "Ada (b)"}
    same_year = POLICIES.assign(vendor="Ada", effective_on=["2018-01-02", "2018-05-25"])
    assert pt.names(same_year) == {"a": "Ada (2018-01-02)", "b": "Ada (2018-05-25)"}


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
    from policytools.plots import text_fitting as layout

    monkeypatch.setattr(
        layout,
        "_characters",
        lambda family: frozenset(map(ord, "拓竹")) if family == "Yu Gothic" else frozenset(),
    )
    text = Text(text="拓竹", fontfamily="DejaVu Sans")
    layout.find_glyphs(text)
    assert text.get_fontfamily() == ["DejaVu Sans", "Yu Gothic"]


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
    with pytest.raises(ValueError, match="may hold letters"):
        pt.save_figure(plt.figure(), "../x", tmp_path)


def test_alternative_text_says_what_is_seen_and_where_the_numbers_are():
    ax = pt.plot_readability(
        pd.DataFrame({"policy_id": ["a", "b"], "flesch_kincaid_grade": [12.5, 14.0]}), policies=POLICIES
    )
    ax.set_title("Bob is harder")
    pt.note(ax, "Made up.")
    assert alt_text(ax.figure, ["grade.csv"]) == (
        "Bob is harder. A dot for each policy: Ada 12.5, Bob 14.0. Horizontal axis: Flesch-Kincaid grade (US school years). "
        "The plotted table has 2 rows. n = 2 policies. Made up. The numbers stand in grade.csv."
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


def test_drawing_changes_nothing_in_the_frame():
    frame = pd.DataFrame(
        {"policy_id": ["b", "a"], "choice": ["x", "x"], "flesch_kincaid_grade": [1.0, np.nan]}, index=[7, 3]
    )
    before = frame.copy()
    pt.plot_sensitivity(frame, policies=POLICIES)
    pd.testing.assert_frame_equal(frame, before)


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
