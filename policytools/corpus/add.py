"""One more policy for a study's folder: its file and its row in the manifest, both or none."""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import itertools
import os
import re
import secrets
import shutil
import unicodedata
import warnings
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from tqdm import tqdm

from policytools.corpus.archives import read_provenance
from policytools.corpus.corpus import MANIFEST, _expand, read_manifest
from policytools.corpus.fetch import Page, fetch, page_text
from policytools.reading.blocks import MAX_BYTES
from policytools.reading.cleaning import clean
from policytools.reading.files import decode, read_document
from policytools.reading.language import describe_language
from policytools.reading.screening import doubt

_ENDING = {"text": ".txt", "markdown": ".md", "html": ".html", "pdf": ".pdf"}
_TABLE = ["file", "vendor", "policy_id", "captured_on", "effective_on", "title", "source_url", "note"]
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)  # no file names on Windows
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset|^\s*<\?xml[^>]{0,100}encoding", re.IGNORECASE)


class Added(NamedTuple):
    """What `add_policy` did: the new row, what was kept and left out first, and what a reader should know."""

    row: pd.Series
    kept: list[str]
    left_out: list[str]
    notes: list[str]

    def __str__(self) -> str:
        row = self.row
        about = f"{row['format']}, language {row['language'] or 'unknown'}, {int(row['n_bytes']):,} bytes"
        lines = [f"added {row['policy_id']} ({row['vendor']}): raw/{row['file']}, {about}"]
        lines += [f"note: {note}" for note in self.notes]
        lines += ["first lines kept:", *(f"    {_cut(line)}" for line in self.kept)]
        lines += ["first lines left out:", *(f"    {_cut(line)}" for line in self.left_out or ["(none)"])]
        return "\n".join(lines)


def add_policy(
    folder: str | Path,
    source: str | Path | bytes,
    *,
    vendor: str,
    policy_id: str | None = None,
    captured_on: str = "",
    effective_on: str = "",
    title: str = "",
    source_url: str = "",
    note: str = "",
    name: str | None = None,
    anyway: bool = False,
) -> Added:
    """Add a policy to a study's folder: copy the file, write its row. If anything fails, nothing changes.

    Parameters
    ----------
    folder : path
        The study's folder, such as "data"; made, with its ``policies.csv``, if it is not there.
    source : path, bytes or http(s) address
        The policy as text, Markdown, HTML or PDF. A file that already lies in ``raw/`` is left where it is.
    vendor : str
        Whose policy it is.
    policy_id : str, optional
        By default made of vendor and year ("anycubic-2019").
    captured_on, effective_on : str
        ISO dates or their beginning ("2019", "2019-12"). If captured_on is not given, an archive's note in
        the file says it, or, for a web address, the calendar.
    title, source_url, note : str
        Columns of the manifest; source_url of a web address is the address.
    name : str, optional
        Name of the file under ``raw/``; by default policy_id and the format's ending.
    anyway : bool
        Add what does not look like a privacy policy (a log-in or error page, a cookie dialogue, a few words).

    Returns
    -------
    Added
        row (Series with the columns of `Corpus.policies`), kept and left_out (the first lines, each left out
        with its reason), notes.

    Raises
    ------
    FileNotFoundError
        If the source is missing.
    ValueError
        If an argument is not valid, the file cannot be read or does not look like a privacy policy, or its
        policy_id, its file name or its very content is in the manifest already.

    Examples
    --------
    >>> text = b"We collect your personal data, store it safely and never share it. " * 6
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     added = add_policy(folder, text, vendor="Example Ltd", effective_on="2024-05")
    >>> added.row["policy_id"], added.row["file"], added.row["format"]
    ('example-ltd-2024', 'example-ltd-2024.txt', 'text')
    """
    folder = Path(folder)
    if policy_id is not None and not re.fullmatch(
        r"[^\s\x00-\x1f](?:[^\x00-\x1f]*[^\s\x00-\x1f])?", policy_id
    ):
        raise ValueError(
            f"policy_id {policy_id!r} must be a text without spaces around it and without line breaks"
        )
    if not vendor.strip():
        raise ValueError("vendor is empty; give the name of the policy's publisher")
    for argument, date in (("captured_on", captured_on), ("effective_on", effective_on)):
        _check_date(argument, date)
    data, hint, known = _read(source, name)
    where = hint if isinstance(source, bytes) else str(source)
    try:
        document = read_document(data, name=hint)
    except ValueError as error:
        raise ValueError(f"{where}: {str(error).removeprefix(hint + ': ')}") from error
    notes = [known.get("note", ""), *document.notes, *clean(document.blocks)]
    doubtful = doubt(document.blocks)
    if doubtful and not anyway:
        raise ValueError(
            f"{where}: {doubtful}; if it is a privacy policy all the same, add it with anyway=True (--anyway)"
        )
    known |= read_provenance(data[:4000].decode("utf-8", "replace"))
    language, language_note = describe_language(document.blocks)
    year = (effective_on or captured_on or known.get("captured_on", ""))[:4]
    policy_id = policy_id or "-".join(part for part in (_slug(vendor), year) if part)
    row = dict.fromkeys(MANIFEST, "") | {
        "policy_id": policy_id, "vendor": vendor, "title": title, "effective_on": effective_on,
        "source_url": source_url or known.get("source_url", ""),
        "captured_on": captured_on or known.get("captured_on", ""),
        "format": document.format, "language": language, "sha256": hashlib.sha256(data).hexdigest(),
        "n_bytes": str(len(data)), "note": "; ".join(filter(None, [note, known.get("note", "")])),
    }  # fmt: skip
    row = {column: " ".join(value.split()) for column, value in row.items()} | {"policy_id": policy_id}
    row = _store(folder, data, row, name, source)
    return Added(
        row=pd.Series(row | {"n_bytes": len(data)}, dtype="object", name=policy_id),
        kept=[block.text for block in document.blocks if block.keep][:5],
        left_out=list(
            dict.fromkeys(f"[{block.reason}] {block.text}" for block in document.blocks if not block.keep)
        )[:5],
        notes=list(dict.fromkeys(item for item in [*notes, language_note, doubtful] if item)),
    )


def add_policies(
    folder: str | Path, source: str | Path, *, table: str | Path | None = None, anyway: bool = False
) -> pd.DataFrame:
    """Add every policy of a folder to a study's folder; what cannot be added is told and left out.

    Parameters
    ----------
    folder : path
        The study's folder, such as "data".
    source : path
        Folder of text, Markdown, HTML and PDF files; sub-folders are read too.
    table : path, optional
        CSV that says what is known: columns file (path inside `source`) and vendor, and any of policy_id,
        captured_on, effective_on, title, source_url, note; files it does not name are left out. Without it the
        vendor is the file's name, or its folder's where several files have the same name.
    anyway : bool
        Add what does not look like a privacy policy, too.

    Returns
    -------
    DataFrame
        file, policy_id, vendor (str), added (bool), reason (str, why a file was left out, else ""): one row for
        each file, by name. Adding the same folder again adds what is new in it.

    Raises
    ------
    FileNotFoundError, ValueError
        Before anything is added: if source or table cannot be read, or the table lacks a column or names a file
        that is not there.

    Examples
    --------
    >>> import tempfile
    >>> text = "We collect your personal data, store it safely and never share it. " * 6
    >>> with tempfile.TemporaryDirectory() as place:
    ...     (source := Path(place, "saved")).mkdir()
    ...     _ = (source / "Example Ltd.txt").write_text(text), (source / "login.html").write_text("<p>Log in")
    ...     done = add_policies(Path(place, "data"), source)
    >>> done[["file", "policy_id", "added"]].values.tolist()
    [['Example Ltd.txt', 'example-ltd', True], ['login.html', '', False]]
    """
    source = Path(source)
    if not source.is_dir():
        raise FileNotFoundError(
            f"{source}: {'a file, not a folder' if source.exists() else 'no such folder'}"
        )
    files = {path.relative_to(source).as_posix(): path for path in _expand(source)}
    if not files:
        raise ValueError(f"{source}: no text, Markdown, HTML or PDF files there")
    known = _vendors_by_name(files) if table is None else _vendors_by_table(Path(table), files)
    rows = []
    for file, path in tqdm(files.items(), desc="adding policies", unit="", disable=None):
        row = {"file": file, "policy_id": "", "vendor": "", "added": False, "reason": ""}
        if file not in known:
            row["reason"] = f"{table} has no row for it"
        else:
            row["vendor"] = known[file]["vendor"]
            try:
                added = add_policy(folder, path, anyway=anyway, **known[file])  # type: ignore[arg-type]
                row |= {"policy_id": added.row["policy_id"], "added": True}
            except ValueError as error:
                row["reason"] = str(error).removeprefix(f"{path}: ")
        rows.append(row)
    dtypes = {"file": "str", "policy_id": "str", "vendor": "str", "added": "bool", "reason": "str"}
    return pd.DataFrame(rows, columns=list(dtypes)).astype(dtypes)


def _vendors_by_name(files: dict[str, Path]) -> dict[str, dict[str, str]]:
    several = Counter(path.stem for path in files.values())
    return {
        file: {"vendor": path.stem if several[path.stem] == 1 else path.parent.name}
        for file, path in files.items()
    }


def _vendors_by_table(table: Path, files: dict[str, Path]) -> dict[str, dict[str, str]]:
    """What a table says of each file, as arguments of `add_policy`."""
    try:
        frame = pd.read_csv(table, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ValueError(f"{table}: not a CSV table in UTF-8 ({error}); save it again as such") from None
    for column in ("file", "vendor"):
        if column not in frame:
            raise ValueError(
                f"{table}: column {column!r} is missing; there are: {', '.join(map(str, frame))}"
            )
    if unused := [column for column in frame if column not in _TABLE]:
        warnings.warn(f"{table}: columns that are not used: {', '.join(map(str, unused))}", stacklevel=3)
    known: dict[str, dict[str, str]] = {}
    for line, row in enumerate(frame.to_dict("records"), start=2):
        file = row["file"].replace("\\", "/").removeprefix("./")
        if file not in files:
            raise ValueError(f"{table}, line {line}: there is no file {row['file']!r}")
        if file in known:
            raise ValueError(f"{table}, line {line}: file {row['file']!r} stands in an earlier line too")
        known[file] = {column: row[column].strip() for column in _TABLE[1:] if row.get(column, "").strip()}
        if "vendor" not in known[file]:
            raise ValueError(f"{table}, line {line}: column 'vendor' is empty")
    return known


def _read(source: str | Path | bytes, name: str | None) -> tuple[bytes, str, dict[str, str]]:
    """Bytes of a source, a name that tells its format, and what the source says of itself."""
    if isinstance(source, bytes):
        return source, name or "policy.txt", {}
    if isinstance(source, str) and re.match(r"[a-z][a-z0-9+.-]*://", source.strip(), re.IGNORECASE):
        page = fetch(source.strip())
        snapshot = re.match(r"https?://web\.archive\.org/web/(\d{4})(\d{2})(\d{2})", page.url)
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        data, note = _as_read(page)
        return (
            data,
            page.name,
            {
                "captured_on": "-".join(snapshot.groups()) if snapshot else today,
                "source_url": page.url,
                "note": note,
            },
        )
    path = Path(source)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: {'a folder, not a file' if path.is_dir() else 'no such file'}")
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"{path}: {path.stat().st_size:,} bytes is more than a policy's {MAX_BYTES:,}")
    return path.read_bytes(), path.name, {}


def _as_read(page: Page) -> tuple[bytes, str]:
    """A page's bytes as they are, or as UTF-8 where only the header, which is not kept, says how to read."""
    start = page.data[:4096]
    text = page_text(page.data, page.charset)
    if (
        text is None
        or start.startswith((b"%PDF-", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
        or _META_CHARSET.search(start)
    ):
        return page.data, ""
    try:
        if decode(page.data, name=page.name) in ((text, "utf-8"), (text, "ascii")) or _is_utf8(page.data):
            return page.data, ""
    except ValueError:
        pass  # the header knows better
    return text.encode("utf-8"), f"kept as UTF-8; the server sent it in {page.charset.lower()}"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in data


def _store(
    folder: Path, data: bytes, row: dict[str, str], name: str | None, source: str | Path | bytes
) -> dict[str, str]:
    """Write file and row. The file comes first: if the machine stops in between, adding it again mends it."""
    manifest, raw = (folder / "policies.csv").resolve(), folder / "raw"
    before = manifest.read_bytes() if manifest.exists() else b""
    rows = read_manifest(folder) if before else pd.DataFrame(columns=MANIFEST, dtype="str")
    same = rows.loc[rows["sha256"] == row["sha256"], "policy_id"]
    if len(same):
        raise ValueError(f"{manifest} holds this very text already, as policy_id {same.iloc[0]!r}")
    if row["policy_id"] in set(rows["policy_id"]):
        raise ValueError(
            f"{manifest} holds a policy_id {row['policy_id']!r} already; give another (--policy-id)"
        )
    in_place = not isinstance(source, bytes) and _lies_in(source, raw, rows)
    row = row | {"file": Path(source).name if in_place else _file_name(row, name, raw, rows)}  # type: ignore[arg-type]
    after = _appended(before, row, manifest)
    target = raw / row["file"]
    existed = target.exists()
    made = [path for path in (folder, raw) if not path.exists()]
    mark = f".{os.getpid()}-{secrets.token_hex(4)}.part"
    parts = (raw / f".{row['file']}{mark}", manifest.with_name(f".{manifest.name}{mark}"))
    try:
        raw.mkdir(parents=True, exist_ok=True)
        _write(parts[0], data)
        _write(parts[1], after)
        if before:
            shutil.copymode(manifest, parts[1])
        if (manifest.read_bytes() if manifest.exists() else b"") != before:
            raise ValueError(f"{manifest} was changed meanwhile; add the policy again")
        if not existed:
            os.replace(parts[0], target)
        os.replace(parts[1], manifest)
    except BaseException:
        if not existed and not (manifest.exists() and manifest.read_bytes() == after):
            target.unlink(missing_ok=True)
        raise
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
        if not manifest.exists():
            for path in reversed(made):
                if path.is_dir() and not any(path.iterdir()):
                    path.rmdir()
    return row


def _write(path: Path, data: bytes) -> None:
    with open(path, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _appended(before: bytes, row: dict[str, str], manifest: Path) -> bytes:
    """The manifest's bytes with one more line; the others stay as they are."""
    text = before.decode("utf-8-sig") or ",".join(MANIFEST) + "\n"
    header = next(csv.reader(io.StringIO(text, newline="")))
    lost = [
        column for column, value in row.items() if value and column not in header and column not in _COMPUTED
    ]
    if lost:
        raise ValueError(
            f"{manifest}: there is no column {lost[0]!r} for {row[lost[0]]!r}; add it to every line"
        )
    end = "\r\n" if text.split("\n", 1)[0].endswith("\r") else "\n"
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator=end).writerow([row.get(column, "") for column in header])
    after = (
        (before or text.encode())
        + (b"" if text.endswith("\n") else end.encode())
        + line.getvalue().encode("utf-8")
    )
    table = pd.read_csv(io.BytesIO(after), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    if table.iloc[-1].to_dict() != {column: row.get(column, "") for column in header}:
        raise ValueError(
            f"{manifest}: a line cannot be added behind its last one; is a quotation mark left open there?"
        )
    return after


_COMPUTED = ("format", "language", "n_bytes")


def _lies_in(source: str | Path, raw: Path, rows: pd.DataFrame) -> bool:
    path = Path(source)
    inside = path.exists() and not path.is_symlink() and path.resolve().parent == raw.resolve()
    return inside and not path.name.startswith(".") and path.name not in set(rows["file"])


def _file_name(row: dict[str, str], name: str | None, raw: Path, rows: pd.DataFrame) -> str:
    """A name under raw/ that no file has, unless an addition that broke off left this very file there."""
    taken = {file.lower() for file in rows["file"]}

    def free(candidate: str) -> bool:
        there = raw / candidate
        left = (
            there.is_file()
            and not there.is_symlink()
            and hashlib.sha256(there.read_bytes()).hexdigest() == row["sha256"]
        )
        return candidate.lower() not in taken and (left or not os.path.lexists(there))

    if name is not None:
        if (
            not re.fullmatch(r"[^\x00-\x1f/\\:*?\"<>|]{1,150}", name)
            or name[0] in ". "
            or name[-1] in ". "
            or _RESERVED.match(name)
        ):
            raise ValueError(f"name {name!r} must be a plain file name inside raw/, such as 'policy.html'")
        if not free(name):
            raise ValueError(f"{raw / name} is there already; give another name")
        return name
    stem = (
        _slug(unicodedata.normalize("NFKD", row["policy_id"]).encode("ascii", "ignore").decode())
        or row["sha256"][:12]
    )
    stem = f"policy-{stem}" if _RESERVED.match(stem) else stem[:100]
    ending = _ENDING[row["format"]]
    return next(file for n in itertools.count(1) if free(file := f"{stem}{f'-{n}' if n > 1 else ''}{ending}"))


def _slug(text: str) -> str:
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-")


def _check_date(argument: str, date: str) -> None:
    if date:
        try:
            if not _DATE.fullmatch(date):
                raise ValueError
            datetime.date.fromisoformat((date + "-01-01")[:10])
        except ValueError:
            raise ValueError(f"{argument} {date!r} is not a date as 2019-12-31, 2019-12 or 2019") from None


def _cut(line: str) -> str:
    return line if len(line) <= 100 else line[:97] + "..."
