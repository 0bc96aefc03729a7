"""To whom a sentence speaks: its own words, the heading above, a lead-in, a notice for one place."""

from __future__ import annotations

import pandas as pd
import pytest

from policytools.coding.coverage import code_sentences, coverage
from policytools.coding.told_to import describe_readers, reader_codes, readers_of_units

GENERAL = ("heading", "Privacy Policy"), ("sentence", "We collect data.")


def told(*units: tuple[str, str]) -> list[str]:
    kinds, texts = [kind for kind, _ in units], [text for _, text in units]
    return readers_of_units(["a"] * len(units), texts, kinds)


@pytest.mark.parametrize(
    ("text", "readers"),
    [
        ("If you are a resident of California, you may ask us to delete your data.", "US-CA"),
        ("Residents of Nevada can opt out of the sale of their data.", "US-NV"),
        ("Virginia and Colorado consumers may appeal our decision.", "US-CO;US-VA"),
        ("If you live in the EEA, the UK or Switzerland, you can object.", "EEA;UK;CH"),
        ("Under the CCPA, you have the right to know what we collect.", "US-CA"),
        ("We transfer data to countries outside the European Economic Area.", "everyone"),
        ("Our servers are in the United States.", "everyone"),
        ("If you live outside of Canada, other terms apply.", "everyone"),
        ("Contact us at 1 Main Street, San Jose, California.", "everyone"),
        ("We rely on legitimate interests (Art. 6(1)(f) GDPR).", "everyone"),
        ("Write to us at hello@example.eu or see usa.gov.", "everyone"),
        ("If you are under 16, do not use our services.", "everyone"),
        ("See our notice for California Residents for more.", "everyone"),
    ],
)
def test_a_sentence_by_itself(text, readers):
    assert told(*GENERAL, ("sentence", text))[-1] == readers


def test_a_heading_speaks_for_its_part_and_what_is_below():
    found = told(
        *GENERAL, ("heading", "Notice to California Residents"), ("sentence", "You can ask for a copy."),
        ("heading", "Right to delete"), ("sentence", "You can ask us to delete data."),
        ("heading", "Changes to this policy"), ("sentence", "We may change it."),
    )  # fmt: skip
    assert found[3] == found[5] == "US-CA" and found[7] == "everyone"


def test_numbers_say_what_is_below():
    found = told(
        *GENERAL, ("heading", "9. European users"), ("heading", "9.1 Whom to ask"), ("sentence", "Ask us."),
        ("heading", "10. Your rights"), ("sentence", "You can object."),
    )  # fmt: skip
    assert found[4] == "EEA" and found[6] == "everyone"


@pytest.mark.parametrize(
    ("text", "readers"),
    [
        (
            'If you are in the European Economic Area ("EEA"), the United Kingdom or Switzerland, ask us.',
            "EEA;UK;CH",
        ),
        ("Some U.S. state privacy laws afford residents the right to appeal.", "US"),
    ],
)
def test_short_forms_and_laws(text, readers):
    assert told(*GENERAL, ("sentence", text))[-1] == readers


def test_a_part_has_its_own_numbers_below_a_heading_without_one():
    found = told(
        *GENERAL, ("heading", "For California Residents"), ("heading", "(1) What we collect"), ("heading", "a. Kinds of data"),
        ("sentence", "Names and addresses."), ("heading", "(2) Requests"), ("sentence", "Ask us for a copy."),
        ("heading", "Changes to this policy"), ("sentence", "We may change it."),
    )  # fmt: skip
    assert found[5] == found[7] == "US-CA" and found[9] == "everyone"


def test_a_list_speaks_to_those_of_its_lead_in():
    found = told(*GENERAL, ("sentence", "If you are in Brazil, you have these rights:"), ("fragment", "access to your data;"),
                 ("sentence", "We keep data for a year."))  # fmt: skip
    assert found[2:] == ["BR", "BR", "everyone"]


def test_a_notice_for_one_place():
    found = told(
        ("heading", "UK Privacy Notice"),
        ("sentence", "We use cookies."),
        ("heading", "Security"),
        ("sentence", "We encrypt data."),
    )
    assert found == ["UK"] * 4


def test_a_contents_list_opens_no_part():
    found = told(
        *GENERAL,
        ("fragment", "Notice to California residents"),
        ("fragment", "Contact us"),
        ("sentence", "We sell shoes."),
    )
    assert found[-1] == "everyone"


@pytest.mark.parametrize(
    "text", ["in California " * 400, "(EEA, UK, " * 400, "if you are " * 500, "US " * 900]
)
def test_long_runs_take_no_time(text):
    assert told(("sentence", text))


def test_coverage_counts_for_the_readers_that_are_asked_for():
    texts = [
        "We use cookies.",
        "If you are a resident of California, you may opt out of the sale of your personal information.",
    ]
    units = pd.DataFrame(
        {"policy_id": "a", "sentence_id": [0, 1], "kind": "sentence", "section": "", "text": texts}
    )
    codings, policies = code_sentences(units, "disclosure"), pd.DataFrame({"policy_id": ["a"]})
    assert set(codings["told_to"]) == {"everyone", "US-CA"}
    cell = coverage(codings, "disclosure", policies).set_index("item").loc["opt_out_of_sale"]
    assert cell["addressed"] and cell["only_to_some"] and cell["told_to"] == "US-CA"
    counts = {
        who: coverage(codings, "disclosure", policies, told_to=who).set_index("item")["addressed"]
        for who in ("everyone", "US-CA", "EEA")
    }
    assert not counts["everyone"]["opt_out_of_sale"] and not counts["EEA"]["opt_out_of_sale"]
    assert counts["US-CA"]["opt_out_of_sale"] and all(own["cookies"] for own in counts.values())
    with pytest.raises(ValueError, match="told_to: must be .*did you mean 'US-CA'"):
        coverage(codings, "disclosure", policies, told_to="US_CA")


def test_every_code_has_a_name():
    assert all(describe_readers(code).endswith(" only") for code in reader_codes())


def test_a_state_is_told_what_the_country_is_told():
    codings = pd.DataFrame(
        {"policy_id": "a", "item": "opt_out_of_sale", "sentence_id": [0], "told_to": ["US"]}
    )
    policies = pd.DataFrame({"policy_id": ["a"]})
    for reader, told in (("US-CA", True), ("US", True), ("EEA", False), ("CA", False)):
        cells = coverage(codings, "disclosure", policies, told_to=reader).set_index("item")
        assert cells.loc["opt_out_of_sale", "addressed"] == told, reader


def test_a_readers_code_has_the_readers_of_the_sentence_that_it_quotes():
    some, all_ = (
        "If you live in California, you may opt out of the sale of your data.",
        "You may opt out of the sale of your data.",
    )
    units = pd.DataFrame(
        {"policy_id": "a", "sentence_id": [0, 1], "kind": "sentence", "section": "", "text": [some, "Hello."]}
    )
    codings, policies = code_sentences(units, "disclosure"), pd.DataFrame({"policy_id": ["a"]})
    hand = pd.DataFrame(
        {"policy_id": ["a"], "item": "opt_out_of_sale", "coder": "P", "code": 1, "evidence": some}
    )
    for evidence, told, to_some in (
        (some, False, True),
        (all_, False, True),
        ("Everyone may opt out.", True, True),
    ):
        given = hand.assign(evidence=evidence)
        cell = (
            coverage(codings, "disclosure", policies, given, told_to="everyone")
            .set_index("item")
            .loc["opt_out_of_sale"]
        )
        whole = coverage(codings, "disclosure", policies, given).set_index("item").loc["opt_out_of_sale"]
        assert (cell["addressed"], whole["only_to_some"]) == (told, to_some), evidence


def test_strength_and_readers_survive_a_csv_file(tmp_path):
    units = pd.DataFrame(
        {"policy_id": "a", "sentence_id": [0], "kind": "sentence", "section": "", "text": ["We use cookies."]}
    )
    codings, policies = code_sentences(units, "disclosure"), pd.DataFrame({"policy_id": ["a"]})
    codings.to_csv(tmp_path / "codings.csv", index=False)
    again = coverage(pd.read_csv(tmp_path / "codings.csv"), "disclosure", policies)
    pd.testing.assert_frame_equal(again, coverage(codings, "disclosure", policies))
    assert codings["strength"].gt(0).all() and codings["told_to"].eq("everyone").all()
