"""PDF with a text layer to blocks, by PDFium: lines from the places of the characters, paragraphs from the lines.

A PDF has no paragraphs, only characters at places. What a reader of the page sees is used: a line end
after which the next word would have fitted ends a block, any other means nothing; space between lines,
indents, bullets, size and weight of the letters do the rest.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from functools import cache
from itertools import pairwise

from policytools._files import PACKAGE
from policytools.reading.blocks import Block, join_printed
from policytools.reading.list_marks import BULLET, NUMBER, marks_before, strip_bullet
from policytools.reading.pdf_characters import BULLET_MARK, Line, read_lines
from policytools.reading.plain import is_heading_line
from policytools.text.clauses import is_bold_title
from policytools.text.normalise import normalise

_HYPHENS = frozenset("\x02\xad-‐‑\ufffe")
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|p\.)\s*)?(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:of|/|\|)\s*\d{1,4})?\W*", re.IGNORECASE
)
_COUNTED_PAGE = re.compile(
    r"\W*(?:page\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?|\d{1,4}\s*(?:of|/)\s*\d{1,4}|[-–—]\s*\d{1,4}\s*[-–—])\W*",
    re.IGNORECASE,
)
_PRINTED_ON = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4},? \d{1,2}:\d\d")
_ENDS = re.compile(r"[.!?:;][\"'”’)\]]*$")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S*$")


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
    pages = read_lines(data, name=name)
    n_characters = sum(len(line.text) for lines in pages for line in lines)
    if n_characters == 0:
        raise ValueError(
            f"{name}: the PDF has no text layer ({len(pages)} pages, probably scanned); run text recognition (OCR) on it first"
        )
    n_unreadable = sum(_is_unreadable(c) for lines in pages for line in lines for c in line.text)
    if n_unreadable > 0.3 * n_characters:
        raise ValueError(
            f"{name}: the PDF's text layer does not say which letters it shows (fonts without Unicode); "
            f"run text recognition (OCR) on it, or save the policy in another format"
        )
    furniture = _find_furniture(pages)
    lines = [line for page in pages for line in page if id(line) not in furniture and not line.aside]
    blocks = join_printed(_to_blocks(lines))
    for page in pages:
        for line in page:
            text = normalise(line.text)
            if (id(line) in furniture or line.aside) and text:
                blocks.append(Block("paragraph", text, 0, line.page, keep=False, reason="page furniture"))
    blocks.sort(key=lambda block: block.line)  # stable: a page's furniture comes behind its text
    notes = []
    empty = [str(number) for number, page in enumerate(pages, start=1) if not page]
    if empty:
        notes.append(
            f"no text on {len(empty)} of the PDF's {len(pages)} pages ({', '.join(empty[:10])}), perhaps pictures of text"
        )
    if b"%%EOF" not in data[-4096:]:
        notes.append("the end of the PDF is missing; text may be missing with it")
    return blocks, notes


def _is_unreadable(character: str) -> bool:
    return character in "\0\ufffd" or "\ue000" <= character < "\uf000" or "\uf100" <= character <= "\uf8ff"


# ---------------------------------------------------------------- page headers, footers and numbers


def _find_furniture(pages: list[list[Line]]) -> set[int]:
    """Lines at the upper and lower edge that come again at the same place on other pages, and page numbers."""
    seen: dict[tuple[str, bool], list[Line]] = {}
    furniture: set[int] = set()
    edge: list[tuple[Line, bool]] = []
    for lines in filter(None, pages):
        edge = _edge_lines(lines)
        for line, upper in edge:
            key = re.sub(r"\d+", "#", normalise(line.text).lower())
            seen.setdefault((key, upper), []).append(line)
    n_pages = sum(bool(lines) for lines in pages)
    if n_pages == 1:  # nothing comes again: only what can be nothing else
        for upper in (True, False):
            outer = [line for line, is_upper in edge if is_upper == upper]
            level = (max if upper else min)(line.middle for line in outer)
            outer = [line for line in outer if abs(line.middle - level) < 0.6 * line.size]
            if any(_COUNTED_PAGE.fullmatch(line.text) or _PRINTED_ON.match(line.text) for line in outer):
                furniture.update(map(id, outer))
    for (key, _), places in seen.items():
        number = _PAGE_NUMBER.fullmatch(key.replace("#", "1"))
        needed = 2 if n_pages <= 4 or number else max(3, 0.3 * n_pages)
        for line in places:
            if len({other.page for other in places if abs(other.middle - line.middle) < 5}) >= needed:
                furniture.add(id(line))
    return furniture


def _edge_lines(lines: list[Line]) -> list[tuple[Line, bool]]:
    """Lines of the three uppermost and three lowermost rows, each with whether it is an upper one."""
    order = sorted((line for line in lines if not line.aside), key=lambda line: -line.middle)
    edge = []
    for upper in (True, False):
        rows, level = 0, math.inf
        for line in order if upper else order[::-1]:
            if abs(line.middle - level) > 0.6 * line.size:
                rows, level = rows + 1, line.middle
            if rows > 3:
                break
            edge.append((line, upper))
    return edge


# ---------------------------------------------------------------- lines to blocks


def _to_blocks(lines: list[Line]) -> list[Block]:
    if not lines:
        return []
    style = _Style(lines)
    groups: list[list[Line]] = []
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
    row: list[Line] = []
    cells: set[int] = set()  # numbers of the blocks that stand in tables
    for k, (group, raw) in enumerate(zip(groups, texts, strict=True)):
        following = texts[k + 1] if k + 1 < len(texts) else ""
        block = _classify(raw, group, style, following, blocks[-1] if blocks else None)
        if row and blocks and _is_beside(row, group) and len(blocks[-1].text) + len(block.text) < 2000:
            blocks[-1] = Block("table_row", f"{blocks[-1].text} | {block.text}", 0, blocks[-1].line)
            row = group
        elif block.text:
            blocks.append(block)
            row = group
        if any(line.side for line in group):
            cells.add(len(blocks) - 1)
    _mark_repeated_heads(blocks, cells)
    for block in blocks:
        if not any(map(str.isalnum, block.text)):
            block.keep, block.reason = False, "stray mark"
    return blocks


def _mark_repeated_heads(blocks: list[Block], cells: set[int]) -> None:
    """A table that goes on over the page shows its head again; only the first one is text."""
    first: dict[str, int] = {}
    for number, block in enumerate(blocks):
        if number not in cells:
            continue
        original = first.setdefault(block.text, number)
        if original == number or original - 1 in cells or blocks[number - 1].line >= block.line:
            continue  # not the head of a table, or not at the head of a page
        size = 0
        while (
            number + size < len(blocks)
            and {number + size, original + size} <= cells
            and blocks[number + size].text == blocks[original + size].text
        ):
            size += 1
        if size >= 2 or block.kind == "table_row":  # one cell may well say the same as another
            for again in blocks[number : number + size]:
                again.keep, again.reason = False, "page furniture"


def _shares_column(group: list[Line], line: Line) -> bool:
    last = group[-1]
    centred = line.bold and last.bold and abs(line.x0 + line.x1 - last.x0 - last.x1) < 2
    return last.side and (abs(_text_left(group) - line.x0) < 2 or centred)


class _Style:
    """What is usual in the document: size of the letters, space between lines, right edge."""

    def __init__(self, lines: list[Line]):
        sizes: Counter = Counter()
        for line in lines:
            sizes[round(2 * line.size)] += len(line.text)
        self.body = sizes.most_common(1)[0][0] / 2
        self.larger = sorted({size / 2 for size in sizes if size / 2 > 1.1 * self.body}, reverse=True)
        self.varies = (
            bool(self.larger) or any(line.bold for line in lines) and not all(line.bold for line in lines)
        )
        self.left = min((line.x0 for line in lines), default=0.0)
        self.right = self._usual_right(sorted(line.x1 for line in lines if not line.side))
        self.column = self._columns([line for line in lines if line.side])
        leadings: dict[tuple[int, bool], Counter] = {}  # tables have their own
        for a, b in pairwise(lines):
            step = a.middle - b.middle
            if (
                a.page == b.page
                and 0.5 * a.size < step < 2.5 * a.size
                and abs(a.size - b.size) < 0.6
                and abs(a.x0 - b.x0) < 2
                and a.side == b.side
            ):
                leadings.setdefault((round(2 * a.size), a.side), Counter())[round(step * 2)] += 1
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

    def _columns(self, lines: list[Line]) -> dict[int, float]:
        """Right edge of the column of cells that each line stands in; several tables may begin at one left edge."""
        places: dict[tuple[int, int], list[Line]] = {}
        for line in lines:
            place = round(line.x0 / 3)
            keys = [(line.page, k) for k in (place, place - 1, place + 1)]
            places.setdefault(next((key for key in keys if key in places), keys[0]), []).append(line)
        edges = {}
        for place_lines in places.values():
            for column in _tables_apart(place_lines):
                left, right = min(line.x0 for line in column), max(line.x1 for line in column)
                limit = min((line.limit for line in column if line.limit >= right), default=math.inf)
                limit = limit - column[0].size if limit < math.inf else max(self.right, right)
                # Where no line comes near the next column, none was broken for want of room.
                edge = right if right > left + 0.75 * (limit - left) else limit
                edges.update({id(line): edge for line in column})
        return edges

    def edge(self, line: Line) -> float:
        return self.column.get(id(line), self.right) if line.side else self.right

    def joins(self, group: list[Line], line: Line) -> bool:
        """Whether a line goes on with a block."""
        first, last = group[0], group[-1]
        size = last.size
        filled = last.x1 + 0.2 * size + line.first_end - line.x0 > self.edge(last) - 0.03 * size
        if line.mark or (
            _starts_item(line.text)
            and (line.x0 < _text_left(group) - 1 or _starts_item(first.text) or _ENDS.search(last.text))
            and not (filled and _is_inside(group, line))
        ):
            return False
        if line.side and last.text[-1:] in ",;" and _opens_alike(first.text, line.text):
            return False
        if abs(line.size - size) > 0.09 * size and not BULLET_MARK.fullmatch(first.text):
            return False
        if BULLET_MARK.fullmatch(last.text) and len(group) == 1 and line.page == last.page:
            return line.x0 > last.x1 and abs(line.middle - last.middle) < size
        hangs = _starts_item(first.text) or first.mark or bool(BULLET_MARK.fullmatch(first.text))
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
        key = round(2 * size)
        usual = self.leading.get((key, last.side), self.leading.get((key, not last.side), 1.35 * size))
        # A letter of another font may push two lines of a sentence apart.
        stretched = 2.2 * usual if filled and open_end and starts_lower else 0.0
        if not 0.4 * size < step <= max(1.12 * usual + 0.5, usual + 0.12 * size, stretched):
            return False
        indent = line.x0 - _text_left(group)
        if (
            line.side
            and last.side
            and (line.x0 > max(part.x1 for part in group) or abs(indent) > 2 and not hangs)
        ):
            # Only the heads of a table's columns are centred.
            return line.bold and last.bold and abs(line.x0 + line.x1 - last.x0 - last.x1) < 2
        if len(group) > 1 and abs(indent) > 0.6 * size and not _is_centred(group, line):
            return False
        if (
            len(group) == 1
            and not -5 * size < indent < (4 if hangs else 2) * size
            and not _is_centred(group, line)
        ):
            return False
        if first.bold and all(part.bold for part in group) and not line.bold and self._is_heading(group):
            return False
        reach = (last.x1 - self.left) / max(self.edge(last) - self.left, 1.0)
        return (
            filled
            or (open_end and reach > (0.6 if starts_lower else 0.8))
            or last.text[-1:] in _HYPHENS
            and starts_lower
        )

    def _is_heading(self, group: list[Line], following: str | None = None) -> bool:
        if min(line.size for line in group) > 1.1 * self.body:
            return True
        if not all(line.bold and not line.side and not line.mark for line in group):
            return False
        text = " ".join(line.text for line in group)
        if following is None:  # not known yet
            return len(text.split()) <= 15 and (text[-1:].isalnum() or is_bold_title(text))
        return is_bold_title(text, following)

    def rank(self, group: list[Line], following: str) -> int:
        """Rank of a heading, from 1; 0 for other text."""
        size = min(line.size for line in group)
        if not self._is_heading(group, following):
            return 0
        bigger = [other for other in self.larger if other > size + 0.6]
        return min(1 + len(bigger), 6) if size > 1.1 * self.body else min(max(len(self.larger) + 1, 3), 6)


def _opens_alike(first: str, line: str) -> bool:
    """Whether lines of a cell are items of one list: "To provide ...," and "To share ..."."""
    word = first.split(maxsplit=1)[0]
    return word[:1].isupper() and line.split(maxsplit=1)[0] == word


def _tables_apart(lines: list[Line]) -> list[list[Line]]:
    """Lines with one left edge, parted where one of them reaches over the next column of the others."""
    parts: list[list[Line]] = []
    right, limit = 0.0, math.inf
    for line in sorted(lines, key=lambda line: -line.middle):
        if parts and max(right, line.x1) <= min(limit, line.limit):
            parts[-1].append(line)
        else:
            parts.append([line])
            right, limit = 0.0, math.inf
        right, limit = max(right, line.x1), min(limit, line.limit)
    return parts


def _starts_item(text: str) -> bool:
    return bool(BULLET.match(text) or NUMBER.match(text) or re.match(r"[o§\uf000-\uf0ff] (?=\S)", text))


def _is_inside(group: list[Line], line: Line) -> bool:
    """Whether a line opens with "(c)" because "... (b) ... (c) ..." in one paragraph was broken there."""
    number = NUMBER.match(line.text)
    if not number or abs(line.x0 - _text_left(group)) > 1:
        return False
    for mark in marks_before(number.group()):
        pattern = re.compile(rf"(?:^|[\s(])\(?{re.escape(mark)}[.)]+\s")
        for k, part in enumerate(group[-20:]):
            if any(k or found.start() for found in pattern.finditer(part.text + " ")):
                return True
    return False


def _text_left(group: list[Line]) -> float:
    return group[1].x0 if len(group) > 1 else group[0].x0


def _is_centred(group: list[Line], line: Line) -> bool:
    last = group[-1]
    return abs((line.x0 + line.x1) - (last.x0 + last.x1)) < 0.5 * line.size


def _is_beside(row: list[Line], group: list[Line]) -> bool:
    """Whether a block stands to the right of another, in the same row of a table."""
    if row[-1].page != group[0].page or not (row[0].side and group[0].side):
        return False
    if min(line.x0 for line in group) < max(line.x1 for line in row):
        return False
    return group[0].top > row[-1].bottom and group[-1].bottom < row[0].top


def _classify(raw: str, group: list[Line], style: _Style, following: str, previous: Block | None) -> Block:
    page = group[0].page
    rank = style.rank(group, following) if len(raw.split()) <= 30 else 0
    bullet = BULLET.match(raw) or re.match(r"[o§\uf000-\uf0ff] (?=\S)", raw)
    number = NUMBER.match(raw)
    text = normalise(raw)
    if rank and not bullet:
        return Block("heading", text, rank, page)
    depth = 1 + max(0, round((group[0].x0 - style.left) / (2.5 * style.body) - 0.5))
    if bullet or group[0].mark:
        rest = normalise(raw[bullet.end() :] if bullet else raw)
        return Block("list_item", strip_bullet(rest), min(depth, 6), page)
    if not style.varies:
        rest = normalise(raw[number.end() :]) if number else text
        in_list = previous is not None and previous.kind == "list_item" and not text.endswith(":")
        if is_heading_line(rest, following, in_list=in_list):
            return Block("heading", text, 2, page)
    if number:
        return Block("list_item", strip_bullet(text), min(depth, 6), page)
    return Block("paragraph", text, 0, page)


# ---------------------------------------------------------------- words that a line end cut


class _DocumentWords:
    """Which words the document writes, whole and with a hyphen, inside lines."""

    def __init__(self, lines: list[Line]):
        self.whole: Counter = Counter()
        self.hyphenated: Counter = Counter()
        for line in lines:
            for word in re.findall(r"[^\W\d_]+(?:[-‐‑][^\W\d_]+)*(?=[^\w‐‑-]|$)", line.text.lower())[:-1]:
                (self.hyphenated if re.search("[-‐‑]", word) else self.whole)[re.sub("[‐‑]", "-", word)] += 1

        # Some documents break words, others only break lines behind hyphens that were there.
        both = "\n".join(line.text for line in lines)
        pairs = re.findall(r"([^\W\d_]{2,})[\x02\xad‐‑\ufffe-]\n([^\W\d_]{2,})", both.lower())
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
        known = _dictionary()
        if self.hyphenates and any(
            (left + right).removesuffix(end) in known for end in ("", "s", "ed", "ing", "ly")
        ):
            return False
        return left in known and right in known


@cache
def _dictionary() -> frozenset[str]:
    path = PACKAGE / "resources" / "cmudict" / "corpora" / "cmudict" / "cmudict"
    return frozenset(line.split(" ", 1)[0].lower() for line in path.read_text("utf-8").splitlines())


def _text(group: list[Line], words: _DocumentWords) -> str:
    """Text of a block's lines put together."""
    text = group[0].text
    for line in group[1:]:
        text = _append(text, line.text, words)
    return re.sub("[\x02\ufffe]", "-", text)


def _append(text: str, line: str, words: _DocumentWords) -> str:
    cut = re.search(r"([^\W\d_]*)(?<=\w)([\x02\xad\ufffe‐‑-])$", text)
    address = _ADDRESS.search(text)
    if cut and address:
        return f"{text[:-1]}-{line}"
    if cut and line[:1].isalnum():
        right = re.split(r"[\W\d_]", line, maxsplit=1)[0]
        if cut[2] == "\xad" or (line[:1].islower() and not words.keeps_hyphen(cut[1], right)):
            return text[:-1] + line
        return f"{text[:-1]}-{line}"
    broken = address and text[-1] not in ".,;:)" and re.match(r"\S*[\d/?=&%_#]|\S+\.\w|\S+-\S", line)
    if broken or re.search(r"\w[—/]$", text):
        return text + line
    return f"{text} {line}"
