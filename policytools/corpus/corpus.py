"""Files and tables to a `Corpus`: the frames of policies, blocks and sentences."""

from __future__ import annotations

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

from policytools._frames import typed_frame
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
            As it stands in the file, what cleaning left out included.

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
    present = (
        {path.name for path in raw.iterdir() if not path.name.startswith(".")} if raw.is_dir() else set()
    )
    missing = [name for name in manifest["file"] if name not in present]
    if missing:
        raise FileNotFoundError(f"{raw}: no file {missing[0]!r} ({len(missing)} of the manifest's are missing); restore it "
                                f"or take its row out of {folder / 'policies.csv'}")  # fmt: skip
    extra = sorted(present - set(manifest["file"]))
    if extra:
        raise ValueError(f"{raw / extra[0]} is not in {folder / 'policies.csv'} ({len(extra)} such files); add it with "
                         f"`python -m policytools add` or move it away")  # fmt: skip
    sources: dict[str, Path | str] = {}

    def readings() -> Iterator[tuple[dict, Document]]:
        for row in manifest.to_dict("records"):
            path = raw / row["file"]
            _check_link(path, raw)
            if not path.is_file():
                raise ValueError(
                    f"{path}: not a file; {folder / 'policies.csv'} names it in row {row['policy_id']!r}"
                )
            data = path.read_bytes()
            digest = hashlib.sha256(data).hexdigest()
            if digest != row["sha256"]:
                raise ValueError(f"{path}: sha256 is {digest}, but row {row['policy_id']!r} of {folder / 'policies.csv'} says "
                                 f"{row['sha256']}; restore the file or add it as a new policy")  # fmt: skip
            row["n_bytes"] = len(data)
            sources[row["policy_id"]] = path
            yield row, read_document(data, name=str(path), format=row["format"] or None)

    return _assemble(readings(), sources, len(manifest))


def _check_link(path: Path, folder: Path) -> None:
    if path.is_symlink() and folder.resolve() not in path.resolve().parents:
        raise ValueError(f"{path}: a link that leaves {folder}; put the file itself there")
    if not path.exists():
        raise ValueError(f"{path}: a link that leads nowhere")


def read_manifest(folder: str | Path) -> pd.DataFrame:
    """Manifest of a study's folder, checked; every column of `Corpus.policies` is there, "" where not known."""
    path = Path(folder) / "policies.csv"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; `python -m policytools add FILE --vendor NAME` makes it")
    try:
        manifest = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ValueError(f"{path}: not a CSV table in UTF-8 ({error}); save it again as such") from None
    lacking = [column for column in _NEEDED if column not in manifest]
    if lacking:
        raise ValueError(f"{path}: column {lacking[0]!r} is missing (needed: {', '.join(_NEEDED)}; there are: "
                         f"{', '.join(map(str, manifest.columns))}); add it, with commas between columns")  # fmt: skip
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
            raise ValueError(
                f"{path}, line {number}: format {row['format']!r} is not one of {', '.join(FORMATS)}"
            )
    for column in ("policy_id", "file"):
        twice = manifest.loc[manifest[column].duplicated(), column]
        if len(twice):
            raise ValueError(
                f"{path}: {column} {twice.iloc[0]!r} stands more than once; each policy text has its own"
            )
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

    Raises
    ------
    FileNotFoundError
        If a file is not there.
    ValueError
        If there is no file of a known ending, two files would have the same policy_id, or a file cannot be read; the
        message names it.

    Examples
    --------
    >>> read_policies("data/raw").policies[["policy_id", "format"]].head(1).values.tolist()
    [['000_aaca85bfea78fa1f', 'text']]
    """
    files = _expand(paths)
    if not files:
        raise ValueError(f"no policy files in {paths} (known endings: {', '.join(_ENDINGS)})")
    return read_files(files, ids=_file_ids(files))


def _file_ids(files: list[Path]) -> list[str]:
    counts = Counter(path.stem for path in files)
    ids: dict[str, Path] = {}
    for path in files:
        policy_id = path.stem if counts[path.stem] == 1 else f"{path.parent.name}/{path.name}"
        if policy_id in ids:
            raise ValueError(
                f"{path}: the same policy_id {policy_id!r} as {ids[policy_id]}; rename one of the files"
            )
        ids[policy_id] = path
    return list(ids)


_ENDINGS = (".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".pdf")


def _expand(paths: str | Path | Iterable[str | Path]) -> list[Path]:
    if isinstance(paths, str | Path):
        folder = Path(paths)
        if folder.is_dir():
            found = sorted(
                path for path in folder.rglob("*") if path.suffix.lower() in _ENDINGS or path.is_symlink()
            )
            for path in found:
                if path.is_symlink() and (path.is_dir() or path.suffix.lower() in _ENDINGS):
                    _check_link(path, folder)
            return [path for path in found if path.suffix.lower() in _ENDINGS and path.is_file()]
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

    Raises
    ------
    ValueError
        If a column is missing, a policy_id stands twice, or a text is empty or of a format that is not known.

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
    for row_id, text, format in zip(
        ids, frame["text"], frame.get("format", [None] * len(frame)), strict=True
    ):
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"policy {row_id!r}: column 'text' is empty or not a string")
        if not pd.isna(format) and format not in ("", "text", "markdown", "html"):
            raise ValueError(f"policy {row_id!r}: format {format!r} is not one of text, markdown, html")
    sources: dict[str, Path | str] = dict(zip(ids, frame["text"], strict=True))
    return _assemble(map(_read_row, frame.to_dict("records")), sources, len(frame))


def _read_row(given: Mapping[Any, Any]) -> tuple[dict, Document]:
    """Read the text in a row of a frame, and describe it by the row's other values."""
    text, format = given["text"], given.get("format")
    document = read_text(text, format="text" if pd.isna(format) else format or "text")
    row = _row(str(given["policy_id"]), "", document, text.encode("utf-8", "replace"))
    known = (name for name in MANIFEST if name in given and name not in ("policy_id", "format"))
    return row | {name: str(given[name]) for name in known if pd.notna(given[name])}, document


def read_files(
    files: list[Path],
    *,
    ids: list[str],
    describe: Callable[[Path, bytes], dict] | None = None,
    skip_unreadable: bool = False,
) -> Corpus:
    """Read files under the given ids; `describe` says of each what else is known (columns of `Corpus.policies`).

    With `skip_unreadable`, files that no reader can read are left out, and one warning names them.
    """
    sources: dict[str, Path | str] = {}
    unreadable: list[str] = []

    def readings() -> Iterator[tuple[dict, Document]]:
        for policy_id, path in zip(ids, files, strict=True):
            data = path.read_bytes()
            try:
                document = read_document(data, name=str(path))
            except ValueError as error:
                if not skip_unreadable:
                    raise
                unreadable.append(str(error))
                continue
            sources[policy_id] = path
            yield (
                _row(policy_id, path.name, document, data) | (describe(path, data) if describe else {}),
                document,
            )

    corpus = _assemble(readings(), sources, len(files))
    if unreadable:
        warnings.warn(
            f"{len(unreadable):,} files left out: {'; '.join(unreadable[:3])}{' ...' * (len(unreadable) > 3)}",
            stacklevel=3,
        )
    return corpus


def _row(policy_id: str, name: str, document: Document, data: bytes) -> dict:
    row: dict = dict.fromkeys(MANIFEST, "")
    row.update(policy_id=policy_id, vendor=policy_id, file=name, format=document.format)
    row.update(sha256=hashlib.sha256(data).hexdigest(), n_bytes=len(data))
    return row


def _assemble(
    readings: Iterable[tuple[dict, Document]], sources: Mapping[str, Path | str], total: int
) -> Corpus:
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
        for block_id, block in enumerate(document.blocks):
            if block.keep and block.kind == "heading":
                section = block.text
            blocks.append((policy_id, block_id, block.kind, block.level, section, block.text, block.keep, block.reason,
                           block.line, block.start, block.end))  # fmt: skip
            if not block.keep:
                continue
            for kind, text, n_words in block_units(block.kind, block.text):
                sentences.append((policy_id, block_id, sentence_id, kind, section, text, n_words))
                sentence_id += 1
    if languages:
        more = f"; and {len(languages) - 3:,} more, see policies.note" if len(languages) > 3 else ""
        warnings.warn("; ".join(languages[:3]) + more, stacklevel=3)
    policies = pd.DataFrame(rows, columns=MANIFEST)
    policies = policies.astype(
        {column: "str" for column in MANIFEST if column != "n_bytes"} | {"n_bytes": "int64"}
    )
    return Corpus(policies, _frame(blocks, _BLOCKS), _frame(sentences, _SENTENCES), dict(sources))


def _frame(rows: list[tuple], dtypes: dict[str, str]) -> pd.DataFrame:
    columns = zip(*rows, strict=True) if rows else [()] * len(dtypes)
    return typed_frame(dict(zip(dtypes, columns, strict=True)), dtypes)


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
    account = (
        blocks.groupby(["policy_id", "reason"], sort=False)
        .agg(n_blocks=("text", "size"), n_words=("n_words", "sum"))
        .reset_index()
    )
    account["share"] = account["n_words"] / account.groupby("policy_id")["n_words"].transform("sum")
    order = {policy_id: place for place, policy_id in enumerate(corpus.policies["policy_id"])}
    account["_place"] = account["policy_id"].map(order)
    return account.sort_values(["_place", "reason"], ignore_index=True).drop(columns="_place")


def corpus_table(corpus: Corpus, *, rows: int = 20) -> Table:
    """One row for each of the first policies: what is known of it and what was read."""
    policies = corpus.policies.head(rows)
    ids = policies["policy_id"].tolist()
    blocks, sentences = (frame[frame["policy_id"].isin(ids)] for frame in (corpus.blocks, corpus.sentences))
    account = cleaning_account(Corpus(policies, blocks, sentences))
    kept = account[account["reason"] == ""].set_index("policy_id")["share"].reindex(ids, fill_value=0)
    sizes = sentences.groupby("policy_id")["n_words"].agg(["sum", "size"]).reindex(ids, fill_value=0)
    known = names(corpus.policies)
    stated = {"title": "title", "effective": "effective_on", "captured": "captured_on", "format": "format",
              "language": "language"}  # fmt: skip
    frame = pd.DataFrame({
        "policy": [known[policy_id] for policy_id in ids],
        "policy id": ids,
        **{heading: texts(policies, column) for heading, column in stated.items()},
        "words": sizes["sum"].tolist(),
        "sentence units": sizes["size"].tolist(),
        "words kept (%)": (100.0 * kept).tolist(),
        "note": texts(policies, "note"),
    })  # fmt: skip
    n_words, n_units = int(corpus.sentences["n_words"].sum()), len(corpus.sentences)
    n_policies = counted(len(corpus), "policy", "policies")
    caption = f"{n_policies}, {counted(n_words, 'word')} in {counted(n_units, 'unit')} of text"
    return Table(frame, caption, rows, len(corpus))
