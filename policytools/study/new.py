"""A study of one's own: the folder that a researcher fills with her policies."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import policytools
from policytools._files import PACKAGE
from policytools.coding.hand_codings import COLUMNS
from policytools.corpus.corpus import MANIFEST

TEMPLATES = PACKAGE / "resources" / "study"
# An installed package holds the notebooks; in a checkout they stand beside the package, and only there.
NOTEBOOKS = (TEMPLATES / "notebooks", PACKAGE.parent / "notebooks")
# Cells with this tag speak of one corpus and mean nothing elsewhere.
LEFT_OUT = "this-corpus"


class Study(NamedTuple):
    """Where a study was laid out, and its notebooks."""

    folder: Path
    notebooks: list[str]

    def __str__(self) -> str:
        return "\n".join(
            [
                f"{self.folder}: a study with {len(self.notebooks)} notebooks and no policy yet. Now:",
                "",
                f"    cd {_quoted(self.folder)}",
                '    make add FILE=policy.html VENDOR="Example Printers"   for each policy (or: make add-all FROM=folder)',
                "    make figures",
                "    make lab",
            ]
        )


def new_study(folder: str | Path) -> Study:
    """Lay out a study: an empty manifest, the notebooks without results, a Makefile and what explains them.

    Parameters
    ----------
    folder : path
        A folder that is not there yet, or is empty. If anything fails, it is left as it was.

    Returns
    -------
    Study
        folder (Path) and notebooks (list of file names).

    Raises
    ------
    ValueError
        If there is something at `folder` already.
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
        raise ValueError(f"{folder} is no folder; give the name of one that is not there yet")
    if folder.is_dir() and any(folder.iterdir()):
        raise ValueError(f"{folder} is not empty; give the name of a folder that is not there yet")
    notebooks = _notebooks()
    target = folder.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as beside:
        made = Path(beside) / target.name
        _lay_out(made, notebooks)
        if target.is_dir():
            target.rmdir()  # empty: not every system lets a folder take the place of another
        os.replace(made, target)
    return Study(folder, [path.name for path in notebooks])


def _notebooks() -> list[Path]:
    for place in NOTEBOOKS:
        if found := sorted(place.glob("[0-9][0-9]-*.ipynb")):
            return found
    raise FileNotFoundError(
        f"{NOTEBOOKS[0]}: the notebooks are missing; install policytools from its source or a wheel"
    )


def _lay_out(folder: Path, notebooks: list[Path]) -> None:
    for path in sorted(TEMPLATES.rglob("*")):
        inside = path.relative_to(TEMPLATES)
        if path.is_file() and inside.parts[0] != "notebooks":
            # Kept under names without a dot, so that they do not act where the templates lie.
            target = folder / inside.with_name(inside.name.replace("dot-", ".", 1))
            target.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text(encoding="utf-8").replace("@VERSION@", policytools.__version__)
            target.write_text(text, encoding="utf-8", newline="\n")
    tables = {
        "data/policies.csv": MANIFEST,
        "data/codings/codings.csv": COLUMNS,
        "data/codings/coders.csv": ["coder", "kind", "description"],
    }
    for name, columns in tables.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(",".join(columns) + "\n", encoding="utf-8", newline="\n")
    for name in ("data/raw", "figures", "notebooks"):
        (folder / name).mkdir()
    for path in notebooks:
        blank = json.dumps(
            without_results(json.loads(path.read_text(encoding="utf-8"))), indent=1, ensure_ascii=False
        )
        (folder / "notebooks" / path.name).write_text(blank + "\n", encoding="utf-8", newline="\n")
    python = Path(sys.executable).as_posix()
    (folder / "local.mk").write_text(
        f"# The Python that this study was laid out with; of this machine, so not under version control.\n"
        f"PYTHON ?= {python.replace('$', '$$').replace('#', chr(92) + '#')}\n",
        encoding="utf-8",
        newline="\n",
    )


def without_results(notebook: dict) -> dict:
    """A notebook (as JSON) without outputs and without the cells that speak of one corpus only."""
    cells = [
        cell | ({"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {})
        for cell in notebook["cells"]
        if LEFT_OUT not in cell.get("metadata", {}).get("tags", [])
    ]
    return notebook | {"cells": cells}


def _quoted(path: Path) -> str:
    return f'"{path}"' if " " in str(path) else str(path)
