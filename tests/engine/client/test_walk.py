"""The marks shown to people agree with the decision."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.client.networks import Networks
from joinfence.engine.client.resolve import (
    ClientAddressPolicy,
    HeaderForm,
    read_header_entry,
    resolve_client_address,
)
from joinfence.engine.client.walk import MAX_SHOWN, Mark, walk
from joinfence.engine.values import AddressBasis, ClientAddress

TRUSTED = Networks([ip_network("10.0.0.0/8")])
XFF, XRI = b"x-forwarded-for", b"x-real-ip"


def marks(line: bytes, *, peer: str = "10.0.0.1", header: bytes | None = XFF, **policy: Any) -> list[str]:
    trust = ClientAddressPolicy(header=header, trusted_proxies=TRUSTED, **policy)
    return [step.mark.value for step in walk(peer=peer, headers=((header or XFF, line),), policy=trust)]


@pytest.mark.parametrize(
    ("line", "policy", "expected"),
    [
        (b"6.6.6.6, 9.9.9.9, 10.0.0.2", {}, ["trusted", "client", "unread"]),
        (b"6.6.6.6, 9.9.9.9, 10.0.0.2", {"claims": True}, ["trusted", "client", "claim"]),
        (b"1, " * 6 + b"9.9.9.9", {"claims": True}, ["client", *["claim"] * 5, "unread"]),
        (b"6.6.6.6, nonsense, 10.0.0.2", {}, ["trusted", "stop", "unread"]),
        (b"10.0.0.3, 10.0.0.2", {}, ["trusted", "trusted"]),
        (b"9.9.9.9" + b", 10.0.0.2" * 17, {}, [*["trusted"] * 17, "unread"]),
        (b"6.6.6.6, 9.9.9.9, 10.0.0.2", {"hops": 2}, ["counted", "client", "unread"]),
        (b"9.9.9.9", {"hops": 3}, ["counted"]),
        (b"9.9.9.9, 6.6.6.6", {"peer": "5.5.5.5"}, ["ignored", "ignored"]),
        (b"9.9.9.9", {"peer": "nobody"}, ["unread"]),
        (b"9.9.9.9", {"header": XRI, "form": HeaderForm.SINGLE}, ["client"]),
        (b"9.9.9.9, 6.6.6.6", {"header": XRI, "form": HeaderForm.SINGLE}, ["stop"]),
        (b"9.9.9.9", {"header": None}, []),
        (b"x" * 999, {}, ["stop"]),
    ],
)
def test_the_marks_of_the_entries(line: bytes, policy: dict[str, Any], expected: list[str]) -> None:
    assert marks(line, **policy) == expected


def test_the_number_of_entries_shown_is_limited() -> None:
    assert len(marks(b"6.6.6.6, " * 10_000 + b"9.9.9.9")) == MAX_SHOWN


entries = st.sampled_from([b"10.0.0.2", b"9.9.9.9", b"6.6.6.6", b"unknown", b"", b"10.9.9.9:1", b"x" * 130])


@given(
    st.lists(entries, max_size=20), st.one_of(st.none(), st.integers(1, 4)), st.sampled_from([True, False])
)
def test_the_entry_marked_client_is_the_client(chain: list[bytes], hops: int | None, claims: bool) -> None:
    policy = ClientAddressPolicy(header=XFF, trusted_proxies=TRUSTED, hops=hops, claims=claims)
    headers = ((XFF, b", ".join(chain)),)
    found = resolve_client_address(peer="10.0.0.1", headers=headers, policy=policy)
    steps = walk(peer="10.0.0.1", headers=headers, policy=policy)
    clients = [step.entry for step in steps if step.mark is Mark.CLIENT]
    if isinstance(found, ClientAddress) and found.basis is AddressBasis.HEADER:
        assert len(clients) == 1
        assert clients[0] is not None
        assert read_header_entry(clients[0], policy) == (found.address, found.port)
        claimed = [read_header_entry(step.entry or b"", policy) for step in steps if step.mark is Mark.CLAIM]
        named = [read[0] for read in claimed if isinstance(read, tuple) and read[0] not in TRUSTED]
        assert tuple(named) == found.claims
    else:
        assert clients == []
