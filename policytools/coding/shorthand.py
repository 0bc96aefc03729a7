"""Texts in shorthand: one sign for each word and each mark, none for the blank between two words.

Words that no phrase of a codebook tells apart share a sign, so that a group of a hundred words is a few signs, and
the pattern of a phrase is short, soon compiled and fast. It says what the pattern for plain text says
(tests/test_matching.py holds one against the other). A phrase with a part that is more than words, such as {date},
has no shorthand.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from functools import cache, cached_property
from itertools import accumulate, groupby, product
from typing import ClassVar

import numpy as np

from policytools.coding.phrases import Script, normalize
from policytools.coding.required_words import A_DIGIT, RUN, Anchors, spellings
from policytools.text.memo import Memo

Span = tuple[int, int]

_RUNS = re.compile(r"(\w+)")
_MARKED_WORD = re.compile(r"\w+(?:[-'&.@/$%+]\w+)*\.?")

# Signs. Words begin at _OTHER, what parts them is printable ASCII. Of several characters that part two words each
# has a sign but one, so that a single blank has none; a single mark has one all the same.
_OTHER = "\U00010000"  # a word that stands in no phrase; the words of phrases follow
_EDGE = "\0"  # beginning or end of a text, also in the text itself
_FOR_THEMSELVES = frozenset("'&.@/$%+")  # single marks between two words, no blank beside them
_ONE = "-"  # another such mark
_DOT = "!"  # a dot behind a word, with more behind it
_MORE = ","  # any other mark or blank
_A_WORD, _A_MARK, _APART = rf"[{_OTHER}-\U0010ffff]", "[-'&.@/$%+]", "[!-~]{0,5}"


class NoShorthand(Exception):
    """A phrase has a part that words alone do not tell."""


class Shorthand(Script):
    """Signs for the words of some phrases, and the phrases' patterns for texts written in them.

    Parameters
    ----------
    trees : iterable of tuple
        The phrases, see `phrases`.
    anchors : iterable of Anchors
        Further sets of words that are to be told from others.

    Attributes
    ----------
    signs : dict of Anchors to str
        The signs of each set of words.
    signs_of : Memo
        Piece of a text between blanks -> its signs.
    """

    any_word = rf"{_A_WORD}(?:'{_A_WORD})?+"
    gap = rf"(?:{any_word}{_APART}){{0,%d}}?"
    edges: ClassVar = {"^": f"{_EDGE}{_MORE}*", "$": f"[{_DOT}{_MORE}]*{_EDGE}"}

    def __init__(self, trees: Iterable[tuple], anchors: Iterable[Anchors]):
        found: dict[Anchors, None] = dict.fromkeys([frozenset("s"), *anchors])
        known: set[int] = set()
        for tree in trees:
            _collect(tree, found, known)
        # Large ones first, so that the signs of one follow each other and are a range in patterns.
        sets = sorted(found, key=len, reverse=True)
        whole: dict[str, list[int]] = defaultdict(list)
        begun: dict[str, list[int]] = defaultdict(list)
        for number, words in enumerate(sets):
            for word in words:
                (begun if word.endswith("*") else whole)[word.rstrip("*")].append(number)
        longest = max(map(len, begun), default=0)

        def beginning(word: str) -> str:
            """The longest of the beginnings that a word has, "" if none."""
            return next((word[:n] for n in range(min(len(word), longest), 0, -1) if word[:n] in begun), "")

        def sets_begun(word: str) -> list[int]:
            return begun[word] + sets_begun(beginning(word[:-1])) if word else []

        def sets_of(word: str, begun_with: str, has_digit: bool) -> tuple[int, ...]:
            own = whole.get(word, []) + sets_begun(begun_with)
            return tuple(sorted({*own, *whole.get(A_DIGIT, [])} if has_digit else own))

        told_apart = {sets_of(word, beginning(word), _has_digit(word)) for word in whole}
        told_apart |= {sets_of("", word, digit) for word in ["", *begun] for digit in (False, True)}
        sign_of_sets = {own: chr(ord(_OTHER) + n) for n, own in enumerate(sorted(told_apart))}
        sign_of_word = Memo(lambda word: sign_of_sets[sets_of(word, beginning(word), _has_digit(word))])

        def signs_of(piece: str) -> str:
            before, *runs = _RUNS.split(normalize(piece))
            if not runs:
                return _MORE + (piece if piece == _EDGE else _MORE * len(piece))
            behind = runs.pop()
            dot = _DOT if behind[:1] == "." else ""
            runs[::2] = map(sign_of_word.__getitem__, runs[::2])
            runs[1::2] = map(_between, runs[1::2])
            return "".join([_MORE * len(before), *runs, dot, _MORE * (len(behind) - len(dot))])

        self.signs_of = Memo(signs_of)
        self._all = set(sign_of_sets.values())
        self._regex: dict[int, str] = {}
        self._options: dict[int, list[str]] = {}
        signs = [""] * len(sets)
        for numbers, sign in sign_of_sets.items():
            for number in numbers:
                signs[number] += sign
        self.signs = dict(zip(sets, signs))
        self.separator = f"(?:'{_class(self.signs[frozenset('s')])})?{_APART}"

    # --- patterns

    def pattern(self, tree: tuple) -> re.Pattern[str]:
        """Pattern that finds a phrase in texts in shorthand."""
        return re.compile(self.regex(tree))

    def regex(self, tree: tuple) -> str:
        if id(tree) not in self._regex:  # the same group is the same object
            regex = super().regex(tree)
            if regex.startswith("(?:"):  # many ways to begin: one look ahead spares trying them all
                regex = f"(?={_class(self._first(tree))}){regex}"
            self._regex[id(tree)] = regex
        return self._regex[id(tree)]

    def options(self, tree: tuple) -> list[str]:
        if id(tree) not in self._options:
            self._options[id(tree)] = super().options(tree)
        return self._options[id(tree)]

    def words(self, words: tuple[str, ...]) -> list[str]:
        plain, marked = _spelt(words)
        return [*map(self._marked, marked), *self.signs[plain]]

    def _marked(self, pieces: tuple[str, ...]) -> str:
        """A word of several runs with the marks between them."""
        out = _class(self.signs[frozenset({pieces[0]})])
        for mark, run in zip(pieces[1::2], pieces[2::2]):
            if run:
                out += (f"{_A_MARK}?" if mark == "-" else re.escape(mark)) + _class(
                    self.signs[frozenset({run})]
                )
            else:
                out += _DOT
        return out

    def stem(self, stem: str) -> list[str]:
        return [*self.signs[_begun(stem)]]

    def one_of(self, options: list[str]) -> str:
        neighbours = groupby(options, key=lambda option: len(option) == 1)
        return super().one_of(
            [one for alone, some in neighbours for one in ([_class(some)] if alone else some)]
        )

    def odd(self, tree: tuple) -> str:
        raise NoShorthand

    def row(self, parts: list[tuple]) -> str:
        within = False  # whether a word has just ended, so that the next one needs a separator
        for n, (kind, *rest) in enumerate(parts):
            if kind == "gap":
                within = False
            elif kind == "edge":
                if n != (0 if rest[0] == "^" else len(parts) - 1) or within != (rest[0] == "$"):
                    raise NoShorthand
            elif kind != "opt":
                within = True
        if not within or parts[0][0] == "gap":
            raise NoShorthand
        return super().row(parts)

    def _first(self, tree: tuple) -> set[str]:
        """Signs with which a match may begin."""
        kind = tree[0]
        if kind == "word":
            plain, marked = _spelt(tree[1])
            return set(self.signs[plain]).union(*(self.signs[frozenset({spelt[0]})] for spelt in marked))
        if kind == "stem":
            return set(self.signs[_begun(tree[1])])
        if kind == "alt":
            return set().union(*map(self._first, tree[1]))
        if kind == "seq":
            n_optional = next(n for n, part in enumerate(tree[1]) if part[0] != "opt")
            return set().union(*map(self._first, tree[1][: n_optional + 1]))
        if kind in ("group", "opt"):
            return self._first(tree[1])
        return {_EDGE} if kind == "edge" else self._all


class Written:
    """Some texts in shorthand, in one string, each between two edges that it shares with its neighbours.

    Attributes
    ----------
    signs : str
    edges : list of int
        Where in `signs` the texts begin, and where the last one ends.
    """

    def __init__(self, texts: list[str], shorthand: Shorthand):
        self.n_texts = len(texts)
        between = f" {_EDGE} "
        self._text = between.join(["", *(text.replace(_EDGE, _ONE) for text in texts), ""])
        self._begins = list(accumulate((len(text) + len(between) for text in texts), initial=len(between)))
        self.signs = "".join(map(shorthand.signs_of.__getitem__, self._text[1:].split(" ")))
        self.edges = [match.start() for match in re.finditer(_EDGE, self.signs)]

    def places(self, spans: Iterable[Span], number: int) -> tuple[Span, ...]:
        """Where in a text stands what some signs stand for."""
        starts, ends = self._places
        begin = self._begins[number]
        return tuple((starts[start] - begin, ends[end - 1] - begin) for start, end in spans)

    @cached_property
    def _places(self) -> tuple[list[int], list[int]]:
        """Where what the signs stand for begins and ends; of marks each has a sign but one, and which does not matter."""
        codes = _codes(self._text)
        of_word = np.zeros(max(codes.max() + 1, 128), dtype=bool)
        kinds = [*range(128), *np.unique(codes[codes >= 128])]
        of_word[kinds] = [chr(kind).isalnum() or kind == ord("_") for kind in kinds]
        word, blank = of_word[codes], codes == ord(" ")
        change = np.diff(word, prepend=False)
        word_starts, word_ends = np.flatnonzero(change & word), np.flatnonzero(change & ~word)
        has_sign = change & word | ~word & ~blank
        # A blank before a piece without a word has one; of several marks between words, no blank beside, one has none.
        blanks = np.flatnonzero(blank)
        n_before = np.searchsorted(word_starts, blanks)
        has_sign[blanks] = n_before == np.append(n_before[1:], len(word_starts))
        n_blanks = np.cumsum(blank)[word_starts]
        several = (np.diff(n_blanks) == 0) & (word_starts[1:] - word_ends[:-1] > 1)
        has_sign[word_starts[1:][several] - 1] = False
        starts = np.flatnonzero(has_sign)
        ends = starts + 1
        ends[word[starts]] = word_ends
        edge = codes[starts] == ord(_EDGE)
        starts[edge] += 2
        ends[edge] -= 2
        return starts.tolist(), ends.tolist()

    def occurrences(self) -> tuple[np.ndarray, np.ndarray]:
        """Code of each sign and number of its text."""
        codes = _codes(self.signs)
        return codes, np.cumsum(codes == ord(_EDGE)) - 1

    def texts_matching(self, pattern: re.Pattern[str]) -> set[int]:
        """Numbers of the texts that a pattern for plain text matches."""
        return {bisect_right(self._begins, match.start()) - 1 for match in pattern.finditer(self._text)}


def _codes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _between(marks: str) -> str:
    """Signs of marks within a piece."""
    if len(marks) == 1:
        return marks if marks in _FOR_THEMSELVES else _ONE
    return (_DOT if marks[0] == "." else _MORE) + _MORE * (len(marks) - 2)


def _has_digit(word: str) -> bool:
    return any(map(str.isdecimal, word))


def _class(signs: Iterable[str]) -> str:
    """One of some signs; neighbours are written as a range."""
    signs = sorted(signs)
    if len(signs) == 1:
        return signs[0]
    ranges: list[list[str]] = []
    for sign in signs:
        if ranges and ord(sign) == ord(ranges[-1][-1]) + 1:
            ranges[-1][1:] = [sign]
        else:
            ranges.append([sign])
    return f"[{''.join(map('-'.join, ranges))}]"


def _collect(tree: tuple, sets: dict[Anchors, None], known: set[int]) -> None:
    """Add the sets of words that a phrase's pattern tells from others."""
    kind = tree[0]
    if id(tree) in known:  # the same group is the same object
        return
    known.add(id(tree))
    if kind in ("alt", "seq"):
        for part in tree[1]:
            _collect(part, sets, known)
    elif kind in ("group", "opt"):
        _collect(tree[1], sets, known)
    elif kind in ("word", "stem"):
        try:
            if kind == "stem":
                sets[_begun(tree[1])] = None
            else:
                plain, marked = _spelt(tree[1])
                sets[plain] = None
                sets.update((frozenset({run}), None) for spelt in marked for run in spelt[::2] if run)
        except NoShorthand:
            pass


def _begun(stem: str) -> Anchors:
    if not RUN.fullmatch(stem):
        raise NoShorthand
    return frozenset(spelt + "*" for spelt in spellings(stem))


@cache
def _spelt(words: tuple[str, ...]) -> tuple[Anchors, list[tuple[str, ...]]]:
    """Words that are one run of letters, and others as runs and marks in turn.

    A hyphen may be absent or be any one mark; other marks stand as they are.
    """
    plain: set[str] = set()
    marked: list[tuple[str, ...]] = []
    for word in words:
        if word.isalnum():
            plain.update(spellings(word))
            continue
        if not _MARKED_WORD.fullmatch(word):
            raise NoShorthand
        pieces = re.split(r"(\W)", word)
        choices = [
            (("-", "") if piece == "-" else (piece,)) if n % 2 else sorted(spellings(piece))
            for n, piece in enumerate(pieces)
        ]
        for spelt in product(*choices):
            runs = re.split(r"(\W)", "".join(spelt))
            if len(runs) == 1:
                plain.update(runs)
            else:
                marked.append(tuple(runs))
    return frozenset(plain), marked
