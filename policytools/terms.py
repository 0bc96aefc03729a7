"""What the words say: term frequencies, tf-idf, keyness, dispersion, collocations, words in context.

Terms are made of the words of `policytools.tokens`, lower-cased. Numbers, e-mail addresses and URLs are
left out, or stand in as ``<number>``, ``<email>``, ``<url>`` (``placeholders=True``). An n-gram is n words that
follow each other in one sentence: it crosses a comma, never the end of a sentence, an excluded name, or a
number, address or URL that is left out. All kinds of units count (sentence, fragment, heading) unless
``kinds=`` says otherwise.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from functools import cache
from itertools import chain, pairwise

import numpy as np
import pandas as pd

from policytools.concordance import format_kwic, kwic
from policytools.tokens import (
    Run,
    count_tokens,
    fold,
    in_reading_order,
    load_stop_words,
    repeated,
    typed_frame,
    word_runs,
)

_Document = tuple[str, Hashable]  # policy_id; section, or number of the part

__all__ = ["collocations", "dispersion", "format_kwic", "keyness", "kwic", "term_frequencies"]

_LOW_EXPECTED = 5  # Cochran 1954

_TERMS = {
    "policy_id": "str", "term": "str", "n": "int64", "n_words": "int64", "per_thousand": "float64",
    "tf_idf": "float64", "tf": "float64", "idf": "float64", "document_frequency": "int64",
    "n_documents": "int64", "section": "str",
}  # fmt: skip
_KEYNESS = {
    "term": "str", "n_target": "int64", "n_reference": "int64", "per_thousand_target": "float64",
    "per_thousand_reference": "float64", "log_likelihood": "float64", "p_value": "float64", "log_ratio": "float64",
    "log_odds_z": "float64", "p_adjusted": "float64", "low_count": "bool", "n_words_target": "int64",
    "n_words_reference": "int64",
}  # fmt: skip
_DISPERSION = {
    "policy_id": "str", "term": "str", "n": "int64", "n_words": "int64", "n_parts": "int64", "n_parts_with": "int64",
    "dp": "float64", "dp_norm": "float64",
}  # fmt: skip
_COLLOCATIONS = {
    "term": "str", "n": "int64", "n_first": "int64", "n_second": "int64", "n_pairs": "int64",
    "log_likelihood": "float64", "pmi": "float64", "t_score": "float64", "n_policies": "int64",
}  # fmt: skip


def _stop_set(stop_words: str | Collection[str] | None) -> frozenset[str]:
    if stop_words is None:
        return frozenset()
    if isinstance(stop_words, str):
        if stop_words != "english":
            raise ValueError(
                f"stop_words: must be 'english', None or a collection of words, not {stop_words!r}"
            )
        return load_stop_words()
    return frozenset(fold(word) for word in stop_words)


def _sizes(ngram: int | Collection[int]) -> list[int]:
    sizes = sorted({ngram} if isinstance(ngram, int) else set(ngram))
    if not sizes or any(isinstance(size, bool) or not isinstance(size, int) or size < 1 for size in sizes):
        raise ValueError(f"ngram: must be a whole number from 1 or a collection of such, not {ngram!r}")
    return sizes


def _check_length(sizes: list[int], runs: list[tuple[int, list[Run]]]) -> None:
    longest = max((len(run) for _, found in runs for _, run in found), default=0)
    if longest and sizes[-1] > longest:
        raise ValueError(
            f"ngram: {sizes[-1]} is longer than any sentence; the longest run of words has {longest}"
        )


def _grams(runs: list[Run], sizes: list[int], stop: frozenset[str]) -> Iterator[tuple[int, str]]:
    """N-grams that neither begin nor end with a stop word, each with its place in the sentence."""
    for start, run in runs:
        for size in sizes:
            for i in range(len(run) - size + 1):
                if run[i] not in stop and run[i + size - 1] not in stop:
                    yield start + i, run[i] if size == 1 else " ".join(run[i : i + size])


def _merge_stems(counts: dict[_Document, Counter[str]]) -> dict[_Document, Counter[str]]:
    """Join terms of one stem under the surface form that is most frequent over all documents."""
    from nltk.stem.snowball import SnowballStemmer  # here, not above: importing NLTK is slow

    stem: Callable[[str], str] = cache(SnowballStemmer("english").stem)
    total: Counter[str] = Counter()
    for counter in counts.values():
        total.update(counter)
    stems = {term: " ".join(map(stem, term.split(" "))) for term in total}
    shown: dict[str, str] = {}
    for term, _ in sorted(total.items(), key=lambda pair: (-pair[1], pair[0])):
        shown.setdefault(stems[term], term)
    merged: dict[_Document, Counter[str]] = {key: Counter() for key in counts}
    for key, counter in counts.items():
        for term, n in counter.items():
            merged[key][shown[stems[term]]] += n
    return merged


def _nothing_left(**choices: object) -> ValueError:
    said = ", ".join(f"{name}={value!r}" for name, value in choices.items())
    return ValueError(f"no term is left to count with {said}; leave out fewer words")


def term_frequencies(
    sentences: pd.DataFrame,
    *,
    ngram: int | Collection[int] = 1,
    stop_words: str | Collection[str] | None = "english",
    stem: bool = False,
    exclude: Iterable[str] = (),
    by: str = "policy",
    kinds: Collection[str] | None = None,
    placeholders: bool = False,
) -> pd.DataFrame:
    """Count terms for each policy, or for each of its sections, with rates and tf-idf.

    Parameters
    ----------
    sentences : DataFrame
        One row for each sentence unit: policy_id (str), sentence_id (int), text (str); section (str) if
        ``by="section"``, kind (str) if `kinds` is given.
    ngram : int or collection of int
        Length of the terms in words; ``(1, 2, 3)`` counts unigrams to trigrams.
    stop_words : "english", None or collection of str
        The shipped list (Snowball's), none, or your own. A term that begins or ends with a stop word is
        left out; inside a term they stay ("right to object").
    stem : bool
        Join terms with the same stem (NLTK's English Snowball stemmer, word by word). The term shown is
        the surface form that is most frequent over all policies given.
    exclude : iterable of str
        Names left out whatever their case, of one word or several, with or without "'s".
    by : {"policy", "section"}
        What a document is. Sections of the same heading within a policy are one document.
    kinds : collection of str, optional
        Kinds of units that count; all by default.
    placeholders : bool
        Count ``<number>``, ``<email>`` and ``<url>`` as terms instead of leaving them out.

    Returns
    -------
    DataFrame
        One row for each document and term, by policy_id, section in reading order, n descending, term:
        policy_id (str), term (str), n (int), n_words (int, all words of the document: stop words and
        excluded names are among them), per_thousand, tf_idf, tf, idf (float), document_frequency (int,
        documents with the term), n_documents (int), section (str, "" if ``by="policy"``).

    Raises
    ------
    ValueError
        A missing column; an `ngram` longer than any sentence; no term left after filtering.

    Notes
    -----
    For a term with n occurrences in a document of n_words words, found in df of N documents::

        tf = n / n_words      per_thousand = 1000 tf      idf = ln(N / df)      tf_idf = tf idf

    the natural-logarithm variant without smoothing (tidytext's). Since tf is taken over all words, the
    choice of stop words changes no other term's value. With a single document idf and tf_idf are NaN:
    there is nothing to compare with.

    References
    ----------
    Spärck Jones, K. (1972). A statistical interpretation of term specificity and its application in
    retrieval. Journal of Documentation 28(1), 11-21. doi:10.1108/eb026526

    Examples
    --------
    >>> sentences = pd.DataFrame({"policy_id": ["a", "b"], "sentence_id": [0, 0],
    ...                           "text": ["We share data. Data!", "We keep data."]})
    >>> term_frequencies(sentences)[["policy_id", "term", "n", "n_words", "tf_idf"]].round(3)
      policy_id   term  n  n_words  tf_idf
    0         a   data  2        4   0.000
    1         a  share  1        4   0.173
    2         b   data  1        3   0.000
    3         b   keep  1        3   0.231
    """
    if by not in ("policy", "section"):
        raise ValueError(f"by: must be 'policy' or 'section', not {by!r}")
    stop = _stop_set(stop_words)
    names = list(exclude) if not isinstance(exclude, str) else exclude
    frame = in_reading_order(sentences, columns=["section"] if by == "section" else [], kinds=kinds)
    sizes = _sizes(ngram)

    sections = frame["section"].tolist() if by == "section" else [""] * len(frame)
    documents: dict[_Document, list[str]] = {}
    for policy, section, text in zip(frame["policy_id"].tolist(), sections, frame["text"].tolist()):
        documents.setdefault((policy, section), []).append(text)
    counts: dict[_Document, Counter[str]] = {}
    n_words: Counter[_Document] = Counter()
    if sizes == [1] and names == []:  # no word's neighbours matter
        for document, texts in documents.items():
            n_words[document], counts[document] = count_tokens(texts, placeholders=placeholders)
            for word in stop & counts[document].keys():
                del counts[document][word]
    else:
        runs = {
            document: word_runs(texts, exclude=names, placeholders=placeholders)
            for document, texts in documents.items()
        }
        _check_length(sizes, list(chain.from_iterable(runs.values())))
        for document, found in runs.items():
            n_words[document] = sum(n for n, _ in found)
            counts[document] = Counter(gram for _, run in found for _, gram in _grams(run, sizes, stop))
    if len(frame) and not any(counts.values()):
        raise _nothing_left(ngram=ngram, stop_words=stop_words, exclude=names, kinds=kinds)
    if stem:
        counts = _merge_stems(counts)

    # Numbers for documents and, in the order of the alphabet, for terms.
    vocabulary = sorted(set(chain.from_iterable(counts.values())))
    number = dict(zip(vocabulary, range(len(vocabulary))))
    n_rows = sum(map(len, counts.values()))
    term_of = np.fromiter(map(number.__getitem__, chain.from_iterable(counts.values())), np.int64, n_rows)
    n = np.fromiter(chain.from_iterable(counter.values() for counter in counts.values()), np.int64, n_rows)
    document_of = np.repeat(np.arange(len(counts)), [len(counter) for counter in counts.values()])
    order = np.lexsort((term_of, -n, document_of))
    term_of, n = term_of[order], n[order]  # document_of is in order as it is

    words = np.array([n_words[key] for key in counts], dtype="int64")[document_of]
    df = np.bincount(term_of, minlength=len(vocabulary))[term_of]
    n_documents = sum(bool(n_words[key] or counter) for key, counter in counts.items())
    with np.errstate(divide="ignore", invalid="ignore"):  # a document of placeholders only has no words
        tf = np.where(words > 0, n / words, np.nan)
    idf = np.log(n_documents / df) if n_documents > 1 else np.full(n_rows, np.nan)
    columns = {
        "policy_id": repeated([policy for policy, _ in counts], document_of),
        "term": repeated(vocabulary, term_of),
        "n": n,
        "n_words": words,
        "per_thousand": 1000 * tf,
        "tf_idf": tf * idf,
        "tf": tf,
        "idf": idf,
        "document_frequency": df,
        "n_documents": np.full(n_rows, n_documents),
        "section": repeated([section for _, section in counts], document_of),
    }
    return typed_frame(columns, _TERMS)


def keyness(
    terms: pd.DataFrame,
    *,
    target: str | Collection[str],
    reference: str | Collection[str],
    min_count: int = 1,
    prior_words: float | None = None,
) -> pd.DataFrame:
    """Terms that a target uses more, or less, than a reference: evidence and size of the difference.

    Parameters
    ----------
    terms : DataFrame
        From `term_frequencies`: policy_id, term, n, n_words (and section, if counted by section). Give it
        all terms: a frame cut down to a few terms tests only those, and a policy or section without a row
        has no words either.
    target, reference : str or collection of str
        policy_id, one or several, whose counts are added up. ``reference="others"`` takes every policy that
        is not in the target.
    min_count : int
        Least n_target + n_reference of a term. Terms below are neither tested nor listed.
    prior_words : float, optional
        Size a0 of the prior for the log-odds, in words. By default n_words_target + n_words_reference, so
        that each term's prior count is its count in the two together. Fewer words shrink less.

    Returns
    -------
    DataFrame
        One row for each term, by log_likelihood descending: term (str), n_target, n_reference (int),
        per_thousand_target, per_thousand_reference, log_likelihood (not negative; the sign is log_ratio's),
        p_value, log_ratio, log_odds_z, p_adjusted (float), low_count (bool: an expected count is below 5,
        so that p_value is not to be relied on), n_words_target, n_words_reference (int).

    Raises
    ------
    ValueError
        An unknown policy_id; a policy in target and reference both; no policy left for one of them; no term
        with `min_count`.

    Notes
    -----
    With a, b the counts of a term in target and reference, c, d the words there, and N = c + d::

        log_likelihood G2 = 2 sum O ln(O / E)    over the four cells a, b, c - a, d - b, E from the margins
        p_value           = P(chi-square with 1 df >= G2) = erfc(sqrt(G2 / 2))
        p_adjusted        : Benjamini & Hochberg over the terms listed
        log_ratio         = log2((a / c) / (b / d)), a count of 0 taken as 0.5
        log_odds_z        = delta / sqrt(1 / (a + a_w) + 1 / (b + a_w))
            delta         = ln((a + a_w) / (c + a0 - a - a_w)) - ln((b + a_w) / (d + a0 - b - a_w))
            a_w           = a0 (a + b) / N

    G2 has four cells (Dunning), as in quanteda and scipy; the two-cell form of the UCREL calculator is a
    little smaller. A p-value takes words for independent draws, which the words of a text are not: one
    passage that repeats a term makes it key. Read it as a ranking, look at `dispersion` and `kwic`.

    References
    ----------
    Dunning, T. (1993). Accurate methods for the statistics of surprise and coincidence. Computational
    Linguistics 19(1), 61-74. Hardie, A. (2014). Log Ratio: an informal introduction (CASS blog). Monroe, B. L.,
    Colaresi, M. P. & Quinn, K. M. (2008). Fightin' words. Political Analysis 16(4), 372-403.
    doi:10.1093/pan/mpn018. Benjamini, Y. & Hochberg, Y. (1995). JRSS B 57(1), 289-300. Cochran, W. G. (1954).
    Some methods for strengthening the common chi-square tests. Biometrics 10(4), 417-451.

    Examples
    --------
    >>> sentences = pd.DataFrame({"policy_id": ["a", "b"], "sentence_id": [0, 0],
    ...                           "text": ["b b b b b b b a a a", "a a a a a a a b b"]})
    >>> terms = term_frequencies(sentences, stop_words=None)
    >>> keyness(terms, target="a", reference="b")[["term", "n_target", "log_likelihood", "log_ratio"]].round(2)
      term  n_target  log_likelihood  log_ratio
    0    a         3            4.53      -1.37
    1    b         7            4.53       1.66
    """
    missing = [name for name in ("policy_id", "term", "n", "n_words") if name not in terms.columns]
    if missing:
        raise ValueError(f"terms: missing column(s) {', '.join(missing)}; give a frame from term_frequencies")
    in_target, in_reference = _groups(terms, target, reference)
    document = ["policy_id", "section"] if "section" in terms.columns else ["policy_id"]
    document_words = terms.groupby(document)["n_words"].first().groupby("policy_id").sum()
    c, d = int(document_words[in_target].sum()), int(document_words[in_reference].sum())

    here, there = terms["policy_id"].isin(in_target), terms["policy_id"].isin(in_reference)
    counts = pd.DataFrame(
        {
            "n_target": terms[here].groupby("term")["n"].sum(),
            "n_reference": terms[there].groupby("term")["n"].sum(),
        }
    ).fillna(0)
    counts = counts[counts.sum(axis=1) >= min_count].sort_index()
    if counts.empty:
        raise ValueError(
            f"min_count: no term occurs {min_count} times or more in target and reference together"
        )
    a, b = counts["n_target"].to_numpy(float), counts["n_reference"].to_numpy(float)
    n_all = c + d

    observed = np.array([a, b, c - a, d - b])
    expected = np.array([c * (a + b), d * (a + b), c * (n_all - a - b), d * (n_all - a - b)]) / n_all
    with np.errstate(divide="ignore", invalid="ignore"):
        cells = np.where(observed > 0, observed * np.log(observed / expected), 0.0)
        log_likelihood = np.maximum(2 * cells.sum(axis=0), 0.0)  # rounding can leave -1e-16
        log_ratio = np.log2((np.where(a == 0, 0.5, a) / c) / (np.where(b == 0, 0.5, b) / d))
        a0 = float(n_all if prior_words is None else prior_words)
        a_w = a0 * (a + b) / n_all
        delta = np.log((a + a_w) / (c + a0 - a - a_w)) - np.log((b + a_w) / (d + a0 - b - a_w))
        log_odds_z = delta / np.sqrt(1 / (a + a_w) + 1 / (b + a_w))
    p_value = np.array([math.erfc(math.sqrt(value / 2)) for value in log_likelihood])

    key = typed_frame(
        {
            "term": counts.index.to_numpy(), "n_target": a.astype("int64"), "n_reference": b.astype("int64"),
            "per_thousand_target": 1000 * a / c, "per_thousand_reference": 1000 * b / d,
            "log_likelihood": log_likelihood, "p_value": p_value, "log_ratio": log_ratio,
            "log_odds_z": np.where(np.isfinite(log_odds_z), log_odds_z, np.nan),
            "p_adjusted": _benjamini_hochberg(p_value), "low_count": expected[:2].min(axis=0) < _LOW_EXPECTED,
            "n_words_target": np.full(len(a), c), "n_words_reference": np.full(len(a), d),
        },
        _KEYNESS,
    )  # fmt: skip
    return key.sort_values("log_likelihood", ascending=False, kind="stable", ignore_index=True)


def _groups(
    terms: pd.DataFrame, target: str | Collection[str], reference: str | Collection[str]
) -> tuple[list[str], list[str]]:
    known = sorted(set(terms["policy_id"]))
    in_target = [target] if isinstance(target, str) else list(target)
    if isinstance(reference, str) and reference == "others":
        in_reference = [policy for policy in known if policy not in set(in_target)]
    else:
        in_reference = [reference] if isinstance(reference, str) else list(reference)
    for name, group in (("target", in_target), ("reference", in_reference)):
        unknown = [policy for policy in group if policy not in known]
        if unknown:
            raise ValueError(f"{name}: no terms of {unknown[:5]}; policies with terms are {known[:10]}")
        if not group:
            raise ValueError(
                f"{name}: no policy left; keyness needs two or more policies, terms has {known[:10]}"
            )
    both = sorted(set(in_target) & set(in_reference))
    if both:
        raise ValueError(
            f"target and reference: {both[:5]} stand(s) in both; a policy is compared with others"
        )
    return list(dict.fromkeys(in_target)), list(dict.fromkeys(in_reference))


def _benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    """p_(i) m / i, made monotone from the largest p down; a term with a smaller p never gets a larger value."""
    order = np.argsort(-p, kind="stable")
    ranks = np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.minimum.accumulate(p[order] * len(p) / ranks), 1.0)
    return adjusted


def dispersion(
    sentences: pd.DataFrame,
    *,
    parts: str | int,
    ngram: int | Collection[int] = 1,
    stop_words: str | Collection[str] | None = "english",
    stem: bool = False,
    exclude: Iterable[str] = (),
    kinds: Collection[str] | None = None,
    min_count: int = 1,
) -> pd.DataFrame:
    """How unevenly each term is spread over a policy: Gries' deviation of proportions, 0 is even.

    Parameters
    ----------
    sentences : DataFrame
        As in `term_frequencies`; section (str) if ``parts="section"``.
    parts : "section" or int
        The policy's sections (units under the same heading), or so many equal runs of words. DP depends on
        the parts, so none is the default.
    ngram, stop_words, stem, exclude, kinds
        As in `term_frequencies`.
    min_count : int
        Least occurrences of a term in a policy. A term that occurs once is in one part only, whatever it is.

    Returns
    -------
    DataFrame
        One row for each policy and term, by policy_id, n descending, term: policy_id, term (str), n, n_words,
        n_parts, n_parts_with (int, parts with the term), dp, dp_norm (float; NaN where the policy has one part
        only, or fewer words than parts).

    Raises
    ------
    ValueError
        `parts` is neither; `ngram` is longer than any sentence; no term is left.

    Notes
    -----
    With s_i the share of the words that part i holds, v_i the share of the term's occurrences in part i::

        dp = 1/2 sum |v_i - s_i|        dp_norm = dp / (1 - min s_i)

    An n-gram belongs to the part of its first word.

    References
    ----------
    Gries, S. Th. (2008). Dispersions and adjusted frequencies in corpora. International Journal of Corpus
    Linguistics 13(4), 403-437. doi:10.1075/ijcl.13.4.02gri. Lijffijt, J. & Gries, S. Th. (2012). Correction. 17(1),
    147-149. doi:10.1075/ijcl.17.1.08lij

    Examples
    --------
    >>> sentences = pd.DataFrame({"policy_id": "a", "sentence_id": [0, 1], "section": ["Use", "Sharing"],
    ...                           "text": ["data data data", "data partners"]})
    >>> dispersion(sentences, parts="section")[["term", "n", "n_parts_with", "dp", "dp_norm"]].round(2)
           term  n  n_parts_with    dp  dp_norm
    0      data  4             2  0.15     0.25
    1  partners  1             1  0.60     1.00
    """
    by_section = parts == "section"
    if not by_section and (isinstance(parts, bool) or not isinstance(parts, int) or parts < 2):
        raise ValueError(f"parts: must be 'section' or a whole number from 2, not {parts!r}")
    stop = _stop_set(stop_words)
    names = list(exclude) if not isinstance(exclude, str) else exclude
    frame = in_reading_order(sentences, columns=["section"] if by_section else [], kinds=kinds)
    runs = word_runs(frame["text"], exclude=names)
    sizes = _sizes(ngram)
    _check_length(sizes, runs)
    total = Counter[str]()
    for policy, (words, _) in zip(frame["policy_id"], runs):
        total[policy] += words

    part_words: dict[str, Counter[Hashable]] = {}
    counts: dict[_Document, Counter[str]] = {}
    before: Counter[str] = Counter()  # words of the policy before this sentence
    sections = frame["section"] if by_section else [""] * len(frame)
    for policy, section, (words, found) in zip(frame["policy_id"], sections, runs):
        part_of = _parting(section if by_section else None, before[policy], parts, total[policy])
        sizes_of = part_words.setdefault(policy, Counter())
        sizes_of.update([section] * words if by_section else [part_of(i) for i in range(words)])
        for place, gram in _grams(found, sizes, stop):
            counts.setdefault((policy, part_of(place)), Counter())[gram] += 1
        before[policy] += words
    if len(frame) and not counts:
        raise _nothing_left(ngram=ngram, stop_words=stop_words, exclude=names, kinds=kinds)
    if stem:
        counts = _merge_stems(counts)
    rows = [
        row
        for policy in part_words
        for row in _dispersion_rows(policy, part_words[policy], counts, parts, min_count)
    ]
    return typed_frame(dict(zip(_DISPERSION, zip(*rows))) or dict.fromkeys(_DISPERSION, ()), _DISPERSION)


def _parting(section: str | None, before: int, parts: str | int, n_words: int) -> Callable[[int], Hashable]:
    """Which part the i-th word of a sentence is in."""
    if section is not None:
        return lambda i: section
    return lambda i: (before + i) * int(parts) // n_words


def _dispersion_rows(
    policy: str,
    words: Counter[Hashable],
    counts: dict[_Document, Counter[str]],
    parts: str | int,
    min_count: int,
) -> list[tuple]:
    keys = [key for key, n in words.items() if n]
    n_words = sum(words.values())
    n_parts = len(keys) if parts == "section" else int(parts)
    in_part = [counts.get((policy, key), Counter()) for key in keys]
    total: Counter[str] = Counter()
    for counter in in_part:
        total.update(counter)
    terms = sorted(
        (term for term, n in total.items() if n >= min_count), key=lambda term: (-total[term], term)
    )
    if not terms:
        return []
    observed = np.array([[counter[term] for counter in in_part] for term in terms], dtype="float64")
    n = observed.sum(axis=1)
    s = np.array([words[key] for key in keys]) / n_words
    dp = dp_norm = np.full(len(terms), np.nan)
    if len(keys) == n_parts and n_parts > 1:
        dp = np.abs(observed / n[:, None] - s).sum(axis=1) / 2
        dp_norm = dp / (1 - s.min())
    with_term = (observed > 0).sum(axis=1)
    return [
        (policy, term, int(n[i]), n_words, n_parts, int(with_term[i]), dp[i], dp_norm[i])
        for i, term in enumerate(terms)
    ]


def collocations(
    sentences: pd.DataFrame,
    *,
    stop_words: str | Collection[str] | None = "english",
    exclude: Iterable[str] = (),
    kinds: Collection[str] | None = None,
    min_count: int = 1,
) -> pd.DataFrame:
    """Pairs of neighbouring words that stand together more often than their own frequencies make expect.

    The sentences given are taken together; filter the frame for one policy's collocations.

    Parameters
    ----------
    sentences : DataFrame
        As in `term_frequencies`.
    stop_words, exclude, kinds
        As in `term_frequencies`. Pairs with a stop word are not listed, but their words count in the margins.
    min_count : int
        Least occurrences of a pair. PMI is high for pairs that occur once; ask for more before ranking by it.

    Returns
    -------
    DataFrame
        One row for each pair, by log_likelihood descending, term: term (str, "third parties"), n (int), n_first
        (pairs with that first word), n_second (pairs with that second word), n_pairs (all pairs of neighbours),
        log_likelihood, pmi, t_score (float), n_policies (int, policies with the pair).

    Raises
    ------
    ValueError
        No pair is left.

    Notes
    -----
    By NLTK's ``BigramAssocMeasures`` on (n, (n_first, n_second), n_pairs), with E = n_first n_second / n_pairs::

        log_likelihood = 2 sum O ln(O / E) over the four cells
        pmi            = log2(n / E)         t_score = (n - E) / sqrt(n)

    log_likelihood has no sign: where pmi is below 0 the pair is rarer than expected.

    References
    ----------
    Dunning (1993), as in `keyness`. Church, K. W. & Hanks, P. (1990). Word association norms, mutual information,
    and lexicography. Computational Linguistics 16(1), 22-29. Manning, C. D. & Schütze, H. (1999). Foundations of
    statistical natural language processing, chapter 5. MIT Press.

    Examples
    --------
    >>> sentences = pd.DataFrame({"policy_id": "a", "sentence_id": [0, 1],
    ...                           "text": ["Third parties and partners", "third parties keep data"]})
    >>> collocations(sentences)[["term", "n", "n_first", "n_second", "n_pairs", "pmi"]].round(2)
                term  n  n_first  n_second  n_pairs   pmi
    0  third parties  2        2         2        6  1.58
    1      keep data  1        1         1        6  2.58
    2   parties keep  1        2         1        6  1.58
    """
    from nltk.metrics.association import BigramAssocMeasures as Measures

    stop = _stop_set(stop_words)
    names = list(exclude) if not isinstance(exclude, str) else exclude
    frame = in_reading_order(sentences, kinds=kinds)
    pairs: dict[tuple[str, str], Counter[str]] = {}
    first, second = Counter[str](), Counter[str]()
    for policy, (_, found) in zip(frame["policy_id"], word_runs(frame["text"], exclude=names)):
        for _, run in found:
            for pair in pairwise(run):
                pairs.setdefault(pair, Counter())[policy] += 1
                first[pair[0]] += 1
                second[pair[1]] += 1
    n_pairs = sum(first.values())
    rows = []
    for (one, two), by_policy in pairs.items():
        n = sum(by_policy.values())
        if n < min_count or one in stop or two in stop:
            continue
        marginals = (n, (first[one], second[two]), n_pairs)
        scores = (
            Measures.likelihood_ratio(*marginals),
            Measures.pmi(*marginals),
            Measures.student_t(*marginals),
        )
        rows.append((f"{one} {two}", n, first[one], second[two], n_pairs, *scores, len(by_policy)))
    if len(frame) and not rows:
        raise _nothing_left(stop_words=stop_words, exclude=names, kinds=kinds, min_count=min_count)
    rows.sort(key=lambda row: (-row[5], row[0]))
    return typed_frame(
        dict(zip(_COLLOCATIONS, zip(*rows))) or dict.fromkeys(_COLLOCATIONS, ()), _COLLOCATIONS
    )
