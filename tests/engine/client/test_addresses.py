from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.client.addresses import fold, is_unspecified, parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        pytest.param("9.9.9.9", IPv4Address("9.9.9.9"), id="dotted quad"),
        pytest.param("2001:DB8::9", IPv6Address("2001:db8::9"), id="upper-case digits"),
        pytest.param("::ffff:9.9.9.9", IPv4Address("9.9.9.9"), id="mapped, RFC 4291 2.5.5.2"),
        pytest.param("::ffff:909:909", IPv4Address("9.9.9.9"), id="mapped, in hexadecimal"),
        pytest.param("fe80::1%eth0", IPv6Address("fe80::1"), id="zone on a link-local address, RFC 4007 6"),
    ],
)
def test_an_address_is_parsed_and_folded(text: str, address: object) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("010.0.0.1", id="leading zero: octal to some, CVE-2021-29921"),
        pytest.param("0x0a.0.0.1", id="hexadecimal"),
        pytest.param("167772161", id="one number"),
        pytest.param("10.1", id="short form"),
        pytest.param("9.9.9.9.", id="trailing dot"),
        pytest.param(" 9.9.9.9", id="leading space"),
        pytest.param("9.9.9.9\n", id="newline"),
        pytest.param("\u0661.1.1.1", id="Arabic digit"),
        pytest.param("1_0.1.1.1", id="underscore, which int() takes"),
        pytest.param("9.9.9.9/32", id="network"),
        pytest.param("2001:db8::1%eth0", id="zone on a global address"),
        pytest.param("9.9.9.9%eth0", id="zone on IPv4"),
        pytest.param("fe80::1%", id="empty zone"),
        pytest.param("fe80::1%e\nth0", id="newline in a zone"),
        pytest.param("meet.example", id="host name"),
    ],
)
def test_other_text_is_not_an_address(text: str) -> None:
    assert parse_address(text) is None


@given(st.text())
def test_parsing_never_raises(text: str) -> None:
    parse_address(text)


@given(st.lists(st.from_regex(r"[0-9]{1,4}", fullmatch=True), min_size=3, max_size=5))
def test_dotted_numbers_are_parsed_as_the_standard_library_does(octets: list[str]) -> None:
    text = ".".join(octets)
    try:
        expected = IPv4Address(text)
    except ValueError:
        expected = None
    assert parse_address(text) == expected


@given(st.ip_addresses())
def test_every_notation_of_an_address_is_the_same_address(address: IPv4Address | IPv6Address) -> None:
    assert parse_address(str(address)) == fold(address)
    assert parse_address(address.exploded) == fold(address)
    if isinstance(address, IPv4Address):
        assert parse_address(f"::ffff:{address}") == address


@pytest.mark.parametrize(
    ("text", "expected"), [("0.0.0.0", True), ("::", True), ("0.0.0.1", False), ("::1", False)]
)
def test_zero_is_the_unspecified_address(text: str, expected: bool) -> None:
    assert is_unspecified(ip_address(text)) is expected
