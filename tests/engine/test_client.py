"""The client address: right for every chain, and nothing a client writes can change it."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence import ClientAddressPolicy as Configured
from joinfence import ConfigError
from joinfence.engine.addresses import parse_address
from joinfence.engine.client import LONGEST_WALK, ClientAddressPolicy, resolve_client_address
from joinfence.engine.networks import Networks
from joinfence.engine.values import Basis, ClientAddress, Undetermined, UndeterminedReason
from tests import vector_file

TRUSTED = Networks([ip_network("10.0.0.0/8"), ip_network("127.0.0.1/32")])
FORWARDED = ClientAddressPolicy(header=b"x-forwarded-for", trusted_proxies=TRUSTED)
CLIENT = ClientAddress(address=IPv4Address("9.9.9.9"), basis=Basis.HEADER)


def resolve(*lines: bytes, peer: str | None = "10.0.0.1", name: bytes = b"X-Forwarded-For") -> object:
    return resolve_client_address(peer=peer, headers=tuple((name, line) for line in lines), policy=FORWARDED)


# -- the vectors -----------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", vector_file.read("request"), ids=lambda vector: vector["id"])
def test_a_vector_answers_as_it_says(vector: dict[str, Any]) -> None:
    ours = vector["ours"]
    config = {**ours["config"], **({"chain": "client_or_claims"} if ours.get("claims") else {})}
    if ours["outcome"] == "config_error":
        with pytest.raises(ConfigError):
            Configured.from_mapping(config)
        return
    found = resolve_client_address(
        peer=ours.get("peer", vector["peer"]),
        headers=vector_file.lines_of(vector),
        policy=Configured.from_mapping(config),
    )
    if ours["outcome"] == "client":
        assert isinstance(found, ClientAddress)
        assert (str(found.address), found.basis) == (ours["address"], ours["basis"])
        assert found.port == ours.get("port", found.port)
        assert [str(claim) for claim in found.claims] == ours.get("claims", [])
    else:
        assert isinstance(found, Undetermined)
        assert (found.reason, found.detail) == (ours["reason"], ours.get("detail", found.detail))


@pytest.mark.parametrize("vector", vector_file.read("trust"), ids=lambda vector: vector["id"])
def test_a_vector_is_trusted_or_not(vector: dict[str, Any]) -> None:
    address = parse_address(vector["node"])
    trusted = Networks(ip_network(text, strict=False) for text in vector["trusted"])
    inside = address is not None and address in trusted
    assert inside is (vector["ours"]["outcome"] == "trusted")


def test_every_vector_of_a_model_that_is_offered_runs() -> None:
    kinds = ("request", "trust", "node", "forwarded_element")
    assert [len(vector_file.read(kind)) for kind in kinds] == [394, 87, 59, 108]


# -- laws ------------------------------------------------------------------------------------------

anything = st.binary(max_size=60)


@given(anything, st.lists(anything, max_size=3), st.integers(0, 3))
def test_what_stands_left_of_the_answer_changes_nothing(
    left: bytes, lines: list[bytes], proxies: int
) -> None:
    tail = b", ".join([b"9.9.9.9", *[b"10.0.0.7"] * proxies])
    assert resolve(*lines, left + b", " + tail) == CLIENT
    assert resolve(*lines, left, tail) == CLIENT
    assert resolve(*lines, left + b",9.9.9.9", *[b"10.0.0.7"] * proxies) == CLIENT


@given(st.lists(st.tuples(anything, anything), max_size=4))
def test_an_untrusted_peer_speaks_for_itself_whatever_it_sends(headers: list[tuple[bytes, bytes]]) -> None:
    own = ClientAddress(address=IPv4Address("5.5.5.5"), basis=Basis.PEER_UNTRUSTED)
    lines = (*headers, (b"X-Forwarded-For", b"9.9.9.9"))
    assert resolve_client_address(peer="5.5.5.5", headers=lines, policy=FORWARDED) == own


@given(st.lists(anything, max_size=4), st.one_of(st.none(), st.text(max_size=20)))
def test_it_never_raises_and_never_answers_with_a_trusted_proxy(lines: list[bytes], peer: str | None) -> None:
    for who in (peer, "10.0.0.1"):
        found = resolve(*lines, peer=who)
        if isinstance(found, ClientAddress) and found.basis is Basis.HEADER:
            assert found.address not in TRUSTED


@given(st.ip_addresses(v=4))
def test_mapped_and_plain_addresses_are_one(address: IPv4Address) -> None:
    plain, mapped = str(address), f"::ffff:{address}"
    assert resolve(b"9.9.9.9", peer=plain) == resolve(b"9.9.9.9", peer=mapped)
    assert resolve(plain.encode()) == resolve(mapped.encode())


# -- cases -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([], Undetermined(UndeterminedReason.HEADER_MISSING), id="no header: never the balancer"),
        pytest.param([b"10.0.0.2"], Undetermined(UndeterminedReason.ALL_TRUSTED), id="only proxies"),
        pytest.param([b"9.9.9.9,"], Undetermined(UndeterminedReason.MALFORMED, "empty"), id="empty entry"),
        pytest.param(
            [b"unknown"], Undetermined(UndeterminedReason.WITHHELD, "unknown_or_obfuscated"), id="withheld"
        ),
        pytest.param([b"9.9.9.9", b"10.0.0.2"], CLIENT, id="walks over lines"),
        pytest.param([b"9.9.9.9" + b", 10.0.0.2" * LONGEST_WALK], CLIENT, id="the longest walk"),
        pytest.param(
            [b"9.9.9.9" + b", 10.0.0.2" * (LONGEST_WALK + 1)],
            Undetermined(UndeterminedReason.CHAIN_TOO_LONG),
            id="one more",
        ),
    ],
)
def test_a_chain(lines: list[bytes], expected: object) -> None:
    assert resolve(*lines) == expected


@pytest.mark.parametrize("peer", [None, "", "@", "unix:/run/x", "0.0.0.0", "::"])
def test_a_peer_without_an_address_is_unusable(peer: str | None) -> None:
    assert resolve(b"9.9.9.9", peer=peer) == Undetermined(UndeterminedReason.PEER_UNUSABLE)


def test_the_zone_of_a_peer_is_dropped() -> None:
    found = resolve(peer="fe80::1%eth0")
    assert found == ClientAddress(address=ip_address("fe80::1"), basis=Basis.PEER_UNTRUSTED)


def test_without_a_header_to_believe_the_peer_is_the_client() -> None:
    found = resolve_client_address(
        peer="10.0.0.1", headers=((b"X-Forwarded-For", b"9.9.9.9"),), policy=ClientAddressPolicy()
    )
    assert found == ClientAddress(address=IPv4Address("10.0.0.1"), basis=Basis.PEER)


class Counted(bytes):
    """A header line that counts how far it is searched and what is cut out of it."""

    read = 0

    def rfind(self, sub: bytes, start: int = 0, end: int = 0) -> int:  # type: ignore[override]
        Counted.read += end - start
        return super().rfind(sub, start, end)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"9.9.9.9", id="short"),
        pytest.param(b"6.6.6.6," * 125_000 + b"9.9.9.9", id="a megabyte"),
        pytest.param(b'"' * 1_000_000 + b",9.9.9.9", id="a megabyte of open quotes"),
    ],
)
def test_only_what_is_read_costs(line: bytes) -> None:
    Counted.read = 0
    assert resolve(Counted(line)) == CLIENT
    assert Counted.read <= 2 * 130


def test_of_many_lines_only_the_last_is_looked_at() -> None:
    looked = []

    class Name(bytes):
        __slots__ = ()

        def lower(self) -> bytes:
            looked.append(self)
            return super().lower()

    headers = tuple((Name(b"X-Forwarded-For"), b"6.6.6.6") for _ in range(20_000))
    resolve_client_address(
        peer="10.0.0.1", headers=(*headers, (Name(b"X-Forwarded-For"), b"9.9.9.9")), policy=FORWARDED
    )
    assert len(looked) == 1
