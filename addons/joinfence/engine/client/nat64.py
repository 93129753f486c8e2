"""IPv4 addresses embedded in IPv6 addresses by the operator's own NAT64 translator (RFC 6052)."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv6Network

    from joinfence.engine.values import Address

PREFIX_LENGTHS: Final = (32, 40, 48, 56, 64, 96)
"""Allowed lengths of a translation prefix (RFC 6052 section 2.2)."""

_LONGEST_PREFIX: Final = 96
_RESERVED_START: Final = 64  # bits 64 to 71 are zero and not part of the IPv4 address
_RESERVED_LENGTH: Final = 8


def embedded_ipv4(address: IPv6Address, prefix_length: int) -> IPv4Address:
    """Return the IPv4 address after a translation prefix of this length (RFC 6052 section 2.2)."""
    bits = f"{int(address):0128b}"[prefix_length:]
    if prefix_length < _LONGEST_PREFIX:
        before = _RESERVED_START - prefix_length
        bits = bits[:before] + bits[before + _RESERVED_LENGTH :]
    return IPv4Address(int(bits[:32], 2))


def unwrap_nat64(address: Address, prefixes: Iterable[IPv6Network]) -> Address:
    """Return the embedded IPv4 address if one of the prefixes matches, else the address itself."""
    if isinstance(address, IPv6Address):
        for prefix in prefixes:
            if address in prefix:
                return embedded_ipv4(address, prefix.prefixlen)
    return address
