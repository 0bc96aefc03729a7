"""How hard a policy is to read: counted once for each policy, then every formula from the counts.

Words and sentences come from `policytools.segmentation`. Syllables and familiar words are textstat's
judgements, asked once for each word type, with the rules for hyphens, abbreviations and digits that
`policytools.words` states.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from policytools._frames import frame_of_rows, require_columns
from policytools.text.memo import Memo
from policytools.text.syllables import Word, judge, own_textstat
from policytools.text.tokens import count_words, split_pieces, tokenize

if TYPE_CHECKING:
    from policytools.corpus.corpus import Corpus

_WORD_TYPES = ("word", "abbreviation")  # numbers, e-mail addresses and URLs are not words

COLEMAN_LIAU_LETTERS = 0.0588  # as published; textstat has 0.058
WORDS_PER_MINUTE = 238  # silent reading of English non-fiction by adults (Brysbaert 2019)


class Counts(NamedTuple):
    """What the formulas need of one text. All but the last count the words of its sentences."""

    n_sentences: int
    n_words: int
    n_syllables: int
    n_polysyllables: int  # words of three syllables or more
    n_difficult_words: int  # not familiar in the sense of Dale and Chall
    n_letters: int
    n_long_words: int  # words of more than six letters
    n_complex_words: int  # Gunning's, by textstat's rule
    n_characters: int  # letters, digits and punctuation marks
    n_words_read: int  # also the words of headings and fragments


FORMULAS: dict[str, Callable[[Counts], float]] = {
    "flesch_reading_ease": lambda n: (
        206.835 - 1.015 * (n.n_words / n.n_sentences) - 84.6 * (n.n_syllables / n.n_words)
    ),
    "flesch_kincaid_grade": lambda n: (
        0.39 * (n.n_words / n.n_sentences) + 11.8 * (n.n_syllables / n.n_words) - 15.59
    ),
    "smog_index": lambda n: 1.043 * (30 * (n.n_polysyllables / n.n_sentences)) ** 0.5 + 3.1291,
    "gunning_fog": lambda n: 0.4 * (n.n_words / n.n_sentences + 100 * n.n_complex_words / n.n_words),
    "coleman_liau_index": lambda n: (
        COLEMAN_LIAU_LETTERS * (n.n_letters / n.n_words * 100)
        - 0.296 * (n.n_sentences / n.n_words * 100)
        - 15.8
    ),
    "automated_readability_index": lambda n: (
        4.71 * (n.n_characters / n.n_words) + 0.5 * (n.n_words / n.n_sentences) - 21.43
    ),
    "dale_chall_readability_score": lambda n: (
        0.1579 * (100 * n.n_difficult_words / n.n_words)
        + 0.0496 * (n.n_words / n.n_sentences)
        + (3.6365 if 100 * n.n_difficult_words / n.n_words > 5 else 0.0)
    ),
    "lix": lambda n: n.n_words / n.n_sentences + 100 * n.n_long_words / n.n_words,
    "rix": lambda n: n.n_long_words / n.n_sentences,
    "reading_minutes": lambda n: n.n_words_read / WORDS_PER_MINUTE,
}
COUNT_COLUMNS = Counts._fields[:7]
COLUMNS = {"policy_id": "str"} | dict.fromkeys(COUNT_COLUMNS, "int64") | dict.fromkeys(FORMULAS, "float64")
SENSITIVITY_COLUMNS = (
    {"policy_id": "str", "choice": "str"}
    | dict.fromkeys(("n_sentences", "n_words"), "Int64")
    | dict.fromkeys(FORMULAS, "float64")
)


def readability(sentences: pd.DataFrame) -> pd.DataFrame:
    """Counts and ten readability values of each policy (grades and indexes: higher is harder to read).

    Parameters
    ----------
    sentences : DataFrame
        One row for each unit of a policy: policy_id (str), kind (str: "sentence", "fragment" or "heading"),
        text (str). Other columns are not used.

    Returns
    -------
    DataFrame
        One row for each policy, in order of first appearance: policy_id (str); n_sentences, n_words,
        n_syllables, n_polysyllables, n_difficult_words, n_letters, n_long_words (int64);
        flesch_reading_ease (higher is easier), flesch_kincaid_grade, smog_index, gunning_fog,
        coleman_liau_index, automated_readability_index (these five: years of US schooling),
        dale_chall_readability_score, lix, rix, reading_minutes (float64). A value that is not defined is
        NaN.

    Raises
    ------
    ValueError
        When a needed column is missing.

    Notes
    -----
    Units of kind "sentence" are counted. Headings and fragments have no sentence structure to measure, but
    they are read: reading_minutes, and it alone, counts their words too. A policy without sentences has NaN
    for all else; one without words has no reading time either.

    With S sentences, W words, Y syllables, P words of three or more syllables, D difficult words, L letters
    (and digits within words), G words of more than six letters, X complex words, C characters (letters,
    digits and punctuation, no blanks), R words of all kinds of unit:

    - flesch_reading_ease = 206.835 - 1.015 W/S - 84.6 Y/W [1]_
    - flesch_kincaid_grade = 0.39 W/S + 11.8 Y/W - 15.59 [2]_
    - smog_index = 1.043 sqrt(30 P/S) + 3.1291, meant for 30 sentences or more [3]_
    - gunning_fog = 0.4 (W/S + 100 X/W) [4]_
    - coleman_liau_index = 0.0588 (100 L/W) - 0.296 (100 S/W) - 15.8 [5]_
    - automated_readability_index = 4.71 C/W + 0.5 W/S - 21.43 [6]_
    - dale_chall_readability_score = 0.1579 (100 D/W) + 0.0496 W/S, plus 3.6365 where 100 D/W > 5 [7]_
    - lix = W/S + 100 G/W; rix = G/S [8]_
    - reading_minutes = R / 238 [9]_

    The formulas were fitted to passages of running prose of a hundred words or more; of a few sentences
    they say little. Of policies they say nearly the same thing: one measurement, not ten [10]_.

    Numbers, e-mail addresses and URLs are not words, and their characters are not counted; "and/or" is two
    words, "third-party" one; case never matters. `policytools.words.judge` states the rules for syllables
    and difficult words.

    The values equal textstat's own where words and sentences are the same, except by design: textstat has
    0.058 for Coleman-Liau's published 0.0588; it calls regular inflections of familiar words difficult
    ("using", "services"), which Dale and Chall count as familiar (see `is_familiar`); its reading time is
    14.69 ms a character. Kept as in textstat: a complex word is one of three or more syllables that is not
    on the Dale-Chall list, where Gunning leaves out proper names, compounds of short words and verbs made
    long by -ed or -es; the constant 3.6365 depends on 5 % difficult words, where the article of 1948 always
    adds it (policies are far above 5 %); the characters of the automated readability index include
    punctuation marks, where others count letters and digits alone.

    References
    ----------
    .. [1] Flesch, R. (1948). A new readability yardstick. J. Appl. Psychol. 32(3). doi:10.1037/h0057532
    .. [2] Kincaid, J. P., Fishburne, R. P., Rogers, R. L. & Chissom, B. S. (1975). Derivation of new
       readability formulas for Navy enlisted personnel. doi:10.21236/ADA006655
    .. [3] McLaughlin, G. H. (1969). SMOG grading: a new readability formula. Journal of Reading 12(8),
       639-646.
    .. [4] Gunning, R. (1952). The Technique of Clear Writing. McGraw-Hill.
    .. [5] Coleman, M. & Liau, T. L. (1975). A computer readability formula designed for machine scoring.
       J. Appl. Psychol. 60(2). doi:10.1037/h0076540
    .. [6] Smith, E. A. & Senter, R. J. (1967). Automated Readability Index. AMRL-TR-66-220.
    .. [7] Dale, E. & Chall, J. S. (1948). A formula for predicting readability. Educational Research Bulletin
       27(1), 11-20, 28, and 27(2), 37-54 (instructions).
    .. [8] Anderson, J. (1983). Lix and Rix: variations on a little-known readability index. Journal of
       Reading 26(6), 490-496.
    .. [9] Brysbaert, M. (2019). How many words do we read per minute? J. Mem. Lang. 109.
       doi:10.1016/j.jml.2019.104047
    .. [10] Fabian, B., Ermakova, T. & Lentz, T. (2017). Large-scale readability analysis of privacy policies.
       doi:10.1145/3106426.3106427

    Examples
    --------
    >>> sentences = pd.DataFrame({
    ...     "policy_id": ["a", "a", "a"],
    ...     "kind": ["heading", "sentence", "sentence"],
    ...     "text": ["Your data", "We keep your data for a year.", "You can ask for a copy."],
    ... })
    >>> values = readability(sentences).iloc[0]
    >>> int(values["n_sentences"]), int(values["n_words"]), int(values["n_syllables"])
    (2, 13, 15)
    >>> round(float(values["flesch_kincaid_grade"]), 2)  # 0.39 * 13/2 + 11.8 * 15/13 - 15.59
    0.56
    >>> round(float(values["reading_minutes"]), 3)  # (13 + 2 words of the heading) / 238
    0.063
    """
    require_columns(sentences, "sentences", ("policy_id", "kind", "text"))
    units: dict[str, tuple[list[str], list[str]]] = {}
    columns = (sentences[column].tolist() for column in ("policy_id", "kind", "text"))
    for policy_id, kind, text in zip(*columns, strict=True):
        units.setdefault(policy_id, ([], []))[kind != "sentence"].append(text)
    rows = []
    for policy_id, (counted, others) in units.items():
        counts = count(counted, others)
        rows.append((policy_id, *counts[: len(COUNT_COLUMNS)], *_values(counts)))
    return frame_of_rows(rows, COLUMNS)


def reading_sensitivity(corpus: Corpus) -> pd.DataFrame:
    """What the formulas would give had the texts been cut into sentences in another way.

    Parameters
    ----------
    corpus : Corpus
        Its three frames, and the text of each untouched file.

    Returns
    -------
    DataFrame
        One row for each policy and choice, in the order of ``corpus.policies`` and of the list below:
        policy_id, choice (str), n_sentences, n_words (Int64), then the ten formulas of `readability`
        (float64). NaN where undefined.

    Notes
    -----
    The choices:

    - "sentences": the project's own, as `readability`.
    - "fragments as sentences": each fragment is a sentence too.
    - "items merged into lead-in": the first unit of each list item continues the last sentence before the
      list that ends in a colon; whatever else the item says stays as it was.
    - "every line a sentence": each kept block, headings too, is one sentence.
    - "textstat on the raw file": textstat's own functions on the file as it stands, with its own words,
      sentences and constants; its reading time is turned into minutes.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> text = "# Your data\\n\\nWe collect:\\n\\n- your name;\\n- your address.\\n\\nWe keep it for a year."
    >>> corpus = corpus_from_texts(pd.DataFrame({"policy_id": ["a"], "text": [text], "format": ["markdown"]}))
    >>> values = reading_sensitivity(corpus)
    >>> values[["choice", "n_sentences", "n_words"]]
                          choice  n_sentences  n_words
    0                  sentences            2        8
    1     fragments as sentences            4       12
    2  items merged into lead-in            2       12
    3      every line a sentence            5       14
    4   textstat on the raw file            2       14
    """
    blocks = corpus.blocks
    items = blocks[blocks["kind"] == "list_item"]
    item_ids = set(zip(items["policy_id"], items["block_id"], strict=True))
    units: dict[str, list[_Unit]] = {}
    ordered = corpus.sentences.sort_values("sentence_id", kind="stable")
    for policy_id, block_id, kind, text in ordered[["policy_id", "block_id", "kind", "text"]].itertuples(
        index=False
    ):
        units.setdefault(policy_id, []).append(_Unit(kind, text, block_id, (policy_id, block_id) in item_ids))
    kept = blocks[blocks["keep"].astype(bool)]
    lines = {policy_id: list(texts) for policy_id, texts in kept.groupby("policy_id")["text"]}

    rows = []
    for policy_id in corpus.policies["policy_id"]:
        own = units.get(policy_id, [])
        choices = {
            "sentences": _by_kind(own, ("sentence",)),
            "fragments as sentences": _by_kind(own, ("sentence", "fragment")),
            "items merged into lead-in": _merged_items(own),
            "every line a sentence": (lines.get(policy_id, []), []),
        }
        for choice, (counted, others) in choices.items():
            counts = count(counted, others)
            rows.append((policy_id, choice, *counts[:2], *_values(counts)))
        rows.append((policy_id, "textstat on the raw file", *_by_textstat(_raw_text(corpus, policy_id))))
    return frame_of_rows(rows, SENSITIVITY_COLUMNS)


def reading_intervals(
    sentences: pd.DataFrame,
    *,
    formula: str = "flesch_kincaid_grade",
    draws: int = 2000,
    confidence: float = 0.95,
    seed: int = 20250101,
) -> pd.DataFrame:
    """How far one formula's value rests on the sentences that happen to stand in a policy.

    Parameters
    ----------
    sentences : DataFrame
        As for `readability`, with section.
    formula : str
        A formula's column in `readability`.
    draws : int
        Bootstrap samples: within each section its sentences are drawn anew, with replacement.
    confidence : float
        Share of the samples between low and high.
    seed : int
        With the policy_id it fixes the draws: other policies in the frame change nothing.

    Returns
    -------
    DataFrame
        policy_id, formula (str), value (all sentences), low, high (percentiles of the samples; NaN without
        sentences), in order of first appearance.

    Raises
    ------
    ValueError
        A column is missing; a formula that `readability` does not have.

    References
    ----------
    Efron, B. and Tibshirani, R. J. (1993). An Introduction to the Bootstrap, ch. 13.

    Examples
    --------
    >>> frame = pd.DataFrame({"policy_id": "a", "kind": "sentence", "section": "",
    ...                       "text": ["We collect data.", "We do not sell any of your personal information."]})
    >>> reading_intervals(frame).round(1).values.tolist()
    [['a', 'flesch_kincaid_grade', 6.4, 5.2, 7.6]]
    """
    require_columns(sentences, "sentences", ("policy_id", "kind", "section", "text"))
    if formula not in FORMULAS:
        raise ValueError(f"formula {formula!r} is not one of {', '.join(FORMULAS)}")
    rows: list[tuple] = []
    for policy_id, part in sentences.groupby("policy_id", sort=False):
        own = part[part["kind"] == "sentence"]
        value = low = high = math.nan
        if len(own):
            value = FORMULAS[formula](Counts._make(map(int, _facts(own["text"]).sum(axis=0))))
            rng = np.random.default_rng([seed, zlib.crc32(str(policy_id).encode())])
            sums = np.zeros((draws, len(Counts._fields)), dtype=np.int64)
            for _, texts in own.groupby("section", sort=False)["text"]:
                facts = _facts(texts)
                sums += facts[rng.integers(len(facts), size=(draws, len(facts)))].sum(axis=1)
            samples = [FORMULAS[formula](Counts._make(row)) for row in sums.tolist() if row[1]]
            tail = 50 * (1 - confidence)
            low, high = np.percentile(samples, [tail, 100 - tail])
        rows.append((policy_id, formula, value, low, high))
    return frame_of_rows(
        rows, {"policy_id": "str", "formula": "str", "value": "float64", "low": "float64", "high": "float64"}
    )


def _facts(texts: pd.Series) -> np.ndarray:
    """`Counts` of each sentence alone, one row each."""
    return np.array([count([text]) for text in texts], dtype=np.int64)


def count(sentences: Sequence[str], others: Sequence[str] = ()) -> Counts:
    """Everything the formulas need, counted once.

    Parameters
    ----------
    sentences : sequence of str
        The sentences of one text.
    others : sequence of str
        Its headings and fragments: only their words are counted, for the reading time.

    Examples
    --------
    >>> counts = count(["We use third-party services."], ["Your data"])
    >>> counts.n_words, counts.n_syllables, counts.n_polysyllables, counts.n_words_read
    (4, 8, 2, 6)
    """
    rows = b"".join(map(_COUNTS_OF.__getitem__, split_pieces(sentences)))
    sums = np.frombuffer(rows, "<u4").reshape(-1, _N_FACTS).sum(axis=0, dtype="int64").tolist()
    return Counts._make((len(sentences), *sums, sums[0] + sum(map(count_words, others))))


# The fields n_words to n_characters of `Counts`, of which those in the middle are the fields of `Word`.
_N_FACTS = 2 + len(Word._fields)
_FACTS = struct.Struct(f"<{_N_FACTS}I")


def _row(piece: str) -> bytes:
    """These fields of what stands between blanks, as bytes: the rows of a text joined are a table at once."""
    tokens = tokenize(piece)
    words = [judge(token) for token, token_type in tokens if token_type in _WORD_TYPES]
    facts = words[0] if len(words) == 1 else map(sum, zip(*words)) if words else [0] * len(Word._fields)
    left_out = sum(len(token) for token, token_type in tokens if token_type not in _WORD_TYPES)
    return _FACTS.pack(len(words), *facts, len(piece) - left_out)


_COUNTS_OF = Memo(_row)


# --- other ways to cut


class _Unit(NamedTuple):
    kind: str
    text: str
    block_id: int
    is_item: bool


def _by_kind(units: list[_Unit], counted: tuple[str, ...]) -> tuple[list[str], list[str]]:
    return [u.text for u in units if u.kind in counted], [u.text for u in units if u.kind not in counted]


def _merged_items(units: list[_Unit]) -> tuple[list[str], list[str]]:
    sentences: list[str] = []
    others: list[str] = []
    lead_in = block_before = None
    for unit in units:
        if not unit.is_item:
            lead_in = None
        if lead_in is not None and unit.block_id != block_before and unit.kind != "heading":
            sentences[lead_in] += " " + unit.text
        elif unit.kind == "sentence":
            sentences.append(unit.text)
            lead_in = len(sentences) - 1 if unit.text.endswith(":") else lead_in
        else:
            others.append(unit.text)
        block_before = unit.block_id
    return sentences, others


def _raw_text(corpus: Corpus, policy_id: str) -> str | None:
    try:
        return corpus.raw_text(policy_id)
    except KeyError:  # frames that were put together without files
        return None


def _by_textstat(text: str | None) -> list[Any]:
    textstat = own_textstat()
    if text is None or not textstat.lexicon_count(text):
        return [pd.NA, pd.NA] + [math.nan] * len(FORMULAS)
    values = [getattr(textstat, formula)(text) for formula in FORMULAS if formula != "reading_minutes"]
    return [
        textstat.sentence_count(text),
        textstat.lexicon_count(text),
        *values,
        textstat.reading_time(text) / 60,
    ]


# --- frames


def _values(counts: Counts) -> list[float]:
    is_defined = counts.n_sentences > 0 and counts.n_words > 0
    values = [formula(counts) if is_defined else math.nan for formula in FORMULAS.values()]
    # Headings and fragments are read too: a time, unlike a grade, needs no sentence.
    values[-1] = FORMULAS["reading_minutes"](counts) if counts.n_words_read else math.nan
    return values
