"""The dimensions of transparency: what each measures, and the anchors that score 0 and 1.

A dimension is one metric of a policy, mapped to a scale from 0 to 1 between two anchors. The anchors are the same for
every policy, so no score depends on which other policies are compared. ``resources/dimensions.csv`` lists them, each with
its reason and with what a critic would say; every checklist of the codebook is a dimension by itself.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from policytools._files import PACKAGE
from policytools._frames import check_choice, check_type
from policytools._wording import listed, probably
from policytools.coding.codebook import AnyCodebook, Codebook, codebook_of
from policytools.coding.coverage import code_sentences, coverage
from policytools.corpus.corpus import Corpus
from policytools.measures.readability import readability
from policytools.measures.segmentation import SEGMENTATION
from policytools.measures.structure import structure
from policytools.measures.vagueness import find_vague_terms, vagueness
from policytools.scores.reference import equated
from policytools.scores.text_draws import HEDGES, TextSums, text_sums
from policytools.scores.truth import Codes, codes_of, keys_of_texts

FORMULA = "flesch_kincaid_grade"
FORMULAS = (
    FORMULA, "smog_index", "gunning_fog", "coleman_liau_index", "automated_readability_index", "flesch_reading_ease",
    "dale_chall_readability_score",
)  # fmt: skip
LEGAL = ("GDPR 13/14", "CCPA 7011(e)", "CalOPPA")
CHECKLISTS = (*LEGAL, "3dp")  # those that the codebook has are dimensions
ALL = "coverage: all"


class Dimension(NamedTuple):
    """One metric with its anchors; `weight` is its share of the overall score."""

    dimension: str
    metric: str
    from_frame: str
    unit: str
    anchor_0: float
    anchor_1: float
    weight: float
    what: str
    why: str
    critic: str


def _shipped() -> dict[str, Dimension]:
    with (PACKAGE / "resources" / "dimensions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = ("anchor_0", "anchor_1", "weight")
    return {
        row["dimension"]: Dimension(**{**row, **{name: float(Fraction(row[name])) for name in names}})  # type: ignore[arg-type]
        for row in rows
    }


_SHIPPED = _shipped()
_CHECKLIST = _SHIPPED.pop("coverage: CHECKLIST")


def reading_column(formula: str, segmentation: str) -> str:
    """Column of a formula under a segmentation, in `policy_metrics` and in the population."""
    return formula if segmentation == SEGMENTATION[0] else f"{formula}: {segmentation}"


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

    @cached_property
    def codes(self) -> Codes:
        """The codes with their kinds of coder and the words that they rest on."""
        items = self.codebook.items["item"].tolist()
        policies = self.policies["policy_id"].tolist()
        return codes_of(policies, items, self.sentences, self.coverage, self.codings, self.hand_codings)

    @cached_property
    def text_sums(self) -> TextSums:
        """Counts of each section of each policy."""
        keys = dict(zip(self.policies["policy_id"], self.text_keys))
        return text_sums(self.sentences, self.vague_terms, keys)

    @cached_property
    def text_keys(self) -> list[str]:
        """Key of the text of each policy; "" where nothing was read."""
        return keys_of_texts(self.policies["policy_id"].tolist(), self.sentences)


READING = [*FORMULAS, "lix", "rix", "reading_minutes"]
_VAGUE = ["vague_per_hundred", "vague_per_hundred_counted"]
_LAYOUT = ["n_sections", "headed_share", "section_minutes"]
_COUNTED_OTHERWISE = {
    reading_column(formula, segmentation): (formula, segmentation)
    for formula in FORMULAS
    for segmentation in SEGMENTATION[1:]
}


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
        In the order of the policies: policy_id (str), then float64: the readability formulas, lix, rix and
        reading_minutes, each formula under the other segmentations ("smog_index: fragments as sentences"),
        vague_per_hundred (false friends left out), vague_per_hundred_counted, n_sections, headed_share, section_minutes,
        one column for each item of the codebook (1 addressed, 0 silent) and one for each checklist ("coverage: all": the
        share addressed). A policy without sentences is NaN.

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
    known = [*READING, *_COUNTED_OTHERWISE, *_VAGUE, *_LAYOUT, *coded]
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
        cells = cells.reindex(columns=items).astype("float64")
        cells.loc[~cells.index.isin(frames.sentences["policy_id"])] = np.nan
        found = found.join(cells).join(checklist_shares(cells, frames.codebook))
    for name in (name for name in wanted if name in _COUNTED_OTHERWISE):
        sums, (formula, segmentation) = frames.text_sums, _COUNTED_OTHERWISE[name]
        values = {
            policy: sums.values(policy, formula, segmentation, ones(sums, policy))[0] for policy in sums.vague
        }
        found[name] = pd.Series(values, dtype="float64").reindex(ids)
    found = found[wanted].astype("float64").rename_axis(columns=None)
    return found.reset_index().astype({"policy_id": "str"})


def checklist_shares(metrics: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Share of each checklist's items that are addressed: one column for each checklist, NaN without items.

    Items that were not measured are left out.
    """
    shares = {
        checklist_column(checklist): metrics[[item for item in items if item in metrics]].mean(axis=1)
        for checklist, items in codebook.checklists.items()
    }
    return pd.DataFrame(shares, index=metrics.index, dtype="float64")


def ones(sums: TextSums, policy: str) -> np.ndarray:
    """The weights under which a text is itself."""
    return np.ones((1, len(sums.vague[policy])))


# --- dimensions

OwnDimension = Callable[[Frames], pd.DataFrame]
Dimensions = Mapping[str, Dimension | OwnDimension]


def resolve(
    dimensions: Sequence[str | OwnDimension] | None,
    *,
    codebook: Codebook,
    checklists: Sequence[str] | None = None,
    formula: str = FORMULA,
) -> Dimensions:
    """Name of each dimension asked for -> the dimension, or the researcher's own function."""
    check_choice("formula", formula, FORMULAS)
    lists = checklists_of(codebook, checklists)
    if isinstance(dimensions, str):
        raise ValueError(  # noqa: TRY004
            f"dimensions: must be a sequence of names and functions, not the text {dimensions!r}"
        )
    found: dict[str, Dimension | OwnDimension] = {}
    for dimension in dimension_names(lists) if dimensions is None else dimensions:
        name = dimension if isinstance(dimension, str) else getattr(dimension, "__name__", "")
        if name in ("", "<lambda>"):
            raise ValueError(f"dimensions: {dimension!r} has no name; write it as a function with def")
        if name == "overall":
            raise ValueError("dimensions: 'overall' is the name of the overall score; use another name")
        if name in found:
            raise ValueError(f"dimensions: {name!r} is given twice; give each name once")
        found[name] = dimension if callable(dimension) else _named(name, codebook, formula)
    if not found:
        raise ValueError("dimensions: none given")
    return found


def dimension_names(checklists: Sequence[str]) -> list[str]:
    """The dimensions by default: those with a weight, then one for each checklist."""
    return [*_SHIPPED, *(checklist_column(name) for name in checklists if name != "all")]


def _named(name: str, codebook: Codebook, formula: str) -> Dimension:
    if name == "readability":
        return equated_dimension(_SHIPPED[name], formula)
    known = [*_SHIPPED, *map(checklist_column, codebook.checklists)]
    if name not in known:
        raise ValueError(
            f"dimensions: {name!r} is none of {', '.join(_SHIPPED)}, 'coverage: CHECKLIST' or a function"
            f"{probably(name, known)}"
        )
    return _SHIPPED.get(name, _CHECKLIST._replace(dimension=name, metric=name))


def equated_dimension(readability: Dimension, formula: str) -> Dimension:
    """Readability by another formula, with anchors that are as far out in the population."""
    if formula == readability.metric:
        return readability
    low, high = (equated(anchor, readability.metric, formula) for anchor in readability[4:6])
    return readability._replace(metric=formula, anchor_0=low, anchor_1=high)


def options_of(dimension: Dimension, codebook: Codebook) -> dict[str, tuple[str, ...]]:
    """The choices that a dimension depends on, each with its options, the stated one first."""
    if dimension.dimension == "readability":
        others = tuple(other for other in FORMULAS if other != dimension.metric)
        return {"formula": (dimension.metric, *others), "segmentation": SEGMENTATION}
    if dimension.dimension == "vagueness":
        return {"hedges": HEDGES}
    if dimension.dimension == ALL:
        return {"checklist": ("all", *(name for name in LEGAL if codebook.checklists.get(name)))}
    return {}


def under_options(
    dimension: Dimension, choices: Mapping[str, Sequence[str]]
) -> Iterator[tuple[Dimension, str]]:
    """A dimension under each combination of its options, and the column of `policy_metrics` that then counts."""
    for combination in product(*choices.values()):
        options = dict(zip(choices, combination))
        changed, column = dimension, dimension.metric
        if "formula" in options:
            changed = equated_dimension(_SHIPPED["readability"], options["formula"])
            column = reading_column(changed.metric, options["segmentation"])
        elif "hedges" in options:
            column = _VAGUE[HEDGES.index(options["hedges"])]
        elif "checklist" in options:
            column = checklist_column(options["checklist"])
        yield changed, column


def checklists_of(codebook: Codebook, checklists: Sequence[str] | None) -> tuple[str, ...]:
    """The checklists given; by default the legal ones and that on printing, of those that the codebook has."""
    if isinstance(checklists, str):
        raise ValueError(f"checklists: must be a sequence of names, not the text {checklists!r}")  # noqa: TRY004
    if checklists is None:
        return tuple(name for name in CHECKLISTS if codebook.checklists.get(name))
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
    *, codebook: AnyCodebook | None = None, checklists: Sequence[str] | None = None, formula: str = FORMULA
) -> pd.DataFrame:
    """What each dimension is, the frame it is taken from, its anchors and weight, why, and what a critic would say.

    Parameters
    ----------
    codebook : Codebook, str or path, optional
        The shipped one by default.
    checklists : sequence of str, optional
        Those that are dimensions; by default GDPR 13/14, CCPA 7011(e), CalOPPA and 3dp, where the codebook has them.
    formula : str
        Of readability.

    Returns
    -------
    DataFrame
        One row for each dimension: dimension, metric, from_frame, unit (str), anchor_0, anchor_1 (float: the values that
        score 0 and 1), weight (float: share of the overall score), what, why, critic (str).

    References
    ----------
    Doak, C. C., Doak, L. G. & Root, J. H. (1996). Teaching Patients with Low Literacy Skills. 2nd ed. Reidenberg,
    J. R. et al. (2016). doi:10.1086/688669. Wilson, S. et al. (2016). The creation and analysis of a website privacy
    policy corpus. doi:10.18653/v1/P16-1126

    Examples
    --------
    >>> table = dimension_table()
    >>> table.loc[table["weight"] > 0, ["dimension", "anchor_0", "anchor_1", "weight"]].to_dict("records")
    [{'dimension': 'readability', 'anchor_0': 18.0, 'anchor_1': 8.0, 'weight': 0.25}, {'dimension': 'vagueness', 'anchor_0': 4.56, 'anchor_1': 0.0, 'weight': 0.25}, {'dimension': 'coverage: all', 'anchor_0': 0.0, 'anchor_1': 1.0, 'weight': 0.5}]
    """
    book = codebook_of("disclosure" if codebook is None else codebook)
    found = resolve(None, codebook=book, checklists=checklists, formula=formula)
    return pd.DataFrame(list(found.values()), columns=list(Dimension._fields))
