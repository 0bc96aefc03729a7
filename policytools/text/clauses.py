"""Clauses: whether a text is a full sentence, a heading or a fragment, judged by its finite verb."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import chain

from policytools._files import PACKAGE
from policytools.text.word_cache import WordCache

_LONGEST_NOUN_PHRASE = 12  # words of a heading that is not a question
_LONGEST_STATEMENT = 15  # words of a heading that is a statement or an indirect question
_LONGEST_QUESTION = 20  # words of a heading that is a question


def is_prose(text: str) -> bool:
    """Whether a text is at least one full sentence rather than a label, a link or a menu."""
    return len(text.split(maxsplit=7)) >= 8 and is_clause(text)


# ---------------------------------------------------------------- the roles that a word can have

Roles = frozenset[str]  # keys of lexicons/clause-words.toml, and those that are added below

_BASES = frozenset(["base", "base_or_noun", "bare"])
_VERBS = _BASES | {"finite", "imperative", "third", "third_or_noun", "past", "past_tense"}
_CLAUSAL = _VERBS | {"subject", "subordinator"}
# The subject of a verb does not reach back over these.
_BOUNDARY = frozenset(
    ["break", "preposition", "of", "to", "conjunction", "finite", "bare", "subject", "subordinator"]
)
_NUMBERS = frozenset(["singular", "several"])
_BEHIND_REDUCED = _BOUNDARY | {"skipped", "adverb", "place"}
# Verbs that are counted with the pronoun before them; others are found by themselves.
_VERBS_OF_PRONOUNS = frozenset(["contraction", "base", "base_or_noun", "past"])
_NO_OBJECT = _BOUNDARY | {"past", "adverb", "skipped", "gerund", "reduced", "number"}
_FINITE = frozenset(["finite", "bare", "base"])
_NO_NOUN = _BOUNDARY | {"before_noun", "opener", "object_opener", "skipped", "adverb"}
_NO_SUBJECT = _NO_NOUN | {"gerund", "plural"}
_ROLES_OF_ENDINGS: tuple[tuple[tuple[str, ...], Roles], ...] = (
    (("n't",), frozenset({"finite", "clausal", "modal"})),
    (("'re", "'ll", "'ve", "'m"), frozenset({"finite", "clausal", "contraction"})),
    (("'s", "ss", "us", "is"), frozenset()),
    (("s",), frozenset({"plural"})),
    (("ed",), frozenset({"past", "clausal", "reduced"})),
    (("ly",), frozenset({"adverb", "skipped"})),
    (("ing",), frozenset({"gerund"})),
)
_NO_ROLES: Roles = frozenset()
_END: Roles = frozenset({"break"})
_NUMBER: Roles = frozenset({"number"})


@cache
def _listed_roles() -> dict[str, Roles]:
    """The words of the word lists, each with all its roles."""
    lists, verbs = (
        {role: set(words.split()) for role, words in tomllib.loads(file.read_text("utf-8")).items()}
        for file in (
            PACKAGE / "lexicons" / "clause-words.toml",
            PACKAGE / "resources" / "wordnet" / "verbs.toml",
        )
    )
    known = lists.pop("no_verb").union(
        *(words for role, words in lists.items() if role not in ("imperative", "opener", "causative"))
    )
    lists["third"] |= set(map(_third_person, verbs["verb_or_adjective"] - known))
    lists["base"] |= verbs["verb"] - known
    lists["third"] |= set(map(_third_person, lists["base"]))
    lists["mostly_verb"] |= verbs["mostly_verb"]
    lists["mostly_verb"] |= set(map(_third_person, lists["mostly_verb"]))
    lists["base_or_noun"] |= (verbs["verb_or_noun"] | verbs["mostly_verb"]) - known
    lists["third"] -= lists["third_or_noun"]
    lists["third_or_noun"] |= set(map(_third_person, lists["base_or_noun"]))
    lists["base_or_noun"] |= verbs["verb_or_adjective"] - known
    lists["mostly_verb"] &= lists["base_or_noun"] | lists["third_or_noun"]
    lists["finite"] |= lists["auxiliary"] | lists["modal"]
    lists["determiner"] |= lists["object_opener"]
    lists["clausal"] = set().union(*(lists.get(role, ()) for role in _CLAUSAL))
    lists["reduced"] |= lists["past"]
    found = {word: set(_roles_by_ending(word)) for word in set().union(*lists.values())}
    # "apply" and "family" are no adverbs.
    found |= {word: set() for word in lists["base"] | lists["base_or_noun"] | lists["no_adverb"]}
    for role, words in lists.items():
        for word in words:
            found[word].add(role)
    return {word: frozenset(roles) for word, roles in found.items()}


def _third_person(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeou":
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z", "go", "do")) else "s")


def _roles_by_ending(word: str) -> Roles:
    for endings, roles in _ROLES_OF_ENDINGS:
        if len(word) > 2 and word.endswith(endings):
            return roles
    return _NUMBER if word[:1].isdigit() else _NO_ROLES


_LINK = re.compile(r"(?:https?://|www\.)[^\s,;()]+", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“](?:you|your|we|us|our|me|my|i)([,.]?)[\"”]", re.IGNORECASE)
_WORD_OR_MARK = re.compile(r"[,;:()–—]|\.{3}|[^\s,;:()–—]+")


def _words(text: str) -> Iterator[str]:
    """Words in lower case without quotes and stops; commas, colons, brackets and dashes are words of their own."""
    bare = (piece.strip("\"'“”‘’.!?[]*®™").replace("’", "'").lower() for piece in _WORD_OR_MARK.findall(text))
    return ("us" if "@" in word else word for word in bare if word)


def _roles_in(piece: str) -> tuple[Roles, ...]:
    listed = _listed_roles()
    piece = _QUOTED.sub(r"name\1", _LINK.sub("us", piece))  # an object; a noun
    return tuple(listed.get(word) or _roles_by_ending(word) for word in _words(piece))


_ROLES_IN = WordCache(_roles_in)  # piece of text without spaces -> the roles of its words


# ---------------------------------------------------------------- clauses

# The number or letter of an item or section. Only some formats write it as text. "I." is not a pronoun.
_ITEM_NUMBER = re.compile(
    r"\(?(?:\d{1,2}(?:(?:\.\d{1,2})*[.)]{1,2}|(?:\.\d{1,2})+)|(?:[ivx]{1,5}|[a-z])[.)]{1,2})\s+(?=\D)",
    re.IGNORECASE,
)
# Text in brackets is not part of the clause around it, unless all of the text is in brackets.
_ASIDE = re.compile(
    r"(?<!\w)\([^()]*\)|\([^()]{3,}\)|\[email[ ]?protected\]|^do[ -]not[ -]track\b", re.IGNORECASE
)
_ALL_ASIDE = re.compile(r"\A\(([^()]+)\)\W*\Z")
_NO_PRONOUN = re.compile(r"\b(?:IT|US)\b")
_SIGN_OF_ASIDE = re.compile(r"[(\[]|\A[Dd][Oo]")  # faster to find than the asides themselves


def is_clause(text: str) -> bool:
    """Whether a unit has a main clause: a finite verb, an imperative, or a verb phrase that completes a lead-in.

    One pass over the words: a subordinating word opens a clause, and the next finite verb closes it. A finite
    verb while no clause is open is the main verb. Case and the punctuation at the end are ignored, so that a
    lower-cased scrape gets the same answer; only IT and US are names in a text of mixed case.

    Examples
    --------
    >>> is_clause("We collect the data that you give us."), is_clause("data that you give us")
    (True, False)
    >>> is_clause("delete your account"), is_clause("Right of access")
    (True, False)
    """
    if number := _ITEM_NUMBER.match(text):
        text = text[number.end() :]
    if _SIGN_OF_ASIDE.search(text):
        if text[0] == "(":
            text = _ALL_ASIDE.sub(r"\1", text)
        text = _ASIDE.sub(" ", text)
    if ("IT" in text or "US" in text) and not text.isupper():
        text = _NO_PRONOUN.sub("name", text)
    words = list(chain.from_iterable(map(_ROLES_IN.__getitem__, text.split())))
    while words and "break" in words[-1]:  # with a colon at the end a noun phrase is still a noun phrase
        words.pop()
    if len(words) == 2:
        return _is_short_clause(*list(_words(text))[:2])
    return len(words) > 2 and _Unit(words).has_main_verb()


def _is_short_clause(subject: str, verb: str) -> bool:
    """Whether two words are a lead-in such as "This includes:" or "We use:"."""
    roles = _listed_roles().get(verb, _NO_ROLES)
    if subject in ("this", "that", "it", "he", "she"):
        return not roles.isdisjoint(("third", "third_or_noun", "past_tense"))
    return subject in ("we", "you", "they", "these", "those", "examples") and (
        verb == "use" or "base" in roles or "auxiliary" in roles
    )


class _Unit:
    """The words of a unit while its main verb is looked for, from left to right."""

    def __init__(self, words: list[Roles]):
        self._words = words
        self._padded = [_NO_ROLES, _NO_ROLES, *words, _END, _END, _END]
        self._n_open = 0  # subordinate clauses without their verb
        self._n_finite = 0  # finite verbs
        self._at_start = True  # of the unit, or of what follows a label that ends in a colon
        self._first = 2  # where that starts
        self._is_led = False  # whether a condition, a time or a reason comes before the main clause

    def has_main_verb(self) -> bool:
        for i, word in enumerate(self._words, 2):
            if "clausal" in word:
                if self._completes_main_clause(i, word):
                    return True
                self._at_start &= "leading" in word
            elif "colon" in word:
                self._at_start, self._n_open, self._first = True, 0, i + 1
            elif self._at_start and word.isdisjoint(("leading", "break", "skipped")):
                self._at_start = False
        return False

    def _completes_main_clause(self, i: int, word: Roles) -> bool:
        """Whether the main clause has its verb or its subject with this word; if not, what opens or closes here is noted."""
        at_before = i - 2 if "skipped" in self._padded[i - 1] else i - 1
        before = self._padded[at_before]
        begins = self._at_start or "break" in before
        if "subordinator" in word and word.isdisjoint(("please", "subject", "contraction")):
            self._read_subordinator(i, at_before, begins=begins)
            return False
        if "subject" in word or "contraction" in word:
            is_main = begins and ("nominative" in word or "break" not in self._padded[i + 1])
            is_finite = not is_main and self._read_pronoun(i, before, begins=begins)
        else:
            is_main = False
            is_finite = _is_finite(
                self._padded,
                i,
                at_before,
                at_start=self._at_start,
                n_open=self._n_open,
                n_finite=self._n_finite,
            )
        # A verb behind "and" has the subject of the verb before it.
        has_own_subject = not (self._n_finite and "conjunction" in before)
        if is_main or "please" in word or (is_finite and self._n_open == 0 and has_own_subject):
            return True
        if is_finite:
            self._n_open -= self._n_open > 0
            self._n_finite += 1
        return False

    def _read_pronoun(self, i: int, before: Roles, *, begins: bool) -> bool:
        """Note whether a pronoun opens a relative clause; whether its verb is counted with it."""
        padded, first = self._padded, self._first
        verb = _verb_of_pronoun(padded, i, before)
        if not verb & _VERBS and "nominative" not in padded[i]:
            return False  # it is an object
        has_left_lead = self._n_finite > 0 or not (padded[3] | padded[4]).isdisjoint(("reduced", "gerund"))
        is_behind = self._is_led and self._n_open == 0 and has_left_lead
        lead = padded[first + 2 if "break" in padded[first + 1] else first]
        if "as" in lead and "singular" in padded[first + 1]:  # "as a user you"
            lead = padded[first + 1] | {"preposition"}
        self._n_open += not begins and _opens_relative(padded, i, before, lead, verb, is_behind=is_behind)
        return not verb.isdisjoint(_VERBS_OF_PRONOUNS)

    def _read_subordinator(self, i: int, at_before: int, *, begins: bool) -> None:
        """Note whether a subordinating word opens a clause."""
        padded, word, before = self._padded, self._padded[i], self._padded[at_before]
        self._is_led |= begins and "leads" in word
        is_behind_word = not before.isdisjoint(("of", "preposition", "subordinator"))  # "of that data"
        may_determine = is_behind_word or (
            self._n_open == 0 and (self._at_start or (begins and self._is_led))
        )
        is_determiner = "that" in word and may_determine
        is_joined = "conjunction" in before and "subordinator" in padded[at_before - 1]  # "how and when"
        if not is_determiner and not is_joined:
            self._n_open += _opens_clause(word, *padded[i + 1 : i + 4])


def _verb_of_pronoun(padded: list[Roles], i: int, before: Roles) -> Roles:
    """The verb of which a pronoun is the subject, adverbs between them ignored; no roles if it is an object."""
    if "contraction" in padded[i]:
        return padded[i]
    if "nominative" not in padded[i] and not before.isdisjoint(("base", "causative", "gerund")):
        return _NO_ROLES  # "lets you know"
    verb = next((role for role in padded[i + 1 : i + 5] if role.isdisjoint(("skipped", "no"))), _END)
    is_unknown = not verb and ("object_opener" in padded[i + 2] or "subordinator" in before)  # "if you zap"
    return _VERBS_OF_PRONOUNS if is_unknown else verb


def _opens_relative(
    padded: list[Roles], i: int, before: Roles, lead: Roles, verb: Roles, *, is_behind: bool
) -> bool:
    """Whether a pronoun opens a relative clause ("data you give us") and not the main clause."""
    is_opened = not (before | padded[i - 1]).isdisjoint(("opener", "subject", "subordinator", "adverb"))
    if is_opened or "preposition" in lead:
        return False
    for j in range(i - 2, max(i - 6, 1), -1):
        if "asking" in padded[j]:  # "what kind of data we"
            return False
        if not padded[j].isdisjoint(_VERBS):
            break
    # "If this is the case you are", "as a user you have the right": rather the verb of a main clause
    is_owned = "bare" in verb and not padded[i + 2].isdisjoint(("object_opener", "to"))
    is_main = is_owned or "also" in padded[i + 1] or not verb.isdisjoint(("modal", "auxiliary", "third"))
    return not (is_main and (is_behind or "as" in lead))


def _opens_clause(word: Roles, after: Roles, second: Roles, third: Roles) -> bool:
    """Whether a subordinating word opens a clause with a finite verb."""
    if "as" in word:
        return "subject" in after
    # "how to object", "because of it", "that information", "to do that, you", "software that powers the"
    is_pronoun = "that" in word and ("noun_after_that" in after or "break" in after)
    has_unknown_verb = (
        "relative" in word and "plural" in after and "object_opener" in second and not after & _VERBS
    )
    if is_pronoun or has_unknown_verb or "to" in after or "of" in after:
        return False
    if "skipped" in after:
        after, second = second, third
    # "when used by us", "where necessary", "while on the site", but not "where applicable law requires it"
    is_reduced = "reduced" in after and second & _BEHIND_REDUCED
    return not ("preposition" in after or is_reduced or ("gerund" in after and "leads" in word))


def _is_finite(
    padded: list[Roles], i: int, at_before: int, *, at_start: bool, n_open: int, n_finite: int
) -> bool:
    """Whether a word is a finite verb, judged by its neighbours."""
    word, after, before = padded[i], padded[i + 1], padded[at_before]
    is_followed = not after.isdisjoint(("object_opener", "place", "number"))
    if "past" in word and "relative" not in before and not word & _BASES:
        # "Acme collected your data", but not "data collected by Acme"
        return "article" in after and "participle" not in word and not (at_start or padded[i - 1] & _NO_NOUN)
    if "may" in word and "number" in after:
        return False  # the month
    if at_start and ("leading" not in word or "to" in before):
        is_told = "base" in word or "order" in word or "finite" in word or ("bare" in word and "to" in before)
        is_followed |= "to" in before or ("to" in after and "with_to" in word)
        is_followed |= "base" in (padded[i + 2] if "conjunction" in after else after)  # "update or correct"
        return is_told or (is_followed and not word.isdisjoint(("base_or_noun", "third", "bare")))
    if ("to" in before or "modal" in before) and word & _BASES:
        return False
    if "finite" in word:
        return True
    is_order = "imperative" in word or ("base" in word and "object_opener" in after and at_before < 6)
    if is_order and "break" in before:  # "for help, see", "of course, give us"
        is_led = not padded[2].isdisjoint(("preposition", "leads"))  # "for help, contact support"
        return "base" in word or is_followed or is_led or "to" in after
    if "bare" in word or "relative" in before:  # "users who pay"
        return True
    if "before_noun" in before and not (
        "no" in before and "skipped" in padded[i - 1]
    ):  # "these include", but not "these records"
        return "base" in word and "several" in before and (at_before == 2 or "break" in padded[at_before - 1])
    if "past_tense" in word or "third" in word:
        return True
    return _is_verb_and_no_noun(
        padded, i, before, is_open=n_open > 0, is_behind_clause=n_finite > n_open == 0
    )


def _is_verb_and_no_noun(
    padded: list[Roles], i: int, before: Roles, *, is_open: bool, is_behind_clause: bool
) -> bool:
    """Whether a word that may be a noun or an infinitive is a finite verb."""
    word, nearest, after = padded[i], padded[i - 1], padded[i + 1]
    is_relative = (
        "subject" in after
        and padded[i + 2] & _FINITE
        and not ("causative" in word and "base" in padded[i + 2])
    )
    is_such_as = "as" in padded[i + 2] and "before_noun" in after
    has_object = "determiner" in after and "relative" not in after and not is_relative and not is_such_as
    is_followed = has_object or "asking" in after or "skipped" in nearest
    # "Acme offers free samples", "stores and shares free samples"
    is_joined = "conjunction" in after and "mostly_verb" in padded[i + 2]
    before_object = "mostly_verb" in word and not (padded[i + 3] if is_joined else after) & _NO_OBJECT
    if "third_or_noun" in word:
        is_noun_phrase = before_object and not nearest & _NO_SUBJECT
        is_followed |= (
            "singular" in before or "subject" in before or ("with_to" in word and "to" in after)
        )  # "this helps"
        return is_followed or is_noun_phrase or _number_of_subject(padded, i) == "singular"
    if "past" in word and not has_object:  # "rules set by us"
        return False
    # A verb behind its pronoun is counted with the pronoun.
    if "subject" in before or any("causative" in role for role in padded[max(i - 6, 0) : i]):
        return False
    if "plural" in before:
        is_verb = (
            is_followed
            or is_open
            or before_object
            or "as" in after
            or ("preposition" in after and "by" not in after)
        )
        return "base" in word or is_verb or _number_of_subject(padded, i) == "several"
    if "adverb" in nearest:  # "Acme currently collect"
        return True
    # "the parts of it include a", "Acme and its partner collect", "the data that we need vary"
    is_compound = "conjunction" in frozenset().union(*padded[i - 3 : i])
    is_plural = is_compound or _has_plural_head(padded[2:i])
    is_far = has_object or is_behind_clause or is_plural
    is_infinitive = not padded[i - 2].isdisjoint(("to", "modal")) and "base" not in nearest
    is_verb = "base" in word or (
        is_plural and "gerund" not in nearest and ("object_opener" in after or "as" in after)
    )
    if is_infinitive or "to" in nearest or not is_verb:
        return False
    return is_far and ("skipped" in nearest or not nearest & _NO_NOUN)


def _has_plural_head(words: list[Roles]) -> bool:
    """Whether words are one noun phrase whose first noun is a plural ("recipients of data")."""
    plural = next((i for i, word in enumerate(words[:6]) if "plural" in word), len(words))
    is_modified = not frozenset().union(*words[plural + 1 : plural + 5]).isdisjoint(("of", "preposition"))
    return is_modified and "gerund" not in words[0] and not any("break" in word for word in words)


def _number_of_subject(padded: list[Roles], i: int) -> str:
    """The number that a determiner gives the nouns before a word: "singular", "several" or ""."""
    is_joined = False
    if padded[i - 1] & _BOUNDARY:
        return ""
    for j in range(i - 2, max(i - 8, 1), -1):
        if number := padded[j] & _NUMBERS:
            return "several" if is_joined else next(iter(number))
        is_joined |= "conjunction" in padded[j]
        if padded[j] & _BOUNDARY and "conjunction" not in padded[j]:
            break
    return ""


# ---------------------------------------------------------------- headings

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
# A verb before its subject: a question of any length.
_ASKED = re.compile(
    rf"{_ASKING} [a-z][\w']*\b"
    rf"|(?:\w+ )?(?:what|how|why|who|where|which|when)(?:'s|'re|(?: (?!we\b|you\b|i\b|they\b)[\w'-]+){{0,4}} {_ASKING})\b",
    re.IGNORECASE,
)
# A question that a comma does not turn into a clause before its main clause.
_INVERTED = re.compile(
    rf"(?:(?:what|how|why|who|where|which|when) )?{_ASKING} (?:we|you|i|my|your|our)\b|(?:do|is|are|can|will)\b",
    re.IGNORECASE,
)
# A text that begins like this is a question or a purpose, with a full stop or without.
NO_STATEMENT = re.compile(rf"{_QUESTION_SUBJECT.pattern}|to ", re.IGNORECASE)


def looks_like_title(text: str) -> bool:
    """Whether a line of its own reads as a heading: a short noun phrase or a question.

    Examples
    --------
    >>> looks_like_title("information collection and use."), looks_like_title("how secure is my data.")
    (True, True)
    >>> looks_like_title("we do not sell your data.")
    False
    """
    n_words = len(text.split())
    if n_words == 0 or n_words > _LONGEST_QUESTION or text.rstrip().endswith((",", ";")):
        return False
    if _QUESTION.match(text) and _QUESTION_SUBJECT.match(text):
        asked = bool(_ASKED.match(text))
        if "," not in text or (asked and _INVERTED.match(text)):
            return asked or (n_words <= _LONGEST_STATEMENT and not is_clause(text))
    return n_words <= _LONGEST_NOUN_PHRASE and not is_clause(text)


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
    """Whether a unit is a short infinitive and nothing else, as headings and labels often are.

    Examples
    --------
    >>> is_purpose("To comply with the law."), is_purpose("To object, contact us.")
    (True, False)
    """
    return (
        bool(_PURPOSE.match(text))
        and len(text.split()) <= _LONGEST_NOUN_PHRASE
        and not _BEHIND_PURPOSE.search(text)
    )


def is_question(text: str) -> bool:
    """Whether a unit is a question, judged by its words: a lower-cased scrape has no question marks.

    Examples
    --------
    >>> is_question("how do we use your data."), is_question("how we use your data.")
    (True, False)
    """
    return looks_like_title(text) and bool(_ASKED.match(text))


def is_heading_statement(text: str, following: str) -> bool:
    """Whether a statement without a full stop is the heading of the finished paragraph under it.

    Examples
    --------
    >>> is_heading_statement("We sell no data", "Nobody pays us for what we know of our users.")
    True
    """
    words, after = text.split(), following.strip()
    return (
        0 < len(words) <= _LONGEST_STATEMENT
        and text[-1] not in ".:,;!"
        and words[-1] not in ("or", "and")
        and after[-1:] in ".:!?"
        and len(after) > 1.5 * len(text)
    )


def is_bold_title(text: str, following: str = "") -> bool:
    """Whether a line that is bold throughout is a heading rather than an emphasised statement.

    Examples
    --------
    >>> is_bold_title("Your rights:"), is_bold_title("We sell no data."), is_bold_title("We sell no data", "See above.")
    (True, False, False)
    """
    title = text.rstrip(":")
    if not title or len(title.split()) > _LONGEST_STATEMENT:
        return False
    return looks_like_title(title) or is_purpose(title) or is_heading_statement(text, following)
