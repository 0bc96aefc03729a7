"""Characters of a PDF to lines, in a separate process.

A PDF of a few kilobytes can keep PDFium busy for hours or make it ask for gigabytes, and a call into PDFium cannot
be interrupted. So `read_lines` runs this file in a second interpreter with a limit of time and, where the system has
one, of memory. Only that interpreter imports PDFium, and nothing of policytools.
"""

from __future__ import annotations

import ctypes
import json
import math
import re
import subprocess
import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from itertools import pairwise
from typing import Any, NamedTuple

MAX_PAGES = 1_000
MAX_CHARACTERS = 2_000_000
MAX_SECONDS = 120
MAX_MEMORY = 1_000_000_000  # bytes

BULLET_MARK = re.compile(r"[-*•·▪▫◦‣⁃●○■□➢➤✓✔–—o§\uf000-\uf0ff]")
_HEAVY = re.compile(rb"bold|black|heavy|semibd|-bd", re.IGNORECASE)
_FORCE_BOLD = 1 << 18  # in the flags of a font
_QUARTER_TURN = 1.5708  # a right angle in radians
_LONE_MARK = re.compile(rf"{BULLET_MARK.pattern}|\(?(?:\d{{1,2}}|[a-z]|[ivx]{{1,4}})[.)]")
_OPENING_MARK = re.compile(rf"{BULLET_MARK.pattern}+|\(?\w{{1,3}}[.)]")


@dataclass
class Line:
    """Characters on one baseline, without a gap as wide as those between columns or cells of a table.

    Lengths are in points; the y axis points up the page.
    """

    page: int
    x0: float
    x1: float
    bottom: float
    top: float
    text: str = ""
    size: float = 0.0  # height of the letters
    first_end: float = -1.0  # right edge of the first word, up to where a line end may break it
    limit: float = math.inf  # where the next cell or column begins
    bold: bool = False
    side: bool = False  # there is another line beside it
    aside: bool = False  # written at an angle
    mark: bool = False  # a bullet or number is to its left

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def read_lines(data: bytes, *, name: str) -> list[list[Line]]:
    """Lines of each page, in the order in which the file draws them.

    Parameters
    ----------
    data : bytes
        Content of the file.
    name : str
        Its name, for messages.

    Raises
    ------
    ValueError
        If the file is not a PDF, is damaged or encrypted, or exceeds a limit; the message names the file.
    """
    try:
        # -P: "import html" must not find the file of that name beside this one.
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
    return [[Line(*values) for values in page] for page in answer["pages"]]


def _main() -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
    except (ImportError, OSError, ValueError):
        pass  # this system has no such limit; the limit of time remains
    answer: dict[str, Any]
    try:
        pages = _read_pages(sys.stdin.buffer.read())
        answer = {"pages": [[astuple(line) for line in page] for page in pages]}
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
            text, turn = _upright_text(page)
        except pypdfium2.PdfiumError as error:
            raise ValueError(f"page {number} of the PDF is damaged ({error}); fetch it again") from None
        n_characters += text.count_chars()
        if n_characters > MAX_CHARACTERS:
            raise ValueError(
                f"more than {MAX_CHARACTERS:,} characters by page {number}; cut the file to the policy"
            )
        pages.append(_read_page(page, text, number, turn))
        text.close()
        page.close()
    return pages


def _upright_text(page: Any) -> tuple[Any, int]:
    """The text of a page, and its direction in quarter turns; the page is turned until most of it is upright.

    PDFium's order of the characters depends on how the page is shown.
    """
    text = page.get_textpage()
    turn = _dominant_turn(text.raw, text.count_chars())
    rotation = -90 * turn % 360
    if page.get_rotation() != rotation:
        text.close()
        page.set_rotation(rotation)
        text = page.get_textpage()
    return text, turn


def _read_page(page: Any, text: Any, number: int, turn: int) -> list[Line]:
    """Lines of a page in the order in which the file draws them."""
    import pypdfium2.raw as pdfium

    raw = text.raw
    drawn: list[_DrawnLine] = []
    previous_left = math.inf
    for character in _characters(raw, text.count_chars(), turn):
        current = drawn[-1] if drawn else None
        if current and character.right <= character.left and not character.space:
            # A mark without width belongs to the letter before it.
            end = current.line.x1
            character = character._replace(
                left=end, right=end, bottom=current.line.bottom, top=current.line.top
            )
        # The letters of a ligature have the same place; on a page that is turned, one is above the other.
        is_ligature = not character.space and abs(character.left - previous_left) < 0.01
        previous_left = character.left
        if current and (is_ligature and current.touches(character) or current.continues_with(character)):
            current.add(character)
        else:
            angle = pdfium.FPDFText_GetCharAngle(raw, character.number)
            drawn.append(_DrawnLine(number, character, aside=abs(_angle_between(angle, turn)) > 0.2))
    lines = _join_asides([line.finished(raw) for line in _join_stretched(drawn)])
    lines = _mark_bullets(lines, _small_shapes(page, turn))
    _mark_side_by_side(lines)
    return lines


class _Character(NamedTuple):
    number: int  # in the page
    text: str
    left: float
    right: float
    bottom: float
    top: float
    space: str  # before it: "real", "made" by PDFium for a gap, "line end" where PDFium saw one, or ""
    is_tied: bool  # the space does not break


def _characters(raw: Any, n: int, turn: int) -> Iterator[_Character]:
    """The characters of a page that are not blank."""
    import pypdfium2.raw as pdfium

    box = pdfium.FS_RECTF()
    pointer = ctypes.byref(box)
    space, is_tied, high = "", False, 0
    for i in range(n):
        code = pdfium.FPDFText_GetUnicode(raw, i)
        if 0xD800 <= code < 0xDC00:  # a surrogate pair comes as two characters
            high = code
        elif code in (9, 32, 160):
            is_tied = code == 160
            space = "made" if space != "real" and pdfium.FPDFText_IsGenerated(raw, i) == 1 else "real"
        elif code in (10, 13):
            space = space or "line end"
        else:
            if 0xDC00 <= code < 0xE000 and high:
                code, high = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00), 0
            if pdfium.FPDFText_GetLooseCharBox(raw, i, pointer):
                is_valid = code < 0x110000 and not 0xD800 <= code < 0xE000
                yield _Character(i, chr(code) if is_valid else "\ufffd", *_turned(box, turn), space, is_tied)
                space = ""


class _DrawnLine:
    """A line while its characters are added."""

    def __init__(self, page: int, first: _Character, *, aside: bool):
        self.line = Line(page, first.left, first.left, first.bottom, first.top, aside=aside)
        self.line.size = first.top - first.bottom
        self.parts: list[str] = []
        self.gaps: list[float] = []  # widths of the spaces
        self.letters: list[int] = []  # number of each letter and digit in the page
        self.heights: Counter[float] = Counter()
        self.add(first._replace(space=""))

    def covers(self, character: _Character) -> bool:
        return self.line.bottom < (character.bottom + character.top) / 2 < self.line.top

    def touches(self, character: _Character) -> bool:
        return character.bottom < self.line.top + 0.1 and character.top > self.line.bottom - 0.1

    def continues_with(self, character: _Character) -> bool:
        """Whether a character directly follows the line's last one."""
        line = self.line
        size = line.top - line.bottom
        is_level = self.covers(character) or character.bottom < line.middle < character.top
        gap = character.left - line.x1
        if not is_level or gap < -0.8 * size:
            return False
        if len(self.parts) <= 5 and _OPENING_MARK.fullmatch("".join(self.parts)):
            return gap < 6 * size  # a bullet or number, and its item
        # A space in the file may be stretched to fill the line; a gap without a space is between cells.
        return gap < (2.5 if character.space == "real" else 0.9) * size

    def add(self, character: _Character) -> None:
        line, text = self.line, character.text
        gap = character.left - line.x1
        # PDFium may see a line end after each letter of a scaled page, and then it drops the spaces of the file.
        if gap > 0.12 * (line.top - line.bottom) if character.space == "line end" else character.space:
            self.gaps.append(gap)
            if line.first_end < 0 and not character.is_tied:
                line.first_end = line.x1
            self.parts.append(" ")
        if text in "-‐–—/" and line.first_end < 0 and self.parts and self.parts[-1].isalnum():
            line.first_end = character.right
        self.parts.append(text)
        if text.isalnum():
            line.bottom, line.top = min(line.bottom, character.bottom), max(line.top, character.top)
            self.heights[character.top - character.bottom] += 1
            self.letters.append(character.number)
        line.x1 = max(line.x1, character.right)

    def goes_on_in(self, other: _DrawnLine) -> bool:
        """Whether another line is to the right of this one."""
        level = abs(self.line.middle - other.line.middle) < 0.2 * self.line.size
        return level and other.line.x0 > self.line.x1 and self.line.aside == other.line.aside

    def append(self, other: _DrawnLine) -> None:
        """Add a line to the right of this one after a space."""
        if self.line.first_end < 0:
            self.line.first_end = self.line.x1
        self.gaps += [other.line.x0 - self.line.x1, *other.gaps]
        self.parts += [" ", *other.parts]
        self.letters += other.letters
        self.heights += other.heights
        self.line.x1 = other.line.x1

    def finished(self, raw: Any) -> Line:
        line = self.line
        # PDFium's mark for a hyphen at a line end, where it sees a line end inside the line.
        line.text = re.sub("[\x02\ufffe](?=.)", "-", "".join(self.parts))
        if self.heights:
            line.size = self.heights.most_common(1)[0][0]  # the parts of a ligature are lower
        if line.first_end < 0:
            line.first_end = line.x1
        line.bold = _is_bold(raw, self.letters)
        return line


def _join_stretched(drawn: list[_DrawnLine]) -> list[_DrawnLine]:
    """Join the words of justified lines, which may be as far apart as cells.

    All gaps of such a line are alike, and it ends where other lines of text end.
    """
    ends = sorted(one.line.x1 for one in drawn if len(one.gaps) > 2)
    rows: list[list[_DrawnLine]] = []
    for one in drawn:
        if rows and rows[-1][-1].goes_on_in(one):
            rows[-1].append(one)
        else:
            rows.append([one])
    joined: list[_DrawnLine] = []
    for row in rows:
        gaps = [b.line.x0 - a.line.x1 for a, b in pairwise(row)] + [gap for one in row for gap in one.gaps]
        end = row[-1].line.x1
        is_full = bisect_left(ends, end - 1) < bisect_left(ends, end + 1)
        if len(row) > 1 and is_full and max(gaps) < 1.4 * min(gaps):
            for one in row[1:]:
                row[0].append(one)
            del row[1:]
        joined += row
    return joined


def _turned(box: Any, turn: int) -> tuple[float, float, float, float]:
    """Left, right, bottom and top of a character, as if the page were turned until its text is upright."""
    if turn == 1:
        return -box.top, -box.bottom, box.left, box.right
    if turn == 2:
        return -box.right, -box.left, -box.top, -box.bottom
    if turn == 3:
        return box.bottom, box.top, -box.right, -box.left
    return box.left, box.right, box.bottom, box.top


def _dominant_turn(raw: Any, n: int) -> int:
    """Direction of most of the text, in quarter turns."""
    import pypdfium2.raw as pdfium

    turns = Counter(
        round(pdfium.FPDFText_GetCharAngle(raw, i) / _QUARTER_TURN) % 4 for i in range(0, n, max(1, n // 40))
    )
    return turns.most_common(1)[0][0] if turns else 0


def _angle_between(angle: float, turn: int) -> float:
    return (angle - turn * _QUARTER_TURN + 3.1416) % 6.2832 - 3.1416


def _is_bold(raw: Any, letters: list[int]) -> bool:
    """Whether a line is bold throughout, judged by a sample; a bold label before a sentence is not enough."""
    import pypdfium2.raw as pdfium

    if not letters:
        return False
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    for k in (0, len(letters) // 3, 2 * len(letters) // 3, len(letters) - 1):
        pdfium.FPDFText_GetFontInfo(raw, letters[k], name, 128, ctypes.byref(flags))
        if not (_HEAVY.search(name.value) or flags.value & _FORCE_BOLD):
            return False
    return True


def _join_asides(lines: list[Line]) -> list[Line]:
    """Join all text at an angle, such as a watermark, in one line: each letter came as a separate line."""
    asides = [line for line in lines if line.aside]
    if not asides:
        return lines
    asides[0].text = "".join(line.text for line in asides)
    return [line for line in lines if not line.aside] + asides[:1]


def _mark_bullets(lines: list[Line], shapes: list[tuple[float, float, float]]) -> list[Line]:
    """Mark the lines with a bullet to their left; a bullet that is written as a line is removed."""
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
            is_left_of_it = line.bottom < bullet.middle < line.top and 0 < line.x0 - bullet.x1 < 3 * size
            if bullet is not line and is_left_of_it:
                line.mark = True
                taken.add(id(bullet))
    return [line for line in lines if id(line) not in taken]


def _small_shapes(page: Any, turn: int) -> list[tuple[float, float, float]]:
    """Left, right and middle height of the drawings and pictures that may be bullets."""
    import pypdfium2.raw as pdfium

    shapes = []
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for i in range(min(pdfium.FPDFPage_CountObjects(page.raw), 20_000)):
        shape = pdfium.FPDFPage_GetObject(page.raw, i)
        if pdfium.FPDFPageObj_GetType(shape) not in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE):
            continue
        if pdfium.FPDFPageObj_GetBounds(shape, left, bottom, right, top):
            box = pdfium.FS_RECTF(left.value, top.value, right.value, bottom.value)
            x0, x1, y0, y1 = _turned(box, turn)
            if 1 < x1 - x0 < 12 and 1 < y1 - y0 < 12 and 0.6 < (x1 - x0) / (y1 - y0) < 1.7:
                shapes.append((x0, x1, (y0 + y1) / 2))
    return shapes


def _mark_side_by_side(lines: list[Line]) -> None:
    """Mark the lines that have another line beside them: cells of a table, columns."""
    order = sorted((line for line in lines if not line.aside), key=lambda line: -line.middle)
    if len(order) > 5_000:
        return
    for k, line in enumerate(order):
        for other in order[k + 1 : k + 40]:
            if other.middle <= line.middle - 0.95 * line.size:  # centred cells may be half a line apart
                break
            for a, b in ((line, other), (other, line)):
                if b.x0 >= a.x1:
                    a.side = b.side = True
                    a.limit = min(a.limit, b.x0)
    # The other lines of a cell may have nothing beside them.
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
