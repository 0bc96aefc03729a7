"""How hard a policy is to read: its words are counted once, and every formula uses these counts.

Words and sentences come from `policytools.text`. Syllables and familiar words come from the dictionary and the list
that textstat uses, looked up once for each word type, with the rules for other words that `policytools.text.syllables`
states.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from policytools._frames import check_frame, frame_of_rows
from policytools.text.syllables import judge
from policytools.text.tokens import NOT_WORDS, count_words, split_pieces, tokenize
from policytools.text.word_cache import WordCache

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


# ---------------------------------------------------------------- formulas (references: see `readability`)


def flesch_reading_ease(n: Counts) -> float:
    """Flesch reading ease, higher is easier: 206.835 - 1.015 W/S - 84.6 Y/W (Flesch 1948)."""
    return 206.835 - 1.015 * (n.n_words / n.n_sentences) - 84.6 * (n.n_syllables / n.n_words)


def flesch_kincaid_grade(n: Counts) -> float:
    """Years of US schooling: 0.39 W/S + 11.8 Y/W - 15.59 (Kincaid et al. 1975)."""
    return 0.39 * (n.n_words / n.n_sentences) + 11.8 * (n.n_syllables / n.n_words) - 15.59


def smog_index(n: Counts) -> float:
    """Years of US schooling: 1.043 sqrt(30 P/S) + 3.1291 (McLaughlin 1969)."""
    return 1.043 * (30 * (n.n_polysyllables / n.n_sentences)) ** 0.5 + 3.1291


def gunning_fog(n: Counts) -> float:
    """Years of US schooling: 0.4 (W/S + 100 X/W) (Gunning 1952)."""
    return 0.4 * (n.n_words / n.n_sentences + 100 * n.n_complex_words / n.n_words)


def coleman_liau_index(n: Counts) -> float:
    """Years of US schooling: 5.88 L/W - 29.6 S/W - 15.8 (Coleman & Liau 1975)."""
    letters, sentences = n.n_letters / n.n_words * 100, n.n_sentences / n.n_words * 100
    return COLEMAN_LIAU_LETTERS * letters - 0.296 * sentences - 15.8


def automated_readability_index(n: Counts) -> float:
    """Years of US schooling: 4.71 C/W + 0.5 W/S - 21.43 (Smith & Senter 1967)."""
    return 4.71 * (n.n_characters / n.n_words) + 0.5 * (n.n_words / n.n_sentences) - 21.43


def dale_chall_readability_score(n: Counts) -> float:
    """Dale-Chall score, higher is harder: 15.79 D/W + 0.0496 W/S, plus 3.6365 where D/W is above 0.05 (Dale & Chall 1948)."""
    difficult = 100 * n.n_difficult_words / n.n_words
    return 0.1579 * difficult + 0.0496 * (n.n_words / n.n_sentences) + 3.6365 * (difficult > 5)


def lix(n: Counts) -> float:
    """Sentence length and share of long words, higher is harder: W/S + 100 G/W (Björnsson 1968)."""
    return n.n_words / n.n_sentences + 100 * n.n_long_words / n.n_words


def rix(n: Counts) -> float:
    """Long words in a sentence, higher is harder: G/S (Anderson 1983)."""
    return n.n_long_words / n.n_sentences


def reading_minutes(n: Counts) -> float:
    """Minutes of silent reading: R/238 (Brysbaert 2019)."""
    return n.n_words_read / WORDS_PER_MINUTE


class Formula(NamedTuple):
    """A formula, with all that tables, figures and texts say about it. Call it with `Counts`, of numbers or arrays."""

    function: Callable[[Counts], float]
    label: str
    unit: str  # "" where the values have none
    direction: str  # "higher is easier" or "higher is harder"
    expression: str  # in the symbols of `readability`
    references: str  # keys of resources/references.bib

    def __call__(self, counts: Counts) -> float:
        return self.function(counts)


_YEARS, _HARDER = "US school years", "higher is harder"
FORMULAS = {
    formula.function.__name__: formula
    for formula in [
        Formula(flesch_reading_ease, "Flesch reading ease", "0 to 100", "higher is easier",
                "206.835 - 1.015 W/S - 84.6 Y/W", "@flesch1948"),
        Formula(flesch_kincaid_grade, "Flesch-Kincaid grade", _YEARS, _HARDER,
                "0.39 W/S + 11.8 Y/W - 15.59", "@kincaid1975"),
        Formula(smog_index, "SMOG index", _YEARS, _HARDER, "1.043 sqrt(30 P/S) + 3.1291", "@mclaughlin1969"),
        Formula(gunning_fog, "Gunning fog index", _YEARS, _HARDER, "0.4 (W/S + 100 X/W)", "@gunning1952"),
        Formula(coleman_liau_index, "Coleman-Liau index", _YEARS, _HARDER,
                "5.88 L/W - 29.6 S/W - 15.8", "@coleman1975"),
        Formula(automated_readability_index, "automated readability index", _YEARS, _HARDER,
                "4.71 C/W + 0.5 W/S - 21.43", "@smith1967"),
        Formula(dale_chall_readability_score, "Dale-Chall score", "", _HARDER,
                "15.79 D/W + 0.0496 W/S, plus 3.6365 where D/W is above 0.05", "@dale1948; @dale1948instructions"),
        Formula(lix, "Lix", "", _HARDER, "W/S + 100 G/W", "@bjornsson1968"),
        Formula(rix, "Rix", "", _HARDER, "G/S", "@anderson1983"),
        Formula(reading_minutes, "reading time", "minutes", _HARDER, "R/238", "@brysbaert2019"),
    ]
}  # fmt: skip
COUNT_COLUMNS = Counts._fields[:7]
COLUMNS = {"policy_id": "str"} | dict.fromkeys(COUNT_COLUMNS, "int64") | dict.fromkeys(FORMULAS, "float64")


def formula_values(counts: Counts) -> list[float]:
    """The value of every formula, in the order of FORMULAS; NaN where it is undefined."""
    values = dict.fromkeys(FORMULAS, math.nan)
    if counts.n_sentences and counts.n_words:
        values = {name: formula(counts) for name, formula in FORMULAS.items()}
    if counts.n_words_read:  # unlike a grade, a time needs no sentence
        values["reading_minutes"] = reading_minutes(counts)
    return list(values.values())


# ---------------------------------------------------------------- the measure


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
        A column is missing or holds something else; a unit occurs twice.

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
    words, "third-party" one; case never matters. `policytools.text.syllables` states the rules for
    syllables (`syllable_count`) and difficult words (`is_familiar`).

    The values equal textstat's own where words and sentences are the same, except by design: textstat has
    0.058 for Coleman-Liau's published 0.0588; it calls regular inflections of familiar words and "baby"
    difficult ("using", "services"), which Dale and Chall count as familiar; its reading time is
    14.69 ms a character; it counts the syllables of words that CMUdict lacks by hyphenation ("GDPR": 1,
    "anonymised": 1). Kept as in textstat: a complex word is one of three or more syllables that is not
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
    sentences = check_frame(sentences, "sentences", ("policy_id", "kind", "text"))
    units: dict[str, tuple[list[str], list[str]]] = {}
    columns = (sentences[column].tolist() for column in ("policy_id", "kind", "text"))
    for policy_id, kind, text in zip(*columns, strict=True):
        units.setdefault(policy_id, ([], []))[kind != "sentence"].append(text)
    rows = []
    for policy_id, (counted, others) in units.items():
        counts = count(counted, others)
        rows.append((policy_id, *counts[: len(COUNT_COLUMNS)], *formula_values(counts)))
    return frame_of_rows(rows, COLUMNS)


def count(sentences: Sequence[str], others: Sequence[str] = ()) -> Counts:
    """All that the formulas need, counted once.

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
    pieces = Counter(split_pieces(sentences))  # most occur more than once
    table = np.array([_COUNTS_OF[piece] for piece in pieces], dtype="int64").reshape(-1, _N_COUNTED)
    n_words, *sums = (np.array(list(pieces.values()), dtype="int64") @ table).tolist()
    return Counts._make((len(sentences), n_words, *sums, n_words + sum(map(count_words, others))))


_N_COUNTED = len(Counts._fields) - 2  # the fields n_words to n_characters


def _count_piece(piece: str) -> tuple[int, ...]:
    """These fields of a piece of text without spaces."""
    tokens = tokenize(piece)
    words = [judge(token) for token, kind in tokens if kind not in NOT_WORDS]
    n_characters = len(piece) - sum(len(token) for token, kind in tokens if kind in NOT_WORDS)
    sums = list(map(sum, zip(*words))) or [0] * (_N_COUNTED - 2)
    return len(words), *sums, n_characters


_COUNTS_OF = WordCache(_count_piece)
