"""Which policies of very many share text: MinHash sketches find likely pairs, shingles decide.

Comparing all pairs grows with the square of the number of policies. Here each policy has a sketch of 128 numbers, each
the least of its shingles under another hash function; two policies agree in one of them with a probability equal to
their Jaccard similarity. Locality-sensitive hashing with bands of one number: policies that agree in any one of them
are a candidate pair, and the share in which they agree tells about how much they have in common. A short policy
that stands in a longer one has a low Jaccard similarity; from this share and the two sizes its containment is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from policytools.reuse import REUSE, check_n, policy_shingles
from policytools.tokens import typed_frame

SIZE = 128
_NEIGHBOURS = 200  # in a bucket of more policies each is paired with so many next to it in size, not with all
_SLACK = 0.5  # candidates are verified from this share of the threshold on: the sketch's estimate may be low


def sketch(shingles: np.ndarray) -> np.ndarray:
    """MinHash sketch of hashed shingles: 128 numbers, the same on every machine.

    Examples
    --------
    >>> one, other = np.arange(100, dtype="uint64"), np.arange(50, 150, dtype="uint64")
    >>> round(float((sketch(one) == sketch(other)).mean()), 1)  # 50 of 150 are in common
    0.4
    """
    try:
        from datasketch import MinHash
    except ImportError:
        raise ImportError("sketches need the package datasketch: pip install datasketch") from None

    found = MinHash(num_perm=SIZE, seed=1, hashfunc=int)
    found.update_batch((shingles & np.uint64(0xFFFFFFFF)).tolist())
    return found.hashvalues.astype("uint32")


def likely_pairs(
    sketches: np.ndarray, sizes: np.ndarray, *, min_containment: float = 0.0, min_jaccard: float = 0.0
) -> np.ndarray:
    """Pairs (i, j), i < j, that may reach the thresholds: containment in either direction, and Jaccard.

    Parameters
    ----------
    sketches : array (policies, 128)
        From `sketch`.
    sizes : array (policies,)
        Number of distinct shingles; a policy without any is in no pair.
    min_containment, min_jaccard : float
        What a pair must reach, by the exact count that has still to be made.

    Returns
    -------
    array (pairs, 2) of int
        In rising order.
    """
    number = len(sizes)
    found = []
    for band in range(SIZE):
        for one, other in _agreeing(sketches[:, band], sizes):
            agree = (sketches[one] == sketches[other]).mean(axis=1)
            shared = agree * (sizes[one] + sizes[other]) / (1 + agree)
            likely = (shared / np.minimum(sizes[one], sizes[other]) >= _SLACK * min_containment) & (
                agree >= _SLACK * min_jaccard
            )
            low, high = np.minimum(one, other)[likely], np.maximum(one, other)[likely]
            found.append(np.unique(low * number + high))
    codes = np.unique(np.concatenate(found)) if found else np.empty(0, dtype="int64")
    return np.stack([codes // max(number, 1), codes % max(number, 1)], axis=1)


def _agreeing(values: np.ndarray, sizes: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs of places with the same value; in a large bucket only those next to each other in size."""
    order = np.lexsort((sizes, values))
    order = order[sizes[order] > 0]
    ordered = values[order]
    for distance in range(1, min(_NEIGHBOURS, len(order) - 1) + 1):
        places = np.flatnonzero(ordered[:-distance] == ordered[distance:])
        if not len(places):
            return
        yield order[places], order[places + distance]


def similar_pairs(source: pd.DataFrame | str | Path, *, threshold: float, n: int = 8) -> pd.DataFrame:
    """Pairs of policies of which one stands in the other to a given share, among very many policies.

    Parameters
    ----------
    source : DataFrame or path
        Sentences, as in `shared_text`; or a folder that `scale.measure` wrote with the measure "shingles".
    threshold : float
        Least containment, above 0. From 0.2 on the sketch is sure to find nearly every pair; see Notes.
    n : int
        Words of a shingle; a measured folder has 8.

    Returns
    -------
    DataFrame
        The rows of `shared_text` with a containment of `threshold` or more, by policy_id and other_id. The
        numbers are exact counts.

    Raises
    ------
    ValueError
        A threshold that is not above 0 and at most 1; a folder without shingles.

    Notes
    -----
    Among 272 policies the exact comparison of all pairs finds 40 ordered pairs with a containment of .2 and more
    and 76 with .1 and more. The sketches find 40 of the 40 and 73 of the 76, and leave 79 and 272 of 36,856
    pairs to be verified.

    In a corpus with many copies of one text not every pair of copies is found: in a bucket of more than 200
    policies each is compared with the 200 next to it in size, so that the work grows with the number of
    policies and not with its square.

    References
    ----------
    Broder, A. Z. (1997). On the resemblance and containment of documents. doi:10.1109/SEQUEN.1997.666900. Indyk, P. &
    Motwani, R. (1998). Approximate nearest neighbors. STOC '98, 604-613. doi:10.1145/276698.276876

    Examples
    --------
    >>> sentences = pd.DataFrame({"policy_id": ["a", "b"], "sentence_id": [0, 0],
    ...                           "text": ["We never sell data.", "We never sell data to third parties."]})
    >>> similar_pairs(sentences, threshold=0.5, n=3)
      policy_id other_id  n_shingles  n_shared  containment  jaccard
    0         a        b           2         2          1.0      0.4
    """
    if not 0 < threshold <= 1:
        raise ValueError(f"threshold: must be above 0 and at most 1, not {threshold!r}")
    check_n(n)
    shingles: Callable[[int], np.ndarray]
    if isinstance(source, pd.DataFrame):
        frame = policy_shingles(source, n=n)
        sketches = np.array([sketch(found) for found in frame["shingles"]], dtype="uint32").reshape(-1, SIZE)
        shingles = frame["shingles"].tolist().__getitem__
    else:
        if n != 8:
            raise ValueError(f"n: a measured folder has shingles of 8 words, not {n!r}")
        frame, sketches, shingles = _measured(source)
    ids, sizes = frame["policy_id"].to_numpy(dtype=object), frame["n_shingles"].to_numpy()
    rows = []
    for i, j in likely_pairs(sketches, sizes, min_containment=threshold).tolist():
        n_shared = len(np.intersect1d(shingles(i), shingles(j), assume_unique=True))
        jaccard = n_shared / (sizes[i] + sizes[j] - n_shared)
        rows += [
            (ids[one], ids[other], sizes[one], n_shared, n_shared / sizes[one], jaccard)
            for one, other in ((i, j), (j, i))
            if n_shared / sizes[one] >= threshold
        ]
    rows.sort(key=lambda row: row[:2])
    return typed_frame(dict(zip(REUSE, zip(*rows))) or dict.fromkeys(REUSE, ()), REUSE)


def _measured(folder: str | Path) -> tuple[pd.DataFrame, np.ndarray, Callable[[int], np.ndarray]]:
    """Policies and sketches of a measured folder, and a function that reads a policy's shingles."""
    import pyarrow.parquet

    from policytools.scale.results import measured_files

    files = measured_files(folder, "shingles")
    tables = [
        pyarrow.parquet.read_table(file, columns=["policy_id", "n_shingles", "sketch"]) for file in files
    ]
    starts = np.cumsum([0, *map(len, tables)])
    sketches = [
        table["sketch"].combine_chunks().flatten().to_numpy().reshape(-1, SIZE)
        for table in tables
        if len(table)
    ]
    frame = pd.concat([table.drop(["sketch"]).to_pandas() for table in tables], ignore_index=True)

    @lru_cache(maxsize=50)
    def part(number: int) -> list[np.ndarray]:
        column = pyarrow.parquet.read_table(files[number], columns=["shingles"])["shingles"]
        return [row.values.to_numpy() for row in column]

    def shingles(place: int) -> np.ndarray:
        number = int(np.searchsorted(starts, place, side="right")) - 1
        return part(number)[place - starts[number]]

    return frame, np.concatenate([np.empty((0, SIZE), dtype="uint32"), *sketches]), shingles
