"""The scales of transparency: what each dimension is made of, and where its 0 and its 1 lie.

A dimension is a weighted mean of parts. A part is one metric of a policy, put on a scale from 0 to 1 between
two anchors that are the same for every policy: no score depends on which other policies are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from policytools.coding.codebook import Codebook, load_codebook
from policytools.coding.coverage import code_sentences, coverage
from policytools.corpus.corpus import Corpus
from policytools.measures.readability import readability
from policytools.measures.structure import structure
from policytools.measures.vagueness import find_vague_terms, vagueness

FORMULA = "flesch_kincaid_grade"
CHECKLISTS = ("GDPR 13/14", "CCPA 7011(e)", "CalOPPA")
DIMENSIONS = ("readability", "coverage", "specificity", "actionability", "structure", "currency")

_GRADE = "grade 18 is beyond a master's degree; grade 8 is what writing for the public is advised to keep to"
_TABLE = "between them the formula's own table of grades"
# Formula -> value that scores 0, value that scores 1, why.
FORMULA_ANCHORS: dict[str, tuple[float, float, str]] = {
    "flesch_kincaid_grade": (18, 8, f"{_GRADE} (Doak, Doak & Root 1996)"),
    "smog_index": (18, 8, _GRADE),
    "gunning_fog": (18, 8, _GRADE),
    "coleman_liau_index": (18, 8, _GRADE),
    "automated_readability_index": (18, 8, _GRADE),
    "flesch_reading_ease": (0, 60, f"0 is the foot of Flesch's scale, 60 the foot of 'standard', plain English; {_TABLE}"),
    "dale_chall_readability_score": (11, 7, f"7 is the end of grades 7 to 8, 10 a college graduate's; {_TABLE}, continued"),
}  # fmt: skip
_TWICE_MEDIAN = 4.56  # 2.28 vague terms in a hundred words is the median of the 115 policies of OPP-115


class Part(NamedTuple):
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


def _item(dimension: str, part: str, item: str, weight: float, why: str) -> Part:
    return Part(dimension, part, item, "coverage", "0 silent, 1 addressed", 0, 1, weight, why)


_STRUCTURE = ("structure", "readability", "minutes")
PARTS: dict[str, tuple[Part, ...]] = {
    "specificity": (
        Part(
            "specificity", "plain wording", "vague_per_hundred", "vagueness", "vague terms in a hundred words",
            _TWICE_MEDIAN, 0, 1 / 2, "no vague term; twice the median of OPP-115 (2.28; Wilson et al. 2016, terms of "
            "Reidenberg et al. 2016). Scored without the wordings that leave nothing open",
        ),
        _item("specificity", "recipients", "named_recipients", 1 / 4, "names who receives data: GDPR 13(1)(e)"),
        _item("specificity", "periods", "retention_period", 1 / 4, "states a definite period: GDPR 13(2)(a)"),
    ),
    "actionability": (
        _item("actionability", "request", "request_method", 1 / 4, "how to make a request: CCPA 7011(e)(3)(A)"),
        _item("actionability", "opt-out", "marketing_opt_out", 1 / 12, "stop marketing: GDPR 21(2)"),
        _item("actionability", "opt-out", "cookie_control", 1 / 12, "refuse or delete cookies: OPP-115 User Choice"),
        _item("actionability", "opt-out", "withdraw_consent", 1 / 12, "take consent back: GDPR 7(3)"),
        _item("actionability", "contact", "contact_channel", 1 / 8, "reach the vendor: CCPA 7011(e)(3)(J)"),
        _item("actionability", "contact", "complaint_authority", 1 / 8, "reach an authority: GDPR 13(2)(d)"),
        _item("actionability", "response time", "response_time", 1 / 4, "how soon a request is answered: GDPR 12(3)"),
    ),
    "structure": (
        Part(
            "structure", "headings", "headed_share", "structure", "share of the words", 0, 1, 1 / 3,
            "no word, every word stands under a heading (Federal Plain Language Guidelines 2011: many useful headings)",
        ),
        Part(
            "structure", "section size", "section_minutes", "structure", "minutes of reading", 5, 1, 1 / 3,
            "sections of a minute's reading (238 words) or less; of five minutes or more: a convention of this package",
        ),
        Part(
            "structure", "length", "reading_minutes", "readability", "minutes of reading", 40, 10, 1 / 3,
            "10 minutes or less, the median policy of McDonald & Cranor 2008; 40 minutes or more: nine in ten policies of "
            "the reference population are shorter",
        ),
    ),
    "currency": (
        _item("currency", "dated", "effective_date", 1 / 2, "bears its date: CalOPPA 22575(b)(4)"),
        _item("currency", "change notice", "change_notice", 1 / 2, "says how changes are announced: CalOPPA 22575(b)(3)"),
    ),
}  # fmt: skip


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
    """What was measured of the policies of one corpus; each frame is made when first asked for.

    Attributes
    ----------
    corpus : Corpus
    codebook : Codebook
    hand_codings : DataFrame or None
    policies, blocks, sentences : DataFrame
        Of the corpus.
    readability, vagueness, vague_terms, codings, coverage, structure : DataFrame
        As the functions of that name return them; vagueness leaves false friends out.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> texts = pd.DataFrame({"policy_id": ["a"], "text": ["We use cookies. We keep your data for a year."]})
    >>> frames = Frames(corpus_from_texts(texts))
    >>> frames.coverage.query("addressed")["item"].tolist()[:2]
    ['cookies', 'retention']
    >>> int(frames.readability["n_words"].item())  # nothing is measured twice
    10
    """

    def __init__(
        self, corpus: Corpus, *, codebook: Codebook | None = None, hand_codings: pd.DataFrame | None = None
    ) -> None:
        self.corpus = corpus
        self.policies, self.blocks, self.sentences = corpus.policies, corpus.blocks, corpus.sentences
        self._codebook = codebook
        self.hand_codings = hand_codings

    @cached_property
    def codebook(self) -> Codebook:
        return load_codebook("disclosure") if self._codebook is None else self._codebook

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
    """Keep the newest policy of each vendor: by effective_on, where that is not known by captured_on.

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
        If of a vendor's policies one has no date, or the newest two have the same.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> texts = pd.DataFrame({"policy_id": ["a-2018", "a-2020"], "vendor": "A", "text": "We keep no data.",
    ...     "effective_on": ["2018-05-25", "2020"]})
    >>> newest_policies(corpus_from_texts(texts)).policies["policy_id"].tolist()
    ['a-2020']
    """
    policies = corpus.policies
    dates = policies["effective_on"].where(policies["effective_on"] != "", policies["captured_on"])
    kept = []
    for vendor, rows in policies.assign(date=dates).groupby("vendor", sort=False):
        newest = rows[rows["date"] == rows["date"].max()]
        if len(rows) > 1 and (len(newest) > 1 or (rows["date"] == "").any()):
            raise ValueError(
                f"corpus: which policy of {vendor!r} is the newest cannot be told ({', '.join(rows['policy_id'][:5])}): "
                "give each its own date in effective_on or captured_on, or ask for versions='all'"
            )
        kept += newest["policy_id"].tolist()
    return select_policies(corpus, kept)


def select_policies(corpus: Corpus, policy_ids: Sequence[str]) -> Corpus:
    """The corpus with these policies only, in its own order."""
    if unknown := sorted(set(policy_ids) - set(corpus.policies["policy_id"])):
        raise ValueError(f"policy_ids: not in this corpus: {', '.join(unknown[:5])}")
    policies, blocks, sentences = (
        frame[frame["policy_id"].isin(list(policy_ids))].reset_index(drop=True)
        for frame in (corpus.policies, corpus.blocks, corpus.sentences)
    )
    sources = {key: path for key, path in corpus._sources.items() if key in policy_ids}
    return Corpus(policies, blocks, sentences, sources)


READING = [*FORMULA_ANCHORS, "lix", "rix", "reading_minutes"]
_LAYOUT = ["n_sections", "headed_share", "section_minutes"]


def policy_metrics(frames: Frames, *, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Every metric that a scale is laid on, one row for each policy.

    Parameters
    ----------
    frames : Frames
    columns : sequence of str, optional
        The metrics wanted; what the others need is not computed. All by default.

    Returns
    -------
    DataFrame
        In the order of the policies: policy_id (str), then float64: the readability formulas and
        reading_minutes, vague_per_hundred (false friends left out), vague_per_hundred_counted, n_sections,
        headed_share, section_minutes, one column for each item of the codebook (1 addressed, 0 silent) and one
        for each checklist ("coverage: all": the share addressed). A policy of which nothing was read is NaN.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a"], "text": ["We may keep your data for 30 days."]}))
    >>> policy_metrics(Frames(corpus), columns=["vague_per_hundred", "retention_period"]).round(2).to_dict("records")
    [{'policy_id': 'a', 'vague_per_hundred': 14.29, 'retention_period': 1.0}]
    """
    ids = frames.policies["policy_id"].tolist()
    items = frames.codebook.items["item"].tolist()
    lists = {checklist_column(name): list(members) for name, members in frames.codebook.checklists.items()}
    vague = ["vague_per_hundred", "vague_per_hundred_counted"]
    known = [*READING, *vague, *_LAYOUT, *items, *lists]
    wanted = known if columns is None else list(columns)
    if unknown := [name for name in wanted if name not in known]:
        raise ValueError(
            f"columns: no metric {', '.join(unknown[:5])}; an item or checklist must be in the codebook"
        )
    found = pd.DataFrame(index=pd.Index(ids, name="policy_id"))
    if set(wanted) & set(READING):
        found = found.join(frames.readability.set_index("policy_id")[READING])
    if set(wanted) & set(vague):
        counts = frames.vagueness.query("category == 'all'").set_index("policy_id")
        found["vague_per_hundred"] = counts["per_hundred"]
        with_friends = counts["n"] + counts["n_false_friends"]
        found["vague_per_hundred_counted"] = (
            100 * with_friends / counts["n_words"].where(counts["n_words"] > 0)
        )
    if set(wanted) & set(_LAYOUT):
        found = found.join(frames.structure.set_index("policy_id")[_LAYOUT])
    if set(wanted) & {*items, *lists}:
        cells = frames.coverage.pivot(index="policy_id", columns="item", values="addressed").reindex(ids)
        cells = cells[items].astype("float64")
        cells.loc[~cells.index.isin(frames.sentences["policy_id"])] = np.nan
        found = found.join(cells)
        found = found.join(checklist_shares(found, lists))
    return (
        found[wanted].astype("float64").rename_axis(columns=None).reset_index().astype({"policy_id": "str"})
    )


def checklist_shares(metrics: pd.DataFrame, lists: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Share of each checklist's items that are addressed: a column for each, NaN for one without items."""
    shares = {name: metrics[list(members)].mean(axis=1) for name, members in lists.items()}
    return pd.DataFrame(shares, index=metrics.index, dtype="float64")


# --- dimensions

OwnDimension = Callable[[Frames], pd.DataFrame]


def resolve(
    dimensions: Sequence[str | OwnDimension] | None,
    *,
    codebook: Codebook,
    checklists: Sequence[str] | None = None,
    formula: str = FORMULA,
) -> dict[str, tuple[Part, ...] | OwnDimension]:
    """Name of each dimension asked for -> its parts, or the researcher's own function."""
    if formula not in FORMULA_ANCHORS:
        raise ValueError(f"formula: {formula!r} is none of {', '.join(FORMULA_ANCHORS)}")
    lists = checklists_of(codebook, checklists)
    if isinstance(dimensions, str):
        raise ValueError(  # noqa: TRY004
            f"dimensions: must be a sequence of names and functions, not the text {dimensions!r}"
        )
    found: dict[str, tuple[Part, ...] | OwnDimension] = {}
    for dimension in DIMENSIONS if dimensions is None else dimensions:
        name = dimension if isinstance(dimension, str) else getattr(dimension, "__name__", "")
        if name in found or name in ("", "<lambda>", "overall"):
            raise ValueError(
                f"dimensions: {name!r} stands twice, is no name, or is taken; each needs a name of its own"
            )
        if not isinstance(dimension, str):
            found[name] = dimension
        elif name == "readability":
            low, high, why = FORMULA_ANCHORS[formula]
            unit = "score" if formula in ("flesch_reading_ease", "dale_chall_readability_score") else "grade"
            found[name] = (Part(name, formula, formula, "readability", unit, low, high, 1.0, why),)
        elif name == "coverage":
            found[name] = tuple(_share(name, checklist, len(lists)) for checklist in lists)
        elif name in PARTS:
            found[name] = PARTS[name]
        elif name.removeprefix("coverage: ") in codebook.checklists and name.startswith("coverage: "):
            found[name] = (_share(name, name.removeprefix("coverage: "), 1),)
        else:
            raise ValueError(
                f"dimensions: {name!r} is none of {', '.join(DIMENSIONS)}, 'coverage: CHECKLIST' or a function"
            )
    if not found:
        raise ValueError("dimensions: none given")
    items = {
        p.metric
        for parts in found.values()
        if not callable(parts)
        for p in parts
        if p.from_frame == "coverage"
    }
    if lacking := sorted(items - set(codebook.items["item"])):
        raise ValueError(
            f"dimensions: the codebook has no item {', '.join(lacking)}; leave out the dimensions that need it"
        )
    return found


def checklists_of(codebook: Codebook, checklists: Sequence[str] | None) -> tuple[str, ...]:
    """The checklists asked for; by default the three legal ones, or all items if the codebook has none of them."""
    if isinstance(checklists, str):
        raise ValueError(f"checklists: must be a sequence of names, not the text {checklists!r}")  # noqa: TRY004
    if checklists is None:
        return tuple(name for name in CHECKLISTS if codebook.checklists.get(name)) or ("all",)
    if not checklists or set(checklists) - set(codebook.checklists):
        unknown = ", ".join(sorted(set(checklists) - set(codebook.checklists))) or "none given"
        raise ValueError(f"checklists: {unknown}; there are {', '.join(codebook.checklists)}")
    return tuple(checklists)


def _share(dimension: str, checklist: str, n: int) -> Part:
    why = "none, all of the checklist's items are addressed"
    column = checklist_column(checklist)
    return Part(dimension, checklist, column, "coverage_scores", "share of items", 0, 1, 1 / n, why)


def scale(values: Any, anchor_0: float, anchor_1: float) -> Any:
    """Values on the way from the anchor that scores 0 to the one that scores 1, cut off at both; NaN stays.

    Examples
    --------
    >>> scale(np.array([20.0, 13.0, 6.0]), 18, 8)
    array([0. , 0.5, 1. ])
    """
    return np.clip((values - anchor_0) / (anchor_1 - anchor_0), 0, 1)


def dimension_table(
    *, codebook: Codebook | None = None, checklists: Sequence[str] | None = None, formula: str = FORMULA
) -> pd.DataFrame:
    """What each dimension is made of, from which frame, and where its scale begins and ends.

    Parameters
    ----------
    codebook : Codebook, optional
        The shipped one by default.
    checklists : sequence of str, optional
        Of which the coverage is taken; GDPR 13/14, CCPA 7011(e) and CalOPPA by default.
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
    book = load_codebook("disclosure") if codebook is None else codebook
    found = resolve(None, codebook=book, checklists=checklists, formula=formula)
    parts = [part for of_one in found.values() if not callable(of_one) for part in of_one]
    return pd.DataFrame(parts, columns=list(Part._fields)).astype(
        {name: "float64" if name.startswith(("anchor", "weight")) else "str" for name in Part._fields}
    )


_PART_COLUMNS = ["policy_id", "dimension", "part", "metric", "value", "unit", "part_score", "weight"]


def part_scores(metrics: pd.DataFrame, dimensions: Mapping[str, Any]) -> pd.DataFrame:
    """Value and score of every part of the dimensions, for metrics from `policy_metrics`.

    Returns
    -------
    DataFrame
        One row for each policy and part: policy_id, dimension, part, metric (str), value (float), unit (str),
        part_score, weight (float). A dimension's score is the sum of its part_score times weight.
    """
    frames = [
        pd.DataFrame({
            "policy_id": metrics["policy_id"].to_numpy(), "dimension": part.dimension, "part": part.part,
            "metric": part.metric, "value": metrics[part.metric].to_numpy(), "unit": part.unit,
            "part_score": scale(metrics[part.metric].to_numpy(), part.anchor_0, part.anchor_1), "weight": part.weight,
            "order": np.arange(len(metrics)),
        })
        for parts in dimensions.values() if not callable(parts) for part in parts
    ]  # fmt: skip
    if not frames:
        return pd.DataFrame(columns=_PART_COLUMNS)
    found = pd.concat(frames).sort_values("order", kind="stable", ignore_index=True)[_PART_COLUMNS]
    return found.astype({name: "str" for name in ("policy_id", "dimension", "part", "metric", "unit")})
