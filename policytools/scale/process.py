"""Policies measured in a process of their own, which may be killed without harm.

`measure_part` runs in a Dask worker. It keeps one measuring process (`worker.main`), sends it the policies of a part
and watches it. If the process dies, uses too much memory or gives no sign of life, the policies are tried one by one
in a new process; those that fail again are left out, with the reason. So no document can end a Dask worker or a run.
psutil is imported late, as it comes with the extra ``scale``.
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
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

from policytools import __version__

# The numbers depend on the versions of these.
LIBRARIES = [
    "numpy", "pandas", "pyarrow", "nupunkt", "nltk", "textstat", "ftfy", "charset-normalizer", "lxml", "markdown-it-py",
    "pypdfium2", "py3langid", "regex",
]  # fmt: skip
_START = 900.0  # seconds until a new process must be ready, also on a slow machine


class Setup(NamedTuple):
    """What is measured in each part, and how."""

    measures: tuple[str, ...]
    codebook_name: str
    codebook_text: str
    versions: dict[str, str]
    time_limit: float
    memory_limit: int
    run_id: str  # the processes of a run are ended by it


class Measured(NamedTuple):
    """The frames of one part as Parquet files, with counts."""

    frames: dict[str, bytes]
    n_policies: int
    n_not_measured: int
    n_documents: int  # policies with words: the N of tf-idf


class ProcessError(OSError):
    """A worker cannot measure anything; no document is the cause."""


class _Lost(Exception):
    """The measuring process died; the document may not be the cause."""


class _Failed(Exception):
    """The documents cannot be measured: the process says so, or was killed because it exceeded a limit."""


def versions() -> dict[str, str]:
    """Versions of everything that the numbers depend on; "" for a library that is not installed."""
    found = {"policytools": __version__, "python": ".".join(map(str, sys.version_info[:2]))}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found


# --- in the Dask worker

_own = threading.local()
_processes: set[_Process] = set()
_ended_runs: set[str] = set()


def measure_part(documents: list[bytes], setup: Setup) -> Measured:
    """Measure pickled documents; each has a row of `policies` in the result, also if it cannot be measured."""
    try:
        return _ask(documents, {}, setup)
    except (_Lost, _Failed):
        reasons = {number: _why_not(document, setup) for number, document in enumerate(documents)}
    refused = {number: reason for number, reason in reasons.items() if reason}
    for _ in range(3):
        try:
            return _ask(documents, refused, setup)
        except (_Lost, _Failed) as error:
            reason = str(error)
    raise ProcessError(f"the policies of a part can be measured one by one, but not together: {reason}")


def _why_not(document: bytes, setup: Setup) -> str:
    """Why a document cannot be measured by itself; "" if it can."""
    reason = ""
    for _ in range(2):  # the process may have died for another reason
        try:
            _ask([document], {}, setup)
            return ""
        except _Failed as error:
            return str(error)
        except _Lost as error:
            reason = str(error)
    return reason


def close_processes(run_id: str | None = None) -> None:
    """End the measuring processes that this process started, of one run or of all."""
    if run_id:
        _ended_runs.add(run_id)
    for process in list(_processes):
        if run_id in (None, process.setup.run_id):
            process.kill()


atexit.register(close_processes)


def _ask(documents: list[bytes], refused: dict[int, str], setup: Setup) -> Measured:
    if setup.run_id in _ended_runs:
        raise ProcessError("the run was ended")
    process = getattr(_own, "process", None)
    if process is None or process.setup != setup or process.popen.poll() is not None:
        if process is not None:
            process.kill()
        process = _own.process = _Process(setup)
    return process.ask((documents, refused), limit=setup.time_limit)


class _Process:
    """A measuring process, started and watched."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.reason = ""
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 open as long as the process runs
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
        if setup.run_id in _ended_runs:  # while the process started
            self.kill()
        try:
            installed = self.ask(setup, limit=_START)
        except _Failed as error:
            self.kill()
            raise ProcessError(f"the measuring process cannot start: {error}") from None
        except _Lost as error:
            raise ProcessError(
                f"the measuring process cannot start: {error}; {self._last_errors()}"
            ) from None
        if installed != setup.versions:
            self.kill()
            name = next(name for name in setup.versions if installed.get(name) != setup.versions[name])
            raise ProcessError(
                f"{name}: a worker has version {installed.get(name) or 'none'}, the caller has "
                f"{setup.versions[name] or 'none'}; install the same version"
            )

    def _last_errors(self) -> str:
        self.errors.seek(0, io.SEEK_END)
        self.errors.seek(max(self.errors.tell() - 500, 0))
        return " ".join(self.errors.read().decode("utf-8", "replace").split())

    def ask(self, question: Any, *, limit: float) -> Any:
        """The answer of the process; `limit` is the number of seconds without a sign of life that it may take."""
        assert self.popen.stdin and self.popen.stdout
        self.last_sign, self.reason = time.monotonic(), ""
        answered = threading.Event()
        watch = threading.Thread(target=self._watch, args=(answered, limit), daemon=True)
        watch.start()
        try:
            pickle.dump(question, self.popen.stdin)
            self.popen.stdin.flush()
            while (answer := pickle.load(self.popen.stdout)) is None:
                self.last_sign = time.monotonic()
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):  # ValueError: the pipe was closed
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
                if time.monotonic() - self.last_sign > limit:
                    self.reason = f"measuring took longer than time_limit={limit:g} seconds"
                elif process.memory_info().rss > self.setup.memory_limit:
                    self.reason = (
                        f"measuring took more memory than memory_limit={self.setup.memory_limit:,} bytes"
                    )
                if self.reason:
                    self.popen.kill()
                    return
        except psutil.Error:  # the process ended
            return

    def kill(self) -> int:
        _processes.discard(self)
        self.popen.kill()
        for pipe in filter(None, (self.popen.stdin, self.popen.stdout)):
            with suppress(OSError):  # bytes that were not sent yet
                pipe.close()
        return self.popen.wait()
