"""One page from the web, within bounds and as robots.txt allows; used only to add a policy by its address."""

import http.client
import ipaddress
import re
import socket
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from email.message import Message
from functools import partial
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
_ENCODINGS = ("gzip", "x-gzip", "deflate")  # deflate is not asked for, but some servers send it
_GZIP = b"\x1f\x8b"  # the first bytes of what is packed with gzip
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
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
        If the address, or one it redirects to, is not http or https, a public server redirects to a private
        address, robots.txt forbids it, the server does not answer in time or answers with an error, or the page is
        cut short, too large or not a text, a web page or a PDF.
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
    servers = _Servers()
    get = partial(_get, servers=servers, deadline=deadline, max_bytes=max_bytes)

    def check(url: str) -> None:
        host = urlunsplit(urlsplit(url)[:2] + ("", "", ""))
        if host not in robots:
            robots[host] = _robots(host, servers, deadline)
        if not robots[host].can_fetch(url, PRODUCT):
            raise ValueError(
                f"{url}: {host}/robots.txt does not allow it; save the page in a browser and add the file"
            )

    url, status, headers, data = _follow(asked, check, get)
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


class _Servers(request.HTTPHandler, request.HTTPSHandler):
    """Connects to the servers of one fetch: after a public server to public addresses only.

    A researcher may ask for a page of her own network, but a public server must not redirect her there.
    """

    from_public = False

    def do_open(self, http_class: Any, req: request.Request, **options: Any) -> http.client.HTTPResponse:
        def connection(*args: Any, **kwargs: Any) -> http.client.HTTPConnection:
            made = http_class(*args, **kwargs)
            made._create_connection = self._connect
            return made

        return super().do_open(connection, req, **options)  # type: ignore[arg-type]

    def _connect(self, place: tuple[str, int], *options: Any) -> socket.socket:
        """Look up the name and connect to an address that was judged: another look-up might give another one."""
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(*place, type=socket.SOCK_STREAM)]
        failed = []
        for address in found:
            if not self.from_public or _is_public(address):
                try:
                    connected = socket.create_connection((address, place[1]), *options)
                except OSError as error:
                    failed.append(error)
                else:
                    self.from_public = self.from_public or _is_public(address)
                    return connected
        if failed:
            raise failed[0]
        why = f"a public server redirects to {found[0]}, an address of a private network"
        raise ValueError(f"{place[0]}: {why}; save the page in a browser and add the file")


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None
        ip = ip.ipv4_mapped or ip.sixtofour or inner or ip
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


def _get(url: str, servers: _Servers, deadline: float, max_bytes: int, *, cut: bool = False) -> _Answer:
    """One request. A body over `max_bytes` is an error, or is cut there."""
    opener = request.build_opener(_NoRedirect, servers)
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
    """The decompressed body; no more than twice `max_bytes` and one chunk are ever in memory."""
    encoding = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity", *_ENCODINGS):
        raise http.client.HTTPException(f"compressed as {encoding}, which was not asked for")
    chunks, size = [], 0
    while size <= max_bytes and (chunk := answer.read1(65536)):
        _left(deadline)
        chunks.append(chunk)
        size += len(chunk)
    if answer.length and size <= max_bytes and not cut:
        raise http.client.HTTPException(f"{size:,} of {size + answer.length:,} bytes were sent")
    data = b"".join(chunks)
    if encoding in _ENCODINGS:
        data = _unpacked(data, encoding, deadline, max_bytes, cut)
    if max(size, len(data)) > max_bytes and not cut:
        raise ValueError(f"{answer.url}: the page is larger than {max_bytes:,} bytes")
    return data[:max_bytes]


def _unpacked(data: bytes, encoding: str, deadline: float, limit: int, cut: bool) -> bytes:
    """At most one byte more than `limit`. Unless it may be cut, a body that ends before its packing does is an error."""
    has_head = data[:1] == b"x" and int.from_bytes(data[:2]) % 31 == 0  # some servers send deflate without
    bits = 31 if encoding != "deflate" else 15 if has_head else -15
    text = b""
    while True:
        _left(deadline)
        decoder = zlib.decompressobj(bits)
        text += decoder.decompress(data, limit + 1 - len(text))
        if len(text) > limit or (cut and not decoder.eof):
            return text
        if not decoder.eof:
            raise EOFError("the compressed page is cut short")
        data = decoder.unused_data.lstrip(b"\0")
        # Like browsers, ignore what follows a whole body; but gzip may be sent in several parts.
        if bits != 31 or not data or not _GZIP.startswith(data[:2]):
            return text


def _robots(host: str, servers: _Servers, deadline: float) -> Protego:
    """The rules of a server. Without a robots.txt everything is allowed; if it is kept secret, nothing is."""
    url = f"{host}/robots.txt"
    get = partial(_get, servers=servers, deadline=deadline, max_bytes=MAX_ROBOTS_BYTES, cut=True)
    _, status, _, data = _follow(url, lambda address: None, get)
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
