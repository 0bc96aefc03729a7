"""Files and tables to a `Corpus`: the frames of policies, blocks and sentences."""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from policytools.cleaning import mark_boilerplate
from policytools.language import describe_language
from policytools.readers import FORMATS, Document, decode, detect_format, read_document, read_text
from policytools.segmentation import split_sentences, split_words, unit_kind

MANIFEST = [
    "policy_id", "vendor", "title", "source_url", "captured_on", "effective_on", "file", "format", "language",
    "sha256", "n_bytes", "note",
]  # fmt: skip
_NEEDED = ["policy_id", "vendor", "file", "sha256"]
_BLOCKS = {
    "policy_id": "str", "block_id": "int64", "kind": "str", "level": "int64", "section": "str", "text": "str",
    "keep": "bool", "reason": "str", "source_line": "int64", "start": "int64", "end": "int64",
}  # fmt: skip
_SENTENCES = {
    "policy_id": "str", "block_id": "int64", "sentence_id": "int64", "kind": "str", "section": "str", "text": "str",
    "n_words": "int64",
}  # fmt: skip


@dataclass(frozen=True)
class Corpus:
    """Policies and what was read from them.

    Attributes
    ----------
    policies : DataFrame
        One row for each policy text: policy_id, vendor, title, source_url, captured_on, effective_on
        (ISO dates or their beginning, "" where not known), file, format, language, sha256 (of the
        untouched file), n_bytes, note.
    blocks : DataFrame
        One row for each block in reading order: policy_id, block_id (from 0 in each policy), kind
        (heading, paragraph, list_item, table_row), level (heading rank or list depth, else 0), section
        (the heading above), text, keep, reason ("" where kept), source_line (page for a PDF), start, end
        (characters of the decoded file, -1 where the format has none).
    sentences : DataFrame
        One row for each unit of the kept blocks: policy_id, block_id, sentence_id (from 0 in each
        policy), kind (sentence, fragment, heading), section, text, n_words.
    """

    policies: pd.DataFrame
    blocks: pd.DataFrame
    sentences: pd.DataFrame
    _sources: Mapping[str, Path | str] = field(default_factory=dict, repr=False, compare=False)

    def raw_text(self, policy_id: str) -> str:
        """Decoded text of a policy's untouched file (for a PDF: its text layer)."""
        if policy_id not in self._sources:
            raise KeyError(f"no policy {policy_id!r} in this corpus; there are {', '.join(list(self._sources)[:8])}")
        source = self._sources[policy_id]
        if isinstance(source, str):
            return source
        data = source.read_bytes()
        if detect_format(data, name=source.name) == "pdf":
            return "\n".join(block.text for block in read_document(data, name=source.name).blocks)
        return decode(data, name=source.name)[0]

    def __len__(self) -> int:
        return len(self.policies)

    def __repr__(self) -> str:
        kept = int(self.blocks["keep"].sum())
        return (
            f"<Corpus: {len(self.policies)} policies, {len(self.blocks)} blocks ({kept} kept), "
            f"{len(self.sentences)} sentence units, {int(self.sentences['n_words'].sum())} words>"
        )


def load_corpus(folder: str | Path) -> Corpus:
    """Load a study's folder: ``policies.csv`` and the files under ``raw/``.

    Parameters
    ----------
    folder : path
        Holds ``policies.csv`` (columns of `Corpus.policies`; policy_id, vendor, file and sha256 are needed)
        and ``raw/`` with exactly the files that it names.

    Returns
    -------
    Corpus

    Raises
    ------
    FileNotFoundError
        If the folder, the manifest or a file it names is missing.
    ValueError
        If a column is missing, a policy_id or file stands twice, a file name leaves ``raw/``, a file is
        not in the manifest, a checksum differs, or a file cannot be read; the message names it.

    Examples
    --------
    >>> load_corpus("data").policies["vendor"].tolist()
    ['Tiertime', 'AtomForm', 'Qualified3D', 'Anycubic', 'Zongheng3D']
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    raw = folder / "raw"
    present = {path.name for path in raw.iterdir() if not path.name.startswith(".")} if raw.is_dir() else set()
    missing = [name for name in manifest["file"] if name not in present]
    if missing:
        raise FileNotFoundError(f"{raw}: no file {missing[0]!r} ({len(missing)} of the manifest's are missing); restore it "
                                f"or take its row out of {folder / 'policies.csv'}")  # fmt: skip
    extra = sorted(present - set(manifest["file"]))
    if extra:
        raise ValueError(f"{raw / extra[0]} is not in {folder / 'policies.csv'} ({len(extra)} such files); add it with "
                         f"`python -m policytools add` or move it away")  # fmt: skip
    rows, documents, sources = [], [], {}
    for row in manifest.to_dict("records"):
        path = raw / row["file"]
        if path.is_symlink() and raw.resolve() not in path.resolve().parents:
            raise ValueError(f"{path}: a link that leaves {raw}; put the file itself there")
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        if digest != row["sha256"]:
            raise ValueError(f"{path}: sha256 is {digest}, but row {row['policy_id']!r} of {folder / 'policies.csv'} says "
                             f"{row['sha256']}; restore the file or add it as a new policy")  # fmt: skip
        document = read_document(data, name=path.name, format=row["format"] or None)
        row["n_bytes"] = len(data)
        rows.append(row)
        documents.append(document)
        sources[row["policy_id"]] = path
    return _assemble(rows, documents, sources)


def read_manifest(folder: str | Path) -> pd.DataFrame:
    """Manifest of a study's folder, checked; every column of `Corpus.policies` is there, "" where not known."""
    path = Path(folder) / "policies.csv"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; `python -m policytools add FILE --vendor NAME` makes it")
    manifest = pd.read_csv(path, dtype=str, keep_default_na=False)
    lacking = [column for column in _NEEDED if column not in manifest]
    if lacking:
        raise ValueError(f"{path}: column {lacking[0]!r} is missing (needed: {', '.join(_NEEDED)})")
    for column in MANIFEST:
        if column not in manifest:
            manifest[column] = ""
    for number, row in enumerate(manifest.to_dict("records"), start=2):
        for column in _NEEDED:
            if not row[column].strip():
                raise ValueError(f"{path}, line {number}: column {column!r} is empty")
        name = row["file"]
        if name in (".", "..") or re.search(r"[/\\\0]", name):
            raise ValueError(f"{path}, line {number}: file {name!r} must be a plain file name inside raw/")
        if row["format"] and row["format"] not in FORMATS:
            raise ValueError(f"{path}, line {number}: format {row['format']!r} is not one of {', '.join(FORMATS)}")
    for column in ("policy_id", "file"):
        twice = manifest.loc[manifest[column].duplicated(), column]
        if len(twice):
            raise ValueError(f"{path}: {column} {twice.iloc[0]!r} stands more than once; each policy text has its own")
    return manifest[MANIFEST]


def read_policies(paths: str | Path | Iterable[str | Path]) -> Corpus:
    """Read policy files of any mix of formats; no manifest is needed.

    Parameters
    ----------
    paths : path or iterable of paths
        Files, or one folder, of which every file of a known ending is read (sub-folders too).

    Returns
    -------
    Corpus
        policy_id is the file's name without its ending (with its folder where two would be the same).
    """
    files = _expand(paths)
    if not files:
        raise ValueError(f"no policy files in {paths} (known endings: {', '.join(_ENDINGS)})")
    stems = [path.stem for path in files]
    rows, documents, sources = [], [], {}
    for path in files:
        data = path.read_bytes()
        document = read_document(data, name=path.name)
        policy_id = path.stem if stems.count(path.stem) == 1 else f"{path.parent.name}/{path.name}"
        if policy_id in sources:
            raise ValueError(f"{path}: the same policy_id {policy_id!r} as {sources[policy_id]}; rename one of the files")
        rows.append(_row(policy_id, path.name, document, data))
        documents.append(document)
        sources[policy_id] = path
    return _assemble(rows, documents, sources)


_ENDINGS = (".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".pdf")


def _expand(paths: str | Path | Iterable[str | Path]) -> list[Path]:
    if isinstance(paths, str | Path):
        folder = Path(paths)
        if folder.is_dir():
            found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _ENDINGS and path.is_file())
            root = folder.resolve()
            for path in found:
                if path.is_symlink() and root not in path.resolve().parents:
                    raise ValueError(f"{path}: a link that leaves {folder}; put the file itself there")
            return found
        paths = [folder]
    files = [Path(path) for path in paths]
    for path in files:
        if not path.is_file():
            raise FileNotFoundError(f"{path}: no such file")
    return files


def corpus_from_texts(frame: pd.DataFrame) -> Corpus:
    """Make a corpus of texts that are already in a table.

    Parameters
    ----------
    frame : DataFrame
        Columns policy_id and text (str); optional format ("text", the default, "markdown", "html") and
        any other column of `Corpus.policies`.

    Returns
    -------
    Corpus

    Examples
    --------
    >>> frame = pd.DataFrame({"policy_id": ["a"], "text": ["We collect your name. We do not sell it."]})
    >>> corpus_from_texts(frame).sentences["text"].tolist()
    ['We collect your name.', 'We do not sell it.']
    """
    for column in ("policy_id", "text"):
        if column not in frame:
            raise ValueError(f"frame has no column {column!r}; it has {', '.join(map(str, frame.columns))}")
    ids = frame["policy_id"].astype(str)
    if ids.duplicated().any():
        raise ValueError(f"policy_id {ids[ids.duplicated()].iloc[0]!r} stands more than once")
    rows, documents, sources = [], [], {}
    for given in frame.to_dict("records"):
        policy_id, text = str(given["policy_id"]), given["text"]
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"policy {policy_id!r}: column 'text' is empty or not a string")
        format = given.get("format") or "text"
        if format not in ("text", "markdown", "html"):
            raise ValueError(f"policy {policy_id!r}: format {format!r} is not one of text, markdown, html")
        document = read_text(text, format=format)
        row = _row(policy_id, "", document, text.encode("utf-8", "replace"))
        row.update({c: str(given[c]) for c in MANIFEST if c in given and c not in ("policy_id", "format") and pd.notna(given[c])})
        rows.append(row)
        documents.append(document)
        sources[policy_id] = text
    return _assemble(rows, documents, sources)


def _row(policy_id: str, name: str, document: Document, data: bytes) -> dict:
    row = dict.fromkeys(MANIFEST, "")
    row.update(policy_id=policy_id, vendor=policy_id, file=name, format=document.format)
    row.update(sha256=hashlib.sha256(data).hexdigest(), n_bytes=len(data))
    return row


def _assemble(rows: list[dict], documents: list[Document], sources: Mapping[str, Path | str]) -> Corpus:
    blocks: list[tuple] = []
    sentences: list[tuple] = []
    for row, document in zip(rows, documents, strict=True):
        policy_id = row["policy_id"]
        mark_boilerplate(document.blocks)
        row["language"], language_note = describe_language(document.blocks)
        notes = [row["note"], *document.notes, language_note]
        if not any(block.keep for block in document.blocks):
            notes.append("nothing in the file was kept as policy text")
        row["note"] = "; ".join(note for note in notes if note)
        row["format"] = row["format"] or document.format
        if language_note:
            warnings.warn(f"{policy_id} ({row['file'] or 'text'}): {language_note}", stacklevel=3)
        section, sentence_id = "", 0
        for block_id, block in enumerate(document.blocks):
            if block.keep and block.kind == "heading":
                section = block.text
            blocks.append((policy_id, block_id, block.kind, block.level, section, block.text, block.keep, block.reason,
                           block.line, block.start, block.end))  # fmt: skip
            if not block.keep:
                continue
            for kind, text in block_units(block.kind, block.text):
                sentences.append((policy_id, block_id, sentence_id, kind, section, text, len(split_words(text))))
                sentence_id += 1
    policies = pd.DataFrame(rows, columns=MANIFEST)
    policies = policies.astype({column: "str" for column in MANIFEST if column != "n_bytes"} | {"n_bytes": "int64"})
    return Corpus(policies, _frame(blocks, _BLOCKS), _frame(sentences, _SENTENCES), dict(sources))


def _frame(rows: list[tuple], dtypes: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(dtypes)).astype(dtypes)


def block_units(kind: str, text: str) -> list[tuple[str, str]]:
    """Units of one block in order, each with its kind (sentence, fragment or heading)."""
    if kind == "heading":
        return [("heading", text)]
    parts = text.split(" | ") if kind == "table_row" else [text]
    units = []
    for part in parts:
        found = split_sentences(part)
        for position, unit in enumerate(found):
            units.append((unit_kind(unit, block_kind=kind, position=position, n_units=len(found)), unit))
    return units
