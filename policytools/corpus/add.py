"""Adds policies to a study's folder: the file and its row in the manifest, both or none."""

import csv
import datetime
import hashlib
import io
import itertools
import re
import unicodedata
import warnings
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from tqdm import tqdm

from policytools._files import locked, read_csv, remove_parts, spreadsheet_cell, write_whole
from policytools._frames import frame_of_rows, require_columns
from policytools._wording import shortened
from policytools.corpus.archives import read_provenance
from policytools.corpus.corpus import MANIFEST, clean_document, read_manifest
from policytools.corpus.fetch import Page, fetch
from policytools.corpus.folders import describe_unread, policy_files, policy_name
from policytools.corpus.naming import check_distinct, check_file_name, file_stem, folded, made_id, visible
from policytools.reading.blocks import MAX_BYTES
from policytools.reading.files import raw_text, read_document
from policytools.reading.language import describe_language
from policytools.reading.packed import unpack
from policytools.reading.screening import doubt

_ENDING = {"text": ".txt", "markdown": ".md", "html": ".html", "pdf": ".pdf"}
_TABLE = [
    "file", "vendor", "policy_id", "captured_on", "effective_on", "title", "source_url", "note", "selector",
]  # fmt: skip
_COMPUTED = ("format", "language", "n_bytes")  # the manifest may lack these: `load_corpus` finds them again
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_SNAPSHOT = re.compile(r"https?://web\.archive\.org/web/(\d{4})(\d{2})(\d{2})")


class Added(NamedTuple):
    """What `add_policy` did: the new row, the first lines kept and left out, notes for the reader."""

    row: pd.Series
    kept: list[str]
    left_out: list[str]
    notes: list[str]

    def __str__(self) -> str:
        row = self.row
        about = f"{row['format']}, language {row['language'] or 'unknown'}, {int(row['n_bytes']):,} bytes"
        lines = [f"added {row['policy_id']} ({row['vendor']}): raw/{row['file']}, {about}"]
        lines += [f"note: {note}" for note in self.notes]
        lines += ["first lines kept:", *(f"    {shortened(line, 100)}" for line in self.kept)]
        left_out = self.left_out or ["(none)"]
        lines += ["first lines left out:", *(f"    {shortened(line, 100)}" for line in left_out)]
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
    selector: str = "",
    anyway: bool = False,
) -> Added:
    """Add a policy to a study's folder: copy the file, write its row. If anything fails, nothing changes.

    Parameters
    ----------
    folder : path
        The study's folder, such as "data"; it is made, with its ``policies.csv``, if it does not exist.
    source : path, bytes or http(s) address
        The policy as text, Markdown, HTML or PDF. A file that is already in ``raw/`` stays there.
    vendor : str
        Whose policy it is.
    policy_id : str, optional
        By default made of vendor and year ("anycubic-2019"); a vendor without a letter or digit gets a checksum
        ("vendor-597d9776-2019").
    captured_on, effective_on : str
        ISO dates or their beginning ("2019", "2019-12"). The default of captured_on is the date in an
        archive's note in the file, or today for a web address.
    title, source_url, note : str
        Columns of the manifest; source_url of a web address is the address.
    name : str, optional
        Name of the file under ``raw/``; by default policy_id and the format's ending.
    selector : str
        CSS selector of the elements of an HTML page that hold the policy, if the reader does not find them itself.
    anyway : bool
        Add a text that does not look like a privacy policy (a log-in or error page, a cookie dialogue, a few
        words).

    Returns
    -------
    Added
        row (Series with the columns of `Corpus.policies`), kept and left_out (the first lines; those left out
        with their reasons), notes.

    Raises
    ------
    FileNotFoundError
        If the source is missing.
    ValueError
        If an argument is not valid or holds control characters, the file cannot be read or does not look like a
        privacy policy, its policy_id, its file name or the same text is in the manifest already, or its policy_id,
        vendor or file differs from one in the manifest only in case or Unicode form.

    Examples
    --------
    >>> text = b"We collect your personal data, store it safely and never share it. " * 6
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     added = add_policy(folder, text, vendor="Example Ltd", effective_on="2024-05")
    >>> added.row["policy_id"], added.row["file"], added.row["format"]
    ('example-ltd-2024', 'example-ltd-2024.txt', 'text')
    """
    given = {"vendor": vendor, "title": title, "source_url": source_url, "note": note}
    given = {column: _one_line(column, text) for column, text in given.items()}
    if not folded(given["vendor"]):
        raise ValueError("vendor is empty; give the name of the policy's publisher")
    if policy_id is not None and (not policy_id or policy_id != _one_line("policy_id", policy_id)):
        wrong = "must not be empty or hold line breaks, spaces at its ends or unseen characters"
        raise ValueError(f"policy_id {policy_id!r} {wrong}")
    _check_date("captured_on", captured_on)
    _check_date("effective_on", effective_on)
    data, hint, known = _read(source, name)
    where = hint if isinstance(source, bytes) else str(source)
    try:
        document = read_document(data, name=hint, selector=selector)
    except ValueError as error:
        raise ValueError(f"{where}: {str(error).removeprefix(hint + ': ')}") from error
    notes = [known["note"], *document.notes, *clean_document(document)]
    doubtful = doubt(document.blocks)
    if doubtful and not anyway:
        raise ValueError(
            f"{where}: {doubtful}; if it is a privacy policy all the same, add it with anyway=True (--anyway)"
        )
    known |= read_provenance(data[:4000].decode("utf-8", "replace"))
    language, language_note = describe_language(document.blocks)
    captured_on = captured_on or known["captured_on"]
    row = dict.fromkeys(MANIFEST, "") | given | {
        "effective_on": effective_on, "captured_on": captured_on, "format": document.format, "language": language,
        "source_url": given["source_url"] or _one_line("source_url", known["source_url"]),
        "sha256": hashlib.sha256(data).hexdigest(), "n_bytes": str(len(data)),
        "note": "; ".join(filter(None, [given["note"], known["note"]])), "selector": selector,
    }  # fmt: skip
    row["policy_id"] = policy_id or made_id(row["vendor"], (effective_on or captured_on)[:4])
    _store(Path(folder), data, row, name, source)
    left_out = [f"[{block.reason}] {block.text}" for block in document.blocks if not block.keep]
    return Added(
        row=pd.Series(row | {"n_bytes": len(data)}, dtype="object", name=row["policy_id"]),
        kept=[block.text for block in document.blocks if block.keep][:5],
        left_out=list(dict.fromkeys(left_out))[:5],
        notes=list(dict.fromkeys(filter(None, [*notes, language_note, doubtful]))),
    )


def _one_line(argument: str, text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", visible(text, argument)).split())


def _check_date(argument: str, date: str) -> None:
    if not date:
        return
    try:
        if not _DATE.fullmatch(date):
            raise ValueError
        datetime.date.fromisoformat((date + "-01-01")[:10])
    except ValueError:
        raise ValueError(f"{argument} {date!r} is not a date; write 2019-12-31, 2019-12 or 2019") from None


def add_policies(
    folder: str | Path, source: str | Path, *, table: str | Path | None = None, anyway: bool = False
) -> pd.DataFrame:
    """Add every policy of a folder to a study's folder; what cannot be added is left out and reported.

    Parameters
    ----------
    folder : path
        The study's folder, such as "data".
    source : path
        Folder of text, Markdown, HTML and PDF files; sub-folders are read too.
    table : path, optional
        CSV with the columns file (path inside `source`) and vendor, and any of policy_id, captured_on,
        effective_on, title, source_url, note, selector; files it does not name are left out. Without a table the vendor
        is the file's name, or its folder's name where several files have the same name.
    anyway : bool
        Also add what does not look like a privacy policy.

    Returns
    -------
    DataFrame
        One row for each file, by name: file, policy_id, vendor (str), added (bool), reason (str, why a file was
        left out, else ""). Adding the same folder again adds only what is new in it.

    Raises
    ------
    FileNotFoundError, ValueError
        Before anything is added: if source or table cannot be read, a column is missing in the table, or it names
        a file that does not exist.

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
    found, unread = policy_files(source)
    files = {path.relative_to(source).as_posix(): path for path in found}
    if not files:
        raise ValueError(f"{source}: no text, Markdown, HTML or PDF files there")
    if unread:
        warnings.warn(describe_unread(unread), stacklevel=2)
    known = _vendors_by_name(files) if table is None else _vendors_by_table(Path(table), files)
    rows = []
    for file, path in tqdm(files.items(), desc="adding policies", unit="", disable=None):
        policy_id, vendor, reason = "", known.get(file, {}).get("vendor", ""), ""
        if file in known:
            try:
                added = add_policy(folder, path, anyway=anyway, **known[file])  # type: ignore[arg-type]
                policy_id = added.row["policy_id"]
            except ValueError as error:
                reason = str(error).removeprefix(f"{path}: ")
        else:
            reason = f"{table} has no row for it"
        told = (text.encode("utf-8", "replace").decode() for text in (file, policy_id, vendor, reason))
        rows.append((*told, not reason))
    dtypes = {"file": "str", "policy_id": "str", "vendor": "str", "reason": "str", "added": "bool"}
    return frame_of_rows(rows, dtypes)[["file", "policy_id", "vendor", "added", "reason"]]


def _vendors_by_name(files: dict[str, Path]) -> dict[str, dict[str, str]]:
    counts = Counter(map(policy_name, files.values()))
    return {
        file: {"vendor": name if counts[name := policy_name(path)] == 1 else path.parent.name}
        for file, path in files.items()
    }


def _vendors_by_table(table: Path, files: dict[str, Path]) -> dict[str, dict[str, str]]:
    """The arguments of `add_policy` that a table gives for each file."""
    frame = read_csv(table)
    require_columns(frame, str(table), ("file", "vendor"))
    if unused := [str(column) for column in frame if column not in _TABLE]:
        warnings.warn(f"{table}: columns that are not used: {', '.join(unused)}", stacklevel=3)
    known: dict[str, dict[str, str]] = {}
    for line, row in enumerate(frame.to_dict("records"), start=2):
        file = row["file"].replace("\\", "/").removeprefix("./")
        if file not in files:
            raise ValueError(f"{table}, line {line}: there is no file {row['file']!r}")
        if file in known:
            raise ValueError(f"{table}, line {line}: file {row['file']!r} is in an earlier line too")
        known[file] = {column: row[column].strip() for column in _TABLE[1:] if row.get(column, "").strip()}
        if "vendor" not in known[file]:
            raise ValueError(f"{table}, line {line}: column 'vendor' is empty")
    return known


def _read(source: str | Path | bytes, name: str | None) -> tuple[bytes, str, dict[str, str]]:
    """Bytes of a source, a name that tells its format, and its captured_on, source_url and note."""
    known = {"captured_on": "", "source_url": "", "note": ""}
    if isinstance(source, bytes):
        return source, name or "policy.txt", known
    if isinstance(source, str) and _ADDRESS.match(source.strip()):
        page = fetch(source.strip())
        snapshot = _SNAPSHOT.match(page.url)
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        data, note = _in_readable_encoding(page)
        captured_on = "-".join(snapshot.groups()) if snapshot else today
        return data, page.name, {"captured_on": captured_on, "source_url": page.url, "note": note}
    path = Path(source)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: {'a folder, not a file' if path.is_dir() else 'no such file'}")
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(
            f"{path}: {path.stat().st_size:,} bytes; the limit is {MAX_BYTES:,}: cut it to the policy's own text"
        )
    return path.read_bytes(), path.name, known


def _in_readable_encoding(page: Page) -> tuple[bytes, str]:
    """A page's bytes; as UTF-8, if only the HTTP header (which is not kept) tells their encoding."""
    if not page.charset or page.data.startswith(b"%PDF-"):
        return page.data, ""
    try:
        text = raw_text(page.data, name=page.name, charset=page.charset)
        if text == raw_text(page.data, name=page.name):
            return page.data, ""
    except ValueError:
        return page.data, ""  # no text; the reader says why
    return text.encode("utf-8", "replace"), f"kept as UTF-8; the server sent it in {page.charset.lower()}"


def _store(
    folder: Path, data: bytes, row: dict[str, str], name: str | None, source: str | Path | bytes
) -> None:
    """Write file and row while no other program adds a policy; whatever was made is removed if that fails."""
    raw = folder / "raw"
    made = [path for path in (raw, folder) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    manifest = (folder / "policies.csv").resolve()
    try:
        with locked(manifest):
            remove_parts(manifest.parent, manifest.name)
            remove_parts(raw)
            _write(folder, data, row, name, source)
    except BaseException:
        for path in made:
            with suppress(OSError):  # not empty
                path.rmdir()
        raise


def _write(
    folder: Path, data: bytes, row: dict[str, str], name: str | None, source: str | Path | bytes
) -> None:
    """Choose the file's name, then write file and row.

    The file is written first: if the computer stops in between, adding the policy again completes it.
    """
    manifest, raw = (folder / "policies.csv").resolve(), folder / "raw"
    before = manifest.read_bytes() if manifest.exists() else b""
    rows = read_manifest(folder) if before else pd.DataFrame(columns=MANIFEST, dtype="str")
    same = rows.loc[rows["sha256"] == row["sha256"], "policy_id"]
    if len(same):
        raise ValueError(f"{manifest} holds the same text already, as policy_id {same.iloc[0]!r}")
    known = dict(zip(rows["policy_id"], rows["vendor"], strict=True))
    if (new_id := row["policy_id"]) in known:
        whose = f"policy_id {new_id!r} already, of {known[new_id]!r}"
        raise ValueError(f"{manifest} holds {whose}; give another (--policy-id)")
    if not isinstance(source, bytes) and _is_unlisted_in(raw, source, rows):
        row["file"] = Path(source).name
        check_file_name(row["file"], "source")
    else:
        packed = unpack(data, name="")
        ending = packed.ending if packed.format else _ENDING[row["format"]] + packed.ending
        row["file"] = _file_name(row, name, raw, rows, ending)
    for column in ("policy_id", "vendor", "file"):
        check_distinct([*rows[column], row[column]], f"{manifest}, column {column!r}")
    after = _appended(before, row, manifest)
    target = raw / row["file"]
    existed = target.exists()
    try:
        raw.mkdir(exist_ok=True)
        if not existed:
            write_whole(target, data)
        write_whole(manifest, after, expected=before)
    except BaseException:
        if not existed and not (manifest.exists() and manifest.read_bytes() == after):
            target.unlink(missing_ok=True)
        raise


def _is_unlisted_in(raw: Path, source: str | Path, rows: pd.DataFrame) -> bool:
    """Whether a source is a file in raw/ that the manifest does not name yet."""
    path = Path(source)
    inside = path.exists() and not path.is_symlink() and path.resolve().parent == raw.resolve()
    return inside and not path.name.startswith(".") and path.name not in set(rows["file"])


def _appended(before: bytes, row: dict[str, str], manifest: Path) -> bytes:
    """The manifest's bytes with one more line; the others stay as they are."""
    text = before.decode("utf-8-sig") or ",".join(MANIFEST) + "\n"
    header = next(csv.reader(io.StringIO(text, newline="")))
    lost = [name for name, value in row.items() if value and name not in (*header, *_COMPUTED)]
    if lost:
        raise ValueError(
            f"{manifest}: there is no column {lost[0]!r} for {row[lost[0]]!r}; add it to every line"
        )
    end = "\r\n" if text.split("\n", 1)[0].endswith("\r") else "\n"
    line = io.StringIO(newline="")
    cells = [spreadsheet_cell(row.get(column, "")) for column in header]
    csv.writer(line, lineterminator=end).writerow(cells)
    added = ("" if text.endswith("\n") else end) + line.getvalue()
    return (before or text.encode()) + added.encode()


def _file_name(row: dict[str, str], name: str | None, raw: Path, rows: pd.DataFrame, ending: str) -> str:
    """A free file name under raw/; the same text, left by an addition that was cut off, counts as free."""
    taken = {folded(file) for file in rows["file"]}
    present = {folded(path.name) for path in raw.glob("*")}

    def is_free(candidate: str) -> bool:
        path = raw / candidate
        if folded(candidate) in taken:
            return False
        if path.is_file() and not path.is_symlink():
            return hashlib.sha256(path.read_bytes()).hexdigest() == row["sha256"]
        return folded(candidate) not in present

    if name is not None:
        check_file_name(name, "name")
        if not is_free(name):
            raise ValueError(f"{raw / name} exists already; give another name")
        return name
    stem = file_stem(row["policy_id"]) or row["sha256"][:12]
    numbered = (f"{stem}-{n}{ending}" for n in itertools.count(2))
    return next(file for file in itertools.chain([f"{stem}{ending}"], numbered) if is_free(file))
