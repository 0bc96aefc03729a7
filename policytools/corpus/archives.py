"""Corpora that researchers already have: archives' folders of Markdown, tables with a text column."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import re
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd

from policytools.corpus.corpus import Corpus, corpus_from_texts, read_files

_QUOTE = re.compile(r"archived on (\d{4}-\d{2}-\d{2})")
_SNAPSHOT = re.compile(r"web\.archive\.org/web/(\d{4})(\d{2})(\d{2})\d*(?:[a-z]{2}_)?/([^\s)>\"]+)")


def read_provenance(text: str) -> dict[str, str]:
    """Date and address that an archive wrote at the top of a file; empty where it wrote none.

    Parameters
    ----------
    text : str
        Text of the file; only its first 2,000 characters are looked at.

    Returns
    -------
    dict
        captured_on (ISO date) and source_url (of the page itself, not of its snapshot), where known.

    Examples
    --------
    >>> read_provenance("> *The following text is extracted and transformed from the example.org privacy "
    ...     "policy that was archived on 2019-12-13. Please check the [original snapshot on the Wayback Machine]"
    ...     "(https://web.archive.org/web/20191213031639id_/https%3A//example.org/privacy).*")
    {'captured_on': '2019-12-13', 'source_url': 'https://example.org/privacy'}
    """
    found = {}
    date, snapshot = _QUOTE.search(text[:2000]), _SNAPSHOT.search(text[:2000])
    if date and snapshot:
        found["captured_on"] = date[1]
        found["source_url"] = unquote(snapshot[4])
    return found


def load_princeton_leuven(folder: str | Path, *, skip_unreadable: bool = False) -> Corpus:
    """Load a folder laid out like the Princeton-Leuven Longitudinal Corpus of Privacy Policies.

    Parameters
    ----------
    folder : path
        A checkout, or a part of it, with ``FIRST/TWO/THREE/domain.md``: the first, the first two and the
        first three characters of the domain ("a/an/any/anycubic3d.com.md"). HTML files beside them are not read.
    skip_unreadable : bool
        Leave out files that cannot be read, with one warning, instead of failing at the first.

    Returns
    -------
    Corpus
        policy_id and vendor are the domain; captured_on and source_url come from the archive's quote at the
        top of each file, which is kept out of the measures.

    Raises
    ------
    FileNotFoundError
        If the folder is missing.
    ValueError
        If no file stands where the layout says, two folders hold one domain, or a file cannot be read.

    References
    ----------
    Amos, R., Acar, G., Lucherini, E., Kshirsagar, M., Narayanan, A., & Mayer, J. (2021). Privacy policies over
    time: Curation and analysis of a million-document dataset. *WWW '21*.
    https://doi.org/10.1145/3442381.3450048

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "e/ex/exa/example.org.md")
    ...     file.parent.mkdir(parents=True)
    ...     _ = file.write_text("> archived on 2019-12-13 (https://web.archive.org/web/20191213031639/https://example.org/)\\n\\n"
    ...                         "We keep no data.")
    ...     load_princeton_leuven(folder).policies[["policy_id", "captured_on"]].values.tolist()
    [['example.org', '2019-12-13']]
    """
    folder = _folder(folder)
    every = sorted(path for path in folder.rglob("*.md") if ".git" not in path.parts)
    files = [
        path for path in every if path.parent.name and path.name.lower().startswith(path.parent.name.lower())
    ]
    if not files:
        raise ValueError(
            f"{folder}: no file at FIRST/TWO/THREE/domain.md ({len(every)} other Markdown files)"
        )
    others = [
        path for path in every if path not in set(files) and path.stem.lower() not in ("readme", "license")
    ]
    if others:
        warnings.warn(f"{len(others):,} Markdown files not at FIRST/TWO/THREE/domain.md were left out: "
                      f"{', '.join(str(path.relative_to(folder)) for path in others[:3])}", stacklevel=2)  # fmt: skip
    undated: list[str] = []

    def describe(path: Path, data: bytes) -> dict[str, str]:
        found = read_provenance(data[:4000].decode("utf-8", "replace"))
        if not found:
            undated.append(path.stem)
        return {"file": path.relative_to(folder).as_posix(), **found}

    corpus = read_files(
        _inside(files, folder), ids=_unique(files, folder), describe=describe, skip_unreadable=skip_unreadable
    )
    if undated:
        warnings.warn(
            f"{len(undated):,} files have no provenance quote, so no captured_on: {', '.join(undated[:3])}",
            stacklevel=2,
        )
    return corpus


def load_open_terms_archive(
    folder: str | Path, *, document: str = "Privacy Policy", skip_unreadable: bool = False
) -> Corpus:
    """Load one type of document from a checkout of an Open Terms Archive "versions" repository.

    Parameters
    ----------
    folder : path
        A checkout with ``Service Name/Document Type.md``.
    document : str
        Type of document, as the files are called.
    skip_unreadable : bool
        Leave out files that cannot be read, with one warning, instead of failing at the first.

    Returns
    -------
    Corpus
        policy_id and vendor are the service's name, title the type of document. captured_on is "": the
        archive keeps the dates of its versions in the repository's history, not in the files.

    Raises
    ------
    FileNotFoundError
        If the folder is missing.
    ValueError
        If no service has such a document (the message lists the types there are), or a file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Path(folder, "Example Prints").mkdir()
    ...     _ = Path(folder, "Example Prints", "Privacy Policy.md").write_text("We keep no data.")
    ...     load_open_terms_archive(folder).policies[["policy_id", "title"]].values.tolist()
    [['Example Prints', 'Privacy Policy']]
    """
    folder = _folder(folder)
    every = sorted(path for path in folder.glob("*/*.md") if not path.parent.name.startswith("."))
    files = [path for path in every if path.stem == document]
    if not files:
        types = pd.Series([path.stem for path in every], dtype="str").value_counts()
        there = ", ".join(f"{name!r} ({n})" for name, n in list(types.items())[:8])
        raise ValueError(f"{folder}: no Service Name/{document}.md; there are: {there or 'no such files'}")
    ids = [path.parent.name for path in files]

    def describe(path: Path, data: bytes) -> dict[str, str]:
        return {"file": path.relative_to(folder).as_posix(), "title": document}

    return read_files(_inside(files, folder), ids=ids, describe=describe, skip_unreadable=skip_unreadable)


def load_table(
    path: str | Path,
    *,
    text: str = "text",
    policy_id: str = "policy_id",
    format: str | None = None,
    skip_unreadable: bool = False,
) -> Corpus:
    """Load policies from a table: CSV, tab-separated, JSON Lines (each also compressed) or Parquet.

    Parameters
    ----------
    path : path
        File that ends in .csv, .tsv, .jsonl or .ndjson (each also with .gz, .bz2 or .xz), or in .parquet.
    text, policy_id : str
        Names of the columns that hold the text and a name for each policy that stands once.
    format : {"text", "markdown", "html"}, optional
        Format of all texts; without it the column "format" says so, or they are plain text.
    skip_unreadable : bool
        Leave out rows without a text, with one warning that counts them, instead of failing at the first.

    Returns
    -------
    Corpus
        Other columns that are called like columns of `Corpus.policies` are taken over.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ImportError
        If a Parquet file is given and pyarrow is not installed.
    ValueError
        If the file cannot be read, a column is missing, or a row has no text or another row's policy_id;
        rows are counted from 1, without the header.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "policies.csv").write_text("site,words\\na.org,We keep no data.\\nb.org,We sell none.\\n")
    ...     load_table(Path(folder, "policies.csv"), policy_id="site", text="words").sentences["text"].tolist()
    ['We keep no data.', 'We sell none.']
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file")
    frame = _read_table(path)
    for argument, column in (("text", text), ("policy_id", policy_id)):
        if column not in frame:
            raise ValueError(
                f"{path}: {argument}={column!r} is not one of its columns: {', '.join(map(str, frame.columns))}"
            )
    frame = frame.drop(columns=[name for name in {"text", "policy_id"} - {text, policy_id} if name in frame])
    frame = frame.assign(
        text=frame[text],
        policy_id=frame[policy_id].astype("object").map(_label),
        **({"format": format} if format else {}),
    )
    no_id = frame["policy_id"].eq("")
    if no_id.any():
        raise ValueError(f"{path}, row {int(no_id.argmax()) + 1}: column {policy_id!r} is empty")
    twice = frame["policy_id"].duplicated()
    if twice.any():
        row = int(twice.argmax())
        raise ValueError(
            f"{path}, row {row + 1}: {policy_id} {frame['policy_id'].iloc[row]!r} stands in an earlier row too"
        )
    readable = frame["text"].map(lambda value: isinstance(value, str) and bool(value.strip())).astype(bool)
    if not readable.all():
        row = int((~readable).argmax())
        said = f"{path}, row {row + 1} (policy {frame['policy_id'].iloc[row]!r}): column {text!r} is empty or not a text"
        if not skip_unreadable:
            raise ValueError(f"{said}; take the row out, or give skip_unreadable=True")
        warnings.warn(f"{int((~readable).sum()):,} rows left out: {said}", stacklevel=2)
        frame = frame[readable]
    if frame.empty:
        raise ValueError(f"{path}: no row with a text")
    try:
        return corpus_from_texts(frame)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


_OPEN: dict[str, Callable] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_KINDS = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")


def _read_table(path: Path) -> pd.DataFrame:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    opener = _OPEN.get(suffixes[-1]) if suffixes else None
    kind = (suffixes[-2:-1] if opener else suffixes[-1:]) or [""]
    if kind[0] not in _KINDS or (opener and kind[0] == ".parquet"):
        raise ValueError(
            f"{path}: the name must end in {', '.join(_KINDS)} (all but the last also with {', '.join(_OPEN)})"
        )
    if kind[0] == ".parquet":
        try:
            return pd.read_parquet(path)
        except ImportError as error:
            raise ImportError(
                f"{path}: reading Parquet needs pyarrow (pip install pyarrow), or save it as CSV"
            ) from error
        except Exception as error:  # pyarrow raises its own kinds
            raise ValueError(f"{path}: not readable as Parquet ({error})") from error
    try:
        with (opener or open)(path, "rt", encoding="utf-8-sig", newline="") as lines:
            if kind[0] in (".jsonl", ".ndjson"):
                return _read_json_lines(lines, path)
            return pd.read_csv(
                lines, sep="\t" if kind[0] == ".tsv" else ",", dtype=str, keep_default_na=False
            )
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not UTF-8 ({error}); save the table as UTF-8") from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, EOFError, OSError, lzma.LZMAError) as error:
        raise ValueError(f"{path}: not readable as a {kind[0][1:]} table ({error})") from error


def _read_json_lines(lines: Iterable[str], path: Path) -> pd.DataFrame:
    records = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise ValueError(f"{path}, line {number}: not JSON ({error})") from None
        if not isinstance(record, dict):  # a fault of the file, not of a caller
            raise ValueError(f"{path}, line {number}: not a JSON object but {type(record).__name__}")  # noqa: TRY004
        records.append(record)
    return pd.DataFrame(records)


def _label(value: Any) -> str:
    """An id as a text: 7.0 (a whole number in a column with gaps) is "7", a missing one is ""."""
    if pd.isna(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _folder(folder: str | Path) -> Path:
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder")
    return folder


def _inside(files: list[Path], folder: Path) -> list[Path]:
    root = folder.resolve()
    for path in files:
        if root not in path.resolve().parents:
            raise ValueError(f"{path}: a link that leaves {folder}; put the file itself there")
    return files


def _unique(files: list[Path], folder: Path) -> list[str]:
    ids: dict[str, Path] = {}
    for path in files:
        if path.stem in ids:
            raise ValueError(
                f"{path}: the domain {path.stem!r} stands in {ids[path.stem]} too; load the folders one by one"
            )
        ids[path.stem] = path
    return list(ids)
