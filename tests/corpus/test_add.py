from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from policy_pages import COOKIES, LOGIN, NOT_FOUND, PAGE, POLICY, tree

import policytools as pt
from policytools.__main__ import main
from policytools._files import locked
from policytools.corpus.add import add_policy
from policytools.corpus.corpus import load_corpus, read_manifest

RAW = Path(__file__).parents[2] / "data" / "raw"
SENTENCES = "We collect your personal data, store it safely and never share it. " * 6


def test_file_and_row_are_written_and_the_other_rows_stay(study: Path, tmp_path: Path):
    source = tmp_path / "saved page.html"
    source.write_text(PAGE, encoding="utf-8")
    before = (study / "policies.csv").read_bytes()
    added = add_policy(
        study, source, vendor="Acme, Inc.", effective_on="2024-05", title='The "policy"', note="two\nlines"
    )
    after = (study / "policies.csv").read_bytes()
    assert after.startswith(before) and after.count(b"\n") == before.count(b"\n") + 1 and b"\r" not in after
    assert (study / "raw" / "acme-inc-2024.html").read_bytes() == source.read_bytes()
    row = read_manifest(study).iloc[-1]
    assert row[["policy_id", "vendor", "title", "note", "format", "language", "effective_on"]].tolist() == [
        "acme-inc-2024", "Acme, Inc.", 'The "policy"', "two lines", "html", "en", "2024-05"
    ]  # fmt: skip
    assert row["n_bytes"] == str(len(PAGE)) and added.row["sha256"] == row["sha256"]
    assert added.kept[0] == "Privacy Policy" and added.left_out == ["[navigation] Home"] and added.notes == []
    assert load_corpus(study).policies["policy_id"].tolist() == ["first", "acme-inc-2024"]


def test_folder_and_manifest_are_made(tmp_path: Path):
    add_policy(tmp_path / "new" / "study", POLICY.encode(), vendor="Acme")
    assert tree(tmp_path / "new" / "study").keys() == {"policies.csv", "raw", "raw/acme.txt"}
    assert len(load_corpus(tmp_path / "new" / "study")) == 1


def test_file_that_lies_in_raw_stays_there(study: Path):
    (study / "raw" / "mine.txt").write_text(POLICY)
    added = add_policy(study, study / "raw" / "mine.txt", vendor="Acme")
    assert added.row["file"] == "mine.txt" and len(load_corpus(study)) == 2
    with pytest.raises(ValueError, match="same text already, as policy_id 'acme'"):
        add_policy(study, study / "raw" / "mine.txt", vendor="Other")
    assert (study / "raw" / "mine.txt").exists()


def test_date_and_address_come_from_an_archive_note(tmp_path: Path):
    row = add_policy(tmp_path, RAW / "003_5678612fa8f2589b.txt", vendor="Anycubic").row
    assert row["policy_id"] == "anycubic-2019" and row["captured_on"] == "2019-12-13"
    assert row["source_url"] == "https://www.anycubic.com/pages/privacy-policy"


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"source": b""}, "the file is empty"),
        ({"source": bytes(range(256)) * 20}, "binary"),
        ({"source": "missing.txt"}, "missing.txt: no such file"),
        ({"source": RAW}, "a folder, not a file"),
        ({"source": POLICY.replace("printer", "3D printer").encode()}, "holds the same text already, as policy_id 'first'"),
        ({"policy_id": "first"}, "holds policy_id 'first' already"),
        ({"policy_id": "a\nb"}, "policy_id 'a.nb' must not"),
        ({"vendor": " "}, "vendor is empty"),
        ({"vendor": "First", "policy_id": None, "captured_on": "12/2019"}, "captured_on '12/2019' is not a date"),
        ({"effective_on": "2019-02-30"}, "effective_on '2019-02-30' is not a date"),
        ({"name": "../policy.txt"}, "must be a plain file name"),
        ({"name": "a\\b.txt"}, "must be a plain file name"),
        ({"name": ".hidden"}, "must be a plain file name"),
        ({"name": "nul.txt"}, "must be a plain file name"),
        ({"name": "first.txt"}, "first.txt exists already"),
        ({"source": "ftp://example.org/policy"}, "only http and https"),
        ({"source": "file:///etc/hostname"}, "only http and https"),
        ({"source": LOGIN.encode()}, "0 words of policy text; reads like a log-in page"),
        ({"source": NOT_FOUND.encode()}, "reads like an error page"),
        ({"source": COOKIES.encode()}, "reads like a cookie dialogue"),
        ({"source": b"404 Not Found\n\nThe requested URL was not found on this server.\n\nHome\nPrivacy Policy\n"}, "error page"),
    ],
)  # fmt: skip
def test_what_is_refused_changes_nothing(study: Path, arguments: dict, message: str):
    before = tree(study)
    given = {"source": POLICY.encode(), "vendor": "Acme", "policy_id": "acme"} | arguments
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        add_policy(study, given.pop("source"), **given)
    assert tree(study) == before


def test_what_does_not_look_like_a_policy_can_be_added_anyway(study: Path):
    added = add_policy(
        study,
        b"We keep no data about you, whoever you are and wherever you live.",
        vendor="Tiny",
        anyway=True,
    )
    assert "too little to be a privacy policy" in added.notes[0]
    assert "too little" in load_corpus(study).policies["note"].iloc[-1]


@pytest.mark.parametrize("broken, nth", [("fsync", 1), ("fsync", 2), ("replace", 1), ("replace", 2)])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_nothing_stays_when_writing_fails(
    study: Path, monkeypatch, broken: str, nth: int, error: BaseException
):
    before, work, calls = tree(study), getattr(os, broken), []

    def fail(*args):
        calls.append(args)
        if len(calls) == nth:
            raise error
        return work(*args)

    monkeypatch.setattr(os, broken, fail)
    with pytest.raises(type(error)):
        add_policy(study, POLICY.encode(), vendor="Acme")
    with pytest.raises(type(error)):
        calls.clear()
        add_policy(study.parent / "fresh", POLICY.encode(), vendor="Acme")
    assert len(calls) == nth and tree(study) == before and not (study.parent / "fresh").exists()


def test_adding_again_completes_what_a_power_cut_left(study: Path):
    (study / "raw" / "acme.txt").write_text(POLICY)  # the file was renamed, the manifest not yet
    with pytest.raises(ValueError, match=r"acme.txt is not in .*policies.csv .*python -m policytools add"):
        load_corpus(study)
    assert add_policy(study, POLICY.encode(), vendor="Acme").row["file"] == "acme.txt"
    assert len(load_corpus(study)) == 2


def test_a_manifest_that_changes_meanwhile_is_not_overwritten(study: Path, monkeypatch):
    manifest, fsync = study / "policies.csv", os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda fd: (manifest.write_bytes(manifest.read_bytes() + b"\n"), fsync(fd))
    )
    with pytest.raises(ValueError, match="changed by another program meanwhile"):
        add_policy(study, POLICY.encode(), vendor="Acme")
    assert [path.name for path in (study / "raw").iterdir()] == ["first.txt"]


def test_manifest_of_another_shape_is_kept_as_it_is(study: Path):
    manifest = study / "policies.csv"
    row = read_manifest(study).iloc[0]
    head = "\ufeffvendor,policy_id,rating,file,sha256\r\n"
    manifest.write_bytes((head + f"First,first,good,first.txt,{row['sha256']}").encode())
    with pytest.raises(ValueError, match="there is no column 'title' for 'A title'"):
        add_policy(study, POLICY.encode(), vendor="Acme", title="A title")
    before = manifest.read_bytes()
    sha256 = add_policy(study, POLICY.encode(), vendor="Acme").row["sha256"]
    assert manifest.read_bytes() == before + f"\r\nAcme,acme,,acme.txt,{sha256}\r\n".encode()
    assert len(load_corpus(study)) == 2
    manifest.write_bytes(manifest.read_bytes() + b'"left open')
    with pytest.raises(ValueError, match="cannot be read as a CSV table"):
        add_policy(study, POLICY.encode() + b"More.", vendor="Acme", policy_id="b")


def test_names_without_latin_letters(tmp_path: Path):
    row = add_policy(tmp_path, POLICY.encode(), vendor="创想三维").row
    assert row["policy_id"] == "创想三维" and row["file"] == f"{row['sha256'][:12]}.txt"
    assert add_policy(tmp_path, POLICY.encode() + b"More.", vendor="Aux").row["file"] == "policy-aux.txt"


def test_another_language_is_taken_and_said(tmp_path: Path):
    with pytest.raises(ValueError, match="not English, and hardly a privacy policy"):
        add_policy(
            tmp_path,
            "".join(f"page{n}.html,8153ac39670299f2,{n}\n" for n in range(40)).encode(),
            vendor="Table",
        )
    german = "Wir erheben personenbezogene Daten, wenn Sie bei uns einen Drucker bestellen und bezahlen. " * 8
    added = add_policy(tmp_path, german.encode(), vendor="Drucker")
    assert added.row["language"] == "de" and "not English (de)" in added.notes[0]


# --- names


@pytest.mark.parametrize(
    "vendor", ["☂", "...", "株式会社", "Зингер", "Nul.", "=2+2", "'=x", "-7", "\t+tab", "a" * 400]
)
def test_any_vendor_gets_a_policy_that_loads(study: Path, vendor: str):
    row = add_policy(study, POLICY.encode(), vendor=vendor).row
    assert row["policy_id"] and (study / "raw" / row["file"]).stat().st_size == len(POLICY)
    assert load_corpus(study).policies["vendor"].tolist() == ["First", vendor.strip()]
    more = POLICY.encode() + b"More."
    with pytest.raises(ValueError, match="without a date already, .*; give the date of this one"):
        add_policy(study, more, vendor=vendor, policy_id="other")
    assert len(load_corpus(study)) == 2
    later = add_policy(study, more, vendor=vendor, policy_id="other", captured_on="2024")
    assert later.row["vendor"] == vendor.strip() and len(load_corpus(study)) == 3


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"vendor": "FIRST", "policy_id": "a"}, "column 'vendor': 'First' and 'FIRST' differ only in case"),
        ({"vendor": "Ｆｉｒｓｔ"}, "holds policy_id 'first' already, of 'First'"),
        (
            {"vendor": "Acme", "policy_id": "FIRST"},
            "column 'policy_id': 'first' and 'FIRST' differ only in case",
        ),
        ({"vendor": "Acme", "name": "First.TXT"}, "First.TXT exists already"),
        ({"vendor": "Ac\0me"}, "vendor: .*holds U[+]0000"),
        ({"vendor": "Acme", "title": "a\x1bb"}, "title: .*holds U[+]001B"),
        ({"vendor": "Acme", "policy_id": "a\u202eb"}, "policy_id 'a.u202eb' must not"),
        ({"vendor": "\u200b\u2066"}, "vendor is empty"),
    ],
)
def test_names_that_are_refused(study: Path, given: dict, message: str):
    before = tree(study)
    with pytest.raises(ValueError, match=message):
        add_policy(study, POLICY.encode(), **given)
    assert tree(study) == before


def test_a_file_in_raw_needs_a_name_that_differs_in_more_than_case(study: Path):
    (study / "raw" / "FIRST.txt").write_text(POLICY)
    with pytest.raises(ValueError, match="column 'file': 'first.txt' and 'FIRST.txt' differ only in case"):
        add_policy(study, study / "raw" / "FIRST.txt", vendor="Acme")
    assert (
        add_policy(study, POLICY.encode(), vendor="Other", policy_id="First-2").row["file"] == "first-2.txt"
    )
    (study / "raw" / "aux.txt").write_text(POLICY + "More.")
    with pytest.raises(ValueError, match="source 'aux.txt' must be a plain file name that all systems allow"):
        add_policy(study, study / "raw" / "aux.txt", vendor="Acme")


def test_a_name_in_raw_is_not_used_in_another_case(study: Path):
    (study / "raw" / "Acme.TXT").write_text("something else")
    assert add_policy(study, POLICY.encode(), vendor="Acme").row["file"] == "acme-2.txt"


def test_marks_that_nobody_sees_are_taken_out(study: Path):
    row = add_policy(study, POLICY.encode(), vendor="\u202eAcme\u202c", title="The\u200b policy").row
    assert (row["vendor"], row["title"], row["policy_id"]) == ("Acme", "The policy", "acme")


# --- several programs at once


ADD = """
import sys
from policytools.corpus.add import add_policy
folder, worker, text = sys.argv[1:]
for n in range(5):
    add_policy(folder, f"{text} {worker} {n}".encode(), vendor=f"Vendor {worker} {n}")
"""


def test_programs_that_add_at_once_lose_no_row(tmp_path: Path):
    folder = tmp_path / "new" / "study"  # all of them want to make it
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", ADD, str(folder), str(n), SENTENCES], cwd=Path(__file__).parents[2]
        )
        for n in range(4)
    ]
    assert [program.wait() for program in programs] == [0] * 4
    policies = load_corpus(folder).policies
    assert sorted(policies["vendor"]) == [f"Vendor {worker} {n}" for worker in range(4) for n in range(5)]
    assert sorted(path.name for path in folder.iterdir()) == ["policies.csv", "raw"]


def test_another_program_that_never_ends_is_said(study: Path, monkeypatch):
    monkeypatch.setattr("policytools._files.LOCK_SECONDS", 0.1)
    before = tree(study)
    with (
        locked(study / "policies.csv"),
        pytest.raises(ValueError, match="is in use by another program; try again"),
    ):
        add_policy(study, POLICY.encode(), vendor="Acme")
    assert tree(study) == before


def test_what_a_killed_program_left_is_removed(study: Path):
    ours = [study / ".policies.csv.123-0a1b2c3d.part", study / "raw" / ".acme.txt.9-ffffffff.part"]
    others = [study / ".other.csv.123-0a1b2c3d.part", study / "raw" / ".x.part"]
    for path in (*ours, *others):
        path.write_text("half")
    add_policy(study, POLICY.encode(), vendor="Acme")
    assert [path.exists() for path in ours] == [False, False]
    assert all(path.exists() for path in others)


def test_a_selector_is_used_and_written(tmp_path, capsys):
    page = tmp_path / "page.html"
    page.write_text(
        f"<p>{'Our shop sells printers of all kinds. ' * 40}</p><div class=policy><p>{SENTENCES}</p></div>"
    )
    command = [
        "add",
        str(page),
        "--vendor",
        "Acme",
        "--folder",
        str(tmp_path / "data"),
        "--selector",
        ".policy",
    ]
    assert main(command) == 0
    corpus = pt.load_corpus(tmp_path / "data")
    assert corpus.policies["selector"].tolist() == [".policy"]
    assert corpus.blocks.loc[corpus.blocks["keep"], "text"].tolist() == [SENTENCES.strip()]
    assert main([*command[:-1], ".terms"]) == 1
    assert f"{page}: selector '.terms' matches no element of the page" in capsys.readouterr().err


def test_the_file_of_a_packed_policy_keeps_its_ending(tmp_path):
    page = f"<!doctype html><p>{SENTENCES}</p>".encode()
    added = add_policy(tmp_path, gzip.compress(page), vendor="Acme", captured_on="2024")
    assert (added.row["file"], added.row["format"]) == ("acme-2024.html.gz", "html")
    assert len(pt.load_corpus(tmp_path)) == 1


# --- many policies at once


@pytest.mark.skipif(sys.platform != "linux", reason="only there a name need not be text")
def test_a_file_name_that_is_not_text_is_left_out(tmp_path: Path):
    (tmp_path / "saved").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path / "saved") + b"/caf\xe9.txt")).write_text(SENTENCES)
    (tmp_path / "saved" / "b.txt").write_text(SENTENCES + "B.")
    done = pt.add_policies(tmp_path / "data", tmp_path / "saved")
    assert done[["file", "added"]].values.tolist() == [["b.txt", True], ["caf?.txt", False]]
    assert "holds U+DCE9" in done["reason"][1]


@pytest.fixture
def saved(tmp_path) -> Path:
    """Four files, of which one is another's copy and one no policy."""
    folder = tmp_path / "saved"
    (folder / "more").mkdir(parents=True)
    (folder / "a.txt").write_text(f"{SENTENCES} A.")
    (folder / "b.md").write_text(f"{SENTENCES} A.")
    (folder / "login.html").write_text("<p>Log in")
    (folder / "more" / "c.txt").write_text(f"{SENTENCES} C.")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    return folder


def test_add_all_keeps_what_it_can_and_says_what_it_left_out(tmp_path, saved, capsys):
    data = tmp_path / "data"
    with pytest.warns(UserWarning, match="^1 file left out: picture.png: files in .png are not read$"):
        done = pt.add_policies(data, saved)
    assert done.dtypes.astype(str).to_dict() == {
        "file": "str", "policy_id": "str", "vendor": "str", "added": "bool", "reason": "str",
    } or pd.__version__ < "3"  # fmt: skip
    assert done[["file", "policy_id", "vendor", "added"]].to_numpy().tolist() == [
        ["a.txt", "a", "a", True],
        ["b.md", "", "b", False],
        ["login.html", "", "login", False],
        ["more/c.txt", "c", "c", True],
    ]
    assert "holds the same text already, as policy_id 'a'" in done["reason"][1]
    assert len(pt.load_corpus(data)) == 2

    (saved / "d.txt").write_text(f"{SENTENCES} D.")
    assert main(["add-all", str(saved), "--folder", str(data)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"added 1 of 5 files to {data}"
    assert [line.split(":")[0] for line in lines[1:]] == [
        "note", "left out a.txt", "left out b.md", "left out login.html", "left out more/c.txt",
    ]  # fmt: skip


def test_add_all_reads_the_manifest_once_for_many_files_and_keeps_them_when_it_is_stopped(
    tmp_path, monkeypatch
):
    source, data, n_read = tmp_path / "saved", tmp_path / "data", []
    source.mkdir()
    for n in range(7):
        (source / f"{n}.txt").write_text(f"{SENTENCES} {'We keep it. ' * n}")
    module = sys.modules["policytools.corpus.add"]
    whole, read = module.read_document, module.read_manifest
    monkeypatch.setattr(module, "_AT_ONCE", 3)
    monkeypatch.setattr(module, "read_manifest", lambda folder: (n_read.append(1), read(folder))[1])
    monkeypatch.setattr(
        module, "read_document", lambda data, **kw: whole(data, **kw) if kw["name"] != "5.txt" else 1 / 0
    )
    with pytest.raises(ZeroDivisionError):
        pt.add_policies(data, source)
    assert len(n_read) == 1  # there was none before the first three
    assert pt.load_corpus(data).policies["vendor"].tolist() == ["0", "1", "2", "3", "4"]
    monkeypatch.setattr(module, "read_document", whole)
    assert pt.add_policies(data, source)["added"].tolist() == [False] * 5 + [True] * 2
    assert len(n_read) == 4


def test_add_all_with_a_table(tmp_path, saved, capsys):
    table = tmp_path / "vendors.csv"
    table.write_text("file,vendor,captured_on,country\na.txt,Example Ltd,2024-05,DE\nmore/c.txt,Ça SA,,FR\n")
    assert main(["add-all", str(saved), "--table", str(table), "--folder", str(tmp_path / "data")]) == 0
    out = capsys.readouterr().out
    assert "added 2 of 4 files" in out and "columns that are not used: country" in out
    assert f"left out b.md: {table} has no row for it" in out
    policies = pt.load_corpus(tmp_path / "data").policies
    assert policies[["policy_id", "vendor", "captured_on"]].to_numpy().tolist() == [
        ["example-ltd-2024", "Example Ltd", "2024-05"],
        ["ça-sa", "Ça SA", ""],
    ]


def test_files_of_one_name_are_called_by_their_folders(tmp_path):
    for vendor in ("Acme", "Beta"):
        (tmp_path / "saved" / vendor).mkdir(parents=True)
        (tmp_path / "saved" / vendor / "privacy.txt").write_text(f"{SENTENCES} {vendor}.")
    assert pt.add_policies(tmp_path / "data", tmp_path / "saved")["vendor"].tolist() == ["Acme", "Beta"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("name,vendor\na.txt,A\n", "column file missing; needed are file, vendor; there are name, vendor"),
        ("file,vendor\nz.txt,Z\n", "line 2: there is no file 'z.txt'"),
        ("file,vendor\na.txt,A\n./a.txt,B\n", "line 3: file './a.txt' is in an earlier line too"),
        ("file,vendor\na.txt, \n", "line 2: column 'vendor' is empty"),
        ("", "cannot be read as a CSV table"),
    ],
)
@pytest.mark.filterwarnings("ignore:1 file left out")
def test_a_wrong_table_adds_nothing(tmp_path, saved, table, message):
    (tmp_path / "t.csv").write_text(table)
    with pytest.raises(ValueError, match=re.escape(message)):
        pt.add_policies(tmp_path / "data", saved, table=tmp_path / "t.csv")
    assert not (tmp_path / "data").exists()


def test_add_all_needs_a_folder_with_policies(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such folder"):
        pt.add_policies(tmp_path / "data", tmp_path / "nowhere")
    with pytest.raises(ValueError, match="no text, Markdown, HTML or PDF files there"):
        (tmp_path / "empty").mkdir()
        pt.add_policies(tmp_path / "data", tmp_path / "empty")
