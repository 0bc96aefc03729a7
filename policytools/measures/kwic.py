"""Words in context: each occurrence of a phrase or regular expression, bounded in time."""

import time
from collections.abc import Collection
from typing import Any

import pandas as pd

from policytools._frames import check_frame, check_number, frame_of_rows, in_reading_order
from policytools.text.patterns import compile_bounded

_KWIC = {
    "policy_id": "str", "sentence_id": "int64", "section": "str", "pre": "str", "keyword": "str", "post": "str",
    "start": "int64", "end": "int64",
}  # fmt: skip
_MOST_CONTEXT = 2_000  # characters; a unit that has a word a thousand times would be copied a thousand times


def kwic(
    sentences: pd.DataFrame,
    pattern: str,
    *,
    whole_words: bool = True,
    ignore_case: bool = True,
    kinds: Collection[str] | None = None,
    timeout: float = 10.0,
) -> pd.DataFrame:
    """Each occurrence of a phrase or regular expression, with the words before and after it.

    Parameters
    ----------
    sentences : DataFrame
        policy_id (str), sentence_id (int), section (str), text (str); kind (str) if `kinds` is given.
    pattern : str
        A phrase ("third parties") or a regular expression (``third part(y|ies)``, ``shar\\w*``) of the `regex`
        package. In a phrase, full stops, brackets and other signs need a backslash.
    whole_words : bool
        Take only matches that do not begin or end inside a word ("sell" does not find "seller").
    ignore_case : bool
    kinds : collection of str, optional
        Kinds of units that are searched; all by default.
    timeout : float
        Seconds that all matching together may take.

    Returns
    -------
    DataFrame
        One row for each occurrence in reading order: policy_id (str), sentence_id (int), section (str), pre,
        keyword, post (str; together they are the sentence's text, but pre and post have at most 2,000 characters),
        start, end (int, characters in it). See `format_kwic` for lines with the keyword in one column.

    Raises
    ------
    ValueError
        `pattern` is empty, does not compile, matches the empty text, is too large, calls itself ("(?R)"), or runs
        longer than `timeout`.

    Examples
    --------
    >>> sentences = pd.DataFrame({"policy_id": ["a"], "sentence_id": [4], "section": ["Sharing"],
    ...                           "text": ["We never sell data to third parties."]})
    >>> kwic(sentences, "third part(y|ies)")[["section", "pre", "keyword", "post"]]
       section                     pre        keyword post
    0  Sharing  We never sell data to   third parties    .
    """
    compiled = _compile(pattern, whole_words=whole_words, ignore_case=ignore_case)
    check_number("timeout", timeout, 0, inside=True)
    frame = in_reading_order(sentences, columns=["section"], kinds=kinds)
    rows = []
    end_by = time.monotonic() + timeout
    units = frame[["policy_id", "sentence_id", "section", "text"]].itertuples(index=False, name=None)
    for policy, sentence, section, text in units:
        try:
            for match in compiled.finditer(text, timeout=max(end_by - time.monotonic(), 1e-6)):
                start, end = match.span()
                if end > start:
                    pre, post = text[max(start - _MOST_CONTEXT, 0) : start], text[end : end + _MOST_CONTEXT]
                    found = (pre, match.group(), post, start, end)
                    rows.append((policy, sentence, section, *found))
        except TimeoutError:
            raise ValueError(
                f"pattern: {pattern!r} took longer than timeout={timeout} seconds (at policy {policy!r}, sentence "
                f"{sentence}); it has too many ways to match: avoid repeats inside repeats, or allow more time"
            ) from None
    return frame_of_rows(rows, _KWIC)


def _compile(pattern: str, *, whole_words: bool, ignore_case: bool) -> Any:
    if not isinstance(pattern, str) or not pattern.strip():
        raise ValueError(f"pattern: must be a phrase or a regular expression, not {pattern!r}")
    whole = rf"(?<!\w)(?:{pattern})(?!\w)" if whole_words else pattern
    try:
        alone = compile_bounded(pattern)
        compiled = compile_bounded(whole, ignore_case=ignore_case)
        matches_nothing = alone.fullmatch("", timeout=1)
    except ValueError as error:
        raise ValueError(f"pattern: {pattern[:80]!r} {error}") from None
    except TimeoutError:
        matches_nothing = False  # the search of the first text ends with an error
    if matches_nothing:
        raise ValueError(f"pattern: {pattern!r} matches the empty text, so it would be found everywhere")
    return compiled


def format_kwic(rows: pd.DataFrame, *, width: int = 50) -> str:
    """A `kwic` frame as aligned lines: policy, section, and the keyword in one column with its context.

    Parameters
    ----------
    rows : DataFrame
        From `kwic`.
    width : int
        Characters of context on either side.

    Returns
    -------
    str
        One line for each row, "" for an empty frame.

    Examples
    --------
    >>> sentences = pd.DataFrame({"policy_id": "a", "sentence_id": [0, 1], "section": "Sharing",
    ...                           "text": ["We never sell it.", "Nobody may sell data."]})
    >>> print(format_kwic(kwic(sentences, "sell"), width=12))
    a  Sharing     We never  sell  it.
    a  Sharing   Nobody may  sell  data.
    """
    rows = check_frame(rows, "rows", ("policy_id", "section", "pre", "keyword", "post"))
    check_number("width", width, 1, whole=True)
    if rows.empty:
        return ""
    policies, sections = list(rows["policy_id"]), [section[:30] for section in rows["section"]]
    left, middle = max(map(len, policies)), max(map(len, sections))
    key = max(map(len, rows["keyword"]))
    lines = []
    context = zip(policies, sections, rows["pre"], rows["keyword"], rows["post"], strict=True)
    for policy, section, pre, word, post in context:
        before, after = pre.strip()[-width:], post.strip()[:width]
        line = f"{policy:<{left}}  {section:<{middle}} {before:>{width}}  {word:<{key}}  {after}"
        lines.append(line.rstrip())
    return "\n".join(lines)
