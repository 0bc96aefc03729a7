"""How far coders agree: Cohen's and Fleiss' kappa, Krippendorff's alpha, precision and recall.

All four take one long frame of codes with a row for each unit and coder. The caller names the columns of the
unit (for example policy and item), of the coder and of the code.
"""

from collections.abc import Hashable, Iterable, Sequence
from numbers import Number

import numpy as np
import pandas as pd

from policytools._frames import check_choice, check_frame, check_number, frame_of_rows, require_columns
from policytools._statistics import wilson
from policytools._wording import listed

LEVELS = ("nominal", "ordinal", "interval", "ratio")


def cohen_kappa(codes: pd.DataFrame, *, unit: str | Sequence[str], coder: str, value: str) -> float:
    """Cohen's kappa: agreement of two coders beyond chance; 1 is perfect, 0 is chance.

    Parameters
    ----------
    codes : DataFrame
        One row for each unit and coder, two coders. Rows with a missing code are ignored.
    unit : str or sequence of str
        Column or columns that say what was coded, for example `["policy_id", "item"]`.
    coder : str
        Column that says who coded.
    value : str
        Column of the codes, of any dtype; equal codes count as agreement.

    Returns
    -------
    float
        Kappa over the units that both coded; NaN if there is no such unit, or if both used the same single code.

    Raises
    ------
    ValueError
        A column is missing or holds both numbers and texts, a coder has two codes for a unit, or there are not two
        coders.

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
    coders = rated["coder"].unique()
    if len(rated) and len(coders) != 2:
        raise ValueError(
            f"codes: column {coder!r} holds {len(coders)} coders: {listed(coders)}; Cohen's kappa needs two"
        )
    both = rated.pivot(index="unit", columns="coder", values="code").dropna().astype(int)
    if both.empty:
        return float("nan")
    first, second = (both[name].to_numpy() for name in both)
    n_codes = rated["code"].max() + 1
    products = int(np.bincount(first, minlength=n_codes) @ np.bincount(second, minlength=n_codes))
    return _beyond_chance((first == second).mean(), products / len(both) ** 2)


def fleiss_kappa(codes: pd.DataFrame, *, unit: str | Sequence[str], coder: str, value: str) -> float:
    """Fleiss' kappa: agreement of any number of coders beyond chance; 1 is perfect, 0 is chance.

    Units may have different coders, but each unit needs the same number of codes.

    Parameters
    ----------
    codes : DataFrame
        One row for each unit and coder. Rows with a missing code are ignored.
    unit, coder, value : str
        Columns as in `cohen_kappa`.

    Returns
    -------
    float
        Kappa; NaN if there is no unit, or if all codes are the same.

    Raises
    ------
    ValueError
        As in `cohen_kappa`; units have different numbers of codes (use
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
        other = (per_unit != n).argmax()
        names = rated["unit_name"].unique()
        raise ValueError(
            f"codes: units need the same number of codes, {names[0]} has {n:.0f} and {names[other]} has "
            f"{per_unit[other]:.0f}; krippendorff_alpha takes such codes"
        )
    if n < 2:
        raise ValueError("codes: each unit has only one code; agreement needs two or more")
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
        One row for each unit and coder. Rows with a missing code are ignored, and so is a unit with a single
        code, which cannot be compared.
    unit, coder, value : str
        Columns as in `cohen_kappa`.
    level : {"nominal", "ordinal", "interval", "ratio"}
        Level of measurement: how much each difference counts. Codes such as yes and no are nominal. The other
        levels need numbers.

    Returns
    -------
    float
        Alpha; NaN if no unit has two codes, or if all codes are the same.

    Raises
    ------
    ValueError
        As in `cohen_kappa`; the level is unknown, or codes are not numbers where the level needs them.

    Notes
    -----
    m_u codes for unit u, o_ck the number of pairs of codes c and k within units, each pair with weight
    1 / (m_u - 1), n_c = sum_k o_ck, n = sum_c n_c, and d_ck the difference:
    alpha = 1 - (n - 1) sum_ck o_ck d_ck / sum_ck n_c n_k d_ck. Nominal: d_ck = 1 if c and k differ, else 0.
    Ordinal: the square of the number of codes from rank c to rank k, where c and k themselves count half.
    Interval: (c - k)^2. Ratio: ((c - k) / (c + k))^2.

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
    check_choice("level", level, LEVELS)
    rated = _rated(codes, unit, coder, value)
    if level != "nominal" and not pd.api.types.is_numeric_dtype(codes[value]):
        raise ValueError(f"level: {level!r} needs numbers, column {value!r} is {codes[value].dtype}")
    if rated.empty:
        return float("nan")
    counts = _counts(rated)
    m = counts.sum(axis=1, keepdims=True)
    counts, m = counts[m[:, 0] > 1], m[m[:, 0] > 1]
    weighted = counts / (m - 1)
    pairs = counts.T @ weighted - np.diag(weighted.sum(axis=0))
    n_c = pairs.sum(axis=0)
    difference = _difference(n_c, rated["value"].unique(), level)
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
    """Precision, recall and F1 of one coder against another, each with its interval; higher is better.

    Parameters
    ----------
    codes : DataFrame
        One row for each unit and coder. Units that only one of the two coded are left out.
    unit, coder, value : str
        Columns as in `cohen_kappa`.
    reference : hashable
        The coder whose codes count as correct.
    judged : hashable
        The coder who is measured, for example "rules".
    positive : hashable
        The code to be found, for example 1.
    confidence : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        Three rows, columns measure ("precision", "recall", "f1"), n (int), of (int), value = n / of, low
        and high (float). value, low and high are NaN where the denominator is 0.

    Raises
    ------
    ValueError
        As in `cohen_kappa`; one of the two coders does not occur, both are the same, `positive` is a text and the
        codes are numbers or the other way round, or confidence is not between 0 and 1.

    Notes
    -----
    tp units are positive for both, fp for the judged coder only, fn for the reference only.
    precision = tp / (tp + fp), recall = tp / (tp + fn), f1 = 2 tp / (2 tp + fp + fn). The first two have
    Wilson's score interval for a proportion. F1 is not a proportion of units, but it increases with one,
    j = tp / (tp + fp + fn), as f1 = 2 j / (1 + j). Its interval is Wilson's interval of j, transformed the same way.

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
        raise ValueError(f"judged: {judged!r} is the reference too; name another coder")
    check_number("confidence", confidence, 0, 1, inside=True)
    rated = _rated(codes, unit, coder, value)
    coders = rated["coder"].unique()
    for argument, name in (("reference", reference), ("judged", judged)):
        if len(rated) and name not in coders:
            there = listed([repr(one) for one in coders])
            raise ValueError(f"{argument}: {name!r} is not in column {coder!r}, which holds {there}")
    _check_one_kind([positive, *rated["value"]], f"positive: with {positive!r} the column {value!r}")
    rated["positive"] = rated["value"] == positive
    found = rated.pivot(index="unit", columns="coder", values="positive")
    both = found.reindex(columns=[reference, judged]).dropna().astype(bool)
    truth, claim = both[reference], both[judged]
    tp, fp, fn = (int(cell.sum()) for cell in (truth & claim, ~truth & claim, truth & ~claim))
    of_jaccard = wilson(tp, tp + fp + fn, confidence)
    rows = [
        ("precision", tp, tp + fp, *wilson(tp, tp + fp, confidence)),
        ("recall", tp, tp + fn, *wilson(tp, tp + fn, confidence)),
        ("f1", 2 * tp, 2 * tp + fp + fn, *(2 * limit / (1 + limit) for limit in of_jaccard)),
    ]
    table = frame_of_rows(
        rows, {"measure": "str", "n": "int64", "of": "int64", "low": "float64", "high": "float64"}
    )
    table.insert(3, "value", table["n"] / table["of"])
    return table


def _rated(codes: pd.DataFrame, unit: str | Sequence[str], coder: str, value: str) -> pd.DataFrame:
    """The rows with a code: unit and code as numbers, coder, unit_name (tuple) and value (the code itself)."""
    units = [unit] if isinstance(unit, str) else list(unit)
    codes = check_frame(codes, "codes", ())
    require_columns(codes, "codes", [*units, coder, value])
    given = codes[[*units, coder, value]].dropna(subset=[value]).reset_index(drop=True)
    for name in [*units, coder]:
        if n_empty := int(given[name].isna().sum()):
            raise ValueError(f"codes: column {name!r} is empty in {n_empty} of {len(given)} rows with a code")
    for name in [*units, coder, value]:
        _check_one_kind(given[name], f"codes: column {name!r}")
    again = given.loc[given.duplicated([*units, coder]), [*units, coder]].drop_duplicates()
    if len(again):
        raise ValueError(
            f"codes: more than one code for {listed([*again.itertuples(index=False, name=None)], 3)}"
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


def _check_one_kind(values: Iterable[object], where: str) -> None:
    """ValueError, naming the types, for values that are never equal although they look alike, such as 1 and "1"."""
    kinds = {
        "numbers"
        if isinstance(value, Number | np.bool_)
        else "texts"
        if isinstance(value, str)
        else "": value
        for value in values
    }
    if {"numbers", "texts"} <= set(kinds):
        number, text = kinds["numbers"], kinds["texts"]
        raise ValueError(
            f"{where} holds numbers and texts, which are never equal: {number!r} ({type(number).__name__}) and "
            f"{text!r} (str); make them one type, for example with astype(str)"
        )


def _counts(rated: pd.DataFrame) -> np.ndarray:
    """How often each unit (row) got each code (column)."""
    return pd.crosstab(rated["unit"], rated["code"]).to_numpy(dtype="float64")


def _difference(n_c: np.ndarray, values: np.ndarray, level: str) -> np.ndarray:
    """The difference d_ck of each pair of codes, in the order of `values`."""
    if level == "nominal":
        return 1 - np.eye(len(values))
    numbers = values.astype(float)
    if level == "ordinal":
        order = np.argsort(numbers)
        ranked = n_c[order]
        numbers[order] = ranked.cumsum() - ranked / 2  # a difference of two is the number of codes between
    distance = numbers[:, None] - numbers[None, :]
    if level == "ratio":
        total = np.abs(numbers[:, None] + numbers[None, :])
        distance = np.divide(distance, total, out=np.zeros_like(distance), where=total > 0)
    return distance**2


def _beyond_chance(observed: float, expected: float) -> float:
    return float("nan") if expected == 1 else float((observed - expected) / (1 - expected))
