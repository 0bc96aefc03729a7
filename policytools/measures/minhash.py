"""Which policies of very many share text: MinHash sketches find likely pairs, shingles decide.

Comparing all pairs grows with the square of the number of policies. Here each policy has a sketch of 128 numbers, each
the least of its shingles under another hash function; two policies agree in one of them with a probability equal to
their Jaccard similarity. Locality-sensitive hashing with bands of one number: policies that agree in any one of them
are a candidate pair, and the share in which they agree tells about how much they have in common. A short policy
that stands in a longer one has a low Jaccard similarity; from this share and the two sizes its containment is told.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

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
