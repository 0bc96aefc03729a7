"""Codes given by reading: the tables in a study's ``codings/`` folder, and who gave the codes."""

from functools import cache
from pathlib import Path

import pandas as pd

from policytools._files import read_csv
from policytools._frames import check_frame, check_type, frame_of_rows, require_columns
from policytools.coding.quotes import quoted_passages
from policytools.corpus.corpus import Corpus
from policytools.text.normalise import normalise

COLUMNS = ["policy_id", "item", "coder", "code", "confidence", "evidence", "note"]
KINDS = {"person": "person", "language model": "model"}  # kind of coder in coders.csv -> in frames
UNSTATED = "kind of reader not stated"
_SPOKEN = {key: f"a {name}" for name, kind in KINDS.items() for key in (name, kind)}
_LETTERS = {"a person": "P", "a language model": "M"}  # else "H": by hand, of mixed kinds or not stated


def load_codings(folder: str | Path, *, corpus: Corpus | None = None) -> pd.DataFrame:
    """Read a study's hand codings, each with the kind of its coder.

    Parameters
    ----------
    folder : path
        A study's folder, as for `load_corpus`; it holds ``codings/codings.csv`` (policy_id, item, coder, code,
        evidence; optional confidence, note) and ``codings/coders.csv`` (coder, kind: "person" or "language
        model"; optional description).
    corpus : Corpus, optional
        If given, each passage of evidence must occur in its policy's text.

    Returns
    -------
    DataFrame
        policy_id, item, coder (str), code (int64, 0 or 1), confidence, evidence, note, coder_kind ("person" or
        "model"), in the order of the file; `coverage` takes it as ``hand_codings``. No rows if the study's folder
        has no ``codings/``: nobody has read its policies yet.

    Raises
    ------
    FileNotFoundError, ValueError
        A file or a column is missing, or a row is wrong; the message names the file and the line.

    Examples
    --------
    >>> load_codings("data").groupby(["coder", "coder_kind"]).size().reset_index(name="n").values.tolist()
    [['A', 'model', 315], ['B', 'model', 315], ['agreed', 'model', 315]]
    """
    if corpus is not None:
        check_type("corpus", corpus, Corpus)
    dtypes = dict.fromkeys([*COLUMNS, "coder_kind"], "str") | {"code": "int64"}
    path, coders_path = (Path(folder) / "codings" / name for name in ("codings.csv", "coders.csv"))
    if not path.parent.exists() and (Path(folder) / "policies.csv").is_file():
        return frame_of_rows([], dtypes)
    codings = _table(path, ["policy_id", "item", "coder", "code", "evidence"])
    coders = _table(coders_path, ["coder", "kind"])
    for line, kind in enumerate(coders["kind"], 2):
        if kind not in KINDS:
            raise ValueError(f"{coders_path}, line {line}: kind {kind!r} is not one of {', '.join(KINDS)}")
    kinds = coders.set_index("coder")["kind"].map(KINDS)
    text_of = cache(lambda policy_id: normalise(corpus.raw_text(policy_id)))  # type: ignore[union-attr]
    for line, row in enumerate(codings.to_dict("records"), 2):
        cell = f"{path}, line {line} ({row['policy_id']}, {row['item']}, coder {row['coder']})"
        if row["coder"] not in kinds.index:
            raise ValueError(
                f"{cell}: the coder is not in {coders_path.name}; add a row that says who or what read the text"
            )
        if row["code"] not in ("0", "1"):
            raise ValueError(f"{cell}: code {row['code']!r} is not 0 or 1")
        if (row["code"] == "1") != bool(row["evidence"].strip()):
            raise ValueError(f"{cell}: a code of 1 needs evidence, a code of 0 has none")
        for passage in quoted_passages(row["evidence"]) if corpus is not None else []:
            if normalise(passage) not in text_of(row["policy_id"]):
                raise ValueError(f"{cell}: the evidence does not occur in the text: {passage[:80]!r}")
    codings = codings.reindex(columns=COLUMNS, fill_value="")
    return codings.assign(coder_kind=codings["coder"].map(kinds)).astype(dtypes)


def _table(path: Path, columns: list[str]) -> pd.DataFrame:
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing")
    table = read_csv(path)
    require_columns(table, str(path), columns)
    return table


def describe_coders(coverage: pd.DataFrame, hand_codings: pd.DataFrame) -> str:
    """One sentence for a figure's footnote: who or what decided how many cells of a coverage frame.

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
    coverage = check_frame(coverage, "coverage", ("coder",))
    hand_codings = check_frame(hand_codings, "hand_codings", ("coder", "coder_kind"))
    spoken = {kind: name for name, kind in KINDS.items()}
    kinds = dict(zip(hand_codings["coder"], hand_codings["coder_kind"], strict=True))
    counts = coverage["coder"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    parts = []
    for coder, n in counts.items():
        known = sorted({spoken[kinds[mark]] for mark in str(coder).split(", ") if mark in kinds})
        parts.append(f"{coder}{f' ({known[0]})' if known else ''} {n:,}")
    return f"Codes: {', '.join(parts)}."


def coder_kinds(hand: pd.DataFrame | None) -> dict[str, str]:
    """Coder -> kind of reader; agreed codes without a kind have the kinds of the coders who agreed."""
    if hand is None:
        return {}
    if "coder_kind" not in hand:
        return dict.fromkeys(hand["coder"], UNSTATED)
    spoken = hand["coder_kind"].map(_SPOKEN).fillna(UNSTATED)
    kinds = {str(coder): " and ".join(sorted(set(own))) for coder, own in spoken.groupby(hand["coder"])}
    others = sorted({kind for coder, kind in kinds.items() if coder != "agreed"})
    if kinds.get("agreed") == UNSTATED and others:
        kinds["agreed"] = " and ".join(others)
    return kinds


def coder_marks(coder: str, kinds: dict[str, str]) -> list[str]:
    """The coders that a coverage frame names as one decider: "A, B" are two, unless a coder has that name."""
    return [coder] if coder in kinds else coder.split(", ")


def decider_of(coder: str, kinds: dict[str, str]) -> tuple[str, str]:
    """Letter and words for who decided a cell."""
    if coder == "rules":
        return "R", "the rules"
    found = " and ".join(sorted({kinds.get(mark, UNSTATED) for mark in coder_marks(coder, kinds)}))
    name = "the coders' agreed code" if coder == "agreed" else coder
    return _LETTERS.get(found, "H"), f"{name} ({found})"
