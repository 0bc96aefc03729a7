"""The newest policy of each vendor."""

from policytools._frames import check_type
from policytools._wording import listed
from policytools.corpus.corpus import Corpus, select_policies


def newest_policies(corpus: Corpus) -> Corpus:
    """Keep the newest policy of each vendor, by effective_on or, if that is not known, by captured_on.

    Parameters
    ----------
    corpus : Corpus
        Policies with vendor, effective_on and captured_on (ISO dates or their beginnings; "" where not known).

    Returns
    -------
    Corpus
        With one policy for each vendor.

    Raises
    ------
    ValueError
        If one of a vendor's policies has no date, or its two newest have the same date.

    Examples
    --------
    >>> import pandas as pd
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> texts = pd.DataFrame({"policy_id": ["a-2018", "a-2020"], "vendor": "A", "text": "We keep no data.",
    ...     "effective_on": ["2018-05-25", "2020"]})
    >>> newest_policies(corpus_from_texts(texts)).policies["policy_id"].tolist()
    ['a-2020']
    """
    check_type("corpus", corpus, Corpus)
    policies = corpus.policies
    dates = policies["effective_on"].where(policies["effective_on"] != "", policies["captured_on"])
    kept: list[str] = []
    for vendor, rows in policies.assign(date=dates).groupby("vendor", sort=False):
        newest = rows[rows["date"] == rows["date"].max()]
        if len(rows) > 1 and (len(newest) > 1 or (rows["date"] == "").any()):
            raise ValueError(
                f"corpus: the dates do not say which policy of {vendor!r} is the newest "
                f"({listed(rows['policy_id'])}): give each its own date in effective_on or captured_on, or "
                "use versions='all'"
            )
        kept.extend(newest["policy_id"])
    return select_policies(corpus, kept)
