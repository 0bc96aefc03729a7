"""The same measures for a million policies: over Dask, from a stream of policies to a folder of Parquet files.

Needs the extra ``scale``: ``pip install 'policytools[scale]'``. The caller reads the source and is the only one that
writes; workers, wherever they are, need to see neither. What is in memory at any time is a few parts.
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
from policytools.scale.results import (
    Destination,
    Result,
    add_tf_idf,
    document_frequencies,
    read_measured,
)
from policytools.scale.similar_pairs import similar_pairs
from policytools.scale.sources import Part, Source

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["Result", "add_tf_idf", "document_frequencies", "measure", "read_measured", "similar_pairs"]

MEASURES = ("readability", "coverage", "vagueness", "terms", "codings", "shingles")
USUAL = ("readability", "coverage", "vagueness", "terms")
# Dask keeps the last thousand messages for its logs; here each is a part of the corpus.
_NO_LOG = {"distributed.admin.low-level-log-length": 1}
_TRIES = 3  # of a part whose workers die each time, each with several deaths that Dask allows


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
    """Measure a corpus of any size; the frames go to a folder of Parquet files, part by part.

    Parameters
    ----------
    source : path
        A table with a text column (.parquet, .jsonl, .ndjson, .csv, .tsv; all but the first also with .gz, .bz2 or
        .xz), a folder of such tables, or a folder tree of policy files (text, Markdown, HTML, PDF).
    destination : path
        A folder, made if it is not there: ``policies/``, ``readability/`` and so on, each with part-00000.parquet
        and further, ``parts/`` with a note for each finished part, and ``manifest.json``. If it holds parts of a
        run of the same source with the same options, they are kept and the others are measured.
    client : distributed.Client, optional
        Whose workers measure; without it, all cores of this machine.
    measures : collection of str
        Of "readability", "coverage", "vagueness", "terms", "codings" (the evidence behind the coverage) and
        "shingles" (for `similar_pairs`). "policies" is always written.
    codebook : str or path
        As for `load_codebook`.
    text, policy_id, format
        As for `load_table`; of no effect on a folder of policy files.
    part_policies : int
        Policies of a part; a part of long texts has fewer.
    max_bytes : int
        A larger document is not measured.
    time_limit, memory_limit : float, int
        Seconds and bytes that a document may take; one that takes more is not measured.
    n_workers : int, optional
        Of this machine's cores, where no client is given.
    progress : bool
        Show a progress bar with policies per second and the time left.

    Returns
    -------
    Result

    Raises
    ------
    ValueError
        A source that is none or breaks off, an unknown measure, an option out of range; a destination that holds
        something else, or parts of another source or of a run with other options or versions.
    OSError
        The disk is full, or the destination cannot be written.
    ImportError
        The extra ``scale`` is not installed.

    Notes
    -----
    The rows are those that `read_policies` or `load_table` and the functions of the same name give, except that
    terms have no tf-idf: it depends on all policies (`document_frequencies`, `add_tf_idf`).

    A document that cannot be read or measured (empty, binary, too large, over a limit, a second text with the
    same policy_id) has a row in policies whose note begins "not measured: ", and no row in any other frame. A
    policy that can be read but has no sentences has rows in policies and coverage, as in memory. One in another
    language is measured, and its language and note say so.

    Examples
    --------
    >>> import json, tempfile
    >>> from pathlib import Path
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
    _check(
        measures,
        part_policies=part_policies,
        max_bytes=max_bytes,
        time_limit=time_limit,
        memory_limit=memory_limit,
    )
    if n_workers is not None and (client is not None or n_workers < 1):
        raise ValueError(f"n_workers: {n_workers!r}; must be 1 or more, and only where no client is given")
    if format not in (None, "text", "markdown", "html"):
        raise ValueError(f"format: must be 'text', 'markdown' or 'html', not {format!r}")
    _require_dask()
    coded = bool({"coverage", "codings"} & set(measures))
    codebook_name, codebook_text = _codebook_text(codebook) if coded else ("", "")
    setup = Setup(
        tuple(name for name in MEASURES if name in measures),
        codebook_name,
        codebook_text,
        versions(),
        time_limit,
        memory_limit,
        run=os.urandom(6).hex(),
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
        _workers(client, n_workers, setup.run) as workers,
        tqdm(
            total=stream.n_policies, desc="measuring", unit=" policies", disable=not progress, smoothing=0.05
        ) as bar,
    ):
        _Run(workers, setup, written, stream, bar).run(part_policies)
    result = written.close()
    if not result.n_policies:
        raise ValueError(f"{source}: no policies in it")
    return result


# --- the run


class _Run:
    """Parts on their way: read from the stream, measured by workers, written in whatever order they come back."""

    def __init__(self, client: Client, setup: Setup, written: Destination, stream: Source, bar: tqdm) -> None:
        from distributed import as_completed

        self.client, self.setup, self.written, self.stream, self.bar = client, setup, written, stream, bar
        self.done = as_completed()
        self.running: dict[str, tuple[Future, Part, int]] = {}

    def run(self, part_policies: int) -> None:
        try:
            for part in self.stream.parts(part_policies):
                if n := self.written.finished(part):
                    if not self.bar.disable:
                        self.bar.initial += n  # does not count for policies per second
                    self._advance(n)
                    continue
                # Two parts for each worker, so that none waits; more would only take memory.
                while len(self.running) >= 2 * max(sum(self.client.nthreads().values()), 1):
                    self._finish_one()
                self._submit(part, attempt=1)
            while self.running:
                self._finish_one()
        except BaseException:
            self.client.cancel([future for future, _, _ in self.running.values()], force=True)
            raise

    def _submit(self, part: Part, *, attempt: int) -> None:
        key = f"measure-{self.setup.run}-{part.number}-{attempt}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the size of a part: what is under way is bounded here
            future = self.client.submit(measure_part, part.documents, self.setup, key=key, pure=False)
        self.running[key] = future, part, attempt
        self.done.add(future)

    def _finish_one(self) -> None:
        future, part, attempt = self.running.pop(next(self.done).key)
        if future.status == "finished":
            measured = future.result()
            self.written.write(part, measured)
            self._advance(measured.n_policies)
            return
        error = future.exception() if future.status == "error" else future.status
        if isinstance(error, ProcessError):
            raise error
        if attempt == _TRIES:
            raise ProcessError(f"part {part.number} was lost {attempt} times, not by its documents: {error}")
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
def _workers(client: Client | None, n_workers: int | None, run: str) -> Iterator[Client]:
    import dask
    import distributed

    if client is not None:
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
                client.run(close_processes, run)
        return
    # Workers as threads: each has a measuring process of its own, so nothing is gained by another one around it, and
    # a script that calls `measure` needs no main guard. What Dask would serve to a browser stays off the network.
    with (
        tempfile.TemporaryDirectory() as scratch,
        dask.config.set(
            {
                "temporary-directory": scratch,
                **_NO_LOG,
                "distributed.scheduler.http.routes": [],
                "distributed.worker.http.routes": [],
            }
        ),
        distributed.LocalCluster(
            n_workers=n_workers or os.cpu_count() or 1,
            threads_per_worker=1,
            processes=False,
            dashboard_address="127.0.0.1:0",
            worker_dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": False},
            memory_limit=0,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        distributed.Client(cluster) as own,
    ):
        try:
            yield own
        finally:
            close_processes(run)


@contextmanager
def connect(scheduler: str | None) -> Iterator[Client | None]:
    """A client of the cluster at an address; None without one."""
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


def _check(measures: Collection[str], **limits: float) -> None:
    if isinstance(measures, str) or not measures or not set(measures) <= set(MEASURES):
        raise ValueError(f"measures: must be a collection of {', '.join(MEASURES)}, not {measures!r}")
    for name, limit in limits.items():
        if isinstance(limit, bool) or not limit > 0:
            raise ValueError(f"{name}: must be above 0, not {limit!r}")


def _codebook_text(codebook: str | Path) -> tuple[str, str]:
    """Name and text of a codebook's file, which is checked here, before any work."""
    load_codebook(codebook)
    path = Path(codebook)
    if path.suffix != ".toml":
        path = PACKAGE / "codebooks" / f"{codebook}.toml"
    return path.name, path.read_text(encoding="utf-8-sig")


def _require_dask() -> None:
    missing = [name for name in ("dask", "distributed", "pyarrow", "psutil") if not find_spec(name)]
    if missing:
        raise ImportError(f"measure needs {', '.join(missing)}: pip install 'policytools[scale]'")
