"""Evidence in a notebook: the passages behind one cell, and the table of items by vendors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from policytools._frames import check_choice, check_frame, frame_of_rows
from policytools.coding.codebook import AnyCodebook, Codebook, codebook_of
from policytools.coding.hand_codings import coder_kinds, decider_of
from policytools.coding.quotes import quoted_passages, span_in_quote
from policytools.coding.told_to import describe_readers
from policytools.tables import names, policies_named, render

ADDRESSED, SILENT, DISAGREEMENT = "●", "○", "≠"
CODINGS = ("policy_id", "item", "sentence_id", "start", "end", "quote", "coder")
COVERAGE = ("policy_id", "item", "addressed", "coder", "rules_addressed", "disagreement")

_HAND = ("policy_id", "item", "coder", "evidence")
_KEY = f"{ADDRESSED} addressed, {SILENT} silent, {DISAGREEMENT} the rules or another reading say otherwise"
_PASSAGES = {
    "sentence_id": "int64", "section": "str", "quote": "str", "spans": "object", "coder": "str", "strength": "float64"
}  # fmt: skip
_FIRST = 3  # passages that are shown at once, the strongest


@dataclass(frozen=True)
class Evidence:
    """The passages behind one cell; shows itself in a notebook. Made by `show_evidence`.

    Attributes
    ----------
    policy_id, item, question, decision : str
        question is "" without a codebook; decision is "" without coverage.
    passages : DataFrame
        One row for each sentence with evidence, the strongest first, then one for each quote of a hand coding:
        sentence_id (int, -1 for a quote of a hand coding), section ("" without sentences), quote (str), spans
        (list of (start, end) in quote), coder (str), strength (float, NaN for a quote of a hand coding).
    label : str
        The item's label, or the item itself without a codebook.
    """

    policy_id: str
    item: str
    question: str
    decision: str
    passages: pd.DataFrame
    label: str = ""

    def __repr__(self) -> str:
        lines = [f"{self.policy_id}: {self.item}" + (f" ({self.question})" if self.question else "")]
        lines += [self.decision] if self.decision else []
        for source, pieces in self._sources_and_pieces()[:_FIRST]:
            quote = "".join(f"[{text}]" if is_marked else text for text, is_marked in pieces)
            lines.append(f"  {source}: {quote}")
        if len(self.passages) > _FIRST:
            lines.append(f"  and {len(self.passages) - _FIRST} more in .passages")
        return "\n".join(lines if len(self.passages) else [*lines, "  no passage"])

    def _repr_html_(self) -> str:
        return render(
            "evidence.html.jinja", policy_id=self.policy_id, item=self.label or self.item, question=self.question,
            decision=self.decision, passages=self._sources_and_pieces(), n_first=_FIRST,
        )  # fmt: skip

    def _sources_and_pieces(self) -> list[tuple[str, list[tuple[str, bool]]]]:
        shown = []
        for row in self.passages.to_dict("records"):
            section = f", {row['section']}" if row["section"] else ""
            source = f"sentence {row['sentence_id']}{section} ({row['coder']})"
            if row["sentence_id"] < 0:
                source = f"quoted by {row['coder']}"
            shown.append((source, _pieces(row["quote"], row["spans"])))
        return shown


def show_evidence(
    frame: pd.DataFrame,
    policy_id: str,
    item: str,
    *,
    codings: pd.DataFrame | None = None,
    sentences: pd.DataFrame | None = None,
    codebook: AnyCodebook | None = None,
    hand_codings: pd.DataFrame | None = None,
    policies: pd.DataFrame | None = None,
) -> Evidence:
    """Passages behind one cell of the coverage matrix, with the matched words marked.

    Parameters
    ----------
    frame : DataFrame
        Codings (from `code_sentences`), or coverage, which also says who decided and needs `codings`.
    policy_id, item : str
    codings : DataFrame, optional
        If `frame` is coverage: the codings it was made from.
    sentences : DataFrame, optional
        `Corpus.sentences`: adds the section of each passage.
    codebook : Codebook, str or path, optional
        Adds the item's question.
    hand_codings : DataFrame, optional
        From `load_codings`: adds the quotes of hand codings, and whether a person or a language model coded.
    policies : DataFrame, optional
        `Corpus.policies`: a vendor's name may then be given for `policy_id`.

    Returns
    -------
    Evidence
        Shows itself in a notebook, and as text elsewhere.

    Raises
    ------
    ValueError
        If a column is missing, or the policy or item is in none of the frames given. So a misspelt name is an
        error and does not look like a silent policy.

    Examples
    --------
    >>> codings = pd.DataFrame({"policy_id": ["a"], "item": ["cookies"], "sentence_id": [3], "start": [7], "end": [14],
    ...     "quote": ["We use cookies."], "coder": ["rules"]})
    >>> show_evidence(codings, "a", "cookies")
    a: cookies
      sentence 3 (rules): We use [cookies].
    """
    frame = check_frame(frame, "frame", ("policy_id", "item"))
    cover = frame if "addressed" in frame and "quote" not in frame else None
    if cover is not None:
        cover = check_frame(cover, "coverage", COVERAGE)
        if codings is None:
            raise ValueError("codings: missing; a coverage frame has no quotes, so give codings=... too")
    codings = check_frame(frame if codings is None else codings, "codings", CODINGS)
    if sentences is not None:
        sentences = check_frame(sentences, "sentences", ("policy_id", "sentence_id", "section"))
    if hand_codings is not None:
        hand_codings = check_frame(hand_codings, "hand_codings", _HAND)
    given = [each for each in (frame, codings, sentences) if each is not None]
    ids = pd.concat([each["policy_id"] for each in given])
    [policy_id] = policies_named("policy_id", policy_id, ids, policies)
    if codebook is not None:
        codebook = codebook_of(codebook)
    items = [frame["item"], codings["item"], *([] if codebook is None else [codebook.items["item"]])]
    check_choice("item", item, dict.fromkeys(pd.concat(items)))
    kinds = coder_kinds(hand_codings)
    question = decision = ""
    if codebook is not None:
        question = _questions(codebook).get(item, "")
    if cover is not None:
        for row in cover[(cover["policy_id"] == policy_id) & (cover["item"] == item)].to_dict("records"):
            readers = describe_readers(row["told_to"]) if row.get("only_to_some") else ""
            told = [f"told to {readers}"] if readers else []
            decision = _decision(row, kinds, *told, f"the rules say {_word(row['rules_addressed'])}")
    section = {}
    if sentences is not None:
        own = sentences[sentences["policy_id"] == policy_id]
        section = dict(zip(own["sentence_id"], own["section"], strict=True))
    own = codings[(codings["policy_id"] == policy_id) & (codings["item"] == item)]
    rows = [
        (passage.sentence_id, section.get(passage.sentence_id, ""), passage.quote, sorted(passage.spans),
         ", ".join(sorted(passage.coders)), passage.strength)
        for passage in _passages(own, hand_codings, kinds).get((policy_id, item), [])
    ]  # fmt: skip
    label = item if codebook is None else codebook.labels.get(item, item)
    return Evidence(policy_id, item, question, decision, frame_of_rows(rows, _PASSAGES), label)


@dataclass(frozen=True)
class CoverageTable:
    """Items by vendors; shows itself in a notebook. Made by `coverage_table`.

    Attributes
    ----------
    marks : DataFrame
        Index: items; columns: vendors; each cell "●" addressed or "○" silent, with "≠" on a disagreement.
    key : str
        What the marks mean, and who decided how many cells.
    """

    marks: pd.DataFrame
    key: str
    _html: str

    def __repr__(self) -> str:
        return f"{self.marks.to_string()}\n{self.key}"

    def _repr_html_(self) -> str:
        return self._html


def coverage_table(
    coverage: pd.DataFrame,
    *,
    codings: pd.DataFrame | None = None,
    codebook: AnyCodebook | None = None,
    policies: pd.DataFrame | None = None,
    checklist: str | None = None,
    hand_codings: pd.DataFrame | None = None,
) -> CoverageTable:
    """Coverage as a table of items by vendors; its cells unfold to the quotes.

    Parameters
    ----------
    coverage : DataFrame
        From `coverage`.
    codings : DataFrame, optional
        From `code_sentences`: each cell then unfolds to its quotes and shows the first as a tooltip.
    codebook : Codebook, str or path, optional
        Shows the questions beside the items; needed for `checklist`.
    policies : DataFrame, optional
        `Corpus.policies`: shows vendors' names in place of policy_id.
    checklist : str, optional
        Only the items of this checklist of the codebook.
    hand_codings : DataFrame, optional
        From `load_codings`: adds the quotes of hand codings, and whether a person or a language model coded.

    Returns
    -------
    CoverageTable
        Shows itself in a notebook, and as text elsewhere.

    Raises
    ------
    ValueError
        If a column is missing, a cell has several rows, a policy is not in `policies`, or the checklist is
        unknown.

    Examples
    --------
    >>> cells = pd.DataFrame({"policy_id": ["a", "b"], "item": "cookies", "addressed": [True, False], "coder": "rules",
    ...     "rules_addressed": [True, False], "disagreement": False})
    >>> coverage_table(cells)
             a  b
    cookies  ●  ○
    ● addressed, ○ silent, ≠ the rules or another reading say otherwise; decided by: the rules (2)
    """
    coverage = check_frame(coverage, "coverage", COVERAGE)
    if codebook is not None:
        codebook = codebook_of(codebook)
    if checklist is not None:
        if codebook is None:
            raise ValueError(f"checklist: {checklist!r} is in no codebook; give codebook= too")
        check_choice("checklist", checklist, codebook.checklists)
        coverage = coverage[coverage["item"].isin(codebook.checklists[checklist])]
    if codings is not None:
        codings = check_frame(codings, "codings", CODINGS)
    if hand_codings is not None:
        hand_codings = check_frame(hand_codings, "hand_codings", _HAND)
    labels = _labels(coverage, policies)
    kinds = coder_kinds(hand_codings)
    passages = _passages(codings, hand_codings, kinds)
    cells = {}
    for row in coverage.to_dict("records"):
        cell = row["policy_id"], row["item"]
        cells[cell] = _table_cell(row, passages.get(cell, []), kinds)
    questions = {} if codebook is None else _questions(codebook)
    deciders = Counter(decider_of(coder, kinds)[1] for coder in coverage["coder"])
    key = f"{_KEY}; decided by: " + ", ".join(f"{who} ({n})" for who, n in sorted(deciders.items()))
    items = coverage["item"].unique()
    rows = {item: [cells.get((policy_id, item)) for policy_id in labels] for item in items}
    marks = pd.DataFrame(
        [[cell["marks"] if cell else "" for cell in row] for row in rows.values()],
        index=pd.Index(items, dtype="object"), columns=pd.Index(list(labels.values()), dtype="object"),
    )  # fmt: skip
    names_of = {} if codebook is None else codebook.labels
    asked = [(names_of.get(item, item), questions.get(item, ""), row) for item, row in rows.items()]
    shown = render("coverage_table.html.jinja", key=key, labels=labels.values(), rows=asked, n_first=_FIRST)
    return CoverageTable(marks, key, shown)


def _labels(coverage: pd.DataFrame, policies: pd.DataFrame | None) -> dict[str, str]:
    """policy_id -> name to show, for the policies of a coverage frame."""
    ids = coverage["policy_id"].unique()
    if policies is None:
        return {str(policy_id): str(policy_id) for policy_id in ids}
    labels = names(policies)
    if unknown := sorted(set(ids) - set(labels)):
        raise ValueError(f"coverage: policy_id not among the given policies: {', '.join(unknown[:5])}")
    return {policy_id: label for policy_id, label in labels.items() if policy_id in ids}


def _table_cell(row: Mapping[Any, Any], passages: list[Passage], kinds: dict[str, str]) -> dict[str, Any]:
    decision = _decision(row, kinds)
    # A quote of a hand coding has no words around it, so nothing in it is marked.
    quotes = [_pieces(each.quote, each.spans if each.sentence_id >= 0 else []) for each in passages]
    return {
        "marks": (ADDRESSED if row["addressed"] else SILENT) + DISAGREEMENT * bool(row["disagreement"]),
        "title": f"{decision}: {passages[0].quote}" if passages else decision,
        "addressed": row["addressed"],
        "disagreement": row["disagreement"],
        "quotes": quotes,
    }


# --- what both show


class Passage(NamedTuple):
    """A sentence with evidence for an item, or a quote of a hand coding (sentence_id -1)."""

    sentence_id: int
    quote: str
    spans: list[tuple[int, int]]
    coders: set[str]
    strength: float = float("nan")


def _passages(
    codings: pd.DataFrame | None, hand: pd.DataFrame | None, kinds: dict[str, str]
) -> dict[tuple[str, str], list[Passage]]:
    """(policy_id, item) -> its sentences, the strongest first, then the quotes of its hand codings, each once."""
    found: dict[tuple[str, str], dict[Any, Passage]] = {}
    if codings is not None:
        if "strength" not in codings:
            codings = codings.assign(strength=float("nan"))
        codings = codings.sort_values(["strength", "sentence_id", "start"], ascending=[False, True, True])
        for row in codings.to_dict("records"):
            cell = found.setdefault((row["policy_id"], row["item"]), {})
            place = row["sentence_id"], row["quote"]  # a long unit has several quotes
            passage = cell.setdefault(place, Passage(*place, [], set(), row["strength"]))
            passage.spans.append(span_in_quote(row["quote"], row["start"], row["end"]))
            passage.coders.add(row["coder"])
    if hand is not None:
        for row in hand[hand["evidence"].notna()].to_dict("records"):
            cell = found.setdefault((row["policy_id"], row["item"]), {})
            for quote in quoted_passages(str(row["evidence"])):
                passage = cell.setdefault(quote, Passage(-1, quote, [(0, len(quote))], set()))
                passage.coders.add(f"{row['coder']} ({kinds[row['coder']]})")
    return {cell: list(passages.values()) for cell, passages in found.items()}


def _pieces(quote: str, spans: Iterable[tuple[int, int]]) -> list[tuple[str, bool]]:
    """The quote in pieces, each with whether it is marked."""
    pieces, at = [], 0
    for start, end in sorted(spans):
        pieces += [(quote[at : max(start, at)], False), (quote[max(start, at) : max(end, at)], True)]
        at = max(end, at)
    return [piece for piece in [*pieces, (quote[at:], False)] if piece[0]]


def _questions(codebook: Codebook) -> dict[str, str]:
    return dict(zip(codebook.items["item"], codebook.items["question"], strict=True))


def _word(addressed: bool) -> str:
    return "addressed" if addressed else "silent"


def _decision(row: Mapping[Any, Any], kinds: dict[str, str], *others: str) -> str:
    """What a row of coverage says, and who decided."""
    decided = f"{_word(row['addressed'])}, decided by {decider_of(row['coder'], kinds)[1]}"
    return "; ".join([decided, *others, *([f"{DISAGREEMENT} disagreement"] if row["disagreement"] else [])])
