"""Syllables, letters and difficulty of one word, for the readability formulas.

The results are those of textstat; where it has no rule, this module has its own. They are computed once for
each word type, from the dictionary, the hyphenation and the list of familiar words that textstat uses.
textstat itself is not imported, because it imports all of NLTK and takes a second to read the dictionary. It
would download NLTK's copy of CMUdict; the package ships a copy, and `own_textstat` uses it.
"""

from __future__ import annotations

import atexit
import re
import shutil
import tempfile
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from policytools._files import PACKAGE
from policytools.text.normalise import fold

if TYPE_CHECKING:
    from pyphen import Pyphen
    from textstat.textstat import textstatistics

_RESOURCES = PACKAGE / "resources"
_DICTIONARY = _RESOURCES / "cmudict" / "corpora" / "cmudict" / "cmudict"
_VOWELS = frozenset("aeiouy")
_ENDINGS_AFTER_DIGITS = frozenset(("s", "st", "nd", "rd", "th"))  # "1990s", "3rd": no syllable of their own


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
    Syllables are textstat's: CMUdict's first pronunciation, else pyphen's count of hyphenation
    points. Where textstat drops a mark or a digit, or reads an initialism as a word, these rules apply: a
    hyphenated word has the syllables of its parts, and is difficult or complex when one part is;
    abbreviations with points ("e.g.") and words without a vowel letter that CMUdict does not hold ("gdpr")
    are spelled out letter by letter; beside letters each digit is a syllable ("3D": 2), and the ending of
    an ordinal or a decade ("3rd", "1990s") is none. Initialisms with a vowel letter ("EEA") look like
    words in lower-cased text and are left to textstat.

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
    stem = part.removesuffix("'s")
    if "." in part:
        return _spelled_out(part)
    if any(map(str.isdigit, part)):
        pieces = re.findall(r"\d|[^\W\d_]+", stem)
        letters = [piece for piece in pieces if not piece.isdigit() and piece not in _ENDINGS_AFTER_DIGITS]
        return sum(map(str.isdigit, pieces)) + sum(map(_syllables, letters))
    if part.isascii() and _VOWELS.isdisjoint(part) and spoken(part) is None and spoken(stem) is None:
        return _spelled_out(stem)
    return syllable_count(part)


def _spelled_out(letters: str) -> int:
    return sum(map(syllable_count, filter(str.isalpha, letters)))


# textstat removes these from a word: all but letters, digits and the apostrophes of contractions and possessives.
_NO_PART = re.compile(r"'(?![tsd]|ve|ll|re)|[^\w']")


def syllable_count(word: str) -> int:
    """Syllables of a lower-cased word, as textstat counts them: by pronunciation, else by hyphenation.

    Examples
    --------
    >>> syllable_count("privacy"), syllable_count("anycubic")
    (3, 3)
    """
    word = _NO_PART.sub("", word)
    syllables = spoken(word)
    if syllables is None:
        syllables = len(_hyphenation().positions(word)) + 1 if word else 0
    return syllables


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


@cache
def _hyphenation() -> Pyphen:
    from pyphen import Pyphen  # imported here, because only words that the dictionary lacks need it

    return Pyphen(lang="en_US")


def is_familiar(word: str) -> bool:
    """Whether a word is on the Dale-Chall list of familiar words, or a regular inflection of one that is.

    Parameters
    ----------
    word : str
        One word; case does not matter.

    Notes
    -----
    The list is textstat's (2,940 forms). By the instructions of 1948 these are familiar as well:
    regular plurals and possessives of listed nouns; listed verbs with -s, -ies, -ing, -ed, -ied and the
    participle's -n, also with the last consonant doubled; comparatives and superlatives of listed
    adjectives; listed words with -ly. Nouns made with -er ("user"), words with two endings ("openings"),
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
    return not _familiar_words().isdisjoint([word, *_bases(word)])


def _bases(word: str) -> Iterator[str]:
    """Words that this one may be a regular inflection of."""
    if word.endswith("'s"):
        yield word[:-2]
    elif word.endswith("s") and not word.endswith("ss"):
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
    return frozenset(map(str.strip, file.read_text(encoding="utf-8").splitlines()))


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
