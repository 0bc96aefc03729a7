"""A layout in which the text of a figure fits: titles, labels and notes are wrapped.

Widths are measured in the font and not by a renderer, so that lines break at the same words in every format.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from weakref import WeakKeyDictionary

from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.transforms import ScaledTranslation, blended_transform_factory

PAD = 0.04  # inches around everything
_NO_TITLE = "\u00a0"  # replaces an empty title, so that the legend keeps its place
# Searched in this order for characters that DejaVu Sans lacks; fonts that are not installed are skipped.
MORE_FONTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Source Han Sans SC", "PingFang SC",
    "Hiragino Sans GB", "Microsoft YaHei", "Yu Gothic", "Malgun Gothic", "SimHei", "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei", "Arial Unicode MS", "Noto Sans Devanagari", "Noto Sans Thai", "Noto Sans Bengali",
    "Noto Sans Tamil", "Nirmala UI", "Noto Sans Ethiopic", "Noto Sans Khmer", "Leelawadee UI", "Noto Sans",
)  # fmt: skip


class FittingLayout(ConstrainedLayoutEngine):
    """Constrained layout after the title, the axis labels and the note have been wrapped to the figure.

    In a figure of one Axes the title begins at the figure's left edge, above the legend if there is one.
    ``axes_height`` is the height that the Axes ask for, ``max_height`` the figure's largest one (inches).
    """

    def __init__(self, *, axes_height: float | None = None, max_height: float = 12.0) -> None:
        super().__init__(w_pad=PAD, h_pad=PAD)
        self.axes_height, self.max_height = axes_height, max_height
        self.titles: WeakKeyDictionary[Axes, Text] = WeakKeyDictionary()
        self.legends: WeakKeyDictionary[Axes, Artist] = WeakKeyDictionary()
        self.room_below_title: WeakKeyDictionary[Axes, float] = WeakKeyDictionary()  # inches
        self._laid_out = False
        self._wrapped: WeakKeyDictionary[Text, tuple[str, str]] = (
            WeakKeyDictionary()
        )  # before and after wrapping

    def execute(self, fig: Figure) -> None:
        """Wrap the texts and lay out; axis labels are wrapped last, because they are as wide as the Axes."""
        for text in fig.findobj(Text):
            find_glyphs(text)
        width = 0.92 * (fig.get_figwidth() - 2 * PAD)  # a renderer's hinted letters are wider
        if note := getattr(fig, "_supxlabel", None):
            self._wrap(note, width)
        for ax in fig.axes:
            if ax not in self.titles:
                continue
            title = self.titles[ax]
            if len(fig.axes) == 1:
                self._wrap(title, width)
                self._place_title(fig, ax)
            if not title.get_text() and ax in self.legends:
                title.set_text(_NO_TITLE)
        labels = [label for ax in fig.axes for label in (ax.xaxis.label, ax.yaxis.label)]
        for label in labels:  # before it is wrapped a long label would take the room from the Axes
            label.set_in_layout(self._laid_out)
        super().execute(fig)
        before = [label.get_text() for label in labels]
        for label in labels:
            label.set_in_layout(True)
        for ax in fig.axes:
            box = ax.get_position()
            self._wrap(ax.xaxis.label, box.width * fig.get_figwidth())
            self._wrap(ax.yaxis.label, box.height * fig.get_figheight())
        if not self._laid_out or before != [label.get_text() for label in labels]:
            super().execute(fig)
        self._laid_out = True
        for title in self.titles.values():
            if title.get_text() == _NO_TITLE:
                title.set_text("")

    def _place_title(self, fig: Figure, ax: Axes) -> None:
        """Put the title at the figure's left edge, above the legend and other text above the Axes."""
        above = 0.06 + self.room_below_title.get(ax, 0.0)
        if legend := self.legends.get(ax):
            above += legend.get_window_extent(fig._get_renderer()).height / fig.dpi  # type: ignore[attr-defined]
        place = blended_transform_factory(fig.dpi_scale_trans, ax.transAxes)
        self.titles[ax].set_transform(place + ScaledTranslation(0, above, fig.dpi_scale_trans))
        self.titles[ax].set_x(PAD)

    def _wrap(self, text: Text, width: float) -> None:
        whole = self.whole(text)
        wrapped = wrap(whole, width, text.get_fontproperties())
        self._wrapped[text] = (whole, wrapped)
        text.set_text(wrapped)

    def whole(self, text: Text) -> str:
        """A text as it was before wrapping."""
        whole, wrapped = self._wrapped.get(text, ("", ""))
        return whole if text.get_text() == wrapped else text.get_text()


def fit_height(fig: Figure) -> None:
    """Set the height of the figure so that its Axes are as high as they ask to be."""
    layout = fig.get_layout_engine()
    if not isinstance(layout, FittingLayout) or layout.axes_height is None or len(fig.axes) != 1:
        return
    for _ in range(2):  # a label that is wrapped in another way changes the height once more
        fig.draw_without_rendering()
        have = fig.axes[0].get_position().height * fig.get_figheight()
        height = min(layout.max_height, fig.get_figheight() + layout.axes_height - have)
        if abs(height - fig.get_figheight()) < 0.01:
            return
        fig.set_figheight(height)


@contextmanager
def laid_out(fig: Figure) -> Iterator[None]:
    """Lay a figure out once, so that all formats have every text in the same place."""
    engine = fig.get_layout_engine()
    fig.draw_without_rendering()
    if isinstance(engine, FittingLayout):
        fig.set_layout_engine("none")
    try:
        yield
    finally:
        if isinstance(engine, FittingLayout):
            fig.set_layout_engine(engine)


def text_width(text: str, font: FontProperties) -> float:
    """Width of the widest line in inches."""
    return max(_line_width(line, str(font.get_fontconfig_pattern())) for line in text.split("\n"))


@lru_cache(maxsize=20_000)
def _line_width(line: str, pattern: str) -> float:
    width, _, _ = text_to_path.get_text_width_height_descent(line, FontProperties(pattern), ismath=False)
    return float(width) / 72


def wrap(text: str, width: float, font: FontProperties) -> str:
    """Break a text at spaces into lines of at most `width` inches; a word that is wider is cut."""
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.replace(" %", "\u00a0%").split(" "):
            longer = f"{line} {word}" if line else word
            if text_width(longer, font) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            while len(word) > 1 and text_width(word, font) > width:
                cut = next((n for n in range(len(word) - 1, 1, -1) if text_width(word[:n], font) <= width), 1)
                lines.append(word[:cut])
                word = word[cut:]
            line = word
        lines.append(line)
    return "\n".join(lines)


def shorten(text: str, width: float, font: FontProperties, *, lines: int = 1) -> str:
    """Break a name into at most `lines` lines of `width` inches; an ellipsis replaces what does not fit.

    The beginning and the end of a long name are kept, because similar names often differ there.
    """
    text = " ".join(text.split())
    wrapped = wrap(text, width, font)
    if wrapped.count("\n") < lines:
        return wrapped
    room = width * (lines - 0.15 * (lines > 1))
    for kept in range(len(text) - 1, 0, -1):
        tail = kept // 4
        short = f"{text[: kept - tail].rstrip()}…{text[len(text) - tail :].lstrip() if tail else ''}"
        if text_width(short, font) <= room and wrap(short, width, font).count("\n") < lines:
            return wrap(short, width, font)
    return "…"


def find_glyphs(text: Text) -> None:
    """Add installed fonts to a text that has characters which its font lacks."""
    characters = {ord(c) for c in text.get_text() if not c.isspace() and ord(c) > 0x2FF}
    if not characters or len(text.get_fontfamily()) > 1:
        return
    missing = characters - _characters(text.get_fontname())
    families = [text.get_fontname()]
    for name in MORE_FONTS:
        if missing and (found := missing & _characters(name)):
            families.append(name)
            missing -= found
    if len(families) > 1:
        text.set_fontfamily(families)


@cache
def _characters(family: str) -> frozenset[int]:
    """The characters that a font family has glyphs for; none if it is not installed."""
    paths = [font.fname for font in font_manager.fontManager.ttflist if font.name == family]
    return frozenset(font_manager.get_font(min(paths)).get_charmap()) if paths else frozenset()
