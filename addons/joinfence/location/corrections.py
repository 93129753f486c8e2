"""The operator's corrections table: the most specific network that holds an address wins."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from joinfence.location.source import Place, place_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from joinfence.engine.client.networks import Network
    from joinfence.engine.values import Address


class Corrections:
    """Networks whose place the operator knows better than any source."""

    def __init__(self, table: Mapping[Network, tuple[str, date]]) -> None:
        """Take network -> ISO 3166 code and the date since when it is known."""
        self._by_length: dict[tuple[int, int], dict[int, tuple[Place, str]]] = {}
        for network, (code, known_since) in table.items():
            country, _, part = code.partition("-")
            found = place_of(country, (part,) if part else ())
            if found is not None:
                shift = network.max_prefixlen - network.prefixlen
                networks = self._by_length.setdefault((network.version, shift), {})
                networks[int(network.network_address) >> shift] = (found, f"correction of {known_since}")
        self._lengths = sorted(self._by_length)

    def find(self, address: Address) -> tuple[Place, str] | None:
        """Return the place of a folded address and the correction's name, None where there is none."""
        number, version = int(address), 4 if isinstance(address, IPv4Address) else 6
        for key in self._lengths:
            if key[0] == version and (found := self._by_length[key].get(number >> key[1])):
                return found
        return None
