"""Intervals of shares."""

from __future__ import annotations

from statistics import NormalDist


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
