"""Executes one notebook in its own kernel and removes what differs from run to run."""

import asyncio
import logging
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from policytools._files import write_whole

try:
    import nbformat
    import nbformat.reader
    import nbformat.sign
    from ipykernel.kernelspec import get_kernel_dict
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellControlSignal, CellExecutionError, DeadKernelError
    from nbformat import NotebookNode
except ImportError as error:
    raise ImportError(
        f"{error.name} is missing; running notebooks needs the extra `lab`: "
        f'pip install "policytools[lab]" (from a checkout: pip install ".[lab]")'
    ) from error

FIGURES_VARIABLE = "POLICYTOOLS_FIGURES"  # if set, the folder that `save_figure` writes to

# Written into every notebook, so that the Python and the editor that saved it last make no difference.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "pygments_lexer": "ipython3",
    },
}

_SILENT = logging.getLogger("policytools.notary")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_ADDRESS = re.compile(r"(?<= at )0x[0-9a-fA-F]+")
_STYLER_ID = re.compile(r"\bT_[0-9a-f]{5,32}(?![0-9A-Za-z])")


class NotebookError(Exception):
    """A notebook could not be run to its end; the message says where it stopped and why."""


class _ThisPython(KernelSpecManager):
    """Starts kernels with the running interpreter, not with the kernels that are installed on the machine."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(**get_kernel_dict(extra_arguments=["--log-level=ERROR"]))


async def execute(
    path: Path, figures: Path, *, progress: Callable[[int, int], object] = lambda n_run, n_cells: None
) -> NotebookNode:
    """Execute one notebook in its own kernel and return it with its outputs; several may run at once.

    Parameters
    ----------
    path : Path
        The notebook, which is not changed. Its folder is the working directory.
    figures : Path
        The folder that `save_figure` writes to.
    progress : callable, optional
        Called with the number of code cells that have run and the total number.

    Raises
    ------
    NotebookError
        If the notebook cannot be read or a cell fails; names notebook, cell, source and error.
    """
    try:
        # nbformat.read would give cells without an id a random one.
        notebook = nbformat.reader.reads(path.read_text(encoding="utf-8"))
        if notebook.nbformat != 4:
            raise ValueError(f"its format is {notebook.nbformat}, not 4; save it once in JupyterLab")
    except (ValueError, AttributeError, RecursionError, nbformat.ValidationError) as error:
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
        # client.async_setup_kernel would handle Ctrl-C itself, and only one of the notebooks would stop.
        try:
            await client.async_start_new_kernel(env=_kernel_environment(Path(settings), figures))
            await client.async_start_new_kernel_client()
            for n_run, (number, cell) in enumerate(code, start=1):
                try:
                    await client.async_execute_cell(cell, number - 1, execution_count=n_run)
                except (CellExecutionError, CellControlSignal, DeadKernelError) as error:
                    raise NotebookError(_explain(path, number, cell, error)) from error
                progress(n_run, len(code))
        finally:
            if client.kc is not None:
                client.kc.stop_channels()
            if await manager.is_alive():
                await asyncio.shield(manager.shutdown_kernel(now=True))
    return strip_volatile(notebook)


def _kernel_environment(settings: Path, figures: Path) -> dict[str, str]:
    """The environment of a kernel, without a personal IPython profile or matplotlibrc, which could change figures."""
    (settings / "matplotlibrc").touch()
    return {
        **os.environ,
        FIGURES_VARIABLE: str(figures.resolve()),
        "IPYTHONDIR": str(settings / "ipython"),
        "MATPLOTLIBRC": str(settings / "matplotlibrc"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }


def _explain(path: Path, number: int, cell: NotebookNode, error: Exception) -> str:
    reason = f"{type(error).__name__}: {error}"
    for output in cell.outputs:
        if output.output_type == "error":
            reason = _ANSI.sub("", "\n".join(output.traceback) or f"{output.ename}: {output.evalue}")
    source = "\n".join(f"    {line}" for line in cell.source.splitlines())
    kept = f"The figures and outputs of {path.name} stay as they were."
    return f"{path.name} failed in cell {number}:\n\n{source}\n\n{reason}\n\n{kept}"


def strip_volatile(notebook: NotebookNode) -> NotebookNode:
    """Remove from an executed notebook, in place, what differs from run to run although nothing changed.

    All notebooks get the same notebook metadata; the metadata of cells keep only tags and what JupyterLab
    folds; cells without an id are numbered; memory addresses and the random ids of styled tables are replaced.
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
                _strip_output(output, number)
    return notebook


def _strip_output(output: NotebookNode, number: int) -> None:
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
    """Write a notebook as JupyterLab would, whole or not at all, and only if it changed."""
    nbformat.validate(notebook)
    content = nbformat.writes(notebook, version=nbformat.NO_CONVERT).encode() + b"\n"
    if not path.exists() or path.read_bytes() != content:
        write_whole(path, content)


def trust(notebook: NotebookNode) -> None:
    """Sign a notebook that was executed here: JupyterLab shows an unsigned one without styles and scripts."""
    notary = nbformat.sign.NotebookNotary(log=_SILENT)
    try:
        notary.sign(notebook)
    except OSError:
        pass  # the folder of signatures cannot be written: tables look plainer, nothing else is lost
    finally:
        notary.store.close()
