"""IPv4 addresses inside IPv6 ones, as a translator of the operator's own writes them (RFC 6052)."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv6Network

    from joinfence.engine.values import Address

PREFIX_LENGTHS: Final = (32, 40, 48, 56, 64, 96)
"""The lengths a translation prefix can have (RFC 6052 section 2.2)."""

_LONGEST: Final = 96
_RESERVED_AT: Final = 64  # bits 64 to 71 are zero and no part of the address
_RESERVED: Final = 8


def embedded(address: IPv6Address, prefix_length: int) -> IPv4Address:
    """Return the IPv4 address behind a translation prefix of this length (RFC 6052 section 2.2)."""
    bits = f"{int(address):0128b}"[prefix_length:]
    if prefix_length < _LONGEST:
        before = _RESERVED_AT - prefix_length
        bits = bits[:before] + bits[before + _RESERVED :]
    return IPv4Address(int(bits[:32], 2))


def unwrap(address: Address, prefixes: Iterable[IPv6Network]) -> Address:
    """Return the IPv4 address that one of the prefixes translates, else the address itself."""
    if isinstance(address, IPv6Address):
        for prefix in prefixes:
            if address in prefix:
                return embedded(address, prefix.prefixlen)
    return address
