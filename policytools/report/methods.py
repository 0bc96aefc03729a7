"""The methods section of a paper and its references.

The sentences are in ``resources/report/methods.md.jinja``, the names of formats and options in
``methods.toml`` beside it. This module computes the numbers in them.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.metadata import version
from inspect import signature
from platform import python_version
from typing import Any

import pandas as pd

from policytools import __version__
from policytools._files import PACKAGE, template
from policytools._frames import check_choice, check_frame, check_type
from policytools._statistics import wilson
from policytools._wording import counted, escape_markdown
from policytools.coding.agreement import cohen_kappa
from policytools.coding.codebook import AnyCodebook, Codebook, codebook_of, load_codebook
from policytools.coding.rule_accuracy import COUNTS, load_rule_accuracy
from policytools.corpus.corpus import Corpus, cleaning_account
from policytools.corpus.newest import newest_policies
from policytools.measures.readability import FORMULAS, WORDS_PER_MINUTE
from policytools.measures.reading_intervals import reading_intervals
from policytools.measures.shared_text import shared_text
from policytools.measures.vagueness import LEXICON_FILE, load_hedge_lexicon
from policytools.scores.coder_accuracy import load_coder_accuracy
from policytools.scores.dimensions import Dimension, options_of, resolve
from policytools.scores.reference import population_documents
from policytools.scores.score_draws import score_draws

BIBLIOGRAPHY = PACKAGE / "resources" / "references.bib"
WORDS = tomllib.loads((PACKAGE / "resources" / "report" / "methods.toml").read_text(encoding="utf-8"))
DEFAULT_MEASURES = (
    "readability", "reading_intervals", "coverage", "keyness", "vagueness", "shared_text", "transparency",
)  # fmt: skip
MEASURES = (
    "readability", "reading_intervals", "structure", "coverage", "term_frequencies", "keyness", "dispersion",
    "collocations", "vagueness", "shared_text", "transparency", "ranking_sensitivity",
    "reference_percentiles",
)  # fmt: skip
_CELL = ["policy_id", "item"]


def methods(
    corpus: Corpus,
    *,
    codebook: AnyCodebook | None = None,
    hand_codings: pd.DataFrame | None = None,
    measures: Sequence[str] | None = None,
    formulas: Sequence[str] = ("flesch_kincaid_grade",),
    cite: str = "pandoc",
    **options: Any,
) -> str:
    """Text of a paper's methods section: what was measured in this corpus, how, and how certain it is.

    Parameters
    ----------
    corpus : Corpus
        The policies that the paper is about.
    codebook : Codebook, str or path, optional
        The codebook that was used; the shipped one by default.
    hand_codings : DataFrame, optional
        The hand codings that were passed to `coverage` or `transparency`.
    measures : sequence of str, optional
        Functions whose results the paper reports, in the order of the text. Possible are "readability",
        "reading_intervals", "structure", "coverage", "term_frequencies", "keyness", "dispersion",
        "collocations", "vagueness", "shared_text", "transparency", "ranking_sensitivity" and
        "reference_percentiles". By default readability, reading_intervals, coverage, keyness, vagueness,
        shared_text and transparency; name those you report.
    formulas : sequence of str
        Columns of `readability` that the paper reports.
    cite : {"pandoc", "latex"}
        Markdown with ``[@kincaid1975]``, or LaTeX with ``\\citep{kincaid1975}`` and its special characters
        escaped.
    **options
        What was passed to `transparency` or `score_draws`: dimensions, weights, checklists, formula, versions,
        prior, coder_accuracy, error_factor, text, weightings, concentration, confidence, draws, seed. The defaults are
        theirs.

    Returns
    -------
    str
        Paragraphs separated by a blank line: the corpus, its preparation, then one for each measure. The
        citation keys are those of `references`.

    Raises
    ------
    ValueError
        If a measure, formula, option or way to cite is unknown, or the corpus has no policies; also what
        `transparency` raises for its options.

    Notes
    -----
    The text describes what the package does by default and with the options given here. It leaves out what it
    cannot know: why these policies were chosen, which target and reference keyness had, what you changed in a
    frame.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a"], "vendor": ["A"], "text": ["We keep no data."]}))
    >>> text = methods(corpus, measures=["readability"])
    >>> print(text.split(". ")[0])
    The corpus holds 1 privacy policy of 1 vendor with 4 words in 1 sentence, 0 fragments and 0 headings
    >>> "0.39 W/S + 11.8 Y/W - 15.59 [@kincaid1975]" in text
    True
    """
    check_type("corpus", corpus, Corpus)
    _check_arguments(measures, formulas, cite, options)
    if hand_codings is not None:
        hand_codings = check_frame(hand_codings, "hand_codings", (*_CELL, "coder", "code"))
    codebook = None if codebook is None else codebook_of(codebook)
    if not len(corpus):
        raise ValueError("corpus: it holds no policy; load at least one")
    wanted = tuple(dict.fromkeys(DEFAULT_MEASURES if measures is None else measures))
    study = _Study(corpus, codebook, hand_codings, formulas, _defaults(score_draws) | options)
    numbers = {name: _NUMBERS[name](study) for name in ("corpus", "preparation", *wanted) if name in _NUMBERS}
    text = template("methods.md.jinja").render(
        numbers, measures=wanted, options=study.options, counted=counted
    )
    text = "\n\n".join(_one_line(paragraph) for paragraph in re.split(r"\n\s*\n", text.strip()))
    if cite == "latex":
        return study.insert_texts(_to_latex(text), _escape_latex)
    return study.insert_texts(text, escape_markdown)


def references(keys: str | Iterable[str] | None = None) -> str:
    """BibTeX entries of the formulas, statistics and tools that the measures use.

    Parameters
    ----------
    keys : str or iterable of str, optional
        Keys of entries; or a text, such as that of `methods`, whose citations are looked up (citations of other
        works are ignored). All entries by default.

    Returns
    -------
    str
        BibTeX, in the order of the shipped file, ``policytools/resources/references.bib``.

    Raises
    ------
    ValueError
        If a key is unknown, or the text cites no entry.

    Examples
    --------
    >>> print(references(["gunning1952"]))
    @book{gunning1952,
      author = {Gunning, Robert},
      title = {The Technique of Clear Writing},
      publisher = {McGraw-Hill},
      address = {New York},
      year = {1952},
    }
    >>> references("as in earlier work [@smith2020; @rix]")
    Traceback (most recent call last):
    ...
    ValueError: keys: no key of the bibliography is cited in 'as in earlier work [@smith2020; @rix]'
    """
    entries = _entries()
    if keys is None:
        wanted = set(entries)
    elif isinstance(keys, str):
        wanted = ({keys} | cited_keys(keys)) & set(entries)
        if not wanted:
            raise ValueError(f"keys: no key of the bibliography is cited in {keys[:80]!r}")
    else:
        wanted = set(keys)
        if unknown := sorted(wanted - set(entries)):
            raise ValueError(f"keys: not in the bibliography: {', '.join(unknown[:5])}")
    return "\n\n".join(entry for key, entry in entries.items() if key in wanted)


def cited_keys(text: str) -> set[str]:
    r"""Keys that a text cites, as in [@a; @b] or \citep{a,b}.

    Examples
    --------
    >>> sorted(cited_keys(r"As @a says [see @b, p. 3; @c] \citep[p.~3]{d, e}; write to me@x.org."))
    ['a', 'b', 'c', 'd', 'e']
    """
    found = set(re.findall(r"(?<![\w.])@([\w:-]+)", text))
    for braces in re.findall(r"\\cite\w*\*?(?:\[[^\]]*\])*\{([^}]*)\}", text):
        found |= {key.strip() for key in braces.split(",")}
    return found


@cache
def _entries() -> dict[str, str]:
    """Key -> entry; in the shipped file an entry begins with @ and ends with a } that begins a line."""
    text = BIBLIOGRAPHY.read_text(encoding="utf-8")
    return {match[1]: match[0] for match in re.finditer(r"^@\w+\{(\w+),\n(?:  .*\n)+\}$", text, re.MULTILINE)}


# --- the study


@dataclass
class _Study:
    """What `methods` was given, with the defaults of `score_draws`, and the study's own texts."""

    corpus: Corpus
    given_codebook: Codebook | None
    hand: pd.DataFrame | None
    formulas: Sequence[str]
    options: dict[str, Any]
    texts: list[str] = field(default_factory=list)

    @cached_property
    def codebook(self) -> Codebook:
        return load_codebook("disclosure") if self.given_codebook is None else self.given_codebook

    @property
    def has_shipped_rules(self) -> bool:
        rules = [
            (book.rules, book.announcements, [phrase.expression for phrase in book.phrases])
            for book in (self.codebook, *map(load_codebook, ("disclosure", "printing")))
        ]
        return rules[0] in rules[1:]

    @property
    def n_cells(self) -> int:
        return len(self.corpus) * len(self.codebook.items)

    @property
    def n_read(self) -> int:
        """Cells that were coded by hand."""
        return 0 if self.hand is None else len(self.hand[_CELL].drop_duplicates())

    def own(self, text: object) -> str:
        """A placeholder for a text of the study (a title, a date); `insert_texts` replaces it."""
        self.texts.append(str(text))
        return f"\0{len(self.texts) - 1}\0"

    def insert_texts(self, text: str, escape: Callable[[str], str]) -> str:
        """Replace the placeholders last, so that the conversion to LaTeX does not touch the study's texts."""
        return re.sub("\0(\\d+)\0", lambda place: escape(self.texts[int(place[1])]), text)


def _check_arguments(
    measures: Sequence[str] | None, formulas: Sequence[str], cite: str, options: Mapping[str, Any]
) -> None:
    check_choice("cite", cite, ("pandoc", "latex"))
    allowed = (("measures", measures, MEASURES), ("formulas", formulas, FORMULAS))
    for argument, given, known in allowed:
        if given is not None and (isinstance(given, str) or not given or set(given) - set(known)):
            raise ValueError(f"{argument}: must be a sequence of {', '.join(known)}, not {given!r}")
    known = _defaults(score_draws)
    if unknown := sorted(set(options) - set(known)):
        raise ValueError(f"{', '.join(unknown)}: not an option of transparency; there are {', '.join(known)}")


def _defaults(function: Callable[..., object]) -> dict[str, Any]:
    """Option -> default, without the arguments that `methods` has itself."""
    own = ("corpus", "codebook", "hand_codings")
    options = signature(function).parameters.values()
    return {option.name: option.default for option in options if option.name not in own}


# --- the numbers of each paragraph, by the names that the template uses


def _corpus(study: _Study) -> dict[str, Any]:
    policies, units = study.corpus.policies, study.corpus.sentences
    kinds = units["kind"].value_counts()
    return {
        "n_policies": len(policies),
        "n_vendors": policies["vendor"].nunique(),
        "n_words": int(units["n_words"].sum()),
        "n_units": {kind: kinds.get(kind, 0) for kind in ("sentence", "fragment", "heading")},
        "formats": _counts(study, "format", WORDS["formats"]),
        "languages": _counts(study, "language", WORDS["languages"]),
        "captured": _dates(study, "captured_on"),
        "effective": _dates(study, "effective_on"),
        "n_foreign": int((~policies["language"].isin(["en", ""])).sum()),
        "left_out": _left_out(study.corpus),
    }


def _counts(study: _Study, column: str, words: Mapping[str, str]) -> dict[str, int]:
    counts = study.corpus.policies[column].value_counts()
    return {words.get(str(value)) or study.own(value): n for value, n in counts.items()}


def _dates(study: _Study, column: str) -> dict[str, Any]:
    dates = study.corpus.policies[column]
    known = dates[dates != ""]
    if known.empty:
        return {"n": 0}
    first, last = known.min(), known.max()
    return {
        "n": len(known), "of": len(dates), "same": first == last, "to_the_day": len(first) == 10,
        "first": study.own(first), "last": study.own(last),
    }  # fmt: skip


def _left_out(corpus: Corpus) -> dict[str, Any] | None:
    """Shares of the files' words that cleaning left out, by reason."""
    account = cleaning_account(corpus)
    n_words = account.groupby("reason")["n_words"].sum()
    left_out = n_words.drop("", errors="ignore").sort_values(ascending=False, kind="stable")
    if not left_out.sum():
        return None
    shares = left_out / n_words.sum()
    kept = account[account["reason"] == ""].set_index("policy_id")["share"]
    most = 1 - kept.reindex(corpus.policies["policy_id"]).fillna(0).min()
    reasons = [f"{reason} {share:.1%}" for reason, share in shares.items() if share >= 0.0005]
    return {"share": f"{shares.sum():.1%}", "reasons": reasons, "most": f"{most:.1%}"}


def _preparation(_: _Study) -> dict[str, Any]:
    tools = [f"{name} {version(name)} [@{key}]" for name, key in WORDS["tools"].items()]
    return {"version": __version__, "python": python_version(), "tools": tools}


def _readability(study: _Study) -> dict[str, Any]:
    formulas = [FORMULAS[name] for name in study.formulas]
    used = set(re.findall(r"\b[A-Z]\b", " ".join(each.expression for each in formulas)))
    return {
        "formulas": formulas,
        "symbols": [f"{symbol} {text}" for symbol, text in WORDS["symbols"].items() if symbol in used],
        "counts_sentences": set(study.formulas) != {"reading_minutes"},
        "counts_syllables": bool(used & set("YPX")),
        "counts_familiar": bool(used & set("XD")),
    }


def _coverage(study: _Study) -> dict[str, Any]:
    book = study.codebook
    return {
        "title": study.own(book.title), "version": study.own(book.version), "n_items": len(book.items),
        "n_rules": len(book.rules), "n_cells": study.n_cells, "accuracy": _accuracy(study),
        "readings": _readings(study),
    }  # fmt: skip


def _accuracy(study: _Study) -> list[dict[str, Any]]:
    """Precision and recall of the rules, by who read; none if they were not measured for this codebook."""
    own = study.options["coder_accuracy"]
    own = None if own is None else own[own["coder_kind"] == "rules"]
    if own is not None:
        return [_rates(own, "own")]
    if not study.has_shipped_rules:
        return []
    return [
        _rates(counts[counts["item"].isin(study.codebook.items["item"])], kind)
        for name, kind in (("held out", "model"), ("people", "person"))
        for counts in [load_rule_accuracy(measured_on=name)]
    ]


def _rates(counts: pd.DataFrame, reader: str) -> dict[str, Any]:
    kinds = ("true_positive", "false_positive", "false_negative", "true_negative")
    hit, extra, missed, silent = (int(counts[kind].sum()) for kind in kinds)
    return {
        "reader": reader, "n_policies": counts["n_policies"].max(), "n_items": len(counts),
        "n": hit + extra + missed + silent, "precision": _rate(hit, hit + extra), "recall": _rate(hit, hit + missed),
    }  # fmt: skip


def _rate(n: int, of: int) -> str:
    if not of:
        return ""
    low, high = wilson(n, of)
    return f"{n / of:.2f} ({n} of {of}; {low:.2f} to {high:.2f})"


def _readings(study: _Study) -> dict[str, Any] | None:
    """Hand codings: how many cells, by whom, and how two coders agree."""
    hand = study.hand
    if hand is None or hand.empty:
        return None
    kinds = set(hand.get("coder_kind", ()))
    readers = [words for kind, words in WORDS["coders"].items() if kind in kinds]
    return {"n": study.n_read, "readers": readers, "by_model": "model" in kinds, "twice": _agreement(hand)}


def _agreement(hand: pd.DataFrame) -> dict[str, Any] | None:
    single = hand[hand["coder"] != "agreed"]
    if single["coder"].nunique() != 2:
        return None
    codes = single.pivot(index=_CELL, columns="coder", values="code").dropna()
    if codes.empty:
        return None
    kappa = cohen_kappa(single, unit=_CELL, coder="coder", value="code")
    return {
        "n": len(codes),
        "same": f"{(codes.iloc[:, 0] == codes.iloc[:, 1]).mean():.1%}",
        "kappa": f"{kappa:.2f}",
    }


def _vagueness(_: _Study) -> dict[str, int]:
    lexicon = load_hedge_lexicon(LEXICON_FILE)
    categories = lexicon.categories
    return {
        "n_terms": len(categories), "n_categories": len(set(categories.values())),
        "n_false_friends": len(lexicon.false_friends),
    }  # fmt: skip


def _transparency(study: _Study) -> dict[str, Any]:
    options, book = study.options, study.codebook
    formula = options["formula"]
    dimensions = resolve(
        options["dimensions"], codebook=book, checklists=options["checklists"], formula=formula
    )
    parts = {name: made for name, made in dimensions.items() if isinstance(made, Dimension)}
    choices = [WORDS["choices"][choice] for made in parts.values() for choice in options_of(made, book)]
    anchors = None
    if "readability" in parts:
        ends = (parts["readability"].anchor_0, parts["readability"].anchor_1)
        anchors = {"label": FORMULAS[formula].label, "low": f"{ends[0]:.3g}", "high": f"{ends[1]:.3g}"}
    n_newest = len(newest_policies(study.corpus)) if options["versions"] == "newest" else len(study.corpus)
    coded = any(part.from_frame == "coverage" for part in parts.values())
    return {
        "dimensions": [study.own(name) for name in dimensions],
        "formula": anchors,
        "n_newest": n_newest if n_newest < len(study.corpus) else 0,
        "coders": _coders(study) if coded else [],
        "exact": options["text"] == "exact" and any(name in parts for name in ("readability", "vagueness")),
        "own_weights": options["weights"] is not None,
        "table": options["weightings"] is not None,
        "choices": list(dict.fromkeys(choices)),
    }


def _coders(study: _Study) -> list[str]:
    """The errors, over all items, of each kind of coder whose codes are scored."""
    counts = study.options["coder_accuracy"]
    counts = load_coder_accuracy() if counts is None else counts
    kinds = {"rules"} if study.n_read < study.n_cells else set()
    if study.hand is not None and study.n_read:
        kinds |= set(study.hand["coder_kind"]) if "coder_kind" in study.hand else {"person"}
    found = []
    for kind, rows in counts[counts["coder_kind"].isin(kinds)].groupby("coder_kind"):
        n = rows[COUNTS].sum()
        missed = n["false_negative"] / max(n["false_negative"] + n["true_positive"], 1)
        invented = n["false_positive"] / max(n["false_positive"] + n["true_negative"], 1)
        wording = WORDS["errors"].get(kind, str(kind) + ": {missed} missed, {invented} invented")
        found.append(wording.format(missed=f"{missed:.1%}", invented=f"{invented:.1%}"))
    return found


_NUMBERS: dict[str, Callable[[_Study], dict[str, Any]]] = {
    "corpus": _corpus,
    "preparation": _preparation,
    "readability": _readability,
    "reading_intervals": lambda _: _defaults(reading_intervals),
    "structure": lambda _: {"words_per_minute": WORDS_PER_MINUTE},
    "coverage": _coverage,
    "vagueness": _vagueness,
    "shared_text": lambda _: _defaults(shared_text),
    "transparency": _transparency,
    "reference_percentiles": lambda _: {"n": len(population_documents())},
}


# --- Markdown and LaTeX


def _one_line(paragraph: str) -> str:
    return re.sub(r" ([,;.])", r"\1", " ".join(paragraph.split()))


_LATEX = str.maketrans(
    {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {sign: f"\\{sign}" for sign in "&%$#_{}"}
)


def _escape_latex(text: str) -> str:
    return text.translate(_LATEX)


def _to_latex(text: str) -> str:
    """The Markdown of the template, which has citations and straight quotes as its only marks, as LaTeX."""
    pieces = re.split(r" \[(@[^\]]+)\]", text)  # text and citations in turn
    pieces[::2] = [re.sub(r'"([^"]*)"', r"``\1''", _escape_latex(piece)) for piece in pieces[::2]]
    pieces[1::2] = [f"~\\citep{{{keys.replace('@', '').replace('; ', ',')}}}" for keys in pieces[1::2]]
    return "".join(pieces)
