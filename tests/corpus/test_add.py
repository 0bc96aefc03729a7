from __future__ import annotations

import datetime
import gzip
import http.server
import os
import threading
import time
from pathlib import Path

import pytest

from policytools.corpus.add import add_policy
from policytools.corpus.corpus import load_corpus, read_manifest
from policytools.corpus.fetch import USER_AGENT, fetch

RAW = Path(__file__).parents[2] / "data" / "raw"
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


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    add_policy(folder, POLICY.replace("printer", "3D printer").encode(), vendor="First", policy_id="first")
    return folder


def test_file_and_row_are_written_and_the_other_rows_stay(study: Path, tmp_path: Path):
    source = tmp_path / "saved page.html"
    source.write_text(PAGE, encoding="utf-8")
    before = (study / "policies.csv").read_bytes()
    added = add_policy(
        study, source, vendor="Acme, Inc.", effective_on="2024-05", title='The "policy"', note="two\nlines"
    )
    after = (study / "policies.csv").read_bytes()
    assert after.startswith(before) and after.count(b"\n") == before.count(b"\n") + 1 and b"\r" not in after
    assert (study / "raw" / "acme-inc-2024.html").read_bytes() == source.read_bytes()
    row = read_manifest(study).iloc[-1]
    assert row[["policy_id", "vendor", "title", "note", "format", "language", "effective_on"]].tolist() == [
        "acme-inc-2024", "Acme, Inc.", 'The "policy"', "two lines", "html", "en", "2024-05"
    ]  # fmt: skip
    assert row["n_bytes"] == str(len(PAGE)) and added.row["sha256"] == row["sha256"]
    assert added.kept[0] == "Privacy Policy" and added.left_out == ["[navigation] Home"] and added.notes == []
    assert load_corpus(study).policies["policy_id"].tolist() == ["first", "acme-inc-2024"]


def test_folder_and_manifest_are_made(tmp_path: Path):
    add_policy(tmp_path / "new" / "study", POLICY.encode(), vendor="Acme")
    assert tree(tmp_path / "new" / "study").keys() == {"policies.csv", "raw", "raw/acme.txt"}
    assert len(load_corpus(tmp_path / "new" / "study")) == 1


def test_file_that_lies_in_raw_stays_there(study: Path):
    (study / "raw" / "mine.txt").write_text(POLICY)
    added = add_policy(study, study / "raw" / "mine.txt", vendor="Acme")
    assert added.row["file"] == "mine.txt" and len(load_corpus(study)) == 2
    with pytest.raises(ValueError, match="same text already, as policy_id 'acme'"):
        add_policy(study, study / "raw" / "mine.txt", vendor="Other")
    assert (study / "raw" / "mine.txt").exists()


def test_date_and_address_come_from_an_archive_note(tmp_path: Path):
    row = add_policy(tmp_path, RAW / "003_5678612fa8f2589b.txt", vendor="Anycubic").row
    assert row["policy_id"] == "anycubic-2019" and row["captured_on"] == "2019-12-13"
    assert row["source_url"] == "https://www.anycubic.com/pages/privacy-policy"


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"source": b""}, "the file is empty"),
        ({"source": bytes(range(256)) * 20}, "binary"),
        ({"source": "missing.txt"}, "missing.txt: no such file"),
        ({"source": RAW}, "a folder, not a file"),
        ({"source": POLICY.replace("printer", "3D printer").encode()}, "holds the same text already, as policy_id 'first'"),
        ({"policy_id": "first"}, "holds policy_id 'first' already"),
        ({"policy_id": "a\nb"}, "policy_id 'a.nb' must not"),
        ({"vendor": " "}, "vendor is empty"),
        ({"vendor": "First", "policy_id": None, "captured_on": "12/2019"}, "captured_on '12/2019' is not a date"),
        ({"effective_on": "2019-02-30"}, "effective_on '2019-02-30' is not a date"),
        ({"name": "../policy.txt"}, "must be a plain file name"),
        ({"name": "a\\b.txt"}, "must be a plain file name"),
        ({"name": ".hidden"}, "must be a plain file name"),
        ({"name": "nul.txt"}, "must be a plain file name"),
        ({"name": "first.txt"}, "first.txt exists already"),
        ({"source": "ftp://example.org/policy"}, "only http and https"),
        ({"source": "file:///etc/hostname"}, "only http and https"),
        ({"source": LOGIN.encode()}, "0 words of policy text; reads like a log-in page"),
        ({"source": NOT_FOUND.encode()}, "reads like an error page"),
        ({"source": COOKIES.encode()}, "reads like a cookie dialogue"),
        ({"source": b"404 Not Found\n\nThe requested URL was not found on this server.\n\nHome\nPrivacy Policy\n"}, "error page"),
    ],
)  # fmt: skip
def test_what_is_refused_changes_nothing(study: Path, arguments: dict, message: str):
    before = tree(study)
    given = {"source": POLICY.encode(), "vendor": "Acme", "policy_id": "acme"} | arguments
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        add_policy(study, given.pop("source"), **given)
    assert tree(study) == before


def test_what_does_not_look_like_a_policy_can_be_added_anyway(study: Path):
    added = add_policy(
        study,
        b"We keep no data about you, whoever you are and wherever you live.",
        vendor="Tiny",
        anyway=True,
    )
    assert "too little to be a privacy policy" in added.notes[0]
    assert "too little" in load_corpus(study).policies["note"].iloc[-1]


@pytest.mark.parametrize("broken, nth", [("fsync", 1), ("fsync", 2), ("replace", 1), ("replace", 2)])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_nothing_stays_when_writing_fails(
    study: Path, monkeypatch, broken: str, nth: int, error: BaseException
):
    before, work, calls = tree(study), getattr(os, broken), []

    def fail(*args):
        calls.append(args)
        if len(calls) == nth:
            raise error
        return work(*args)

    monkeypatch.setattr(os, broken, fail)
    with pytest.raises(type(error)):
        add_policy(study, POLICY.encode(), vendor="Acme")
    with pytest.raises(type(error)):
        calls.clear()
        add_policy(study.parent / "fresh", POLICY.encode(), vendor="Acme")
    assert len(calls) == nth and tree(study) == before and not (study.parent / "fresh").exists()


def test_adding_again_completes_what_a_power_cut_left(study: Path):
    (study / "raw" / "acme.txt").write_text(POLICY)  # the file was renamed, the manifest not yet
    with pytest.raises(ValueError, match=r"acme.txt is not in .*policies.csv .*python -m policytools add"):
        load_corpus(study)
    assert add_policy(study, POLICY.encode(), vendor="Acme").row["file"] == "acme.txt"
    assert len(load_corpus(study)) == 2


def test_a_manifest_that_changes_meanwhile_is_not_overwritten(study: Path, monkeypatch):
    manifest, fsync = study / "policies.csv", os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda fd: (manifest.write_bytes(manifest.read_bytes() + b"\n"), fsync(fd))
    )
    with pytest.raises(ValueError, match="changed by another program meanwhile"):
        add_policy(study, POLICY.encode(), vendor="Acme")
    assert [path.name for path in (study / "raw").iterdir()] == ["first.txt"]


def test_manifest_of_another_shape_is_kept_as_it_is(study: Path):
    manifest = study / "policies.csv"
    row = read_manifest(study).iloc[0]
    head = "\ufeffvendor,policy_id,rating,file,sha256\r\n"
    manifest.write_bytes((head + f"First,first,good,first.txt,{row['sha256']}").encode())
    with pytest.raises(ValueError, match="there is no column 'title' for 'A title'"):
        add_policy(study, POLICY.encode(), vendor="Acme", title="A title")
    before = manifest.read_bytes()
    sha256 = add_policy(study, POLICY.encode(), vendor="Acme").row["sha256"]
    assert manifest.read_bytes() == before + f"\r\nAcme,acme,,acme.txt,{sha256}\r\n".encode()
    assert len(load_corpus(study)) == 2
    manifest.write_bytes(manifest.read_bytes() + b'"left open')
    with pytest.raises(ValueError, match="cannot be read as a CSV table"):
        add_policy(study, POLICY.encode() + b"More.", vendor="Acme", policy_id="b")


def test_names_without_latin_letters(tmp_path: Path):
    row = add_policy(tmp_path, POLICY.encode(), vendor="创想三维").row
    assert row["policy_id"] == "创想三维" and row["file"] == f"{row['sha256'][:12]}.txt"
    assert add_policy(tmp_path, POLICY.encode() + b"More.", vendor="Aux").row["file"] == "policy-aux.txt"


def test_another_language_is_taken_and_said(tmp_path: Path):
    with pytest.raises(ValueError, match="not English, and hardly a privacy policy"):
        add_policy(
            tmp_path,
            "".join(f"page{n}.html,8153ac39670299f2,{n}\n" for n in range(40)).encode(),
            vendor="Table",
        )
    german = "Wir erheben personenbezogene Daten, wenn Sie bei uns einen Drucker bestellen und bezahlen. " * 8
    added = add_policy(tmp_path, german.encode(), vendor="Drucker")
    assert added.row["language"] == "de" and "not English (de)" in added.notes[0]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.seen.append((self.path, self.headers["User-Agent"]))
        answer = self.server.answers.get(self.path, (404, {}, b"nothing here"))
        if callable(answer):
            return answer(self)
        status, headers, body = answer
        self.send_response(status)
        for name, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **headers}.items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.answers, server.seen = True, {"/privacy": (200, {}, PAGE.encode())}, []
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_policy_from_an_address(site, study: Path):
    added = add_policy(study, f"{site.url}/privacy", vendor="Acme", policy_id="acme")
    assert (study / "raw" / "acme.html").read_bytes() == PAGE.encode()
    assert added.row["source_url"] == f"{site.url}/privacy"
    assert (
        abs(
            datetime.date.fromisoformat(added.row["captured_on"]) - datetime.datetime.now(datetime.UTC).date()
        ).days
        <= 1
    )
    assert (
        site.seen == [("/robots.txt", USER_AGENT), ("/privacy", USER_AGENT)] and "policytools" in USER_AGENT
    )
    assert len(load_corpus(study)) == 2


def test_redirects_are_followed_so_far(site):
    site.answers |= {
        "/old": (301, {"Location": "/old%20er"}, b""), "/old%20er": (302, {"Location": f"{site.url}/privacy"}, b""),
        "/loop": (302, {"Location": "/loop"}, b""), "/nowhere": (302, {}, b""),
        "/file": (302, {"Location": "file:///etc/hostname"}, b""), "/ftp": (307, {"Location": "ftp://127.0.0.1/x"}, b""),
    }  # fmt: skip
    assert fetch(f"{site.url}/old").url == f"{site.url}/privacy"
    for path, message in {
        "loop": "more than 5 redirects", "nowhere": "without saying where", "file": "only http and https", "ftp": "only http and https"
    }.items():  # fmt: skip
        with pytest.raises(ValueError, match=message):
            fetch(f"{site.url}/{path}")


def test_robots_txt_is_respected(site):
    site.answers["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /priv\n")
    site.answers["/moved"] = (302, {"Location": "/privacy"}, b"")
    for path in ("privacy", "moved"):
        with pytest.raises(ValueError, match="/privacy: .*robots.txt does not allow"):
            fetch(f"{site.url}/{path}")
    assert "/privacy" not in [path for path, _ in site.seen]
    site.answers["/robots.txt"] = (
        200,
        {},
        b"User-agent: *\nDisallow: /\n\nUser-agent: policytools\nAllow: /\n",
    )
    assert fetch(f"{site.url}/privacy").data == PAGE.encode()
    site.answers["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /*acy$\nAllow: /pri*\n")
    site.answers["/privacy-notice"] = site.answers["/privacy"]
    assert fetch(f"{site.url}/privacy-notice").data == PAGE.encode()
    with pytest.raises(
        ValueError, match="does not allow"
    ):  # the longer rule wins, wherever it is in the file
        fetch(f"{site.url}/privacy")
    site.answers["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /\nAllow: /privacy\n")
    assert fetch(f"{site.url}/privacy").data == PAGE.encode()
    site.answers["/robots.txt"] = (403, {}, b"")
    with pytest.raises(ValueError, match="does not allow"):
        fetch(f"{site.url}/privacy")
    site.answers["/robots.txt"] = (503, {}, b"")
    with pytest.raises(ValueError, match="not known what may be fetched"):
        fetch(f"{site.url}/privacy")
    site.answers["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /x\n" + b"# long\n" * 100_000)
    assert fetch(f"{site.url}/privacy").data == PAGE.encode()


def test_slow_servers_are_given_up(site):
    def silent(handler):
        time.sleep(1.5)

    def dripping(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(30):
            handler.wfile.write(b"<p>")
            handler.wfile.flush()
            time.sleep(0.05)

    def dripping_head(handler):
        for _ in range(30):
            handler.wfile.write(b"H")
            time.sleep(0.05)

    site.answers |= {"/silent": silent, "/dripping": dripping, "/head": dripping_head}
    for path in ("silent", "dripping", "head"):
        start = time.monotonic()
        with pytest.raises(ValueError, match="in time|within 0.4 seconds"):
            fetch(f"{site.url}/{path}", timeout=0.4)
        assert time.monotonic() - start < 1.2


def test_size_is_bounded_also_when_compressed(site):
    bomb = gzip.compress(b"a" * 5_000_000)
    site.answers |= {
        "/long": (200, {}, b"a" * 2000), "/unsaid": (200, {"Content-Length": None}, b"a" * 2000),
        "/bomb": (200, {"Content-Encoding": "gzip"}, bomb), "/zipped": (200, {"Content-Encoding": "gzip"}, gzip.compress(PAGE.encode())),
        "/two": (200, {"Content-Encoding": "gzip"}, gzip.compress(b"<p>one") + gzip.compress(b"<p>two")),
        "/broken": (200, {"Content-Encoding": "gzip"}, b"no gzip"), "/brotli": (200, {"Content-Encoding": "br"}, b"x"),
        "/short": (200, {"Content-Length": "500"}, b"<p>cut"),
    }  # fmt: skip
    for path in ("long", "unsaid"):
        with pytest.raises(ValueError, match="larger than 1,000 bytes"):
            fetch(f"{site.url}/{path}", max_bytes=1000)
    with pytest.raises(ValueError, match="larger than 1,000,000 bytes"):
        fetch(f"{site.url}/bomb", max_bytes=1_000_000)
    assert fetch(f"{site.url}/zipped").data == PAGE.encode()
    assert fetch(f"{site.url}/two").data == b"<p>one<p>two"
    for path in ("broken", "brotli", "short"):
        with pytest.raises(ValueError, match="incomplete or not valid HTTP"):
            fetch(f"{site.url}/{path}")


def test_errors_and_pages_that_are_no_policy(site, study: Path):
    site.answers |= {
        "/gone": (410, {}, b""), "/picture": (200, {"Content-Type": "image/png"}, b"\x89PNG"),
        "/soft404": (200, {}, NOT_FOUND.encode()), "/login": (200, {}, LOGIN.encode()), "/empty": (200, {}, b""),
    }  # fmt: skip
    before = tree(study)
    for path, message in {
        "gone": r"HTTP 410 \(Gone\)", "picture": "image/png, not a text", "soft404": "/soft404: .*error page", "login": "log-in page",
        "missing": "HTTP 404", "empty": "/empty: the file is empty",
    }.items():  # fmt: skip
        with pytest.raises(ValueError, match=message):
            add_policy(study, f"{site.url}/{path}", vendor="Acme")
    with pytest.raises(ValueError, match="cannot be reached"):
        add_policy(study, "http://127.0.0.1:9/privacy", vendor="Acme")
    for url in ("http://", "http://user:word@127.0.0.1/", "http://127.0.0.1:99999/", "http://exa mple.org/"):
        with pytest.raises(ValueError, match="server|user name|not a web address"):
            fetch(url)
    assert tree(study) == before


def test_charset_of_the_header_counts_where_the_page_says_none(site, study: Path):
    text = PAGE.replace("two years", "two years (a fee of 5 € for “paper”)")
    site.answers["/privacy"] = (
        200,
        {"Content-Type": "text/html; charset=windows-1252"},
        text.encode("cp1252"),
    )
    added = add_policy(study, f"{site.url}/privacy", vendor="Acme", policy_id="acme")
    stored = (study / "raw" / "acme.html").read_bytes()
    assert "5 € for “paper”" in stored.decode("utf-8" if added.notes else "cp1252")
    russian = PAGE.replace("two years", "Москва " * 3).encode("koi8-r")
    site.answers["/privacy"] = (200, {"Content-Type": "text/html; charset=KOI8-R"}, russian)
    added = add_policy(study, f"{site.url}/privacy", vendor="Acme", policy_id="russian")
    assert added.notes == ["kept as UTF-8; the server sent it in koi8-r"]
    assert "Москва Москва" in load_corpus(study).raw_text("russian")
    declared = russian.replace(b"<body>", b"<head><meta charset=koi8-r></head><body><p>x</p>")
    site.answers["/privacy"] = (200, {"Content-Type": "text/html; charset=utf-16"}, declared)
    add_policy(study, f"{site.url}/privacy", vendor="Acme", policy_id="declared")
    assert (study / "raw" / "declared.html").read_bytes() == declared
