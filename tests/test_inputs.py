"""What every public function does with input of the wrong kind: an error that names the argument, or the same result."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import policytools as pt

TEXTS = {
    "ada": "# Privacy Policy\n\nWe collect your name. We may share it with our partners.\n\n## Cookies\n\nWe use cookies.",
    "bo": "# Privacy Policy\n\nWe never sell data. We keep it for a year.\n\n## Rights\n\nYou can ask us for a copy.",
}
# Functions that take no frame, corpus or codebook.
OTHERS = {
    "Codebook", "Corpus", "Scores", "Study", "add_policies", "add_policy", "dimension_table", "escape_markdown", "export_study", "load_codebook",
    "load_coder_accuracy", "load_codings", "load_corpus", "load_open_terms_archive", "load_princeton_leuven", "load_rule_accuracy",
    "load_study", "load_table", "load_weightings",
    "new_study", "note", "population_documents", "population_metrics", "population_overlap", "population_scores",
    "read_policies", "references", "save_figure", "style",
}  # fmt: skip
ANY_FRAME = [("table", "frame"), ("explore", "frame")]
NO_POLICY = [
    *ANY_FRAME,
    ("describe_coders", "coverage"),
    ("describe_coders", "hand_codings"),
    ("plot_factors", "sensitivity"),
]
# Frames in which rows may repeat a policy and item, or whatever else identifies a row elsewhere.
MAY_REPEAT = ("codings", "before", "after", "rows", "positions", "terms")
MAY_REPEAT_IN = [
    *NO_POLICY[:4], ("check_evidence", "hand_codings"), ("show_evidence", "hand_codings"), ("show_evidence", "frame"),
    ("methods", "hand_codings"),
]  # fmt: skip
KEYS = {"population": "dimension", "keyness": "term", "sensitivity": "policy_id"}


@pytest.fixture(scope="module")
def inputs(tmp_path_factory) -> dict[str, dict[str, Any]]:
    """Valid arguments of each function."""
    frame = pd.DataFrame(
        {"policy_id": list(TEXTS), "vendor": ["Ada Ltd", "Bo & Sons"], "text": list(TEXTS.values())}
    )
    corpus = pt.corpus_from_texts(frame.assign(format="markdown"))
    dated = pt.corpus_from_texts(
        frame.assign(format="markdown", vendor="Ada", captured_on=["2020-01-01", "2021-01-01"])
    )
    s, policies, book = corpus.sentences, corpus.policies, pt.load_codebook("printing")
    codings = pt.code_sentences(s, book)
    coverage = pt.coverage(codings, book, policies)
    hand = pd.DataFrame({
        "policy_id": ["ada", "bo"], "item": "cookies", "coder": ["A", "A"], "code": [1, 0],
        "evidence": ["We use cookies.", ""], "coder_kind": "person",
    })  # fmt: skip
    codes = pd.concat([hand.assign(coder=coder) for coder in ("A", "B")], ignore_index=True)
    scores = pt.score_draws(corpus, dimensions=["readability", "coverage: CalOPPA"], draws=20)
    terms, found = pt.term_frequencies(s), pt.transparency(scores)
    population = pt.population_scores()
    choices = pt.reading_sensitivity(corpus)
    agreement = {"codes": codes, "unit": ["policy_id", "item"], "coder": "coder", "value": "code"}
    compared = pt.compare_scores(scores)
    drawn = {"policies": policies}
    return {
        "Frames": {"corpus": corpus, "codebook": book},
        "check_evidence": {"hand_codings": hand, "sentences": s},
        "cleaning_account": {"corpus": corpus},
        "code_sentences": {"sentences": s, "codebook": book},
        "cohen_kappa": agreement,
        "collocations": {"sentences": s},
        "compare_scores": {"corpus": scores},
        "compare_codings": {"before": codings.head(1), "after": codings},
        "corrected_difference": {
            "coverage": coverage.assign(year=2026).assign(year=lambda f: f["year"] - (f["policy_id"] == "ada")),
            "truth": hand.drop(columns="coder"), "by": "year", "between": (2025, 2026),
        },
        "corrected_share": {"coverage": coverage, "truth": hand.drop(columns="coder")},
        "corpus_from_texts": {"frame": frame},
        "coverage": {"codings": codings, "codebook": book, "policies": policies, "hand_codings": hand},
        "as_of": {"corpus": dated, "date": "2030"},
        "write_redline": {"corpus": dated, "earlier": "ada", "later": "bo", "path": tmp_path_factory.mktemp("redline") / "page.html", "codebook": book},
        "version_measures": {"corpus": dated, "codebook": book},
        "compare_versions": {"corpus": dated, "earlier": "ada", "later": "bo"},
        "disclosure_changes": {"corpus": dated, "codebook": book},
        "version_table": {"corpus": dated},
        "coverage_scores": {"coverage": coverage, "codebook": book},
        "coverage_table": {"coverage": coverage, "codings": codings, "codebook": book, "policies": policies},
        "describe_coders": {"coverage": coverage, "hand_codings": hand},
        "dimension_correlations": {"population": population},
        "dispersion": {"sentences": s, "parts": "section"},
        "explore": {"frame": coverage, "policies": policies},
        "find_vague_terms": {"sentences": s},
        "fleiss_kappa": agreement,
        "format_kwic": {"rows": pt.kwic(s, "data")},
        "keyness": {"terms": terms, "target": "ada", "reference": "others", "policies": policies},
        "krippendorff_alpha": {**agreement, "level": "nominal"},
        "kwic": {"sentences": s, "pattern": "data"},
        "methods": {"corpus": corpus, "codebook": book, "hand_codings": hand, "measures": ["coverage"]},
        "names": {"policies": policies},
        "newest_policies": {"corpus": corpus},
        "one_at_a_time": {"corpus": scores},
        "plot_cleaning": {"blocks": pt.cleaning_account(corpus), **drawn},
        "plot_coverage": {"coverage": coverage, **drawn},
        "plot_dispersion": {"positions": pd.DataFrame({"policy_id": ["ada"], "position": [0.5]}), **drawn},
        "plot_factors": {"sensitivity": pt.ranking_sensitivity(scores).query("output == 'all differences'")},
        "plot_keyness": {"keyness": pt.keyness(terms, target="ada", reference="bo")},
        "plot_pairs": {"pairs": compared, **drawn, "dimension": "readability"},
        "plot_ranks": {"ranks": pt.score_ranks(scores), **drawn, "dimension": "readability"},
        "score_answer": {"pairs": compared, **drawn, "checklists": ["CalOPPA"]},
        "plot_profile": {"transparency": found, **drawn},
        "plot_readability": {"readability": pt.readability(s), **drawn},
        "plot_scores": {"scores": pt.coverage_scores(coverage, book), **drawn},
        "plot_sensitivity": {"sensitivity": choices, **drawn},
        "plot_shared_text": {"shared": pt.shared_text(s, n=2), **drawn},
        "plot_terms": {"terms": terms, **drawn},
        "plot_vagueness": {"vagueness": pt.vagueness(s), **drawn},
        "population_quartiles": {"population": population},
        "precision_recall": {**agreement, "reference": "A", "judged": "B", "positive": 1},
        "ranking_sensitivity": {"corpus": scores},
        "readability": {"sentences": s},
        "reading_intervals": {"sentences": s, "draws": 20},
        "reading_sensitivity": {"corpus": corpus},
        "reference_percentiles": {"frame": found, "population": population},
        "score_draws": {"corpus": corpus, "codebook": book, "dimensions": ["coverage: CalOPPA"], "draws": 20},
        "score_evidence": {"corpus": scores, "policy_id": "ada", "dimension": "coverage: CalOPPA"},
        "score_parts": {"corpus": scores},
        "score_ranks": {"corpus": scores},
        "scores_given_length": {"corpus": scores},
        "section_tests": {"corpus": corpus, "permutations": 20},
        "shared_passages": {"sentences": s, "policy_id": "ada", "other_id": "bo", "n": 2, "policies": policies},
        "shared_text": {"sentences": s, "n": 2},
        "show_evidence": {
            "frame": coverage, "policy_id": "ada", "item": "cookies", "codings": codings, "sentences": s,
            "codebook": book, "hand_codings": hand, "policies": policies,
        },
        "structure": {"sentences": s},
        "table": {"frame": coverage, "policies": policies},
        "term_frequencies": {"sentences": s},
        "transparency": {"corpus": scores},
        "vagueness": {"sentences": s},
        "what_would_change": {"corpus": scores, "policy_id": "ada", "other_id": "bo"},
        "write_report": {
            "corpus": corpus, "path": tmp_path_factory.mktemp("report") / "page.html", "codebook": book,
            "codings": codings, "coverage": coverage, "hand_codings": hand,
        },
    }  # fmt: skip


@pytest.fixture(autouse=True)
def no_open_figures():
    yield
    plt.close("all")


FUNCTIONS = sorted(set(pt.__all__) - OTHERS)


def frames_of(given: dict[str, Any]) -> list[str]:
    return [argument for argument, value in given.items() if isinstance(value, pd.DataFrame)]


def refused(function: Callable, given: dict[str, Any], argument: str, value: object) -> str:
    """The message of the error for one wrong argument; it names the argument."""
    with pytest.raises((ValueError, TypeError)) as caught:
        function(**{**given, argument: value})
    message = str(caught.value)
    named = {
        argument,
        "codings" if argument == "frame" else argument,
        "coverage" if argument == "frame" else "",
    } - {""}
    assert any(name in message for name in named), message
    return message


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_tried(name, inputs):
    assert name in inputs
    assert set(inputs[name]) <= set(signature(getattr(pt, name)).parameters) | {"dimensions", "draws"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_wrong_kind_of_object_is_named(name, inputs):
    function, given = getattr(pt, name), inputs[name]
    corpus = inputs["cleaning_account"]["corpus"]
    for argument in given:
        is_frame = isinstance(given[argument], pd.DataFrame)
        if argument in ("corpus", "codebook") or is_frame:
            for wrong in ("x", 3, ["ada"], {}, corpus if argument != "corpus" else corpus.sentences):
                refused(function, given, argument, wrong)
            optional = signature(function).parameters[argument].default is None
            if not optional:
                refused(function, given, argument, None)
    if "sentences" in given:
        assert "pass corpus.sentences" in refused(function, given, "sentences", corpus)
        refused(function, given, "sentences", corpus.blocks)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_columns_that_are_missing_doubled_or_empty_are_named(name, inputs):
    function, given = getattr(pt, name), inputs[name]
    for argument in frames_of(given):
        frame = given[argument]
        if (name, argument) in NO_POLICY:
            continue
        key = KEYS.get(argument, "policy_id")
        refused(function, given, argument, frame.drop(columns=key))
        refused(function, given, argument, pd.concat([frame, frame[[key]]], axis=1))
        message = refused(function, given, argument, frame.rename(columns={key: key[:-1]}))
        assert f"did you mean '{key[:-1]}'" in message
        if key == "policy_id":
            assert key in refused(function, given, argument, frame.set_index(key))
            holed = frame.astype({key: "object"}).reset_index(drop=True)
            holed.loc[0, key] = None
            message = refused(function, given, argument, holed)
            assert "missing" in message or "empty" in message


@pytest.mark.parametrize("name", FUNCTIONS)
def test_rows_that_occur_twice_are_named(name, inputs):
    function, given = getattr(pt, name), inputs[name]
    for argument in frames_of(given):
        if argument not in MAY_REPEAT and (name, argument) not in MAY_REPEAT_IN:
            frame = given[argument]
            message = refused(function, given, argument, pd.concat([frame, frame.tail(1)]))
            assert "more than one" in message or "second code" in message


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_index_is_not_used_and_nothing_is_changed(name, inputs):
    function, given = getattr(pt, name), inputs[name]
    before = {argument: given[argument].copy() for argument in frames_of(given)}
    expected = function(**given)
    for argument, frame in before.items():
        if (name, argument) in ANY_FRAME:  # their index is shown
            continue
        column = frame.columns[0]
        for odd in (
            frame.set_index(pd.Index([7] * len(frame), name=column)),
            frame.set_index(column, drop=False),
        ):
            result = function(**{**given, argument: odd})
            if isinstance(expected, pd.DataFrame):
                pd.testing.assert_frame_equal(result, expected)
            elif isinstance(expected, str | float | dict):
                assert result == pytest.approx(expected, nan_ok=True)
    for argument, frame in before.items():
        pd.testing.assert_frame_equal(given[argument], frame)


MEASURES = [name for name in FUNCTIONS if "sentences" in signature(getattr(pt, name)).parameters]


@pytest.mark.parametrize("name", sorted(set(MEASURES) - {"check_evidence", "show_evidence"}))
def test_shuffled_units_give_the_same(name, inputs):
    function, given = getattr(pt, name), inputs[name]
    expected = function(**given)
    result = function(**{**given, "sentences": given["sentences"].sample(frac=1, random_state=1)})
    if name in ("readability", "reading_intervals"):  # in order of first appearance
        expected, result = (frame.sort_values("policy_id", ignore_index=True) for frame in (expected, result))
    pd.testing.assert_frame_equal(result, expected)


def test_ids_that_are_numbers_are_texts_and_sections_may_be_missing(inputs):
    s = inputs["readability"]["sentences"]
    numbered = s.assign(policy_id=s["policy_id"].map({"ada": 1, "bo": 2}), section=None)
    named = s.assign(policy_id=s["policy_id"].map({"ada": "1", "bo": "2"}), section="")
    for measure in (
        pt.readability,
        pt.reading_intervals,
        pt.vagueness,
        lambda f: pt.dispersion(f, parts="section"),
    ):
        pd.testing.assert_frame_equal(measure(numbered), measure(named))


@pytest.mark.parametrize(
    ("name", "argument", "wrong", "allowed"),
    [
        ("reading_intervals", "draws", 0, "whole number from 2"),
        ("reading_intervals", "confidence", 95, "above 0 and below 1"),
        ("reading_intervals", "seed", "x", "whole number from 0"),
        ("reading_intervals", "formula", "flesch_kincaid", "did you mean 'flesch_kincaid_grade'"),
        ("score_draws", "draws", 1, "whole number from 2"),
        ("score_draws", "confidence", 1, "above 0 and below 1"),
        ("score_draws", "seed", 1.5, "whole number from 0"),
        ("score_draws", "concentration", -1, "above 0"),
        ("score_draws", "error_factor", -1, "from 0"),
        ("section_tests", "permutations", 0, "whole number from 1"),
        ("what_would_change", "other_id", "boo", "did you mean 'bo'"),
        ("keyness", "prior_words", -1, "above 0"),
        ("keyness", "min_count", -3, "whole number from 1"),
        ("collocations", "min_count", 0, "whole number from 1"),
        ("dispersion", "min_count", True, "whole number from 1"),
        ("kwic", "timeout", float("nan"), "above 0"),
        ("shared_text", "n", 2.5, "whole number from 1"),
        ("shared_text", "min_jaccard", 5, "from 0 to 1"),
        ("plot_keyness", "n", 0, "whole number from 1"),
        ("table", "rows", "all", "whole number from 1"),
        ("precision_recall", "confidence", None, "above 0 and below 1"),
        ("keyness", "target", "Ada Ldt", "did you mean 'Ada Ltd'"),
        ("shared_passages", "other_id", "boo", "did you mean 'bo'"),
        ("score_evidence", "policy_id", "ADA", "did you mean"),
        ("show_evidence", "item", "cokies", "did you mean 'cookies'"),
        ("code_sentences", "codebook", "disclosures", "did you mean 'disclosure'"),
        ("plot_coverage", "highlight", ["Bo and Sons"], "did you mean 'Bo & Sons'"),
    ],
)  # fmt: skip
def test_what_is_allowed_is_said(name, argument, wrong, allowed, inputs):
    assert allowed in refused(getattr(pt, name), inputs[name], argument, wrong)


def test_a_vendor_is_a_name_for_the_only_policy(inputs):
    for name, argument in (("show_evidence", "policy_id"), ("score_evidence", "policy_id"), ("shared_passages", "other_id"),
                           ("keyness", "target")):  # fmt: skip
        function, given = getattr(pt, name), inputs[name]
        vendor = {"ada": "Ada Ltd", "bo": "Bo & Sons"}[given[argument]]
        by_vendor, by_id = function(**{**given, argument: vendor}), function(**given)
        if isinstance(by_id, pd.DataFrame):
            pd.testing.assert_frame_equal(by_vendor, by_id)
        else:
            assert repr(by_vendor) == repr(by_id)
    assert inputs["names"]["policies"]["vendor"].tolist() == ["Ada Ltd", "Bo & Sons"]
    with pytest.raises(ValueError, match="pass policies="):
        pt.keyness(inputs["keyness"]["terms"], target="Ada Ltd", reference="others")
    corpus = inputs["cleaning_account"]["corpus"]
    assert corpus.raw_text("Ada Ltd") == TEXTS["ada"]


def test_a_codebook_may_be_given_by_its_name(inputs):
    s, book = inputs["code_sentences"]["sentences"], inputs["code_sentences"]["codebook"]
    pd.testing.assert_frame_equal(pt.code_sentences(s, "printing"), pt.code_sentences(s, book))
