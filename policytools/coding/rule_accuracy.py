"""How often the coding rules are right, item by item: measured against readings of whole texts.

The shipped table counts where the rules of the shipped codebook are right, for each item in each set of policies whose
codes were given by reading: by a language model, or by people. The set "held out" has five policies that no rule writer
had seen. ``python benchmarks/rule_accuracy.py TEXTS --people FOLDER`` repeats the measurement.
"""

from pathlib import Path

import pandas as pd

from policytools._files import PACKAGE, read_csv
from policytools._frames import check_choice, check_frame, check_type
from policytools._wording import listed
from policytools.coding.codebook import Codebook
from policytools.coding.coverage import code_sentences, coverage
from policytools.corpus.corpus import Corpus

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


def check_accuracy(table: pd.DataFrame) -> pd.DataFrame:
    """The table itself; ValueError if a column is missing, an item occurs twice or a count is below 0."""
    table = check_frame(table, "rule_accuracy", ("item", *COUNTS), numbers=COUNTS)
    if not (table[COUNTS] >= 0).all(axis=None):
        raise ValueError("rule_accuracy: the counts must be 0 or more")
    return table


def measure_rules(corpus: Corpus, hand_codings: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Precision and recall of each item's rules against codes given by reading; higher is better.

    Parameters
    ----------
    corpus : Corpus
        The policies that were read.
    hand_codings : DataFrame
        One row for each policy and item: policy_id, item (str), code (1 addressed, 0 silent).
    codebook : Codebook

    Returns
    -------
    DataFrame
        One row for each item, in the order of the codebook: item, n_policies, true_positive, false_positive,
        false_negative, true_negative (int), precision, recall, missed (float, NaN without a denominator), as
        `load_rule_accuracy` describes them.

    Examples
    --------
    >>> from policytools.coding.codebook import load_codebook
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a", "b"], "text": ["We use cookies.", "We sell printers."]}))
    >>> by_hand = pd.DataFrame({"policy_id": ["a", "b"], "item": "cookies", "code": [1, 0]})
    >>> measure_rules(corpus, by_hand, load_codebook("disclosure")).set_index("item").loc["cookies", "true_positive"].item()
    1
    """
    columns = ["policy_id", "item", "code"]
    check_type("corpus", corpus, Corpus)
    hand_codings = check_frame(hand_codings, "hand_codings", columns, unit=columns[:2])
    if not hand_codings["code"].isin([0, 1]).all():
        raise ValueError("hand_codings: code must be 0 or 1")
    by_rules = coverage(code_sentences(corpus.sentences, codebook), codebook, corpus.policies)
    both = hand_codings[columns].merge(by_rules, on=["policy_id", "item"])
    if len(both) < len(hand_codings):
        unknown = sorted(set(hand_codings["policy_id"]) - set(by_rules["policy_id"]))
        unknown += sorted(set(hand_codings["item"]) - set(by_rules["item"]))
        raise ValueError(f"hand_codings: no such policy or item: {listed(unknown)}")
    truth, claim = both["code"].astype(bool), both["addressed"]
    outcomes = dict(
        zip(COUNTS, (truth & claim, ~truth & claim, truth & ~claim, ~truth & ~claim), strict=True)
    )
    counts = pd.DataFrame(outcomes).groupby(both["item"]).sum()
    table = counts.reindex(codebook.items["item"], fill_value=0).astype("int64")
    table.insert(0, "n_policies", table.sum(axis=1))
    table["precision"] = table["true_positive"] / (table["true_positive"] + table["false_positive"])
    table["recall"] = table["true_positive"] / (table["true_positive"] + table["false_negative"])
    table["missed"] = table["false_negative"] / (table["false_negative"] + table["true_negative"])
    return table.rename_axis("item").reset_index().astype({"item": "str"})
