"""policytools: load, clean, measure and compare privacy policies.

The names below are the public ones; each is loaded when it is first used, so that the import costs nothing.

>>> import policytools as pt
>>> corpus = pt.load_corpus("data")
>>> pt.readability(corpus.sentences)["flesch_kincaid_grade"].round(1).tolist()  # doctest: +SKIP
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# Module -> the public names in it.
_PUBLIC = {
    "_wording": "escape_markdown",
    "coding.agreement": "cohen_kappa fleiss_kappa krippendorff_alpha precision_recall",
    "coding.codebook": "Codebook load_codebook",
    "coding.coverage": "code_sentences compare_codings coverage coverage_scores",
    "coding.estimates": "corrected_difference corrected_share",
    "coding.hand_codings": "describe_coders load_codings",
    "coding.quotes": "check_evidence",
    "coding.rule_accuracy": "load_rule_accuracy",
    "corpus.add": "add_policies add_policy",
    "corpus.archives": "load_princeton_leuven load_table",
    "corpus.corpus": "Corpus cleaning_account corpus_from_texts load_corpus read_policies",
    "corpus.newest": "newest_policies",
    "measures.collocations": "collocations",
    "measures.dispersion": "dispersion",
    "measures.keyness": "keyness",
    "measures.kwic": "format_kwic kwic",
    "measures.readability": "readability",
    "measures.reading_intervals": "reading_intervals",
    "measures.reading_sensitivity": "reading_sensitivity",
    "measures.shared_text": "shared_passages shared_text",
    "measures.structure": "structure",
    "measures.terms": "term_frequencies",
    "measures.vagueness": "find_vague_terms vagueness",
    "plots.cleaning": "plot_cleaning",
    "plots.coverage": "plot_coverage plot_scores",
    "plots.pairs": "plot_pairs plot_ranks",
    "plots.readability": "plot_readability plot_sensitivity",
    "plots.save": "save_figure",
    "plots.shared_text": "plot_shared_text",
    "plots.style": "note style",
    "plots.terms": "plot_dispersion plot_keyness plot_terms",
    "plots.transparency": "plot_factors plot_profile",
    "plots.vagueness": "plot_vagueness",
    "report.answers": "score_answer",
    "report.evidence": "coverage_table show_evidence",
    "report.evidence_page": "write_report",
    "report.methods": "methods references",
    "report.redline": "write_redline",
    "scores.choices": "load_weightings",
    "scores.coder_accuracy": "load_coder_accuracy",
    "scores.compare": "compare_scores",
    "scores.dimensions": "Frames dimension_table",
    "scores.population": (
        "dimension_correlations population_quartiles population_scores reference_percentiles scores_given_length"
    ),
    "scores.ranks": "score_ranks",
    "scores.reference": "population_documents population_metrics population_overlap",
    "scores.score_draws": "Scores score_draws",
    "scores.section_tests": "section_tests",
    "scores.sensitivity": "one_at_a_time ranking_sensitivity",
    "scores.trace": "score_evidence score_parts",
    "scores.transparency": "transparency",
    "scores.what_would_change": "what_would_change",
    "study.export": "export_study",
    "study.new": "new_study",
    "study.settings": "Study load_study",
    "tables": "explore names table",
    "versions.align": "compare_versions",
    "versions.changes": "disclosure_changes",
    "versions.history": "load_open_terms_archive",
    "versions.measures": "version_measures",
    "versions.states": "as_of version_table",
}
_HOME = {name: module for module, names in _PUBLIC.items() for name in names.split()}
__all__ = sorted(_HOME)  # noqa: PLE0605
_GONE = {
    "pairwise_probabilities": "compare_scores",
    "rank_probabilities": "score_ranks",
}  # name -> what to use


def __getattr__(name: str) -> Any:
    if name in _GONE:
        raise AttributeError(
            f"{name} was removed, because it took choices for probabilities; use {_GONE[name]}"
        )
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
