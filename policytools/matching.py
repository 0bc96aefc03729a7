"""Rules at work on one text: which sentences carry which item, and in which words.

Kept apart from `coverage` because speed is decided here: a sentence meets only the phrases whose words
it contains, and every question about a sentence is answered at most once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from policytools.codebook import Codebook, Rule
from policytools.phrases import Phrase, normalize, words_and_marks

_WORD = re.compile(r"\w+(?:'\w+)?")
_NEGATION = re.compile(r"\b(?:not|no|never|cannot|neither|nor|without|none|nothing)\b|n't\b")
_NEGATION_REACH = 5  # words before the match
_LIST_REACH = 20  # units below a lead-in that may belong to its list
_HEADING_REACH = 15  # units below an unmarked heading (a short line without a full stop)


class Matcher:
    """A codebook prepared so that a sentence meets only the phrases whose words it contains."""

    def __init__(self, codebook: Codebook):
        self.phrases = codebook.phrases
        self.rules = codebook.rules
        self.announcements = codebook.announcements
        self.item_order = {item: n for n, item in enumerate(codebook.items["item"])}
        self.rules_of = defaultdict(list)  # number of a phrase -> rules that look for it
        used = set(codebook.announcements)
        for rule in codebook.rules:
            for phrase in rule.find:
                self.rules_of[phrase].append(rule)
            used.update(
                rule.find, rule.not_near, rule.exclude, *rule.near, *(wanted for _, wanted in rule.conditions)
            )
        self._exact: dict[str, list[int]] = defaultdict(list)
        self._prefix: dict[str, list[int]] = defaultdict(list)
        self.needs: dict[
            int, frozenset[int]
        ] = {}  # phrase -> sets of anchors that must each have a word in the text
        self._first = defaultdict(list)  # the rarest of these sets -> phrases that rules look for
        known: dict[frozenset[str], int] = {}
        for number in sorted(used):
            needs = [known.setdefault(anchors, len(known)) for anchors in self.phrases[number].anchors]
            self.needs[number] = frozenset(needs)
            if number in self.rules_of:
                self._first[needs[0]].append(number)
        for anchors, n in known.items():
            for anchor in anchors:
                (self._prefix if anchor.endswith("*") else self._exact)[anchor.rstrip("*")].append(n)
        self._by_word: dict[str, tuple[int, ...]] = {}

    def anchors_in(self, text: str) -> set[int]:
        """Numbers of the sets of anchors of which a text contains a word."""
        present: set[int] = set()
        for word in words_and_marks(text):
            if word not in self._by_word:
                stems = (self._prefix.get(word[:n], ()) for n in range(1, len(word) + 1))
                self._by_word[word] = tuple(
                    {*self._exact.get(word, ()), *(n for stem in stems for n in stem)}
                )
            present.update(self._by_word[word])
        return present

    def rules_for(self, present: set[int]) -> list[Rule]:
        """Rules that the words of a text allow to match."""
        return [
            *{
                id(rule): rule
                for n in present & self._first.keys()
                for phrase in self._first[n]
                if self.needs[phrase] <= present
                for rule in self.rules_of[phrase]
            }.values()
        ]

    def code(self, text: Text) -> list[tuple[str, int, int, int]]:
        """Evidence in one policy: (item, unit, start, end), ordered, without overlaps."""
        spans: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
        counted = defaultdict(list)  # rules that count over several sentences
        for unit in range(text.n_units):
            heading = text.kinds[unit] == "heading"
            announces = any(text.holds(phrase, unit) for phrase in self.announcements)
            for rule in self.rules_for(text.present[unit]):
                if announces and not rule.announcements or heading and not rule.headings:
                    continue
                matches = text.matches(rule, unit)
                if not matches:
                    continue
                if rule.count_in == "sentence":
                    if len({phrase for phrase, _ in matches}) >= rule.at_least:
                        spans[rule.item, unit] += [span for _, span in matches]
                else:
                    place = text.list_of(unit) if rule.count_in == "list" else 0
                    counted[id(rule), place].append((rule, unit, matches))
        for group in counted.values():
            if len({phrase for _, _, matches in group for phrase, _ in matches}) >= group[0][0].at_least:
                for rule, unit, matches in group:
                    spans[rule.item, unit] += [span for _, span in matches]
        return [
            (item, unit, start, end)
            for item, unit in sorted(spans, key=lambda key: (self.item_order[key[0]], key[1]))
            for start, end in _merged(spans[item, unit])
        ]


class Text:
    """The units of one policy with their context; every answer is computed at most once."""

    def __init__(self, matcher: Matcher, texts: list[str], kinds: list[str], sections: list[str]):
        self.phrases: tuple[Phrase, ...] = matcher.phrases
        self.n_units, self.kinds = len(texts), kinds
        headings = list(dict.fromkeys(section for section in sections if section))
        self._section = {section: self.n_units + n for n, section in enumerate(headings)}
        self.sections = sections
        self.texts = [normalize(text) for text in [*texts, *headings]]  # headings follow the units
        self.needs = matcher.needs
        self.present = [matcher.anchors_in(text) for text in self.texts]
        self._spans: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self._lead_ins: dict[int, tuple[int, ...]] = {}

    def spans(self, phrase: int, unit: int) -> list[tuple[int, int]]:
        if not self.needs[phrase] <= self.present[unit]:
            return []
        if (phrase, unit) not in self._spans:
            found = self.phrases[phrase].pattern.finditer(self.texts[unit])
            self._spans[phrase, unit] = [match.span() for match in found]
        return self._spans[phrase, unit]

    def holds(self, phrase: int, unit: int) -> bool:
        return bool(self.spans(phrase, unit))

    def matches(self, rule: Rule, unit: int) -> list[tuple[int, tuple[int, int]]]:
        """Matches of a rule's phrases in a unit that meet all its conditions but the count."""
        found = [(phrase, span) for phrase in rule.find for span in self.spans(phrase, unit)]
        if not found or not all(self._condition(key, wanted, unit) for key, wanted in rule.conditions):
            return []
        voided = [span for phrase in rule.exclude for span in self.spans(phrase, unit)]
        return [
            (phrase, span)
            for phrase, span in found
            if not any(start < span[1] and span[0] < end for start, end in voided)
            and all(self._near(options, unit, span, rule.within) for options in rule.near)
            and not self._near(rule.not_near, unit, span, rule.not_within)
            and (rule.negation == "counts" or self._negated(unit, span) == (rule.negation == "required"))
        ]

    def _near(self, phrases: Iterable[int], unit: int, span: tuple[int, int], within: int) -> bool:
        for phrase in phrases:
            for start, end in self.spans(phrase, unit):
                if not within:
                    return True
                between = (
                    self.texts[unit][span[1] : start] if start >= span[1] else self.texts[unit][end : span[0]]
                )
                if len(_WORD.findall(between)) <= within:
                    return True
        return False

    def _negated(self, unit: int, span: tuple[int, int]) -> bool:
        before = self.texts[unit][: span[0]]
        starts = [match.start() for match in _WORD.finditer(before)]
        reach = starts[-_NEGATION_REACH] if len(starts) >= _NEGATION_REACH else 0
        return bool(_NEGATION.search(self.texts[unit][reach : span[1]]))

    def _condition(self, key: str, phrases: tuple[int, ...], unit: int) -> bool:
        wanted = not key.startswith("not_")
        places = self._places(key.removeprefix("not_"), unit)
        return wanted == any(self.holds(phrase, place) for place in places for phrase in phrases)

    def _places(self, key: str, unit: int) -> Iterable[int]:
        if key == "anywhere":
            return range(self.n_units)
        before = [unit - 1] if unit and self.kinds[unit - 1] != "heading" else []
        after = [unit + 1] if unit + 1 < self.n_units and self.kinds[unit + 1] != "heading" else []
        if key == "sentence_before":
            return before
        if key == "sentence_after":
            return after
        if key == "lead_in":
            return self.lead_ins(unit)
        if key == "heading":
            return self.headings(unit)
        return [unit, *before, *after, *self.lead_ins(unit), *self.headings(unit)]

    def lead_ins(self, unit: int) -> tuple[int, ...]:
        """The line ending in a colon whose list the unit belongs to, and that line's own lead-in."""
        if unit not in self._lead_ins:
            found: tuple[int, ...] = ()
            for place in range(unit - 1, max(unit - 1 - _LIST_REACH, -1), -1):
                if self.texts[place].rstrip(" *_").endswith(":"):
                    found = (place, *self.lead_ins(place)[:1])
                if found or self.kinds[place] == "heading":
                    break
            self._lead_ins[unit] = found
        return self._lead_ins[unit]

    def list_of(self, unit: int) -> int:
        return self.lead_ins(unit)[0] if self.lead_ins(unit) else unit

    def headings(self, unit: int) -> list[int]:
        """The heading above, and the nearest lines above that look like one but are not marked."""
        found = [self._section[self.sections[unit]]] if self.sections[unit] else []
        unmarked = []
        for place in range(unit - 1, max(unit - 1 - _HEADING_REACH, -1), -1):
            text = self.texts[place]
            if self.kinds[place] == "heading":
                unmarked.append(
                    place
                )  # not the section's own title where a heading has no section of its own
                break
            if (
                self.kinds[place] == "fragment"
                and len(text) < 80
                and text[-1:] not in ".;,:"
                and len(unmarked) < 3
            ):
                unmarked.append(place)
        return found + unmarked


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
