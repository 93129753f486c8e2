"""Special-purpose addresses: the first and last address of every network."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from joinfence.location import special
from joinfence.location.special import is_private, is_special

NETWORKS = [ip_network(network) for network, _ in special._SPECIAL]


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_a_special_network_is_special_from_its_first_to_its_last_address(network: object) -> None:
    first, last = network.network_address, network.broadcast_address  # type: ignore[attr-defined]
    assert is_special(first)
    assert is_special(last)
    for beyond in (int(first) - 1, int(last) + 1):
        if 0 <= beyond < 2**first.max_prefixlen:
            address = type(first)(beyond)
            assert is_special(address) == any(address in other for other in NETWORKS)


@pytest.mark.parametrize(
    "address", ["9.9.9.9", "193.136.0.1", "100.63.255.255", "100.128.0.0", "2003::1", "2600::"]
)
def test_a_public_address_is_not_special(address: str) -> None:
    assert not is_special(ip_address(address))


@pytest.mark.parametrize("address", ["::9.9.9.9", "2002:909:909::1", "2001:0:909:909::1", "64:ff9b::9.9.9.9"])
def test_an_address_with_an_embedded_address_is_special(address: str) -> None:
    assert is_special(ip_address(address))


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("10.0.0.1", True),
        ("100.64.0.1", True),
        ("127.0.0.1", True),
        ("fc00::1", True),
        ("fe80::1", True),
        ("::1", True),
        ("192.0.2.1", False),
        ("9.9.9.9", False),
        ("2002:909:909::1", False),
    ],
)
def test_networks_that_cannot_be_reached_from_outside_are_private(address: str, private: bool) -> None:
    assert is_private(ip_address(address)) is private
