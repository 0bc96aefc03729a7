"""Rules at work on the units of some policies: which units are evidence for which item, and in which words.

A unit is a sentence, a list item or a heading. Sets of units are integers with one bit for each unit (see
`required_words`), so that a condition is applied to all units at once. Most of the time goes into searching
for phrases. Therefore the cheapest conditions come first, a phrase is searched for only in units that contain
its required words, and never twice in the same unit.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import cache, reduce
from itertools import chain, groupby, islice
from operator import attrgetter, itemgetter, or_

from policytools.coding.codebook import Codebook, Rule
from policytools.coding.phrases import Phrase, normalize
from policytools.coding.required_words import WordIndex, mask, members

Span = tuple[int, int]  # start and end of a match in its unit
Evidence = tuple[str, int, int, int]  # item, unit, start, end
Matches = dict[int, list[tuple[int, Span]]]  # unit -> phrases found in it, each with its place

_WORD = re.compile(r"\w+(?:'\w+)?")
_NEGATION = re.compile(r"\b(?:not|no|never|cannot|neither|nor|without|none|nothing)\b|n't\b")
_NEGATION_REACH = 5  # words before the match
_LIST_REACH = 20  # units below a lead-in that may belong to its list
_HEADING_REACH = 15  # units below an unmarked heading (a short line without a full stop)
_LINES_AS_HEADING = 3  # such lines above a unit
_OWN_NAME_SHARE, _OWN_NAME_UNITS = (
    1 / 8,
    5,
)  # words in this share of a policy's units, and in so many, are its own name
_AROUND = ("sentence_before", "sentence_after", "lead_in", "heading")  # and the unit itself


def find_evidence(
    codebook: Codebook, policies: list[str], texts: list[str], kinds: list[str], sections: list[str]
) -> list[Evidence]:
    """Evidence in the units of some policies, ordered by policy, item and place, without overlaps.

    The units of a policy follow each other.
    """
    context = Context(policies, texts, kinds, sections)
    batch = Batch(codebook, context, Search(codebook.phrases, context.texts))
    items = codebook.items["item"].to_list()
    item_order = {item: n for n, item in enumerate(items)}
    places = []
    silent: dict[str, int] = defaultdict(
        lambda: context.units
    )  # item -> units of policies without evidence for it
    fallbacks: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
    for rule in sorted(codebook.rules, key=attrgetter("fallback")):
        order = item_order[rule.item]
        for unit, matches in batch.matches(
            rule, silent[rule.item] if rule.fallback else context.units
        ).items():
            if rule.fallback:
                fallbacks[context.begins[unit], order] += [(unit, *span) for _, span in matches]
                continue
            silent[rule.item] &= ~context.policies[context.begins[unit]]
            places += [(context.begins[unit], order, unit, *span) for _, span in matches]
    for cell, found in fallbacks.items():  # the first unit tells that the item is mentioned
        places += [(*cell, *place) for place in found if place[0] == min(found)[0]]
    evidence: list[Evidence] = []
    for (_, order, unit), same in groupby(sorted(places), key=itemgetter(0, 1, 2)):
        evidence += [(items[order], unit, *span) for span in _merged(place[3:] for place in same)]
    return evidence


class Search:
    """Phrases searched for in some texts."""

    def __init__(self, phrases: tuple[Phrase, ...], texts: list[str]):
        self.texts = [normalize(text) for text in texts]
        self._phrases = phrases
        self._index = WordIndex(self.texts)
        self._possible: dict[int, int] = {}  # phrase -> texts that contain its required words
        self._searched = [0] * len(phrases)  # for each phrase the texts in which it was searched for
        self._matching = [0] * len(phrases)  # ... and found
        self._first: dict[tuple[int, int], Span] = {}  # phrase and text -> its first place
        self._spans: dict[tuple[int, int], tuple[Span, ...]] = {}  # ... all its places

    def possible(self, phrase: int) -> int:
        """The texts that contain the words that a phrase requires."""
        if phrase not in self._possible:
            self._possible[phrase] = self._index.meeting(self._phrases[phrase].required)
        return self._possible[phrase]

    def any_possible(self, phrases: Iterable[int]) -> int:
        """The texts that contain the words that one of some phrases requires."""
        return reduce(or_, map(self.possible, phrases), 0)

    def matching(self, phrase: int, among: int) -> int:
        """The texts in the set `among` in which a phrase occurs."""
        among &= self.possible(phrase)
        if new := among & ~self._searched[phrase]:
            self._searched[phrase] |= new
            search = cache(self._phrases[phrase].pattern.search)  # policies repeat whole sentences
            found = []
            for text in members(new):
                if match := search(self.texts[text]):
                    found.append(text)
                    self._first[phrase, text] = match.span()
            self._matching[phrase] |= mask(found)
        return among & self._matching[phrase]

    def any_matching(self, phrases: Iterable[int], among: int) -> int:
        """The texts in the set `among` in which one of some phrases occurs."""
        found = 0
        for phrase in phrases:
            if left := among & ~found & self.possible(phrase):
                found |= self.matching(phrase, left)
        return found

    def spans(self, phrase: int, text: int) -> tuple[Span, ...]:
        """Places of a phrase in a text in which it was found."""
        if (phrase, text) not in self._spans:
            first = self._first[phrase, text]
            others = self._phrases[phrase].pattern.finditer(self.texts[text], first[1])
            self._spans[phrase, text] = (first, *[match.span() for match in others])
        return self._spans[phrase, text]

    def places(self, phrases: Iterable[int], among: int) -> dict[int, list[Span]]:
        """Text of the set `among` -> places of the phrases in it, without overlaps; texts without one are left out."""
        places: dict[int, list[Span]] = defaultdict(list)
        for phrase in phrases:
            for text in members(self.matching(phrase, among)):
                places[text] += self.spans(phrase, text)
        return {text: _merged(spans) for text, spans in places.items()}


class Batch:
    """The rules of a codebook, applied to some units."""

    def __init__(self, codebook: Codebook, context: Context, search: Search):
        self._context, self._search = context, search
        self._announcing = search.any_matching(codebook.announcements, context.units)
        self._word_starts: dict[int, list[int]] = {}

    def matches(self, rule: Rule, among: int) -> Matches:
        """Matches of a rule's phrases in some units that meet all its conditions."""
        search = self._search
        units = self._by_phrases(rule, self._by_required_words(rule, among)) if among else 0
        found: Matches = defaultdict(list)
        if not units:
            return found
        for phrase in rule.find:
            for unit in members(search.matching(phrase, units)):
                found[unit] += [(phrase, span) for span in search.spans(phrase, unit)]
        if rule.own_name == "void":
            found = self._without_own_names(rule, found)
        found = self._by_places(rule, units, found)
        return self._by_count(rule, found) if rule.at_least > 1 else found

    # --- the conditions of a rule: the cheapest first, each applied to the units that the others left

    def _by_required_words(self, rule: Rule, among: int) -> int:
        """Units where the rule's required phrases are possible, judged by words only, without any search."""
        units = among if rule.headings else among & self._context.no_headings
        if not rule.announcements:
            units &= ~self._announcing
        for options in (rule.find, *rule.near):
            if units:
                units &= self._search.any_possible(options)
        for place, phrases in rule.conditions:
            if units and not place.startswith("not_"):
                units &= self._context.having(place, self._search.any_possible(phrases))
        return units

    def _by_phrases(self, rule: Rule, units: int) -> int:
        """The units that meet the rule's conditions on phrases, without regard to places within a unit."""
        for key, phrases in rule.conditions:
            if units:
                place = key.removeprefix("not_")
                held = self._search.any_matching(phrases, self._context.of(place, units))
                having = self._context.having(place, held)
                units &= having if place == key else ~having
        for options in (rule.find, *rule.near):
            units = self._search.any_matching(options, units)
        if not rule.not_within:
            units &= ~self._search.any_matching(rule.not_near, units)
        return units

    def _by_places(self, rule: Rule, units: int, found: Matches) -> Matches:
        """The matches that meet the rule's conditions on the words near them."""
        places = self._search.places
        exclude = places(rule.exclude, units)
        near = [places(options, units) for options in rule.near] if rule.within else []
        not_near = places(rule.not_near, units) if rule.not_within else {}
        if not (exclude or near or not_near or rule.negation != "counts"):
            return found

        def counts(unit: int, span: Span) -> bool:
            return (
                not (unit in exclude and _overlaps(exclude[unit], span))
                and all(self._is_near(own[unit], unit, span, rule.within) for own in near)
                and not (unit in not_near and self._is_near(not_near[unit], unit, span, rule.not_within))
                and (
                    rule.negation == "counts" or self._is_negated(unit, span) == (rule.negation == "required")
                )
            )

        kept = {unit: [match for match in own if counts(unit, match[1])] for unit, own in found.items()}
        return {unit: own for unit, own in kept.items() if own}

    def _without_own_names(self, rule: Rule, found: Matches) -> Matches:
        """The matches whose words few units of the policy hold; words that many units hold are the vendor's own name."""
        begins, texts = self._context.begins, self._search.texts
        n_units = Counter(begins)
        having: dict[tuple[int, str], set[int]] = defaultdict(set)  # policy and words -> units
        for phrase in rule.find:
            for unit in members(self._search.matching(phrase, self._context.units)):
                for start, end in self._search.spans(phrase, unit):
                    having[begins[unit], texts[unit][start:end]].add(unit)
        own = {
            key for key, units in having.items()
            if len(units) >= max(_OWN_NAME_UNITS, n_units[key[0]] * _OWN_NAME_SHARE)
        }  # fmt: skip
        kept = {
            unit: [match for match in matches if (begins[unit], texts[unit][slice(*match[1])]) not in own]
            for unit, matches in found.items()
        }
        return {unit: matches for unit, matches in kept.items() if matches}

    def _by_count(self, rule: Rule, found: Matches) -> Matches:
        """Matches in those units, lists or policies that have enough different phrases of the rule."""
        places: dict[str, Callable[[int], int]] = {
            "sentence": lambda unit: unit,
            "list": self._context.list_of,
            "policy": lambda unit: self._context.begins[unit],
        }
        place_of = places[rule.count_in]
        phrases: dict[int, set[int]] = defaultdict(set)
        for unit, matches in found.items():
            phrases[place_of(unit)].update(phrase for phrase, _ in matches)
        return {unit: found[unit] for unit in found if len(phrases[place_of(unit)]) >= rule.at_least}

    def _is_near(self, places: list[Span], unit: int, span: Span, within: int) -> bool:
        """Whether one of some places in a unit is at most so many words away from a match."""
        after = bisect_left(places, (span[1],))  # only the nearest place on either side matters
        gaps = [(span[1], start) for start, _ in places[after : after + 1]]
        gaps += [(end, span[0]) for _, end in places[max(after - 1, 0) : after]]
        return any(self._n_words(unit, *gap, within + 1) <= within for gap in gaps)

    def _n_words(self, unit: int, start: int, end: int, at_most: int) -> int:
        """Number of words in a part of a unit, counted up to a maximum."""
        words = _WORD.finditer(self._search.texts[unit], start, max(start, end))
        return sum(1 for _ in islice(words, at_most))

    def _is_negated(self, unit: int, span: Span) -> bool:
        """Whether a negation is in a match or in the words before it."""
        text = self._search.texts[unit]
        if unit not in self._word_starts:
            self._word_starts[unit] = [match.start() for match in _WORD.finditer(text)]
        starts = self._word_starts[unit]
        before = bisect_left(starts, span[0])
        reach = starts[before - _NEGATION_REACH] if before >= _NEGATION_REACH else 0
        return bool(_NEGATION.search(text[reach : span[1]]))


class Context:
    """Which units are the context of which: neighbours, lead-ins of lists, headings, the whole policy.

    Attributes
    ----------
    units, no_headings : int
        The set of all units, and of those that are neither headings nor lines of a list of contents, which
        repeat the title of a section.
    begins : list of int
        For each unit the first unit of its policy.
    policies : dict
        The first unit of each policy -> the set of its units.
    texts : list of str
        The texts of the units, and behind them the titles of sections, which are context too.
    """

    def __init__(self, policies: list[str], texts: list[str], kinds: list[str], sections: list[str]):
        n_units = len(texts)
        titles = dict.fromkeys(title for title in zip(policies, sections) if title[1])
        number_of_title = {title: n_units + n for n, title in enumerate(titles)}
        first_units: dict[str, int] = {}
        self._kinds = kinds
        self.begins = [first_units.setdefault(policy, unit) for unit, policy in enumerate(policies)]
        self.texts = [*texts, *(section for _, section in titles)]
        self.units = (1 << n_units) - 1
        entries = {(policy, _as_entry(title)) for policy, title in titles}  # of a list of contents
        self.no_headings = mask(
            unit for unit, kind in enumerate(kinds)
            if kind == "sentence"
            or kind != "heading" and (policies[unit], _as_entry(texts[unit])) not in entries
        )  # fmt: skip

        not_first = self.units & ~mask(self.begins)
        self._has_before = not_first & self.no_headings << 1  # has a unit before it that is no heading
        self._has_after = (not_first & self.no_headings) >> 1
        self._lead_ins = self._find_lead_ins()
        titles_of_units = map(number_of_title.get, zip(policies, sections))
        self._below = {  # lead-in, heading or title -> the units whose context it is
            "lead_in": _inverted(self._lead_ins),
            "heading": _inverted(self._find_headings(titles_of_units)),
        }
        self._above = {place: mask(below) for place, below in self._below.items()}
        begins = _inverted([begin] for begin in self.begins)
        self.policies = {begin: mask(units) for begin, units in begins.items()}

    def of(self, place: str, units: int) -> int:
        """Units and titles that are context of some units in such a place, and maybe others."""
        if place == "sentence_before":
            return (units & self._has_before) >> 1
        if place == "sentence_after":
            return (units & self._has_after) << 1
        if place == "around":
            return reduce(or_, (self.of(part, units) for part in _AROUND), units)
        return self.units if place == "anywhere" else self._above[place]

    def having(self, place: str, context: int) -> int:
        """Units that have one of some units and titles as their context in such a place."""
        if place == "sentence_before":
            return context << 1 & self._has_before
        if place == "sentence_after":
            return context >> 1 & self._has_after
        if place == "around":
            return reduce(or_, (self.having(part, context) for part in _AROUND), context)
        if place == "anywhere":
            return reduce(or_, (policy for policy in self.policies.values() if policy & context), 0)
        below = self._below[place]
        return mask(chain.from_iterable(below[unit] for unit in members(context & self._above[place])))

    def list_of(self, unit: int) -> int:
        """The lead-in of the list that a unit belongs to; the unit itself if it belongs to none."""
        return self._lead_ins[unit][0] if self._lead_ins[unit] else unit

    def _find_lead_ins(self) -> list[list[int]]:
        """For each unit the line ending in a colon whose list it belongs to, and that line's own lead-in."""
        found: list[list[int]] = []
        colon = -1 - _LIST_REACH  # the last line that ends in one, unless a heading follows it
        for unit, kind in enumerate(self._kinds):
            if self.begins[unit] == unit:
                colon = -1 - _LIST_REACH
            found.append([colon, *found[colon][:1]] if unit - colon <= _LIST_REACH else [])
            if self.texts[unit].rstrip(" *_").endswith(":"):
                colon = unit
            elif kind == "heading":
                colon = -1 - _LIST_REACH
        return found

    def _find_headings(self, titles: Iterable[int | None]) -> list[list[int]]:
        """For each unit the section's title, the heading above, and the nearest lines that look like one."""
        found: list[list[int]] = []
        above: list[int] = []  # the last heading, and the lines below it that look like one
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
            elif self._kinds[unit] == "fragment" and _looks_like_heading(self.texts[unit]):
                above.append(unit)
        return found


def _inverted(above: Iterable[Iterable[int]]) -> dict[int, list[int]]:
    """From the context of each unit: place -> the units whose context it is.

    Lists, because sets are as long as the number of the last unit, and a long policy has many places.
    """
    below: dict[int, list[int]] = defaultdict(list)
    for unit, places in enumerate(above):
        for place in places:
            below[place].append(unit)
    return below


def _as_entry(title: str) -> str:
    return title.rstrip(" .:?!").casefold()


def _looks_like_heading(line: str) -> bool:
    return len(line) < 80 and line[-1:] not in ".;,:"


def _overlaps(places: list[Span], span: Span) -> bool:
    before = bisect_left(places, (span[1],))  # the places do not overlap each other, so the last one decides
    return before > 0 and places[before - 1][1] > span[0]


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Places in order; those that overlap are joined."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
