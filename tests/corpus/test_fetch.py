"""Pages from a server on this computer; no test uses the network."""

from __future__ import annotations

import datetime
import gzip
import socket
import time
import zlib
from pathlib import Path

import pytest
from policy_pages import LOGIN, NOT_FOUND, PAGE, tree

from policytools.corpus.add import add_policy
from policytools.corpus.corpus import load_corpus
from policytools.corpus.fetch import USER_AGENT, _is_public, fetch


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


# --- packed bodies


RAW_DEFLATE = zlib.compressobj(wbits=-15)
PACKED = {
    "gzip": gzip.compress(PAGE.encode()),
    "deflate": zlib.compress(PAGE.encode()),
    "Deflate": RAW_DEFLATE.compress(PAGE.encode()) + RAW_DEFLATE.flush(),
}


@pytest.mark.parametrize("encoding", PACKED)
@pytest.mark.parametrize("length", [True, False])
def test_a_packed_body_that_is_cut_short_is_refused(site, study: Path, encoding: str, length: bool):
    body, before = PACKED[encoding], tree(study)
    headers = {"Content-Encoding": encoding} | ({} if length else {"Content-Length": None})
    site.answers["/privacy"] = (200, headers, body)
    assert fetch(f"{site.url}/privacy").data == PAGE.encode()
    for size in (0, 1, 5, len(body) // 2, len(body) - 1):
        site.answers["/privacy"] = (200, headers, body[:size])
        with pytest.raises(ValueError, match="/privacy: the answer is incomplete"):
            add_policy(study, f"{site.url}/privacy", vendor="Acme")
    assert tree(study) == before


def test_gzip_may_have_several_parts_and_something_behind_it(site):
    part = gzip.compress(b"<p>one")
    bodies = {
        "zeros": (part + b"\0" * 70_000, b"<p>one"), "parts": (part + b"\0\0" + part + part, b"<p>one" * 3),
        "text": (part + b"<!-- cached -->", b"<p>one"),
        "empty": (gzip.compress(b"") * 50 + part, b"<p>one"),
    }  # fmt: skip
    for name, (body, page) in bodies.items():
        site.answers[f"/{name}"] = (200, {"Content-Encoding": "x-gzip"}, body)
        assert fetch(f"{site.url}/{name}").data == page
    wrong = part[:-5] + bytes([part[-5] ^ 1]) + part[-4:]  # the checksum
    for name, body in {"cut": part + part[:-1], "start": part + b"\x1f", "wrong": wrong}.items():
        site.answers[f"/{name}"] = (200, {"Content-Encoding": "gzip"}, body)
        with pytest.raises(ValueError, match="incomplete or not valid HTTP"):
            fetch(f"{site.url}/{name}")


def test_fewer_bytes_than_announced_are_refused(site):
    for name, headers in {"plain": {}, "gzip": {"Content-Encoding": "gzip"}}.items():
        body = PACKED["gzip"] if headers else PAGE.encode()
        site.answers[f"/{name}"] = (200, headers | {"Content-Length": str(len(body) + 7)}, body)
        with pytest.raises(ValueError, match=f"{len(body):,} of {len(body) + 7:,} bytes were sent"):
            fetch(f"{site.url}/{name}")


def test_a_bomb_of_deflate_or_of_many_parts_is_too_large(site):
    bombs = {"deflate": zlib.compress(b"a" * 5_000_000), "gzip": gzip.compress(b"a" * 50_000) * 50}
    for encoding, body in bombs.items():
        site.answers[f"/{encoding}"] = (200, {"Content-Encoding": encoding}, body)
        with pytest.raises(ValueError, match="larger than 1,000,000 bytes"):
            fetch(f"{site.url}/{encoding}", max_bytes=1_000_000)


# --- redirects into private networks; names are looked up in a made-up table


@pytest.fixture
def internet(site, monkeypatch):
    """Name -> addresses, one list for each look-up. All connections lead to the site, and are noted."""
    names: dict[str, list[list[str]]] = {
        "shop.example": [["8.8.8.8"]], "www.shop.example": [["8.8.4.4", "2001:4860:4860::8888"]],
        "intranet.example": [["192.168.7.7"]], "wiki.intranet.example": [["10.0.0.8"]],
    }  # fmt: skip
    monkeypatch.setenv("no_proxy", "*")
    connect, look_up, connected = socket.create_connection, socket.getaddrinfo, []

    def fake_look_up(host, port, *args, **kwargs):
        if host not in names:
            return look_up(host, port, *args, flags=socket.AI_NUMERICHOST, **kwargs)
        found = names[host].pop(0) if len(names[host]) > 1 else names[host][0]
        return [entry for address in found for entry in look_up(address, port, *args, **kwargs)]

    def fake_connect(address, *args, **kwargs):
        connected.append(address[0])
        return connect(("127.0.0.1", site.server_port), *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", fake_look_up)
    monkeypatch.setattr(socket, "create_connection", fake_connect)
    site.names, site.connected = names, connected
    return site


@pytest.mark.parametrize(
    "host",
    [
        "intranet.example", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.0.1",
        "169.254.169.254", "100.64.0.1", "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]", "[::ffff:a00:1]",
        "[64:ff9b::a9fe:a9fe]", "[2002:c0a8:1::]", "224.0.0.1", "255.255.255.255",
    ],
)  # fmt: skip
def test_a_public_server_cannot_redirect_into_a_private_network(internet, study: Path, host: str):
    before = tree(study)
    internet.answers["/moved"] = (302, {"Location": f"http://{host}/privacy"}, b"")
    with pytest.raises(ValueError, match="a public server redirects to .*, an address of a private network"):
        add_policy(study, "http://shop.example/moved", vendor="Acme")
    assert set(internet.connected) == {"8.8.8.8"}  # not even its robots.txt was asked for
    assert tree(study) == before


def test_redirects_between_public_servers_are_followed(internet):
    internet.answers["/moved"] = (301, {"Location": "http://www.shop.example/privacy"}, b"")
    page = fetch("http://shop.example/moved")
    assert page.url == "http://www.shop.example/privacy" and page.data == PAGE.encode()
    assert set(internet.connected) == {"8.8.8.8", "8.8.4.4"}


def test_a_researcher_may_ask_for_a_page_of_her_own_network(internet):
    internet.answers["/moved"] = (302, {"Location": "http://wiki.intranet.example/privacy"}, b"")
    assert fetch("http://intranet.example/moved").data == PAGE.encode()
    internet.answers["/out"] = (302, {"Location": "http://shop.example/back"}, b"")
    internet.answers["/back"] = (302, {"Location": "http://intranet.example/privacy"}, b"")
    with pytest.raises(ValueError, match="redirects to 192.168.7.7"):
        fetch("http://intranet.example/out")


def test_a_name_that_changes_its_address_is_judged_again(internet):
    internet.names["shop.example"] = [["8.8.8.8"], ["8.8.8.8"], ["127.0.0.1"]]  # robots.txt, /moved, /privacy
    internet.answers["/moved"] = (302, {"Location": "/privacy"}, b"")
    with pytest.raises(ValueError, match="redirects to 127.0.0.1, an address of a private network"):
        fetch("http://shop.example/moved")
    assert internet.connected == ["8.8.8.8", "8.8.8.8"]


def test_only_public_addresses_of_a_redirect_are_asked(internet):
    internet.names["www.shop.example"] = [["10.0.0.1", "8.8.4.4"]]
    internet.answers["/moved"] = (302, {"Location": "http://www.shop.example/privacy"}, b"")
    assert fetch("http://shop.example/moved").data == PAGE.encode()
    assert "10.0.0.1" not in internet.connected


def test_robots_txt_cannot_redirect_into_a_private_network(internet):
    internet.answers["/robots.txt"] = (302, {"Location": "http://169.254.169.254/robots.txt"}, b"")
    with pytest.raises(ValueError, match="redirects to 169.254.169.254"):
        fetch("http://shop.example/privacy")


def test_another_address_is_tried_if_the_first_does_not_answer(internet, monkeypatch):
    internet.names["shop.example"] = [["2001:4860:4860::8844", "8.8.8.8"]]
    connect = socket.create_connection

    def fake(address, *args, **kwargs):
        if ":" in address[0]:
            raise OSError(101, "Network is unreachable")
        return connect(address, *args, **kwargs)

    monkeypatch.setattr(socket, "create_connection", fake)
    assert fetch("http://shop.example/privacy").data == PAGE.encode()
    internet.names["shop.example"] = [["2001:4860:4860::8844"]]
    with pytest.raises(ValueError, match="cannot be reached .*Network is unreachable"):
        fetch("http://shop.example/privacy")


def test_public_addresses():
    assert all(map(_is_public, ["1.1.1.1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]))
    assert not any(map(_is_public, ["198.18.0.1", "240.0.0.1", "fe80::1%1", "::", "ff02::1", "2001:db8::1"]))


def test_the_header_counts_more_than_the_page(study, site):
    text = "Мы собираем ваше имя и адрес. We collect your personal data, store it and never share it. " * 6
    page = f"<!doctype html><meta charset=windows-1251><p>{text}</p>".encode("koi8-r")
    site.answers["/privacy"] = (200, {"Content-Type": "text/html; charset=koi8-r"}, page)
    row = add_policy(study, f"{site.url}/privacy", vendor="Acme", policy_id="header", anyway=True).row
    assert row["note"] == "kept as UTF-8; the server sent it in koi8-r"
    assert text.strip() in (study / "raw" / "header.html").read_text("utf-8")
