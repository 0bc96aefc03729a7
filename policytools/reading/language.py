"""The language of a policy: the measures are made for English."""

from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import chain, islice
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


def describe_language(blocks: list[Block]) -> tuple[str, str]:
    """ISO 639-1 code of the main language of the kept text, and a note ("" for English).

    Blocks of at least 12 words are judged one by one, so that two languages in one file are seen.
    """
    texts = [block.text.split() for block in blocks if block.keep]
    long = [words for words in texts if len(words) >= 12] or [list(chain.from_iterable(texts))]
    n_words = sum(map(len, long))
    doubtful = [words for words in long if words and not is_english(words)]
    if not n_words:
        return "", ""
    if sum(map(len, doubtful)) <= 0.1 * n_words:
        return "en", ""
    foreign: Counter[str] = Counter()
    for words in doubtful:
        code = _classifier()(" ".join(words))[0]
        if code != "en":
            foreign[code] += len(words)
    code, size = max(foreign.items(), key=lambda item: item[1], default=("en", 0))
    share = size / n_words
    if share > 0.5:
        return code, f"language: not English ({code}); the measures are made for English"
    if share > 0.1:
        return (
            "en",
            f"language: {share:.0%} of the words stand in {code} blocks; measures count them as English",
        )
    return "en", ""
