"""Rules at work on one text: which sentences carry which item, and in which words.

Speed is decided here and in `spotting`. A rule is worked out for all units of a policy at a time, on sets of
units that are integers; a pattern is tried only for what words alone do not tell: where exactly the evidence
stands, and phrases with a part such as {date}.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from itertools import islice
from typing import ClassVar
from weakref import WeakKeyDictionary

from policytools.anchors import RUN, START, Anchors, Need
from policytools.codebook import Codebook, Rule
from policytools.memo import Memo
from policytools.phrases import HAS_DIGIT, TEXT_MARKS, Phrase, normalize
from policytools.spotting import Plan, Spots, mask, members

Span = tuple[int, int]
Evidence = tuple[str, int, int, int]  # item, unit, start, end

_WORD = re.compile(r"\w+(?:'\w+)?")
_NEGATION = re.compile(r"\b(?:not|no|never|cannot|neither|nor|without|none|nothing)\b|n't\b")
_NEGATION_REACH = 5  # words before the match
_LIST_REACH = 20  # units below a lead-in that may belong to its list
_HEADING_REACH = 15  # units below an unmarked heading (a short line without a full stop)


def _sets_of_words(sets: dict[Anchors, int]) -> Memo[frozenset[int]]:
    """Word -> numbers of the sets of anchors that it belongs to."""
    whole: dict[str, list[int]] = defaultdict(list)
    begun: dict[str, list[int]] = defaultdict(list)
    for anchors, number in sets.items():
        for anchor in anchors:
            (begun if anchor.endswith("*") else whole)[anchor.rstrip("*")].append(number)
    longest = max(map(len, begun), default=0)

    def numbers(word: str) -> frozenset[int]:
        found = set(whole.get(word, ()))
        for n in range(1, min(len(word), longest) + 1):
            found.update(begun.get(word[:n], ()))
        return frozenset(found.union(whole.get("#digit", ())) if HAS_DIGIT.search(word) else found)

    return Memo(numbers)


class Matcher:
    """A codebook prepared for matching; `Matcher.of` makes it once for each codebook."""

    _made: ClassVar[WeakKeyDictionary[Codebook, Matcher]] = WeakKeyDictionary()

    def __init__(self, codebook: Codebook):
        self.phrases: tuple[Phrase, ...] = codebook.phrases
        self.rules = codebook.rules
        self.announcements = codebook.announcements
        self.item_order = {item: n for n, item in enumerate(codebook.items["item"])}
        self.plan = Plan()
        self.steps = [self.plan.prepare(phrase.tree) for phrase in self.phrases]
        self.first = [
            None if phrase.first is None else self.plan.number(phrase.first) for phrase in self.phrases
        ]
        for phrase, step in zip(self.phrases, self.steps):
            if step is None:
                self._number(phrase.needed)
        self.sets_of = _sets_of_words(self.plan.sets)

    def _number(self, need: Need) -> None:
        if isinstance(need, frozenset):
            self.plan.number(need)
        else:
            for part in need[1]:
                self._number(part)

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
        spans: dict[tuple[int, int, int, str], list[Span]] = defaultdict(list)
        for rule in self.rules:
            found = text.matches(rule)
            if rule.at_least > 1:
                found = _enough(found, rule, text)
            order = self.item_order[rule.item]
            for unit, matches in found.items():
                spans[text.begins[unit], order, unit, rule.item] += [span for _, span in matches]
        return [
            (item, unit, start, end)
            for (_, _, unit, item), found in sorted(spans.items())
            for start, end in _merged(found)
        ]


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
        self.n_units, self.kinds = len(texts), kinds
        first_units: dict[str, int] = {}
        self.begins = [first_units.setdefault(policy, unit) for unit, policy in enumerate(policies)]
        self._titles = [(policy, section) for policy, section in zip(policies, sections)]
        titles = list(dict.fromkeys(title for title in self._titles if title[1]))
        self._title_at = {title: self.n_units + n for n, title in enumerate(titles)}  # they follow the units
        self.texts = [normalize(text) for text in [*texts, *(section for _, section in titles)]]
        self._spots = Spots(matcher.plan, self.texts, matcher.sets_of)
        self.lead_ins = self._find_lead_ins()
        self._marked: dict[str, int] = {}
        self._possible: dict[int, int] = {}  # phrase -> units in which it may stand
        self._asked: dict[int, int] = {}  # ... in which it was looked for by its pattern
        self._held: dict[int, int] = defaultdict(int)  # ... and found
        self._spans: dict[int, dict[int, list[Span]]] = defaultdict(dict)
        self._starts: dict[int, list[int]] = {}
        self._negatable: dict[int, list[int]] = {}
        self._headings_of: dict[int, list[int]] = {}
        self._all = self._set(range(self.n_units))
        self._no_headings = self._set(n for n, kind in enumerate(kinds) if kind != "heading")
        self._announcing = self.holds(matcher.announcements, self._all)

    # --- where phrases stand

    def _meet(self, need: Need) -> int:
        """Units that meet a need."""
        if isinstance(need, frozenset):
            units = self._spots.units_with_set(self.matcher.plan.sets[need])
            for mark, pattern in TEXT_MARKS:
                if mark in need:
                    if mark not in self._marked:
                        self._marked[mark] = self._set(
                            n for n, text in enumerate(self.texts) if pattern.search(text)
                        )
                    units |= self._marked[mark]
            return units
        kind, parts = need
        units = self._meet(parts[0])
        for part in parts[1:]:
            if kind == "any":
                units |= self._meet(part)
            elif units:
                units &= self._meet(part)
        return units

    def _may(self, phrase: int) -> int:
        """Units in which a phrase may stand; where its words tell all, in which it stands."""
        if phrase not in self._possible:
            step = self.matcher.steps[phrase]
            self._possible[phrase] = (
                self._meet(self.matcher.phrases[phrase].needed)
                if step is None
                else self._spots.units_with(step)
            )
        return self._possible[phrase]

    def hold(self, phrase: int, among: int) -> int:
        """Units of a set in which a phrase stands."""
        among &= self._may(phrase)
        if not among or self.matcher.steps[phrase] is not None:
            return among
        asked = self._asked.get(phrase, 0)
        if new := among & ~asked:
            self._asked[phrase] = asked | new
            self._held[phrase] |= self._set(unit for unit in self._units(new) if self.spans(phrase, unit))
        return among & self._held[phrase]

    def spans(self, phrase: int, unit: int) -> list[Span]:
        """Places of a phrase in a unit."""
        found = self._spans[phrase]
        if unit not in found:
            found[unit] = self._find(phrase, unit)
        return found[unit]

    def _find(self, phrase: int, unit: int) -> list[Span]:
        text, pattern, first = (
            self.texts[unit],
            self.matcher.phrases[phrase].pattern,
            self.matcher.first[phrase],
        )
        if first is None:
            return [match.span() for match in pattern.finditer(text)]
        starts = [self._word_starts(unit)[word] for word in self._spots.begin(first, unit)]
        if START in (self.matcher.phrases[phrase].first or ()):
            starts.insert(0, 0)
        spans: list[Span] = []
        end = 0
        for start in starts:
            if start >= end and (match := pattern.match(text, start)):
                end = match.end()
                spans.append((start, end))
        return spans

    def _word_starts(self, unit: int) -> list[int]:
        if unit not in self._starts:
            self._starts[unit] = [match.start() for match in RUN.finditer(self.texts[unit])]
        return self._starts[unit]

    def _set(self, units: Iterable[int]) -> int:
        last = self._spots.last
        return mask([last[unit] for unit in units], last[-1] + 1)

    def _units(self, units: int) -> list[int]:
        return [self._spots.unit_of[last] for last in members(units)]

    def holds(self, phrases: Iterable[int], among: int) -> int:
        """Units of a set in which any of some phrases stands."""
        held = 0
        for phrase in phrases:
            held |= self.hold(phrase, among & ~held)
        return held

    # --- rules

    def matches(self, rule: Rule) -> Matches:
        """Matches of a rule's phrases that meet all its conditions but the count."""
        units = self._all if rule.headings else self._no_headings
        if not rule.announcements:
            units &= ~self._announcing
        for options in (rule.find, *rule.near):  # by words alone, before any pattern is tried
            units &= self._may_hold(options)
            if not units:
                return {}
        for options in (rule.find, *rule.near):
            units = self.holds(options, units)
        if not rule.not_within:
            units &= ~self.holds(rule.not_near, units)
        for key, wanted in rule.conditions:
            units = self._in_context(key, wanted, units)
        found: Matches = defaultdict(list)
        for phrase in rule.find:
            for unit in self._units(self.hold(phrase, units)):
                found[unit] += [(phrase, span) for span in self.spans(phrase, unit)]
        voiding = [(phrase, held) for phrase in rule.exclude if (held := self.hold(phrase, units))]
        if not (voiding or rule.within or rule.not_within or rule.negation != "counts"):
            return found
        kept = {
            unit: [(phrase, span) for phrase, span in matches if self._stands(rule, voiding, unit, span)]
            for unit, matches in found.items()
        }
        return {unit: matches for unit, matches in kept.items() if matches}

    def _may_hold(self, phrases: Iterable[int]) -> int:
        mask = 0
        for phrase in phrases:
            mask |= self._may(phrase)
        return mask

    def _stands(self, rule: Rule, voiding: list[tuple[int, int]], unit: int, span: Span) -> bool:
        """Whether one match meets what a rule says of the words next to it."""
        return (
            not any(held & self._bit(unit) and self._overlaps(phrase, unit, span) for phrase, held in voiding)
            and (not rule.within or all(self._near(near, unit, span, rule.within) for near in rule.near))
            and not (rule.not_within and self._near(rule.not_near, unit, span, rule.not_within))
            and (rule.negation == "counts" or self._negated(unit, span) == (rule.negation == "required"))
        )

    def _bit(self, unit: int) -> int:
        return 1 << self._spots.last[unit]

    def _overlaps(self, phrase: int, unit: int, span: Span) -> bool:
        spans = self.spans(phrase, unit)
        before = bisect_left(spans, (span[1],))  # one phrase's places do not overlap, so the last one decides
        return before > 0 and spans[before - 1][1] > span[0]

    def _near(self, phrases: Iterable[int], unit: int, span: Span, within: int) -> bool:
        """Whether one of some phrases stands at most so many words away from a place."""
        text = self.texts[unit]
        for phrase in phrases:
            if not self.hold(phrase, self._bit(unit)):
                continue
            spans = self.spans(phrase, unit)
            after = bisect_left(spans, (span[1],))  # the nearest on either side
            gaps = [(span[1], start) for start, _ in spans[after : after + 1]]
            gaps += [(end, span[0]) for _, end in spans[max(after - 1, 0) : after]]
            for start, end in gaps:
                if sum(1 for _ in islice(_WORD.finditer(text, start, max(start, end)), within + 1)) <= within:
                    return True
        return False

    def _negated(self, unit: int, span: Span) -> bool:
        if unit not in self._negatable:
            self._negatable[unit] = [match.start() for match in _WORD.finditer(self.texts[unit])]
        starts = self._negatable[unit]
        before = bisect_left(starts, span[0])
        reach = starts[before - _NEGATION_REACH] if before >= _NEGATION_REACH else 0
        return bool(_NEGATION.search(self.texts[unit][reach : span[1]]))

    # --- context

    def _in_context(self, key: str, phrases: tuple[int, ...], units: int) -> int:
        """Units of a set around which one of some phrases stands, or with "not_" none."""
        wanted = not key.startswith("not_")
        place = key.removeprefix("not_")
        if place == "anywhere":
            held = {self.begins[unit] for unit in self._units(self.holds(phrases, self._all))}
            return self._set(unit for unit in self._units(units) if (self.begins[unit] in held) == wanted)
        places = {unit: self._places(place, unit) for unit in self._units(units)}
        asked = self._set({near for nearby in places.values() for near in nearby})
        held = set(self._units(self.holds(phrases, asked)))
        return self._set(unit for unit, nearby in places.items() if held.isdisjoint(nearby) != wanted)

    def _places(self, key: str, unit: int) -> list[int]:
        before, after = (
            [near] if self._together(unit, near) and self.kinds[near] != "heading" else []
            for near in (unit - 1, unit + 1)
        )
        if key == "sentence_before":
            return before
        if key == "sentence_after":
            return after
        if key == "lead_in":
            return self.lead_ins[unit]
        if key == "heading":
            return self._headings(unit)
        return [unit, *before, *after, *self.lead_ins[unit], *self._headings(unit)]

    def _together(self, unit: int, other: int) -> bool:
        return 0 <= other < self.n_units and self.begins[unit] == self.begins[other]

    def _find_lead_ins(self) -> list[list[int]]:
        """For each unit the line ending in a colon whose list it belongs to, and that line's own lead-in."""
        found: list[list[int]] = []
        colon = -1 - _LIST_REACH  # the last line that ends in one, with no heading behind it
        for unit in range(self.n_units):
            if self.begins[unit] == unit:
                colon = -1 - _LIST_REACH
            found.append([colon, *found[colon][:1]] if unit - colon <= _LIST_REACH else [])
            if self.texts[unit].rstrip(" *_").endswith(":"):
                colon = unit
            elif self.kinds[unit] == "heading":
                colon = -1 - _LIST_REACH
        return found

    def list_of(self, unit: int) -> int:
        return self.lead_ins[unit][0] if self.lead_ins[unit] else unit

    def _headings(self, unit: int) -> list[int]:
        """The heading above, and the nearest lines above that look like one but are not marked."""
        if unit not in self._headings_of:
            title = self._title_at.get(self._titles[unit])
            found = [] if title is None else [title]
            unmarked: list[int] = []
            for place in range(unit - 1, max(unit - 1 - _HEADING_REACH, self.begins[unit] - 1), -1):
                text = self.texts[place]
                if self.kinds[place] == "heading":
                    # not the section's own title where a heading has no section of its own
                    unmarked.append(place)
                    break
                if (
                    self.kinds[place] == "fragment"
                    and len(text) < 80
                    and text[-1:] not in ".;,:"
                    and len(unmarked) < 3
                ):
                    unmarked.append(place)
            self._headings_of[unit] = found + unmarked
        return self._headings_of[unit]


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
