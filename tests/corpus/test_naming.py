"""Names of vendors, policies and files."""

from __future__ import annotations

import pytest

from policytools.corpus.naming import check_distinct, check_file_name, file_stem, folded, made_id, visible


def test_what_nobody_sees_is_taken_out():
    assert visible("\u2067Ac\u00adme\u2069\ufeff Ltd\u200e", "vendor") == "Acme Ltd"
    assert visible("می\u200cخواهم", "vendor") == "می\u200cخواهم"  # shapes the letters
    assert visible("two\nlines\tand a tab", "note") == "two\nlines\tand a tab"


@pytest.mark.parametrize("character", ["\0", "\x07", "\x1b", "\x7f", "\x9b", "\ud800", "\uffff"])
def test_control_characters_are_named(character):
    with pytest.raises(ValueError, match=f"vendor: .*holds U[+]{ord(character):04X}"):
        visible(f"Bo{character}Ltd", "vendor")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bolt GmbH", "BOLT GMBH"),
        ("Größe", "GRÖSSE"),
        ("Kr\u00e4uter", "Kra\u0308uter"),
        ("ｂｏｌｔ", "Bolt"),
        ("ﬁne", "FINE"),
        ("می\u200cخ", "میخ"),
        ("Ω", "\u2126"),
    ],
)
def test_names_that_a_file_system_may_take_for_one(one, other):
    assert folded(one) == folded(other)
    with pytest.raises(ValueError, match="table: .* and .* differ only in case or Unicode form; rename one"):
        check_distinct(["first", one, "last", other], "table")
    check_distinct([one, "another", one], "table")


def test_names_that_look_the_same_are_shown_in_ascii():
    with pytest.raises(ValueError, match=r"'caf\\xe9' and 'cafe\\u0301' differ"):
        check_distinct(["caf\u00e9", "cafe\u0301"], "table")


def test_an_id_is_never_empty():
    made = [made_id(vendor, "") for vendor in ("!!!", "★", "☂☂", "🦊", "---")]
    assert len(set(made)) == 5 and all(one.startswith("vendor-") and len(one) == 15 for one in made)
    assert made_id("★", "2021") == f"{made_id('★', '')}-2021" == made_id("★", "2021")
    assert made_id("創想 三維", "2020") == "創想-三維-2020"
    assert made_id("Завод «Свет»", "") == "завод-свет" and made_id("हिन्दी", "") == "हिन्दी"
    assert made_id("Ｂｏｌｔ", "") == "bolt" and made_id("Kra\u0308uter", "") == "kr\u00e4uter"


def test_a_long_vendor_has_a_short_id_of_its_own():
    long = [made_id("Bolt and " * 40 + end, "2022") for end in "AB"]
    assert long[0] != long[1] and all(len(one) < 80 and one.startswith("bolt-and-bolt") for one in long)


@pytest.mark.parametrize(
    "name",
    [
        "..", ".hidden", "a/b.txt", "a\\b.txt", "C:a.txt", "a:b.txt", "aux", "CON.html", "nul .txt", "lpt1.txt", "COM¹", "conin$",
        "ends.", "ends ", " begins", "a\nb.txt", "a\0b.txt", "a\u202etxt.exe", "what?.txt", "", "x" * 201, "三" * 67,
    ],
)  # fmt: skip
def test_file_names_that_some_system_does_not_allow(name):
    with pytest.raises(ValueError, match="name"):
        check_file_name(name, "name")


@pytest.mark.parametrize(
    "name", ["policy.html", "saved page (2).txt", "三" * 60, "console.txt", "a.b.c", "x" * 200]
)
def test_file_names_that_are_fine(name):
    check_file_name(name, "name")


def test_stems_are_latin_and_not_reserved():
    assert [file_stem(name) for name in ("Straße", "AUX", "com1-2019", "★", "prn", "x" * 300)] == [
        "strasse", "policy-aux", "com1-2019", "", "policy-prn", "x" * 100
    ]  # fmt: skip
