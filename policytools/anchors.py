"""What a text must hold for a phrase to match.

An anchor is a whole word ("data"), the beginning of a word ("collect*"), any word with a digit ("#digit") or a mark
of the text ("#at", see `phrases`). Anchors are necessary, never sufficient: what they let through is tried with the
phrase's pattern.
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
        return _union([_in_word(word) for word in tree[1]])
    if kind == "stem":
        return frozenset(anchor + "*" for anchor in _in_word(tree[1]) or ()) or None
    if kind in ("raw", "group"):
        return tree[2]
    if kind == "alt":
        options = [needed(option) for option in tree[1]]
        if None in options:
            return None
        words = [option for option in options if isinstance(option, frozenset)]
        others = [option for option in options if isinstance(option, tuple)]
        return _joined("any", [*([frozenset().union(*words)] if words else []), *others])
    if kind == "seq":
        return _joined("all", [need for part in tree[1] if (need := needed(part)) is not None])
    return None


def _joined(kind: str, needs: list[Need]) -> Need | None:
    return (kind, tuple(needs)) if len(needs) > 1 else needs[0] if needs else None


def _union(each: list[Anchors | None]) -> Anchors | None:
    known = [anchors for anchors in each if anchors is not None]
    return frozenset().union(*known) if len(known) == len(each) else None


def _in_word(word: str) -> Anchors | None:
    """Runs of which a text must contain one whole where the word matches; None for a word like "&"."""
    runs = RUN.findall(word)
    if not runs:
        return None
    if "-" in word:
        return _first_runs(word[word.index(runs[0]) :])
    if re.search(r"\w\.\w", word):
        return frozenset({"#dot"})  # the single letters of "s.a." say less
    return spellings(max(runs, key=len))


@cache
def _first_runs(word: str) -> Anchors:
    """Runs at the word's beginning: "opt-out" stands as "opt-out", "opt out" or "optout"."""
    found: set[str] = set()
    joined = ""
    for piece in word.split("-"):
        joined += piece
        run = RUN.match(joined)
        if run:
            found |= spellings(run.group())
        if not run or run.group() != joined:
            break
    return frozenset(found)


@cache
def spellings(run: str) -> Anchors:
    """A run of letters with "is" for "iz", as patterns allow it."""
    begun, *others = re.split(r"(?<=\w\w)iz", run)  # personalize, personalise
    spelt = [begun]
    for rest in others:
        spelt = [so_far + "i" + letter + rest for so_far in spelt for letter in "zs"]
    return frozenset(spelt)
