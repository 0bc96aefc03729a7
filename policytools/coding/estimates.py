"""Shares of policies that tell an item, corrected for the errors of the rules that coded them.

The rules code every policy and err; readers are right (or nearly) and read few. From the cells that both coded follows how
often a code of the rules is right, and from that the share over all policies, with an interval that holds both errors.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd

from policytools._frames import check_choice, check_frame, check_number, frame_of_rows
from policytools._statistics import stream, wilson
from policytools._wording import listed
from policytools.coding.rule_accuracy import COUNTS, check_accuracy

METHODS = ("beta", "ppi")
SHARE_COLUMNS = {
    "item": "str", "group": "str", "n_policies": "int64", "n_read": "int64",
    "naive": "float64", "naive_low": "float64", "naive_high": "float64",
    "share": "float64", "low": "float64", "high": "float64",
    "read": "float64", "read_low": "float64", "read_high": "float64",
}  # fmt: skip
DIFFERENCE_COLUMNS = {
    "item": "str", "first": "str", "second": "str", "naive": "float64",
    "difference": "float64", "low": "float64", "high": "float64",
}  # fmt: skip
_DRAWS = 4000


def corrected_share(
    coverage: pd.DataFrame,
    truth: pd.DataFrame | None = None,
    *,
    by: str | None = None,
    method: str = "beta",
    confidence: float = 0.95,
    seed: int = 2026,
) -> pd.DataFrame:
    """Share of the policies that tell an item, corrected for coding errors, beside the naive share; 0 to 1.

    Parameters
    ----------
    coverage : DataFrame
        One row for each policy and item, from `coverage` or `read_measured`: policy_id, item, addressed (bool), and
        where readers decided some cells coder and rules_addressed.
    truth : DataFrame, optional
        Where it comes from how often the rules are right. Codes given by reading, one for each policy and item that was
        read (policy_id, item, code 0 or 1; optional inclusion: the probability, above 0 to 1, that the cell was chosen
        to be read); or counts of right and wrong codes by item (as from `load_rule_accuracy`). Default: the cells of
        `coverage` that a reader decided.
    by : str, optional
        A column of `coverage`, for example a year: one share for each of its values.
    method : {"beta", "ppi"}
        "beta": Beta posteriors; right with few cells that were read. "ppi": PPI++, for cells that were read only.
    confidence : float
        Of the intervals, between 0 and 1.
    seed : int
        Of the draws of "beta".

    Returns
    -------
    DataFrame
        One row for each item (in order of `coverage`) and group: item, group (str, "" without `by`), n_policies, n_read
        (int), naive (the rules' share), naive_low, naive_high (Wilson), share, low, high (corrected), read (the share
        among the cells that were read), read_low, read_high (Wilson). NaN where nothing was read; with counts of right
        and wrong codes n_read is 0 and read is NaN.

    Raises
    ------
    ValueError
        A column is missing, a code is not 0 or 1, a cell has two codes, an unknown method, or nothing was read at all.

    Notes
    -----
    q is the share of policies in which the rules find the item. From cells that were read: v1 is the share that tells
    among those found, v0 among those not found, and the share is q v1 + (1 - q) v0. From counts: with sensitivity s and
    specificity t the share is (q + t - 1) / (s + t - 1), held between 0 and 1 (Rogan & Gladen 1978); draws with
    s + t <= 1 say nothing and count as any share. q, v1, v0, s and t have Beta posteriors with Jeffreys' prior (1/2,
    1/2). The ends are quantiles of the draws at a level that is a fifth of the rest higher (.96 for .95), because those
    at .95 cover .93 to .95 where few cells were read.

    PPI++ (Angelopoulos et al. 2023): the share is l q + mean(z - l c) over the n cells that were read, with codes c,
    truths z and l = cov(z, c) / ((1 + n / N) var(c)), between 0 and 1; its variance l^2 var(c) / N + var(z - l c) / n.

    Both assume that cells were chosen to be read by chance, or with known inclusion, and that a reader is right. Counts
    assume that the rules are as good on these policies as on those where they were measured. With `by`, each group has
    its own v1 and v0, so the rules may err differently in each. For regressions on codes see design-based supervised
    learning (Egami et al. 2023); it takes addressed, rules_addressed and inclusion.

    References
    ----------
    Rogan, W. J. & Gladen, B. (1978). Estimating prevalence from the results of a screening test. American Journal of
    Epidemiology 107(1), 71-76. doi:10.1093/oxfordjournals.aje.a112510

    Angelopoulos, A. N., Duchi, J. C. & Zrnic, T. (2023). PPI++: Efficient prediction-powered inference.
    doi:10.48550/arXiv.2311.01453

    Egami, N., Hinck, M., Stewart, B. & Wei, H. (2023). Using imperfect surrogates for downstream inference: design-based
    supervised learning for social science applications of large language models. doi:10.48550/arXiv.2306.04746

    Examples
    --------
    The rules find the item in 60 of 100 policies. Of 40 that were read, half of each kind, all found ones tell it, and
    so do 4 of the others.

    >>> cells = pd.DataFrame({"policy_id": range(100), "item": "cookies", "addressed": [True] * 60 + [False] * 40})
    >>> read = pd.DataFrame({"policy_id": [*range(20), *range(60, 80)], "item": "cookies", "code": [1] * 24 + [0] * 16})
    >>> corrected_share(cells, read)[["naive", "share", "low", "high", "read"]].round(2).values.tolist()
    [[0.6, 0.67, 0.56, 0.78, 0.6]]
    """
    check_number("confidence", confidence, 0, 1, inside=True)
    rows = []
    for estimate in _estimates(coverage, truth, by, method, seed):
        n, found = estimate.n_policies, estimate.found
        n_read, told = len(estimate.read), int(estimate.read["truth"].sum())
        rows.append(
            (estimate.item, estimate.group, n, n_read, found / n, *wilson(found, n, confidence),
             *_summary([estimate], confidence), told / n_read if n_read else np.nan, *wilson(told, n_read, confidence))
        )  # fmt: skip
    return frame_of_rows(rows, SHARE_COLUMNS)


def corrected_difference(
    coverage: pd.DataFrame,
    truth: pd.DataFrame | None = None,
    *,
    by: str,
    between: Sequence[object],
    method: str = "beta",
    confidence: float = 0.95,
    seed: int = 2026,
) -> pd.DataFrame:
    """Difference of two groups' shares of policies that tell an item, corrected for coding errors; first minus second.

    Parameters
    ----------
    coverage, truth, method, confidence, seed
        As for `corrected_share`.
    by : str
        A column of `coverage`, for example a year.
    between : two values of that column
        The first and the second group.

    Returns
    -------
    DataFrame
        One row for each item that both groups have: item, first, second (str), naive, difference (-1 to 1), low, high.

    Raises
    ------
    ValueError
        As for `corrected_share`, or `between` does not name two groups that there are.

    Examples
    --------
    >>> cells = pd.DataFrame({"policy_id": range(200), "item": "cookies", "year": [2019] * 100 + [2026] * 100,
    ...                       "addressed": [True] * 60 + [False] * 40 + [True] * 90 + [False] * 10})
    >>> read = pd.DataFrame({"policy_id": range(0, 200, 4), "item": "cookies", "code": [1] * 15 + [0] * 10 + [1] * 25})
    >>> corrected_difference(cells, read, by="year", between=(2026, 2019))[["naive", "difference"]].round(1).values.tolist()
    [[0.3, 0.4]]
    """
    groups = [str(group) for group in between]
    check_frame(coverage, "coverage", ("policy_id", "item", "addressed", by))
    known = coverage[by].astype(str).unique().tolist()
    if len(set(groups)) != 2:
        raise ValueError(f"between: two groups are needed, not {groups!r}")
    for group in groups:
        check_choice("between", group, known)
    cells = coverage[coverage[by].astype(str).isin(groups)]
    found = {
        (estimate.item, estimate.group): estimate for estimate in _estimates(cells, truth, by, method, seed)
    }
    rows = []
    for item in cells["item"].astype(str).unique():
        if all((item, group) in found for group in groups):
            first, second = (found[item, group] for group in groups)
            naive = first.found / first.n_policies - second.found / second.n_policies
            rows.append((item, *groups, naive, *_summary([first, second], confidence)))
    return frame_of_rows(rows, DIFFERENCE_COLUMNS)


@dataclass(frozen=True)
class _Estimate:
    """The share of one item in one group: draws of its posterior, or (without draws) its value and standard error."""

    item: str
    group: str
    n_policies: int
    found: int
    read: pd.DataFrame
    draws: np.ndarray
    value: float = np.nan
    error: float = np.nan


def _estimates(
    coverage: pd.DataFrame, truth: pd.DataFrame | None, by: str | None, method: str, seed: int
) -> Iterator[_Estimate]:
    check_choice("method", method, METHODS)
    columns = ["policy_id", "item", "addressed"]
    columns += [by] if by is not None else []
    cells = check_frame(coverage, "coverage", columns, unit=["policy_id", "item"])
    decided = {"coder", "rules_addressed"} <= set(cells)
    by_reader = cells["coder"] != "rules" if decided else pd.Series(False, index=cells.index)
    addressed = cells["addressed"].astype(bool)
    cells = cells[["policy_id", "item"]].assign(  # other columns may have the names that are used here
        group=cells[by].astype(str) if by is not None else "",
        found=cells["rules_addressed"].astype(bool) if decided else addressed,
        truth=addressed.astype(float).where(by_reader),
        inclusion=1.0,
    )
    counts = None
    if truth is not None:
        truth = check_frame(truth, "truth", ["item"])
    if truth is not None and "true_positive" in truth:
        if method == "ppi":
            raise ValueError(
                'method: "ppi" needs codes given by reading, not counts of right and wrong codes'
            )
        counts = check_accuracy(truth).set_index("item")
        cells["truth"] = np.nan
    elif truth is not None:
        cells = _with_codes(cells, truth)
    elif not by_reader.any():
        raise ValueError(
            "coverage: no cell was decided by a reader; pass codes given by reading, or counts of right and wrong codes"
        )
    for (item, group), part in cells.groupby(["item", "group"], sort=False):
        n, found, read = len(part), int(part["found"].sum()), part[part["truth"].notna()]
        draws, value, error = np.empty(0), np.nan, np.nan
        if method == "ppi":
            value, error = _ppi(part["found"], read)
        elif counts is None:
            draws = _from_read(found, n, read, stream(seed, str(item), str(group)))
        elif str(item) in counts.index:
            draws = _from_counts(found, n, counts.loc[[str(item)]].iloc[0], str(item), str(group), seed)
        yield _Estimate(str(item), str(group), n, found, read, draws, value, error)


def _with_codes(cells: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """The cells with column truth (1, 0; NaN where nobody read) and inclusion."""
    codes = check_frame(codes, "truth", ("policy_id", "item", "code"), unit=[], numbers=["code"])
    if not codes["code"].isin([0, 1]).all():
        raise ValueError("truth: code must be 0 or 1")
    if "inclusion" in codes and not codes["inclusion"].between(0, 1, inclusive="right").all():
        raise ValueError("truth: inclusion must be a probability above 0 to 1")
    if (again := codes.duplicated(["policy_id", "item"])).any():
        first = codes.loc[again, ["policy_id", "item"]].iloc[0].to_list()
        raise ValueError(
            f"truth: more than one code for a cell, first {first}; join several coders with coverage(hand_codings=)"
        )
    own = codes[["policy_id", "item", "code"]].assign(inclusion=codes.get("inclusion", 1.0))
    joined = cells.drop(columns=["truth", "inclusion"]).merge(own, how="left", on=["policy_id", "item"])
    if joined["code"].notna().sum() < len(codes):
        unknown = codes.merge(cells[["policy_id", "item"]], how="left", indicator=True)
        rows = unknown.loc[unknown["_merge"] == "left_only", ["policy_id", "item"]]
        raise ValueError(f"truth: not in coverage: {listed(['/'.join(row) for row in rows.to_numpy()])}")
    return joined.rename(columns={"code": "truth"})


def _from_read(found: int, n: int, read: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Draws of the share from the cells that were read, those that the rules found and those that they did not."""
    if read.empty:
        return np.full(_DRAWS, np.nan)
    q = rng.beta(found + 0.5, n - found + 0.5, _DRAWS)
    told = []
    for kind in (True, False):
        part = read[read["found"] == kind]
        weight = 1 / part["inclusion"]
        # Cells that were more likely to be read count less; unequal weights are worth fewer cells (Kish).
        size = weight.sum() ** 2 / (weight**2).sum() if len(part) else 0.0
        right = size * (weight * part["truth"]).sum() / weight.sum() if len(part) else 0.0
        told.append(rng.beta(right + 0.5, size - right + 0.5, _DRAWS))
    return q * told[0] + (1 - q) * told[1]


def _from_counts(found: int, n: int, counts: pd.Series, item: str, group: str, seed: int) -> np.ndarray:
    """Draws of the share from counts of right and wrong codes; an item's accuracy is the same in all groups."""
    rng = stream(seed, item, "accuracy")
    hit, extra, missed, silent = (counts[name] for name in COUNTS)
    sensitivity = rng.beta(hit + 0.5, missed + 0.5, _DRAWS)
    specificity = rng.beta(silent + 0.5, extra + 0.5, _DRAWS)
    any_share = rng.random(_DRAWS)
    q = stream(seed, item, group).beta(found + 0.5, n - found + 0.5, _DRAWS)
    knows = sensitivity + specificity - 1
    share = np.divide(q + specificity - 1, knows, out=any_share, where=knows > 0)
    return np.clip(share, 0, 1)


def _ppi(found: pd.Series, read: pd.DataFrame) -> tuple[float, float]:
    """The share by PPI++ and its standard error."""
    n, n_all = len(read), len(found)
    if n < 2:
        return np.nan, np.nan
    weight = (1 / read["inclusion"]) / (1 / read["inclusion"]).mean()
    truth, code = read["truth"].to_numpy(), read["found"].to_numpy(dtype=float)
    q = found.mean()
    spread = q * (1 - q)
    tuned = np.cov(truth, code)[0, 1] / ((1 + n / n_all) * spread) if spread else 0.0
    tuned = min(max(tuned, 0.0), 1.0)
    rest = weight.to_numpy() * (truth - tuned * code)
    return tuned * q + rest.mean(), float(np.sqrt(tuned**2 * spread / n_all + rest.var(ddof=1) / n))


def _summary(estimates: Sequence[_Estimate], confidence: float) -> tuple[float, float, float]:
    """Value and ends of a share, or of the difference of two."""
    first, *others = estimates
    if not first.draws.size:
        value = first.value - sum(other.value for other in others)
        half = NormalDist().inv_cdf((1 + confidence) / 2) * np.linalg.norm([each.error for each in estimates])
        return value, value - float(half), value + float(half)
    draws = np.array(first.draws)
    for other in others:
        draws = draws - other.draws
    level = confidence + (1 - confidence) / 5
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(draws.mean()), float(low), float(high)
