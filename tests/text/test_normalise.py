"""Repair of Unicode and typography, and folding: tables of cases, and equality with ftfy."""

from __future__ import annotations

import re

import pytest

from policytools.text import normalise as normalise_module
from policytools.text.normalise import fold, normalise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We\u00a0don’t\u2003sell", "We don't sell"),
        ("per\u00adson\u200bal\ufeff data", "personal data"),
        ("in\ufb01nite e\ufb03ciency", "infinite efficiency"),
        ("“quoted” ‘so’", "\"quoted\" 'so'"),
        ("third‑party and e‐mail", "third-party and e-mail"),
        ("donâ€™t", "don't"),
        ("cafe\u0301", "caf\u00e9"),
        ("a\x00b\x07c", "abc"),
        ("and so on…", "and so on..."),
        (" a  b\tc\n", "a b c"),
        (" **a** ", "a"),
    ],
)
def test_normalise(text, expected):
    assert normalise(text) == expected


MARKS = "‘’“”…\u00a0\u200b–—•●○·▪§©®™"


@pytest.mark.parametrize("mark", MARKS)
def test_common_marks_mean_what_ftfy_takes_them_for(mark):
    """ftfy does not get these characters, whatever is beside them; with "Ж" it gets the whole text."""
    for other in MARKS + "a .":
        for text in (f"a{mark}{other}b", f"{other}{mark}{mark}{other}", f"x {mark}{other}{other}y"):
            assert normalise(f"Ж {text}") == f"Ж {normalise(text)}".strip()


@pytest.mark.parametrize("letter", "ÀÁÄÅÉÖØÜßàáâãäåçéëñðóöøúüþÿ■\u202fαδω→")
def test_a_western_letter_among_ascii_means_what_ftfy_takes_it_for(letter, monkeypatch):
    texts = [
        text
        for other in MARKS + "aZ9 .?$\"'"
        for text in (
            f"a{letter}b{other}c",
            f"{other} {letter} {other}",
            f"a{letter} {other}",
            f"{letter}{other}",
        )
    ]
    alone = [normalise(text) for text in texts]
    for pattern in ("_WESTERN", "_TYPOGRAPHIC"):
        monkeypatch.setattr(normalise_module, pattern, re.compile(r"(?!)"))  # all texts go to ftfy
    assert [normalise(text) for text in texts] == alone


@pytest.mark.parametrize(
    ("text", "mended"), [("voilÃ le", "voilà le"), ("naÃ¯ve", "naïve"), ("a Â b", "a b")]
)
def test_letters_of_mojibake_are_mended(text, mended):
    assert normalise(text) == mended


def test_fold_keeps_every_character_in_its_place():
    assert len(fold("İstanbul’s")) == len("İstanbul’s")


def test_fold_replaces_the_marks_that_it_is_given():
    assert fold("“Don’t”–SELL") == "“don't”–sell"
    assert fold("“Don’t”–SELL", str.maketrans("“”–", '""-')) == '"don’t"-sell'
