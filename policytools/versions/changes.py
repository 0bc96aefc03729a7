"""Disclosures gained and lost from one version to the next, each with its sentences."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from policytools._frames import frame_of_rows
from policytools.coding.codebook import AnyCodebook, Codebook, codebook_of
from policytools.coding.coverage import code_sentences
from policytools.corpus.corpus import Corpus
from policytools.versions.align import align
from policytools.versions.states import version_table
from policytools.versions.units import units_of

_COLUMNS = {
    "vendor": "str", "earlier_id": "str", "later_id": "str", "item": "str", "change": "str", "kind": "str",
    "earlier_quote": "str", "later_quote": "str",
}  # fmt: skip
_UNCHANGED = 0.97  # likeness of two sentences from which they are all but one


def disclosure_changes(corpus: Corpus, codebook: AnyCodebook) -> pd.DataFrame:
    """Items that a policy tells in one version and not in the sound version before, or the other way round.

    Parameters
    ----------
    corpus : Corpus
        Several dated versions of each vendor.
    codebook : Codebook, str or path

    Returns
    -------
    DataFrame
        One row for each step and item that changed, by vendor, date and item: vendor, earlier_id, later_id, item,
        change ("gained", "lost"), kind ("text": the sentence that carries the item came, went or was reworded; "coding":
        it is there in both versions, word for word or nearly, and only the rules decide otherwise), earlier_quote,
        later_quote (str: the strongest evidence in the version that tells the item, and what is in its place in the
        other, "" for nothing).

    Raises
    ------
    ValueError
        As for `version_table`.

    Notes
    -----
    Suspect versions and those with the same words as the one before are stepped over. Sums should count "text" only;
    "coding" is noise of the rules.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> versions = pd.DataFrame({"policy_id": ["a", "b"], "vendor": "Ada", "captured_on": ["2020-01-01", "2022-01-01"],
    ...     "text": ["We sell printers.", "We sell printers. We do not respond to Do Not Track signals."]})
    >>> disclosure_changes(corpus_from_texts(versions), "disclosure")[["item", "change", "kind"]].values.tolist()
    [['do_not_track', 'gained', 'text']]
    """
    codebook = codebook_of(codebook)
    table = version_table(corpus)
    steps = table[table["earlier_id"].ne("") & table["state"].isin(["changed", "returns"])]
    needed = {*steps["policy_id"], *steps["earlier_id"]}
    codings = code_sentences(corpus.sentences[corpus.sentences["policy_id"].isin(needed)], codebook)
    evidence = dict(list(codings.groupby(["policy_id", "item"])))
    rows = []
    for step in steps.to_dict("records"):
        ids = step["earlier_id"], step["policy_id"]
        found = step_changes(corpus, *ids, codebook, evidence)
        rows += [(step["vendor"], *ids, *change[:-1]) for change in found]
    return frame_of_rows(rows, _COLUMNS)


class Change(NamedTuple):
    """An item that is told anew, or no more; sentence_id is that of its strongest evidence."""

    item: str
    change: str
    kind: str
    earlier_quote: str
    later_quote: str
    sentence_id: int


def step_changes(
    corpus: Corpus,
    earlier: str,
    later: str,
    codebook: Codebook,
    evidence: Mapping[Any, pd.DataFrame],
) -> list[Change]:
    """The items that changed between two versions, by the codings of each policy and item."""
    told = [{item for item in codebook.items["item"] if (one, item) in evidence} for one in (earlier, later)]
    if told[0] == told[1]:
        return []
    counterparts = _counterparts(corpus, earlier, later)
    changes = []
    for item in codebook.items["item"]:
        if (item in told[0]) != (item in told[1]):
            gained = item in told[1]
            own = evidence[later if gained else earlier, item]
            kind, here, there = _judge(own, counterparts[gained])
            quotes = (there, here) if gained else (here, there)
            first = int(own["sentence_id"].iloc[0])
            changes.append(Change(item, "gained" if gained else "lost", kind, *quotes, first))
    return changes


def _counterparts(corpus: Corpus, earlier: str, later: str) -> list[dict[int, tuple[float, str]]]:
    """For the earlier and for the later version: sentence_id -> likeness and text of what the other has for it."""
    units = units_of(corpus, earlier), units_of(corpus, later)
    found: list[dict[int, tuple[float, str]]] = [{}, {}]
    for pair in align(*units):
        places = pair.earlier, pair.later
        texts = [" ".join(of.texts[n] for n in own) for of, own in zip(units, places, strict=True)]
        for side in (0, 1):
            found[side] |= {units[side].ids[n]: (pair.similarity, texts[1 - side]) for n in places[side]}
    return found


def _judge(evidence: pd.DataFrame, counterparts: dict[int, tuple[float, str]]) -> tuple[str, str, str]:
    """Kind of a change, the strongest quote, and what is in its place in the other version.

    The item is told anew, or no more, if a sentence that carries it is not in the other version as it is here.
    """
    places = [counterparts.get(n, (0.0, "")) for n in evidence["sentence_id"].unique()]
    stays = all(text and likeness >= _UNCHANGED for likeness, text in places)
    return "coding" if stays else "text", str(evidence["quote"].iloc[0]), places[0][1]
