"""Figures draw what their frames say, and are written the same way each time."""

from __future__ import annotations

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import policytools as pt

POLICIES = pd.DataFrame(
    {"policy_id": ["a", "b"], "vendor": ["Ada", "Bob"], "effective_on": ["2018", ""], "captured_on": ["", ""]}
)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_readability_dots_stand_at_the_values_in_the_manifests_order():
    frame = pd.DataFrame(
        {"policy_id": ["b", "a"], "flesch_kincaid_grade": [14.0, 12.0], "low": [13, 11], "high": [15, 13]}
    )
    ax = pt.plot_readability(frame, policies=POLICIES)
    dots = [line for line in ax.lines if line.get_marker() not in ("None", "", None)]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in dots] == [(14.0, 1), (12.0, 0)]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["Ada", "Bob"]


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
    assert sum(len(marks.get_offsets()) for marks in ax.collections) == 4


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
    assert [bool(bar.get_hatch()) for bar in ax.patches] == [False, True]


def test_profile_draws_scores_in_order_of_the_dimensions():
    frame = pd.DataFrame({"policy_id": ["a", "b"] * 2, "dimension": ["x", "x", "y", "y"], "score": [0.1, 0.2, 0.3, 0.4],
                          "low": [0.0] * 4, "high": [0.5] * 4})  # fmt: skip
    quartiles = pd.DataFrame({"dimension": ["x"], "q25": [0.2], "q50": [0.3], "q75": [0.4]})
    ax = pt.plot_profile(frame, policies=POLICIES, population=quartiles)
    dots = [line for line in ax.lines if line.get_marker() not in ("None", "", None)]
    assert [list(line.get_xdata()) for line in dots] == [[0.1, 0.3], [0.2, 0.4]]


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="plot_readability: frame has no column 'flesch_kincaid_grade'"):
        pt.plot_readability(pd.DataFrame({"policy_id": ["a"]}), policies=POLICIES)


def test_style_names_what_there_is():
    with (
        pytest.raises(ValueError, match="'poster' is not one of paper, notebook, slides"),
        pt.style("poster"),
    ):
        pass


def test_several_versions_of_a_vendor_are_told_apart():
    policies = POLICIES.assign(vendor="Ada")
    assert pt.names(policies) == {"a": "Ada (2018)", "b": "Ada (b)"}


def test_save_figure_writes_the_same_bytes_twice_and_the_frame(tmp_path):
    frame = pd.DataFrame({"policy_id": ["a", "b"], "flesch_kincaid_grade": [12.5, 14.0]})
    written = []
    for folder in ("one", "two"):
        with pt.style("notebook"):
            ax = pt.plot_readability(frame, policies=POLICIES)
            pt.note(ax, "Two policies.")
            written.append(pt.save_figure(ax.figure, "grade", tmp_path / folder))
    assert [path.name for path in written[0]] == ["grade.png", "grade.svg", "grade.csv"]
    for one, two in zip(*written, strict=True):
        assert one.read_bytes() == two.read_bytes()
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "one" / "grade.csv"), frame, check_dtype=False)
    assert "Ada" in (tmp_path / "one" / "grade.svg").read_text("utf-8")  # text as text, not as outlines
    assert not list(tmp_path.rglob("*.part"))


def test_save_figure_refuses_a_name_that_leaves_the_folder(tmp_path):
    with pytest.raises(ValueError, match="may hold letters"):
        pt.save_figure(plt.figure(), "../x", tmp_path)


def test_drawing_changes_nothing_in_the_frame():
    frame = pd.DataFrame(
        {"policy_id": ["b", "a"], "choice": ["x", "x"], "flesch_kincaid_grade": [1.0, np.nan]}, index=[7, 3]
    )
    before = frame.copy()
    pt.plot_sensitivity(frame, policies=POLICIES)
    pd.testing.assert_frame_equal(frame, before)
