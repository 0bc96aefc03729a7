"""What a paper has to say of a study: its methods in words, with the numbers of the corpus, and their references."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, cached_property
from importlib.metadata import version
from inspect import signature
from platform import python_version
from typing import Any

import pandas as pd

from policytools import __version__
from policytools._files import PACKAGE
from policytools._statistics import wilson
from policytools.coding.agreement import cohen_kappa
from policytools.coding.codebook import Codebook, load_codebook
from policytools.coding.rule_accuracy import load_rule_accuracy
from policytools.corpus.corpus import Corpus, cleaning_account
from policytools.measures.readability import WORDS_PER_MINUTE, reading_intervals
from policytools.measures.shared_text import shared_text
from policytools.measures.vagueness import LEXICON_FILE, load_hedge_lexicon
from policytools.scores.dimensions import checklists_of, newest_policies, resolve
from policytools.scores.population import population_documents
from policytools.scores.score_draws import score_draws
from policytools.scores.uncertainty import hand_error_draws, options_of

BIBLIOGRAPHY = PACKAGE / "resources" / "references.bib"

# Formula -> what it is called, how it is computed (symbols as in `readability`), where it was published.
FORMULA_TEXTS: dict[str, tuple[str, str, str]] = {
    "flesch_reading_ease": ("Flesch reading ease", "206.835 - 1.015 W/S - 84.6 Y/W", "@flesch1948"),
    "flesch_kincaid_grade": ("Flesch-Kincaid grade", "0.39 W/S + 11.8 Y/W - 15.59", "@kincaid1975"),
    "smog_index": ("SMOG index", "1.043 sqrt(30 P/S) + 3.1291", "@mclaughlin1969"),
    "gunning_fog": ("Gunning fog index", "0.4 (W/S + 100 X/W)", "@gunning1952"),
    "coleman_liau_index": ("Coleman-Liau index", "5.88 L/W - 29.6 S/W - 15.8", "@coleman1975"),
    "automated_readability_index": (
        "automated readability index", "4.71 C/W + 0.5 W/S - 21.43", "@smith1967",
    ),
    "dale_chall_readability_score": (
        "Dale-Chall score", "15.79 D/W + 0.0496 W/S, plus 3.6365 where D/W is above 0.05",
        "@dale1948; @dale1948instructions",
    ),
    "lix": ("Lix", "W/S + 100 G/W", "@bjornsson1968"),
    "rix": ("Rix", "G/S", "@anderson1983"),
    "reading_minutes": ("reading time in minutes", f"R/{WORDS_PER_MINUTE}", "@brysbaert2019"),
}  # fmt: skip
SYMBOLS = {
    "S": "sentences", "W": "words", "Y": "syllables", "P": "words of three or more syllables",
    "X": "words of three or more syllables that are not on the Dale-Chall list", "L": "letters and digits",
    "C": "characters without blanks", "D": "words that are not familiar in the sense of Dale and Chall",
    "G": "words of more than six letters", "R": "words, those of headings and fragments included",
}  # fmt: skip
_CHOICES = {
    "formula": "the readability formula", "segmentation": "what counts as a sentence",
    "hedges": "which vague terms count", "headings": "what is a heading", "checklist": "the checklist",
}  # fmt: skip
_FORMATS = {
    "text": "plain text",
    "markdown": "Markdown",
    "html": "HTML",
    "pdf": "PDF",
    "": "an unstated format",
}
_LANGUAGES = {"en": "English", "": "an undetermined language"}
_KINDS = {"person": "a person", "model": "a language model (no person)"}
_TOOLS = {
    "nupunkt": "@bommarito2025", "textstat": "@textstat", "nltk": "@bird2009", "numpy": "@harris2020",
    "pandas": "@mckinney2010",
}  # fmt: skip


def methods(
    corpus: Corpus,
    *,
    codebook: Codebook | None = None,
    hand_codings: pd.DataFrame | None = None,
    measures: Sequence[str] | None = None,
    formulas: Sequence[str] = ("flesch_kincaid_grade",),
    cite: str = "pandoc",
    **options: Any,
) -> str:
    """The methods section of a paper: what was measured of this corpus, how, with what, and how sure that is.

    Parameters
    ----------
    corpus : Corpus
        The policies that the paper speaks of.
    codebook : Codebook, optional
        The one that was used; the shipped one by default.
    hand_codings : DataFrame, optional
        The codes given by reading, as they were passed to `coverage` or `transparency`.
    measures : sequence of str, optional
        Functions whose results the paper reports, in the order of the text: of "readability",
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
        rule_accuracy, hand_error, concentration, confidence, draws, seed. The defaults are theirs.

    Returns
    -------
    str
        Paragraphs parted by a blank line: the corpus, its preparation, then one for each subject. The keys are
        those of `references`.

    Raises
    ------
    ValueError
        An unknown measure, formula, option or way to cite; a corpus without policies; and what `transparency`
        raises for options that do not fit.

    Notes
    -----
    The text says what the package does by default and with the options given here. What it cannot know it does not
    say: why these policies were chosen, which target and reference a keyness had, what you changed in a frame.

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
    if cite not in ("pandoc", "latex"):
        raise ValueError(f"cite: must be 'pandoc' or 'latex', not {cite!r}")
    wanted = DEFAULT_MEASURES if measures is None else measures
    if isinstance(wanted, str) or not wanted or set(wanted) - set(_PARAGRAPHS):
        raise ValueError(f"measures: must be a sequence of {', '.join(_PARAGRAPHS)}, not {measures!r}")
    if isinstance(formulas, str) or not formulas or set(formulas) - set(FORMULA_TEXTS):
        raise ValueError(f"formulas: must be a sequence of {', '.join(FORMULA_TEXTS)}, not {formulas!r}")
    known = [name for name in signature(score_draws).parameters if name not in _OWN]
    if unknown := sorted(set(options) - set(known)):
        raise ValueError(f"{', '.join(unknown)}: not an option of transparency; there are {', '.join(known)}")
    if not len(corpus):
        raise ValueError("corpus: holds no policy")
    study = _Study(corpus, codebook, hand_codings, tuple(formulas), options)
    paragraphs = [
        _corpus(study),
        _preparation(study),
        *(_PARAGRAPHS[name](study) for name in dict.fromkeys(wanted)),
    ]
    text = "\n\n".join(paragraphs)
    return study.fill(_to_latex(text) if cite == "latex" else text, _latex if cite == "latex" else _markdown)


def references(keys: str | Iterable[str] | None = None) -> str:
    """BibTeX entries of the formulas, statistics and tools that the measures rest on.

    Parameters
    ----------
    keys : str or iterable of str, optional
        Keys of entries; or a text, such as that of `methods`, whose citations are looked up (those that it has from
        elsewhere are passed over). All entries by default.

    Returns
    -------
    str
        BibTeX, in the order of the shipped file, ``policytools/resources/references.bib``.

    Raises
    ------
    ValueError
        A key that is not there; a text that cites none of them.

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
    """Key -> entry; in the shipped file each begins with @ and ends with } at the beginning of a line."""
    text = BIBLIOGRAPHY.read_text(encoding="utf-8")
    return {match[1]: match[0] for match in re.finditer(r"^@\w+\{(\w+),\n(?:  .*\n)+\}$", text, re.MULTILINE)}


# --- what is known of a study


class _Study:
    """The corpus, the options as `score_draws` would take them, and texts of the study's own, to be escaped last."""

    def __init__(
        self,
        corpus: Corpus,
        codebook: Codebook | None,
        hand_codings: pd.DataFrame | None,
        formulas: tuple[str, ...],
        options: dict[str, Any],
    ) -> None:
        self.corpus, self.given_codebook, self.hand = corpus, codebook, hand_codings
        self.formulas = formulas
        defaults = {
            name: one.default for name, one in signature(score_draws).parameters.items() if name not in _OWN
        }
        self.options = {**defaults, **options}
        self._own: list[str] = []

    @cached_property
    def codebook(self) -> Codebook:
        return load_codebook("disclosure") if self.given_codebook is None else self.given_codebook

    @cached_property
    def has_shipped_rules(self) -> bool:
        if self.given_codebook is None:
            return True
        shipped = load_codebook("disclosure")
        own = self.given_codebook
        return (own.rules, own.phrases, own.announcements) == (
            shipped.rules,
            shipped.phrases,
            shipped.announcements,
        )

    def own(self, text: str) -> str:
        """A mark that stands for a text of the study until `fill` puts it in, escaped."""
        self._own.append(text)
        return f"\0{len(self._own) - 1}\0"

    def fill(self, text: str, escape: Callable[[str], str]) -> str:
        return re.sub("\0(\\d+)\0", lambda mark: escape(self._own[int(mark[1])]), text)


_OWN = ("corpus", "codebook", "hand_codings")


def _corpus(study: _Study) -> str:
    policies, units = study.corpus.policies, study.corpus.sentences
    kinds = units["kind"].value_counts()
    n_vendors = policies["vendor"].nunique()
    text = (
        f"The corpus holds {_n(len(policies), 'privacy policy', 'privacy policies')} of {_n(n_vendors, 'vendor')} with "
        f"{_n(int(units['n_words'].sum()), 'word')} in {_n(kinds.get('sentence', 0), 'sentence')}, "
        f"{_n(kinds.get('fragment', 0), 'fragment')} and {_n(kinds.get('heading', 0), 'heading')}. "
        f"The files are {_shares(policies['format'], _FORMATS)}; the language is {_shares(policies['language'], _LANGUAGES)}. "
        f"{_dates(policies['captured_on'], 'They were captured', 'When they were captured')} "
        f"{_dates(policies['effective_on'], 'By their own words they took effect', 'When they took effect')}"
    )
    if foreign := int((~policies["language"].isin(["en", ""])).sum()):
        text += f" All measures are made for English; {_n(foreign, 'policy', 'policies')} in another language should be left out."
    account = cleaning_account(study.corpus)
    n_words = account.groupby("reason")["n_words"].sum()
    left_out = n_words.drop("", errors="ignore").sort_values(ascending=False, kind="stable")
    if left_out.sum():
        worst = 1 - account[account["reason"] == ""].set_index("policy_id")["share"].reindex(
            policies["policy_id"]
        ).fillna(0)
        share = left_out / n_words.sum()
        why = ", ".join(f"{reason} {part:.1%}" for reason, part in share.items() if part >= 0.0005)
        text += (
            f" Cleaning marked {share.sum():.1%} of the words of the files as not part of a policy"
            f"{f' ({why})' if why else ''} and left them out of all counts, at most {worst.max():.1%} of one file."
        )
    else:
        text += " Cleaning left no words out."
    return text


def _preparation(study: _Study) -> str:
    tools = [f"{name} {version(name)} [{key}]" for name, key in _TOOLS.items()]
    return (
        f"Texts were read and measured with policytools {__version__} [@policytools] under Python "
        f"{python_version()}, with {', '.join(tools[:-1])} and {tools[-1]}. Text was split first at the blocks of the "
        "file (headings, paragraphs, list items, table rows) and within each block by nupunkt, a Punkt model [@kiss2006] "
        "for legal English [@bommarito2025]. A unit with a main clause counts as a sentence, one without as a fragment. "
        "Numbers, e-mail addresses and URLs do not count as words."
    )


# --- one paragraph for each measure


def _readability(study: _Study) -> str:
    texts = [FORMULA_TEXTS[name] for name in study.formulas]
    used = [
        symbol for symbol in SYMBOLS if any(re.search(rf"\b{symbol}\b", formula) for _, formula, _ in texts)
    ]
    symbols = ", ".join(f"{symbol} {SYMBOLS[symbol]}" for symbol in used)
    listed = "; ".join(f"{name}, {formula} [{keys}]" for name, formula, keys in texts)
    text = f"Readability: {listed}, with {symbols}. "
    if set(study.formulas) - {"reading_minutes"}:
        text += (
            "Counts are taken over a policy's sentences; headings and fragments have no sentence structure to measure and "
            "are left out. "
        )
    if {"Y", "P", "X"} & set(used):
        text += (
            "Syllables are those of the CMU Pronouncing Dictionary [@cmudict] or, for words it does not hold, of "
            "hyphenation by textstat [@textstat]. "
        )
    if {"X", "D"} & set(used):
        text += "The Dale-Chall list is textstat's [@textstat]. "
    if len(study.formulas) > 2:
        text += "The formulas rest on the same counts and are one measurement, not several [@fabian2017]. "
    return text.strip()


def _reading_intervals(study: _Study) -> str:
    stated = {name: one.default for name, one in signature(reading_intervals).parameters.items()}
    return (
        f"Intervals of readability hold the middle {stated['confidence']:.0%} of {stated['draws']:,} bootstrap samples, in "
        f"which the sentences of each section were drawn anew with replacement (seed {stated['seed']}) [@efron1993]. They "
        "cover the sentences that happen to stand in a policy, neither the formula nor the segmentation."
    )


def _structure(study: _Study) -> str:
    return (
        "Layout was measured as the share of the words that stand under a heading, and as the length of the section in which "
        f"the median word stands, in minutes of reading at {WORDS_PER_MINUTE} words a minute [@brysbaert2019]."
    )


def _coverage(study: _Study) -> str:
    book = study.codebook
    n_cells = len(study.corpus) * len(book.items)
    text = (
        f'Disclosure was coded with the codebook "{study.own(book.title)}", version {study.own(book.version)}, of '
        f"{_n(len(book.items), 'item')} and {_n(len(book.rules), 'matching rule')}. An item counts as addressed where at "
        "least one sentence, list item or table row of the policy makes a statement on it, a denial included; this says "
        "what readers are told, not whether the practice is good or lawful. "
    )
    return text + _accuracy(study) + " " + _by_hand(study, n_cells)


def _accuracy(study: _Study) -> str:
    table = study.options["rule_accuracy"]
    if table is None and not study.has_shipped_rules:
        return "How often the rules of this codebook are right was not measured."
    counts = load_rule_accuracy() if table is None else table
    hit, extra, lacking, silent = (
        int(counts[name].sum())
        for name in ("true_positive", "false_positive", "false_negative", "true_negative")
    )
    against = (
        "codes of the authors' own"
        if table is not None
        else f"a language model's reading of {counts['n_policies'].max()} whole policies of online services that no rule "
        "writer had seen (no person coded)"
    )
    return (
        f"Against {against}, the rules have {_rate('precision', hit, hit + extra)} and {_rate('recall', hit, hit + lacking)} "
        f"in {_n(hit + extra + lacking + silent, 'decision')} (95% Wilson intervals, decisions taken as independent "
        "[@wilson1927])."
    )


def _rate(name: str, n: int, of: int) -> str:
    if not of:
        return f"an undefined {name}"
    low, high = wilson(n, of, 0.95)
    return f"{name} {n / of:.2f} ({n} of {of}; {low:.2f} to {high:.2f})"


def _by_hand(study: _Study, n_cells: int) -> str:
    hand = study.hand
    if hand is None or hand.empty:
        return f"All {_n(n_cells, 'decision')} of this study are the rules'."
    n_read = len(hand[["policy_id", "item"]].drop_duplicates())
    kinds = set(hand.get("coder_kind", ()))
    who = " and ".join(_KINDS[kind] for kind in _KINDS if kind in kinds) or "readers whose kind is not stated"
    text = (
        f"Of the {_n(n_cells, 'decision')} of this study {n_read:,} rest on a reading of the whole text by {who}, which "
        "overrules the rules."
    )
    single = hand[hand["coder"] != "agreed"]
    if single["coder"].nunique() == 2:
        wide = single.pivot(index=["policy_id", "item"], columns="coder", values="code").dropna()
        if len(wide):
            same = (wide.iloc[:, 0] == wide.iloc[:, 1]).mean()
            kappa = cohen_kappa(single, unit=["policy_id", "item"], coder="coder", value="code")
            text += f" Two readings agree in {same:.1%} of {len(wide):,} decisions (Cohen's kappa {kappa:.2f} [@cohen1960])."
    if "model" in kinds:
        text += " How a language model's readings agree says how consistent it is, not how a person would have coded."
    return text


def _term_frequencies(study: _Study) -> str:
    return (
        "Terms are lower-cased words; tf-idf is n/W ln(N/df), for a term with n occurrences among the W words of a policy "
        "and found in df of N policies [@sparckjones1972]. Stop words are left out as terms but counted among the words."
    )


def _keyness(study: _Study) -> str:
    return (
        "Terms that set one policy apart from others were ranked by the log-likelihood ratio over the four cells of the "
        "contingency table [@dunning1993; @rayson2000], with the log ratio as the size of the difference [@hardie2014], and "
        "p-values adjusted for the number of terms [@benjamini1995]. The p-values take words for independent, which they "
        "are not, and serve as a ranking."
    )


def _dispersion(study: _Study) -> str:
    return "How evenly a term is spread over a policy is its deviation of proportions [@gries2008; @lijffijt2012]."


def _collocations(study: _Study) -> str:
    return (
        "Collocations are pairs of neighbouring words, by log-likelihood [@dunning1993], pointwise mutual information "
        "[@church1990] and t-score [@manning1999]."
    )


def _vagueness(study: _Study) -> str:
    lexicon = load_hedge_lexicon(LEXICON_FILE)
    return (
        f"Vague wording was counted as terms in a hundred words by the list of Reidenberg et al. [@reidenberg2016; "
        f"@bhatia2016], {_n(len(lexicon.categories), 'term')} in {_n(len(set(lexicon.categories.values())), 'category', 'categories')}. "
        'Wordings in which a term of the list leaves nothing open ("the month of May", "you can delete") were told apart by '
        f"{_n(len(lexicon.false_friends), 'pattern')} of policytools' own. A vague term need not leave a reader in doubt: some "
        "are clarified elsewhere in the policy [@lian2023]."
    )


def _shared_text(study: _Study) -> str:
    n = signature(shared_text).parameters["n"].default
    return (
        f"Shared text is the share of a policy's distinct sequences of {n} words that stand in another policy too (containment) "
        "[@broder1997]; case, punctuation, numbers and addresses are disregarded."
    )


def _transparency(study: _Study) -> str:
    options = study.options
    parts = resolve(
        options["dimensions"],
        codebook=study.codebook,
        checklists=options["checklists"],
        formula=options["formula"],
    )
    checklists = checklists_of(study.codebook, options["checklists"])
    text = f"Transparency was scored on {_n(len(parts), 'dimension')} ({', '.join(map(study.own, parts))}), each "
    text += "from 0 to 1 between fixed anchors, so that no score depends on the other policies"
    if "readability" in parts:
        low, high = parts["readability"][0].anchor_0, parts["readability"][0].anchor_1  # type: ignore[index]
        text += f"; readability by the {FORMULA_TEXTS[options['formula']][0]} ({low:g} scores 0, {high:g} scores 1)"
    if "coverage" in parts:
        text += f"; coverage is the mean share of addressed items of {', '.join(map(study.own, checklists))}"
    text += ". "
    if options["versions"] == "newest":
        n = len(newest_policies(study.corpus))
        if n < len(study.corpus):
            text += f"Of each vendor the newest policy was compared ({_n(n, 'policy', 'policies')}). "
    text += (
        f"Intervals hold the middle {options['confidence']:.0%} of {options['draws']:,} draws (seed {options['seed']}). "
        "Drawn anew were the units of text within each section, by a rescaled bootstrap [@rao1988]"
    )
    if any(
        not callable(made) and any(p.from_frame.startswith("coverage") for p in made)
        for made in parts.values()
    ):
        text += f", and the codes: {'; '.join(_coding_errors(study))}"
    text += ". "
    if len(parts) > 1:
        weights = "equal weights" if options["weights"] is None else "stated weights"
        varied = [
            _CHOICES[choice]
            for name, made in parts.items()
            if not callable(made)
            for choice in options_of(name, made, formula=options["formula"], checklists=checklists)
        ]
        varied = [*dict.fromkeys(varied), "an arithmetic or a geometric mean"]
        text += (
            f"The overall score is the mean with {weights}; its interval holds the choices too: weights drawn from a "
            f"Dirichlet distribution with the stated ones as its mean (concentration {options['concentration']:g}), "
            f"{', '.join(varied)} [@nardo2008]. "
        )
    return text + "Two policies are tied where the interval of the difference of their draws holds 0."


def _coding_errors(study: _Study) -> list[str]:
    hand, stated = study.hand, study.options["hand_error"]
    n_read = 0 if hand is None else len(hand[["policy_id", "item"]].drop_duplicates())
    found = []
    if n_read < len(study.corpus) * len(study.codebook.items):
        found.append("the rules err at the rates measured for each item, shrunk to the rate over all items")
    if hand is None or not n_read:
        return found
    if stated is not None:
        found.append(
            f"a code given by reading is wrong with a chance of {stated:.1%}, which is assumed, not measured"
        )
    elif hand_error_draws(hand, None, 1, 0).any():
        found.append("a code given by reading is wrong with half the chance that two readings differ")
    else:
        found.append("codes given by reading are taken as they stand")
    return found


def _ranking_sensitivity(study: _Study) -> str:
    return (
        "Which choice and which error moves the ranking is told by Sobol indices of the mean shift of the ranks, first order "
        "[@saltelli2010] and total [@jansen1999], estimated from the same draws."
    )


def _reference_percentiles(study: _Study) -> str:
    n = len(population_documents())
    return (
        f"Percentiles refer to {n} contemporary English policies of online services, most of them large, that volunteers of "
        "the Open Terms Archive follow [@openterms]; they are no random sample of policies."
    )


DEFAULT_MEASURES = (
    "readability", "reading_intervals", "coverage", "keyness", "vagueness", "shared_text", "transparency",
)  # fmt: skip
_PARAGRAPHS: dict[str, Callable[[_Study], str]] = {
    "readability": _readability,
    "reading_intervals": _reading_intervals,
    "structure": _structure,
    "coverage": _coverage,
    "term_frequencies": _term_frequencies,
    "keyness": _keyness,
    "dispersion": _dispersion,
    "collocations": _collocations,
    "vagueness": _vagueness,
    "shared_text": _shared_text,
    "transparency": _transparency,
    "ranking_sensitivity": _ranking_sensitivity,
    "reference_percentiles": _reference_percentiles,
}


# --- words


def _n(n: int, one: str, several: str = "") -> str:
    return f"{n:,} {one if n == 1 else several or one + 's'}"


def _shares(values: pd.Series, words: dict[str, str]) -> str:
    counts = values.value_counts(sort=True)
    names = {value: words.get(str(value), str(value)) for value in counts.index}
    return ", ".join(
        names[value] if len(counts) == 1 else f"{names[value]} ({n:,})" for value, n in counts.items()
    )


def _dates(dates: pd.Series, said: str, asked: str) -> str:
    known = dates[dates != ""]
    if known.empty:
        return f"{asked} is not known."
    first, last = known.min(), known.max()
    span = f"on {first}" if first == last and len(first) == 10 else f"in {first}"
    span = span if first == last else f"between {first} and {last}"
    rest = (
        ""
        if len(known) == len(dates)
        else f" ({len(known)} of {len(dates)}; of the others this is not known)"
    )
    return f"{said} {span}{rest}."


_LATEX = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}  # fmt: skip


def _latex(text: str) -> str:
    return "".join(_LATEX.get(sign, sign) for sign in text)


def _markdown(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>@])", r"\\\1", text)


def _to_latex(text: str) -> str:
    r"""The Markdown of this module, which has no marks but citations and straight quotes, as LaTeX."""

    def citation(match: re.Match[str]) -> str:
        return "~\\citep{" + match[1].replace("@", "").replace("; ", ",") + "}"

    parts = re.split(r"( \[@[^\]]+\])", text)
    plain = [re.sub(r'"([^"]*)"', r"``\1''", _latex(part)) for part in parts[::2]]
    cited = [re.sub(r" \[([^\]]+)\]", citation, part) for part in parts[1::2]]
    return "".join(piece for pair in zip(plain, [*cited, ""], strict=True) for piece in pair)
