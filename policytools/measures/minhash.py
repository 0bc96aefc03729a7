"""Pairs of policies that share text, among very many: MinHash sketches find likely pairs, exact counts decide.

The work of comparing all pairs grows with the square of the number of policies. Here each policy has a sketch of 128
numbers, each the smallest of its shingles under another hash function; the probability that two policies agree in one
number is their Jaccard similarity. This is locality-sensitive hashing with bands of one number: policies that agree in
any number are a candidate pair, and the share of numbers in which they agree estimates how much they have in common. A
short policy contained in a longer one has a low Jaccard similarity; its containment follows from the share and the two
sizes.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

SIZE = 128
_NEIGHBOURS = 200  # in a larger bucket each policy is paired only with this many next to it in size
_SLACK = 0.5  # candidates are counted from this share of the threshold on: the sketch's estimate may be low


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


def sketches_of(shingles: Sequence[np.ndarray]) -> np.ndarray:
    """One sketch for each policy, as rows."""
    return np.array([sketch(found) for found in shingles], dtype="uint32").reshape(-1, SIZE)


def shared_in_likely_pairs(
    sketches: np.ndarray,
    sizes: np.ndarray,
    shingles: Callable[[int], np.ndarray],
    *,
    min_containment: float = 0.0,
    min_jaccard: float = 0.0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions of both policies, and the number of shingles they share, for each ordered pair that is likely.

    Parameters
    ----------
    sketches, sizes, min_containment, min_jaccard
        As in `likely_pairs`.
    shingles : callable
        The distinct hashed shingles of the policy at a position.
    """
    pairs = likely_pairs(sketches, sizes, min_containment=min_containment, min_jaccard=min_jaccard)
    shared = [len(np.intersect1d(shingles(i), shingles(j), assume_unique=True)) for i, j in pairs.tolist()]
    one, other = np.concatenate([pairs, pairs[:, ::-1]]).T
    order = np.lexsort((other, one))
    return one[order], other[order], np.tile(np.array(shared, dtype="int64"), 2)[order]


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
        What a pair must reach when it is counted.

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
    return np.stack(np.divmod(codes, max(number, 1)), axis=1)


def _agreeing(values: np.ndarray, sizes: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs of positions with the same value; in a large bucket only those next to each other in size."""
    order = np.lexsort((sizes, values))
    order = order[sizes[order] > 0]
    ordered = values[order]
    for distance in range(1, min(_NEIGHBOURS, len(order) - 1) + 1):
        places = np.flatnonzero(ordered[:-distance] == ordered[distance:])
        if not len(places):
            return
        yield order[places], order[places + distance]
