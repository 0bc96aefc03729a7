"""The runner on small notebooks made here."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import nbformat.sign
import pytest

from policytools.__main__ import main
from policytools.study import notebook as executing
from policytools.study import run_notebooks as rerun

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
    for folder in ("notebooks", "figures", "data", "package"):
        (tmp_path / folder).mkdir()
    (tmp_path / "data" / "policies.csv").write_text("policy_id\na\nb\n")
    monkeypatch.setattr(rerun, "PACKAGE", tmp_path / "package")
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
    assert rerun.run_notebooks(project) == 0
    printed = capsys.readouterr().out
    assert re.fullmatch(r"\[1/1\] 01-first: 1 figure in \d+ s\nfigures/: 1 new\n  new      one\n", printed)
    assert (project / "figures" / "one.csv").read_text() == "1"
    assert os.listdir(project / "build") == ["notebooks.json"]

    written = nbformat.read(first, as_version=4)
    nbformat.validate(written)
    assert [cell.execution_count for cell in written.cells] == [1, 2, 3, None, 4]
    assert [cell.id for cell in written.cells] == [f"cell-{n:02}" for n in range(1, 6)]
    assert [cell.metadata for cell in written.cells] == [{"tags": ["kept"]}] * 5
    assert written.metadata == executing.METADATA
    assert written.cells[1].outputs[0].data["text/plain"] == "<object at 0x…>"
    assert 'id="T_c03t1"' in written.cells[2].outputs[0].data["text/html"]
    assert [output.text for output in written.cells[4].outputs] == ["policy_id\na\nb\n\ntwice\n"]

    before = bytes_of(project)
    assert rerun.run_notebooks(project) == 0
    assert "01-first: unchanged, not run" in capsys.readouterr().out
    assert rerun.run_notebooks(project, every=True) == 0
    assert "figures/: 1 unchanged\n" in capsys.readouterr().out
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

    assert rerun.run_notebooks(project, jobs=1) == 1
    out, err = capsys.readouterr()
    assert "02-bad.ipynb failed in cell 2:\n\n    x = 0\n    1 / x\n" in err
    assert "ZeroDivisionError: division by zero" in err
    assert "\x1b" not in err
    assert "  changed  good: " in out and "bad" not in out.split("figures/:")[1]

    after = bytes_of(project)
    assert after.pop("figures/good.csv") == b"new"
    for name in ("figures/good.csv", "notebooks/01-good.ipynb"):
        before.pop(name)
    after.pop("notebooks/01-good.ipynb")
    assert after == before
    assert rerun.StudyRun(project).is_fresh(project / "notebooks" / "01-good.ipynb")


@pytest.mark.skipif(not os.path.exists("/proc/self"), reason="needs to see which processes there are")
def test_several_run_at_once_and_those_that_run_when_one_fails_are_kept(project, capsys):
    pid = "import os, pathlib\npathlib.Path('part').write_text(str(os.getpid()))\nos.rename('part', 'pid')"
    wait = (
        "import os, pathlib, time\n"
        "while not (pid := pathlib.Path('pid')).exists():\n    time.sleep(0.05)\n"
        "while os.path.exists(f'/proc/{pid.read_text()}'):\n    time.sleep(0.05)"
    )
    write_notebook(project / "notebooks" / "01-waits.ipynb", wait, SAVE.format("a.csv", "1"))
    write_notebook(project / "notebooks" / "02-fails.ipynb", pid, "1 / 0")
    write_notebook(project / "notebooks" / "03-never.ipynb", SAVE.format("c.csv", "1"))
    assert rerun.run_notebooks(project, jobs=2) == 1
    assert "02-fails.ipynb failed in cell 2:" in capsys.readouterr().err
    assert [file.name for file in (project / "figures").iterdir()] == ["a.csv"]


def test_what_was_run_here_is_trusted_and_what_was_changed_since_is_not(project):
    path = project / "notebooks" / "01-a.ipynb"
    write_notebook(path, "from IPython.display import HTML\nHTML('<b>a</b>')")
    notary = nbformat.sign.NotebookNotary()
    assert rerun.run_notebooks(project) == 0
    assert notary.check_signature(nbformat.read(path, as_version=4))
    path.write_text(path.read_text().replace("<b>a</b>", "<script>a()</script>"))
    assert not notary.check_signature(nbformat.read(path, as_version=4))


def test_there_is_at_least_one_job(project, capsys):
    assert main(["figures", "--folder", str(project), "--jobs", "0"]) == 1
    assert "jobs: must be at least 1" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to a whole console")
def test_ctrl_c_ends_the_kernels_too(project):
    write_notebook(project / "notebooks" / "01-done.ipynb", SAVE.format("a.csv", "1"))
    told = "import os, pathlib, time\npathlib.Path('part').write_text(str(os.getpid()))\nos.rename('part', 'kernel')"
    write_notebook(project / "notebooks" / "02-long.ipynb", told, "time.sleep(600)")
    # A shell's background job, and all it starts, would not hear Ctrl-C.
    program = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from policytools.__main__ import main\n"
        "sys.exit(main(['figures', '--jobs', '1', '--folder', sys.argv[1]]))"
    )
    run = [sys.executable, "-c", program, str(project)]
    running = subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not (kernel := project / "notebooks" / "kernel").exists():
        assert running.poll() is None, running.stderr.read()
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 130 and "Stopped. The figures of finished notebooks are kept." in err
    assert "  new      a\n" in out and "Traceback" not in err
    with pytest.raises(ProcessLookupError):
        os.kill(int(kernel.read_text()), 0)


def test_a_kernel_that_dies_is_a_failure(project, capsys):
    write_notebook(project / "notebooks" / "01-dies.ipynb", "import os\nos._exit(1)")
    assert rerun.run_notebooks(project) == 1
    assert "01-dies.ipynb failed in cell 1:" in capsys.readouterr().err


@pytest.fixture
def without_kernel(monkeypatch):
    """Executing a notebook only writes its last cell, NAME=CONTENT, as a figure."""

    async def execute(path, figures, *, progress=None):
        notebook = nbformat.read(path, as_version=4)
        name, content = notebook.cells[-1].source.split("=")
        if content == "ctrl-c":
            raise KeyboardInterrupt
        (figures / name).write_text(content)
        return executing.strip_volatile(notebook)

    monkeypatch.setattr(rerun, "execute", execute)


def ran(capsys) -> list[str]:
    return re.findall(r"\] (\S+): \d+ figures? in", capsys.readouterr().out)


@pytest.mark.filterwarnings("ignore::nbformat.warnings.MissingIDFieldWarning")
def test_stale_is_what_changed_in_content(project, without_kernel, monkeypatch, capsys):
    for name in ("01-a", "02-b"):
        write_notebook(project / "notebooks" / f"{name}.ipynb", f"{name}.csv=1")
    rerun.run_notebooks(project)
    assert ran(capsys) == ["01-a", "02-b"]
    for file in project.rglob("*.*"):
        os.utime(file, (1, 1))
    (project / "package" / "__pycache__").mkdir()
    (project / "package" / "__pycache__" / "x.pyc").write_text("")
    (project / "data" / ".DS_Store").write_text("")
    rerun.run_notebooks(project)
    assert ran(capsys) == []

    changes = {
        "data/policies.csv": ["01-a", "02-b"],
        "package/new.py": ["01-a", "02-b"],
        "requirements.lock": ["01-a", "02-b"],
        "notebooks/helpers.py": ["01-a", "02-b"],
        "figures/02-b.csv": ["02-b"],
        "notebooks/01-a.ipynb": ["01-a"],
    }
    for file, stale in changes.items():
        path = project / file
        path.write_text(path.read_text() + "\n" if path.exists() else "")
        rerun.run_notebooks(project)
        assert ran(capsys) == stale, file
    monkeypatch.setattr(rerun, "_libraries", lambda: "numpy 999")
    rerun.run_notebooks(project)
    assert ran(capsys) == ["01-a", "02-b"]
    (project / "figures" / "01-a.csv").unlink()
    rerun.run_notebooks(project)
    assert ran(capsys) == ["01-a"]
    for damaged in ("{", "[" * 100_000):
        (project / "build" / "notebooks.json").write_text(damaged)
        rerun.run_notebooks(project)
        assert ran(capsys) == ["01-a", "02-b"]


@pytest.mark.filterwarnings("ignore::nbformat.warnings.MissingIDFieldWarning")
def test_one_notebook_by_its_number(project, without_kernel, capsys):
    for name in ("01-a", "02-b"):
        write_notebook(project / "notebooks" / f"{name}.ipynb", f"{name}.csv=1")
    for _ in range(2):  # asked for by name it runs, changed or not
        assert rerun.run_notebooks(project, only="02") == 0
        assert ran(capsys) == ["02-b"]
    assert rerun.run_notebooks(project, only="3") == 1
    assert "notebooks/: no notebook begins with '3': 01-a, 02-b" in capsys.readouterr().err
    assert rerun.run_notebooks(project, only="0") == 1
    assert "notebooks/: several notebooks begin with '0': 01-a, 02-b" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore::nbformat.warnings.MissingIDFieldWarning")
def test_interrupted_runs_keep_what_is_finished(project, without_kernel, capsys):
    write_notebook(project / "notebooks" / "01-a.ipynb", "a.csv=1")
    write_notebook(project / "notebooks" / "02-b.ipynb", "b.csv=ctrl-c")
    assert rerun.run_notebooks(project) == 130
    assert "Stopped. The figures of finished notebooks are kept." in capsys.readouterr().err
    assert [file.name for file in (project / "figures").iterdir()] == ["a.csv"]
    assert os.listdir(project / "build") == ["notebooks.json"]


@pytest.mark.filterwarnings("ignore::nbformat.warnings.MissingIDFieldWarning")
def test_two_writers_and_no_writer_of_a_figure_are_named(project, without_kernel, capsys):
    write_notebook(project / "notebooks" / "01-a.ipynb", "a.csv=1")
    (project / "figures" / "gone.png").write_text("")
    rerun.run_notebooks(project)
    assert "no longer written by any notebook: gone.png" in capsys.readouterr().out
    write_notebook(project / "notebooks" / "02-b.ipynb", "a.csv=2")
    assert rerun.run_notebooks(project) == 1
    assert "02-b.ipynb writes a.csv, which 01-a.ipynb writes too" in capsys.readouterr().err
    assert (project / "figures" / "a.csv").read_text() == "1"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "cannot be read"),
        ("{}", "cannot be read"),
        ('{"cells": ' + "[" * 100_000, "cannot be read"),
        ('{"nbformat": 3, "nbformat_minor": 0, "worksheets": []}', "its format is 3"),
    ],
)
def test_what_is_no_notebook(project, content, message):
    path = project / "notebooks" / "01-a.ipynb"
    path.write_text(content)
    with pytest.raises(executing.NotebookError, match=f"01-a.ipynb .*{message}"):
        asyncio.run(executing.execute(path, project))


def test_nothing_to_run(project, capsys):
    assert rerun.run_notebooks(project) == 1
    assert "no notebooks; run this in a study's folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rows", "said"), [("", "no policy yet; add policies first:"), ("a\n\n", "one policy only; ")]
)
def test_a_study_with_nothing_to_compare(project, capsys, rows, said):
    write_notebook(project / "notebooks" / "01-a.ipynb", "1 / 0")
    (project / "data" / "policies.csv").write_text(f"policy_id\n{rows}")
    assert main(["figures", "--folder", str(project)]) == 1
    out, err = capsys.readouterr()
    assert said in err and "python -m policytools add FILE --vendor NAME" in err and "Traceback" not in err
    assert out == "figures/: nothing was written\n"


TABLE = "policy_id,grade,low\n{}"


@pytest.mark.filterwarnings("ignore::nbformat.warnings.MissingIDFieldWarning")
def test_the_end_says_which_figures_changed_and_by_how_much(project, monkeypatch, capsys):
    (project / "data" / "policies.csv").write_text("policy_id,vendor,file,sha256\na,AtomForm,a,0\nb,B,b,1\n")
    content = {}

    async def execute(path, figures, *, progress=None):
        for name, text in content.items():
            (figures / name).write_text(text)
        return executing.strip_volatile(nbformat.read(path, as_version=4))

    monkeypatch.setattr(rerun, "execute", execute)
    write_notebook(project / "notebooks" / "01-a.ipynb", "1")
    content.update({"grade.png": "1", "grade.pdf": "1", "grade.csv": TABLE.format("a,14.25,13\nb,10,9\n")})
    content.update(
        {"map.png": "1", "map.csv": "x\n1\n", "map-2.csv": "y\n1\n", "same.png": "1", "same.csv": "z\n"}
    )
    assert main(["figures", "--folder", str(project)]) == 0
    assert "figures/: 3 new\n  new      grade\n  new      map\n  new      same\n" in capsys.readouterr().out

    content.update({"grade.pdf": "2", "grade.csv": TABLE.format("a,14.61,13\nb,10,9\n")})
    content.update({"map-2.csv": "y\n3\n", "same.png": "2"})
    assert main(["figures", "--folder", str(project), "--all"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "figures/: 3 changed",
        "  changed  grade: grade of AtomForm 14.2 -> 14.6; 1 of 2 rows changed",
        "  changed  map: y of row 1 1 -> 3; 1 of 1 rows changed",
        "  changed  same: drawn again, the same numbers",
    ]
    assert (project / "figures" / "grade.pdf").read_text() == "2"


def test_a_missing_library_is_named_with_what_to_do(tmp_path):
    (tmp_path / "nbclient.py").write_text("raise ModuleNotFoundError(name='nbclient')")
    run = [sys.executable, "-m", "policytools", "figures", "--folder", str(tmp_path)]
    done = subprocess.run(
        run, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert (
        done.stderr.startswith("policytools: nbclient is missing")
        and 'pip install "policytools[lab]"' in done.stderr
    )
