from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policytools._files import (
    from_spreadsheet_cell,
    locked,
    read_csv,
    remove_parts,
    spreadsheet_cell,
    template,
    whole_folder,
    write_whole,
)


def test_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write_whole(path, b"new")
    assert path.read_bytes() == b"new" and stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_file_stays_as_it_was_if_writing_fails(tmp_path: Path, monkeypatch, broken: str):
    def fail(*_):
        raise OSError("disk full")

    path = tmp_path / "a.csv"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, broken, fail)
    with pytest.raises(OSError, match="disk full"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


def test_file_that_another_program_changed_is_not_replaced(tmp_path: Path):
    path = tmp_path / "a.csv"
    write_whole(path, b"first", expected=b"")  # a missing file counts as empty
    with pytest.raises(ValueError, match="a.csv was changed by another program meanwhile"):
        write_whole(path, b"second", expected=b"other")
    assert path.read_bytes() == b"first" and list(tmp_path.iterdir()) == [path]


def test_folder_is_replaced_only_if_the_block_ends_well(tmp_path: Path):
    target = tmp_path / "pages"
    for name in ("one", "two"):
        with whole_folder(target) as new:
            (new / name).write_text("")
    assert [path.name for path in target.iterdir()] == ["two"]
    with pytest.raises(OSError, match="disk full"), whole_folder(target) as new:
        (new / "three").write_text("")
        raise OSError("disk full")
    assert [path.name for path in tmp_path.rglob("*")] == ["pages", "two"]


def test_folder_stays_if_it_cannot_be_renamed(tmp_path: Path, monkeypatch):
    target = tmp_path / "pages"
    target.mkdir()
    (target / "one").write_text("")
    rename = Path.rename

    def fail(path, to):
        if path.name == "new":
            raise OSError("busy")
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="busy"), whole_folder(target):
        pass
    assert [path.name for path in tmp_path.rglob("*")] == ["pages", "one"]


def test_table_is_read_as_text(tmp_path: Path):
    (tmp_path / "a.csv").write_text("\ufeffn,note\n01,\nNA,x\n", encoding="utf-8")
    assert read_csv(tmp_path / "a.csv").to_dict("list") == {"n": ["01", "NA"], "note": ["", "x"]}
    (tmp_path / "b.csv").write_bytes("n\nCafé\n".encode("cp1252"))
    with pytest.raises(ValueError, match=r"b\.csv: cannot be read as a CSV table in UTF-8"):
        read_csv(tmp_path / "b.csv")
    with pytest.raises(FileNotFoundError):
        read_csv(tmp_path / "missing.csv")


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "＝", "－"])
def test_a_text_that_a_spreadsheet_would_run_is_marked(first: str):
    assert spreadsheet_cell(f"{first}cmd|'/c calc'!A1") == f"'{first}cmd|'/c calc'!A1"
    assert spreadsheet_cell(f"a {first}1") == f"a {first}1"


def test_numbers_stay_numbers():
    numbers = [-1, -0.5, float("-inf"), "-12", "+1.5", "-1e-5", "-.5", "", None, True]
    assert [spreadsheet_cell(number) for number in numbers] == numbers
    assert spreadsheet_cell("-5+cmd") == "'-5+cmd" and spreadsheet_cell("-1\n=x") == "'-1\n=x"


@given(st.text() | st.text(alphabet="'=+-@\t\r1e."))
@example("'")
@example("'-5")
@example("''=")
def test_a_marked_text_comes_back_equal(text: str):
    cell = spreadsheet_cell(text)
    assert from_spreadsheet_cell(cell) == text or cell == text
    assert from_spreadsheet_cell(cell) == text


def test_one_program_at_a_time(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("policytools._files.LOCK_SECONDS", 0.05)
    with locked(tmp_path / "a.csv"):
        with (
            pytest.raises(ValueError, match="a.csv is in use by another program"),
            locked(tmp_path / "a.csv"),
        ):
            pass
        with locked(tmp_path / "b.csv"):
            pass
    with locked(tmp_path / "a.csv"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_only_temporary_files_of_our_own_are_removed(tmp_path: Path):
    ours, other = tmp_path / ".a.csv.1-00ff00ff.part", tmp_path / ".b.csv.1-00ff00ff.part"
    kept = [tmp_path / name for name in (".a.csv.part", "a.csv.1-00ff00ff.part", ".a.csv.1-00FF00FF.part")]
    (tmp_path / ".a.csv.2-00ff00ff.part").symlink_to(tmp_path)
    for path in (ours, other, *kept):
        path.write_text("x")
    remove_parts(tmp_path, "a.csv")
    assert not ours.exists() and other.exists()
    remove_parts(tmp_path)
    assert not other.exists() and all(path.exists() for path in kept)
    assert (tmp_path / ".a.csv.2-00ff00ff.part").is_symlink()
    remove_parts(tmp_path / "missing")


def test_template_escapes():
    page = template("pages_index.html.jinja").render(site="<b>", entries=[], table="", version="1")
    assert "<h1>&lt;b&gt;</h1>" in page
