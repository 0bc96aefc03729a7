"""Frames as tables for a reader: vendors' names, units in the headings, two decimals, escaped HTML."""

import hashlib
import html
import os
import re
import textwrap
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from policytools._files import PACKAGE, template
from policytools._frames import check_frame, check_number, check_type
from policytools._wording import listed, probably

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_HEADINGS = tomllib.loads((PACKAGE / "resources" / "report" / "headings.toml").read_text(encoding="utf-8"))
_AXES = _HEADINGS.pop("axes")
_SHARES = re.compile(r"^(share|containment|jaccard)(_|$)|_(share|containment)$")
_MAX_CHARACTERS = 500  # of a cell
_MAX_ROWS = 10_000  # of an interactive table: a browser holds them all


def escape(value: object) -> str:
    """The value as text, escaped for the content of an element or a quoted attribute."""
    return html.escape(printable(str(value)))


def printable(text: str) -> str:
    """The text with U+FFFD in place of characters that HTML does not allow."""
    return _UNPRINTABLE.sub("\ufffd", text)


def render(name: str, **values: Any) -> str:
    """HTML from a template of ``resources/report``; values are escaped as by `escape`."""
    text = printable(template(name).render(values))
    return text.replace("&#39;", "&#x27;").replace("&#34;", "&quot;")  # quotes as html.escape writes them


def names(policies: pd.DataFrame) -> dict[str, str]:
    """Name to show for each policy_id: the vendor's, with year, date or id if it has several policies.

    Parameters
    ----------
    policies : DataFrame
        policy_id and, where known, vendor, effective_on, captured_on.

    Returns
    -------
    dict
        policy_id -> name. All names differ; a policy without a vendor is shown by its policy_id.

    Raises
    ------
    ValueError
        If `policies` is not a frame, has no policy_id or has one twice.

    Examples
    --------
    >>> frame = pd.DataFrame({"policy_id": ["a-2018", "a-2020", "b"], "vendor": ["A", "A", "B"],
    ...                       "effective_on": ["2018-05-25", "2020", ""]})
    >>> names(frame)
    {'a-2018': 'A (2018)', 'a-2020': 'A (2020)', 'b': 'B'}
    """
    policies = check_frame(policies, "policies", ["policy_id"])
    ids = policies["policy_id"].tolist()
    vendors = [vendor or policy_id for vendor, policy_id in zip(texts(policies, "vendor"), ids, strict=True)]
    dated = zip(texts(policies, "effective_on"), texts(policies, "captured_on"), strict=True)
    dates = [effective or captured for effective, captured in dated]
    years = [date[:4] for date in dates]
    places: dict[str, list[int]] = {}
    for place, vendor in enumerate(vendors):
        places.setdefault(vendor, []).append(place)
    found = dict(zip(ids, vendors, strict=True))
    for marks in (years, dates, ids):  # the shortest marks by which a vendor's policies differ
        for vendor, own in places.items():
            if len({found[ids[i]] for i in own}) < len(own):
                found.update({ids[i]: f"{vendor} ({marks[i] or ids[i]})" for i in own})
    counts = Counter(found.values())
    return {
        policy_id: name if counts[name] == 1 else f"{name} ({policy_id})" for policy_id, name in found.items()
    }


def policies_named(
    argument: str, given: object, known: Iterable[object], policies: pd.DataFrame | None = None
) -> list[str]:
    """The policies that are meant by each policy_id, or by a name of a vendor who has one policy among those known.

    Parameters
    ----------
    argument : str
        Its name in the function, for messages.
    given : str or iterable of str
        Each a policy_id; or, if `policies` is given, a vendor or a name that `names` gives.
    known : iterable
        The policy_id that there are.
    policies : DataFrame, optional
        `Corpus.policies`.

    Examples
    --------
    >>> frame = pd.DataFrame({"policy_id": ["a-2018", "a-2020", "b"], "vendor": ["Ada", "Ada", "Bo"]})
    >>> policies_named("target", ["Bo", "a-2020"], frame["policy_id"], frame)
    ['b', 'a-2020']
    >>> policies_named("target", "Ada", frame["policy_id"], frame)
    Traceback (most recent call last):
    ...
    ValueError: target: 'Ada' has several policies: a-2018, a-2020; give a policy_id
    """
    ids = dict.fromkeys(map(str, known))
    named: dict[str, list[str]] = {}
    if policies is not None:
        vendors = zip(names(policies).items(), texts(policies, "vendor"), strict=True)
        for (policy_id, shown), vendor in vendors:
            for each in {shown, vendor} if policy_id in ids else ():
                named.setdefault(each, []).append(policy_id)
    found = []
    for name in map(str, given if isinstance(given, Iterable) and not isinstance(given, str) else [given]):
        own = [name] if name in ids else named.get(name, [])
        if len(own) > 1:
            raise ValueError(f"{argument}: {name!r} has several policies: {listed(own)}; give a policy_id")
        if not own:
            advice = "" if policies is not None else "; to give a vendor's name, pass policies= too"
            meant = probably(name, [*named, *ids])
            raise ValueError(
                f"{argument}: there is no policy {name!r}; there are {listed(ids, 8)}{meant}{advice}"
            )
        found += own
    return found


def texts(frame: pd.DataFrame, column: str) -> list[str]:
    """A column as stripped texts, "" for missing values; all "" if the frame has no such column."""
    if column not in frame:
        return [""] * len(frame)
    return ["" if pd.isna(value) else str(value).strip() for value in frame[column]]


@dataclass(frozen=True)
class Table:
    """A frame for reading; shows itself in a notebook and as text elsewhere. Made by `table`.

    Attributes
    ----------
    frame : DataFrame
        With vendors' names, shares in percent and headings that name the unit; numbers are not rounded.
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
        kinds = [_kind(self.frame[column], cells[column]) for column in cells]
        return render(
            "table.html.jinja",
            caption=self.caption,
            columns=list(zip(cells, kinds, strict=True)),
            rows=cells.to_numpy().tolist(),
            more=self._more,
        )


def table(
    frame: pd.DataFrame, *, policies: pd.DataFrame | None = None, caption: str = "", rows: int = 20
) -> Table:
    """A frame as a table for a reader: vendors' names, two decimals, units in the headings.

    Parameters
    ----------
    frame : DataFrame
        Any frame of this package, or one made from it. An index other than row numbers is shown as the first
        columns.
    policies : DataFrame, optional
        `Corpus.policies`: policy_id and other_id, as columns, index or name of the columns, are shown as the
        vendors' names.
    caption : str
        Text above the table.
    rows : int
        How many rows are shown at most; a line below the table gives the number of the others.

    Returns
    -------
    Table
        Shows itself in a notebook, and as text elsewhere; ``.frame`` and ``.cells`` are there for other uses,
        such as ``table(frame).cells.to_latex(index=False, escape=True)``.

    Raises
    ------
    ValueError
        If `frame` is not a frame or has two columns of one name, `rows` is below 1, or `policies` has no
        policy_id.

    Examples
    --------
    >>> frame = pd.DataFrame({"policy_id": ["a", "b"], "n_words": [1200, 80], "share": [0.25, 1 / 3]})
    >>> table(frame, policies=pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]}))
    policy words share (%)
       Ada 1,200     25.00
        Bo    80     33.33
    """
    check_number("rows", rows, 1, whole=True)
    check_type("frame", frame, pd.DataFrame)
    if frame.columns.has_duplicates:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise ValueError(f"frame: there is more than one column {twice!r}; rename one of them")
    shown = _flat(_with_names(frame, names(policies) if policies is not None else {}))
    percent = [
        column
        for column in shown
        if _SHARES.search(str(column)) and pd.api.types.is_float_dtype(shown[column])
    ]
    for column in percent:
        shown[column] *= 100
    headings = {column: _heading(str(column)) + " (%)" * (column in percent) for column in shown}
    counts = Counter(headings.values())
    shown.columns = pd.Index([
        heading if counts[heading] == 1 else str(column) for column, heading in headings.items()
    ])  # fmt: skip
    return Table(shown, caption, rows)


_IDS = ("policy_id", "other_id")


def _with_names(frame: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """The frame with a name in place of each policy_id, in the columns, in their labels and in the index."""
    shown = frame.copy()
    if shown.columns.name in _IDS:
        shown.columns = shown.columns.map(lambda column: labels.get(column, column))
    row_numbers = pd.api.types.is_integer_dtype(shown.index) and shown.index.name is None
    if not row_numbers:
        levels = enumerate(shown.index.names)
        titles = [f"row{level or ''}" if name is None else name for level, name in levels]
        shown = shown.reset_index(names=[f"{title} (index)" if title in shown else title for title in titles])
    for column in _IDS:
        if column in shown:
            shown[column] = [labels.get(value, value) for value in shown[column]]
    return shown.reset_index(drop=True)


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with one label for each column, even if its columns had several levels."""
    if isinstance(frame.columns, pd.MultiIndex):
        frame.columns = [", ".join(str(part) for part in parts if str(part)) for parts in frame.columns]
    frame.columns.name = None
    return frame


def _heading(column: str) -> str:
    if column in _HEADINGS:
        return _HEADINGS[column]
    text = re.sub(r"^per_thousand(?=_|$)", "per 1,000 words", column)
    text = re.sub(r"^per_hundred(?=_|$)", "per 100 words", text)
    if text.startswith("n_") and text.endswith("s"):
        text = text[2:]
    return text.replace("_", " ")


def axis_label(column: str) -> str:
    """What the axis of a figure says that shows a column."""
    return str(_AXES.get(column, column.replace("_", " ")))


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _kind(column: pd.Series, cells: pd.Series) -> str:
    """Class of a column's cells: numbers and short texts stay on one line, long texts get room."""
    longest = max(map(len, cells), default=0)
    return "number" if _is_number(column) else "short" if longest <= 16 else "long" if longest > 60 else ""


def _cell(value: Any, heading: str) -> str:
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return "n/a" if isinstance(value, float) else ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, int | np.integer):
        return str(value) if re.search(r"(^| |_)(id|line|year)$", heading) else f"{value:,}"
    if isinstance(value, float | np.floating):
        number = float(value)
        return f"{number:.2g}" if 0 < abs(number) < 0.005 else f"{number:,.2f}"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_CHARACTERS else f"{text[:_MAX_CHARACTERS]} ..."


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
    """A frame as an interactive table: search, filter and sort by each column, turn pages.

    It works without a network, in JupyterLab and in a notebook exported to HTML. A notebook that is saved with
    such a table is 1 MB larger, because the table holds its own program.

    Parameters
    ----------
    frame : DataFrame
        As for `table`, or the result of `table`. Only the first 10,000 rows are shown, and the caption says so:
        filter a longer frame with pandas first.
    policies : DataFrame, optional
        `Corpus.policies`: shows vendors' names.

    Returns
    -------
    Explorer
        If the library itables (extra ``lab``) is not installed, or notebooks are run for their saved outputs
        (`make figures`), the plain table with a line that says so.

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
        return _plain(shown, "Run this cell in JupyterLab to search, filter and sort the table.")
    try:
        return Explorer(shown, _interactive(shown))
    except ImportError:
        advice = "Install itables (pip install 'policytools[lab]') to search, filter and sort the table here."
        return _plain(shown, advice)


def _plain(shown: Table, advice: str) -> Explorer:
    return Explorer(shown, f"{shown._repr_html_()}<p>{escape(advice)}</p>")


def _interactive(shown: Table) -> str:
    # itables is an optional library and slow to import.
    from itables.javascript import generate_init_offline_itables_html, to_html_datatable
    from itables.options import dt_bundle

    caption = shown.caption
    if len(shown.frame) > _MAX_ROWS:
        first = f"The first {_MAX_ROWS:,} of {len(shown.frame):,} rows: filter the frame first to see others."
        caption = f"{caption} {first}".strip()
    data = shown.frame.head(_MAX_ROWS).copy()
    # itables repeats the headings as the columns' filters and does not escape them there.
    data.columns = pd.Index(
        [printable(str(name)).replace("<", "\u2039").replace("&", "+") for name in data.columns]
    )
    for name in data:
        if _is_number(data[name]):
            data[name] = data[name].round(2)
        else:
            data[name] = pd.Series([printable(_cell(value, str(name))) for value in data[name]], dtype=object)
    digest = hashlib.sha256(data.to_csv().encode("utf-8", "replace")).hexdigest()
    with pd.option_context("display.max_colwidth", None):
        made = to_html_datatable(
            data,
            caption=escape(caption) or None,
            table_id=f"policytools-explore-{digest[:12]}",  # the same bytes when a notebook is run again
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
    return generate_init_offline_itables_html(dt_bundle) + made


def as_title(name: str) -> str:
    """A family's or checklist's name for a reader: "user_rights" is "User rights"."""
    words = re.sub(r"\b3d\b", "3D", name.replace("_", " "))
    return "All items" if name == "all" else words[:1].upper() + words[1:]
