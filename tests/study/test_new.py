"""A new study: its files, that it has nothing about the project's vendors, and adding policies to it."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

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
        "data/codebook.schema.json", "data/codings/codings.csv", "data/policies.csv", "data/study.toml", "local.mk", "requirements.txt",
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
