"""Coding and coverage: decisions, hand codings, scores, comparisons; examples for each item."""

from __future__ import annotations

import pandas as pd
import pytest

from policytools.codebook import load_codebook
from policytools.coverage import check_evidence, code_sentences, compare_codings, coverage, coverage_scores

PRINTING = (
    "Acme makes 3D printers and the AcmeSlicer software."  # what the examples of this domain stand beside
)

# item: sentences that address it, sentences that do not
EXAMPLES = {
    "controller_identity": (
        [
            "The controller is Acme Research a.s., Main Road 188, Prague.",
            'Acme GmbH ("Acme", "we") respects your privacy.',
            "we, shenzhen acme technology co., ltd., take your privacy seriously.",
        ],
        ["Acme respects your privacy.", "We use Google Analytics, a service of Google Inc."],
    ),
    "contact_channel": (
        [
            "If you have questions about this policy, write to info@acme.com.",
            "You can reach us by phone at +1 555 123 4567.",
        ],
        ["We value your privacy.", "We collect your email address."],
    ),
    "dpo_contact": (
        ["You can reach our data protection officer at dpo@acme.com."],
        ["Contact our support team at help@acme.com.", "Write to privacy@acme.com."],
    ),
    "eu_representative": (
        ["Our representative in the EU under Article 27 GDPR is Prighter GmbH."],
        ["Our customer service representative will help you.", "Acme Europe GmbH is our sales office."],
    ),
    "scope": (
        ["This policy applies to www.acme.com, the Acme app and our printers."],
        ["This policy does not apply to third-party sites.", "This policy explains our practices."],
    ),
    "effective_date": (
        ["Last updated: March 3, 2024", "2023-05-01"],
        ["Copyright 2020 Acme.", "This policy is effective as dated above."],
    ),
    "change_notice": (
        [
            "We may update this policy and will post the new version on this page.",
            "Please check this page regularly for updates.",
        ],
        ["We may change this policy at any time.", "We will notify you of a data breach."],
    ),
    "data_categories": (
        ["We collect your name, email address and postal address."],
        ["We collect personal information."],
    ),
    "data_sources": (
        [
            "We receive information about you from our resellers.",
            "We only collect the information that you give us yourself.",
        ],
        ["We share data with partners.", "We collect data from other sources."],
    ),
    "automatic_collection": (
        ["Our server stores log files with your IP address and browser type."],
        ["We collect certain information.", "We use cookies."],
    ),
    "cookies": (
        ["This site does not set any cookies.", "Our emails contain tracking pixels."],
        ["See our Cookie Policy."],
    ),
    "cookie_control": (
        ["You can disable cookies in your browser."],
        ["You can unsubscribe at any time.", "We use cookies to run the site."],
    ),
    "analytics_named": (["We use Matomo to analyse visits."], ["We use third-party analytics tools."]),
    "location_data": (
        ["We derive your approximate location from your IP address."],
        ["Our servers are located in Germany.", "We collect your postal address including country."],
    ),
    "payment_data": (
        ["Payments are processed by Stripe; we do not store card numbers."],
        ["Thank you for your purchase."],
    ),
    "sensitive_data": (
        ["We do not collect data on health or religion.", "Face ID data never leaves your phone."],
        ["Your credit card data is sensitive information and is encrypted."],
    ),
    "children": (
        ["You must be at least 16 years old to open an account."],
        ["Our printers are great for families and schools.", "We may make minor changes."],
    ),
    "do_not_track": (
        ["We do not respond to Do Not Track signals.", "Our site honours the Global Privacy Control."],
        ["You can opt out of emails.", "We do not track you across sites."],
    ),
    "model_files": (
        [
            "When you upload a model to AcmeCloud, the file is stored on our servers until you delete it.",
            "We do not access the content of your STL files.",
        ],
        ["You can download models in our library.", "Our site lists models you have liked."],
    ),
    "print_job_data": (
        [
            "The printer reports the start and end time of each print, the material used and whether the print succeeded."
        ],
        ["We keep your order history.", "Acme lets you manage your print jobs from anywhere."],
    ),
    "printer_identifiers": (
        ["When you register your printer we collect its serial number."],
        ["We collect the IMEI of your phone."],
    ),
    "printer_telemetry": (
        [
            "Our printers send diagnostic data and error logs to our servers.",
            "We collect crash reports from our software.",
        ],
        ["Our web server logs the pages you visit."],
    ),
    "camera_images": (
        [
            "If your printer has a camera, live video of the print is streamed through our servers.",
            "We do not store footage from the chamber camera.",
        ],
        ["You can upload a profile picture."],
    ),
    "local_or_cloud": (
        ["In LAN-only mode, no data is sent to our servers."],
        ["Our servers are in the cloud."],
    ),
    "product_data_opt_out": (
        ["You can turn off the sending of usage statistics in the settings of the app."],
        [
            "You can unsubscribe from our newsletter at any time.",
            "You can disable cookies in your browser settings.",
        ],
    ),
    "public_content": (
        ["Models you publish are visible to everyone.", "Please note that reviews may be read by anyone."],
        ["We share data with service providers.", "Our policy is publicly available."],
    ),
    "purposes": (
        ["We use your personal data to deliver your orders and to answer your questions."],
        ["We use your data for business purposes."],
    ),
    "legal_basis": (
        ["The legal basis for this processing is the performance of a contract (Art. 6(1)(b) GDPR)."],
        ["We share your data with your consent."],
    ),
    "legitimate_interests": (
        ["We process log data on the basis of our legitimate interest in preventing fraud."],
        ["We process data for our legitimate business purposes."],
    ),
    "marketing_use": (
        ["We will use your email address to send you our newsletter and offers."],
        ["We ship your order."],
    ),
    "marketing_opt_out": (
        ["You can unsubscribe from our newsletter by clicking the link at the end of each email."],
        ["You can block cookies in your browser."],
    ),
    "automated_decisions": (
        ["We do not use automated decision-making, including profiling."],
        ["We show you personalised content."],
    ),
    "voluntary_or_required": (
        ["If you do not provide your address, we cannot deliver your order."],
        ["If you refuse cookies, parts of the site may not work."],
    ),
    "new_purposes": (
        ["We will ask for your consent before we use your data for a purpose other than those stated here."],
        ["We will post changes to this policy here."],
    ),
    "recipients": (
        ["We share your data with service providers that host our website."],
        ["We protect your data."],
    ),
    "named_recipients": (
        ["Payments are processed by PayPal, which receives your order data."],
        ["We use a payment provider."],
    ),
    "affiliates": (
        ["We may share your personal data with our affiliates and subsidiaries."],
        ["We only use your data internally."],
    ),
    "legal_disclosure": (
        ["We may disclose your information to law enforcement or in response to a subpoena."],
        ["We keep invoices because the law obliges us to."],
    ),
    "business_transfer": (
        ["If we are acquired or merge with another company, your data may be transferred to the new owner."],
        ["Your data may be transferred to other countries."],
    ),
    "sale_of_data": (["We do not sell your personal information."], ["We sell 3D printers."]),
    "third_party_advertising": (
        ["Advertising networks use cookies to show you targeted ads on other sites."],
        ["We tell you about our own new printers."],
    ),
    "third_party_links": (
        ["Our site links to other websites; we are not responsible for their privacy practices."],
        ["See the privacy policy of Stripe."],
    ),
    "international_transfer": (
        ["Your personal data may be transferred to and stored in the United States."],
        ["Our office is in Shenzhen."],
    ),
    "transfer_safeguards": (
        ["For these transfers we rely on the standard contractual clauses of the European Commission."],
        ["We protect your data with appropriate safeguards."],
    ),
    "retention": (
        ["We keep your personal data for as long as it is needed for these purposes."],
        ["Your data is stored on our servers."],
    ),
    "retention_period": (
        ["Log files are deleted after 30 days."],
        ["We respond to requests within 30 days."],
    ),
    "security_measures": (
        ["We use encryption and access controls to protect your personal data."],
        ["Your security is important to us."],
    ),
    "security_limits": (
        ["No method of transmission over the Internet is completely secure."],
        ["Please choose a strong password."],
    ),
    "breach_notice": (
        ["In the event of a data breach, we will notify affected users without delay."],
        ["Breaches cannot be ruled out."],
    ),
    "right_access": (
        ["You have the right to access your personal data and to receive a copy."],
        ["We limit access to staff."],
    ),
    "right_rectification": (
        ["You may ask us to correct inaccurate personal data."],
        ["You must keep your data current."],
    ),
    "right_erasure": (
        ["You have the right to request deletion of your personal data."],
        ["We delete data of children without delay."],
    ),
    "right_restriction": (
        ["You have the right to restrict the processing of your personal data."],
        ["We may restrict access to your account."],
    ),
    "right_object": (
        ["You have the right to object to the processing of your personal data."],
        ["You can unsubscribe from our emails."],
    ),
    "right_portability": (
        [
            "You have the right to receive your data in a structured, machine-readable format (data portability)."
        ],
        ["Our printers are portable."],
    ),
    "withdraw_consent": (
        ["You may withdraw your consent at any time."],
        ["By using the site you consent to this policy."],
    ),
    "complaint_authority": (
        ["You have the right to lodge a complaint with a supervisory authority."],
        ["Please send complaints to our support team."],
    ),
    "request_method": (
        ["To request access to or deletion of your personal data, write to privacy@acme.com."],
        ["Our shop is open from nine to five."],
    ),
    "response_time": (
        ["We will respond to your request within one month."],
        ["We answer requests promptly."],
    ),
    "identity_verification": (
        ["Before we act on your request, we will verify your identity."],
        ["We verify your payment card."],
    ),
    "opt_out_of_sale": (
        ["You have the right to opt out of the sale of your personal information."],
        ["You can manage cookies in your browser."],
    ),
    "non_discrimination": (
        ["We will not discriminate against you for exercising any of your privacy rights."],
        ["We hire without regard to gender."],
    ),
    "regional_notice": (
        ["If you are a California resident, you have additional rights under the CCPA."],
        ["This policy is governed by the laws of California."],
    ),
}
CASES = [
    (item, sentence, addressed)
    for item, (hits, misses) in EXAMPLES.items()
    for sentence, addressed in [*((hit, True) for hit in hits), *((miss, False) for miss in misses)]
]


@pytest.fixture(scope="module")
def book():
    return load_codebook("disclosure")


@pytest.fixture(scope="module")
def coded_examples(book):
    rows = []
    for number, (item, sentence, _) in enumerate(CASES):
        if item in book.checklists["3d_printing"]:
            rows.append((str(number), 0, "sentence", "", PRINTING))
        rows.append((str(number), 1, "sentence", "", sentence))
    codings = code_sentences(
        pd.DataFrame(rows, columns=["policy_id", "sentence_id", "kind", "section", "text"]), book
    )
    return set(zip(codings["policy_id"], codings["item"], codings["sentence_id"], strict=True))


def units(rows):
    return pd.DataFrame(rows, columns=["policy_id", "sentence_id", "kind", "section", "text"])


@pytest.fixture
def sentences():
    return units(
        [
            ("a", 0, "heading", "Cookies", "Cookies"),
            ("a", 1, "sentence", "Cookies", "We use cookies, and other sites set cookies too."),
            ("a", 2, "sentence", "Cookies", "We do not respond to Do Not Track signals."),
            ("b", 0, "sentence", "", "We like cake."),
        ]
    )


POLICIES = pd.DataFrame({"policy_id": ["b", "a"]})


def by_hand(*rows, **columns):
    frame = pd.DataFrame(rows, columns=["policy_id", "item", "coder", "code", "evidence"])
    return frame.assign(**columns)


def test_every_item_has_examples_of_both_kinds(book):
    assert set(EXAMPLES) == set(book.items["item"])
    assert all(hits and misses for hits, misses in EXAMPLES.values())


@pytest.mark.parametrize(
    "number", range(len(CASES)), ids=[f"{item}-{n}" for n, (item, _, _) in enumerate(CASES)]
)
def test_example(coded_examples, number):
    item, sentence, addressed = CASES[number]
    assert ((str(number), item, 1) in coded_examples) == addressed, sentence


# --- code_sentences


def test_codings_quote_their_evidence(sentences, book):
    codings = code_sentences(sentences, book)
    assert list(codings.columns) == ["policy_id", "item", "sentence_id", "start", "end", "quote", "coder"]
    cookies = codings.query("policy_id == 'a' and item == 'cookies'")
    assert cookies["sentence_id"].unique().tolist() == [1]  # not the heading
    assert all(
        "cookies" in quote[start:end]
        for quote, start, end in zip(cookies["quote"], cookies["start"], cookies["end"], strict=True)
    )
    assert set(codings["coder"]) == {"rules"}
    assert codings["policy_id"].unique().tolist() == ["a"]


def test_order_and_index_of_the_rows_do_not_matter(sentences, book):
    before = sentences.copy()
    shuffled = sentences.sample(frac=1, random_state=1).set_index(pd.Index([9, 3, 7, 7]))
    pd.testing.assert_frame_equal(code_sentences(shuffled, book), code_sentences(sentences, book))
    pd.testing.assert_frame_equal(sentences, before)


def test_case_quotes_and_hyphens_do_not_matter(book):
    loud = units(
        [("a", 0, "sentence", "", "WE DON\u2019T RESPOND TO \u201cDO\u2011NOT\u2011TRACK\u201d SIGNALS.")]
    )
    codings = code_sentences(loud, book)
    assert codings.query("item == 'do_not_track'")["quote"].to_list() == loud["text"].to_list()


def test_no_sentences(sentences, book):
    empty = code_sentences(sentences.iloc[:0], book)
    assert len(empty) == 0
    assert (empty.dtypes == code_sentences(sentences, book).dtypes).all()


def test_bad_sentences(sentences, book):
    with pytest.raises(ValueError, match="sentences: column section, text missing"):
        code_sentences(sentences.drop(columns=["section", "text"]), book)
    with pytest.raises(ValueError, match="sentence_id occurs twice within a policy: a/1"):
        code_sentences(pd.concat([sentences, sentences.iloc[1:2]]), book)


def test_a_hostile_text_is_matched_in_bounded_time(book):
    text = "we collect " * 3000 + "and " * 3000
    assert len(code_sentences(units([("a", 0, "sentence", "", text)]), book)) >= 0


# --- coverage


def test_every_policy_meets_every_item(sentences, book):
    cells = coverage(code_sentences(sentences, book), book, POLICIES)
    assert list(cells.columns) == [
        "policy_id", "item", "family", "addressed", "n_evidence", "coder", "rules_addressed", "disagreement",
    ]  # fmt: skip
    assert len(cells) == 2 * 63
    assert cells["policy_id"].unique().tolist() == ["b", "a"]
    assert not cells.query("policy_id == 'b'")["addressed"].any()
    cookies = cells.query("policy_id == 'a' and item == 'cookies'").iloc[0]
    assert cookies["addressed"] and cookies["n_evidence"] == 1  # one sentence, though two matches
    assert cells["addressed"].dtype == bool and cells["n_evidence"].dtype == "int64"


def test_no_policies(sentences, book):
    empty = coverage(code_sentences(sentences.iloc[:0], book), book, POLICIES.iloc[:0])
    full = coverage(code_sentences(sentences, book), book, POLICIES)
    assert len(empty) == 0 and (empty.dtypes == full.dtypes).all()
    assert len(coverage_scores(empty, book)) == 0


def test_a_hand_code_overrules_the_rules_and_the_disagreement_shows(sentences, book):
    hand = by_hand(("a", "cookies", "XY", 0, ""), ("b", "children", "XY", 1, "not for kids"))
    cells = coverage(code_sentences(sentences, book), book, POLICIES, hand_codings=hand).set_index(
        ["policy_id", "item"]
    )
    assert cells.loc[("a", "cookies")].to_dict() == {
        "family": "collection", "addressed": False, "n_evidence": 0, "coder": "XY", "rules_addressed": True,
        "disagreement": True,
    }  # fmt: skip
    assert cells.loc[("b", "children"), "addressed"] and cells.loc[("b", "children"), "n_evidence"] == 1
    assert cells.loc[("a", "do_not_track"), "coder"] == "rules"
    assert cells["disagreement"].sum() == 2


@pytest.mark.parametrize(
    "rows, code, coder, disagreement",
    [
        ([("A", 1, "model"), ("B", 0, "model"), ("agreed", 1, "model")], True, "agreed", True),
        (
            [("A", 0, "model"), ("B", 0, "model"), ("agreed", 0, "model"), ("ME", 1, "person")],
            True,
            "ME",
            True,
        ),
        ([("A", 1, "person"), ("B", 0, "person"), ("agreed", 0, "person")], False, "agreed", True),
        ([("A", 1, "model"), ("B", 1, "model")], True, "A, B", True),
        ([("A", 0, "model")], False, "A", False),
    ],
)
def test_who_decides(book, rows, code, coder, disagreement):
    hand = pd.DataFrame(
        [("b", "children", mark, value, "q" if value else "", kind) for mark, value, kind in rows],
        columns=["policy_id", "item", "coder", "code", "evidence", "coder_kind"],
    )
    nothing = code_sentences(units([]), book)
    cell = (
        coverage(nothing, book, POLICIES, hand_codings=hand)
        .query("policy_id == 'b' and item == 'children'")
        .iloc[0]
    )
    assert (cell["addressed"], cell["coder"], cell["disagreement"]) == (code, coder, disagreement)


@pytest.mark.parametrize(
    "row, message",
    [
        (("c", "cookies", "A", 1, "q"), "row 2: unknown policy_id: c/cookies/A/1"),
        (("a", "cake", "A", 1, "q"), "row 2: unknown item: a/cake"),
        (("a", "cookies", "A", 2, "q"), "row 2: code other than 0 and 1"),
        (("a", "cookies", "A", None, "q"), "row 2: code other than 0 and 1"),
        (("a", "cookies", "A", 1, " "), "row 2: no evidence quoted for a code of 1"),
        (("a", "cookies", "A", 1, None), "row 2: no evidence quoted for a code of 1"),
        (("a", "cookies", "", 0, ""), "row 2: empty coder"),
        (
            ("a", "children", "agreed", 1, "q"),
            "row 2: a second agreed code for one cell: a/children/agreed/1",
        ),
        (
            ("a", "children", "B", 1, "q"),
            'row 2: coders B, C contradict each other on a/children: add a row of coder "agreed"',
        ),
    ],
)
def test_bad_hand_codings(book, row, message):
    first = ("a", "children", "C" if row[2] == "B" else "agreed", 0, "")
    hand = by_hand(first, row).set_index(pd.Index([5, 5]))
    with pytest.raises(ValueError, match=message.replace("row 2: coders", "row 1: coders")):
        coverage(code_sentences(units([]), book), book, POLICIES, hand_codings=hand)


def test_bad_codings_and_policies(sentences, book):
    codings = code_sentences(sentences, book)
    with pytest.raises(ValueError, match="codings: policy_id not among the given policies: a"):
        coverage(codings, book, POLICIES.iloc[:1])
    with pytest.raises(ValueError, match="codings: item not among the given codebook's items: cake"):
        coverage(codings.assign(item="cake"), book, POLICIES)
    with pytest.raises(ValueError, match="policy_id occurs twice: a"):
        coverage(codings, book, pd.DataFrame({"policy_id": ["a", "a"]}))
    with pytest.raises(ValueError, match="hand_codings: column evidence missing"):
        coverage(codings, book, POLICIES, hand_codings=by_hand().drop(columns="evidence"))


def test_evidence_must_occur_in_the_text(sentences):
    good = by_hand(
        ("a", "cookies", "A", 1, "we  use COOKIES\u2014and other sites | Do\u2011Not\u2011Track signals"),
        ("a", "do_not_track", "A", 1, "We do not respond ... signals."),
        ("b", "cookies", "A", 0, None),
    )
    check_evidence(good, sentences)
    bad = by_hand(("a", "cookies", "A", 1, "We use cookies"), ("b", "cookies", "A", 1, "We use cookies"))
    with pytest.raises(ValueError, match="row 2: evidence does not occur in the text of b/cookies: 'We use"):
        check_evidence(bad, sentences)


# --- scores and comparisons


def test_scores_travel_with_their_counts(sentences, book):
    scores = coverage_scores(coverage(code_sentences(sentences, book), book, POLICIES), book)
    assert list(scores.columns) == ["policy_id", "checklist", "n_items", "n_addressed", "share"]
    assert len(scores) == 2 * len(book.checklists)
    row = scores.query("policy_id == 'a' and checklist == 'CalOPPA'").iloc[0]
    assert (row["n_items"], row["n_addressed"], row["share"]) == (7, 2, 2 / 7)  # cookies, do_not_track
    assert scores.query("policy_id == 'b'")["n_addressed"].sum() == 0


def test_scores_need_every_item(sentences, book):
    cells = coverage(code_sentences(sentences, book), book, POLICIES)
    with pytest.raises(ValueError, match="items of the codebook are missing: children, scope"):
        coverage_scores(cells[~cells["item"].isin(["scope", "children"])], book)


def test_comparing_two_codings():
    columns = ["policy_id", "item", "sentence_id", "quote"]
    before = pd.DataFrame(
        [("a", "x", 1, "one"), ("a", "y", 1, "one"), ("a", "z", 1, "one"), ("a", "w", 1, "one")],
        columns=columns,
    )
    after = pd.DataFrame(
        [
            ("a", "x", 1, "one"),
            ("a", "y", 2, "two"),
            ("a", "z", 1, "one"),
            ("a", "z", 3, "three"),
            ("b", "x", 1, "new"),
        ],
        columns=columns,
    )
    changes = compare_codings(before, after)
    assert changes[["policy_id", "item", "change", "n_before", "n_after"]].values.tolist() == [
        ["a", "w", "silent", 1, 0],
        ["a", "y", "moved", 1, 1],
        ["a", "z", "gained", 1, 2],
        ["b", "x", "addressed", 0, 1],
    ]
    assert changes["gained"].tolist() == [(), ("two",), ("three",), ("new",)]
    assert compare_codings(before, before).empty
    assert compare_codings(after, before).query("item == 'z'")["change"].item() == "lost"
