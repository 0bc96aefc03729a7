"""A study of one's own: what is laid out, that nothing of the project's vendors is in it, and adding to it."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import policytools as pt
from policytools.__main__ import main
from policytools.study import new as study

ROOT = Path(__file__).parents[2]
TEXT = "We collect your personal data, store it safely and never share it. " * 6


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory) -> Path:
    return pt.new_study(tmp_path_factory.mktemp("place") / "printers").folder


def test_what_is_in_it(laid_out):
    files = {path.relative_to(laid_out).as_posix() for path in laid_out.rglob("*") if path.is_file()}
    notebooks = {f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("[0-9]*.ipynb")}
    assert notebooks
    assert files == notebooks | {
        ".gitattributes", ".gitignore", "Makefile", "README.md", "data/README.md", "data/codings/coders.csv",
        "data/codings/codings.csv", "data/policies.csv", "local.mk", "requirements.txt",
    }  # fmt: skip
    assert (laid_out / "data" / "raw").is_dir() and (laid_out / "figures").is_dir()
    assert "@" not in (laid_out / "requirements.txt").read_text()
    assert f"PYTHON ?= {Path(sys.executable).as_posix()}\n" in (laid_out / "local.mk").read_text()


def test_nothing_is_left_of_the_projects_own_corpus(laid_out):
    with open(ROOT / "data" / "policies.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    words = {
        row[column] for row in rows for column in ("policy_id", "vendor", "file", "source_url", "sha256")
    }
    words |= {"availe", "five vendors", "five policies", "other four", "of the five"}
    found = []
    for path in sorted(path for path in laid_out.rglob("*") if path.is_file()):
        text = path.read_text(encoding="utf-8")
        found += [
            (path.relative_to(laid_out).as_posix(), word)
            for word in sorted(words)
            if word and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)
        ]
    assert found == []


def test_notebooks_come_without_results_and_without_cells_about_one_corpus(laid_out):
    for path in sorted((laid_out / "notebooks").iterdir()):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            assert cell.get("outputs", []) == [] and cell.get("execution_count") is None, path.name
            assert "this-corpus" not in cell["metadata"].get("tags", []), path.name
        assert [cell["cell_type"] for cell in notebook["cells"]].count("code") > 0


def test_without_results_leaves_its_input_as_it_is():
    cells = [
        {"cell_type": "markdown", "metadata": {"tags": ["this-corpus"]}, "source": "a"},
        {"cell_type": "code", "metadata": {}, "source": "b", "outputs": [1], "execution_count": 3},
        {"cell_type": "markdown", "metadata": {}, "source": "c"},
    ]
    notebook = {"cells": cells, "nbformat": 4}
    blank = study.without_results(notebook)
    assert [cell["source"] for cell in blank["cells"]] == ["b", "c"]
    assert blank["cells"][0]["outputs"] == [] and blank["cells"][0]["execution_count"] is None
    assert len(notebook["cells"]) == 3 and cells[1]["outputs"] == [1]


def test_the_data_dictionary_is_that_of_the_project():
    own = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    template = (study.TEMPLATES / "data" / "README.md").read_text(encoding="utf-8")
    part = re.compile(r"^## policies\.csv\n.*?(?=^## )", re.MULTILINE | re.DOTALL)
    assert part.findall(own) == part.findall(template) != []


def test_an_empty_study_loads(laid_out):
    corpus = pt.load_corpus(laid_out / "data")
    hand = pt.load_codings(laid_out / "data", corpus=corpus)
    assert len(corpus) == len(hand) == 0
    assert hand.dtypes.equals(pt.load_codings(ROOT / "data").dtypes)


def test_a_folder_that_is_in_use_is_refused(tmp_path, capsys):
    (tmp_path / "mine").mkdir()
    assert main(["new", str(tmp_path / "mine")]) == 0  # an empty folder is as good as none
    before = sorted(tmp_path.rglob("*"))
    assert main(["new", str(tmp_path / "mine")]) == 1
    assert "is not empty" in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="is not a folder"):
        pt.new_study(tmp_path / "file")
    assert sorted(tmp_path.rglob("*")) == sorted([*before, tmp_path / "file"])


def test_all_or_nothing(tmp_path, monkeypatch):
    def fail(notebook: dict) -> dict:
        raise OSError("No space left on device")

    monkeypatch.setattr(study, "without_results", fail)
    with pytest.raises(OSError, match="No space left"):
        pt.new_study(tmp_path / "mine")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(study, "NOTEBOOKS", (tmp_path,))
    with pytest.raises(FileNotFoundError, match="the notebooks are missing"):
        pt.new_study(tmp_path / "mine")


def test_make_works_in_a_folder_with_spaces(tmp_path):
    folder = pt.new_study(tmp_path / "my study").folder
    (tmp_path / "a policy.txt").write_text(TEXT)
    make = ["make", "-s", "add", "FILE=../a policy.txt", "VENDOR=Example & Sons"]
    done = subprocess.run(make, cwd=folder, capture_output=True, text=True, check=False)
    assert done.stderr == "" and done.stdout.startswith(
        "added example-sons (Example & Sons): raw/example-sons.txt"
    )
    done = subprocess.run(["make", "add"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode and 'say which: make add FILE=policy.html VENDOR="Example Printers"' in done.stderr
    done = subprocess.run(["make", "figures"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode and "one policy only" in done.stderr and "Traceback" not in done.stderr


# Many policies at once.


@pytest.fixture
def saved(tmp_path) -> Path:
    """Four files, of which one is another's copy and one no policy."""
    folder = tmp_path / "saved"
    (folder / "more").mkdir(parents=True)
    (folder / "a.txt").write_text(f"{TEXT} A.")
    (folder / "b.md").write_text(f"{TEXT} A.")
    (folder / "login.html").write_text("<p>Log in")
    (folder / "more" / "c.txt").write_text(f"{TEXT} C.")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    return folder


def test_add_all_keeps_what_it_can_and_says_what_it_left_out(tmp_path, saved, capsys):
    data = tmp_path / "data"
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

    (saved / "d.txt").write_text(f"{TEXT} D.")
    assert main(["add-all", str(saved), "--folder", str(data)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"added 1 of 5 files to {data}"
    assert [line.split(":")[0] for line in lines[1:]] == [
        "left out a.txt", "left out b.md", "left out login.html", "left out more/c.txt",
    ]  # fmt: skip


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
        (tmp_path / "saved" / vendor / "privacy.txt").write_text(f"{TEXT} {vendor}.")
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


def test_an_installed_package_holds_templates_and_notebooks(tmp_path):
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("notebooks", "policytools"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    command = [sys.executable, "setup.py", "-q", "build_py", "--build-lib", "built"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    built = tmp_path / "built" / "policytools" / "resources" / "study"
    files = {path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file()}
    own = {
        path.relative_to(study.TEMPLATES).as_posix() for path in study.TEMPLATES.rglob("*") if path.is_file()
    }
    notebooks = {f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert files == own | notebooks
    for name in notebooks:
        cells = json.loads((built / name).read_text(encoding="utf-8"))["cells"]
        assert not any(cell.get("outputs") for cell in cells)
