"""Where phrases stand in a policy, found for all its words at a time.

The words of a policy are numbered in reading order, and a set of words is one integer, a bit for each. What a
part of a phrase matches is a table: number of further words it takes -> words at which it begins. Parts follow
each other by shifting, so that a phrase is looked for in the whole policy with a few operations on integers, and
a group that many phrases share is looked for once. The answer is that of the phrase's pattern, which says the
same on separators, gaps and apostrophes (tests/test_matching.py holds one against the other); phrases with a
part that is more than words, such as {date}, are left to their pattern.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from policytools.anchors import RUN, Anchors, spellings

Table = dict[int, int]  # number of further words -> words at which a match begins

_WORDS_AND_SEPARATORS = re.compile(r"(\w+)")
_NOT_ZERO = re.compile(rb"[^\0]")
_MARKED_WORD = re.compile(r"\w+(?:[^\w]\w+)*")
_SEPARATOR = 6  # characters between two words, see `phrases`


class Plan:
    """Phrases' trees prepared for spotting; a part that several phrases share is prepared once."""

    def __init__(self) -> None:
        self.sets: dict[Anchors, int] = {}  # sets of words, numbered
        self.steps: list[tuple] = []  # numbered: kind and what it takes
        self._numbers: dict[tuple, int] = {}
        self._known: dict[int, int | None] = {}  # by the tree's identity: the same group is the same object

    def number(self, anchors: Anchors) -> int:
        return self.sets.setdefault(anchors, len(self.sets))

    def prepare(self, tree: tuple) -> int | None:
        """Number of the step that spots a tree; None if words alone do not tell."""
        if id(tree) not in self._known:
            self._known[id(tree)] = self._prepare(tree)
        return self._known[id(tree)]

    def _prepare(self, tree: tuple) -> int | None:
        kind = tree[0]
        if kind == "word":
            return self._words(tree[1])
        if kind == "stem":
            plain = RUN.fullmatch(tree[1])
            return (
                self._step("set", self.number(frozenset(s + "*" for s in spellings(tree[1]))))
                if plain
                else None
            )
        if kind == "any":
            return self._step("any")
        if kind == "group":
            return self.prepare(tree[1])
        if kind == "alt":
            return self._either([self.prepare(option) for option in tree[1]])
        if kind == "seq":
            return self._sequence(tree[1])
        return None

    def _step(self, *step: object) -> int:
        if step not in self._numbers:
            self._numbers[step] = len(self.steps)
            self.steps.append(step)
        return self._numbers[step]

    def _either(self, options: Iterable[int | None]) -> int | None:
        options = tuple(dict.fromkeys(options))
        if None in options:
            return None
        return options[0] if len(options) == 1 else self._step("either", options)

    def _words(self, words: Iterable[str]) -> int | None:
        plain: set[str] = set()
        marked: list[int] = []
        for word in words:
            if not _MARKED_WORD.fullmatch(word):
                return None
            # A hyphen may be absent or any one mark; other marks stand as they are.
            pieces = re.split(r"(\W)", word)
            for hyphens in product(*(("-", "") if mark == "-" else (mark,) for mark in pieces[1::2])):
                for spelt in product(*map(spellings, pieces[::2])):
                    joined = spelt[0] + "".join(map("".join, zip(hyphens, spelt[1:])))
                    if RUN.fullmatch(joined):
                        plain.add(joined)
                    else:
                        runs, marks = re.split(r"\W", joined), re.findall(r"\W", joined)
                        sets = tuple(self.number(frozenset({run})) for run in runs)
                        marked.append(self._step("marked", sets, tuple(marks)))
        return self._either([*([self._step("set", self.number(frozenset(plain)))] if plain else []), *marked])

    def _sequence(self, parts: list[tuple]) -> int | None:
        items: list[tuple[str, int]] = []
        within = False  # whether a word has just ended, so that the next one needs a separator
        for n, part in enumerate(parts):
            if part[0] == "gap":
                items.append(("gap", part[1]))
                within = False
            elif part[0] == "edge":
                if n != (0 if part[1] == "^" else len(parts) - 1) or within != (part[1] == "$"):
                    return None
                items.append((part[1], 0))
            else:
                optional = part[0] == "opt"
                step = self.prepare(part[1] if optional else part)
                if step is None:
                    return None
                items.append(("option" if optional else "part", step))
                within = within or not optional
        return self._step("sequence", tuple(items)) if within and parts[0][0] != "gap" else None


class Spots:
    """The words of one policy's units; every step of a plan is worked out at most once.

    A set of units is the set of their last words, so that it comes out of a set of words by arithmetic.
    """

    def __init__(self, plan: Plan, texts: list[str], sets_of: Mapping[str, Iterable[int]]):
        self._plan = plan
        words: list[str] = []
        separators: list[str] = []  # behind each word; "" at the end of a unit
        self.last: list[int] = []  # of each unit
        for text in texts:
            pieces = _WORDS_AND_SEPARATORS.split(text)
            words += pieces[1::2] or [""]  # a unit without a word has an empty one
            separators += pieces[2:-1:2]
            separators.append("")
            self.last.append(len(words) - 1)
        self.unit_of = {word: unit for unit, word in enumerate(self.last)}
        n_words = len(words)

        self._sets = [0] * len(plan.sets)
        for word, places in _places(words).items():
            if numbers := sets_of[word]:
                place = mask(places, n_words)
                for number in numbers:
                    self._sets[number] |= place
        everywhere = (1 << n_words) - 1
        self.all_units = self._lasts = mask(self.last, n_words)
        self._not_last = everywhere & ~self._lasts
        self._firsts = (self._lasts << 1 | 1) & everywhere
        self._words = everywhere & ~mask([n for n, word in enumerate(words) if not word], n_words)

        self._marks = {
            mark: mask(places, n_words) for mark, places in _places(separators).items() if len(mark) == 1
        }
        near = mask([n for n, mark in enumerate(separators) if 0 < len(mark) <= _SEPARATOR], n_words)
        self._any_mark = mask([n for n, mark in enumerate(separators) if len(mark) == 1], n_words)
        # A word and what follows it: "it's" is one word to a gap, and "'s" may be part of a separator.
        self._apostrophe = self._marks.get("'", 0)
        self._one_on = near
        s_follows = self._apostrophe & mask(
            [n - 1 for n, word in enumerate(words) if n and word == "s"], n_words
        )
        self._two_on = s_follows & near >> 1
        self._onward = {1: self._one_on, 2: self._two_on}
        self._gap_one = near & ~self._apostrophe
        self._gap_two = self._apostrophe & near >> 1
        self._tables: list[Table | None] = [None] * len(plan.steps)

    def units(self, words: int) -> int:
        """Units that hold a word of a set."""
        return ((words & self._not_last) + self._not_last | words) & self._lasts

    def units_with_set(self, number: int) -> int:
        return self.units(self._sets[number])

    def begin(self, number: int, unit: int) -> list[int]:
        """Which of a unit's words, counted from 0, belong to a set."""
        start = self.last[unit - 1] + 1 if unit else 0
        length = self.last[unit] + 1 - start
        return list(members(self._sets[number] >> start & (1 << length) - 1))

    def units_with(self, step: int) -> int:
        """Units in which a step matches."""
        kind, *rest = self._plan.steps[step]
        if kind == "sequence":
            return self.units(self._reached(rest[0]))
        found = 0
        for starts in self._table(step).values():
            found |= starts
        return self.units(found)

    def _reached(self, items: tuple[tuple[str, int], ...]) -> int:
        """Words at which a sequence ends, wherever it begins."""
        at, within = self._words, False
        for kind, value in items:
            if kind == "gap":
                at = self._skipped(self._next(at) if within else at, value)
                within = False
            elif kind == "part":
                at = _ends(self._next(at) if within else at, self._table(value))
                within = True
            elif kind == "option" and within:
                at |= _ends(self._next(at), self._table(value))
            elif kind == "option":
                at |= self._next(_ends(at, self._table(value)))
            else:
                at &= self._firsts if kind == "^" else self._lasts
            if not at:
                break
        return at

    def _next(self, at: int) -> int:
        """Words that a separator parts from a word before."""
        return (at & self._one_on) << 1 | (at & self._two_on) << 2

    def _skipped(self, at: int, most: int) -> int:
        """Words reached over up to so many words."""
        reached = at
        for _ in range(most):
            at = (at & self._gap_one) << 1 | (at & self._gap_two) << 2
            if not at:
                break
            reached |= at
        return reached

    # --- tables

    def _table(self, step: int) -> Table:
        table = self._tables[step]
        if table is None:
            kind, *rest = self._plan.steps[step]
            table = getattr(self, f"_{kind}")(*rest)
            table = self._tables[step] = {length: starts for length, starts in table.items() if starts}
        return table

    def _set(self, number: int) -> Table:
        return {0: self._sets[number]}

    def _any(self) -> Table:
        return {0: self._words & ~self._apostrophe, 1: self._apostrophe}

    def _marked(self, sets: tuple[int, ...], marks: tuple[str, ...]) -> Table:
        *begun, last = (self._sets[number] for number in sets)
        starts = last
        for word, mark in zip(reversed(begun), reversed(marks)):
            between = self._marks.get(mark, 0) if mark != "-" else self._any_mark
            starts = word & between & starts >> 1
        return {len(marks): starts}

    def _either(self, options: tuple[int, ...]) -> Table:
        table: Table = {}
        for option in options:
            if found := self._table(option) if self._tables[option] is None else self._tables[option]:
                for length, starts in found.items():
                    table[length] = table.get(length, 0) | starts
        return table

    def _sequence(self, items: tuple[tuple[str, int], ...]) -> Table:
        """As `_reached`, but it keeps where matches begin: number of words on -> their first words."""
        table, within = {0: self._words}, False
        for kind, value in items:
            if kind == "gap":
                table = reached = _then(table, self._onward) if within else table
                for _ in range(value):
                    table = _then(table, {1: self._gap_one, 2: self._gap_two})
                    reached = _both(reached, table)
                table, within = reached, False
            elif kind == "part":
                table = _then(_then(table, self._onward) if within else table, self._table(value))
                within = True
            elif kind == "option" and within:
                table = _both(table, _then(_then(table, self._onward), self._table(value)))
            elif kind == "option":
                table = _both(table, _then(_then(table, self._table(value)), self._onward))
            else:
                table = _then(table, {0: self._firsts if kind == "^" else self._lasts})
        return table


def _ends(at: int, table: Table) -> int:
    ends = 0
    for length, starts in table.items():
        ends |= (at & starts) << length
    return ends


def _then(one: Table, other: Table) -> Table:
    joined: Table = {}
    for far, begun in one.items():
        for length, starts in other.items():
            if both := begun & starts >> far:
                joined[far + length] = joined.get(far + length, 0) | both
    return joined


def _both(one: Table, other: Table) -> Table:
    return {length: one.get(length, 0) | other.get(length, 0) for length in {*one, *other}}


def _places(values: list[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for n, value in enumerate(values):
        places[value].append(n)
    return places


# --- sets of numbers as integers


def mask(numbers: Iterable[int], n: int) -> int:
    """The set of some numbers below n."""
    bits = bytearray(n // 8 + 1)
    for number in numbers:
        bits[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(bits, "little")


def members(numbers: int) -> Iterator[int]:
    """The numbers of a set, ascending."""
    for match in _NOT_ZERO.finditer(numbers.to_bytes(numbers.bit_length() // 8 + 1, "little")):
        at, byte = 8 * match.start(), match.group()[0]
        while byte:
            lowest = byte & -byte
            yield at + lowest.bit_length() - 1
            byte ^= lowest
