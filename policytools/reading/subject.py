"""What a text is about: which parts of a document do not read like a privacy policy."""

from math import log

from policytools.reading.blocks import Block
from policytools.reading.language import is_english
from policytools.reading.word_lists import pattern
from policytools.text.word_cache import WordCache

# Of a hundred words in 264 policies 11 are words of the list, in 98 of 100 stretches of a hundred words more than 2.
# In terms of service it is 2, in other texts 0 or 1.
_IN_POLICIES, _IN_OTHERS = 0.08, 0.01
_WORD, _NO_WORD = log(_IN_POLICIES / _IN_OTHERS), log((1 - _IN_POLICIES) / (1 - _IN_OTHERS))
# The evidence that it takes to begin or end another subject: about a hundred words without one of the list, or fewer
# in a short text.
_MAX_CHANGE, _MIN_CHANGE, _WORDS_FOR_ONE_MORE = 8.0, 3.0, 200
_N_IN_WORD = WordCache(lambda word: len(pattern("page", "subject_word").findall(word)))
_MIN_SHARE = 0.08  # the beginnings and ends of other texts are not always seen


def count_subject_words(text: str) -> int:
    """How many words and phrases of a text belong to the subjects of privacy policies.

    Examples
    --------
    >>> count_subject_words("We share your personal data with nobody.")
    3
    """
    # In small letters, because a search that ignores case takes three times as long.
    phrases = pattern("page", "subject_phrase", frame=r"(?-i:\b%s\b)").findall(text.lower())
    return len(phrases) + sum(map(_N_IN_WORD.__getitem__, text.split()))


def is_about_privacy(n_subject: int, n_words: int) -> bool:
    """Whether a text with so many words of the subject among its words is more like a policy than like others."""
    return _evidence(n_subject, n_words) > 0


def _evidence(n_subject: int, n_words: int) -> float:
    """Logarithm of the ratio of the likelihoods that a text is a policy and that it is not."""
    return n_subject * _WORD + (n_words - n_subject) * _NO_WORD


def other_subject(blocks: list[Block]) -> list[bool]:
    """For each block, whether it belongs to a stretch that is not about privacy.

    The division into stretches is the most likely one, if a new stretch needs some evidence. Rows of tables and
    blocks in other languages are no evidence.
    """
    words_of = [block.text.split() for block in blocks]
    change = min(_MAX_CHANGE, _MIN_CHANGE + sum(map(len, words_of)) / _WORDS_FOR_ONE_MORE)
    policy = other = 0.0  # evidence for the best division that ends in a stretch of this kind
    from_other: list[
        tuple[bool, bool]
    ] = []  # for each block: whether the best division came from an "other" stretch
    for block, words in zip(blocks, words_of, strict=True):
        evidence = 0.0
        if block.kind != "table_row":
            n_subject = count_subject_words(block.text)
            if n_subject or len(words) < 12 or is_english(words):
                evidence = _evidence(n_subject, len(words))
        from_other.append((other - change > policy, other >= policy - change))
        policy, other = max(policy, other - change) + evidence, max(other, policy - change)
    is_other = other > policy
    marks = []
    for came_from in reversed(from_other):
        marks.append(is_other)
        is_other = came_from[is_other]
    return marks[::-1]


def describe_subject(blocks: list[Block]) -> str:
    """A note with the share of the kept text that is not about privacy; "" if it is small."""
    kept = [block for block in blocks if block.keep]
    sizes = [len(block.text.split()) for block in kept]
    n_other = sum(size for size, is_other in zip(sizes, other_subject(kept), strict=True) if is_other)
    if n_other <= _MIN_SHARE * sum(sizes):
        return ""
    return f"about {n_other / sum(sizes):.0%} of the kept text does not read like a privacy policy; see the blocks"
