"""Which blocks are the policy, and why the others are not. Marks, never deletes."""

from __future__ import annotations

import re

from policytools.readers import Block
from policytools.segmentation import is_clause

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
    "outside the policy": "other matter on the same page",
    "other document": "another legal document on the same page",
    "other language": "not in English",
}

_TITLE = re.compile(
    r"(?:[\w&.'’ -]{0,40}\b)?(?:privacy|data protection|cookies?)(?: and cookies?)?(?: \w+)? "
    r"(?:policy|policies|notice|statement|declaration)\b[\w&.,:'’()| –-]{0,40}",
    re.I,
)
_FOOTER = re.compile(
    r"(?:©|\(c\) ?\d{4}|copyright\b|all rights? reserved|follow (?:us|[\w-]+)\W*$|subscribe\b|(?:sign up (?:for|to) )?(?:our )?newsletter"
    r"|powered by|back to top|site ?map\b|connect with us|share this|stay connected|we accept\b|payment methods)",
    re.I,
)
_MENU = re.compile(
    r"(?:about(?: us| [\w-]+)?|home|blog|careers?|jobs|press|news|events?|support|help(?: center| centre)?|faqs?|shop|store|products?"
    r"|services?|solutions?|pricing|features?|download|resources?|community|forum|partners?|resellers?|become an? [\w ]+"
    r"|contact(?: us)?|sales|login|log ?in|sign ?in|sign ?up|register|my account|account|cart|search|menu|close|skip to [\w ]+"
    r"|language|english|terms(?: (?:of|and|&) [\w ]+)?|legal|imprint|impressum|cookie (?:policy|settings|preferences)|privacy(?: policy| notice)?"
    r"|accessibility|security|sitemap|site map|shipping(?: policy)?|returns?|refund policy|warranty|facebook|twitter|x|instagram|youtube"
    r"|linkedin|tiktok|pinterest|follow us|subscribe|newsletter|documentation|docs|api|developers?|status|investors?|company|team|gift cards?"
    r"|explore|discover|learn more|read more|get started|try (?:it )?(?:for )?free|book a demo|request a demo|share|print|previous|next)",
    re.I,
)


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
        letters = sum(map(str.isalnum, block.text))
        if block.keep and (letters == 0 or (len(block.text.strip(". ")) <= 1 and not block.text[:1].isascii())):
            block.keep, block.reason = False, "stray mark"
    kept = [block for block in blocks if block.keep]
    prose = [i for i, block in enumerate(kept) if is_prose(block.text)]
    if not prose:
        return
    _mark_head(kept[: prose[0]])
    _mark_tail(kept[prose[-1] + 1 :])


def is_prose(text: str) -> bool:
    """Whether a text is at least one full sentence rather than a label, a link or a menu."""
    return len(text.split()) >= 8 and is_clause(text)


def is_menu_entry(text: str) -> bool:
    return bool(_MENU.fullmatch(text.strip(" .:>|+-»›")))


def is_footer_line(text: str) -> bool:
    return bool(_FOOTER.match(text.strip()))


def is_title(text: str) -> bool:
    return len(text.split()) <= 12 and bool(_TITLE.fullmatch(text.strip(" .#*")))


def _mark_head(head: list[Block]) -> None:
    titles = [i for i, block in enumerate(head) if is_title(block.text)]
    texts = [block.text for block in head]
    repeated = {text for text in texts if texts.count(text) > 1}
    n_menu = sum(is_menu_entry(text) or text in repeated for text in texts)
    # A policy's own head is a title, a date, a lead: menus are longer, repeat themselves or use menu words.
    if n_menu >= 3 or (len(head) >= 12 and n_menu >= 1):
        start = titles[-1] if titles else _last_menu(head, repeated) + 1
    else:
        start = 0
    for i, block in enumerate(head):
        if i < start or (i != start and is_menu_entry(block.text) and n_menu >= 3 and i < _last_menu(head, repeated)):
            block.keep, block.reason = False, "navigation"


def _last_menu(head: list[Block], repeated: set[str]) -> int:
    return max(i for i, block in enumerate(head) if is_menu_entry(block.text) or block.text in repeated)


def _mark_tail(tail: list[Block]) -> None:
    formulas = [i for i, block in enumerate(tail) if is_footer_line(block.text)]
    if not formulas:
        return
    # Menu entries right before the first formula belong to the footer too; an address or a date does not.
    start = formulas[0]
    entries = [i for i, block in enumerate(tail[: start + 1]) if is_menu_entry(block.text)]
    if entries:
        start = min(start, entries[0])
    for block in tail[start:]:
        block.keep, block.reason = False, "footer"
