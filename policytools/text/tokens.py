"""Words: from a text to the tokens and terms that all measures count.

A text is split into typed tokens without its punctuation. Numbers, e-mail addresses and URLs are tokens but
not words. As terms, words are folded: lower case, plain apostrophes and hyphens.
"""

import re
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from policytools._files import PACKAGE
from policytools.text.normalise import fold
from policytools.text.word_cache import WordCache

STOP_WORDS_FILE = PACKAGE / "lexicons" / "stop-words-english.txt"
NOT_WORDS = frozenset({"number", "email", "url"})  # kinds of tokens that are not counted as words
TOP_LEVEL_DOMAIN = r"(?:com|org|net|eu|io|co|tech|info|gov|edu|uk|de|fr|cn|app|dev|ai|me|us)\b"

Run = tuple[int, list[str]]  # how many words of the text come before the run; the run's neighbouring words

# A token is one of these, tried in this order. What matches none of them is punctuation. An address is tried only where
# its characters begin: if it is tried at each of them, a long run of hyphens takes quadratic time.
_TOKEN = re.compile(
    rf"""
    (?P<email>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+ | \[email[ ]?protected\])
  | (?P<url>(?:https?://|www\.)[^\s<>()\[\]"']+
        | (?<![a-z0-9-])(?:[a-z0-9-]+\.){{1,12}}{TOP_LEVEL_DOMAIN}(?:/[^\s<>()\[\]"']*)?)
  | (?P<abbreviation>(?:[^\W_]+[‑-])*(?:[^\W\d_]\.){{2,}}(?:[‑-](?:(?:[^\W\d_]\.){{2,}}|[^\W_]+))*)
  | (?P<word>[^\W_]*[^\W\d_][^\W_]*(?:['’‑-][^\W_]+)*
        | [^\W_]+(?:['’‑-][^\W_]*[^\W\d_][^\W_]*)+ )
  | (?P<number>\d+(?:[.,:/-]\d+)*)
    """,
    re.VERBOSE | re.IGNORECASE,
)


def tokenize(text: str) -> list[tuple[str, str]]:
    """Split text into typed tokens, punctuation left out.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    list of (str, str)
        Token as in the text and its type: ``word``, ``abbreviation`` ("e.g.", "U.S.", "EU-U.S."), ``number``
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
    if "[" in text:  # only the mask of an address may contain a space
        return [*_tokens(text)]
    return list(chain.from_iterable(map(_TOKENS_OF.__getitem__, text.split())))


def _tokens(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((match.group(), match.lastgroup or "word") for match in _TOKEN.finditer(text))


_TOKENS_OF = WordCache(_tokens)
_MASK = re.compile(r"\[email protected\]", re.IGNORECASE)


def split_pieces(texts: Iterable[str]) -> list[str]:
    """The texts split at white space. Pieces recur, so what depends on one piece can be cached.

    No token crosses white space, except the mask "[email protected]", which loses its space here.

    Examples
    --------
    >>> split_pieces(["We keep data.", "We sell no data."])
    ['We', 'keep', 'data.', 'We', 'sell', 'no', 'data.']
    """
    text = "\n".join(texts)
    return (_MASK.sub("[emailprotected]", text) if "[" in text else text).split()


def split_words(text: str) -> list[str]:
    """The words of a text in order, in their own spelling: tokens other than numbers, e-mail addresses and URLs.

    Examples
    --------
    >>> split_words("We keep your e-mail for 30 days.")
    ['We', 'keep', 'your', 'e-mail', 'for', 'days']
    """
    return [token for token, kind in tokenize(text) if kind not in NOT_WORDS]


def count_words(text: str) -> int:
    """How many words a text has: ``len(split_words(text))``, but faster.

    Examples
    --------
    >>> count_words("We keep your e-mail for 30 days.")
    6
    """
    return len(split_words(text)) if "[" in text else sum(map(_N_WORDS_OF.__getitem__, text.split()))


_N_WORDS_OF = WordCache(lambda piece: len(split_words(piece)))


def load_stop_words(path: str | Path = STOP_WORDS_FILE) -> frozenset[str]:
    """Stop words of a text file: words separated by white space, comments after ``#``.

    Examples
    --------
    >>> {"the", "don't"} <= load_stop_words(), "may" in load_stop_words()
    (True, False)
    """
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return frozenset(fold(word) for line in lines for word in line.partition("#")[0].split())


def word_runs(
    texts: Iterable[str], *, exclude: Iterable[str] = (), placeholders: bool = False
) -> list[tuple[int, list[Run]]]:
    """The number of words of each text, and its words as runs of neighbours.

    Parameters
    ----------
    texts : iterable of str
    exclude : iterable of str
        Names that are left out, of one word or several, also with "'s" ("Acme" leaves out "ACME's").
    placeholders : bool
        Put ``<number>``, ``<email>`` and ``<url>`` among the words. By default such tokens end a run.

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
            raise ValueError(f"exclude: {name!r} has no word in it; give names made of words")
        for last in (tokens[-1], tokens[-1] + "'s"):
            form = (*tokens[:-1], last)
            table.setdefault(form[0], []).append(form)
    for forms in table.values():
        forms.sort(key=len, reverse=True)
    return table


def _runs_of(text: str, names: dict[str, list[tuple[str, ...]]], placeholders: bool) -> tuple[int, list[Run]]:
    tokens = tokenize(fold(text))
    if not names and NOT_WORDS.isdisjoint(kind for _, kind in tokens):  # most sentences
        return len(tokens), [(0, [token for token, _ in tokens])] if tokens else []
    runs: list[Run] = []
    run: list[str] = []
    n_words = skip = 0
    for i, (token, kind) in enumerate(tokens):
        is_word = kind not in NOT_WORDS
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
