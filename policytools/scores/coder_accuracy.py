"""How often coders are right: counts of right and wrong codes by item and kind of coder, and draws of their rates."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from policytools._files import PACKAGE, read_csv
from policytools._statistics import prior_size, stream
from policytools.coding.rule_accuracy import COUNTS, check_accuracy, load_rule_accuracy

ACCURACY_FILE = PACKAGE / "resources" / "coder_accuracy.csv"
_COLUMNS = ["measured_on", "coder_kind", "confidence", "item", *COUNTS]
_SIDES = (("true_positive", "false_negative"), ("true_negative", "false_positive"))


def load_coder_accuracy(path: str | Path | None = None) -> pd.DataFrame:
    """Counts of right and wrong codes, by kind of coder and item.

    Parameters
    ----------
    path : path, optional
        A CSV file with the columns coder_kind, item and the four counts, from your own measurement; confidence ("sure",
        "unsure") and measured_on are optional. By default the shipped counts.

    Returns
    -------
    DataFrame
        One row for each kind of coder, confidence and item: measured_on, coder_kind ("rules", "model", "person"),
        confidence ("sure" or "unsure"), item (str), true_positive, false_positive, false_negative, true_negative (int).

    Raises
    ------
    ValueError
        A column is missing, a count is below 0, or a row occurs twice.

    Notes
    -----
    *rules*: five policies that no rule writer had seen, beside a language model's reading (`load_rule_accuracy`).
    *person*: each of three law students beside the other two where these agree (OPP-115, 60 policies, 30 items).
    *model*: codes of a language model for 22 policies beside the same codes as settled later, when questions of coders
    had been answered. Two readings by one kind of model share their errors: **what they have in common is not identified
    by any of these counts**, so the model's error is a lower bound. Show the answer for half and twice of it
    (``error_factor``), and see `compare_scores` for the error up to which a pair stays apart.

    References
    ----------
    Wilson, S. et al. (2016). The creation and analysis of a website privacy policy corpus. ACL 2016.
    https://doi.org/10.18653/v1/P16-1126

    Examples
    --------
    >>> counts = load_coder_accuracy().groupby("coder_kind")[["true_positive", "false_negative"]].sum()
    >>> (counts["true_positive"] / counts.sum(axis=1)).round(2)["person"].item()
    0.92
    """
    if path is not None:
        table = read_csv(Path(path))
        for name in set(COUNTS) & set(table):
            table[name] = pd.to_numeric(table[name])
        return check_coder_accuracy(table)
    rules = load_rule_accuracy().assign(coder_kind="rules", confidence="sure")
    read = read_csv(ACCURACY_FILE).astype(dict.fromkeys(COUNTS, "int64"))
    return check_coder_accuracy(pd.concat([rules, read], ignore_index=True))


def check_coder_accuracy(table: pd.DataFrame) -> pd.DataFrame:
    """The table with all its columns; ValueError if one is missing, a count is below 0 or a row occurs twice."""
    table = check_accuracy(table, "coder_accuracy", ["coder_kind", "item"])
    table = table.assign(
        **{name: text for name, text in (("measured_on", ""), ("confidence", "sure")) if name not in table}
    )
    if table.duplicated(["coder_kind", "confidence", "item"]).any():
        raise ValueError("coder_accuracy: more than one row for the same coder_kind, confidence and item")
    return table[_COLUMNS].reset_index(drop=True)


@dataclass(frozen=True)
class AccuracyDraws:
    """Draws of sensitivity and specificity, common to all policies.

    Attributes
    ----------
    counts : DataFrame
        From `check_coder_accuracy`.
    factor : float
        The drawn error rates are multiplied by it.
    draws, seed : int
    """

    counts: pd.DataFrame
    factor: float
    draws: int
    seed: int
    _drawn: dict = field(default_factory=dict, repr=False, compare=False)

    def rates(self, kind: str, item: str) -> tuple[np.ndarray, np.ndarray]:
        """Sensitivity and specificity of a kind of coder ("model", or "model, unsure") for an item, one for each draw."""
        if (kind, item) not in self._drawn:
            rows = self._counts_of(kind)
            own = rows[rows["item"] == item]
            self._drawn[kind, item] = tuple(self._rate(rows, own, kind, item, *side) for side in _SIDES)
        return self._drawn[kind, item]

    def _counts_of(self, kind: str) -> pd.DataFrame:
        """The counts of a kind; where unsure codes were not measured apart, those of all its codes."""
        name, _, confidence = kind.partition(", ")
        rows = self.counts[self.counts["coder_kind"] == name]
        apart = rows[rows["confidence"] == (confidence or "sure")]
        rows = apart if len(apart) else rows
        if rows.empty:
            raise ValueError(
                f"coder_accuracy: no counts of the kind {name!r}, whose codes are here; add rows for it"
            )
        return rows

    def _rate(
        self, rows: pd.DataFrame, own: pd.DataFrame, kind: str, item: str, right: str, wrong: str
    ) -> np.ndarray:
        n_right, n_wrong = rows[right].to_numpy(), rows[wrong].to_numpy()
        all_right, all_wrong = n_right.sum() + 0.5, n_wrong.sum() + 0.5
        if (kind, right) not in self._drawn:
            rate = all_right / (all_right + all_wrong)
            self._drawn[kind, right] = prior_size(n_right, n_right + n_wrong, rate)
        size = self._drawn[kind, right]
        # The mean over the items is itself known from counts only; its draws are common to the items.
        mean = stream(self.seed, "accuracy", kind, right).beta(all_right, all_wrong, self.draws)
        mean = np.clip(mean, 1e-9, 1 - 1e-9)
        rng = stream(self.seed, "accuracy", kind, right, item)
        drawn = rng.beta(mean * size + own[right].sum(), (1 - mean) * size + own[wrong].sum())
        return np.asarray(1 - np.minimum(self.factor * (1 - drawn), 1))
