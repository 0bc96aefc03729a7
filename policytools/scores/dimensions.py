"""The dimensions of transparency: their parts, and the anchors that score 0 and 1.

A dimension is a weighted mean of parts. A part is one metric of a policy, mapped to a scale from 0 to 1 between two
anchors. The anchors are the same for every policy, so no score depends on which other policies are compared.
The parts are listed in ``resources/dimensions.csv``; the parts of coverage follow from the codebook's checklists.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from policytools._files import PACKAGE
from policytools._frames import check_choice, check_type, frame_of_rows
from policytools._wording import listed, probably
from policytools.coding.codebook import AnyCodebook, Codebook, codebook_of
from policytools.coding.coverage import code_sentences, coverage
from policytools.corpus.corpus import Corpus
from policytools.measures.readability import readability
from policytools.measures.structure import structure
from policytools.measures.vagueness import find_vague_terms, vagueness

FORMULA = "flesch_kincaid_grade"
CHECKLISTS = ("GDPR 13/14", "CCPA 7011(e)", "CalOPPA")
DIMENSIONS = ("readability", "coverage", "specificity", "actionability", "structure", "currency")
_PART_SCORES = {
    "policy_id": "str", "dimension": "str", "part": "str", "metric": "str", "value": "float64", "unit": "str",
    "part_score": "float64", "weight": "float64",
}  # fmt: skip


class DimensionPart(NamedTuple):
    """One metric of a dimension with its anchors; `weight` is its share of the dimension."""

    dimension: str
    part: str
    metric: str
    from_frame: str
    unit: str
    anchor_0: float
    anchor_1: float
    weight: float
    why: str


def _shipped_parts() -> dict[str, tuple[DimensionPart, ...]]:
    parts: dict[str, tuple[DimensionPart, ...]] = {}
    with (PACKAGE / "resources" / "dimensions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            numbers = {name: float(Fraction(row[name])) for name in ("anchor_0", "anchor_1", "weight")}
            part = DimensionPart(**{**row, **numbers})  # type: ignore[arg-type]
            parts[part.dimension] = (*parts.get(part.dimension, ()), part)
    return parts


PARTS = _shipped_parts()
FORMULA_PARTS = {part.metric: part for part in PARTS["readability"]}  # a score has one of them


def checklist_column(checklist: str) -> str:
    """Column of `policy_metrics` that holds a checklist's share; also the dimension's name.

    Examples
    --------
    >>> checklist_column("3dp")
    'coverage: 3dp'
    """
    return f"coverage: {checklist}"


# --- measures


class Frames:
    """The measures of one corpus; each frame is computed when it is first used, and kept.

    Attributes
    ----------
    corpus : Corpus
    codebook : Codebook
    hand_codings : DataFrame or None
    policies, blocks, sentences : DataFrame
        Of the corpus.
    readability, vagueness, vague_terms, codings, coverage, structure : DataFrame
        As the functions of the same name return them (vagueness with ``false_friends="left_out"``).

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> texts = pd.DataFrame({"policy_id": ["a"], "text": ["We use cookies. We keep your data for a year."]})
    >>> frames = Frames(corpus_from_texts(texts))
    >>> frames.coverage.query("addressed")["item"].tolist()[:2]
    ['cookies', 'retention']
    >>> int(frames.readability["n_words"].item())
    10
    """

    def __init__(
        self, corpus: Corpus, *, codebook: AnyCodebook | None = None, hand_codings: pd.DataFrame | None = None
    ) -> None:
        check_type("corpus", corpus, Corpus)
        self.corpus = corpus
        self.policies, self.blocks, self.sentences = corpus.policies, corpus.blocks, corpus.sentences
        self.codebook = codebook_of("disclosure" if codebook is None else codebook)
        self.hand_codings = hand_codings

    @cached_property
    def readability(self) -> pd.DataFrame:
        return readability(self.sentences)

    @cached_property
    def vague_terms(self) -> pd.DataFrame:
        return find_vague_terms(self.sentences)

    @cached_property
    def vagueness(self) -> pd.DataFrame:
        return vagueness(self.sentences, false_friends="left_out")

    @cached_property
    def codings(self) -> pd.DataFrame:
        return code_sentences(self.sentences, self.codebook)

    @cached_property
    def coverage(self) -> pd.DataFrame:
        return coverage(self.codings, self.codebook, self.policies, hand_codings=self.hand_codings)

    @cached_property
    def structure(self) -> pd.DataFrame:
        return structure(self.sentences)


def newest_policies(corpus: Corpus) -> Corpus:
    """Keep the newest policy of each vendor, by effective_on or, if that is not known, by captured_on.

    Parameters
    ----------
    corpus : Corpus
        Policies with vendor, effective_on and captured_on (ISO dates or their beginnings; "" where not known).

    Returns
    -------
    Corpus
        With one policy for each vendor.

    Raises
    ------
    ValueError
        If one of a vendor's policies has no date, or its two newest have the same date.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> texts = pd.DataFrame({"policy_id": ["a-2018", "a-2020"], "vendor": "A", "text": "We keep no data.",
    ...     "effective_on": ["2018-05-25", "2020"]})
    >>> newest_policies(corpus_from_texts(texts)).policies["policy_id"].tolist()
    ['a-2020']
    """
    check_type("corpus", corpus, Corpus)
    policies = corpus.policies
    dates = policies["effective_on"].where(policies["effective_on"] != "", policies["captured_on"])
    kept: list[str] = []
    for vendor, rows in policies.assign(date=dates).groupby("vendor", sort=False):
        newest = rows[rows["date"] == rows["date"].max()]
        if len(rows) > 1 and (len(newest) > 1 or (rows["date"] == "").any()):
            raise ValueError(
                f"corpus: the dates do not say which policy of {vendor!r} is the newest "
                f"({listed(rows['policy_id'])}): give each its own date in effective_on or captured_on, or "
                "use versions='all'"
            )
        kept.extend(newest["policy_id"])
    policies, blocks, sentences = (
        frame[frame["policy_id"].isin(kept)].reset_index(drop=True)
        for frame in (policies, corpus.blocks, corpus.sentences)
    )
    sources = {policy_id: source for policy_id, source in corpus._sources.items() if policy_id in kept}
    return Corpus(policies, blocks, sentences, sources)


READING = [*FORMULA_PARTS, "lix", "rix", "reading_minutes"]
_VAGUE = ["vague_per_hundred", "vague_per_hundred_counted"]
_LAYOUT = ["n_sections", "headed_share", "section_minutes"]


def policy_metrics(frames: Frames, *, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Every metric that a dimension can be made of, one row for each policy.

    Parameters
    ----------
    frames : Frames
    columns : sequence of str, optional
        The metrics to compute; all by default. Frames that they do not need are not computed.

    Returns
    -------
    DataFrame
        In the order of the policies: policy_id (str), then float64: the readability formulas and
        reading_minutes, vague_per_hundred (false friends left out), vague_per_hundred_counted, n_sections,
        headed_share, section_minutes, one column for each item of the codebook (1 addressed, 0 silent) and one
        for each checklist ("coverage: all": the share addressed). A policy without sentences is NaN.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a"], "text": ["We may keep your data for 30 days."]}))
    >>> policy_metrics(Frames(corpus), columns=["vague_per_hundred", "retention_period"]).round(2).to_dict("records")
    [{'policy_id': 'a', 'vague_per_hundred': 14.29, 'retention_period': 1.0}]
    """
    ids = frames.policies["policy_id"].tolist()
    items = frames.codebook.items["item"].tolist()
    coded = [*items, *map(checklist_column, frames.codebook.checklists)]
    known = [*READING, *_VAGUE, *_LAYOUT, *coded]
    wanted = known if columns is None else list(columns)
    if unknown := [name for name in wanted if name not in known]:
        raise ValueError(
            f"columns: no metric {listed(unknown)}; an item or checklist must be in the codebook"
        )
    found = pd.DataFrame(index=pd.Index(ids, name="policy_id"))
    if set(wanted) & set(READING):
        found = found.join(frames.readability.set_index("policy_id")[READING])
    if set(wanted) & set(_VAGUE):
        terms = frames.vagueness.query("category == 'all'").set_index("policy_id")
        found["vague_per_hundred"] = terms["per_hundred"]
        n = terms["n"] + terms["n_false_friends"]
        found["vague_per_hundred_counted"] = 100 * n / terms["n_words"].where(terms["n_words"] > 0)
    if set(wanted) & set(_LAYOUT):
        found = found.join(frames.structure.set_index("policy_id")[_LAYOUT])
    if set(wanted) & set(coded):
        cells = frames.coverage.pivot(index="policy_id", columns="item", values="addressed").reindex(ids)
        cells = cells[items].astype("float64")
        cells.loc[~cells.index.isin(frames.sentences["policy_id"])] = np.nan
        found = found.join(cells).join(checklist_shares(cells, frames.codebook))
    found = found[wanted].astype("float64").rename_axis(columns=None)
    return found.reset_index().astype({"policy_id": "str"})


def checklist_shares(metrics: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Share of each checklist's items that are addressed: one column for each checklist, NaN without items."""
    shares = {
        checklist_column(checklist): metrics[list(items)].mean(axis=1)
        for checklist, items in codebook.checklists.items()
    }
    return pd.DataFrame(shares, index=metrics.index, dtype="float64")


# --- dimensions

OwnDimension = Callable[[Frames], pd.DataFrame]
Dimensions = Mapping[str, tuple[DimensionPart, ...] | OwnDimension]


def resolve(
    dimensions: Sequence[str | OwnDimension] | None,
    *,
    codebook: Codebook,
    checklists: Sequence[str] | None = None,
    formula: str = FORMULA,
) -> Dimensions:
    """Name of each dimension asked for -> its parts, or the researcher's own function."""
    check_choice("formula", formula, FORMULA_PARTS)
    lists = checklists_of(codebook, checklists)
    if isinstance(dimensions, str):
        raise ValueError(  # noqa: TRY004
            f"dimensions: must be a sequence of names and functions, not the text {dimensions!r}"
        )
    found: dict[str, tuple[DimensionPart, ...] | OwnDimension] = {}
    for dimension in DIMENSIONS if dimensions is None else dimensions:
        name = dimension if isinstance(dimension, str) else getattr(dimension, "__name__", "")
        if name in ("", "<lambda>"):
            raise ValueError(f"dimensions: {dimension!r} has no name; write it as a function with def")
        if name == "overall":
            raise ValueError("dimensions: 'overall' is the name of the overall score; use another name")
        if name in found:
            raise ValueError(f"dimensions: {name!r} is given twice; give each name once")
        found[name] = dimension if callable(dimension) else _parts_of(name, codebook, lists, formula)
    if not found:
        raise ValueError("dimensions: none given")
    items = {part.metric for part in all_parts(found) if part.from_frame == "coverage"}
    if lacking := sorted(items - set(codebook.items["item"])):
        raise ValueError(
            f"dimensions: the codebook has no item {listed(lacking)}; leave out the dimensions that need it"
        )
    return found


def _parts_of(
    name: str, codebook: Codebook, checklists: Sequence[str], formula: str
) -> tuple[DimensionPart, ...]:
    if name == "readability":
        return (FORMULA_PARTS[formula],)
    if name == "coverage":
        return tuple(_checklist_part(name, checklist, 1 / len(checklists)) for checklist in checklists)
    if name in PARTS:
        return PARTS[name]
    for checklist in codebook.checklists:
        if name == checklist_column(checklist):
            return (_checklist_part(name, checklist, 1.0),)
    known = [*DIMENSIONS, *map(checklist_column, codebook.checklists)]
    raise ValueError(
        f"dimensions: {name!r} is none of {', '.join(DIMENSIONS)}, 'coverage: CHECKLIST' or a function"
        f"{probably(name, known)}"
    )


def _checklist_part(dimension: str, checklist: str, weight: float) -> DimensionPart:
    why = "none, all of the checklist's items are addressed"
    metric = checklist_column(checklist)
    return DimensionPart(
        dimension, checklist, metric, "coverage_scores", "share of items", 0.0, 1.0, weight, why
    )


def all_parts(dimensions: Dimensions) -> list[DimensionPart]:
    """The parts of all dimensions in order; a researcher's own dimension has none."""
    return [part for parts in dimensions.values() if not callable(parts) for part in parts]


def checklists_of(codebook: Codebook, checklists: Sequence[str] | None) -> tuple[str, ...]:
    """The checklists given; by default the three legal ones, or all items if the codebook has none of them."""
    if isinstance(checklists, str):
        raise ValueError(f"checklists: must be a sequence of names, not the text {checklists!r}")  # noqa: TRY004
    if checklists is None:
        return tuple(name for name in CHECKLISTS if codebook.checklists.get(name)) or ("all",)
    if not checklists:
        raise ValueError(f"checklists: none given; there are {', '.join(codebook.checklists)}")
    for checklist in checklists:
        check_choice("checklists", checklist, codebook.checklists)
    return tuple(checklists)


def score_between(values: Any, anchor_0: Any, anchor_1: Any) -> Any:
    """Linear scores of values: 0 at `anchor_0` and beyond, 1 at `anchor_1` and beyond; NaN stays NaN.

    Examples
    --------
    >>> score_between(np.array([20.0, 13.0, 6.0]), 18, 8)
    array([0. , 0.5, 1. ])
    """
    return np.clip((values - anchor_0) / (anchor_1 - anchor_0), 0, 1)


def dimension_table(
    *,
    codebook: AnyCodebook | None = None,
    checklists: Sequence[str] | None = None,
    formula: str = FORMULA,
) -> pd.DataFrame:
    """The parts of each dimension: metric, frame it is taken from, anchors and weight.

    Parameters
    ----------
    codebook : Codebook, str or path, optional
        The shipped one by default.
    checklists : sequence of str, optional
        That make up the coverage; GDPR 13/14, CCPA 7011(e) and CalOPPA by default.
    formula : str
        Of readability.

    Returns
    -------
    DataFrame
        One row for each part: dimension, part, metric, from_frame, unit (str), anchor_0, anchor_1 (float: the
        values that score 0 and 1), weight (float, within the dimension; the weights of one sum to 1), why (str).

    References
    ----------
    Doak, C. C., Doak, L. G. & Root, J. H. (1996). Teaching Patients with Low Literacy Skills. 2nd ed. McDonald,
    A. M. & Cranor, L. F. (2008). The cost of reading privacy policies. I/S 4(3), 543-568 (75 policies: 144 to
    7,669 words, median 2,514). Reidenberg, J. R. et al. (2016). doi:10.1086/688669. Wilson, S. et al. (2016). The
    creation and analysis of a website privacy policy corpus. doi:10.18653/v1/P16-1126

    Examples
    --------
    >>> table = dimension_table()
    >>> table.loc[table["dimension"] == "structure", ["part", "anchor_0", "anchor_1"]].to_dict("records")
    [{'part': 'headings', 'anchor_0': 0.0, 'anchor_1': 1.0}, {'part': 'section size', 'anchor_0': 5.0, 'anchor_1': 1.0}, \
{'part': 'length', 'anchor_0': 40.0, 'anchor_1': 10.0}]
    """
    book = codebook_of("disclosure" if codebook is None else codebook)
    dimensions = resolve(None, codebook=book, checklists=checklists, formula=formula)
    return pd.DataFrame(all_parts(dimensions))


def part_scores(metrics: pd.DataFrame, parts: Sequence[DimensionPart]) -> pd.DataFrame:
    """Value and score of every part, for metrics from `policy_metrics`.

    Returns
    -------
    DataFrame
        One row for each policy and part: policy_id, dimension, part, metric (str), value (float), unit (str),
        part_score, weight (float). A dimension's score is the sum of its part_score times weight.
    """
    columns = ["policy_id", *dict.fromkeys(part.metric for part in parts)]
    rows = [
        (row["policy_id"], part.dimension, part.part, part.metric, row[part.metric], part.unit,
         score_between(row[part.metric], part.anchor_0, part.anchor_1), part.weight)
        for row in metrics[columns].to_dict("records") for part in parts
    ]  # fmt: skip
    return frame_of_rows(rows, _PART_SCORES)
