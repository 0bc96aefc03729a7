"""Codebooks that extend others, their labels, and the JSON Schemas of codebooks and lexicons."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import jsonschema
import pandas as pd
import pytest

import policytools as pt
from policytools.coding import codebook as reader
from policytools.coding.codebook import load_codebook
from policytools.measures.vagueness import LEXICON_FILE

PACKAGE = Path(pt.__file__).parent
HEAD = 'title = "Base"\nversion = "1"\n'
BASE = (
    HEAD
    + """
[groups]
jar = ["cookie~", "biscuit~"]
[checklists]
"short" = ["A"]
[[item]]
id = "one"
family = "f"
question = "One?"
refs = ["A 1"]
[[item.rule]]
find = ["{jar}"]
[[item]]
id = "two"
label = { en = "Second", de = "Zweitens" }
family = "g"
question = "Two?"
[[item.rule]]
find = ["tea"]
"""
)
NEW = '[[item]]\nid = "three"\nfamily = "f"\nquestion = "Three?"\n[[item.rule]]\nfind = ["{jar}", "milk"]\n'


@pytest.fixture
def extended(tmp_path):
    """Writes a codebook over the base, and reads it."""
    (tmp_path / "base.toml").write_text(BASE, encoding="utf-8")

    def write(text: str, **options: str) -> pt.Codebook:
        (tmp_path / "own.toml").write_text(f'extends = "base.toml"\n{text}', encoding="utf-8")
        return load_codebook(tmp_path / "own.toml", **options)

    return write


def items(book: pt.Codebook, *texts: str) -> list[str]:
    units = pd.DataFrame(
        {"policy_id": "p", "sentence_id": range(len(texts)), "kind": "sentence", "section": "", "text": texts}
    )
    return pt.code_sentences(units, book)["item"].tolist()


def test_an_item_is_added_behind_its_family(extended):
    book = extended(NEW)
    assert book.title == "Base" and book.items["item"].tolist() == ["one", "three", "two"]
    assert items(book, "We sell biscuits.") == ["one", "three"]
    assert book.checklists == {
        "f": ("one", "three"),
        "g": ("two",),
        "short": ("one",),
        "all": ("one", "three", "two"),
    }


def test_an_item_changes_only_the_keys_that_it_gives(extended):
    book = extended('title = "Own"\n[[item]]\nid = "one"\nquestion = "Which?"\nlabel = "First"\n')
    assert book.items["question"].tolist() == ["Which?", "Two?"] and book.labels["one"] == "First"
    assert book.title == "Own" and items(book, "A cookie.") == ["one"]
    moved = extended('[[item]]\nid = "one"\nfamily = "g"\n')
    assert moved.items["item"].tolist() == ["two", "one"]
    replaced = extended('[[item]]\nid = "one"\n[[item.rule]]\nfind = ["milk"]\n')
    assert items(replaced, "A cookie.", "Milk.") == ["one"]


def test_groups_and_checklists_are_replaced_by_name(extended):
    book = extended('[groups]\njar = ["jam"]\n[checklists]\n"short" = ["B"]\n"long" = ["A"]\n')
    assert items(book, "A cookie.", "Jam.") == ["one"]
    assert (book.checklists["short"], book.checklists["long"]) == ((), ("one",))


def test_what_is_left_out(extended):
    assert extended('[leave_out]\nitems = ["one"]\n').items["item"].tolist() == ["two"]
    assert extended('[leave_out]\nfamilies = ["g"]\n').items["item"].tolist() == ["one"]
    assert "short" not in extended('[leave_out]\nchecklists = ["short"]\n').checklists


def test_labels(extended):
    assert extended("").labels == {"one": "One", "two": "Second"}
    with pytest.raises(ValueError, match="item 'one'|no label in 'fr'; there are: en, de"):
        extended("", label_language="fr")
    assert extended("", label_language="de").labels["two"] == "Zweitens"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[leave_out]\nitems = ["on"]\n',
            r"own.toml, \[leave_out\] items: the extended codebook has no on; did you mean 'one'",
        ),
        ('[leave_out]\nthings = ["one"]\n', "must be a table with any of items, families"),
        ('[leave_out]\ngroups = ["jar"]\n', "own.toml, line 1, item 'one': .*jar"),
        (NEW.replace("milk", "(milk"), "own.toml, line 7, item .three."),
        ('[[item]]\nid = "one"\ncolour = "red"\n', "own.toml, line 4, item 'one': unknown key 'colour'"),
    ],
)
def test_errors_name_the_file_and_the_line(extended, text, said):
    with pytest.raises(ValueError, match=said):
        extended(text)


def test_a_codebook_cannot_extend_itself_or_nothing(tmp_path):
    path = tmp_path / "a.toml"
    (tmp_path / "b.toml").write_text(f'extends = "a.toml"\n{HEAD}', encoding="utf-8")
    for other, said in (
        ("b.toml", "a.toml -> b.toml -> a.toml"),
        ("none", "a.toml: extends: codebook 'none' not found"),
    ):
        path.write_text(f'extends = "{other}"\n{HEAD}', encoding="utf-8")
        with pytest.raises(ValueError, match=said):
            load_codebook(path)
    path.write_text(f"extends = 3\n{HEAD}", encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.toml: extends must be"):
        load_codebook(path)


def schema(name: str) -> dict:
    found = json.loads((PACKAGE / "resources" / "schema" / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(found)
    return found


def test_the_schema_of_codebooks_knows_the_keys_that_the_reader_knows():
    found = schema("codebook")
    assert set(found["properties"]) == {*reader._TOP_KEYS, "extends", "leave_out"}
    assert set(found["$defs"]["item"]["properties"]) == set(reader._ITEM_KEYS)
    assert set(found["$defs"]["rule"]["properties"]) == set(reader._RULE_KEYS)
    for path in (PACKAGE / "codebooks").glob("*.toml"):
        jsonschema.validate(tomllib.loads(path.read_text(encoding="utf-8")), found)
    for wrong in (
        HEAD + "extra = 1",
        HEAD + NEW.replace("find", "fnd"),
        HEAD + NEW.replace('"three"', '"a b"'),
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(tomllib.loads(wrong), found)


def test_the_schema_of_lexicons():
    found = schema("lexicon")
    jsonschema.validate(tomllib.loads(LEXICON_FILE.read_text(encoding="utf-8")), found)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"title": "x", "categories": {"a": "may"}}, found)
