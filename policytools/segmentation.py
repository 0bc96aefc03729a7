"""Text to sentences and words: the only place of the package that splits text.

Blocks are split first (see `readers`), then each block is split here into sentences by nupunkt, a
Punkt model for legal English that ships in its wheel. Words follow one stated rule everywhere, so
that a count of words means the same thing in readability, in term frequencies and in vagueness.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files
from itertools import chain

from policytools.memo import Memo

# A token is one of these, tried in this order. What matches none of them is punctuation.
_TOKEN = re.compile(
    r"""
    (?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+ | \[email[ ]?protected\])
  | (?P<url>(?:https?://|www\.)[^\s<>()\[\]"']+
        | (?:[a-z0-9-]+\.)+(?:com|org|net|eu|io|co|tech|info|gov|edu|uk|de|fr|cn|app|dev|ai|me|us)\b(?:/[^\s<>()\[\]"']*)?)
  | (?P<abbreviation>(?:[^\W_]+[‑-])*(?:[^\W\d_]\.){2,}(?:[‑-](?:(?:[^\W\d_]\.){2,}|[^\W_]+))*)
  | (?P<word>[^\W_]*[^\W\d_][^\W_]*(?:['’‑-][^\W_]+)*
        | [^\W_]+(?:['’‑-][^\W_]*[^\W\d_][^\W_]*)+ )
  | (?P<number>\d+(?:[.,:/-]\d+)*)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NOT_WORDS = ("email", "url", "number")


def tokenize(text: str) -> list[tuple[str, str]]:
    """Split text into typed tokens, punctuation left out.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    list of (str, str)
        Token as it stands and its type: ``word``, ``abbreviation`` ("e.g.", "U.S.", "EU-U.S."), ``number``
        (digits only: "16", "2019", "24/7"), ``email`` (also the mask "[email protected]") or ``url``.

    Notes
    -----
    Apostrophes and hyphens inside a word belong to it ("don't", "third-party", "3D", "G-code"); a
    slash parts two words ("and/or"). A full stop belongs to an abbreviation of single letters only.

    Examples
    --------
    >>> tokenize("Don't e-mail me@x.org, see 3D and/or 16.")
    [("Don't", 'word'), ('e-mail', 'word'), ('me@x.org', 'email'), ('see', 'word'), ('3D', 'word'), \
('and', 'word'), ('or', 'word'), ('16', 'number')]
    """
    if "[" in text:  # the mask of an address is the one token that may hold a blank
        return [*_tokens(text)]
    return list(chain.from_iterable(map(_TOKENS_OF.__getitem__, text.split())))


def _tokens(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((match.group(), match.lastgroup or "word") for match in _TOKEN.finditer(text))


# What stands between blanks comes again and again, with the same tokens.
_TOKENS_OF = Memo(_tokens)


def split_pieces(texts: Iterable[str]) -> list[str]:
    """What stands between blanks in the texts: whatever is said of words is said of these.

    No token reaches over a blank; the mask "[email protected]" comes without its own.

    Examples
    --------
    >>> split_pieces(["We keep data.", "We sell no data."])
    ['We', 'keep', 'data.', 'We', 'sell', 'no', 'data.']
    """
    text = "\n".join(texts)
    return (_MASK.sub("[emailprotected]", text) if "[" in text else text).split()


_MASK = re.compile(r"\[email protected\]", re.IGNORECASE)


def split_words(text: str) -> list[str]:
    """Words of a text in order, as they stand: tokens that are not numbers, e-mail addresses or URLs.

    Examples
    --------
    >>> split_words("We keep your e-mail for 30 days.")
    ['We', 'keep', 'your', 'e-mail', 'for', 'days']
    """
    return [token for token, kind in tokenize(text) if kind not in _NOT_WORDS]


def count_words(text: str) -> int:
    """How many words a text has; the same as ``len(split_words(text))``, sooner.

    Examples
    --------
    >>> count_words("We keep your e-mail for 30 days.")
    6
    """
    return _count(text, text.split())


def _count(text: str, pieces: list[str]) -> int:
    return len(split_words(text)) if "[" in text else sum(map(_N_WORDS_OF.__getitem__, pieces))


_N_WORDS_OF = Memo(lambda piece: sum(kind not in _NOT_WORDS for _, kind in _TOKENS_OF[piece]))


@cache
def _sentence_spans() -> Callable[[str], Iterable[tuple[int, int]]]:
    import nupunkt  # here, not above: its model is read on first use

    return nupunkt.load("default").span_tokenize


# No sentence starts so: an aside in lower case, a later item of an enumeration, the tail of a domain name.
_NOT_A_START = re.compile(
    r"\((?:[a-z]|\d\))|(?:(?:and|or) )\([a-z\d]{1,4}\)|(?:com|net|org)\b(?! [A-Z])|eu(?=[/.,;:)]|$)|[,;)]"
)
# nupunkt wants a space behind a full stop; scraped text has lost some ("information.Printer", "information.we").
_GLUED_START = r"[A-Z][a-z]+ |(?:we|you|your|our|the|this|these|if|when|please|for|as|such|what|how) "
_NO_SPACE = re.compile(rf"[.!?](?<=[a-z)][a-z)].)(?={_GLUED_START})")
# A mark that may end a sentence: one before a blank, before another mark or before a glued start. First the plain
# kind, with a word behind the blank.
_MARK = re.compile(rf"[.?!…](?:( )(?:[^\W_]|\()|\s+\S|[^\w\s,]|{_GLUED_START})")
_ORDINARY = re.compile(r"\S*[^\W\d_]\.?[^\W\d_][)\]\"']*[.?!]")
_SOLID = re.compile(r"\S+")
_LONGEST_NUMBER = 9  # "(xviii).", which is the number of an item at the head of a text and ends no sentence


def split_sentences(text: str) -> list[str]:
    """Split the text of one block into sentences.

    Examples
    --------
    >>> split_sentences("We collect data, e.g., your name. We do not sell it.")
    ['We collect data, e.g., your name.', 'We do not sell it.']
    """
    parts: list[str] = []
    for part in _cut(text):
        if parts and _NOT_A_START.match(part) and not (part[1:2].isupper() or part.startswith("(i)")):
            parts[-1] += " " + part
        elif part:
            parts.append(part)
    return parts


def _cut(text: str) -> list[str]:
    """Sentences as nupunkt cuts them. It looks at two words at a time, and is asked only where they can matter."""
    parts: list[str] = []
    start = 0
    is_one_line = "\n" not in text and not text[:1].isspace()
    for match in _MARK.finditer(text):
        if not match[1] or not is_one_line:
            text = _NO_SPACE.sub(r"\g<0> ", text)
            return [text[start:stop].strip() for start, stop in _sentence_spans()(text)]
        stop = match.start() + 1
        place = text.rfind(" ", 0, stop) + 1
        ends = _ENDS_A_SENTENCE[text[place:stop]] if place or stop > _LONGEST_NUMBER else None
        if ends is None or (not ends and text[stop + 1].isupper()):
            following = _SOLID.search(text, stop)
            assert following  # as _MARK has it
            ends = _is_cut("So" if place else "", text[place:stop], following.group())
        if ends:
            parts.append(text[start:stop])
            start = stop + 1
    return [*parts, text[start:].strip()]


def _is_cut(before: str, word: str, following: str) -> bool:
    place = len(f"{before} {word} ".lstrip())
    return any(start == place for start, _ in _sentence_spans()(f"{before} {word} {following}".lstrip()))


def _ends_a_sentence(word: str) -> bool | None:
    """Whether a word with its mark ends a sentence before any word; else none does before a word in lower case.

    None where that depends on the word in lower case, too: behind numbers and initials.
    """
    return _is_cut("So", word, "the") if _ORDINARY.fullmatch(word) else None


_ENDS_A_SENTENCE = Memo(_ends_a_sentence)


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
    text = (files(__package__) / "lexicons" / "verbs.txt").read_text("utf-8")
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


def unit_kind(text: str, *, block_kind: str, position: int, n_units: int) -> str:
    """Kind of one unit of a block: ``sentence``, ``fragment`` or ``heading``.

    Parameters
    ----------
    text : str
        The unit.
    block_kind : str
        Kind of its block; a heading stays one unless it is a finished statement.
    position, n_units : int
        The unit's place in its block, from 0, and how many units the block has.

    Examples
    --------
    >>> unit_kind("Do Not Track.", block_kind="paragraph", position=0, n_units=2)
    'heading'
    >>> unit_kind("IP address;", block_kind="list_item", position=0, n_units=1)
    'fragment'
    """
    return _kind(text, text.split(), block_kind, position, n_units)


def _kind(text: str, pieces: list[str], block_kind: str, position: int, n_units: int) -> str:
    if block_kind == "heading":
        # "We do not sell your data." set as a heading is a sentence: without layout nothing else would show.
        # "To improve our services." never is one, with a full stop or without.
        finished = text.endswith((".", "!")) and len(pieces) > 3 and not _NO_STATEMENT.match(text)
        return "sentence" if finished and _has_main_verb(text, pieces) else "heading"
    if position == 0 and text.endswith("?") and looks_like_title(text):
        return "heading"
    if position == 0 and n_units > 1 and block_kind != "table_row" and is_purpose(text):
        return "heading"  # a run-in label: "To comply with the law."
    if _has_main_verb(text, pieces):
        return "sentence"
    if position == 0 and (n_units > 1 or text.endswith(":")) and len(pieces) <= _LABEL_WORDS:
        return "heading"  # a run-in label: "Account information."
    return "fragment"


def block_units(kind: str, text: str) -> list[tuple[str, str, int]]:
    """Units of one block in order, each with its kind (sentence, fragment or heading) and how many words it has.

    Examples
    --------
    >>> block_units("paragraph", "Cookies. We use none of them.")
    [('heading', 'Cookies.', 1), ('sentence', 'We use none of them.', 5)]
    """
    units = []
    for part in text.split(" | ") if kind == "table_row" else [text]:
        found = [text] if kind == "heading" else split_sentences(part)
        for position, unit in enumerate(found):
            pieces = unit.split()
            units.append((_kind(unit, pieces, kind, position, len(found)), unit, _count(unit, pieces)))
    return units
