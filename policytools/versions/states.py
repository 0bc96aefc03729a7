"""What a version is: the first, changed, the same words, back to an older one, or a capture that is no whole policy."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from policytools._frames import check_date, check_type, frame_of_rows
from policytools.corpus.corpus import Corpus, select_policies
from policytools.versions.align import align
from policytools.versions.units import Units, split_units

STATES = ("first", "changed", "same words", "returns", "suspect")
_COLUMNS = {
    "policy_id": "str", "vendor": "str", "dated_on": "str", "earlier_id": "str", "state": "str", "same_as": "str",
    "reason": "str", "n_words": "int64", "n_same": "int64", "n_moved": "int64", "n_edited": "int64", "n_added": "int64",
    "n_removed": "int64", "share_changed": "float64",
}  # fmt: skip
_LOST = 0.25  # of the words of the version before: gone from a capture and back soon after
_NEXT = 3  # so many captures later at most
_OTHER = 0.1  # shares fewer of its words with its neighbours: another document
_PAGE = 300  # words of a page that is no policy, at most
_AFTER = {"removed": "n_removed", "added": "n_added", "moved": "n_moved", "same": "n_same"}


@dataclass
class Version:
    """One version of a vendor's policy."""

    policy_id: str
    vendor: str
    dated_on: str
    language: str
    units: Units

    def __post_init__(self) -> None:
        self.words = Counter[str]()
        for key in self.units.keys:
            self.words[key] += len(key.split())
        self.n_words = sum(self.words.values())
        self.text = " ".join(self.units.keys)

    def kept(self, other: "Version") -> float:
        """Share of the version's words that are in sentences which the other has word for word."""
        return sum(n for key, n in self.words.items() if key in other.words) / max(self.n_words, 1)


def version_table(corpus: Corpus) -> pd.DataFrame:
    """Each version of each vendor's policy: what it is, and how much it changed since the sound version before.

    Parameters
    ----------
    corpus : Corpus
        Several versions of a vendor are several policies. A version's date is captured_on, else effective_on.

    Returns
    -------
    DataFrame
        One row for each policy, by vendor (in order of the corpus) and date: policy_id, vendor, dated_on, earlier_id
        (the newest sound version before, "" for the first), state, same_as (of "same words" and "returns": the version
        with the same words), reason (of "suspect"), n_words, n_same, n_moved, n_edited, n_added, n_removed (int, words),
        share_changed (float: edited, added and removed words, over the words of both versions; NaN for the first).
        States: "first"; "changed"; "same words" (as the version before, only the layout differs); "returns" (word for
        word an older one); "suspect" (a capture that is no whole policy; reason says which kind). Suspect versions stay
        in the corpus; comparisons step over them.

    Raises
    ------
    ValueError
        A vendor with several versions has one without a date, or two of one date.

    Notes
    -----
    A version is suspect if it is in another language than most of the vendor's; if it shares less than a tenth of its
    words with the versions around it ("a page that is no policy" below 300 words, "another document"); or if it has
    little that they have not, lacks at least a quarter of the version before, and much of that is back within the next
    three versions ("cut short"). A policy that stays shorter is "changed". The newest version has none after it: besides
    another language, only a page that is no policy is seen, where the version before has more than 600 words.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> old, new = "We use cookies. We keep data for a year.", "We use cookies. We keep data for two years."
    >>> versions = pd.DataFrame({"policy_id": list("abc"), "vendor": "Ada", "text": [old, old, new],
    ...     "captured_on": ["2020-01-01", "2021-01-01", "2022-01-01"]})
    >>> version_table(corpus_from_texts(versions))[["policy_id", "earlier_id", "state", "n_edited"]].values.tolist()
    [['a', '', 'first', 0], ['b', 'a', 'same words', 0], ['c', 'a', 'changed', 6]]
    """
    rows = []
    for versions in histories(corpus):
        reasons = _suspects(versions)
        sound: list[Version] = []
        for version in versions:
            rows.append(_row(version, sound, reasons.get(version.policy_id, "")))
            if version.policy_id not in reasons and rows[-1][4] != "same words":
                sound.append(version)
    return frame_of_rows(rows, _COLUMNS)


def as_of(corpus: Corpus, date: str) -> Corpus:
    """The corpus with the newest sound version of each vendor up to a date, that day included.

    Parameters
    ----------
    corpus : Corpus
    date : str
        ISO date or its beginning ("2020", "2020-06").

    Returns
    -------
    Corpus
        Vendors without a version by then are left out.

    Raises
    ------
    ValueError
        Not a date, no vendor has a version by then, or as for `version_table`.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> versions = pd.DataFrame({"policy_id": ["old", "new"], "vendor": "Ada", "text": ["We sell data.", "We sell none."],
    ...     "captured_on": ["2020-01-01", "2022-01-01"]})
    >>> as_of(corpus_from_texts(versions), "2021").policies["policy_id"].tolist()
    ['old']
    """
    check_date("date", date)
    table = version_table(corpus)
    sound = table[(table["state"] != "suspect") & (table["dated_on"].str[: len(date)] <= date)]
    if sound.empty:
        raise ValueError(
            f"date: no vendor has a version by {date!r}; the first is of {table['dated_on'].min()!r}"
        )
    kept = set(sound.groupby("vendor", sort=False)["policy_id"].last())
    return select_policies(corpus, kept)


def histories(corpus: Corpus) -> list[list[Version]]:
    """The versions of each vendor by date."""
    check_type("corpus", corpus, Corpus)
    sentences = dict(list(corpus.sentences.groupby("policy_id")))
    found: dict[str, list[Version]] = {}
    for row in corpus.policies.to_dict("records"):
        date = str(row["captured_on"] or row["effective_on"] or "")
        own = sentences.get(row["policy_id"], corpus.sentences.iloc[:0])
        name = str(row["vendor"] or row["policy_id"])
        found.setdefault(name, []).append(
            Version(row["policy_id"], name, date, str(row["language"]), split_units(own))
        )
    for vendor, versions in found.items():
        dates = Counter(version.dated_on for version in versions)
        problem = "a version without a date" if len(versions) > 1 and dates[""] else ""
        twice = [date for date, n in dates.items() if date and n > 1]
        if twice:
            problem = f"two versions of {twice[0]}"
        if problem:
            ids = [v.policy_id for v in versions if v.dated_on in ("", *twice)]
            raise ValueError(
                f"corpus: vendor {vendor!r} has {problem}: {', '.join(ids[:4])}; give each its own captured_on, "
                "or each document a vendor's name of its own"
            )
        versions.sort(key=lambda version: version.dated_on)
    return list(found.values())


def _suspects(versions: Sequence[Version]) -> dict[str, str]:
    """policy_id -> reason of each version that is no whole policy."""
    languages = Counter(version.language for version in versions if version.language)
    usual = languages.most_common(1)[0][0] if languages else ""
    reasons: dict[str, str] = {}
    before: Version | None = None
    for n, version in enumerate(versions):
        reason = ""
        if version.language and version.language != usual and languages[version.language] * 4 < len(versions):
            reason = "another language"
        elif before is not None:
            after = [v for v in versions[n + 1 : n + 1 + _NEXT] if not v.language or v.language == usual]
            reason = _reason(before, version, after)
        if reason:
            reasons[version.policy_id] = reason
        else:
            before = version
    return reasons


def _reason(before: Version, version: Version, after: Sequence[Version]) -> str:
    """Why a version is no whole policy, judged by the sound version before and those that follow; "" if it is one."""
    kept = before.kept(version)
    shared = version.kept(before)
    if not after:
        is_page = version.n_words < _PAGE and before.n_words > 2 * _PAGE and shared < _OTHER
        return "a page that is no policy" if is_page else ""
    lost = max(
        sum(n for key, n in before.words.items() if key not in version.words and key in v.words)
        for v in after
    )
    back = lost / max(before.n_words, 1)
    with_next = max(version.kept(v) for v in after)
    if max(shared, with_next) < _OTHER:
        if version.n_words < min(_PAGE, min(before.n_words, after[0].n_words) / 2):
            return "a page that is no policy"
        return "another document" if max(before.kept(v) for v in after) > 2 * _OTHER else ""
    if kept > 1 - _LOST:
        return ""
    # A part of what was before, of which more comes back; other words would make it another edition of the policy.
    is_part = max(shared, with_next) > 1 - _OTHER and version.n_words < (1 - _LOST) * after[0].n_words
    return (
        "cut short" if back >= (_OTHER if is_part else _LOST) and max(shared, with_next) > 1 - _LOST else ""
    )


def _row(version: Version, sound: Sequence[Version], reason: str) -> tuple:
    start = (version.policy_id, version.vendor, version.dated_on)
    if not sound:
        state = "suspect" if reason else "first"
        return (*start, "", state, "", reason, version.n_words, 0, 0, 0, 0, 0, float("nan"))
    before = sound[-1]
    same_as = next((v.policy_id for v in reversed(sound) if v.text == version.text), "")
    state = "changed"
    if reason:
        state = "suspect"
    elif same_as:
        state = "same words" if same_as == before.policy_id else "returns"
    counts = dict.fromkeys(("n_same", "n_moved", "n_edited", "n_added", "n_removed"), 0)
    if state == "same words":
        counts["n_same"] = version.n_words
        return (*start, before.policy_id, state, same_as, reason, version.n_words, *counts.values(), 0.0)
    for pair in align(before.units, version.units):
        words = sum(len(version.units.keys[n].split()) for n in pair.later)
        gone = sum(len(before.units.keys[n].split()) for n in pair.earlier)
        counts[_AFTER.get(pair.status, "n_edited")] += words or gone
    changed = counts["n_edited"] + counts["n_added"] + counts["n_removed"]
    share = changed / max(before.n_words + version.n_words, 1)
    return (*start, before.policy_id, state, same_as, reason, version.n_words, *counts.values(), share)
