from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.client.networks import Networks, collapse, covers_all_clients, fold_network


def test_a_mapped_network_is_folded_to_ipv4() -> None:
    assert fold_network(ip_network("::ffff:10.0.0.0/104")) == ip_network("10.0.0.0/8")
    wider = ip_network("::fffe:0:0/95")
    assert fold_network(wider) == wider


def test_adjacent_networks_are_merged() -> None:
    halves = [ip_network(text) for text in ("128.0.0.0/1", "0.0.0.0/1", "::/1", "8000::/1")]
    assert collapse(halves) == [ip_network("0.0.0.0/0"), ip_network("::/0")]


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("9.255.255.255", False),
        ("10.0.0.0", True),
        ("10.255.255.255", True),
        ("11.0.0.0", False),
        ("2001:db8::", True),
        ("2001:db7:ffff::", False),
        ("::", False),
    ],
)
def test_the_first_and_last_address_of_a_network_are_in_it(address: str, inside: bool) -> None:
    networks = Networks(
        [ip_network("2001:db8::/32"), ip_network("::ffff:10.0.0.0/104"), ip_network("10.1.0.0/16")]
    )
    assert (ip_address(address) in networks) is inside


@given(st.lists(st.ip_addresses(network="10.0.0.0/8"), max_size=5), st.integers(9, 32), st.ip_addresses(v=4))
def test_membership_is_the_same_as_with_ipaddress(
    bases: list[IPv4Address], length: int, address: IPv4Address | IPv6Address
) -> None:
    networks = [ip_network((int(base), length), strict=False) for base in bases]
    for candidate in (address, *bases):
        assert (candidate in Networks(networks)) == any(candidate in network for network in networks)


def test_an_empty_set_contains_nothing() -> None:
    assert ip_address("::1") not in Networks([])


@pytest.mark.parametrize(
    ("networks", "covers_all"),
    [
        (["0.0.0.0/0"], True),
        (["0.0.0.0/1", "128.0.0.0/1"], True),
        (["0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/3"], True),
        (["::ffff:0:0/96"], True),
        (["::/0"], True),
        (["2000::/3"], True),
        (["2000::/4", "3000::/4"], True),
        (["0.0.0.0/1", "128.0.0.0/2"], False),
        (["10.0.0.0/8", "2000::/4"], False),
        ([], False),
    ],
)
def test_networks_that_cover_all_clients_of_a_version(networks: list[str], covers_all: bool) -> None:
    assert covers_all_clients([ip_network(text) for text in networks]) is covers_all
