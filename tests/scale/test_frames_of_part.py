"""Frames of a part: as in memory, and a row with the reason for each document that cannot be measured."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import policytools as pt

pytest.importorskip("distributed")
pytest.importorskip("datasketch")
pytest.importorskip("pyarrow")

from large_corpora import TEXTS, documents, setup

from policytools.scale.frames_of_part import Measurer


def test_a_folder_of_files_is_read_as_read_policies_reads_it(tmp_path):
    for name, text in zip(("b/x.md", "a/x.md", "a/y.txt", "z.html", "a-b/w.md"), TEXTS.values()):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"<html><body><p>{text}</p></body></html>" if name == "z.html" else text)
    (tmp_path / "index.csv").write_text("policy_id,text\n")
    found = documents(tmp_path)
    corpus = pt.read_policies(tmp_path)
    measured = Measurer(setup("vagueness")).measure(found, {})
    (tmp_path / "p.parquet").write_bytes(measured.frames["policies"])
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "p.parquet"), corpus.policies)
    assert corpus.policies["policy_id"].tolist() == ["a/x.md", "y", "w", "b/x.md", "z"]


def test_poisonous_rows_become_rows_with_the_reason(tmp_path):
    lines = [
        {"policy_id": "good", "text": "We never sell your data to anyone."},
        {"policy_id": "empty", "text": "  "},
        {"policy_id": "number", "text": 7},
        {"policy_id": "huge", "text": "word " * 10_000},
        {"policy_id": "half \ud800", "text": "We keep half \ud800 a character."},
        {"policy_id": "good", "text": "We sell your data."},
        {"policy_id": None, "text": "We sell your data."},
        {"policy_id": "format", "text": "We sell your data.", "format": "docx", "note": "from a friend"},
        {"policy_id": "nulls", "text": "\0\0We never\0 sell your data."},
        {"policy_id": "german", "text": "Wir geben Ihre personenbezogenen Daten niemals ohne Ihre Einwilligung an Dritte weiter, "
         "und Sie haben jederzeit das Recht auf Auskunft."},
        {"policy_id": "nested", "text": "<div>" * 4000 + "We never sell your data." + "</div>" * 4000, "format": "html"},
        {"policy_id": "blanks", "text": "- - - \n ***"},
    ]  # fmt: skip
    source = tmp_path / "policies.jsonl"
    source.write_text("\n".join([*map(json.dumps, lines), "{broken", '["no object"]', '"' + "x" * 2_000_000]))
    found = documents(source, max_bytes=49_000)
    measured = Measurer(setup("vagueness", "readability")).measure(found, {})
    frames = {}
    for name, content in measured.frames.items():
        (tmp_path / "frame.parquet").write_bytes(content)
        frames[name] = pd.read_parquet(tmp_path / "frame.parquet")
    policies = frames["policies"].set_index("policy_id")
    reasons = policies.loc[policies["note"].str.contains("not measured: "), "note"]
    assert {name: note.split("not measured: ")[1] for name, note in reasons.items()} == {
        "empty": "column 'text' is empty or not a text",
        "number": "column 'text' is empty or not a text",
        "huge": "50,000 bytes, more than max_bytes=49,000",
        "good (policies.jsonl, line 6)": "policy_id 'good' is in an earlier place too",
        "policies.jsonl, line 7": "column 'policy_id' is empty",
        "format": "format 'docx' is not one of text, markdown, html",
        "policies.jsonl, line 13": reasons["policies.jsonl, line 13"].removeprefix("not measured: "),
        "policies.jsonl, line 14": "not a JSON object",
        "policies.jsonl, line 15": "too many bytes, more than max_bytes=49,000",
    }
    assert reasons["policies.jsonl, line 13"].startswith("not measured: not JSON: ")
    assert reasons["format"].startswith("from a friend; ")
    assert measured.n_policies == len(policies) == 15 and measured.n_not_measured == 9
    assert policies.loc["german", "language"] == "de" and "not English" in policies.loc["german", "note"]
    assert (
        {"good", "half ?", "nulls", "german"}
        <= set(frames["readability"]["policy_id"])
        <= set(policies.index.difference(reasons.index))
    )


def test_poisonous_files_become_rows_with_the_reason(tmp_path):
    folder = tmp_path / "policies"
    folder.mkdir()
    (tmp_path / "outside.txt").write_text("We sell your data.")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (folder / "empty.html").write_bytes(b"")
    (folder / "good.txt").write_text("We never sell your data.")
    (folder / "huge.txt").write_bytes(b"a " * 600_000)
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    (folder / "nowhere.txt").symlink_to(tmp_path / "nothing.txt")
    (folder / "truncated.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<<")
    measured = Measurer(setup("vagueness")).measure(documents(folder), {})
    (tmp_path / "frame.parquet").write_bytes(measured.frames["policies"])
    notes = pd.read_parquet(tmp_path / "frame.parquet").set_index("policy_id")["note"]
    for name, said in {
        "binary": "binary file?",
        "empty": "empty",
        "huge": "1,200,000 bytes, more than max_bytes=1,000,000",
        "link": "a link that leaves the folder",
        "nowhere": "a link that leaves",
        "truncated": "PDF",
    }.items():
        assert notes[name].startswith("not measured: ") and said in notes[name], name
    assert "not measured" not in notes["good"]
    assert measured.n_not_measured == 6
