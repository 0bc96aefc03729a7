"""Shares and their intervals, and the bootstrap of whole sections."""

import hashlib
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import pandas as pd

LEAST_PARTS = 8


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
