"""A policy and pages that are not one, for tests that add policies and fetch pages."""

from __future__ import annotations

from pathlib import Path

POLICY = (
    "Privacy Policy\n\nWe collect your name, your e-mail address and your delivery address when you order a printer.\n\n"
    "We use this personal data to send you the goods and to answer your questions.\n\n"
    "We share your personal information with carriers only, and we never sell it to third parties.\n\n"
    "You have the right to access, correct and delete your personal data at any time; write to us.\n\n"
    "We store your data for two years and protect it with encryption.\n"
)
HTML = "<!doctype html><html><body><nav><a href='/'>Home</a></nav><main>{}</main></body></html>"
PAGE = HTML.format("".join(f"<p>{line}</p>" for line in POLICY.split("\n\n")))
LOGIN = HTML.format(
    "<h1>Sign in to continue</h1><form><label>Email</label><label>Password</label><p>You must be logged in to view this page."
    "</p><p>By continuing, you agree to our Terms and have read our Privacy Policy to learn how we collect, use and share "
    "your personal data.</p><button>Sign in</button></form>"
)
NOT_FOUND = HTML.format(
    "<h1>404</h1><h2>Page not found</h2><p>Sorry, the page you are looking for could not be found. It may have been moved.</p>"
    "<p>Please go back to our home page or contact our support team if you think that this is an error.</p>"
)
COOKIES = HTML.format(
    "<div class='cookie-banner'><h2>We value your privacy</h2><p>We use cookies to enhance your browsing experience, serve "
    "personalised ads or content, and analyse our traffic. By clicking 'Accept all', you consent to our use of cookies.</p>"
    "<p>We and our 842 partners store and access personal data, like browsing data or unique identifiers, on your device. "
    "You can change your preferences or withdraw your consent at any time by clicking the privacy button.</p>"
    "<button>Accept all</button><button>Reject all</button></div>"
)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
    }
