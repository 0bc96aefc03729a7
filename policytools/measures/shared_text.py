"""Text that policies share: overlap of word n-grams, and the passages themselves.

A policy is one stream of words (`policytools.text.tokens`: lower case; no punctuation, numbers, addresses), across
sentences, headings and list items, so that neither segmentation nor file format decides what is shared. A shingle is
n words of the stream that follow each other. Names given as ``exclude=`` are removed from the stream first: a text in
which only the vendor's name was replaced is shared.
"""

import hashlib
import heapq
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from policytools._frames import check_choice, check_number, frame_of_rows, in_reading_order, typed_frame
from policytools.measures.minhash import shared_in_likely_pairs, sketches_of
from policytools.tables import policies_named
from policytools.text.tokens import NOT_WORDS, tokenize, word_runs

_OVERLAP = {
    "policy_id": "str", "other_id": "str", "n_shingles": "int64", "n_shared": "int64", "containment": "float64",
    "jaccard": "float64",
}  # fmt: skip
_PASSAGES = {
    "policy_id": "str", "other_id": "str", "n_words": "int64", "sentence_id": "int64", "last_sentence_id": "int64",
    "other_sentence_id": "int64", "other_last_sentence_id": "int64", "text": "str", "other_text": "str",
}  # fmt: skip


@lru_cache(maxsize=2**16)
def _word_hash(word: str) -> int:
    # Python's own hash of a text differs from run to run.
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")


def _shingles(words: list[str], n: int) -> np.ndarray:
    """A 64-bit hash for each n words that follow each other.

    Among 10 million different shingles two collide with a probability of about 3 in a million.
    """
    if len(words) < n:
        return np.empty(0, dtype=np.uint64)
    hashes = np.fromiter(map(_word_hash, words), dtype=np.uint64, count=len(words))
    shingles = np.zeros(len(words) - n + 1, dtype=np.uint64)
    for place in range(n):
        factor = np.uint64(_word_hash(f"place {place}") | 1)
        shingles += hashes[place : place + len(shingles)] * factor  # modulo 2**64
    return shingles


def check_n(n: int) -> None:
    check_number("n", n, 1, whole=True)


def _streams(sentences: pd.DataFrame, exclude: Iterable[str]) -> dict[str, list[str]]:
    frame = in_reading_order(sentences)
    words: dict[str, list[str]] = {}
    for policy, (_, runs) in zip(frame["policy_id"], word_runs(frame["text"], exclude=exclude)):
        words.setdefault(policy, []).extend(word for _, run in runs for word in run)
    return words


def policy_shingles(sentences: pd.DataFrame, *, n: int = 8, exclude: Iterable[str] = ()) -> pd.DataFrame:
    """The distinct shingles of each policy, hashed. What two policies have in common is the text they share.

    Parameters
    ----------
    sentences, n, exclude
        As in `shared_text`.

    Returns
    -------
    DataFrame
        One row for each policy, by policy_id: policy_id (str), n_shingles (int), shingles (arrays of uint64 in
        rising order, the same on every machine).

    Examples
    --------
    >>> sentences = pd.DataFrame({"policy_id": "a", "sentence_id": [0], "text": ["We never sell data."]})
    >>> policy_shingles(sentences, n=3)["n_shingles"].tolist()
    [2]
    """
    check_n(n)
    found = {policy: np.unique(_shingles(words, n)) for policy, words in _streams(sentences, exclude).items()}
    rows = [(policy, len(shingles), shingles) for policy, shingles in found.items()]
    return frame_of_rows(rows, {"policy_id": "str", "n_shingles": "int64", "shingles": "object"})


def shared_text(
    sentences: pd.DataFrame,
    *,
    n: int = 8,
    exclude: Iterable[str] = (),
    min_jaccard: float = 0.0,
    min_containment: float = 0.0,
    method: str = "exact",
) -> pd.DataFrame:
    """How much of each policy's text is in each other policy word for word.

    Parameters
    ----------
    sentences : DataFrame
        One row for each sentence unit: policy_id (str), sentence_id (int), text (str).
    n : int
        Words of a shingle.
    exclude : iterable of str
        Names removed from the text first, whatever their case (vendors, products).
    min_jaccard, min_containment : float
        Pairs below are left out. Of thousands of policies most pairs share nothing.
    method : {"exact", "minhash"}
        Compare all pairs, or only those that MinHash finds likely to reach both (one of which must then be
        above 0): for more than a few hundred policies. The numbers of a pair are exact either way; MinHash may
        miss pairs close to the least values (`policytools.measures.minhash`). Needs the package `datasketch`.

    Returns
    -------
    DataFrame
        One row for each ordered pair, by policy_id, other_id: policy_id, other_id (str), n_shingles (int,
        distinct shingles of policy_id), n_shared (int), containment, jaccard (float; NaN where a policy has
        fewer than n words).

    Raises
    ------
    ValueError
        Fewer than two policies; `n` longer than every policy; another argument outside what is allowed.

    Notes
    -----
    With A, B the sets of shingles::

        containment = |A and B| / |A|        jaccard = |A and B| / |A or B|

    Containment has a direction: a short text copied from a long one has 1, the long one less. For judging a
    value: between policies of unrelated publishers (OPP-115) containment of 8-grams is .000 at the median and
    .036 at the 99th percentile.

    References
    ----------
    Broder, A. Z. (1997). On the resemblance and containment of documents. Compression and Complexity of
    Sequences, 21-29. doi:10.1109/SEQUEN.1997.666900

    Examples
    --------
    >>> sentences = pd.DataFrame({"policy_id": ["a", "b"], "sentence_id": [0, 0],
    ...                           "text": ["We never sell data.", "We never sell data to third parties."]})
    >>> shared_text(sentences, n=3)
      policy_id other_id  n_shingles  n_shared  containment  jaccard
    0         a        b           2         2          1.0      0.4
    1         b        a           5         2          0.4      0.4
    """
    check_n(n)
    check_choice("method", method, ("exact", "minhash"))
    check_number("min_jaccard", min_jaccard, 0, 1)
    check_number("min_containment", min_containment, 0, 1)
    if method == "minhash" and not max(min_jaccard, min_containment):
        raise ValueError("method: 'minhash' needs min_jaccard or min_containment above 0")
    words = _streams(sentences, exclude)
    if len(words) == 1:
        raise ValueError(f"sentences: holds one policy only, {list(words)}; shared text needs two or more")
    shingles = {policy: np.unique(_shingles(stream, n)) for policy, stream in words.items()}
    if words and not any(map(len, shingles.values())):
        longest = max(map(len, words.values()))
        raise ValueError(f"n: {n} is longer than any policy; the longest has {longest} words")

    found = list(shingles.values())
    sizes = np.array(list(map(len, found)), dtype="int64")
    if method == "exact":
        pairs = _all_pairs(found)
    else:
        sketches = sketches_of(found)
        pairs = shared_in_likely_pairs(
            sketches, sizes, found.__getitem__, min_containment=min_containment, min_jaccard=min_jaccard
        )
    overlap = overlap_frame(list(shingles), sizes, *pairs)
    if not max(min_jaccard, min_containment):
        return overlap
    reached = (overlap["jaccard"] >= min_jaccard) & (overlap["containment"] >= min_containment)
    return overlap[reached].reset_index(drop=True)


def overlap_frame(
    policies: Sequence[str], sizes: np.ndarray, one: np.ndarray, other: np.ndarray, shared: np.ndarray
) -> pd.DataFrame:
    """The frame of `shared_text`, for pairs given by the positions of their policies."""
    a, b = sizes[one], sizes[other]
    defined = (a > 0) & (b > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        containment = np.where(defined, shared / a, np.nan)
        jaccard = np.where(defined, shared / (a + b - shared), np.nan)
    ids = np.array(policies, dtype="object")
    return typed_frame(
        {
            "policy_id": ids[one], "other_id": ids[other], "n_shingles": a, "n_shared": shared,
            "containment": containment, "jaccard": jaccard,
        },
        _OVERLAP,
    )  # fmt: skip


def _all_pairs(shingles: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions of both policies, and the number of shingles they share, for all ordered pairs."""
    number = len(shingles)
    counts = np.zeros((number, number), dtype="int64")
    owner = np.repeat(np.arange(number), [len(found) for found in shingles])
    every = np.concatenate([np.empty(0, dtype="uint64"), *shingles])
    _, ids, n_owners = np.unique(every, return_inverse=True, return_counts=True)
    common = n_owners[ids] > 1  # a shingle of one policy is in no pair
    owner, ids = owner[common], ids[common]
    for i in range(number):
        has = np.zeros(len(n_owners), dtype=bool)
        has[ids[owner == i]] = True
        counts[i] = np.bincount(owner[has[ids]], minlength=number)
    one, other = np.nonzero(~np.eye(number, dtype=bool))
    return one, other, counts[one, other]


def shared_passages(
    sentences: pd.DataFrame,
    policy_id: str,
    other_id: str,
    *,
    n: int = 8,
    exclude: Iterable[str] = (),
    policies: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The passages that one policy shares word for word with another, longest first.

    Parameters
    ----------
    sentences : DataFrame
        As in `shared_text`.
    policy_id, other_id : str
        The two policies.
    n : int
        Least words of a passage.
    exclude : iterable of str
        As in `shared_text`.
    policies : DataFrame, optional
        `Corpus.policies`: a vendor's name may then be given for a policy_id.

    Returns
    -------
    DataFrame
        One row for each passage, n_words descending: policy_id, other_id (str), n_words (int, words in
        common), sentence_id, last_sentence_id (int, where the passage begins and ends), other_sentence_id,
        other_last_sentence_id (int), text, other_text (str, in the spelling of either policy).

    Raises
    ------
    ValueError
        An unknown policy, or twice the same.

    Notes
    -----
    The longest run of words found in both policies is taken first. What it covers of `policy_id` is removed from
    shorter runs, and what is left of these below n words is dropped. So each word of `policy_id` is in at most one
    passage, and the sum of n_words never exceeds its words in shared shingles. A passage of the other policy may be
    cited more than once.

    Examples
    --------
    >>> sentences = pd.DataFrame({"policy_id": ["a", "b"], "sentence_id": [0, 7],
    ...                           "text": ["Really, we never sell data.", "WE NEVER SELL DATA to anyone."]})
    >>> shared_passages(sentences, "a", "b", n=3)[["n_words", "other_sentence_id", "text", "other_text"]]
       n_words  other_sentence_id                text          other_text
    0        4                  7  we never sell data  WE NEVER SELL DATA
    """
    check_n(n)
    frame = in_reading_order(sentences)
    [policy_id] = policies_named("policy_id", policy_id, frame["policy_id"], policies)
    [other_id] = policies_named("other_id", other_id, frame["policy_id"], policies)
    if policy_id == other_id:
        raise ValueError(f"other_id: {other_id!r} is policy_id too; a policy is compared with another one")
    here, there = (_stream(frame[frame["policy_id"] == policy], exclude) for policy in (policy_id, other_id))
    rows = []
    for i, j, length in _tiles(here.words, there.words, n):
        first, last, text = here.passage(i, length)
        other_first, other_last, other_text = there.passage(j, length)
        rows.append((policy_id, other_id, length, first, last, other_first, other_last, text, other_text))
    return frame_of_rows(rows, _PASSAGES)


class _Stream(NamedTuple):
    """The text of one policy and its words, each with its sentence_id, start and end in the text."""

    text: str
    words: list[str]
    places: list[tuple[int, int, int]]

    def passage(self, first: int, length: int) -> tuple[int, int, str]:
        """The first and the last sentence_id, and the text, of `length` words from the word `first` on."""
        (sentence, start, _), (last_sentence, _, end) = self.places[first], self.places[first + length - 1]
        return sentence, last_sentence, self.text[start:end]


def _stream(frame: pd.DataFrame, exclude: Iterable[str]) -> _Stream:
    stream = _Stream(" ".join(frame["text"]), [], [])
    offset = 0
    for sentence, text, (_, runs) in zip(
        frame["sentence_id"], frame["text"], word_runs(frame["text"], exclude=exclude), strict=True
    ):
        spans = list(_word_spans(text))
        for before, run in runs:
            stream.words.extend(run)
            own = spans[before : before + len(run)]
            stream.places.extend((sentence, offset + start, offset + end) for start, end in own)
        offset += len(text) + 1
    return stream


def _word_spans(text: str) -> Iterator[tuple[int, int]]:
    end = 0
    for token, kind in tokenize(text):
        start = text.index(token, end)
        end = start + len(token)
        if kind not in NOT_WORDS:
            yield start, end


def _tiles(here: list[str], there: list[str], n: int) -> list[tuple[int, int, int]]:
    """Longest common runs, without overlap in `here`: (position here, position there, length), longest first."""
    places: dict[int, list[int]] = {}
    for j, shingle in enumerate(_shingles(there, n).tolist()):
        places.setdefault(shingle, []).append(j)
    runs = []
    for i, shingle in enumerate(_shingles(here, n).tolist()):
        for j in places.get(shingle, ()):
            if i and j and here[i - 1] == there[j - 1]:
                continue  # inside a run that is counted already
            length = n
            while (
                i + length < len(here) and j + length < len(there) and here[i + length] == there[j + length]
            ):
                length += 1
            runs.append((-length, i, j))
    heapq.heapify(runs)
    taken = np.zeros(len(here), dtype=bool)
    tiles = []
    while runs:
        length, i, j = heapq.heappop(runs)
        covered = taken[i : i - length]
        if not covered.any():
            taken[i : i - length] = True
            tiles.append((i, j, -length))
            continue
        edges = np.flatnonzero(np.diff(np.concatenate([[True], covered, [True]]).astype("int8")))
        for low, high in zip(edges[::2], edges[1::2]):
            if high - low >= n:
                heapq.heappush(runs, (int(low - high), i + int(low), j + int(low)))
    return tiles
