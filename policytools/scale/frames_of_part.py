"""The frames of one part of a large corpus, by the same functions that measure a small corpus."""

from __future__ import annotations

import io
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet

from policytools.coding.codebook import Codebook, load_codebook
from policytools.coding.coverage import code_sentences, coverage
from policytools.corpus.corpus import MANIFEST, Corpus, assemble_corpus, manifest_row, read_row
from policytools.measures.minhash import sketch
from policytools.measures.readability import readability
from policytools.measures.shared_text import policy_shingles
from policytools.measures.terms import term_frequencies
from policytools.measures.vagueness import vagueness
from policytools.reading.files import read_document
from policytools.scale.process import Measured, Setup
from policytools.scale.sources import RawPolicy

NOT_MEASURED = "not measured: "
TERMS = ["policy_id", "term", "n", "n_words", "per_thousand"]


class Measurer:
    """Measures parts by one setup; calls `alive` between steps, so that the caller knows that it works."""

    def __init__(self, setup: Setup, alive: Callable[[], object] = lambda: None) -> None:
        warnings.simplefilter("ignore")  # policies.note says the same
        pyarrow.set_cpu_count(1)  # one core for each process
        pyarrow.set_io_thread_count(1)
        self.measures, self.alive = setup.measures, alive
        self.codebook = _codebook(setup) if setup.codebook_text else None
        # Models and lexicons are loaded now, so that loading does not count against the first document's time.
        self.measure([RawPolicy("", "", {}, text="We do not sell your personal data to anyone.")], {})

    def measure(self, documents: list[RawPolicy], refused: dict[int, str]) -> Measured:
        """Frames of some documents; those in `refused` are left out for the reason given."""
        reasons = {number: document.refused for number, document in enumerate(documents)} | refused
        readings = []
        for number, document in enumerate(documents):
            self.alive()
            if not reasons[number]:
                try:
                    readings.append(_read(document))
                except Exception as error:  # noqa: BLE001 any error is the document's
                    reasons[number] = _without_name(error, document)
        self.alive()
        corpus = assemble_corpus(readings, {}, 0)
        self.alive()
        frames = self.frames(corpus)
        rows = iter(corpus.policies.to_dict("records"))
        every = [
            _refused_row(document, reasons[number]) if reasons[number] else next(rows)
            for number, document in enumerate(documents)
        ]
        frames["policies"] = pd.DataFrame(every, columns=MANIFEST).astype(corpus.policies.dtypes.to_dict())
        n_documents = int(corpus.sentences.groupby("policy_id")["n_words"].sum().gt(0).sum())
        self.alive()
        packed = {name: _to_parquet(frame) for name, frame in frames.items()}
        return Measured(packed, len(documents), sum(map(bool, reasons.values())), n_documents)

    def frames(self, corpus: Corpus) -> dict[str, pd.DataFrame]:
        """The frames of the measures asked for."""
        found: dict[str, pd.DataFrame] = {}
        if self.codebook:
            codings = code_sentences(corpus.sentences, self.codebook)
            self.alive()
            if "codings" in self.measures:
                found["codings"] = codings
            if "coverage" in self.measures:
                found["coverage"] = coverage(codings, self.codebook, corpus.policies)
        for name in self.measures:
            if name in _OF_SENTENCES:
                found[name] = _OF_SENTENCES[name](corpus.sentences)
                self.alive()
        return found


def _terms(sentences: pd.DataFrame) -> pd.DataFrame:
    try:
        terms = term_frequencies(sentences)
    except ValueError:  # only stop words in these policies: in a larger corpus they have no row either
        terms = term_frequencies(sentences.iloc[:0])
    return terms[TERMS]


def _sketched_shingles(sentences: pd.DataFrame) -> pd.DataFrame:
    shingles = policy_shingles(sentences)
    return shingles.assign(sketch=pd.Series(map(sketch, shingles["shingles"]), dtype="object"))


_OF_SENTENCES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "readability": readability,
    "vagueness": vagueness,
    "terms": _terms,
    "shingles": _sketched_shingles,
}


def _read(document: RawPolicy) -> tuple[dict[str, Any], Any]:
    if document.data is None:
        given = {**document.given, "policy_id": document.policy_id, "text": document.text}
        if (format := given.get("format", "")) not in ("", "text", "markdown", "html"):
            raise ValueError(f"format {format!r} is not one of text, markdown, html")
        return read_row(given)
    read = read_document(document.data, name=document.where)
    return manifest_row(document.policy_id, document.given["file"], read, document.data), read


def _without_name(error: Exception, document: RawPolicy) -> str:
    said = str(error).removeprefix(f"{document.where}: ") or type(error).__name__
    return said if isinstance(error, ValueError) else f"{type(error).__name__}: {said}"


def _refused_row(document: RawPolicy, reason: str) -> dict[str, Any]:
    row = dict.fromkeys(MANIFEST, "") | {"policy_id": document.policy_id, "vendor": document.policy_id}
    row |= {name: str(value) for name, value in document.given.items()}
    note = "; ".join(filter(None, [row["note"], NOT_MEASURED + " ".join(reason.split())]))
    return row | {"note": note.encode("utf-8", "replace").decode(), "n_bytes": document.n_bytes}


def _codebook(setup: Setup) -> Codebook:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / setup.codebook_name
        path.write_text(setup.codebook_text, encoding="utf-8")
        return load_codebook(path)


def _to_parquet(frame: pd.DataFrame) -> bytes:
    table = pyarrow.Table.from_pandas(frame, preserve_index=False)
    for name, kind in (("shingles", pyarrow.uint64()), ("sketch", pyarrow.uint32())):
        if name in frame:  # the type of an empty column of lists is not known to pandas
            lists = pyarrow.array(frame[name], type=pyarrow.list_(kind))
            table = table.set_column(table.column_names.index(name), name, lists)
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink, compression="zstd")
    return sink.getvalue()
