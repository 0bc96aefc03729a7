"""Sentences: the units of a block, each with its kind (sentence, fragment or heading).

The text of one block is split here by nupunkt, a Punkt model for legal English that ships in its wheel. The words
beside each cut are then checked, because policies are full of abbreviations, numbered sections and quoted titles.
"""

import re
import tomllib
from collections.abc import Callable, Iterable
from functools import cache

from policytools._files import PACKAGE
from policytools.text.clauses import NO_STATEMENT, is_clause, is_purpose, looks_like_title
from policytools.text.tokens import count_words
from policytools.text.word_cache import WordCache

_LONGEST_LABEL = 6  # words of a heading at the beginning of a paragraph
_BULLETS = " \u2800-*–—·•▪▫◦‣⁃●○■□➢➤✓✔\uf0b7\uf0a7"
_LEXICON = (PACKAGE / "lexicons" / "sentence-words.toml").read_text("utf-8")
_WORDS = {use: frozenset(words.split()) for use, words in tomllib.loads(_LEXICON).items()}


@cache
def _sentence_spans() -> Callable[[str], Iterable[tuple[int, int]]]:
    import nupunkt  # imported here, because it is slow to load and many functions do not need it

    tokenizer = nupunkt.load_default_model()
    for word in _WORDS["no_abbreviation"]:
        tokenizer.remove_abbreviation(word)
    return tokenizer.span_tokenize


# nupunkt takes quadratic time on a long piece without blanks, and no sentence ends inside one.
_LONG_PIECE = re.compile(r"(?<!\S)(\S{100})(\S{300,})(?=\S{100})")
# nupunkt splits only after such a mark; without one, as in most list items, it need not be asked.
_MARK_INSIDE = re.compile(r"[.?!…](?:\s+\S|[^\w\s,]|[\d¹²³⁰⁴-⁹])")
# Where nupunkt needs help. It needs a space after a full stop; scraped text has lost some ("information.Printer",
# "information.we"). The mark of a footnote ends a sentence ("partners.[1]", "partners.¹", "partners.1"), and so does a
# name that looks like an abbreviation before what can only be a new sentence ("on X. If you").
_GLUED_START = r"[A-Z][a-z]+ |(?:we|you|your|our|the|this|these|if|when|please|for|as|such|what|how) "
_NO_FOOTNOTE = "".join(rf"(?<!\b(?i:{word})\.)" for word in sorted(_WORDS["no_footnote"]))
_SUBJECTS = "We|You|They|It|Its|Our|Their|If|When|This|These|Please|Learn|For"
_UNSEEN_END = re.compile(
    rf"[.!?](?:(?<=[a-z)][a-z)].)(?={_GLUED_START})"
    rf"|([\"')]?(?:(?:\s?\[\^?\d{{1,3}}\]|[¹²³⁰⁴-⁹])+|(?<=[a-z]{{2}}.){_NO_FOOTNOTE}\d{{1,2}})(?=\s+[\"'(]?[A-Z]|\s*$)"
    rf"|(?:(?<=[a-z)] [A-Z].)(?<!ection [A-Z].)|(?<=\b(?:Inc|Ltd).))\s(?=(?:{_SUBJECTS}) [a-z])))"
)
# No sentence starts like this: an aside in lower case, a later item of an enumeration, the mark that closes a
# quotation or an aside, the rest of a domain name.
_NO_START = re.compile(
    r"\((?!i\))(?:[a-z]|\d\))|(?:(?:and|or) )\([a-z\d]{1,4}\)|[,;:)](?![A-Z])|[\"'](?:[,;:.)]|\s|$)"
    r"|(?:com|net|org)\b(?! [A-Z])|eu(?=[/.,;:)]|$)"
)
_LAST_LETTERS = frozenset(word[-3:] for word in _WORDS["introduces"] | _WORDS["roman"])
_NUMBER = re.compile(r"[\d§(]|[ivxIVX]+\b")
_NO_CAPITAL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789§(),;:\"' ")
_YEAR, _DATE = re.compile(r"(?:19|20)\d\d\b"), re.compile(r"[A-Za-z]+\.?(?:,? \d|$)")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")
_SECTION = re.compile(r"(?=\S*\d|[ivx]+\.)[(§]?\w{1,3}(?:\.\w{1,4})*\.\)?", re.IGNORECASE)
_TITLE = re.compile(
    r"[\"'(]|(?!(?:The|This|These|In|If|For)\b)(?:[A-Z][\w'-]*,? (?:(?:and|of|to|for|the|with) )*){2}[A-Z]"
)
_INITIALS = re.compile(r"[\w./]*[-/.](?:[a-z]\.)+[a-z]|(?!u\.s\.a)(?:[a-z]\.){2,}[a-z]")  # "EU-U.S", "U.S.C"


def split_sentences(text: str) -> list[str]:
    """Split the text of one block into sentences. The marks of footnotes between them belong to none.

    Examples
    --------
    >>> split_sentences("We collect data, e.g., your name. We do not sell it.")
    ['We collect data, e.g., your name.', 'We do not sell it.']
    """
    text = _UNSEEN_END.sub(_mark_end, text)
    if not _MARK_INSIDE.search(text):
        return [stripped] if (stripped := text.strip()) else []
    return [part for run in text.split("\0") for part in _parts(run)]


def _mark_end(match: re.Match[str]) -> str:
    """The end of a sentence, with a space or, where the text has to be cut, with a NUL instead of the footnote."""
    if match[1] is None:
        return match[0] + " "
    return match[0][: 2 if match[1][:1] in ('"', "'", ")") else 1] + "\0"


def _parts(text: str) -> list[str]:
    spans: list[tuple[int, int]] = []
    shown = _LONG_PIECE.sub(lambda piece: piece[1] + "x" * len(piece[2]), text)
    for start, end in _sentence_spans()(shown):
        if spans and _goes_on(text, *spans[-1], start):
            spans[-1] = spans[-1][0], end
        else:
            spans.append((start, end))
    return [part for start, end in spans if (part := text[start:end].strip())]


def _goes_on(text: str, start: int, end: int, following: int) -> bool:
    """Whether a sentence goes on behind a cut."""
    start = max(start, end - 300)
    closed = text.find(")", following, following + 60)
    in_aside = closed >= 0 and start < text.rfind("(", start, end) > text.rfind(")", start, end)
    if not in_aside and text[following] not in _NO_CAPITAL and _ENDS_PLAINLY[text[end - 4 : end]]:
        return False  # the usual case is decided quickly
    return _is_inside(text[start:end], text[following : following + 60].lstrip(), in_aside=in_aside)


def _ends_plainly(end: str) -> bool:
    """Whether the last four characters of a sentence are those of an ordinary word and a full stop."""
    end = end.rstrip("\"')*")
    word = end[:-1].rstrip("\"')*").rpartition(" ")[2]
    return end[-1:] == "." and word.isalpha() and len(word) > 1 and word.lower() not in _LAST_LETTERS


_ENDS_PLAINLY = WordCache(_ends_plainly)


def _is_inside(before: str, after: str, *, in_aside: bool) -> bool:
    """Whether a sentence goes on behind a cut, judged by its words."""
    words = before.lstrip(_BULLETS).rsplit(None, 2)[-2:]
    if not words or not after or _NO_START.match(after):
        return True
    core, first = (piece.strip(".,?!()[]\"'§").lower() for piece in (words[-1], after.split(None, 1)[0]))
    is_new = first in _WORDS["opener"]
    closed = after.find(")")
    if in_aside and "(" not in after[:closed]:
        return not is_new or core[-1:].isdigit() or after[closed + 1 : closed + 3].strip(" ,").islower()
    if words[-1].rstrip("\"')")[-1:] in ("?", "!"):  # of a name, or of a title inside a sentence
        # In a text without capitals a small letter shows nothing.
        is_small = after[0].islower() and not before.islower() and first not in _WORDS["answer"]
        return is_small or (core in _WORDS["marked_name"] and not is_new) or first in _WORDS["after_mark"]
    if core in _WORDS["introduces"]:
        return True
    if core.isalpha() and len(core) > 1 and core not in _WORDS["roman"]:
        return (core in _WORDS["numbered"] or core.endswith("str")) and bool(_NUMBER.match(after))
    if _INITIALS.fullmatch(core):
        return after[0].islower() or not is_new
    return _is_number_of(words, core, first, after) or (bool(_ORDINAL.fullmatch(core)) and not is_new)


def _is_number_of(words: list[str], core: str, first: str, after: str) -> bool:
    """Whether the number before a full stop belongs to what follows: a title, a month, a year."""
    previous = words[0].strip("(\"'").lower() if len(words) > 1 else ""
    if previous in _WORDS["month"] and core.isdigit():
        return bool(_YEAR.match(after))
    if first in _WORDS["month"] and core.isdigit():
        return bool(_DATE.match(after))
    if words[-1][0] in "\"'" or not previous:  # of a quoted title, or of the section that begins here
        return bool(_SECTION.fullmatch(words[-1].lstrip("\"'")))
    is_section = (
        previous == "section"
        or previous in _WORDS["numbered"]
        or core.rstrip("0123456789.") in _WORDS["numbered"]
    )
    return is_section and bool(_TITLE.match(after))


def unit_kind(text: str, *, block_kind: str, position: int, n_units: int) -> str:
    """Kind of one unit of a block: ``sentence``, ``fragment`` or ``heading``.

    Parameters
    ----------
    text : str
        The unit.
    block_kind : str
        Kind of its block. The unit of a heading is a heading unless it is a finished statement.
    position, n_units : int
        The unit's place in its block, from 0, and how many units the block has.

    Examples
    --------
    >>> unit_kind("Do Not Track.", block_kind="paragraph", position=0, n_units=2)
    'heading'
    >>> unit_kind("IP address;", block_kind="list_item", position=0, n_units=1)
    'fragment'
    """
    text = text.lstrip(_BULLETS)  # some formats leave a bullet at the first word
    n_words = len(text.split())
    if block_kind == "heading":
        # "We do not sell your data." in the layout of a heading is a sentence, because other formats have no
        # layout. "To improve our services." is never a sentence, with a full stop or without.
        finished = text.endswith((".", "!")) and n_words > 3 and not NO_STATEMENT.match(text)
        return "sentence" if finished and is_clause(text) else "heading"
    if position == 0 and text.endswith("?") and looks_like_title(text):
        return "heading"
    if position == 0 and n_units > 1 and block_kind != "table_row" and is_purpose(text):
        return "heading"  # a run-in label: "To comply with the law."
    if is_clause(text):
        return "sentence"
    if position == 0 and (n_units > 1 or text.endswith(":")) and n_words <= _LONGEST_LABEL:
        return "heading"  # a run-in label: "Account information."
    return "fragment"


def block_units(kind: str, text: str, *, is_first_row: bool = False) -> list[tuple[str, str, int]]:
    """Units of one block in order, each with its kind (sentence, fragment or heading) and its number of words.

    In the first row of a table the titles of the columns are headings.

    Examples
    --------
    >>> block_units("paragraph", "Cookies. We use none of them.")
    [('heading', 'Cookies.', 1), ('sentence', 'We use none of them.', 5)]
    >>> block_units("table_row", "Cookie | Purpose", is_first_row=True)
    [('heading', 'Cookie', 1), ('heading', 'Purpose', 1)]
    """
    units = []
    cells = text.split(" | ") if kind == "table_row" else [text]
    is_head = is_first_row and all(map(looks_like_title, cells))
    for part in cells:
        found = [text] if kind == "heading" else split_sentences(part)
        for position, unit in enumerate(found):
            unit_is = unit_kind(unit, block_kind=kind, position=position, n_units=len(found))
            units.append(("heading" if is_head else unit_is, unit, count_words(unit)))
    return units
