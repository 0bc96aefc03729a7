"""Files of the package and of a study: templates, tables, and files that are written whole or not at all."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import secrets
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:  # jinja2 is loaded with the first template
    from jinja2 import Environment, Template

PACKAGE = Path(__file__).parent  # codebooks, lexicons and resources are in it
TABLES = {".csv": "csv", ".tsv": "csv", ".jsonl": "lines", ".ndjson": "lines", ".parquet": "parquet"}
DECOMPRESS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


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


def read_csv(path: Path, *, separator: str = ",") -> pd.DataFrame:
    """A CSV table in UTF-8, also compressed (by its ending): every value as text, "" where a cell is empty."""
    try:
        return pd.read_csv(path, sep=separator, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise
    except (ValueError, OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        raise ValueError(
            f"{path}: cannot be read as a CSV table in UTF-8 ({error}); save it again as such"
        ) from error


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
