"""What reaches others: the stub for editors, the editable install, wheel and sdist, the directions of imports."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import policytools as pt
from benchmarks.public_names import STUB, stub
from benchmarks.try_package import ROOT, type_checkers, what_a_type_checker_says
from policytools import scale


def test_the_stub_shows_the_names_of_the_table():
    assert STUB.read_text(encoding="utf-8") == stub(), "make stub"


def test_every_public_name_is_there_and_no_other():
    assert len(pt.__all__) == len(set(pt.__all__)) >= 82
    assert all(getattr(pt, name) for name in pt.__all__)
    assert set(dir(pt)) == {*pt.__all__, "__version__"}
    with pytest.raises(AttributeError, match="module 'policytools' has no attribute 'readabilty'"):
        _ = pt.readabilty


@pytest.mark.parametrize("package", [pt, scale])
def test_no_function_shares_its_name_with_a_module_beside_it(package):
    modules = {path.stem for path in Path(package.__file__).parent.iterdir()}
    assert not modules & set(package.__all__)  # importing the module would hide the function


@pytest.mark.parametrize("name", ["mypy", "pyright"])
def test_an_editor_sees_signatures_and_wrong_keywords(name):
    command = type_checkers(Path(sys.executable)).get(name)
    if command is None:
        pytest.skip("pyright is not installed (npm install --no-save --prefix build/pyright pyright)")
    said = what_a_type_checker_says(command)
    assert "(sentences: " in said
    assert "sentence" in said[said.index("error") :] and ":4:" in said


def test_a_clone_called_policytools_hides_nothing(tmp_path):
    (tmp_path / "policytools").symlink_to(ROOT, target_is_directory=True)
    (tmp_path / "script.py").write_text("import policytools as pt; print(pt.load_corpus.__name__)")
    for arguments in (["script.py"], ["-c", "import policytools as pt; print(pt.load_corpus.__name__)"]):
        done = subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, check=False, capture_output=True, text=True
        )
        assert done.stdout == "load_corpus\n", done.stderr


def test_imports_keep_to_the_directions_of_the_wings():
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    done = subprocess.run([*command, "--no-cache"], cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0 and "4 kept, 0 broken" in done.stdout, done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A folder with wheel and sdist."""
    folder = tmp_path_factory.mktemp("built")
    build = [sys.executable, "-m", "uv", "build", "--quiet", "--offline", "--no-build-isolation"]
    subprocess.run([*build, "--python", sys.executable, "--out-dir", str(folder), str(ROOT)], check=True)
    return folder


def test_the_wheel_holds_what_the_package_reads(built):
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    package = ROOT / "policytools"
    wanted = {
        p.relative_to(ROOT).as_posix()
        for p in package.rglob("*")
        if p.is_file() and "__pycache__" not in p.parts
    }
    assert wanted <= names
    notebooks = {p.name for p in (ROOT / "notebooks").glob("*.ipynb")}
    assert {f"policytools/resources/study/notebooks/{name}" for name in notebooks} <= names


def test_the_sdist_holds_the_repository(built):
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=False, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {name for name in listed.stdout.split("\0") if name} <= names
