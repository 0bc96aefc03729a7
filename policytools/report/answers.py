"""Answers in sentences, each computed from the frames that it speaks of."""

from collections.abc import Sequence

import pandas as pd

from policytools._frames import check_frame
from policytools._wording import counted, escape_markdown, listed
from policytools.tables import names as names_of

SEPARATED = ("ahead", "behind")
AT_WEIGHTS = ("ahead at these weights", "behind at these weights")


def score_answer(
    pairs: pd.DataFrame,
    *,
    policies: pd.DataFrame,
    checklists: Sequence[str],
    factors: pd.DataFrame | None = None,
) -> str:
    """Who tells most, which order is sure, and what the rest depends on: three sentences in Markdown.

    Parameters
    ----------
    pairs : DataFrame
        policy_id, other_id, dimension, difference, verdict, as from `compare_scores`.
    policies : DataFrame
        `Corpus.policies`.
    checklists : sequence of str
        Those to speak of; checklists without a dimension in `pairs` are passed over.
    factors : DataFrame, optional
        output, factor, total, as from `ranking_sensitivity`.

    Returns
    -------
    str
        Names of vendors are escaped for Markdown.

    Examples
    --------
    >>> policies = pd.DataFrame({"policy_id": ["a", "b"], "vendor": ["Ada", "Bo"]})
    >>> pairs = pd.DataFrame({"policy_id": "a", "other_id": "b", "dimension": ["coverage: CalOPPA", "overall"],
    ...                       "difference": [-0.25, 0.1], "verdict": ["behind", "depends on weights"]})
    >>> print(score_answer(pairs, policies=policies, checklists=["CalOPPA"]))
    On CalOPPA Bo tells more than Ada (by 0.25). Overall, of 1 pair none is ordered under at least 95 % of the choices.
    """
    columns = ("policy_id", "other_id", "dimension", "difference", "verdict")
    pairs = check_frame(pairs, "pairs", columns)
    labels = {policy_id: escape_markdown(name) for policy_id, name in names_of(policies).items()}
    if pairs.empty:
        return "There is one policy only, so there is nothing to compare."
    told = [
        _leader(part, checklist, labels)
        for checklist in checklists
        if len(part := pairs[pairs["dimension"] == f"coverage: {checklist}"])
    ]
    sentences = [f"On {'; on '.join(told)}."] if told else []
    overall = pairs[pairs["dimension"] == "overall"]
    sure, at_weights = (overall[overall["verdict"].isin(kind)] for kind in (SEPARATED, AT_WEIGHTS))
    listed = ", ".join(
        f"{labels[a]} before {labels[b]}" for a, b in map(_ordered, sure.head(5).to_dict("records"))
    )
    more = f" and {len(sure) - 5} more" if len(sure) > 5 else ""
    number = f"{len(sure)} are" if len(sure) > 1 else "one is" if len(sure) else "none is"
    also = f"{len(at_weights)} more" if len(sure) else str(len(at_weights))
    weights = f", {also} at the stated weights (75 to 95 %)" if len(at_weights) else ""
    sentences.append(
        f"Overall, of {counted(len(overall), 'pair')} {number} ordered under at least 95 % of the choices"
        f"{f' ({listed}{more})' if listed else ''}{weights}."
    )
    if factors is not None and len(ranked := factors[factors["output"] == "all differences"]):
        first, *rest = ranked.sort_values("total", ascending=False).head(2).to_dict("records")
        second = f", then on {rest[0]['factor'].replace('_', ' ')} ({rest[0]['total']:.0%})" if rest else ""
        sentences.append(
            f"The rest depends most on the choice of {first['factor'].replace('_', ' ')} ({first['total']:.0%} of the "
            f"variance of the differences, interactions included){second}."
        )
    return " ".join(sentences)


def _ordered(row: dict) -> tuple[str, str]:
    """The policy that is ahead, and the other."""
    return (
        (row["policy_id"], row["other_id"]) if row["difference"] > 0 else (row["other_id"], row["policy_id"])
    )


def _leader(part: pd.DataFrame, checklist: str, labels: dict[str, str]) -> str:
    """Who is ahead of most others on one checklist, by the codes, and by how much."""
    wins: dict[str, dict[str, float]] = {}
    for row in part[part["verdict"].isin((*SEPARATED, *AT_WEIGHTS))].to_dict("records"):
        ahead, behind = _ordered(row)
        wins.setdefault(ahead, {})[behind] = abs(row["difference"])
    if not wins:
        alike = part["verdict"].isin(["same", "undefined"]).all()
        return f"{checklist} no two policies {'differ' if alike else 'are separated by the codes'}"
    n_others = len({*part["policy_id"], *part["other_id"]}) - 1
    n_most = max(map(len, wins.values()))
    leaders = [policy_id for policy_id, own in wins.items() if len(own) == n_most]
    leads = [value for leader in leaders for value in wins[leader].values()]
    low, high = f"{min(leads):.2f}", f"{max(leads):.2f}"
    by = f"by {low}" if low == high else f"by {low} to {high}"
    if n_others == 1:
        return (
            f"{checklist} {labels[leaders[0]]} tells more than {labels[next(iter(wins[leaders[0]]))]} ({by})"
        )
    whom = f"all {n_others} others" if n_most == n_others else f"{n_most} of {n_others} others"
    if len(leaders) == 1:
        return f"{checklist} {labels[leaders[0]]} is ahead of {whom} ({by})"
    return f"{checklist} {listed([labels[leader] for leader in leaders])} are each ahead of {whom} ({by})"
