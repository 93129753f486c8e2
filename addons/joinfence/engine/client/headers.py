"""Header lines to entries, read from the right.

Each proxy appends the address it saw, so the entries at the right end were written by our own proxies, and
everything the client wrote is to the left of its own address. The functions here are generators that read a
line from its right end and no further than the caller asks. That is a matter of security, not only of speed:
text further left belongs to the client, who could use it to cause an error or to make parsing expensive.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from joinfence.engine.client.addresses import is_unspecified, parse_address
from joinfence.engine.client.forwarded_element import node_of
from joinfence.engine.values import Flaw, Withheld

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from joinfence.engine.values import Address

type AnyHeaderFields = Sequence[tuple[bytes | str, bytes | str]]
"""Header fields in wire order. `str` means decoded as mitmproxy does it, from UTF-8 with surrogateescape."""

type ParsedEntry = tuple[Address, int | None] | Flaw | Withheld

MAX_ENTRY_BYTES: Final = 128
"""Longest X-Forwarded-For entry that is read. The longest genuine one has 47 bytes."""

MAX_ELEMENT_BYTES: Final = 16 << 10
"""Longest Forwarded element that is read. It may contain the host, as long as the client cares to make it."""

_MAX_PORT_DIGITS: Final = 5
_MAX_PORT: Final = 65535
_OBFUSCATED_PORT: Final = re.compile(r"_[A-Za-z0-9._-]+")  # RFC 7239 section 6
_ESCAPED_OR_QUOTE: Final = re.compile(rb'\\.|"', re.DOTALL)


def lines_from_right(headers: AnyHeaderFields, name: bytes) -> Iterator[bytes]:
    """Yield the values of all lines of the header `name` (lower case), last line first."""
    for field_name, value in reversed(headers):
        if len(field_name) == len(name) and _as_bytes(field_name).lower() == name:
            yield _as_bytes(value)


def _as_bytes(text: bytes | str) -> bytes:
    if isinstance(text, bytes):
        return text
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a lone surrogate that does not stand for a byte
        return text.encode("utf-8", "replace")


def entries_from_right(headers: AnyHeaderFields, name: bytes) -> Iterator[bytes | Flaw]:
    """Yield the entries of a comma-separated list header, nearest first, without whitespace around them.

    All lines together are one list in wire order (RFC 9110 section 5.3). An entry longer than MAX_ENTRY_BYTES
    yields TOO_LONG and is the last: where it begins is not searched for.
    """
    for line in lines_from_right(headers, name):
        end = len(line)
        while end >= 0:
            comma = line.rfind(b",", max(0, end - MAX_ENTRY_BYTES - 1), end)
            if comma < 0 and end > MAX_ENTRY_BYTES:
                yield Flaw.TOO_LONG
                return
            yield line[comma + 1 : end].strip(b" \t")
            end = comma


def elements_from_right(headers: AnyHeaderFields, name: bytes) -> Iterator[bytes | Flaw]:
    """Yield the elements of a `Forwarded` header, nearest first, without whitespace around them.

    A comma inside quotes separates nothing (RFC 7239 section 4, RFC 9110 section 5.6.4). Whether it is quoted
    is decided from the right: a comma is a separator if the number of unescaped quotes between it and the end
    of the element is even. So a quote that the client left open further left changes nothing.
    """
    for line in lines_from_right(headers, name):
        end = len(line)
        while end >= 0:
            comma = _find_separator(line, end)
            if comma is None:
                yield Flaw.TOO_LONG
                return
            yield line[comma + 1 : end].strip(b" \t")
            end = comma


def _find_separator(line: bytes, end: int) -> int | None:
    """Return the position of the comma before the element that ends at `end`, -1 at the start of the line.

    None if the element is longer than MAX_ELEMENT_BYTES. Every byte is examined only once.
    """
    floor = max(0, end - MAX_ELEMENT_BYTES - 1)
    quotes, right = 0, end
    while True:
        comma = line.rfind(b",", floor, right)
        if comma < 0:
            return -1 if end <= MAX_ELEMENT_BYTES else None
        quotes += _count_quotes(line[comma + 1 : right])
        if quotes % 2 == 0:
            return comma
        right = comma


def _count_quotes(piece: bytes) -> int:
    """Count the unescaped quotes of a piece between commas, which no run of backslashes can extend beyond."""
    if b"\\" not in piece:
        return piece.count(b'"')
    return sum(match == b'"' for match in _ESCAPED_OR_QUOTE.findall(piece))


def read_entry(entry: bytes | Flaw) -> ParsedEntry:
    """Return address and port of one X-Forwarded-For entry, or what is wrong with it. Never raises.

    Accepted are a dotted quad and an IPv6 address, with or without a port. Only an IPv6 address in brackets
    can have a port: `2001:db8::9:443` is an address.
    """
    return entry if isinstance(entry, Flaw) else read_node(entry.decode("latin-1"))


def read_node(text: str) -> ParsedEntry:
    """Return address and port of one entry or peer, or what is wrong with the text. Never raises."""
    if not text:
        return Flaw.EMPTY
    if not (text.isascii() and text.isprintable()):
        return Flaw.CONTROL_OR_NON_ASCII
    # A withheld node may also have a port (RFC 7239 section 6).
    if text.startswith("_") or text.partition(":")[0].lower() == "unknown":
        return Withheld.UNKNOWN_OR_OBFUSCATED
    return _read_node(text)


def read_element(element: bytes | Flaw, *, lenient: bool = False) -> ParsedEntry:
    """Return address and port from the `for` of one Forwarded element, or what is wrong. Never raises.

    The port is None if it is obfuscated (RFC 7239 section 6). IPv6 needs brackets; with `lenient` it is also
    accepted without brackets, and then has no port.
    """
    node = element if isinstance(element, Flaw) else node_of(element)
    if isinstance(node, (Flaw, Withheld)):
        return node
    head, _, port = node.rpartition(b":")
    if head and _OBFUSCATED_PORT.fullmatch(port.decode("latin-1")) and not _is_bare_ipv6(node):
        node = head
    if not lenient and _is_bare_ipv6(node):
        return Flaw.NOT_AN_ADDRESS
    return read_entry(node)


def _is_bare_ipv6(node: bytes) -> bool:
    return not node.startswith(b"[") and node.count(b":") > 1


def _read_node(text: str) -> tuple[Address, int | None] | Flaw:
    node, colon, port = _split_port(text)
    address = parse_address(node)
    # Brackets are for IPv6 only (RFC 3986 section 3.2.2); that includes a mapped address, which is then
    # folded.
    if address is None or (text.startswith("[") and ":" not in node):
        return Flaw.NOT_AN_ADDRESS
    if is_unspecified(address):
        return Flaw.UNSPECIFIED_ADDRESS
    if not colon:
        return address, None
    if not (port.isdigit() and len(port) <= _MAX_PORT_DIGITS and int(port) <= _MAX_PORT):
        return Flaw.BAD_PORT
    return address, int(port)


def _split_port(text: str) -> tuple[str, str, str]:
    """Return node, colon and port as text; the node is the whole text if there is no port."""
    if text.startswith("["):
        node, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            return text, "", ""
        return node, rest[:1], rest[1:]
    if text.count(":") == 1:
        return text.partition(":")
    return text, "", ""
