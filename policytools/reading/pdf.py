"""PDF with a text layer to blocks, by PDFium: characters with positions become lines, and lines become blocks.

A PDF has no paragraphs, only characters at positions. Blocks are found as a reader of the page finds them. A
line end ends a block if the next word would have fitted into the line; any other line end means nothing. The
space between lines, indents, bullets, and the size and weight of the letters decide the rest.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from functools import cache
from itertools import chain, compress, pairwise
from operator import not_

from policytools._files import PACKAGE
from policytools.reading.blocks import Block, join_printed, mark_glued_items
from policytools.reading.list_marks import BULLET, NUMBER, marks_before, starts_item, strip_bullet
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
_FONT_BULLET = re.compile(r"[o§\uf000-\uf0ff] (?=\S)")  # bullets of symbol fonts
_PRINTED_ON = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4},? \d{1,2}:\d\d")
_ENDS = re.compile(r"[.!?:;][\"'”’)\]]*$")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S*$")


def read_pdf(data: bytes, *, name: str) -> tuple[list[Block], list[str]]:
    """Blocks of a PDF, and notes.

    Parameters
    ----------
    data : bytes
        Content of the file.
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
        If the file is not a PDF, is damaged or encrypted, has no text layer or one without readable
        characters, or is larger than a policy can be; the message names the file.
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
    every_line = [line for page in pages for line in page]
    is_text = [id(line) not in furniture and not line.aside for line in every_line]
    blocks = join_printed(_to_blocks(list(compress(every_line, is_text))))
    mark_glued_items(blocks)
    for line in compress(every_line, map(not_, is_text)):
        if text := normalise(line.text):
            blocks.append(Block("paragraph", text, 0, line.page, keep=False, reason="page furniture"))
    blocks.sort(key=lambda block: block.line)  # stable: the furniture of a page comes after its text
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
    """The `id` of page numbers and of lines at a page's edge that are on other pages at the same height."""
    pages = [lines for lines in pages if lines]
    edges = [_edge_lines(lines) for lines in pages]
    furniture = _furniture_of_single_page(edges[0]) if len(pages) == 1 else set()
    seen: dict[tuple[str, bool], list[Line]] = {}
    for line, is_upper in chain.from_iterable(edges):
        key = re.sub(r"\d+", "#", normalise(line.text).lower())
        seen.setdefault((key, is_upper), []).append(line)
    for (key, _), alike in seen.items():
        is_number = _PAGE_NUMBER.fullmatch(key.replace("#", "1"))
        needed = 2 if len(pages) <= 4 or is_number else max(3, 0.3 * len(pages))
        for line in alike:
            if len({other.page for other in alike if abs(other.middle - line.middle) < 5}) >= needed:
                furniture.add(id(line))
    return furniture


def _furniture_of_single_page(edge: list[tuple[Line, bool]]) -> set[int]:
    """The outermost row, if it has a page number or a date of printing; one page has no repeated lines."""
    furniture: set[int] = set()
    for upper in (True, False):
        lines = [line for line, is_upper in edge if is_upper == upper]
        outermost = (max if upper else min)((line.middle for line in lines), default=0.0)
        row = [line for line in lines if abs(line.middle - outermost) < 0.6 * line.size]
        if any(_COUNTED_PAGE.fullmatch(line.text) or _PRINTED_ON.match(line.text) for line in row):
            furniture.update(map(id, row))
    return furniture


def _edge_lines(lines: list[Line]) -> list[tuple[Line, bool]]:
    """Lines of the three highest and the three lowest rows, each with whether it is in a high row."""
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
    groups = _group(lines, style)
    vocabulary = _Vocabulary(lines)
    texts = [_text(group, vocabulary) for group in groups]
    blocks: list[Block] = []
    row: list[Line] = []  # lines of the last block
    cells: set[int] = set()  # positions of the blocks that are in tables
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
            block.leave_out("stray mark")
    return blocks


def _group(lines: list[Line], style: _Style) -> list[list[Line]]:
    """The lines of each block."""
    groups: list[list[Line]] = []
    for line in lines:
        group = groups[-1] if groups else None
        # A table is written row by row, so that other cells' lines may be between two lines of a cell.
        if line.side and group and not _shares_column(group, line):
            group = next((other for other in groups[-2:-25:-1] if _shares_column(other, line)), group)
        if group and _Junction(style, group, line).is_inside_block():
            group.append(line)
        else:
            groups.append([line])
    return groups


def _mark_repeated_heads(blocks: list[Block], cells: set[int]) -> None:
    """Mark the head of a table that is repeated where the table continues on the next page."""
    first: dict[str, int] = {}
    for number, block in enumerate(blocks):
        if number not in cells:
            continue
        original = first.setdefault(block.text, number)
        if original == number or original - 1 in cells or blocks[number - 1].line >= block.line:
            continue  # not the head of a table, or not the first line of a page
        size = 0
        while (
            number + size < len(blocks)
            and {number + size, original + size} <= cells
            and blocks[number + size].text == blocks[original + size].text
        ):
            size += 1
        if size >= 2 or block.kind == "table_row":  # two single cells may have the same text
            for again in blocks[number : number + size]:
                again.leave_out("page furniture")


def _shares_column(group: list[Line], line: Line) -> bool:
    last = group[-1]
    return last.side and (abs(_text_left(group) - line.x0) < 2 or _are_centred_heads(last, line))


def _are_centred_heads(last: Line, line: Line) -> bool:
    """Whether two lines are centred below each other in bold, as only the heads of a table's columns are."""
    return line.bold and last.bold and abs(line.x0 + line.x1 - last.x0 - last.x1) < 2


class _Style:
    """What is usual in the file: size of the letters, space between lines, right edge."""

    def __init__(self, lines: list[Line]):
        sizes: Counter = Counter()
        for line in lines:
            sizes[round(2 * line.size)] += len(line.text)
        self.body = sizes.most_common(1)[0][0] / 2
        self.larger = sorted({size / 2 for size in sizes if size / 2 > 1.1 * self.body}, reverse=True)
        self.varies = bool(self.larger) or len({line.bold for line in lines}) > 1
        self.left = min((line.x0 for line in lines), default=0.0)
        self.right = self._usual_right(sorted(line.x1 for line in lines if not line.side))
        self.column = self._columns([line for line in lines if line.side])
        leadings: dict[tuple[int, bool], Counter] = {}  # by size of the letters, and whether in a table
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
        self.leadings = {key: self._usual_step(counts) for key, counts in leadings.items()}

    def _usual_right(self, ends: list[float]) -> float:
        """Where full lines end; a few lines may be longer (a long address, a wide table)."""
        if not ends:
            return 0.0
        ends = ends[bisect_left(ends, 0.5 * (self.left + ends[-1])) :]
        for k in range(len(ends) - 1, -1, -1):
            if k + 1 - bisect_left(ends, ends[k] - 3 * self.body) >= 0.15 * len(ends):
                return ends[k]
        return ends[-1]

    @staticmethod
    def _usual_step(counts: Counter) -> float:
        # The smallest frequent step; larger ones are between paragraphs.
        total = sum(counts.values())
        return min(step for step, n in counts.items() if n >= 0.2 * total or n == max(counts.values())) / 2

    def _columns(self, lines: list[Line]) -> dict[int, float]:
        """Right edge of the table column that each line is in, by the line's `id`."""
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
                # If no line ends near the next column, no line was broken for lack of space.
                edge = right if right > left + 0.75 * (limit - left) else limit
                edges.update({id(line): edge for line in column})
        return edges

    def edge(self, line: Line) -> float:
        return self.column.get(id(line), self.right) if line.side else self.right

    def leading(self, line: Line) -> float:
        """Usual distance from a line like this one to the next line of its block."""
        key = round(2 * line.size)
        other = self.leadings.get((key, not line.side), 1.35 * line.size)
        return self.leadings.get((key, line.side), other)

    def is_heading(self, group: list[Line], following: str | None = None) -> bool:
        """Whether a group of lines is a heading; `following` is the next text, None while it is not known."""
        if min(line.size for line in group) > 1.1 * self.body:
            return True
        if not all(line.bold and not line.side and not line.mark for line in group):
            return False
        text = " ".join(line.text for line in group)
        if following is None:
            return len(text.split()) <= 15 and (text[-1:].isalnum() or is_bold_title(text))
        return is_bold_title(text, following)

    def rank(self, group: list[Line], following: str) -> int:
        """Rank of a heading, from 1; 0 for other text."""
        size = min(line.size for line in group)
        if not self.is_heading(group, following):
            return 0
        bigger = [other for other in self.larger if other > size + 0.6]
        return min(1 + len(bigger), 6) if size > 1.1 * self.body else min(max(len(self.larger) + 1, 3), 6)


class _Junction:
    """A group of lines and the next line: does the line belong to the same block?"""

    def __init__(self, style: _Style, group: list[Line], line: Line):
        self.style, self.group, self.line = style, group, line
        self.first, self.last = group[0], group[-1]
        self.size = self.last.size
        self.left = _text_left(group)
        self.starts_lower = line.text[:1].islower()
        self.is_open = not _ENDS.search(self.last.text)  # the sentence is not finished
        end_of_next_word = self.last.x1 + 0.2 * self.size + line.first_end - line.x0
        self.is_full = end_of_next_word > style.edge(self.last) - 0.03 * self.size
        # The item's mark is in front of the first line, and the other lines are indented behind it.
        self.hangs = _starts_item(self.first.text) or self.first.mark or _is_bullet(self.first)

    def is_inside_block(self) -> bool:
        line, last = self.line, self.last
        if self._starts_item() or self._starts_next_purpose() or self._changes_size():
            return False
        if _is_bullet(last) and len(self.group) == 1 and line.page == last.page:
            return line.x0 > last.x1 and abs(line.middle - last.middle) < self.size
        if line.page != last.page or line.middle > last.middle + 2 * self.size:
            return self._goes_on_in_next_column()
        if not self._is_near():
            return False
        if line.side and last.side and self._leaves_cell():
            return _are_centred_heads(last, line)
        return self._is_aligned() and not self._follows_heading() and self._goes_on_below()

    def _starts_item(self) -> bool:
        line = self.line
        if line.mark:
            return True
        if not _starts_item(line.text) or (self.is_full and _is_inside_sentence(self.group, line)):
            return False
        is_outdented = line.x0 < self.left - 1
        return bool(is_outdented or _starts_item(self.first.text) or not self.is_open)

    def _starts_next_purpose(self) -> bool:
        """Whether lines of a cell are items of one list: "To provide ...," and "To share ..."."""
        if not self.line.side or self.last.text[-1:] not in (",", ";"):
            return False
        word = self.first.text.split(maxsplit=1)[0]
        return word[:1].isupper() and self.line.text.split(maxsplit=1)[0] == word

    def _changes_size(self) -> bool:
        return abs(self.line.size - self.size) > 0.09 * self.size and not _is_bullet(self.first)

    def _goes_on_in_next_column(self) -> bool:
        """Whether a sentence continues in the next column or on the next page."""
        line, last = self.line, self.last
        if not (self.is_open and self.is_full) or line.page > last.page + 1:
            return False
        if line.side or last.side:  # a cell goes on in its own column
            return self.starts_lower and line.page > last.page and abs(line.x0 - self.left) < 2
        if line.page == last.page:
            return self.starts_lower and line.x0 > last.x1
        same_left = abs(line.x0 - self.left) < (2 if len(self.group) > 1 else 3 * self.size)
        same_style = line.bold == last.bold and not self.style.is_heading(self.group)
        return same_left and (self.starts_lower or same_style)

    def _is_near(self) -> bool:
        """Whether the distance between the lines is usual inside a block."""
        usual = self.style.leading(self.last)
        # A letter of another font may move the lines of a sentence apart.
        stretched = 2.2 * usual if self.is_full and self.is_open and self.starts_lower else 0.0
        limit = max(1.12 * usual + 0.5, usual + 0.12 * self.size, stretched)
        return 0.4 * self.size < self.last.middle - self.line.middle <= limit

    def _leaves_cell(self) -> bool:
        is_right_of_it = self.line.x0 > max(line.x1 for line in self.group)
        return is_right_of_it or (abs(self.line.x0 - self.left) > 2 and not self.hangs)

    def _is_aligned(self) -> bool:
        line, last, size = self.line, self.last, self.size
        if abs((line.x0 + line.x1) - (last.x0 + last.x1)) < 0.5 * line.size:
            return True  # centred
        indent = line.x0 - self.left
        if len(self.group) > 1:
            return abs(indent) <= 0.6 * size
        return -5 * size < indent < (4 if self.hangs else 2) * size

    def _follows_heading(self) -> bool:
        if self.is_full and self.starts_lower:
            return False  # the bold words at the beginning of a paragraph fill its first line
        is_bold = all(line.bold for line in self.group)
        return is_bold and not self.line.bold and self.style.is_heading(self.group)

    def _goes_on_below(self) -> bool:
        if self.is_full or (self.last.text[-1:] in _HYPHENS and self.starts_lower):
            return True
        left = self.style.left
        reach = (self.last.x1 - left) / max(self.style.edge(self.last) - left, 1.0)
        return self.is_open and reach > (0.6 if self.starts_lower else 0.8)


def _is_bullet(line: Line) -> bool:
    return bool(BULLET_MARK.fullmatch(line.text))


def _tables_apart(lines: list[Line]) -> list[list[Line]]:
    """Lines with one left edge, a list for each table; a line too wide for the column begins a new table."""
    tables: list[list[Line]] = []
    right, limit = 0.0, math.inf
    for line in sorted(lines, key=lambda line: -line.middle):
        if tables and max(right, line.x1) <= min(limit, line.limit):
            tables[-1].append(line)
        else:
            tables.append([line])
            right, limit = 0.0, math.inf
        right, limit = max(right, line.x1), min(limit, line.limit)
    return tables


def _starts_item(text: str) -> bool:
    return starts_item(text) or bool(_FONT_BULLET.match(text))


def _is_inside_sentence(group: list[Line], line: Line) -> bool:
    """Whether a line starts with "(c)" because a line end is inside "... (b) ... (c) ..."."""
    number = NUMBER.match(line.text)
    if not number or abs(line.x0 - _text_left(group)) > 1:
        return False
    for mark in marks_before(number.group()):
        pattern = re.compile(rf"(?:^|[\s(])\(?{re.escape(mark)}[.)]+\s")
        for k, earlier in enumerate(group[-20:]):
            if any(k or found.start() for found in pattern.finditer(earlier.text + " ")):
                return True
    return False


def _text_left(group: list[Line]) -> float:
    """Left edge of a block's text; the first line may be indented or have a bullet."""
    return group[1].x0 if len(group) > 1 else group[0].x0


def _is_beside(row: list[Line], group: list[Line]) -> bool:
    """Whether a group of lines is to the right of another one, in the same row of a table."""
    if row[-1].page != group[0].page or not (row[0].side and group[0].side):
        return False
    if min(line.x0 for line in group) < max(line.x1 for line in row):
        return False
    return group[0].top > row[-1].bottom and group[-1].bottom < row[0].top


def _classify(raw: str, group: list[Line], style: _Style, following: str, previous: Block | None) -> Block:
    page = group[0].page
    rank = style.rank(group, following) if len(raw.split()) <= 30 else 0
    bullet = BULLET.match(raw) or _FONT_BULLET.match(raw)
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


# ---------------------------------------------------------------- words cut at a line end


class _Vocabulary:
    """How often words are written in the file, inside lines, with and without hyphens."""

    def __init__(self, lines: list[Line]):
        self.whole: Counter = Counter()
        self.hyphenated: Counter = Counter()
        for line in lines:
            for word in re.findall(r"[^\W\d_]+(?:[-‐‑][^\W\d_]+)*(?=[^\w‐‑-]|$)", line.text[:500].lower())[
                :-1
            ]:
                (self.hyphenated if re.search("[-‐‑]", word) else self.whole)[re.sub("[‐‑]", "-", word)] += 1
        # Some files break words; others only break lines after hyphens that were there.
        both = "\n".join(line.text for line in lines)
        pairs = re.findall(r"(?<![^\W\d_])([^\W\d_]{2,})[\x02\xad‐‑\ufffe-]\n([^\W\d_]{2,})", both.lower())
        known = _dictionary() if pairs else frozenset()
        self.hyphenates = sum(a not in known or b not in known for a, b in pairs) > 0.3 * len(pairs)

    def keeps_hyphen(self, left: str, right: str) -> bool:
        """Whether a hyphen at the end of a line belongs to the word."""
        left, right = left.lower(), right.lower()
        if not (left.isalpha() and right.isalpha()) or len(left) < 2 or len(right) < 2:
            return True
        together, hyphenated = self.whole[left + right], self.hyphenated[f"{left}-{right}"]
        if together != hyphenated:
            return hyphenated > together
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


def _text(group: list[Line], vocabulary: _Vocabulary) -> str:
    """The lines of a block as one text."""
    text = group[0].text
    for line in group[1:]:
        text = _append(text, line.text, vocabulary)
    return re.sub("[\x02\ufffe]", "-", text)


def _append(text: str, line: str, vocabulary: _Vocabulary) -> str:
    """The text and the next line of its block, with a space, a hyphen or nothing between."""
    last = (text[-1000:].split() or [""])[-1]  # searched alone: a block may have thousands of lines
    cut = re.search(r"(?<![^\W\d_])([^\W\d_]*)(?<=\w)([\x02\xad\ufffe‐‑-])$", last)
    address = _ADDRESS.search(last)
    if cut and address:
        return f"{text[:-1]}-{line}"
    if cut and line[:1].isalnum():
        right = re.split(r"[\W\d_]", line, maxsplit=1)[0]
        if cut[2] == "\xad" or (line[:1].islower() and not vocabulary.keeps_hyphen(cut[1], right)):
            return text[:-1] + line
        return f"{text[:-1]}-{line}"
    broken = address and text[-1] not in ".,;:)" and re.match(r"\S*[\d/?=&%_#]|\S+\.\w|\S+-\S", line)
    if broken or re.search(r"\w[—/]$", last):
        return text + line
    return f"{text} {line}"
