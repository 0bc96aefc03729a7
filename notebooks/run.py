"""Execute the notebooks of this folder in order and collect the figures they write.

    python notebooks/run.py               the notebooks whose code, data or outputs changed
    python notebooks/run.py --all         every notebook
    python notebooks/run.py --only 03     one notebook, changed or not

A notebook writes its figures into a folder beside figures/; they are moved when its last cell has run.
One that fails stops the command and leaves its old figures and its old outputs in place.

What a notebook was last run with is kept in build/notebooks.json, which is not part of the repository:
a fresh clone runs all of them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import nbformat.reader
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellExecutionError, DeadKernelError
from nbformat import NotebookNode
from tqdm import tqdm

FIGURES_VARIABLE = "POLICYTOOLS_FIGURES"  # where the package's save_figure writes, if set
INPUTS = ("policytools", "data", "requirements.lock", "notebooks/run.py")

# The same in every notebook, whichever Python and editor last saved it.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "pygments_lexer": "ipython3",
    },
}

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_ADDRESS = re.compile(r"(?<= at )0x[0-9a-fA-F]+")
_STYLER_ID = re.compile(r"\bT_[0-9a-f]{5,32}(?![0-9A-Za-z])")


class NotebookError(Exception):
    """A notebook that could not be run to its end; the message says where it stopped and why."""


class _ThisPython(KernelSpecManager):
    """Starts kernels with the running interpreter, whatever kernels are installed on the machine."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(**get_kernel_dict(extra_arguments=["--log-level=ERROR"]))


def find_notebooks(folder: Path, *, only: str | None = None) -> list[Path]:
    """List the notebooks of a folder by name; `only` is the number or the beginning of one name."""
    notebooks = sorted(folder.glob("*.ipynb"))
    if only is None:
        return notebooks
    chosen = [path for path in notebooks if path.name.startswith(only)]
    if len(chosen) != 1:
        found = ", ".join(path.stem for path in chosen or notebooks) or "none"
        problem = "fits several notebooks" if chosen else "is no notebook"
        raise NotebookError(f"NOTEBOOK={only} {problem} of {folder.name}/: {found}")
    return chosen


def execute(
    path: Path, figures: Path, *, progress: Callable[[int, int], object] = lambda n_run, n_cells: None
) -> NotebookNode:
    """Execute one notebook in a kernel of its own and give it back with its outputs.

    Parameters
    ----------
    path : Path
        The notebook. It is read, not written. Its folder is the working directory.
    figures : Path
        Where `save_figure` writes meanwhile.
    progress : callable, optional
        Called with the number of code cells that have run and the number of all.

    Raises
    ------
    NotebookError
        The notebook cannot be read, or one of its cells fails: names notebook, cell, source and error.
    """
    try:
        # Not nbformat.read: that gives cells without an id a random one.
        notebook = nbformat.reader.reads(path.read_text(encoding="utf-8"))
        if notebook.nbformat != 4:
            raise ValueError(f"its format is {notebook.nbformat}, not 4; save it once in JupyterLab")
    except (ValueError, AttributeError, nbformat.ValidationError) as error:
        raise NotebookError(f"{path.name} cannot be read as a notebook: {error}") from error

    code = [
        (number, cell)
        for number, cell in enumerate(notebook.cells, start=1)
        if cell.cell_type == "code" and cell.source.strip()
    ]
    progress(0, len(code))
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=_ThisPython())
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=None,
        record_timing=False,
        coalesce_streams=True,
        store_widget_state=False,
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(path.parent)}},
    )
    with tempfile.TemporaryDirectory() as settings:
        environment = _kernel_environment(Path(settings), figures)
        with client.setup_kernel(env=environment, cleanup_kc=True):
            for n_run, (number, cell) in enumerate(code, start=1):
                try:
                    client.execute_cell(cell, number - 1, execution_count=n_run)
                except (CellExecutionError, CellControlSignal, DeadKernelError) as error:
                    raise NotebookError(_explain(path, number, cell, error)) from error
                progress(n_run, len(code))
    return normalise(notebook)


def _kernel_environment(settings: Path, figures: Path) -> dict[str, str]:
    """The environment of a kernel: no personal IPython profile or matplotlibrc may change a figure."""
    (settings / "matplotlibrc").touch()
    return {
        **os.environ,
        FIGURES_VARIABLE: str(figures.resolve()),
        "IPYTHONDIR": str(settings / "ipython"),
        "MATPLOTLIBRC": str(settings / "matplotlibrc"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _explain(path: Path, number: int, cell: NotebookNode, error: Exception) -> str:
    lines = [f"{path.name} failed in cell {number}:", ""]
    lines += [f"    {line}" for line in cell.source.splitlines()]
    failed = [output for output in cell.outputs if output.output_type == "error"]
    if failed:
        trace = "\n".join(failed[-1].traceback) or f"{failed[-1].ename}: {failed[-1].evalue}"
        lines += ["", _ANSI.sub("", trace)]
    else:
        lines += ["", f"{type(error).__name__}: {error}"]
    lines += ["", f"The figures and outputs of {path.name} are left as they were."]
    return "\n".join(lines)


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Take out of an executed notebook, in place, what differs from run to run though nothing changed.

    Notebook metadata become the same everywhere; of the cells' metadata only tags and what
    JupyterLab folds stay; cells without an id get one by their place; memory addresses and the random
    ids of styled tables are replaced.
    """
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
    taken = set()
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.get("id") in taken or not cell.get("id"):
            cell["id"] = f"cell-{number:02}"
        taken.add(cell["id"])
        kept = {key: cell.metadata[key] for key in ("tags", "jupyter", "slideshow") if key in cell.metadata}
        cell.metadata = nbformat.from_dict(kept)
        if cell.cell_type == "code":
            if not cell.source.strip():
                cell.outputs, cell.execution_count = [], None
            for output in cell.outputs:
                _normalise_output(output, number)
    return notebook


def _normalise_output(output: NotebookNode, number: int) -> None:
    if output.output_type == "stream":
        output.text = _ADDRESS.sub("0x…", output.text)
    data = output.get("data", {})
    for kind in ("text/plain", "text/html", "text/markdown"):
        if kind in data:
            data[kind] = _ADDRESS.sub("0x…", data[kind])
    if "text/html" in data:
        ids = list(dict.fromkeys(_STYLER_ID.findall(data["text/html"])))
        names = {old: f"T_c{number:02}t{n}" for n, old in enumerate(ids, start=1)}
        data["text/html"] = _STYLER_ID.sub(lambda match: names[match.group()], data["text/html"])


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook as JupyterLab would, whole or not at all; not if it is already so."""
    nbformat.validate(notebook)
    content = nbformat.writes(notebook, version=nbformat.NO_CONVERT).encode() + b"\n"
    if not path.exists() or path.read_bytes() != content:
        beside = path.with_name(f".{path.name}.part")
        beside.write_bytes(content)
        beside.replace(path)


class Run:
    """One run over the notebooks of a project folder: what is stale, what was written, what changed."""

    def __init__(self, root: Path, *, say: Callable[[str], object] = print) -> None:
        self.root = root
        self.notebooks = root / "notebooks"
        self.figures = root / "figures"
        self.state_file = root / "build" / "notebooks.json"
        self.say = say
        self.inputs = hash_files(root, INPUTS)
        self.state: dict[str, dict] = self._read_state()
        self.changes: dict[str, str] = {}  # file in figures/ -> "new", "changed" or "unchanged"

    def is_fresh(self, path: Path) -> bool:
        """Whether notebook, inputs and figures are, byte for byte, as the last run left them."""
        known = self.state.get(path.name)
        return known == self._record(path, list(known["figures"])) if known else False

    def run(self, path: Path, *, title: str = "") -> None:
        """Execute one notebook, then put its figures and its outputs into place."""
        self.figures.mkdir(exist_ok=True)
        self.state_file.parent.mkdir(exist_ok=True)
        began = time.monotonic()
        with tempfile.TemporaryDirectory(dir=self.state_file.parent, prefix="figures-") as written:
            with tqdm(desc=f"{title}{path.stem}", unit="cell", leave=False, disable=None) as bar:

                def show(n_run: int, n_cells: int) -> None:
                    bar.total, bar.n = n_cells, n_run
                    bar.refresh()

                notebook = execute(path, Path(written), progress=show)
            names = sorted(file.name for file in Path(written).iterdir() if file.is_file())
            self._refuse_second_writer(path, names)
            for name in names:
                self._put(Path(written) / name)
            write_notebook(notebook, path)
        self.state[path.name] = self._record(path, names)
        self._write_state()
        self.say(f"{title}{path.stem}: {len(names)} files in {time.monotonic() - began:.0f} s")

    def summary(self) -> Iterator[str]:
        """The lines that tell what was written and what of it changed."""
        if self.changes:
            yield "figures/"
        for name, change in sorted(self.changes.items()):
            yield f"  {change:<9}  {name}"
        counts = [
            f"{n} {change}"
            for change in ("new", "changed", "unchanged")
            if (n := list(self.changes.values()).count(change))
        ]
        yield f"{len(self.changes)} files written" + (f": {', '.join(counts)}" if counts else "")
        if orphans := self._orphans():
            yield f"written by no notebook any more: {', '.join(orphans)}"

    def _put(self, file: Path) -> None:
        target = self.figures / file.name
        if not target.exists():
            self.changes[file.name] = "new"
        elif target.read_bytes() == file.read_bytes():
            self.changes[file.name] = "unchanged"
            return
        else:
            self.changes[file.name] = "changed"
        file.replace(target)

    def _refuse_second_writer(self, path: Path, names: list[str]) -> None:
        for other, known in self.state.items():
            if other != path.name and (shared := sorted(set(names) & set(known["figures"]))):
                raise NotebookError(f"{path.name} writes {shared[0]}, which {other} writes too: rename one")

    def _orphans(self) -> list[str]:
        if any(path.name not in self.state for path in find_notebooks(self.notebooks)):
            return []
        known = {name for record in self.state.values() for name in record["figures"]}
        files = [
            file.name for file in self.figures.glob("*") if file.suffix in (".png", ".svg", ".csv", ".pdf")
        ]
        return sorted(set(files) - known)

    def _record(self, path: Path, names: list[str]) -> dict:
        return {
            "inputs": self.inputs,
            "notebook": hash_files(self.root, [f"notebooks/{path.name}"]),
            "figures": {name: hash_files(self.root, [f"figures/{name}"]) for name in names},
        }

    def _read_state(self) -> dict[str, dict]:
        try:
            state = json.loads(self.state_file.read_text(encoding="utf-8"))
            return {name: state[name] for name in state if (self.notebooks / name).exists()}
        except (OSError, ValueError):
            return {}  # a missing or damaged note only means that everything runs again

    def _write_state(self) -> None:
        self.state_file.write_text(json.dumps(self.state, indent=1) + "\n", encoding="utf-8")


def hash_files(root: Path, names: list[str] | tuple[str, ...]) -> str:
    """SHA-256 over the names and contents of files and whole folders below root, as a hex string."""
    digest = hashlib.sha256()
    for name in names:
        top = root / name
        files = sorted(file for file in top.rglob("*") if file.is_file()) if top.is_dir() else [top]
        for file in files:
            inside = file.relative_to(root)
            if file.is_file() and not any(part[0] == "." or part == "__pycache__" for part in inside.parts):
                digest.update(f"{inside.as_posix()}\0{file.stat().st_size}\0".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def main(arguments: list[str] | None = None, *, root: Path | None = None) -> int:
    """Run the notebooks of a project folder; 0 when all are up to date, 1 on failure, 130 on Ctrl-C."""
    parser = argparse.ArgumentParser(description="Execute the notebooks in order and collect their figures.")
    parser.add_argument("--all", action="store_true", help="run unchanged notebooks too")
    parser.add_argument("--only", metavar="NUMBER", help="run the one notebook whose name begins so")
    options = parser.parse_args(arguments)
    run = Run(root or Path(__file__).resolve().parent.parent)
    status = 0
    try:
        notebooks = find_notebooks(run.notebooks, only=options.only)
        for number, path in enumerate(notebooks, start=1):
            title = f"[{number}/{len(notebooks)}] "
            if options.all or options.only or not run.is_fresh(path):
                run.run(path, title=title)
            else:
                print(f"{title}{path.stem}: unchanged, not run (make figures ALL=1 runs all)")
    except NotebookError as error:
        print(f"\n{error}\n", file=sys.stderr)
        status = 1
    except KeyboardInterrupt:
        print("\nStopped. What finished notebooks wrote is kept.", file=sys.stderr)
        status = 130
    for line in run.summary():
        print(line)
    return status


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # shown as it happens, in a pipe too
    sys.exit(main())
