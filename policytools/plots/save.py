"""The only writer of figures, and the list of what was written."""

from __future__ import annotations

import html
import io
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policytools._files import write_whole
from policytools.plots.style import drawn, style, told

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def save_figure(
    fig: Figure, name: str, folder: str | Path | None = None, *, alt: str | None = None
) -> list[Path]:
    """Write a figure as PNG, SVG and PDF and its plotted frames as CSV; a rerun writes the same bytes.

    In a notebook the figure is also shown, with its alternative text for readers who do not see it, and closed,
    so that it appears once. Elsewhere nothing is shown or closed.

    Parameters
    ----------
    fig : Figure
        Drawn by the functions of this module (or any other; then there is no CSV).
    name : str
        Name of the files, without ending: letters, digits, "-" and "_".
    folder : path, optional
        Default: the folder named by the environment variable POLICYTOOLS_FIGURES, else ``figures`` beside the
        notebooks' folder.
    alt : str, optional
        Alternative text. Default: title, what is drawn, the axes, the note and where the numbers stand.

    Returns
    -------
    list of Path
        The files written: NAME.png, NAME.svg, NAME.pdf, NAME.csv (NAME-2.csv and so on for further Axes).

    Raises
    ------
    ValueError
        A name with other characters.

    Notes
    -----
    The text of the SVG is text, its title and alternative text are <title> and <desc>; the fonts of the PDF are
    TrueType and embedded.

    Examples
    --------
    >>> import tempfile
    >>> import matplotlib.pyplot as plt
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in save_figure(plt.subplots()[0], "empty", folder)]
    ['empty.png', 'empty.svg', 'empty.pdf']
    """
    import matplotlib as mpl

    from policytools.plots.text_fitting import fit_height, laid_out

    if not re.fullmatch(r"[\w-]+", name):
        raise ValueError(f"figure name {name!r} may hold letters, digits, '-' and '_' only")
    target = Path(folder or os.environ.get("POLICYTOOLS_FIGURES") or _figures_folder())
    target.mkdir(parents=True, exist_ok=True)
    frames = [drawn[ax] for ax in fig.axes if ax in drawn]
    tables = [
        f"{name}.csv" if number == 1 else f"{name}-{number}.csv" for number in range(1, len(frames) + 1)
    ]
    dpi = mpl.rcParams["savefig.dpi"]
    dpi = fig.get_dpi() * 1.6 if dpi == "figure" else dpi
    title = _title(fig) or name
    alt = alt if alt is not None else alt_text(fig, tables)
    fit_height(fig)
    written = []
    with style("notebook"), laid_out(fig):  # the salt and the font types count when a figure is written, too
        for ending, metadata in (
            ("png", {"Software": None}),
            ("svg", {"Date": None, "Creator": "policytools", "Title": title}),
            ("pdf", {"CreationDate": None, "Creator": "policytools", "Producer": None, "Title": title}),
        ):
            path = target / f"{name}.{ending}"
            drawing = io.BytesIO()
            fig.savefig(drawing, format=ending, metadata=metadata, dpi=dpi)
            content = drawing.getvalue()
            write_whole(
                path, _described(content.decode(), title, alt).encode() if ending == "svg" else content
            )
            written.append(path)
    for table, frame in zip(tables, frames, strict=True):
        path = target / table
        write_whole(path, frame.to_csv(index=False, float_format="%.6g", lineterminator="\n").encode())
        written.append(path)
    _show_once(fig, target / f"{name}.png", alt)
    return written


def _figures_folder() -> Path:
    here = Path.cwd()
    return here.parent / "figures" if here.name == "notebooks" else here / "figures"


def _described(svg: str, title: str, alt: str) -> str:
    """The SVG with title and alternative text where browsers and screen readers look for them."""
    svg = re.sub(r"\s*<title>.*?</title>", "", svg, count=1, flags=re.DOTALL)
    svg = svg.replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, sans-serif")  # Verdana is as wide
    head, opening, rest = svg.partition("<svg ")
    attributes, _, body = rest.partition(">")
    words = (
        f' <title id="title">{html.escape(title, quote=False)}</title>\n'
        f' <desc id="desc">{html.escape(alt, quote=False)}</desc>'
    )
    return f'{head}{opening}role="img" aria-labelledby="title desc" {attributes}>\n{words}{body}'


def _show_once(fig: Figure, png: Path, alt: str) -> None:
    """Display the figure in a notebook with its alternative text, and close it: inline, it would come once more."""
    get_shell = getattr(sys.modules.get("IPython"), "get_ipython", None)  # no IPython, no notebook
    if get_shell is None or not hasattr(get_shell(), "kernel"):
        return
    import matplotlib.pyplot as plt

    if not plt.get_backend().lower().endswith(("inline", "backend_inline")):
        return  # an interactive backend shows it itself
    from IPython.display import Image, display

    width, height = fig.get_size_inches() * 100
    display(
        Image(png.read_bytes(), format="png", width=round(width), height=round(height), alt=alt),
        metadata={"image/png": {"alt": alt, "width": round(width), "height": round(height)}},
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
    """What a figure shows in words, from the figure itself: title, marks, axes, note, where the numbers stand."""
    parts = [_title(fig)]
    for ax in fig.axes:
        parts.append(told.get(ax, ""))
        for axis, label in (("Horizontal", ax.xaxis.label), ("Vertical", ax.yaxis.label)):
            if label.get_visible() and label.get_text().strip() and ax.axison:
                parts.append(f"{axis} axis: {_whole(fig, label)}")
        if ax in drawn:
            parts.append(
                f"The plotted table has {len(drawn[ax]):,} {'row' if len(drawn[ax]) == 1 else 'rows'}"
            )
    note = getattr(fig, "_supxlabel", None)
    if note is not None:
        parts.append(_whole(fig, note))
    tables = list(tables)
    if tables:
        parts.append(f"The numbers stand in {' and '.join(tables)}")
    return " ".join(part if part.endswith((".", "?", "!", ":")) else f"{part}." for part in parts if part)
