"""The runner on small notebooks made here, then the project's own notebooks."""

from __future__ import annotations

import ast
import json
import os
import re
from pathlib import Path

import matplotlib.image
import nbformat
import numpy as np
import pytest
import run as runner

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

SAVE = "import os, pathlib\nfigures = pathlib.Path(os.environ['POLICYTOOLS_FIGURES'])\n_ = (figures / {!r}).write_text({!r})"


def write_notebook(path: Path, *sources: str) -> None:
    """A notebook as another editor might leave it: no cell ids, times of execution, an old kernel."""
    cells = [
        {
            "cell_type": "code",
            "execution_count": 7,
            "metadata": {"execution": {"iopub.execute_input": "2020-01-01T00:00:00Z"}, "tags": ["kept"]},
            "outputs": [],
            "source": source,
        }
        for source in sources
    ]
    metadata = {"kernelspec": {"name": "another", "display_name": "Another", "language": "python"}}
    path.write_text(json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}))


def bytes_of(root: Path) -> dict[str, bytes]:
    files = [*root.glob("figures/*"), *root.glob("notebooks/*.ipynb")]
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in files}


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    for folder in ("notebooks", "figures", "data", "policytools"):
        (tmp_path / folder).mkdir()
    (tmp_path / "data" / "policies.csv").write_text("policy_id\na\n")
    (tmp_path / "requirements.lock").write_text("")
    # A kernel of that name which is installed on the machine must not be used.
    kernel = tmp_path / "jupyter" / "kernels" / "python3" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text(json.dumps({"argv": ["no-such-python"], "display_name": "x", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    return tmp_path


def test_run_then_rerun(project, capsys):
    first = project / "notebooks" / "01-first.ipynb"
    write_notebook(
        first,
        SAVE.format("one.csv", "1"),
        "object()",
        "import pandas as pd\npd.DataFrame({'n': [1]}).style",
        "",
        "print(open('../data/policies.csv').read())\nprint('twice')",
    )
    assert runner.main([], root=project) == 0
    printed = capsys.readouterr().out
    assert re.search(
        r"\[1/1\] 01-first: 1 files in \d+ s\nfigures/\n  new +one.csv\n1 files written: 1 new", printed
    )
    assert (project / "figures" / "one.csv").read_text() == "1"
    assert os.listdir(project / "build") == ["notebooks.json"]

    written = nbformat.read(first, as_version=4)
    nbformat.validate(written)
    assert [cell.execution_count for cell in written.cells] == [1, 2, 3, None, 4]
    assert [cell.id for cell in written.cells] == [f"cell-{n:02}" for n in range(1, 6)]
    assert [cell.metadata for cell in written.cells] == [{"tags": ["kept"]}] * 5
    assert written.metadata == runner.METADATA
    assert written.cells[1].outputs[0].data["text/plain"] == "<object at 0x…>"
    assert 'id="T_c03t1"' in written.cells[2].outputs[0].data["text/html"]
    assert [output.text for output in written.cells[4].outputs] == ["policy_id\na\n\ntwice\n"]

    before = bytes_of(project)
    assert runner.main([], root=project) == 0
    assert "01-first: unchanged, not run" in capsys.readouterr().out
    assert runner.main(["--all"], root=project) == 0
    assert "unchanged  one.csv" in capsys.readouterr().out
    assert bytes_of(project) == before


def test_a_notebook_that_fails_leaves_everything_as_it_was(project, capsys):
    write_notebook(project / "notebooks" / "01-good.ipynb", SAVE.format("good.csv", "new"))
    write_notebook(
        project / "notebooks" / "02-bad.ipynb",
        SAVE.format("bad.csv", "new"),
        "x = 0\n1 / x",
        "print('not reached')",
    )
    write_notebook(project / "notebooks" / "03-after.ipynb", SAVE.format("after.csv", "new"))
    (project / "figures" / "good.csv").write_text("old")
    (project / "figures" / "bad.csv").write_text("old")
    before = bytes_of(project)

    assert runner.main([], root=project) == 1
    out, err = capsys.readouterr()
    assert "02-bad.ipynb failed in cell 2:\n\n    x = 0\n    1 / x\n" in err
    assert "ZeroDivisionError: division by zero" in err
    assert "\x1b" not in err
    assert "changed    good.csv" in out and "bad.csv" not in out

    after = bytes_of(project)
    assert after.pop("figures/good.csv") == b"new"
    for name in ("figures/good.csv", "notebooks/01-good.ipynb"):
        before.pop(name)
    after.pop("notebooks/01-good.ipynb")
    assert after == before
    assert runner.Run(project).is_fresh(project / "notebooks" / "01-good.ipynb")


def test_a_kernel_that_dies_is_a_failure(project, capsys):
    write_notebook(project / "notebooks" / "01-dies.ipynb", "import os\nos._exit(1)")
    assert runner.main([], root=project) == 1
    assert "01-dies.ipynb failed in cell 1:" in capsys.readouterr().err


@pytest.fixture
def without_kernel(monkeypatch):
    """Executing a notebook only writes its last cell, NAME=CONTENT, as a figure."""

    def execute(path, figures, *, progress=None):
        notebook = nbformat.read(path, as_version=4)
        name, content = notebook.cells[-1].source.split("=")
        if content == "ctrl-c":
            raise KeyboardInterrupt
        (figures / name).write_text(content)
        return runner.normalise(notebook)

    monkeypatch.setattr(runner, "execute", execute)


def ran(capsys) -> list[str]:
    return re.findall(r"\] (\S+): \d+ files in", capsys.readouterr().out)


@pytest.mark.filterwarnings("ignore::nbformat.warnings.MissingIDFieldWarning")
def test_stale_is_what_changed_in_content(project, without_kernel, capsys):
    for name in ("01-a", "02-b"):
        write_notebook(project / "notebooks" / f"{name}.ipynb", f"{name}.csv=1")
    runner.main([], root=project)
    assert ran(capsys) == ["01-a", "02-b"]
    for file in project.rglob("*.*"):
        os.utime(file, (1, 1))
    (project / "policytools" / "__pycache__").mkdir()
    (project / "policytools" / "__pycache__" / "x.pyc").write_text("")
    (project / "data" / ".DS_Store").write_text("")
    runner.main([], root=project)
    assert ran(capsys) == []

    changes = {
        "data/policies.csv": ["01-a", "02-b"],
        "policytools/new.py": ["01-a", "02-b"],
        "requirements.lock": ["01-a", "02-b"],
        "figures/02-b.csv": ["02-b"],
        "notebooks/01-a.ipynb": ["01-a"],
    }
    for file, stale in changes.items():
        path = project / file
        path.write_text(path.read_text() + "\n" if path.exists() else "")
        runner.main([], root=project)
        assert ran(capsys) == stale, file
    (project / "figures" / "01-a.csv").unlink()
    runner.main([], root=project)
    assert ran(capsys) == ["01-a"]
    (project / "build" / "notebooks.json").write_text("{")
    runner.main([], root=project)
    assert ran(capsys) == ["01-a", "02-b"]


@pytest.mark.filterwarnings("ignore::nbformat.warnings.MissingIDFieldWarning")
def test_one_notebook_by_its_number(project, without_kernel, capsys):
    for name in ("01-a", "02-b"):
        write_notebook(project / "notebooks" / f"{name}.ipynb", f"{name}.csv=1")
    for _ in range(2):  # asked for by name it runs, changed or not
        assert runner.main(["--only", "02"], root=project) == 0
        assert ran(capsys) == ["02-b"]
    assert runner.main(["--only", "3"], root=project) == 1
    assert "NOTEBOOK=3 is no notebook of notebooks/: 01-a, 02-b" in capsys.readouterr().err
    assert runner.main(["--only", "0"], root=project) == 1
    assert "NOTEBOOK=0 fits several notebooks of notebooks/: 01-a, 02-b" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore::nbformat.warnings.MissingIDFieldWarning")
def test_interrupted_runs_keep_what_is_finished(project, without_kernel, capsys):
    write_notebook(project / "notebooks" / "01-a.ipynb", "a.csv=1")
    write_notebook(project / "notebooks" / "02-b.ipynb", "b.csv=ctrl-c")
    assert runner.main([], root=project) == 130
    assert "Stopped. What finished notebooks wrote is kept." in capsys.readouterr().err
    assert [file.name for file in (project / "figures").iterdir()] == ["a.csv"]
    assert os.listdir(project / "build") == ["notebooks.json"]


@pytest.mark.filterwarnings("ignore::nbformat.warnings.MissingIDFieldWarning")
def test_two_writers_and_no_writer_of_a_figure_are_named(project, without_kernel, capsys):
    write_notebook(project / "notebooks" / "01-a.ipynb", "a.csv=1")
    (project / "figures" / "gone.png").write_text("")
    runner.main([], root=project)
    assert "written by no notebook any more: gone.png" in capsys.readouterr().out
    write_notebook(project / "notebooks" / "02-b.ipynb", "a.csv=2")
    assert runner.main([], root=project) == 1
    assert "02-b.ipynb writes a.csv, which 01-a.ipynb writes too" in capsys.readouterr().err
    assert (project / "figures" / "a.csv").read_text() == "1"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "cannot be read"),
        ("{}", "cannot be read"),
        ('{"nbformat": 3, "nbformat_minor": 0, "worksheets": []}', "its format is 3"),
    ],
)
def test_what_is_no_notebook(project, content, message):
    path = project / "notebooks" / "01-a.ipynb"
    path.write_text(content)
    with pytest.raises(runner.NotebookError, match=f"01-a.ipynb .*{message}"):
        runner.execute(path, project)


def test_nothing_to_run(project, capsys):
    assert runner.main([], root=project) == 0
    assert capsys.readouterr().out == "0 files written\n"


# The project's own notebooks: first as they are committed, then as a fresh run leaves them.


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
    content = nbformat.writes(runner.normalise(notebook), version=nbformat.NO_CONVERT) + "\n"
    assert content == path.read_text(encoding="utf-8"), "not as make figures leaves it"


@pytest.fixture(scope="module")
def executed(committed, tmp_path_factory) -> tuple[nbformat.NotebookNode, Path]:
    """The notebook run afresh, and the folder of its figures. Nothing in the repository is written."""
    figures = tmp_path_factory.mktemp("figures")
    return runner.execute(committed[0], figures), figures


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
    wanted = {f"{stem}{suffix}" for stem in stems for suffix in (".png", ".svg", ".csv")}
    assert names >= wanted
    # What is more is the data of a figure's further panels: NAME-2.csv and so on.
    assert all(re.sub(r"-\d+\.csv$", ".csv", name) in wanted for name in names - wanted)
