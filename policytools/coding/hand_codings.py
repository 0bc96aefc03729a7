"""Codes given by reading: the table in a study's ``codings/`` folder."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from policytools.corpus.corpus import Corpus
from policytools.text.normalise import normalise

COLUMNS = ["policy_id", "item", "coder", "code", "confidence", "evidence", "note"]
KINDS = {"person": "person", "language model": "model"}  # as in coders.csv: as in the frames
SEPARATOR = " || "  # between the passages of one piece of evidence

_KINDS = {"person": "a person", "model": "a language model", "language model": "a language model"}
UNSTATED = "kind of reader not stated"
# Else "H": read by hand, of a kind that is mixed or not stated.
_LETTERS = {"a language model": "M", "a person": "P"}


def load_codings(folder: str | Path, *, corpus: Corpus | None = None) -> pd.DataFrame:
    """Read a study's hand codings and say of each who, or what, the coder was.

    Parameters
    ----------
    folder : path
        A study's folder, as for `load_corpus`; it holds ``codings/codings.csv`` (policy_id, item, coder, code,
        evidence; optional confidence, note) and ``codings/coders.csv`` (coder, kind: "person" or "language
        model", description).
    corpus : Corpus, optional
        If given, each passage of evidence must occur in its policy's file.

    Returns
    -------
    DataFrame
        policy_id, item, coder (str), code (int64, 0 or 1), confidence, evidence, note, coder_kind ("person" or
        "model"), in the file's order, as `coverage` takes it for ``hand_codings``. No rows for a study's folder
        without ``codings/``: nobody has read its policies yet.

    Raises
    ------
    FileNotFoundError, ValueError
        The message names the file and the line.

    Examples
    --------
    >>> load_codings("data").groupby(["coder", "coder_kind"]).size().reset_index(name="n").values.tolist()
    [['A', 'model', 315], ['B', 'model', 315], ['agreed', 'model', 315]]
    """
    path, who = (Path(folder) / "codings" / name for name in ("codings.csv", "coders.csv"))
    if not path.parent.exists() and (Path(folder) / "policies.csv").is_file():
        dtypes = {column: "str" for column in [*COLUMNS, "coder_kind"]} | {"code": "int64"}
        return pd.DataFrame(columns=list(dtypes)).astype(dtypes)
    codings = _table(path, ["policy_id", "item", "coder", "code", "evidence"])
    coders = _table(who, ["coder", "kind"])
    for line, kind in enumerate(coders["kind"], 2):
        if kind not in KINDS:
            raise ValueError(f"{who}, line {line}: kind {kind!r} is not one of {', '.join(KINDS)}")
    kinds = coders.set_index("coder")["kind"]
    texts: dict[str, str] = {}
    for line, row in enumerate(codings.to_dict("records"), 2):
        cell = f"{path}, line {line} ({row['policy_id']}, {row['item']}, coder {row['coder']})"
        if row["coder"] not in kinds.index:
            raise ValueError(f"{cell}: the coder is not in {who.name}; say there who or what read the text")
        if row["code"] not in ("0", "1"):
            raise ValueError(f"{cell}: code {row['code']!r} is not 0 or 1")
        if (row["code"] == "1") != bool(row["evidence"].strip()):
            raise ValueError(f"{cell}: a 1 needs evidence, a 0 has none")
        if corpus is not None and row["evidence"]:
            policy_id = row["policy_id"]
            if policy_id not in texts:
                texts[policy_id] = normalise(corpus.raw_text(policy_id))
            for passage in row["evidence"].split(SEPARATOR):
                if normalise(passage) not in texts[policy_id]:
                    raise ValueError(f"{cell}: the evidence does not occur in the text: {passage[:80]!r}")
    for column in COLUMNS:
        if column not in codings:
            codings[column] = ""
    codings = codings[COLUMNS].astype("str").astype({"code": "int64"})
    return codings.assign(coder_kind=codings["coder"].map(kinds).map(KINDS).astype("str"))


def describe_coders(coverage: pd.DataFrame, hand_codings: pd.DataFrame) -> str:
    """One sentence for a figure's footnote: who, or what, decided the cells of a coverage frame.

    Parameters
    ----------
    coverage : DataFrame
        From `coverage`: coder.
    hand_codings : DataFrame
        From `load_codings`: coder, coder_kind; may be empty.

    Returns
    -------
    str

    Examples
    --------
    >>> cells = pd.DataFrame({"coder": ["agreed", "agreed", "rules"]})
    >>> describe_coders(cells, load_codings("data"))
    'Codes: agreed (language model) 2, rules 1.'
    >>> describe_coders(cells.tail(1), load_codings("data").head(0))
    'Codes: rules 1.'
    """
    spoken = {kind: name for name, kind in KINDS.items()}
    kinds = dict(zip(hand_codings["coder"], hand_codings["coder_kind"], strict=True))
    counts = coverage["coder"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    parts = []
    for coder, n in counts.items():
        known = sorted({spoken[kinds[mark]] for mark in str(coder).split(", ") if mark in kinds})
        parts.append(f"{coder}{f' ({known[0]})' if known else ''} {n:,}")
    return f"Codes: {', '.join(parts)}."


def _table(path: Path, needed: list[str]) -> pd.DataFrame:
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    lacking = [column for column in needed if column not in table]
    if lacking:
        raise ValueError(f"{path}: column {lacking[0]!r} is missing (needed: {', '.join(needed)})")
    return table


# --- who decided


def coder_kinds(hand: pd.DataFrame | None) -> dict[str, str]:
    """Coder -> what kind of reader; agreed codes take the kinds of those who agreed."""
    if hand is None:
        return {}
    if "coder_kind" not in hand:
        return dict.fromkeys(hand["coder"], UNSTATED)
    kinds: dict[str, str] = {}
    for coder, given in hand.groupby("coder")["coder_kind"]:
        named = sorted({_KINDS.get(kind, UNSTATED) for kind in given.fillna("")})
        kinds[str(coder)] = named[0] if len(named) == 1 else " and ".join(named)
    if kinds.get("agreed") == UNSTATED and (others := sorted({k for c, k in kinds.items() if c != "agreed"})):
        kinds["agreed"] = " and ".join(others)
    return kinds


def coder_marks(coder: str, kinds: dict[str, str]) -> list[str]:
    return [coder] if coder in kinds else coder.split(", ")


def decider_of(coder: str, kinds: dict[str, str]) -> tuple[str, str]:
    """Letter and words for who decided a cell."""
    if coder == "rules":
        return "R", "the rules"
    found = sorted({kinds.get(mark, UNSTATED) for mark in coder_marks(coder, kinds)})
    coder = "the coders' agreed code" if coder == "agreed" else coder
    return _LETTERS.get(found[0], "H") if len(found) == 1 else "H", f"{coder} ({' and '.join(found)})"
