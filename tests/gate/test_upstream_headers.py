"""Rewriting of forwarding headers; tests/e2e/test_proxies.py shows that mitmdump sends the result."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.client.networks import Networks
from joinfence.engine.client.resolve import ClientAddressPolicy, HeaderForm
from joinfence.gate.upstream_headers import UpstreamHeaders, rewrite_forwarding_headers

TRUSTED = Networks([ip_network("10.0.0.0/8")])
POLICIES = {
    "peer": ClientAddressPolicy(),
    "list": ClientAddressPolicy(header=b"x-forwarded-for", trusted_proxies=TRUSTED),
    "forwarded": ClientAddressPolicy(header=b"forwarded", form=HeaderForm.FORWARDED, trusted_proxies=TRUSTED),
    "single": ClientAddressPolicy(header=b"x-real-ip", form=HeaderForm.SINGLE, trusted_proxies=TRUSTED),
}
XFF, FWD, XRI = b"X-Forwarded-For", b"Forwarded", b"X-Real-IP"
SENT = (
    (XFF, b"6.6.6.6"),
    (b"x_forwarded_for", b"7.7.7.7"),
    (XFF, b"2001:db8::9"),
    (b"X.Forwarded.For", b"8.8.8.8"),
    (FWD, b'for="[2001:db8::7]"'),
    (XRI, b"9.9.9.9"),
    (b"X_Real_IP", b"6.6.6.6"),
    (b"Accept", b"*/*"),
)


def rewrite(source: str, mode: str, peer: str | None = "10.0.0.1") -> dict[bytes, list[bytes]]:
    found: dict[bytes, list[bytes]] = {}
    fields = rewrite_forwarding_headers(SENT, peer=peer, policy=POLICIES[source], mode=UpstreamHeaders(mode))
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return found


def test_keep_changes_nothing() -> None:
    kept = rewrite_forwarding_headers(
        SENT, peer="10.0.0.1", policy=POLICIES["list"], mode=UpstreamHeaders.KEEP
    )
    assert kept is SENT


@pytest.mark.parametrize(
    ("source", "peer", "expected"),
    [
        ("list", "10.0.0.1", {XFF: [b"6.6.6.6, 2001:db8::9, 10.0.0.1"]}),
        ("peer", "::ffff:5.5.5.5", {XFF: [b"6.6.6.6, 2001:db8::9, 5.5.5.5"]}),
        ("list", "fe80::1%eth0", {XFF: [b"6.6.6.6, 2001:db8::9, fe80::1"]}),
        ("list", None, {XFF: [b"6.6.6.6, 2001:db8::9, unknown"]}),
        ("forwarded", "10.0.0.1", {FWD: [b'for="[2001:db8::7]", for=10.0.0.1']}),
        ("forwarded", "2001:db8::1", {FWD: [b'for="[2001:db8::7]", for="[2001:db8::1]"']}),
    ],
)
def test_append_adds_the_peer(source: str, peer: str | None, expected: dict[bytes, list[bytes]]) -> None:
    found = rewrite(source, "append", peer)
    assert {name: found[name] for name in expected} == expected
    assert found[b"Accept"] == [b"*/*"]
    assert not {b"x_forwarded_for", b"X.Forwarded.For"} & found.keys()


@pytest.mark.parametrize(
    ("source", "peer", "expected"),
    [
        ("list", "10.0.0.1", {XFF: [b"2001:db8::9"]}),
        ("list", "5.5.5.5", {XFF: [b"5.5.5.5"]}),
        ("peer", "5.5.5.5", {XFF: [b"5.5.5.5"]}),
        ("peer", None, {XFF: [b"unknown"]}),
        ("forwarded", "10.0.0.1", {FWD: [b'for="[2001:db8::7]"']}),
        ("forwarded", None, {FWD: [b"for=unknown"]}),
        ("single", "10.0.0.1", {XFF: [b"9.9.9.9"], b"x-real-ip": [b"9.9.9.9"]}),
        ("single", None, {XFF: [b"unknown"]}),
    ],
)
def test_replace_leaves_only_the_client_address(
    source: str, peer: str | None, expected: dict[bytes, list[bytes]]
) -> None:
    kept = {} if source == "single" else {XRI: [b"9.9.9.9"], b"X_Real_IP": [b"6.6.6.6"]}
    assert rewrite(source, "replace", peer) == {b"Accept": [b"*/*"], **kept, **expected}


@given(
    st.lists(st.tuples(st.sampled_from([XFF, FWD, b"X_Forwarded-For", b"forwarded"]), st.binary(max_size=30)))
)
def test_replace_removes_whatever_a_client_wrote(
    sent: list[tuple[bytes, bytes]],
) -> None:
    fields = rewrite_forwarding_headers(
        tuple(sent), peer="5.5.5.5", policy=POLICIES["list"], mode=UpstreamHeaders.REPLACE
    )
    assert fields == ((XFF, b"5.5.5.5"),)
