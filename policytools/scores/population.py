"""Where a policy stands among contemporary policies: percentiles, quartiles and how the dimensions hang together.

The population is a fixed set of English privacy policies of online services, measured once with this package.
Its metrics ship in ``resources/population``, the texts do not. ``python benchmarks/population.py FOLDER``
measures it anew from a folder of the texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from policytools._files import PACKAGE
from policytools._frames import require_columns
from policytools.coding.codebook import load_codebook
from policytools.scores.dimensions import FORMULA, checklist_column, checklist_shares, part_scores, resolve
from policytools.scores.transparency import _frame, _weights, aggregate

FOLDER = PACKAGE / "resources" / "population"
SOURCE, LICENCE = "Open Terms Archive", "ODC-BY 1.0"
_BATCH = 12
_SCORES = {"policy_id": "str", "dimension": "str", "score": "float64"}
_QUARTILES = {"dimension": "str", "n_policies": "int64"} | dict.fromkeys(
    ("q10", "q25", "q50", "q75", "q90"), "float64"
)
_PERCENTILES = {
    "policy_id": "str", "measure": "str", "value": "float64", "percentile": "float64", "percentile_low": "float64",
    "percentile_high": "float64", "n_population": "int64",
}  # fmt: skip
_CORRELATIONS = {
    "dimension": "str", "other_dimension": "str", "n_policies": "int64", "spearman": "float64", "low": "float64",
    "high": "float64", "reading": "str",
}  # fmt: skip


def population_documents() -> pd.DataFrame:
    """The documents of the population: service, file, n_words (int), source, licence.

    Returns
    -------
    DataFrame
        One row for each document: service, file (str, its name in the source's folder), n_words (int), source, licence
        (str).

    Examples
    --------
    >>> population_documents()["licence"].unique().tolist()
    ['ODC-BY 1.0']
    """
    return pd.read_csv(FOLDER / "documents.csv", keep_default_na=False)


def population_metrics() -> pd.DataFrame:
    """Metrics of the population, one row for each policy: the columns of `policy_metrics` for the shipped codebook.

    Returns
    -------
    DataFrame
        One row for each policy: policy_id (str), then float64: readability formulas, reading_minutes, vague_per_hundred,
        vague_per_hundred_counted, n_sections, headed_share, section_minutes, and one column for each item (1 addressed,
        0 silent, by the rules).

    Notes
    -----
    What it is: contemporary English policies of online services that volunteers of the Open Terms Archive chose to
    follow, most of them large and well known. What it is not: a random sample of the web, small vendors, makers
    of printers or other devices (items on 3D printing do not apply to it), or policies of 2018 to 2020.

    Examples
    --------
    >>> population_metrics()["policy_id"].is_unique
    True
    """
    metrics = pd.read_csv(FOLDER / "metrics.csv").astype({"policy_id": "str"})
    return metrics.astype({name: "float64" for name in metrics.columns if name != "policy_id"})


def population_overlap() -> pd.DataFrame:
    """How much text unrelated policies share: quantiles over all ordered pairs of the population.

    Returns
    -------
    DataFrame
        quantile, containment (float, 0 to 1: share of a policy's eight-word sequences that stand in the other),
        n_pairs (int).

    Examples
    --------
    >>> population_overlap().columns.tolist()
    ['quantile', 'containment', 'n_pairs']
    """
    return pd.read_csv(FOLDER / "shared_text.csv")


def population_scores(
    *,
    dimensions: Sequence[str] | None = None,
    weights: Mapping[str, float] | None = None,
    checklists: Sequence[str] | None = None,
    formula: str = FORMULA,
) -> pd.DataFrame:
    """Scores of the population on the dimensions and overall (arithmetic), on the scales of `transparency`.

    Parameters
    ----------
    dimensions, weights, checklists, formula
        As in `transparency`; the researcher's own dimensions cannot be scored without the texts.

    Returns
    -------
    DataFrame
        One row for each policy and dimension, "overall" last: policy_id, dimension (str), score (float).

    Raises
    ------
    ValueError
        An unknown dimension, checklist or formula; weights that do not fit; a dimension of your own, which would need the
        texts.

    Examples
    --------
    >>> scores = population_scores(dimensions=["readability", "currency"])
    >>> scores["dimension"].unique().tolist()
    ['readability', 'currency', 'overall']
    """
    codebook = load_codebook("disclosure")
    parts = resolve(dimensions, codebook=codebook, checklists=checklists, formula=formula)
    if own := [name for name, of_one in parts.items() if callable(of_one)]:
        raise ValueError(f"dimensions: {own[0]!r} is a function; the texts of the population are not shipped")
    metrics = population_metrics()
    if lacking := sorted(set(codebook.items["item"]) - set(metrics.columns)):
        raise ValueError(
            f"population: measured without the item(s) {', '.join(lacking[:5])}; measure it anew with "
            "python benchmarks/population.py FOLDER"
        )
    lists = {checklist_column(name): members for name, members in codebook.checklists.items()}
    found = part_scores(metrics.join(checklist_shares(metrics, lists)), parts)
    found["score"] = found["part_score"] * found["weight"]
    wide = (
        found.groupby(["policy_id", "dimension"])["score"]
        .agg(lambda scores: scores.sum(skipna=False))
        .unstack()
    )
    wide = wide.loc[metrics["policy_id"], list(parts)]
    wide["overall"] = aggregate(wide.to_numpy()[:, :, None], _weights(weights, list(parts))[:, None], 0)[:, 0]
    long = {
        "policy_id": np.repeat(wide.index.to_numpy(), wide.shape[1]),
        "dimension": np.tile(wide.columns.to_numpy(), len(wide)),
        "score": wide.to_numpy().ravel().round(12),
    }
    return _frame(long, _SCORES)


def population_quartiles(population: pd.DataFrame | None = None) -> pd.DataFrame:
    """Quantiles of the population's scores, for drawing behind those of the policies at hand.

    Parameters
    ----------
    population : DataFrame, optional
        Scores: policy_id, dimension, score; `population_scores()` by default.

    Returns
    -------
    DataFrame
        One row for each dimension: dimension (str), n_policies (int), q10, q25, q50, q75, q90 (float).

    Raises
    ------
    ValueError
        A missing column.

    Examples
    --------
    >>> known = pd.DataFrame({"policy_id": list("pqrst"), "dimension": "length", "score": [0.0, 0.25, 0.5, 0.75, 1.0]})
    >>> population_quartiles(known).round(2).values.tolist()
    [['length', 5, 0.1, 0.25, 0.5, 0.75, 0.9]]
    """
    scores = population_scores() if population is None else population
    require_columns(scores, "population", ("dimension", "score"))
    rows = []
    for dimension, of_one in scores.groupby("dimension", sort=False)["score"]:
        values = of_one.dropna()
        rows.append((dimension, len(values), *values.quantile([0.1, 0.25, 0.5, 0.75, 0.9])))
    return _frame(dict(zip(_QUARTILES, zip(*rows))) or dict.fromkeys(_QUARTILES, ()), _QUARTILES)


def reference_percentiles(frame: pd.DataFrame, *, population: pd.DataFrame | None = None) -> pd.DataFrame:
    """Share of the population, in per cent, that each value lies above; of equal values half count as below.

    Parameters
    ----------
    frame : DataFrame
        Scores from `transparency` (policy_id, dimension, score, low, high), or one row for each policy with metrics
        of the population as columns, such as `readability` gives.
    population : DataFrame, optional
        For scores: the population's on the same choices; `population_scores()` by default. Give
        `population_scores(weights=..., checklists=..., formula=...)` if the scores were made with such.

    Returns
    -------
    DataFrame
        One row for each policy and dimension or metric: policy_id, measure (str), value, percentile (float, 0 to
        100), percentile_low, percentile_high (float: of low and high; NaN without them), n_population (int). NaN,
        and a population of 0, for a dimension that the population was not scored on.

    Raises
    ------
    ValueError
        A frame with neither scores nor a metric of the population; a missing column.

    Notes
    -----
    ::

        percentile = 100 (n_below + n_equal / 2) / n_population

    See `population_metrics` for what the population is and is not.

    Examples
    --------
    >>> frame = pd.DataFrame({"policy_id": ["a"], "dimension": ["currency"], "score": [0.5], "low": [0.5], "high": [1.0]})
    >>> known = pd.DataFrame({"policy_id": list("pqrs"), "dimension": "currency", "score": [0.0, 0.5, 1.0, 1.0]})
    >>> reference_percentiles(frame, population=known)[["percentile", "percentile_high", "n_population"]].values.tolist()
    [[37.5, 75.0, 4.0]]
    """
    require_columns(frame, "frame", ("policy_id",))
    if {"dimension", "score"} <= set(frame):
        scores = population_scores() if population is None else population
        require_columns(scores, "population", ("dimension", "score"))
        values = {str(name): of_one.to_numpy() for name, of_one in scores.groupby("dimension")["score"]}
        measured = frame.reindex(columns=["policy_id", "dimension", "score", "low", "high"])
    else:
        metrics = population_metrics() if population is None else population
        shared = [str(name) for name in frame if name in metrics and name != "policy_id"]
        if not shared:
            raise ValueError(
                f"frame: neither scores (dimension, score) nor a metric of the population: {list(frame)[:8]}"
            )
        values = {name: metrics[name].to_numpy() for name in shared}
        measured = frame.melt("policy_id", shared, "dimension", "score").assign(low=np.nan, high=np.nan)
    rows = []
    for policy_id, measure, value, low, high in measured.itertuples(index=False):
        known = values.get(measure, np.empty(0))
        known = known[~np.isnan(known)]
        places = [_percentile(known, at) for at in (value, low, high)]
        rows.append((policy_id, measure, value, *places, len(known)))
    return _frame(dict(zip(_PERCENTILES, zip(*rows))) or dict.fromkeys(_PERCENTILES, ()), _PERCENTILES)


def _percentile(known: np.ndarray, value: float) -> float:
    if np.isnan(value) or not len(known):
        return np.nan
    equal = np.isclose(known, value, rtol=0, atol=1e-9)
    return float(100 * (((known < value) & ~equal).sum() + equal.sum() / 2) / len(known))


def dimension_correlations(population: pd.DataFrame | None = None) -> pd.DataFrame:
    """How the dimensions hang together over the population: where an average would hide a contradiction.

    Parameters
    ----------
    population : DataFrame, optional
        Scores: policy_id, dimension, score; `population_scores()` by default.

    Returns
    -------
    DataFrame
        One row for each pair of dimensions ("overall" left out): dimension, other_dimension (str), n_policies (int),
        spearman, low, high (float: rank correlation and its 95 % interval), reading (str): "contradict" (the
        interval lies below 0: who does well on one does badly on the other, and an average of the two hides
        that), "go together" (above 0) or "unrelated" (it holds 0). NaN and "" where a dimension does not vary.

    Notes
    -----
    The interval is Fisher's with the variance (1 + r^2 / 2) / (n - 3) of Bonett & Wright (2000).

    Dimensions that share items (request_method counts in coverage and in actionability) go together for that
    reason too.

    References
    ----------
    Bonett, D. G. & Wright, T. A. (2000). Sample size requirements for estimating Pearson, Kendall and Spearman
    correlations. Psychometrika 65(1), 23-28. doi:10.1007/BF02294183

    Examples
    --------
    >>> known = pd.DataFrame({"policy_id": list("pqrstu") * 2, "dimension": ["long"] * 6 + ["short"] * 6,
    ...     "score": [1, 2, 3, 4, 5, 6, 6, 5, 4, 3, 2, 1]})
    >>> dimension_correlations(known)[["n_policies", "spearman", "reading"]].values.tolist()
    [[6, -1.0, 'contradict']]
    """
    scores = population_scores() if population is None else population
    require_columns(scores, "population", ("policy_id", "dimension", "score"))
    names = [name for name in scores["dimension"].unique() if name != "overall"]
    wide = scores.pivot(index="policy_id", columns="dimension", values="score")
    rows = []
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            both = wide[[one, other]].dropna().rank()
            n = len(both)
            varies = n > 3 and (both.nunique() > 1).all()
            r = float(np.corrcoef(both[one], both[other])[0, 1]) if varies else np.nan
            half = 1.959964 * np.sqrt((1 + r**2 / 2) / (n - 3)) if varies else np.nan
            z = np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12))
            low, high = np.tanh(z - half), np.tanh(z + half)
            reading = (
                "" if np.isnan(r) else "contradict" if high < 0 else "go together" if low > 0 else "unrelated"
            )
            rows.append((one, other, n, round(r, 12), low, high, reading))
    return _frame(dict(zip(_CORRELATIONS, zip(*rows))) or dict.fromkeys(_CORRELATIONS, ()), _CORRELATIONS)
