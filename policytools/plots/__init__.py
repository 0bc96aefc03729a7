"""Figures: each function draws one frame on one Axes; beyond 20 policies it draws how they are distributed.

Nothing is measured here. The only numbers made are those of a distribution: bars, quantiles, shares of policies
with their intervals. `highlight` names the policies that stand out of a distribution; up to 20 policies all are
named, and it changes nothing.
"""

from __future__ import annotations

from policytools.display import names
from policytools.figures import note, style
from policytools.plots.corpus import plot_cleaning
from policytools.plots.coverage import plot_coverage, plot_scores
from policytools.plots.ratings import plot_factors, plot_profile
from policytools.plots.reading import plot_readability, plot_sensitivity
from policytools.plots.sharing import plot_shared_text
from policytools.plots.words import plot_dispersion, plot_keyness, plot_terms, plot_vagueness
from policytools.saving import save_figure

__all__ = [
    "names", "note", "plot_cleaning", "plot_coverage", "plot_dispersion", "plot_factors", "plot_keyness", "plot_profile",
    "plot_readability", "plot_scores", "plot_sensitivity", "plot_shared_text", "plot_terms", "plot_vagueness",
    "save_figure", "style",
]  # fmt: skip
