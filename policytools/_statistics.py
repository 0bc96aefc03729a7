"""Shares and their intervals, the bootstrap of whole sections, and corrections for many comparisons."""

import hashlib
from collections.abc import Iterable, Sequence
from math import lgamma
from statistics import NormalDist

import numpy as np
import pandas as pd

LEAST_PARTS = 8
_STEPS = 20
_SIZES = np.geomspace(1, 1000, 61)  # sizes of a prior that are tried


def wilson(n: int, of: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval for the share n / of; NaN where `of` is 0.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the
    American Statistical Association 22(158), 209-212. doi:10.1080/01621459.1927.10502953

    Examples
    --------
    >>> low, high = wilson(8, 10)
    >>> round(low, 3), round(high, 3)
    (0.49, 0.943)
    """
    if of == 0:
        return float("nan"), float("nan")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = n / of
    centre = (share + z**2 / (2 * of)) / (1 + z**2 / of)
    half = z * (share * (1 - share) / of + z**2 / (4 * of**2)) ** 0.5 / (1 + z**2 / of)
    # At the ends the interval is exactly 0 or 1; rounding would give 1e-17.
    return 0.0 if n == 0 else centre - half, 1.0 if n == of else centre + half


def share_of_policies(frame: pd.DataFrame, group: str, n_policies: pd.Series) -> pd.DataFrame:
    """Share of the policies that have a row in each group, with its 95 % interval (Wilson).

    Parameters
    ----------
    frame : DataFrame
        policy_id and the column `group`; several rows of a policy in a group count once.
    group : str
        Column of the groups.
    n_policies : Series
        Group -> number of policies that could have a row in it.

    Returns
    -------
    DataFrame
        A row for each group of `n_policies`, in its order: the group, n, n_policies (int), share, low, high (float).

    Examples
    --------
    >>> leading = pd.DataFrame({"policy_id": ["a", "b", "b"], "term": ["data", "data", "cookie"]})
    >>> share_of_policies(leading, "term", pd.Series({"data": 2, "cookie": 2})).round(2)
         term  n  n_policies  share   low  high
    0    data  2           2    1.0  0.34  1.00
    1  cookie  1           2    0.5  0.09  0.91
    """
    n = frame.drop_duplicates(["policy_id", group]).groupby(group).size()
    shares = pd.DataFrame({"n": n.reindex(n_policies.index, fill_value=0), "n_policies": n_policies})
    shares["share"] = shares["n"] / shares["n_policies"]
    ends = [wilson(*counts) for counts in shares[["n", "n_policies"]].itertuples(index=False)]
    shares["low"], shares["high"] = [low for low, _ in ends], [high for _, high in ends]
    return shares.rename_axis(group).reset_index()


def stream(seed: int, *names: str) -> np.random.Generator:
    """A generator of random numbers that depends only on the seed and the names.

    Examples
    --------
    >>> bool(stream(1, "a", "sentences").random() == stream(1, "a", "sentences").random())
    True
    """
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    return np.random.default_rng(np.random.SeedSequence([seed, *np.frombuffer(digest, "<u4").tolist()]))


def parts_to_resample(sections: Sequence[str]) -> np.ndarray:
    """Number of the part that each unit of a text belongs to: its section, from 0 in order of appearance.

    A text with fewer than 8 sections is cut into 8 runs of neighbouring units instead (of one unit each if it has no
    more), because the spread between two or three sections says little.

    Examples
    --------
    >>> parts_to_resample(["", "Use", "Use", *"abcdef", "Use"]).tolist()
    [0, 1, 1, 2, 3, 4, 5, 6, 7, 1]
    >>> parts_to_resample([""] * 10).tolist()
    [0, 0, 1, 2, 3, 4, 4, 5, 6, 7]
    """
    n = len(sections)
    numbers, names = pd.factorize(np.array(sections, dtype=object))
    return numbers if len(names) >= LEAST_PARTS else np.arange(n) * min(LEAST_PARTS, n) // max(n, 1)


def bootstrap_weights(n_parts: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Weight of each part (column) in each bootstrap sample (row); the mean is 1.

    ``bootstrap_weights(len(sums), draws, rng) @ sums`` are the sums over a text in each sample, for the sums of its
    parts. All is NaN for a single part: nothing then shows how far texts differ.

    Notes
    -----
    Neighbouring sentences resemble each other, so whole parts are drawn, not sentences. From n parts m = n - 3 (at
    least one) are drawn with replacement, each with weight n / m. With m = n - 1 the variance is that of the normal
    interval; with fewer parts the interval is as wide as Student's with n - 1 degrees of freedom, to which
    (n - 1) / m is close: 1.40 for n = 8, where (t / z)^2 is 1.46.

    References
    ----------
    Rao, J. N. K. & Wu, C. F. J. (1988). Resampling inference with complex survey data. JASA 83(401), 231-241.
    doi:10.1080/01621459.1988.10478591

    Examples
    --------
    >>> weights = bootstrap_weights(20, 1000, stream(1, "a"))
    >>> weights.shape, round(float(weights.mean()), 6)
    ((1000, 20), 1.0)
    """
    if n_parts < 2:
        return np.full((draws, n_parts), np.nan)
    drawn = max(n_parts - 3, 1)
    return rng.multinomial(drawn, np.full(n_parts, 1 / n_parts), size=draws) * (n_parts / drawn)


def sums_of_parts(values: np.ndarray, parts: np.ndarray) -> np.ndarray:
    """Sums of the rows of `values` (one for each unit) over the parts of a text, one row for each part."""
    sums = np.zeros((parts.max(initial=-1) + 1, *values.shape[1:]))
    np.add.at(sums, parts, values)
    return sums


_log_gamma = np.vectorize(lgamma, otypes=[float])


def _log_beta(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.asarray(_log_gamma(a) + _log_gamma(b) - _log_gamma(a + b))


def prior_size(right: np.ndarray, n: np.ndarray, rate: float) -> float:
    """Size of the Beta prior around a rate under which the counts of the items are most probable.

    Notes
    -----
    The size s maximises the likelihood of the counts r of n with the rates drawn from Beta(m s, (1 - m) s)::

        sum over items of  ln B(r + m s, n - r + (1 - m) s) - ln B(m s, (1 - m) s)

    A large s says that the items do not differ more than chance makes them differ.

    Examples
    --------
    >>> alike, apart = np.array([9, 9, 9, 9]), np.array([20, 0, 20, 0])
    >>> prior_size(alike, np.full(4, 10), 0.9) > prior_size(apart, np.full(4, 20), 0.5)
    True
    """
    a, b = rate * _SIZES[:, None], (1 - rate) * _SIZES[:, None]
    likelihood = (_log_beta(right + a, n - right + b) - _log_beta(a, b)).sum(axis=1)
    return float(_SIZES[likelihood.argmax()])


def holm(p_values: Iterable[float]) -> list[float]:
    """Holm's adjusted p-values; NaN stays NaN.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    values = np.array(list(p_values), dtype="float64")
    order = np.argsort(values)
    n = int((~np.isnan(values)).sum())
    scaled = values[order] * np.maximum(n - np.arange(len(values)), 1)
    adjusted = np.empty(len(values))
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1)
    return adjusted.tolist()


def step_down(drawn: np.ndarray, difference: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Scale of each difference, and its critical value, from a step-down maximum over all pairs.

    Parameters
    ----------
    drawn : (policies, draws)
    difference : (pairs,)
        As given out; a pair is separated where it is larger than its scale times its critical value.
    confidence : float

    Notes
    -----
    The scale is the standard deviation, but not below the median one of all pairs: a difference that hardly ever changes
    has rare large deviations in units of its own, and they would widen the intervals of all others.
    """
    n = len(drawn)
    if drawn.shape[1] == 1:
        return np.zeros(len(difference)), np.zeros(len(difference))
    drawn = (drawn - drawn.mean(axis=1, keepdims=True)).astype("float32")
    covariance = drawn @ drawn.T / drawn.shape[1]
    variance = covariance.diagonal()
    first, second = np.triu_indices(n, 1)
    sd = np.sqrt(np.maximum(variance[first] + variance[second] - 2 * covariance[first, second], 0)).astype(
        "float64"
    )
    constant = ~(sd > 1e-5)  # also where it is not defined
    scale = np.where(constant, 0, np.maximum(sd, np.median(sd[~constant]) if not constant.all() else 0))
    active, critical = ~constant, np.zeros(len(difference))
    for _ in range(_STEPS):
        if not active.any():
            break
        most = np.zeros(drawn.shape[1], dtype="float32")
        start = 0
        for i in range(n - 1):
            rows = np.flatnonzero(active[start : start + n - 1 - i])
            if len(rows):
                apart = np.abs(drawn[i] - drawn[i + 1 + rows])
                apart /= scale[start + rows, None].astype("float32")
                np.maximum(most, apart.max(axis=0), out=most)
            start += n - 1 - i
        critical[active] = np.quantile(most, confidence)
        apart_now = active & (np.abs(difference) > critical * scale)
        if not apart_now.any():
            break
        active = active & ~apart_now
    return scale, critical
