"""A layout in which the text of a figure fits: titles, labels and notes are wrapped, names find their glyphs.

The widths are measured in the font itself and not by a renderer, so that the same lines break at the same words
in every format.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from matplotlib import font_manager
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.transforms import ScaledTranslation, blended_transform_factory

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAD = 0.04  # inches around everything
# Asked in this order for characters that DejaVu Sans lacks; what is not installed is passed over.
MORE_FONTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Hiragino Sans GB",
    "Microsoft YaHei", "Yu Gothic", "Malgun Gothic", "SimHei", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei",
    "Arial Unicode MS", "Noto Sans Devanagari", "Noto Sans Thai", "Noto Sans Bengali", "Noto Sans Tamil", "Nirmala UI",
    "Noto Sans Ethiopic", "Noto Sans Khmer", "Leelawadee UI", "Noto Sans",
)  # fmt: skip


class FittingLayout(ConstrainedLayoutEngine):
    """Constrained layout after the title, the axis labels and the note have been wrapped to the figure.

    In a figure of one Axes the title begins at the figure's left edge, above the key if there is one.
    ``axes_height`` and ``max_height`` (inches) say how high the Axes shall be and the figure may be.
    """

    def __init__(self, *, axes_height: float | None = None, max_height: float = 12.0) -> None:
        super().__init__(w_pad=PAD, h_pad=PAD)
        self.axes_height, self.max_height = axes_height, max_height
        self.titles: WeakKeyDictionary[Axes, Text] = WeakKeyDictionary()
        self.keys: WeakKeyDictionary[Axes, Artist] = WeakKeyDictionary()
        self.heads: WeakKeyDictionary[Axes, float] = (
            WeakKeyDictionary()
        )  # inches above the Axes, under the title
        self._laid_out = False
        self._whole: WeakKeyDictionary[Text, tuple[str, str]] = WeakKeyDictionary()

    def execute(self, fig: Figure) -> None:
        """Wrap, then lay out; the labels of the axes last, since they are as wide as these."""
        for text in fig.findobj(Text):
            find_glyphs(text)
        width = 0.92 * (fig.get_figwidth() - 2 * PAD)  # a renderer's hinted letters are wider
        alone = len(fig.axes) == 1
        note = getattr(fig, "_supxlabel", None)
        if note is not None:
            self._wrap(note, width)
        for ax in fig.axes:
            title = self.titles.get(ax)
            if title is None:
                continue
            if alone:
                self._wrap(title, width)
                pad = 0.06 + self._key_height(fig, ax) + self.heads.get(ax, 0.0)
                title.set_transform(
                    blended_transform_factory(fig.dpi_scale_trans, ax.transAxes)
                    + ScaledTranslation(0, pad, fig.dpi_scale_trans)
                )
                title.set_x(PAD)
            if not title.get_text() and ax in self.keys:
                title.set_text("\u00a0")  # keeps the key's place
        labels = [label for ax in fig.axes for label in (ax.xaxis.label, ax.yaxis.label)]
        if not self._laid_out:  # no label is wrapped yet: a long one would take the room from the axes
            for label in labels:
                label.set_in_layout(False)
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
            if title.get_text() == "\u00a0":
                title.set_text("")

    def _key_height(self, fig: Figure, ax: Axes) -> float:
        key = self.keys.get(ax)
        if key is None:
            return 0.0
        return float(key.get_window_extent(fig._get_renderer()).height / fig.dpi)  # type: ignore[attr-defined]

    def _wrap(self, text: Text, width: float) -> None:
        shown = text.get_text()
        whole, wrapped = self._whole.get(text, ("", ""))
        if shown != wrapped:
            whole = shown
        wrapped = wrap(whole, width, text.get_fontproperties())
        self._whole[text] = (whole, wrapped)
        text.set_text(wrapped)

    def whole(self, text: Text) -> str:
        """A text as it was set, without the line ends of the wrapping."""
        whole, wrapped = self._whole.get(text, ("", ""))
        return whole if wrapped and text.get_text() == wrapped else text.get_text()


def fit_height(fig: Figure) -> None:
    """Give a figure the height with which its rows are as high as they were asked to be."""
    layout = fig.get_layout_engine()
    if not isinstance(layout, FittingLayout) or layout.axes_height is None or len(fig.axes) != 1:
        return
    for _ in range(2):  # a label that breaks otherwise changes the height once more
        fig.draw_without_rendering()
        have = fig.axes[0].get_position().height * fig.get_figheight()
        height = min(layout.max_height, fig.get_figheight() + layout.axes_height - have)
        if abs(height - fig.get_figheight()) < 0.01:
            return
        fig.set_figheight(height)


@contextmanager
def laid_out(fig: Figure) -> Iterator[None]:
    """Lay a figure out once; all formats are then written with every text in the same place."""
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
    return (
        float(text_to_path.get_text_width_height_descent(line, FontProperties(pattern), ismath=False)[0]) / 72
    )


def wrap(text: str, width: float, font: FontProperties) -> str:
    """Break a text at spaces into lines of at most `width` inches; a word that is wider is broken where it must."""
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
    """Break a name into at most `lines` lines of `width` inches; what is over gives way to an ellipsis.

    Of a name that is too long its beginning and its end stay, since names that are alike often differ there.
    """
    text = " ".join(text.split())
    if lines > 1 and wrap(text, width, font).count("\n") < lines:
        return wrap(text, width, font)
    room = width * (lines - 0.15 * (lines > 1))
    if text_width(text, font) <= room and lines == 1:
        return text
    for kept in range(len(text) - 1, 0, -1):
        tail = kept // 4
        short = f"{text[: kept - tail].rstrip()}…{text[len(text) - tail :].lstrip() if tail else ''}"
        if text_width(short, font) <= room and wrap(short, width, font).count("\n") < lines:
            return wrap(short, width, font)
    return "…"


def find_glyphs(text: Text) -> None:
    """Give a text with characters that its font lacks further fonts that have them, where they are installed."""
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
    """What an installed font family has glyphs for; nothing if it is not installed."""
    paths = [font.fname for font in font_manager.fontManager.ttflist if font.name == family]
    if not paths:
        return frozenset()
    font: Any = font_manager.get_font(min(paths))
    return frozenset(font.get_charmap())
