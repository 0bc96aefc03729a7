"""In what language a policy is written: the measures here are for English."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

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


def english_share(text: str) -> float:
    """Share of a text's words that are common English function words (about 0.4 in English, below 0.1 elsewhere)."""
    words = text.lower().split()
    return sum(word.strip(".,;:()\"'") in _ENGLISH for word in words) / len(words) if words else float("nan")


@cache
def _classifier() -> Callable[[str], tuple[str, float]]:
    import py3langid

    return py3langid.classify


def describe_language(blocks: list[Block]) -> tuple[str, str]:
    """ISO 639-1 code of the kept text's main language, and a note ("" for plain English).

    Blocks of at least 12 words are judged one by one, so that two languages side by side are seen.
    """
    texts = [block.text for block in blocks if block.keep]
    long = [text for text in texts if len(text.split()) >= 12] or [" ".join(texts)]
    foreign: dict[str, int] = {}
    n_words = 0
    for text in long:
        size = len(text.split())
        n_words += size
        if size and not english_share(text) >= 0.2:
            code = _classifier()(text)[0]
            if code != "en":
                foreign[code] = foreign.get(code, 0) + size
    if not n_words:
        return "", ""
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
