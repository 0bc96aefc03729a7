"""The language of a policy: the measures are made for English."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from itertools import islice
from math import ceil

from policytools.reading.blocks import Block
from policytools.reading.word_lists import phrase_lists
from policytools.text.word_cache import WordCache

_ENGLISH = frozenset(phrase_lists("language")["english"])
_ENGLISH_SHARE = 0.2  # of function words among all words: about 0.4 in English, below 0.1 in other languages
_IS_ENGLISH = WordCache(lambda word: word.lower().strip(".,;:()\"'") in _ENGLISH)


def is_english(words: list[str]) -> bool:
    """Whether enough of the words are common English function words; False if there are no words."""
    enough = ceil(max(_ENGLISH_SHARE * len(words), 1))
    # Lower-case words without marks are looked up first: this is faster, and nearly always they are enough.
    first = list(islice(filter(_ENGLISH.__contains__, words), enough))
    return len(first) == enough or sum(map(_IS_ENGLISH.__getitem__, words)) >= enough


@cache
def _classifier() -> Callable[[str], tuple[str, float]]:
    import py3langid  # its model takes most of a second to load, and an English policy does not need it

    return py3langid.classify


# Letters of scripts that have no spaces between words.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def _n_words(text: str) -> int:
    """Number of words; of two letters each in scripts without spaces."""
    n_spaced = len(text.split())
    return n_spaced if text.isascii() else max(n_spaced, len(_UNSPACED.findall(text)) // 2)


def _long_texts(texts: Iterable[str]) -> list[tuple[str, int]]:
    """Texts of at least 12 words with their sizes, or all texts as one."""
    sized = [(text, _n_words(text)) for text in texts]
    whole = " ".join(text for text, _ in sized)
    return [pair for pair in sized if pair[1] >= 12] or [(whole, sum(size for _, size in sized))]


def is_mostly_foreign(texts: Iterable[str]) -> bool:
    """Whether more than half of the words are in blocks of other languages; False for a few words.

    Examples
    --------
    >>> is_mostly_foreign(["Wir verarbeiten Ihre Daten, wenn Sie bei uns ein Konto er\u00f6ffnen oder etwas bestellen."] * 2)
    True
    """
    long = _long_texts(texts)
    n_words = sum(size for _, size in long)
    doubtful = [(text, size) for text, size in long if not is_english(text.split())]
    if n_words < 20 or sum(size for _, size in doubtful) <= 0.5 * n_words:
        return False
    return _classifier()(" ".join(text for text, _ in doubtful)[:5_000])[0] != "en"


def describe_language(blocks: list[Block]) -> tuple[str, str]:
    """ISO 639-1 code of the main language of the kept text, and a note ("" for English).

    Blocks of at least 12 words are judged one by one, so that two languages in one file are seen.
    """
    long = _long_texts(block.text for block in blocks if block.keep)
    n_words = sum(size for _, size in long)
    doubtful = [(text, size) for text, size in long if not is_english(text.split())]
    if not n_words:
        return "", ""
    if sum(size for _, size in doubtful) <= 0.1 * n_words:
        return "en", ""
    foreign: Counter[str] = Counter()
    for text, size in doubtful:
        code = _classifier()(text)[0]
        if code != "en":
            foreign[code] += size
    code, size = max(foreign.items(), key=lambda item: item[1], default=("en", 0))
    share = size / n_words
    if share > 0.5:
        return code, f"language: not English ({code}); the measures are made for English"
    if share > 0.1:
        return (
            "en",
            f"language: {share:.0%} of the words are in {code} blocks; measures count them as English",
        )
    return "en", ""
