"""Phrases that a reader can write, compiled to regular expressions.

A codebook says in this small language what to look for; the head of ``codebooks/disclosure.toml`` describes
it with examples. A phrase is parsed to a tree of tuples. The tree is written as a regular expression, and
`required_words` derives from it which words a text must contain. Repetitions have an upper bound, so that the
time of a search grows with the length of a text and no faster. How much it takes for each word depends on the ways in
which a phrase can match there: their number is limited, and so is the time of a researcher's own phrase with many.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from math import prod
from typing import Any, NamedTuple

from policytools.coding.required_words import AnyOf, Requirement, requirement
from policytools.text.normalise import fold
from policytools.text.tokens import TOP_LEVEL_DOMAIN

MAX_GAP = 15
MAX_WORDS = 20_000  # of a phrase with its groups written out
MAX_DEPTH = 60  # of brackets and groups inside each other
MAX_WAYS = 10_000_000  # to match at one place
_FEW_WAYS = 500  # no text keeps such a phrase busy for long
SECONDS = 10.0  # that another one of a researcher's own may take in one text
_WORD = r"[\w'&.@/$%§+-]+"
_TOKENS = re.compile(
    rf"""\s*(?:
        (?P<gap>\.\.(?P<n>\d*)(?=[\s)|]|$))
      | (?P<group>\{{[\w\ ]*\}})
      | (?P<mark>[()|?~^*]|\$(?=\s|$))
      | (?P<word>{_WORD})
    )""",
    re.VERBOSE,
)

_LONG_MONTHS = "january|february|march|april|june|july|august|september|october|november|december"
_SHORT_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec"
_MONTH = rf"(?:{_LONG_MONTHS}|(?:{_SHORT_MONTHS})\b\.?)"
_YEAR = r"(?:19|20)\d\d"
_DATE = "|".join(
    [
        rf"\d{{1,2}}(?:st|nd|rd|th)?\W{{1,3}}(?:day\sof\s|of\s)?{_MONTH}\W{{1,3}}{_YEAR}",
        rf"{_MONTH}\W{{1,3}}(?:\d{{1,2}}(?:\s?(?:st|nd|rd|th))?\W{{1,3}})?{_YEAR}",
        rf"{_YEAR}\s?[-./]\s?\d{{1,2}}\s?[-./]\s?\d{{1,2}}",
        rf"\d{{1,2}}\s?[-./]\s?\d{{1,2}}\s?[-./]\s?(?:{_YEAR}|\d\d)",
    ]
)
_EMAIL = (
    r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,32}){1,4}"
    r"|\[?email\W?protected\]?"
    r"|[\w.+-]{1,64}\s?[\[(]\s?at\s?[\])]\s?[\w.-]{1,64}"
)
_URL = "|".join(
    [
        r"https?://[^\s<>()]{1,200}",
        r"www\.[^\s<>()]{1,200}",
        rf"(?:[a-z0-9-]{{1,40}}\.){{1,4}}{TOP_LEVEL_DOMAIN}(?:/[^\s<>()]{{0,200}})?",
    ]
)
_NUMBER_WORDS = frozenset(
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fifteen",
     "eighteen", "twenty", "thirty", "forty", "sixty", "seventy", "ninety", "hundred"]
)  # fmt: skip
_NUMBER = "|".join([r"\d[\d,.]{0,9}", "forty-five", *sorted(_NUMBER_WORDS)])

# Built-in groups: the regular expression, and what every text contains that it matches.
_A_DIGIT = AnyOf(patterns=frozenset({re.compile(r"\d")}))
BUILT_IN: dict[str, tuple[str, AnyOf]] = {
    "number": (f"(?:{_NUMBER})", AnyOf(words=_NUMBER_WORDS, patterns=_A_DIGIT.patterns)),
    "year": (_YEAR, _A_DIGIT),
    "date": (f"(?:{_DATE})", _A_DIGIT),
    "email": (f"(?:{_EMAIL})", AnyOf(patterns=frozenset({re.compile(r"@|protected|[\[(]\s?at\s?[\])]")}))),
    "phone": (r"[+(]{0,2}\d[\d\s().-]{6,18}\d", _A_DIGIT),
    "url": (f"(?:{_URL})", AnyOf(patterns=frozenset({re.compile(rf"://|www\.|\.{TOP_LEVEL_DOMAIN}")}))),
}

# Forms that the spelling rules of `inflections` do not give.
_IRREGULAR = {
    "be": "am is are was were been being",
    "begin": "began begun", "bind": "bound", "bring": "brought", "build": "built", "buy": "bought",
    "child": "children", "choose": "chose chosen", "come": "came", "do": "does did done", "draw": "drew drawn",
    "fall": "fell fallen", "find": "found", "forbid": "forbade forbidden", "forget": "forgot forgotten",
    "get": "got gotten", "give": "gave given", "go": "goes went gone", "have": "has had", "hear": "heard",
    "hold": "held", "keep": "kept", "know": "knew known", "lead": "led", "leave": "left", "let": "",
    "lose": "lost", "make": "made", "mean": "meant", "meet": "met", "overrule": "", "pay": "paid",
    "person": "people", "put": "", "read": "", "run": "ran", "say": "said", "see": "saw seen", "seek": "sought",
    "sell": "sold", "send": "sent", "set": "", "show": "shown", "speak": "spoke spoken", "take": "took taken",
    "tell": "told", "think": "thought", "undergo": "underwent undergone", "understand": "understood",
    "withdraw": "withdrew withdrawn", "withhold": "withheld", "write": "wrote written",
}  # fmt: skip


class PhraseError(ValueError):
    """What is wrong with a phrase, in words for the person who wrote it."""


@dataclass(frozen=True, eq=False)
class Phrase:
    """A parsed phrase, and what every text meets that it matches."""

    source: str
    tree: tuple = field(repr=False)
    required: Requirement = field(repr=False)
    where: str = ""  # file and item, for a researcher's own codebook

    @property
    def expression(self) -> str:
        """The regular expression for normalised texts; phrases with equal ones match the same."""
        return rf"(?<!\w){_regex(self.tree)}(?!\w)"

    @cached_property
    def pattern(self) -> Any:
        """The compiled expression; compiled on first use: most runs need part of a codebook."""
        is_quick = not self.where or _extent(self.tree).ways <= _FEW_WAYS
        return re.compile(self.expression) if is_quick else _TimedPattern(self)


class _TimedPattern:
    """The compiled expression of a phrase, with a limit of time for each text."""

    def __init__(self, phrase: Phrase):
        import regex  # has a time limit, which `re` lacks

        self._phrase, self._pattern = phrase, regex.compile(phrase.expression)

    def search(self, text: str) -> Any:
        return next(self.finditer(text), None)

    def finditer(self, text: str, start: int = 0) -> Iterator[Any]:
        try:
            yield from self._pattern.finditer(text, start, timeout=SECONDS)
        except TimeoutError:
            raise ValueError(
                f'{self._phrase.where}: "{self._phrase.source}" took longer than {SECONDS:g} seconds in the text '
                f"{text[:60]!r} ({len(text):,} characters): give it fewer gaps, optional words and alternatives"
            ) from None


def normalize(text: str) -> str:
    """Lower-case text with plain quotes and hyphens, each character in its place."""
    return fold(text, _MARKS).replace("`", "'")  # `fold` leaves ASCII marks as they are


_MARKS = str.maketrans("‘’‚‛´′“”„‟″‐‑‒–—−", "'" * 6 + '"' * 5 + "-" * 6)


@cache
def inflections(word: str) -> frozenset[str]:
    """All grammatical forms of a word given in its base form.

    Examples
    --------
    >>> sorted(inflections("notify"))
    ['notified', 'notifies', 'notify', 'notifying']
    >>> sorted(inflections("sell"))
    ['sell', 'selled', 'selling', 'sells', 'sold']
    """
    forms = {word, *_IRREGULAR.get(word, "").split()}
    vowel = "aeiou"
    if word.endswith("y") and len(word) > 2 and word[-2] not in vowel:
        forms |= {word[:-1] + "ies", word[:-1] + "ied", word + "ing"}
    elif word.endswith("ie"):
        forms |= {word + "s", word + "d", word[:-2] + "ying"}
    elif word.endswith("e"):
        forms |= {word + "s", word + "d", (word if word.endswith(("ee", "oe", "ye")) else word[:-1]) + "ing"}
    else:
        forms |= {
            word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s"),
            word + "ed",
            word + "ing",
        }
        if len(word) > 2 and word[-1] not in vowel + "wxy." and word[-2] in vowel and word[-3] not in vowel:
            forms |= {word + word[-1] + "ed", word + word[-1] + "ing"}
    return frozenset(forms)


# --- parsing: a phrase becomes a tree of ("seq", parts), ("alt", options), ("word", forms), ("gap", n), ...


class Grammar:
    """Compiles phrases that may use the named groups of one codebook."""

    def __init__(self, groups: dict[str, list[str]]):
        self.groups = groups
        self._parsed: dict[str, tuple] = {}
        self._trees: dict[str, tuple] = {}
        self._open: list[str] = []
        self._depth = 0
        self._phrases: dict[str, Phrase] = {}

    def compile(self, source: str, where: str = "") -> Phrase:
        """Compile one phrase; raises PhraseError with what is wrong in it."""
        if source not in self._phrases:
            tree = self._parse(source)
            _check_ends(tree, source)
            if where:  # the shipped phrases are measured by the tests
                _check_extent(_extent(tree), f'"{source}"')
            required = requirement(tree)
            if required is None:
                raise PhraseError(
                    f'"{source}" consists of gaps and optional words only: give it a word that must occur'
                )
            self._phrases[source] = Phrase(source, tree, required, where)
        return self._phrases[source]

    def check(self, source: str) -> None:
        """Raise PhraseError if an entry of a group is not a phrase."""
        _check_ends(self._parse(source), source)

    def group(self, name: str) -> tuple:
        if name in BUILT_IN:
            return ("built_in", *BUILT_IN[name])
        if name not in self.groups:
            known = ", ".join(sorted([*self.groups, *BUILT_IN]))
            raise PhraseError(
                f'refers to the group "{{{name}}}", which [groups] does not define. Known groups: {known}'
            )
        if name in self._open:
            raise PhraseError(f'the group "{name}" refers to itself ({" -> ".join([*self._open, name])})')
        if name not in self._trees:
            self._open.append(name)
            try:
                tree = ("alt", [self._parse(entry) for entry in self.groups[name]])
                extent = _extent(tree)
                _check_extent(extent, f'the group "{name}"')
                self._trees[name] = ("group", tree, requirement(tree), extent)
            finally:
                self._open.pop()
        return self._trees[name]

    def _parse(self, source: str) -> tuple:
        if source not in self._parsed:
            self._parsed[source] = self._read(source)
        return self._parsed[source]

    def _read(self, source: str) -> tuple:
        tokens, at = [], 0
        text = normalize(source.strip())
        while at < len(text):
            match = _TOKENS.match(text, at)
            if not match or match.end() == at:
                raise PhraseError(
                    f'"{source}" has a character that means nothing here: {text[at:].strip()[0]!r}'
                )
            tokens.append(match)
            at = match.end()
        if not tokens:
            raise PhraseError("an empty phrase matches nothing: write at least one word")
        tokens.reverse()  # the next one is the last, so that it is taken off at no cost
        tree = self._options(tokens, source)
        if tokens:
            raise PhraseError(f'"{source}" has a ")" without "("')
        return tree

    def _options(self, tokens: list, source: str) -> tuple:
        self._depth += 1
        if self._depth > MAX_DEPTH:  # otherwise Python's limit ends the reading
            raise PhraseError(_too_much(f'"{source[:80]}"', MAX_DEPTH, "levels of brackets and groups"))
        options: list[tuple] = []
        parts: list[tuple] = []
        while tokens and tokens[-1].group().strip() != ")":
            token = tokens.pop()
            sign = token.group().strip()
            glued = bool(parts) and not token.group()[:1].isspace()
            if glued and (sign == "(" or token["group"] or token["word"]):
                raise PhraseError(f'"{source}": put a space before "{sign}"; a phrase is made of whole words')
            if sign == "|":
                options.append(_sequence(parts, source))
                parts = []
            elif sign == "(":
                tree = self._options(tokens, source)
                if not tokens:
                    raise PhraseError(f'"{source}" has a "(" without ")"')
                tokens.pop()
                parts.append(tree)
            elif sign == "?":
                if not glued:
                    raise PhraseError(
                        f'"{source}": "?" belongs directly behind the word or bracket that may be absent'
                    )
                if parts[-1][0] != "opt":
                    parts[-1] = ("opt", parts[-1])
            elif sign == "~":
                if not glued or parts[-1][0] not in ("word", "alt", "seq", "opt"):
                    raise PhraseError(f'"{source}": "~" belongs directly behind a word or a bracket of words')
                parts[-1] = _change_end(parts[-1], _inflect)
            elif sign == "*":
                if glued:
                    parts[-1] = _change_end(parts[-1], partial(_stem, source=source))
                else:
                    parts.append(("any",))
            elif sign in "^$":
                parts.append(("edge", sign))
            elif token["gap"]:
                n = int(token["n"] or 5)
                if not 1 <= n <= MAX_GAP:
                    raise PhraseError(f'"{source}": a gap spans 1 to {MAX_GAP} words, not {n}')
                parts.append(("gap", n))
            elif token["group"]:
                parts.append(self.group(sign[1:-1]))
            else:
                parts.append(("word", (sign,)))
        options.append(_sequence(parts, source))
        self._depth -= 1
        return options[0] if len(options) == 1 else ("alt", options)


def _sequence(parts: list, source: str) -> tuple:
    if not parts:
        raise PhraseError(f'"{source}" has an empty alternative')
    return parts[0] if len(parts) == 1 else ("seq", parts)


def _change_end(tree: tuple, change: Callable[[tuple], tuple]) -> tuple:
    """The tree with its last part changed, or the last part of each alternative."""
    if tree[0] == "alt":
        return ("alt", [_change_end(option, change) for option in tree[1]])
    if tree[0] == "seq":
        return ("seq", [*tree[1][:-1], _change_end(tree[1][-1], change)])
    return change(tree)


def _inflect(part: tuple) -> tuple:
    if part[0] == "word":
        return ("word", tuple(sorted({form for word in part[1] for form in inflections(word)})))
    return ("opt", _change_end(part[1], _inflect)) if part[0] == "opt" else part


def _stem(part: tuple, source: str) -> tuple:
    if part[0] != "word" or len(part[1]) > 1:
        raise PhraseError(f'"{source}": write "*" directly after a word or a bracket of words, or alone')
    if len(part[1][0]) < 3:
        raise PhraseError(f'"{source}": "{part[1][0]}*" is too short; give "*" at least three letters')
    return ("stem", part[1][0])


class _Extent(NamedTuple):
    """How large a tree is with its groups written out, and in how many ways it can match at one place."""

    words: int
    ways: int
    depth: int
    first: frozenset[str] | None  # the words that it begins with; None if others are possible


def _extent(tree: tuple) -> _Extent:
    kind = tree[0]
    if kind == "group":
        return tree[3]
    if kind == "word":
        return _Extent(len(tree[1]), 1, 1, frozenset(tree[1]))
    if kind == "opt":
        words, ways, depth, _ = _extent(tree[1])
        return _Extent(words, ways + 1, depth + 1, None)
    if kind not in ("seq", "alt"):
        return _Extent(1, tree[1] + 1 if kind == "gap" else 1, 1, None)
    parts = [_extent(part) for part in tree[1]]
    words, depth = sum(part.words for part in parts), 1 + max(part.depth for part in parts)
    if kind == "seq":
        return _Extent(words, prod(part.ways for part in parts), depth, parts[0].first)
    # Alternatives that begin with different words cannot match at the same place.
    unlike = sum(part.ways for part in parts if part.first is None)
    alike: Counter[str] = Counter()
    for part in parts:
        alike.update(dict.fromkeys(part.first or (), part.ways))
    ways = unlike + max(alike.values(), default=0)
    return _Extent(words, ways, depth, None if unlike else frozenset(alike))


def _check_extent(extent: _Extent, subject: str) -> None:
    for n, most, unit in (
        (extent.depth, MAX_DEPTH, "levels of brackets and groups"),
        (extent.words, MAX_WORDS, "words when its groups are written out"),
        (extent.ways, MAX_WAYS, "ways to match at one place"),
    ):
        if n > most:
            raise PhraseError(_too_much(subject, most, unit))


def _too_much(subject: str, most: int, unit: str) -> str:
    advice = "use fewer or smaller groups, brackets, gaps and optional words"
    return f"{subject} has more than {most:,} {unit}: {advice}"


def _check_ends(tree: tuple, source: str) -> None:
    parts = tree[1] if tree[0] == "seq" else [tree]
    if parts[0][0] == "gap" or parts[-1][0] == "gap":
        raise PhraseError(f'"{source}" begins or ends with a gap: put a word before and after each gap')


# --- from the tree to a regular expression. The separator between two words also marks their edges, so the
# edges are checked only at both ends of a phrase, and alternatives begin with letters, which `re` rules out fast.

_SEPARATOR = r"(?:'s)?\W{1,6}"  # between two words: punctuation and space, a possessive 's before it
_ANY_WORD = r"\w++(?:'\w++)?+"
_EDGES = {"^": r"^\W*", "$": r"\W*$"}


def _regex(tree: tuple) -> str:
    kind = tree[0]
    if kind == "seq":
        return _row(tree[1])
    if kind == "any":
        return _ANY_WORD
    if kind == "gap":
        return rf"(?:{_ANY_WORD}\W{{1,6}}){{0,{tree[1]}}}?"
    if kind == "opt":
        return f"(?:{_regex(tree[1])})?"
    if kind == "edge":
        return _EDGES[tree[1]]
    if kind == "built_in":
        return tree[1]
    return _one_of(list(dict.fromkeys(_options(tree))))


def _options(tree: tuple) -> list[str]:
    """The alternatives of a tree in one list, also if they are nested."""
    kind = tree[0]
    if kind == "word":  # a longer form before its own beginning
        return [_literal(word) for word in sorted(tree[1], key=len, reverse=True)]
    if kind == "stem":
        return [rf"{_literal(tree[1])}\w*+"]
    if kind == "group":
        return _options(tree[1])
    if kind == "alt":
        return [option for part in tree[1] for option in _options(part)]
    return [_regex(tree)]


def _one_of(options: list[str]) -> str:
    """Alternatives, grouped by first letter if all begin with one: `re` then rules out many at a time."""
    if len(options) > 1 and all(option[0].isalnum() for option in options):
        by_letter: dict[str, list[str]] = defaultdict(list)
        for option in options:
            by_letter[option[0]].append(option[1:])
        options = [letter + _either(rest) for letter, rest in by_letter.items()]
    return _either(options)


def _either(options: list[str]) -> str:
    return options[0] if len(options) == 1 else f"(?:{'|'.join(options)})"


def _row(parts: list[tuple]) -> str:
    """Parts in a row. The separator belongs to the optional part, so that none is left over without it."""
    row, after_word = "", False
    for part in parts:
        separator = _SEPARATOR if after_word else ""
        if part[0] == "opt":
            optional = _regex(part[1])
            row += f"(?:{separator}{optional})?" if after_word else f"(?:{optional}{_SEPARATOR})?"
        elif part[0] == "edge":
            row += _regex(part)
            after_word = False
        else:
            row += separator + _regex(part)
            after_word = part[0] != "gap"
    return row


@cache
def _literal(word: str) -> str:
    text = re.escape(word).replace(r"\-", r"\W?")
    return re.sub(r"(?<=\w\w)iz", "i[sz]", text)  # personalize, personalise
