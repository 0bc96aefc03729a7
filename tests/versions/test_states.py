"""What a version is, what changed in it, and the disclosures gained and lost."""

from __future__ import annotations

import pandas as pd
import pytest

from policytools.corpus.corpus import Corpus, corpus_from_texts
from policytools.versions.changes import disclosure_changes
from policytools.versions.states import as_of, version_table

KINDS = (
    "name",
    "address",
    "e-mail address",
    "phone number",
    "order history",
    "payment data",
    "location",
    "messages",
)
WHOLE = "# Privacy Policy\n\n" + "\n\n".join(
    f"We collect your {kind} when you use our shop, and we keep it for {n} years after your last order."
    for n, kind in enumerate(KINDS, 2)
)
SPANISH = "# Política de privacidad\n\n" + "\n\n".join(
    f"Recopilamos su {n} cuando utiliza nuestra tienda y lo conservamos durante años después de su último pedido."
    for n in (
        "nombre",
        "dirección",
        "correo electrónico",
        "número de teléfono",
        "historial de pedidos",
        "ubicación",
    )
)
LOGIN = "# Log in\n\nEnter your e-mail address and your password to go on."


def history(*texts: str, vendor: str = "Ada") -> Corpus:
    rows = [{"policy_id": f"v{n}", "vendor": vendor, "text": text, "format": "markdown", "captured_on": f"{2015 + n}-05-01"}
            for n, text in enumerate(texts)]  # fmt: skip
    return corpus_from_texts(pd.DataFrame(rows))


def states(*texts: str) -> list[str]:
    return version_table(history(*texts))["state"].tolist()


def test_changed_same_and_returns():
    edited = WHOLE.replace("3 years", "three months")
    assert states(WHOLE, WHOLE.replace("# Privacy Policy\n\n", "# Privacy policy\n"), edited, WHOLE) == [
        "first", "same words", "changed", "returns",
    ]  # fmt: skip
    table = version_table(history(WHOLE, edited))
    assert table.loc[1, ["n_edited", "n_added", "n_removed"]].tolist() == [20, 0, 0]
    assert table.loc[1, "share_changed"] == pytest.approx(20 / table["n_words"].sum())


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\n\n".join(WHOLE.split("\n\n")[:4]), "cut short"),
        (SPANISH, "another language"),
        (LOGIN, "a page that is no policy"),
    ],
)
def test_a_capture_that_is_no_whole_policy(text, reason):
    table = version_table(history(WHOLE, WHOLE, text, WHOLE, WHOLE, WHOLE)).set_index("policy_id")
    assert table.loc["v2", ["state", "reason"]].tolist() == ["suspect", reason]
    assert table.loc["v3", ["state", "earlier_id"]].tolist() == ["same words", "v0"]


def test_a_policy_that_stays_shorter_is_no_suspect():
    short = "\n\n".join(WHOLE.split("\n\n")[:4])
    assert states(WHOLE, short, short, short) == ["first", "changed", "same words", "same words"]


def test_as_of_a_date():
    corpus = history(WHOLE, LOGIN, WHOLE + "\n\nWe sell nothing.")
    assert as_of(corpus, "2016").policies["policy_id"].tolist() == ["v0"]
    assert as_of(corpus, "2030-01-01").policies["policy_id"].tolist() == ["v2"]
    with pytest.raises(ValueError, match="date: no vendor has a version by '1999'"):
        as_of(corpus, "1999")
    for wrong in ("30.06.2020", "2020-13", "2020-6-1"):
        with pytest.raises(ValueError, match=f"date '{wrong}' is not a date; write 2019-12-31"):
            as_of(corpus, wrong)


def test_dates_are_needed():
    twice = history(WHOLE, WHOLE)
    twice.policies["captured_on"] = "2020-01-01"
    with pytest.raises(ValueError, match="vendor 'Ada' has two versions of 2020-01-01: v0, v1"):
        version_table(twice)
    twice.policies["captured_on"] = ["2020-01-01", ""]
    with pytest.raises(ValueError, match="vendor 'Ada' has a version without a date: v1"):
        version_table(twice)


def test_disclosures_gained_and_lost():
    signals = "We do not respond to Do Not Track signals of your browser."
    corpus = history(WHOLE, f"{WHOLE}\n\n{signals}", WHOLE)
    changes = disclosure_changes(corpus, "disclosure")
    changes = changes[changes["item"] == "do_not_track"]
    assert changes[["item", "change", "kind", "earlier_quote", "later_quote"]].values.tolist() == [
        ["do_not_track", "gained", "text", "", signals], ["do_not_track", "lost", "text", signals, ""],
    ]  # fmt: skip


def test_what_only_the_rules_decide_otherwise_is_coding():
    from policytools.versions.changes import _judge

    counterparts = {0: (1.0, "We use it."), 1: (0.8, "We sold."), 2: (0.0, "")}
    evidence = pd.DataFrame({"sentence_id": [0], "quote": ["We use it."]})
    assert _judge(evidence, counterparts) == ("coding", "We use it.", "We use it.")
    assert _judge(evidence.assign(sentence_id=1), counterparts)[0] == "text"
    assert _judge(evidence.assign(sentence_id=2), counterparts) == ("text", "We use it.", "")


def test_the_second_part_of_a_split_has_its_counterpart_too():
    from policytools.versions.changes import _counterparts

    kept = "We keep the data of your orders for two years"
    sold = "we do not respond to the Do Not Track signals of browsers."
    whole, split = f"{kept}, and {sold}", f"{kept}. {sold.capitalize()}"
    earlier, later = _counterparts(history(f"{WHOLE}\n\n{whole}", f"{WHOLE}\n\n{split}"), "v0", "v1")
    last = max(later)
    assert later[last][1] == later[last - 1][1] == whole
    assert earlier[max(earlier)][1] == split
