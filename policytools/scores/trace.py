"""From a score back to the sentences it was counted from, in two steps: its parts, and what each part counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from policytools.coding.coverage import coverage_scores
from policytools.coding.quotes import TextPlaces
from policytools.corpus.corpus import Corpus
from policytools.measures.readability import count
from policytools.measures.structure import sections
from policytools.scores.dimensions import Frames, Part, checklist_column, part_scores, policy_metrics
from policytools.scores.transparency import Scores, _frame, _scores

_PARTS = {
    "policy_id": "str", "dimension": "str", "part": "str", "metric": "str", "value": "float64", "unit": "str",
    "part_score": "float64", "weight": "float64", "counted_from": "str",
}  # fmt: skip
_EVIDENCE = {
    "policy_id": "str", "dimension": "str", "part": "str", "metric": "str", "sentence_id": "Int64", "section": "str",
    "quote": "str", "counted": "bool", "detail": "str",
}  # fmt: skip
_Row = tuple[Any, str, str, bool, str]  # sentence_id, section, quote, counted, detail
_LIST = checklist_column("")


def score_parts(corpus: Corpus | Scores, **options: object) -> pd.DataFrame:
    """What each score is made of: the value of every part, its score from 0 to 1 and its weight.

    Parameters
    ----------
    corpus, options
        As in `transparency`.

    Returns
    -------
    DataFrame
        One row for each policy and part: policy_id, dimension, part, metric (str), value (float), unit (str),
        part_score, weight (float), counted_from (str: numerator and denominator in words). A dimension's score is
        the sum of part_score times weight. Own dimensions have no parts.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a"], "text": ["We keep your data for 30 days."]}))
    >>> score_parts(corpus, dimensions=["currency"])[["metric", "part_score", "weight"]].to_dict("records")
    [{'metric': 'effective_date', 'part_score': 0.0, 'weight': 0.5}, {'metric': 'change_notice', 'part_score': 0.0, 'weight': 0.5}]
    """
    scores = _scores(corpus, options)
    frames = scores.frames
    parts = [part for of_one in scores.parts.values() if not callable(of_one) for part in of_one]
    wanted = list(dict.fromkeys(part.metric for part in parts))
    found = part_scores(policy_metrics(frames, columns=wanted), scores.parts)
    counted = {metric: dict(_counted_from(frames, metric)) for metric in wanted}
    found["counted_from"] = [
        counted[metric].get(policy_id, "") for metric, policy_id in zip(found["metric"], found["policy_id"])
    ]
    return _frame({name: found[name].tolist() for name in _PARTS}, _PARTS)


def _rows(frame: pd.DataFrame) -> Iterator[Any]:
    return frame.itertuples(index=False)


def _counted_from(frames: Frames, metric: str) -> Iterator[tuple[str, str]]:
    if metric.startswith(_LIST):
        shares = coverage_scores(frames.coverage, frames.codebook)
        for row in _rows(shares[shares["checklist"] == metric.removeprefix(_LIST)]):
            yield row.policy_id, f"{row.n_addressed} of {row.n_items} items"
    elif metric == "vague_per_hundred":
        for row in _rows(frames.vagueness.query("category == 'all'")):
            yield row.policy_id, f"{row.n} vague terms in {row.n_words} words"
    elif metric in ("headed_share", "section_minutes"):
        for row in _rows(frames.structure):
            yield (
                row.policy_id,
                f"{row.n_words_headed} of {row.n_words} words under headings, {row.n_sections} sections",
            )
    elif metric == "reading_minutes":
        for policy_id, n in frames.sentences.groupby("policy_id", sort=False)["n_words"].sum().items():
            yield str(policy_id), f"{n} words, headings and fragments too, at 238 a minute"
    elif metric in frames.readability:
        for row in _rows(frames.readability):
            yield (
                row.policy_id,
                f"{row.n_words} words and {row.n_syllables} syllables in {row.n_sentences} sentences",
            )
    else:
        for row in _rows(frames.coverage[frames.coverage["item"] == metric]):
            yield row.policy_id, f"evidence: {row.n_evidence}, by {row.coder}"


def score_evidence(
    corpus: Corpus | Scores, policy_id: str, dimension: str, **options: object
) -> pd.DataFrame:
    """The sentences, terms, items or sections that a score was counted from.

    Parameters
    ----------
    corpus, options
        As in `transparency`.
    policy_id : str
    dimension : str
        A dimension, or "overall" for all of them.

    Returns
    -------
    DataFrame
        In the order of the parts and of reading: policy_id, dimension, part, metric (str), sentence_id (Int64),
        section, quote (str), counted (bool: whether it raises the count of the metric), detail (str). An item that
        is silent has one row without a sentence; a vague term that leaves nothing open has one that is not counted.

    Raises
    ------
    ValueError
        An unknown policy or dimension, or one of the researcher's own, whose evidence only she has.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a"], "text": ["Last updated: May 25, 2018."]}))
    >>> score_evidence(corpus, "a", "currency")[["metric", "quote", "counted"]].to_dict("records")
    [{'metric': 'effective_date', 'quote': 'Last updated: May 25, 2018.', 'counted': True}, \
{'metric': 'change_notice', 'quote': '', 'counted': False}]
    """
    scores = _scores(corpus, options)
    if policy_id not in scores.policy_ids:
        raise ValueError(f"policy_id: {policy_id!r} is none of {', '.join(scores.policy_ids[:8])}")
    if dimension not in (*scores.parts, "overall"):
        raise ValueError(f"dimension: {dimension!r} is none of {', '.join([*scores.parts, 'overall'])}")
    if callable(scores.parts.get(dimension)):
        raise ValueError(f"dimension: {dimension!r} is your own; what it counted only your function knows")  # noqa: TRY004
    asked = scores.parts.values() if dimension == "overall" else [scores.parts[dimension]]
    rows = [
        (policy_id, part.dimension, part.part, part.metric, *row)
        for parts in asked
        if not callable(parts)
        for part in parts
        for row in _evidence(scores.frames, policy_id, part)
    ]
    return _frame(dict(zip(_EVIDENCE, zip(*rows))) or dict.fromkeys(_EVIDENCE, ()), _EVIDENCE)


def _evidence(frames: Frames, policy_id: str, part: Part) -> Iterator[_Row]:
    units = frames.sentences[frames.sentences["policy_id"] == policy_id].sort_values(
        "sentence_id", kind="stable"
    )
    if part.metric.startswith(_LIST):
        for item in frames.codebook.checklists[part.metric.removeprefix(_LIST)]:
            yield from _item_evidence(frames, units, policy_id, item)
    elif part.metric == "vague_per_hundred":
        found = frames.vague_terms[frames.vague_terms["policy_id"] == policy_id]
        texts = dict(zip(units["sentence_id"], units["text"]))
        for row in _rows(found):
            why = f"; leaves nothing open: {row.false_friend}" if row.false_friend else ""
            text = texts[row.sentence_id]
            yield (
                row.sentence_id,
                row.section,
                text,
                not row.false_friend,
                f"{row.term} ({row.category}){why}",
            )
    elif part.dimension == "structure":
        for row in _rows(sections(units)):
            counted = part.metric != "headed_share" or not pd.isna(row.sentence_id)
            yield row.sentence_id, row.heading, row.heading, counted, f"{row.n_words} words below the heading"
    elif part.from_frame == "readability":
        for row in _rows(units[units["kind"] == "sentence"]):
            n = count([row.text])
            what = f"{n.n_words} words, {n.n_syllables} syllables, {n.n_polysyllables} words of three syllables or more"
            yield row.sentence_id, row.section, row.text, True, what
    else:
        yield from _item_evidence(frames, units, policy_id, part.metric)


def _item_evidence(frames: Frames, units: pd.DataFrame, policy_id: str, item: str) -> Iterator[_Row]:
    cells = frames.coverage
    cell = cells[(cells["policy_id"] == policy_id) & (cells["item"] == item)].iloc[0]
    headings = dict(zip(units["sentence_id"], units["section"]))
    if not cell["addressed"]:
        yield pd.NA, "", "", False, f"{item}: silent (by {cell['coder']})"
    elif cell["coder"] == "rules":
        codings = frames.codings
        found = codings[(codings["policy_id"] == policy_id) & (codings["item"] == item)]
        for row in _rows(found.drop_duplicates("sentence_id")):
            yield row.sentence_id, headings[row.sentence_id], row.quote, True, f"{item} (by rules)"
    else:
        hand = frames.hand_codings
        assert hand is not None  # or the rules would have decided
        deciding = hand["coder"].isin(cell["coder"].split(", ")) & (hand["code"].astype(int) == 1)
        of_cell = hand[deciding & (hand["policy_id"] == policy_id) & (hand["item"] == item)]
        kept = frames.blocks[(frames.blocks["policy_id"] == policy_id) & frames.blocks["keep"].astype(bool)]
        places = TextPlaces(kept, units)
        for coder, quote in zip(of_cell["coder"].astype(str), of_cell["evidence"].astype(str)):
            # A quote of several passages stands in several sentences; one that is not word for word in none.
            stands = [
                sentence_id
                for block, start, end in places.find(quote) or ()
                for sentence_id, first, last in places.sentences[block]
                if first < end and start < last
            ]
            for sentence_id in dict.fromkeys(stands) or [pd.NA]:
                section = "" if sentence_id is pd.NA else headings[sentence_id]
                yield sentence_id, section, quote, True, f"{item} (by {coder})"
