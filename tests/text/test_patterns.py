"""Patterns of a researcher: what compiles, and what is refused."""

from __future__ import annotations

import pytest

from policytools.text.patterns import compile_bounded


@pytest.mark.parametrize(
    "pattern",
    [r"(?:\S+ ){1,8}may", r"\(\?R\)", r".{0,500}x.{0,500}", "(?i)sell(?-i:X)", "|".join(["word"] * 9_000)],
)
def test_ordinary_patterns_compile(pattern):
    compile_bounded(pattern)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(?:(?:a{30}){30}){999}", "repeats more than 1000 times"),
        ("a" * 100_001, "is longer than 100000"),
        ("(?0)", "calls itself"),
        ("(a)(?+1)(b)", "calls itself"),
        ("(?P<n>a)(?P>n)", "calls itself"),
        ("[a", "is no regular expression"),
        ("(" * 5000 + ")" * 5000, "too many brackets"),
    ],
)
def test_unbounded_patterns_are_refused(pattern, message):
    with pytest.raises(ValueError, match=message):
        compile_bounded(pattern)
