"""Which items of a codebook a policy addresses, each decision with the sentences that it rests on."""

import warnings
from collections.abc import Iterator

import numpy as np
import pandas as pd

from policytools._frames import (
    check_choice,
    check_frame,
    frame_of_rows,
    in_reading_order,
    repeated,
    typed_frame,
)
from policytools._wording import counted, listed, probably
from policytools.coding.codebook import AnyCodebook, codebook_of
from policytools.coding.matching import find_evidence
from policytools.coding.quotes import quote_of, share_words
from policytools.coding.strength import strengths
from policytools.coding.told_to import EVERYONE, joined, reader_codes, readers_of_units

CODING_COLUMNS = {
    "policy_id": "str", "item": "str", "sentence_id": "int64", "start": "int64", "end": "int64",
    "quote": "str", "coder": "str", "strength": "float64", "told_to": "str",
}  # fmt: skip
COVERAGE_COLUMNS = {
    "policy_id": "str", "item": "str", "family": "str", "addressed": "bool", "n_evidence": "int64",
    "strength": "float64", "coder": "str", "told_to": "str", "only_to_some": "bool", "rules_addressed": "bool", "disagreement": "bool",
}  # fmt: skip
_BATCH = 2**19  # characters
SCORE_COLUMNS = {
    "policy_id": "str", "checklist": "str", "n_items": "int64", "n_addressed": "int64", "share": "float64"
}  # fmt: skip
CHANGE_COLUMNS = {
    "policy_id": "str", "item": "str", "change": "str", "n_before": "int64", "n_after": "int64",
    "gained": "object", "lost": "object",
}  # fmt: skip


def code_sentences(sentences: pd.DataFrame, codebook: AnyCodebook) -> pd.DataFrame:
    """Evidence for each item of a codebook: where in which sentence a rule matched.

    Parameters
    ----------
    sentences : pandas.DataFrame
        One row for each unit: policy_id, sentence_id, kind ("sentence", "fragment", "heading"),
        section, text. Headings are context; they are evidence only for items that say so.
    codebook : Codebook, str or path
        As `load_codebook` gives it, or what `load_codebook` takes.

    Returns
    -------
    pandas.DataFrame
        One row for each piece of evidence, ordered by policy_id, item (order of the codebook), strength (the strongest
        first), sentence_id and start: policy_id, item (str), sentence_id, start, end (int; where the matched words are in the
        sentence), quote (str, the text of the sentence, so that they are ``quote[start:end]``; of a unit of more than
        2,000 characters the part around them, with "[…]" for what is left out), coder ("rules"), strength (float, 0 to
        1: how strongly the sentence tells the item; equal in a sentence), told_to (str: "everyone", or the readers that
        the sentence, the line above its list or its heading speaks to, joined by ";": places such as "US-CA" or "EEA",
        "children", "applicants", "business").

    Raises
    ------
    ValueError
        A column or a text is missing, or a sentence_id occurs twice in a policy.

    Notes
    -----
    strength is a weighted mean of seven parts: the characters that the rules matched (weight .25) and the further places
    (.10), how much of the item's own wording the sentence (.28) and its heading (.12) share, whether it tells few other
    items (.15), whether a sentence nearby tells the item too (.05), and whether it is a whole sentence (.05). A mention that
    no rule takes for a statement of the practice is no coding.

    Examples
    --------
    >>> from policytools.coding.codebook import load_codebook
    >>> sentences = pd.DataFrame({"policy_id": ["a"], "sentence_id": [1], "kind": ["sentence"],
    ...     "section": [""], "text": ["We do not respond to Do Not Track signals."]})
    >>> codings = code_sentences(sentences, load_codebook("disclosure"))
    >>> codings.query("item == 'do_not_track'")["quote"].to_list()
    ['We do not respond to Do Not Track signals.']
    """
    codebook = codebook_of(codebook)
    ordered = in_reading_order(sentences, columns=["kind", "section"])
    policies, ids, texts, kinds, sections = (
        ordered[name].to_list() for name in ("policy_id", "sentence_id", "text", "kind", "section")
    )
    told_to = readers_of_units(policies, texts, kinds)
    order = {item: n for n, item in enumerate(codebook.items["item"])}
    rows = []
    for start, stop in _batches(policies, texts):
        batch = slice(start, stop)
        evidence = find_evidence(codebook, policies[batch], texts[batch], kinds[batch], sections[batch])
        strong = strengths(codebook, evidence, policies[batch], texts[batch], kinds[batch], sections[batch])
        for (item, unit, begin, end), strength in zip(evidence, strong, strict=True):
            n = start + unit
            quote = quote_of(texts[n], begin)
            rows.append((policies[n], item, ids[n], begin, end, quote, "rules", strength, told_to[n]))
    place = {policy: n for n, policy in enumerate(dict.fromkeys(policies))}
    rows.sort(key=lambda row: (place[row[0]], order[row[1]], -row[7]))
    return frame_of_rows(rows, CODING_COLUMNS)


def _batches(policies: list[str], texts: list[str]) -> Iterator[tuple[int, int]]:
    """Ranges of units that are matched in one call: whole policies, of some 500,000 characters or more."""
    start = size = 0
    for n, text in enumerate(texts):
        if size >= _BATCH and policies[n] != policies[n - 1]:
            yield start, n
            start, size = n, 0
        size += len(text)
    if start < len(texts):
        yield start, len(texts)


def coverage(
    codings: pd.DataFrame,
    codebook: AnyCodebook,
    policies: pd.DataFrame,
    hand_codings: pd.DataFrame | None = None,
    *,
    told_to: str | None = None,
) -> pd.DataFrame:
    """Whether each policy addresses each item, who decided, and what the rules say by themselves.

    Parameters
    ----------
    codings : pandas.DataFrame
        Evidence from `code_sentences`: policy_id, item, sentence_id.
    codebook : Codebook, str or path
        As `load_codebook` gives it, or what `load_codebook` takes.
    policies : pandas.DataFrame
        One row for each policy: policy_id. Policies without evidence are in the result, silent on every item.
    hand_codings : pandas.DataFrame, optional
        One row for each code that a reader gave: policy_id, item, coder (the coder's mark, or "agreed" for the
        code that several coders agreed on), code (1 addressed, 0 silent), evidence (the quoted words, not empty
        for a 1), and optionally coder_kind ("person" or "model"; persons if absent).
    told_to : str, optional
        Count only what these readers are told: "everyone", or a place or kind such as "US-CA", whose readers are told
        what everyone is told and what they are told apart (a state also what "US" is told). All evidence counts by
        default. A code of 1 that a reader gave counts unless all sentences that it quotes speak to others, as far as
        the rules found these sentences.

    Returns
    -------
    pandas.DataFrame
        One row for each policy (order of `policies`) and item (order of the codebook): policy_id, item,
        family (str), addressed (bool), n_evidence (int: the sentences that the rules found, or the hand codings
        that quote evidence, behind the decision), strength (float: of the strongest sentence that the rules found; NaN
        without one, and for silent items), coder (who decided: "rules", "agreed" or a mark; the marks of
        several coders with the same code are joined by ", "), told_to (str: the readers who are told, "everyone" if one
        piece of evidence speaks to everyone, "" if the item is silent or the evidence does not say), only_to_some (bool:
        addressed, but not for everyone), rules_addressed (bool: what the rules say),
        disagreement (bool: the rules or a hand coding differ from the decision).

    Raises
    ------
    ValueError
        A column is missing, or a policy or an item of `codings` is unknown. For `hand_codings` the message names the first wrong
        row (counted from 1): a code other than 0 and 1, a 1 without evidence, two codes of one coder (or two
        agreed codes) for one cell, or coders who contradict each other without an agreed code.

    Notes
    -----
    Hand codings for items that the codebook does not have are left out, with a warning that says how many.

    A person's code overrules the agreed code, the agreed code overrules a model's, and each of them overrules the
    rules. Where persons contradict each other, the agreed code decides.

    Examples
    --------
    >>> from policytools.coding.codebook import load_codebook
    >>> codebook = load_codebook("disclosure")
    >>> nothing = pd.DataFrame(columns=["policy_id", "item", "sentence_id"])
    >>> by_hand = pd.DataFrame({"policy_id": ["a"], "item": ["children"], "coder": ["XY"], "code": [1],
    ...     "evidence": ["not for children"]})
    >>> cells = coverage(nothing, codebook, pd.DataFrame({"policy_id": ["a"]}), hand_codings=by_hand)
    >>> cell = cells.query("item == 'children'")[["addressed", "coder", "rules_addressed", "disagreement"]]
    >>> cell.to_dict("records")
    [{'addressed': True, 'coder': 'XY', 'rules_addressed': False, 'disagreement': True}]
    """
    codebook = codebook_of(codebook)
    codings = check_frame(codings, "codings", ("policy_id", "item", "sentence_id"))
    if told_to is not None:
        check_choice("told_to", told_to, (EVERYONE, *reader_codes()))
    policies = check_frame(policies, "policies", ("policy_id",))
    ids, items = policies["policy_id"].to_list(), codebook.items["item"].to_list()
    n_cells = len(ids) * len(items)
    evidence = pd.DataFrame({
        "cell": _cell_numbers(codings, ids, items), "sentence_id": codings["sentence_id"].to_numpy(),
        "strength": codings["strength"].to_numpy() if "strength" in codings else np.nan,
        "told_to": codings["told_to"].to_numpy() if "told_to" in codings else "",
    }).drop_duplicates(["cell", "sentence_id"])  # fmt: skip
    evidence["quote"] = codings["quote"].to_numpy()[evidence.index] if "quote" in codings else ""
    every = evidence
    if told_to is not None:
        evidence = evidence[np.array([_speaks_to(told_to, to) for to in evidence["told_to"]], dtype=bool)]
    n_rules = np.bincount(evidence["cell"], minlength=n_cells)  # sentences that the rules found
    addressed, n_evidence = n_rules > 0, n_rules.copy()
    coder, contested = np.full(n_cells, "rules", dtype=object), np.zeros(n_cells, dtype=bool)
    readers = (
        evidence.groupby("cell")["told_to"].agg(_readers).reindex(range(n_cells), fill_value="").to_numpy()
    )
    if hand_codings is not None:
        hand = _checked_hand_codings(hand_codings, ids, items)
        hand["cell"] = _cell_numbers(hand, ids, items)
        for _, codes in hand.groupby("cell", sort=False):
            cell = codes["cell"].iloc[0]
            addressed[cell], n_evidence[cell], coder[cell] = _decided_by_hand(codes)
            contested[cell] = codes["code"].nunique() > 1
            quotes = " || ".join(codes.loc[codes["code"] == 1, "evidence"])
            own = every[every["cell"] == cell]
            is_quoted = [share_words(quotes, sentence) for sentence in own["quote"]]
            quoted = own.loc[np.array(is_quoted, dtype=bool), "told_to"]
            if len(quoted):
                readers[cell] = _readers(quoted)
                if told_to is not None and not any(_speaks_to(told_to, to) for to in quoted):
                    addressed[cell], n_evidence[cell] = False, 0
    strength = evidence.groupby("cell")["strength"].max().reindex(range(n_cells)).to_numpy()
    policy_of, item_of = np.divmod(np.arange(n_cells), len(items))
    columns = {
        "policy_id": repeated(ids, policy_of),
        "item": repeated(items, item_of),
        "family": repeated(codebook.items["family"].to_list(), item_of),
        "addressed": addressed,
        "n_evidence": n_evidence,
        "strength": np.where(addressed, strength, np.nan),
        "coder": coder,
        "told_to": np.where(addressed, readers, ""),
        "only_to_some": addressed & ~np.isin(readers, ["", EVERYONE]),
        "rules_addressed": n_rules > 0,
        "disagreement": contested | (addressed != (n_rules > 0)),
    }
    return typed_frame(columns, COVERAGE_COLUMNS)


def _speaks_to(reader: str, told_to: str) -> bool:
    """Whether what is told to some readers is told to this one; "" is not known and counts."""
    wanted = {"", EVERYONE, reader, reader.split("-")[0]}
    return bool(wanted & set(told_to.split(";")))


def _readers(told_to: pd.Series) -> str:
    """The readers that some pieces of evidence speak to, "everyone" if one piece does; "" where it is not known."""
    known = {reader for to in told_to for reader in to.split(";")} - {""}
    return EVERYONE if EVERYONE in known else joined(known) if known else ""


def _cell_numbers(codings: pd.DataFrame, ids: list[str], items: list[str]) -> np.ndarray:
    """The cell of each row; cells are numbered policy by policy, in each policy item by item."""
    positions = []
    for column, known, source in (("policy_id", ids, "policies"), ("item", items, "codebook's items")):
        position = pd.Index(known).get_indexer(pd.Index(codings[column]))
        if (position < 0).any():
            unknown = sorted(codings[column][position < 0].astype(str).unique())
            meant = probably(unknown[0], known)
            raise ValueError(f"codings: {column} not among the given {source}: {listed(unknown)}{meant}")
        positions.append(position)
    return positions[0] * len(items) + positions[1]


def _checked_hand_codings(hand: pd.DataFrame, ids: list[str], items: list[str]) -> pd.DataFrame:
    """policy_id, item, coder, code (int) and tier (who gave the code: "person", "model" or "agreed")."""
    hand = check_frame(hand, "hand_codings", ("policy_id", "item", "coder", "code", "evidence"))
    agreed = hand["coder"] == "agreed"
    kind = hand["coder_kind"] if "coder_kind" in hand else pd.Series("person", index=hand.index)
    code = pd.to_numeric(hand["code"], errors="coerce")
    no_evidence, no_coder = (
        hand[name].fillna("").astype(str).str.strip() == "" for name in ("evidence", "coder")
    )
    again = hand.duplicated(["policy_id", "item", "coder"])
    problems = {
        "unknown policy_id": ~hand["policy_id"].isin(ids),
        "code other than 0 and 1": ~code.isin([0, 1]),
        "no evidence quoted for a code of 1": (code == 1) & no_evidence,
        "empty coder": no_coder,
        'coder_kind other than "person" and "model"': ~kind.isin(["person", "model"]) & ~agreed,
        "a second agreed code for one cell": again & agreed,
        "a second code of the same coder for one cell": again,
    }
    for problem, wrong in problems.items():
        if wrong.any():
            rows = hand.loc[wrong, ["policy_id", "item", "coder", "code"]].itertuples(index=False)
            cells = ["/".join(map(str, values)) for values in rows]
            row = wrong.to_list().index(True) + 1
            raise ValueError(f"hand_codings, row {row}: {problem}: {listed(cells)}")
    outside = ~hand["item"].isin(items)
    if outside.any():
        names = listed(dict.fromkeys(hand.loc[outside, "item"]), 5)
        warnings.warn(
            f"hand_codings: {counted(int(outside.sum()), 'code')} left out, of items that the codebook does not have: "
            f"{names}",
            stacklevel=3,
        )
    codes = hand[["policy_id", "item", "coder"]].assign(
        code=code.astype(int),
        tier=kind.mask(agreed, "agreed"),
        evidence=hand["evidence"].fillna("").astype(str),
    )
    return codes[~outside].reset_index(drop=True)


def _decided_by_hand(codes: pd.DataFrame) -> tuple[int, int, str]:
    """Code, number of quotes and deciders, from the hand codings of one cell.

    The first tier with a single code decides; coders of one tier who differ need an agreed code.
    """
    for tier in ("person", "agreed", "model"):
        own = codes[codes["tier"] == tier]
        if own["code"].nunique() == 1:
            code = own["code"].iloc[0]
            return code, len(own) if code else 0, ", ".join(sorted(own["coder"]))
        if len(own) and "agreed" not in set(codes["tier"]):
            break
    raise ValueError(
        f"hand_codings, row {own.index[0] + 1}: coders {', '.join(sorted(own['coder']))} contradict each other on "
        f'{own["policy_id"].iloc[0]}/{own["item"].iloc[0]}: add a row of coder "agreed"'
    )


def coverage_scores(coverage: pd.DataFrame, codebook: AnyCodebook) -> pd.DataFrame:
    """Share of the items of each checklist that each policy addresses, with its counts; higher is more disclosed.

    Parameters
    ----------
    coverage : pandas.DataFrame
        From `coverage`: policy_id, item, addressed.
    codebook : Codebook, str or path
        As `load_codebook` gives it, or what `load_codebook` takes.

    Returns
    -------
    pandas.DataFrame
        One row for each policy and checklist (families, checklists of the codebook, "all"): policy_id,
        checklist (str), n_items, n_addressed (int), share (float, 0 to 1; NaN for a checklist without items).

    Raises
    ------
    ValueError
        A column is missing, or an item of the codebook is not in the coverage.

    Examples
    --------
    >>> from policytools.coding.codebook import load_codebook
    >>> codebook = load_codebook("disclosure")
    >>> cells = pd.DataFrame({"policy_id": "a", "item": codebook.items["item"], "addressed": False})
    >>> cells.loc[cells["item"] == "effective_date", "addressed"] = True
    >>> scores = coverage_scores(cells, codebook).set_index("checklist")
    >>> scores.loc["CalOPPA", ["n_items", "n_addressed"]].to_list()
    [7, 1]
    """
    codebook = codebook_of(codebook)
    coverage = check_frame(coverage, "coverage", ("policy_id", "item", "addressed"))
    if missing := sorted(set(codebook.items["item"]) - set(coverage["item"])) if len(coverage) else []:
        raise ValueError(f"coverage: items of the codebook are missing: {listed(missing)}")
    rows = []
    for policy, cells in coverage.groupby("policy_id", sort=False):
        addressed = set(cells["item"][cells["addressed"].astype(bool)])
        for checklist, items in codebook.checklists.items():
            n = len(addressed.intersection(items))
            rows.append((policy, checklist, len(items), n, n / len(items) if items else float("nan")))
    return frame_of_rows(rows, SCORE_COLUMNS)


def compare_codings(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Which cells gained or lost evidence between two codings, for example by a change of the codebook.

    Parameters
    ----------
    before, after : pandas.DataFrame
        From `code_sentences`: policy_id, item, sentence_id, quote.

    Returns
    -------
    pandas.DataFrame
        One row for each policy and item whose evidence differs, ordered by policy_id and item: policy_id,
        item, change ("addressed" or "silent": the decision changed to it; "gained", "lost" or "moved": the same
        decision has other evidence), n_before, n_after (int, sentences), gained, lost (tuple of quotes).

    Examples
    --------
    >>> row = {"policy_id": "a", "item": "cookies", "sentence_id": 3, "quote": "We use cookies."}
    >>> one = pd.DataFrame([row])
    >>> compare_codings(one.iloc[:0], one)[["item", "change", "n_before", "n_after"]].to_dict("records")
    [{'item': 'cookies', 'change': 'addressed', 'n_before': 0, 'n_after': 1}]
    """
    old, new = _quotes_of_cells(before, "before"), _quotes_of_cells(after, "after")
    rows = []
    for cell in sorted({*old, *new}):
        was, now = old.get(cell, {}), new.get(cell, {})
        gained = tuple(now[sentence] for sentence in sorted(now.keys() - was.keys()))
        lost = tuple(was[sentence] for sentence in sorted(was.keys() - now.keys()))
        if not gained and not lost:
            continue
        change = (
            "addressed" if not was else "silent" if not now
            else "moved" if gained and lost else "gained" if gained else "lost"
        )  # fmt: skip
        rows.append((*cell, change, len(was), len(now), gained, lost))
    return frame_of_rows(rows, CHANGE_COLUMNS)


def _quotes_of_cells(codings: pd.DataFrame, argument: str) -> dict[tuple, dict[int, str]]:
    """(policy_id, item) -> sentence_id -> quote."""
    codings = check_frame(codings, argument, ("policy_id", "item", "sentence_id", "quote"))
    return {
        cell: dict(zip(evidence["sentence_id"], evidence["quote"], strict=True))
        for cell, evidence in codings.groupby(["policy_id", "item"])
    }
