"""The policy's part of an HTML page: what is outside it, or may be a menu or a banner, is marked with the reason."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from lxml.html import HtmlElement

from policytools.reading.blocks import Block
from policytools.reading.word_lists import ANYWHERE, pattern, phrase_lists
from policytools.text.clauses import is_prose

_HIDDEN = re.compile(r"visibility:\s*hidden|(?:top|left):\s*-\d{4}")

Suspects = tuple[tuple[HtmlElement, str], ...]


@dataclass(slots=True)
class Placed:
    """A block, its element, and the elements around it that may not be the policy, each with the reason."""

    block: Block
    element: HtmlElement
    suspects: Suspects


def suspect_reason(element: HtmlElement, tag: str) -> str:
    """Reason why an element may not be the policy; "" if there is none."""
    reason = _reasons_by_word("tag").get(tag)
    if reason:
        return reason
    if _HIDDEN.search(element.get("style") or ""):
        return "hidden"
    reason = _reasons_by_word("role").get((element.get("role") or "").lower())
    if reason:
        return reason
    if tag in ("body", "main", "article"):
        return ""
    names = f"{element.get('id') or ''} {element.get('class') or ''}"
    if len(names) < 2:
        return ""
    return next((reason for reason, found in _reason_patterns() if found.search(names)), "")


@cache
def _reasons_by_word(table: str) -> dict[str, str]:
    return {word: reason for reason, words in phrase_lists(table).items() for word in words}


@cache
def _reason_patterns() -> list[tuple[str, re.Pattern[str]]]:
    frames = {"class_anywhere": ANYWHERE, "class_word": r"(?:^|[-_ ])%s(?:$|[-_ ])"}
    return [
        (reason, pattern(table, reason, frame=frame))
        for table, frame in frames.items()
        for reason in phrase_lists(table)
    ]


def keep_main(placed: list[Placed]) -> None:
    """Keep the blocks in the smallest element that holds nearly all of the page's prose; mark the others."""
    own: Counter = Counter()  # characters of prose directly in an element
    n_own: Counter = Counter()  # blocks of prose directly in an element
    for item in placed:
        if is_prose(item.block.text):
            own[item.element] += len(item.block.text)
            n_own[item.element] += 1
    prose, inside = own, set()
    if own:
        root = placed[0].element.getroottree().getroot()
        prose = _with_descendants(own, root)
    reasons = _reasons(placed, prose)
    if own:
        inside = _widened(_smallest_with_prose(root, prose, n_own), placed, reasons)
    for item, reason in zip(placed, reasons, strict=True):
        if reason or item.element not in inside:
            item.block.leave_out(reason or "outside the policy")


def _with_descendants(own: Counter, root: HtmlElement) -> Counter:
    """Characters of prose in each element and in all elements inside it."""
    total = own.copy()
    # In reverse document order each element comes after all elements inside it.
    for element in reversed(list(root.iter())):
        size, parent = total.get(element, 0), element.getparent()
        if size and parent is not None:
            total[parent] += size
    return total


def _reasons(placed: list[Placed], prose: Counter) -> list[str]:
    """Reason to leave out each block, "" for none; an element with much of the prose is kept."""
    limit = 0.2 * max(prose.values(), default=0)
    reason_of = {
        suspects: next((reason for element, reason in suspects if prose[element] <= limit), "")
        for suspects in {item.suspects for item in placed}
    }
    return [reason_of[item.suspects] for item in placed]


def _smallest_with_prose(root: HtmlElement, prose: Counter, n_own: Counter) -> HtmlElement:
    main = root
    while True:
        inner = max((child for child in main if child in prose), key=prose.__getitem__, default=None)
        if inner is None or prose[inner] < 0.97 * prose[main]:
            return main
        # One or two paragraphs, however long, do not hold a policy.
        if n_own[inner] in (1, 2) and not any(child in prose for child in inner):
            return main
        main = inner


def _widened(main: HtmlElement, placed: list[Placed], reasons: list[str]) -> set[HtmlElement]:
    """All elements of the policy: those in `main`, and those around it as long as their prose is about privacy.

    A policy's introduction may be outside the element that holds the rest.
    """
    about_privacy = pattern("page", "policy_prose")
    inside = set(main.iter())
    for _ in range(30):  # each round walks over the page; pages are not nested more deeply
        if main.getparent() is None or main.getparent().tag == "html":
            break
        main = main.getparent()
        around = set(main.iter())
        added = [
            item.block.text
            for item, reason in zip(placed, reasons, strict=True)
            if not reason and item.element in around and item.element not in inside
        ]
        running = [text for text in added if is_prose(text)]
        n_about_privacy = sum(bool(about_privacy.search(text)) for text in running)
        if added and (not running or n_about_privacy < 0.6 * len(running)):
            break
        inside = around
    return inside
