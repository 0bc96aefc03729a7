"""Terms: how often each word or n-gram is used, with rates and tf-idf.

Terms are made of the words of `policytools.text.tokens`, in lower case. Numbers, e-mail addresses and URLs are left
out, or replaced by ``<number>``, ``<email>``, ``<url>`` (``placeholders=True``). An n-gram is n words that follow each
other in one sentence: it crosses a comma, but not the end of a sentence, an excluded name, or a number, address or URL
that is left out. All kinds of units count (sentence, fragment, heading) unless ``kinds=`` selects some.
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from functools import cache
from itertools import chain

import numpy as np
import pandas as pd

from policytools._frames import check_choice, in_reading_order, repeated, typed_frame
from policytools.text.normalise import fold
from policytools.text.tokens import NOT_WORDS, Run, load_stop_words, split_pieces, tokenize, word_runs
from policytools.text.word_cache import WordCache

Document = tuple[str, Hashable]  # policy_id; section, or number of the part

TERMS = {
    "policy_id": "str", "term": "str", "n": "int64", "n_words": "int64", "per_thousand": "float64",
    "tf_idf": "float64", "tf": "float64", "idf": "float64", "document_frequency": "int64",
    "n_documents": "int64", "section": "str",
}  # fmt: skip


def stop_word_set(stop_words: str | Collection[str] | None) -> frozenset[str]:
    if stop_words is None:
        return frozenset()
    if isinstance(stop_words, str):
        if stop_words != "english":
            raise ValueError(
                f"stop_words: must be 'english', None or a collection of words, not {stop_words!r}"
            )
        return load_stop_words()
    return frozenset(fold(word) for word in stop_words)


def ngram_sizes(ngram: int | Collection[int]) -> list[int]:
    sizes = sorted({ngram} if isinstance(ngram, int) else set(ngram))
    if not sizes or any(isinstance(size, bool) or not isinstance(size, int) or size < 1 for size in sizes):
        raise ValueError(f"ngram: must be a whole number from 1 or a collection of such, not {ngram!r}")
    return sizes


def check_length(sizes: list[int], runs: list[tuple[int, list[Run]]]) -> None:
    longest = max((len(run) for _, found in runs for _, run in found), default=0)
    if longest and sizes[-1] > longest:
        raise ValueError(
            f"ngram: {sizes[-1]} is longer than any sentence; the longest run of words has {longest}"
        )


def ngrams(runs: list[Run], sizes: list[int], stop: frozenset[str]) -> Iterator[tuple[int, str]]:
    """N-grams that neither begin nor end with a stop word, each with the position of its first word in the text."""
    for start, run in runs:
        for size in sizes:
            for i in range(len(run) - size + 1):
                if run[i] not in stop and run[i + size - 1] not in stop:
                    yield start + i, run[i] if size == 1 else " ".join(run[i : i + size])


def merge_stems(counts: dict[Document, Counter[str]]) -> dict[Document, Counter[str]]:
    """Count terms of one stem together, under the form that is most frequent over all documents."""
    from nltk.stem.snowball import SnowballStemmer  # here, not above: importing NLTK is slow

    stem: Callable[[str], str] = cache(SnowballStemmer("english").stem)
    total: Counter[str] = Counter()
    for counter in counts.values():
        total.update(counter)
    stems = {term: " ".join(map(stem, term.split(" "))) for term in total}
    shown: dict[str, str] = {}
    for term in sorted(total, key=lambda term: (-total[term], term)):
        shown.setdefault(stems[term], term)
    merged: dict[Document, Counter[str]] = {key: Counter() for key in counts}
    for key, counter in counts.items():
        for term, n in counter.items():
            merged[key][shown[stems[term]]] += n
    return merged


def nothing_left(**choices: object) -> ValueError:
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
    check_choice("by", by, ("policy", "section"))
    stop, sizes = stop_word_set(stop_words), ngram_sizes(ngram)
    names = exclude if isinstance(exclude, str) else list(exclude)
    frame = in_reading_order(sentences, columns=["section"] if by == "section" else [], kinds=kinds)
    sections = frame["section"] if by == "section" else [""] * len(frame)
    documents: dict[Document, list[str]] = {}
    for policy, section, text in zip(frame["policy_id"], sections, frame["text"], strict=True):
        documents.setdefault((policy, section), []).append(text)
    counts: dict[Document, Counter[str]] = {}
    n_words: Counter[Document] = Counter()
    if sizes == [1] and not names:
        for document, texts in documents.items():
            counts[document], n_words[document] = _single_words(texts, stop, placeholders)
    else:
        runs = {
            key: word_runs(texts, exclude=names, placeholders=placeholders)
            for key, texts in documents.items()
        }
        check_length(sizes, list(chain.from_iterable(runs.values())))
        for document, found in runs.items():
            counts[document] = Counter(gram for _, run in found for _, gram in ngrams(run, sizes, stop))
            n_words[document] = sum(n for n, _ in found)
    if len(frame) and not any(counts.values()):
        raise nothing_left(ngram=ngram, stop_words=stop_words, exclude=names, kinds=kinds)
    return _frequency_frame(merge_stems(counts) if stem else counts, n_words)


def _single_words(texts: list[str], stop: frozenset[str], placeholders: bool) -> tuple[Counter[str], int]:
    """Counts of words, and how many there are in all; ten times as fast as by `word_runs`.

    No neighbours matter here, so the texts are split at white space and each distinct piece is tokenized once.
    """
    counts: Counter[str] = Counter()
    n_words = 0
    for piece, n in Counter(split_pieces(texts)).items():
        for token, kind in _FOLDED_TOKENS[piece]:
            is_word = kind not in NOT_WORDS
            n_words += n * is_word
            term = token if is_word else f"<{kind}>"
            if (is_word or placeholders) and term not in stop:
                counts[term] += n
    return counts, n_words


_FOLDED_TOKENS = WordCache(lambda piece: tokenize(fold(piece)))


def _frequency_frame(counts: dict[Document, Counter[str]], n_words: Counter[Document]) -> pd.DataFrame:
    vocabulary = sorted(set(chain.from_iterable(counts.values())))
    number = {term: i for i, term in enumerate(vocabulary)}
    term_of = np.array([number[term] for counter in counts.values() for term in counter], dtype="int64")
    n = np.array([n for counter in counts.values() for n in counter.values()], dtype="int64")
    document_of = np.repeat(np.arange(len(counts)), [len(counter) for counter in counts.values()])
    order = np.lexsort((term_of, -n, document_of))
    term_of, n = term_of[order], n[order]  # document_of is in order already

    words = np.array([n_words[key] for key in counts], dtype="int64")[document_of]
    df = np.bincount(term_of, minlength=len(vocabulary))[term_of]
    n_documents = np.full(len(n), sum(bool(n_words[key] or counter) for key, counter in counts.items()))
    columns = {
        "policy_id": repeated([policy for policy, _ in counts], document_of),
        "term": repeated(vocabulary, term_of),
        "section": repeated([section for _, section in counts], document_of),
        "n": n, "n_words": words, "document_frequency": df, "n_documents": n_documents,
    }  # fmt: skip
    return typed_frame({**columns, **rates(n, words, df, n_documents)}, TERMS)


def rates(
    n: np.ndarray, n_words: np.ndarray, document_frequency: np.ndarray, n_documents: np.ndarray
) -> dict[str, np.ndarray]:
    """The columns per_thousand, tf, idf and tf_idf of `term_frequencies`, from the counts of each row."""
    with np.errstate(divide="ignore", invalid="ignore"):  # a document of placeholders only has no words
        tf = np.where(n_words > 0, n / n_words, np.nan)
        idf = np.where(n_documents > 1, np.log(n_documents / document_frequency), np.nan)
    return {"per_thousand": 1000 * tf, "tf": tf, "idf": idf, "tf_idf": tf * idf}
