"""Syllables and difficulty of words: rules, equality with textstat and NLTK, and no download."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from policytools.text.syllables import (
    _RESOURCES,
    _comparable_adjectives,
    _copy_privately,
    _familiar_words,
    _pronunciations,
    is_familiar,
    judge,
    own_textstat,
    spoken,
    syllable_count,
)


@pytest.mark.parametrize(
    "word",
    [
        "privacy",
        "cookies",
        "don't",
        "website's",
        "collect",
        "processing",
        "anonymised",
        "Wi",
        "dpo",
        "html",
        "users",
    ],
)
def test_syllables_of_ordinary_words_are_textstats(word):
    for form in (word, word.upper(), word.title()):
        assert judge(form).n_syllables == own_textstat().syllable_count(word)
        assert judge(form).n_letters == own_textstat().letter_count(word)


def test_every_word_of_the_dictionary_is_spoken_as_nltk_reads_it():
    own_textstat()
    from nltk.corpus import cmudict

    by_nltk = {
        word: sum(phone[-1].isdigit() for phone in first) for word, (first, *_) in cmudict.dict().items()
    }
    assert len(by_nltk) == len({line.split(" ")[0] for line in _pronunciations()})
    assert {word: spoken(word) for word in by_nltk} == by_nltk
    assert spoken("") is spoken("privac") is spoken("zzzz") is spoken("straße") is None


def test_the_list_of_familiar_words_is_textstats():
    from textstat.backend.utils import get_lang_easy_words

    assert _familiar_words() == get_lang_easy_words("en_US")
    assert "" not in _familiar_words()


@pytest.mark.parametrize(
    "word", ["anycubic", "cookie's", "o'brien", "'t", "i̇stanbul", "naïve", "qr", "x", ""]
)
def test_words_that_no_dictionary_has_are_counted_as_textstat_does(word):
    assert syllable_count(word) == own_textstat().syllable_count(word)


@pytest.mark.parametrize(
    ("word", "n_syllables"),
    {
        "third-party": 1 + 2,
        "Opt‑out": 2,  # a non-breaking hyphen
        "gdpr": 4,
        "GDPR's": 4,
        "www": 3 * 3,  # w has three syllables
        "e.g.": 2,
        "U.S.": 2,
        "3D": 2,
        "3mf": 3,
        "HTML5": 4 + 1,
        "qualified3d": 3 + 2,
        "3rd": 1,
        "1990s": 4,
        "company’s": 3,  # a curly apostrophe
    }.items(),
)
def test_syllables_by_rule(word, n_syllables):
    assert judge(word).n_syllables == n_syllables


@pytest.mark.parametrize(
    "word",
    [
        "using",
        "used",
        "services",
        "parties",
        "carried",
        "boxes",
        "dropped",
        "stopping",
        "given",
        "known",
        "longer",
        "prettiest",
        "biggest",
        "directly",
        "father's",
        "USING",
        "goes",
    ],
)
def test_regular_inflections_of_familiar_words_are_familiar(word):
    assert is_familiar(word)


@pytest.mark.parametrize(
    "word", ["user", "users", "burner", "easily", "treatment", "openings", "oxen", "website", "collected"]
)
def test_other_derivations_are_difficult(word):
    assert not is_familiar(word)


def test_comparable_adjectives_are_on_the_list_of_familiar_words():
    assert all(map(is_familiar, _comparable_adjectives()))
    assert "use" not in _comparable_adjectives()


def test_a_hyphenated_word_is_difficult_when_one_part_is():
    assert not judge("old-time").is_difficult
    assert judge("third-party").is_complex is False  # three syllables, of two short familiar words
    assert judge("opt-out").is_difficult
    assert judge("non-identifiable").is_complex


_ALONE = """
import nltk
def refuse(*args, **kwargs):
    raise AssertionError("a download was asked for")
nltk.download = nltk.downloader.download = refuse
import socket
socket.socket.connect = refuse
import pandas as pd
from policytools.measures.readability import readability
from policytools.text.syllables import own_textstat
sentences = pd.DataFrame({"policy_id": ["a"], "kind": ["sentence"], "text": ["We collect data today."]})
values = readability(sentences)
textstat = own_textstat()
print(values.loc[0, "n_syllables"], textstat.syllable_count("information"), textstat.syllable_count("data"))
"""


def run_alone(nltk_data: str, home: str) -> str:
    env = os.environ | {"NLTK_DATA": nltk_data, "HOME": home, "USERPROFILE": home}
    done = subprocess.run(
        [sys.executable, "-c", _ALONE], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_textstat_works_without_a_download(tmp_path):
    assert run_alone(str(tmp_path / "nowhere"), str(tmp_path)) == "7 4 2"


def test_another_dictionary_on_the_machine_changes_nothing(tmp_path):
    folder = tmp_path / "corpora" / "cmudict"
    folder.mkdir(parents=True)
    (folder / "cmudict").write_text("DATA 1 " + "AH0 " * 9 + "\n")
    assert run_alone(str(tmp_path), str(tmp_path)) == "7 4 2"


def accepted_by_nltk(folder: Path) -> bool:
    import nltk

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            nltk.data.find("corpora/cmudict", [str(folder)])
        except LookupError:
            return False
    return True


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_nltk_accepts_the_copy_of_a_dictionary_in_a_group_writable_folder(tmp_path):
    shared = tmp_path / "shared"
    shutil.copytree(_RESOURCES / "cmudict", shared)
    shared.chmod(0o777)
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    mask = os.umask(0o002)
    try:
        _copy_privately(shared / "corpora" / "cmudict" / "cmudict", private)
    finally:
        os.umask(mask)
    assert accepted_by_nltk(private)
    assert not accepted_by_nltk(tmp_path / "nothing")


def test_the_dictionary_is_laid_out_for_nltk():
    file = _RESOURCES / "cmudict" / "corpora" / "cmudict" / "cmudict"
    lines = file.read_text(encoding="ascii").splitlines()
    assert len(lines) == 135_166
    assert all(re.fullmatch(r"[^a-z ]+ [1-9] [A-Z]+[0-2]?( [A-Z]+[0-2]?)*", line) for line in lines)
    assert "Carnegie Mellon" in (_RESOURCES / "cmudict" / "LICENSE").read_text(encoding="utf-8")
