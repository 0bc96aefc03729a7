"""Answers kept for what comes again and again: words, and what stands between blanks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")


class Memo(dict[str, Answer]):
    """A function of a text, each answer kept; look it up like a dict.

    Bounded, so that a process that reads a million policies stays at its size: when it is full it starts
    afresh, and what is longer than `max_length` characters is answered and not kept. The defaults are for words
    and for what stands between blanks: there are more entries than a few hundred policies have word types.

    Examples
    --------
    >>> lengths = Memo(len)
    >>> lengths["policy"], list(map(lengths.__getitem__, ["our", "policy"]))
    (6, [3, 6])
    """

    def __init__(self, function: Callable[[str], Answer], *, max_entries: int = 2**16, max_length: int = 60):
        super().__init__()
        self.function, self.max_entries, self.max_length = function, max_entries, max_length

    def __missing__(self, text: str) -> Answer:
        answer = self.function(text)
        if len(text) <= self.max_length:
            if len(self) >= self.max_entries:
                self.clear()
            self[text] = answer
        return answer
