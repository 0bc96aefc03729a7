"""Measures over time: length, readability, vagueness and coverage of each version, in one frame."""

import pandas as pd

from policytools._frames import check_choice, typed_frame
from policytools.coding.codebook import AnyCodebook, codebook_of
from policytools.coding.coverage import code_sentences, coverage, coverage_scores
from policytools.corpus.corpus import Corpus, select_policies
from policytools.measures.readability import FORMULAS, readability
from policytools.measures.vagueness import vagueness
from policytools.versions.states import version_table

_COLUMNS = {
    "vendor": "str",
    "policy_id": "str",
    "dated_on": "str",
    "state": "str",
    "measure": "str",
    "value": "float64",
}


def version_measures(
    corpus: Corpus, codebook: AnyCodebook = "disclosure", *, formula: str = "flesch_kincaid_grade"
) -> pd.DataFrame:
    """Length, readability, vagueness and coverage of each version of each vendor's policy.

    Parameters
    ----------
    corpus : Corpus
        Several dated versions of each vendor.
    codebook : Codebook, str or path
        Coverage is that of its checklists, by its rules.
    formula : str
        One of the readability formulas, such as "flesch_kincaid_grade".

    Returns
    -------
    DataFrame
        One row for each version and measure, in the order of `version_table`: vendor, policy_id, dated_on, state (str, as
        there), measure (str: "n_words", the formula, "vague_per_hundred", "coverage: CHECKLIST"), value (float; words,
        the formula's unit, terms per hundred words, share of the items from 0 to 1; NaN where undefined).

    Raises
    ------
    ValueError
        An unknown formula or codebook, or as for `version_table`.

    Notes
    -----
    Suspect versions have rows too: leave them out of a series with ``frame[frame["state"] != "suspect"]``. Versions of a
    vendor with the same sentences are measured once.

    Examples
    --------
    >>> from policytools.corpus.corpus import corpus_from_texts
    >>> versions = pd.DataFrame({"policy_id": ["a", "b"], "vendor": "Ada", "captured_on": ["2020-01-01", "2022-01-01"],
    ...     "text": ["We sell printers.", "We sell printers. We do not respond to Do Not Track signals."]})
    >>> found = version_measures(corpus_from_texts(versions))
    >>> found[found["measure"].isin(["n_words", "coverage: CalOPPA"])].set_index(["measure", "policy_id"])["value"].round(2)
    measure            policy_id
    n_words            a             3.00
    coverage: CalOPPA  a             0.00
    n_words            b            12.00
    coverage: CalOPPA  b             0.14
    Name: value, dtype: float64
    """
    codebook = codebook_of(codebook)
    check_choice("formula", formula, FORMULAS)
    table = version_table(corpus)
    measured_as = _measured_as(corpus)
    once = select_policies(corpus, set(measured_as))
    told = coverage(code_sentences(once.sentences, codebook), codebook, once.policies)
    shares = coverage_scores(told, codebook).pivot(index="policy_id", columns="checklist", values="share")
    rates = vagueness(once.sentences).query("category == 'all'").set_index("policy_id")["per_hundred"]
    values = pd.concat([
        once.sentences.groupby("policy_id")["n_words"].sum().rename("n_words"),
        readability(once.sentences).set_index("policy_id")[formula],
        rates.rename("vague_per_hundred"),
        shares[list(codebook.checklists)].add_prefix("coverage: "),
    ], axis=1)  # fmt: skip
    values = values.reindex(measured_as[table["policy_id"]]).fillna({"n_words": 0})
    each = table.loc[table.index.repeat(values.shape[1]), ["vendor", "policy_id", "dated_on", "state"]]
    measures = list(values.columns) * len(table)
    return typed_frame(
        {**each.reset_index(drop=True), "measure": measures, "value": values.to_numpy().ravel()}, _COLUMNS
    )


def _measured_as(corpus: Corpus) -> pd.Series:
    """policy_id -> that of the vendor's first version with the same sentences."""
    units = corpus.sentences.drop(columns="policy_id")
    hashes = pd.util.hash_pandas_object(units, index=False).groupby(corpus.sentences["policy_id"]).agg(tuple)
    ids = corpus.policies["policy_id"]
    keys = pd.DataFrame(
        {"vendor": corpus.policies["vendor"], "hash": hashes.reindex(ids).to_numpy(), "policy_id": ids}
    )
    return pd.Series(
        keys.groupby(["vendor", "hash"], dropna=False)["policy_id"].transform("first").to_numpy(), ids
    )
