"""Sources of every kind: the same documents, the same parts, and errors for what is not a source."""

from __future__ import annotations

import gzip

import pytest

pytest.importorskip("distributed")
pytest.importorskip("datasketch")
pytest.importorskip("pyarrow")

from large_corpora import TEXTS, documents, table, write_lines

from policytools.scale.sources import Source


def test_every_kind_of_source_gives_the_same_documents(tmp_path):
    frame = table(TEXTS, vendor=["V\nV", *"bcdefgh"])
    frame.to_parquet(tmp_path / "a.parquet", row_group_size=3)
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_csv(tmp_path / "a.tsv", index=False, sep="\t")
    write_lines(tmp_path / "a.jsonl", frame)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress((tmp_path / "a.jsonl").read_bytes()))
    (tmp_path / "tables").mkdir()
    frame[:5].to_parquet(tmp_path / "tables" / "part-0.parquet")
    frame[5:].to_parquet(tmp_path / "tables" / "part-1.parquet")
    (tmp_path / "tables" / "README.md").write_text("Of the tables.")
    expected = list(zip(frame["policy_id"], frame["text"], frame["vendor"], frame["format"]))
    for name in ("a.parquet", "a.csv", "a.tsv", "a.jsonl", "a.jsonl.gz", "tables"):
        found = documents(tmp_path / name)
        assert [(d.policy_id, d.text, d.given["vendor"], d.given["format"]) for d in found] == expected, name
        assert not any(d.refused for d in found)


def test_parts_depend_only_on_the_source_and_long_texts_make_short_parts(tmp_path, monkeypatch):
    monkeypatch.setattr("policytools.scale.sources.PART_BYTES", 300)
    source = write_lines(
        tmp_path / "a.jsonl", table({"long": "We share data. " * 40, **dict.fromkeys("abcd", "No.")})
    )
    twice = [
        list(Source(source, text="text", policy_id="policy_id", format=None, max_bytes=10**6).parts(3))
        for _ in range(2)
    ]
    assert [len(part.documents) for part in twice[0]] == [1, 3, 1]
    assert [part.digest for part in twice[0]] == [part.digest for part in twice[1]]
    assert len({part.digest for part in twice[0]}) == 3


def test_compressed_pages_are_policies(tmp_path):
    (tmp_path / "acme.com.html.gz").write_bytes(gzip.compress(b"<p>We sell no data."))
    (tmp_path / "b.html").write_text("<p>We keep no data.")
    assert [document.policy_id for document in documents(tmp_path)] == ["acme.com", "b"]


def test_what_is_no_source(tmp_path):
    for name, content, message in (
        ("a.xlsx", b"x", "the name must end in"),
        ("a.parquet", b"no parquet", "not readable as Parquet"),
        ("a.csv", b"id,text\na,b\n", "policy_id='policy_id' is not one of its columns: id, text"),
        (
            "a.jsonl.gz",
            gzip.compress(b'{"policy_id": "a", "text": "b"}\n' * 50)[:40],
            "breaks off or is damaged",
        ),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=message):
            documents(tmp_path / name)
    with pytest.raises(ValueError, match="holds tables of several kinds, a.csv, a.jsonl.gz, a.parquet"):
        documents(tmp_path)
    with pytest.raises(FileNotFoundError, match="no such file or folder"):
        documents(tmp_path / "nothing")
