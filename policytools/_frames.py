"""Typed frames and checked columns."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd


def typed_frame(columns: Mapping[str, Any], dtypes: dict[str, str]) -> pd.DataFrame:
    """A frame with stated columns and dtypes, the same when it is empty."""
    return pd.DataFrame({name: pd.Series(columns[name], dtype=dtype) for name, dtype in dtypes.items()})


def repeated(texts: Collection[Hashable], places: np.ndarray) -> Any:
    """A column of texts that come again and again, by their places in a list; sooner than from as many texts.

    Examples
    --------
    >>> list(repeated(["no", "yes"], np.array([1, 1, 0])))
    ['yes', 'yes', 'no']
    """
    return pd.Series(list(texts), dtype="str").array.take(places)


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
    needed = ["policy_id", "sentence_id", "text", *columns, *(["kind"] if kinds is not None else [])]
    missing = [name for name in needed if name not in sentences.columns]
    if missing:
        raise ValueError(f"sentences: missing column(s) {', '.join(missing)}; a sentences frame has {needed}")
    doubled = sentences.duplicated(["policy_id", "sentence_id"])
    if doubled.any():
        ids = list(
            sentences.loc[doubled, ["policy_id", "sentence_id"]].head(3).itertuples(index=False, name=None)
        )
        raise ValueError(f"sentences: more than one row for the same policy_id and sentence_id, first {ids}")
    no_text = sentences["text"].isna()
    if no_text.any():
        ids = list(
            sentences.loc[no_text, ["policy_id", "sentence_id"]].head(3).itertuples(index=False, name=None)
        )
        raise ValueError(f"sentences: text is missing in {int(no_text.sum())} row(s), first {ids}")
    if kinds is not None:
        if isinstance(kinds, str) or not set(kinds) <= {"sentence", "fragment", "heading"}:
            raise ValueError(
                f"kinds: must be a collection of 'sentence', 'fragment', 'heading', not {kinds!r}"
            )
        sentences = sentences[sentences["kind"].isin(list(kinds))]
    return sentences.sort_values(["policy_id", "sentence_id"], kind="stable", ignore_index=True)


# --- shared with the page


def require(frame: pd.DataFrame, name: str, columns: Iterable[str]) -> None:
    if missing := [column for column in columns if column not in frame]:
        raise ValueError(f"{name}: column {', '.join(missing)} missing; needed are {', '.join(columns)}")
