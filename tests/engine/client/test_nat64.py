from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.client.nat64 import PREFIX_LENGTHS, embedded_ipv4, unwrap_nat64


@pytest.mark.parametrize(
    ("address", "length"),
    [
        ("2001:db8:c000:221::", 32),
        ("2001:db8:1c0:2:21::", 40),
        ("2001:db8:122:c000:2:2100::", 48),
        ("2001:db8:122:3c0:0:221::", 56),
        ("2001:db8:122:344:c0:2:2100::", 64),
        ("2001:db8:122:344::192.0.2.33", 96),
        ("64:ff9b::192.0.2.33", 96),
    ],
)
def test_the_examples_of_rfc_6052_section_2_4(address: str, length: int) -> None:
    assert embedded_ipv4(IPv6Address(address), length) == IPv4Address("192.0.2.33")


@given(st.ip_addresses(v=4), st.sampled_from(PREFIX_LENGTHS))
def test_an_embedded_address_is_read_back(inner: IPv4Address, length: int) -> None:
    bits = f"{int(IPv6Address('2001:db8::')):0128b}"[:length] + f"{int(inner):032b}"
    if length < 96:
        bits = bits[:64] + "0" * 8 + bits[64:]
    assert embedded_ipv4(IPv6Address(int(bits.ljust(128, "0"), 2)), length) == inner


@pytest.mark.parametrize(
    ("address", "expected"),
    [("64:ff9b::9.9.9.9", "9.9.9.9"), ("64:ff9c::9.9.9.9", "64:ff9c::9.9.9.9"), ("5.5.5.5", "5.5.5.5")],
)
def test_only_the_given_prefixes_are_unwrapped(address: str, expected: str) -> None:
    assert unwrap_nat64(ip_address(address), [IPv6Network("64:ff9b::/96")]) == ip_address(expected)
    assert unwrap_nat64(ip_address(address), ()) == ip_address(address)
