"""Which blocks are the policy, and why the others are not. Blocks are marked, never deleted."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from policytools.reading.blocks import Block
from policytools.reading.language import is_mostly_foreign
from policytools.reading.subject import count_subject_words, describe_subject, is_about_privacy
from policytools.reading.word_lists import ANYWHERE, pattern
from policytools.text.clauses import is_prose

# The values of `blocks.reason`, with what they mean.
REASONS = {
    "navigation": "menu, breadcrumb or banner around the policy",
    "footer": "the site's footer behind the policy",
    "archive note": "what an archive wrote about the capture",
    "stray mark": "punctuation, rules and single characters left by a conversion",
    "markup": "source of the file's format, not text",
    "hidden": "not shown by a browser",
    "page furniture": "a repeated page header, footer or page number",
    "consent banner": "a cookie or consent dialogue of the site",
    "repeated": "the same text a second time, for another screen width",
    "outside the policy": "other matter on the same page",
    "other document": "another legal document on the same page",
}
# Reasons that come from where a block is, not from its text: these can hide text of the policy.
_REASONS_OF_PLACE = frozenset(["outside the policy", "navigation", "footer", "hidden", "consent banner"])


def clean(blocks: list[Block]) -> list[str]:
    """Mark the blocks that are not the policy, and return notes for those who check the corpus.

    Parameters
    ----------
    blocks : list of Block
        In reading order; ``keep`` and ``reason`` are set in place, nothing is dropped.

    Returns
    -------
    list of str
        Notes for the manifest: several documents on a page, much text that is not about privacy, much prose left
        out, nothing kept.
    """
    if is_mostly_foreign(block.text for block in blocks if block.keep):
        _mark_repeated(blocks)  # all other rules are for English
        return []
    mark_boilerplate(blocks)
    _mark_repeated(blocks)
    notes = [note for note in [separate_documents(blocks), describe_subject(blocks)] if note]
    left_out = _n_prose_words(
        block for block in blocks if not block.keep and block.reason in _REASONS_OF_PLACE
    )
    if left_out > 50:
        kept = _n_prose_words(block for block in blocks if block.keep)
        share = kept / (kept + left_out)
        if left_out > 0.25 * (kept + left_out):
            notes.append(f"only {share:.0%} of the page's running text was kept; see the blocks left out")
    if not any(block.keep for block in blocks):
        notes.append("nothing in the file was kept as policy text")
    return notes


def _n_prose_words(blocks: Iterable[Block]) -> int:
    return sum(len(block.text.split()) for block in blocks if is_prose(block.text))


# ---------------------------------------------------------------- what a line is

_SHORT_DATE = r"\b\d{1,2}[./-]\d{1,2}[./-]\d{2}\b"


def is_menu_entry(text: str) -> bool:
    """Whether a line is an entry of a site's menu."""
    return bool(pattern("page", "menu_entry", frame=ANYWHERE).fullmatch(text.strip(" .:>|+-»›")))


def is_footer_line(text: str) -> bool:
    """Whether a line is one that only the footer of a site has."""
    text = text.strip()
    return bool(
        pattern("page", "footer_start", frame=r"%s(?!\w)").match(text)
        or pattern("page", "footer_line", frame=r"%s\W*$").match(text)
    )


def is_title(text: str) -> bool:
    """Whether a line is the title of a privacy or cookie policy."""
    title = pattern("title", "policy", frame=r"(?:[\w&.'’ -]{0,40}\b)?%s\b[\w&.,:'’()| –-]{0,40}")
    return len(text.split()) <= 12 and bool(title.fullmatch(text.strip(" .#*")))


def is_date_line(text: str) -> bool:
    """Whether a short line states the policy's date or version; a link such as "updated terms" has no year."""
    if len(text.split()) > 12:
        return False
    dated = pattern("title", "dated", frame=rf"\b%s\b.{{0,40}}(?:\b(?:19|20)\d\d\b|{_SHORT_DATE})")
    return bool(dated.search(text) or pattern("title", "date", frame=r"\W*%s\W*").fullmatch(text))


def is_title_of_page(text: str) -> bool:
    """Whether a line at the head of a page is the policy's title."""
    if is_title(text) and not pattern("title", "not_own_start", frame=ANYWHERE).match(text):
        return True
    return bool(pattern("title", "short", frame=ANYWHERE).fullmatch(text.strip(" .#*")))


def _is_stray(text: str) -> bool:
    if not any(map(str.isalnum, text)) or (not text[0].isascii() and len(text.strip(". ")) <= 1):
        return True
    words = text.split(maxsplit=2)
    # "word word word ...": from scripts that measure fonts.
    return len(words) > 2 and words[0] == words[1] and len(text.split()) > 4 and len(set(text.split())) == 1


# ---------------------------------------------------------------- before and after the policy


def mark_boilerplate(blocks: list[Block]) -> None:
    """Mark menus before the policy, the footer after it, and stray marks anywhere.

    The policy's body is found by its prose. Before it, short lines up to the last title are navigation, if
    many of them are menu entries. After it, the footer begins at the first line that only a footer has.
    Without menu entries or such a line nothing is left out: headings, addresses and dates belong to the
    policy.

    Parameters
    ----------
    blocks : list of Block
        In reading order; changed in place.
    """
    for block in blocks:
        if block.keep and _is_stray(block.text):
            block.leave_out("stray mark")
    kept = [block for block in blocks if block.keep]
    positions = range(len(kept))
    first = next((i for i in positions if is_prose(kept[i].text)), None)
    if first is None:
        return
    last = next(i for i in reversed(positions) if is_prose(kept[i].text))
    _mark_head(kept[:first], kept[first:])
    _mark_tail(kept[last + 1 :])


def _mark_head(head: list[Block], rest: list[Block]) -> None:
    """Mark the menu among the blocks before the first prose."""
    texts = [block.text for block in head]
    counts = Counter(texts)
    is_menu = [is_menu_entry(text) or (counts[text] > 1 and len(head) >= 12) for text in texts]
    # A policy's own head (title, date, lead) is short and has few menu words.
    if sum(is_menu) < max(3, 0.25 * len(head)):
        return
    later = {_letters_only(block.text) for block in rest}
    if _is_contents(texts, later):
        return
    titles = [i for i, text in enumerate(texts) if is_title_of_page(text)]
    # The title may be followed by a table of contents that has a title in it.
    contents = next((i for i in titles if i + 3 < len(texts) and _is_contents(texts[i + 1 :], later)), None)
    last_entry = max((i for i, menu in enumerate(is_menu[:contents]) if menu), default=-1)
    start = contents if contents is not None else titles[-1] if titles else last_entry + 1
    for i, block in enumerate(head):
        if (i < start or (start < i <= last_entry and is_menu[i])) and not is_date_line(block.text):
            block.leave_out("navigation")


def _is_contents(texts: list[str], later: set[str]) -> bool:
    """Whether lines are a table of contents: most of them are headings further down."""
    return 2 * sum(_letters_only(text) in later for text in texts) >= len(texts)


def _letters_only(text: str) -> str:
    return re.sub(r"[\W\d_]+", " ", text).strip().lower()


def _mark_tail(tail: list[Block]) -> None:
    """Mark the footer among the blocks after the last prose."""
    tail = [block for block in tail if not _is_row_of_data(block) and not is_date_line(block.text)]
    start = next((i for i, block in enumerate(tail) if is_footer_line(block.text)), None)
    if start is None:
        return
    # Menu entries before the first footer line belong to the footer; an address or a date does not.
    for i in range(start - 1, -1, -1):
        if is_menu_entry(tail[i].text):
            start = i
        elif i + 2 < start:  # two lines that are no entries end the menu
            break
    for block in tail[start:]:
        block.leave_out("footer")


def _is_row_of_data(block: Block) -> bool:
    """Whether a table row is not one of links, of which old pages make their menus and footers."""
    cells = block.text.split(" | ") if block.kind == "table_row" else []
    return len(cells) > 1 and not any(is_menu_entry(cell) or is_footer_line(cell) for cell in cells)


# ---------------------------------------------------------------- text that a page holds twice

_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalnum())
# Characters. Time grows with the square of their number, and the longest policies have half as many.
_MAX_SEARCHED = 300_000


def _letters_and_digits(text: str) -> str:
    if text.isascii():
        return text.encode().translate(None, _NO_LETTERS).decode()
    return re.sub(r"[\W_]+", "", text)


def _mark_repeated(blocks: list[Block]) -> None:
    """Mark the second copy of a text: for another screen width, a former version, an overview in each overlay.

    A copy has the order of its original. A list that a policy repeats under each purpose is text of the policy:
    it repeats the same few blocks, while a copy of a page repeats much of it.
    """
    kept = [block for block in blocks if block.keep]
    # Copies may differ in line ends and quotation marks.
    keys = [_letters_and_digits(block.text) for block in kept]
    runs = [run for run in _repeated_runs(keys) if len(run) > 0.6 * (run[-1][0] - run[0][0] + 1)]
    is_heading = [block.kind == "heading" for block in kept]
    for run in _copies_of_the_page(runs, keys) + _copies_of_overviews(runs, is_heading):
        # What was edited in the middle of a copy belongs to it.
        for block in kept[run[0][0] : run[-1][0] + 1]:
            block.leave_out("repeated")


_MIN_COPY = 0.02  # of a page's characters
_MAX_STEP = 2  # from a repeated block to the next; one between them may be edited

_Run = list[tuple[int, int]]  # position of each repeated block, and of its original


def _repeated_runs(keys: list[str]) -> list[_Run]:
    """Runs of blocks that repeat earlier blocks in their order; a few blocks may be missing or changed."""
    first: dict[str, int] = {}
    runs: list[_Run] = []
    for position, key in enumerate(keys):
        run = runs[-1] if runs else []
        if run and position - run[-1][0] <= _MAX_STEP:
            following = range(run[-1][1] + 1, min(run[-1][1] + 1 + _MAX_STEP, run[0][0]))
            original = next((other for other in following if keys[other] == key), None)
            if original is not None:
                run.append((position, original))
                continue
        if key in first:
            runs.append([(position, first[key])])
        else:
            first[key] = position
    return runs


def _copies_of_the_page(runs: list[_Run], keys: list[str]) -> list[_Run]:
    """Runs that repeat together at least a fifth of a page."""
    sizes = list(map(len, keys))

    def is_copy(run: _Run) -> bool:
        size = sum(sizes[position] for position, _ in run)
        follows_its_original = run[0][0] == run[-1][1] + 1
        return (len(run) > 2 and size > _MIN_COPY * sum(sizes)) or (follows_its_original and size > 80)

    copies = list(filter(is_copy, runs))
    originals = {original for run in copies for _, original in run}
    if sum(sizes[original] for original in originals) < 0.2 * sum(sizes):
        return []
    return copies + _recut(copies, keys)


def _copies_of_overviews(runs: list[_Run], is_heading: list[bool]) -> list[_Run]:
    """Runs of several headings that a page has four times or more often."""
    overviews = [run for run in runs if sum(is_heading[position] for position, _ in run) >= 5]
    n_copies = Counter(original for run in overviews for _, original in run)
    return [run for run in overviews if n_copies[run[0][1]] >= 3]


def _recut(copies: list[_Run], keys: list[str]) -> list[_Run]:
    """Blocks outside the copies that repeat a part of an earlier block: a copy may be cut elsewhere."""
    copied = {position for run in copies for position, _ in run}
    recut: list[_Run] = []
    before = ""
    for position, key in enumerate(keys):
        if position in copied:
            continue
        if len(key) > 80 and key in before:
            recut.append([(position, position)])
        elif len(before) < _MAX_SEARCHED:
            before += key
    return recut


# ---------------------------------------------------------------- several legal documents on one page

_POLICY_KINDS = ("privacy", "supplement")
_MIN_OTHER, _MIN_PRIVACY = 800, 100  # words
_NO_RANK = 7  # of a title that is no heading; headings have 1 to 6


class _Titled(NamedTuple):
    """A stretch of the page from one document's title up to the next one."""

    kind: str  # "privacy", "supplement", "other", "unnamed"; "" before the first title
    rank: int  # of the title
    blocks: list[Block]

    @property
    def n_words(self) -> int:
        return sum(len(block.text.split()) for block in self.blocks)

    @property
    def is_about_privacy(self) -> bool:
        return is_about_privacy(sum(count_subject_words(block.text) for block in self.blocks), self.n_words)


def separate_documents(blocks: list[Block]) -> str:
    """Mark the other legal documents of a page that holds several, and return a note that names them.

    Documents are found by their titles: blocks that read "Terms of Service", "Cookie Policy" and the like. After
    a title that is a heading, a document goes on up to the next heading of the same or a higher rank; after
    another title, up to the next title. A page holds several documents only if the others have at least 800
    words and none of them is nested in the privacy policy.

    Returns
    -------
    str
        A note for the manifest, "" for an ordinary page.
    """
    kept = [block for block in blocks if block.keep]
    if not any(map(_is_document_in_its_own_right, kept)):
        return ""  # most pages; this saves the search for titles
    if not any(c.isupper() for block in kept[:50] for c in block.text):
        return ""  # a lower-cased scrape: a title looks like any other line
    stretches = _split_at_titles(kept)
    privacy = [stretch for stretch in stretches if stretch.kind in _POLICY_KINDS]
    privacy_ranks = [stretch.rank for stretch in stretches if stretch.kind == "privacy"]
    other = [stretch for stretch in stretches if stretch.kind == "other"]
    n_other = sum(stretch.n_words for stretch in stretches if stretch.kind in ("other", "unnamed"))
    if (
        not privacy_ranks
        or len(stretches) < 3
        # "Cookie policy" without other documents may be a section.
        or not any(_is_document_in_its_own_right(stretch.blocks[0]) for stretch in other)
        or n_other < _MIN_OTHER
        or sum(stretch.n_words for stretch in privacy) < _MIN_PRIVACY
        or min(privacy_ranks) < min(stretch.rank for stretch in other)
    ):
        return ""
    for stretch in stretches:
        if stretch.kind not in _POLICY_KINDS:
            for block in stretch.blocks:
                block.leave_out("other document")
    titles = ", ".join(dict.fromkeys(stretch.blocks[0].text for stretch in other))
    return f"several documents on the page; left out: {titles[:300]}"


def _is_document_in_its_own_right(block: Block) -> bool:
    title = pattern("title", "other_in_its_own_right", frame=r"(?:[\w.&'’-]+ ){0,3}%s\W*")
    return bool(title.fullmatch(block.text))


def _split_at_titles(blocks: list[Block]) -> list[_Titled]:
    stretches = [_Titled("", 99, [])]
    for block in blocks:
        kind = _document_kind(block)
        rank = block.level if block.kind == "heading" and block.level else _NO_RANK
        current = stretches[-1]
        if current.kind in _POLICY_KINDS and rank > current.rank:
            kind = ""  # a section of the policy, whatever its name
        ends = block.kind == "heading" and rank <= current.rank < _NO_RANK
        if kind or ends:
            stretches.append(_Titled(kind or "unnamed", rank, []))
        stretches[-1].blocks.append(block)
    return _with_sections(stretches)


def _with_sections(stretches: list[_Titled]) -> list[_Titled]:
    """The stretches; the sections of a policy whose headings have the rank of its title belong to it."""
    joined: list[_Titled] = []
    waiting: list[
        _Titled
    ] = []  # untitled stretches behind a policy: its sections if one about privacy follows
    for stretch in stretches:
        is_behind = bool(joined) and joined[-1].kind in _POLICY_KINDS
        if is_behind and _is_section(stretch):
            joined += [section._replace(kind="supplement") for section in [*waiting, stretch]]
            waiting = []
        elif is_behind and stretch.kind == "unnamed":
            waiting.append(stretch)
        else:
            joined += [*waiting, stretch]
            waiting = []
    return joined + waiting


def _is_section(stretch: _Titled) -> bool:
    """Whether a stretch behind a policy is a section of it: one about privacy, or a short one such as an address."""
    if stretch.kind == "unnamed":
        return stretch.is_about_privacy or stretch.n_words < 200
    title = stretch.blocks[0]
    return stretch.kind == "other" and not (
        stretch.n_words >= 100
        or _is_document_in_its_own_right(title)
        or pattern("title", "cookie_start", frame=ANYWHERE).match(title.text)
    )


def _document_kind(block: Block) -> str:
    """Kind of the legal document that a block is the title of; "" if it is no title."""
    title = block.text.strip(" .:*")
    if block.kind not in ("heading", "paragraph") or len(title.split()) > 8 or title.endswith((",", ";")):
        return ""
    if block.kind == "paragraph" and not title[:1].isupper():
        return ""
    if re.match(r"\W*\d", title) or pattern("title", "no_title").search(title):
        return ""
    if is_title(title) and not pattern("title", "cookie_start", frame=ANYWHERE).match(title):
        return "privacy"
    if pattern("title", "other", frame=r"(?:[\w&'’/ –-]{0,40}\b)?%s").fullmatch(title):
        return "other"
    supplement = pattern("title", "supplement", frame=r"[\w&'’ -]{0,40}\b%s\b[\w()'’ -]{0,40}")
    return "supplement" if block.kind == "heading" and supplement.fullmatch(title) else ""
