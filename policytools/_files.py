"""Files of the package and of a study: templates, tables, and files that are written whole or not at all."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import re
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:  # jinja2 is loaded with the first template
    from jinja2 import Environment, Template

PACKAGE = Path(__file__).parent  # codebooks, lexicons and resources are in it
TABLES = {".csv": "csv", ".tsv": "csv", ".jsonl": "lines", ".ndjson": "lines", ".parquet": "parquet"}
DECOMPRESS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
LOCK_SECONDS = 60.0  # how long a program waits for another one to finish
_FORMULA = re.compile(r"'*[=+@\t\r\n\uff1d\uff0b\uff0d\uff20-]")  # also in full width
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)
_PART = re.compile(r"\..+\.\d+-[0-9a-f]{8}\.part", re.DOTALL)  # a temporary file of `write_whole`


def write_whole(path: Path, content: bytes, *, expected: bytes | None = None) -> None:
    """Write a temporary file beside `path` and rename it, so that `path` never holds half of the content.

    If writing fails, nothing changes. With `expected`, a file that now has other content is also an error; a
    file that does not exist counts as empty.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        with open(beside, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, beside)
        if expected is not None and (path.read_bytes() if path.exists() else b"") != expected:
            raise ValueError(f"{path} was changed by another program meanwhile; try again")
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """A block that one program at a time runs for `path`, which has to be in an existing folder.

    The others wait, and get a ValueError after `LOCK_SECONDS`.
    """
    from filelock import FileLock, Timeout  # only who writes needs it

    lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=LOCK_SECONDS)
    try:
        lock.acquire()
    except Timeout:
        raise ValueError(f"{path} is in use by another program; try again when it has finished") from None
    try:
        yield
    finally:
        # Windows removes the file with the lock; elsewhere those who wait notice that it is gone.
        with suppress(OSError):
            Path(lock.lock_file).unlink()
        lock.release()


def remove_parts(folder: Path, name: str = "") -> None:
    """Remove temporary files of `write_whole` that a killed program left; call it while nobody else writes there.

    With `name`, only those of that file.
    """
    for path in folder.glob(".*.part"):
        ours = _PART.fullmatch(path.name) and path.name.startswith(f".{name}")
        if ours and path.is_file() and not path.is_symlink():
            path.unlink(missing_ok=True)


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """A new folder to write into; it replaces `target` when the block ends without an error.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as place:
    ...     with whole_folder(Path(place, "pages")) as folder:
    ...         write_whole(folder / "index.html", b"<p>")
    ...     [path.relative_to(place).as_posix() for path in Path(place).rglob("*")]
    ['pages', 'pages/index.html']
    """
    target = target.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as beside:
        new, old = Path(beside, "new"), Path(beside, "old")
        new.mkdir()
        yield new
        if target.exists():
            target.rename(old)
        try:
            new.rename(target)
        except BaseException:
            if old.exists():
                old.rename(target)
            raise


def table_kind(name: str) -> str:
    """What kind of table a file is by its name: csv, lines (JSON) or parquet; "" for no table.

    Examples
    --------
    >>> table_kind("a.csv.gz"), table_kind("a.jsonl"), table_kind("a.txt"), table_kind("a.parquet.gz")
    ('csv', 'lines', '', '')
    """
    *_, inner, outer = ["", "", *(suffix.lower() for suffix in Path(name).suffixes)]
    if outer in DECOMPRESS:
        return "" if inner == ".parquet" else TABLES.get(inner, "")
    return TABLES.get(outer, "")


@contextmanager
def reading_table(path: Path, kind: str) -> Iterator[None]:
    """A block that reads a table; whatever its reader raises becomes a ValueError that names the file."""
    try:
        if path.suffix.lower() in DECOMPRESS and not path.stat().st_size:
            raise EOFError
        yield
    except FileNotFoundError:
        raise
    except ImportError as error:
        advice = "reading Parquet needs pyarrow (pip install pyarrow), or save the table as CSV"
        raise ImportError(f"{path}: {advice}") from error
    except EOFError:
        raise ValueError(f"{path}: the compressed file is cut short; copy it again from its source") from None
    except Exception as error:  # pandas, pyarrow and the decompressors raise their own kinds
        raise ValueError(f"{path}: cannot be read as {kind} ({error}); save it again as such") from error


def read_csv(path: Path, *, separator: str = ",") -> pd.DataFrame:
    """A CSV table in UTF-8, also compressed (by its ending): every value as text, "" where a cell is empty."""
    with reading_table(path, "a CSV table in UTF-8"), warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        options = {"dtype": str, "keep_default_na": False, "encoding": "utf-8-sig", "index_col": False}
        try:  # index_col: otherwise a first row that is too long would shift all columns
            return pd.read_csv(path, sep=separator, **options)  # type: ignore[call-overload]
        except pd.errors.ParserWarning:
            raise ValueError("line 2 has more fields than the header; are quotes missing there?") from None


def spreadsheet_cell(value: Any) -> Any:
    """The value; a text that a spreadsheet would take for a formula gets an apostrophe before it.

    Examples
    --------
    >>> spreadsheet_cell("=1+1"), spreadsheet_cell("-0.5"), spreadsheet_cell("'=1"), spreadsheet_cell(-0.5)
    ("'=1+1", '-0.5', "''=1", -0.5)
    """
    if isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def from_spreadsheet_cell(text: str) -> str:
    """What `spreadsheet_cell` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def read_utf8(path: Path) -> str:
    """The text of a file in UTF-8, without a byte order mark."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not UTF-8 text (byte {error.start}); save the file as UTF-8") from None


def template(name: str) -> Template:
    """A template of ``resources/report``; values are escaped for HTML unless they are marked as HTML."""
    return _templates().get_template(name)


@cache
def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(PACKAGE / "resources" / "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
