"""Whether a text reads like a privacy policy at all."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from policytools.corpus.corpus import corpus_from_texts, read_policies

DATA = Path(__file__).parents[2] / "data"


POLICY = (
    "Privacy Policy\n\nWe collect your name and your e-mail address when you order a printer from us, and we use this personal data "
    "to send you the goods and to answer your questions.\n\nWe share your personal information with carriers only, and we never sell "
    "it to third parties. You have the right to access, correct and delete your personal data at any time.\n"
)


PAGE = "<!doctype html><html><body><nav><a href='/'>Home</a> <a>Log in</a></nav><main>{}</main><footer>© Acme</footer></body></html>"


@pytest.mark.parametrize(
    "body, note",
    [
        ("<h1>Sign in to continue</h1><p>You must be logged in to view this page of our site.</p><p>Forgot your password?</p>", "log-in page"),
        ("<h1>404</h1><p>Sorry, the page you are looking for does not exist any more.</p>", "error page"),
        ("<p>We use cookies to improve your experience. By clicking 'Accept all', you consent to our use of cookies.</p>", "cookie dialogue"),
        ("<h1>Our printers</h1>" + "".join(f"<p>We think that you will love printer {n}, because it is fast.</p>" for n in range(40)), "of 0 of its nine"),
        ("<div id='root'></div>", "nothing in the file was kept"),
    ],
)  # fmt: skip
def test_page_without_a_policy_is_flagged(tmp_path: Path, body: str, note: str):
    (tmp_path / "page.html").write_text(PAGE.format(body))
    assert note in read_policies(tmp_path / "page.html").policies["note"].item()


def test_policies_of_the_project_are_not_doubted():
    assert not read_policies(DATA / "raw").policies["note"].str.contains("to be a privacy policy").any()


def test_a_policy_behind_a_long_lead_about_something_else_is_not_doubted():
    lead = (
        "The quick brown fox jumps over the lazy dog, and it is glad of the sun and of the wind in the trees. "
        * 30
    )
    frame = pd.DataFrame({"policy_id": ["a", "b"], "text": [lead, f"{lead}\n\n{POLICY * 4}"]})
    notes = corpus_from_texts(frame).policies["note"].tolist()
    assert "speaks of too little to be a privacy policy: of 0 of its nine subjects" in notes[0]
    assert "to be a privacy policy" not in notes[1] and "does not read like a privacy policy" in notes[1]
