"""policytools: load, clean, measure and compare privacy policies.

The names below are the public ones; each is loaded when it is first used, so that the import costs nothing.

>>> import policytools as pt
>>> corpus = pt.load_corpus("data")
>>> pt.readability(corpus.sentences)["flesch_kincaid_grade"].round(1).tolist()  # doctest: +SKIP
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "adding": ["add_policies", "add_policy"],
    "agreement": ["cohen_kappa", "fleiss_kappa", "krippendorff_alpha", "precision_recall"],
    "citing": ["methods", "references"],
    "cleaning": ["cleaning_account"],
    "codings": ["describe_coders", "load_codings"],
    "codebook": ["Codebook", "load_codebook"],
    "concordance": ["format_kwic", "kwic"],
    "corpus": ["Corpus", "corpus_from_texts", "load_corpus", "read_policies"],
    "coverage": ["check_evidence", "code_sentences", "compare_codings", "coverage", "coverage_scores"],
    "display": ["explore", "names", "table"],
    "loaders": ["load_open_terms_archive", "load_princeton_leuven", "load_table"],
    "plots": [
        "note",
        "plot_cleaning",
        "plot_coverage",
        "plot_dispersion",
        "plot_factors",
        "plot_keyness",
        "plot_profile",
        "plot_readability",
        "plot_scores",
        "plot_sensitivity",
        "plot_shared_text",
        "plot_terms",
        "plot_vagueness",
        "save_figure",
        "style",
    ],
    "readability": ["reading_intervals", "reading_sensitivity", "readability"],
    "evidence": ["coverage_table", "show_evidence"],
    "exporting": ["export_study"],
    "report": ["write_report"],
    "reuse": ["shared_passages", "shared_text"],
    "population": [
        "dimension_correlations",
        "population_documents",
        "population_metrics",
        "population_overlap",
        "population_quartiles",
        "population_scores",
        "reference_percentiles",
    ],
    "rule_accuracy": ["load_rule_accuracy"],
    "scales": ["Frames", "dimension_table", "newest_policies"],
    "sensitivity": ["one_at_a_time", "ranking_sensitivity"],
    "structure": ["structure"],
    "study": ["new_study"],
    "terms": ["collocations", "dispersion", "keyness", "term_frequencies"],
    "tracing": ["score_evidence", "score_parts"],
    "transparency": ["Scores", "pairwise_probabilities", "rank_probabilities", "score_draws", "transparency"],
    "vagueness": ["find_vague_terms", "vagueness"],
}
_HOME = {name: module for module, names in _PUBLIC.items() for name in names}
__all__ = sorted(_HOME)  # noqa: PLE0605


class _Package(ModuleType):
    """The package. Where a function has its module's name (``readability``), the name means the function."""

    def __getattr__(self, name: str) -> Any:
        if name not in _HOME:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{self.__name__}.{_HOME[name]}"), name)
        setattr(self, name, value)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        # The import system binds a submodule to the package under its own name, over the function.
        if isinstance(value, ModuleType) and name in _HOME and hasattr(value, name):
            value = getattr(value, name)
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return [*__all__, "__version__"]


sys.modules[__name__].__class__ = _Package
