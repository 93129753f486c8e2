"""Text to address: the only place where addresses from outside are parsed."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from joinfence.engine.values import Address


def fold(address: Address) -> Address:
    """Return the IPv4 address inside `::ffff:a.b.c.d` (RFC 4291 section 2.5.5.2), else the address itself.

    A dual-stack listener reports IPv4 clients in the mapped form; both forms are the same address.
    """
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def parse_address(text: str) -> Address | None:
    """Return the address in `text`, folded, None if the text is not exactly one address. Never raises.

    Strict: a dotted quad without leading zeros, or an IPv6 address (RFC 4291 section 2.2). A zone is
    accepted, and dropped, on link-local addresses only: elsewhere it has no meaning (RFC 4007 section 6),
    and Python would accept any characters after the `%`.
    """
    if quad := _QUAD.fullmatch(text):
        a, b, c, d = map(int, quad.groups())
        return IPv4Address(a << 24 | b << 16 | c << 8 | d)
    bare, percent, zone = text.partition("%")
    try:
        address = fold(IPv6Address(bare))
    except ValueError:
        return None
    if percent and not (isinstance(address, IPv6Address) and address.is_link_local and _ZONE.fullmatch(zone)):
        return None
    return address


def is_unspecified(address: Address) -> bool:
    """Tell whether the address is 0.0.0.0 or `::`, from which nobody can connect."""
    return int(address) == 0


# dec-octet of RFC 3986 section 3.2.2. Building the address from a number takes a third of the time that
# ipaddress needs to parse the text.
_QUAD = re.compile(r"\.".join([r"(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"] * 4))
_ZONE = re.compile(r"[A-Za-z0-9._-]+")
