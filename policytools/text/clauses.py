"""What is a sentence, a heading, a fragment: decided by a finite verb."""

from __future__ import annotations

import re
from functools import cache
from itertools import chain

from policytools._files import PACKAGE
from policytools.text.memo import Memo


def is_prose(text: str) -> bool:
    """Whether a text is at least one full sentence rather than a label, a link or a menu."""
    return len(text.split(maxsplit=7)) >= 8 and is_clause(text)


# ---------------------------------------------------------------- sentence, fragment or heading
_AUXILIARIES = frozenset(
    (
        "am is are was were be has have had do does did can could may might must shall should will would "
        "cannot"
    ).split()
)
_SUBJECTS = frozenset("we you they it he she i".split())
_MARKERS = frozenset(
    (
        "that which who whom whose when if where whether because while as unless until once what how why "
        "whenever wherever though although since"
    ).split()
)
# After these a pronoun opens a clause of its own; after a noun it opens a relative clause ("data you give us").
_OPENERS = frozenset(
    (
        "and or but then so also however therefore otherwise because yet nor thus please for by in of to with "
        "on at from about than not only what how why when if where whether that which who while as unless "
        "until once although though since whenever wherever believe think note ensure agree below above here"
    ).split()
)
_BEFORE_NOUN = frozenset(
    (
        "the a an our your their its his her these those such other any all various certain following some no "
        "of for and or in permitted related personal third-party"
    ).split()
)
_DETERMINERS = frozenset(
    (
        "the a an our your their its his her these those such other any all various certain some no this that "
        "us you them it me each one more only cookies personal information data"
    ).split()
)
_OBJECT_OPENERS = _DETERMINERS - {"information", "data"}  # not so "contact information", "print data"
_PREPOSITIONS = frozenset("by in for to with from upon at on during after before".split())
_NOUN_AFTER_THAT = frozenset("information data case time is are was were".split())
_IMPERATIVES = frozenset("see visit contact click refer".split())  # behind a comma or a colon
_LEADING = frozenset("please never always to not also and or only do don't simply either".split())
_TITLE_WORDS = 12
_LABEL_WORDS = 6


@cache
def _verbs() -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
    """Base forms and third persons, each with the ones that are often nouns apart."""
    text = (PACKAGE / "lexicons" / "verbs.txt").read_text("utf-8")
    listed = " ".join(line for line in text.splitlines() if not line.startswith("#")).split()
    doubtful = {verb.rstrip("*") for verb in listed if verb.endswith("*")}
    base = {verb.rstrip("*") for verb in listed}

    def third(verb: str) -> str:
        if verb.endswith("y") and verb[-2] not in "aeou":
            return verb[:-1] + "ies"
        return verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z", "go", "do")) else "s")

    return (
        frozenset(base - doubtful),
        frozenset(doubtful),
        frozenset(map(third, base - doubtful)) | {"uses"},
        frozenset(map(third, doubtful)),
    )


_SPACED = re.compile(r"[,;:()–—]|\.{3}|[^\s,;:()–—]+")
# What stands in brackets, addresses and links say nothing on the clause around them.
_ASIDE = re.compile(
    r"\([^()]{3,}\)|^do[ -]not[ -]track\b|\S+@\S+|\[email[ ]?protected\]|(?:https?://|www\.)\S+",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\([^()]{3,}\)")  # the only aside of most texts that have any, and quickly found
_BREAKS = frozenset(", ; : ( ) – — ...".split())


def _bare_words(text: str) -> list[str]:
    """Words in lower case without the marks around them; commas, colons, brackets and dashes as words of their own."""
    words = (piece.strip("\"'“”‘’.!?[]").replace("’", "'").lower() for piece in _SPACED.findall(text))
    return list(filter(None, words))


# All that the rules below ask of a word or of its neighbours, one bit for each question, asked once of a word.
(_IS_SUBJECT, _IS_MARKER, _IS_FINITE, _IS_IMPERATIVE, _IS_LEADING, _IS_BASE, _IS_DOUBTFUL, _IS_THIRD, _IS_DOUBTFUL_THIRD,
 _IS_BREAK, _IS_COLON, _IS_AS, _IS_THAT, _IS_MAY, _IS_TO, _IS_ALSO, _IS_OPENER, _IS_ADVERB, _IS_PLURAL, _IS_BEFORE_NOUN,
 _IS_PREPOSITION, _IS_DETERMINER, _IS_OBJECT_OPENER, _IS_NOUN_AFTER_THAT, _IS_DIGITS, _IS_PASSED_OVER,
 _IS_PAST) = (1 << n for n in range(27))  # fmt: skip
_IS_VERB = _IS_IMPERATIVE | _IS_BASE | _IS_DOUBTFUL | _IS_THIRD | _IS_DOUBTFUL_THIRD
# A word that is none of these says nothing on the clause but where its start ends.
_MATTERS = _IS_SUBJECT | _IS_MARKER | _IS_FINITE | _IS_VERB


@cache
def _listed() -> dict[str, int]:
    base, doubtful, third, doubtful_third = _verbs()
    lists = {
        _IS_SUBJECT: _SUBJECTS,
        _IS_MARKER: _MARKERS,
        _IS_FINITE: _AUXILIARIES | {"please", "it's", "that's", "there's"},
        _IS_IMPERATIVE: _IMPERATIVES,
        _IS_LEADING: _LEADING,
        _IS_BASE: base,
        _IS_DOUBTFUL: doubtful,
        _IS_THIRD: third,
        _IS_DOUBTFUL_THIRD: doubtful_third,
        _IS_BREAK: _BREAKS,
        _IS_COLON: {":"},
        _IS_AS: {"as"},
        _IS_THAT: {"that"},
        _IS_MAY: {"may"},
        _IS_TO: {"to"},
        _IS_ALSO: {"also"},
        _IS_OPENER: _OPENERS,
        _IS_PLURAL: {"people", "children"},
        _IS_BEFORE_NOUN: _BEFORE_NOUN,
        _IS_PREPOSITION: _PREPOSITIONS,
        _IS_DETERMINER: _DETERMINERS,
        _IS_OBJECT_OPENER: _OBJECT_OPENERS,
        _IS_NOUN_AFTER_THAT: _NOUN_AFTER_THAT,
        _IS_PASSED_OVER: {"only", "also", "then"},
    }
    traits: dict[str, int] = {}
    for bit, words in lists.items():
        for word in words:
            traits[word] = traits.get(word, 0) | bit
    return traits


def _traits(word: str) -> int:
    traits = _listed().get(word, 0)
    if word.endswith(("n't", "'re", "'ll", "'ve", "'m")):
        traits |= _IS_FINITE
    if word.endswith("s"):
        traits |= _IS_PLURAL
    elif word.endswith("ed"):
        traits |= _IS_PAST
    elif word.endswith("ly"):
        traits |= _IS_ADVERB | _IS_PASSED_OVER
    elif word.isdigit():
        traits |= _IS_DIGITS
    return traits


def _traits_of(piece: str) -> tuple[int, ...]:
    traits = tuple(map(_traits, _bare_words(piece)))
    return _SHARED.setdefault(traits, traits) if len(traits) == 1 else traits


_SHARED: dict[
    tuple[int, ...], tuple[int, ...]
] = {}  # of single words few are different: these stay close at hand
_TRAITS_OF = Memo(_traits_of)


def is_clause(text: str) -> bool:
    """Whether a unit has a main clause: a finite verb, an imperative, or a verb phrase that completes a lead-in.

    One pass over the words: a subordinating word opens a clause, a finite verb closes the one that is
    open; a finite verb while none is open is the main verb. Case and the punctuation at the end do not
    count, so that a lower-cased scrape gets the same answer.

    Examples
    --------
    >>> is_clause("We collect the data that you give us."), is_clause("data that you give us")
    (True, False)
    >>> is_clause("delete your account"), is_clause("Right of access")
    (True, False)
    """
    return _has_main_verb(text, text.split())


# The number or letter of an item or section, which some formats write and others draw. "I." is no pronoun.
_OWN_NUMBER = re.compile(
    r"\(?(?:\d{1,2}(?:(?:\.\d{1,2})*[.)]{1,2}|(?:\.\d{1,2})+)|(?:[ivx]{1,5}|[a-z])[.)]{1,2})\s+(?=\D)",
    re.IGNORECASE,
)


def _has_main_verb(text: str, pieces: list[str]) -> bool:
    """The same as `is_clause`, of a text and what stands between its blanks."""
    is_numbered = text[:1].isdigit() or "." in text[1:6] or ")" in text[1:6]
    if is_numbered and (own := _OWN_NUMBER.match(text)):
        text = text[own.end() :]
        pieces = text.split()
    if (
        "@" in text
        or "[" in text
        or "://" in text
        or "ww." in text
        or "WW." in text
        or text[:2].lower() == "do"
    ):
        text = _ASIDE.sub(" ", text)
        pieces = text.split()
    elif "(" in text:
        text = _BRACKETS.sub(" ", text)
        pieces = text.split()
    words = list(chain.from_iterable(map(_TRAITS_OF.__getitem__, pieces)))
    while (
        words and words[-1] & _IS_BREAK
    ):  # a colon at the end must not make a clause of what is none without it
        words.pop()
    n_words = len(words)
    if n_words < 3:
        return n_words == 2 and words[1] & _MATTERS > 0 and _is_short_clause(*_bare_words(text)[:2])
    words.append(0)  # behind the last word, and before the first
    n_open = n_finite = 0
    start = True  # at the start of the unit, or behind a label that ends in a colon
    for i, word in enumerate(words):
        if not word & _MATTERS:
            if word & _IS_COLON:
                start, n_open = True, 0
            elif start and not word & (_IS_LEADING | _IS_BREAK):
                start = False
            continue
        before, after = words[i - 1], words[i + 1]
        if word & _IS_FINITE:
            is_finite = int(not (word & _IS_MAY and after & _IS_DIGITS))
        elif word & _IS_SUBJECT:
            if before & _IS_BREAK or start:
                return i + 1 < n_words
            n_open += not (before & (_IS_OPENER | _IS_ADVERB) or words[0] & _IS_PREPOSITION)
            # A pronoun stands for the verb behind it.
            is_finite = _next_word(words[i + 1 : i + 4]) & (_IS_BASE | _IS_DOUBTFUL | _IS_PAST)
        else:
            if word & _IS_MARKER and not (word & _IS_AS and not after & _IS_SUBJECT):
                n_open += not (word & _IS_THAT and after & _IS_NOUN_AFTER_THAT)
            is_finite = word & _IS_VERB and _is_finite(word, before, after, start)
        if is_finite:
            if n_open == 0:
                return True
            n_open -= 1
            n_finite += 1
        if start and not word & _IS_LEADING:
            start = False
    # Two finite verbs in a long unit: more likely a main verb missed than a bare noun phrase.
    return n_finite >= 2 and n_words >= 20


def _next_word(words: list[int]) -> int:
    return next((word for word in words if not word & _IS_PASSED_OVER), 0)


def _is_short_clause(subject: str, verb: str) -> bool:
    """Whether two words are a lead-in such as "This includes:" or "We use:"."""
    base, _, third, _ = _verbs()
    if subject in ("this", "that"):
        return verb in third
    return subject in ("we", "you", "they", "these", "those", "examples") and (
        verb in base or verb == "use" or verb in _AUXILIARIES
    )


def _is_finite(word: int, before: int, after: int, start: bool) -> int:
    """Whether a verb is a finite one here, judged by its neighbours."""
    if before & _IS_BREAK and word & _IS_IMPERATIVE:
        return True
    if start and not word & _IS_LEADING:
        return word & _IS_BASE or (word & _IS_DOUBTFUL and (after & _IS_OBJECT_OPENER or before & _IS_TO))
    if word & _IS_THIRD:
        return not before & _IS_BEFORE_NOUN
    if word & _IS_DOUBTFUL_THIRD:
        return not before & _IS_BEFORE_NOUN and after & _IS_DETERMINER | before & _IS_ALSO
    if word & _IS_BASE or (word & _IS_DOUBTFUL and after & _IS_DETERMINER):  # a plural noun and its verb
        return before & _IS_ADVERB or (before & _IS_PLURAL and not before & _IS_BEFORE_NOUN)
    return False


_ASKING = "(?:do|does|did|is|are|can|could|will|would|may|should|has|have)"
_QUESTION = re.compile(
    rf"(?:(?:for|to|from|with|under|on) )?(?:what|how|why|who|whose|whom|where|which|when)\b|{_ASKING}\b",
    re.IGNORECASE,
)
_QUESTION_SUBJECT = re.compile(
    rf"(?:what|how|why|who|whose|where|which)\b|(?:when )?{_ASKING}\s+(?:we|you|i|my|your|our|the|this|there|it|they|any|\w+)\b"
    rf"|\w+ (?:what|which|whom)\b.* {_ASKING} ",
    re.IGNORECASE,
)
# A verb in front of its subject: what opens so is a question, whatever its length.
_ASKED = re.compile(
    rf"{_ASKING} [a-z][\w']*\b"
    rf"|(?:\w+ )?(?:what|how|why|who|where|which|when)(?:'s|'re|(?: (?!we\b|you\b|i\b|they\b)[\w'-]+){{0,4}} {_ASKING})\b",
    re.IGNORECASE,
)
_QUESTION_WORDS = 20


_NO_STATEMENT = re.compile(rf"{_QUESTION_SUBJECT.pattern}|to ", re.IGNORECASE)


def looks_like_title(text: str) -> bool:
    """Whether a line that stands alone reads as a heading: a short noun phrase or a question.

    Examples
    --------
    >>> looks_like_title("information collection and use."), looks_like_title("how secure is my data.")
    (True, True)
    >>> looks_like_title("we do not sell your data.")
    False
    """
    n_words = len(text.split())
    if n_words == 0 or n_words > _QUESTION_WORDS or text.rstrip().endswith((",", ";")):
        return False
    if _QUESTION.match(text) and _QUESTION_SUBJECT.match(text):
        asked = bool(_ASKED.match(text))
        if "," not in text or (asked and text[:2].lower() in ("do", "is", "ar", "ca", "wi")):
            return asked or (n_words <= 15 and not is_clause(text))
    return n_words <= _TITLE_WORDS and not is_clause(text)


_PURPOSE = re.compile(
    r"to (?!(?:whom|which|what|the|our|your|you|us|this|that|these|those|an?|any|all|other|third)\b)[a-z]",
    re.IGNORECASE,
)
_BEHIND_PURPOSE = re.compile(
    r", (?:contact|click|visit|see|go|submit|e-?mail|send|write|call|follow|refer|log|we|you|it|they|i)\b|:.|\bplease\b"
    r"|\b(?:click|see) (?:here|below)\b",
    re.IGNORECASE,
)


def is_purpose(text: str) -> bool:
    """Whether a unit is nothing but a short infinitive, which headings and labels often are.

    Examples
    --------
    >>> is_purpose("To comply with the law."), is_purpose("To object, contact us.")
    (True, False)
    """
    return (
        bool(_PURPOSE.match(text)) and len(text.split()) <= _TITLE_WORDS and not _BEHIND_PURPOSE.search(text)
    )


def is_question(text: str) -> bool:
    """Whether a unit asks, by its words: a lower-cased scrape has no question marks.

    Examples
    --------
    >>> is_question("how do we use your data."), is_question("how we use your data.")
    (True, False)
    """
    return len(text.split()) <= _QUESTION_WORDS and looks_like_title(text) and bool(_ASKED.match(text))


def is_heading_statement(text: str, following: str) -> bool:
    """Whether a statement without a full stop is the heading of the finished paragraph under it.

    Examples
    --------
    >>> is_heading_statement("We sell no data", "Nobody pays us for what we know of our users.")
    True
    """
    words, after = text.split(), following.strip()
    return (
        0 < len(words) <= 15
        and text[-1] not in ".:,;!"
        and words[-1] not in ("or", "and")
        and after[-1:] in ".:!?"
        and len(after) > 1.5 * len(text)
    )


def is_bold_title(text: str, following: str = "") -> bool:
    """Whether a line that is bold throughout is a heading, and not a statement that somebody stressed.

    Examples
    --------
    >>> is_bold_title("Your rights:"), is_bold_title("We sell no data."), is_bold_title("We sell no data", "See above.")
    (True, False, False)
    """
    title = text.rstrip(":")
    if not title or len(title.split()) > 15:
        return False
    return looks_like_title(title) or is_purpose(title) or is_heading_statement(text, following)
