"""Pairs of policies that share text, among very many."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from policytools._frames import typed_frame
from policytools.measures.minhash import SIZE, likely_pairs, sketch
from policytools.measures.shared_text import REUSE, check_n, policy_shingles
from policytools.scale.results import measured_files


def similar_pairs(source: pd.DataFrame | str | Path, *, threshold: float, n: int = 8) -> pd.DataFrame:
    """Pairs of policies of which at least a given share of one is in the other, among very many policies.

    Parameters
    ----------
    source : DataFrame or path
        Sentences, as in `shared_text`; or a folder that `scale.measure` wrote with the measure "shingles".
    threshold : float
        Least containment, above 0. From 0.2 on the sketches find nearly every pair; see Notes.
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
    policies each is compared only with the 200 next to it in size, so that the work does not grow with the square
    of the number of policies.

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
    import pyarrow.parquet  # here, as it comes with the extra `scale`

    files = measured_files(folder, "shingles")
    columns = ["policy_id", "n_shingles", "sketch"]
    tables = [pyarrow.parquet.read_table(file, columns=columns) for file in files]
    starts = np.cumsum([0, *map(len, tables)])
    sketches = [table["sketch"].combine_chunks().flatten().to_numpy().reshape(-1, SIZE) for table in tables]
    frame = pd.concat([table.drop(["sketch"]).to_pandas() for table in tables], ignore_index=True)

    @lru_cache(maxsize=50)
    def part(number: int) -> list[np.ndarray]:
        column = pyarrow.parquet.read_table(files[number], columns=["shingles"])["shingles"]
        return [row.values.to_numpy() for row in column]

    def shingles(place: int) -> np.ndarray:
        number = int(np.searchsorted(starts, place, side="right")) - 1
        return part(number)[place - starts[number]]

    return frame, np.concatenate([np.empty((0, SIZE), dtype="uint32"), *sketches]), shingles
