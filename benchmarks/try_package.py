"""Build wheel and sdist, install the wheel into a clean environment and use it there: ``make package``.

The clean environment takes the package's dependencies from the package registry, in the versions of
requirements.lock, and nothing else. So code that needs a development tool fails here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILT, CLEAN = ROOT / "build" / "dist", ROOT / "build" / "clean"
USE = """
import tempfile
from pathlib import Path

import pandas as pd
import policytools as pt

for name in pt.__all__:
    if name != "export_study":  # needs the extra lab
        getattr(pt, name)
sentences = pd.DataFrame({"policy_id": "a", "sentence_id": [0], "block_id": [0], "kind": "sentence", "section": "",
                          "text": ["We may share your data with partners."], "n_words": [7]})
grades = pt.readability(sentences)
assert grades["n_words"].tolist() == [7], grades
assert "tabular" in pt.table(grades).cells.to_latex()
assert len(pt.code_sentences(sentences, pt.load_codebook("disclosure")))
with tempfile.TemporaryDirectory() as folder:
    pt.new_study(Path(folder, "study"))
    assert list(Path(folder, "study", "notebooks").glob("*.ipynb"))
print("policytools", pt.__version__, "works in a clean environment")
"""

WRONG = """import policytools as pt

reveal_type(pt.readability)
pt.readability(sentence=1)
"""


def type_checkers(python: Path) -> dict[str, list[str]]:
    """Commands of the installed type checkers, each with the option to use the environment of `python`.

    pyright comes from npm: ``npm install --no-save --prefix build/pyright pyright``.
    """
    found = {"mypy": [sys.executable, "-m", "mypy", "--no-incremental", "--python-executable", str(python)]}
    pyright = Path(os.environ.get("POLICYTOOLS_PYRIGHT") or ROOT / "build/pyright/node_modules/.bin/pyright")
    if pyright.is_file():
        found["pyright"] = [str(pyright), "--pythonpath", str(python)]
    return found


def what_a_type_checker_says(command: list[str]) -> str:
    """Output of a type checker for a script, outside the checkout, that passes a wrong keyword."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "script.py").write_text(WRONG, encoding="utf-8")
        return subprocess.run(
            [*command, "script.py"], cwd=folder, check=False, capture_output=True, text=True
        ).stdout


def main() -> None:
    for folder in (BUILT, CLEAN):
        shutil.rmtree(folder, ignore_errors=True)
    build = [
        sys.executable,
        "-m",
        "uv",
        "build",
        "--quiet",
        "--no-build-isolation",
        "--python",
        sys.executable,
    ]
    subprocess.run([*build, "--out-dir", str(BUILT), str(ROOT)], check=True)
    (wheel,) = BUILT.glob("*.whl")
    venv.create(CLEAN, with_pip=True)
    python = next(
        path for path in (CLEAN / "bin" / "python", CLEAN / "Scripts" / "python.exe") if path.exists()
    )
    pins = re.sub(
        r" \\\n( +--hash=\S+( \\\n)?)+", "", (ROOT / "requirements.lock").read_text(encoding="utf-8")
    )
    constraints = CLEAN / "constraints.txt"  # without hashes: the wheel just built has none
    constraints.write_text(pins, encoding="utf-8")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--constraint", str(constraints), str(wheel)], check=True)
    subprocess.run([str(python), "-I", "-c", USE], check=True, cwd=CLEAN)
    for name, command in type_checkers(python).items():
        said = what_a_type_checker_says(command)
        assert "sentences: " in said and "sentence" in said.split("error", 1)[-1], f"{name}: {said}"
        print(name, "shows the signature of policytools.readability and the wrong keyword")


if __name__ == "__main__":
    main()
