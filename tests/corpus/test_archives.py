from __future__ import annotations

import builtins
import bz2
import gzip
import json
import lzma
from pathlib import Path

import pandas as pd
import pytest

from policytools.corpus.archives import (
    load_princeton_leuven,
    load_table,
    read_provenance,
)
from policytools.versions.history import load_open_terms_archive

QUOTE = (
    "> *The following text is extracted and transformed from the {0} privacy policy that was archived on {1}. Please check the "
    "[original snapshot on the Wayback Machine](https://web.archive.org/web/{2}id_/http%3A//www.{0}/privacy.php%3Fa%3Db) for the "
    "most accurate reproduction.*\n\n"
)
TEXT = "# Privacy policy\n\nWe collect your name. We do not sell it to third parties.\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def princeton(folder: Path) -> Path:
    return write(folder, **{
        "README.md": "# The corpus",
        "0/00/007/007b.com.md": QUOTE.format("007b.com", "2011-10-27", "20111027004346") + TEXT,
        "0/00/007/007b.com.html": "<p>We collect nothing.",
        "0/01/01./01.com.md": QUOTE.format("01.com", "2019-12-13", "20191213031639") + TEXT,
    })  # fmt: skip


def test_princeton_leuven(tmp_path: Path):
    corpus = load_princeton_leuven(princeton(tmp_path))
    policies = corpus.policies.set_index("policy_id")
    assert policies.index.tolist() == ["007b.com", "01.com"]
    assert policies["captured_on"].tolist() == ["2011-10-27", "2019-12-13"]
    assert policies.loc["007b.com", "source_url"] == "http://www.007b.com/privacy.php?a=b"
    assert policies.loc["01.com", ["vendor", "file", "format"]].tolist() == [
        "01.com",
        "0/01/01./01.com.md",
        "markdown",
    ]
    assert corpus.blocks.loc[~corpus.blocks["keep"], "reason"].tolist() == ["archive note"] * 2
    assert corpus.sentences["text"].tolist()[:2] == ["Privacy policy", "We collect your name."]
    assert "archived on 2011-10-27" in corpus.raw_text("007b.com")


def test_princeton_leuven_warns_once_for_files_without_the_quote_or_the_place(tmp_path: Path):
    folder = write(
        princeton(tmp_path), **{"0/02/020/020.md": TEXT, "0/02/020/020a.md": TEXT, "notes/mine.md": TEXT}
    )
    with pytest.warns(UserWarning) as caught:
        corpus = load_princeton_leuven(folder)
    assert [str(warning.message).split(":")[0] for warning in caught] == [
        "1 Markdown file not at FIRST/TWO/THREE/domain.md left out",
        "no captured_on for 2 files without the archive's note",
    ]
    assert corpus.policies["captured_on"].tolist() == ["2011-10-27", "2019-12-13", "", ""]


def test_one_unreadable_file_stops_or_is_skipped(tmp_path: Path):
    folder = write(princeton(tmp_path), **{"0/02/020/020.com.md": ""})
    with pytest.raises(ValueError, match=r"020\.com\.md: the file is empty"):
        load_princeton_leuven(folder)
    with pytest.warns(UserWarning, match=r"^1 file left out: .*020\.com\.md: the file is empty"):
        assert len(load_princeton_leuven(folder, skip_unreadable=True)) == 2


def test_folders_that_are_not_what_they_should_be(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="no such folder"):
        load_princeton_leuven(tmp_path / "missing")
    with pytest.raises(ValueError, match=r"no file at FIRST/TWO/THREE/domain.md \(0 other"):
        load_princeton_leuven(tmp_path)
    with pytest.raises(ValueError, match="there are: no such files"):
        load_open_terms_archive(tmp_path)
    outside = write(tmp_path / "out", **{"p.md": TEXT}) / "p.md"
    inside = write(tmp_path / "in", **{"A/Privacy Policy.md": TEXT})
    (inside / "B").mkdir()
    (inside / "B" / "Privacy Policy.md").symlink_to(outside)
    with pytest.raises(ValueError, match="a link that points outside"):
        load_open_terms_archive(inside)
    with pytest.raises(ValueError, match="the domain 'a.com' is in"):
        load_princeton_leuven(write(tmp_path / "twice", **{"x/a/a./a.com.md": TEXT, "y/a/a./a.com.md": TEXT}))


def test_no_quote_no_date():
    assert read_provenance("We archived on 2019-12-13 what we had.") == {}
    assert read_provenance("x" * 3000 + QUOTE.format("a.com", "2019-12-13", "20191213031639")) == {}


def test_open_terms_archive(tmp_path: Path):
    folder = write(tmp_path, **{
        "README.md": "# Versions", ".github/workflows/Privacy Policy.md": TEXT,
        "npm Public Registry/Privacy Policy.md": TEXT, "npm Public Registry/Terms of Service.md": TEXT,
        "Buffer/Privacy Policy.md": TEXT, "Buffer/Terms of Service.md": TEXT, "Brevo/Terms of Service.md": TEXT,
    })  # fmt: skip
    policies = load_open_terms_archive(folder).policies
    assert policies[["policy_id", "vendor", "title", "file"]].values.tolist() == [
        [name, name, "Privacy Policy", f"{name}/Privacy Policy.md"]
        for name in ("Buffer", "npm Public Registry")
    ]
    assert load_open_terms_archive(folder, documents=["Terms of Service"]).policies["vendor"].tolist() == [
        "Brevo", "Buffer", "npm Public Registry"
    ]  # fmt: skip
    with pytest.raises(ValueError, match=r"there are: 'Terms of Service' \(3\), 'Privacy Policy' \(2\)"):
        load_open_terms_archive(folder, documents=["Cookies Policy"])


ROWS = [
    {"site": "a.com", "body": "We collect your name.\nWe keep it, \"safe\".", "vendor": "A", "captured_on": "2019", "n": "1"},
    {"site": "b.com", "body": "We use cookies — always.", "vendor": "B", "captured_on": "", "n": "2"},
]  # fmt: skip


@pytest.mark.parametrize(
    "ending, opener", [("", open), (".gz", gzip.open), (".bz2", bz2.open), (".xz", lzma.open)]
)
@pytest.mark.parametrize("kind", [".csv", ".tsv", ".jsonl"])
def test_tables(tmp_path: Path, kind: str, ending: str, opener):
    path = tmp_path / f"table{kind}{ending}"
    with opener(path, "wt", encoding="utf-8", newline="") as file:
        if kind == ".jsonl":
            file.write("\n".join(json.dumps(row) for row in ROWS) + "\n\n")
        else:
            pd.DataFrame(ROWS).to_csv(file, index=False, sep="\t" if kind == ".tsv" else ",")
    corpus = load_table(path, text="body", policy_id="site")
    assert corpus.policies[["policy_id", "vendor", "captured_on", "format"]].values.tolist() == [
        ["a.com", "A", "2019", "text"], ["b.com", "B", "", "text"]
    ]  # fmt: skip
    assert corpus.raw_text("a.com") == ROWS[0]["body"] and len(corpus.sentences) == 3


@pytest.mark.parametrize("kind", [".csv", ".jsonl"])
@pytest.mark.parametrize(
    ("ending", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)]
)
def test_a_packed_table_that_is_cut_short(tmp_path: Path, kind: str, ending: str, pack):
    row = {"policy_id": "a", "text": "We keep no data. " * 50}
    whole = pack((json.dumps(row) if kind == ".jsonl" else "policy_id,text\na," + row["text"]).encode())
    path = tmp_path / f"table{kind}{ending}"
    for size in (0, len(whole) // 2, len(whole) - 3):
        path.write_bytes(whole[:size])
        with pytest.raises(ValueError, match=rf"table\{kind}\{ending}: the compressed file is cut short"):
            load_table(path)
    path.write_bytes(whole)
    assert len(load_table(path)) == 1


def test_parquet(tmp_path: Path, monkeypatch):
    path = tmp_path / "table.parquet"
    path.write_bytes(b"PAR1")
    imported = builtins.__import__

    def without(name, *args, **kwargs):
        if name.split(".")[0] in ("pyarrow", "fastparquet"):
            raise ImportError(name)
        return imported(name, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(builtins, "__import__", without)
        with pytest.raises(ImportError, match="needs pyarrow"):
            load_table(path)
    pytest.importorskip("pyarrow")
    with pytest.raises(ValueError, match="cannot be read as Parquet"):
        load_table(path)
    pd.DataFrame({"policy_id": [7, 8], "text": ["We collect your name.", "We do not."]}).to_parquet(path)
    assert load_table(path).policies["policy_id"].tolist() == ["7", "8"]


def test_format_of_a_table(tmp_path: Path):
    frame = pd.DataFrame(
        {
            "policy_id": ["a", "b"],
            "text": ["# We\n\nWe collect.", "# We\n\nWe keep."],
            "format": ["markdown", ""],
        }
    )
    frame.to_csv(tmp_path / "t.csv", index=False)
    assert load_table(tmp_path / "t.csv").policies["format"].tolist() == ["markdown", "text"]
    assert (
        load_table(tmp_path / "t.csv", format="markdown").blocks["kind"].tolist()
        == ["heading", "paragraph"] * 2
    )
    with pytest.raises(
        ValueError, match=r"t\.csv: policy 'a': format 'pdf' is not one of text, markdown, html"
    ):
        load_table(tmp_path / "t.csv", format="pdf")


@pytest.mark.parametrize(
    "name, content, message",
    [
        ("t.csv", "policy_id,body\na,x\n", r"t\.csv: text='text' is not one of its columns: policy_id, body"),
        ("t.csv", "id,text\na,x\n", r"policy_id='policy_id' is not one of its columns: id, text"),
        ("t.csv", "policy_id,text\na,We collect.\nb, \n", r"t\.csv, row 2 \(policy 'b'\): column 'text' is empty"),
        ("t.csv", "policy_id,text\na,We collect.\na,We use.\n", r"t\.csv, row 2: policy_id 'a' is in an earlier row too"),
        ("t.csv", "policy_id,text\n,We collect.\n", r"t\.csv, row 1: column 'policy_id' is empty"),
        ("t.csv", "policy_id,text\na,b,c\nd,e,f,g,h\n", r"t\.csv: cannot be read as a CSV table"),
        ("t.csv", "policy_id,text\na,We collect, we keep.\n", r"t\.csv: cannot be read as a CSV table .*line 2 has more fields"),
        ("t.tsv", "policy_id\ttext\na\tWe.\nb\tWe.\tNo.\n", r"t\.tsv: cannot be read as a CSV table .*line 3, saw 3"),
        ("t.jsonl", "[" * 100_000 + "\n", r"t\.jsonl: cannot be read as JSON Lines in UTF-8 \(line 1: not JSON"),
        ("t.csv", "", r"t\.csv: cannot be read as a CSV table"),
        ("t.csv", "policy_id,text\n", r"t\.csv: no row with a text"),
        ("t.jsonl", '{"policy_id": "a", "text": "We."}\n{"policy_id"\n', r"t\.jsonl: cannot be read as JSON Lines in UTF-8 \(line 2: not JSON"),
        ("t.jsonl", '["a", "We."]\n', r"t\.jsonl: cannot be read as JSON Lines in UTF-8 \(line 1: not a JSON object but list"),
        ("t.jsonl", '{"policy_id": 1, "text": "We collect."}\n{"policy_id": 2}\n', r"row 2 \(policy '2'\): column 'text' is empty"),
        ("t.xlsx", "x", r"t\.xlsx: the name must end in \.csv"),
        ("table", "x", r"table: the name must end in \.csv"),
        ("t.csv.gz", "x", r"t\.csv\.gz: cannot be read as a CSV table"),
    ],
)  # fmt: skip
def test_tables_that_cannot_be_read(tmp_path: Path, name: str, content: str, message: str):
    (tmp_path / name).write_text(content)
    with pytest.raises(ValueError, match=message):
        load_table(tmp_path / name)


def test_table_that_is_not_utf8_or_not_there(tmp_path: Path):
    (tmp_path / "t.csv").write_bytes("policy_id,text\na,We collect your résumé.\n".encode("cp1252"))
    with pytest.raises(ValueError, match="cannot be read as a CSV table in UTF-8"):
        load_table(tmp_path / "t.csv")
    with pytest.raises(FileNotFoundError, match="no such file"):
        load_table(tmp_path / "missing.csv")


def test_rows_without_text_can_be_skipped(tmp_path: Path):
    (tmp_path / "t.csv").write_text("policy_id,text\na,We collect.\nb,\nc,\n")
    with pytest.warns(UserWarning, match=r"^2 rows left out: .*row 2 \(policy 'b'\)"):
        assert load_table(tmp_path / "t.csv", skip_unreadable=True).policies["policy_id"].tolist() == ["a"]
