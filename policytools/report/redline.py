"""The redline: one HTML file that shows two versions of a policy side by side, with the disclosures gained and lost."""

from collections.abc import Hashable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from policytools._files import PACKAGE, write_whole
from policytools.coding.codebook import AnyCodebook, codebook_of
from policytools.coding.coverage import code_sentences
from policytools.corpus.corpus import Corpus
from policytools.report.evidence_page import content_hash, page_path
from policytools.tables import names, render, texts
from policytools.versions.align import compare_versions
from policytools.versions.changes import Change, step_changes

_AROUND = 2  # unchanged units beside a change; the others are folded


def write_redline(
    corpus: Corpus, earlier: str, later: str, path: str | Path, *, codebook: AnyCodebook = "disclosure"
) -> Path:
    """Write a page that shows what changed between two versions of a policy, sentence beside sentence.

    The page is one HTML file that needs no network: it opens from disk, can be printed, and works by keyboard ("n" and
    "p" go to the next and the previous change) and on a phone. What moved is shown as moved, unchanged parts are folded,
    and each disclosure that was gained or lost leads to its sentence.

    Parameters
    ----------
    corpus : Corpus
    earlier, later : str
        Their policy_ids.
    path : path
        The file to write, usually ending in ``.html``. Its folder must exist.
    codebook : Codebook, str or path
        Its items are the disclosures, as its rules code them. Changes of which only the rules are the reason (kind "coding" of
        `disclosure_changes`) are counted and not marked.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ValueError
        A policy_id is unknown, both are one, the earlier version has the later date, or `path` is a folder.
    FileNotFoundError
        If the folder of `path` does not exist.

    Examples
    --------
    >>> import tempfile
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> texts = ["We use cookies. We keep data for a year.", "We use cookies. We keep data for two years."]
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["old", "new"], "vendor": "Ada", "text": texts}))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_redline(corpus, "old", "new", Path(folder) / "redline.html").name
    'redline.html'
    """
    path, codebook = page_path(path, "redline.html"), codebook_of(codebook)
    pairs = compare_versions(corpus, earlier, later)
    vendors, versions = _titles(corpus, [earlier, later])
    sentences = corpus.sentences[corpus.sentences["policy_id"].isin([earlier, later])]
    evidence = dict(list(code_sentences(sentences, codebook).groupby(["policy_id", "item"])))
    changes = step_changes(corpus, earlier, later, codebook, evidence)
    rows = _rows(pairs, sentences[sentences["kind"] == "heading"])
    for change in changes:
        if change.kind == "text":
            told = {"label": codebook.labels[change.item], "change": change.change}
            rows[_row_of(pairs, change)]["disclosures"].append(told)
    script = (PACKAGE / "resources" / "report" / "redline.js").read_text("utf-8")
    page = render(
        "redline.html.jinja",
        script=script,
        script_hash=content_hash(script),
        vendor=" and ".join(vendors),
        versions=versions,
        parts=[(far, list(part)) for far, part in groupby(_folded(rows), key=lambda row: row["folded"])],
        disclosures=[told | {"row": row["number"]} for row in rows for told in row["disclosures"]],
        n_coding=sum(change.kind == "coding" for change in changes),
        n_words=pd.Series([row["n_words"] for row in rows]).groupby(pairs["status"]).sum().to_dict(),
    )
    write_whole(path, f"{page}\n".encode())
    return path


def _titles(corpus: Corpus, ids: list[str]) -> tuple[list[str], list[str]]:
    """The vendors, and what each version is called: its date where the two tell them apart."""
    policies, shown = corpus.policies.set_index("policy_id").loc[ids], names(corpus.policies)
    vendors = [vendor or policy_id for vendor, policy_id in zip(texts(policies, "vendor"), ids, strict=True)]
    captured, effective = texts(policies, "captured_on"), texts(policies, "effective_on")
    dates = [a or b for a, b in zip(captured, effective, strict=True)]
    if all(dates) and dates[0] > dates[1]:
        raise ValueError(f"earlier: {ids[0]!r} is of {dates[0]}, after {ids[1]!r} of {dates[1]}; swap them")
    by_date = all(dates) and dates[0] != dates[1] and vendors[0] == vendors[1]
    return list(dict.fromkeys(vendors)), dates if by_date else [shown[policy_id] for policy_id in ids]


def _row_of(pairs: pd.DataFrame, change: Change) -> int:
    """The row with the sentence that tells the item: that of the last unit which begins at or before it."""
    side = "later_sentence" if change.change == "gained" else "earlier_sentence"
    firsts = pairs[side].fillna(-1).to_numpy(int)
    return int(np.where(firsts <= change.sentence_id, firsts, -1).argmax())


def _rows(pairs: pd.DataFrame, headings: pd.DataFrame) -> list[dict[str, Any]]:
    """What the page shows of each pair: the texts as runs of (kind, earlier, later)."""
    known = set(headings["text"])
    rows = []
    for number, pair in enumerate(pairs.to_dict("records")):
        text = pair["later_text"] or pair["earlier_text"]
        rows.append({
            "number": number, "status": pair["status"], "runs": _runs(pair), "disclosures": [], "heading": text in known,
            "earlier_section": pair["earlier_section"], "n_words": len(text.split()),
        })  # fmt: skip
    return rows


def _runs(pair: Mapping[Hashable, Any]) -> list[tuple[str, str, str]]:
    """The texts of a pair in pieces: kind ("equal", "replace", "delete" or "insert"), earlier and later text."""
    earlier, later = pair["earlier_text"], pair["later_text"]
    runs, here, there = [], 0, 0
    for kind, start, end, other_start, other_end in pair["edits"]:
        runs.append(("equal", earlier[here:start], later[there:other_start]))
        runs.append((kind, earlier[start:end], later[other_start:other_end]))
        here, there = end, other_end
    return [*runs, ("equal", earlier[here:], later[there:])]


def _folded(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The rows, each with whether it is far from every change."""
    changed = [row["number"] for row in rows if row["status"] != "same" or row["disclosures"]]
    for row in rows:
        far = all(abs(row["number"] - n) > _AROUND for n in changed)
        yield row | {"folded": far}
