"""The evidence page: one self-contained HTML file, made from ``resources/report/evidence_page.html.jinja``."""

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote as url_quoted
from urllib.parse import urlsplit

import pandas as pd

from policytools._files import PACKAGE, write_whole
from policytools._frames import check_frame, check_type
from policytools._wording import counted
from policytools.coding.codebook import AnyCodebook, Codebook, codebook_of
from policytools.coding.coverage import code_sentences, coverage_scores
from policytools.coding.coverage import coverage as decide
from policytools.coding.hand_codings import UNSTATED, coder_kinds, coder_marks, decider_of
from policytools.coding.quotes import TextPlaces, quote_of
from policytools.coding.told_to import describe_readers
from policytools.corpus.corpus import Corpus
from policytools.report.evidence import CODINGS, COVERAGE
from policytools.tables import as_title, names, printable, render, texts

_RESOURCES = PACKAGE / "resources" / "report"
_QUOTED = ["policy_id", "item", "coder", "evidence"]
_MANY = 8  # policies; above it the columns of the tables are narrow


def write_report(
    corpus: Corpus,
    path: str | Path,
    *,
    codebook: AnyCodebook | None = None,
    codings: pd.DataFrame | None = None,
    coverage: pd.DataFrame | None = None,
    hand_codings: pd.DataFrame | None = None,
    coders: pd.DataFrame | None = None,
    title: str = "What the policies disclose",
    home: str = "",
) -> Path:
    """Write the evidence page: items by vendors, where each cell opens the sentences behind it.

    The page is one HTML file that needs no network: it opens from disk, can be printed, works by keyboard and
    on a phone. Text that cleaning left out is shown in grey with the reason.

    Parameters
    ----------
    corpus : Corpus
    path : path
        The file to write, usually ending in ``.html``. Its folder must exist.
    codebook : Codebook, str or path, optional
        The shipped codebook "disclosure" by default.
    codings : DataFrame, optional
        From `code_sentences`; computed by default.
    coverage : DataFrame, optional
        From `coverage`; computed from `codings` and `hand_codings` by default.
    hand_codings : DataFrame, optional
        From `load_codings`: policy_id, item, coder, code, evidence (quotes separated by " || "), and where
        known coder_kind ("person", "model"), confidence and note.
    coders : DataFrame, optional
        Who the coders are: coder, kind ("person", "language model"), description. Fills in coder_kind.
    title : str
        Heading of the page.
    home : str
        Name of a page in the same folder to link back to; "" for none.

    Returns
    -------
    Path
        The file that was written. The same input gives the same bytes.

    Raises
    ------
    ValueError
        If a column is missing, a policy, item or sentence is unknown, `coverage` does not have one row for
        each policy and item, or quoted evidence does not occur in the policy; the message gives the rows.
    FileNotFoundError
        If the folder of `path` does not exist.

    Examples
    --------
    >>> import tempfile
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a"], "text": ["We use cookies. We never sell data."]}))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_report(corpus, Path(folder) / "evidence.html").name
    'evidence.html'
    """
    check_type("corpus", corpus, Corpus)
    path = page_path(path, "evidence.html")
    if not len(corpus):
        raise ValueError("corpus: it holds no policy, so there is nothing to show")
    codebook = codebook_of("disclosure" if codebook is None else codebook)
    codings = code_sentences(corpus.sentences, codebook) if codings is None else codings
    codings = check_frame(codings, "codings", CODINGS)
    hand = None if hand_codings is None else _with_kinds(hand_codings, coders)
    # `decide` also checks codings and hand codings, so it is called even if the coverage is given.
    decided = decide(codings, codebook, corpus.policies, hand_codings=hand)
    if coverage is not None:
        decided = _checked_coverage(coverage, decided)
    data = _Data(corpus, codebook, codings, decided, hand).page(title)
    page = _page(data, corpus, codebook, decided, hand, coders, home)
    write_whole(path, page.encode("utf-8"))
    return path


# --- checks


def page_path(path: str | Path, example: str) -> Path:
    """Where a page is to be written; an error if the folder is missing, or if there is no name of a file."""
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"path: there is no folder {path.parent}; make it first")
    if path.is_dir():
        raise ValueError(f"path: {path} is a folder; give the name of a file, such as {path / example}")
    return path


def _with_kinds(hand: pd.DataFrame, coders: pd.DataFrame | None) -> pd.DataFrame:
    """Hand codings with coder_kind, if it is known, in the words of `coverage`."""
    hand = check_frame(hand, "hand_codings", ("policy_id", "item", "coder", "code", "evidence"))
    if coders is not None:
        coders = check_frame(coders, "coders", ("coder", "kind"))
        kinds = dict(zip(coders["coder"], coders["kind"], strict=True))
        if unknown := sorted(set(hand["coder"].astype(str)) - set(kinds)):
            raise ValueError(f"coders: no row for coder {', '.join(unknown[:5])} of hand_codings; add one")
        if "coder_kind" not in hand:
            hand["coder_kind"] = hand["coder"].map(kinds)
    if "coder_kind" in hand:
        hand["coder_kind"] = hand["coder_kind"].replace("language model", "model")
    return hand


def _checked_coverage(coverage: pd.DataFrame, expected: pd.DataFrame) -> pd.DataFrame:
    """The coverage; ValueError unless it has one row for each policy and item that is expected."""
    coverage = check_frame(coverage, "coverage", COVERAGE, unit=())
    n_rows = Counter(zip(coverage["policy_id"], coverage["item"], strict=True))
    wanted = set(zip(expected["policy_id"], expected["item"], strict=True))
    for problem, wrong in (
        ("policy or item unknown to corpus and codebook", n_rows.keys() - wanted),
        ("no row for", wanted - n_rows.keys()),
        ("more than one row for", {cell for cell, n in n_rows.items() if n > 1}),
    ):
        if wrong:
            named = ", ".join(f"{policy}/{item}" for policy, item in sorted(wrong, key=str)[:5])
            more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
            raise ValueError(f"coverage: {problem}: {named}{more}")
    return coverage


# --- what the page's script reads: tuples become arrays, in the order of their fields


class _Passage(NamedTuple):
    """A sentence with evidence: its marks (block, start, end, 1 if a reader quoted it) and who made them."""

    sentence_id: int
    marks: list[tuple[int, int, int, int]]
    sources: list[int]


class _Cell(NamedTuple):
    """What one policy says on one item."""

    addressed: int
    decider: str
    disagreement: int
    rules_addressed: int
    passages: list[_Passage]
    opinions: list[tuple[str, int, str, str]]  # of each hand coding: coder, code, confidence, note
    first: int  # the passage that opens first
    told_to: str  # the readers who are told, in words; "" for everyone


class _Block(NamedTuple):
    kind: str
    level: int
    left_out: str  # the reason
    text: str
    sentences: list[tuple[int, int, int]]  # sentence_id, start, end


class _Spot(NamedTuple):
    """Words that are evidence, the sentence they belong to (block, start), and who found them."""

    block: int
    start: int
    end: int
    anchor: tuple[int, int]
    coder: str
    strength: float = 0.0


class _Data:
    """The data that evidence_page.js reads: items, checklists, and of each policy its cells and its text."""

    def __init__(
        self,
        corpus: Corpus,
        codebook: Codebook,
        codings: pd.DataFrame,
        coverage: pd.DataFrame,
        hand: pd.DataFrame | None,
    ):
        self.corpus, self.codebook = corpus, codebook
        self.items = codebook.items["item"].tolist()
        self.kinds = coder_kinds(hand)
        self.hand = pd.DataFrame(columns=_QUOTED) if hand is None else hand
        coders = sorted({*codings["coder"], *self.hand["coder"]} - {"rules"})
        self.sources = {"rules": "the rules"} | {
            coder: f"{coder} ({self.kinds.get(coder, UNSTATED)})" for coder in coders
        }
        self.source_number = {coder: n for n, coder in enumerate(self.sources)}
        self.rows = {(row["policy_id"], row["item"]): row for row in coverage.to_dict("records")}
        frames = (corpus.blocks, corpus.sentences, codings, self.hand)
        self.frames = [(dict(list(frame.groupby("policy_id"))), frame.iloc[:0]) for frame in frames]

    def page(self, title: str) -> dict[str, Any]:
        columns = ["item", "label", "question", "counts", "not", "refs"]
        number = {item: n for n, item in enumerate(self.items)}
        checklists = self.codebook.checklists.values()
        return {
            "title": title,
            "items": self.codebook.items[columns].to_dict("records"),
            "checklists": [[number[item] for item in listed] for listed in checklists],
            "sources": list(self.sources.values()),
            "policies": self._policies(),
        }

    def _policies(self) -> list[dict[str, Any]]:
        policies = self.corpus.policies
        labels = names(policies)
        facts = ("title", "source_url", "captured_on", "effective_on", "language")
        stated = (texts(policies, column) for column in facts)
        found = []
        for policy_id, title, url, captured, effective, language in zip(
            policies["policy_id"], *stated, strict=True
        ):
            cells, blocks = self._cells_and_blocks(policy_id)
            found.append({
                "id": policy_id, "label": labels[policy_id], "title": title, "url": _safe_url(url),
                "captured": captured, "effective": effective, "language": _language(language), "cells": cells,
                "blocks": blocks,
            })  # fmt: skip
        return found

    def _cells_and_blocks(self, policy_id: str) -> tuple[list[_Cell], list[_Block]]:
        blocks, sentences, codings, hand = (frames.get(policy_id, none) for frames, none in self.frames)
        text = TextPlaces(blocks, sentences)
        spots: dict[str, list[_Spot]] = {}
        for item, spot in [*_coded_spots(text, codings), *_quoted_spots(text, hand)]:
            spots.setdefault(item, []).append(spot)
        opinions = self._opinions(hand)
        cells = []
        for item in self.items:
            passages = self._passages(text, spots.get(item, []))
            cells.append(self._cell(self.rows[policy_id, item], passages, opinions.get(item, [])))
        return cells, [
            _Block(
                block["kind"],
                int(block["level"]),
                "" if block["keep"] else block["reason"] or "left out",
                shown,
                [(i, _utf16(shown, start), _utf16(shown, end)) for i, start, end in places],
            )
            for block, shown, places in zip(text.blocks, text.texts, text.sentences, strict=True)
        ]

    def _cell(self, row: Mapping[Any, Any], passages: list[_Passage], opinions: list) -> _Cell:
        deciders = {self.source_number.get(coder) for coder in coder_marks(row["coder"], self.kinds)}
        first = next((n for n, passage in enumerate(passages) if deciders & set(passage.sources)), 0)
        decider = decider_of(row["coder"], self.kinds)[1]
        addressed, disagreement, by_rules = map(
            int, (row["addressed"], row["disagreement"], row["rules_addressed"])
        )
        readers = describe_readers(row["told_to"]) if row.get("only_to_some") else ""
        return _Cell(addressed, decider, disagreement, by_rules, passages, opinions, first, readers)

    def _passages(self, text: TextPlaces, spots: list[_Spot]) -> list[_Passage]:
        """One passage for each sentence, the strongest first, then in reading order."""
        by_sentence: dict[tuple[int, int], list[_Spot]] = {}
        for spot in spots:
            by_sentence.setdefault(spot.anchor, []).append(spot)
        passages = []
        for (block, at), own in sorted(by_sentence.items(), key=lambda pair: (-pair[1][0].strength, pair[0])):
            sentence_id = next((i for i, start, _ in text.sentences[block] if start == at), -1)
            marks = {_mark(text.texts[spot.block], spot) for spot in own}
            sources = {self.source_number[spot.coder] for spot in own}
            passages.append(_Passage(sentence_id, sorted(marks), sorted(sources)))
        return passages

    def _opinions(self, hand: pd.DataFrame) -> dict[str, list[tuple]]:
        found: dict[str, list[tuple]] = {}
        extra = zip(texts(hand, "confidence"), texts(hand, "note"), strict=True)
        for row, (confidence, note) in zip(hand.to_dict("records"), extra, strict=True):
            opinion = (self.sources[row["coder"]], int(row["code"]), confidence, note)
            found.setdefault(row["item"], []).append(opinion)
        return found


def _mark(text: str, spot: _Spot) -> tuple[int, int, int, int]:
    return spot.block, _utf16(text, spot.start), _utf16(text, spot.end), int(spot.coder != "rules")


def _coded_spots(text: TextPlaces, codings: pd.DataFrame) -> list[tuple[str, _Spot]]:
    """Item and place of each coding."""
    spots = []
    strength = codings["strength"].fillna(0.0) if "strength" in codings else 0.0
    rows = codings[list(CODINGS)].assign(strength=strength).itertuples(name=None)
    for row, policy_id, item, sentence_id, start, end, quote, coder, strong in rows:
        block, at, sentence = text.place.get(sentence_id, (0, 0, None))
        if sentence is None or quote != quote_of(sentence, start):
            problem = "is not in the corpus" if sentence is None else "has another text in the corpus"
            raise ValueError(
                f"codings, row {row + 1}: sentence {sentence_id} of {policy_id!r} {problem}; "
                "give the codings of this corpus"
            )
        if not 0 <= start <= end <= len(sentence):
            raise ValueError(
                f"codings, row {row + 1}: start {start} and end {end} do not lie in the sentence"
            )
        spots.append((item, _Spot(block, at + start, at + end, (block, at), coder, strong)))
    return spots


def _quoted_spots(text: TextPlaces, hand: pd.DataFrame) -> list[tuple[str, _Spot]]:
    """Item and place of each quote of the hand codings."""
    spots = []
    rows = hand[_QUOTED].itertuples(name=None)
    for row, policy_id, item, coder, quote in rows:
        places = text.find("" if pd.isna(quote) else str(quote))
        if places is None:
            raise ValueError(
                f"hand_codings, row {row + 1}: the evidence of {policy_id}/{item}/{coder} does not occur in "
                f"the text: {str(quote)[:80]!r}"
            )
        for block, start, end in places:
            spots.append((item, _Spot(block, start, end, text.anchor(block, start), coder)))
    return spots


def _safe_url(url: object) -> str:
    """The address if it is an http(s) address, else ""."""
    text = str(url).strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    is_web = parts.scheme.lower() in ("http", "https") and parts.netloc
    return text if is_web and not re.search(r"[\s\x00-\x20\"<>\\^`{|}]", text) else ""


def _language(language: object) -> str:
    return str(language) if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", str(language)) else ""


def _utf16(text: str, position: int) -> int:
    """The position as JavaScript counts it, which takes two for a character beyond U+FFFF."""
    return position if text.isascii() else position + sum(char > "\uffff" for char in text[:position])


# --- the page


def _json(data: dict) -> str:
    """JSON that cannot end the element it is in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return printable(text)


def content_hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _page(
    data: dict[str, Any],
    corpus: Corpus,
    codebook: Codebook,
    coverage: pd.DataFrame,
    hand: pd.DataFrame | None,
    coders: pd.DataFrame | None,
    home: str,
) -> str:
    policies, items = data["policies"], codebook.items.assign(number=range(len(codebook.items)))
    style, script = (
        (_RESOURCES / name).read_text("utf-8") for name in ("evidence_page.css", "evidence_page.js")
    )
    kinds = coder_kinds(hand)
    cells = list(zip(coverage["policy_id"], coverage["item"], strict=True))
    deciders = [decider_of(coder, kinds) for coder in coverage["coder"]]
    described = (
        {} if coders is None else dict(zip(texts(coders, "coder"), texts(coders, "description"), strict=True))
    )
    page = render(
        "evidence_page.html.jinja",
        style=style,
        script=script,
        style_hash=content_hash(style),
        script_hash=content_hash(script),
        data=_json(data),
        title=data["title"],
        home=url_quoted(home),
        codebook=codebook,
        families=[
            (str(family), own.to_dict("records")) for family, own in items.groupby("family", sort=False)
        ],
        checklists=sorted(enumerate(codebook.checklists), key=lambda pair: pair[1] != "all"),
        scores=coverage_scores(coverage, codebook).set_index(["checklist", "policy_id"]).to_dict("index"),
        n_cells=len(cells),
        n_split=int(coverage["disagreement"].sum()),
        deciders=sorted(Counter(words for _, words in deciders).items()),
        letters=dict(zip(cells, (letter for letter, _ in deciders), strict=True)),
        coders=[
            (coder, kind[0].upper() + kind[1:], described.get(coder, "")) for coder, kind in kinds.items()
        ],
        policies=policies,
        many=" many" if len(policies) > _MANY else "",
        n_words=corpus.sentences.groupby("policy_id")["n_words"].sum().to_dict(),
        notes=texts(corpus.policies, "note"),
        counted=counted,
        as_title=as_title,
    )
    return page + "\n"  # jinja2 drops the last line end
