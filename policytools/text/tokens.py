"""Words as terms: one way from the text of a sentence to the words that are counted.

A text is lower-cased, curly apostrophes and non-breaking hyphens become plain ones, and
`segmentation.tokenize` gives the tokens: apostrophes and hyphens inside a word belong to it, punctuation
is left out. Numbers, e-mail addresses and URLs are no words. Terms, vagueness and shared text all count
these words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from policytools._files import PACKAGE
from policytools.text.memo import Memo

STOP_WORDS_FILE = PACKAGE / "lexicons" / "stop-words-english.txt"
TYPED = frozenset({"number", "email", "url"})  # kinds of tokens that are no words
_PLACEHOLDERS = tuple(f"<{kind}>" for kind in TYPED)
_PLAIN = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "‑": "-", "‐": "-"})

Run = tuple[int, list[str]]  # number of words of the sentence before it, words that follow each other

# A token is one of these, tried in this order. What matches none of them is punctuation.
_TOKEN = re.compile(
    r"""
    (?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+ | \[email[ ]?protected\])
  | (?P<url>(?:https?://|www\.)[^\s<>()\[\]"']+
        | (?:[a-z0-9-]+\.)+(?:com|org|net|eu|io|co|tech|info|gov|edu|uk|de|fr|cn|app|dev|ai|me|us)\b(?:/[^\s<>()\[\]"']*)?)
  | (?P<abbreviation>(?:[^\W_]+[‑-])*(?:[^\W\d_]\.){2,}(?:[‑-](?:(?:[^\W\d_]\.){2,}|[^\W_]+))*)
  | (?P<word>[^\W_]*[^\W\d_][^\W_]*(?:['’‑-][^\W_]+)*
        | [^\W_]+(?:['’‑-][^\W_]*[^\W\d_][^\W_]*)+ )
  | (?P<number>\d+(?:[.,:/-]\d+)*)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NOT_WORDS = ("email", "url", "number")


def tokenize(text: str) -> list[tuple[str, str]]:
    """Split text into typed tokens, punctuation left out.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    list of (str, str)
        Token as it stands and its type: ``word``, ``abbreviation`` ("e.g.", "U.S.", "EU-U.S."), ``number``
        (digits only: "16", "2019", "24/7"), ``email`` (also the mask "[email protected]") or ``url``.

    Notes
    -----
    Apostrophes and hyphens inside a word belong to it ("don't", "third-party", "3D", "G-code"); a
    slash parts two words ("and/or"). A full stop belongs to an abbreviation of single letters only.

    Examples
    --------
    >>> tokenize("Don't e-mail me@x.org, see 3D and/or 16.")
    [("Don't", 'word'), ('e-mail', 'word'), ('me@x.org', 'email'), ('see', 'word'), ('3D', 'word'), \
('and', 'word'), ('or', 'word'), ('16', 'number')]
    """
    if "[" in text:  # the mask of an address is the one token that may hold a blank
        return [*_tokens(text)]
    return list(chain.from_iterable(map(_TOKENS_OF.__getitem__, text.split())))


def _tokens(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((match.group(), match.lastgroup or "word") for match in _TOKEN.finditer(text))


# What stands between blanks comes again and again, with the same tokens.
_TOKENS_OF = Memo(_tokens)


def split_pieces(texts: Iterable[str]) -> list[str]:
    """What stands between blanks in the texts: whatever is said of words is said of these.

    No token reaches over a blank; the mask "[email protected]" comes without its own.

    Examples
    --------
    >>> split_pieces(["We keep data.", "We sell no data."])
    ['We', 'keep', 'data.', 'We', 'sell', 'no', 'data.']
    """
    text = "\n".join(texts)
    return (_MASK.sub("[emailprotected]", text) if "[" in text else text).split()


_MASK = re.compile(r"\[email protected\]", re.IGNORECASE)


def split_words(text: str) -> list[str]:
    """Words of a text in order, as they stand: tokens that are not numbers, e-mail addresses or URLs.

    Examples
    --------
    >>> split_words("We keep your e-mail for 30 days.")
    ['We', 'keep', 'your', 'e-mail', 'for', 'days']
    """
    return [token for token, kind in tokenize(text) if kind not in _NOT_WORDS]


def count_words(text: str) -> int:
    """How many words a text has; the same as ``len(split_words(text))``, sooner.

    Examples
    --------
    >>> count_words("We keep your e-mail for 30 days.")
    6
    """
    return _count(text, text.split())


def _count(text: str, pieces: list[str]) -> int:
    return len(split_words(text)) if "[" in text else sum(map(_N_WORDS_OF.__getitem__, pieces))


_N_WORDS_OF = Memo(lambda piece: sum(kind not in _NOT_WORDS for _, kind in _TOKENS_OF[piece]))


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
