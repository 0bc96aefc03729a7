"""PDF with a text layer to blocks, by PDFium: lines from the places of the characters, paragraphs from the lines.

A PDF has no paragraphs, only characters at places. What a reader of the page sees is used: a line end
after which the next word would have fitted ends a block, any other means nothing; space between lines,
indents, bullets, size and weight of the letters do the rest.
"""

from __future__ import annotations

import ctypes
import math
import re
import threading
import zlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from policytools.readers import Block, normalise
from policytools.readers.plain import BULLET, NUMBER, _is_heading_line
from policytools.segmentation import looks_like_title

MAX_PAGES = 1_000
MAX_CHARACTERS = 3_000_000
MAX_INFLATED = 200_000_000  # bytes of page descriptions, unpacked; pictures do not count
_LOCK = threading.Lock()  # PDFium is not made for threads

_HYPHENS = frozenset("\x02\xad-‐‑\ufffe")
_BULLET_MARK = re.compile(r"[-*•·▪▫◦‣⁃●○■□➢➤✓✔–—o§\uf000-\uf0ff]")
_LONE_MARK = re.compile(rf"{_BULLET_MARK.pattern}|\(?(?:\d{{1,2}}|[a-z]|[ivx]{{1,4}})[.)]")
_PAGE_NUMBER = re.compile(r"\W*(?:(?:page|p\.)\s*)?(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:of|/|\|)\s*\d{1,4})?\W*", re.I)
_COUNTED_PAGE = re.compile(r"\W*(?:page\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?|\d{1,4}\s*(?:of|/)\s*\d{1,4}|[-–—]\s*\d{1,4}\s*[-–—])\W*", re.I)
_PRINTED_ON = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4},? \d{1,2}:\d\d")
_ENDS = re.compile(r"[.!?:;][\"'”’)\]]*$")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S*$")


class _Line:
    """A run of characters on one baseline, without a gap that a column or cell makes."""

    __slots__ = (
        "aside", "bold", "bottom", "first_end", "heights", "limit", "mark", "page", "parts", "side", "size", "start", "text", "top", "x0", "x1",
    )  # fmt: skip

    def __init__(self, page: int, x0: float, bottom: float, top: float, start: int):
        self.page, self.x0, self.x1, self.bottom, self.top, self.start = page, x0, x0, bottom, top, start
        self.parts: list[str] = []
        self.heights: Counter = Counter()
        self.first_end = -1.0  # right edge of what had to fit into the line before
        self.bold = self.side = self.aside = self.mark = False
        self.size = top - bottom
        self.limit = math.inf  # where the next cell or column begins

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def read_pdf(data: bytes, *, name: str) -> tuple[list[Block], list[str]]:
    """Blocks of a PDF, and remarks.

    Parameters
    ----------
    data : bytes
        The file as it is.
    name : str
        Its name, for messages.

    Returns
    -------
    blocks : list of Block
        ``line`` is the page, from 1; ``start`` and ``end`` are -1. Page headers, footers and numbers are
        blocks with ``keep`` false.
    notes : list of str

    Raises
    ------
    ValueError
        If the file is no PDF, damaged, encrypted, has no text layer or one without readable characters,
        or holds more than a policy can; the message names it.
    """
    _refuse_bomb(data, name=name)
    with _LOCK:
        pages = _read_pages(data, name=name)
    n_characters = sum(len(line.text) for _, lines in pages for line in lines)
    if n_characters == 0:
        raise ValueError(
            f"{name}: the PDF has no text layer ({len(pages)} pages, probably scanned); run text recognition (OCR) on it first"
        )
    n_unreadable = sum(_is_unreadable(c) for _, lines in pages for line in lines for c in line.text)
    if n_unreadable > 0.3 * n_characters:
        raise ValueError(
            f"{name}: the PDF's text layer does not say which letters it shows (fonts without Unicode); "
            f"run text recognition (OCR) on it, or save the policy in another format"
        )
    furniture = _find_furniture(pages)
    lines = [line for _, page in pages for line in page if id(line) not in furniture and not line.aside]
    blocks = _to_blocks(lines)
    for _, page in pages:
        for line in page:
            text = normalise(line.text)
            if (id(line) in furniture or line.aside) and text:
                blocks.append(Block("paragraph", text, 0, line.page, keep=False, reason="page furniture"))
    blocks.sort(key=lambda block: block.line)  # stable: a page's furniture comes behind its text
    return blocks, []


def _is_unreadable(character: str) -> bool:
    return character in "\0\ufffd" or "\ue000" <= character < "\uf000" or "\uf100" <= character <= "\uf8ff"


# ---------------------------------------------------------------- file to lines


def _refuse_bomb(data: bytes, *, name: str) -> None:
    """Unpack what is packed once, in small pieces, and stop where it becomes too much."""
    total = 0
    for match in re.finditer(rb"stream\r?\n", data):
        if data[match.start() - 3 : match.start()] == b"end":
            continue
        if re.search(rb"/Subtype\s*/Image(?!.*endobj)", data[max(0, match.start() - 600) : match.start()], re.S):
            continue
        for chunk_size in _inflated(data, match.end()):
            total += chunk_size
            if total > MAX_INFLATED:
                raise ValueError(
                    f"{name}: the PDF unpacks to more than {MAX_INFLATED // 10**6} MB, far beyond a policy (a decompression bomb?)"
                )


def _inflated(data: bytes, start: int) -> Iterator[int]:
    unpacker = zlib.decompressobj()
    piece = memoryview(data)[start : start + 1]
    at = start
    try:
        while not unpacker.eof and at < len(data):
            piece = unpacker.unconsumed_tail or data[at : at + 65_536]
            if not unpacker.unconsumed_tail:
                at += len(piece)
            yield len(unpacker.decompress(piece, 1_048_576))
    except zlib.error:
        return  # not packed this way, or encrypted


def _read_pages(data: bytes, *, name: str) -> list[tuple[float, list[_Line]]]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ValueError(f"{name}: the PDF is encrypted and needs a password; save it without one") from None
        if b"%PDF-" not in data[:1024]:
            raise ValueError(f"{name}: not a PDF (it does not start with %PDF-)") from None
        raise ValueError(f"{name}: the PDF is damaged or cut off ({error}); fetch it again") from None
    try:
        n_pages = len(document)
        if n_pages > MAX_PAGES:
            raise ValueError(f"{name}: {n_pages:,} pages are more than a policy's {MAX_PAGES:,}; cut the file to the policy")
        pages, n_characters = [], 0
        for number in range(n_pages):
            try:
                page = document[number]
                text = page.get_textpage()
            except pypdfium2.PdfiumError as error:
                raise ValueError(f"{name}: page {number + 1} of the PDF is damaged ({error}); fetch it again") from None
            try:
                n_characters += text.count_chars()
                if n_characters > MAX_CHARACTERS:
                    raise ValueError(f"{name}: more than {MAX_CHARACTERS:,} characters by page {number + 1}; cut the file to the policy")
                pages.append((page.get_height(), _read_page(page, text, number + 1)))
            finally:
                text.close()
                page.close()
        return pages
    finally:
        document.close()


def _read_page(page, text, number: int) -> list[_Line]:
    """Lines of a page in the order in which the file draws them."""
    import pypdfium2.raw as pdfium

    n = text.count_chars()
    raw = text.raw
    box = pdfium.FS_RECTF()
    pointer = ctypes.byref(box)
    turn = _dominant_turn(raw, n)
    get_unicode, get_box = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetLooseCharBox
    lines: list[_Line] = []
    line: _Line | None = None
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
        opened = line is not None and not space and abs(left - before) < 0.01  # a ligature: its letters share a place
        before = left
        if line is None or not (opened or _continues(line, left, bottom, top, space)):
            line = _Line(number, left, bottom, top, i)
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
            line.heights[top - bottom] += 1  # the usual one counts: parts of a ligature come without their full height
        line.x1 = max(line.x1, right)
        space = ""
    for line in lines:
        line.text = "".join(line.parts)
        line.size = line.heights.most_common(1)[0][0] if line.heights else line.size
        if line.first_end < 0:
            line.first_end = line.x1
        line.bold = _is_bold(raw, line, n)
    lines = _join_asides(lines)
    lines = _mark_bullets(page, lines)
    _mark_side_by_side(lines)
    return lines


def _turned(box, turn: int) -> tuple[float, float, float, float]:
    """left, right, bottom, top of a character on a page whose text runs in one of four directions."""
    if turn == 1:
        return box.bottom, box.top, -box.right, -box.left
    if turn == 2:
        return -box.right, -box.left, -box.top, -box.bottom
    if turn == 3:
        return -box.top, -box.bottom, box.left, box.right
    return box.left, box.right, box.bottom, box.top


def _dominant_turn(raw, n: int) -> int:
    import pypdfium2.raw as pdfium

    turns = Counter(round(pdfium.FPDFText_GetCharAngle(raw, i) / 1.5708) % 4 for i in range(0, n, max(1, n // 40)))
    return turns.most_common(1)[0][0] if turns else 0


def _angle_between(angle: float, turn: int) -> float:
    return (angle - turn * 1.5708 + 3.1416) % 6.2832 - 3.1416


def _continues(line: _Line, left: float, bottom: float, top: float, space: str) -> bool:
    """Whether a character stands behind the line's last one."""
    size = line.top - line.bottom
    middle = (bottom + top) / 2
    inside = line.bottom < middle < line.top or bottom < line.middle < top
    gap = left - line.x1
    if not inside or gap < -0.5 * size:
        return False
    if all(map(_BULLET_MARK.match, line.parts)) or (len(line.parts) <= 5 and re.fullmatch(r"\(?\w{1,3}[.)]", "".join(line.parts))):
        return gap < 6 * size  # a bullet or number and its item
    # A space in the file may be stretched to fill the line; a gap without one is a cell's.
    return gap < (2.5 if space == "real" else 0.9) * size


def _is_bold(raw, line: _Line, n: int) -> bool:
    """Whether first, last and middle letters are heavy: a bold label in front of a sentence is not a bold line."""
    import pypdfium2.raw as pdfium

    letters = [k for k, part in enumerate(line.parts) if part.isalnum()]
    if not letters:
        return False
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    for k in (0, len(letters) // 3, 2 * len(letters) // 3, len(letters) - 1):
        i = min(line.start + letters[k], n - 1)
        pdfium.FPDFText_GetFontInfo(raw, i, name, 128, ctypes.byref(flags))
        font = name.value.lower()
        if not (re.search(rb"bold|black|heavy|semibd|-bd", font) or (not font and pdfium.FPDFText_GetFontWeight(raw, i) >= 600)):
            return False
    return True


def _join_asides(lines: list[_Line]) -> list[_Line]:
    """Text at an angle (a watermark) comes letter by letter; it is one aside."""
    asides = [line for line in lines if line.aside]
    if not asides:
        return lines
    asides[0].text = "".join(line.text for line in asides)
    return [line for line in lines if not line.aside] + asides[:1]


def _mark_bullets(page, lines: list[_Line]) -> list[_Line]:
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
        if any(line.bottom < y < line.top and 0 < line.x0 - x1 < 2 * size and x1 - x0 < 0.8 * size for x0, x1, y in shapes):
            line.mark = True
        for bullet in written:
            if bullet is not line and line.bottom < bullet.middle < line.top and 0 < line.x0 - bullet.x1 < 3 * size:
                line.mark = True
                taken.add(id(bullet))
    return [line for line in lines if id(line) not in taken]


def _mark_side_by_side(lines: list[_Line]) -> None:
    """Mark lines that have another one beside them: cells of a table, columns."""
    order = sorted((line for line in lines if not line.aside), key=lambda line: -line.middle)
    if len(order) > 5_000:
        return
    for k, line in enumerate(order):
        for other in order[k + 1 : k + 40]:
            if other.middle <= line.middle - 0.8 * line.size:
                break
            for a, b in ((line, other), (other, line)):
                if b.x0 >= a.x1:
                    a.side = b.side = True
                    a.limit = min(a.limit, b.x0)
    # A cell's further lines may have nothing beside them.
    for way in (order, order[::-1]):
        above: dict[int, _Line] = {}
        for line in way:
            key = round(line.x0 / 2)
            near = next((above[k] for k in (key, key - 1, key + 1) if k in above), None)
            if near is not None and near.side and abs(near.middle - line.middle) < 1.6 * near.size:
                line.side = True
            above[key] = line


# ---------------------------------------------------------------- page headers, footers and numbers


def _find_furniture(pages: list[tuple[float, list[_Line]]]) -> set[int]:
    """Lines at the upper and lower edge that come again at the same place on other pages, and page numbers."""
    seen: dict[tuple[str, bool], list[tuple[int, float, _Line]]] = {}
    furniture: set[int] = set()
    for number, (_, lines) in enumerate(pages):
        edge = _edge_lines(lines)
        for line, upper in edge:
            key = re.sub(r"\d+", "#", normalise(line.text).lower())
            seen.setdefault((key, upper), []).append((number, line.middle, line))
        for rows, row in ((0, True), (1, False)):
            outer = [line for line, upper in edge if upper == row]
            if not outer:
                continue
            level = max(line.middle for line in outer) if row else min(line.middle for line in outer)
            outer = [line for line in outer if abs(line.middle - level) < 0.6 * line.size]
            if any(_COUNTED_PAGE.fullmatch(line.text) or _PRINTED_ON.match(line.text) for line in outer):
                furniture.update(map(id, outer))
    n_pages = sum(bool(lines) for _, lines in pages)
    for (key, _), places in seen.items():
        for _, middle, line in places:
            on = {number for number, other, _ in places if abs(other - middle) < 5}
            needed = 2 if n_pages <= 4 or _PAGE_NUMBER.fullmatch(key.replace("#", "1")) else max(3, 0.3 * n_pages)
            if len(on) >= needed:
                furniture.add(id(line))
    return furniture


def _edge_lines(lines: list[_Line]) -> list[tuple[_Line, bool]]:
    """Lines of the three uppermost and three lowermost rows, each with whether it is an upper one."""
    order = sorted((line for line in lines if not line.aside), key=lambda line: -line.middle)
    edge = []
    for upper in (True, False):
        rows, level = 0, None
        for line in order if upper else order[::-1]:
            if level is None or abs(line.middle - level) > 0.6 * line.size:
                rows, level = rows + 1, line.middle
            if rows > 3:
                break
            edge.append((line, upper))
    return edge


# ---------------------------------------------------------------- lines to blocks


def _to_blocks(lines: list[_Line]) -> list[Block]:
    style = _Style(lines)
    groups: list[list[_Line]] = []
    for line in lines:
        # The lines of a table come row by row, so that a cell's next line may follow other cells'.
        group = groups[-1] if groups else None
        if line.side and group and not _shares_column(group, line):
            group = next((other for other in groups[-2:-25:-1] if _shares_column(other, line)), group)
        if group and style.joins(group, line):
            group.append(line)
        else:
            groups.append([line])
    words = _DocumentWords(lines)
    texts = [_text(group, words) for group in groups]
    blocks: list[Block] = []
    row: list[_Line] = []
    for k, (group, raw) in enumerate(zip(groups, texts, strict=True)):
        following = texts[k + 1] if k + 1 < len(texts) else ""
        block = _classify(raw, group, style, following, blocks[-1] if blocks else None)
        if row and blocks and _is_beside(row, group) and len(blocks[-1].text) + len(block.text) < 2000:
            blocks[-1] = Block("table_row", f"{blocks[-1].text} | {block.text}", 0, blocks[-1].line)
            row = group
        elif block.text:
            blocks.append(block)
            row = group
    for block in blocks:
        if not any(map(str.isalnum, block.text)):
            block.keep, block.reason = False, "stray mark"
    return blocks


def _shares_column(group: list[_Line], line: _Line) -> bool:
    last = group[-1]
    centred = line.bold and last.bold and abs(line.x0 + line.x1 - last.x0 - last.x1) < 2
    return last.side and (abs(_text_left(group) - line.x0) < 2 or centred)


class _Style:
    """What is usual in the document: size of the letters, space between lines, right edge."""

    def __init__(self, lines: list[_Line]):
        sizes: Counter = Counter()
        for line in lines:
            sizes[round(2 * line.size)] += len(line.text)
        self.body = sizes.most_common(1)[0][0] / 2
        self.larger = sorted({size / 2 for size in sizes if size / 2 > 1.1 * self.body}, reverse=True)
        self.varies = bool(self.larger) or any(line.bold for line in lines) and not all(line.bold for line in lines)
        self.left = min((line.x0 for line in lines), default=0.0)
        self.right = self._usual_right(sorted(line.x1 for line in lines if not line.side))
        self.column = self._columns([line for line in lines if line.side])
        leadings: dict[int, Counter] = {}
        for a, b in zip(lines, lines[1:], strict=False):
            step = a.middle - b.middle
            if a.page == b.page and 0.5 * a.size < step < 2.5 * a.size and abs(a.size - b.size) < 0.6 and abs(a.x0 - b.x0) < 2:
                leadings.setdefault(round(2 * a.size), Counter())[round(step * 2)] += 1
        self.leading = {size: self._usual(counts) for size, counts in leadings.items()}

    def _usual_right(self, ends: list[float]) -> float:
        """Where filled lines end; single lines may stand out (a long address, a wide table)."""
        if not ends:
            return 0.0
        ends = ends[bisect_left(ends, 0.5 * (self.left + ends[-1])) :]
        for k in range(len(ends) - 1, -1, -1):
            if k + 1 - bisect_left(ends, ends[k] - 3 * self.body) >= 0.15 * len(ends):
                return ends[k]
        return ends[-1]

    @staticmethod
    def _usual(counts: Counter) -> float:
        # The narrowest step that is common: wider ones lie between paragraphs.
        total = sum(counts.values())
        return min(step for step, n in counts.items() if n >= 0.2 * total or n == max(counts.values())) / 2

    def _columns(self, lines: list[_Line]) -> dict[tuple[int, int], float]:
        """Right edge of each column of cells, by page and left edge."""
        columns: dict[tuple[int, int], list[_Line]] = {}
        for line in lines:
            key = round(line.x0 / 3)
            keys = ((line.page, k) for k in (key, key - 1, key + 1))
            columns.setdefault(next((k for k in keys if k in columns), (line.page, key)), []).append(line)
        edges = {}
        for key, column in columns.items():
            left, right = min(line.x0 for line in column), max(line.x1 for line in column)
            limit = min((line.limit for line in column if line.limit >= right), default=math.inf)
            limit = limit - column[0].size if limit < math.inf else max(self.right, right)
            # Where no line comes near the next column, none was broken for want of room.
            edges[key] = right if right > left + 0.75 * (limit - left) else limit
        return edges

    def edge(self, line: _Line) -> float:
        if not line.side:
            return self.right
        key = round(line.x0 / 3)
        return next((self.column[line.page, k] for k in (key, key - 1, key + 1) if (line.page, k) in self.column), self.right)

    def joins(self, group: list[_Line], line: _Line) -> bool:
        """Whether a line goes on with a block."""
        first, last = group[0], group[-1]
        size = last.size
        if line.mark or _starts_item(line.text) and (line.x0 < _text_left(group) - 1 or _starts_item(first.text) or _ENDS.search(last.text)):
            return False
        if abs(line.size - size) > 0.09 * size and not _BULLET_MARK.fullmatch(first.text):
            return False
        if _BULLET_MARK.fullmatch(last.text) and len(group) == 1 and line.page == last.page:
            return line.x0 > last.x1 and abs(line.middle - last.middle) < size  # a bullet drawn apart from its item
        hangs = _starts_item(first.text) or first.mark or bool(_BULLET_MARK.fullmatch(first.text))
        filled = last.x1 + 0.2 * size + line.first_end - line.x0 > self.edge(last) - 0.03 * size
        starts_lower = line.text[:1].islower()
        open_end = not _ENDS.search(last.text)
        if line.page != last.page or line.middle > last.middle + 2 * size:
            if not (open_end and filled) or line.page > last.page + 1:
                return False
            if line.side or last.side:  # only a cell's own column
                return starts_lower and line.page > last.page and abs(line.x0 - _text_left(group)) < 2
            if line.page == last.page:
                return starts_lower and line.x0 > last.x1
            same_left = abs(line.x0 - _text_left(group)) < (2 if len(group) > 1 else 3 * size)
            return same_left and (starts_lower or line.bold == last.bold and not self._is_heading(group))
        step = last.middle - line.middle
        usual = self.leading.get(round(2 * size), 1.35 * size)
        if not 0.4 * size < step <= max(1.12 * usual + 0.5, usual + 0.12 * size):
            return False
        indent = line.x0 - _text_left(group)
        if line.side and last.side and (line.x0 > max(part.x1 for part in group) or abs(indent) > 2 and not hangs):
            # Only the heads of a table's columns are centred.
            return line.bold and last.bold and abs(line.x0 + line.x1 - last.x0 - last.x1) < 2
        if len(group) > 1 and abs(indent) > 0.6 * size and not _is_centred(group, line):
            return False
        if len(group) == 1 and not -5 * size < indent < (4 if hangs else 2) * size and not _is_centred(group, line):
            return False
        if first.bold and all(part.bold for part in group) and not line.bold and self._is_heading(group):
            return False
        reach = (last.x1 - self.left) / max(self.edge(last) - self.left, 1.0)
        return filled or (open_end and reach > (0.6 if starts_lower else 0.8)) or last.text[-1:] in _HYPHENS and starts_lower

    def _is_heading(self, group: list[_Line]) -> bool:
        if min(line.size for line in group) > 1.1 * self.body:
            return True
        if not all(line.bold and not line.side and not line.mark for line in group):
            return False
        text = " ".join(line.text for line in group).rstrip(":")
        return len(text.split()) <= 15 and (text[-1:].isalnum() or looks_like_title(text))

    def rank(self, group: list[_Line]) -> int:
        """Rank of a heading, from 1; 0 for other text."""
        size = min(line.size for line in group)
        if not self._is_heading(group):
            return 0
        bigger = [other for other in self.larger if other > size + 0.6]
        return min(1 + len(bigger), 6) if size > 1.1 * self.body else min(max(len(self.larger) + 1, 3), 6)


def _starts_item(text: str) -> bool:
    return bool(BULLET.match(text) or NUMBER.match(text) or re.match(r"[o§\uf000-\uf0ff] (?=\S)", text))


def _text_left(group: list[_Line]) -> float:
    return group[1].x0 if len(group) > 1 else group[0].x0


def _is_centred(group: list[_Line], line: _Line) -> bool:
    last = group[-1]
    return abs((line.x0 + line.x1) - (last.x0 + last.x1)) < 0.5 * line.size


def _is_beside(row: list[_Line], group: list[_Line]) -> bool:
    """Whether a block stands to the right of another, in the same row of a table."""
    if row[-1].page != group[0].page or not (row[0].side and group[0].side):
        return False
    if min(line.x0 for line in group) < max(line.x1 for line in row):
        return False
    return group[0].top > row[-1].bottom and group[-1].bottom < row[0].top


def _classify(raw: str, group: list[_Line], style: _Style, following: str, previous: Block | None) -> Block:
    page = group[0].page
    rank = style.rank(group) if len(raw.split()) <= 30 else 0
    bullet = BULLET.match(raw) or re.match(r"[o§\uf000-\uf0ff] (?=\S)", raw)
    number = NUMBER.match(raw)
    text = normalise(raw)
    if rank and not bullet:
        return Block("heading", text, rank, page)
    depth = 1 + max(0, round((group[0].x0 - style.left) / (2.5 * style.body) - 0.5))
    if bullet or group[0].mark:
        return Block("list_item", normalise(raw[bullet.end() :] if bullet else raw), min(depth, 6), page)
    if not style.varies:
        rest = normalise(raw[number.end() :]) if number else text
        in_list = previous is not None and previous.kind == "list_item" and not text.endswith(":")
        if _is_heading_line(rest, following, scrape=False, in_list=in_list):
            return Block("heading", text, 2, page)
    if number:
        return Block("list_item", normalise(raw[number.end() :]), min(depth, 6), page)
    return Block("paragraph", text, 0, page)


# ---------------------------------------------------------------- words that a line end cut


class _DocumentWords:
    """Which words the document writes, whole and with a hyphen, inside lines."""

    def __init__(self, lines: list[_Line]):
        self.whole: Counter = Counter()
        self.hyphenated: Counter = Counter()
        for line in lines:
            for word in re.findall(r"[^\W\d_]+(?:[-‐‑][^\W\d_]+)*(?=[^\w‐‑-]|$)", line.text.lower())[:-1]:
                (self.hyphenated if re.search("[-‐‑]", word) else self.whole)[re.sub("[‐‑]", "-", word)] += 1

        # Some documents break words, others only break lines behind hyphens that were there.
        ends = [re.search(r"([^\W\d_]{2,})[\x02\xad‐‑\ufffe-]$", line.text.lower()) for line in lines]
        pairs = [
            (end[1], re.match(r"[^\W\d_]*", line.text)[0])
            for end, line in zip(ends, lines[1:], strict=False)
            if end and line.text[:1].islower()
        ]
        known = _dictionary() if pairs else frozenset()
        self.hyphenates = sum(a not in known or b not in known for a, b in pairs) > 0.3 * len(pairs)

    def keeps_hyphen(self, left: str, right: str) -> bool:
        """Whether a hyphen at a line's end belongs to the word."""
        left, right = left.lower(), right.lower()
        if not (left.isalpha() and right.isalpha()) or len(left) < 2 or len(right) < 2:
            return True
        together, parted = self.whole[left + right], self.hyphenated[f"{left}-{right}"]
        if together != parted:
            return parted > together
        if self.hyphenates and any((left + right).removesuffix(end) in _dictionary() for end in ("", "s", "ed", "ing", "ly")):
            return False
        if not self.hyphenates and f"{left}{right}" in _dictionary() and not (left in _dictionary() and right in _dictionary()):
            return False
        return left in _dictionary() and right in _dictionary()


@cache
def _dictionary() -> frozenset[str]:
    path = Path(__file__).parent.parent / "resources" / "cmudict" / "corpora" / "cmudict" / "cmudict"
    return frozenset(line.split(" ", 1)[0].lower() for line in path.read_text("utf-8").splitlines())


def _text(group: list[_Line], words: _DocumentWords) -> str:
    """Text of a block's lines put together."""
    text = group[0].text
    for line in group[1:]:
        text = _append(text, line.text, words)
    return re.sub("[\x02\ufffe]", "-", text)


def _append(text: str, line: str, words: _DocumentWords) -> str:
    if text[-1:] in _HYPHENS and re.search(r"\w.$", text):
        left = re.search(r"([^\W\d_]*).$", text)[1]
        right = re.match(r"[^\W\d_]*", line)[0]
        soft = text[-1] == "\xad"
        if _ADDRESS.search(text):
            return text[:-1] + "-" + line
        if not line[:1].isalnum():
            return f"{text} {line}"
        if soft or (line[:1].islower() and not words.keeps_hyphen(left, right)):
            return text[:-1] + line
        return text[:-1] + "-" + line
    broken = _ADDRESS.search(text) and re.match(r"\S*[\d/?=&%_#]|\S+\.\w|\S+-\S", line) and text[-1] not in ".,;:)"
    if broken or text[-1:] in "—/" and re.search(r"\w.$", text):
        return text + line
    return f"{text} {line}"
