"""The notebooks of a study, run several at a time, and the figures they write.

A notebook writes its figures into a folder beside figures/; they are moved when its last cell has run. One that
fails leaves its old figures and its old outputs in place, and no further one is started. What a notebook was last run with is
kept in build/notebooks.json, which is no part of a study: a fresh copy runs all of them.
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from tqdm import tqdm

from policytools._files import PACKAGE, write_whole
from policytools.study.notebook import NotebookError, execute, trust, write_notebook
from policytools.study.table_changes import describe_change

FIGURE_ENDINGS = (".png", ".svg", ".pdf", ".csv")
MAX_LINES = 40  # of the account at the end
MAX_JOBS = 4  # unless more are asked for: each notebook holds the corpus in memory


def run_notebooks(
    folder: str | Path = ".",
    *,
    every: bool = False,
    only: str | None = None,
    jobs: int | None = None,
    say: Callable[[str], object] = print,
) -> int:
    """Run the notebooks of a study that changed, or whose data, package or figures did, and tell what moved.

    Parameters
    ----------
    folder : path
        Holds ``notebooks/`` and ``data/``; ``figures/`` and ``build/`` are written.
    every : bool
        Run the unchanged ones too.
    only : str, optional
        Run the one notebook whose name begins so, changed or not.
    jobs : int, optional
        How many run at once, each in a process of its own; as many as there are cores, up to 4, if None.
    say : callable
        Given each line of what is told.

    Returns
    -------
    int
        0 when all are up to date, 1 if one failed (why is written to standard error), 130 on Ctrl-C.
    """
    if jobs is not None and jobs < 1:
        raise ValueError(f"jobs: at least one notebook has to run at a time, not {jobs}")
    run = Run(Path(folder), say=say)
    status = 0
    try:
        notebooks = find_notebooks(run.notebooks, only=only)
        run.check_data()
        asyncio.run(run.run_all(notebooks, every=every or only is not None, jobs=jobs))
    except* NotebookError as failures:
        for error in failures.exceptions:
            print(f"\n{error}\n", file=sys.stderr)
        status = 1
    except* KeyboardInterrupt:
        print("\nStopped. What finished notebooks wrote is kept.", file=sys.stderr)
        status = 130
    for line in run.summary():
        say(line)
    return status


def find_notebooks(folder: Path, *, only: str | None = None) -> list[Path]:
    """List the notebooks of a folder by name; `only` is the number or the beginning of one name."""
    notebooks = sorted(folder.glob("*.ipynb"))
    if not notebooks:
        raise NotebookError(
            f"{folder}: no notebooks there; run this in a study's folder, or give it as --folder "
            "(`python -m policytools new FOLDER` makes a study)"
        )
    if only is None:
        return notebooks
    chosen = [path for path in notebooks if path.name.startswith(only)]
    if len(chosen) != 1:
        found = ", ".join(path.stem for path in chosen or notebooks)
        problem = "fits several notebooks" if chosen else "is no notebook"
        raise NotebookError(f"{only} {problem} of {folder.name}/: {found}")
    return chosen


class Run:
    """One run over the notebooks of a study: what is stale, what was written, what changed."""

    def __init__(self, root: Path, *, say: Callable[[str], object] = print) -> None:
        self.root = root.resolve()
        self.notebooks = self.root / "notebooks"
        self.figures = self.root / "figures"
        self.state_file = self.root / "build" / "notebooks.json"
        self.say = say
        self.inputs = hash_inputs(self.root)
        self.state: dict[str, dict] = self._read_state()
        self.written: dict[str, str] = {}  # figure -> "new", "unchanged" or what changed in it

    def check_data(self) -> None:
        """Refuse a study whose manifest lists nothing to compare: the notebooks would fail less clearly."""
        manifest = self.root / "data" / "policies.csv"
        if not manifest.is_file():
            return
        with open(manifest, encoding="utf-8-sig", errors="replace", newline="") as file:
            n_policies = sum(any(row) for row in csv.reader(file)) - 1
        if n_policies < 2:
            problem = ("no policy yet", "add policies first") if n_policies < 1 else (
                "one policy only", "the notebooks compare, so add a second one")  # fmt: skip
            raise NotebookError(
                f"data/policies.csv lists {problem[0]}; {problem[1]}:\n\n"
                f"    python -m policytools add FILE --vendor NAME\n"
                f"    python -m policytools add-all FOLDER_OF_FILES"
            )

    def is_fresh(self, path: Path) -> bool:
        """Whether notebook, inputs and figures are, byte for byte, as the last run left them."""
        known = self.state.get(path.name)
        return known == self._record(path, list(known["figures"])) if known else False

    async def run_all(self, notebooks: list[Path], *, every: bool, jobs: int | None = None) -> None:
        """Run the notebooks, some at a time, and keep what finishes; those that failed are raised at the end."""
        waiting = iter(list(enumerate(notebooks, start=1)))
        failures: list[NotebookError] = []

        async def work(place: int) -> None:
            for number, path in waiting:
                title = f"[{number}/{len(notebooks)}] "
                if not every and self.is_fresh(path):
                    self.tell(f"{title}{path.stem}: unchanged, not run")
                    continue
                try:
                    await self.run(path, title=title, place=place)
                except NotebookError as error:
                    failures.append(error)
                if failures:
                    return

        jobs = jobs or min(os.cpu_count() or 1, MAX_JOBS)
        await asyncio.gather(*(work(place) for place in range(jobs)))
        if failures:
            raise ExceptionGroup("notebooks that failed", failures)

    def tell(self, line: str) -> None:
        with tqdm.external_write_mode():  # between the bars of the notebooks that run
            self.say(line)

    async def run(self, path: Path, *, title: str = "", place: int = 0) -> None:
        """Execute one notebook, then put its figures and its outputs into place."""
        self.figures.mkdir(exist_ok=True)
        self.state_file.parent.mkdir(exist_ok=True)
        began = time.monotonic()
        with tempfile.TemporaryDirectory(dir=self.state_file.parent, prefix="figures-") as written:
            described = f"{title}{path.stem}"
            with tqdm(desc=described, unit="cell", leave=False, disable=None, position=place) as bar:

                def show(n_run: int, n_cells: int) -> None:
                    bar.total, bar.n = n_cells, n_run
                    bar.refresh()

                notebook = await execute(path, Path(written), progress=show)
            names = sorted(file.name for file in Path(written).iterdir() if file.is_file())
            self._refuse_second_writer(path, names)
            for figure in dict.fromkeys(figure_of(name, names) for name in names):
                files = [Path(written) / name for name in names if figure_of(name, names) == figure]
                self.written[figure] = self._put(files)
            write_notebook(notebook, path)
            trust(notebook)
        self.state[path.name] = self._record(path, names)
        self._write_state()
        n_figures = len({figure_of(name, names) for name in names})
        figures = f"{n_figures} figure{'s' * (n_figures != 1)}"
        self.tell(f"{title}{path.stem}: {figures} in {time.monotonic() - began:.0f} s")

    def summary(self) -> Iterator[str]:
        """The lines that tell what was written and what of it changed, by how much."""
        counts = {"new": 0, "changed": 0, "unchanged": 0}
        lines = []
        for figure, change in self.written.items():
            kind = change if change in counts else "changed"
            counts[kind] += 1
            if kind == "new":
                lines.append(f"  new      {figure}")
            elif kind == "changed":
                lines.append(f"  changed  {figure}: {change}")
        self._write_readme()
        told = ", ".join(f"{n} {kind}" for kind, n in counts.items() if n)
        yield f"figures/: {told}" if told else "figures/: nothing was written"
        yield from lines[:MAX_LINES]
        if len(lines) > MAX_LINES:
            yield f"  ... and {len(lines) - MAX_LINES} more"
        if orphans := self._orphans():
            yield f"in figures/, but written by no notebook any more: {', '.join(orphans)}"

    def _put(self, files: Iterable[Path]) -> str:
        """Move one figure's files into place; "new", "unchanged" or what changed, from its tables."""
        changed, new, told = False, True, []
        for file in files:
            target = self.figures / file.name
            there = target.read_bytes() if target.exists() else None
            new &= there is None
            if there == (after := file.read_bytes()):
                continue
            changed = True
            if file.suffix == ".csv" and there is not None:
                told.append(describe_change(there, after, names=self._names()))
            file.replace(target)
        if new:
            return "new"
        return "; ".join(told) or ("drawn anew, the same numbers" if changed else "unchanged")

    def _write_readme(self) -> None:
        """Write figures/README.md, unless what some notebook writes is not known yet."""
        if not self.state or self._is_partial():
            return
        from policytools.study.figures_readme import figures_readme

        written = {name: record["figures"] for name, record in self.state.items()}
        text = figures_readme(self.notebooks, self.figures, written)
        readme = self.figures / "README.md"
        if not readme.exists() or readme.read_text(encoding="utf-8") != text:
            write_whole(readme, text.encode())

    def _is_partial(self) -> bool:
        return any(path.name not in self.state for path in self.notebooks.glob("*.ipynb"))

    def _names(self) -> dict[str, str]:
        from policytools.corpus.corpus import read_manifest
        from policytools.tables import names

        try:
            return names(read_manifest(self.root / "data"))
        except (OSError, ValueError):
            return {}  # a study whose data lie elsewhere

    def _refuse_second_writer(self, path: Path, names: list[str]) -> None:
        for other, known in self.state.items():
            if other != path.name and (shared := sorted(set(names) & set(known["figures"]))):
                raise NotebookError(f"{path.name} writes {shared[0]}, which {other} writes too: rename one")

    def _orphans(self) -> list[str]:
        if self._is_partial():
            return []
        known = {name for record in self.state.values() for name in record["figures"]}
        files = [file.name for file in self.figures.glob("*") if file.suffix in FIGURE_ENDINGS]
        return sorted(set(files) - known)

    def _record(self, path: Path, names: list[str]) -> dict:
        return {
            "inputs": self.inputs,
            "notebook": _hash([(path.name, path)]),
            "figures": {name: _hash([(name, self.figures / name)]) for name in names},
        }

    def _read_state(self) -> dict[str, dict]:
        try:
            state = json.loads(self.state_file.read_text(encoding="utf-8"))
            return {name: state[name] for name in state if (self.notebooks / name).exists()}
        except (OSError, ValueError):
            return {}  # a missing or damaged note only means that everything runs again

    def _write_state(self) -> None:
        self.state_file.write_text(json.dumps(self.state, indent=1) + "\n", encoding="utf-8")


def figure_of(name: str, names: Iterable[str]) -> str:
    """The figure a file belongs to: its name without ending, and without the number of a further panel's table.

    Examples
    --------
    >>> files = ["map.png", "map.csv", "map-2.csv", "top-10.csv"]
    >>> [figure_of(name, files) for name in files]
    ['map', 'map', 'map', 'top-10']
    """
    stem, suffix = Path(name).stem, Path(name).suffix
    panel = re.fullmatch(r"(.+)-\d+", stem)
    if suffix == ".csv" and panel and f"{panel.group(1)}.png" in set(names):
        return panel.group(1)
    return stem


def hash_inputs(root: Path) -> str:
    """SHA-256 over what every notebook rests on: package, libraries, the study's data, helpers and lock."""
    files = [(f"package/{name}", file) for name, file in _below(PACKAGE)]
    files += [(f"data/{name}", file) for name, file in _below(root / "data")]
    files += [
        (f"notebooks/{name}", file) for name, file in _below(root / "notebooks") if file.suffix != ".ipynb"
    ]
    files += [("requirements.lock", root / "requirements.lock")]
    return hashlib.sha256(f"{_hash(files)} {_libraries()}".encode()).hexdigest()


def _libraries() -> str:
    """Names and versions of the libraries that the package computes with."""
    try:
        lines = [line for line in requires("policytools") or [] if "extra ==" not in line]
        names = sorted({re.split(r"[^\w.-]", line)[0] for line in lines})
        return " ".join(f"{name} {version(name)}" for name in names)
    except PackageNotFoundError:
        return ""  # the package is used without having been installed


def _below(folder: Path) -> list[tuple[str, Path]]:
    """Files of a folder with their names inside it, without hidden and compiled ones."""
    files = [(file.relative_to(folder), file) for file in sorted(folder.rglob("*")) if file.is_file()]
    return [
        (inside.as_posix(), file)
        for inside, file in files
        if not any(part[0] == "." or part == "__pycache__" for part in inside.parts)
    ]


def _hash(files: Iterable[tuple[str, Path]]) -> str:
    digest = hashlib.sha256()
    for name, file in files:
        if file.is_file():
            digest.update(f"{name}\0{file.stat().st_size}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()
