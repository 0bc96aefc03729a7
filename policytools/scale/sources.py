"""Large corpora as streams: tables and folders of policies, read piece by piece and divided into parts.

A part is a number of policies that are measured together. The division depends only on the source and on the size of a
part, so that a run that is started again divides the source as before.
"""

import csv
import gzip
import hashlib
import io
import json
import lzma
import os
import pickle
import zlib
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import pandas as pd

from policytools._files import DECOMPRESS, TABLES, table_kind
from policytools.corpus.archives import label_text
from policytools.corpus.corpus import MANIFEST
from policytools.corpus.folders import ENDINGS, file_ending, policy_name

PART_BYTES = 8_000_000  # a part with more bytes of text is closed, even if it has few policies
_BATCH_ROWS = 32  # rows of a Parquet file that are in memory at once
_MAX_FIELD = 200_000_000  # characters of a CSV field: a longer one is an unclosed quotation mark


class RawPolicy(NamedTuple):
    """One policy of a source that is not read yet: the text of a row, or the bytes of a file."""

    policy_id: str
    where: str
    given: dict[str, Any]
    text: str | None = None
    data: bytes | None = None
    n_bytes: int = 0
    refused: str = ""  # why it is not measured


class CorpusPart(NamedTuple):
    """Policies that are measured together, each pickled, with a digest of their contents."""

    number: int
    documents: list[bytes]
    digest: str


class Source:
    """A source of policies: its files, their kind, and how much of them has been read.

    ``n_policies`` is None if it is not known before reading. ``share_read`` is the share of the bytes read so far.
    """

    def __init__(
        self, path: str | Path, *, text: str, policy_id: str, format: str | None, max_bytes: int
    ) -> None:
        self.path, self.text, self.policy_id, self.format = Path(path), text, policy_id, format
        self.max_bytes = max_bytes
        self.kind = _source_kind(self.path)
        self.n_policies: int | None = None
        self.share_read = 0.0
        digest, self.n_bytes = hashlib.sha256(), 0
        stems, paths = array("Q"), array("Q")
        for n_files, (name, size) in enumerate(self.files(), start=1):
            digest.update(f"{name}\0{size}\0".encode("utf-8", "surrogateescape"))
            self.n_bytes += size
            if self.kind == "files":
                stems.append(_number(policy_name(Path(name))))
                paths.append(_number("/".join(Path(name).parts[-2:])))
                self.n_policies = n_files
        self.digest = digest.hexdigest()
        self._twice = [_repeated(numbers) for numbers in (stems, paths)]
        if self.kind == "parquet":
            self.n_policies = sum(self._open(name).metadata.num_rows for name, _ in self.files())

    def files(self) -> Iterator[tuple[str, int]]:
        """Names and sizes of the source's files, always in the same order."""
        if self.path.is_file():
            yield self.path.name, self.path.stat().st_size
        else:
            yield from ((name, size) for name, size in _walk(self.path) if _kind(name) == self.kind)

    def documents(self) -> Iterator[RawPolicy]:
        """Every policy in order; `refused` says why one cannot be measured."""
        readers = {"files": self._file, "parquet": self._parquet, "lines": self._lines, "csv": self._csv}
        seen: set[int] = set()  # hashes of the ids: 70 MB for a million policies
        n_read = 0
        for name, size in self.files():
            for document, position in readers[self.kind](name):
                self.share_read = (n_read + position) / max(self.n_bytes, 1)
                key = _number(document.policy_id)
                if key in seen:
                    said = f"policy_id {document.policy_id!r} is in an earlier place too"
                    document = document._replace(
                        policy_id=f"{document.policy_id} ({document.where})", refused=document.refused or said
                    )
                seen.add(key)
                yield document
            n_read += size
        self.share_read = 1.0

    def parts(self, n: int) -> Iterator[CorpusPart]:
        """The policies in parts of `n`, or fewer if they are long."""
        number, size, documents, digest = 0, 0, [], hashlib.sha256()
        for document in self.documents():
            content = document.data or (document.text or "").encode("utf-8", "surrogatepass")
            digest.update(repr((document.policy_id, document.given, document.refused, len(content))).encode())
            digest.update(content)
            documents.append(pickle.dumps(document))
            size += len(content)
            if len(documents) == n or size >= PART_BYTES:
                yield CorpusPart(number, documents, digest.hexdigest())
                number, size, documents, digest = number + 1, 0, [], hashlib.sha256()
        if documents:
            yield CorpusPart(number, documents, digest.hexdigest())

    # --- folders of policy files

    def _file(self, name: str) -> Iterator[tuple[RawPolicy, int]]:
        path, inside = self._path(name), Path(name)
        policy_id = policy_name(inside)
        if _number(policy_id) in self._twice[0]:
            policy_id = "/".join(inside.parts[-2:])
            if _number(policy_id) in self._twice[1]:
                policy_id = inside.as_posix()
        document = RawPolicy(_clean(policy_id), name, {"file": _clean(inside.name)})
        try:
            if path != self.path and path.is_symlink() and self.path.resolve() not in path.resolve().parents:
                raise ValueError("a link that leaves the folder")
            size = path.stat().st_size
            if size > self.max_bytes:
                raise ValueError(_too_large(size, self.max_bytes))
            document = document._replace(data=path.read_bytes(), n_bytes=size)
        except (OSError, ValueError) as error:
            document = document._replace(refused=getattr(error, "strerror", None) or str(error))
        yield document, document.n_bytes

    # --- tables

    def _parquet(self, name: str) -> Iterator[tuple[RawPolicy, int]]:
        file = self._open(name)
        self._check_columns(file.schema_arrow.names, name)
        needed = {self.text, self.policy_id, *MANIFEST}
        columns = [column for column in file.schema_arrow.names if column in needed]
        size, row = self._path(name).stat().st_size, 0
        for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=columns):
            for record in batch.to_pandas().to_dict("records"):
                row += 1
                yield self._row(record, f"{name}, row {row}"), int(size * row / file.metadata.num_rows)

    def _lines(self, name: str) -> Iterator[tuple[RawPolicy, int]]:
        # A character may be written as \u0000, and there are other fields.
        limit = 8 * self.max_bytes + 1_000_000
        with _decompressed(self._path(name)) as (lines, position):
            number = 0
            while line := lines.readline(limit):
                number += 1
                too_long = False
                while len(line) == limit and not line.endswith(b"\n"):  # discard the rest of the line
                    too_long = True
                    line = lines.readline(limit)
                if too_long or line.strip():
                    where = f"{name}, line {number}"
                    record = _too_large(None, self.max_bytes) if too_long else _json_object(line)
                    if isinstance(record, str):
                        yield RawPolicy(where, where, {}, refused=record), position()
                    else:
                        yield self._row(record, where), position()

    def _csv(self, name: str) -> Iterator[tuple[RawPolicy, int]]:
        csv.field_size_limit(_MAX_FIELD)
        delimiter = "\t" if ".tsv" in name.lower() else ","
        with _decompressed(self._path(name)) as (stream, position):
            text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")  # type: ignore[type-var]
            rows = csv.reader(text, delimiter=delimiter)
            try:
                header = next(rows, [])
                self._check_columns(header, name)
                for number, row in enumerate((row for row in rows if row), start=1):
                    where = f"{name}, row {number}"
                    document = self._row(dict(zip(header, row)), where)
                    if len(row) > len(header):
                        refused = f"{len(row)} fields where the header has {len(header)}"
                        document = document._replace(refused=refused)
                    elif any("\udc80" <= c <= "\udcff" for c in document.text or "" if not c.isascii()):
                        document = document._replace(refused="not UTF-8")
                    yield document, position()
            except csv.Error as error:
                raise ValueError(
                    f"{self._path(name)}, line {rows.line_num}: not readable as a table ({error})"
                ) from None

    def _row(self, record: dict[str, Any], where: str) -> RawPolicy:
        text, label = record.get(self.text), record.get(self.policy_id)
        named = "" if isinstance(label, list | dict) else _clean(label_text(label))
        given = {
            name: _clean(str(value))
            for name in MANIFEST
            if name not in ("policy_id", "n_bytes", "sha256") and _is_there(value := record.get(name))
        }
        if self.format:
            given["format"] = self.format
        document = RawPolicy(named or where, where, given)
        if not isinstance(text, str) or not text.strip():
            return document._replace(refused=f"column {self.text!r} is empty or not a text")
        size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
        if not named:
            return document._replace(n_bytes=size, refused=f"column {self.policy_id!r} is empty")
        if size > self.max_bytes:
            return document._replace(n_bytes=size, refused=_too_large(size, self.max_bytes))
        return document._replace(text=text, n_bytes=size)

    def _check_columns(self, there: list[str], name: str) -> None:
        for argument, column in (("text", self.text), ("policy_id", self.policy_id)):
            if column not in there:
                raise ValueError(
                    f"{self._path(name)}: {argument}={column!r} is not one of its columns: {', '.join(there)}"
                )

    def _path(self, name: str) -> Path:
        return self.path if self.path.is_file() else self.path / name

    def _open(self, name: str) -> Any:
        import pyarrow.parquet  # here, as it comes with the extra `scale`

        try:
            # A small buffer without prefetch: a row group may be the whole corpus.
            return pyarrow.parquet.ParquetFile(self._path(name), buffer_size=2**20, pre_buffer=False)
        except pyarrow.ArrowInvalid as error:
            raise ValueError(f"{self._path(name)}: not readable as Parquet ({error})") from None


def _source_kind(path: Path) -> str:
    """What a source consists of: files of one policy each, or tables of one kind."""
    if path.is_file():
        if kind := _kind(path.name):
            return kind
        raise ValueError(
            f"{path}: the name must end in {', '.join(TABLES)} (all but the last also with "
            f"{', '.join(DECOMPRESS)}), or in {', '.join(ENDINGS)}"
        )
    if not path.is_dir():
        raise FileNotFoundError(f"{path}: no such file or folder")
    kinds: dict[str, str] = {}
    for name, _ in _walk(path):
        kind = _kind(name)
        # A folder of policies may have an index beside them, a folder of tables a README.
        if kind == "files" and Path(name).stem.lower() not in ("readme", "license"):
            return kind
        if kind and kind != "files":
            kinds.setdefault(kind, name)
    if len(kinds) > 1:
        names = ", ".join(kinds.values())
        raise ValueError(f"{path}: holds tables of several kinds, {names}: measure one kind")
    if not kinds:
        raise ValueError(f"{path}: no policies (known endings: {', '.join([*TABLES, *ENDINGS])})")
    return next(iter(kinds))


def _kind(name: str) -> str:
    """What a file holds by its name: "files" for one policy, a kind of table, or "" for neither."""
    path = Path(name)
    if path.name.startswith("_"):
        return ""
    return "files" if file_ending(path) in ENDINGS else table_kind(path.name)


def _walk(folder: Path, inside: str = "") -> Iterator[tuple[str, int]]:
    """Files below a folder, sorted by path; only one folder's names are in memory at a time."""
    with os.scandir(folder / inside) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        name = f"{inside}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(folder, name + "/")
        else:
            try:
                yield name, entry.stat().st_size
            except OSError:  # a broken link
                yield name, 0


@contextmanager
def _decompressed(path: Path) -> Iterator[tuple[IO[bytes], Callable[[], int]]]:
    """A file's bytes, decompressed if its name says so, and a function: how many of its own bytes were read."""
    opener = DECOMPRESS.get(path.suffix.lower())
    with path.open("rb") as raw:
        stream: IO[bytes] = opener(raw) if opener else raw
        try:
            yield stream, raw.tell if opener else stream.tell
        except (EOFError, lzma.LZMAError, gzip.BadGzipFile, zlib.error) as error:
            raise ValueError(f"{path}: breaks off or is damaged ({error})") from None


def _json_object(line: bytes) -> dict[str, Any] | str:
    """The JSON object on a line, or why there is none."""
    try:
        record = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        return f"not JSON: {error}"
    return record if isinstance(record, dict) else "not a JSON object"


def _number(name: str) -> int:
    """A 64-bit hash of a name; two of a million names collide with a probability of 3 in 100 million."""
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def _repeated(numbers: array) -> frozenset[int]:
    unique, counts = np.unique(np.frombuffer(numbers, dtype="uint64"), return_counts=True)
    return frozenset(unique[counts > 1].tolist())


def _is_there(value: Any) -> bool:
    return value is not None and not isinstance(value, list | dict) and bool(pd.notna(value))


def _clean(text: str) -> str:
    """The text without lone surrogates, which cannot be written as UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _too_large(size: int | None, limit: int) -> str:
    return f"{f'{size:,}' if size else 'too many'} bytes, more than max_bytes={limit:,}"
