"""The policy's part of an HTML page: what is outside it, or is a menu or a banner, is marked with the reason."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from lxml.html import HtmlElement

from policytools.reading.blocks import Block
from policytools.reading.cleaning import is_date_line, is_title_of_page
from policytools.reading.language import is_mostly_foreign
from policytools.reading.subject import count_subject_words, is_about_privacy
from policytools.reading.word_lists import ANYWHERE, pattern, phrase_lists
from policytools.text.clauses import is_prose

_HIDDEN = re.compile(r"visibility:\s*hidden|(?:top|left):\s*-\d{4}")
# "no-footer", "without-sidebar" and "has-sidebar" do not name what the element is.
_NOT_ITS_NAME = re.compile(r"(?<![a-z])(?:no|not|non|without|has|with)[-_][\w-]*", re.IGNORECASE)
_CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")
# An element that may not be the policy is the policy if it has more than this share of the page's prose.
_MUCH = 0.2
_MOST = 0.5  # for consent banners
_MIN_REST = 10  # words about privacy outside the elements of products, if these are not the policy
_N_ABOVE = 15  # blocks above the policy's element among which its title and date are searched

Suspects = tuple[tuple[HtmlElement, str], ...]


@dataclass(slots=True)
class Placed:
    """A block, its element, and the elements around it that may not be the policy, each with the reason."""

    block: Block
    element: HtmlElement
    suspects: Suspects


# ---------------------------------------------------------------- what an element is by its names


def suspect_reason(element: HtmlElement, tag: str) -> str:
    """Reason why an element may not be the policy; "" if there is none."""
    names = _names(element)
    reason = _product_reason(names, tag) or _reasons_by_word("tag").get(tag, "")
    if reason:
        return reason
    if _HIDDEN.search(element.get("style") or ""):
        return "hidden"
    reason = _reasons_by_word("role").get((element.get("role") or "").lower(), "")
    return reason or _reason_of_names(names, tag)


@lru_cache(maxsize=10_000)
def _product_reason(names: str, tag: str) -> str:
    """Reason to leave out what a consent manager or a widget adds to a page; "" for other elements."""
    if _has_no_name(names, tag) or pattern("embedded_policy", frame=ANYWHERE).search(names):
        return ""
    return _first_reason(names, "product", r"(?:^|[-_ ])%s")


@lru_cache(maxsize=10_000)
def _reason_of_names(names: str, tag: str) -> str:
    if _has_no_name(names, tag):
        return ""
    words = _NOT_ITS_NAME.sub("", _CAMEL_CASE.sub("-", names))
    return _first_reason(names, "class_anywhere", ANYWHERE) or _first_reason(
        words, "class_word", r"(?:^|[-_ ])%s(?:$|[-_ ])"
    )


def _names(element: HtmlElement) -> str:
    return f"{element.get('id') or ''} {element.get('class') or ''}"


def _has_no_name(names: str, tag: str) -> bool:
    return len(names) < 2 or tag in ("body", "main", "article")  # the names of these are about the whole page


def _first_reason(names: str, table: str, frame: str) -> str:
    return next(
        (reason for reason in phrase_lists(table) if pattern(table, reason, frame=frame).search(names)), ""
    )


@cache
def _reasons_by_word(table: str) -> dict[str, str]:
    return {word: reason for reason, words in phrase_lists(table).items() for word in words}


# ---------------------------------------------------------------- the policy's element


class _Prose:
    """The prose of a page: how much of it is in each element, and what it is about."""

    def __init__(self, placed: list[Placed]):
        self.is_prose = [is_prose(item.block.text) for item in placed]
        self.n_words: Counter = Counter()
        self.n_subject: Counter = Counter()
        self.n_blocks: Counter = Counter()  # directly in an element
        for item in self._of(placed):
            self.n_words[item.element] += len(item.block.text.split())
            self.n_subject[item.element] += count_subject_words(item.block.text)
            self.n_blocks[item.element] += 1
        self.root = placed[0].element.getroottree().getroot()
        _add_descendants(self.root, self.n_words, self.n_subject)
        # Words for the subjects of privacy policies; on a page without them, all words.
        self.size = self.n_subject if self.n_subject[self.root] else self.n_words

    def _of(self, placed: list[Placed]) -> Iterable[Placed]:
        return (item for item, prose in zip(placed, self.is_prose, strict=True) if prose)

    def share(self, element: HtmlElement, reason: str) -> float:
        """Share of the page's prose in an element; all words count in a consent banner, which is about privacy too."""
        size = self.n_words if reason == "consent banner" else self.size
        return size[element] / size[self.root] if size[self.root] else 0.0

    def is_about_privacy(self, element: HtmlElement) -> bool:
        return is_about_privacy(self.n_subject[element], self.n_words[element])


def keep_main(placed: list[Placed]) -> None:
    """Keep the blocks in the smallest element that holds nearly all prose about privacy; mark the others.

    A text in another language stays whole, but for consent managers, widgets and what is beside the text, such as
    lists of options: the rules are for English.
    """
    if not placed:
        return
    if is_mostly_foreign(item.block.text for item in placed):
        beside = phrase_lists("html")["beside"]
        for item in placed:
            certain = (
                _certain_reason(element) or (reason if element.tag in beside else "")
                for element, reason in item.suspects
            )
            if reason := next(filter(None, certain), ""):
                item.block.leave_out(reason)
        return
    prose = _Prose(placed)
    main = _smallest_with_prose(prose)
    reasons = _reasons(placed, prose, main)
    inside = _widened(main, placed, reasons, prose)
    kept = [not reason and item.element in inside for item, reason in zip(placed, reasons, strict=True)]
    _keep_title_and_date(placed, reasons, kept)
    for item, reason, keep in zip(placed, reasons, kept, strict=True):
        if not keep:
            item.block.leave_out(reason or "outside the policy")


def _add_descendants(root: HtmlElement, *counts: Counter) -> None:
    """Add to the count of each element those of all elements inside it."""
    # In reverse document order each element comes after all elements inside it.
    for element in reversed(list(root.iter())):
        parent = element.getparent()
        for count in counts:
            if parent is not None and count[element]:
                count[parent] += count[element]


def _smallest_with_prose(prose: _Prose) -> HtmlElement:
    main, size = prose.root, prose.size
    while True:
        inner = max((child for child in main if size[child]), key=size.__getitem__, default=None)
        if inner is None or size[inner] < 0.97 * size[main]:
            return main
        # One or two paragraphs, however long, do not hold a policy.
        if prose.n_blocks[inner] in (1, 2) and not any(prose.n_words[child] for child in inner):
            return main
        main = inner


def _certain_reason(element: HtmlElement) -> str:
    return _product_reason(_names(element), str(element.tag))


# ---------------------------------------------------------------- menus, banners and the like


def _reasons(placed: list[Placed], prose: _Prose, main: HtmlElement) -> list[str]:
    """Reason to leave out each block, "" for none."""
    is_policy = _policy_among_suspects(placed, prose) | _parts_between(placed, prose, main)
    reason_of = {
        suspects: next((reason for element, reason in suspects if element not in is_policy), "")
        for suspects in {item.suspects for item in placed}
    }
    return [reason_of[item.suspects] for item in placed]


def _policy_among_suspects(placed: list[Placed], prose: _Prose) -> set[HtmlElement]:
    """The suspect elements that are the policy: together, those of one reason have much of its prose.

    Like parts are judged together, because a policy may be cut into many parts, each of them small.
    """
    suspects = {pair: None for item in placed for pair in item.suspects}
    # Of the outermost elements of each reason, and of like elements.
    share: defaultdict[object, float] = defaultdict(float)
    rest = prose.n_subject[prose.root]  # outside products
    counted = set()
    for element, reason in suspects:  # outer elements come before inner ones
        share[_likeness(element, reason)] += prose.share(element, reason)
        if not any((outer, reason) in counted for outer in element.iterancestors()):
            counted.add((element, reason))
            share[reason] += prose.share(element, reason) * prose.is_about_privacy(element)
            rest -= prose.n_subject[element] * bool(_certain_reason(element))

    def is_policy(element: HtmlElement, reason: str) -> bool:
        if _certain_reason(element) and rest >= _MIN_REST:
            return False
        much = _MOST if reason == "consent banner" else _MUCH
        is_like_much = share[reason] > much and share[_likeness(element, reason)] > 0.01
        return prose.share(element, reason) > much or is_like_much

    return {element for element, reason in suspects if is_policy(element, reason)}


def _likeness(element: HtmlElement, reason: str) -> tuple:
    """What like parts of a policy share; without a name, they are children of one element."""
    names = element.tag, element.get("class"), element.get("role")
    return (reason, *names) if any(names[1:]) else (reason, *names, element.getparent())


def _parts_between(placed: list[Placed], prose: _Prose, main: HtmlElement) -> set[HtmlElement]:
    """Suspect elements about privacy between or beside other prose of the policy, such as a closed part of an accordion."""
    within = set(main.iter())
    free = [
        number
        for number, (item, is_running) in enumerate(zip(placed, prose.is_prose, strict=True))
        if is_running and not item.suspects and item.element in within
    ]
    if not free:
        return set()
    parents = {placed[number].element.getparent() for number in free}
    return {
        element
        for number, item in enumerate(placed)
        for element, reason in item.suspects
        if reason not in ("consent banner", "footer")
        and element in within
        and (
            free[0] < number < free[-1]
            or (element.getparent() in parents and element.getparent().tag != "body")
        )
        and not _certain_reason(element)
        and prose.is_about_privacy(element)
    }


# ---------------------------------------------------------------- the policy's text outside its element


def _widened(main: HtmlElement, placed: list[Placed], reasons: list[str], prose: _Prose) -> set[HtmlElement]:
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
            (item.block.text, is_running)
            for item, reason, is_running in zip(placed, reasons, prose.is_prose, strict=True)
            if not reason and item.element in around and item.element not in inside
        ]
        running = [text for text, is_running in added if is_running]
        n_about_privacy = sum(bool(about_privacy.search(text)) for text in running)
        if added and (not running or n_about_privacy < 0.6 * len(running)):
            break
        inside = around
    return inside


def _keep_title_and_date(placed: list[Placed], reasons: list[str], kept: list[bool]) -> None:
    """Keep what is above the element of the policy's text: its title and date, and sentences below the title."""
    first = kept.index(True) if any(kept) else 0
    above = [
        number for number in range(max(0, first - _N_ABOVE), first) if reasons[number] in ("", "navigation")
    ]
    is_below_title = False
    for number in above:
        block = placed[number].block
        is_below_title |= _is_own_title(block)
        is_sentence = is_below_title and not reasons[number] and len(block.text.split()) >= 8
        kept[number] = _is_own_title(block) or is_date_line(block.text) or is_sentence


def _is_own_title(block: Block) -> bool:
    is_about_policy = block.level == 1 and pattern("page", "policy_prose").search(block.text)
    return block.kind == "heading" and bool(is_about_policy or is_title_of_page(block.text))
