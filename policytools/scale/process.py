"""Policies measured in a process of their own, which may be killed without harm.

`measure_part` runs in a Dask worker. It keeps one process, hands it the policies of a part and watches it. If the
process dies, takes too much memory or gives no sign of life, its policies are tried one by one in a new one, and
those that do it again are left out, with the reason. So no document can take a worker or a run down.

The other half, at the end of the file, is that process: `main`.
"""

from __future__ import annotations

import atexit
import io
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import time
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

# What the numbers depend on.
LIBRARIES = [
    "numpy", "pandas", "pyarrow", "nupunkt", "nltk", "textstat", "ftfy", "charset-normalizer", "lxml", "markdown-it-py",
    "pypdfium2", "py3langid", "regex",
]  # fmt: skip
_START = 900.0  # seconds until a new process has to be ready, on the slowest machine


class Setup(NamedTuple):
    """What a run does with each part."""

    measures: tuple[str, ...]
    codebook_name: str
    codebook_text: str
    versions: dict[str, str]
    time_limit: float
    memory_limit: int
    run: str  # a name for the run, by which its processes are ended


class Measured(NamedTuple):
    """The frames of one part as Parquet files, and what was counted on the way."""

    frames: dict[str, bytes]
    n_policies: int
    n_not_measured: int
    n_documents: int  # policies with words, which tf-idf is relative to


class ProcessError(OSError):
    """Measuring cannot work at all on a worker: not a matter of any document."""


class _Lost(Exception):
    """The process ended over what it was given; someone else may have ended it."""


class _Failed(Exception):
    """What it was given cannot be measured: the process says so, or it was ended for going beyond a limit."""


def versions() -> dict[str, str]:
    """Versions of what the numbers depend on."""
    from policytools import __version__

    found = {"policytools": __version__, "python": ".".join(map(str, sys.version_info[:2]))}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found


# --- in the worker

_own = threading.local()
_processes: set[_Process] = set()
_ended: set[str] = set()  # runs whose processes were ended


def measure_part(documents: list[bytes], setup: Setup) -> Measured:
    """Measure pickled documents; whatever they do, there is a row of `policies` for each."""
    try:
        return _ask(documents, {}, setup)
    except (_Lost, _Failed):
        pass
    refused: dict[int, str] = {}
    for number, document in enumerate(documents):
        for attempt in (1, 2):
            try:
                _ask([document], {}, setup)
                break
            except _Failed as error:
                refused[number] = str(error)
                break
            except _Lost as error:
                if attempt == 2:
                    refused[number] = str(error)
    for attempt in (1, 2, 3):
        try:
            return _ask(documents, refused, setup)
        except (_Lost, _Failed) as error:
            said = str(error)
    raise ProcessError(f"each of its policies can be measured, or is left out, but not all together: {said}")


def close_processes(run: str | None = None) -> None:
    """End the measuring processes that this one started, of one run or of all."""
    if run:
        _ended.add(run)
    for process in list(_processes):
        if run in (None, process.setup.run):
            process.kill()


atexit.register(close_processes)


def _ask(documents: list[bytes], refused: dict[int, str], setup: Setup) -> Measured:
    if setup.run in _ended:
        raise ProcessError("the run was ended")
    process = getattr(_own, "process", None)
    if process is None or process.setup != setup or process.popen.poll() is not None:
        if process is not None:
            process.kill()
        process = _own.process = _Process(setup)
    return process.ask((documents, refused), limit=setup.time_limit)


class _Process:
    """A measuring process and the watch over it."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.reason = ""
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 as long as the process
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
        }
        self.popen = subprocess.Popen(
            [sys.executable, "-c", "from policytools.scale.worker import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env=environment,
        )
        _processes.add(self)
        if setup.run in _ended:  # meanwhile
            self.kill()
        try:
            theirs = self.ask(setup, limit=_START)
        except _Failed as error:
            self.kill()
            raise ProcessError(f"the measuring process cannot start: {error}") from None
        except _Lost as error:
            self.errors.seek(0, io.SEEK_END)
            self.errors.seek(max(self.errors.tell() - 500, 0))
            said = " ".join(self.errors.read().decode("utf-8", "replace").split())
            raise ProcessError(f"the measuring process cannot start: {error}; {said}") from None
        if theirs != setup.versions:
            self.kill()
            name = next(name for name in setup.versions if theirs.get(name) != setup.versions[name])
            raise ProcessError(
                f"a worker has {name} {theirs.get(name) or 'not'} installed, the caller {setup.versions[name]}"
            )

    def ask(self, question: Any, *, limit: float) -> Any:
        assert self.popen.stdin and self.popen.stdout
        self.sign, self.reason = time.monotonic(), ""
        answered = threading.Event()
        watch = threading.Thread(target=self._watch, args=(answered, limit), daemon=True)
        watch.start()
        try:
            pickle.dump(question, self.popen.stdin)
            self.popen.stdin.flush()
            while (answer := pickle.load(self.popen.stdout)) is None:
                self.sign = time.monotonic()
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):  # ValueError: closed meanwhile
            answered.set()
            watch.join()
            code = self.kill()
            if self.reason:
                raise _Failed(self.reason) from None
            raise _Lost(f"the process that measured it ended (exit code {code})") from None
        finally:
            answered.set()
        watch.join()
        if isinstance(answer, str):
            raise _Failed(answer)
        return answer

    def _watch(self, answered: threading.Event, limit: float) -> None:
        import psutil

        try:
            process = psutil.Process(self.popen.pid)
            while not answered.wait(0.2):
                if time.monotonic() - self.sign > limit:
                    self.reason = f"measuring took longer than time_limit={limit:g} seconds"
                elif process.memory_info().rss > self.setup.memory_limit:
                    self.reason = (
                        f"measuring took more memory than memory_limit={self.setup.memory_limit:,} bytes"
                    )
                if self.reason:
                    self.popen.kill()
                    return
        except psutil.Error:  # it ended by itself
            return

    def kill(self) -> int:
        _processes.discard(self)
        self.popen.kill()
        for pipe in (self.popen.stdin, self.popen.stdout):
            if pipe:
                try:
                    pipe.close()
                except OSError:  # what was not sent yet
                    pass
        return self.popen.wait()
