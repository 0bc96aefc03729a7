"""Corpora that already exist: folders of the two large archives of policies, tables with a text column."""

import json
import re
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd

from policytools._files import DECOMPRESS, TABLES, read_csv, reading_table, table_kind
from policytools._wording import counted
from policytools.corpus.corpus import Corpus, check_link, corpus_from_texts, read_files

_QUOTE = re.compile(r"archived on (\d{4}-\d{2}-\d{2})")
_SNAPSHOT = re.compile(r"web\.archive\.org/web/\d{8,}(?:[a-z]{2}_)?/([^\s)>\"]+)")


def read_provenance(text: str) -> dict[str, str]:
    """Date and address from the note that an archive wrote at the top of a file; empty if there is none.

    Parameters
    ----------
    text : str
        Text of the file; only its first 2,000 characters are searched.

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
    date, snapshot = _QUOTE.search(text[:2000]), _SNAPSHOT.search(text[:2000])
    if not (date and snapshot):
        return {}
    return {"captured_on": date[1], "source_url": unquote(snapshot[1])}


def load_princeton_leuven(folder: str | Path, *, skip_unreadable: bool = False) -> Corpus:
    """Load a folder laid out like the Princeton-Leuven Longitudinal Corpus of Privacy Policies.

    Parameters
    ----------
    folder : path
        A checkout, or a subfolder, with ``FIRST/TWO/THREE/domain.md``: the first, the first two and the
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
        If no file is where the layout says, a domain is in two folders, or a file cannot be read.

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
    files: dict[str, Path] = {}
    others: list[str] = []
    for path in every:
        place = path.parent.name
        if place and path.name.lower().startswith(place.lower()):
            if path.stem in files:
                raise ValueError(
                    f"{path}: the domain {path.stem!r} is in {files[path.stem]} too; load the folders one by one"
                )
            files[path.stem] = path
        elif path.stem.lower() not in ("readme", "license"):
            others.append(str(path.relative_to(folder)))
    if not files:
        raise ValueError(
            f"{folder}: no file at FIRST/TWO/THREE/domain.md ({len(every)} other Markdown files); give the "
            f"folder that holds the folders of one character"
        )
    if others:
        _warn(f"{counted(len(others), 'Markdown file')} not at FIRST/TWO/THREE/domain.md left out", others)
    undated: list[str] = []

    def describe(path: Path, data: bytes) -> dict[str, str]:
        known = read_provenance(data[:4000].decode("utf-8", "replace"))
        if not known:
            undated.append(path.stem)
        return known

    corpus = _read_archive(folder, files, describe, skip_unreadable)
    if undated:
        _warn(f"no captured_on for {counted(len(undated), 'file')} without the archive's note", undated)
    return corpus


def _warn(problem: str, files: list[str]) -> None:
    warnings.warn(f"{problem}: {', '.join(files[:3])}", stacklevel=3)


def read_terms_folder(folder: str | Path, documents: Sequence[str], skip_unreadable: bool) -> Corpus:
    """The files of a checkout or export of an Open Terms Archive repository: ``Service Name/Document Type.md``."""
    folder = _folder(folder)
    every = sorted(path for path in folder.glob("*/*.md") if not path.parent.name.startswith("."))
    files = [path for path in every if path.stem in documents]
    if not files:
        types = pd.Series([path.stem for path in every], dtype="str").value_counts()
        there = ", ".join(f"{name!r} ({n})" for name, n in list(types.items())[:8])
        wanted = " or ".join(f"Service Name/{name}.md" for name in documents)
        raise ValueError(f"{folder}: no {wanted}; there are: {there or 'no such files'}")

    def vendor(path: Path) -> str:
        return f"{path.parent.name} {path.stem}" if len(documents) > 1 else path.parent.name

    def describe(path: Path, data: bytes) -> dict[str, str]:
        return {"title": path.stem, "vendor": vendor(path)}

    return _read_archive(folder, {vendor(path): path for path in files}, describe, skip_unreadable)


def _folder(folder: str | Path) -> Path:
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder")
    return folder


def _read_archive(
    folder: Path,
    files: dict[str, Path],
    describe: Callable[[Path, bytes], dict[str, str]],
    skip_unreadable: bool,
) -> Corpus:
    """Read an archive's files (policy_id -> path); the column file holds their paths inside the archive."""
    for path in files.values():
        check_link(path, folder)

    def describe_all(path: Path, data: bytes) -> dict[str, str]:
        return {"file": path.relative_to(folder).as_posix(), **describe(path, data)}

    return read_files(files, describe=describe_all, skip_unreadable=skip_unreadable)


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
        Names of the columns that hold the text and the policy's id, which must be unique.
    format : {"text", "markdown", "html"}, optional
        Format of all texts. By default the column "format", or plain text if there is none.
    skip_unreadable : bool
        Leave out rows without a text, with one warning that counts them, instead of failing at the first.

    Returns
    -------
    Corpus
        Columns with the name of a column of `Corpus.policies` are kept.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ImportError
        If a Parquet file is given and pyarrow is not installed.
    ValueError
        If the file cannot be read, a column is missing, a row has no text, or a policy_id is repeated; rows
        are counted from 1, without the header.

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
    frame = frame.drop(columns={"text", "policy_id"} - {text, policy_id}, errors="ignore").assign(
        text=frame[text], policy_id=frame[policy_id].astype("object").map(label_text)
    )
    if format:
        frame["format"] = format
    no_id, again = frame["policy_id"].eq(""), frame["policy_id"].duplicated()
    if no_id.any():
        raise ValueError(f"{path}, row {int(no_id.argmax()) + 1}: column {policy_id!r} is empty")
    if again.any():
        row = int(again.argmax())
        raise ValueError(
            f"{path}, row {row + 1}: {policy_id} {frame['policy_id'].iloc[row]!r} is in an earlier row too"
        )
    readable = frame["text"].map(lambda value: isinstance(value, str) and bool(value.strip())).astype(bool)
    if not readable.all():
        row = int((~readable).argmax())
        problem = f"{path}, row {row + 1} (policy {frame['policy_id'].iloc[row]!r}): column {text!r} is empty or not a text"
        if not skip_unreadable:
            raise ValueError(f"{problem}; take the row out, or give skip_unreadable=True")
        warnings.warn(f"{counted(int((~readable).sum()), 'row')} left out: {problem}", stacklevel=2)
        frame = frame[readable]
    if frame.empty:
        raise ValueError(f"{path}: no row with a text")
    try:
        return corpus_from_texts(frame)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _read_table(path: Path) -> pd.DataFrame:
    kind = table_kind(path.name)
    if not kind:
        raise ValueError(
            f"{path}: the name must end in {', '.join(TABLES)} (all but the last also with {', '.join(DECOMPRESS)})"
        )
    if kind == "csv":
        return read_csv(path, separator="\t" if ".tsv" in path.name.lower() else ",")
    with reading_table(path, "Parquet" if kind == "parquet" else "JSON Lines in UTF-8"):
        if kind == "parquet":
            return pd.read_parquet(path)
        with DECOMPRESS.get(path.suffix.lower(), open)(path, "rt", encoding="utf-8-sig") as lines:
            return pd.DataFrame([_record(n, line) for n, line in enumerate(lines, start=1) if line.strip()])


def _record(number: int, line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"line {number}: not JSON: {error}") from None
    if not isinstance(record, dict):  # a mistake in the file, not of the caller
        raise ValueError(f"line {number}: not a JSON object but {type(record).__name__}")  # noqa: TRY004
    return record


def label_text(value: Any) -> str:
    """An id as text: 7.0 (a whole number in a column with gaps) is "7", a missing value is ""."""
    if pd.isna(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
