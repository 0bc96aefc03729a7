"""Which items of a codebook a policy addresses, each decision with the sentences it rests on."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from policytools.codebook import Codebook
from policytools.matching import find_evidence
from policytools.phrases import normalize
from policytools.tokens import repeated, typed_frame

CODING_COLUMNS = {
    "policy_id": "str", "item": "str", "sentence_id": "int64", "start": "int64", "end": "int64",
    "quote": "str", "coder": "str",
}  # fmt: skip
COVERAGE_COLUMNS = {
    "policy_id": "str", "item": "str", "family": "str", "addressed": "bool", "n_evidence": "int64",
    "coder": "str", "rules_addressed": "bool", "disagreement": "bool",
}  # fmt: skip
_BATCH = 2**19  # characters
SCORE_COLUMNS = {
    "policy_id": "str", "checklist": "str", "n_items": "int64", "n_addressed": "int64", "share": "float64"
}  # fmt: skip
CHANGE_COLUMNS = {
    "policy_id": "str", "item": "str", "change": "str", "n_before": "int64", "n_after": "int64",
    "gained": "object", "lost": "object",
}  # fmt: skip


def code_sentences(sentences: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Evidence for each item of a codebook: where in which sentence a rule matched.

    Parameters
    ----------
    sentences : pandas.DataFrame
        One row for each unit: policy_id, sentence_id, kind ("sentence", "fragment", "heading"),
        section, text. Headings are context, never evidence.
    codebook : Codebook

    Returns
    -------
    pandas.DataFrame
        One row for each piece of evidence, ordered by policy_id, item (order of the codebook),
        sentence_id and start: policy_id, item (str), sentence_id, start, end (int; the matched words are
        ``quote[start:end]``), quote (str, the text of the sentence), coder ("rules").

    Raises
    ------
    ValueError
        If a column is missing or a sentence_id occurs twice in a policy.

    Examples
    --------
    >>> from policytools.codebook import load_codebook
    >>> sentences = pd.DataFrame({"policy_id": ["a"], "sentence_id": [1], "kind": ["sentence"],
    ...     "section": [""], "text": ["We do not respond to Do Not Track signals."]})
    >>> codings = code_sentences(sentences, load_codebook("disclosure"))
    >>> codings.query("item == 'do_not_track'")["quote"].to_list()
    ['We do not respond to Do Not Track signals.']
    """
    _require(sentences, "sentences", ("policy_id", "sentence_id", "kind", "section", "text"))
    twice = sentences[sentences.duplicated(["policy_id", "sentence_id"])]
    if len(twice):
        raise ValueError(
            f"sentences: sentence_id occurs twice within a policy: {_some(_cells(twice, 'sentence_id'))}"
        )
    ordered = sentences.sort_values(["policy_id", "sentence_id"], kind="stable")
    policies, ids, texts, kinds, sections = (
        ordered[name].to_list() for name in ("policy_id", "sentence_id", "text", "kind", "section")
    )
    found: list[tuple[str, int, int, int]] = []
    for start, stop in _batches(policies, texts):
        batch = slice(start, stop)
        evidence = find_evidence(codebook, policies[batch], texts[batch], kinds[batch], sections[batch])
        found += [(item, start + unit, begin, end) for item, unit, begin, end in evidence]
    items, units, starts, ends = zip(*found) if found else ((), (), (), ())
    columns = {
        "policy_id": [policies[unit] for unit in units], "item": items,
        "sentence_id": [ids[unit] for unit in units], "start": starts, "end": ends,
        "quote": [texts[unit] for unit in units], "coder": ["rules"] * len(units),
    }  # fmt: skip
    return typed_frame(columns, CODING_COLUMNS)


def _batches(policies: list[str], texts: list[str]) -> Iterator[tuple[int, int]]:
    """Whole policies that are matched together: one costs little more than several short ones."""
    start = size = 0
    for n, text in enumerate(texts):
        if size >= _BATCH and policies[n] != policies[n - 1]:
            yield start, n
            start, size = n, 0
        size += len(text)
    if start < len(texts):
        yield start, len(texts)


# --- decisions


def coverage(
    codings: pd.DataFrame,
    codebook: Codebook,
    policies: pd.DataFrame,
    hand_codings: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Whether each policy addresses each item, who decided, and what the rules alone say.

    Parameters
    ----------
    codings : pandas.DataFrame
        Evidence from `code_sentences`: policy_id, item, sentence_id.
    codebook : Codebook
    policies : pandas.DataFrame
        One row for each policy: policy_id. Policies without evidence appear in the result as silent.
    hand_codings : pandas.DataFrame, optional
        One row for each code given by reading: policy_id, item, coder (the coder's mark, or "agreed"
        for the code that several coders agreed on), code (1 addressed, 0 silent), evidence (the quoted
        words, not empty for a 1), and optionally coder_kind ("person" or "model"; persons if absent).

    Returns
    -------
    pandas.DataFrame
        One row for each policy (order of `policies`) and item (order of the codebook): policy_id, item,
        family (str), addressed (bool), n_evidence (int: sentences of the rules, or hand codings with
        evidence, behind the decision), coder (who decided: "rules", "agreed" or a mark; several marks of
        one opinion are joined by ", "), rules_addressed (bool: what the rules say), disagreement (bool:
        the rules or a hand coding say otherwise).

    Raises
    ------
    ValueError
        With the offending rows of `hand_codings` (counted from 1): an unknown policy or item, a code other
        than 0 and 1, a 1 without evidence, two codes of one coder (or two agreed codes) for one cell, or
        coders who contradict each other with no agreed code.

    Notes
    -----
    A person's own code overrules the agreed one, the agreed one overrules a model's, and any code given by
    reading overrules the rules. Persons who contradict each other are overruled by the agreed code.

    Examples
    --------
    >>> from policytools.codebook import load_codebook
    >>> codebook = load_codebook("disclosure")
    >>> nothing = pd.DataFrame(columns=["policy_id", "item", "sentence_id"])
    >>> by_hand = pd.DataFrame({"policy_id": ["a"], "item": ["children"], "coder": ["XY"], "code": [1],
    ...     "evidence": ["not for children"]})
    >>> cells = coverage(nothing, codebook, pd.DataFrame({"policy_id": ["a"]}), hand_codings=by_hand)
    >>> cell = cells.query("item == 'children'")[["addressed", "coder", "rules_addressed", "disagreement"]]
    >>> cell.to_dict("records")
    [{'addressed': True, 'coder': 'XY', 'rules_addressed': False, 'disagreement': True}]
    """
    _require(codings, "codings", ("policy_id", "item", "sentence_id"))
    _require(policies, "policies", ("policy_id",))
    ids = policies["policy_id"].to_list()
    if twice := sorted(policy for policy, n in Counter(ids).items() if n > 1):
        raise ValueError(f"policies: policy_id occurs twice: {_some(twice)}")
    items = codebook.items["item"].to_list()
    numbers = []  # of policies, of items
    for column, known in (("policy_id", ids), ("item", items)):
        code, found = pd.factorize(codings[column], use_na_sentinel=False)
        if unknown := sorted(set(found) - set(known)):
            raise ValueError(f"codings: {column} not among the given {_source(column)}: {_some(unknown)}")
        place = {name: number for number, name in enumerate(known)}
        numbers.append(np.array([place[name] for name in found], dtype="int64")[code])
    cell = numbers[0] * len(items) + numbers[1]
    evidence = pd.DataFrame(
        {"cell": cell, "sentence_id": codings["sentence_id"].to_numpy()}
    ).drop_duplicates()
    n_rules = np.bincount(evidence["cell"], minlength=len(ids) * len(items))  # sentences
    addressed, n_evidence = n_rules > 0, n_rules.copy()
    coder = np.full(len(n_rules), "rules", dtype=object)
    split = np.zeros(len(n_rules), dtype=bool)
    if hand_codings is not None:
        cells = {key: number for number, key in enumerate((policy, item) for policy in ids for item in items)}
        for key, decided in _decided_by_hand(hand_codings, ids, codebook).items():
            n = cells[key]
            addressed[n], n_evidence[n], coder[n], split[n] = decided
    policy_of, item_of = np.divmod(np.arange(len(n_rules)), max(len(items), 1))
    columns = {
        "policy_id": repeated(ids, policy_of),
        "item": repeated(items, item_of),
        "family": repeated(codebook.items["family"].to_list(), item_of),
        "addressed": addressed,
        "n_evidence": n_evidence,
        "coder": coder,
        "rules_addressed": n_rules > 0,
        "disagreement": split | (addressed != (n_rules > 0)),
    }
    return typed_frame(columns, COVERAGE_COLUMNS)


def _decided_by_hand(hand: pd.DataFrame, ids: list[str], codebook: Codebook) -> dict[tuple, tuple]:
    """(policy_id, item) -> code, number of quotes, who decided, whether other hand codes differ."""
    _require(hand, "hand_codings", ("policy_id", "item", "coder", "code", "evidence"))
    hand = hand.reset_index(drop=True)
    kinds = hand["coder_kind"] if "coder_kind" in hand else pd.Series("person", index=hand.index)
    evidence = hand["evidence"].fillna("").astype(str).str.strip()
    code = pd.to_numeric(hand["code"], errors="coerce")
    problems = {
        "unknown policy_id": ~hand["policy_id"].isin(ids),
        "unknown item": ~hand["item"].isin(codebook.items["item"]),
        "code other than 0 and 1": ~code.isin([0, 1]),
        "no evidence quoted for a code of 1": (code == 1) & (evidence == ""),
        "empty coder": hand["coder"].fillna("").astype(str).str.strip() == "",
        'coder_kind other than "person" and "model"': ~kinds.isin(["person", "model"])
        & (hand["coder"] != "agreed"),
        "a second agreed code for one cell": hand.duplicated(["policy_id", "item", "coder"])
        & (hand["coder"] == "agreed"),
        "a second code of the same coder for one cell": hand.duplicated(["policy_id", "item", "coder"]),
    }
    for problem, wrong in problems.items():
        if wrong.any():
            row, cells = wrong.to_list().index(True) + 1, _cells(hand[wrong], "item", "coder", "code")
            raise ValueError(f"hand_codings, row {row}: {problem}: {_some(cells)}")
    decided = {}
    facts = hand[["policy_id", "item", "coder"]].assign(
        code=code.astype(int), tier=kinds.where(hand["coder"] != "agreed", "agreed")
    )
    for cell, rows in facts.groupby(["policy_id", "item"], sort=False):
        # Coders of one tier must be of one mind; if they are not, the agreed code stands for them.
        for tier in ("person", "agreed", "model"):
            codes = rows[rows["tier"] == tier]
            if codes["code"].nunique() == 1:
                chosen = codes["code"].iloc[0]
                n_quotes = len(codes) if chosen else 0
                decided[cell] = (
                    chosen,
                    n_quotes,
                    ", ".join(sorted(codes["coder"])),
                    rows["code"].nunique() > 1,
                )
                break
            if codes["code"].nunique() > 1 and "agreed" not in set(rows["tier"]):
                row, marks = int(codes.index[0]) + 1, ", ".join(sorted(codes["coder"]))
                raise ValueError(
                    f"hand_codings, row {row}: coders {marks} contradict each other on {cell[0]}/{cell[1]}: "
                    'add a row of coder "agreed"'
                )
    return decided


def check_evidence(hand_codings: pd.DataFrame, sentences: pd.DataFrame) -> None:
    """Make sure that what hand codings quote stands in the policies; raises if it does not.

    Parameters
    ----------
    hand_codings : pandas.DataFrame
        As for `coverage`. Several quotes in one cell are parted by " || ", words left out by "...".
    sentences : pandas.DataFrame
        policy_id, sentence_id, text. Quotes may run over several sentences; case, layout and
        punctuation do not matter.

    Raises
    ------
    ValueError
        With the first row (counted from 1) whose evidence does not occur in its policy.

    Examples
    --------
    >>> sentences = pd.DataFrame({"policy_id": ["a"], "sentence_id": [1], "text": ["We use cookies. Really."]})
    >>> by_hand = pd.DataFrame({"policy_id": ["a"], "item": ["cookies"], "evidence": ["we sell cookies"]})
    >>> check_evidence(by_hand, sentences)
    Traceback (most recent call last):
    ...
    ValueError: hand_codings, row 1: evidence does not occur in the text of a/cookies: 'we sell cookies'
    """
    _require(hand_codings, "hand_codings", ("policy_id", "item", "evidence"))
    _require(sentences, "sentences", ("policy_id", "sentence_id", "text"))
    ordered = sentences.sort_values(["policy_id", "sentence_id"], kind="stable")
    texts = {policy: _bare(" ".join(units["text"])) for policy, units in ordered.groupby("policy_id")}
    columns = (hand_codings["policy_id"], hand_codings["item"], hand_codings["evidence"].fillna(""))
    for row, (policy, item, evidence) in enumerate(zip(*columns, strict=True), 1):
        for quote in re.split(r"\s\|{1,2}\s|\[?\.{3}\]?|\[?…\]?", evidence):
            if _bare(quote) not in texts.get(policy, ""):
                raise ValueError(
                    f"hand_codings, row {row}: evidence does not occur in the text of {policy}/{item}: "
                    f"{quote.strip()[:80]!r}"
                )


def _bare(text: str) -> str:
    """Letters and digits only: what is left of a quote whatever was done to its layout."""
    return re.sub(r"[\W_]+", "", normalize(text))


def coverage_scores(coverage: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Share of the items of each checklist that each policy addresses, with the counts behind it.

    Parameters
    ----------
    coverage : pandas.DataFrame
        From `coverage`: policy_id, item, addressed.
    codebook : Codebook

    Returns
    -------
    pandas.DataFrame
        One row for each policy and checklist (families, checklists of the codebook, "all"): policy_id,
        checklist (str), n_items, n_addressed (int), share (float, 0 to 1, higher is more disclosed; NaN for a
        checklist without items).

    Raises
    ------
    ValueError
        A column is missing, or items of the codebook are not in the coverage.

    Examples
    --------
    >>> from policytools.codebook import load_codebook
    >>> codebook = load_codebook("disclosure")
    >>> cells = pd.DataFrame({"policy_id": "a", "item": codebook.items["item"], "addressed": False})
    >>> cells.loc[cells["item"] == "effective_date", "addressed"] = True
    >>> scores = coverage_scores(cells, codebook).set_index("checklist")
    >>> scores.loc["CalOPPA", ["n_items", "n_addressed"]].to_list()
    [7, 1]
    """
    _require(coverage, "coverage", ("policy_id", "item", "addressed"))
    if missing := sorted(set(codebook.items["item"]) - set(coverage["item"])) if len(coverage) else []:
        raise ValueError(f"coverage: items of the codebook are missing: {_some(missing)}")
    addressed = {
        policy: set(rows["item"][rows["addressed"]])
        for policy, rows in coverage.groupby("policy_id", sort=False)
    }
    rows = [
        (
            policy,
            name,
            len(items),
            n := len(found.intersection(items)),
            n / len(items) if items else float("nan"),
        )
        for policy, found in addressed.items()
        for name, items in codebook.checklists.items()
    ]
    return _frame(rows, SCORE_COLUMNS)


def compare_codings(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Which cells gained or lost evidence between two codings, as after a change of the codebook.

    Parameters
    ----------
    before, after : pandas.DataFrame
        From `code_sentences`: policy_id, item, sentence_id, quote.

    Returns
    -------
    pandas.DataFrame
        One row for each policy and item whose evidence differs, ordered by policy_id and item: policy_id,
        item, change ("addressed" or "silent": the decision turned; "gained", "lost" or "moved": it stands
        on other evidence), n_before, n_after (int, sentences), gained, lost (tuple of quotes).

    Examples
    --------
    >>> row = {"policy_id": "a", "item": "cookies", "sentence_id": 3, "quote": "We use cookies."}
    >>> one = pd.DataFrame([row])
    >>> compare_codings(one.iloc[:0], one)[["item", "change", "n_before", "n_after"]].to_dict("records")
    [{'item': 'cookies', 'change': 'addressed', 'n_before': 0, 'n_after': 1}]
    """
    sides = []
    for frame, name in ((before, "before"), (after, "after")):
        _require(frame, name, ("policy_id", "item", "sentence_id", "quote"))
        cells: dict[tuple, dict] = defaultdict(dict)
        for policy, item, sentence, quote in zip(
            frame["policy_id"], frame["item"], frame["sentence_id"], frame["quote"], strict=True
        ):
            cells[policy, item][sentence] = quote
        sides.append(cells)
    old, new = sides
    rows = []
    for cell in sorted({*old, *new}):
        was, now = old.get(cell, {}), new.get(cell, {})
        if was.keys() == now.keys():
            continue
        gained = tuple(now[sentence] for sentence in sorted(now.keys() - was.keys()))
        lost = tuple(was[sentence] for sentence in sorted(was.keys() - now.keys()))
        change = (
            "addressed" if not was else "silent" if not now
            else "moved" if gained and lost else "gained" if gained else "lost"
        )  # fmt: skip
        rows.append((*cell, change, len(was), len(now), gained, lost))
    return _frame(rows, CHANGE_COLUMNS)


# --- frames and messages


def _frame(rows: list[tuple], columns: dict[str, str]) -> pd.DataFrame:
    return typed_frame(dict(zip(columns, zip(*rows) if rows else [()] * len(columns))), columns)


def _require(frame: pd.DataFrame, name: str, columns: tuple[str, ...]) -> None:
    if missing := [column for column in columns if column not in frame]:
        raise ValueError(f"{name}: column {', '.join(missing)} missing; needed are {', '.join(columns)}")


def _cells(rows: pd.DataFrame, *columns: str) -> list[str]:
    return [
        "/".join(str(value) for value in row) for row in rows[["policy_id", *columns]].itertuples(index=False)
    ]


def _some(values: Iterable[str]) -> str:
    values = list(values)
    return ", ".join(values[:5]) + (f" and {len(values) - 5} more" if len(values) > 5 else "")


def _source(column: str) -> str:
    return "policies" if column == "policy_id" else "codebook's items"
