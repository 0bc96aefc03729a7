"""From a score back to the sentences that it was counted from: the value of each dimension, and its evidence."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from policytools._frames import check_choice, frame_of_rows
from policytools.coding.coverage import coverage_scores
from policytools.coding.quotes import TextPlaces
from policytools.corpus.corpus import Corpus
from policytools.measures.readability import count
from policytools.scores.dimensions import Dimension, Frames, checklist_column, policy_metrics, score_between
from policytools.scores.score_draws import Scores, scores_of
from policytools.tables import policies_named

_PARTS = {
    "policy_id": "str", "dimension": "str", "metric": "str", "value": "float64", "unit": "str", "counted": "float64",
    "weight": "float64", "counted_from": "str",
}  # fmt: skip
_EVIDENCE = {
    "policy_id": "str", "dimension": "str", "metric": "str", "sentence_id": "Int64", "section": "str", "quote": "str",
    "counted": "bool", "detail": "str",
}  # fmt: skip
_Row = tuple[Any, str, str, bool, str]  # sentence_id, section, quote, counted, detail
_CHECKLIST = checklist_column("")


def score_parts(corpus: Corpus | Scores, **options: object) -> pd.DataFrame:
    """What each score was counted from: value of the metric, score from 0 to 1 and weight.

    Parameters
    ----------
    corpus : Corpus or Scores
        Policies, or the result of `score_draws` for them (then without further options).
    options
        Those of `score_draws`.

    Returns
    -------
    DataFrame
        One row for each policy and dimension: policy_id, dimension, metric (str), value (float), unit (str), counted
        (float, 0 to 1: the score as counted), weight (float: in the overall score), counted_from (str: numerator and
        denominator in words). The overall score as counted is the sum of counted times weight. Own dimensions are left out.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a"], "text": ["We keep your data for 30 days."]}))
    >>> score_parts(corpus, dimensions=["vagueness"], draws=10)[["value", "counted", "counted_from"]].to_dict("records")
    [{'value': 0.0, 'counted': 1.0, 'counted_from': '0 vague terms in 6 words'}]
    """
    scores = scores_of(corpus, options)
    parts = {name: part for name, part in scores.parts.items() if isinstance(part, Dimension)}
    weights = dict(zip(scores.dimensions, scores.weights))
    metrics = list(dict.fromkeys(part.metric for part in parts.values()))
    texts = {
        (policy_id, metric): text
        for metric in metrics
        for policy_id, text in _counted_from(scores.frames, metric)
    }
    rows = [
        (row["policy_id"], name, part.metric, value := row[part.metric], part.unit,
         score_between(value, part.anchor_0, part.anchor_1), weights[name], texts.get((row["policy_id"], part.metric), ""))
        for row in policy_metrics(scores.frames, columns=metrics).to_dict("records")
        for name, part in parts.items()
    ]  # fmt: skip
    return frame_of_rows(rows, _PARTS)


def _counted_from(frames: Frames, metric: str) -> Iterator[tuple[str, str]]:
    """Each policy with the numerator and denominator of a metric."""
    if metric.startswith(_CHECKLIST):
        shares = coverage_scores(frames.coverage, frames.codebook)
        rows = shares[shares["checklist"] == metric.removeprefix(_CHECKLIST)]
        text = "{0.n_addressed} of {0.n_items} items"
    elif metric == "vague_per_hundred":
        rows = frames.vagueness.query("category == 'all'")
        text = "{0.n} vague terms in {0.n_words} words"
    else:
        rows = frames.readability
        text = "{0.n_words} words and {0.n_syllables} syllables in {0.n_sentences} sentences"
    for row in _rows(rows):
        yield row.policy_id, text.format(row)


def score_evidence(
    corpus: Corpus | Scores, policy_id: str, dimension: str, **options: object
) -> pd.DataFrame:
    """The sentences, vague terms, items or sections that a score was counted from.

    Parameters
    ----------
    corpus : Corpus or Scores
        Policies, or the result of `score_draws` for them (then without further options).
    options
        Those of `score_draws`.
    policy_id : str
        A policy, or a vendor who has one policy among those scored.
    dimension : str
        A dimension, or "overall" for all that have a weight.

    Returns
    -------
    DataFrame
        In the order of the dimensions and of reading: policy_id, dimension, metric (str), sentence_id (Int64),
        section, quote (str), counted (bool: whether it raises the count of the metric), detail (str). An item that is
        not addressed has one row without a sentence. A vague term that leaves nothing open has a row, not counted.

    Raises
    ------
    ValueError
        An unknown policy or dimension; a dimension of the researcher's own, whose evidence is not known here.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a"], "text": ["Last updated: May 25, 2018."]}))
    >>> score_evidence(corpus, "a", "coverage: CalOPPA", draws=10)[["metric", "quote", "counted"]].head(2).to_dict("records")
    [{'metric': 'effective_date', 'quote': 'Last updated: May 25, 2018.', 'counted': True}, \
{'metric': 'change_notice', 'quote': '', 'counted': False}]
    """
    scores = scores_of(corpus, options)
    [policy_id] = policies_named("policy_id", policy_id, scores.policy_ids, scores.frames.policies)
    check_choice("dimension", dimension, scores.names)
    if callable(scores.parts.get(dimension)):
        raise ValueError(f"dimension: {dimension!r} is your own function; its evidence is not known here")  # noqa: TRY004
    weighted = {name for name, weight in zip(scores.dimensions, scores.weights) if weight > 0}
    rows = [
        (policy_id, name, *row)
        for name, part in scores.parts.items()
        if isinstance(part, Dimension)
        and (name == dimension or (dimension == "overall" and name in weighted))
        for row in _evidence(scores.frames, policy_id, part)
    ]
    return frame_of_rows(rows, _EVIDENCE)


def _rows(frame: pd.DataFrame) -> Iterator[Any]:
    return frame.itertuples(index=False)


def _evidence(frames: Frames, policy_id: str, part: Dimension) -> Iterator[tuple[str, *_Row]]:
    units = frames.sentences[frames.sentences["policy_id"] == policy_id]
    units = units.sort_values("sentence_id", kind="stable")
    if part.metric.startswith(_CHECKLIST):
        for item in frames.codebook.checklists[part.metric.removeprefix(_CHECKLIST)]:
            for evidence in _item_evidence(frames, units, policy_id, item):
                yield item, *evidence
    elif part.metric == "vague_per_hundred":
        texts = dict(zip(units["sentence_id"], units["text"]))
        terms = frames.vague_terms[frames.vague_terms["policy_id"] == policy_id]
        for row in _rows(terms):
            why = f"; leaves nothing open: {row.false_friend}" if row.false_friend else ""
            detail = f"{row.term} ({row.category}){why}"
            yield (
                part.metric,
                row.sentence_id,
                row.section,
                texts[row.sentence_id],
                not row.false_friend,
                detail,
            )
    else:
        for row in _rows(units[units["kind"] == "sentence"]):
            n = count([row.text])
            detail = f"{n.n_words} words, {n.n_syllables} syllables, {n.n_polysyllables} words of three syllables or more"
            yield part.metric, row.sentence_id, row.section, row.text, True, detail


def _item_evidence(frames: Frames, units: pd.DataFrame, policy_id: str, item: str) -> Iterator[_Row]:
    cells = frames.coverage
    cell = cells[(cells["policy_id"] == policy_id) & (cells["item"] == item)].iloc[0]
    sections_of = dict(zip(units["sentence_id"], units["section"]))
    if not cell["addressed"]:
        yield pd.NA, "", "", False, f"{item}: silent (by {cell['coder']})"
    elif cell["coder"] == "rules":
        codings = frames.codings
        found = codings[(codings["policy_id"] == policy_id) & (codings["item"] == item)]
        for row in _rows(found.drop_duplicates("sentence_id")):
            yield row.sentence_id, sections_of[row.sentence_id], row.quote, True, f"{item} (by rules)"
    else:
        hand = frames.hand_codings
        assert hand is not None  # otherwise the rules decide
        deciding = hand["coder"].isin(cell["coder"].split(", ")) & (hand["code"].astype(int) == 1)
        of_cell = hand[deciding & (hand["policy_id"] == policy_id) & (hand["item"] == item)]
        kept = frames.blocks[(frames.blocks["policy_id"] == policy_id) & frames.blocks["keep"].astype(bool)]
        places = TextPlaces(kept, units)
        for coder, quote in zip(of_cell["coder"].astype(str), of_cell["evidence"].astype(str)):
            # A quote of several passages is in several sentences; one that is not word for word is in none.
            quoted = [
                sentence_id
                for block, start, end in places.find(quote) or ()
                for sentence_id, first, last in places.sentences[block]
                if first < end and start < last
            ]
            for sentence_id in dict.fromkeys(quoted) or [pd.NA]:
                yield sentence_id, sections_of.get(sentence_id, ""), quote, True, f"{item} (by {coder})"
