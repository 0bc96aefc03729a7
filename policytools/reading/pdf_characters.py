"""Characters of a PDF to lines: run as a program of its own, which may be stopped when a file asks for too much.

A PDF of a few kilobytes can keep PDFium busy for hours or make it ask for gigabytes, and a call into it cannot
be interrupted. So `read_lines` runs this file in a second interpreter with a limit of time and, where the
system has one, of memory.
"""

from __future__ import annotations

import ctypes
import json
import math
import re
import subprocess
import sys
from collections import Counter
from typing import Any

MAX_PAGES = 1_000
MAX_CHARACTERS = 2_000_000
MAX_SECONDS = 120
MAX_MEMORY = 1_000_000_000  # bytes

BULLET_MARK = re.compile(r"[-*•·▪▫◦‣⁃●○■□➢➤✓✔–—o§\uf000-\uf0ff]")
_HEAVY = re.compile(rb"bold|black|heavy|semibd|-bd", re.IGNORECASE)
_FORCE_BOLD = 1 << 18  # of a font's flags
_LONE_MARK = re.compile(rf"{BULLET_MARK.pattern}|\(?(?:\d{{1,2}}|[a-z]|[ivx]{{1,4}})[.)]")


class Line:
    """A run of characters on one baseline, without a gap that a column or cell makes."""

    def __init__(self, page: int, x0: float, bottom: float, top: float):
        self.page, self.x0, self.x1, self.bottom, self.top = page, x0, x0, bottom, top
        self.text = ""
        self.parts: list[str] = []
        self.letters: list[int] = []  # numbers of its letters and digits in the page
        self.heights: Counter[float] = Counter()
        self.size = top - bottom
        self.first_end = -1.0  # right edge of what had to fit into the line before
        self.limit = math.inf  # where the next cell or column begins
        self.bold = False
        self.side = False  # something stands beside it
        self.aside = False  # written at an angle
        self.mark = False  # a bullet or number stands left of it

    def values(self) -> list:
        return [getattr(self, name) for name in _SENT]

    @classmethod
    def of(cls, values: list) -> Line:
        line = cls(0, 0.0, 0.0, 0.0)
        for name, value in zip(_SENT, values, strict=True):
            setattr(line, name, value)
        return line

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


_SENT = (
    "page", "x0", "x1", "bottom", "top", "size", "first_end", "limit", "text", "bold", "side", "aside", "mark",
)  # fmt: skip


def read_lines(data: bytes, *, name: str) -> list[list[Line]]:
    """Lines of each page, in the order in which the file draws them.

    Raises
    ------
    ValueError
        If the file is no PDF, damaged, encrypted, or asks for more than the limits; the message names it.
    """
    try:
        # -P: the files beside this one are no modules for it ("html").
        program = [sys.executable, "-P", __file__, str(MAX_MEMORY)]
        done = subprocess.run(program, input=data, capture_output=True, timeout=MAX_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise ValueError(
            f"{name}: the PDF could not be read within {MAX_SECONDS} seconds; save the policy in another format"
        ) from None
    if done.returncode != 0:
        last = done.stderr.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1]
        raise ValueError(
            f"{name}: the PDF is damaged or needs more than {MAX_MEMORY // 10**6:,} MB of memory "
            f"({last or f'PDFium stopped with code {done.returncode}'}); save the policy in another format"
        )
    answer = json.loads(done.stdout)
    if "error" in answer:
        raise ValueError(f"{name}: {answer['error']}")
    return [[Line.of(values) for values in page] for page in answer["pages"]]


def _main() -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
    except (ImportError, OSError, ValueError):
        pass  # not on this system; the limit of time holds
    answer: dict[str, Any]
    try:
        pages = _read_pages(sys.stdin.buffer.read())
        answer = {"pages": [[line.values() for line in page] for page in pages]}
    except ValueError as error:
        answer = {"error": str(error)}
    json.dump(answer, sys.stdout)


def _read_pages(data: bytes) -> list[list[Line]]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ValueError("the PDF is encrypted and needs a password; save it without one") from None
        if b"%PDF-" not in data[:1024]:
            raise ValueError("not a PDF (it does not start with %PDF-)") from None
        raise ValueError(f"the PDF is damaged or cut off ({error}); fetch it again") from None
    n_pages = len(document)
    if n_pages > MAX_PAGES:
        raise ValueError(
            f"{n_pages:,} pages are more than a policy's {MAX_PAGES:,}; cut the file to the policy"
        )
    pages, n_characters = [], 0
    for number in range(1, n_pages + 1):
        try:
            page = document[number - 1]
            text = page.get_textpage()
        except pypdfium2.PdfiumError as error:
            raise ValueError(f"page {number} of the PDF is damaged ({error}); fetch it again") from None
        n_characters += text.count_chars()
        if n_characters > MAX_CHARACTERS:
            raise ValueError(
                f"more than {MAX_CHARACTERS:,} characters by page {number}; cut the file to the policy"
            )
        pages.append(_read_page(page, text, number))
        text.close()
        page.close()
    return pages


def _read_page(page: Any, text: Any, number: int) -> list[Line]:
    """Lines of a page in the order in which the file draws them."""
    import pypdfium2.raw as pdfium

    n = text.count_chars()
    raw = text.raw
    box = pdfium.FS_RECTF()
    pointer = ctypes.byref(box)
    turn = _dominant_turn(raw, n)
    get_unicode, get_box = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetLooseCharBox
    lines: list[Line] = []
    line: Line | None = None
    space = ""  # "real" or "made" since the last character
    tied = False  # the space was a non-breaking one
    before = math.inf
    high = 0
    for i in range(n):
        code = get_unicode(raw, i)
        if 0xD800 <= code < 0xDC00:  # a pair of surrogates comes as two characters
            high = code
            continue
        if 0xDC00 <= code < 0xE000 and high:
            code, high = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00), 0
        if code in (9, 10, 13, 32, 160):
            if code in (10, 13):
                continue
            tied = code == 160
            space = "made" if space != "real" and pdfium.FPDFText_IsGenerated(raw, i) == 1 else "real"
            continue
        if not get_box(raw, i, pointer):
            continue
        left, right, bottom, top = _turned(box, turn)
        if right - left <= 0 and line is not None and not space:
            left = right = line.x1  # a mark without width: stays with the letter before
            bottom, top = line.bottom, line.top
        shared = line is not None and not space and abs(left - before) < 0.01  # as a ligature's letters do
        shared = shared and line is not None and line.bottom < (bottom + top) / 2 < line.top
        before = left
        if line is None or not (shared or _continues(line, left, bottom, top, space)):
            line = Line(number, left, bottom, top)
            line.aside = abs(_angle_between(pdfium.FPDFText_GetCharAngle(raw, i), turn)) > 0.2
            lines.append(line)
        elif space:
            if line.first_end < 0 and not tied:
                line.first_end = line.x1
            line.parts.append(" ")
        character = chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
        if character in "-‐–—/" and line.first_end < 0 and line.parts and line.parts[-1].isalnum():
            line.first_end = right
        line.parts.append(character)
        if character.isalnum():
            line.bottom, line.top = min(line.bottom, bottom), max(line.top, top)
            line.heights[top - bottom] += 1  # the usual one counts: a ligature's parts come lower
            line.letters.append(i)
        line.x1 = max(line.x1, right)
        space = ""
    for line in lines:
        line.text = "".join(line.parts)
        line.size = line.heights.most_common(1)[0][0] if line.heights else line.size
        if line.first_end < 0:
            line.first_end = line.x1
        line.bold = _is_bold(raw, line)
    lines = _join_asides(lines)
    lines = _mark_bullets(page, lines)
    _mark_side_by_side(lines)
    return lines


def _turned(box: Any, turn: int) -> tuple[float, float, float, float]:
    """left, right, bottom, top of a character on a page whose text runs in one of four directions."""
    if turn == 1:
        return box.bottom, box.top, -box.right, -box.left
    if turn == 2:
        return -box.right, -box.left, -box.top, -box.bottom
    if turn == 3:
        return -box.top, -box.bottom, box.left, box.right
    return box.left, box.right, box.bottom, box.top


def _dominant_turn(raw: Any, n: int) -> int:
    import pypdfium2.raw as pdfium

    turns = Counter(
        round(pdfium.FPDFText_GetCharAngle(raw, i) / 1.5708) % 4 for i in range(0, n, max(1, n // 40))
    )
    return turns.most_common(1)[0][0] if turns else 0


def _angle_between(angle: float, turn: int) -> float:
    return (angle - turn * 1.5708 + 3.1416) % 6.2832 - 3.1416


def _continues(line: Line, left: float, bottom: float, top: float, space: str) -> bool:
    """Whether a character stands behind the line's last one."""
    size = line.top - line.bottom
    middle = (bottom + top) / 2
    inside = line.bottom < middle < line.top or bottom < line.middle < top
    gap = left - line.x1
    if not inside or gap < -0.5 * size:
        return False
    if len(line.parts) <= 5 and re.fullmatch(
        rf"{BULLET_MARK.pattern}+|\(?\w{{1,3}}[.)]", "".join(line.parts)
    ):
        return gap < 6 * size  # a bullet or number and its item
    # A space in the file may be stretched to fill the line; a gap without one is a cell's.
    return gap < (2.5 if space == "real" else 0.9) * size


def _is_bold(raw: Any, line: Line) -> bool:
    """Whether first, last and middle letters are heavy: a bold label in front of a sentence is not a bold line."""
    import pypdfium2.raw as pdfium

    letters = line.letters
    if not letters:
        return False
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    for k in (0, len(letters) // 3, 2 * len(letters) // 3, len(letters) - 1):
        pdfium.FPDFText_GetFontInfo(raw, letters[k], name, 128, ctypes.byref(flags))
        if not (_HEAVY.search(name.value) or flags.value & _FORCE_BOLD):
            return False
    return True


def _join_asides(lines: list[Line]) -> list[Line]:
    """Text at an angle (a watermark) comes letter by letter; it is one aside."""
    asides = [line for line in lines if line.aside]
    if not asides:
        return lines
    asides[0].text = "".join(line.text for line in asides)
    return [line for line in lines if not line.aside] + asides[:1]


def _mark_bullets(page: Any, lines: list[Line]) -> list[Line]:
    """Mark lines with a bullet left of their start, drawn as a small shape or written apart."""
    import pypdfium2.raw as pdfium

    shapes = []
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for i in range(min(pdfium.FPDFPage_CountObjects(page.raw), 20_000)):
        shape = pdfium.FPDFPage_GetObject(page.raw, i)
        if pdfium.FPDFPageObj_GetType(shape) not in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE):
            continue
        if pdfium.FPDFPageObj_GetBounds(shape, left, bottom, right, top):
            width, height = right.value - left.value, top.value - bottom.value
            if 1 < width < 12 and 1 < height < 12 and 0.6 < width / height < 1.7:
                shapes.append((left.value, right.value, (bottom.value + top.value) / 2))
    # Written bullets may come anywhere in the file's order; the ones found are taken into their line.
    written = [line for line in lines if _LONE_MARK.fullmatch(line.text)]
    if (len(shapes) + len(written)) * len(lines) > 1_000_000:
        return lines
    taken = set()
    for line in lines:
        size = line.size
        if any(
            line.bottom < y < line.top and 0 < line.x0 - x1 < 2 * size and x1 - x0 < 0.8 * size
            for x0, x1, y in shapes
        ):
            line.mark = True
        for bullet in written:
            if (
                bullet is not line
                and line.bottom < bullet.middle < line.top
                and 0 < line.x0 - bullet.x1 < 3 * size
            ):
                line.mark = True
                taken.add(id(bullet))
    return [line for line in lines if id(line) not in taken]


def _mark_side_by_side(lines: list[Line]) -> None:
    """Mark lines that have another one beside them: cells of a table, columns."""
    order = sorted((line for line in lines if not line.aside), key=lambda line: -line.middle)
    if len(order) > 5_000:
        return
    for k, line in enumerate(order):
        for other in order[k + 1 : k + 40]:
            if other.middle <= line.middle - 0.95 * line.size:  # half a line apart, where cells are centred
                break
            for a, b in ((line, other), (other, line)):
                if b.x0 >= a.x1:
                    a.side = b.side = True
                    a.limit = min(a.limit, b.x0)
    # A cell's further lines may have nothing beside them.
    for way in (order, order[::-1]):
        above: dict[int, Line] = {}
        for line in way:
            key = round(line.x0 / 2)
            near = next((above[k] for k in (key, key - 1, key + 1) if k in above), None)
            if (
                near is not None
                and near.side
                and abs(near.middle - line.middle) < 4 * near.size
                and line.x1 < near.limit
            ):
                line.side = True
                line.limit = min(line.limit, near.limit)
            above[key] = line


if __name__ == "__main__":
    _main()
