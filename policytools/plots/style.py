"""What all figures share: sizes, the vendors' colours and markers, checks of the input, legend and note.

Vendors keep their place (the manifest's order) and their colour in every figure. The palette is safe for
colour-blind readers; each vendor also has a marker of its own, for print in grey.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakKeyDictionary

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.transforms import blended_transform_factory

from policytools._files import PACKAGE
from policytools._frames import check_choice, check_frame
from policytools._wording import counted
from policytools.plots.text_fitting import PAD, FittingLayout, text_width, wrap
from policytools.tables import names, policies_named, texts

# Okabe & Ito 2008, "Color Universal Design", without black and yellow.
COLORS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
# The same colours, dark enough to write in: contrast of 4.5 to 1 on white.
DARK_COLORS = ["#0072b2", "#c05500", "#00815e", "#9e5e81", "#996900", "#39779b"]
SHAPES = ["o", "s", "D", "^", "v", "P", "X"]
GREY = "#666666"  # text; contrast of 5.7 to 1 on white
MAX_ROWS = 20  # with more policies a figure shows their distribution
MAX_MARKERS = 7  # a reader cannot distinguish more markers
Marker = tuple[str, str]  # colour and shape

# Largest height of a figure in inches (a page, a long screen, a slide) and smallest text in points (a slide
# is read from the back of a room). Fonts and lines are in resources/plot_styles.
_LIMITS = {"paper": (9.2, 6.0), "notebook": (12.0, 6.0), "slides": (5.6, 12.0)}
_in_use: ContextVar[str] = ContextVar("style", default="notebook")

drawn_frames: WeakKeyDictionary[Axes, list[pd.DataFrame]] = (
    WeakKeyDictionary()
)  # save_figure writes them as CSV
descriptions: WeakKeyDictionary[Axes, str] = (
    WeakKeyDictionary()
)  # what the Axes show, for the alternative text
_notes: WeakKeyDictionary[Figure, list[str]] = WeakKeyDictionary()


@contextmanager
def style(name: str = "notebook") -> Iterator[None]:
    """Fonts, sizes and lines for one use of a figure, as a context manager.

    A figure drawn in it is as wide as the use wants and as high as its rows need (slides: at most 5.6
    inches).

    Parameters
    ----------
    name : {"paper", "notebook", "slides"}
        "paper" is one column wide (3.3 inches; no text below 6 points), "notebook" 7, "slides" 10 inches.

    Raises
    ------
    ValueError
        `name` is none of the three.

    Examples
    --------
    >>> with style("paper"):
    ...     import matplotlib.pyplot as plt
    ...     plt.rcParams["figure.figsize"]
    [3.3, 2.6]
    """
    check_choice("name", name, _LIMITS)
    folder = PACKAGE / "resources" / "plot_styles"
    token = _in_use.set(name)
    try:
        with plt.style.context([folder / "common.mplstyle", folder / f"{name}.mplstyle"]):
            yield
    finally:
        _in_use.reset(token)


def max_height() -> float:
    """Largest height of a figure in the style in use, in inches."""
    return _LIMITS[_in_use.get()][0]


def min_font_size() -> float:
    """Size of the smallest text in the style in use, in points."""
    return _LIMITS[_in_use.get()][1]


def font_size() -> float:
    """Size of the style's text, in points."""
    return float(plt.rcParams["font.size"])


def small_size() -> float:
    """Size of text that is smaller than a label, in points: never below 6 on paper."""
    return 0.85 * font_size()


def line_height() -> float:
    """Height of a line of text, in inches."""
    return 1.2 * font_size() / 72


def max_lines(reserved: float) -> float:
    """How many lines of text the highest figure has, apart from those reserved for title, labels and note."""
    return max_height() / line_height() - reserved


def font(size: float | None = None, weight: str = "normal") -> FontProperties:
    """The font of the style, to measure text with."""
    return FontProperties(family="DejaVu Sans", size=size or font_size(), weight=weight)


def marker_size() -> float:
    """Diameter of a marker, in points."""
    return float(plt.rcParams["lines.markersize"])


def figure_width(ax: Axes | None) -> float:
    """Width of the figure, or of a new one, in inches."""
    fig: Any = ax.figure if ax is not None else None
    return float(fig.get_figwidth() if fig else plt.rcParams["figure.figsize"][0])


def nth_marker(number: int) -> Marker:
    """Colour and shape by number (0, 1, ...); both begin again after the last one."""
    return COLORS[number % len(COLORS)], SHAPES[number % len(SHAPES)]


def policy_markers(policies: pd.DataFrame) -> dict[str, Marker]:
    """The marker of each policy; versions of one vendor share it."""
    ids = policies["policy_id"].astype("str").tolist()
    owners = [vendor or policy_id for vendor, policy_id in zip(texts(policies, "vendor"), ids, strict=True)]
    place = {owner: number for number, owner in enumerate(dict.fromkeys(owners))}
    return {policy_id: nth_marker(place[owner]) for policy_id, owner in zip(ids, owners, strict=True)}


def highlight_markers(highlight: Sequence[str]) -> dict[str, Marker]:
    """The marker of each highlighted policy, by its place in the list."""
    return {policy_id: nth_marker(number) for number, policy_id in enumerate(highlight)}


def check_input(
    frame: pd.DataFrame,
    argument: str,
    columns: Sequence[str],
    policies: pd.DataFrame,
    highlight: Iterable[str] | None = None,
    numbers: Sequence[str] = (),
) -> tuple[pd.DataFrame, dict[str, str], list[str]]:
    """The frame, the name of each policy, and those to highlight; ValueError for input that cannot be drawn."""
    frame = check_frame(frame, argument, columns, numbers=numbers)
    labels = names(policies)
    for column in [name for name in columns if name in ("policy_id", "other_id")]:
        if unknown := sorted(set(frame[column]) - set(labels)):
            first = ", ".join(map(repr, unknown[:3]))
            raise ValueError(f"{argument}: {column} {first} is not in policies; pass policies that have it")
    if isinstance(highlight, str):
        raise ValueError(f"highlight: must be a list of policy_id or vendors, not the text {highlight!r}")  # noqa: TRY004
    chosen = list(dict.fromkeys(policies_named("highlight", highlight or (), labels, policies)))
    if len(chosen) > MAX_MARKERS:
        raise ValueError(f"highlight: names {len(chosen)} policies; give at most {MAX_MARKERS}, or none")
    return frame, labels, chosen


def prepare_axes(ax: Axes | None, frame: pd.DataFrame, *, lines: float) -> Axes:
    """The Axes, by default new ones as high as this number of lines of text; `save_figure` writes `frame`."""
    if ax is None:
        height = min(lines * line_height(), max_height() - 1.0)
        fig = plt.figure(figsize=(figure_width(None), height + 10 * line_height()), layout="none")
        fig.set_layout_engine(FittingLayout(axes_height=height, max_height=max_height()))
        ax = fig.add_subplot()
    if layout := _fitting_layout(ax):
        left = plt.rcParams["axes.titlelocation"] == "left"
        layout.titles[ax] = ax._left_title if left else ax.title  # type: ignore[attr-defined]
    drawn_frames[ax] = [frame.reset_index(drop=True)]
    return ax


def _fitting_layout(ax: Axes) -> FittingLayout | None:
    """The figure's fitting layout, which replaces constrained layout; None if it has another layout."""
    fig: Any = ax.figure
    if type(fig.get_layout_engine()) is ConstrainedLayoutEngine:
        fig.set_layout_engine(FittingLayout(max_height=max_height()))
    engine = fig.get_layout_engine()
    return engine if isinstance(engine, FittingLayout) else None


def keep_below_title(ax: Axes, inches: float) -> None:
    """Keep room of this height between the Axes and the title, for text that is written there."""
    if layout := _fitting_layout(ax):
        layout.room_below_title[ax] = inches


def add_legend(ax: Axes, handles: Sequence[Artist], labels: Iterable[str]) -> None:
    """Explain colours, hatches or markers between the title and the Axes, in as many columns as fit."""
    fig: Any = ax.figure
    layout, size, labels = _fitting_layout(ax), small_size(), list(labels)
    alone = layout is not None and len(fig.axes) == 1
    widest = max(text_width(label, font(size)) for label in labels) + 2.6 * size / 72
    n_columns = max(1, min(len(labels), int((figure_width(ax) - 2 * PAD) / widest)))
    place: dict[str, Any] = {"bbox_to_anchor": (0, 1)}
    if alone:
        from_left_edge = blended_transform_factory(fig.dpi_scale_trans, ax.transAxes)
        place = {"bbox_to_anchor": (PAD, 1), "bbox_transform": from_left_edge}
    legend = ax.legend(
        handles, labels, loc="lower left", ncols=n_columns, fontsize=size, borderpad=0.1, borderaxespad=0.3,
        handletextpad=0.5, handlelength=1.2, handleheight=0.9, columnspacing=1.0, labelspacing=0.3, **place,
    )  # fmt: skip
    for text in legend.get_texts():
        text.set_parse_math(False)  # a name may hold "$"
    if layout and alone:
        legend.set_in_layout(False)  # so that the title above it keeps its place
        layout.legends[ax] = legend


def note(ax: Axes, text: str) -> None:
    """Write sources, numbers of cases and what the marks mean under a figure; it is wrapped to its width.

    It comes after the plotting function's own note. A text that is already in the note is not repeated.

    Parameters
    ----------
    ax : Axes
        Any of the figure.
    text : str
        The note.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.subplots()[1]
    >>> note(ax, "5 policies, of 2018 to 2020.")
    """
    fig: Any = ax.figure
    parts = _notes.setdefault(fig, [])
    if text in parts:
        return
    parts.append(text)
    whole = " ".join(parts)
    if _fitting_layout(ax) is None:  # no other layout wraps the note later
        whole = wrap(whole, figure_width(ax) - 2 * PAD, font(small_size()))
    left = PAD / figure_width(ax)
    fig.supxlabel(whole, x=left, ha="left", fontsize=small_size(), color=GREY, parse_math=False)


def sample_size(n: int) -> str:
    """How many policies a figure shows, for its note."""
    return f"n = {counted(n, 'policy', 'policies')}."
