"""Which words a text must contain for a phrase to match, and an index of the texts that contain them.

The phrase "sell~ .. data" can only match a text that contains the word "data" and a form of "sell".
`requirement` derives such conditions from a parsed phrase. `WordIndex` looks up which of many texts meet a
requirement. A requirement is necessary, not sufficient: in the texts that meet it, the phrase's regular
expression decides.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_

from policytools.text.word_cache import WordCache

_WORD = re.compile(r"\w+")
_WORDS_IN = WordCache(_WORD.findall)  # piece of a text between blanks -> its words


@dataclass(frozen=True, eq=False)  # equal only to itself, so that it is a fast key of a dict
class AnyOf:
    """A text must contain a word, a beginning of a word or a pattern, or meet a requirement: one of all these."""

    words: frozenset[str] = frozenset()
    beginnings: frozenset[str] = frozenset()
    patterns: frozenset[re.Pattern[str]] = frozenset()
    requirements: tuple[AllOf, ...] = ()


@dataclass(frozen=True, eq=False)
class AllOf:
    """A text must meet all of some requirements."""

    requirements: tuple[Requirement, ...]


Requirement = AnyOf | AllOf


# --- from a phrase to its requirement


def requirement(tree: tuple) -> Requirement | None:
    """What every text meets that a parsed phrase matches; None if the phrase requires no particular word."""
    kind = tree[0]
    if kind == "word":
        return _any_of([_of_word(word) for word in tree[1]])
    if kind == "stem":
        return _of_word(tree[1], is_beginning=True)
    if kind in ("built_in", "group"):
        return tree[2]
    if kind == "alt":
        return _any_of([requirement(option) for option in tree[1]])
    if kind == "seq":
        return _all_of([requirement(part) for part in tree[1]])
    return None


@cache
def _of_word(word: str, is_beginning: bool = False) -> Requirement | None:
    """What every text meets that a word of a phrase matches.

    A text may also write "opt-out" as "opt out" or "optout". "don't" is two words here, "don" and "t".
    """
    if "-" in word:
        variants = [word.replace("-", between, 1) for between in (" ", "")]
        return _any_of([_of_word(variant, is_beginning) for variant in variants])
    *whole, last = _WORD.findall(word) or [""]
    if not last:
        return None
    required = AnyOf(beginnings=_spellings(last)) if is_beginning else AnyOf(words=_spellings(last))
    return _all_of([*(AnyOf(words=_spellings(part)) for part in whole), required])


def _spellings(word: str) -> frozenset[str]:
    """A word with "iz" and with "is", as the pattern of a phrase allows it: personalize, personalise."""
    first, *others = re.split(r"(?<=\w\w)iz", word)
    spelt = [first]
    for rest in others:
        spelt = [begun + between + rest for begun in spelt for between in ("iz", "is")]
    return frozenset(spelt)


def _all_of(parts: list[Requirement | None]) -> Requirement | None:
    known = tuple(part for part in parts if part is not None)
    return AllOf(known) if len(known) > 1 else known[0] if known else None


def _any_of(options: list[Requirement | None]) -> Requirement | None:
    known = [option for option in options if option is not None]
    if len(known) < len(options):  # one option requires nothing, so neither do all together
        return None
    if len(known) == 1:
        return known[0]
    flat = [option for option in known if isinstance(option, AnyOf)]
    return AnyOf(
        words=frozenset().union(*(option.words for option in flat)),
        beginnings=frozenset().union(*(option.beginnings for option in flat)),
        patterns=frozenset().union(*(option.patterns for option in flat)),
        requirements=(
            *(option for option in known if isinstance(option, AllOf)),
            *(inner for option in flat for inner in option.requirements),
        ),
    )


# --- from requirements to texts


class WordIndex:
    """Inverted index of some normalised texts: word -> the texts that contain it.

    A set of texts is an integer with one bit for each text (see `mask` and `members`), so that one operation
    intersects or unites two sets. Each answer is computed when first asked for, and kept.
    """

    def __init__(self, texts: list[str]):
        self._texts = texts
        self._numbers: dict[str, list[int]] = defaultdict(list)  # of the texts with a word
        for number, text in enumerate(texts):
            for word in set().union(*map(_WORDS_IN.__getitem__, text.split())):
                self._numbers[word].append(number)
        self._vocabulary = frozenset(self._numbers)
        self._sorted = sorted(self._vocabulary)
        # A set is as long as its last number, so only those that are asked for are made.
        self._with_word = WordCache(lambda word: mask(self._numbers[word]))
        self._with_pattern: dict[re.Pattern[str], int] = {}
        self._meeting: dict[Requirement, int] = {}

    def meeting(self, required: Requirement) -> int:
        """The texts that meet a requirement."""
        if required not in self._meeting:
            if isinstance(required, AllOf):
                texts = -1  # all texts
                for part in required.requirements:
                    texts &= texts and self.meeting(part)
            else:
                texts = reduce(or_, map(self.meeting, required.requirements), self._containing(required))
            self._meeting[required] = texts
        return self._meeting[required]

    def _containing(self, required: AnyOf) -> int:
        """The texts that contain one of the words, beginnings or patterns of a requirement."""
        texts = 0
        for word in required.words & self._vocabulary:
            texts |= self._with_word[word]
        for beginning in required.beginnings:
            first = bisect_left(self._sorted, beginning)
            behind = bisect_left(self._sorted, beginning + "\U0010ffff")
            for word in self._sorted[first:behind]:
                texts |= self._with_word[word]
        for pattern in required.patterns:
            texts |= self._matching(pattern)
        return texts

    def _matching(self, pattern: re.Pattern[str]) -> int:
        if pattern not in self._with_pattern:
            found = (number for number, text in enumerate(self._texts) if pattern.search(text))
            self._with_pattern[pattern] = mask(found)
        return self._with_pattern[pattern]


# --- sets of numbers as integers: number n is in the set if bit n is 1


def mask(numbers: Iterable[int]) -> int:
    """The set of some numbers.

    Examples
    --------
    >>> bin(mask([0, 3]))
    '0b1001'
    """
    numbers = list(numbers)
    bits = bytearray(max(numbers, default=0) // 8 + 1)
    for number in numbers:
        bits[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(bits, "little")


def members(numbers: int) -> list[int]:
    """The numbers of a set, in ascending order.

    Examples
    --------
    >>> members(0b1001)
    [0, 3]
    """
    digits = bin(numbers)[:1:-1]  # without "0b", the lowest bit first
    found = []
    at = digits.find("1")
    while at >= 0:
        found.append(at)
        at = digits.find("1", at + 1)
    return found
