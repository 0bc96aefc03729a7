"""What all figures have in common: their sizes, the vendors' names and colours, the note under them.

Vendors keep their place (the manifest's order) and their colour (Okabe and Ito's palette, safe for colour-blind
readers, with a marker of its own for grey print) in every figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

# Okabe & Ito 2008, "Color Universal Design", black and yellow left out; then again with other markers.
COLORS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
MARKERS = ["o", "s", "D", "^", "v", "P", "X"]
GREY = "#666666"  # text; 5.7 to 1 on white
MANY = 20  # beyond so many policies a figure shows their distribution
FEW = 7  # so many markers can be told apart

_BASE: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],
    "text.parse_math": False,  # "$" and "_" in a vendor's name are no formula
    "svg.fonttype": "none",
    "svg.hashsalt": "policytools",
    "pdf.fonttype": 42,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.formatter.use_mathtext": False,
    "axes.unicode_minus": True,
    "figure.constrained_layout.use": True,
    "savefig.facecolor": "white",
    "legend.frameon": False,
}
_SIZES: dict[str, dict[str, Any]] = {
    "paper": {
        "figure.figsize": (3.3, 2.6),
        "font.size": 7.25,
        "axes.titlesize": 8,
        "axes.linewidth": 0.6,
        "xtick.major.width": 0.6,
        "xtick.major.size": 2.5,
        "hatch.linewidth": 0.5,
        "lines.linewidth": 1.3,
        "lines.markersize": 4.2,
        "figure.dpi": 150,
        "savefig.dpi": 300,
    },
    "notebook": {
        "figure.figsize": (7, 4),
        "font.size": 10,
        "axes.titlesize": 11.5,
        "hatch.linewidth": 0.7,
        "lines.linewidth": 1.9,
        "lines.markersize": 6.5,
        "figure.dpi": 100,
        "savefig.dpi": 160,
    },
    "slides": {
        "figure.figsize": (10, 5.6),
        "font.size": 15,
        "axes.titlesize": 18,
        "axes.linewidth": 1.2,
        "hatch.linewidth": 1,
        "lines.linewidth": 2.8,
        "lines.markersize": 9.5,
        "figure.dpi": 100,
        "savefig.dpi": 150,
    },
}
# A page's height, a long screen, a slide of 16 to 9.
_MAX_HEIGHT = {"paper": 9.2, "notebook": 12.0, "slides": 5.6}
_in_use: ContextVar[str] = ContextVar("style", default="notebook")

drawn: WeakKeyDictionary[Axes, pd.DataFrame] = WeakKeyDictionary()  # what save_figure writes as CSV
told: WeakKeyDictionary[Axes, str] = WeakKeyDictionary()  # what the Axes show, in words, for the alt text
_notes: WeakKeyDictionary[Figure, list[str]] = WeakKeyDictionary()


@contextmanager
def style(name: str = "notebook") -> Iterator[None]:
    """Fonts, sizes and lines for one use of a figure, as a context manager.

    A figure drawn in it is as wide as the use wants and as high as its rows need (slides: at most 5.6 inches).

    Parameters
    ----------
    name : {"paper", "notebook", "slides"}
        "paper" is one column wide (3.3 inches; no text below 6 points), "notebook" 7, "slides" 10 inches.

    Raises
    ------
    ValueError
        A name that is none of the three.

    Examples
    --------
    >>> with style("paper"):
    ...     import matplotlib.pyplot as plt
    ...     plt.rcParams["figure.figsize"]
    [3.3, 2.6]
    """
    import matplotlib.pyplot as plt

    if name not in _SIZES:
        raise ValueError(f"style {name!r} is not one of {', '.join(_SIZES)}")
    settings: Any = _BASE | _SIZES[name]
    token = _in_use.set(name)
    try:
        with plt.rc_context(settings):
            yield
    finally:
        _in_use.reset(token)


def max_height() -> float:
    """How high a figure of the style in use may be, in inches."""
    return _MAX_HEIGHT[_in_use.get()]


def min_size() -> float:
    """The smallest text that the style in use may have, in points: a slide is read from the back of a room."""
    return 12.0 if _in_use.get() == "slides" else 6.0


def looks(policies: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Colour and marker of each policy; versions of one vendor share the colour."""
    vendors = {vendor: i for i, vendor in enumerate(dict.fromkeys(policies["vendor"]))}
    return {
        str(policy_id): (COLORS[vendors[vendor] % len(COLORS)], MARKERS[vendors[vendor] % len(MARKERS)])
        for policy_id, vendor in zip(policies["policy_id"], policies["vendor"], strict=True)
    }


def check(
    frame: pd.DataFrame, needed: list[str], function: str, policies: pd.DataFrame | None = None
) -> None:
    """ValueError for a column that is missing, or a policy that `policies` does not have."""
    missing = [column for column in needed if column not in frame]
    if missing:
        raise ValueError(
            f"{function}: frame has no column {missing[0]!r}; it has {', '.join(map(str, frame.columns))}"
        )
    if policies is not None:
        unknown = sorted(set(frame["policy_id"].astype(str)) - set(policies["policy_id"].astype(str)))
        if unknown:
            raise ValueError(f"{function}: policies has no policy_id {', '.join(map(repr, unknown[:3]))}")


def check_highlight(
    highlight: Iterable[str] | None, policies: pd.DataFrame, function: str
) -> list[str] | None:
    """The policies to name, as a list; ValueError for one that is unknown or for too many."""
    if highlight is None:
        return None
    if isinstance(highlight, str):
        raise ValueError(f"{function}: highlight is a list of policy_id, not the one text {highlight!r}")  # noqa: TRY004
    chosen = list(dict.fromkeys(map(str, highlight)))
    unknown = [policy_id for policy_id in chosen if policy_id not in set(policies["policy_id"])]
    if unknown:
        raise ValueError(f"{function}: highlight {unknown[0]!r} is no policy_id of policies")
    if len(chosen) > FEW:
        raise ValueError(
            f"{function}: highlight names {len(chosen)} policies; at most {FEW} can be told apart"
        )
    return chosen


def axes(ax: Axes | None, frame: pd.DataFrame, *, lines: float) -> Axes:
    """The Axes to draw on, new ones with room for so many lines of text; remembers the frame for `save_figure`."""
    import matplotlib.pyplot as plt

    from policytools.plots.text_fitting import FittingLayout

    if ax is None:
        room = max_height() - 1.0
        height = min(lines * line_height(), room)
        fig = plt.figure(
            figsize=(plt.rcParams["figure.figsize"][0], height + 10 * line_height()), layout="none"
        )
        fig.set_layout_engine(FittingLayout(axes_height=height, max_height=max_height()))
        ax = fig.add_subplot()
    layout = _fitting(ax.figure)  # type: ignore[arg-type]
    if layout is not None:
        layout.titles[ax] = getattr(ax, "_left_title" if _title_left() else "title")
    drawn[ax] = frame.reset_index(drop=True)
    return ax


def _title_left() -> bool:
    import matplotlib.pyplot as plt

    return bool(plt.rcParams["axes.titlelocation"] == "left")


def _fitting(fig: Figure) -> Any:
    """The figure's fitting layout; one takes the place of matplotlib's own constrained layout."""
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    from policytools.plots.text_fitting import FittingLayout

    engine = fig.get_layout_engine()
    if type(engine) is ConstrainedLayoutEngine:
        fig.set_layout_engine(FittingLayout(max_height=max_height()))
        engine = fig.get_layout_engine()
    return engine if isinstance(engine, FittingLayout) else None


def head_room(ax: Axes, inches: float) -> None:
    """Keep the title so far above the Axes, over what is written there."""
    layout = _fitting(ax.figure)  # type: ignore[arg-type]
    if layout is not None:
        layout.heads[ax] = inches


def font_size() -> float:
    """Font size in force, in points."""
    import matplotlib.pyplot as plt

    return float(plt.rcParams["font.size"])


def small() -> float:
    """Size of what is less than a label, in points: never below 6 on paper."""
    return 0.85 * font_size()


def line_height() -> float:
    """Height of a line of text, in inches."""
    return 1.2 * font_size() / 72


def font(size: float | None = None, weight: str = "normal") -> FontProperties:
    """The font in force, to measure with."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(family="DejaVu Sans", size=size or font_size(), weight=weight)


def marker_size() -> float:
    """Diameter of a marker, in points."""
    import matplotlib.pyplot as plt

    return float(plt.rcParams["lines.markersize"])


def width_of(ax: Axes) -> float:
    """Width of the figure in inches."""
    return float(ax.figure.get_figwidth())  # type: ignore[union-attr]


def row_names(ax: Axes, shown: Iterable[str], *, rows: int, lines: int = 2) -> list[str]:
    """Names as they fit beside the rows: at most two fifths of the figure, broken or shortened."""
    from policytools.plots.text_fitting import shorten

    width = 0.4 * width_of(ax)
    return [shorten(name, width, font(), lines=lines if rows <= FEW else 1) for name in shown]


def key(ax: Axes, entries: Sequence[tuple[Artist, str]], *, columns: int | None = None) -> None:
    """Name colours, hatches or markers between the title and the Axes, in as many columns as fit."""
    from matplotlib.transforms import blended_transform_factory

    from policytools.plots.text_fitting import PAD, text_width

    fig = ax.figure
    layout = _fitting(fig)  # type: ignore[arg-type]
    size = small()
    wide = max(text_width(label, font(size)) for _, label in entries) + 2.6 * size / 72
    fit = columns or max(1, min(len(entries), int((width_of(ax) - 2 * PAD) / wide)))
    place: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0, 1)}
    if layout is not None and len(fig.axes) == 1:
        place["bbox_to_anchor"] = (PAD, 1)
        place["bbox_transform"] = blended_transform_factory(fig.dpi_scale_trans, ax.transAxes)
    legend = ax.legend(
        [artist for artist, _ in entries], [label for _, label in entries], ncols=fit, fontsize=size, borderpad=0.1,
        borderaxespad=0.3, handletextpad=0.5, handlelength=1.2, handleheight=0.9, columnspacing=1.0, labelspacing=0.3,
        **place,
    )  # fmt: skip
    if layout is not None and len(fig.axes) == 1:
        legend.set_in_layout(False)  # the title above it keeps its place
        layout.keys[ax] = legend


def note(ax: Axes, text: str) -> None:
    """Write sources, numbers of cases and what the marks mean under a figure; it is wrapped to its width.

    What the plotting function itself says of its marks stands before.

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
    explain(ax, text)


def explain(ax: Axes, text: str) -> None:
    """Add to the note under a figure what is not in it yet."""
    from policytools.plots.text_fitting import PAD, wrap

    fig: Any = ax.figure
    said = _notes.setdefault(fig, [])
    if text in said:
        return
    said.append(text)
    whole = " ".join(said)
    if _fitting(fig) is None:  # some other layout: nobody wraps later
        whole = wrap(whole, fig.get_figwidth() - 2 * PAD, font(small()))
    left = PAD / fig.get_figwidth()
    fig.supxlabel(whole, x=left, ha="left", fontsize=small(), color=GREY, parse_math=False)


def count(n: int, noun: str = "policies") -> str:
    """A number with its noun: "1 policy", "1,200 policies"."""
    singular = {"policies": "policy"}.get(noun, noun.removesuffix("s"))
    return f"{n:,} {noun if n != 1 else singular}"
