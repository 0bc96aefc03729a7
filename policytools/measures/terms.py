"""What the words say: term frequencies, tf-idf, keyness, dispersion, collocations, words in context.

Terms are made of the words of `policytools.tokens`, lower-cased. Numbers, e-mail addresses and URLs are
left out, or stand in as ``<number>``, ``<email>``, ``<url>`` (``placeholders=True``). An n-gram is n words that
follow each other in one sentence: it crosses a comma, never the end of a sentence, an excluded name, or a
number, address or URL that is left out. All kinds of units count (sentence, fragment, heading) unless
``kinds=`` says otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from functools import cache
from itertools import chain

import numpy as np
import pandas as pd

from policytools._frames import in_reading_order, repeated, typed_frame
from policytools.text.tokens import Run, count_tokens, fold, load_stop_words, word_runs

_Document = tuple[str, Hashable]  # policy_id; section, or number of the part

_TERMS = {
    "policy_id": "str", "term": "str", "n": "int64", "n_words": "int64", "per_thousand": "float64",
    "tf_idf": "float64", "tf": "float64", "idf": "float64", "document_frequency": "int64",
    "n_documents": "int64", "section": "str",
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
