"""What would have to be true for the other policy of a pair to be ahead."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from policytools._frames import frame_of_rows
from policytools._wording import escape_markdown
from policytools.corpus.corpus import Corpus
from policytools.scores.coder_accuracy import load_coder_accuracy
from policytools.scores.compare import compare_scores
from policytools.scores.score_draws import Scores, scores_of
from policytools.tables import names as names_of
from policytools.tables import policies_named

_CHANGES = {
    "ahead_id": "str", "behind_id": "str", "dimension": "str", "difference": "float64", "verdict": "str",
    "break_even_dimension": "str", "stated_weight": "float64", "break_even_weight": "float64", "codes_to_change": "Int64",
    "changed_items": "str", "separating_error_rate": "float64", "cells_to_check": "Int64",
}  # fmt: skip


def what_would_change(
    corpus: Corpus | Scores, policy_id: str, other_id: str, **options: object
) -> tuple[str, pd.DataFrame]:
    """What would have to be true for the other policy to be ahead: two sentences, and a frame.

    Parameters
    ----------
    corpus : Corpus or Scores
        Policies, or the result of `score_draws` for them (then without further options).
    policy_id, other_id : str
        Two policies, or vendors who have one policy among those scored.
    options
        Those of `score_draws`.

    Returns
    -------
    str
        Two sentences in Markdown, on weights and on codes, about the overall score.
    DataFrame
        One row for each dimension, "overall" last: ahead_id, behind_id (the two in the order of this dimension's
        difference; as given where it is 0 or undefined), dimension (str), difference (float, 0 or more), verdict (str, as
        of ahead_id), break_even_dimension (str), stated_weight, break_even_weight (float), codes_to_change (Int64),
        changed_items (str), separating_error_rate (float), cells_to_check (Int64), as in `compare_scores`.

    Raises
    ------
    ValueError
        An unknown policy, or twice the same; as `score_draws`.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"], "text": [
    ...     "We use cookies. We keep your data for 30 days.", "We like printers."]}))
    >>> text, table = what_would_change(corpus, "a", "b", dimensions=["coverage: CalOPPA"], draws=200)
    >>> text.partition("By the codes, ")[2].partition(":")[0]
    '1 code would have to be another one for the counted difference to go (Cookies, Ada)'
    >>> table["ahead_id"].tolist(), table["codes_to_change"].tolist()
    (['a', 'a'], [1, 1])
    """
    scores = scores_of(corpus, options)
    policies = scores.frames.policies
    ids = [
        policies_named(argument, given, scores.policy_ids, policies)[0]
        for argument, given in (("policy_id", policy_id), ("other_id", other_id))
    ]
    if ids[0] == ids[1]:
        raise ValueError(f"other_id: must be another policy than policy_id, and both are {ids[0]!r}")
    weights = dict(zip(scores.dimensions, scores.weights))
    pairs = compare_scores(scores)
    of_pair = pairs[pairs["policy_id"].isin(ids) & pairs["other_id"].isin(ids)]
    rows = []
    for row in _rows(of_pair):
        forward = row.difference > 0 or (not row.difference < 0 and row.policy_id == ids[0])
        ahead, behind = (row.policy_id, row.other_id) if forward else (row.other_id, row.policy_id)
        rows.append((
            ahead, behind, row.dimension, abs(row.difference), row.verdict.replace("behind", "ahead"),
            row.break_even_dimension, weights.get(row.break_even_dimension, float("nan")), row.break_even_weight,
            row.codes_to_change, row.changed_items, row.separating_error_rate, row.cells_to_check,
        ))  # fmt: skip
    table = frame_of_rows(rows, _CHANGES)
    return _sentences(table.iloc[-1], names_of(policies), scores.frames.codebook.labels), table


def _rows(frame: pd.DataFrame) -> Iterator[Any]:
    return frame.itertuples(index=False)


def _sentences(overall: pd.Series, names: Mapping[str, str], labels: Mapping[str, str]) -> str:
    ahead, behind = (escape_markdown(names[overall[side]]) for side in ("ahead_id", "behind_id"))
    if overall["verdict"] == "undefined":
        return f"The overall score of {ahead} or of {behind} is not defined. Nothing can be compared."
    if not overall["difference"] > 0:
        return f"{ahead} and {behind} are equal overall. Any difference would put one of them ahead."
    first = f"{ahead} is ahead of {behind} overall by {overall['difference']:.2f}"
    if overall["break_even_dimension"]:
        stated, needed = overall["stated_weight"], overall["break_even_weight"]
        more = "more" if needed > stated else "less"
        first += (
            f"; {behind} would be ahead if {overall['break_even_dimension']} had a weight of {more} than {needed:.2f} "
            f"(stated: {stated:.2f})."
        )
    else:
        first += ", and no weight of a single dimension would make them equal."
    return f"{first} {_on_codes(overall, names, labels)}"


def _on_codes(overall: pd.Series, names: Mapping[str, str], labels: Mapping[str, str]) -> str:
    needed = overall["codes_to_change"]
    if pd.isna(needed):
        return "No change of codes would make the counted difference go."
    either = "|".join(re.escape(overall[side]) for side in ("ahead_id", "behind_id"))
    cells = re.findall(rf"(\S+) \(({either})\)", overall["changed_items"])[:3]
    which = "; ".join(
        f"{escape_markdown(labels.get(item, item))}, {escape_markdown(names[policy])}"
        for item, policy in cells
    )
    codes = "1 code" if needed == 1 else f"{needed} codes"
    most = "" if needed <= 3 else ", ..."
    people = load_coder_accuracy().query("coder_kind == 'person'")
    wrong = people[["false_positive", "false_negative"]].to_numpy().sum()
    rate = wrong / people.filter(regex="true|false").to_numpy().sum()
    return (
        f"By the codes, {codes} would have to be {'another one' if needed == 1 else 'other ones'} for the counted "
        f"difference to go{f' ({which}{most})' if which else ''}: it is clear of 0 up to an error rate of "
        f"{overall['separating_error_rate']:.1%}; people beside people err in {rate:.1%}."
    )
