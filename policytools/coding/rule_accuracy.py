"""How often the coding rules are right, item by item: measured against readings of whole texts.

The shipped table counts where the rules of the shipped codebook are right, for each item in each set of policies whose
codes were given by reading: by a language model, or by people. The set "held out" has five policies that no rule writer
had seen. ``python benchmarks/rule_accuracy.py TEXTS --people FOLDER`` repeats the measurement.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from policytools._files import PACKAGE, read_csv
from policytools._frames import check_choice, check_frame

ACCURACY_FILE = PACKAGE / "resources" / "rule_accuracy.csv"
HELD_OUT = "held out"
_SET = ["measured_on", "coder_kind"]
COUNTS = ["true_positive", "false_positive", "false_negative", "true_negative"]


def load_rule_accuracy(
    path: str | Path = ACCURACY_FILE, *, measured_on: str | None = HELD_OUT
) -> pd.DataFrame:
    """How often the rules of the shipped codebook were right, item by item, when they were measured.

    Parameters
    ----------
    path : path
        A CSV file with the same columns from your own measurement; default: the shipped one. The columns measured_on
        and coder_kind may be absent there, and `measured_on` is then not used.
    measured_on : str, optional
        The set of policies: "held out" (five policies that no rule writer had seen), or one of those on which the rules
        were written: "people" (60 policies of OPP-115, the code of at least two of three people), "vendors",
        "development", "second round"; None for all sets.

    Returns
    -------
    DataFrame
        One row for each item of the set: measured_on, coder_kind (str: who read, "model" or "person"), item (str),
        n_policies, true_positive, false_positive, false_negative, true_negative (int: policies), precision, recall,
        missed (float, 0 to 1; NaN without a denominator). missed is the share of policies that address the item, among
        those in which the rules found nothing.

    Raises
    ------
    ValueError
        A column is missing, an item occurs twice in a set, a count is below 0, or there is no such set.

    Notes
    -----
    People coded other texts and fewer items (30) than the language model did: their set says how the rules do beside
    people on short policies of 2015, the set "held out" how they do on policies of today.

    References
    ----------
    Wilson, S. et al. (2016). The creation and analysis of a website privacy policy corpus. ACL 2016.
    https://doi.org/10.18653/v1/P16-1126

    Examples
    --------
    >>> counts = load_rule_accuracy()[["true_positive", "false_positive", "false_negative"]].sum()
    >>> hit, extra, lacking = counts
    >>> print(f"precision {hit / (hit + extra):.2f}, recall {hit / (hit + lacking):.2f}")
    precision 0.96, recall 0.92
    """
    table = read_csv(Path(path))
    try:
        for name in table.columns.drop(["item", *_SET], errors="ignore"):
            table[name] = pd.to_numeric(table[name])
        if measured_on is not None and _SET[0] in table:
            check_choice("measured_on", measured_on, list(dict.fromkeys(table[_SET[0]])))
            table = table[table[_SET[0]] == measured_on].reset_index(drop=True)
        sets = table.groupby(_SET[0], sort=False) if _SET[0] in table else [("", table)]
        for _, part in sets:
            check_accuracy(part)
        return table
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def check_accuracy(
    table: pd.DataFrame, argument: str = "rule_accuracy", needed: Sequence[str] = ("item",)
) -> pd.DataFrame:
    """The table itself; ValueError if a column is missing, a count is no number or below 0."""
    table = check_frame(table, argument, (*needed, *COUNTS), numbers=COUNTS)
    if not (table[COUNTS] >= 0).all(axis=None):
        raise ValueError(f"{argument}: the counts must be 0 or more")
    return table
