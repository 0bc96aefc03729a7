"""What a text must hold for a phrase to match.

An anchor is a whole word ("data"), the beginning of a word ("collect*"), any word with a digit ("#digit"), a single
mark between two words ("/") or something else in the text ("#at", see `phrases`). Anchors are necessary, never
sufficient: what they let through is tried with the phrase's pattern.
"""

from __future__ import annotations

import re
from functools import cache

RUN = re.compile(r"\w+")  # what is one word here: a run of letters and digits
A_DIGIT = "#digit"

Anchors = frozenset[str]  # one of them must be there
Need = Anchors | tuple[str, tuple]  # ("all", needs) or ("any", needs)


def needed(tree: tuple) -> Need | None:
    """What any text holds that a phrase's tree matches; None where nothing can be said."""
    kind = tree[0]
    if kind == "word":
        return _any([_in_word(word) for word in tree[1]])
    if kind == "stem":
        return _in_word(tree[1], end="*")
    if kind in ("raw", "group"):
        return tree[2]
    if kind == "alt":
        return _any([needed(option) for option in tree[1]])
    if kind == "seq":
        return _joined("all", [need for part in tree[1] if (need := needed(part)) is not None])
    return None


def _joined(kind: str, needs: list[Need]) -> Need | None:
    needs = list(dict.fromkeys(needs))
    return (kind, tuple(needs)) if len(needs) > 1 else needs[0] if needs else None


def _any(options: list[Need | None]) -> Need | None:
    if None in options:
        return None
    words = [option for option in options if isinstance(option, frozenset)]
    others = [option for option in options if isinstance(option, tuple)]
    return _joined("any", [*([frozenset().union(*words)] if words else []), *others])


@cache
def _in_word(word: str, end: str = "") -> Need | None:
    """Runs that a text holds where the word stands; "opt-out" stands as "opt-out", "opt out" or "optout"."""
    if "-" in word:
        parted, joined = (word.replace("-", mark, 1) for mark in (" ", ""))
        return _any([_in_word(parted, end), _in_word(joined, end)])
    needs: list[Need] = [spellings(run) for run in RUN.findall(word)]
    if needs and end:
        needs[-1] = frozenset(run + end for run in spellings(RUN.findall(word)[-1]))
    # Not only its letters: those of "s.a." stand in many texts.
    needs += [frozenset(mark) for mark in re.findall(r"(?<=\w)[&.@/$%+](?=\w)", word)]
    return _joined("all", needs)


@cache
def spellings(run: str) -> Anchors:
    """A run of letters with "is" for "iz", as patterns allow it."""
    begun, *others = re.split(r"(?<=\w\w)iz", run)  # personalize, personalise
    spelt = [begun]
    for rest in others:
        spelt = [so_far + "i" + letter + rest for so_far in spelt for letter in "zs"]
    return frozenset(spelt)
