"""To whom a sentence speaks: to everyone, or to the readers of some place or kind only."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from policytools._files import PACKAGE

EVERYONE = "everyone"
_LEXICON = PACKAGE / "lexicons" / "readers.toml"
_MOST_HEADING = 500  # characters
_MOST_SENTENCE = 1_000
_SHORT = 60  # characters of a heading that names a kind of readers
_LINE = 120  # characters of a line that may be a heading
_HEADING = re.compile(
    r"(?:additional|supplemental|special|notice|note|information|disclosures?|your)\b", re.IGNORECASE
)
_SEVERAL = re.compile(r">[ ,/&;()\"'\u201c\u201d]{1,5}(?:(?:and|or|the) ){0,3}<")
_LIST_REACH = 12  # units below a lead-in
_LISTED = re.compile(
    r"\W*(?:you|your|the right|right|to|a|an|request|access|delete|correct|opt)\b", re.IGNORECASE
)
_LOWER = re.compile(r"\W*\(\w{1,3}\)\s|[a-z][.)]\s")  # "(1) ...", "a. ...": below a heading without a number
_NUMBER = re.compile(r"\W*(?:section |article |part )?(\d+(?:\.[0-9a-z]{1,4})*)[.):]*_?\s", re.IGNORECASE)
_ELSEWHERE = re.compile(r"\b(?:outside|not|other than|except|non)\b", re.IGNORECASE)
_TITLE = re.compile(r"\b(?:policy|notice|statement|addendum|supplement)\b", re.IGNORECASE)
_PART_REACH = 60  # units behind the last heading that speaks to the readers of a part


class _Part(NamedTuple):
    """A part of a policy for some readers."""

    readers: frozenset[str] = frozenset()
    number: str = ""  # of its heading
    unit: int = 0  # the last heading that speaks to them
    kind: str = "heading"  # of the unit that opened it
    is_open: bool = True  # not interrupted by another heading


class _Readers:
    """The patterns of the lexicon, compiled."""

    def __init__(self) -> None:
        data = tomllib.loads(_LEXICON.read_text(encoding="utf-8"))
        self.codes = [*data["places"], *data["kinds"]]
        self.names: dict[str, str] = data["names"]
        words, people = data["words"], data["words"]["people"]
        # Each place is a group of one pattern, whose number gives its code.
        self.kinds = frozenset(data["kinds"])
        self._places = list(data["places"])
        self._place = _compiled("|".join(f"({_any(names)})" for names in data["places"].values()))
        self._kinds = {code: _compiled(_any(patterns)) for code, patterns in data["kinds"].items()}
        self._people = _compiled(rf"{people}|rights|notice|disclosures|if you")
        self._not_heading = _compiled(_any(words["not_headings"]))
        self._continues, self._resumes, self._ends = (
            _compiled(_any(words[name])) for name in ("continues", "resumes", "ends")
        )
        # These are for texts in which "<US-CA;US-VA>" is written for "California or Virginia".
        self._spoken = [
            re.compile(pattern.replace("PEOPLE", people).replace("PLACE", "<([^<>]*)>"), re.IGNORECASE)
            for pattern in words["spoken"]
        ]
        self._other_notice = _compiled(words["other_notice"])
        self._applies = re.compile(_any(words["applies"]), re.IGNORECASE)

    def in_heading(self, text: str) -> frozenset[str]:
        """The readers that a heading names."""
        if len(text) > _MOST_HEADING:
            return frozenset()
        kinds = self._kinds.items() if len(text) <= _SHORT else ()
        found = {code for code, pattern in kinds if pattern.search(text)}
        if not self._not_heading.search(text):
            found |= {self._code(match) for match in self._place.finditer(text)}
        return _without_country(found)

    def in_sentence(self, text: str) -> frozenset[str]:
        """The readers that a sentence speaks to."""
        found = {code for code, pattern in self._kinds.items() if code != "business" and pattern.match(text)}
        text = text[:_MOST_SENTENCE]
        if self._place.search(text):
            text = self._other_notice.sub("", text)
            coded = _SEVERAL.sub(";", self._place.sub(lambda match: f"<{self._code(match)}>", text))
            for pattern in self._spoken:
                for match in pattern.finditer(coded):
                    if _ELSEWHERE.search(match[0]):
                        continue
                    found.update(match[1].split(";"))
        return _without_country(found)

    def may_head(self, line: str) -> bool:
        """Whether a short line looks like the heading of the words behind it, and may name readers."""
        if not self._people.search(line):
            return False
        return line.rstrip().endswith((".", ":")) or bool(_HEADING.match(line))

    def opens_part(self, text: str) -> bool:
        """Whether a sentence says to whom the part that it is in applies."""
        return bool(self._applies.match(text))

    def part_after(self, heading: str, part: "_Part", unit: int) -> "_Part":
        """The part of a policy that a heading without readers of its own, at that unit, ends or goes on with."""
        own = _number(heading)
        if part.is_open and not part.number and _LOWER.match(heading):
            return part._replace(unit=unit)
        if part.number and own:
            return part._replace(unit=unit) if own.startswith(f"{part.number}.") else _Part()
        if own and "." not in own:
            return _Part()
        if part.is_open and self._continues.search(heading):
            return part._replace(unit=unit)
        if part.is_open and heading.rstrip().endswith((".", ":")):
            return part
        if self._ends.search(heading):
            return _Part()
        resumes = bool(self._resumes.search(heading))
        return part._replace(is_open=resumes, unit=unit if resumes else part.unit)

    def _code(self, match: re.Match[str]) -> str:
        return self._places[(match.lastindex or 1) - 1]


def _without_country(found: set[str]) -> frozenset[str]:
    """Without "US" where one of its states is named."""
    return frozenset(found - {"US"} if any(code.startswith("US-") for code in found) else found)


def _any(patterns: Iterable[str]) -> str:
    return f"(?:{'|'.join(patterns)})"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w@.-])(?:{pattern})(?![\w@-]|\.\w)", re.IGNORECASE)


_readers = cache(_Readers)


def readers_of_units(policies: Sequence[str], texts: Sequence[str], kinds: Sequence[str]) -> list[str]:
    """To whom each unit speaks: "everyone", or codes of the lexicon joined by ";".

    A unit speaks to the readers that it names; else to those that the line above its list, or the heading above, names. A
    heading below such a heading still speaks to the same readers if its number is below the other's, if it ends in a full
    stop or colon, or if it is about rights, requests and the like; any other heading ends their part. Where the first
    heading of a policy names readers, all of it speaks to them.
    """
    known = _readers()
    found: list[str] = []
    policy, is_titled, part, whole, lead_in = None, False, _Part(), frozenset[str](), (frozenset[str](), 0)
    lines = [kind == "fragment" and len(text) <= _LINE for kind, text in zip(kinds, texts, strict=True)]
    for unit, (own_policy, text, kind) in enumerate(zip(policies, texts, kinds, strict=True)):
        if own_policy != policy:
            policy, is_titled, part, whole, lead_in = (
                own_policy,
                False,
                _Part(),
                frozenset(),
                (frozenset(), 0),
            )
        # A line among lines is an entry of a list, one above a sentence may be a heading.
        is_head = kind == "heading" or (lines[unit] and not any(lines[unit + 1 : unit + 2]))
        own = (
            known.in_heading(text) if kind == "heading" or (is_head and known.may_head(text)) else frozenset()
        )
        if is_head and text.rstrip().endswith(":") and kind != "heading":
            lead_in = (own, unit)
        elif own:
            part, lead_in = _Part(own, _number(text), unit, kind), (frozenset(), 0)
            if not is_titled and _TITLE.search(text):
                whole = own
        elif (
            part.readers and is_head and (kind == "heading" or (part.kind == kind and text[-1:] not in ".;,"))
        ):
            part, lead_in = known.part_after(text, part, unit), (frozenset(), 0)
        is_titled = is_titled or kind == "heading" or kind == "sentence"
        spoken = known.in_sentence(text)
        if spoken and known.opens_part(text):
            part = _Part(spoken, part.number, unit, part.kind)
        is_listed = unit - lead_in[1] <= _LIST_REACH and (kind == "fragment" or _LISTED.match(text))
        above = part.readers if part.is_open and unit - part.unit <= _PART_REACH else frozenset()
        found.append(joined(spoken or (is_listed and lead_in[0]) or above or whole))
        if text.rstrip(" *_").endswith(":") and lead_in[1] != unit:
            lead_in = (spoken, unit)
    return found


def _number(heading: str) -> str:
    match = _NUMBER.match(f"{heading} ")
    return match[1] if match else ""


@cache
def reader_codes() -> tuple[str, ...]:
    """What told_to may hold besides "everyone", in its order."""
    return tuple(_readers().codes)


def joined(readers: Iterable[str]) -> str:
    """Readers as a text, in the order of the lexicon; "everyone" if there are none."""
    known = set(readers)
    return ";".join(code for code in reader_codes() if code in known) or EVERYONE


def describe_readers(told_to: str) -> str:
    """Codes of readers in words, "" for everyone or nobody.

    Examples
    --------
    >>> describe_readers("US-CA;EEA"), describe_readers("children;business"), describe_readers("everyone")
    ('readers in California and the European Economic Area only', 'children and business users only', '')
    """
    if told_to in ("", EVERYONE):
        return ""
    known = _readers()
    codes = told_to.split(";")
    places = [known.names[code] for code in codes if code not in known.kinds]
    people = [known.names[code] for code in codes if code in known.kinds]
    people = [f"readers in {_listed(places)}", *people] if places else people
    return f"{_listed(people)} only"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
