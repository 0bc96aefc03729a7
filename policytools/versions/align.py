"""Two versions of a policy, sentence beside sentence: what is the same, moved, edited, split, merged, new, gone.

Equal units are paired first, in their order, then wherever they are. What is left is paired by likeness, in one optimal
assignment, and a unit that two of the other version make up together is a split or a merger.
"""

from collections import defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process
from scipy.optimize import linear_sum_assignment

from policytools._frames import frame_of_rows
from policytools.corpus.corpus import Corpus
from policytools.versions.units import Units, units_of

STATUSES = ("same", "moved", "edited", "split", "merged", "removed", "added")
_ALIKE = 60.0  # per cent of likeness from which two sentences are one that was edited
_ALIKE_SHORT = 75.0  # the same for fewer than six words
_PART = 85.0  # per cent of likeness from which two sentences together are one of the other version
_PLACE = 10.0  # what a pair at the same place is worth beside one at the other end
_COLUMNS = {
    "status": "str", "earlier_sentence": "Int64", "later_sentence": "Int64", "earlier_text": "str",
    "later_text": "str", "similarity": "float64", "earlier_section": "str", "later_section": "str", "edits": "object",
}  # fmt: skip


class Pair(NamedTuple):
    """Units of the earlier and of the later version that say the same; none on one side: removed or added."""

    status: str
    earlier: tuple[int, ...]
    later: tuple[int, ...]
    similarity: float  # 0 to 1


def compare_versions(corpus: Corpus, earlier: str, later: str) -> pd.DataFrame:
    """Sentences, fragments and headings of two versions of a policy beside each other.

    Parameters
    ----------
    corpus : Corpus
    earlier, later : str
        Their policy_ids.

    Returns
    -------
    DataFrame
        One row for each unit or group of units, in the order of the later version, removed ones behind what was before
        them: status ("same", "moved": word for word, at another place; "edited": the same statement in other words;
        "split", "merged": one in two; "removed", "added"), earlier_sentence, later_sentence (Int64: the first of them,
        NA for none), earlier_text, later_text ("" for none), similarity (float, 0 to 1, NaN for removed and added),
        earlier_section, later_section, edits (list of (kind, earlier_start, earlier_end, later_start, later_end), kind
        "replace", "delete" or "insert": places of the words that differ in the two texts).

    Raises
    ------
    ValueError
        A policy_id is unknown, or both are one.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> texts = ["We use cookies. We keep data for a year.", "We keep data for two years. We use cookies. We sell nothing."]
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["old", "new"], "text": texts}))
    >>> compare_versions(corpus, "old", "new")[["status", "earlier_text", "later_text"]].values.tolist()
    [['edited', 'We keep data for a year.', 'We keep data for two years.'], ['same', 'We use cookies.', 'We use cookies.'], \
['added', '', 'We sell nothing.']]
    """
    if earlier == later:
        raise ValueError(f"later: {later!r} is the earlier version too; give two versions")
    old, new = (
        units_of(corpus, policy_id, name) for policy_id, name in ((earlier, "earlier"), (later, "later"))
    )
    rows = []
    for pair in align(old, new):
        texts = [
            " ".join(units.texts[n] for n in own) for units, own in ((old, pair.earlier), (new, pair.later))
        ]
        firsts = [
            units.ids[own[0]] if own else pd.NA for units, own in ((old, pair.earlier), (new, pair.later))
        ]
        sections = [
            units.sections[own[0]] if own else "" for units, own in ((old, pair.earlier), (new, pair.later))
        ]
        similarity = pair.similarity if pair.earlier and pair.later else np.nan
        edits = _edits(*texts) if pair.status in ("edited", "split", "merged") else []
        rows.append((pair.status, *firsts, *texts, similarity, *sections, edits))
    return frame_of_rows(rows, _COLUMNS)


def align(old: Units, new: Units) -> list[Pair]:
    """All units of two versions in pairs, in the order of the later version."""
    pairs = _equal(old.keys, new.keys)
    taken = _taken(pairs)
    left = [
        [n for n in range(len(units.keys)) if n not in own]
        for units, own in zip((old, new), taken, strict=True)
    ]
    pairs += _alike(old, new, *left)
    taken = _taken(pairs)
    pairs += [Pair("removed", (n,), (), 0.0) for n in range(len(old.keys)) if n not in taken[0]]
    pairs += [Pair("added", (), (n,), 0.0) for n in range(len(new.keys)) if n not in taken[1]]
    after = {pair.earlier[-1]: pair.later[0] for pair in pairs if pair.earlier and pair.later}

    def place(pair: Pair) -> tuple[int, int]:
        if pair.later:
            return pair.later[0], 0
        before = next((after[n] for n in range(pair.earlier[0], -1, -1) if n in after), -1)
        return before, pair.earlier[0] + 1

    return sorted(pairs, key=place)


def _taken(pairs: Sequence[Pair]) -> tuple[set[int], set[int]]:
    """The units of the earlier and of the later version that have a pair."""
    return {n for pair in pairs for n in pair.earlier}, {n for pair in pairs for n in pair.later}


def _equal(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Units with the same words: the same in order, the others moved."""
    pairs = []
    for a, b, size in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        pairs += [Pair("same", (a + n,), (b + n,), 1.0) for n in range(size)]
    taken = _taken(pairs)
    places: dict[str, list[int]] = defaultdict(list)
    for n, key in enumerate(old):
        if n not in taken[0]:
            places[key].append(n)
    for n, key in enumerate(new):
        if n not in taken[1] and places[key]:
            pairs.append(Pair("moved", (places[key].pop(0),), (n,), 1.0))
    return pairs


def _alike(old: Units, new: Units, left: list[int], right: list[int]) -> list[Pair]:
    """Units that are no equals: edited, split and merged."""
    if not left or not right:
        return []
    texts = [old.keys[n] for n in left], [new.keys[n] for n in right]
    likeness = process.cdist(*texts, scorer=fuzz.ratio, dtype=np.float32, score_cutoff=_ALIKE / 2)
    parts = _parts(old, new, left, right, likeness)
    taken = _taken(parts)
    places = [np.array(own) / max(len(units.keys), 1) for own, units in ((left, old), (right, new))]
    worth = likeness - _PLACE * np.abs(places[0][:, None] - places[1][None, :])
    pairs = list(parts)
    for a, b in zip(*linear_sum_assignment(-worth), strict=True):
        short = min(len(text.split()) for text in (texts[0][a], texts[1][b])) < 6
        if left[a] in taken[0] or right[b] in taken[1]:
            continue
        if likeness[a, b] >= (_ALIKE_SHORT if short else _ALIKE):
            pairs.append(Pair("edited", (left[a],), (right[b],), float(likeness[a, b]) / 100))
    return pairs


def _parts(old: Units, new: Units, left: list[int], right: list[int], likeness: np.ndarray) -> list[Pair]:
    """Splits and mergers: one unit beside two neighbours of the other version."""
    found = []
    for status, one, two, ones, twos, table in (
        ("split", old, new, left, right, likeness),
        ("merged", new, old, right, left, likeness.T),
    ):
        neighbours = [(n, n + 1) for n in range(len(twos) - 1) if twos[n + 1] == twos[n] + 1]
        if not neighbours:
            continue
        joined = [f"{two.keys[twos[a]]} {two.keys[twos[b]]}" for a, b in neighbours]
        together = process.cdist([one.keys[n] for n in ones], joined, scorer=fuzz.ratio, dtype=np.float32)
        for row, best in enumerate(together.argmax(axis=1)):
            a, b = neighbours[best]
            if together[row, best] >= max(_PART, table[row, [a, b]].max() + 5):
                whole, both = (ones[row],), (twos[a], twos[b])
                earlier, later = (whole, both) if status == "split" else (both, whole)
                found.append(Pair(status, earlier, later, float(together[row, best]) / 100))
    best_first = sorted(found, key=lambda pair: -pair.similarity)
    kept: list[Pair] = []
    for pair in best_first:
        if not any(set(pair.earlier) & set(o.earlier) or set(pair.later) & set(o.later) for o in kept):
            kept.append(pair)
    return kept


def _edits(earlier: str, later: str) -> list[tuple[str, int, int, int, int]]:
    """Words that differ, by their places in the two texts."""
    words = [[*_spans(text)] for text in (earlier, later)]
    matcher = SequenceMatcher(None, [w for w, *_ in words[0]], [w for w, *_ in words[1]], autojunk=False)
    return [
        (kind, *_place(words[0], a, b, len(earlier)), *_place(words[1], c, d, len(later)))
        for kind, a, b, c, d in matcher.get_opcodes()
        if kind != "equal"
    ]


def _spans(text: str) -> list[tuple[str, int, int]]:
    found, at = [], 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        found.append((word, start, at))
    return found


def _place(words: list[tuple[str, int, int]], first: int, end: int, length: int) -> tuple[int, int]:
    if first < end:
        return words[first][1], words[end - 1][2]
    at = words[first][1] if first < len(words) else length
    return at, at
