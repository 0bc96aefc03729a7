"""The project's own notebooks: first as they are committed, then as a fresh run leaves them."""

from __future__ import annotations

import ast
import asyncio
import re
from pathlib import Path

import matplotlib.image
import nbformat
import numpy as np
import pytest

from policytools.study import notebook as executing

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def by_name(path: Path) -> str:
    return path.stem


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=by_name)
def committed(request) -> tuple[Path, nbformat.NotebookNode]:
    return request.param, nbformat.read(request.param, as_version=4)


def test_notebook_has_the_form_of_the_others(committed):
    path, notebook = committed
    assert re.fullmatch(r"\d\d-[a-z0-9-]+", path.stem)
    assert 8 <= len(notebook.cells) <= 15
    assert notebook.cells[0].cell_type == "markdown"
    for number, cell in enumerate(notebook.cells, start=1):
        assert len(cell.source.splitlines()) <= 10, f"cell {number}"
        if cell.cell_type == "code":
            nodes = list(ast.walk(ast.parse(cell.source)))
            assert not any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in nodes), (
                f"cell {number}"
            )


def test_notebook_is_committed_as_executed_in_order(committed):
    path, notebook = committed
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1)), "make figures"
    outputs = [output for cell in code for output in cell.outputs]
    assert outputs
    assert not [
        output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"
    ]
    content = nbformat.writes(executing.strip_volatile(notebook), version=nbformat.NO_CONVERT) + "\n"
    assert content == path.read_text(encoding="utf-8"), "not as make figures leaves it"


@pytest.fixture(scope="module")
def executed(committed, tmp_path_factory) -> tuple[nbformat.NotebookNode, Path]:
    """The notebook run afresh, and the folder of its figures. Nothing in the repository is written."""
    figures = tmp_path_factory.mktemp("figures")
    return asyncio.run(executing.execute(committed[0], figures)), figures


def texts(notebook: nbformat.NotebookNode) -> list[str]:
    """Every output but the pictures, which may differ by a grey value from machine to machine."""
    found = []
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        data = output.get("data", {"text/plain": output.get("text", "")})
        found += [data[kind] for kind in sorted(data) if not kind.startswith("image/")]
    return found


def test_committed_outputs_are_those_of_a_fresh_run(committed, executed):
    assert texts(executed[0]) == texts(committed[1]), "make figures"


def test_committed_figures_are_those_of_a_fresh_run(executed):
    for file in sorted(executed[1].iterdir()):
        there = ROOT / "figures" / file.name
        assert there.exists(), f"{file.name}: make figures"
        if file.suffix == ".csv":
            assert file.read_bytes() == there.read_bytes(), f"{file.name}: make figures"
        if file.suffix == ".png":
            new, old = matplotlib.image.imread(file), matplotlib.image.imread(there)
            assert new.shape == old.shape and np.abs(new - old).mean() < 1 / 255, f"{file.name}: make figures"


def test_each_figure_has_its_picture_its_drawing_and_its_data(executed):
    names = {file.name for file in executed[1].iterdir()}
    stems = {Path(name).stem for name in names if name.endswith(".png")}
    wanted = {f"{stem}{suffix}" for stem in stems for suffix in (".png", ".svg", ".pdf", ".csv")}
    assert names >= wanted
    # What is more is the data of a figure's further panels: NAME-2.csv and so on.
    assert all(re.sub(r"-\d+\.csv$", ".csv", name) in wanted for name in names - wanted)
