"""Sets of networks, and whether an address is in one."""

from __future__ import annotations

from bisect import bisect_right
from ipaddress import IPv4Network, IPv6Network, collapse_addresses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from joinfence.engine.values import Address

type Network = IPv4Network | IPv6Network

_MAPPED = IPv6Network("::ffff:0:0/96")
_MAPPED_BITS = 96


def fold_network(network: Network) -> Network:
    """Return the IPv4 network of a mapped one (10.0.0.0/8 for ::ffff:10.0.0.0/104), else the same network."""
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        low_bits = int(network.network_address) & 0xFFFF_FFFF
        return IPv4Network((low_bits, network.prefixlen - _MAPPED_BITS))
    return network


def collapse(networks: Iterable[Network]) -> list[Network]:
    """Return the fewest networks with the same addresses, IPv4 first; mapped networks are folded."""
    folded = [fold_network(network) for network in networks]
    v4 = collapse_addresses(n for n in folded if isinstance(n, IPv4Network))
    v6 = collapse_addresses(n for n in folded if isinstance(n, IPv6Network))
    return [*v4, *v6]


def covers_all_clients(networks: Iterable[Network]) -> bool:
    """Tell whether the networks together contain every address of IPv4, or of IPv6, that a client can have.

    Those are 1.0.0.0 to 223.255.255.255 (multicast is above, RFC 5771) and 2000::/3 (RFC 4291 section 2.4).
    """
    everybody = {4: (1 << 24, (224 << 24) - 1), 6: (1 << 125, (1 << 126) - 1)}
    covered_to = {version: first for version, (first, _last) in everybody.items()}
    for network in collapse(networks):
        if int(network.network_address) <= covered_to[network.version]:
            covered_to[network.version] = max(covered_to[network.version], int(network.broadcast_address) + 1)
    return any(covered_to[version] > last for version, (_first, last) in everybody.items())


class Networks:
    """A set of networks. `address in networks` is a binary search."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, networks: Iterable[Network]) -> None:
        """Take networks of either version, in any order; they may overlap, and mapped networks are folded."""
        self._starts: dict[int, list[int]] = {4: [], 6: []}
        self._ends: dict[int, list[int]] = {4: [], 6: []}
        for network in collapse(networks):
            self._starts[network.version].append(int(network.network_address))
            self._ends[network.version].append(int(network.broadcast_address))

    def __contains__(self, address: Address) -> bool:
        """Tell whether a folded address is in one of the networks."""
        number = int(address)
        index = bisect_right(self._starts[address.version], number) - 1
        return index >= 0 and number <= self._ends[address.version][index]
