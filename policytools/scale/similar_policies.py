"""Pairs of policies that share text, among very many."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from policytools.measures.minhash import SIZE, shared_in_likely_pairs, sketches_of
from policytools.measures.shared_text import check_n, overlap_frame, policy_shingles


def similar_pairs(source: pd.DataFrame | str | Path, *, threshold: float, n: int = 8) -> pd.DataFrame:
    """Pairs of policies in which one contains at least a given share of the other, among very many policies.

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
        sketches = sketches_of(frame["shingles"].tolist())
        shingles = frame["shingles"].tolist().__getitem__
    else:
        if n != 8:
            raise ValueError(f"n: a measured folder has shingles of 8 words, not {n!r}")
        frame, sketches, shingles = _measured(source)
    sizes = frame["n_shingles"].to_numpy()
    pairs = shared_in_likely_pairs(sketches, sizes, shingles, min_containment=threshold)
    overlap = overlap_frame(frame["policy_id"].tolist(), sizes, *pairs)
    similar = overlap[overlap["containment"] >= threshold]
    return similar.sort_values(["policy_id", "other_id"], ignore_index=True)


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
