"""A new study: the folder that a researcher fills with policies."""

import json
import sys
from pathlib import Path
from typing import NamedTuple

import policytools
from policytools._files import PACKAGE, whole_folder
from policytools.coding.hand_codings import COLUMNS
from policytools.corpus.corpus import MANIFEST

TEMPLATES = PACKAGE / "resources" / "study"
# An installed package contains the notebooks; in a checkout they are beside the package only.
NOTEBOOKS = (TEMPLATES / "notebooks", PACKAGE.parent / "notebooks")
# Cells with this tag describe one corpus and are wrong for any other.
LEFT_OUT = "this-corpus"


class NewStudy(NamedTuple):
    """Where a study was made, and its notebooks."""

    folder: Path
    notebooks: list[str]

    def __str__(self) -> str:
        folder = f'"{self.folder}"' if " " in str(self.folder) else self.folder
        return f"""{self.folder}: a study with {len(self.notebooks)} notebooks and no policy yet. Now:

    cd {folder}
    make add FILE=policy.html VENDOR="Example Printers"   for each policy (or: make add-all FROM=folder)
    make figures
    make lab"""


def new_study(folder: str | Path) -> NewStudy:
    """Make a study's folder: an empty manifest, the notebooks without results, a Makefile and READMEs.

    Parameters
    ----------
    folder : path
        A folder that does not exist yet, or is empty. If anything fails, it stays as it was.

    Returns
    -------
    NewStudy
        folder (Path) and notebooks (list of file names).

    Raises
    ------
    ValueError
        If `folder` is a file, a link or not empty.
    FileNotFoundError
        If the package was installed without its notebooks.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     study = new_study(Path(place, "printers"))
    ...     sorted(path.name for path in study.folder.iterdir() if path.name[0] != ".")
    ['Makefile', 'README.md', 'data', 'figures', 'local.mk', 'notebooks', 'requirements.txt']
    """
    folder = Path(folder)
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise ValueError(f"{folder} is not a folder; give the name of one that does not exist yet")
    if folder.is_dir() and any(folder.iterdir()):
        raise ValueError(f"{folder} is not empty; give the name of a folder that does not exist yet")
    notebooks = _notebooks()
    with whole_folder(folder) as new:
        _write_files(new)
        for path in notebooks:
            blank = without_results(json.loads(path.read_text(encoding="utf-8")))
            _write(new / "notebooks" / path.name, json.dumps(blank, indent=1, ensure_ascii=False) + "\n")
    return NewStudy(folder, [path.name for path in notebooks])


def _notebooks() -> list[Path]:
    for place in NOTEBOOKS:
        if found := sorted(place.glob("[0-9][0-9]-*.ipynb")):
            return found
    raise FileNotFoundError(
        f"{NOTEBOOKS[0]}: the notebooks are missing; install policytools from its source or a wheel"
    )


def _write_files(folder: Path) -> None:
    """Everything but the notebooks: what the templates hold, tables with a header only, empty folders."""
    for path in sorted(TEMPLATES.rglob("*")):
        inside = path.relative_to(TEMPLATES)
        if path.is_file() and inside.parts[0] != "notebooks":
            text = path.read_text(encoding="utf-8").replace("@VERSION@", policytools.__version__)
            # A template named .gitignore would take effect in the package's own folder.
            _write(folder / inside.with_name(inside.name.replace("dot-", ".", 1)), text)
    for name, columns in (
        ("policies.csv", MANIFEST),
        ("codings/codings.csv", COLUMNS),
        ("codings/coders.csv", ["coder", "kind", "description"]),
    ):
        _write(folder / "data" / name, ",".join(columns) + "\n")
    schema = PACKAGE / "resources" / "schema" / "codebook.schema.json"
    _write(folder / "data" / schema.name, schema.read_text(encoding="utf-8"))
    for name in ("data/raw", "figures", "notebooks"):
        (folder / name).mkdir()
    python = Path(sys.executable).as_posix().replace("$", "$$").replace("#", r"\#")
    _write(
        folder / "local.mk",
        "# The Python that made this study, on this computer; not under version control.\n"
        f"PYTHON ?= {python}\n",
    )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def without_results(notebook: dict) -> dict:
    """A notebook (as JSON) without outputs and without the cells that describe one corpus only."""
    cells = [
        cell | ({"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {})
        for cell in notebook["cells"]
        if LEFT_OUT not in cell.get("metadata", {}).get("tags", [])
    ]
    return notebook | {"cells": cells}
