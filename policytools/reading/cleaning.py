"""Which blocks are the policy, and why the others are not. Marks, never deletes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from policytools.reading.blocks import Block
from policytools.text.clauses import is_prose

# Reasons a block is left out, as they stand in `blocks.reason`.
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

_TITLE = re.compile(
    r"(?:[\w&.'’ -]{0,40}\b)?(?:privacy|data protection|cookies?)(?: and cookies?)?(?: \w+)? "
    r"(?:policy|policies|notice|statement|declaration)\b[\w&.,:'’()| –-]{0,40}",
    re.IGNORECASE,
)
# At the head of a page these are its title; in its middle they are sections.
_SHORT_TITLE = re.compile(
    r"data (?:protection|privacy)(?: information)?(?: (?:and|&) \w+(?: \w+)?)?|privacy (?:and|&) \w+(?: \w+)?",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"(?:©|\(c\) ?\d{4}|copyright\b|all rights? reserved|follow (?:us|[\w-]+)\W*$|subscribe (?:to )?our\b|(?:our )?newsletter\W*$"
    r"|powered by|back to top|site ?map\b|connect with us|share this|stay connected|we accept\W*$)",
    re.IGNORECASE,
)
_MENU = re.compile(
    r"(?:about(?: us| [\w-]+)?|home|blog|careers?|jobs|press|news|events?|support|help(?: center| centre)?|faqs?|shop|store|products?"
    r"|services?|solutions?|pricing|features?|download|resources?|community|forum|partners?|resellers?|become an? [\w ]+"
    r"|contact(?: us)?|sales|login|log ?in|sign ?in|sign ?up|register|my account|account|cart|search|menu|close|skip to [\w ]+"
    r"|language|english|terms(?: (?:of|and|&) [\w ]+)?|legal|imprint|impressum|cookie (?:policy|settings|preferences)|privacy(?: policy| notice)?"
    r"|accessibility|security|sitemap|site map|shipping(?: policy)?|returns?|refund policy|warranty|facebook|twitter|x|instagram|youtube"
    r"|linkedin|tiktok|pinterest|follow us|subscribe|newsletter|documentation|docs|api|developers?|status|investors?|company|team|gift cards?"
    r"|explore|discover|learn more|read more|get started|try (?:it )?(?:for )?free|book a demo|request a demo|share|print|previous|next)",
    re.IGNORECASE,
)


# Since when a policy holds; the year tells it from a link such as "updated terms".
_DATED = re.compile(
    r"\b(?:effective|updated?|modified|revised|revision|date)\b.{0,40}\b(?:19|20)\d\d\b", re.IGNORECASE
)


def clean(blocks: list[Block]) -> list[str]:
    """Mark the blocks that are not the policy; what a reader should know of it comes back as notes.

    Parameters
    ----------
    blocks : list of Block
        In reading order; ``keep`` and ``reason`` are set in place, nothing is dropped.

    Returns
    -------
    list of str
        Notes for the manifest: several documents on a page, much prose left out, nothing kept.
    """
    mark_boilerplate(blocks)
    _mark_repeated(blocks)
    notes = [note for note in [separate_documents(blocks)] if note]
    lost = _n_prose_words(block for block in blocks if not block.keep and block.reason in _OUTSIDE)
    if lost > 50:
        kept = _n_prose_words(block for block in blocks if block.keep)
        if lost > 0.25 * (kept + lost):
            notes.append(
                f"only {kept / (kept + lost):.0%} of the page's running text was kept; see the blocks left out"
            )
    if not any(block.keep for block in blocks):
        notes.append("nothing in the file was kept as policy text")
    return notes


def _n_prose_words(blocks: Iterable[Block]) -> int:
    return sum(len(block.text.split()) for block in blocks if is_prose(block.text))


# Reasons that rest on where a block stands, not on what it is: the ones that can hide policy text.
_OUTSIDE = frozenset(["outside the policy", "navigation", "footer", "hidden", "consent banner"])


def mark_boilerplate(blocks: list[Block]) -> None:
    """Mark what stands before and after the policy in a text without layout, and stray marks anywhere.

    The policy's body is found by its prose. Before it, a run of short lines up to the last title line
    is navigation; behind it, short lines from the first footer formula on are the footer. Without
    such a run or formula nothing is left out: a heading, an address or a date at either end is policy.

    Parameters
    ----------
    blocks : list of Block
        In reading order; changed in place.
    """
    for block in blocks:
        if block.keep and _is_stray(block.text):
            block.keep, block.reason = False, "stray mark"
    kept = [block for block in blocks if block.keep]
    places = range(len(kept))
    first = next((i for i in places if is_prose(kept[i].text)), None)
    if first is None:
        return
    last = next(i for i in reversed(places) if is_prose(kept[i].text))
    _mark_head(kept[:first], kept[first:])
    _mark_tail(kept[last + 1 :])


def _is_stray(text: str) -> bool:
    if not any(map(str.isalnum, text)) or (not text[0].isascii() and len(text.strip(". ")) <= 1):
        return True
    words = text.split(maxsplit=2)
    # "word word word ...": scripts that measure fonts
    return len(words) > 2 and words[0] == words[1] and len(text.split()) > 4 and len(set(text.split())) == 1


def is_menu_entry(text: str) -> bool:
    return bool(_MENU.fullmatch(text.strip(" .:>|+-»›")))


def is_footer_line(text: str) -> bool:
    return bool(_FOOTER.match(text.strip()))


def is_title(text: str) -> bool:
    return len(text.split()) <= 12 and bool(_TITLE.fullmatch(text.strip(" .#*")))


def is_date_line(text: str) -> bool:
    """Whether a short line says since when the policy holds or when it was changed."""
    return len(text.split()) <= 12 and bool(_DATED.search(text))


def _mark_head(head: list[Block], rest: list[Block]) -> None:
    texts = [block.text for block in head]
    counts = Counter(texts)
    is_menu = [is_menu_entry(text) or (counts[text] > 1 and len(head) >= 12) for text in texts]
    # A policy's own head is a title, a date, a lead; a menu is longer and made of menu words.
    if sum(is_menu) < max(3, 0.25 * len(head)):
        return
    later = {_bare(block.text) for block in rest}
    if _is_contents(texts, later):
        return
    titles = [
        i
        for i, text in enumerate(texts)
        if (is_title(text) and not re.match(r"cookie|(?:changes?|updates?) to", text, re.IGNORECASE))
        or _SHORT_TITLE.fullmatch(text.strip(" .#*"))
    ]
    # Behind the title there may be a table of contents, with a title in it.
    contents = next((i for i in titles if i + 3 < len(texts) and _is_contents(texts[i + 1 :], later)), None)
    last = max(i for i, menu in enumerate(is_menu[:contents]) if menu) if any(is_menu[:contents]) else -1
    start = contents if contents is not None else titles[-1] if titles else last + 1
    for i, block in enumerate(head):
        if (i < start or (start < i <= last and is_menu[i])) and not is_date_line(block.text):
            block.keep, block.reason = False, "navigation"


def _is_contents(texts: list[str], later: set[str]) -> bool:
    """Whether lines are a table of contents: they come again as headings."""
    return 2 * sum(_bare(text) in later for text in texts) >= len(texts)


def _bare(text: str) -> str:
    return re.sub(r"[\W\d_]+", " ", text).strip().lower()


def _mark_tail(tail: list[Block]) -> None:
    formulas = [i for i, block in enumerate(tail) if is_footer_line(block.text)]
    if not formulas:
        return
    # Menu entries right before the first formula belong to the footer too; an address or a date does not.
    start = formulas[0]
    for i in range(start - 1, -1, -1):
        if is_menu_entry(tail[i].text):
            start = i
        elif i + 2 < start:  # two lines that are no entries: the menu ends
            break
    for block in tail[start:]:
        block.keep, block.reason = False, "footer"


_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalnum())
_SEARCHED = 300_000  # characters of a page; the longest policies have half of them


def _letters(text: str) -> str:
    """Letters and numbers of a text, and nothing else."""
    if text.isascii():
        return text.encode().translate(None, _NO_LETTERS).decode()
    return re.sub(r"[\W_]+", "", text)


def _mark_repeated(blocks: list[Block]) -> None:
    """Some pages hold their text twice, once for wide screens and once for narrow ones; the second is left out.

    A copy comes in the order of its original. Lists that come again under each of a policy's purposes are short
    pieces here and there: they are its text, and how many there are depends on how a format cuts blocks.
    """
    kept = [block for block in blocks if block.keep]
    # Where lines were broken and quotes drawn may differ from copy to copy.
    keys = [_letters(block.text) for block in kept]
    first: dict[str, int] = {}
    n_again = run = longest = 0
    before = -1  # place of the original of the block before
    for place, key in enumerate(keys):
        original = first.setdefault(key, place)
        if original < place:
            n_again += len(key)
            run = (run if 0 <= before < original <= before + 3 else 0) + len(key)
            longest = max(longest, run)
        before = original if original < place else -1
    size = sum(map(len, keys))
    if n_again < 0.4 * size or longest < 0.05 * size:
        return
    text = ""  # what stands before, for blocks that the copy cuts elsewhere
    for place, (block, key) in enumerate(zip(kept, keys, strict=True)):
        if first[key] < place or (len(key) > 80 and key in text):
            block.keep, block.reason = False, "repeated"
        elif len(text) < _SEARCHED:  # time grows with the square of it
            text += key


# A supplement to the privacy policy that some pages head like a document of its own.
_SUPPLEMENT = re.compile(
    r"[\w&'’ -]{0,40}\b(?:privacy (?:rights?|notice|framework\w*|policy)|gdpr|ccpa|data (?:retention|protection|privacy))\b[\w()'’ -]{0,40}",
    re.IGNORECASE,
)
_OTHER_TITLE = re.compile(
    r"(?:[\w&'’/ –-]{0,40}\b)?(?:terms|terms (?:of|and|for|&) [\w ]{2,40}|conditions of [\w ]{2,30}|(?:cookies?|usage|acceptable use|"
    r"refund|return|shipping|community|content|copyright|dmca|security|takedown)[\w ]{0,20} (?:policy|guidelines)|"
    r"(?:processing|license|licence|user|service|subscription) (?:addendum|agreement))",
    re.IGNORECASE,
)
_OWN_RIGHT = re.compile(
    r"(?:[\w.&'’-]+ ){0,3}(?:terms (?:of (?:use|service)|(?:and|&) conditions)|(?:addendum|agreement))\W*",
    re.IGNORECASE,
)
_NO_TITLE = re.compile(
    r"\b(?:our|your|my|how|what|why|changes?|about|other|key|section|these|this|we|you|enforc\w+|violat\w+)\b|^\W*\d",
    re.IGNORECASE,
)


_OWN = ("privacy", "supplement")


def separate_documents(blocks: list[Block]) -> str:
    """Leave out the other legal documents of a page that holds several, and say so.

    Documents are told apart by their titles: blocks that stand alone and read "Terms of Service", "Cookie
    Policy" and the like. A title that is a heading rules until the next heading of its rank or above; one
    without rank until the next title. A page is taken for several documents only if its other documents
    make up at least 800 words and none of them is nested in the privacy policy.

    Returns
    -------
    str
        A note for the manifest, "" for an ordinary page.
    """
    kept = [block for block in blocks if block.keep]
    if not any(_OWN_RIGHT.fullmatch(block.text) for block in kept):
        return ""  # nearly every page: the others need no second look
    parts: list[tuple[str, int, list[Block]]] = [("", 99, [])]  # kind of document, rank of its title, blocks
    if not any(c.isupper() for block in kept[:50] for c in block.text):
        return ""  # a lower-cased scrape: a title cannot be told from a line of text
    for block in kept:
        kind = _document_kind(block)
        rank = block.level if block.kind == "heading" and block.level else 7
        if parts[-1][0] in _OWN and rank > parts[-1][1]:
            kind = ""  # a section of the policy, whatever its name
        ends = block.kind == "heading" and rank <= parts[-1][1] <= 6
        if kind or ends:
            parts.append((kind or "unnamed", rank, []))
        parts[-1][2].append(block)
    privacy = [rank for kind, rank, _ in parts if kind == "privacy"]
    if not privacy or len(parts) < 3:
        return ""
    ranks = {rank for kind, rank, _ in parts if kind == "other"}
    other = [part for part in parts if part[0] == "other"]
    if not any(_OWN_RIGHT.fullmatch(part[0].text) for _, _, part in other):
        return ""  # "Cookie policy" alone may as well be a section
    n_other = sum(len(block.text.split()) for _, _, part in other for block in part)
    n_privacy = sum(len(block.text.split()) for kind, _, part in parts if kind in _OWN for block in part)
    if not other or n_other < 800 or n_privacy < 200 or min(privacy) < min(ranks):
        return ""
    for kind, _, part in parts:
        if kind not in _OWN:
            for block in part:
                block.keep, block.reason = False, "other document"
    titles = ", ".join(dict.fromkeys(part[0].text for _, _, part in other))
    return f"several documents on the page; left out: {titles[:300]}"


def _document_kind(block: Block) -> str:
    title = block.text.strip(" .:*")
    if block.kind not in ("heading", "paragraph") or len(title.split()) > 8 or (title and title[-1] in ",;"):
        return ""
    if block.kind == "paragraph" and not title[:1].isupper():
        return ""
    if _NO_TITLE.search(title):
        return ""
    if is_title(title) and not re.match(r"cookie", title, re.IGNORECASE):
        return "privacy"
    if _OTHER_TITLE.fullmatch(title):
        return "other"
    return "supplement" if block.kind == "heading" and _SUPPLEMENT.fullmatch(title) else ""
