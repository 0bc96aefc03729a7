"""What changed between two states of a table, in one line: which numbers, of which rows, by how much."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd


def describe_change(before: bytes, after: bytes, *, names: Mapping[str, str] | None = None) -> str:
    """Say in one line how a CSV table differs from an earlier state of it.

    Rows are matched by their key: the first columns of text that tell the rows of both tables apart; where
    rows share a key, by their order. The number that is named is the one that moved furthest, measured by the
    spread of its column.

    Parameters
    ----------
    before, after : bytes
        CSV in UTF-8, with a header.
    names : mapping of str to str, optional
        What to write for a key, such as the vendor's name for a policy_id.

    Returns
    -------
    str
        "" if the two are the same.

    Examples
    --------
    >>> before = b"policy_id,grade\\na,14.25\\nb,13.1\\nc,12.0\\n"
    >>> after = b"policy_id,grade\\na,14.61\\nb,13.0\\nd,11.0\\n"
    >>> describe_change(before, after, names={"a": "AtomForm"})
    'grade of AtomForm 14.2 -> 14.6 (the most); 2 of 2 rows changed; 1 row added; 1 row removed'
    """
    if before == after:
        return ""
    old, new = _read(before), _read(after)
    parts = []
    for said, columns in (
        ("new column", [str(column) for column in new if column not in old]),
        ("gone: column", [str(column) for column in old if column not in new]),
    ):
        if columns:
            parts.append(f"{said} {', '.join(columns)}")
    shared = [str(column) for column in new if column in old]
    numeric = {column for column in shared if _is_numeric(old[column], new[column])}
    texts = [column for column in shared if column not in numeric and not _is_flag(old[column], new[column])]
    keys = _keys(old, new, texts)
    # Columns: the keys, "" (which of the rows with this key), and NAME\nbefore, NAME\nafter of each other one.
    both = _numbered(old, keys).merge(_numbered(new, keys), on=[*keys, ""], suffixes=("\nbefore", "\nafter"))
    moves = [
        _largest_move(both, column, column in numeric)
        for column in shared
        if column not in keys and (both[f"{column}\nbefore"] != both[f"{column}\nafter"]).any()
    ]
    if moves:
        _, column, row = max(moves, key=lambda move: move.size)
        cell = both.loc[row].astype(str).to_dict()
        was, now = cell[f"{column}\nbefore"], cell[f"{column}\nafter"]
        key = ", ".join(value for value in ((names or {}).get(cell[key], cell[key]) for key in keys) if value)
        said = _numbers(was, now) if column in numeric else f"{_cut(was)!r} -> {_cut(now)!r}"
        differs = pd.concat(
            [both[f"{m.column}\nbefore"] != both[f"{m.column}\nafter"] for m in moves], axis=1
        )
        n = int(differs.any(axis=1).sum())
        most = " (the most)" if n > 1 and column in numeric else ""
        parts.append(f"{column} of {_cut(key) if key else f'row {row + 1}'} {said}{most}")
        columns = [move.column for move in moves]
        more = f" and {len(columns) - 4} more" if len(columns) > 4 else ""
        where = f" in {', '.join(columns[:4])}{more}" if len(columns) > 1 else ""
        parts.append(f"{n} of {len(both)} rows changed{where}")
    for n, said in ((len(new) - len(both), "added"), (len(old) - len(both), "removed")):
        if n:
            parts.append(f"{n} row{'s' * (n > 1)} {said}")
    return "; ".join(parts) or "the same values in another order"


class _Move(NamedTuple):
    """The furthest move in a column: how far in shares of its spread (-1: no number moved), and in which row."""

    size: float
    column: str
    row: int


def _largest_move(both: pd.DataFrame, column: str, numeric: bool) -> _Move:
    was, now = both[f"{column}\nbefore"], both[f"{column}\nafter"]
    if numeric:
        old, new = pd.to_numeric(was), pd.to_numeric(now)
        size = (new - old).abs()
        if size.max() > 0:  # not where a number came or went
            values = pd.concat([old, new])
            return _Move(
                float(size.max() / (values.max() - values.min())), column, int(size.to_numpy().argmax())
            )
    return _Move(-1.0, column, int((was != now).to_numpy().argmax()))


def _numbered(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    return table.assign(**{"": table.groupby(keys).cumcount() if keys else range(len(table))})


def _read(table: bytes) -> pd.DataFrame:
    try:
        return pd.read_csv(io.BytesIO(table), dtype=str, keep_default_na=False)
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError):
        return pd.DataFrame()


def _is_numeric(*columns: pd.Series) -> bool:
    values = pd.concat(columns)
    values = values[values != ""]
    return len(values) > 0 and bool(pd.to_numeric(values, errors="coerce").notna().all())


def _is_flag(*columns: pd.Series) -> bool:
    return set(pd.concat(columns)) <= {"True", "False", ""}


def _keys(old: pd.DataFrame, new: pd.DataFrame, texts: list[str]) -> list[str]:
    """The first text columns that tell the rows of both tables apart, or all of them."""
    for n in range(1, len(texts)):
        if not any(table.duplicated(texts[:n]).any() for table in (old, new)):
            return texts[:n]
    return texts


def _numbers(was: str, now: str) -> str:
    """Two numbers, rounded so that their difference is seen."""
    if not was or not now:
        return f"{was or 'nothing'} -> {now or 'nothing'}"
    old, new = float(was), float(now)
    difference = abs(new - old)
    if not 1e-9 < difference < 1e15:
        return f"{was} -> {now}"
    # To the first digit that differs, and three digits of the larger number at least.
    decimals = max(
        -math.floor(math.log10(difference)), 2 - math.floor(math.log10(max(abs(old), abs(new)))), 0
    )
    return f"{round(old, decimals):.12g} -> {round(new, decimals):.12g}"


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
