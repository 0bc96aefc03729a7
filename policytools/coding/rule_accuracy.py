"""How often the coding rules are right, item by item: measured against readings of whole texts.

The shipped table says for each item of the codebook "disclosure" how the rules did on five policies of online
services that no rule writer had seen (the set "held out" of benchmarks/codings, coded by a language model). Five
policies are few: `transparency` shrinks an item's counts to the rate over all items.
``python benchmarks/rule_accuracy.py CODINGS TEXTS`` measures anew.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from policytools._files import PACKAGE
from policytools.coding.codebook import Codebook
from policytools.coding.coverage import code_sentences, coverage
from policytools.corpus.corpus import Corpus

ACCURACY_FILE = PACKAGE / "resources" / "rule_accuracy.csv"
_COUNTS = ["true_positive", "false_positive", "false_negative", "true_negative"]


def load_rule_accuracy(path: str | Path = ACCURACY_FILE) -> pd.DataFrame:
    """How often the rules of the shipped codebook are right, item by item, as it was measured.

    Parameters
    ----------
    path : path
        A CSV file of the same columns, of a measurement of your own; the shipped one by default.

    Returns
    -------
    DataFrame
        One row for each item of the codebook: item (str), n_policies, true_positive, false_positive, false_negative,
        true_negative (int: policies), precision, recall, missed (float, 0 to 1; missed is the share of the policies
        in which the rules found nothing that address the item all the same; NaN without a denominator).

    Raises
    ------
    ValueError
        If a column is missing, an item stands twice or a count is below 0.

    Notes
    -----
    The shipped table compares the rules with a language model's reading of five policies of online services that no
    rule writer had seen. No person has coded them.

    Examples
    --------
    >>> counts = load_rule_accuracy()[["true_positive", "false_positive", "false_negative"]].sum()
    >>> hit, extra, lacking = counts
    >>> print(f"precision {hit / (hit + extra):.2f}, recall {hit / (hit + lacking):.2f}")
    precision 0.96, recall 0.91
    """
    return check_accuracy(pd.read_csv(path).astype({"item": "str"}))


def check_accuracy(table: pd.DataFrame) -> pd.DataFrame:
    """The table, if it has item and the four counts, no item twice and no count below 0."""
    if missing := [name for name in ("item", *_COUNTS) if name not in table]:
        raise ValueError(
            f"rule_accuracy: column {', '.join(missing)} missing; needed are item, {', '.join(_COUNTS)}"
        )
    if (twice := table["item"][table["item"].duplicated()]).size:
        raise ValueError(f"rule_accuracy: item {twice.iloc[0]!r} stands more than once")
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
        false_negative, true_negative (int), precision, recall, missed (float: the share of the policies in which
        the rules found nothing that address the item all the same). NaN without a denominator.

    Examples
    --------
    >>> from policytools.coding.codebook import load_codebook
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a", "b"], "text": ["We use cookies.", "We sell printers."]}))
    >>> by_hand = pd.DataFrame({"policy_id": ["a", "b"], "item": "cookies", "code": [1, 0]})
    >>> measure_rules(corpus, by_hand, load_codebook("disclosure")).set_index("item").loc["cookies", "true_positive"].item()
    1
    """
    if missing := [name for name in ("policy_id", "item", "code") if name not in hand_codings]:
        raise ValueError(
            f"hand_codings: column {', '.join(missing)} missing; needed are policy_id, item, code"
        )
    if hand_codings.duplicated(["policy_id", "item"]).any():
        raise ValueError("hand_codings: more than one code for a policy and item; give the agreed ones only")
    if not hand_codings["code"].isin([0, 1]).all():
        raise ValueError("hand_codings: code must be 0 or 1")
    found = coverage(code_sentences(corpus.sentences, codebook), codebook, corpus.policies)
    both = hand_codings[["policy_id", "item", "code"]].merge(found, on=["policy_id", "item"])
    if len(both) < len(hand_codings):
        lost = sorted(set(hand_codings["policy_id"]) - set(found["policy_id"]))
        lost += sorted(set(hand_codings["item"]) - set(found["item"]))
        raise ValueError(f"hand_codings: no such policy or item: {', '.join(lost[:5])}")
    truth, claim = both["code"].astype(bool), both["addressed"]
    cells = pd.DataFrame(
        {
            "item": both["item"],
            **dict(zip(_COUNTS, (truth & claim, ~truth & claim, truth & ~claim, ~truth & ~claim))),
        }
    )
    table = cells.groupby("item")[_COUNTS].sum().reindex(codebook.items["item"], fill_value=0).astype("int64")
    hit, extra, lacking, silent = (table[name] for name in _COUNTS)
    table.insert(0, "n_policies", table.sum(axis=1))
    table["precision"] = hit / (hit + extra).where(hit + extra > 0)
    table["recall"] = hit / (hit + lacking).where(hit + lacking > 0)
    table["missed"] = lacking / (lacking + silent).where(lacking + silent > 0)
    return table.rename_axis("item").reset_index().astype({"item": "str"})
