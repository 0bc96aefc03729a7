"""Comparison of pairs of policies: differences of their scores, what is measured apart from what is chosen."""

import numpy as np
import pandas as pd

from policytools._frames import typed_frame
from policytools.corpus.corpus import Corpus
from policytools.scores.decisions import DECISIONS, decision_columns
from policytools.scores.pairs import Pairs, pairs_of
from policytools.scores.score_draws import Scores, scores_of

_MEASURED = {
    "policy_id": "str", "other_id": "str", "dimension": "str", "difference": "float64", "low": "float64",
    "high": "float64", "p_ahead": "float64", "adjusted_low": "float64", "adjusted_high": "float64",
    "share_of_choices": "float64", "verdict": "str",
}  # fmt: skip
COLUMNS = {**_MEASURED, **DECISIONS}
SURE, MOSTLY = 0.95, 0.75  # shares of the choices
TEXT_MEASURES = ("readability", "vagueness")


def compare_scores(corpus: Corpus | Scores, **options: object) -> pd.DataFrame:
    """Difference of each pair of policies on each dimension and overall, with what it would take to change its sign.

    Parameters
    ----------
    corpus : Corpus or Scores
        Policies, or the result of `score_draws` for them (then without further options).
    options
        Those of `score_draws`.

    Returns
    -------
    DataFrame
        One row for each pair and dimension, "overall" last; policy_id comes before other_id in the corpus: policy_id,
        other_id, dimension (str), difference (float, -1 to 1: the first minus the second, positive where the first is more
        transparent), low, high (its interval; equal to it for exact measures), p_ahead (share of the draws in which the
        first is ahead; equal scores count half), adjusted_low, adjusted_high (interval that holds for all pairs of the
        dimension together; for readability and vagueness that of other texts by the same authors), share_of_choices
        (share of the drawn choices that keep the sign; no probability), verdict (str), then what would change the answer:
        break_even_dimension (str), break_even_weight (float; for overall: the weight at which the two are equal, the other
        weights in proportion), codes_to_change (Int64: how many codes at least must be other ones for the counted
        difference to go), changed_items (str: which, the least certain first), separating_error_rate (float: error rate of
        the codes up to which the counted difference is clear of 0 by itself), cells_to_check (Int64: how many cells a
        person must confirm until the pair is separated; 0 where it is).

    Raises
    ------
    ValueError
        As `score_draws`.

    Notes
    -----
    The verdict is the first of these that fits: "undefined"; "same" (difference 0 in every draw); "not separated by the
    codes" (the adjusted interval holds 0; "not separated by the text" for readability and vagueness); "ahead" or "behind"
    (at least 95 % of the choices keep the sign); "ahead at these weights" or "behind at these weights" (at least 75 %);
    "depends on weights".

    The adjusted interval is that of a step-down maximum of studentised differences (Romano & Wolf 2005): pairs that are
    separated at one step leave the maximum of the next. It is never inside the pair's own interval.

    References
    ----------
    Romano, J. P. & Wolf, M. (2005). Exact and approximate stepdown methods for multiple hypothesis testing. JASA
    100(469), 94-108. https://doi.org/10.1198/016214504000000539

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a", "b"], "text": [
    ...     "We use cookies. We keep your data for 30 days.", "We use cookies. We keep your data for 30 days."]}))
    >>> compare_scores(corpus, dimensions=["coverage: all"], draws=200)[["difference", "verdict"]].values.tolist()
    [[0.0, 'same'], [0.0, 'same']]
    """
    scores = scores_of(corpus, options)
    if "pairs" not in scores.kept:
        first, second = np.triu_indices(len(scores.policy_ids), 1)
        tables = [_rows(scores, name, first, second) for name in scores.names]
        joined = pd.concat(tables, ignore_index=True)
        order = np.arange(len(joined)).reshape(len(tables), -1).T.ravel()
        scores.kept["pairs"] = typed_frame({**joined.iloc[order].reset_index(drop=True)}, COLUMNS)
    return scores.kept["pairs"].copy()


def _rows(scores: Scores, dimension: str, first: np.ndarray, second: np.ndarray) -> pd.DataFrame:
    """The rows of one dimension, one for each pair."""
    pairs = pairs_of(scores, dimension)
    ids = np.array(scores.policy_ids, dtype=object)
    share = _share_of_choices(scores, dimension)
    return pd.DataFrame({
        "policy_id": ids[first], "other_id": ids[second], "dimension": dimension, "difference": pairs.difference,
        "low": pairs.low, "high": pairs.high, "p_ahead": pairs.p_ahead, "adjusted_low": pairs.adjusted_low,
        "adjusted_high": pairs.adjusted_high, "share_of_choices": share,
        "verdict": verdicts(pairs, share, by_text=dimension in TEXT_MEASURES),
        **decision_columns(scores, dimension, pairs),
    })  # fmt: skip


def _share_of_choices(scores: Scores, dimension: str) -> np.ndarray:
    """Share of the drawn choices under which each pair has the sign that it has under the stated ones."""
    centre, chosen = scores.centre(dimension), scores.choice_draws(dimension)
    shares = [np.empty(0)]
    for i in range(len(centre) - 1):
        stated = np.sign((centre[i] - centre[i + 1 :]).round(9))[:, None]
        drawn = np.sign((chosen[i] - chosen[i + 1 :]).round(9))
        share = (stated == drawn).mean(axis=1)
        shares.append(np.where(np.isnan(stated[:, 0]), np.nan, share))
    return np.concatenate(shares)


def verdicts(pairs: Pairs, share: np.ndarray, *, by_text: bool) -> np.ndarray:
    """The verdict of each pair; see `compare_scores`."""
    side = np.where(pairs.difference > 0, "ahead", "behind").astype(object)
    weighed = side + " at these weights"
    conditions: list[np.ndarray] = [
        np.isnan(pairs.difference), pairs.same, ~pairs.separated, share >= SURE, share >= MOSTLY,
    ]  # fmt: skip
    texts = ["undefined", "same", f"not separated by the {'text' if by_text else 'codes'}", side, weighed]
    return np.select(conditions, [np.asarray(text, dtype=object) for text in texts], "depends on weights")
