"""Rules at work on some texts: which sentences carry which item, and in which words.

Speed is decided here. The words that a phrase needs say for all units at a time where it may stand: sets of units
are integers, a bit for each unit. Its pattern is tried there alone, on the unit in `shorthand`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from functools import reduce
from itertools import groupby, islice
from operator import itemgetter, or_
from typing import ClassVar
from weakref import WeakKeyDictionary

from policytools.coding.codebook import Codebook, Rule
from policytools.coding.phrases import MARKS, Phrase, normalize
from policytools.coding.prefilter import Prefilter, numbered
from policytools.coding.shorthand import NoShorthand, Shorthand, Written

Span = tuple[int, int]
Evidence = tuple[str, int, int, int]  # item, unit, start, end

_WORD = re.compile(r"\w+(?:'\w+)?")
_NEGATION = re.compile(r"\b(?:not|no|never|cannot|neither|nor|without|none|nothing)\b|n't\b")
_NEGATION_REACH = 5  # words before the match
_LIST_REACH = 20  # units below a lead-in that may belong to its list
_HEADING_REACH = 15  # units below an unmarked heading (a short line without a full stop)
_LINES_AS_HEADING = 3  # such lines above a unit


class Matcher:
    """A codebook prepared for matching; `Matcher.of` makes it once for each codebook."""

    _made: ClassVar[WeakKeyDictionary[Codebook, Matcher]] = WeakKeyDictionary()

    def __init__(self, codebook: Codebook):
        self.phrases: tuple[Phrase, ...] = codebook.phrases
        self.rules = codebook.rules
        self.announcements = codebook.announcements
        self._items = codebook.items["item"].to_list()
        self.item_order = {item: n for n, item in enumerate(self._items)}
        needs = [phrase.needed for phrase in self.phrases]
        words = [need - MARKS for need in numbered(needs) if isinstance(need, frozenset)]
        self.shorthand = Shorthand((phrase.tree for phrase in self.phrases), words)
        self.prefilter = Prefilter(needs, self.shorthand)
        self._patterns: dict[int, tuple[re.Pattern[str], bool]] = {}

    def pattern(self, phrase: int) -> tuple[re.Pattern[str], bool]:
        """Pattern of a phrase, and whether it is for texts in shorthand; compiled when first asked for."""
        if phrase not in self._patterns:
            try:
                self._patterns[phrase] = self.shorthand.pattern(self.phrases[phrase].tree), True
            except NoShorthand:
                self._patterns[phrase] = self.phrases[phrase].pattern, False
        return self._patterns[phrase]

    @classmethod
    def of(cls, codebook: Codebook) -> Matcher:
        if codebook not in cls._made:
            cls._made[codebook] = cls(codebook)
        return cls._made[codebook]

    def code(
        self, policies: list[str], texts: list[str], kinds: list[str], sections: list[str]
    ) -> list[Evidence]:
        """Evidence in the units of some policies, ordered by policy, item and place, without overlaps.

        The units of a policy follow each other.
        """
        text = Text(self, policies, texts, kinds, sections)
        places: list[tuple[int, int, int, int, int]] = []
        for rule in self.rules:
            found = text.matches(rule)
            if rule.at_least > 1:
                found = _enough(found, rule, text)
            order = self.item_order[rule.item]
            places += [
                (text.begins[unit], order, unit, start, end)
                for unit, matches in found.items()
                for _, (start, end) in matches
            ]
        evidence: list[Evidence] = []
        for (_, order, unit), same in groupby(sorted(places), key=itemgetter(0, 1, 2)):
            evidence += [(self._items[order], unit, *span) for span in _merged(place[3:] for place in same)]
        return evidence


Matches = dict[int, list[tuple[int, Span]]]  # unit -> the phrases found in it, each with its place


def _enough(found: Matches, rule: Rule, text: Text) -> Matches:
    """Matches of a rule in places where as many different phrases were found as it asks for."""
    place = {"sentence": lambda unit: unit, "list": text.list_of, "policy": lambda unit: text.begins[unit]}[
        rule.count_in
    ]
    phrases: dict[int, set[int]] = defaultdict(set)
    for unit, matches in found.items():
        phrases[place(unit)].update(phrase for phrase, _ in matches)
    return {unit: found[unit] for unit in found if len(phrases[place(unit)]) >= rule.at_least}


class Text:
    """The units of some policies with their context; every answer is computed at most once."""

    def __init__(
        self, matcher: Matcher, policies: list[str], texts: list[str], kinds: list[str], sections: list[str]
    ):
        self.matcher = matcher
        self.n_units, self._kinds = len(texts), kinds
        first_units: dict[str, int] = {}
        self.begins = [first_units.setdefault(policy, unit) for unit, policy in enumerate(policies)]
        titles = {title: self.n_units + n for n, title in enumerate(_titles(policies, sections))}
        self._texts = [*texts, *(section for _, section in titles)]
        self._plain: dict[int, str] = {}
        self._written = Written(self._texts, matcher.shorthand)

        self._all = (1 << self.n_units) - 1
        self._no_headings = self._set(n for n, kind in enumerate(kinds) if kind != "heading")
        begun = self._set(self.begins)
        self._has_before = self._all & ~begun & self._no_headings << 1  # ... a unit that is no heading
        self._has_after = (self._all & ~begun & self._no_headings) >> 1
        self.lead_ins = self._find_lead_ins()
        self._below = {  # unit or title -> the units that it is context of
            "lead_in": self._turned(self.lead_ins),
            "heading": self._turned(
                self._find_headings([titles.get(own) for own in zip(policies, sections)])
            ),
        }
        self._above = {place: self._set(below) for place, below in self._below.items()}
        self._policies = self._turned([begin] for begin in self.begins).values()

        self._may = matcher.prefilter.texts(self._written)  # units in which a phrase may stand
        self._asked = [0] * len(matcher.phrases)  # units in which a phrase was looked for
        self._held = [0] * len(matcher.phrases)  # ... and found
        # By phrase and unit, as tuples of numbers alone, which cost the collector of garbage nothing.
        self._first: dict[tuple[int, int], Span] = {}
        self._spans: dict[tuple[int, int], tuple[Span, ...]] = {}
        self._negatable: dict[int, list[int]] = {}
        self._announcing = self.holds(matcher.announcements, self._all)

    def _set(self, units: Iterable[int]) -> int:
        return mask(units, len(self._texts))

    # --- where phrases stand

    def _may_hold(self, phrases: Iterable[int]) -> int:
        """Units in which any of some phrases may stand."""
        units = 0
        for phrase in phrases:
            units |= self._may[phrase]
        return units

    def hold(self, phrase: int, among: int) -> int:
        """Units of a set in which a phrase stands."""
        among &= self._may[phrase]
        if new := among & ~self._asked[phrase]:
            self._asked[phrase] |= new
            pattern, in_shorthand = self.matcher.pattern(phrase)
            signs, edges = self._written.signs, self._written.edges
            for unit in members(new):
                first = (
                    pattern.search(signs, edges[unit], edges[unit + 1] + 1)
                    if in_shorthand
                    else pattern.search(self.plain(unit))
                )
                if first:
                    self._first[phrase, unit] = first.span()
                    self._held[phrase] |= 1 << unit
        return among & self._held[phrase]

    def holds(self, phrases: Iterable[int], among: int) -> int:
        """Units of a set in which any of some phrases stands."""
        held = 0
        for phrase in phrases:
            held |= self.hold(phrase, among & ~held)
        return held

    def spans(self, phrase: int, unit: int) -> tuple[Span, ...]:
        """Places of a phrase in a unit in which it was found."""
        if (phrase, unit) not in self._spans:
            pattern, in_shorthand = self.matcher.pattern(phrase)
            first = self._first[phrase, unit]
            if in_shorthand:
                others = pattern.finditer(self._written.signs, first[1], self._written.edges[unit + 1] + 1)
            else:
                others = pattern.finditer(self.plain(unit), first[1])
            spans = (first, *(match.span() for match in others))
            self._spans[phrase, unit] = self._written.places(spans, unit) if in_shorthand else spans
        return self._spans[phrase, unit]

    def plain(self, unit: int) -> str:
        if unit not in self._plain:
            self._plain[unit] = normalize(self._texts[unit])
        return self._plain[unit]

    # --- rules

    def matches(self, rule: Rule) -> Matches:
        """Matches of a rule's phrases that meet all its conditions but the count."""
        units = self._all if rule.headings else self._no_headings
        if not rule.announcements:
            units &= ~self._announcing
        for options in (rule.find, *rule.near):  # by words alone, before any pattern is tried
            if units:
                units &= self._may_hold(options)
        for key, phrases in rule.conditions:
            if units and not key.startswith("not_"):
                units &= self._around(key, self._may_hold(phrases))
        for key, phrases in rule.conditions:
            if units:
                place = key.removeprefix("not_")
                around = self._around(place, self.holds(phrases, self._context(place, units)))
                units &= around if place == key else ~around
        for options in (rule.find, *rule.near):
            units = self.holds(options, units)
        if not rule.not_within:
            units &= ~self.holds(rule.not_near, units)
        if not units:
            return {}
        found: Matches = defaultdict(list)
        for phrase in rule.find:
            for unit in members(self.hold(phrase, units)):
                found[unit] += [(phrase, span) for span in self.spans(phrase, unit)]
        voiding = self._places(rule.exclude, units)
        near = [self._places(options, units) for options in rule.near] if rule.within else []
        not_near = self._places(rule.not_near, units) if rule.not_within else {}
        if not (voiding or near or not_near or rule.negation != "counts"):
            return found

        def stands(unit: int, span: Span) -> bool:
            return (
                not (unit in voiding and _overlaps(voiding[unit], span))
                and all(self._near(places[unit], unit, span, rule.within) for places in near)
                and not (unit in not_near and self._near(not_near[unit], unit, span, rule.not_within))
                and (rule.negation == "counts" or self._negated(unit, span) == (rule.negation == "required"))
            )

        kept = {
            unit: [match for match in matches if stands(unit, match[1])] for unit, matches in found.items()
        }
        return {unit: matches for unit, matches in kept.items() if matches}

    def _places(self, phrases: Iterable[int], units: int) -> dict[int, list[Span]]:
        """Places of any of some phrases in the units of a set in which one stands, without overlaps."""
        places: dict[int, list[Span]] = defaultdict(list)
        for phrase in phrases:
            for unit in members(self.hold(phrase, units)):
                places[unit] += self.spans(phrase, unit)
        return {unit: _merged(spans) for unit, spans in places.items()}

    def _near(self, places: list[Span], unit: int, span: Span, within: int) -> bool:
        """Whether one of some places is at most so many words away from another."""
        after = bisect_left(places, (span[1],))  # the nearest on either side
        gaps = [(span[1], start) for start, _ in places[after : after + 1]]
        gaps += [(end, span[0]) for _, end in places[max(after - 1, 0) : after]]
        return any(
            end - start <= 2 * within  # a word and what parts it from the next is two characters or more
            or sum(1 for _ in islice(_WORD.finditer(self.plain(unit), start, max(start, end)), within + 1))
            <= within
            for start, end in gaps
        )

    def _negated(self, unit: int, span: Span) -> bool:
        if unit not in self._negatable:
            self._negatable[unit] = [match.start() for match in _WORD.finditer(self.plain(unit))]
        starts = self._negatable[unit]
        before = bisect_left(starts, span[0])
        reach = starts[before - _NEGATION_REACH] if before >= _NEGATION_REACH else 0
        return bool(_NEGATION.search(self.plain(unit)[reach : span[1]]))

    # --- context

    def _context(self, place: str, units: int) -> int:
        """Units and titles that stand in such a place to some units, and maybe others."""
        if place == "sentence_before":
            return (units & self._has_before) >> 1
        if place == "sentence_after":
            return (units & self._has_after) << 1
        if place == "around":
            parts = ("sentence_before", "sentence_after", "lead_in", "heading")
            return reduce(or_, (self._context(part, units) for part in parts), units)
        return self._all if place == "anywhere" else self._above[place]

    def _around(self, place: str, held: int) -> int:
        """Units to which some units and titles stand in such a place."""
        if place == "sentence_before":
            return held << 1 & self._has_before
        if place == "sentence_after":
            return held >> 1 & self._has_after
        if place == "around":
            parts = ("sentence_before", "sentence_after", "lead_in", "heading")
            return reduce(or_, (self._around(part, held) for part in parts), held)
        if place == "anywhere":
            return reduce(or_, (units for units in self._policies if units & held), 0)
        below = self._below[place]
        return reduce(or_, (below[unit] for unit in members(held & self._above[place])), 0)

    def _turned(self, above: Iterable[Iterable[int]]) -> dict[int, int]:
        """From what stands above each unit: the units below each of it."""
        below: dict[int, list[int]] = defaultdict(list)
        for unit, places in enumerate(above):
            for place in places:
                below[place].append(unit)
        return {place: self._set(units) for place, units in below.items()}

    def _find_lead_ins(self) -> list[list[int]]:
        """For each unit the line ending in a colon whose list it belongs to, and that line's own lead-in."""
        found: list[list[int]] = []
        colon = -1 - _LIST_REACH  # the last line that ends in one, with no heading behind it
        for unit in range(self.n_units):
            if self.begins[unit] == unit:
                colon = -1 - _LIST_REACH
            found.append([colon, *found[colon][:1]] if unit - colon <= _LIST_REACH else [])
            if self._texts[unit].rstrip(" *_").endswith(":"):
                colon = unit
            elif self._kinds[unit] == "heading":
                colon = -1 - _LIST_REACH
        return found

    def list_of(self, unit: int) -> int:
        return self.lead_ins[unit][0] if self.lead_ins[unit] else unit

    def _find_headings(self, titles: Iterable[int | None]) -> list[list[int]]:
        """For each unit its title, the heading above, and the nearest lines above that look like one."""
        found: list[list[int]] = []
        above: list[int] = []  # the last heading and lines that look like one below it
        for unit, title in enumerate(titles):
            if self.begins[unit] == unit:
                above = []
            found.append([] if title is None else [title])
            n_lines = 0
            for place in reversed(above):
                if unit - place > _HEADING_REACH:
                    break
                # not the section's own title where a heading has no section of its own
                is_heading = self._kinds[place] == "heading"
                n_lines += not is_heading
                if is_heading or n_lines <= _LINES_AS_HEADING:
                    found[-1].append(place)
            if self._kinds[unit] == "heading":
                above = [unit]
            elif self._kinds[unit] == "fragment" and _looks_like_heading(self._texts[unit]):
                above.append(unit)
        return found


def _titles(policies: list[str], sections: list[str]) -> Iterable[tuple[str, str]]:
    return dict.fromkeys(title for title in zip(policies, sections) if title[1])


def _looks_like_heading(line: str) -> bool:
    return len(line) < 80 and line[-1:] not in ".;,:"


def _overlaps(places: list[Span], span: Span) -> bool:
    before = bisect_left(places, (span[1],))  # they do not overlap each other, so the last one decides
    return before > 0 and places[before - 1][1] > span[0]


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


# --- sets of numbers as integers


def mask(numbers: Iterable[int], n: int) -> int:
    """The set of some numbers below n."""
    bits = bytearray(n // 8 + 1)
    for number in numbers:
        bits[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(bits, "little")


def members(numbers: int) -> list[int]:
    """The numbers of a set, ascending."""
    found = []
    while numbers:
        found.append(numbers.bit_length() - 1)
        numbers ^= 1 << found[-1]  # the highest, so that ever less is left
    found.reverse()
    return found
