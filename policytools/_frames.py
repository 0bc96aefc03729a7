"""Typed frames, and one check for each kind of argument: frames, numbers, choices, objects.

A check raises ValueError that names the argument, what is wrong with it and what is allowed.
"""

import datetime
import re
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from math import inf
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from policytools._wording import listed, probably

_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", re.ASCII)
SENTENCE_KINDS = ("sentence", "fragment", "heading")
_CONTENT = {  # column -> what it holds in every frame; others are not checked
    column: content
    for content, columns in {
        "ids": "policy_id other_id item",
        "texts": "kind text quote term category dimension",
        "texts or nothing": "section reason",  # "" is NaN after a round trip through a CSV file
        "numbers": "sentence_id block_id start end n_words n n_items n_addressed",
        "numbers or nothing": "score share low high per_hundred containment position log_ratio log_likelihood p_adjusted",
        "true or false": "addressed rules_addressed disagreement low_count",
    }.items()
    for column in columns.split()
}
_UNITS = {  # argument -> columns that no two rows of the frame have in common
    "sentences": "policy_id sentence_id", "policies": "policy_id", "blocks": "policy_id reason",
    "readability": "policy_id", "sensitivity": "policy_id choice", "coverage": "policy_id item",
    "scores": "policy_id checklist", "vagueness": "policy_id category", "shared": "policy_id other_id",
    "pairs": "policy_id other_id dimension", "ranks": "policy_id dimension",
    "transparency": "policy_id dimension", "population": "policy_id dimension", "keyness": "term",
    "rule_accuracy": "item",
}  # fmt: skip


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
    """ValueError, naming the argument and the columns, unless the frame has each of `columns` once."""
    columns = list(columns)
    if missing := [name for name in columns if name not in frame]:
        there = [str(name) for name in frame.columns]
        meant = probably(missing[0], there)
        index = [name for name in missing if name in frame.index.names]
        advice = f"; {index[0]} is the index: use reset_index()" if index else meant
        raise ValueError(
            f"{argument}: column {', '.join(missing)} missing; needed are {', '.join(columns)}; "
            f"there are {', '.join(there) or 'none'}{advice}"
        )
    if twice := [name for name in columns if isinstance(frame[name], pd.DataFrame)]:
        raise ValueError(f"{argument}: more than one column is named {twice[0]}; keep one of them")


def check_frame(
    frame: pd.DataFrame,
    argument: str,
    columns: Iterable[str],
    *,
    unit: Sequence[str] | None = None,
    numbers: Collection[str] = (),
) -> pd.DataFrame:
    """A frame that a public function was given, with sound columns and row numbers as its index.

    Parameters
    ----------
    frame : DataFrame
    argument : str
        Its name in the function, for messages.
    columns : iterable of str
        Those that are needed. Ids that are whole numbers become texts; a missing section or reason becomes "".
    unit : sequence of str
        Columns that no two rows have in common; by default those of `_UNITS`. Not checked if one of them is absent.
    numbers : collection of str
        Columns that hold numbers, besides those that always do.

    Examples
    --------
    >>> check_frame(pd.DataFrame({"policy_id": [7], "section": [None]}, index=[3]), "frame", ["policy_id", "section"])
      policy_id section
    0         7
    >>> check_frame(pd.DataFrame({"policy": ["a"]}), "frame", ["policy_id"])
    Traceback (most recent call last):
    ...
    ValueError: frame: column policy_id missing; needed are policy_id; there are policy; did you mean 'policy'?
    """
    if not isinstance(frame, pd.DataFrame):
        advice = (
            f"; pass corpus.{argument}"
            if argument in ("sentences", "policies") and hasattr(frame, argument)
            else ""
        )
        raise ValueError(f"{argument}: must be a DataFrame, not {type(frame).__name__}{advice}")  # noqa: TRY004
    require_columns(frame, argument, columns := list(columns))
    frame = frame.reset_index(drop=True)  # an index that is named like a column would be ambiguous
    for name in columns:
        content = "numbers or nothing" if name in numbers else _CONTENT.get(name)
        if content:
            frame[name] = _sound(frame[name], argument, content)
    if argument == "sentences" and "kind" in columns and not frame["kind"].isin(SENTENCE_KINDS).all():
        unknown = frame.loc[~frame["kind"].isin(SENTENCE_KINDS), "kind"].iloc[0]
        advice = "; pass corpus.sentences, not corpus.blocks" if "keep" in frame else ""
        raise ValueError(f"sentences: kind {unknown!r} is none of {', '.join(SENTENCE_KINDS)}{advice}")
    unit = _UNITS.get(argument, "").split() if unit is None else list(unit)
    if unit and set(unit) <= set(frame) and (again := frame.duplicated(unit)).any():
        first = list(frame.loc[again, unit].head(3).itertuples(index=False, name=None))
        raise ValueError(
            f"{argument}: more than one row for the same {' and '.join(unit)} in {again.sum()} row(s), first {first}"
        )
    return frame


def _sound(column: pd.Series, argument: str, content: str) -> pd.Series:
    """The column, with ids and sections as texts; ValueError if it holds something else than `content`."""
    if column.empty:
        return column
    absent = column.isna()
    if content == "texts or nothing" and (absent.any() or not pd.api.types.is_string_dtype(column)):
        return column.astype("object").where(~absent, "").astype("str")
    if absent.any() and content != "numbers or nothing":
        rows = (np.flatnonzero(absent) + 1).tolist()
        raise ValueError(
            f"{argument}: {column.name} is missing in {len(rows)} row(s), counted from 1: {listed(rows, 3)}"
        )
    held = pd.api.types.infer_dtype(column, skipna=True)
    if held == "categorical" or (content == "ids" and held == "integer"):
        column = column.astype("str")
        held = pd.api.types.infer_dtype(column, skipna=True)
    allowed = ["string"]
    if content.startswith("numbers"):
        allowed = ["integer", "floating", "mixed-integer-float", "integer-na"]
    elif content == "true or false":
        allowed = ["boolean", "integer"]
    if held not in allowed and held != "empty":
        raise ValueError(f"{argument}: column {column.name} must hold {content}, but holds {held} values")
    return column


def check_type(argument: str, value: object, expected: type, advice: str = "") -> None:
    """ValueError, with advice, unless a value is of the type that is expected."""
    if not isinstance(value, expected):
        raise ValueError(  # noqa: TRY004
            f"{argument}: must be a {expected.__name__}, not {type(value).__name__}{advice}"
        )


def check_number(
    argument: str, value: Any, low: float, high: float = inf, *, whole: bool = False, inside: bool = False
) -> None:
    """ValueError unless a value is a number from `low` to `high`, or between them if it must be `inside`.

    Examples
    --------
    >>> check_number("confidence", 95, 0, 1, inside=True)
    Traceback (most recent call last):
    ...
    ValueError: confidence: must be a number above 0 and below 1, not 95
    """
    is_number = isinstance(value, Integral if whole else Real) and not isinstance(value, bool)
    if not is_number or not low <= value <= high or (inside and value in (low, high)):
        above, below = ("above", " and below") if inside else ("from", " to")
        allowed = f"{above} {low:g}" + (f"{below} {high:g}" if high < inf else "")
        raise ValueError(f"{argument}: must be a {'whole ' * whole}number {allowed}, not {value!r}")


def check_date(argument: str, value: str) -> None:
    """ValueError unless a text is an ISO date or its beginning: a year, or a year and month.

    Examples
    --------
    >>> check_date("captured_on", "31.12.2019")
    Traceback (most recent call last):
    ...
    ValueError: captured_on '31.12.2019' is not a date; write 2019-12-31, 2019-12 or 2019
    """
    try:
        if not _DATE.fullmatch(value):
            raise ValueError
        datetime.date.fromisoformat((value + "-01-01")[:10])
    except (ValueError, TypeError):
        raise ValueError(f"{argument} {value!r} is not a date; write 2019-12-31, 2019-12 or 2019") from None


def check_choice(argument: str, value: Any, allowed: Iterable[str]) -> None:
    """ValueError, with what was probably meant, unless a value is one of those allowed.

    Examples
    --------
    >>> check_choice("by", "sections", ("policy", "section"))
    Traceback (most recent call last):
    ...
    ValueError: by: must be 'policy' or 'section', not 'sections'; did you mean 'section'?
    """
    if value not in (allowed := list(allowed)):
        said = " or ".join(map(repr, allowed)) if len(allowed) < 3 else f"one of {listed(allowed, 15)}"
        raise ValueError(f"{argument}: must be {said}, not {value!r}{probably(value, allowed)}")


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
    unit = _UNITS["sentences"].split()
    needed = [*unit, "text", *columns, *(["kind"] if kinds is not None else [])]
    frame = check_frame(sentences, "sentences", needed)
    if kinds is not None:
        if isinstance(kinds, str) or not set(kinds) <= set(SENTENCE_KINDS):
            allowed = ", ".join(map(repr, SENTENCE_KINDS))
            raise ValueError(f"kinds: must be a collection of {allowed}, not {kinds!r}")
        frame = frame[frame["kind"].isin(list(kinds))]
    return frame.sort_values(unit, kind="stable", ignore_index=True)
