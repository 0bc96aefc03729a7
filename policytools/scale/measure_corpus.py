"""Measure a stream of policies with Dask workers; the frames go to a folder of Parquet files.

The caller reads the source and is the only one that writes; the workers need access to neither. Only a few parts of
the corpus are in memory at any time. dask and distributed are imported late, as they come with the extra ``scale``.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from policytools._files import PACKAGE
from policytools.coding.codebook import load_codebook
from policytools.scale.process import ProcessError, Setup, close_processes, measure_part, versions
from policytools.scale.results import Destination, Result
from policytools.scale.sources import CorpusPart, Source

if TYPE_CHECKING:
    from distributed import Client, Future

MEASURES = ("readability", "coverage", "vagueness", "terms", "codings", "shingles")
USUAL = ("readability", "coverage", "vagueness", "terms")
# Dask keeps its last 1,000 messages for its logs; here each message holds a part of the corpus.
_NO_LOG = {"distributed.admin.low-level-log-length": 1}
_ATTEMPTS = 3  # for a part whose Dask workers die; Dask itself allows several deaths in each attempt


def measure(
    source: str | Path,
    destination: str | Path,
    client: Client | None = None,
    *,
    measures: Collection[str] = USUAL,
    codebook: str | Path = "disclosure",
    text: str = "text",
    policy_id: str = "policy_id",
    format: str | None = None,
    part_policies: int = 100,
    max_bytes: int = 10_000_000,
    time_limit: float = 300,
    memory_limit: int = 1_500_000_000,
    n_workers: int | None = None,
    progress: bool = True,
) -> Result:
    """Measure a corpus of any size, part by part; the frames go to a folder of Parquet files.

    Parameters
    ----------
    source : path
        A table with a text column (.parquet, .jsonl, .ndjson, .csv, .tsv; all but the first also with .gz, .bz2 or
        .xz), a folder of such tables, or a folder tree of policy files (text, Markdown, HTML, PDF).
    destination : path
        A folder, created if necessary: ``policies/``, ``readability/`` and so on, each with part-00000.parquet and
        following, ``parts/`` with a note for each finished part, and ``manifest.json``. If it holds parts of a run
        of the same source with the same options, they are kept and only the others are measured.
    client : distributed.Client, optional
        Its workers measure; without it, all cores of this machine do.
    measures : collection of str
        Of "readability", "coverage", "vagueness", "terms", "codings" (the evidence behind the coverage) and
        "shingles" (for `similar_pairs`). "policies" is always written.
    codebook : str or path
        As for `load_codebook`.
    text, policy_id, format
        As for `load_table`; without effect on a folder of policy files.
    part_policies : int
        Number of policies in a part; fewer if the texts are long.
    max_bytes : int
        Documents with more bytes are not measured.
    time_limit, memory_limit : float, int
        Seconds and bytes of memory for one document; a document that needs more is not measured.
    n_workers : int, optional
        Cores of this machine to use if no client is given; all by default.
    progress : bool
        Show a progress bar with policies per second and the time left.

    Returns
    -------
    Result

    Raises
    ------
    ValueError
        A source that cannot be read or is incomplete, an unknown measure, an option out of range; a destination that
        holds other files, or parts of a run with another source, other options or other versions.
    OSError
        The disk is full, or the destination cannot be written to.
    ImportError
        The extra ``scale`` is not installed.

    Notes
    -----
    The rows are those of `read_policies` or `load_table` and of the functions of the same name, except that terms
    have no tf-idf: it depends on all policies (`document_frequencies`, `add_tf_idf`).

    A document that cannot be read or measured (empty, binary, too large, over a limit, a second text with the
    same policy_id) has a row in policies whose note begins "not measured: ", and no row in any other frame. A
    policy that can be read but has no sentences has rows in policies and coverage, as in memory. A policy in another
    language is measured; its language and note say so.

    Examples
    --------
    >>> import json, tempfile
    >>> from pathlib import Path
    >>> from policytools.scale import read_measured
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lines = [{"policy_id": "a", "text": "We never sell your data."}, {"policy_id": "b", "text": ""}]
    ...     source = Path(folder, "policies.jsonl")
    ...     _ = source.write_text("\\n".join(map(json.dumps, lines)))
    ...     result = measure(source, Path(folder, "measured"), measures=["readability"], progress=False)
    ...     policies = read_measured(result.destination, "policies")
    ...     readability = read_measured(result.destination, "readability")
    >>> policies["note"].tolist()[1]
    "not measured: column 'text' is empty or not a text"
    >>> readability[["policy_id", "n_words"]].values.tolist()
    [['a', 5]]
    """
    _check(measures, format, client, n_workers)
    _check_limits(
        part_policies=part_policies, max_bytes=max_bytes, time_limit=time_limit, memory_limit=memory_limit
    )
    _require_dask()
    coded = bool({"coverage", "codings"} & set(measures))
    codebook_name, codebook_text = _codebook_text(codebook) if coded else ("", "")
    setup = Setup(
        measures=tuple(name for name in MEASURES if name in measures),
        codebook_name=codebook_name,
        codebook_text=codebook_text,
        versions=versions(),
        time_limit=time_limit,
        memory_limit=memory_limit,
        run_id=os.urandom(6).hex(),
    )
    stream = Source(source, text=text, policy_id=policy_id, format=format, max_bytes=max_bytes)
    options = {
        "measures": list(setup.measures),
        "codebook": hashlib.sha256(codebook_text.encode()).hexdigest(),
        "text": text,
        "policy_id": policy_id,
        "format": format or "",
        "part_policies": part_policies,
        "max_bytes": max_bytes,
    }
    written = Destination(Path(destination), setup.measures)
    written.open({"versions": setup.versions, "options": options, "source": stream.digest})
    with (
        _workers(client, n_workers, setup.run_id) as workers,
        tqdm(
            total=stream.n_policies, desc="measuring", unit=" policies", disable=not progress, smoothing=0.05
        ) as bar,
    ):
        _Dispatcher(workers, setup, written, stream, bar).measure_all(part_policies)
    result = written.close()
    if not result.n_policies:
        raise ValueError(f"{source}: no policies in it")
    return result


# --- the run


class _Dispatcher:
    """Reads parts from the source, hands them to Dask workers, writes what they return in any order."""

    def __init__(self, client: Client, setup: Setup, written: Destination, stream: Source, bar: tqdm) -> None:
        from distributed import as_completed

        self.client, self.setup, self.written, self.stream, self.bar = client, setup, written, stream, bar
        self.completed = as_completed()
        self.running: dict[str, tuple[Future, CorpusPart, int]] = {}

    def measure_all(self, part_policies: int) -> None:
        try:
            for part in self.stream.parts(part_policies):
                if n := self.written.finished(part):
                    if not self.bar.disable:
                        self.bar.initial += n  # does not count for policies per second
                    self._advance(n)
                    continue
                # Two parts for each worker, so that none waits; more would only use memory.
                while len(self.running) >= 2 * max(sum(self.client.nthreads().values()), 1):
                    self._finish_one()
                self._submit(part, attempt=1)
            while self.running:
                self._finish_one()
        except BaseException:
            self.client.cancel([future for future, _, _ in self.running.values()], force=True)
            raise

    def _submit(self, part: CorpusPart, *, attempt: int) -> None:
        key = f"measure-{self.setup.run_id}-{part.number}-{attempt}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Dask warns of large tasks; their number is limited above
            future = self.client.submit(measure_part, part.documents, self.setup, key=key, pure=False)
        self.running[key] = future, part, attempt
        self.completed.add(future)

    def _finish_one(self) -> None:
        future, part, attempt = self.running.pop(next(self.completed).key)
        if future.status == "finished":
            measured = future.result()
            self.written.write(part, measured)
            self._advance(measured.n_policies)
            return
        error = future.exception() if future.status == "error" else future.status
        if isinstance(error, ProcessError):
            raise error
        if attempt == _ATTEMPTS:
            raise ProcessError(
                f"part {part.number} was lost {attempt} times, and no document is the cause: {error}"
            )
        self._submit(part, attempt=attempt + 1)

    def _advance(self, n: int) -> None:
        if self.bar.disable:
            return
        if self.stream.n_policies is None and self.stream.share_read:
            self.bar.total = max(int((self.bar.n + n) / self.stream.share_read), self.bar.n + n)
        if self.written.n_not_measured:
            self.bar.set_postfix_str(f"{self.written.n_not_measured:,} not measured", refresh=False)
        self.bar.update(n)


@contextmanager
def _workers(client: Client | None, n_workers: int | None, run_id: str) -> Iterator[Client]:
    """The client given, once it has a worker; without one, a client of workers on this machine."""
    if client is None:
        with _local_cluster(n_workers) as own:
            try:
                yield own
            finally:
                close_processes(run_id)
        return
    if client.asynchronous:
        raise ValueError("client: must not be asynchronous")
    try:
        client.wait_for_workers(1, timeout=60)
    except TimeoutError:
        raise OSError("the Dask cluster has had no worker for 60 seconds") from None
    try:
        yield client
    finally:
        if client.status == "running":
            client.run(close_processes, run_id)


@contextmanager
def _local_cluster(n_workers: int | None) -> Iterator[Client]:
    import dask
    import distributed

    # Workers are threads: each has a measuring process of its own, so a process around it would gain nothing, and a
    # script that calls `measure` needs no main guard. Nothing of Dask is served to the network.
    with (
        tempfile.TemporaryDirectory() as scratch,
        dask.config.set({
            "temporary-directory": scratch,
            "distributed.scheduler.http.routes": [],
            "distributed.worker.http.routes": [],
            **_NO_LOG,
        }),
        distributed.LocalCluster(
            n_workers=n_workers or os.cpu_count() or 1, threads_per_worker=1, processes=False, memory_limit=0,
            dashboard_address="127.0.0.1:0", worker_dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": False}, silence_logs=logging.CRITICAL,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):  # fmt: skip
        yield client


@contextmanager
def connect(scheduler: str | None) -> Iterator[Client | None]:
    """A client of the Dask cluster at the address of its scheduler; None without an address."""
    if not scheduler:
        yield None
        return
    _require_dask()
    import dask
    from distributed import Client

    try:
        with dask.config.set(_NO_LOG):
            client = Client(scheduler, timeout=20)
    except (OSError, ValueError) as error:
        raise OSError(f"no Dask scheduler answers at {scheduler}: {error}") from None
    with client:
        yield client


# --- options


def _check(
    measures: Collection[str], format: str | None, client: Client | None, n_workers: int | None
) -> None:
    if isinstance(measures, str) or not measures or not set(measures) <= set(MEASURES):
        raise ValueError(f"measures: must be a collection of {', '.join(MEASURES)}, not {measures!r}")
    if format not in (None, "text", "markdown", "html"):
        raise ValueError(f"format: must be 'text', 'markdown' or 'html', not {format!r}")
    if n_workers is not None and (client is not None or n_workers < 1):
        raise ValueError(f"n_workers: must be 1 or more, and not given together with a client: {n_workers!r}")


def _check_limits(**limits: float) -> None:
    for name, limit in limits.items():
        if isinstance(limit, bool) or not limit > 0:
            raise ValueError(f"{name}: must be above 0, not {limit!r}")


def _codebook_text(codebook: str | Path) -> tuple[str, str]:
    """Name and text of a codebook's file; its errors are raised here, before any work."""
    load_codebook(codebook)
    path = Path(codebook)
    if path.suffix != ".toml":
        path = PACKAGE / "codebooks" / f"{codebook}.toml"
    return path.name, path.read_text(encoding="utf-8-sig")


def _require_dask() -> None:
    missing = [name for name in ("dask", "distributed", "pyarrow", "psutil") if not find_spec(name)]
    if missing:
        raise ImportError(f"measure needs {', '.join(missing)}: pip install 'policytools[scale]'")
