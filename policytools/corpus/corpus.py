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

from policytools._files import from_spreadsheet_cell, read_csv
from policytools._frames import check_choice, check_frame, check_type, frame_of_rows, require_columns
from policytools._wording import counted
from policytools.corpus.folders import ENDINGS, Unread, check_link, describe_unread, policy_files, policy_name
from policytools.corpus.naming import check_distinct, visible
from policytools.reading.blocks import FORMATS, Block, Document
from policytools.reading.cleaning import clean
from policytools.reading.files import raw_text, read_document, read_text
from policytools.reading.language import describe_language
from policytools.reading.screening import doubt
from policytools.tables import Table, names, policies_named, texts
from policytools.text.sentences import block_units
from policytools.text.tokens import split_words

MANIFEST = [
    "policy_id", "vendor", "title", "source_url", "captured_on", "effective_on", "file", "format", "language",
    "sha256", "n_bytes", "note", "selector",
]  # fmt: skip
_NEEDED = ["policy_id", "vendor", "file", "sha256"]
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
        untouched file), n_bytes, note, selector (CSS, where the policy is on an HTML page; "" if the reader finds it).
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
            A policy of this corpus, or a vendor who has one policy in it.

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
            try:
                [policy_id] = policies_named("policy_id", policy_id, self._sources, self.policies)
            except ValueError as error:
                raise KeyError(str(error)) from None
        source = self._sources[policy_id]
        return source if isinstance(source, str) else raw_text(source.read_bytes(), name=source.name)

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
        and ``raw/`` with exactly the files that it names. Bidi marks, zero-width characters and the apostrophe
        that keeps a spreadsheet from running a text are removed from its cells.

    Returns
    -------
    Corpus

    Raises
    ------
    FileNotFoundError
        If the folder, the manifest or a file it names is missing.
    ValueError
        If a column is missing, a policy_id or file is repeated, a policy_id, vendor or file differs from another
        only in case or Unicode form, a cell holds control characters, a file name leaves ``raw/``, a file is not in the manifest, a
        checksum differs, or a file cannot be read; the message names it.

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
            try:
                yield (
                    row,
                    read_document(
                        data, name=str(path), format=row["format"] or None, selector=row["selector"]
                    ),
                )
            except ValueError as error:
                raise ValueError(f"policy {row['policy_id']!r}: {error}") from None

    return assemble_corpus(readings(), {row["policy_id"]: raw / row["file"] for row in rows}, len(rows))


def select_policies(corpus: Corpus, policy_ids: Iterable[str]) -> Corpus:
    """The corpus with these policies only."""
    kept = set(policy_ids)
    policies, blocks, sentences = (
        frame[frame["policy_id"].isin(kept)].reset_index(drop=True)
        for frame in (corpus.policies, corpus.blocks, corpus.sentences)
    )
    sources = {policy_id: source for policy_id, source in corpus._sources.items() if policy_id in kept}
    return Corpus(policies, blocks, sentences, sources)


def read_manifest(folder: str | Path) -> pd.DataFrame:
    """The manifest of a study's folder, checked, with every column of `Corpus.policies` ("" where unknown)."""
    path = Path(folder) / "policies.csv"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; `python -m policytools add FILE --vendor NAME` makes it")
    manifest = read_csv(path)
    require_columns(manifest, str(path), _NEEDED)
    rows = manifest.reindex(columns=MANIFEST, fill_value="").to_dict("records")
    for number, row in enumerate(rows, start=2):
        where = f"{path}, line {number}"
        given = {column: from_spreadsheet_cell(text) for column, text in row.items()}
        row.update({column: visible(text, f"{where}, column {column!r}") for column, text in given.items()})
        if unseen := [column for column in ("policy_id", "file") if row[column] != given[column]]:
            raise ValueError(
                f"{where}: {unseen[0]} {given[unseen[0]]!r} holds unseen characters; take them out"
            )
        if empty := [column for column in _NEEDED if not row[column].strip()]:
            raise ValueError(f"{where}: column {empty[0]!r} is empty")
        if row["file"] in (".", "..") or re.search(r"[/\\]|^[A-Za-z]:", row["file"]):
            raise ValueError(f"{where}: file {row['file']!r} must be a plain file name inside raw/")
        if row["format"] not in ("", *FORMATS):
            raise ValueError(f"{where}: format {row['format']!r} is not one of {', '.join(FORMATS)}")
    manifest = pd.DataFrame(rows, columns=MANIFEST, dtype="str")
    for column in ("policy_id", "file"):
        if len(again := manifest.loc[manifest[column].duplicated(), column]):
            raise ValueError(
                f"{path}: {column} {again.iloc[0]!r} is in more than one row; each policy text needs its own"
            )
    for column in ("policy_id", "vendor", "file"):
        check_distinct(manifest[column], f"{path}, column {column!r}")
    return manifest


def read_policies(
    paths: str | Path | Iterable[str | Path],
    *,
    on_error: str | None = None,
    selector: str | Mapping[str, str] = "",
) -> Corpus:
    """Read policy files of any mix of formats; no manifest is needed.

    Parameters
    ----------
    paths : path or iterable of paths
        Files, or one folder, of which every file of a known ending is read (sub-folders too, but not the folder
        NAME_files that a browser saves beside NAME.html).
    on_error : {"raise", "warn"}, optional
        Whether a file that cannot be read is an error or is left out. By default "warn" for a folder, of which one
        warning names all files that were not read with the reasons, and "raise" for files.
    selector : str or mapping of str to str
        CSS selector of the elements that hold the policy: one for HTML pages of one site, or {name of a file: selector}.

    Returns
    -------
    Corpus
        policy_id is the file's name without its ending; "folder/name.ending" where two would be the same.

    Raises
    ------
    FileNotFoundError
        If a file does not exist.
    ValueError
        If there is no file of a known ending, no file can be read, two files would have the same policy_id, a selector
        is given for a file that is not there, or, with "raise", a file cannot be read or the selector matches nothing; the message names it.

    Examples
    --------
    >>> read_policies("data/raw").policies[["policy_id", "format"]].head(1).values.tolist()
    [['000_aaca85bfea78fa1f', 'text']]
    """
    if on_error not in (None, "raise", "warn"):
        raise ValueError(f"on_error {on_error!r} is not one of 'raise', 'warn'")
    files, unread = policy_files(paths)
    if not files:
        left_out = f"; {describe_unread(unread)}" if unread else ""
        raise ValueError(f"no policy files in {paths} (known endings: {', '.join(ENDINGS)}){left_out}")
    if not isinstance(selector, str):
        check_type("selector", selector, Mapping)
        there = sorted({path.name for path in files})
        for name in selector:
            check_choice("selector", name, there)
    counts = Counter(map(policy_name, files))
    ids: dict[str, Path] = {}
    for path in files:
        stem = policy_name(path)
        policy_id = stem if counts[stem] == 1 else f"{path.parent.name}/{path.name}"
        if policy_id in ids:
            raise ValueError(
                f"{path}: the same policy_id {policy_id!r} as {ids[policy_id]}; rename one of the files"
            )
        ids[policy_id] = path
    is_folder = isinstance(paths, str | Path) and Path(paths).is_dir()
    skip = (on_error or ("warn" if is_folder else "raise")) == "warn"
    return read_files(ids, skip_unreadable=skip, unread=unread, selector=selector)


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
        If a column is missing, a policy_id is repeated, a text is empty, a format is unknown, or a selector is not
        valid, matches no text or is given for another format than "html".

    Examples
    --------
    >>> frame = pd.DataFrame({"policy_id": ["a"], "text": ["We collect your name. We do not sell it."]})
    >>> corpus_from_texts(frame).sentences["text"].tolist()
    ['We collect your name.', 'We do not sell it.']
    """
    frame = check_frame(frame, "frame", ("policy_id",))
    require_columns(frame, "frame", ("policy_id", "text"))
    ids = frame["policy_id"]
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
    selector = "" if pd.isna(given.get("selector", "")) else str(given.get("selector", ""))
    try:
        document = read_text(text, format="text" if pd.isna(format) else format or "text", selector=selector)
    except ValueError as error:
        raise ValueError(f"policy {given['policy_id']!r}: {error}") from None
    row = manifest_row(str(given["policy_id"]), "", document, text.encode("utf-8", "replace"))
    known = (name for name in MANIFEST if name in given and name not in ("policy_id", "format"))
    return row | {name: str(given[name]) for name in known if pd.notna(given[name])}, document


def read_files(
    files: Mapping[str, Path],
    *,
    describe: Callable[[Path, bytes], dict] | None = None,
    skip_unreadable: bool = False,
    unread: Unread | None = None,
    selector: str | Mapping[str, str] = "",
) -> Corpus:
    """Read files (policy_id -> path); `describe` gives further columns of `Corpus.policies` for a file.

    With `skip_unreadable`, files that no reader can read are left out. One warning names them and those of `unread`.
    """
    sources: dict[str, Path | str] = {}
    left_out = list(unread or [])

    def readings() -> Iterator[tuple[dict, Document]]:
        for policy_id, path in files.items():
            data = path.read_bytes()
            its_own = selector if isinstance(selector, str) else selector.get(path.name, "")
            try:
                document = read_document(data, name=str(path), selector=its_own)
            except ValueError as error:
                if not skip_unreadable:
                    raise
                left_out.append((path.name, str(error).removeprefix(f"{path}: ")))
                continue
            sources[policy_id] = path
            known = describe(path, data) if describe else {}
            row = manifest_row(policy_id, path.name, document, data) | {"selector": its_own}
            yield row | known, document

    corpus = assemble_corpus(readings(), sources, len(files))
    if files and not len(corpus):
        raise ValueError(f"no file could be read; {describe_unread(left_out)}")
    if left_out:
        warnings.warn(describe_unread(left_out), stacklevel=3)
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
        cleaning_notes = clean_document(document)
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
        first_rows = _first_rows(document.blocks)
        for block_id, block in enumerate(document.blocks):
            if block.keep and block.kind == "heading":
                section = block.text
            blocks.append((policy_id, block_id, block.kind, block.level, section, block.text, block.keep, block.reason,
                           block.line, block.start, block.end))  # fmt: skip
            units = (
                block_units(block.kind, block.text, is_first_row=block_id in first_rows) if block.keep else ()
            )
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


def clean_document(document: Document) -> list[str]:
    """Clean the blocks of a document, and return notes; of what a selector matched only stray marks are left out."""
    selected = [block for block in document.blocks if block.keep]
    notes = clean(document.blocks)
    if not document.is_selected:
        return notes
    for block in selected:
        if block.reason != "stray mark":
            block.keep, block.reason = True, ""
    return []


def _first_rows(blocks: list[Block]) -> set[int]:
    """Positions of the first rows of tables with several rows, unless their first cell is the head of the row."""
    kept = [
        (i, block.kind == "table_row", block.has_row_head) for i, block in enumerate(blocks) if block.keep
    ]
    no_row = (-1, False, False)
    around = zip([no_row, *kept], kept, [*kept[1:], no_row], strict=False)
    return {
        i
        for (_, before, _), (i, is_row, has_head), (_, after, _) in around
        if is_row and after and not (before or has_head)
    }


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
    check_type("corpus", corpus, Corpus)
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
