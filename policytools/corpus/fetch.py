"""One page from the web, politely and within bounds; used only when a policy is added from its address."""

from __future__ import annotations

import codecs
import http.client
import re
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from pathlib import PurePosixPath
from typing import Any, TypeVar
from urllib import request, robotparser
from urllib.error import HTTPError, URLError
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from policytools.reading.blocks import MAX_BYTES

USER_AGENT = "policytools (research on privacy policies; single pages, at a person's request)"
MAX_REDIRECTS = 5
MAX_ROBOTS_BYTES = 500_000
_TYPES = re.compile(r"text/|application/(?:xhtml\+xml|xml|pdf|octet-stream|x-pdf)")
_ENDINGS = {"application/pdf": ".pdf", "application/x-pdf": ".pdf", "text/html": ".html", "application/xhtml+xml": ".html",
            "text/markdown": ".md", "text/plain": ".txt"}  # fmt: skip
_INSTEAD = "try again later, or save the page and add the file"
_T = TypeVar("_T")


@dataclass(frozen=True)
class Page:
    """What came back: the bytes, the address after redirects, a file name, the header's charset."""

    data: bytes
    url: str
    name: str
    charset: str


def fetch(url: str, *, timeout: float = 30, max_bytes: int = MAX_BYTES) -> Page:
    """Fetch one page.

    Parameters
    ----------
    url : str
        Address; http or https.
    timeout : float
        Seconds for the whole, robots.txt and redirects included.
    max_bytes : int
        Largest page that is taken, before and after decompression.

    Returns
    -------
    Page

    Raises
    ------
    ValueError
        If the address, or one it redirects to, is not http or https, robots.txt forbids it, the server does
        not answer in time or answers with an error, or the page is too large or no text.
    """
    return _within(timeout, lambda deadline: _follow(url, deadline, max_bytes), url)


def _within(seconds: float, work: Callable[[float], _T], url: str) -> _T:
    # A socket's time-out starts anew with each byte and does not cover looking up the server's name.
    box: list[Any] = []

    def run() -> None:
        try:
            box.append((True, work(time.monotonic() + seconds)))
        except Exception as error:  # noqa: BLE001 - raised again by the caller's thread
            box.append((False, error))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if not box:
        raise ValueError(f"{url}: no complete answer within {seconds:g} seconds; {_INSTEAD}")
    done, value = box[0]
    if not done:
        raise value
    return value


def _follow(url: str, deadline: float, max_bytes: int) -> Page:
    asked, robots = url, {}
    for _ in range(MAX_REDIRECTS + 1):
        url = _checked(url, asked)
        host = urlunsplit(urlsplit(url)[:2] + ("", "", ""))
        if host not in robots:
            robots[host] = _robots(host, deadline)
        if not robots[host].can_fetch(USER_AGENT, url):
            raise ValueError(
                f"{url}: {host}/robots.txt does not allow it; save the page in a browser and add the file"
            )
        status, headers, data = _get(url, deadline, max_bytes)
        if status in (301, 302, 303, 307, 308):
            if not headers.get("Location"):
                raise ValueError(f"{url}: the server redirects (HTTP {status}) without saying where")
            url = urljoin(url, headers["Location"])
            continue
        if status != 200:
            raise ValueError(
                f"{url}: the server answered HTTP {status} ({http.client.responses.get(status, 'unknown')})"
            )
        content_type = headers.get_content_type() if headers.get("Content-Type") else ""
        if content_type and not _TYPES.match(content_type):
            raise ValueError(f"{url}: the server sent {content_type}, not a text, a web page or a PDF")
        return Page(data, url, _name(url, content_type), headers.get_content_charset() or "")
    raise ValueError(f"{asked}: more than {MAX_REDIRECTS} redirects, the last to {url}")


def _checked(url: str, asked: str) -> str:
    """The address in ASCII, if it is one to fetch."""
    via = "" if url == asked else f" (redirected from {asked})"
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except ValueError as error:
        raise ValueError(f"{url}{via}: not a web address ({error})") from None
    if parts.scheme not in ("http", "https"):
        raise ValueError(
            f"{url}{via}: only http and https addresses can be added, not {parts.scheme or 'one without'}:"
        )
    if not host or not re.fullmatch(r"[\w.:%-]+", host):
        raise ValueError(f"{url}{via}: the address names no server")
    if parts.username is not None:
        raise ValueError(f"{url}{via}: an address with a user name in it cannot be added")
    netloc = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    safe = "/%:@!$&'()*+,;=~-._"
    return urlunsplit(
        (parts.scheme, netloc, quote(parts.path or "/", safe=safe), quote(parts.query, safe=safe + "?"), "")
    )


class _NoRedirect(request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None  # each hop is checked first


def _get(url: str, deadline: float, max_bytes: int, *, cut: bool = False) -> tuple[int, Message, bytes]:
    """Status, headers and body of one request; a body over `max_bytes` is an error, or cut."""
    headers = {
        "User-Agent": USER_AGENT,
        "Accept": "text/html, application/xhtml+xml, application/pdf, text/*;q=0.9, */*;q=0.1",
        "Accept-Language": "en",
        "Accept-Encoding": "gzip, deflate",
    }
    opener = request.build_opener(_NoRedirect)
    try:
        try:
            answer = opener.open(request.Request(url, headers=headers), timeout=_left(deadline))
        except HTTPError as error:
            error.close()
            return error.code, error.headers, b""
        with answer:
            return answer.status, answer.headers, _body(answer, deadline, max_bytes, cut)
    except TimeoutError:
        raise ValueError(f"{url}: the server did not answer in time; {_INSTEAD}") from None
    except _TooLarge:
        raise ValueError(f"{url}: the page is larger than {max_bytes:,} bytes") from None
    except URLError as error:
        why = "no answer in time" if isinstance(error.reason, TimeoutError) else error.reason
        raise ValueError(f"{url}: cannot be reached ({why}); {_INSTEAD}") from None
    except (OSError, http.client.HTTPException, zlib.error) as error:
        raise ValueError(
            f"{url}: the answer broke off or is no proper one ({type(error).__name__}: {error})"
        ) from None


class _TooLarge(Exception):
    pass


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _body(answer: http.client.HTTPResponse, deadline: float, max_bytes: int, cut: bool) -> bytes:
    declared = answer.headers.get("Content-Length", "")
    if declared.isdigit() and int(declared) > max_bytes and not cut:
        raise _TooLarge
    encoding = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise http.client.HTTPException(f"compressed as {encoding}, which was not asked for")
    inflate = _inflater(encoding)
    parts, size, received = [], 0, 0
    while chunk := answer.read1(65536):
        _left(deadline)
        received += len(chunk)
        for part in inflate(chunk, max_bytes + 1 - size):
            parts.append(part)
            size += len(part)
        if size > max_bytes or received > max_bytes:
            if cut:
                break
            raise _TooLarge
    if declared.isdigit() and received < int(declared) and not cut:
        raise http.client.HTTPException(f"{received:,} of {int(declared):,} bytes came")
    return b"".join(parts)[:max_bytes]


def _inflater(encoding: str) -> Callable[[bytes, int], list[bytes]]:
    """A function that decompresses chunk by chunk, never more than it is told."""
    if encoding in ("", "identity"):
        return lambda chunk, limit: [chunk]
    state: dict[str, Any] = {"object": None}

    def inflate(chunk: bytes, limit: int) -> list[bytes]:
        parts: list[bytes] = []
        while chunk and limit > 0:
            if state["object"] is None:
                # "deflate" is meant to have zlib's head, and often has none.
                bare = encoding == "deflate" and (chunk[0] & 0x0F) != 8
                state["object"] = zlib.decompressobj(-15 if bare else 15 if encoding == "deflate" else 31)
            part = state["object"].decompress(chunk, limit)
            parts.append(part)
            limit -= len(part)
            chunk = state["object"].unconsumed_tail
            if state["object"].eof:
                chunk, state["object"] = state["object"].unused_data, None
                if chunk and not (encoding != "deflate" and chunk.startswith(b"\x1f")):
                    break  # padding behind the last member
        return parts

    return inflate


def _robots(host: str, deadline: float) -> robotparser.RobotFileParser:
    """Rules of a server; none where it has no robots.txt, nothing allowed where it keeps that to itself."""
    rules = robotparser.RobotFileParser()
    url = f"{host}/robots.txt"
    for _ in range(MAX_REDIRECTS + 1):
        status, headers, data = _get(url, deadline, MAX_ROBOTS_BYTES, cut=True)
        if status in (301, 302, 303, 307, 308) and headers.get("Location"):
            url = _checked(urljoin(url, headers["Location"]), f"{host}/robots.txt")
            continue
        break
    if status >= 500:
        raise ValueError(
            f"{host}/robots.txt: HTTP {status}, so it is not known what may be fetched; try again later"
        )
    if status == 200:
        rules.parse(data.decode("utf-8-sig", "replace").splitlines())
    elif status in (401, 403):
        rules.parse(["User-agent: *", "Disallow: /"])
    else:
        rules.parse([])
    return rules


def _name(url: str, content_type: str) -> str:
    """A file name with the ending that the server's type asks for."""
    last = PurePosixPath(unquote(urlsplit(url).path)).name
    ending = PurePosixPath(last).suffix.lower()
    if content_type == "text/plain" and ending in (".md", ".markdown"):
        return last
    return (last[: -len(ending)] if ending else last or "page") + _ENDINGS.get(content_type, ending or ".txt")


def page_text(data: bytes, charset: str) -> str | None:
    """Text by the header's charset, or None where there is none, it is unknown, or it does not fit."""
    try:
        name = codecs.lookup(charset).name
        # What servers call Latin-1 is read as Windows-1252 by every browser.
        return data.decode("cp1252" if name in ("iso8859-1", "ascii") else name)
    except (LookupError, UnicodeError):
        return None
