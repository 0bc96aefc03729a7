"""Pages from a server on this computer; no test uses the network."""

from __future__ import annotations

import datetime
import gzip
import time
from pathlib import Path

import pytest
from policy_pages import LOGIN, NOT_FOUND, PAGE, tree

from policytools.corpus.add import add_policy
from policytools.corpus.corpus import load_corpus
from policytools.corpus.fetch import USER_AGENT, fetch


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


def test_the_header_counts_more_than_the_page(study, site):
    text = "Мы собираем ваше имя и адрес. We collect your personal data, store it and never share it. " * 6
    page = f"<!doctype html><meta charset=windows-1251><p>{text}</p>".encode("koi8-r")
    site.answers["/privacy"] = (200, {"Content-Type": "text/html; charset=koi8-r"}, page)
    row = add_policy(study, f"{site.url}/privacy", vendor="Acme", policy_id="header", anyway=True).row
    assert row["note"] == "kept as UTF-8; the server sent it in koi8-r"
    assert text.strip() in (study / "raw" / "header.html").read_text("utf-8")
