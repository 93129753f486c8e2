"""Header lines to entries, read from the right.

Each proxy appends what it saw, so only the right end of a forwarding list is evidence, and everything a
client wrote stands to the left of its own address. Nothing here looks further left than it is asked to.
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
"""Header fields in wire order; text is decoded the way mitmproxy does, from UTF-8 with surrogateescape."""

type Read = tuple[Address, int | None] | Flaw | Withheld

ENTRY_LIMIT: Final = 128
"""Longest X-Forwarded-For entry read, in bytes; the longest honest one takes 47."""

ELEMENT_LIMIT: Final = 16 << 10
"""Longest Forwarded element read, in bytes: it may quote a host as long as a client can send one."""

_LONGEST_PORT: Final = 5
_HIGHEST_PORT: Final = 65535
_OBFUSCATED_PORT: Final = re.compile(r"_[A-Za-z0-9._-]+")  # RFC 7239 section 6
_ESCAPED_OR_QUOTE: Final = re.compile(rb'\\.|"', re.DOTALL)


def lines_from_right(headers: AnyHeaderFields, name: bytes) -> Iterator[bytes]:
    """Yield the values of the header `name` (lower case), the last line first."""
    for field_name, value in reversed(headers):
        if len(field_name) == len(name) and _as_bytes(field_name).lower() == name:
            yield _as_bytes(value)


def _as_bytes(text: bytes | str) -> bytes:
    if isinstance(text, bytes):
        return text
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a surrogate pair that was never a byte
        return text.encode("utf-8", "replace")


def entries_from_right(headers: AnyHeaderFields, name: bytes) -> Iterator[bytes | Flaw]:
    """Yield the entries of a comma-separated list header, nearest first, blanks trimmed.

    All lines are one list in wire order (RFC 9110 section 5.3). An entry longer than ENTRY_LIMIT comes
    out as a flaw and ends the walk; its left end is never searched for.
    """
    for line in lines_from_right(headers, name):
        end = len(line)
        while end >= 0:
            comma = line.rfind(b",", max(0, end - ENTRY_LIMIT - 1), end)
            if comma < 0 and end > ENTRY_LIMIT:
                yield Flaw.TOO_LONG
                return
            yield line[comma + 1 : end].strip(b" \t")
            end = comma


def elements_from_right(headers: AnyHeaderFields, name: bytes) -> Iterator[bytes | Flaw]:
    """Yield the elements of a `Forwarded` header, nearest first, blanks trimmed.

    A comma is a separator where an even number of unescaped quotes stands between it and the end of its
    element, counted from the right: a quote that a client left open further left then changes nothing, and a
    quoted comma separates nothing (RFC 7239 section 4, RFC 9110 section 5.6.4).
    """
    for line in lines_from_right(headers, name):
        end = len(line)
        while end >= 0:
            comma = _separator(line, end)
            if comma is None:
                yield Flaw.TOO_LONG
                return
            yield line[comma + 1 : end].strip(b" \t")
            end = comma


def _separator(line: bytes, end: int) -> int | None:
    """Return where the comma left of the element that ends at `end` stands, -1 at the start of the line.

    None where it is further away than ELEMENT_LIMIT. Every byte is looked at once.
    """
    floor = max(0, end - ELEMENT_LIMIT - 1)
    quotes, right = 0, end
    while True:
        comma = line.rfind(b",", floor, right)
        if comma < 0:
            return -1 if end <= ELEMENT_LIMIT else None
        quotes += _quotes(line[comma + 1 : right])
        if quotes % 2 == 0:
            return comma
        right = comma


def _quotes(piece: bytes) -> int:
    """Count the unescaped quotes. No run of backslashes crosses a comma, so a piece tells by itself."""
    if b"\\" not in piece:
        return piece.count(b'"')
    return sum(match == b'"' for match in _ESCAPED_OR_QUOTE.findall(piece))


def read_entry(entry: bytes | Flaw) -> Read:
    """Return address and port of one X-Forwarded-For entry, or what is wrong with it. Never raises.

    Accepted: a dotted quad or an IPv6 address, either with a port; IPv6 in brackets or bare. A bare IPv6
    address cannot carry a port: `2001:db8::9:443` is an address.
    """
    return entry if isinstance(entry, Flaw) else read_node(entry.decode("latin-1"))


def read_node(text: str) -> Read:
    """Return address and port of one entry or peer, or what is wrong with the text. Never raises."""
    if not text:
        return Flaw.EMPTY
    if not (text.isascii() and text.isprintable()):
        return Flaw.CONTROL_OR_NON_ASCII
    # A withheld node may carry a port too (RFC 7239 section 6).
    if text.startswith("_") or text.partition(":")[0].lower() == "unknown":
        return Withheld.UNKNOWN_OR_OBFUSCATED
    return _read_node(text)


def read_element(element: bytes | Flaw, *, lenient: bool = False) -> Read:
    """Return address and port of the `for` in one Forwarded element, or what is wrong. Never raises.

    A port may be obfuscated (RFC 7239 section 6) and is then None. IPv6 stands in brackets; `lenient` takes
    it without, and then never reads a port from it.
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
    # Brackets are for IPv6 only (RFC 3986 section 3.2.2); a mapped address inside them folds to IPv4.
    if address is None or (text.startswith("[") and ":" not in node):
        return Flaw.NOT_AN_ADDRESS
    if is_unspecified(address):
        return Flaw.UNSPECIFIED_ADDRESS
    if not colon:
        return address, None
    if not (port.isdigit() and len(port) <= _LONGEST_PORT and int(port) <= _HIGHEST_PORT):
        return Flaw.BAD_PORT
    return address, int(port)


def _split_port(text: str) -> tuple[str, str, str]:
    """Return node, colon and port text; everything in the node where there is no port to split off."""
    if text.startswith("["):
        node, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            return text, "", ""
        return node, rest[:1], rest[1:]
    if text.count(":") == 1:
        return text.partition(":")
    return text, "", ""
