"""The reference population: percentiles of policies, quartiles of scores, correlations of the dimensions.

The population is a fixed set of English privacy policies of online services, measured once with this package.
The package ships its metrics in ``resources/population``, not its texts. ``python benchmarks/population.py FOLDER``
measures a folder of the texts again.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from policytools._files import PACKAGE
from policytools._frames import check_frame, frame_of_rows, typed_frame
from policytools._wording import listed
from policytools.coding.codebook import load_codebook
from policytools.scores.dimensions import FORMULA, all_parts, checklist_shares, part_scores, resolve
from policytools.scores.score_draws import aggregate, stated_weights

FOLDER = PACKAGE / "resources" / "population"
_CELL = ["policy_id", "dimension"]
_SCORES = {"policy_id": "str", "dimension": "str", "score": "float64"}
_QUARTILES = {
    "dimension": "str", "n_policies": "int64", "q10": "float64", "q25": "float64", "q50": "float64", "q75": "float64",
    "q90": "float64",
}  # fmt: skip
_PERCENTILES = {
    "policy_id": "str", "measure": "str", "value": "float64", "percentile": "float64", "percentile_low": "float64",
    "percentile_high": "float64", "n_population": "int64",
}  # fmt: skip
_CORRELATIONS = {
    "dimension": "str", "other_dimension": "str", "n_policies": "int64", "spearman": "float64", "low": "float64",
    "high": "float64", "reading": "str",
}  # fmt: skip


def population_documents() -> pd.DataFrame:
    """The documents of the population, with their source and licence.

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
    The population consists of contemporary English policies of online services that volunteers of the Open Terms
    Archive chose to follow; most services are large and well known. It is no random sample of the web. It holds no
    small vendors, no makers of printers or other devices (items on 3D printing do not apply to it) and no policies of
    2018 to 2020.

    Examples
    --------
    >>> population_metrics()["policy_id"].is_unique
    True
    """
    metrics = pd.read_csv(FOLDER / "metrics.csv", index_col="policy_id", dtype={"policy_id": "str"})
    return metrics.astype("float64").reset_index()


def population_overlap() -> pd.DataFrame:
    """How much text unrelated policies share: quantiles over all ordered pairs of the population.

    Returns
    -------
    DataFrame
        quantile, containment (float, 0 to 1: share of a policy's eight-word sequences that the other has too),
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
        As in `transparency`; your own dimensions cannot be scored, because they need the texts.

    Returns
    -------
    DataFrame
        One row for each policy and dimension, "overall" last: policy_id, dimension (str), score (float).

    Raises
    ------
    ValueError
        An unknown dimension, checklist or formula; weights that do not match the dimensions; a dimension of your own.

    Examples
    --------
    >>> scores = population_scores(dimensions=["readability", "currency"])
    >>> scores["dimension"].unique().tolist()
    ['readability', 'currency', 'overall']
    """
    codebook = load_codebook("disclosure")
    parts = resolve(dimensions, codebook=codebook, checklists=checklists, formula=formula)
    if own := [name for name, of_one in parts.items() if callable(of_one)]:
        raise ValueError(
            f"dimensions: {own[0]!r} is a function, which needs the population's texts, and they are not shipped"
        )
    metrics = population_metrics()
    if lacking := sorted(set(codebook.items["item"]) - set(metrics.columns)):
        raise ValueError(
            f"population: measured without the item(s) {listed(lacking)}; measure it again with "
            "python benchmarks/population.py FOLDER"
        )
    found = part_scores(metrics.join(checklist_shares(metrics, codebook)), all_parts(parts))
    found["score"] = found["part_score"] * found["weight"]
    sums = found.groupby(["policy_id", "dimension"], sort=False)["score"].sum(skipna=False)
    scores = sums.unstack()[list(parts)]
    weights_of = stated_weights(weights, list(parts))[:, None]
    scores["overall"] = aggregate(scores.to_numpy()[:, :, None], weights_of, 0)[:, 0]
    return typed_frame({**pd.Series(scores.round(12).stack(), name="score").reset_index()}, _SCORES)


def population_quartiles(population: pd.DataFrame | None = None) -> pd.DataFrame:
    """Quantiles of the population's scores, as a background for the scores of other policies.

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
    scores = check_frame(scores, "population", ("dimension", "score"))
    rows = [
        (dimension, values.count(), *values.quantile([0.1, 0.25, 0.5, 0.75, 0.9]))
        for dimension, values in scores.groupby("dimension", sort=False)["score"]
    ]
    return frame_of_rows(rows, _QUARTILES)


def reference_percentiles(frame: pd.DataFrame, *, population: pd.DataFrame | None = None) -> pd.DataFrame:
    """Percentile of each value in the population: per cent of its values below, plus half of the equal ones.

    Parameters
    ----------
    frame : DataFrame
        Scores from `transparency` (policy_id, dimension, score, low, high), or one row for each policy with metrics
        of the population as columns, such as `readability` gives.
    population : DataFrame, optional
        For scores: the population's scores; `population_scores()` by default. If the scores were made with other
        weights, checklists or formula, give `population_scores(weights=..., checklists=..., formula=...)`.

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

    `population_metrics` says what the population is and is not.

    Examples
    --------
    >>> frame = pd.DataFrame({"policy_id": ["a"], "dimension": ["currency"], "score": [0.5], "low": [0.5], "high": [1.0]})
    >>> known = pd.DataFrame({"policy_id": list("pqrs"), "dimension": "currency", "score": [0.0, 0.5, 1.0, 1.0]})
    >>> reference_percentiles(frame, population=known)[["percentile", "percentile_high", "n_population"]].values.tolist()
    [[37.5, 75.0, 4.0]]
    """
    is_scored = isinstance(frame, pd.DataFrame) and {"dimension", "score"} <= set(frame)
    columns = _CELL if is_scored else ["policy_id"]
    frame = check_frame(frame, "frame", columns, unit=columns)
    if is_scored:
        scores = population_scores() if population is None else population
        scores = check_frame(scores, "population", ("dimension", "score"))
        values = {str(name): of_one.to_numpy() for name, of_one in scores.groupby("dimension")["score"]}
        measured = frame.reindex(columns=["policy_id", "dimension", "score", "low", "high"])
    else:
        metrics = population_metrics() if population is None else check_frame(population, "population", ())
        shared = [str(name) for name in frame if name in metrics and name != "policy_id"]
        if not shared:
            raise ValueError(
                "frame: needs scores (columns dimension, score) or a metric of the population as a column, and has "
                f"neither; there are {listed(frame.columns, 8)}"
            )
        values = {name: metrics[name].to_numpy() for name in shared}
        measured = frame.melt("policy_id", shared, "dimension", "score").assign(low=np.nan, high=np.nan)
    rows = []
    for policy_id, measure, value, low, high in measured.itertuples(index=False):
        known = values.get(measure, np.empty(0))
        known = known[~np.isnan(known)]
        percentiles = [_percentile(known, bound) for bound in (value, low, high)]
        rows.append((policy_id, measure, value, *percentiles, len(known)))
    return frame_of_rows(rows, _PERCENTILES)


def _percentile(known: np.ndarray, value: float) -> float:
    if np.isnan(value) or not len(known):
        return np.nan
    equal = np.isclose(known, value, rtol=0, atol=1e-9)
    return float(100 * (((known < value) & ~equal).sum() + equal.sum() / 2) / len(known))


def dimension_correlations(population: pd.DataFrame | None = None) -> pd.DataFrame:
    """Rank correlations of the dimensions over the population; a negative one is hidden by an average.

    Parameters
    ----------
    population : DataFrame, optional
        Scores: policy_id, dimension, score; `population_scores()` by default.

    Returns
    -------
    DataFrame
        One row for each pair of dimensions ("overall" left out): dimension, other_dimension (str), n_policies (int),
        spearman, low, high (float: rank correlation and its 95 % interval), reading (str): "contradict" (the
        interval is below 0: policies that score high on one score low on the other, and an average of the two hides
        that), "go together" (above 0) or "unrelated" (it contains 0). NaN and "" where a dimension does not vary.

    Notes
    -----
    The interval is Fisher's with the variance (1 + r^2 / 2) / (n - 3) of Bonett & Wright (2000).

    Dimensions with common items (request_method counts in coverage and in actionability) also correlate for that
    reason.

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
    scores = check_frame(scores, "population", (*_CELL, "score"))
    names = [name for name in scores["dimension"].unique() if name != "overall"]
    wide = scores.pivot(index="policy_id", columns="dimension", values="score")
    rows = []
    for one, other in combinations(names, 2):
        both = wide[[one, other]].dropna().rank()
        n = len(both)
        r, low, high = np.nan, np.nan, np.nan
        if n > 3 and (both.nunique() > 1).all():
            r = float(np.corrcoef(both[one], both[other])[0, 1])
            z = np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12))
            half = 1.959964 * np.sqrt((1 + r**2 / 2) / (n - 3))
            low, high = np.tanh(z - half), np.tanh(z + half)
        rows.append((one, other, n, round(r, 12), low, high, _correlation_reading(low, high)))
    return frame_of_rows(rows, _CORRELATIONS)


def _correlation_reading(low: float, high: float) -> str:
    if np.isnan(low):
        return ""
    if high < 0:
        return "contradict"
    return "go together" if low > 0 else "unrelated"
