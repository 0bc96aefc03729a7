"""Words as terms: one way from the text of a sentence to the words that are counted.

A text is lower-cased, curly apostrophes and non-breaking hyphens become plain ones, and
`segmentation.tokenize` gives the tokens: apostrophes and hyphens inside a word belong to it, punctuation
is left out. Numbers, e-mail addresses and URLs are no words. Terms, vagueness and shared text all count
these words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from policytools.memo import Memo
from policytools.segmentation import split_pieces, tokenize

STOP_WORDS_FILE = Path(__file__).parent / "lexicons" / "stop-words-english.txt"
TYPED = frozenset({"number", "email", "url"})  # kinds of tokens that are no words
_PLACEHOLDERS = tuple(f"<{kind}>" for kind in TYPED)
_PLAIN = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "‑": "-", "‐": "-"})

Run = tuple[int, list[str]]  # number of words of the sentence before it, words that follow each other


def typed_frame(columns: Mapping[str, Any], dtypes: dict[str, str]) -> pd.DataFrame:
    """A frame with stated columns and dtypes, the same when it is empty."""
    return pd.DataFrame({name: pd.Series(columns[name], dtype=dtype) for name, dtype in dtypes.items()})


def repeated(texts: Collection[Hashable], places: np.ndarray) -> Any:
    """A column of texts that come again and again, by their places in a list; sooner than from as many texts.

    Examples
    --------
    >>> list(repeated(["no", "yes"], np.array([1, 1, 0])))
    ['yes', 'yes', 'no']
    """
    return pd.Series(list(texts), dtype="str").array.take(places)


def fold(text: str) -> str:
    """Lower-case a text and make its apostrophes and hyphens plain, each character in its place.

    Examples
    --------
    >>> fold("Don’t SELL")
    "don't sell"
    """
    if text.isascii():
        return text.lower()
    plain = text.translate(_PLAIN)
    lower = plain.lower()
    if len(lower) == len(plain):
        return lower
    return "".join(low if len(low := char.lower()) == 1 else char for char in plain)


def in_reading_order(
    sentences: pd.DataFrame, *, columns: Iterable[str] = (), kinds: Collection[str] | None = None
) -> pd.DataFrame:
    """Check a sentences frame and sort it by policy and sentence; rows of other kinds are left out.

    Examples
    --------
    >>> frame = pd.DataFrame({"policy_id": ["b", "a"], "sentence_id": [0, 0], "text": ["No.", "Yes."]})
    >>> in_reading_order(frame)["text"].tolist()
    ['Yes.', 'No.']
    """
    needed = ["policy_id", "sentence_id", "text", *columns, *(["kind"] if kinds is not None else [])]
    missing = [name for name in needed if name not in sentences.columns]
    if missing:
        raise ValueError(f"sentences: missing column(s) {', '.join(missing)}; a sentences frame has {needed}")
    doubled = sentences.duplicated(["policy_id", "sentence_id"])
    if doubled.any():
        ids = list(
            sentences.loc[doubled, ["policy_id", "sentence_id"]].head(3).itertuples(index=False, name=None)
        )
        raise ValueError(f"sentences: more than one row for the same policy_id and sentence_id, first {ids}")
    no_text = sentences["text"].isna()
    if no_text.any():
        ids = list(
            sentences.loc[no_text, ["policy_id", "sentence_id"]].head(3).itertuples(index=False, name=None)
        )
        raise ValueError(f"sentences: text is missing in {int(no_text.sum())} row(s), first {ids}")
    if kinds is not None:
        if isinstance(kinds, str) or not set(kinds) <= {"sentence", "fragment", "heading"}:
            raise ValueError(
                f"kinds: must be a collection of 'sentence', 'fragment', 'heading', not {kinds!r}"
            )
        sentences = sentences[sentences["kind"].isin(list(kinds))]
    return sentences.sort_values(["policy_id", "sentence_id"], kind="stable", ignore_index=True)


def load_stop_words(path: str | Path = STOP_WORDS_FILE) -> frozenset[str]:
    """Stop words of a text file: words parted by white space, ``#`` opens a comment.

    Examples
    --------
    >>> {"the", "don't"} <= load_stop_words(), "may" in load_stop_words()
    (True, False)
    """
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return frozenset(fold(word) for line in lines for word in line.partition("#")[0].split())


def count_tokens(texts: Iterable[str], *, placeholders: bool = False) -> tuple[int, Counter[str]]:
    """How many words the texts have, and how often each stands in them; with `placeholders` as in `word_runs`.

    Examples
    --------
    >>> count_tokens(["Keep data 30 days.", "Sell no DATA."], placeholders=True)
    (6, Counter({'data': 2, 'keep': 1, '<number>': 1, 'days': 1, 'sell': 1, 'no': 1}))
    """
    counts: dict[str, int] = {}
    count = counts.get
    for piece, n in Counter(split_pieces(texts)).items():
        for term in _TERMS_OF[piece]:
            counts[term] = count(term, 0) + n
    n_words = sum(counts.values()) - sum(count(term, 0) for term in _PLACEHOLDERS)
    if not placeholders:
        for term in _PLACEHOLDERS:
            counts.pop(term, None)
    return n_words, Counter(counts)


def _terms(piece: str) -> tuple[str, ...]:
    """Words of what stands between blanks, placeholders among them."""
    return tuple(f"<{kind}>" if kind in TYPED else token for token, kind in tokenize(fold(piece)))


_TERMS_OF = Memo(_terms)


def word_runs(
    texts: Iterable[str], *, exclude: Iterable[str] = (), placeholders: bool = False
) -> list[tuple[int, list[Run]]]:
    """Words of each text as runs of neighbours; the number of words of the text beside them.

    Parameters
    ----------
    texts : iterable of str
    exclude : iterable of str
        Names that are left out, of one word or several, also with "'s" ("Acme" leaves out "ACME's").
    placeholders : bool
        Let ``<number>``, ``<email>`` and ``<url>`` stand among the words instead of ending a run.

    Returns
    -------
    list of (int, list of (int, list of str))
        For each text its number of words (names counted, placeholders not) and its runs, each with the
        number of words of the text before it.

    Examples
    --------
    >>> word_runs(["Acme's site keeps data 30 days."], exclude=["acme"])
    [(5, [(1, ['site', 'keeps', 'data']), (4, ['days'])])]
    """
    names = _name_table(exclude)
    return [_runs_of(text, names, placeholders) for text in texts]


def _name_table(exclude: Iterable[str]) -> dict[str, list[tuple[str, ...]]]:
    if isinstance(exclude, str):
        raise ValueError(f"exclude: must be a list of names, not the single text {exclude!r}")  # noqa: TRY004
    table: dict[str, list[tuple[str, ...]]] = {}
    for name in exclude:
        tokens = tuple(token for token, _ in tokenize(fold(name)))
        if not tokens:
            raise ValueError(f"exclude: {name!r} holds no word")
        for last in (tokens[-1], tokens[-1] + "'s"):
            form = (*tokens[:-1], last)
            table.setdefault(form[0], []).append(form)
    for forms in table.values():
        forms.sort(key=len, reverse=True)
    return table


def _runs_of(text: str, names: dict[str, list[tuple[str, ...]]], placeholders: bool) -> tuple[int, list[Run]]:
    tokens = tokenize(fold(text))
    if not names and TYPED.isdisjoint(kind for _, kind in tokens):
        return len(tokens), [(0, [token for token, _ in tokens])] if tokens else []
    runs: list[Run] = []
    run: list[str] = []
    n_words = skip = 0
    for i, (token, kind) in enumerate(tokens):
        is_word = kind not in TYPED
        if not skip and token in names:
            following = tuple(word for word, _ in tokens[i : i + len(names[token][0])])
            skip = next((len(form) for form in names[token] if following[: len(form)] == form), 0)
        if skip or not (is_word or placeholders):
            skip = max(skip - 1, 0)
            run = []
        else:
            if not run:
                runs.append((n_words, run))
            run.append(token if is_word else f"<{kind}>")
        n_words += is_word
    return n_words, runs
