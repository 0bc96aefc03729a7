"""The units of a policy as versions compare them: by their words, without case and punctuation."""

import re
from typing import NamedTuple

import pandas as pd

from policytools._frames import check_type, in_reading_order
from policytools._wording import probably
from policytools.corpus.corpus import Corpus
from policytools.text.normalise import fold

_WORD = re.compile(r"\w+")


class Units(NamedTuple):
    """Units of one policy in reading order."""

    ids: list[int]
    texts: list[str]
    sections: list[str]
    keys: list[str]  # the words of each unit, in small letters


def units_of(corpus: Corpus, policy_id: str, argument: str = "policy_id") -> Units:
    """The units of one policy of a corpus that have words."""
    check_type("corpus", corpus, Corpus)
    known = corpus.policies["policy_id"].tolist()
    if policy_id not in known:
        raise ValueError(
            f"{argument}: no policy {policy_id!r} in the corpus{probably(str(policy_id), known)}"
        )
    return split_units(corpus.sentences[corpus.sentences["policy_id"] == policy_id])


def split_units(sentences: pd.DataFrame) -> Units:
    """The units of a frame of one policy's sentences."""
    frame = in_reading_order(sentences, columns=["section"])
    rows = zip(frame["sentence_id"], frame["text"], frame["section"], strict=True)
    kept = [(n, text, section, key) for n, text, section in rows if (key := words_of(text))]
    return Units(*(list(column) for column in zip(*kept, strict=True))) if kept else Units([], [], [], [])


def words_of(text: str) -> str:
    """The words of a text in small letters, with a space between."""
    return " ".join(_WORD.findall(fold(text).lower()))
