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
from policytools._frames import check_date, frame_of_rows, require_columns
from policytools._wording import shortened
from policytools.corpus.archives import read_provenance
from policytools.corpus.corpus import MANIFEST, clean_document, read_manifest
from policytools.corpus.fetch import Page, fetch
from policytools.corpus.folders import describe_unread, policy_files, policy_name
from policytools.corpus.naming import check_distinct, check_file_name, file_stem, folded, made_id, visible
from policytools.reading.blocks import MAX_BYTES, Document
from policytools.reading.files import raw_text, read_document
from policytools.reading.language import describe_language
from policytools.reading.packed import unpack
from policytools.reading.screening import doubt

_ENDING = {"text": ".txt", "markdown": ".md", "html": ".html", "pdf": ".pdf"}
_TABLE = [
    "file", "vendor", "policy_id", "captured_on", "effective_on", "title", "source_url", "note", "selector",
]  # fmt: skip
_COMPUTED = ("format", "language", "n_bytes")  # the manifest may lack these: `load_corpus` finds them again
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_SNAPSHOT = re.compile(r"https?://web\.archive\.org/web/(\d{4})(\d{2})(\d{2})")


_AT_ONCE = (
    50  # policies of a folder that are written together: the manifest is read and written once for them
)


class _Policy(NamedTuple):
    """A policy that is read and not stored yet."""

    row: dict[str, str]
    data: bytes
    document: Document
    notes: list[str]
    name: str | None
    source: str | Path | bytes


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
    policy = _read_policy(
        source, vendor=vendor, policy_id=policy_id, captured_on=captured_on, effective_on=effective_on, title=title,
        source_url=source_url, note=note, name=name, selector=selector, anyway=anyway,
    )  # fmt: skip
    [error] = _store(Path(folder), [policy])
    if error:
        raise error
    row, blocks = policy.row, policy.document.blocks
    left_out = [f"[{block.reason}] {block.text}" for block in blocks if not block.keep]
    return Added(
        row=pd.Series(row | {"n_bytes": len(policy.data)}, dtype="object", name=row["policy_id"]),
        kept=[block.text for block in blocks if block.keep][:5],
        left_out=list(dict.fromkeys(left_out))[:5],
        notes=policy.notes,
    )


def _read_policy(
    source: str | Path | bytes,
    *,
    policy_id: str | None = None,
    name: str | None = None,
    anyway: bool = False,
    **texts: str,
) -> _Policy:
    """Check the arguments of `add_policy`, and read the source; `texts` are the columns of its row."""
    given = {
        column: _one_line(column, texts.get(column, ""))
        for column in ("vendor", "title", "source_url", "note")
    }
    if not folded(given["vendor"]):
        raise ValueError("vendor is empty; give the name of the policy's publisher")
    if policy_id is not None and (not policy_id or policy_id != _one_line("policy_id", policy_id)):
        wrong = "must not be empty or hold line breaks, spaces at its ends or unseen characters"
        raise ValueError(f"policy_id {policy_id!r} {wrong}")
    effective_on, captured_on = (texts.get(column, "") for column in ("effective_on", "captured_on"))
    selector = texts.get("selector", "")
    for argument, date in (("captured_on", captured_on), ("effective_on", effective_on)):
        if date:
            check_date(argument, date)
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
    notes = list(dict.fromkeys(filter(None, [*notes, language_note, doubtful])))
    return _Policy(row, data, document, notes, name, source)


def _one_line(argument: str, text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", visible(text, argument)).split())


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
    ids, reasons = dict.fromkeys(files, ""), dict.fromkeys(files, "")
    ready: dict[str, _Policy] = {}  # read, to be stored together

    def store() -> None:
        for file, error in zip(ready, _store(Path(folder), list(ready.values())), strict=True):
            ids[file], reasons[file] = ("", str(error)) if error else (ready[file].row["policy_id"], "")
        ready.clear()

    try:
        for file, path in tqdm(files.items(), desc="adding policies", unit="", disable=None):
            if file in known:
                try:
                    ready[file] = _read_policy(path, anyway=anyway, **known[file])  # type: ignore[arg-type]
                except ValueError as error:
                    reasons[file] = str(error).removeprefix(f"{path}: ")
            else:
                reasons[file] = f"{table} has no row for it"
            if len(ready) == _AT_ONCE:
                store()
    finally:  # also if the program is stopped: what is read is kept
        store()
    rows = []
    for file in files:
        reason, vendor = reasons[file], known.get(file, {}).get("vendor", "")
        told = (text.encode("utf-8", "replace").decode() for text in (file, ids[file], vendor, reason))
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


def _store(folder: Path, policies: list[_Policy]) -> list[ValueError | None]:
    """Write files and rows while no other program adds a policy; for each policy, why it was not stored.

    Whatever was made is removed if writing fails.
    """
    if not policies:
        return []
    raw = folder / "raw"
    made = [path for path in (raw, folder) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    path = (folder / "policies.csv").resolve()
    errors: list[ValueError | None] = []
    try:
        with locked(path):
            remove_parts(path.parent, path.name)
            remove_parts(raw)
            manifest = _Manifest(path, raw)
            try:
                for policy in policies:
                    try:
                        manifest.add(policy)
                        errors.append(None)
                    except ValueError as error:
                        errors.append(error)
            finally:
                manifest.save()
    finally:
        for folder_made in made:
            with suppress(OSError):  # not empty
                folder_made.rmdir()
    return errors


class _Manifest:
    """The manifest of a study while policies are added to it.

    The files are written first: if the computer stops before `save`, adding the policies again completes them.
    """

    def __init__(self, path: Path, raw: Path):
        self._path, self._raw = path, raw
        self._before = path.read_bytes() if path.exists() else b""
        rows = read_manifest(path.parent) if self._before else pd.DataFrame(columns=MANIFEST, dtype="str")
        self._vendor_of = dict(zip(rows["policy_id"], rows["vendor"], strict=True))
        self._id_of = dict(zip(rows["sha256"], rows["policy_id"], strict=True))  # by checksum
        undated = rows[(rows["captured_on"] == "") & (rows["effective_on"] == "")]
        self._undated = dict(zip(undated["vendor"], undated["policy_id"], strict=True))
        self._files = set(rows["file"])
        self._known = {name: {folded(n): n for n in rows[name]} for name in ("policy_id", "vendor", "file")}
        self._present = {folded(file.name) for file in raw.glob("*")}
        self._text = self._before.decode("utf-8-sig") or ",".join(MANIFEST) + "\n"
        self._header = next(csv.reader(io.StringIO(self._text, newline="")))
        self._lines: list[str] = []
        self._written: list[Path] = []  # files that did not exist

    def add(self, policy: _Policy) -> None:
        """Write a policy's file, whose name is chosen here, and keep its line for `save`."""
        row = policy.row
        if row["sha256"] in self._id_of:
            same = self._id_of[row["sha256"]]
            raise ValueError(f"{self._path} holds the same text already, as policy_id {same!r}")
        is_undated = not (row["captured_on"] or row["effective_on"])
        if is_undated and (other := self._undated.get(row["vendor"])):
            raise ValueError(
                f"{self._path} holds a policy of {row['vendor']!r} without a date already, {other!r}; give the date of this one "
                "(captured_on, --captured-on), so that it is known which is newer"
            )
        if (new_id := row["policy_id"]) in self._vendor_of:
            whose = f"policy_id {new_id!r} already, of {self._vendor_of[new_id]!r}"
            raise ValueError(f"{self._path} holds {whose}; give another (--policy-id)")
        if not isinstance(policy.source, bytes) and _is_unlisted_in(self._raw, policy.source, self._files):
            row["file"] = Path(policy.source).name
            check_file_name(row["file"], "source")
        else:
            packed = unpack(policy.data, name="")
            ending = packed.ending if packed.format else _ENDING[row["format"]] + packed.ending
            row["file"] = self._file_name(row, policy.name, ending)
        for column, known in self._known.items():
            alike = known.get(folded(row[column]), row[column])
            check_distinct([alike, row[column]], f"{self._path}, column {column!r}")
        line = self._line(row)
        target = self._raw / row["file"]
        if not target.exists():
            self._raw.mkdir(exist_ok=True)
            self._written.append(target)
            write_whole(target, policy.data)
        self._lines.append(line)
        self._vendor_of[new_id], self._id_of[row["sha256"]] = row["vendor"], new_id
        self._undated |= {row["vendor"]: new_id} if is_undated else {}
        self._files.add(row["file"])
        self._present.add(folded(row["file"]))
        for column, known in self._known.items():
            known.setdefault(folded(row[column]), row[column])

    def save(self) -> None:
        """Write the manifest with the new lines, the others as they are; files without a line are removed."""
        if not self._written and not self._lines:
            return
        after = (self._before or self._text.encode()) + "".join(self._lines).encode()
        try:
            if self._lines:
                write_whole(self._path, after, expected=self._before)
        finally:
            written = self._path.read_bytes() if self._path.exists() else b""
            kept = self._files if written == after else set()
            for file in self._written:
                if file.name not in kept:
                    file.unlink(missing_ok=True)

    def _line(self, row: dict[str, str]) -> str:
        lost = [name for name, value in row.items() if value and name not in (*self._header, *_COMPUTED)]
        if lost:
            raise ValueError(
                f"{self._path}: there is no column {lost[0]!r} for {row[lost[0]]!r}; add it to every line"
            )
        end = "\r\n" if self._text.split("\n", 1)[0].endswith("\r") else "\n"
        line = io.StringIO(newline="")
        cells = [spreadsheet_cell(row.get(column, "")) for column in self._header]
        csv.writer(line, lineterminator=end).writerow(cells)
        is_first = not self._lines and not self._text.endswith("\n")
        return (end if is_first else "") + line.getvalue()

    def _file_name(self, row: dict[str, str], name: str | None, ending: str) -> str:
        """A free file name under raw/; the same text, left by an addition that was cut off, counts as free."""

        def is_free(candidate: str) -> bool:
            path = self._raw / candidate
            if folded(candidate) in self._known["file"]:
                return False
            if path.is_file() and not path.is_symlink():
                return hashlib.sha256(path.read_bytes()).hexdigest() == row["sha256"]
            return folded(candidate) not in self._present

        if name is not None:
            check_file_name(name, "name")
            if not is_free(name):
                raise ValueError(f"{self._raw / name} exists already; give another name")
            return name
        stem = file_stem(row["policy_id"]) or row["sha256"][:12]
        numbered = (f"{stem}-{n}{ending}" for n in itertools.count(2))
        return next(file for file in itertools.chain([f"{stem}{ending}"], numbered) if is_free(file))


def _is_unlisted_in(raw: Path, source: str | Path, files: set[str]) -> bool:
    """Whether a source is a file in raw/ that the manifest does not name yet."""
    path = Path(source)
    inside = path.exists() and not path.is_symlink() and path.resolve().parent == raw.resolve()
    return inside and not path.name.startswith(".") and path.name not in files
