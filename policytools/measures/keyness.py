"""Keyness: the terms that a target uses more, or less, than a reference."""

import math
from collections.abc import Collection

import numpy as np
import pandas as pd

from policytools._frames import check_frame, check_number, typed_frame
from policytools.tables import policies_named

_LOW_EXPECTED = 5  # Cochran 1954

_KEYNESS = {
    "term": "str", "n_target": "int64", "n_reference": "int64", "per_thousand_target": "float64",
    "per_thousand_reference": "float64", "log_likelihood": "float64", "p_value": "float64", "log_ratio": "float64",
    "log_odds_z": "float64", "p_adjusted": "float64", "low_count": "bool", "n_words_target": "int64",
    "n_words_reference": "int64",
}  # fmt: skip


def keyness(
    terms: pd.DataFrame,
    *,
    target: str | Collection[str],
    reference: str | Collection[str],
    min_count: int = 1,
    prior_words: float | None = None,
    policies: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Terms that a target uses more, or less, than a reference: evidence and size of the difference.

    Parameters
    ----------
    terms : DataFrame
        From `term_frequencies`: policy_id, term, n, n_words (and section, if counted by section). Give it
        all terms: a frame cut down to a few terms tests only those, and a policy or section without a row
        has no words either.
    target, reference : str or collection of str
        policy_id, one or several, whose counts are added up. ``reference="others"`` takes every policy that
        is not in the target.
    min_count : int
        Least n_target + n_reference of a term. Terms below are neither tested nor listed.
    prior_words : float, optional
        Size a0 of the prior for the log-odds, in words. By default n_words_target + n_words_reference, so
        that each term's prior count is its count in the two together. Fewer words shrink less.
    policies : DataFrame, optional
        `Corpus.policies`: names of vendors may then be given in `target` and `reference`.

    Returns
    -------
    DataFrame
        One row for each term, by log_likelihood descending: term (str), n_target, n_reference (int),
        per_thousand_target, per_thousand_reference, log_likelihood (never negative; log_ratio has the sign),
        p_value, log_ratio, log_odds_z, p_adjusted (float), low_count (bool: an expected count is below 5,
        so that p_value is unreliable), n_words_target, n_words_reference (int).

    Raises
    ------
    ValueError
        An unknown policy_id; a policy in target and reference both; no policy left for one of them; no term
        with `min_count`.

    Notes
    -----
    With a, b the counts of a term in target and reference, c, d the words there, and N = c + d::

        log_likelihood G2 = 2 sum O ln(O / E)    over the four cells a, b, c - a, d - b, E from the margins
        p_value           = P(chi-square with 1 df >= G2) = erfc(sqrt(G2 / 2))
        p_adjusted        : Benjamini & Hochberg over the terms listed
        log_ratio         = log2((a / c) / (b / d)), a count of 0 taken as 0.5
        log_odds_z        = delta / sqrt(1 / (a + a_w) + 1 / (b + a_w))
            delta         = ln((a + a_w) / (c + a0 - a - a_w)) - ln((b + a_w) / (d + a0 - b - a_w))
            a_w           = a0 (a + b) / N

    G2 has four cells (Dunning), as in quanteda and scipy; the two-cell form of the UCREL calculator is a
    little smaller. A p-value assumes that words are independent draws, which the words of a text are not: one
    passage that repeats a term makes it key. Use it as a ranking, and look at `dispersion` and `kwic`.

    References
    ----------
    Dunning, T. (1993). Accurate methods for the statistics of surprise and coincidence. Computational
    Linguistics 19(1), 61-74. Hardie, A. (2014). Log Ratio: an informal introduction (CASS blog). Monroe, B. L.,
    Colaresi, M. P. & Quinn, K. M. (2008). Fightin' words. Political Analysis 16(4), 372-403.
    doi:10.1093/pan/mpn018. Benjamini, Y. & Hochberg, Y. (1995). JRSS B 57(1), 289-300. Cochran, W. G. (1954).
    Some methods for strengthening the common chi-square tests. Biometrics 10(4), 417-451.

    Examples
    --------
    >>> from policytools.measures.terms import term_frequencies
    >>> sentences = pd.DataFrame({"policy_id": ["a", "b"], "sentence_id": [0, 0],
    ...                           "text": ["b b b b b b b a a a", "a a a a a a a b b"]})
    >>> terms = term_frequencies(sentences, stop_words=None)
    >>> keyness(terms, target="a", reference="b")[["term", "n_target", "log_likelihood", "log_ratio"]].round(2)
      term  n_target  log_likelihood  log_ratio
    0    a         3            4.53      -1.37
    1    b         7            4.53       1.66
    """
    terms = check_frame(terms, "terms", ("policy_id", "term", "n", "n_words"))
    check_number("min_count", min_count, 1, whole=True)
    if prior_words is not None:
        check_number("prior_words", prior_words, 0, inside=True)
    in_target, in_reference = _groups(terms, target, reference, policies)
    document = ["policy_id", "section"] if "section" in terms.columns else ["policy_id"]
    document_words = terms.groupby(document)["n_words"].first().groupby("policy_id").sum()
    c, d = int(document_words[in_target].sum()), int(document_words[in_reference].sum())

    here, there = (
        terms[terms["policy_id"].isin(group)].groupby("term")["n"].sum()
        for group in (in_target, in_reference)
    )
    counts = pd.DataFrame({"n_target": here, "n_reference": there}).fillna(0)
    counts = counts[counts.sum(axis=1) >= min_count].sort_index()
    if counts.empty:
        raise ValueError(
            f"min_count: no term occurs {min_count} times or more in target and reference together"
        )
    a, b = counts["n_target"].to_numpy(float), counts["n_reference"].to_numpy(float)
    n_all = c + d

    observed = np.array([a, b, c - a, d - b])
    expected = np.array([c * (a + b), d * (a + b), c * (n_all - a - b), d * (n_all - a - b)]) / n_all
    with np.errstate(divide="ignore", invalid="ignore"):
        cells = np.where(observed > 0, observed * np.log(observed / expected), 0.0)
        log_likelihood = np.maximum(2 * cells.sum(axis=0), 0.0)  # rounding can leave -1e-16
        log_ratio = np.log2((np.where(a == 0, 0.5, a) / c) / (np.where(b == 0, 0.5, b) / d))
        a0 = float(n_all if prior_words is None else prior_words)
        a_w = a0 * (a + b) / n_all
        delta = np.log((a + a_w) / (c + a0 - a - a_w)) - np.log((b + a_w) / (d + a0 - b - a_w))
        log_odds_z = delta / np.sqrt(1 / (a + a_w) + 1 / (b + a_w))
    p_value = np.array([math.erfc(math.sqrt(value / 2)) for value in log_likelihood])

    key = typed_frame(
        {
            "term": counts.index.to_numpy(), "n_target": a.astype("int64"), "n_reference": b.astype("int64"),
            "per_thousand_target": 1000 * a / c, "per_thousand_reference": 1000 * b / d,
            "log_likelihood": log_likelihood, "p_value": p_value, "log_ratio": log_ratio,
            "log_odds_z": np.where(np.isfinite(log_odds_z), log_odds_z, np.nan),
            "p_adjusted": _benjamini_hochberg(p_value), "low_count": expected[:2].min(axis=0) < _LOW_EXPECTED,
            "n_words_target": np.full(len(a), c), "n_words_reference": np.full(len(a), d),
        },
        _KEYNESS,
    )  # fmt: skip
    return key.sort_values("log_likelihood", ascending=False, kind="stable", ignore_index=True)


def _groups(
    terms: pd.DataFrame,
    target: str | Collection[str],
    reference: str | Collection[str],
    policies: pd.DataFrame | None,
) -> tuple[list[str], list[str]]:
    known = sorted(set(terms["policy_id"]))
    in_target = policies_named("target", target, known, policies)
    if isinstance(reference, str) and reference == "others":
        in_reference = [policy for policy in known if policy not in set(in_target)]
    else:
        in_reference = policies_named("reference", reference, known, policies)
    for name, group in (("target", in_target), ("reference", in_reference)):
        if not group:
            raise ValueError(
                f"{name}: no policy left; keyness needs two or more policies, terms has {known[:10]}"
            )
    if both := sorted(set(in_target) & set(in_reference)):
        raise ValueError(f"target and reference: {both[:5]} in both; name each policy in one of them only")
    return list(dict.fromkeys(in_target)), list(dict.fromkeys(in_reference))


def _benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    """p_(i) m / i, made monotone from the largest p down: a smaller p never has a larger adjusted value."""
    order = np.argsort(-p, kind="stable")
    ranks = np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.minimum.accumulate(p[order] * len(p) / ranks), 1.0)
    return adjusted
