"""Reads files and tables into a `Corpus`: the frames of policies, blocks and sentences."""

import hashlib
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from policytools._files import read_csv
from policytools._frames import frame_of_rows, require_columns
from policytools._wording import counted
from policytools.reading.blocks import FORMATS, Document
from policytools.reading.cleaning import clean
from policytools.reading.files import decode, detect_format, read_document, read_text
from policytools.reading.language import describe_language
from policytools.reading.screening import doubt
from policytools.tables import Table, names, texts
from policytools.text.sentences import block_units
from policytools.text.tokens import split_words

MANIFEST = [
    "policy_id", "vendor", "title", "source_url", "captured_on", "effective_on", "file", "format", "language",
    "sha256", "n_bytes", "note",
]  # fmt: skip
_NEEDED = ["policy_id", "vendor", "file", "sha256"]
ENDINGS = (".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".pdf")
_POLICIES = dict.fromkeys(MANIFEST, "str") | {"n_bytes": "int64"}
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

    Examples
    --------
    >>> corpus = load_corpus("data")
    >>> len(corpus)
    5
    >>> corpus.sentences.columns.tolist()
    ['policy_id', 'block_id', 'sentence_id', 'kind', 'section', 'text', 'n_words']
    >>> corpus.blocks.query("policy_id == 'tiertime-2018' and not keep")["reason"].unique().tolist()
    ['navigation', 'stray mark', 'footer']
    """

    policies: pd.DataFrame
    blocks: pd.DataFrame
    sentences: pd.DataFrame
    _sources: Mapping[str, Path | str] = field(default_factory=dict, repr=False, compare=False)

    def raw_text(self, policy_id: str) -> str:
        """Decoded text of a policy's untouched file (for a PDF: its text layer).

        Parameters
        ----------
        policy_id : str
            A policy of this corpus.

        Returns
        -------
        str
            The whole text, including what cleaning left out.

        Raises
        ------
        KeyError
            If the corpus has no such policy.

        Examples
        --------
        >>> load_corpus("data").raw_text("zongheng3d")[:18]
        'About our Services'
        """
        if policy_id not in self._sources:
            raise KeyError(
                f"no policy {policy_id!r} in this corpus; there are {', '.join(list(self._sources)[:8])}"
            )
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

    def _repr_html_(self) -> str:
        return corpus_table(self)._repr_html_()


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
        If a column is missing, a policy_id or file is repeated, a file name leaves ``raw/``, a file is
        not in the manifest, a checksum differs, or a file cannot be read; the message names it.

    Examples
    --------
    >>> load_corpus("data").policies["vendor"].tolist()
    ['Tiertime', 'AtomForm', 'Qualified3D', 'Anycubic', 'Zongheng3D']
    """
    raw, table = Path(folder) / "raw", Path(folder) / "policies.csv"
    manifest = read_manifest(folder)
    present = {path.name for path in raw.glob("*") if not path.name.startswith(".")}
    if missing := [name for name in manifest["file"] if name not in present]:
        raise FileNotFoundError(
            f"{raw}: no file {missing[0]!r} ({len(missing)} files of the manifest are missing); restore it or "
            f"take its row out of {table}"
        )
    if extra := sorted(present - set(manifest["file"])):
        raise ValueError(
            f"{raw / extra[0]} is not in {table} ({counted(len(extra), 'such file')}); add it with "
            f"`python -m policytools add` or move it away"
        )
    rows = manifest.to_dict("records")

    def readings() -> Iterator[tuple[dict, Document]]:
        for row in rows:
            path = raw / row["file"]
            check_link(path, raw)
            if not path.is_file():
                raise ValueError(f"{path}: not a file; {table} names it in row {row['policy_id']!r}")
            data = path.read_bytes()
            digest = hashlib.sha256(data).hexdigest()
            if digest != row["sha256"]:
                raise ValueError(
                    f"{path}: sha256 is {digest}, but row {row['policy_id']!r} of {table} says {row['sha256']}; "
                    f"restore the file or add it as a new policy"
                )
            row["n_bytes"] = len(data)
            yield row, read_document(data, name=str(path), format=row["format"] or None)

    return assemble_corpus(readings(), {row["policy_id"]: raw / row["file"] for row in rows}, len(rows))


def check_link(path: Path, folder: Path) -> None:
    """ValueError if a path is a broken link, or leads out of `folder`."""
    if not path.exists():
        raise ValueError(f"{path}: a link whose target does not exist; remove the link")
    if folder.resolve() not in path.resolve().parents:
        raise ValueError(f"{path}: a link that points outside {folder}; put the file itself there")


def read_manifest(folder: str | Path) -> pd.DataFrame:
    """The manifest of a study's folder, checked, with every column of `Corpus.policies` ("" where unknown)."""
    path = Path(folder) / "policies.csv"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; `python -m policytools add FILE --vendor NAME` makes it")
    manifest = read_csv(path)
    require_columns(manifest, str(path), _NEEDED)
    manifest = manifest.reindex(columns=MANIFEST, fill_value="")
    for number, row in enumerate(manifest.to_dict("records"), start=2):
        where = f"{path}, line {number}"
        if empty := [column for column in _NEEDED if not row[column].strip()]:
            raise ValueError(f"{where}: column {empty[0]!r} is empty")
        if row["file"] in (".", "..") or re.search(r"[/\\\0]", row["file"]):
            raise ValueError(f"{where}: file {row['file']!r} must be a plain file name inside raw/")
        if row["format"] not in ("", *FORMATS):
            raise ValueError(f"{where}: format {row['format']!r} is not one of {', '.join(FORMATS)}")
    for column in ("policy_id", "file"):
        if len(again := manifest.loc[manifest[column].duplicated(), column]):
            raise ValueError(
                f"{path}: {column} {again.iloc[0]!r} is in more than one row; each policy text needs its own"
            )
    return manifest


def read_policies(paths: str | Path | Iterable[str | Path]) -> Corpus:
    """Read policy files of any mix of formats; no manifest is needed.

    Parameters
    ----------
    paths : path or iterable of paths
        Files, or one folder, of which every file of a known ending is read (sub-folders too).

    Returns
    -------
    Corpus
        policy_id is the file's name without its ending; "folder/name.ending" where two would be the same.

    Raises
    ------
    FileNotFoundError
        If a file does not exist.
    ValueError
        If there is no file of a known ending, two files would have the same policy_id, or a file cannot be
        read; the message names it.

    Examples
    --------
    >>> read_policies("data/raw").policies[["policy_id", "format"]].head(1).values.tolist()
    [['000_aaca85bfea78fa1f', 'text']]
    """
    files = policy_files(paths)
    if not files:
        raise ValueError(f"no policy files in {paths} (known endings: {', '.join(ENDINGS)})")
    counts = Counter(path.stem for path in files)
    ids: dict[str, Path] = {}
    for path in files:
        policy_id = path.stem if counts[path.stem] == 1 else f"{path.parent.name}/{path.name}"
        if policy_id in ids:
            raise ValueError(
                f"{path}: the same policy_id {policy_id!r} as {ids[policy_id]}; rename one of the files"
            )
        ids[policy_id] = path
    return read_files(ids)


def policy_files(paths: str | Path | Iterable[str | Path]) -> list[Path]:
    """The files of known endings in a folder and its sub-folders, or the given files if all of them exist."""
    if isinstance(paths, str | Path) and Path(paths).is_dir():
        found = []
        for path in sorted(Path(paths).rglob("*")):
            known = path.suffix.lower() in ENDINGS
            if path.is_symlink() and (known or path.is_dir()):
                check_link(path, Path(paths))
            if known and path.is_file():
                found.append(path)
        return found
    files = [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    for path in files:
        if not path.is_file():
            raise FileNotFoundError(f"{path}: no such file")
    return files


def corpus_from_texts(frame: pd.DataFrame) -> Corpus:
    """Make a corpus from the texts of a frame.

    Parameters
    ----------
    frame : DataFrame
        Columns policy_id and text (str); optional format ("text", the default, "markdown", "html") and
        any other column of `Corpus.policies`.

    Returns
    -------
    Corpus

    Raises
    ------
    ValueError
        If a column is missing, a policy_id is repeated, a text is empty, or a format is unknown.

    Examples
    --------
    >>> frame = pd.DataFrame({"policy_id": ["a"], "text": ["We collect your name. We do not sell it."]})
    >>> corpus_from_texts(frame).sentences["text"].tolist()
    ['We collect your name.', 'We do not sell it.']
    """
    require_columns(frame, "frame", ("policy_id", "text"))
    ids = frame["policy_id"].astype(str)
    if ids.duplicated().any():
        raise ValueError(f"frame: policy_id {ids[ids.duplicated()].iloc[0]!r} is in more than one row")
    formats = frame.get("format", [None] * len(frame))
    for policy_id, text, format in zip(ids, frame["text"], formats, strict=True):
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"policy {policy_id!r}: column 'text' is empty or not a string")
        if not pd.isna(format) and format not in ("", "text", "markdown", "html"):
            raise ValueError(f"policy {policy_id!r}: format {format!r} is not one of text, markdown, html")
    sources = dict(zip(ids, frame["text"], strict=True))
    return assemble_corpus(map(read_row, frame.to_dict("records")), sources, len(frame))


def read_row(given: Mapping[Any, Any]) -> tuple[dict, Document]:
    """The row of `Corpus.policies` and the document of a record with policy_id, text and what else is known."""
    text, format = given["text"], given.get("format")
    document = read_text(text, format="text" if pd.isna(format) else format or "text")
    row = manifest_row(str(given["policy_id"]), "", document, text.encode("utf-8", "replace"))
    known = (name for name in MANIFEST if name in given and name not in ("policy_id", "format"))
    return row | {name: str(given[name]) for name in known if pd.notna(given[name])}, document


def read_files(
    files: Mapping[str, Path],
    *,
    describe: Callable[[Path, bytes], dict] | None = None,
    skip_unreadable: bool = False,
) -> Corpus:
    """Read files (policy_id -> path); `describe` gives further columns of `Corpus.policies` for a file.

    With `skip_unreadable`, files that no reader can read are left out, and one warning names them.
    """
    sources: dict[str, Path | str] = {}
    unreadable: list[str] = []

    def readings() -> Iterator[tuple[dict, Document]]:
        for policy_id, path in files.items():
            data = path.read_bytes()
            try:
                document = read_document(data, name=str(path))
            except ValueError as error:
                if not skip_unreadable:
                    raise
                unreadable.append(str(error))
                continue
            sources[policy_id] = path
            known = describe(path, data) if describe else {}
            yield manifest_row(policy_id, path.name, document, data) | known, document

    corpus = assemble_corpus(readings(), sources, len(files))
    if unreadable:
        warnings.warn(
            f"{counted(len(unreadable), 'file')} left out: {'; '.join(unreadable[:3])}"
            f"{' ...' * (len(unreadable) > 3)}",
            stacklevel=3,
        )
    return corpus


def manifest_row(policy_id: str, name: str, document: Document, data: bytes) -> dict:
    return dict.fromkeys(MANIFEST, "") | {
        "policy_id": policy_id, "vendor": policy_id, "file": name, "format": document.format,
        "sha256": hashlib.sha256(data).hexdigest(), "n_bytes": len(data),
    }  # fmt: skip


def assemble_corpus(
    readings: Iterable[tuple[dict, Document]], sources: Mapping[str, Path | str], total: int
) -> Corpus:
    """Clean each document, cut it into sentences, and complete its row with language and notes."""
    rows: list[dict] = []
    blocks: list[tuple] = []
    sentences: list[tuple] = []
    languages: list[str] = []
    for row, document in tqdm(readings, total=total, desc="reading policies", unit="", delay=1, disable=None):
        policy_id = row["policy_id"]
        cleaning_notes = clean(document.blocks)
        row["language"], language_note = describe_language(document.blocks)
        notes = [row["note"], *document.notes, *cleaning_notes, language_note]
        if any(block.keep for block in document.blocks):
            notes.append(doubt(document.blocks))
        row["note"] = "; ".join(note for note in notes if note)
        row["format"] = row["format"] or document.format
        rows.append(row)
        if language_note:
            languages.append(f"{policy_id} ({row['file'] or 'text'}): {language_note}")
        section, sentence_id = "", 0
        kinds = ["", *(block.kind for block in document.blocks), ""]
        for block_id, block in enumerate(document.blocks):
            if block.keep and block.kind == "heading":
                section = block.text
            blocks.append((policy_id, block_id, block.kind, block.level, section, block.text, block.keep, block.reason,
                           block.line, block.start, block.end))  # fmt: skip
            is_first_row = kinds[block_id] != "table_row" == block.kind == kinds[block_id + 2]
            units = block_units(block.kind, block.text, is_first_row=is_first_row) if block.keep else ()
            for kind, text, n_words in units:
                sentences.append((policy_id, block_id, sentence_id, kind, section, text, n_words))
                sentence_id += 1
    if languages:
        more = f"; and {len(languages) - 3:,} more, see policies.note" if len(languages) > 3 else ""
        warnings.warn("; ".join(languages[:3]) + more, stacklevel=3)
    return Corpus(
        pd.DataFrame(rows, columns=MANIFEST).astype(_POLICIES),
        frame_of_rows(blocks, _BLOCKS),
        frame_of_rows(sentences, _SENTENCES),
        dict(sources),
    )


def cleaning_account(corpus: Corpus) -> pd.DataFrame:
    """What cleaning kept and left out of each policy's file, by reason.

    Parameters
    ----------
    corpus : Corpus

    Returns
    -------
    DataFrame
        One row for each policy and reason, policies in their order, what was kept first: policy_id, reason
        ("" for kept), n_blocks, n_words, share (of the file's words). The texts are in `Corpus.blocks`.

    Examples
    --------
    >>> import policytools as pt
    >>> frame = pd.DataFrame({"policy_id": ["a"], "text": ["***\\nWe sell no data."]})
    >>> pt.cleaning_account(pt.corpus_from_texts(frame))[["reason", "n_blocks", "n_words"]].values.tolist()
    [['', 1, 4], ['stray mark', 1, 0]]
    """
    blocks = corpus.blocks.assign(n_words=[len(split_words(text)) for text in corpus.blocks["text"]])
    account = blocks.groupby(["policy_id", "reason"], as_index=False).agg(
        n_blocks=("text", "size"), n_words=("n_words", "sum")
    )
    account["share"] = account["n_words"] / account.groupby("policy_id")["n_words"].transform("sum")
    place = {policy_id: number for number, policy_id in enumerate(corpus.policies["policy_id"])}
    return account.sort_values("policy_id", key=lambda ids: ids.map(place), kind="stable", ignore_index=True)


def corpus_table(corpus: Corpus, *, rows: int = 20) -> Table:
    """The table that a corpus shows in a notebook: what is known and what was read of the first policies."""
    policies = corpus.policies.head(rows)
    ids, known = policies["policy_id"], names(corpus.policies)
    blocks, sentences = (frame[frame["policy_id"].isin(ids)] for frame in (corpus.blocks, corpus.sentences))
    kept = cleaning_account(Corpus(policies, blocks, sentences)).query("reason == ''")
    share_kept = kept.set_index("policy_id")["share"].reindex(ids, fill_value=0.0)
    units = sentences.groupby("policy_id")["n_words"].agg(["sum", "size"]).reindex(ids, fill_value=0)
    frame = pd.DataFrame({
        "policy": [known[policy_id] for policy_id in ids],
        "policy id": ids.astype(object).to_numpy(),
        "title": texts(policies, "title"), "effective": texts(policies, "effective_on"),
        "captured": texts(policies, "captured_on"), "format": texts(policies, "format"),
        "language": texts(policies, "language"),
        "words": units["sum"].to_numpy(), "sentence units": units["size"].to_numpy(),
        "words kept (%)": 100 * share_kept.to_numpy(), "note": texts(policies, "note"),
    })  # fmt: skip
    n_words, n_units = int(corpus.sentences["n_words"].sum()), len(corpus.sentences)
    caption = (
        f"{counted(len(corpus), 'policy', 'policies')}, {counted(n_words, 'word')} in "
        f"{counted(n_units, 'unit')} of text"
    )
    return Table(frame, caption, rows, len(corpus))
