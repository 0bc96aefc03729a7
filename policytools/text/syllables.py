"""Syllables, letters and difficulty of one word, for the readability formulas.

All are computed once for each word type, from the pronouncing dictionary and the list of familiar words that textstat
uses, and from rules for the words that the dictionary lacks. textstat itself is not imported, because it imports all of
NLTK and takes a second to read the dictionary. It would download NLTK's copy of CMUdict; the package ships a copy, and
`own_textstat` uses it.
"""

from __future__ import annotations

import atexit
import re
import shutil
import tempfile
import tomllib
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from policytools._files import PACKAGE
from policytools.text.normalise import fold

if TYPE_CHECKING:
    from textstat.textstat import textstatistics

_RESOURCES = PACKAGE / "resources"
_DICTIONARY = _RESOURCES / "cmudict" / "corpora" / "cmudict" / "cmudict"
_VOWELS = frozenset("aeiouy")
_ENDINGS_AFTER_DIGITS = frozenset(("s", "st", "nd", "rd", "th"))  # "1990s", "3rd": no syllable of their own
_LONGEST_WORD = 40  # letters; what is longer is no English word, and the rules below would be slow


class Word(NamedTuple):
    """One word as the readability formulas see it."""

    n_syllables: int
    is_polysyllable: bool  # three or more
    is_difficult: bool  # not familiar to Dale and Chall, see `is_familiar`
    n_letters: int  # and digits
    is_long: bool  # more than six letters
    is_complex: bool  # three or more syllables and not itself on the list of familiar words


@lru_cache(maxsize=2**16)  # more word types than a few hundred policies have; a bound for a million
def judge(token: str) -> Word:
    """Syllables, letters and difficulty of one word; case does not matter.

    Parameters
    ----------
    token : str
        A token of type word or abbreviation, as `policytools.text.tokens.tokenize` gives it.

    Returns
    -------
    Word
        n_syllables, is_polysyllable (three or more), is_difficult (not familiar to Dale and Chall, see
        `is_familiar`), n_letters (letters and digits), is_long (more than six of them), is_complex (three or
        more syllables and not itself on the list of familiar words).

    Notes
    -----
    Syllables are those of `syllable_count`, with these rules for words that are more than letters: a
    hyphenated word has the syllables of its parts, and is difficult or complex when one part is;
    abbreviations with points ("e.g.") are spelled out letter by letter; beside letters each digit or number
    sign is a syllable ("3D": 2), and the ending of an ordinal or a decade ("3rd", "1990s") is none.

    Examples
    --------
    >>> [judge(word).n_syllables for word in ("privacy", "third-party", "GDPR", "e.g.", "www", "3D")]
    [3, 3, 4, 2, 9, 2]
    """
    word = fold(token.lower())
    parts = word.split("-")
    syllables = [_syllables(part) for part in parts]
    n_letters = sum(map(str.isalnum, word))
    return Word(
        n_syllables=sum(syllables),
        is_polysyllable=sum(syllables) >= 3,
        is_difficult=not all(map(is_familiar, parts)),
        n_letters=n_letters,
        is_long=n_letters > 6,
        is_complex=any(
            n >= 3 and part not in _familiar_words() for part, n in zip(parts, syllables, strict=True)
        ),
    )


def _syllables(part: str) -> int:
    if "." in part:
        return _spelled_out(part)
    n_numbers = sum(char.isnumeric() and not char.isalpha() for char in part)
    if not n_numbers:
        return syllable_count(part)
    letters = "".join(char if char.isalpha() else " " for char in part.removesuffix("'s")).split()
    return n_numbers + sum(syllable_count(run) for run in letters if run not in _ENDINGS_AFTER_DIGITS)


def _spelled_out(letters: str) -> int:
    return sum(map(syllable_count, filter(str.isalpha, letters)))


# textstat removes these from a word: all but letters, digits and the apostrophes of contractions and possessives.
_NO_PART = re.compile(r"'(?![tsd]|ve|ll|re)|[^\w']")


def syllable_count(word: str) -> int:
    """Syllables of a lower-cased word of letters and apostrophes.

    Parameters
    ----------
    word : str

    Notes
    -----
    The first of these that knows the word decides:

    1. the words listed in ``lexicons/syllables.toml`` ("AI", "ISP");
    2. CMUdict, in its first pronunciation;
    3. the word without its accents ("café"), or with 's: the word, and one more after a hissing sound;
    4. spelled out, also in the plural: a word without vowel letters ("gdpr"); one of two to four letters, of
       which no word of CMUdict begins with the first three, or none ends with the last three ("eea", "ccpa");
       one of five letters for which both hold;
    5. CMUdict, for the American spelling (-ize, -yze, -or-);
    6. a derivation, by its stem: "pseudonym-ized", "token-iz-ation", "re-identify", for the endings and
       beginnings in ``lexicons/syllables.toml``, one inside another;
    7. a compound of two known words of four letters or more ("time-stamps");
    8. one syllable for each group of vowel letters, without the silent e ("kivra").

    2 is textstat's count. For other words textstat counts hyphenation points, which finds fewer syllables
    ("anonymise": 1). Checked on the words of CMUdict, each looked up as if it were missing: see
    ``tests/text/test_syllables.py``.

    Examples
    --------
    >>> [syllable_count(word) for word in ("privacy", "eea", "provider's", "anonymisation", "timestamps", "kivra")]
    [3, 3, 3, 6, 2, 2]
    """
    word = _NO_PART.sub("", word)
    if not word.isascii():
        word = "".join(filter(str.isalpha, unicodedata.normalize("NFD", word)))
    n = _known(word) if len(word) <= _LONGEST_WORD else None
    if n is None:
        n = len(_VOWEL_GROUP.findall(_SILENT_E.sub("", word))) + len(_HIATUS.findall(word)) or len(word[:1])
    return n


_PLURAL = re.compile("..[^eius]s$")  # of an initialism: "dpas", but not "focus"
_HISSING = re.compile("(?:[sxz]|[cs]he?|[cgsz]e)$")
_SOUNDED = {"s": _HISSING, "ed": re.compile("[td]e?$")}  # where an ending is a syllable of its own
_SILENT_E = re.compile(
    r"(?<=[^aeiouyl])e$|(?<=[aeiouy]l)e$|(?<=[^aeiouytd])e(?=d$)|(?<=[^aeiouyscgxzh])e(?=s$)|^y(?=[aeiou])"
)
_VOWEL_GROUP = re.compile("[aeiouy]+")
_HIATUS = re.compile(r"(?<![cgstx])i[ao]|[st]iat|eo(?!n|us)|ua|[aeiouy]ing|ism|[^aeiouy]led$|[^aeiouyl]les$")


def _known(word: str) -> int | None:
    """Syllables of a word by the rules 1 to 7 of `syllable_count`."""
    n = _lookup(word)
    if n is None and len(word) > 2 and word.endswith("'s"):
        return syllable_count(word[:-2]) + bool(_HISSING.search(word[:-2]))
    if n is None and _PLURAL.search(word):
        n = _initialism(word[:-1])
    n = _initialism(word) if n is None else n
    n = _stem(word, depth=3) if n is None else n
    if n is None:
        pairs = ((_lookup(word[:place]), _stem(word[place:], 1)) for place in range(len(word) - 4, 3, -1))
        n = next((first + second for first, second in pairs if first and second), None)
    return n


def _lookup(word: str) -> int | None:
    """Syllables of a word that is listed or in the dictionary, there also in its American spelling."""
    listed = _parts()["words"].get(word)
    if listed is not None or not word.isascii():
        return listed
    american = re.sub(r"(?<=[^aeiou])is(?=e|ing|ab|ation)", "iz", word)
    american = re.sub(r"(?<=...)our(?=.)", "or", re.sub(r"ys(?=e|ing)", "yz", american))
    n = spoken(word)
    return spoken(american) if n is None else n


def _initialism(word: str) -> int | None:
    """Syllables of a word that is listed, or that the dictionary lacks and that is read letter by letter."""
    if word in _parts()["words"]:
        return _parts()["words"][word]
    if len(word) < 2 or not word.isascii() or not word.isalpha() or spoken(word) is not None:
        return None
    first, last = _beginnings_and_ends()
    n_known = (word[:3].upper() in first) + (word[-3:].upper() in last)
    is_word = len(word) > 5 or n_known == 2 or (n_known == 1 and len(word) == 5)
    return None if is_word and not _VOWELS.isdisjoint(word) else _spelled_out(word)


def _stem(word: str, depth: int) -> int | None:
    """Syllables of a word that `_lookup` knows, or that is derived from one in at most `depth` steps."""
    n = _lookup(word)
    if n is None and depth:
        stems = ((_stem(stem, depth - 1), added) for stem, added in _stems_and_added(word))
        n = next((known + added for known, added in stems if known), None)
    return n


def _stems_and_added(word: str) -> Iterator[tuple[str, int]]:
    """What a word may be derived from, and the syllables that its ending or beginning adds."""
    for ending, added in _parts()["endings"].items():
        if word.endswith(ending) and len(word) > len(ending) + 2 and not word.endswith(("ss", "us")):
            for stem in _bases(word) if ending == "s" else _stems(word, ending):
                yield stem, added + bool(ending in _SOUNDED and _SOUNDED[ending].search(stem))
    for beginning, added in _parts()["beginnings"].items():
        if word.startswith(beginning) and len(word) > len(beginning) + 3:
            yield word.removeprefix(beginning), added


@cache
def _parts() -> dict[str, dict[str, int]]:
    """The tables of the lexicon; the longest endings and beginnings come first."""
    return tomllib.loads((PACKAGE / "lexicons" / "syllables.toml").read_text("utf-8"))


@cache
def _beginnings_and_ends() -> tuple[frozenset[str], frozenset[str]]:
    """The first and the last three letters of all words of the dictionary."""
    words = [line.split(" ", 1)[0] for line in _pronunciations()]
    return frozenset(word[:3] for word in words), frozenset(word[-3:] for word in words)


def spoken(word: str) -> int | None:
    """Syllables of a lower-cased word in its first pronunciation in CMUdict; None if CMUdict lacks the word.

    Examples
    --------
    >>> spoken("data"), spoken("gdpr")
    (2, None)
    """
    if not word.isascii():
        return None
    entry = f"{word.upper()} 1 "
    lines = _pronunciations()
    place = bisect_left(lines, entry)
    if place == len(lines) or not lines[place].startswith(entry):
        return None
    return sum(map(str.isdigit, lines[place][len(entry) :]))  # each vowel has a digit, its stress


@cache
def _pronunciations() -> list[str]:
    """The dictionary's sorted lines, for a binary search; to parse all of them would take longer."""
    return sorted(_DICTIONARY.read_text(encoding="ascii").splitlines())


def is_familiar(word: str) -> bool:
    """Whether a word is on the Dale-Chall list of familiar words, or a regular inflection of one that is.

    Parameters
    ----------
    word : str
        One word; case does not matter.

    Notes
    -----
    The list is textstat's (2,940 forms) with "baby", which the published list has. By the instructions of 1948
    these are familiar as well: regular plurals of listed nouns; possessives of all familiar words; listed verbs
    with -s, -ies, -ing, -ed, -ied and the participle's -n, also with the last consonant doubled; comparatives
    and superlatives of listed adjectives; listed words with -ly. Nouns made with -er ("user"), words with two endings ("openings"),
    irregular plurals that are not listed, and words made with -y, -en, -ment, -tion or another ending are
    difficult. Names of persons and places, which the instructions count as familiar, cannot be recognised
    in lower-cased text and are judged like other words.

    References
    ----------
    Dale, E. & Chall, J. S. (1948). A formula for predicting readability: instructions. Educational Research
    Bulletin 27(2), 37-54.

    Examples
    --------
    >>> [is_familiar(word) for word in ("use", "using", "services", "longer", "directly")]
    [True, True, True, True, True]
    >>> [is_familiar(word) for word in ("user", "easily", "openings", "website", "websites")]
    [False, False, False, False, False]
    """
    word = word.lower()
    stem = word.removesuffix("'s")
    return not _familiar_words().isdisjoint([word, stem, *_bases(stem)])


def _bases(word: str) -> Iterator[str]:
    """Words that this one may be a regular inflection of."""
    if word.endswith("s") and not word.endswith("ss"):
        yield word[:-1]
        if word.endswith("ies"):
            yield word[:-3] + "y"
        elif word.endswith(("ses", "xes", "zes", "ches", "shes", "oes")):
            yield word[:-2]
    elif word.endswith(("ed", "ing")):
        yield from _stems(word, "ed" if word.endswith("ed") else "ing")
    elif word.endswith(("er", "est")):
        stems = _stems(word, "er" if word.endswith("er") else "est")
        yield from (stem for stem in stems if stem in _comparable_adjectives())
    elif word.endswith(("en", "wn")):
        yield word[:-1]  # "taken", "known"
    elif word.endswith("ly"):
        yield word[:-2]


def _stems(word: str, ending: str) -> Iterator[str]:
    """The stem before an ending that may have dropped an e, turned y into i or doubled a consonant."""
    stem = word.removesuffix(ending)
    yield stem
    yield stem + "e"
    if stem.endswith("i") and ending != "ing":
        yield stem[:-1] + "y"
    if len(stem) > 2 and stem[-1] == stem[-2] and stem[-1] not in _VOWELS:
        yield stem[:-1]


@cache
def _comparable_adjectives() -> frozenset[str]:
    file = _RESOURCES / "dale_chall" / "comparable_adjectives.txt"
    return frozenset(file.read_text(encoding="utf-8").split())


@cache
def _familiar_words() -> frozenset[str]:
    # The file is read without importing textstat: see the module's docstring.
    file = Path(str(distribution("textstat").locate_file("textstat/resources/en/easy_words.txt")))
    return frozenset(map(str.strip, [*file.read_text(encoding="utf-8").splitlines(), "baby"]))


# --- textstat without a download


@cache
def own_textstat() -> textstatistics:
    """A separate textstat object, so that `textstat.set_lang`, called elsewhere, does not change our counts.

    The dictionary that ships with the package comes first on NLTK's data path, so that counts do not depend on what
    else a machine has installed. NLTK refuses folders that others may write to (a group-writable checkout, a mounted
    volume of another owner), so it gets a private copy.
    """
    import nltk  # imported here, because these two take a second
    from textstat.textstat import textstatistics

    folder = Path(tempfile.mkdtemp(prefix="policytools-"))  # readable only by this user
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _copy_privately(_DICTIONARY, folder)
    nltk.data.path.insert(0, str(folder))
    return textstatistics()


def _copy_privately(file: Path, folder: Path) -> None:
    """Copy a corpus file of NLTK into a data folder in which only this user may write."""
    for name in ("corpora", "cmudict"):
        folder = folder / name
        folder.mkdir(mode=0o700)
    copy = folder / file.name
    copy.touch(mode=0o600)
    copy.write_bytes(file.read_bytes())
