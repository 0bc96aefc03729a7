"""Whether a document looks like a privacy policy, or like a page that a site shows instead of one."""

import re
from itertools import islice
from math import ceil, inf

from policytools.reading.blocks import Block
from policytools.reading.language import is_english
from policytools.reading.word_lists import ANYWHERE, pattern, phrase_lists
from policytools.text.clauses import is_prose

# The limits were set on 267 policies of online services, 96 of apps and 35 web pages. The shortest policy of a
# service has 149 words of prose; the shortest of apps have 20, 54 and 70. Terms of service among the texts name
# personal data 2 to 8 times in a thousand words, policies 7 times and more.
MIN_WORDS = 50
SHORT = 400  # words of prose; in a longer text the first 400 nearly always suffice
MIN_CHARACTERS = 400  # of a text in another language
MIN_NAMED = 3  # times that a text in another language must name privacy or personal data
MIN_SUBJECTS = 3
MIN_PER_THOUSAND = 6.0


def doubt(blocks: list[Block]) -> str:
    """Reason why a document is probably not a privacy policy; "" if it looks like one.

    Parameters
    ----------
    blocks : list of Block
        A document after cleaning.

    Returns
    -------
    str
        For messages and for ``policies.note``.

    Notes
    -----
    The kept prose decides: how many words it has, how many of nine subjects of privacy policies it mentions,
    and how often it names personal data. In a short text, sentences of cookie dialogues, log-in pages and
    error pages are not counted. A text in another language must only be long enough and name privacy or
    personal data.

    Examples
    --------
    >>> doubt([Block("heading", "404"), Block("paragraph", "Sorry, the page you are looking for does not exist.")])
    'too little to be a privacy policy: 0 words of policy text; reads like an error page'
    """
    kept = [block.text for block in blocks if block.keep]
    if not kept:
        return f"nothing in the file was kept as policy text{_kind_of_page(blocks)}"
    whole = " ".join(map(str.lower, kept))  # block by block: lower() is fastest on ASCII strings
    words = whole.split()
    if not is_english(words) and len(whole) >= MIN_CHARACTERS:
        if len(pattern("abroad", frame=ANYWHERE).findall(whole)) >= MIN_NAMED:
            return ""
        return f"not English, and hardly a privacy policy: no word for it in any known language{_kind_of_page(blocks)}"
    prose, n_words = _prose(kept, up_to=SHORT)
    if n_words < SHORT:
        instead = pattern("instead", "sentence")
        prose = [
            part for text in prose for part in re.split(r"(?<=[.!?])\s", text) if not instead.search(part)
        ]
        n_words = sum(len(text.split()) for text in prose)
    if n_words < MIN_WORDS or (n_words < 150 and pattern("instead", "wall").search(whole)):
        return f"too little to be a privacy policy: {n_words} words of policy text{_kind_of_page(blocks)}"
    n_subjects = _n_subjects(prose)
    if n_subjects < MIN_SUBJECTS and n_words >= SHORT:
        n_subjects = _n_subjects(_prose(kept)[0])
    if n_subjects < MIN_SUBJECTS:
        return f"speaks of too little to be a privacy policy: of {n_subjects} of its nine subjects{_kind_of_page(blocks)}"
    enough = ceil(MIN_PER_THOUSAND * len(words) / 1000)  # a policy reaches it in its first paragraphs
    named = islice(pattern("personal_data", "named", frame=r"(?-i:\b%s\b)").finditer(whole), enough)
    per_thousand = 1000 * sum(1 for _ in named) / len(words)
    if per_thousand < MIN_PER_THOUSAND:
        return f"speaks too seldom of personal data to be a privacy policy ({per_thousand:.0f} times in a thousand words)"
    return ""


def _prose(texts: list[str], *, up_to: float = inf) -> tuple[list[str], int]:
    """The first texts that are prose, until they have `up_to` words, and how many words they have."""
    prose, n_words = [], 0
    for text in texts:
        if is_prose(text):
            prose.append(text)
            n_words += len(text.split())
            if n_words >= up_to:
                break
    return prose, n_words


def _n_subjects(prose: list[str]) -> int:
    """How many subjects of privacy policies the texts mention; the count ends at `MIN_SUBJECTS`."""
    text = " ".join(prose)
    mentioned = (name for name in phrase_lists("subjects") if pattern("subjects", name).search(text))
    return sum(1 for _ in islice(mentioned, MIN_SUBJECTS))


def _kind_of_page(blocks: list[Block]) -> str:
    """What the page reads like, as the end of a message; "" if it is not known."""
    any_kept = any(block.keep for block in blocks)
    text = "\n".join(block.text for block in blocks if block.keep or block.kind == "heading" or not any_kept)
    for page in phrase_lists("pages"):
        if pattern("pages", page).search(text):
            return f"; reads like {page}"
    return ""
