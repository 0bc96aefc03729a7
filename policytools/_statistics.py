"""Intervals."""

from __future__ import annotations

from statistics import NormalDist


def _wilson(n: int, of: int, confidence: float) -> tuple[float, float]:
    """Wilson's score interval for n of `of`; NaN if `of` is 0."""
    if of == 0:
        return float("nan"), float("nan")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = n / of
    centre = (share + z**2 / (2 * of)) / (1 + z**2 / of)
    half = z * (share * (1 - share) / of + z**2 / (4 * of**2)) ** 0.5 / (1 + z**2 / of)
    # At the ends the interval is exact, whatever rounding says.
    return 0.0 if n == 0 else centre - half, 1.0 if n == of else centre + half
