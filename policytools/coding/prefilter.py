"""In which texts phrases may stand, by the words that they need: for all phrases of a codebook at once."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain

import numpy as np

from policytools.coding.phrases import MARKS, TEXT_MARKS
from policytools.coding.required_words import Need
from policytools.coding.shorthand import Shorthand, Written


def numbered(needs: list[Need]) -> dict[Need, int]:
    """What phrases need and what that is made of, each once, the parts before the whole."""
    numbers: dict[Need, int] = {}

    def number(need: Need) -> None:
        if need not in numbers:
            for part in () if isinstance(need, frozenset) else need[1]:
                number(part)
            numbers[need] = len(numbers)

    for need in needs:
        number(need)
    return numbers


class Prefilter:
    """The needs of some phrases, prepared.

    A set of texts is a row of bits. Needs of one kind that rest on the same level of others are worked out together.
    """

    def __init__(self, needs: list[Need], shorthand: Shorthand):
        numbers = numbered(needs)
        self._needed = [numbers[need] for need in needs]
        self._rows: dict[str, int] = {}  # sign, or mark of TEXT_MARKS -> its row
        levels: list[int] = []
        steps: dict[tuple[int, str], list[tuple[int, list[int]]]] = defaultdict(list)
        for need, number in numbers.items():
            if isinstance(need, frozenset):
                signs = [*shorthand.signs[need - MARKS], *(need & MARKS)]
                level, kind = 0, "any"
                parts = [self._rows.setdefault(sign, len(self._rows)) for sign in signs]
            else:
                parts = [numbers[part] for part in need[1]]
                level, kind = 1 + max(levels[part] for part in parts), need[0]
            levels.append(level)
            steps[level, kind].append((number, parts))
        self._n_needs = len(numbers)
        self._steps = []
        for (level, kind), made in sorted(steps.items()):
            whole = [number for number, _ in made]
            begins = np.cumsum([0, *(len(parts) for _, parts in made[:-1])])
            every = [*chain.from_iterable(parts for _, parts in made)]
            join = np.bitwise_and if kind == "all" else np.bitwise_or
            self._steps.append((level, join, np.array(whole), np.array(every), begins))
        signs = [sign for sign in self._rows if sign not in TEXT_MARKS]
        self._row_of = np.full(max(map(ord, signs), default=0) + 2, len(self._rows))
        self._row_of[[*map(ord, signs)]] = [self._rows[sign] for sign in signs]

    def texts(self, written: Written) -> list[int]:
        """For each phrase the texts in which it may stand, a bit for each text."""
        width = written.n_texts // 64 + 1
        rows = np.zeros((len(self._rows) + 1, 8 * width), dtype=np.uint8)
        signs, texts = written.occurrences()
        places = self._row_of[np.minimum(signs, len(self._row_of) - 1)] * rows.shape[1] + (texts >> 3)
        np.bitwise_or.at(rows.reshape(-1), places, np.uint8(1) << (texts & 7).astype(np.uint8))
        for mark in self._rows.keys() & TEXT_MARKS.keys():
            for text in written.texts_matching(TEXT_MARKS[mark]):
                rows[self._rows[mark], text >> 3] |= 1 << (text & 7)
        with_signs = rows.view(np.uint64)
        meeting = np.empty((self._n_needs, width), dtype=np.uint64)
        for level, join, whole, parts, begins in self._steps:
            meeting[whole] = join.reduceat((meeting if level else with_signs)[parts], begins, axis=0)
        data, size = meeting[self._needed].tobytes(), 8 * width
        return [int.from_bytes(data[at : at + size], "little") for at in range(0, len(data), size)]
