"""A researcher's own regular expressions, bounded in size and time."""

import math
from typing import Any

import regex  # has a time limit, which the standard library's `re` lacks

_LONGEST = 100_000
_MOST_REPEATS = 1000
_LARGEST = 500_000  # nodes of a compiled expression; more take seconds and hundreds of megabytes
_CALLS_ITSELF = regex.compile(r"(?<!\\)\(\?(?:R|[+-]?\d+|&\w+|P>\w+)\)")


def compile_bounded(pattern: str, *, ignore_case: bool = False) -> Any:
    """A compiled pattern of the `regex` package; search with ``timeout=``, which bounds the time.

    Raises
    ------
    ValueError
        The pattern is no regular expression, too large, or calls itself. The message continues a sentence that
        begins with the pattern.

    Examples
    --------
    >>> compile_bounded("third part(y|ies)", ignore_case=True).findall("Third parties", timeout=1)
    ['ies']
    >>> compile_bounded("a(?R)?b")
    Traceback (most recent call last):
    ValueError: calls itself, which may never end: write the repeated part out
    """
    # `regex` expands counted repeats: nested ones can fill the memory before a time limit is checked.
    counts = [int(count) for count in regex.findall(r"(?<=[{,])\d{1,9}(?=[,}])", pattern)]
    ends = regex.findall(r"\)\{(\d*)(?:,(\d*))?\}", pattern)
    nested = math.prod(int(high or low or 1) for low, high in ends)
    if len(pattern) > _LONGEST:
        raise ValueError(f"is longer than {_LONGEST} characters; divide it")
    if max(counts, default=0) > _MOST_REPEATS or nested * (len(pattern) + sum(counts)) > _LARGEST:
        raise ValueError(f"repeats more than {_MOST_REPEATS} times; use * or + or a smaller bound")
    if _CALLS_ITSELF.search(pattern):
        raise ValueError("calls itself, which may never end: write the repeated part out")
    try:
        return regex.compile(pattern, regex.IGNORECASE if ignore_case else 0)
    except regex.error as error:
        raise ValueError(f"is no regular expression: {error}") from None
    except RecursionError:
        raise ValueError("has too many brackets inside brackets") from None
