"""The operator's corrections. The most specific network that contains an address applies.

Networks are grouped by prefix length, longest first. A lookup shifts the address right to each length in
turn and looks for the result in a dictionary, so its cost depends on the number of different lengths, not
networks.
"""

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
    """The places of networks for which the operator knows better than the sources."""

    def __init__(self, table: Mapping[Network, tuple[str, date]]) -> None:
        """Take network -> ISO 3166 code, and the date since when the place is known."""
        self._by_shift: dict[tuple[int, int], dict[int, tuple[Place, str]]] = {}
        for network, (code, known_since) in table.items():
            country, _, subdivision = code.partition("-")
            found = place_of(country, (subdivision,) if subdivision else ())
            if found is not None:
                shift = network.max_prefixlen - network.prefixlen
                networks = self._by_shift.setdefault((network.version, shift), {})
                networks[int(network.network_address) >> shift] = (found, f"correction of {known_since}")
        self._shifts = sorted(self._by_shift)

    def find(self, address: Address) -> tuple[Place, str] | None:
        """Return the place of a folded address and the name of the correction, None if there is none."""
        number, version = int(address), 4 if isinstance(address, IPv4Address) else 6
        for key in self._shifts:
            if key[0] == version and (found := self._by_shift[key].get(number >> key[1])):
                return found
        return None
