"""How strongly a unit tells an item: the order in which evidence is quoted."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache

from nltk.stem.snowball import SnowballStemmer

from policytools.coding.codebook import Codebook
from policytools.coding.matching import Evidence
from policytools.text.tokens import load_stop_words

# What counts, and how much; the weights sum to 1. They were rounded from a conditional logit of which piece of evidence
# the coders of 17 policies had quoted; leaving out one policy at a time changes none by more than .03.
_WEIGHTS = {
    "matched": 0.25,  # characters that the rules matched; half at 40
    "places": 0.10,  # further places that they matched; half at 1.5
    "words": 0.28,  # words of the item's label, question and "counts", weighed by how few items have them; half at 6
    "heading": 0.12,  # the same in the heading above; half at 2
    "alone": 0.15,  # the unit tells few other items
    "near": 0.05,  # the next or next but one unit tells the item too
    "sentence": 0.05,  # it is a whole sentence
}
_NEAR = 2
_WORD = re.compile(r"[a-z]{3,}")
_stem = cache(SnowballStemmer("english").stem)


def strengths(
    codebook: Codebook,
    evidence: Sequence[Evidence],
    policies: Sequence[str],
    texts: Sequence[str],
    kinds: Sequence[str],
    sections: Sequence[str],
) -> list[float]:
    """Strength of each piece of evidence, 0 to 1; pieces of one item in one unit have the same.

    `policies`, `texts`, `kinds` and `sections` are those of all units; the evidence is given as `find_evidence` gives it.
    """
    spans: dict[tuple[str, int], list[int]] = defaultdict(list)
    items_of: dict[int, set[str]] = defaultdict(set)
    units_of: dict[str, set[int]] = defaultdict(set)
    for item, unit, start, end in evidence:
        spans[item, unit].append(end - start)
        items_of[unit].add(item)
        units_of[item].add(unit)
    wording = _wording(codebook)
    words_of = cache(lambda text: frozenset(_words(text)))
    found = {}
    for (item, unit), lengths in spans.items():
        near = [n for n in range(unit - _NEAR, unit + _NEAR + 1) if n != unit and n in units_of[item]]
        parts = {
            "matched": _share(sum(lengths), 40),
            "places": _share(len(lengths) - 1, 1.5),
            "words": _share(_weight(wording[item], words_of(texts[unit])), 6),
            "heading": _share(_weight(wording[item], words_of(sections[unit])), 2),
            "alone": 1 / len(items_of[unit]),
            "near": any(policies[other] == policies[unit] for other in near),
            "sentence": kinds[unit] == "sentence",
        }
        found[item, unit] = round(sum(_WEIGHTS[name] * value for name, value in parts.items()), 4)
    return [found[item, unit] for item, unit, _, _ in evidence]


@cache
def _wording(codebook: Codebook) -> dict[str, dict[str, float]]:
    """Item -> the words that ask for it, each with its weight: the logarithm of 1 over the share of items that have it."""
    rows = codebook.items[["item", "label", "question", "counts"]].itertuples(index=False)
    words = {item: _words(" ".join(texts)) for item, *texts in rows}
    having = Counter(word for own in words.values() for word in own)
    return {item: {word: math.log(len(words) / having[word]) for word in own} for item, own in words.items()}


def _words(text: str) -> set[str]:
    return {_stem(word) for word in _WORD.findall(text.lower()) if word not in load_stop_words()}


def _weight(wording: dict[str, float], words: frozenset[str]) -> float:
    return sum(wording[word] for word in sorted(words & wording.keys()))


def _share(value: float, half: float) -> float:
    """0 for nothing, 1/2 for `half`, toward 1 for more."""
    return value / (value + half)
