"""How far coders agree: Cohen's and Fleiss' kappa, Krippendorff's alpha, precision and recall.

All four read one long frame of codes, a row for each unit and coder. What a unit is (a policy and an
item, say), who coded it and where the code stands are named by the caller.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd

from policytools._frames import require_columns
from policytools._statistics import wilson

LEVELS = ("nominal", "ordinal", "interval", "ratio")


def cohen_kappa(codes: pd.DataFrame, *, unit: str | Sequence[str], coder: str, value: str) -> float:
    """Cohen's kappa: agreement of two coders beyond chance; 1 is perfect, 0 is chance.

    Parameters
    ----------
    codes : DataFrame
        One row for each unit and coder, two coders. Missing codes are as if the row were not there.
    unit : str or sequence of str
        Column or columns that say what was coded, for example `["policy_id", "item"]`.
    coder : str
        Column that says who coded.
    value : str
        Column of the codes, of any dtype; equal codes count as agreement.

    Returns
    -------
    float
        Kappa over the units that both coded; NaN if there is none, or if both used the same single code.

    Raises
    ------
    ValueError
        A column is missing, a coder has two codes for a unit, or there are not two coders.

    Notes
    -----
    With p_o the share of units on which the two agree, and p_e the sum over the codes of the product of
    the two coders' shares of that code: kappa = (p_o - p_e) / (1 - p_e).

    References
    ----------
    Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological
    Measurement, 20(1), 37-46. doi:10.1177/001316446002000104

    Examples
    --------
    >>> import pandas as pd
    >>> codes = pd.DataFrame({"item": ["name", "email", "cookies", "rights"] * 2,
    ...                       "coder": ["A"] * 4 + ["B"] * 4,
    ...                       "code": [1, 1, 0, 0, 1, 0, 0, 0]})
    >>> cohen_kappa(codes, unit="item", coder="coder", value="code")
    0.5
    """
    rated = _rated(codes, unit, coder, value)
    coders = _unique(rated["coder"])
    if len(rated) and len(coders) != 2:
        raise ValueError(
            f"codes: two coders are needed, column {coder!r} holds {len(coders)}: {_list(coders)}"
        )
    both = rated.pivot(index="unit", columns="coder", values="code").dropna()
    if both.empty:
        return float("nan")
    counts = np.zeros((2, rated["code"].max() + 1))
    for row, column in enumerate(both):
        np.add.at(counts[row], both[column].astype(int), 1)
    observed = (both.iloc[:, 0] == both.iloc[:, 1]).mean()
    expected = (counts[0] @ counts[1]) / len(both) ** 2
    return _beyond_chance(observed, expected)


def fleiss_kappa(codes: pd.DataFrame, *, unit: str | Sequence[str], coder: str, value: str) -> float:
    """Fleiss' kappa: agreement beyond chance of any number of coders; 1 is perfect, 0 is chance.

    The coders of one unit need not be those of another, but each unit has the same number of codes.

    Parameters
    ----------
    codes : DataFrame
        One row for each unit and coder. Missing codes are as if the row were not there.
    unit, coder, value : str
        Columns as in `cohen_kappa`.

    Returns
    -------
    float
        Kappa; NaN if there is no unit, or if there is one code for all.

    Raises
    ------
    ValueError
        A column is missing, a coder has two codes for a unit, units have different numbers of codes (use
        `krippendorff_alpha`), or each has only one.

    Notes
    -----
    N units, n codes for each, n_ij of unit i being j. P_i = (sum_j n_ij^2 - n) / (n (n - 1)), p_o their
    mean, p_e = sum_j (sum_i n_ij / (N n))^2, and kappa = (p_o - p_e) / (1 - p_e). With two coders this is
    Scott's pi, not Cohen's kappa.

    References
    ----------
    Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological Bulletin,
    76(5), 378-382. doi:10.1037/h0031619

    Examples
    --------
    >>> import pandas as pd
    >>> codes = pd.DataFrame({"item": ["name", "email", "cookies", "rights"] * 2,
    ...                       "coder": ["A"] * 4 + ["B"] * 4,
    ...                       "code": [1, 1, 0, 0, 1, 0, 0, 0]})
    >>> round(fleiss_kappa(codes, unit="item", coder="coder", value="code"), 4)
    0.4667
    """
    rated = _rated(codes, unit, coder, value)
    if rated.empty:
        return float("nan")
    counts = _counts(rated)
    per_unit = counts.sum(axis=1)
    n = per_unit[0]
    if (per_unit != n).any():
        odd = int((per_unit != n).argmax())
        names = _unique(rated["unit_name"])
        raise ValueError(
            f"codes: units need the same number of codes, {names[0]} has {n:.0f} and {names[odd]} has "
            f"{per_unit[odd]:.0f}; krippendorff_alpha takes such codes"
        )
    if n < 2:
        raise ValueError("codes: each unit has one code only, agreement needs two")
    observed = ((counts**2).sum(axis=1) - n).sum() / (len(counts) * n * (n - 1))
    expected = ((counts.sum(axis=0) / counts.sum()) ** 2).sum()
    return _beyond_chance(observed, expected)


def krippendorff_alpha(
    codes: pd.DataFrame, *, unit: str | Sequence[str], coder: str, value: str, level: str
) -> float:
    """Krippendorff's alpha: agreement of any number of coders, with gaps; 1 is perfect, 0 is chance.

    Parameters
    ----------
    codes : DataFrame
        One row for each unit and coder. Missing codes are as if the row were not there; a unit with a
        single code has nothing to be compared with and is left out.
    unit, coder, value : str
        Columns as in `cohen_kappa`.
    level : {"nominal", "ordinal", "interval", "ratio"}
        Level of measurement: which differences count how much. Codes such as yes and no are nominal. The
        other levels need numbers.

    Returns
    -------
    float
        Alpha; NaN if no unit has two codes, or if there is one code for all.

    Raises
    ------
    ValueError
        A column is missing, a coder has two codes for a unit, the level is unknown, or codes are not
        numbers where the level needs them.

    Notes
    -----
    m_u codes for unit u, o_ck the number of pairs of codes c and k within units, each pair weighing
    1 / (m_u - 1), n_c = sum_k o_ck, n = sum_c n_c, and d_ck the difference:
    alpha = 1 - (n - 1) sum_ck o_ck d_ck / sum_ck n_c n_k d_ck. Nominal: d_ck = 1 if c and k differ.
    Ordinal: the square of the number of codes ranked from c to k, the two themselves by half. Interval:
    (c - k)^2. Ratio: ((c - k) / (c + k))^2.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania.
    https://repository.upenn.edu/asc_papers/43

    Examples
    --------
    >>> import pandas as pd
    >>> codes = pd.DataFrame({"item": ["name", "email", "cookies", "rights"] * 2,
    ...                       "coder": ["A"] * 4 + ["B"] * 4,
    ...                       "code": [1, 1, 0, 0, 1, 0, 0, 0]})
    >>> round(krippendorff_alpha(codes, unit="item", coder="coder", value="code", level="nominal"), 4)
    0.5333
    """
    if level not in LEVELS:
        raise ValueError(f"level: {level!r} is none of {', '.join(LEVELS)}")
    rated = _rated(codes, unit, coder, value)
    if level != "nominal" and not pd.api.types.is_numeric_dtype(codes[value]):
        raise ValueError(f"level: {level!r} needs numbers, column {value!r} is {codes[value].dtype}")
    if rated.empty:
        return float("nan")
    counts = _counts(rated)
    m = counts.sum(axis=1, keepdims=True)
    counts, m = counts[m[:, 0] > 1], m[m > 1][:, None]
    weighted = counts / (m - 1)
    pairs = counts.T @ weighted - np.diag(weighted.sum(axis=0))
    n_c = pairs.sum(axis=0)
    difference = _difference(n_c, _unique(rated["value"]), level)
    expected = n_c @ difference @ n_c
    if expected == 0:
        return float("nan")
    return float(1 - (n_c.sum() - 1) * (pairs * difference).sum() / expected)


def precision_recall(
    codes: pd.DataFrame,
    *,
    unit: str | Sequence[str],
    coder: str,
    value: str,
    reference: Hashable,
    judged: Hashable,
    positive: Hashable,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Precision, recall and F1 of one coder against another, with intervals; higher is better.

    Parameters
    ----------
    codes : DataFrame
        One row for each unit and coder. Units that only one of the two coded are left out.
    unit, coder, value : str
        Columns as in `cohen_kappa`.
    reference : hashable
        The coder who is taken to be right.
    judged : hashable
        The coder who is measured, for example "rules".
    positive : hashable
        The code that is to be found, for example 1.
    confidence : float
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        Three rows, columns measure ("precision", "recall", "f1"), n (int), of (int), value = n / of, low
        and high (float). Without denominator value, low and high are NaN.

    Raises
    ------
    ValueError
        A column is missing, a coder has two codes for a unit, one of the two coders is not there, they are
        the same, or confidence is not between 0 and 1.

    Notes
    -----
    tp units are positive for both, fp for the judged coder only, fn for the reference only.
    precision = tp / (tp + fp), recall = tp / (tp + fn), f1 = 2 tp / (2 tp + fp + fn). The first two have
    Wilson's score interval for a proportion. F1 is no proportion of units, but it rises with one,
    j = tp / (tp + fp + fn), as f1 = 2 j / (1 + j): its interval is Wilson's for j, carried over.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of
    the American Statistical Association, 22(158), 209-212. doi:10.1080/01621459.1927.10502953

    Examples
    --------
    >>> import pandas as pd
    >>> codes = pd.DataFrame({"item": ["name", "email", "cookies", "rights"] * 2,
    ...                       "coder": ["A"] * 4 + ["rules"] * 4,
    ...                       "code": [1, 1, 0, 0, 1, 0, 0, 0]})
    >>> precision_recall(codes, unit="item", coder="coder", value="code",
    ...                  reference="A", judged="rules", positive=1).round(2)
         measure  n  of  value   low  high
    0  precision  1   1   1.00  0.21  1.00
    1     recall  1   2   0.50  0.09  0.91
    2         f1  2   3   0.67  0.17  0.95
    """
    if reference == judged:
        raise ValueError(f"judged: {judged!r} is the reference too")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: {confidence!r} is not between 0 and 1")
    rated = _rated(codes, unit, coder, value)
    coders = _unique(rated["coder"])
    for argument, name in (("reference", reference), ("judged", judged)):
        if len(rated) and name not in coders:
            raise ValueError(f"{argument}: {name!r} is not in column {coder!r}, which holds {_list(coders)}")
    found = rated.assign(found=rated["value"] == positive).pivot(
        index="unit", columns="coder", values="found"
    )
    both = found.reindex(columns=[reference, judged]).dropna().astype(bool)
    truth, claim = both[reference].to_numpy(), both[judged].to_numpy()
    tp, fp, fn = (int(cell.sum()) for cell in (truth & claim, ~truth & claim, truth & ~claim))

    jaccard = wilson(tp, tp + fp + fn, confidence)
    f1 = (2 * jaccard[0] / (1 + jaccard[0]), 2 * jaccard[1] / (1 + jaccard[1]))
    intervals = [wilson(tp, tp + fp, confidence), wilson(tp, tp + fn, confidence), f1]
    n, of = np.array([tp, tp, 2 * tp]), np.array([tp + fp, tp + fn, 2 * tp + fp + fn])
    return pd.DataFrame(
        {
            "measure": ["precision", "recall", "f1"],
            "n": n,
            "of": of,
            "value": np.divide(n, of, out=np.full(3, np.nan), where=of > 0),
            "low": [low for low, _ in intervals],
            "high": [high for _, high in intervals],
        }
    )


def _rated(codes: pd.DataFrame, unit: str | Sequence[str], coder: str, value: str) -> pd.DataFrame:
    """The codes that were given: unit and code as numbers, coder, and unit and code as they were."""
    units = [unit] if isinstance(unit, str) else list(unit)
    require_columns(codes, "codes", [*units, coder, value])
    given = codes[[*units, coder, value]].dropna(subset=[value]).reset_index(drop=True)
    for name in [*units, coder]:
        if n_empty := int(given[name].isna().sum()):
            raise ValueError(f"codes: column {name!r} is empty in {n_empty} of {len(given)} rows with a code")
    again = given.duplicated([*units, coder])
    if again.any():
        rows = given.loc[again, [*units, coder]].drop_duplicates().head(3)
        raise ValueError(
            f"codes: more than one code for {_list(list(rows.itertuples(index=False, name=None)))}"
        )
    values = given[value].astype(object)
    return pd.DataFrame(
        {
            "unit": given.groupby(units, sort=False).ngroup(),
            "coder": given[coder].astype(object),
            "code": pd.factorize(values)[0],
            "unit_name": list(given[units].itertuples(index=False, name=None)),
            "value": values,
        }
    )


def _counts(rated: pd.DataFrame) -> np.ndarray:
    """How often each unit (row) got each code (column)."""
    counts = np.zeros((rated["unit"].max() + 1, rated["code"].max() + 1))
    np.add.at(counts, (rated["unit"].to_numpy(), rated["code"].to_numpy()), 1)
    return counts


def _difference(n_c: np.ndarray, values: list, level: str) -> np.ndarray:
    """The difference of each code from each other, in the order of `values`."""
    if level == "nominal":
        return 1 - np.eye(len(values))
    numbers = np.array(values, dtype=float)
    if level == "ordinal":
        order = np.argsort(numbers)
        ranked = n_c[order]
        numbers[order] = ranked.cumsum() - ranked / 2  # so that a difference counts the codes between
    distance = numbers[:, None] - numbers[None, :]
    if level == "ratio":
        total = np.abs(numbers[:, None] + numbers[None, :])
        distance = np.divide(distance, total, out=np.zeros_like(distance), where=total > 0)
    return distance**2


def _beyond_chance(observed: float, expected: float) -> float:
    return float("nan") if expected == 1 else float((observed - expected) / (1 - expected))


def _unique(column: pd.Series) -> list:
    return list(pd.unique(column))


def _list(names: list) -> str:
    return ", ".join(repr(name) for name in names[:5]) + (", ..." if len(names) > 5 else "")
