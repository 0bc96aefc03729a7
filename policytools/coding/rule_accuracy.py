"""How often the coding rules are right, item by item: measured against readings of whole texts.

The shipped table counts, for each item of the codebook "disclosure", where the rules are right on five policies of
online services that no rule writer had seen (the set "held out" of benchmarks/codings, coded by a language model).
Five policies are few: `transparency` shrinks an item's counts to the rate over all items.
``python benchmarks/rule_accuracy.py CODINGS TEXTS`` repeats the measurement.
"""

from pathlib import Path

import pandas as pd

from policytools._files import PACKAGE, read_csv
from policytools._frames import check_frame, check_type
from policytools._wording import listed
from policytools.coding.codebook import Codebook
from policytools.coding.coverage import code_sentences, coverage
from policytools.corpus.corpus import Corpus

ACCURACY_FILE = PACKAGE / "resources" / "rule_accuracy.csv"
_COUNTS = ["true_positive", "false_positive", "false_negative", "true_negative"]


def load_rule_accuracy(path: str | Path = ACCURACY_FILE) -> pd.DataFrame:
    """How often the rules of the shipped codebook were right, item by item, when they were measured.

    Parameters
    ----------
    path : path
        A CSV file with the same columns from your own measurement; default: the shipped one.

    Returns
    -------
    DataFrame
        One row for each item of the codebook: item (str), n_policies, true_positive, false_positive, false_negative,
        true_negative (int: policies), precision, recall, missed (float, 0 to 1; NaN without a denominator). missed is
        the share of policies that address the item, among those in which the rules found nothing.

    Raises
    ------
    ValueError
        A column is missing, an item occurs twice or a count is below 0.

    Notes
    -----
    The shipped table compares the rules with a language model's reading of five policies of online services that no
    rule writer had seen. No person has coded them.

    Examples
    --------
    >>> counts = load_rule_accuracy()[["true_positive", "false_positive", "false_negative"]].sum()
    >>> hit, extra, lacking = counts
    >>> print(f"precision {hit / (hit + extra):.2f}, recall {hit / (hit + lacking):.2f}")
    precision 0.96, recall 0.92
    """
    table = read_csv(Path(path))
    try:
        for name in table.columns.drop("item", errors="ignore"):
            table[name] = pd.to_numeric(table[name])
        return check_accuracy(table)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def check_accuracy(table: pd.DataFrame) -> pd.DataFrame:
    """The table itself; ValueError if a column is missing, an item occurs twice or a count is below 0."""
    table = check_frame(table, "rule_accuracy", ("item", *_COUNTS), numbers=_COUNTS)
    if not (table[_COUNTS] >= 0).all(axis=None):
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
        zip(_COUNTS, (truth & claim, ~truth & claim, truth & ~claim, ~truth & ~claim), strict=True)
    )
    counts = pd.DataFrame(outcomes).groupby(both["item"]).sum()
    table = counts.reindex(codebook.items["item"], fill_value=0).astype("int64")
    table.insert(0, "n_policies", table.sum(axis=1))
    table["precision"] = table["true_positive"] / (table["true_positive"] + table["false_positive"])
    table["recall"] = table["true_positive"] / (table["true_positive"] + table["false_negative"])
    table["missed"] = table["false_negative"] / (table["false_negative"] + table["true_negative"])
    return table.rename_axis("item").reset_index().astype({"item": "str"})
