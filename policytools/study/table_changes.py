"""Describes in one line how a table changed: which numbers, in which rows, by how much."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from policytools._wording import counted, shortened


def describe_change(before: bytes, after: bytes, *, names: Mapping[str, str] | None = None) -> str:
    """Say in one line how a CSV table differs from an earlier state of it.

    Rows are matched by a key: the first text columns that are unique in both tables. Rows with equal keys are
    matched by their order. The number that is named is the one that changed most, relative to the range of its
    column.

    Parameters
    ----------
    before, after : bytes
        CSV in UTF-8, with a header.
    names : mapping of str to str, optional
        What to show for a key, such as the vendor's name for a policy_id.

    Returns
    -------
    str
        "" if the two are equal.

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
    keys = _keys(old, new, [c for c in shared if c not in numeric and not _is_flag(old[c], new[c])])
    # Columns: the keys, "" (the number of the row among those with its key), and of each other column
    # NAME\nbefore and NAME\nafter.
    both = _numbered(old, keys).merge(_numbered(new, keys), on=[*keys, ""], suffixes=("\nbefore", "\nafter"))
    if moves := [
        _largest_move(both, column, column in numeric)
        for column in shared
        if column not in keys and (both[f"{column}\nbefore"] != both[f"{column}\nafter"]).any()
    ]:
        parts += _described(both, moves, keys, numeric, names or {})
    for n, said in ((len(new) - len(both), "added"), (len(old) - len(both), "removed")):
        if n:
            parts.append(f"{counted(n, 'row')} {said}")
    return "; ".join(parts) or "the same values in another order"


def _described(
    both: pd.DataFrame, moves: list[_Move], keys: list[str], numeric: set[str], names: Mapping[str, str]
) -> list[str]:
    """The largest change, and how many rows changed in which columns."""
    changed = [both[f"{move.column}\nbefore"] != both[f"{move.column}\nafter"] for move in moves]
    n = int(pd.concat(changed, axis=1).any(axis=1).sum())
    _, column, row = max(moves, key=lambda move: move.size)
    cells = both.loc[row].astype(str).to_dict()
    was, now = cells[f"{column}\nbefore"], cells[f"{column}\nafter"]
    key = ", ".join(filter(None, (names.get(cells[key], cells[key]) for key in keys)))
    values = _numbers(was, now) if column in numeric else f"{shortened(was, 60)!r} -> {shortened(now, 60)!r}"
    most = " (the most)" if n > 1 and column in numeric else ""
    columns = [move.column for move in moves]
    more = f" and {len(columns) - 4} more" if len(columns) > 4 else ""
    where = f" in {', '.join(columns[:4])}{more}" if len(columns) > 1 else ""
    return [
        f"{column} of {shortened(key, 60) if key else f'row {row + 1}'} {values}{most}",
        f"{n} of {len(both)} rows changed{where}",
    ]


class _Move(NamedTuple):
    """The largest change in a column, as a share of the column's range (-1: not a number), and its row."""

    size: float
    column: str
    row: int


def _largest_move(both: pd.DataFrame, column: str, numeric: bool) -> _Move:
    was, now = both[f"{column}\nbefore"], both[f"{column}\nafter"]
    if numeric:
        old, new = pd.to_numeric(was), pd.to_numeric(now)
        size = (new - old).abs()
        if size.max() > 0:  # NaN if numbers only appeared or disappeared
            values = pd.concat([old, new])
            share = float(size.max() / (values.max() - values.min()))
            return _Move(share, column, int(size.fillna(-1).to_numpy().argmax()))
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
    """As few of the first text columns as are unique in both tables, or all text columns."""
    for n in range(1, len(texts)):
        if not any(table.duplicated(texts[:n]).any() for table in (old, new)):
            return texts[:n]
    return texts


def _numbers(was: str, now: str) -> str:
    """Two numbers, rounded so that their difference shows."""
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
