"""Codes given by reading, and who read."""

from __future__ import annotations

import pandas as pd
import pytest

import policytools as pt

ROW = {"policy_id": "a", "item": "cookies", "coder": "ME", "code": "1", "evidence": "We use cookies."}
CORPUS = pt.corpus_from_texts(
    pd.DataFrame({"policy_id": ["a"], "text": ["We don’t track you. We use\u00a0cookies."]})
)


def study(tmp_path, rows, coders=(("ME", "person"),)):
    folder = tmp_path / "codings"
    folder.mkdir()
    pd.DataFrame(rows).to_csv(folder / "codings.csv", index=False)
    pd.DataFrame(coders, columns=["coder", "kind"]).to_csv(folder / "coders.csv", index=False)
    return tmp_path


def test_codes_carry_the_kind_of_their_coder(tmp_path):
    codes = pt.load_codings(study(tmp_path, [ROW]), corpus=CORPUS)
    assert codes[["coder", "coder_kind", "code", "note"]].values.tolist() == [["ME", "person", 1, ""]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"code": "2"}, r"line 2 \(a, cookies, coder ME\): code '2' is not 0 or 1"),
        ({"evidence": ""}, "a code of 1 needs evidence"),
        ({"coder": "YOU"}, "the coder is not in coders.csv"),
        ({"evidence": "We sell cookies."}, "does not occur in the text: 'We sell cookies.'"),
    ],
)
def test_a_wrong_row_is_named(tmp_path, change, message):
    with pytest.raises(ValueError, match=message):
        pt.load_codings(study(tmp_path, [ROW | change]), corpus=CORPUS)


def test_a_coder_is_a_person_or_a_model(tmp_path):
    with pytest.raises(ValueError, match="kind 'robot' is not one of person, language model"):
        pt.load_codings(study(tmp_path, [ROW], coders=[("ME", "robot")]))


def test_missing_file_and_column_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="codings.csv is missing"):
        pt.load_codings(tmp_path)
    with pytest.raises(ValueError, match="codings.csv: column evidence missing"):
        pt.load_codings(study(tmp_path, [{k: v for k, v in ROW.items() if k != "evidence"}]))


def test_the_shipped_codes_quote_their_texts():
    corpus = pt.load_corpus("data")
    codes = pt.load_codings("data", corpus=corpus)
    assert set(codes["coder_kind"]) == {"model"}  # no person has coded: nothing may say so
    assert codes.groupby(["coder", "policy_id"]).size().eq(63).all()


def test_a_file_that_cannot_be_read_as_a_table_is_named(tmp_path):
    table = study(tmp_path, [ROW]) / "codings" / "codings.csv"
    text = table.read_text(encoding="utf-8")
    table.write_bytes(f"{text}a,café".encode("latin-1"))
    with pytest.raises(ValueError, match=r"codings.csv: cannot be read as a CSV table in UTF-8"):
        pt.load_codings(tmp_path)
    table.write_text(f"{text}{text.splitlines()[-1]},one more\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"codings.csv: .* line 3"):
        pt.load_codings(tmp_path)
