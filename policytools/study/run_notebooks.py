"""Runs a study's notebooks, several at a time, and replaces the figures that they write.

A notebook writes its figures into a temporary folder; they are moved to figures/ when its last cell has run. If
it fails, its old figures and outputs stay, and no further notebook is started. build/notebooks.json records what
each notebook was last run with; it is not part of a study, so a fresh copy runs all of them.
"""

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
from policytools._wording import counted
from policytools.corpus.corpus import read_manifest
from policytools.study.figures_readme import figures_readme
from policytools.study.notebook import NotebookError, execute, trust, write_notebook
from policytools.study.table_changes import describe_change
from policytools.tables import names

FIGURE_ENDINGS = (".png", ".svg", ".pdf", ".csv")
MAX_LINES = 40  # of the summary
MAX_JOBS = 4  # the default: each notebook has the corpus in memory


def run_notebooks(
    folder: str | Path = ".",
    *,
    every: bool = False,
    only: str | None = None,
    jobs: int | None = None,
    say: Callable[[str], object] = print,
) -> int:
    """Run the notebooks that changed, or whose data, package or figures did, and say how the figures changed.

    Parameters
    ----------
    folder : path
        Holds ``notebooks/`` and ``data/``; ``figures/`` and ``build/`` are written.
    every : bool
        Run the unchanged ones too.
    only : str, optional
        Run the one notebook whose name begins with this, changed or not.
    jobs : int, optional
        How many run at once, each in its own process. Default: one for each core, up to 4.
    say : callable
        Called with each line of progress.

    Returns
    -------
    int
        0 if all are up to date, 1 if one failed (the reason is written to standard error), 130 on Ctrl-C.
    """
    if jobs is not None and jobs < 1:
        raise ValueError(f"jobs: must be at least 1, not {jobs}")
    run = StudyRun(Path(folder), say=say)
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
        print("\nStopped. The figures of finished notebooks are kept.", file=sys.stderr)
        status = 130
    for line in run.summary():
        say(line)
    return status


def find_notebooks(folder: Path, *, only: str | None = None) -> list[Path]:
    """List the notebooks of a folder by name; `only` is the number or the beginning of one name."""
    notebooks = sorted(folder.glob("*.ipynb"))
    if not notebooks:
        raise NotebookError(
            f"{folder}: no notebooks; run this in a study's folder, or give the folder as --folder "
            "(`python -m policytools new FOLDER` makes a study)"
        )
    if only is None:
        return notebooks
    chosen = [path for path in notebooks if path.name.startswith(only)]
    if len(chosen) != 1:
        found = ", ".join(path.stem for path in chosen or notebooks)
        problem = "several notebooks begin" if chosen else "no notebook begins"
        raise NotebookError(f"{folder.name}/: {problem} with {only!r}: {found}")
    return chosen


class StudyRun:
    """One run of a study's notebooks: which are out of date, what was written, what changed."""

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
        """Refuse a study with fewer than two policies: the notebooks would fail with a less clear message."""
        manifest = self.root / "data" / "policies.csv"
        if not manifest.is_file():
            return
        with open(manifest, encoding="utf-8-sig", errors="replace", newline="") as file:
            n_policies = sum(any(row) for row in csv.reader(file)) - 1
        if n_policies < 2:
            problem = "no policy yet; add policies first"
            if n_policies == 1:
                problem = "one policy only; the notebooks compare, so add a second one"
            raise NotebookError(
                f"data/policies.csv lists {problem}:\n\n"
                f"    python -m policytools add FILE --vendor NAME\n"
                f"    python -m policytools add-all FOLDER_OF_FILES"
            )

    def is_fresh(self, path: Path) -> bool:
        """Whether notebook, inputs and figures have the same bytes as after the last run."""
        known = self.state.get(path.name)
        return known == self._record(path, list(known["figures"])) if known else False

    async def run_all(self, notebooks: list[Path], *, every: bool, jobs: int | None = None) -> None:
        """Run the notebooks, `jobs` at a time; failures are raised together at the end."""
        waiting = iter(list(enumerate(notebooks, start=1)))  # shared by the workers
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
        """Execute one notebook, then move its figures into place and write its outputs."""
        self.figures.mkdir(exist_ok=True)
        self.state_file.parent.mkdir(exist_ok=True)
        began = time.monotonic()
        with tempfile.TemporaryDirectory(dir=self.state_file.parent, prefix="figures-") as written:
            label = f"{title}{path.stem}"
            with tqdm(desc=label, unit="cell", leave=False, disable=None, position=place) as bar:

                def show(n_run: int, n_cells: int) -> None:
                    bar.total, bar.n = n_cells, n_run
                    bar.refresh()

                notebook = await execute(path, Path(written), progress=show)
            files = sorted(file for file in Path(written).iterdir() if file.is_file())
            file_names = [file.name for file in files]
            self._refuse_second_writer(path, file_names)
            figures: dict[str, list[Path]] = {}
            for file in files:
                figures.setdefault(figure_of(file.name, file_names), []).append(file)
            for figure, parts in figures.items():
                self.written[figure] = self._replace(parts)
            write_notebook(notebook, path)
            trust(notebook)
        self.state[path.name] = self._record(path, file_names)
        write_whole(self.state_file, (json.dumps(self.state, indent=1) + "\n").encode())
        self.tell(f"{label}: {counted(len(figures), 'figure')} in {time.monotonic() - began:.0f} s")

    def summary(self) -> Iterator[str]:
        """Write figures/README.md, then yield lines that say which figures changed and by how much."""
        all_known = all(path.name in self.state for path in self.notebooks.glob("*.ipynb"))
        if self.state and all_known:
            self._write_readme()
        kinds = [change if change in ("new", "unchanged") else "changed" for change in self.written.values()]
        counts = [f"{kinds.count(kind)} {kind}" for kind in ("new", "changed", "unchanged") if kind in kinds]
        yield f"figures/: {', '.join(counts) or 'nothing was written'}"
        lines = [
            f"  new      {figure}" if change == "new" else f"  changed  {figure}: {change}"
            for figure, change in self.written.items()
            if change != "unchanged"
        ]
        yield from lines[:MAX_LINES]
        if len(lines) > MAX_LINES:
            yield f"  ... and {len(lines) - MAX_LINES} more"
        if all_known and (orphans := self._orphans()):
            yield f"in figures/, but no longer written by any notebook: {', '.join(orphans)}"

    def _replace(self, files: Iterable[Path]) -> str:
        """Move one figure's files into place; returns "new", "unchanged" or what changed in its tables."""
        changed, new, differences = False, True, []
        for file in files:
            target = self.figures / file.name
            before = target.read_bytes() if target.exists() else None
            after = file.read_bytes()
            new &= before is None
            if before == after:
                continue
            changed = True
            if file.suffix == ".csv" and before is not None:
                differences.append(describe_change(before, after, names=self._names()))
            file.replace(target)
        if new:
            return "new"
        return "; ".join(differences) or ("drawn again, the same numbers" if changed else "unchanged")

    def _write_readme(self) -> None:
        written = {name: record["figures"] for name, record in self.state.items()}
        text = figures_readme(self.notebooks, self.figures, written)
        readme = self.figures / "README.md"
        if not readme.exists() or readme.read_text(encoding="utf-8") != text:
            write_whole(readme, text.encode())

    def _names(self) -> dict[str, str]:
        try:
            return names(read_manifest(self.root / "data"))
        except (OSError, ValueError):
            return {}  # the study's data are elsewhere

    def _refuse_second_writer(self, path: Path, files: list[str]) -> None:
        for other, known in self.state.items():
            if other != path.name and (shared := sorted(set(files) & set(known["figures"]))):
                raise NotebookError(
                    f"{path.name} writes {shared[0]}, which {other} writes too; rename one of them"
                )

    def _orphans(self) -> list[str]:
        """Figures that no notebook writes."""
        known = {name for record in self.state.values() for name in record["figures"]}
        files = [file.name for file in self.figures.glob("*") if file.suffix in FIGURE_ENDINGS]
        return sorted(set(files) - known)

    def _record(self, path: Path, files: list[str]) -> dict:
        return {
            "inputs": self.inputs,
            "notebook": _hash([(path.name, path)]),
            "figures": {name: _hash([(name, self.figures / name)]) for name in files},
        }

    def _read_state(self) -> dict[str, dict]:
        try:
            state = json.loads(self.state_file.read_text(encoding="utf-8"))
            return {name: state[name] for name in state if (self.notebooks / name).exists()}
        except (OSError, ValueError, RecursionError):
            return {}  # if the record is missing or damaged, everything runs again


def figure_of(name: str, names: Iterable[str]) -> str:
    """The figure that a file belongs to: its name without ending and without the number of another panel's table.

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
    """SHA-256 of what every notebook depends on: package, libraries, the study's data, helpers and lock."""
    helpers = [entry for entry in _below(root / "notebooks", "notebooks") if entry[1].suffix != ".ipynb"]
    files = [*_below(PACKAGE, "package"), *_below(root / "data", "data"), *helpers]
    files.append(("requirements.lock", root / "requirements.lock"))
    return hashlib.sha256(f"{_hash(files)} {_libraries()}".encode()).hexdigest()


def _libraries() -> str:
    """Names and versions of the libraries that the package computes with."""
    try:
        lines = [line for line in requires("policytools") or [] if "extra ==" not in line]
        libraries = sorted({re.split(r"[^\w.-]", line)[0] for line in lines})
        return " ".join(f"{library} {version(library)}" for library in libraries)
    except PackageNotFoundError:
        return ""  # the package is used without being installed


def _below(folder: Path, name: str) -> list[tuple[str, Path]]:
    """Files of a folder, with their paths below `name`, without hidden and compiled ones."""
    files = [(file.relative_to(folder), file) for file in sorted(folder.rglob("*")) if file.is_file()]
    return [
        (f"{name}/{inside.as_posix()}", file)
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
