"""One page from the web, within bounds and as robots.txt allows; used only to add a policy by its address."""

import gzip
import http.client
import re
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from email.message import Message
from pathlib import PurePosixPath
from typing import Any
from urllib import request
from urllib.error import HTTPError, URLError
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from protego import Protego

from policytools.reading.blocks import MAX_BYTES

PRODUCT = "policytools"  # the name that a robots.txt can address
USER_AGENT = f"{PRODUCT} (research on privacy policies; single pages, at a person's request)"
MAX_REDIRECTS = 5
MAX_ROBOTS_BYTES = 500_000
_HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept": "text/html, application/xhtml+xml, application/pdf, text/*;q=0.9, */*;q=0.1",
    "Accept-Language": "en",
    "Accept-Encoding": "gzip",
}
_REDIRECTS = (301, 302, 303, 307, 308)
_TYPES = re.compile(r"text/|application/(?:xhtml\+xml|xml|pdf|octet-stream|x-pdf)")
ENDINGS = {"application/pdf": ".pdf", "application/x-pdf": ".pdf", "text/html": ".html", "application/xhtml+xml": ".html",
            "text/markdown": ".md", "text/plain": ".txt"}  # fmt: skip
_INSTEAD = "try again later, or save the page in a browser and add the file"


@dataclass(frozen=True)
class Page:
    """A fetched page: its bytes, the address after redirects, a file name, the charset of the HTTP header."""

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
        Seconds for everything together, including robots.txt and redirects.
    max_bytes : int
        Size limit of the decompressed page.

    Returns
    -------
    Page

    Raises
    ------
    ValueError
        If the address, or one it redirects to, is not http or https, robots.txt forbids it, the server does
        not answer in time or answers with an error, or the page is too large or is not a text, a web page or
        a PDF.
    """
    # A time-out of the socket is not enough: it starts again with each byte and does not cover looking up the name.
    future: Future[Page] = Future()

    def run() -> None:
        try:
            future.set_result(_fetch(url, time.monotonic() + timeout, max_bytes))
        except Exception as error:  # noqa: BLE001 - raised again in the caller's thread
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        return future.result(timeout)
    except TimeoutError:
        raise ValueError(f"{url}: no complete answer within {timeout:g} seconds; {_INSTEAD}") from None


def _fetch(asked: str, deadline: float, max_bytes: int) -> Page:
    robots: dict[str, Protego] = {}

    def check(url: str) -> None:
        host = urlunsplit(urlsplit(url)[:2] + ("", "", ""))
        if host not in robots:
            robots[host] = _robots(host, deadline)
        if not robots[host].can_fetch(url, PRODUCT):
            raise ValueError(
                f"{url}: {host}/robots.txt does not allow it; save the page in a browser and add the file"
            )

    url, status, headers, data = _follow(asked, check, lambda address: _get(address, deadline, max_bytes))
    if status in _REDIRECTS:
        if not headers.get("Location"):
            raise ValueError(f"{url}: the server redirects (HTTP {status}) without saying where")
        raise ValueError(f"{asked}: more than {MAX_REDIRECTS} redirects, the last from {url}; {_INSTEAD}")
    if status != 200:
        meaning = http.client.responses.get(status, "unknown")
        raise ValueError(f"{url}: the server answered HTTP {status} ({meaning})")
    content_type = headers.get_content_type() if headers.get("Content-Type") else ""
    if content_type and not _TYPES.match(content_type):
        raise ValueError(f"{url}: the server sent {content_type}, not a text, a web page or a PDF")
    return Page(data, url, _name(url, content_type), headers.get_content_charset() or "")


_Answer = tuple[int, Message, bytes]  # status, headers, body


def _follow(
    url: str, check: Callable[[str], object], get: Callable[[str], _Answer]
) -> tuple[str, int, Message, bytes]:
    """The last answer after redirects, with its address; itself a redirect if there are too many."""
    asked = address = url
    for _ in range(MAX_REDIRECTS + 1):
        url = _checked(address, asked)
        check(url)
        status, headers, data = get(url)
        if status not in _REDIRECTS or not headers.get("Location"):
            break
        address = urljoin(url, headers["Location"])
    return url, status, headers, data


def _checked(url: str, asked: str) -> str:
    """The address in ASCII; an error if it is not one that can be fetched."""
    via = "" if url == asked else f" (redirected from {asked})"
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except ValueError as error:
        raise ValueError(f"{url}{via}: not a web address ({error})") from None
    if parts.scheme not in ("http", "https"):
        raise ValueError(
            f"{url}{via}: only http and https addresses can be fetched, not {parts.scheme or 'one without'}:"
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
        return None  # `_follow` checks each address before it is fetched


def _get(url: str, deadline: float, max_bytes: int, *, cut: bool = False) -> _Answer:
    """One request. A body over `max_bytes` is an error, or is cut there."""
    opener = request.build_opener(_NoRedirect)
    try:
        try:
            answer = opener.open(request.Request(url, headers=_HEADERS), timeout=_left(deadline))
        except HTTPError as error:
            error.close()
            return error.code, error.headers, b""
        with answer:
            return answer.status, answer.headers, _body(answer, deadline, max_bytes, cut)
    except TimeoutError:
        raise ValueError(f"{url}: the server did not answer in time; {_INSTEAD}") from None
    except URLError as error:
        why = "no answer in time" if isinstance(error.reason, TimeoutError) else error.reason
        raise ValueError(f"{url}: cannot be reached ({why}); {_INSTEAD}") from None
    except (OSError, EOFError, http.client.HTTPException, zlib.error) as error:
        raise ValueError(
            f"{url}: the answer is incomplete or not valid HTTP ({type(error).__name__}: {error}); {_INSTEAD}"
        ) from None


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _body(answer: http.client.HTTPResponse, deadline: float, max_bytes: int, cut: bool) -> bytes:
    """The decompressed body; no more than `max_bytes` and one chunk are ever in memory."""
    encoding = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise http.client.HTTPException(f"compressed as {encoding}, which was not asked for")
    packed = encoding.endswith("gzip")
    stream = gzip.GzipFile(fileobj=answer, mode="rb") if packed else answer
    chunks, size = [], 0
    while size <= max_bytes and (chunk := stream.read1(65536)):
        _left(deadline)
        chunks.append(chunk)
        size += len(chunk)
    if not cut:
        declared = answer.headers.get("Content-Length", "")
        if size > max_bytes:
            raise ValueError(f"{answer.url}: the page is larger than {max_bytes:,} bytes")
        if not packed and declared.isdigit() and size < int(declared):
            raise http.client.HTTPException(f"{size:,} of {int(declared):,} bytes were sent")
    return b"".join(chunks)[:max_bytes]


def _robots(host: str, deadline: float) -> Protego:
    """The rules of a server. Without a robots.txt everything is allowed; if it is kept secret, nothing is."""
    url = f"{host}/robots.txt"
    _, status, _, data = _follow(
        url, lambda address: None, lambda address: _get(address, deadline, MAX_ROBOTS_BYTES, cut=True)
    )
    if status >= 500:
        raise ValueError(f"{url}: HTTP {status}, so it is not known what may be fetched; {_INSTEAD}")
    if status in (401, 403):
        return Protego.parse("User-agent: *\nDisallow: /")
    return Protego.parse(data.decode("utf-8-sig", "replace") if status == 200 else "")


def _name(url: str, content_type: str) -> str:
    """A file name for the page, with the ending of the content type that the server named."""
    last = PurePosixPath(unquote(urlsplit(url).path)).name
    ending = PurePosixPath(last).suffix.lower()
    if content_type == "text/plain" and ending in (".md", ".markdown"):
        return last
    return (last[: -len(ending)] if ending else last or "page") + ENDINGS.get(content_type, ending or ".txt")
