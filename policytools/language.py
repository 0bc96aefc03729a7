"""In what language a policy is written: the measures here are for English."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from policytools.memo import Memo
from policytools.readers import Block

# The commonest English function words; in English running text they make up a third of the words.
_ENGLISH = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "in",
        "a",
        "is",
        "that",
        "for",
        "it",
        "as",
        "with",
        "on",
        "be",
        "by",
        "or",
        "this",
        "are",
        "you",
        "your",
        "we",
        "our",
        "from",
        "may",
        "not",
        "will",
        "which",
        "have",
        "any",
        "us",
        "if",
        "can",
        "do",
        "such",
        "other",
        "when",
        "these",
        "at",
        "all",
        "an",
        "has",
        "their",
        "they",
        "more",
        "use",
        "how",
        "what",
        "was",
    ]
)


def english_share(words: list[str]) -> float:
    """Share of common English function words among lower-cased words (about 0.4 in English, below 0.1 elsewhere)."""
    return sum(map(_IS_ENGLISH.__getitem__, words)) / len(words) if words else float("nan")


_IS_ENGLISH = Memo(lambda word: word.strip(".,;:()\"'") in _ENGLISH)


@cache
def _classifier() -> Callable[[str], tuple[str, float]]:
    import py3langid

    return py3langid.classify


def describe_language(blocks: list[Block]) -> tuple[str, str]:
    """ISO 639-1 code of the kept text's main language, and a note ("" for plain English).

    Blocks of at least 12 words are judged one by one, so that two languages side by side are seen.
    """
    texts = [block.text for block in blocks if block.keep]
    long = [text for text in texts if len(text.split(maxsplit=11)) == 12] or [" ".join(texts)]
    n_words = 0
    doubtful: list[tuple[str, int]] = []  # blocks with few English words, and their sizes
    for text in long:
        words = text.lower().split()
        n_words += len(words)
        if words and not english_share(words) >= 0.2:
            doubtful.append((text, len(words)))
    if not n_words:
        return "", ""
    if sum(size for _, size in doubtful) <= 0.1 * n_words:
        return "en", ""  # whatever they are; the classifier's model takes most of a second to load
    foreign: dict[str, int] = {}
    for text, size in doubtful:
        code = _classifier()(text)[0]
        if code != "en":
            foreign[code] = foreign.get(code, 0) + size
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
