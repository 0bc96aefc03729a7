"""How frames look where a person reads them: names for ids, units in the headings, two decimals, escaped HTML."""

from __future__ import annotations

import html
import os
import re
import textwrap
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_HEADINGS = {
    "policy_id": "policy",
    "other_id": "other policy",
    "n_bytes": "size (bytes)",
    "flesch_reading_ease": "Flesch reading ease (0 to 100)",
    "flesch_kincaid_grade": "Flesch-Kincaid (grade)",
    "smog_index": "SMOG (grade)",
    "gunning_fog": "Gunning fog (grade)",
    "coleman_liau_index": "Coleman-Liau (grade)",
    "automated_readability_index": "ARI (grade)",
    "dale_chall_readability_score": "Dale-Chall (score)",
    "lix": "LIX (score)",
    "rix": "RIX (score)",
    "reading_minutes": "reading time (minutes)",
    "tf_idf": "tf-idf",
    "jaccard": "Jaccard (%)",
}
_SHARES = re.compile(r"^(share|containment|jaccard)(_|$)|_(share|containment)$")
_LONGEST = 500  # characters of a cell
_MOST = 10_000  # rows of an interactive table: a browser holds them all
_STYLE = (
    "<style>.policytools-table{border-collapse:collapse}"
    ".policytools-table th,.policytools-table td{text-align:left;vertical-align:top;padding:.3em .6em;max-width:36em;"
    "white-space:normal;overflow-wrap:break-word}"
    ".policytools-table .number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}"
    ".policytools-table .short{white-space:nowrap}.policytools-table .long{min-width:18em}"
    ".policytools-table caption{text-align:left;padding:.3em 0}</style>"
)


def escape(value: object) -> str:
    """Escaped for the content of an element or a quoted attribute."""
    return html.escape(printable(str(value)))


def printable(text: str) -> str:
    """The text without characters that no page may hold."""
    return _UNPRINTABLE.sub("\ufffd", text)


def names(policies: pd.DataFrame) -> dict[str, str]:
    """Name to show for each policy_id: the vendor's, with the year, the date or the id where it has several policies.

    Parameters
    ----------
    policies : DataFrame
        policy_id and, where known, vendor, effective_on, captured_on.

    Returns
    -------
    dict
        policy_id -> name. No name stands twice; a policy without a vendor is shown by its policy_id.

    Raises
    ------
    ValueError
        `policies` is no frame, or has no policy_id.

    Examples
    --------
    >>> frame = pd.DataFrame({"policy_id": ["a-2018", "a-2020", "b"], "vendor": ["A", "A", "B"],
    ...                       "effective_on": ["2018-05-25", "2020", ""]})
    >>> names(frame)
    {'a-2018': 'A (2018)', 'a-2020': 'A (2020)', 'b': 'B'}
    """
    _check_frame(policies, "policies")
    if "policy_id" not in policies:
        has = ", ".join(map(str, policies.columns)) or "none"
        raise ValueError(f"policies: column policy_id is missing; its columns are {has}")
    ids = policies["policy_id"].astype(str).tolist()
    vendors = [vendor or policy_id for vendor, policy_id in zip(_texts(policies, "vendor"), ids, strict=True)]
    dated = zip(_texts(policies, "effective_on"), _texts(policies, "captured_on"), strict=True)
    dates = [effective or captured for effective, captured in dated]
    own: dict[str, list[int]] = {}
    for place, vendor in enumerate(vendors):
        own.setdefault(vendor, []).append(place)
    found = dict(zip(ids, vendors, strict=True))
    for mark in ([date[:4] for date in dates], dates, ids):  # the shortest mark that tells the versions apart
        for vendor, places in own.items():
            if len(places) > 1 and len({found[ids[i]] for i in places}) < len(places):
                found.update({ids[i]: f"{vendor} ({mark[i] or ids[i]})" for i in places})
    counts = Counter(found.values())
    return {
        policy_id: name if counts[name] == 1 else f"{name} ({policy_id})" for policy_id, name in found.items()
    }


def _check_frame(frame: object, argument: str) -> None:
    if not isinstance(frame, pd.DataFrame):
        raise ValueError(f"{argument}: must be a DataFrame, not {type(frame).__name__}")  # noqa: TRY004


def _texts(frame: pd.DataFrame, column: str) -> list[str]:
    if column not in frame:
        return [""] * len(frame)
    return ["" if pd.isna(value) else str(value).strip() for value in frame[column]]


@dataclass(frozen=True)
class Table:
    """A frame for reading; shows itself in a notebook and as text elsewhere. Made by `table`.

    Attributes
    ----------
    frame : DataFrame
        With names for ids, shares in percent and headings that name the unit; numbers are not rounded.
    caption : str
    rows : int
        How many rows are shown at most.
    n_total : int
        How many rows there are, if more than `frame` holds.
    """

    frame: pd.DataFrame
    caption: str = ""
    rows: int = 20
    n_total: int = 0

    @property
    def cells(self) -> pd.DataFrame:
        """The rows as they are shown, each cell a text (two decimals, thousands set apart)."""
        shown = self.frame.head(self.rows)
        columns = {name: [_cut(_cell(value, str(name))) for value in shown[name]] for name in shown}
        return pd.DataFrame(columns, columns=shown.columns, index=range(len(shown)), dtype=object)

    @property
    def _more(self) -> str:
        n = max(self.n_total, len(self.frame)) - min(self.rows, len(self.frame))
        return f"and {n:,} more" if n else ""

    def __repr__(self) -> str:
        text = self.cells.map(lambda cell: textwrap.shorten(cell, 60, placeholder=" ...")).to_string(
            index=False
        )
        return "\n".join(filter(None, (self.caption, text if len(self.frame) else "no rows", self._more)))

    def _repr_html_(self) -> str:
        cells = self.cells
        marks = [_mark(self.frame[name], cells[name]) for name in self.frame]
        heads = "".join(
            f'<th scope="col"{m}>{escape(c)}</th>' for c, m in zip(self.frame, marks, strict=True)
        )
        lines = []
        for first, *others in cells.to_numpy().tolist():
            tail = "".join(f"<td{m}>{escape(c)}</td>" for c, m in zip(others, marks[1:], strict=True))
            lines.append(f'<tr><th scope="row"{marks[0]}>{escape(first)}</th>{tail}</tr>')
        caption = f"<caption>{escape(self.caption)}</caption>" if self.caption else ""
        more = f"<p>{self._more}</p>" if self._more else ""
        body = f"<thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody>"
        return f'{_STYLE}<table class="policytools-table">{caption}{body}</table>{more}'


def table(
    frame: pd.DataFrame, *, policies: pd.DataFrame | None = None, caption: str = "", rows: int = 20
) -> Table:
    """Show a frame as a reader wants it: names for ids, two decimals, units in the headings.

    Parameters
    ----------
    frame : DataFrame
        Any frame of this package, or what was made of one. An index is shown as the first columns, if it is more
        than row numbers.
    policies : DataFrame, optional
        `Corpus.policies`: policy_id and other_id, as columns, index or name of the columns, are shown as the
        vendors' names.
    caption : str
        Stands above the table.
    rows : int
        How many rows are shown at most; what is left out is said.

    Returns
    -------
    Table
        Shows itself in a notebook, and as text elsewhere; ``.frame`` and ``.cells`` go on to other uses, such
        as ``table(frame).cells.to_latex(index=False, escape=True)``.

    Raises
    ------
    ValueError
        No frame, or one with a column twice; `rows` below 1; `policies` without policy_id.

    Examples
    --------
    >>> frame = pd.DataFrame({"policy_id": ["a", "b"], "n_words": [1200, 80], "share": [0.25, 1 / 3]})
    >>> table(frame, policies=pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]}))
    policy words share (%)
       Ada 1,200     25.00
        Bo    80     33.33
    """
    if rows < 1:
        raise ValueError(f"rows: {rows} is not a number of rows; it must be 1 or more")
    _check_frame(frame, "frame")
    if frame.columns.has_duplicates:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise ValueError(f"frame: column {twice!r} stands more than once; rename one of them")
    known = names(policies) if policies is not None else {}
    shown = frame.copy()
    if shown.columns.name in ("policy_id", "other_id"):
        shown.columns = shown.columns.map(lambda name: known.get(name, name))
    unnamed = all(name is None for name in shown.index.names)
    if not (unnamed and pd.api.types.is_integer_dtype(shown.index)):  # bare row numbers tell a reader nothing
        titles = [
            name if name is not None else f"row{level or ''}" for level, name in enumerate(shown.index.names)
        ]
        shown = shown.reset_index(names=[t if t not in shown else f"{t} (index)" for t in titles])
    if isinstance(shown.columns, pd.MultiIndex):
        shown.columns = [", ".join(str(part) for part in name if str(part)) for name in shown.columns]
    shown.columns.name = None
    for ids in ("policy_id", "other_id"):
        if ids in shown:
            shown[ids] = [known.get(value, value) for value in shown[ids]]
    headings = [_heading(str(column)) for column in shown]
    for place, column in enumerate(shown):
        if _SHARES.search(str(column)) and pd.api.types.is_float_dtype(shown[column]):
            shown[column] = shown[column] * 100
        elif headings[place].endswith(" (%)"):
            headings[place] = headings[place][:-4]
    unclear = {heading for heading in headings if headings.count(heading) > 1}
    shown.columns = pd.Index([
        str(old) if new in unclear else new for old, new in zip(shown.columns, headings, strict=True)
    ])  # fmt: skip
    return Table(shown.reset_index(drop=True), caption, rows)


def _heading(column: str) -> str:
    if column in _HEADINGS:
        return _HEADINGS[column]
    text = re.sub(r"^per_thousand(_?)", r"per 1,000 words\1", column)
    text = re.sub(r"^per_hundred(_?)", r"per 100 words\1", text)
    if text.startswith("n_") and text.endswith("s"):
        text = text[2:]
    return text.replace("_", " ") + (" (%)" if _SHARES.search(column) else "")


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _mark(column: pd.Series, cells: pd.Series) -> str:
    """How wide a column may be: numbers and dates stay on one line, and texts get room."""
    longest = max(map(len, cells), default=0)
    kind = "number" if _is_number(column) else "short" if longest <= 16 else "long" if longest > 60 else ""
    return f' class="{kind}"' if kind else ""


def _cell(value: Any, heading: str) -> str:
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return "n/a" if isinstance(value, float) else ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, int | np.integer):
        return str(value) if re.search(r"(^| |_)(id|line|year)$", heading) else f"{value:,}"
    if isinstance(value, float | np.floating):
        number = float(value)
        return f"{number:,.2f}" if not 0 < abs(number) < 0.005 else f"{number:.2g}"
    text = ", ".join(str(part) for part in value) if isinstance(value, list | tuple) else str(value)
    return text


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."


@dataclass(frozen=True)
class Explorer:
    """A table to search and sort; shows itself in a notebook. Made by `explore`."""

    table: Table
    _html: str

    def __repr__(self) -> str:
        return repr(self.table)

    def _repr_html_(self) -> str:
        return self._html


def explore(frame: pd.DataFrame | Table, *, policies: pd.DataFrame | None = None) -> Explorer:
    """Show a frame as an interactive table: search it, filter and sort by each column, turn pages.

    Works without a network, in JupyterLab and in a notebook exported to HTML. The table brings its own program of
    1 MB with it, so that a notebook saved with one is that much larger.

    Parameters
    ----------
    frame : DataFrame
        As for `table`, or what `table` gives. Of a longer frame the first 10,000 rows are shown, and the caption
        says so: filter it with pandas first.
    policies : DataFrame, optional
        `Corpus.policies`: shows vendors' names.

    Returns
    -------
    Explorer
        Where the library itables (extra ``lab``) is not installed, and where notebooks are run for their saved
        outputs (`make figures`), the plain table with a line that says so.

    Raises
    ------
    ValueError
        As in `table`.

    Examples
    --------
    >>> sentences = pd.DataFrame({"policy_id": ["a", "a"], "text": ["We use cookies.", "We sell no data."]})
    >>> explore(sentences)
    policy             text
         a  We use cookies.
         a We sell no data.
    """
    shown = frame if isinstance(frame, Table) else table(frame, policies=policies)
    if "POLICYTOOLS_FIGURES" in os.environ:
        return Explorer(
            shown, _plain(shown, "Run this cell in JupyterLab to search, filter and sort the table.")
        )
    try:
        from itables.javascript import generate_init_offline_itables_html, to_html_datatable
        from itables.options import dt_bundle
    except ImportError:
        advice = "Install itables (pip install 'policytools[lab]') to search, filter and sort the table here."
        return Explorer(shown, _plain(shown, advice))
    n = len(shown.frame)
    caption = shown.caption
    if n > _MOST:
        caption = (
            f"{caption} The first {_MOST:,} of {n:,} rows: filter the frame first to see others.".strip()
        )
    data = shown.frame.head(_MOST).copy()
    # The library leaves these unescaped where it repeats them as the columns' filters.
    data.columns = pd.Index(
        [printable(str(name)).replace("<", "\u2039").replace("&", "+") for name in data.columns]
    )
    for name in data:
        if _is_number(data[name]):
            data[name] = data[name].round(2)
        else:
            data[name] = pd.Series([printable(_cell(value, str(name))) for value in data[name]], dtype=object)
    with pd.option_context("display.max_colwidth", None):
        made = to_html_datatable(
            data,
            caption=escape(caption) or None,
            table_id="policytools-explore-" + _digest(data),
            connected=False,
            display_logo_when_loading=False,
            allow_html=False,
            column_filters="footer",
            maxBytes=0,
            maxColumns=0,
            showIndex=False,
            classes="display compact",
            style="width:100%",
        )
    return Explorer(shown, generate_init_offline_itables_html(dt_bundle) + made)


def _plain(shown: Table, advice: str) -> str:
    return f"{shown._repr_html_()}<p>{escape(advice)}</p>"


def _digest(frame: pd.DataFrame) -> str:
    """The same for the same table, so that a notebook run again has the same bytes."""
    import hashlib

    return hashlib.sha256(frame.to_csv().encode("utf-8", "replace")).hexdigest()[:12]


def spoken(name: str) -> str:
    """A family's or checklist's name as it is read: "user_rights" is "User rights"."""
    words = re.sub(r"\b3d\b", "3D", name.replace("_", " "))
    return "All items" if name == "all" else words[:1].upper() + words[1:]


def _count(n: int, singular: str, plural: str = "") -> str:
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"
