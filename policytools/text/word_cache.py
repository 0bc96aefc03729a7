"""A bounded cache for functions of a word."""

from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")

_MOST_ENTRIES = 2**16  # a few hundred policies have fewer word types
_LONGEST_WORD = 60


class WordCache(dict[str, Answer]):
    """A function of a word that keeps its answers; look a word up as in a dict.

    A lookup costs half of what `functools.lru_cache` takes, and millions of words are looked up. Memory is bounded
    too: a full cache is emptied, and answers for words longer than 60 characters, such as encoded images, are not
    kept. (`lru_cache` bounds the number of entries, not their length.)

    Examples
    --------
    >>> lengths = WordCache(len)
    >>> lengths["policy"], list(map(lengths.__getitem__, ["our", "policy"]))
    (6, [3, 6])
    """

    def __init__(self, function: Callable[[str], Answer]) -> None:
        super().__init__()
        self.function = function

    def __missing__(self, word: str) -> Answer:
        answer = self.function(word)
        if len(word) <= _LONGEST_WORD:
            if len(self) >= _MOST_ENTRIES:
                self.clear()
            self[word] = answer
        return answer
