"""Readability by other ways to cut sentences, and by textstat on the raw file."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from policytools._frames import check_type, frame_of_rows
from policytools.corpus.corpus import Corpus
from policytools.measures.readability import FORMULAS, count, formula_values
from policytools.text.syllables import own_textstat

_COLUMNS = (
    {"policy_id": "str", "choice": "str"}
    | dict.fromkeys(("n_sentences", "n_words"), "Int64")
    | dict.fromkeys(FORMULAS, "float64")
)


def reading_sensitivity(corpus: Corpus) -> pd.DataFrame:
    """The values that the formulas would have if the texts were cut into sentences in other ways.

    Parameters
    ----------
    corpus : Corpus
        Its three frames, and the text of each untouched file.

    Returns
    -------
    DataFrame
        One row for each policy and choice, in the order of ``corpus.policies`` and of the list below:
        policy_id, choice (str), n_sentences, n_words (Int64), then the ten formulas of `readability`
        (float64). NaN where undefined.

    Notes
    -----
    The choices:

    - "sentences": the project's own, as `readability`.
    - "fragments as sentences": each fragment is a sentence too.
    - "items merged into lead-in": the first unit of each list item continues the last sentence before the
      list that ends in a colon; the item's other units stay as they are.
    - "every line a sentence": each kept block, headings too, is one sentence.
    - "textstat on the raw file": textstat's own functions on the unchanged file, with its own words,
      sentences and constants; its reading time is turned into minutes.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> text = "# Your data\\n\\nWe collect:\\n\\n- your name;\\n- your address.\\n\\nWe keep it for a year."
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a"], "text": [text], "format": ["markdown"]}))
    >>> values = reading_sensitivity(corpus)
    >>> values[["choice", "n_sentences", "n_words"]]
                          choice  n_sentences  n_words
    0                  sentences            2        8
    1     fragments as sentences            4       12
    2  items merged into lead-in            2       12
    3      every line a sentence            5       14
    4   textstat on the raw file            2       14
    """
    check_type("corpus", corpus, Corpus)
    units = _units(corpus)
    kept = corpus.blocks[corpus.blocks["keep"].astype(bool)]
    lines = {policy_id: list(texts) for policy_id, texts in kept.groupby("policy_id")["text"]}
    rows = []
    for policy_id in corpus.policies["policy_id"]:
        own = units.get(policy_id, [])
        choices = {
            "sentences": _by_kind(own, ("sentence",)),
            "fragments as sentences": _by_kind(own, ("sentence", "fragment")),
            "items merged into lead-in": _merged_items(own),
            "every line a sentence": (lines.get(policy_id, []), []),
        }
        for choice, (counted, others) in choices.items():
            counts = count(counted, others)
            rows.append((policy_id, choice, *counts[:2], *formula_values(counts)))
        rows.append((policy_id, "textstat on the raw file", *_by_textstat(corpus, policy_id)))
    return frame_of_rows(rows, _COLUMNS)


def _units(corpus: Corpus) -> dict[str, list[Any]]:
    """The units of each policy in reading order: kind, text, block_id, is_item (whether the block is a list item)."""
    block = ["policy_id", "block_id"]
    items = pd.MultiIndex.from_frame(corpus.blocks.loc[corpus.blocks["kind"] == "list_item", block])
    units = corpus.sentences.sort_values("sentence_id", kind="stable")
    units["is_item"] = pd.MultiIndex.from_frame(units[block]).isin(items)
    return {str(policy): list(own.itertuples(index=False)) for policy, own in units.groupby("policy_id")}


def _by_kind(units: list[Any], counted: tuple[str, ...]) -> tuple[list[str], list[str]]:
    return [u.text for u in units if u.kind in counted], [u.text for u in units if u.kind not in counted]


def _merged_items(units: list[Any]) -> tuple[list[str], list[str]]:
    sentences: list[str] = []
    others: list[str] = []
    lead_in = block_before = None
    for unit in units:
        if not unit.is_item:
            lead_in = None
        if lead_in is not None and unit.block_id != block_before and unit.kind != "heading":
            sentences[lead_in] += " " + unit.text
        elif unit.kind == "sentence":
            sentences.append(unit.text)
            lead_in = len(sentences) - 1 if unit.text.endswith(":") else lead_in
        else:
            others.append(unit.text)
        block_before = unit.block_id
    return sentences, others


def _by_textstat(corpus: Corpus, policy_id: str) -> list[Any]:
    textstat = own_textstat()
    try:
        text = corpus.raw_text(policy_id)
    except KeyError:  # the frames were made without files
        text = ""
    n_words = textstat.lexicon_count(text)
    if not n_words:
        return [pd.NA, pd.NA] + [math.nan] * len(FORMULAS)
    values = [getattr(textstat, formula)(text) for formula in FORMULAS if formula != "reading_minutes"]
    return [textstat.sentence_count(text), n_words, *values, textstat.reading_time(text) / 60]
