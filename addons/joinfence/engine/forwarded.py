"""Header lines to entries, read from the right.

Each proxy appends what it saw, so only the right end of a forwarding list is evidence, and everything a
client wrote stands to the left of its own address. Nothing here looks further left than it is asked to.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from joinfence.engine.addresses import is_unspecified, parse_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from joinfence.engine.values import Address, HeaderFields

ENTRY_LIMIT: Final = 128
"""Longest X-Forwarded-For entry read, in bytes; the longest honest one takes 47."""

_LONGEST_PORT: Final = 5
_HIGHEST_PORT: Final = 65535


class Flaw(StrEnum):
    """What is wrong with an entry that had to be read."""

    EMPTY = "empty"
    TOO_LONG = "item_too_long"
    CONTROL_OR_NON_ASCII = "control_or_non_ascii"
    NOT_AN_ADDRESS = "not_an_address"
    UNSPECIFIED_ADDRESS = "unspecified_address"
    BAD_PORT = "bad_port"


class Withheld(StrEnum):
    """An entry whose writer chose not to say who it was (RFC 7239 sections 6.2 and 6.3)."""

    UNKNOWN_OR_OBFUSCATED = "unknown_or_obfuscated"


def lines_from_right(headers: HeaderFields, name: bytes) -> Iterator[bytes]:
    """Yield the values of the header `name` (lower case), the last line first."""
    for field_name, value in reversed(headers):
        if len(field_name) == len(name) and field_name.lower() == name:
            yield value


def entries_from_right(headers: HeaderFields, name: bytes) -> Iterator[bytes | Flaw]:
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


def read_entry(entry: bytes | Flaw) -> tuple[Address, int | None] | Flaw | Withheld:
    """Return address and port of one X-Forwarded-For entry, or what is wrong with it. Never raises.

    Accepted: a dotted quad or an IPv6 address, either with a port; IPv6 in brackets or bare. A bare IPv6
    address cannot carry a port: `2001:db8::9:443` is an address.
    """
    if isinstance(entry, Flaw):
        return entry
    if not entry:
        return Flaw.EMPTY
    text = entry.decode("latin-1")
    if not (text.isascii() and text.isprintable()):
        return Flaw.CONTROL_OR_NON_ASCII
    # A withheld node may carry a port too (RFC 7239 section 6).
    if text.startswith("_") or text.partition(":")[0].lower() == "unknown":
        return Withheld.UNKNOWN_OR_OBFUSCATED
    return _read_node(text)


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
