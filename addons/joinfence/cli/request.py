"""A request as command-line options describe it, to the same request as the proxy would read it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from joinfence.cli.shared import fail
from joinfence.engine.client.resolve import ClientAddressPolicy, resolve_client_address
from joinfence.engine.values import Request, Undetermined

if TYPE_CHECKING:
    from datetime import datetime

    from joinfence.engine.values import HeaderFields

# A WebSocket is requested by an ordinary HTTP request (RFC 6455 section 4.1).
_SCHEMES: Final = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
_UPGRADE: Final = ((b"Connection", b"Upgrade"), (b"Upgrade", b"websocket"), (b"Sec-WebSocket-Version", b"13"))
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2
# mitmproxy refuses such text, or the fence answers 400, because it could be read in two ways.
_UNSENDABLE: Final = re.compile(r"[\x00-\x20\x7f]")


def make_request(
    *, url: str, peer: str, lines: list[str], method: str | None, body: bytes | None, at: datetime
) -> Request:
    """Return the request, or print what is wrong with an option and exit.

    `lines` are `Name: value`; a Host line replaces the host of the URL. `method` None means POST if there is
    a body, otherwise GET.
    """
    scheme, host, target = _split(url)
    given = _fields(lines)
    fields = given if _has(given, b"host") else ((b"Host", host.encode("ascii")), *given)
    if scheme.startswith("ws") and not _has(given, b"upgrade"):
        fields = (*fields, *_UPGRADE)
    return Request(
        method=_method(method or ("GET" if body is None else "POST")),
        scheme=_SCHEMES[scheme],
        hosts=tuple(value.decode("latin-1") for name, value in fields if name.lower() == b"host"),
        path=target.encode("utf-8", "surrogateescape"),
        headers=fields,
        body=body or b"",
        peer=_peer(peer),
        at=at,
    )


def read_body(source: str | None) -> bytes | None:
    """Return the content of a file, or of standard input for `-`. Exits if it cannot be read."""
    if source is None:
        return None
    if source == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(source).read_bytes()
    except OSError as error:
        fail(f"--body: {source} cannot be read: {error.strerror}")


def _split(url: str) -> tuple[str, str, str]:
    """Return scheme, host and request target.

    Not done by a library, because libraries correct the unusual spellings that this must keep.
    """
    scheme, _, rest = url.partition("://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    target = rest[len(authority) :]
    host = authority.rpartition("@")[2]  # clients send a user name and password in a header instead
    if scheme.lower() not in _SCHEMES or not host:
        fail(f'--url: found "{url}", expected an address such as https://meet.example/j/123')
    if not host.isascii():
        fail(f'--url: found the host "{host}", expected it in ASCII, such as xn--bcher-kva.example')
    if _UNSENDABLE.search(host + target):
        fail(f'--url: found "{url}", expected blanks and control characters percent-encoded')
    return scheme.lower(), host, target if target.startswith("/") else f"/{target}"


def _fields(lines: list[str]) -> HeaderFields:
    fields = []
    for line in lines:
        name, colon, value = line.partition(":")
        # A line break is allowed only where a blank follows and the value continues (RFC 9112 section 5.2).
        if not colon or not _TOKEN.fullmatch(name) or re.search(r"\n(?![ \t])|\0", value):
            fail(f"--header: found \"{line}\", expected 'Name: value'")
        fields.append((name.encode("ascii"), value.encode("utf-8", "surrogateescape").strip()))
    return tuple(fields)


def _has(fields: HeaderFields, wanted: bytes) -> bool:
    return any(name.lower() == wanted for name, _ in fields)


def _method(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        fail(f'--method: found "{text}", expected a method such as GET')
    return text


def _peer(text: str) -> str:
    found = resolve_client_address(peer=text, headers=(), policy=ClientAddressPolicy())
    if isinstance(found, Undetermined):
        fail(f'--peer: found "{text}", expected an IP address such as 192.0.2.1 or 2001:db8::1')
    return text
