"""The shipped codebook: that it is complete, and for each item sentences that address it and sentences that do not."""

from __future__ import annotations

import pandas as pd
import pytest

from policytools.coding.codebook import load_codebook
from policytools.coding.coverage import code_sentences

# Precedes each example of the 3D-printing items: their rules need a policy about printers.
PRINTING = "Acme makes 3D printers and the AcmeSlicer software."

# item -> sentences that address it, sentences that do not
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
# The same for wordings that differ more.
WIDER = {
    "controller_identity": (
        [
            'When we say "Acme", we mean Acme Learning LLC.',
            "The personal information processor is Acme Technology.",
            "Hello, we're Acme, a trading name of Acme Prints Ltd.",
        ],
        [
            "You are the controller of the files that you upload.",
            "Payments are handled by Stripe Payments Europe, Ltd.",
        ],
    ),
    "contact_channel": (
        [
            "You can get in touch through the form on our Help page.",
            "Call us toll-free at 1-800-555-0199.",
            "You may reach customer service on 400-123-4567.",
        ],
        [
            "Our partners may contact you by email.",
        ],
    ),
    "dpo_contact": (
        [
            "Contact the Office of Privacy and Compliance by phone at 555 123 4567.",
            "Please mark your letter for the attention of the Privacy Officer.",
        ],
        [
            "You may contact the data protection authority of your country.",
            "The European Data Protection Board is found at https://edpb.europa.eu.",
        ],
    ),
    "eu_representative": (
        [
            "As required by Art. 27 GDPR, Acme Inc. is represented in the EU by EuroRep GmbH.",
        ],
        [
            "An authorized representative may file a request on your behalf in the EU.",
        ],
    ),
    "scope": (
        [
            "This Acme Privacy Notice applies to your use of www.acme.com.",
            "The Acme app, our forum and our store are all covered by this policy.",
            'We operate the website www.acme.com (the "Site").',
            'By "Services" we mean the Acme website, apps and devices.',
        ],
        [
            "By using the site you agree to this policy.",
            "Those platforms are governed by the privacy policies of the companies that provide them.",
        ],
    ),
    "effective_date": (
        [
            "Formulated on October 1, 2023",
            "Last update: 04 - 2021",
        ],
        [
            "Accounts opened before 1 May 2019 are kept.",
        ],
    ),
    "change_notice": (
        [
            "You will be asked to accept the new policy the next time you log in.",
            "Should the policy change, you will find the new text on this page.",
            "If we change the way in which we use personal data, we will announce it.",
        ],
        [
            "You can change your cookie settings when you first visit our website and at any time.",
            "Prices may change; we will inform you.",
        ],
    ),
    "data_categories": (
        [
            "We may ask for your name and student number.",
        ],
        [
            "We collect your email.",
        ],
    ),
    "data_sources": (
        [
            "Information provided to us by your bank.",
            "If you sign in with Google, Google tells us your name and email address.",
            "All information we have about you was given to us by you.",
            "We do not obtain personal data from third parties.",
        ],
        [
            "We collect information when you register for an account.",
            "We will use the contact information you give us.",
        ],
    ),
    "automatic_collection": (
        [
            "Your device sends us its model and operating system version when the app starts.",
            "Usage data: pages visited, time spent, links clicked",
            "We learn which pages are popular.",
        ],
        [
            "Data is deleted automatically after 30 days.",
        ],
    ),
    "cookies": (
        [
            "We place small text files on your computer.",
            "An SDK in our apps works much like a cookie and lets partners track you.",
        ],
        [
            "Read our cookie policy for details.",
        ],
    ),
    "cookie_control": (
        [
            "We only place analytical cookies after you have given permission.",
            "You can avoid tracking by using private browsing.",
        ],
        [
            "Our Cookie Policy explains how to control cookies.",
        ],
    ),
    "analytics_named": (
        [
            "This site uses Baidu Statistics.",
        ],
        [
            "Sign in with Google or Apple.",
        ],
    ),
    "location_data": (
        [
            "We show you offers based on your geographic location.",
            "We collect your age, gender and location.",
            "We record the country from which the site is visited.",
            "Other members can see how far away you are.",
        ],
        [
            "Based on your location, you may have additional rights.",
            "Your rights depend on your location.",
        ],
    ),
    "payment_data": (
        [
            "We save the last four digits of your card.",
        ],
        [
            "We sell printers and parts.",
        ],
    ),
    "sensitive_data": (
        [
            "A model of your face is built from photos taken by the device.",
            "We do not process information that is considered sensitive.",
            "Fingerprints used to unlock the app stay on your phone.",
        ],
        [
            "If you have a disability, you may access this policy in an alternative format.",
            "Device fingerprinting helps us stop fraud.",
        ],
    ),
    "children": (
        [
            "The service is for adults only.",
            "Users must be 18 or over.",
            "We comply with COPPA.",
        ],
        [
            "We provide security updates for at least 5 years.",
            "Data is kept for 13 years.",
        ],
    ),
    "do_not_track": (
        [
            "We do not respond to web browser signals that ask not to be tracked.",
        ],
        [
            "You can opt out of ads.",
        ],
    ),
    "model_files": (
        [
            "Files sent to the printer are cached on it until the job is finished.",
            "Copies of models you have removed may remain in backups.",
            "Thumbnails of the print are saved with your account.",
        ],
        [
            "We sell spare parts and model kits.",
        ],
    ),
    "print_job_data": (
        [
            "We gather how many prints succeed or fail.",
            "Nozzle and bed temperatures during the job are transmitted.",
            "When a job is done the app receives its status.",
        ],
        [
            "You may print a copy of this policy.",
        ],
    ),
    "printer_identifiers": (
        [
            "Upon activation the machine sends its SN.",
            "Each unit has a unique identifier which is sent to our servers.",
        ],
        [
            "We assign a customer number to you.",
        ],
    ),
    "printer_telemetry": (
        [
            "We record data about throughput, latency and signal quality.",
            "In case of an error in the app we collect data on your phone.",
            "We collect app performance data.",
            "Information about your gameplay, such as scores and playtime, is recorded.",
            "Readings of the sensors are regularly sent to our servers.",
        ],
        [
            "Cookies are small data files stored on your hard drive or in device memory.",
            "We collect information about your use of our website.",
        ],
    ),
    "camera_images": (
        [
            "Pictures of failed prints from the printer's camera may be used to improve our detection.",
            "Snapshots of the print bed from the camera are saved when a failure is detected.",
        ],
        [
            "You can upload images of your prints to your profile.",
        ],
    ),
    "local_or_cloud": (
        [
            "Slicing happens on your own computer, nothing is uploaded.",
            "Your video is saved on the memory card and never reaches us.",
        ],
        [
            "This policy does not apply to information collected offline.",
            "A cookie is stored on your computer.",
        ],
    ),
    "product_data_opt_out": (
        [
            "You can always turn the camera off.",
            "You can limit our sharing of this information through your mobile device settings.",
            "You can decide in the slicer whether to send anonymous usage data.",
            "Turning off Wi-Fi on the printer stops all data transfer to us.",
        ],
        [
            "You can opt out of our text message programs at any time.",
            "You may choose not to have your data shared with third parties.",
        ],
    ),
    "public_content": (
        [
            "Your nickname and avatar will be shown next to your posts.",
            "Other registered users may be able to see your username.",
            "Transactions on the blockchain are public.",
        ],
        [
            "This page informs visitors in case anyone decided to use our service.",
            "We don't share your personal information with anyone.",
        ],
    ),
}

CASES = [
    (item, sentence, addressed)
    for item, (hits, misses) in [*EXAMPLES.items(), *WIDER.items()]
    for sentence, addressed in [*((hit, True) for hit in hits), *((miss, False) for miss in misses)]
]


@pytest.fixture(scope="module")
def book():
    return load_codebook("printing")


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


def test_shipped_codebook_is_whole():
    book = load_codebook("printing")
    assert list(book.items.columns) == ["item", "label", "family", "question", "counts", "not", "refs"]
    assert len(book.items) == 63 and book.items["item"].is_unique
    assert {rule.item for rule in book.rules} == set(book.items["item"])
    assert (book.items[["question", "counts", "not"]] != "").all(axis=None)
    assert list(book.checklists)[:3] == ["identity", "collection", "purpose"]
    assert {"GDPR 13/14", "CCPA 7011(e)", "CalOPPA", "OPP-115", "3dp"} < set(book.checklists)
    assert list(book.checklists)[-1] == "all" and len(book.checklists["all"]) == 63
    assert book.checklists["CalOPPA"] == (
        "effective_date", "change_notice", "data_categories", "cookies", "do_not_track", "third_party_advertising",
        "right_access",
    )  # fmt: skip
    assert "right_erasure" in book.checklists["GDPR 13/14"]  # Article 13(2)(b) names the right of Article 17
    assert "response_time" not in book.checklists["GDPR 13/14"]
    assert book.items["label"].is_unique and book.items["label"].str.len().max() <= 40


def test_the_general_codebook_asks_nothing_of_printers():
    general, printing = load_codebook("disclosure"), load_codebook("printing")
    assert len(general.items) == 56 and "3dp" not in general.checklists
    assert printing.items["item"].tolist()[:55] == [i for i in general.items["item"] if i != "public_content"]
    assert general.items.set_index("item").loc["public_content", "family"] == "sharing"
    assert (
        printing.checklists["3dp"] == printing.checklists["3d_printing"]
        and len(printing.checklists["3dp"]) == 8
    )
    texts = general.items[["label", "question", "counts", "not"]].stack()
    assert not texts.str.contains("print(?!s? )|3D", case=False).any(), texts[texts.str.contains("print")]
    for name in ("CalOPPA", "GDPR 13/14", "CCPA 7011(e)"):
        assert general.checklists[name] == printing.checklists[name]


def test_loading_twice_gives_the_same_codebook():
    one, two = load_codebook("printing"), load_codebook("printing")
    assert one.rules == two.rules and one.items.equals(two.items)


# --- examples


def test_every_item_has_examples_of_both_kinds(book):
    assert set(EXAMPLES) == set(book.items["item"])
    assert all(hits and misses for hits, misses in EXAMPLES.values())


@pytest.mark.parametrize(
    "number", range(len(CASES)), ids=[f"{item}-{n}" for n, (item, _, _) in enumerate(CASES)]
)
def test_example(coded_examples, number):
    item, sentence, addressed = CASES[number]
    assert ((str(number), item, 1) in coded_examples) == addressed, sentence


# --- sentences whose meaning depends on the lines around them

IN_CONTEXT = {
    "an entry of a list of rights": (
        ["You have the following rights:", "see your data;", "have it corrected;", "have it deleted;", "object."],
        {"right_access": 1, "right_rectification": 2, "right_erasure": 3, "right_object": 4},
    ),
    "an entry of a list of recipients": (
        ["We may share your information with:", "our affiliates;", "a court, where the law requires it;", "a buyer of our business."],
        {"affiliates": 1, "business_transfer": 3},
    ),
    "the sentence before says what the answer is to": (
        ["To exercise these rights, write to privacy@acme.com.", "We reply within a month.", "We may ask you to prove who you are."],
        {"request_method": 0, "response_time": 1, "identity_verification": 2},
    ),
    "the sentence after names the interests": (
        ["We rely on our legitimate interests.", "This includes, for example, to improve the app and to prevent fraud."],
        {"legitimate_interests": 1},
    ),
    "a table with a column of periods": (["Purpose", "Storage period", "Invoices", "10 years"], {"retention_period": 3}),
}  # fmt: skip


@pytest.mark.parametrize("case", IN_CONTEXT)
def test_context(book, case):
    lines, expected = IN_CONTEXT[case]
    codings = code_sentences(units([("a", n, "sentence", "", line) for n, line in enumerate(lines)]), book)
    found = set(zip(codings["item"], codings["sentence_id"], strict=True))
    assert found >= set(expected.items())


def test_a_heading_counts_as_context_also_without_a_section_of_its_own(book):
    place = [("a", 0, "heading", "Contact", "If you reside in the United States:")]
    controller = ("a", 1, "fragment", "Contact", "Data controller: Acme, Inc.")
    coded = code_sentences(units([*place, controller]), book)
    assert coded.query("item == 'regional_notice'")["sentence_id"].tolist() == [1]
    assert "regional_notice" not in set(code_sentences(units([controller]), book)["item"])


REWORDED = {  # other ways to say it, and near misses
    "legal_basis": (["Processing takes place pursuant to Art. 6 para. 1 lit. b GDPR."], ["We may disclose information as required by law."]),
    "new_purposes": (["Data collected for one purpose is not used for another."], ["Our service providers may not use the data for any other purpose."]),
    "voluntary_or_required": (["You are under no obligation to give us your data, but then we cannot open an account."], ["We are required by law to disclose certain data."]),
    "named_recipients": (["Our newsletter is sent with Mailchimp."], ["You can log in with your Google account."]),
    "affiliates": (["We share information with our parent company."], ['Acme Inc. and its affiliates ("Acme", "we") respect your privacy.']),
    "sale_of_data": (["Acme has not sold consumers' personal information in the past twelve months."], ["You may opt out of the sale of your personal information."]),
    "international_transfer": (["Data will not leave the European Union."], ["We store data in the cloud."]),
    "transfer_safeguards": (["Google is certified under the EU-US Data Privacy Framework."], ["By using the site you consent to the transfer of your data abroad."]),
    "retention": (["Your models remain in the cloud until you remove them."], ["The cookie is stored for two years."]),
    "security_limits": (["There is no such thing as perfect security."], ["We do not guarantee that the site is free of errors."]),
    "breach_notice": (["Users will be informed without undue delay if their data has been leaked."], ["Tell us at once if your password is stolen."]),
    "right_access": (["You can ask us what data we hold about you."], ["Third parties may access your information."]),
    "right_erasure": (["Upon request we will delete your data."], ["We delete logs after a week."]),
    "right_restriction": (["You can require us to limit the processing of your data."], ["You have the right to limit the use of your sensitive personal information."]),
    "right_object": (["You may ask us to stop using your data."], ["If you object to the new terms, stop using the site."]),
    "complaint_authority": (["If you think we have broken the law you can contact the ICO."], ["We may share data with authorities."]),
    "opt_out_of_sale": (["You may direct us to stop selling your personal information."], ["We do not sell your data."]),
    "regional_notice": (["Nevada law allows residents to opt out of certain sales."], ["Data is stored in the United States."]),
}  # fmt: skip


FURTHER_WORDINGS = {  # classes of wording, and near misses
    "purposes": (
        [
            "Your e-mail address lets us create your account and send you receipts.",
        ],
        [
            "We use your data for business purposes.",
        ],
    ),
    "legal_basis": (
        [
            "Where we need to perform the contract we are about to enter into or have entered into with you.",
            "We only process your personal information when you have given us permission to do so for a specific purpose.",
            "Processing is required in order to comply with our legal obligations under tax law.",
            "As a university we process student data to carry out our public task.",
            "Processing is necessary to protect your vital interests.",
            "You have given your consent for processing personal data for one or more specific purposes.",
        ],
        [
            "By using our site you consent to this policy.",
            "We share your data only with your consent or as required by law.",
        ],
    ),
    "legitimate_interests": (
        [
            "It is in our legitimate interest to keep our systems safe from attack.",
            "We rely on legitimate interest as legal ground, e.g. in order to prevent misuse.",
            "The legitimate interest we pursue is to learn how our app is used.",
            "Article 6(1)(f) GDPR; our interest is the technically flawless presentation of the website.",
            "We do this on the basis of our legitimate interest to collect unpaid invoices.",
            "We have a legitimate interest to make our website appealing and stable.",
        ],
        [
            "We process data where it is necessary for our legitimate interests, unless your rights override them.",
            "You may object where we rely on legitimate interests.",
        ],
    ),
    "marketing_use": (
        [
            "We will occasionally let you know about new filaments and sales.",
            "You will not receive advertising by post from us.",
            "We use your address to send catalogs.",
            "You will only get promo mails if you tick the box.",
            "We invite you to events and send brochures.",
            "We will not spam you.",
        ],
        [
            "Advertising networks may show you ads on other sites.",
            "We use data for public relations.",
        ],
    ),
    "marketing_opt_out": (
        [
            "If you no longer want to get promotional mails from us, write to privacy@acme.com.",
            "You can manage your marketing consent in the consent tool.",
            "Every marketing email contains a way to opt out.",
            "Reply STOP to any text message to end the messages.",
            "You can object to the use of your data for advertising at any time by e-mailing us.",
            "You can update your subscription settings in your profile to choose which emails you get.",
        ],
        [
            "You may opt out of marketing at any time.",
            "You can opt out of interest-based ads at aboutads.info.",
        ],
    ),
    "automated_decisions": (
        [
            "We do not make decisions about you without human involvement.",
            "Your credit application is decided by a computer without human review.",
            "Our system automatically decides whether your order is accepted.",
            "You have the right to request human review of the decision made by our AI solution.",
            "Decisions are never taken by machines alone.",
            "We use AI to make decisions about your loan eligibility.",
        ],
        [
            "We use automated means to detect spam.",
            "Our site recommends products automatically.",
        ],
    ),
    "voluntary_or_required": (
        [
            "Without your e-mail address we cannot create an account.",
            "An e-mail address is required to sign up.",
            "We need certain information to be able to provide our services; if you ask us to delete it you may no longer be able to use our services.",
            "If you withdraw your consent, some services may no longer be available to you.",
            "It is up to you whether to give us this data, although we may then be unable to help.",
            "In order to buy from us you must tell us your address.",
        ],
        [
            "You give us your data voluntarily.",
            "If you refuse cookies, parts of the site will not work.",
        ],
    ),
    "new_purposes": (
        [
            "We use personal data only for the purposes for which it was collected.",
            "If we make changes in how we use your personal data, we will notify you by email.",
            "We may also use the information in other ways for which we give specific notice at the time of collection.",
            "Your e-mail address is used for this purpose only and for nothing else.",
            "If we plan to use your information for something not described here, we will get your permission.",
            "The video is used exclusively to detect failed prints and for no other purpose.",
        ],
        [
            "We will notify you of changes to this policy.",
            "Our providers may not use the data for other purposes.",
        ],
    ),
    "recipients": (
        [
            "We pass your address to the parcel service.",
            "Our hosting company stores the data.",
            "Your data is only seen by our own staff and nobody else.",
            "Your name is visible to other players.",
            "We give it to nobody.",
            "Service companies that work for us get access.",
        ],
        [
        ],
    ),
    "named_recipients": (
        [
            "Newsletters go out through Mailchimp.",
            "Crash reports are sent to Firebase Crashlytics.",
            "Payment data goes directly to Adyen N.V.",
        ],
        [
            "You can log in with Facebook.",
            "Google's opt-out add-on is available here.",
        ],
    ),
    "affiliates": (
        [
            "Our subsidiaries in the US and China can access the data.",
            "Our parent receives sales reports with customer names.",
            "Information may be transferred between our companies around the world.",
            "Acme Germany and Acme China exchange customer data as affiliated undertakings.",
        ],
        [
            'Acme Inc. and its affiliates ("we") respect your privacy.',
            "We take part in an affiliate program.",
        ],
    ),
    "legal_disclosure": (
        [
            "Unless the law compels us, we will not share your information.",
            "To respond to claims that content violates the rights of others we may reveal your identity.",
            "Data will be made available to investigating authorities in case of cyber attacks.",
            "We give information to prosecutors upon lawful request.",
            "We will comply with a court order to produce user data.",
            "We do not hand data to authorities voluntarily.",
        ],
        [
            "We keep invoices because the law requires it.",
        ],
    ),
    "business_transfer": (
        [
            "Should we sell the site, the buyer will get the data.",
            "If we reorganise our company, data may be passed to the new entity.",
        ],
        [
            "Data may be transferred to other countries.",
        ],
    ),
    "sale_of_data": (
        [
            "We don't sell, trade or rent your email.",
            "Under California law our sharing of identifiers may count as a sale.",
        ],
        [
            "We sell printers.",
            "You may opt out of the sale of your data.",
        ],
    ),
    "third_party_advertising": (
        [
            "Our app is ad-free.",
            "Partners place cookies so that the banners match what you like.",
            "We upload hashed e-mails to find similar audiences.",
        ],
        [
            "We tell you about our own new products.",
        ],
    ),
    "third_party_links": (
        [
            "Our shop contains links to sites of others; their operators alone are responsible for them.",
            "When you click a link to another site, that site's policy applies.",
            "Please read the privacy statements of any other site you visit.",
            "Social plug-ins are governed by the policies of the companies that provide them.",
            "This policy applies only to our site, so when you follow links you should read their policies.",
            "For the content and privacy of external pages only their operators are responsible.",
        ],
        [
            "See Stripe's privacy policy.",
        ],
    ),
    "international_transfer": (
        [
            "By using the site you agree to your data moving to the USA.",
            "We are a global company and move data between countries.",
            "Your information may be processed wherever we or our vendors have facilities.",
            "If you are outside the United States, please be aware that your information will come to the US.",
        ],
        [
            "Our office is in Shenzhen.",
            "Data is stored in the cloud.",
        ],
    ),
    "transfer_safeguards": (
        [
            "Transfers to Canada are covered by the Commission's finding that Canada protects data adequately.",
            "The third party is bound by data processor agreements when data is transferred outside the EU.",
            "The EU has decided that Japan offers adequate protection.",
        ],
        [
            "We protect data with appropriate safeguards.",
        ],
    ),
    "retention": (
        [
            "When you delete your account, your data are deleted from our servers.",
            "Your prints are stored until you delete them.",
            "Data is kept for the statutory periods.",
            "Server logs are rotated after 14 days.",
            "Recordings are overwritten weekly.",
            "We do not store your images after the session ends.",
        ],
        [
            "Data is stored on our servers.",
            "This cookie is stored for two years.",
        ],
    ),
    "retention_period": (
        [
            "CVs are kept for half a year.",
        ],
        [
            "We respond within 30 days.",
            "Please allow five (5) business days to be removed from all emails.",
        ],
    ),
    "security_measures": (
        [
            "We use HTTPS.",
            "We follow industry standards to keep your data safe.",
            "Our servers are kept in locked rooms.",
            "We regularly test our systems for weaknesses.",
            "We are ISO 27001 certified.",
            "Employees are bound to confidentiality and trained in data protection.",
        ],
        [
            "Your security is important to us.",
        ],
    ),
    "security_limits": (
        [
            "We cannot promise that hackers will never get in.",
            "The internet is not a secure place.",
            "Security gaps may occur in data transmission over the internet (e.g. by email).",
            "Nobody can guarantee the security of data on the web.",
        ],
        [
            "Choose a strong password.",
        ],
    ),
    "breach_notice": (
        [
            "If your data is hacked, we will tell you.",
            "Should unauthorised persons gain access to your data, we will inform you at once.",
            "If we learn of a security breach we will e-mail affected customers.",
        ],
        [
            "Breaches cannot be ruled out.",
        ],
    ),
    "right_access": (
        [
            "You are entitled to know what we store about you.",
            "You can request information about your stored data free of charge.",
            "You have the right to be told what information we hold.",
            "You may at any time demand information on what is stored about you.",
            "We will send you an overview of your data on request.",
        ],
        [
            "We limit access to staff.",
        ],
    ),
    "right_rectification": (
        [
            "You may ask that we put right any mistakes.",
            "You may also request changes to your personal information by writing to us.",
            "If your details change, you can update them in the settings.",
        ],
        [
            "You must keep your data current.",
        ],
    ),
    "right_erasure": (
        [
            "You may ask us to erase everything we know about you.",
            "We will delete your data if you ask us to.",
            "You can request that your data be wiped.",
            "You can delete your history at any time.",
            "You can delete your uploaded models whenever you like.",
            "Account deletion is possible in the settings.",
        ],
        [
            "We delete children's data.",
        ],
    ),
    "right_restriction": (
        [
            "You may ask us to pause processing while we check accuracy.",
        ],
        [
            "We may restrict access to your account.",
        ],
    ),
    "right_object": (
        [
            "You may at any time object to direct advertising.",
            "You have the right, on grounds relating to your particular situation, to object.",
            "You can say no to us processing your data.",
            "You can object at any time.",
            "If you don't want us to use your data for direct marketing, you may object.",
        ],
        [
            "You can unsubscribe.",
        ],
    ),
    "right_portability": (
        [
            "You have the right to take your data to another provider.",
            "You may ask us to send your data to another company.",
            "You have a right of data transfer to another controller.",
        ],
        [
            "Our printers are portable.",
            "This section describes the onward transfer of your data to a third party.",
        ],
    ),
    "withdraw_consent": (
        [
            "Where you have given consent, you can cancel it at any time.",
            "You may opt out of processing that is based on consent at any time.",
            "Your agreement may be withdrawn.",
            "If you have agreed to the processing, you can reverse this decision at any time.",
        ],
        [
            "By using the site you consent.",
            "You may stop using the app.",
        ],
    ),
    "complaint_authority": (
        [
            "You may turn to the regulator.",
            "You have the right to make a report to your national data protection agency.",
            "Swedish users may contact Integritetsskyddsmyndigheten with complaints about our processing.",
        ],
        [
            "Send complaints to our support.",
        ],
    ),
    "request_method": (
        [
            "If you want to exercise your rights, get in touch with our DPO.",
            "You can review and delete stored footage in the app or at My Activity.",
            "For requests regarding your data please contact us by post.",
        ],
        [
            "Our shop is open.",
        ],
    ),
    "response_time": (
        [
            "The period for erasure may be extended by two further months given the number of requests.",
            "Your request will be dealt with within 10 working days.",
            "Deletion is carried out within 15 working days after your request.",
        ],
        [
            "We answer promptly.",
            "We delete logs after 30 days.",
        ],
    ),
    "identity_verification": (
        [
            "We need to be sure that it is you who is asking.",
            "We may ask for proof of identity before answering.",
            "For your security, we may request specific information from you to help us make sure the request is coming from you.",
            "We may need to check your identity first when you ask for your data.",
            "We can only answer if you can show you are the account holder making the request.",
            "So that nobody else gets your data, we will ask for proof that you are the person concerned.",
        ],
        [
            "We verify your age at registration.",
        ],
    ),
    "opt_out_of_sale": (
        [
            'Click "Do Not Sell My Personal Information".',
            "You will be able to prevent the sharing of this information with third parties.",
            "You can choose whether your information is shared with third parties for their own purposes.",
            "You can object to your data being passed to partners for their advertising.",
            "You can say no to the sale of your data.",
            "Use this form to opt out of sales and sharing.",
        ],
        [
            "Manage cookies in your browser.",
        ],
    ),
    "non_discrimination": (
        [
            "Exercising your rights has no effect on the quality of our service.",
            "You have the right to equal service and price, even if you exercise your privacy rights.",
            "Right to non-discrimination.",
        ],
        [
            "We hire without regard to gender.",
        ],
    ),
    "regional_notice": (
        [
            "Californians may ask us for a list of third parties.",
            "Residents of Virginia and Colorado can appeal our decision.",
            "In Brazil the LGPD gives you the right to confirmation.",
            "In Sweden you can complain to the IMY.",
            "The authority for our UK customers is the ICO.",
        ],
        [
            "Governed by the laws of California.",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("item", REWORDED)
def test_other_wordings(book, item):
    assert_decisions(book, item, REWORDED[item])


@pytest.mark.parametrize("item", FURTHER_WORDINGS)
def test_further_wordings(book, item):
    assert_decisions(book, item, FURTHER_WORDINGS[item])


PRACTICES_AND_MENTIONS = {  # statements of a practice, and sentences that only mention its words
    "named_recipients": (
        [
            "Your payment is sent through PayPal.",
            "You can opt out of Google Analytics with its browser add-on, which we use on this shop.",
            "Our newsletter is sent by Mailchimp, which receives your email address.",
        ],
        [
            "Access is limited to staff.",
            "You can log in with your Facebook account.",
            "Visit our YouTube channel for tutorials.",
        ],
    ),
    "affiliates": (
        [
            "We share your data with our parent company.",
            "Your details may be given to companies that control us, are controlled by us or are under common control with us.",
            "Acme and its affiliates collect and use your order data.",
            "Orders are passed on within our family of companies.",
        ],
        [
            "We do not give your data to non-affiliated companies.",
            "We send you news about our affiliates' products.",
            "Members of our affiliate program earn a commission.",
            "Legal process may be served on us or our affiliates.",
        ],
    ),
    "marketing_opt_out": (
        [
            "If you would rather not be included in our mailings, call +1 555 123 4567.",
            "If you prefer not to receive our catalogue by mail, click here.",
            "Every promotional email that we send contains a link to unsubscribe.",
            "To end our text messages, reply STOP.",
            "You can change your newsletter preferences on the preference page.",
            "You may object to direct marketing by writing to privacy@acme.com.",
        ],
        [
            "You can opt out of targeted advertising at the Network Advertising Initiative.",
            "You may tell your browser to refuse cookies.",
        ],
    ),
    "data_sources": (
        [
            "We may receive your name and picture from the social network that you connect to your account.",
            "Acme Toys, another of our brands, may provide us with information about your orders.",
            "We may combine your data with information that we obtain from our business partners.",
        ],
        [
            "We only share the information you provide.",
            "We share your data with our advertising partners.",
            "We collect information from users of the site.",
        ],
    ),
    "public_content": (
        [
            "Anything you post in our forum becomes public.",
            "Your user name is visible to other members.",
            "Comments that you submit can be read by anyone.",
        ],
        [
            "Personal data does not include data that is not otherwise publicly available.",
            "We collect your data from publicly available sources.",
            "Children under 13 are not allowed to register or use our public discussion areas.",
        ],
    ),
    "international_transfer": (
        [
            "Our service providers are located in India and process your data there.",
            "We may transfer your data across borders.",
            "Your data may be transferred out of your country.",
            "Your data goes to countries such as Japan and Brazil.",
            "Your data is not retained within your country.",
        ],
        [
            "Our office is located in Germany.",
            "We ship to countries such as Japan.",
        ],
    ),
    "right_portability": (
        [
            "You may have your data ported to another provider.",
            "You can ask that your data be transmitted to another organisation.",
            "On request we forward your data in digital form.",
        ],
        [
            "Data is transmitted over an encrypted connection.",
        ],
    ),
    "retention": (
        [
            "We keep your data while we have an ongoing business need for it.",
            "Data is erased within the time necessary for its purpose.",
            "Accounts are deleted after two years of inactivity.",
        ],
        [
            "The cookie expires after two years.",
            "You may remain anonymous.",
            "This section says how we store your data.",
        ],
    ),
    "retention_period": (
        [
            "We remove IP addresses from our logs after 6 months.",
        ],
        [
            "The cookie expires after 30 days.",
        ],
    ),
    "right_access": (
        [
            "You may ask us for a copy of your data.",
            "You can see your data in your account.",
        ],
        [
            "Our contractors may access your data.",
            "We reserve the right to access your account.",
            "Anyone may access what you post.",
            "The app asks for access to your camera.",
        ],
    ),
    "automatic_collection": (
        [
            "Our servers log your IP address and the pages you visit.",
            "We track how visitors use our shop.",
            "Our system automatically records the type of your browser.",
        ],
        [
            "Cookies can be refused in your browser.",
            "Your use of our site is subject to our terms.",
        ],
    ),
    "new_purposes": (
        [
            "We will use your address only for the purpose for which you gave it.",
            "These providers may use your data only to deliver your order.",
        ],
        [
            "This policy applies only to our site.",
        ],
    ),
    "cookie_control": (
        [
            "You can set your browser to refuse cookies.",
            "Cookies are placed only if you allow them.",
        ],
        [
            "A cookie is a small file that your browser stores.",
            "Persistent cookies remain on your computer until they expire or you delete them.",
            "We use clear GIFs together with cookies.",
        ],
    ),
    "sensitive_data": (
        [
            "To verify your request we ask for a copy of your passport.",
        ],
        [
            "Sensitive information such as your credit card number is encrypted.",
        ],
    ),
    "legal_disclosure": (
        [
            "We give your data to others where there is a statutory obligation to do so.",
            "We disclose data in response to subpoenas, warrants or court orders.",
        ],
        [
            "We keep invoices because of a legal obligation.",
        ],
    ),
    "legitimate_interests": (
        [
            "We analyse use to improve our shop (Art. 6(1)(f) GDPR).",
        ],
        [
            "Your interests matter to us.",
        ],
    ),
    "business_transfer": (
        [
            "As our business grows, we may buy or sell assets, and customer data may be among them.",
        ],
        [
            "We may sell you spare parts.",
        ],
    ),
    "right_rectification": (
        [
            "You have the right to request: (i) access; (ii) erasure; and (iii) correction of your data.",
            "You can have wrong data corrected.",
        ],
        [
            "You must keep your data up to date.",
        ],
    ),
    "right_erasure": (
        [
            "Have it deleted: write to us and we erase your data.",
        ],
        [
            "We may delete posts that break our rules.",
        ],
    ),
}


@pytest.mark.parametrize("item", PRACTICES_AND_MENTIONS)
def test_practices_and_mentions(book, item):
    assert_decisions(book, item, PRACTICES_AND_MENTIONS[item])


SETTLED_QUESTIONS = {  # what version 1.4 of the codebook settled
    "printer_identifiers": (
        [
            "We collect the serial number of your printer.",
            "The printer reports the ID of the group it belongs to.",
            "Our printers send us their device ID.",
            "Each machine registers with its hardware identifier.",
        ],
        ["We collect the serial number of your phone.", "A cookie holds an identifier."],
    ),
    "model_files": (
        [
            "We store the STL files that you upload.",
            "Your models are saved on our cloud.",
            "Sliced files are sent to your printer through our servers.",
            "Your designs remain private unless you share them.",
        ],
        ["We model our prices on demand.", "Log files are kept for a week."],
    ),
    "dpo_contact": ([], ["Attn: Privacy, Acme Inc., 1 Main Street, Springfield."]),
    "local_or_cloud": ([], ["We do not collect your print data when you print from an SD card."]),
    "voluntary_or_required": (
        ["You can visit our site without giving any personal data."],
        ["We ask for your address in order to deliver your order."],
    ),
    "opt_out_of_sale": (
        ["You can prevent us from sharing your data with third parties by writing to us."],
        ["You can opt out of being solicited by third parties."],
    ),
    "product_data_opt_out": (["The printer asks you to opt in before it sends usage data."], []),
    "retention": (["We may retain data for backups, fraud prevention and analysis."], []),
    "request_method": (
        [
            "For requests on this policy, write to privacy@acme.com.",
            "To object to the use of your data, write to us at Main Road 1.",
        ],
        [],
    ),
    "transfer_safeguards": ([], ["By using our services you consent to the transfer of your data to China."]),
    "regional_notice": (
        [],
        ["If you are in Europe, you consent to the transfer of your data to the United States."],
    ),
    "right_object": (
        ["You can demand that your data not be used to contact you."],
        ["You can unsubscribe from our newsletter."],
    ),
    "cookie_control": (["A cookie is sent to your browser if you allow it."], []),
    "affiliates": (
        ["Acme and its affiliates collect and use your data."],
        ['Acme and its affiliates (together "we") respect your privacy.'],
    ),
}


@pytest.mark.parametrize("item", SETTLED_QUESTIONS)
def test_settled_questions(book, item):
    for sentences_, addressed in zip(SETTLED_QUESTIONS[item], (True, False), strict=True):
        for sentence in sentences_:
            policy = units([("a", 0, "sentence", "", PRINTING), ("a", 1, "sentence", "", sentence)])
            assert (item in set(code_sentences(policy, book)["item"])) == addressed, sentence


def assert_decisions(book, item, examples):
    for sentences_, addressed in zip(examples, (True, False), strict=True):
        for sentence in sentences_:
            found = set(code_sentences(units([("a", 0, "sentence", "", sentence)]), book)["item"])
            assert (item in found) == addressed, sentence
