"""Where policies are in the reference population: scores of the population, percentiles, correlations, length."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd

from policytools._frames import check_frame, frame_of_rows, typed_frame
from policytools._wording import listed
from policytools.coding.codebook import AnyCodebook, Codebook, codebook_of
from policytools.corpus.corpus import Corpus
from policytools.measures.readability import WORDS_PER_MINUTE
from policytools.scores.choices import aggregate, stated_weights
from policytools.scores.dimensions import (
    FORMULA,
    Dimension,
    Dimensions,
    checklist_column,
    options_of,
    policy_metrics,
    resolve,
    score_between,
    under_options,
)
from policytools.scores.reference import NOT_JUDGED, population_metrics
from policytools.scores.score_draws import Scores, scores_of
from policytools.scores.transparency import quantiles

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
_LENGTH = {
    "policy_id": "str", "dimension": "str", "n_words": "int64", "score": "float64", "expected": "float64",
    "given_length": "float64", "spearman": "float64", "n_population": "int64",
}  # fmt: skip


def population_scores(
    *,
    dimensions: Sequence[str] | None = None,
    weights: Mapping[str, float] | None = None,
    checklists: Sequence[str] | None = None,
    formula: str = FORMULA,
    codebook: AnyCodebook = "disclosure",
) -> pd.DataFrame:
    """Scores of the population on the dimensions and overall (arithmetic), on the scales of `transparency`.

    Parameters
    ----------
    dimensions, weights, checklists, formula
        As in `transparency`; your own dimensions cannot be scored, because they need the texts.
    codebook : Codebook, str or path
        Its checklists are scored over the items that the population was measured with.

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
    >>> scores = population_scores(dimensions=["readability", "coverage: CalOPPA"])
    >>> scores["dimension"].unique().tolist()
    ['readability', 'coverage: CalOPPA', 'overall']
    """
    codebook = codebook_of(codebook)
    parts = resolve(dimensions, codebook=codebook, checklists=checklists, formula=formula)
    if own := [name for name, of_one in parts.items() if not isinstance(of_one, Dimension)]:
        raise ValueError(
            f"dimensions: {own[0]!r} is a function, which needs the population's texts, and they are not shipped"
        )
    shipped = {name: part.weight for name, part in parts.items() if isinstance(part, Dimension)}
    weights_of = stated_weights(weights, list(parts), shipped if dimensions is None else None)
    points = _points(parts, codebook)
    scores = pd.DataFrame({name: of_one[:, 0] for name, of_one in points.items()})
    scores["overall"] = aggregate(scores.to_numpy()[:, :, None], weights_of[:, None], 0)[:, 0]
    scores.insert(0, "policy_id", population_metrics()["policy_id"])
    long = scores.round(12).melt("policy_id", var_name="dimension", value_name="score")
    return typed_frame({**long}, _SCORES)


def _points(parts: Dimensions, codebook: Codebook) -> dict[str, np.ndarray]:
    """Scores of the population as counted, (policies, variants) of each dimension; NaN where it cannot be judged.

    Units of the population were counted as sentences alone, unless the shipped metrics have the other segmentations.
    """
    metrics = population_metrics()
    for checklist, items in codebook.checklists.items():
        metrics[checklist_column(checklist)] = metrics[_judged(items, codebook)].mean(axis=1)
    found = {}
    for name, part in parts.items():
        if not isinstance(part, Dimension):
            continue
        columns = [
            score_between(metrics[column if column in metrics else changed.metric].to_numpy(), *changed[4:6])
            for changed, column in under_options(part, options_of(part, codebook))
        ]
        found[name] = np.stack(columns, 1)
    return found


def _judged(items: Iterable[str], codebook: Codebook) -> list[str]:
    """Those of the items that the population was measured with and can judge."""
    families = dict(zip(codebook.items["item"], codebook.items["family"]))
    measured = set(population_metrics())
    return [item for item in items if item in measured and families[item] not in NOT_JUDGED]


def _as_judged(scores: Scores) -> Scores:
    """The scores with the mean of each checklist over the items that the population can judge, to compare like with like."""
    if scores.truth is None:
        return scores
    told = pd.DataFrame(scores.truth.probability, columns=scores.truth.codes.items)
    codebook, dimensions = scores.frames.codebook, dict(scores.dimensions)
    for name, part in scores.parts.items():
        one = dimensions[name]
        if isinstance(part, Dimension) and part.from_frame == "coverage":
            lists = [column.removeprefix("coverage: ") for _, column in under_options(part, one.choices)]
            means = [told[_judged(codebook.checklists[each], codebook)].mean(axis=1) for each in lists]
            centre = np.where(np.isnan(one.centre), np.nan, np.stack(means, 1))
            dimensions[name] = replace(one, centre=centre)
    return replace(scores, dimensions=dimensions, kept={})


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


def reference_percentiles(
    frame: pd.DataFrame | Scores, *, population: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Percentile of each value in the population: per cent of its values below, plus half of the equal ones.

    Parameters
    ----------
    frame : Scores or DataFrame
        The result of `score_draws`; or scores from `transparency` (policy_id, dimension, score, low, high), or one row for
        each policy with metrics of the population as columns, such as `readability` gives.
    population : DataFrame, optional
        For scores: the population's scores; `population_scores()` by default. If the scores were made with other
        weights, checklists or formula, give `population_scores(weights=..., checklists=..., formula=...)`.

    Returns
    -------
    DataFrame
        One row for each policy and dimension or metric: policy_id, measure (str), value, percentile (float, 0 to
        100), percentile_low, percentile_high (float: of low and high, NaN without them; for `Scores` the middle of the
        percentiles under drawn choices), n_population (int). NaN, and a population of 0, for a dimension that the
        population was not scored on.

    Raises
    ------
    ValueError
        A frame with neither scores nor a metric of the population; a missing column.

    Notes
    -----
    ::

        percentile = 100 (n_below + n_equal / 2) / n_population

    `population_metrics` says what the population is and is not. For `Scores` weights, formula, checklist and aggregation
    are changed for the policies and for the population in the same draw, and a checklist is scored over the items that the
    population can judge, so that its value can differ from that of `transparency`.

    Examples
    --------
    >>> frame = pd.DataFrame({"policy_id": ["a"], "dimension": ["vagueness"], "score": [0.5], "low": [0.5], "high": [1.0]})
    >>> known = pd.DataFrame({"policy_id": list("pqrs"), "dimension": "vagueness", "score": [0.0, 0.5, 1.0, 1.0]})
    >>> reference_percentiles(frame, population=known)[["percentile", "percentile_high", "n_population"]].values.tolist()
    [[37.5, 75.0, 4.0]]
    """
    if isinstance(frame, Scores):
        return _percentiles_of_scores(frame)
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


def _percentiles_of_scores(scores: Scores) -> pd.DataFrame:
    """Percentile of each policy on each dimension, under the stated choices and under drawn ones."""
    scores = _as_judged(scores)
    points = _points(scores.parts, scores.frames.codebook)
    n = len(population_metrics())
    points = {name: points.get(name, np.full((n, 1), np.nan)) for name in scores.dimensions}
    rows: list[list[tuple]] = []
    for name in scores.names:
        stated = _population_under(scores, points, name, {})
        drawn = _population_under(scores, points, name, scores.chosen)
        own = scores.choice_draws(name)
        known = int((~np.isnan(stated)).all(axis=1).sum())
        of_dimension = []
        for policy, value, chosen in zip(scores.policy_ids, scores.centre(name), own):
            middle, under = (_shares_below(of, at) for of, at in ((stated, value), (drawn, chosen)))
            low, high = quantiles(under[None], scores.tail)
            of_dimension.append((policy, name, value, middle[0], low[0], high[0], known))
        rows.append(of_dimension)
    return frame_of_rows([row for of_policy in zip(*rows) for row in of_policy], _PERCENTILES)


def _population_under(
    scores: Scores, points: Mapping[str, np.ndarray], name: str, chosen: Mapping[str, np.ndarray]
) -> np.ndarray:
    """Scores of the population on a dimension or "overall", (policies, draws), under the choices of each draw."""
    if name != "overall":
        fixed = {choice: number for choice, number in chosen.items() if choice != "checklist"}
        return points[name][:, scores.dimensions[name].variant(fixed) % points[name].shape[1]]
    each = [
        of_one[:, scores.dimensions[dimension].variant(chosen) % of_one.shape[1]]
        for dimension, of_one in points.items()
    ]
    stacked = np.stack(np.broadcast_arrays(*each), 1)
    return aggregate(stacked, chosen.get("weights", scores.weights[:, None]), chosen.get("aggregation", 0))


def _shares_below(population: np.ndarray, value: np.ndarray | float) -> np.ndarray:
    """Percentile of a value, or of one for each draw, in each draw of the population."""
    apart = population - value
    below = (apart < -1e-9).mean(axis=0) + (np.abs(apart) <= 1e-9).mean(axis=0) / 2
    return np.where(np.isnan(apart).any(axis=0), np.nan, 100 * below)


def scores_given_length(corpus: Corpus | Scores, **options: object) -> pd.DataFrame:
    """Scores beside those that policies of the same length have in the population: a longer text tells more.

    Parameters
    ----------
    corpus : Corpus or Scores
        Policies, or the result of `score_draws` for them (then without further options).
    options
        Those of `score_draws`.

    Returns
    -------
    DataFrame
        One row for each policy and dimension of the package: policy_id, dimension (str), n_words (int), score, expected
        (float, 0 to 1: of the population at this length), given_length (float: score - expected; above 0 is more
        transparent than policies of this length), spearman (float: of score and length in the population), n_population
        (int). NaN where a score or the population's is not defined.

    Raises
    ------
    ValueError
        As `score_draws`.

    Notes
    -----
    expected is a + b ln(words), held between 0 and 1, by least squares over the population. A checklist is scored over the
    items that the population can judge. The number says what is usual at a
    length, not what a vendor's services would need.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a"], "text": ["We use cookies. We keep your data for a year."]}))
    >>> found = scores_given_length(corpus, dimensions=["coverage: all"], draws=100)
    >>> found["n_words"].item(), bool(found["spearman"].item() > 0.5)
    (10, True)
    """
    scores = _as_judged(scores_of(corpus, options))
    points = _points(scores.parts, scores.frames.codebook)
    minutes = policy_metrics(scores.frames, columns=["reading_minutes"])["reading_minutes"].fillna(0)
    words = (minutes * WORDS_PER_MINUTE).round().astype("int64").to_numpy()
    logs = np.log(population_metrics()["reading_minutes"].to_numpy() * WORDS_PER_MINUTE)
    rows = []
    for name, of_one in points.items():
        known, r = of_one[:, 0], np.nan
        expected = np.full(len(words), np.nan)
        if not np.isnan(known).any():
            slope, start = np.polyfit(logs, known, 1)
            expected = np.clip(start + slope * np.log(np.maximum(words, 1)), 0, 1)
            r = float(pd.Series(known).corr(pd.Series(logs), method="spearman"))
        values = scores.centre(name)
        rows.append([
            (policy, name, n, value, usual, value - usual, r, int((~np.isnan(known)).sum()))
            for policy, n, value, usual in zip(scores.policy_ids, words, values, expected)
        ])  # fmt: skip
    return frame_of_rows([row for of_policy in zip(*rows) for row in of_policy], _LENGTH)


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

    Checklists with common items also correlate for that reason.

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
