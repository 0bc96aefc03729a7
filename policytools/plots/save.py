"""Write a figure to files, with its alternative text and its numbers."""

import html
import io
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from policytools._files import spreadsheet_cell, write_whole
from policytools._frames import check_type
from policytools._wording import counted
from policytools.plots.style import descriptions, drawn_frames, style
from policytools.plots.text_fitting import fit_height, laid_out


def save_figure(
    fig: Figure, name: str, folder: str | Path | None = None, *, alt: str | None = None
) -> list[Path]:
    """Write a figure as PNG, SVG and PDF and its plotted frames as CSV; a rerun writes the same bytes.

    In a notebook the figure is also shown, with its alternative text for readers who do not see it, and
    closed, so that it appears once. Elsewhere nothing is shown or closed.

    Parameters
    ----------
    fig : Figure
        Drawn by a plotting function of this package (or by any other code; then there is no CSV).
    name : str
        Name of the files, without ending: letters, digits, "-" and "_".
    folder : path, optional
        Default: the folder named by the environment variable POLICYTOOLS_FIGURES, else ``figures`` beside the
        notebooks' folder.
    alt : str, optional
        Alternative text. Default: title, what is drawn, the axes, the note and the names of the CSV files.

    Returns
    -------
    list of Path
        The files written: NAME.png, NAME.svg, NAME.pdf, NAME.csv, and NAME-2.csv and so on where a figure has
        several Axes, or shares of many policies that were worked out from the frame.

    Raises
    ------
    ValueError
        `name` has other characters.

    Notes
    -----
    The text of the SVG is text, its title and alternative text are <title> and <desc>; the fonts of the PDF are
    TrueType and embedded. In the CSV a text that a spreadsheet would take for a formula (it begins with "=", "+",
    "-", "@" or a tab and is no number) has an apostrophe before it.

    Examples
    --------
    >>> import tempfile
    >>> import matplotlib.pyplot as plt
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in save_figure(plt.subplots()[0], "empty", folder)]
    ['empty.png', 'empty.svg', 'empty.pdf']
    """
    check_type("fig", fig, Figure, "; of an Axes it is ax.figure")
    if not re.fullmatch(r"[\w-]+", name):
        raise ValueError(f"name: {name!r} may hold letters, digits, '-' and '_' only")
    target = Path(folder or os.environ.get("POLICYTOOLS_FIGURES") or _figures_folder())
    target.mkdir(parents=True, exist_ok=True)
    frames = {
        f"{name}.csv" if number == 1 else f"{name}-{number}.csv": frame
        for number, frame in enumerate((f for ax in fig.axes for f in drawn_frames.get(ax, ())), 1)
    }
    dpi = plt.rcParams["savefig.dpi"]
    dpi = fig.get_dpi() * 1.6 if dpi == "figure" else dpi
    title = _title(fig) or name
    alt = alt if alt is not None else alt_text(fig, frames)
    fit_height(fig)
    contents: dict[str, bytes] = {}
    with style("notebook"), laid_out(fig):  # salt and font types are read when a figure is written
        for ending, metadata in (
            ("png", {"Software": None}),
            ("svg", {"Date": None, "Creator": "policytools", "Title": title}),
            ("pdf", {"CreationDate": None, "Creator": "policytools", "Producer": None, "Title": title}),
        ):
            drawing = io.BytesIO()
            fig.savefig(drawing, format=ending, metadata=metadata, dpi=dpi)
            contents[f"{name}.{ending}"] = drawing.getvalue()
    contents[f"{name}.svg"] = _with_alt_text(contents[f"{name}.svg"].decode(), title, alt).encode()
    for table, frame in frames.items():
        texts = frame.select_dtypes(exclude="number")
        safe = frame.assign(**{str(column): [*map(spreadsheet_cell, texts[column])] for column in texts})
        safe = safe.rename(columns=spreadsheet_cell)
        contents[table] = safe.to_csv(index=False, float_format="%.6g", lineterminator="\n").encode()
    for file, content in contents.items():
        write_whole(target / file, content)
    _show_once(fig, contents[f"{name}.png"], alt)
    return [target / file for file in contents]


def _figures_folder() -> Path:
    here = Path.cwd()
    return here.parent / "figures" if here.name == "notebooks" else here / "figures"


def _with_alt_text(svg: str, title: str, alt: str) -> str:
    """The SVG with its title and alternative text where browsers and screen readers look for them."""
    svg = re.sub(r"\s*<title>.*?</title>", "", svg, count=1, flags=re.DOTALL)
    svg = svg.replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, sans-serif")  # Verdana is as wide
    head, opening, rest = svg.partition("<svg ")
    attributes, _, body = rest.partition(">")
    words = (
        f' <title id="title">{html.escape(title, quote=False)}</title>\n'
        f' <desc id="desc">{html.escape(alt, quote=False)}</desc>'
    )
    return f'{head}{opening}role="img" aria-labelledby="title desc" {attributes}>\n{words}{body}'


def _show_once(fig: Figure, png: bytes, alt: str) -> None:
    """Display the figure in a notebook with its alternative text; close it, or it would be shown twice."""
    get_shell = getattr(sys.modules.get("IPython"), "get_ipython", None)  # no IPython, no notebook
    if get_shell is None or not hasattr(get_shell(), "kernel"):
        return
    if not plt.get_backend().lower().endswith(("inline", "backend_inline")):
        return  # an interactive backend shows the figure itself
    from IPython.display import Image, display  # IPython is optional

    width, height = (round(100 * inches) for inches in fig.get_size_inches())
    display(
        Image(png, format="png", width=width, height=height, alt=alt),
        metadata={"image/png": {"alt": alt, "width": width, "height": height}},
    )
    plt.close(fig)


def _title(fig: Figure) -> str:
    for ax in fig.axes:
        for text in (ax._left_title, ax.title, ax._right_title):  # type: ignore[attr-defined]
            if text.get_text().strip():
                return _whole(fig, text)
    return _whole(fig, fig._suptitle) if fig.get_suptitle() else ""  # type: ignore[attr-defined]


def _whole(fig: Figure, text: Any) -> str:
    layout: Any = fig.get_layout_engine()
    whole = layout.whole(text) if hasattr(layout, "whole") else text.get_text()
    return " ".join(whole.split())


def alt_text(fig: Figure, tables: Iterable[str] = ()) -> str:
    """What a figure shows, in words: its title, marks, axes and note, and the files of its numbers."""
    parts = [_title(fig)]
    for ax in fig.axes:
        parts.append(descriptions.get(ax, ""))
        for axis, label in (("Horizontal", ax.xaxis.label), ("Vertical", ax.yaxis.label)):
            if label.get_visible() and label.get_text().strip() and ax.axison:
                parts.append(f"{axis} axis: {_whole(fig, label)}")
        parts += [f"The plotted table has {counted(len(frame), 'row')}" for frame in drawn_frames.get(ax, ())]
    if note := getattr(fig, "_supxlabel", None):
        parts.append(_whole(fig, note))
    if files := " and ".join(tables):
        parts.append(f"The numbers are in {files}")
    return " ".join(part if part.endswith((".", "?", "!", ":")) else f"{part}." for part in parts if part)
