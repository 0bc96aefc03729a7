"""Evidence as tables in a notebook, and where in a policy quoted words stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from policytools._frames import require_columns
from policytools.coding.codebook import Codebook
from policytools.coding.hand_codings import coder_kinds, decider_of
from policytools.coding.quotes import quoted_passages
from policytools.tables import escape, names

ADDRESSED, SILENT, DISAGREEMENT = "●", "○", "≠"
CODINGS = ("policy_id", "item", "sentence_id", "start", "end", "quote", "coder")
COVERAGE = ("policy_id", "item", "addressed", "coder", "rules_addressed", "disagreement")

_KEY = f"{ADDRESSED} addressed, {SILENT} silent, {DISAGREEMENT} the rules or another reading say otherwise"


@dataclass(frozen=True)
class Evidence:
    """The passages behind one cell; shows itself in a notebook. Made by `show_evidence`.

    Attributes
    ----------
    policy_id, item, question, decision : str
        question is "" without a codebook; decision is "" without coverage.
    passages : DataFrame
        One row for each sentence with evidence, in reading order, then for each quote of a hand coding:
        sentence_id (int, -1 for a quote of a hand coding), section ("" without sentences), quote (str), spans
        (list of (start, end) in quote), coder (str).
    """

    policy_id: str
    item: str
    question: str
    decision: str
    passages: pd.DataFrame

    def __repr__(self) -> str:
        lines = [f"{self.policy_id}: {self.item}" + (f" ({self.question})" if self.question else "")]
        lines += [self.decision] if self.decision else []
        for where, quote, spans in self._places():
            lines.append(
                f"  {where}: "
                + "".join(f"[{text}]" if marked else text for text, marked in _cut(quote, spans))
            )
        return "\n".join(lines if len(self.passages) else [*lines, "  no passage"])

    def _repr_html_(self) -> str:
        title = f"<strong>{escape(self.policy_id)}: {escape(self.item)}</strong> {escape(self.question)}"
        title += f"<br>{escape(self.decision)}" if self.decision else ""
        listed = "".join(
            f'<li style="margin:.4em 0"><span style="opacity:.75">{escape(where)}</span><br>{_marked(quote, spans)}</li>'
            for where, quote, spans in self._places()
        )
        body = f'<ol style="padding-left:1.6em">{listed}</ol>' if listed else "<p>No passage.</p>"
        return f'<div style="max-width:50em"><p>{title}</p>{body}</div>'

    def _places(self) -> list[tuple[str, str, list]]:
        return [
            (
                f"sentence {sentence_id}{section and f', {section}'} ({coder})"
                if sentence_id >= 0
                else f"quoted by {coder}",
                quote,
                spans,
            )
            for sentence_id, section, quote, spans, coder in self.passages.to_numpy().tolist()
        ]


def show_evidence(
    frame: pd.DataFrame,
    policy_id: str,
    item: str,
    *,
    codings: pd.DataFrame | None = None,
    sentences: pd.DataFrame | None = None,
    codebook: Codebook | None = None,
    hand_codings: pd.DataFrame | None = None,
) -> Evidence:
    """Passages behind one cell of the coverage matrix, the matched words marked.

    Parameters
    ----------
    frame : DataFrame
        Codings (from `code_sentences`), or coverage, which adds who decided and needs `codings` too.
    policy_id, item : str
    codings : DataFrame, optional
        Where `frame` is coverage: the codings it was made from.
    sentences : DataFrame, optional
        `Corpus.sentences`: adds the section that each passage stands in.
    codebook : Codebook, optional
        Adds the item's question.
    hand_codings : DataFrame, optional
        As `load_codings` reads them: adds what readers quoted, and says of each whether a person or a language
        model read.

    Returns
    -------
    Evidence
        Shows itself in a notebook, and as text elsewhere.

    Raises
    ------
    ValueError
        If a column is missing, or policy or item occur in none of the frames given: silence is told from a
        misspelt name.

    Examples
    --------
    >>> codings = pd.DataFrame({"policy_id": ["a"], "item": ["cookies"], "sentence_id": [3], "start": [7], "end": [14],
    ...     "quote": ["We use cookies."], "coder": ["rules"]})
    >>> show_evidence(codings, "a", "cookies")
    a: cookies
      sentence 3 (rules): We use [cookies].
    """
    cover = frame if "addressed" in frame and "quote" not in frame else None
    if cover is not None:
        require_columns(cover, "coverage", COVERAGE)
        if codings is None:
            raise ValueError(
                "codings: missing; a coverage frame holds decisions without quotes, so give codings=... too"
            )
    own = frame if codings is None else codings
    require_columns(own, "codings", CODINGS)
    places = [f for f in (frame, own, sentences) if f is not None]
    if not any((f["policy_id"] == policy_id).any() for f in places):
        known = ", ".join(dict.fromkeys(str(p) for f in places for p in f["policy_id"].unique()))
        raise ValueError(f"policy_id: {policy_id!r} is not in the frames given; there are {known[:200]}")
    if not any((f["item"] == item).any() for f in (frame, own, *([codebook.items] if codebook else []))):
        known = ", ".join(codebook.items["item"] if codebook else frame["item"].unique())
        raise ValueError(f"item: {item!r} is not there{'' if codebook else ' (without codebook= only items with evidence are known)'}"
                         f"; there are {known[:300]}")  # fmt: skip
    kinds = coder_kinds(hand_codings)
    question = decision = ""
    if codebook is not None and (codebook.items["item"] == item).any():
        question = codebook.items.set_index("item")["question"][item]
    if cover is not None:
        for row in cover[(cover["policy_id"] == policy_id) & (cover["item"] == item)].to_dict("records"):
            decision = f"{'addressed' if row['addressed'] else 'silent'}, decided by {decider_of(row['coder'], kinds)[1]}"
            decision += f"; the rules say {'addressed' if row['rules_addressed'] else 'silent'}"
            decision += f"; {DISAGREEMENT} disagreement" if row["disagreement"] else ""
    section = {}
    if sentences is not None:
        require_columns(sentences, "sentences", ("policy_id", "sentence_id", "section"))
        read = sentences[sentences["policy_id"] == policy_id]
        section = dict(zip(read["sentence_id"], read["section"], strict=True))
    found = own[(own["policy_id"] == policy_id) & (own["item"] == item)]
    rows = [
        (i, section.get(i, ""), part["quote"].iloc[0], sorted(zip(part["start"], part["end"], strict=True)),
         ", ".join(sorted(set(part["coder"]))))
        for i, part in found.groupby("sentence_id", sort=True)
    ]  # fmt: skip
    for quote, coder in _quotes(hand_codings, kinds).get((policy_id, item), []):
        rows.append((-1, "", quote, [(0, len(quote))], coder))
    columns = {"sentence_id": "int64", "section": "str", "quote": "str", "spans": "object", "coder": "str"}
    passages = pd.DataFrame(rows, columns=list(columns)).astype(columns)
    return Evidence(policy_id, item, question, decision, passages)


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
    codebook: Codebook | None = None,
    policies: pd.DataFrame | None = None,
    checklist: str | None = None,
    hand_codings: pd.DataFrame | None = None,
) -> CoverageTable:
    """Coverage as a table, items by vendors, whose cells unfold to the quotes.

    Parameters
    ----------
    coverage : DataFrame
        From `coverage`.
    codings : DataFrame, optional
        From `code_sentences`: each cell then unfolds to its quotes, and shows the first on hovering.
    codebook : Codebook, optional
        Shows the questions beside the items; needed for `checklist`.
    policies : DataFrame, optional
        `Corpus.policies`: shows vendors' names in place of policy_id.
    checklist : str, optional
        Only the items of this checklist of the codebook.
    hand_codings : DataFrame, optional
        As `load_codings` reads them: adds what readers quoted, and says whether a person or a language model read.

    Returns
    -------
    CoverageTable
        Shows itself in a notebook, and as text elsewhere.

    Raises
    ------
    ValueError
        If a column is missing, a cell stands twice, a policy is not in `policies`, or the checklist is unknown.

    Examples
    --------
    >>> cells = pd.DataFrame({"policy_id": ["a", "b"], "item": "cookies", "addressed": [True, False], "coder": "rules",
    ...     "rules_addressed": [True, False], "disagreement": False})
    >>> coverage_table(cells)
             a  b
    cookies  ●  ○
    ● addressed, ○ silent, ≠ the rules or another reading say otherwise; decided by: the rules (2)
    """
    require_columns(coverage, "coverage", COVERAGE)
    if checklist is not None:
        if codebook is None or checklist not in codebook.checklists:
            known = "a codebook" if codebook is None else f"one of {', '.join(codebook.checklists)}"
            raise ValueError(f"checklist: {checklist!r} needs {known}")
        coverage = coverage[coverage["item"].isin(codebook.checklists[checklist])]
    twice = coverage[coverage.duplicated(["policy_id", "item"])]
    if len(twice):
        raise ValueError(
            f"coverage: more than one row for {twice['policy_id'].iloc[0]}/{twice['item'].iloc[0]}"
        )
    labels = {str(policy_id): str(policy_id) for policy_id in coverage["policy_id"].unique()}
    if policies is not None:
        if unknown := sorted(set(labels) - set(policies["policy_id"])):
            raise ValueError(f"coverage: policy_id not among the given policies: {', '.join(unknown[:5])}")
        labels = {policy_id: label for policy_id, label in names(policies).items() if policy_id in labels}
    quotes: dict[tuple, dict[int, tuple]] = {}
    if codings is not None:
        require_columns(codings, "codings", CODINGS)
        for row in codings.sort_values(["sentence_id", "start"]).to_dict("records"):
            passages = quotes.setdefault((row["policy_id"], row["item"]), {})
            passages.setdefault(row["sentence_id"], (row["quote"], []))[1].append((row["start"], row["end"]))
    kinds = coder_kinds(hand_codings)
    for cell, read in _quotes(hand_codings, kinds).items():
        for n, (quote, _) in enumerate(read, 1):
            quotes.setdefault(cell, {})[-n] = (quote, [])
    deciders = coverage["coder"].map(lambda coder: decider_of(coder, kinds)[1])
    key = f"{_KEY}; decided by: " + ", ".join(f"{who} ({n})" for who, n in sorted(Counter(deciders).items()))
    cells = {(row["policy_id"], row["item"]): row for row in coverage.to_dict("records")}
    items = list(dict.fromkeys(coverage["item"]))
    questions = (
        {} if codebook is None else dict(zip(codebook.items["item"], codebook.items["question"], strict=True))
    )
    marks = pd.DataFrame(
        [[_glyphs(cells.get((policy_id, item))) for policy_id in labels] for item in items],
        index=pd.Index(items, dtype="object"), columns=pd.Index(list(labels.values()), dtype="object"),
    )  # fmt: skip
    head = "".join(
        f'<th scope="col" style="text-align:center">{escape(label)}</th>' for label in labels.values()
    )
    body = "".join(
        f'<tr><th scope="row" style="text-align:left;font-weight:normal;max-width:26em">{escape(questions.get(item, item))}</th>'
        + "".join(
            _notebook_cell(cells.get((p, item)), list(quotes.get((p, item), {}).values()), kinds)
            for p in labels
        )
        + "</tr>"
        for item in items
    )
    table = (
        f'<div style="overflow-x:auto"><table><caption style="caption-side:bottom;text-align:left">{escape(key)}</caption>'
        f'<thead><tr><th scope="col" style="text-align:left">Item</th>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )
    return CoverageTable(marks, key, table)


def _glyphs(cell: dict | None) -> str:
    if cell is None:
        return ""
    return (ADDRESSED if cell["addressed"] else SILENT) + (DISAGREEMENT if cell["disagreement"] else "")


def _notebook_cell(cell: dict | None, passages: list[tuple], kinds: dict[str, str]) -> str:
    if cell is None:
        return "<td></td>"
    words = (
        f"{'addressed' if cell['addressed'] else 'silent'}, decided by {decider_of(cell['coder'], kinds)[1]}"
    )
    words += f"; {DISAGREEMENT} disagreement" if cell["disagreement"] else ""
    hover = f"{words}: {passages[0][0]}" if passages else words
    colours = "background:#dcebf1;color:#123f55" if cell["addressed"] else "background:#ffffff;color:#566070"
    border = ";border:2px solid #8a3d00" if cell["disagreement"] else ""
    shown = _glyphs(cell)
    if passages:
        listed = "".join(f'<p style="margin:.4em 0">{_marked(quote, spans)}</p>' for quote, spans in passages)
        shown = (
            f'<details><summary style="cursor:pointer">{shown} {len(passages)}</summary>'
            f'<div style="text-align:left;width:24em;max-height:18em;overflow:auto">{listed}</div></details>'
        )
    return f'<td title="{escape(hover)}" style="text-align:center;vertical-align:top;{colours}{border}">{shown}</td>'


def _quotes(hand: pd.DataFrame | None, kinds: dict[str, str]) -> dict[tuple, list[tuple[str, str]]]:
    """Cell -> quotes of its hand codings, each once, with who quoted them."""
    if hand is None:
        return {}
    require_columns(hand, "hand_codings", ("policy_id", "item", "coder", "evidence"))
    found: dict[tuple, dict[str, list[str]]] = {}
    for row in hand.to_dict("records"):
        evidence = "" if pd.isna(row["evidence"]) else str(row["evidence"])
        for quote in quoted_passages(evidence):
            coder = f"{row['coder']} ({kinds[row['coder']]})"
            found.setdefault((row["policy_id"], row["item"]), {}).setdefault(quote, []).append(coder)
    return {
        cell: [(quote, ", ".join(coders)) for quote, coders in quotes.items()]
        for cell, quotes in found.items()
    }


def _cut(quote: str, spans: Iterable[tuple[int, int]]) -> list[tuple[str, bool]]:
    """The quote in pieces, each with whether it is marked."""
    pieces, at = [], 0
    for start, end in sorted(spans):
        pieces += [(quote[at : max(start, at)], False), (quote[max(start, at) : max(end, at)], True)]
        at = max(end, at)
    return [piece for piece in [*pieces, (quote[at:], False)] if piece[0]]


def _marked(quote: str, spans: Iterable[tuple[int, int]]) -> str:
    style = "background:#ffe48a;color:#1c2430;border-bottom:2px solid"
    return "".join(
        f'<mark style="{style}">{escape(text)}</mark>' if marked else escape(text)
        for text, marked in _cut(quote, spans)
    )
