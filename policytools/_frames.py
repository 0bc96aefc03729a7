"""Typed frames and checked columns: what every function that takes or returns a frame needs."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

SENTENCE_KINDS = ("sentence", "fragment", "heading")


def typed_frame(columns: Mapping[str, Any], dtypes: Mapping[str, str]) -> pd.DataFrame:
    """A frame with the columns of `dtypes`, in that order and of those dtypes, also when it has no rows."""
    return pd.DataFrame({name: pd.Series(columns[name], dtype=dtype) for name, dtype in dtypes.items()})


def frame_of_rows(rows: Sequence[Sequence[Any]], dtypes: Mapping[str, str]) -> pd.DataFrame:
    """A frame of rows, each with one value for each column of `dtypes`; no rows give a typed empty frame.

    Examples
    --------
    >>> frame_of_rows([("a", 2)], {"policy_id": "str", "n": "int64"}).to_dict("list")
    {'policy_id': ['a'], 'n': [2]}
    >>> frame_of_rows([], {"n": "int64"})["n"].dtype
    dtype('int64')
    """
    columns = zip(*rows, strict=True) if rows else [()] * len(dtypes)
    return typed_frame(dict(zip(dtypes, columns, strict=True)), dtypes)


def repeated(values: Collection[Hashable], places: np.ndarray) -> Any:
    """A text column given by positions in a short list of values; faster than one string for each row.

    Examples
    --------
    >>> list(repeated(["no", "yes"], np.array([1, 1, 0])))
    ['yes', 'yes', 'no']
    """
    return pd.Series(list(values), dtype="str").array.take(places)


def require_columns(frame: pd.DataFrame, argument: str, columns: Iterable[str]) -> None:
    """ValueError, naming the argument and the columns, unless the frame has all of `columns`."""
    columns = list(columns)
    if missing := [name for name in columns if name not in frame]:
        there = ", ".join(map(str, frame.columns)) or "none"
        raise ValueError(
            f"{argument}: column {', '.join(missing)} missing; needed are {', '.join(columns)}; there are {there}"
        )


def in_reading_order(
    sentences: pd.DataFrame, *, columns: Iterable[str] = (), kinds: Collection[str] | None = None
) -> pd.DataFrame:
    """Check a sentences frame and sort it by policy and sentence; rows of other kinds are left out.

    Examples
    --------
    >>> frame = pd.DataFrame({"policy_id": ["b", "a"], "sentence_id": [0, 0], "text": ["No.", "Yes."]})
    >>> in_reading_order(frame)["text"].tolist()
    ['Yes.', 'No.']
    """
    unit = ["policy_id", "sentence_id"]
    require_columns(
        sentences, "sentences", [*unit, "text", *columns, *(["kind"] if kinds is not None else [])]
    )
    for rows, wrong in (
        (sentences.duplicated(unit), "more than one row for the same policy_id and sentence_id"),
        (sentences["text"].isna(), "text is missing"),
    ):
        if rows.any():
            first = list(sentences.loc[rows, unit].head(3).itertuples(index=False, name=None))
            raise ValueError(f"sentences: {wrong} in {int(rows.sum())} row(s), first {first}")
    if kinds is not None:
        if isinstance(kinds, str) or not set(kinds) <= set(SENTENCE_KINDS):
            allowed = ", ".join(map(repr, SENTENCE_KINDS))
            raise ValueError(f"kinds: must be a collection of {allowed}, not {kinds!r}")
        sentences = sentences[sentences["kind"].isin(list(kinds))]
    return sentences.sort_values(unit, kind="stable", ignore_index=True)
