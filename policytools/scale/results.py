"""The folder of Parquet files that `scale.measure` writes, and how to read it. Only whole parts count."""

import errno
import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from policytools._files import write_whole
from policytools._frames import typed_frame
from policytools.measures.terms import TERMS, rates
from policytools.scale.process import Measured
from policytools.scale.sources import CorpusPart

_FREQUENCIES = {"term": "str", "document_frequency": "int64", "n_documents": "int64"}


@dataclass(frozen=True)
class Result:
    """Where `measure` has written, and how much."""

    destination: Path
    n_policies: int
    n_not_measured: int
    n_parts: int

    def __str__(self) -> str:
        n = self.n_not_measured
        left_out = f" ({n:,} of them not measured, see policies.note)" if n else ""
        return f"{self.destination}: {self.n_policies:,} policies{left_out} in {self.n_parts:,} parts"


class Destination:
    """The folder of a run. A part counts once its note is in ``parts/``; the note is written last."""

    def __init__(self, path: Path, measures: tuple[str, ...]) -> None:
        self.path, self.frames = path, ("policies", *measures)
        self.notes: dict[int, dict[str, Any]] = {}
        self.n_not_measured = 0

    def open(self, facts: dict[str, Any]) -> None:
        """Create the folder, or continue what a run with the same facts has left there."""
        self.facts = facts
        manifest = self.path / "manifest.json"
        with self._disk_errors("nothing was measured"):
            self.path.mkdir(parents=True, exist_ok=True)
            if manifest.exists():
                self._continue(json.loads(manifest.read_text(encoding="utf-8")))
            elif any(self.path.iterdir()):
                raise ValueError(
                    f"{self.path}: holds other files and no manifest.json; give an empty folder or a new one"
                )
            write_whole(manifest, json.dumps(facts, indent=1).encode())
            for name in (*self.frames, "parts"):
                (self.path / name).mkdir(exist_ok=True)
        self._remove_incomplete()

    def _continue(self, known: dict[str, Any]) -> None:
        for fact, now in self.facts.items():
            was = known.get(fact)
            if was == now:
                continue
            if isinstance(now, dict) and isinstance(was, dict):
                name = next(name for name in now if was.get(name) != now[name])
                fact, was, now = f"{fact}: {name}", was.get(name), now[name]
            raise ValueError(
                f"{self.path}: holds parts of another run ({fact} was {was!r}, is now {now!r}); give another folder, or "
                f"remove this one"
            )
        for number, note in _notes(self.path).items():
            if all(self._file(frame, number).exists() for frame in self.frames):
                self.notes[number] = note

    def _remove_incomplete(self) -> None:
        """Remove files of parts that a killed run has not finished."""
        whole = {self._file(frame, number) for frame in self.frames for number in self.notes}
        whole |= {self._note(number) for number in self.notes}
        for name in (*self.frames, "parts"):
            for file in (self.path / name).iterdir():
                if file not in whole:
                    file.unlink()

    def finished(self, part: CorpusPart) -> int:
        """Number of policies of a part that was finished before, else 0."""
        note = self.notes.get(part.number)
        if note is None:
            return 0
        if note["digest"] != part.digest:
            raise ValueError(
                f"{self.path}: the text of part {part.number} has changed in the source since it was measured; give another "
                "folder, or remove this one"
            )
        self.n_not_measured += note["n_not_measured"]
        return note["n_policies"]

    def write(self, part: CorpusPart, measured: Measured) -> None:
        """Write a part, whole or not at all."""
        note = {
            "digest": part.digest,
            "n_policies": measured.n_policies,
            "n_not_measured": measured.n_not_measured,
            "n_documents": measured.n_documents,
        }
        files = {self._file(frame, part.number): measured.frames[frame] for frame in self.frames}
        files[self._note(part.number)] = json.dumps(note).encode()
        with self._disk_errors(f"the {len(self.notes):,} finished parts are kept"):
            try:
                for file, content in files.items():
                    write_whole(file, content)
            except BaseException:
                for file in files:
                    file.unlink(missing_ok=True)
                raise
        self.notes[part.number] = note
        self.n_not_measured += measured.n_not_measured

    def close(self) -> Result:
        """Note in the manifest that the run is complete."""
        notes = self.notes.values()
        done = {
            "n_policies": sum(note["n_policies"] for note in notes),
            "n_not_measured": sum(note["n_not_measured"] for note in notes),
            "n_parts": len(notes),
        }
        manifest = json.dumps({**self.facts, "complete": done}, indent=1)
        with self._disk_errors("all parts are kept"):
            write_whole(self.path / "manifest.json", manifest.encode())
        return Result(self.path, **done)

    def _file(self, frame: str, number: int) -> Path:
        return self.path / frame / f"part-{number:05d}.parquet"

    def _note(self, number: int) -> Path:
        return self.path / "parts" / f"part-{number:05d}.json"

    @contextmanager
    def _disk_errors(self, kept: str) -> Iterator[None]:
        """Say of an OSError what is kept of the run, and how to continue."""
        try:
            yield
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            cause = "the disk is full" if full else error.strerror or str(error)
            message = f"cannot write: {cause}; {kept}, run the same again to continue"
            raise OSError(error.errno or errno.EIO, message, str(self.path)) from error


# --- reading


def read_measured(
    destination: str | Path, frame: str, *, columns: Collection[str] | None = None
) -> pd.DataFrame:
    """One frame of a folder that `measure` wrote, with the rows of its finished parts in order.

    Parameters
    ----------
    destination : path
    frame : str
        "policies", "readability" and so on.
    columns : collection of str, optional
        Columns to read; all by default.

    Returns
    -------
    DataFrame
        In memory: for large corpora query the files instead, with DuckDB or pyarrow.

    Raises
    ------
    ValueError
        The folder was not written by `measure`, or does not have the frame.

    Examples
    --------
    >>> read_measured("docs", "policies")
    Traceback (most recent call last):
    ...
    ValueError: destination: docs has no manifest.json: `measure` did not write it
    """
    import pyarrow.parquet

    files = measured_files(destination, frame)
    if not files:
        raise ValueError(f"destination: {destination} has no finished part yet")
    names = None if columns is None else list(columns)
    return pyarrow.parquet.read_table(files, columns=names).to_pandas().reset_index(drop=True)


def document_frequencies(destination: str | Path) -> pd.DataFrame:
    """Number of policies that each term occurs in, over the whole corpus: the input of `add_tf_idf`.

    Parameters
    ----------
    destination : path
        A folder that `measure` wrote, with terms.

    Returns
    -------
    DataFrame
        One row for each term, by term: term (str), document_frequency, n_documents (int, policies with words).
        It holds every distinct term of the corpus.
    """
    import pyarrow.dataset
    from pyarrow import acero

    files = measured_files(destination, "terms")
    n_documents = sum(note["n_documents"] for note in _notes(Path(destination)).values())
    if not files:
        return typed_frame(dict.fromkeys(_FREQUENCIES, ()), _FREQUENCIES)
    # A policy has one row for each of its terms. The rows are streamed, so that only distinct terms are in memory.
    rows = acero.ScanNodeOptions(pyarrow.dataset.dataset(files), columns=["term"])
    count = acero.AggregateNodeOptions([("term", "hash_count", None, "document_frequency")], keys=["term"])
    steps = [acero.Declaration("scan", rows), acero.Declaration("aggregate", count)]
    frame = (
        acero.Declaration.from_sequence(steps).to_table().to_pandas().sort_values("term", ignore_index=True)
    )
    return typed_frame({**frame, "n_documents": np.full(len(frame), n_documents)}, _FREQUENCIES)


def add_tf_idf(terms: pd.DataFrame, *, frequencies: pd.DataFrame) -> pd.DataFrame:
    """Add tf-idf to the terms of some policies: the columns and values of `term_frequencies`.

    Parameters
    ----------
    terms : DataFrame
        Rows of the terms that `measure` wrote, for as many policies as memory holds: policy_id, term, n, n_words,
        per_thousand.
    frequencies : DataFrame
        From `document_frequencies`.

    Returns
    -------
    DataFrame
        As from `term_frequencies` over the whole corpus, in the order of `terms`.

    Raises
    ------
    ValueError
        A term that is not in `frequencies`.

    Examples
    --------
    >>> terms = pd.DataFrame({"policy_id": ["a"], "term": ["data"], "n": [2], "n_words": [4], "per_thousand": [500.0]})
    >>> frequencies = pd.DataFrame({"term": ["data"], "document_frequency": [10], "n_documents": [1000]})
    >>> add_tf_idf(terms, frequencies=frequencies)["tf_idf"].round(3).tolist()  # 2 / 4 * ln(1000 / 10)
    [2.303]
    """
    found = terms[["policy_id", "term", "n", "n_words", "per_thousand"]].merge(
        frequencies, on="term", how="left", validate="many_to_one"
    )
    unknown = found.loc[found["document_frequency"].isna(), "term"]
    if len(unknown):
        raise ValueError(f"frequencies: {len(unknown):,} terms are missing, first {unknown.head(3).tolist()}")
    counts = (found[name].to_numpy() for name in ("n", "n_words", "document_frequency", "n_documents"))
    return typed_frame({**found, **rates(*counts), "section": [""] * len(found)}, TERMS)


def measured_files(destination: str | Path, frame: str) -> list[Path]:
    """The Parquet files of one frame in a folder that `measure` wrote, finished parts in order."""
    path = Path(destination)
    if not (path / "manifest.json").is_file():
        raise ValueError(f"destination: {path} has no manifest.json: `measure` did not write it")
    if not (path / frame).is_dir() or frame == "parts":
        measures = json.loads((path / "manifest.json").read_text(encoding="utf-8"))["options"]["measures"]
        raise ValueError(f"frame: {path} has no {frame!r}; it has {', '.join(['policies', *measures])}")
    return [path / frame / f"part-{number:05d}.parquet" for number in sorted(_notes(path))]


def _notes(path: Path) -> dict[int, dict[str, Any]]:
    """Number of each finished part -> its note."""
    return {
        int(note.stem.removeprefix("part-")): json.loads(note.read_text(encoding="utf-8"))
        for note in (path / "parts").glob("part-*.json")
    }
