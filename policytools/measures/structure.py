"""Structure: the headings of a policy, and how much text is below each."""

import re

import numpy as np
import pandas as pd

from policytools._frames import check_choice, frame_of_rows, in_reading_order, typed_frame
from policytools.measures.readability import WORDS_PER_MINUTE

_SECTIONS = {
    "policy_id": "str", "section_id": "int64", "sentence_id": "Int64", "heading": "str", "n_units": "int64",
    "n_words": "int64",
}  # fmt: skip
_STRUCTURE = {
    "policy_id": "str", "n_sections": "int64", "n_words": "int64", "n_words_headed": "int64",
    "headed_share": "float64", "section_minutes": "float64",
}  # fmt: skip
_TITLE = re.compile(r"privacy|data protection|policy|notice", re.IGNORECASE)


def sections(sentences: pd.DataFrame, *, run_in: str = "counted") -> pd.DataFrame:
    """Sections of each policy that hold text: the words from one heading to the next.

    Parameters
    ----------
    sentences : DataFrame
        One row for each unit: policy_id (str), block_id, sentence_id (int), kind, text (str), n_words (int).
    run_in : {"counted", "left_out"}
        Whether a label at the beginning of a paragraph ("Cookies: ...") opens a section too, or only a heading
        with a line of its own.

    Returns
    -------
    DataFrame
        One row for each section with text, in reading order: policy_id, section_id (int, from 0 in each policy),
        sentence_id (Int64, of its heading), heading (str), n_units, n_words (int, headings not counted).
        Text above the first heading, or below the title alone, has sentence_id NA and heading "".

    Raises
    ------
    ValueError
        A missing column; `run_in` is neither.

    Notes
    -----
    A title is the first unit of a policy, if it is a heading and names the document ("Privacy Policy"). It
    says nothing about the text below it, so that text counts as text without a heading.

    Examples
    --------
    >>> sentences = pd.DataFrame({
    ...     "policy_id": "a", "block_id": [0, 1, 2, 3], "sentence_id": [0, 1, 2, 3],
    ...     "kind": ["heading", "sentence", "heading", "sentence"],
    ...     "text": ["Privacy Policy", "We care.", "Cookies", "We use none of them."], "n_words": [2, 2, 1, 5]})
    >>> sections(sentences)[["sentence_id", "heading", "n_words"]]
       sentence_id  heading  n_words
    0         <NA>                 2
    1            2  Cookies        5
    """
    check_choice("run_in", run_in, ("counted", "left_out"))
    frame = in_reading_order(sentences, columns=["block_id", "kind", "n_words"])
    is_heading = frame["kind"] == "heading"
    if run_in == "left_out":
        beside_text = frame.loc[~is_heading, ["policy_id", "block_id"]].drop_duplicates().assign(beside=True)
        beside = frame[["policy_id", "block_id"]].merge(beside_text, how="left")["beside"].notna()
        is_heading &= ~beside
    frame["below"] = is_heading.groupby(frame["policy_id"]).cumsum()  # the number of the heading above a unit
    names_document = frame["text"].map(lambda text: bool(_TITLE.search(text))).astype(bool)
    is_title = is_heading & ~frame["policy_id"].duplicated() & names_document

    headings = frame.loc[is_heading & ~is_title, ["policy_id", "below", "sentence_id", "text"]]
    units = frame[frame["kind"] != "heading"].groupby(["policy_id", "below"], sort=False)["n_words"]
    found = units.agg(n_units="size", n_words="sum").reset_index().merge(headings, how="left")
    section_id = found.groupby("policy_id").cumcount()
    return typed_frame({**found, "section_id": section_id, "heading": found["text"].fillna("")}, _SECTIONS)


def structure(sentences: pd.DataFrame, *, run_in: str = "counted") -> pd.DataFrame:
    """Share of the text under headings, and the length of the sections in minutes of reading.

    Parameters
    ----------
    sentences, run_in
        As in `sections`.

    Returns
    -------
    DataFrame
        One row for each policy, ordered by policy_id: policy_id, n_sections, n_words, n_words_headed (int;
        headings not counted), headed_share (float, 0 to 1), section_minutes (float: half of the words are
        in sections at most that long). NaN for a policy without text.

    Notes
    -----
    ::

        headed_share = n_words_headed / n_words
        section_minutes = (median over words of the n_words of the word's section) / 238

    Examples
    --------
    >>> sentences = pd.DataFrame({
    ...     "policy_id": "a", "block_id": [0, 1, 2, 3], "sentence_id": [0, 1, 2, 3],
    ...     "kind": ["heading", "sentence", "heading", "sentence"],
    ...     "text": ["Privacy Policy", "We care.", "Cookies", "We use none of them."], "n_words": [2, 2, 1, 5]})
    >>> values = structure(sentences).iloc[0]
    >>> round(float(values["headed_share"]), 3), round(float(values["section_minutes"]), 3)  # 5/7, 5/238
    (0.714, 0.021)
    """
    found = sections(sentences, run_in=run_in)
    sections_of = dict(list(found.groupby("policy_id")))
    rows = []
    for policy_id in sorted(set(sentences["policy_id"].astype("str"))):
        own = sections_of.get(policy_id, found.iloc[:0])
        sizes = np.sort(own["n_words"].to_numpy())
        total, headed = sizes.sum(), own.loc[own["sentence_id"].notna(), "n_words"].sum()
        share = minutes = np.nan
        if total:
            share = headed / total
            minutes = sizes[np.searchsorted(sizes.cumsum(), total / 2)] / WORDS_PER_MINUTE
        rows.append((policy_id, len(own), total, headed, share, minutes))
    return frame_of_rows(rows, _STRUCTURE)
