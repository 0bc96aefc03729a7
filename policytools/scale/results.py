"""What `scale.measure` writes, and how it is read: a folder of Parquet files of which only whole parts count."""

from __future__ import annotations

import errno
import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from policytools._frames import typed_frame
from policytools.measures.terms import TERMS, rates
from policytools.scale.process import Measured
from policytools.scale.sources import Part

_FREQUENCIES = {"term": "str", "document_frequency": "int64", "n_documents": "int64"}


@dataclass(frozen=True)
class Result:
    """What `measure` has written, and where."""

    destination: Path
    n_policies: int
    n_not_measured: int
    n_parts: int

    def __str__(self) -> str:
        left_out = f" ({self.n_not_measured:,} of them not measured, see policies.note)" * bool(
            self.n_not_measured
        )
        return f"{self.destination}: {self.n_policies:,} policies{left_out} in {self.n_parts:,} parts"


class Destination:
    """The folder of a run. A part counts once its note stands in ``parts/``, which is written last."""

    def __init__(self, path: Path, measures: tuple[str, ...]) -> None:
        self.path, self.frames = path, ("policies", *measures)
        self.notes: dict[int, dict[str, Any]] = {}
        self.n_not_measured = 0

    def open(self, facts: dict[str, Any]) -> None:
        """Make the folder, or take up what a run with the same facts has left there."""
        self.facts = facts
        manifest = self.path / "manifest.json"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if manifest.exists():
                self._take_up(json.loads(manifest.read_text(encoding="utf-8")))
            elif any(self.path.iterdir()):
                raise ValueError(
                    f"{self.path}: holds other files and no manifest.json; give an empty folder or a new one"
                )
            self._put(manifest, json.dumps(facts, indent=1).encode())
            for name in (*self.frames, "parts"):
                (self.path / name).mkdir(exist_ok=True)
        except OSError as error:
            raise _told(error, self.path, "nothing was measured") from error
        self._sweep()

    def _take_up(self, known: dict[str, Any]) -> None:
        for fact, wanted in self.facts.items():
            if known.get(fact) == wanted:
                continue
            was, now = known.get(fact), wanted
            if isinstance(wanted, dict) and isinstance(was, dict):
                name = next(name for name in wanted if was.get(name) != wanted[name])
                fact, was, now = f"{fact}: {name}", was.get(name), wanted[name]
            raise ValueError(
                f"{self.path}: holds parts of another run ({fact} was {was!r}, is now {now!r}); give another folder, or "
                f"remove this one"
            )
        for note in (self.path / "parts").glob("part-*.json"):
            number = int(note.stem.removeprefix("part-"))
            if all(self._file(frame, number).exists() for frame in self.frames):
                self.notes[number] = json.loads(note.read_text(encoding="utf-8"))

    def _sweep(self) -> None:
        """Remove what a run that was killed while it wrote has left of a part."""
        whole = {self._file(frame, number) for frame in self.frames for number in self.notes}
        for frame in self.frames:
            for file in (self.path / frame).iterdir():
                if file not in whole:
                    file.unlink()
        for note in (self.path / "parts").iterdir():
            if note.name not in {f"part-{number:05d}.json" for number in self.notes}:
                note.unlink()

    def finished(self, part: Part) -> int:
        """Number of policies of a part that is there already, else 0."""
        note = self.notes.get(part.number)
        if note is None:
            return 0
        if note["digest"] != part.digest:
            raise ValueError(
                f"{self.path}: part {part.number} was measured from other text than the source has there now; give "
                f"another folder, or remove this one"
            )
        self.n_not_measured += note["n_not_measured"]
        return note["n_policies"]

    def write(self, part: Part, measured: Measured) -> None:
        """Put a part into place, whole or not at all."""
        note = {
            "digest": part.digest,
            "n_policies": measured.n_policies,
            "n_not_measured": measured.n_not_measured,
            "n_documents": measured.n_documents,
        }
        placed = [(self._file(frame, part.number), measured.frames[frame]) for frame in self.frames]
        placed.append((self._note(part.number), json.dumps(note).encode()))
        try:
            for file, content in placed:
                _beside(file).write_bytes(content)
            for file, _ in placed:
                _beside(file).replace(file)
        except BaseException as error:
            for file, _ in reversed(placed):
                file.unlink(missing_ok=True)
                _beside(file).unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise _told(error, self.path, f"the {len(self.notes):,} finished parts are kept") from error
            raise
        self.notes[part.number] = note
        self.n_not_measured += measured.n_not_measured

    def close(self) -> Result:
        """Write into the manifest that all is there."""
        n_policies, n_not_measured = (
            sum(note[name] for note in self.notes.values()) for name in ("n_policies", "n_not_measured")
        )
        done = {"n_policies": n_policies, "n_not_measured": n_not_measured, "n_parts": len(self.notes)}
        try:
            self._put(
                self.path / "manifest.json", json.dumps({**self.facts, "complete": done}, indent=1).encode()
            )
        except OSError as error:
            raise _told(error, self.path, "all parts are kept") from error
        return Result(self.path, n_policies, n_not_measured, len(self.notes))

    def _file(self, frame: str, number: int) -> Path:
        return self.path / frame / f"part-{number:05d}.parquet"

    def _note(self, number: int) -> Path:
        return self.path / "parts" / f"part-{number:05d}.json"

    def _put(self, file: Path, content: bytes) -> None:
        _beside(file).write_bytes(content)
        _beside(file).replace(file)


def _beside(file: Path) -> Path:
    return file.with_name(f".{file.name}.tmp")  # not found by *.parquet


def _told(error: OSError, path: Path, kept: str) -> OSError:
    said = "the disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else error.strerror or str(error)
    return OSError(
        error.errno or errno.EIO, f"cannot write: {said}; {kept}, run the same again to go on", str(path)
    )


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
        The folder was not written by `measure`, or has no such frame.

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
    """In how many of all policies each term stands: what tf-idf needs and no single part can know.

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
    # A policy has one row for each of its terms. Streamed: only the terms are in memory, not their rows.
    counts = acero.Declaration.from_sequence(
        [
            acero.Declaration(
                "scan", acero.ScanNodeOptions(pyarrow.dataset.dataset(files), columns=["term"])
            ),
            acero.Declaration("project", acero.ProjectNodeOptions([pyarrow.compute.field("term")], ["term"])),
            acero.Declaration(
                "aggregate",
                acero.AggregateNodeOptions(
                    [("term", "hash_count", None, "document_frequency")], keys=["term"]
                ),
            ),
        ]
    ).to_table()
    frame = counts.to_pandas().sort_values("term", ignore_index=True)
    return typed_frame({**frame, "n_documents": np.full(len(frame), n_documents)}, _FREQUENCIES)


def add_tf_idf(terms: pd.DataFrame, *, frequencies: pd.DataFrame) -> pd.DataFrame:
    """Terms of some policies of a large corpus with tf-idf: the columns and values of `term_frequencies`.

    Parameters
    ----------
    terms : DataFrame
        Rows of the terms that `measure` wrote, of as many policies as memory holds: policy_id, term, n, n_words,
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
    """The Parquet files of one frame of a folder that `measure` wrote, finished parts in order."""
    path = Path(destination)
    if not (path / "manifest.json").is_file():
        raise ValueError(f"destination: {path} has no manifest.json: `measure` did not write it")
    if not (path / frame).is_dir() or frame == "parts":
        measures = json.loads((path / "manifest.json").read_text(encoding="utf-8"))["options"]["measures"]
        raise ValueError(f"frame: {path} has no {frame!r}; it has {', '.join(['policies', *measures])}")
    return [path / frame / f"part-{number:05d}.parquet" for number in sorted(_notes(path))]


def _notes(path: Path) -> dict[int, dict[str, Any]]:
    return {
        int(note.stem.removeprefix("part-")): json.loads(note.read_text(encoding="utf-8"))
        for note in (path / "parts").glob("part-*.json")
    }
