"""Syllables and difficulty of words: rules, equality with textstat and NLTK, and no download."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from policytools.text import syllables
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
        "Wi",
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


def test_the_list_of_familiar_words_is_textstats_with_baby():
    from textstat.backend.utils import get_lang_easy_words

    assert _familiar_words() == get_lang_easy_words("en_US") | {"baby"}
    assert "baby" not in get_lang_easy_words("en_US")
    assert "" not in _familiar_words()


@pytest.mark.parametrize(
    ("word", "n_syllables", "by_textstat"),
    [
        # listed: the dictionary reads them as other words, or not at all
        ("ai", 2, 1), ("id", 2, 1), ("isp", 3, 1), ("defi", 2, 2),
        # initialisms that no word of the dictionary begins or ends like, with plural and possessive
        ("kyc", 3, 1), ("uuid", 4, 1), ("uuids", 4, 1), ("dpo's", 3, 1), ("qr", 2, 1), ("ssl", 3, 1), ("ucpa", 4, 2), ("tdpsa", 5, 2),
        # possessives and accents
        ("badge's", 2, 1), ("naïve", 2, 1),
        # other spelling
        ("minimising", 4, 3), ("favourable", 4, 1), ("customise", 3, 2),
        # derivations
        ("anonymised", 4, 1), ("pseudonymisation", 6, 3), ("geotagged", 3, 2), ("re-identifiable", 1 + 6, 5),
        # compounds, and names by their vowels
        ("webcasts", 2, 3), ("anycubic", 4, 3), ("xoriva", 3, 2),
    ],
)  # fmt: skip
def test_where_syllables_are_not_textstats(word, n_syllables, by_textstat):
    assert judge(word).n_syllables == n_syllables
    assert own_textstat().syllable_count(word) == by_textstat


@pytest.mark.parametrize(
    "word", ["o'brien", "'t", "x", "", "unhashed", "tokenizers", "trackability", "authorised", "timestamps"]
)
def test_rules_agree_with_textstat_where_its_hyphenation_is_right(word):
    assert syllable_count(word) == own_textstat().syllable_count(word)


def test_rules_agree_with_the_dictionary_where_it_has_the_word(monkeypatch):
    from pyphen import Pyphen  # what textstat uses for words that the dictionary lacks

    hyphenation = Pyphen(lang="en_US")
    words = sorted({line.split(" ")[0].lower() for line in _pronunciations()})
    sample = random.Random(8).sample([word for word in words if word.isalpha() and len(word) > 3], 2000)
    right: dict[str, list[bool]] = {"derived": [], "other": [], "vowels": [], "textstat": []}
    for word in sample:
        n = spoken(word)
        monkeypatch.setattr(
            syllables, "spoken", lambda other, held=word: None if other == held else spoken(other)
        )
        known = syllables._known(word) is not None
        rule = "derived" if syllables._stem(word, 3) is not None else "other" if known else "vowels"
        right[rule].append(syllable_count(word) == n)
        right["textstat"].append(len(hyphenation.positions(word)) + 1 == n)
    share = {rule: sum(answers) / len(answers) for rule, answers in right.items()}
    assert share["derived"] > 0.96 and share["other"] > 0.9 and share["vowels"] > 0.88
    assert share["textstat"] < 0.65
    assert len(right["derived"]) > 500


def test_any_number_sign_beside_letters_is_a_syllable():
    signs = [char for char in map(chr, range(sys.maxunicode + 1)) if char.isnumeric() or char.isdigit()]
    assert len(signs) > 1500
    for sign in signs:
        if not sign.isalpha():
            assert judge(f"data{sign}").n_syllables == judge(f"{sign}data").n_syllables == 3
        assert judge(f"co{sign}op's").n_syllables >= 2
        assert judge(sign).n_syllables == 1


def test_long_runs_are_counted_in_linear_time():
    assert judge("ab" * 50_000).n_syllables == 50_000


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
        "children's",
        "stories's",
        "baby",
        "baby's",
        "USING",
        "goes",
    ],
)
def test_regular_inflections_of_familiar_words_are_familiar(word):
    assert is_familiar(word)


@pytest.mark.parametrize(
    "word",
    ["user", "users", "burner", "easily", "treatment", "openings", "oxen", "website", "collected", "user's"],
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
