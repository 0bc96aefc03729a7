"""Shares and their intervals."""

from statistics import NormalDist

import pandas as pd


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
