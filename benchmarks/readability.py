"""Time and equality of the ten readability formulas of policytools and of textstat.

    python benchmarks/readability.py [--texts FOLDER] [--documents N] [--seed N]

The texts of data/raw (and of each FOLDER) are cut into sentences once. Each document then consists of
sentences of one text, in another order and number, so that both sides read it for the first time. Only the
caches for word types are warm: both dictionaries are loaded, and policytools has judged the words. textstat
gets the sentences as one text, policytools as a frame. Times are processor time of one core.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from policytools.measures.readability import _COUNTS_OF, FORMULAS, readability
from policytools.text.sentences import split_sentences
from policytools.text.syllables import judge, own_textstat, spoken

UNLIKE_TEXTSTAT = {"coleman_liau_index", "dale_chall_readability_score", "reading_minutes"}
PLAIN = re.compile(r"(?:[A-Za-z]+,? )+[A-Za-z]+\.")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--texts", type=Path, action="append", help="a folder of .txt or .md files, beside data/raw"
    )
    parser.add_argument("--documents", type=int, default=60, help="how many documents are made (60)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folders = [Path(__file__).parents[1] / "data" / "raw", *(options.texts or [])]
    files = sorted(file for folder in folders for file in folder.iterdir() if file.suffix in {".txt", ".md"})
    texts = [sentences for file in files if len(sentences := cut(file)) > 10]
    print(f"{len(texts)} texts, {sum(map(len, texts))} sentences, seed {options.seed}")

    draw = random.Random(options.seed)
    documents = [
        draw.choices(texts[i % len(texts)], k=draw.randint(60, 240)) for i in range(options.documents)
    ]
    readability(as_frame(texts))
    by_textstat(" ".join(texts[0]))

    size = sum(len(sentence) + 1 for document in documents for sentence in document) / 1e6
    table = {
        "policytools, sentences given": timed(lambda: readability(as_frame(documents))),
        "policytools, cut by nupunkt first": timed(
            lambda: readability(as_frame([split_sentences(" ".join(document)) for document in documents]))
        ),
        "textstat": timed(lambda: [by_textstat(" ".join(document)) for document in documents]),
    }
    print(f"{'ten formulas':36}{'seconds':>10}{'documents/s':>14}{'MB/s':>8}{'ratio':>8}")
    for name, seconds in table.items():
        ratio = table["textstat"] / seconds
        print(f"{name:36}{seconds:10.3f}{len(documents) / seconds:14.0f}{size / seconds:8.2f}{ratio:8.1f}")
    compare_values([[sentence for sentence in text if is_plain(sentence)] for text in texts])


def cut(file: Path) -> list[str]:
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return [sentence for line in lines for sentence in split_sentences(line.strip())]


def is_plain(sentence: str) -> bool:
    """Whether textstat cuts and counts a sentence as policytools does: words of the dictionary, commas and a full stop."""
    words = sentence.rstrip(".").replace(",", "").split()
    return len(words) > 2 and bool(PLAIN.fullmatch(sentence)) and all(map(is_in_dictionary, words))


def is_in_dictionary(word: str) -> bool:
    return spoken(word.lower()) == judge(word).n_syllables  # a few words are listed with other counts ("AI")


def as_frame(documents: list[list[str]]) -> pd.DataFrame:
    rows = [(str(i), "sentence", sentence) for i, document in enumerate(documents) for sentence in document]
    return pd.DataFrame(rows, columns=["policy_id", "kind", "text"])


def by_textstat(text: str) -> dict[str, float]:
    functions = {formula: "reading_time" if formula == "reading_minutes" else formula for formula in FORMULAS}
    return {formula: getattr(own_textstat(), function)(text) for formula, function in functions.items()}


def timed(work: Callable[[], object]) -> float:
    _COUNTS_OF.clear()  # a cache for pieces of text between spaces, not for word types
    start = time.process_time()
    work()
    return time.process_time() - start


def compare_values(documents: list[list[str]]) -> None:
    documents = [document for document in documents if document]
    ours = readability(as_frame(documents))
    same = {formula: 0 for formula in FORMULAS if formula not in UNLIKE_TEXTSTAT}
    for (_, row), document in zip(ours.iterrows(), documents, strict=True):
        theirs = by_textstat(" ".join(document))
        for formula in same:
            same[formula] += row[formula] == theirs[formula]
    n_sentences = sum(map(len, documents))
    print(f"equal to the last bit, on {len(documents)} documents of {n_sentences} plain sentences:")
    for formula, n in same.items():
        print(f"  {formula:34}{n} of {len(documents)}")


if __name__ == "__main__":
    main()
