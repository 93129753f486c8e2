"""The client address is right for every chain, and nothing that a client writes can change it."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence import ClientAddressPolicy as Configured
from joinfence import ConfigError
from joinfence.engine.client.addresses import parse_address
from joinfence.engine.client.networks import Networks
from joinfence.engine.client.resolve import (
    MAX_TRUSTED_ENTRIES,
    ClientAddressPolicy,
    HeaderForm,
    resolve_client_address,
)
from joinfence.engine.values import AddressBasis, ClientAddress, Undetermined, UndeterminedReason
from tests import vector_file

TRUSTED = Networks([ip_network("10.0.0.0/8"), ip_network("127.0.0.1/32")])
FORWARDED = ClientAddressPolicy(header=b"x-forwarded-for", trusted_proxies=TRUSTED)
CLIENT = ClientAddress(address=IPv4Address("9.9.9.9"), basis=AddressBasis.HEADER)


def resolve(*lines: bytes, peer: str | None = "10.0.0.1", name: bytes = b"X-Forwarded-For") -> object:
    return resolve_client_address(peer=peer, headers=tuple((name, line) for line in lines), policy=FORWARDED)


# -- the vectors -----------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", vector_file.read("request"), ids=lambda vector: vector["id"])
def test_the_public_request_vectors(vector: dict[str, Any]) -> None:
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
def test_the_public_trust_vectors(vector: dict[str, Any]) -> None:
    address = parse_address(vector["node"])
    trusted = Networks(ip_network(text, strict=False) for text in vector["trusted"])
    inside = address is not None and address in trusted
    assert inside is (vector["ours"]["outcome"] == "trusted")


def test_no_public_vector_is_missing() -> None:
    kinds = ("request", "trust", "node", "forwarded_element")
    assert [len(vector_file.read(kind)) for kind in kinds] == [394, 87, 59, 108]


# -- properties ------------------------------------------------------------------------------------------

anything = st.binary(max_size=60)
ELEMENTS = ClientAddressPolicy(header=b"forwarded", form=HeaderForm.FORWARDED, trusted_proxies=TRUSTED)
WRITTEN = {"x-forwarded-for": (FORWARDED, b"%s"), "forwarded": (ELEMENTS, b'host="a, b";for=%s')}


@pytest.mark.parametrize("name", WRITTEN)
@given(left=anything, lines=st.lists(anything, max_size=3), proxies=st.integers(0, 3))
def test_text_left_of_the_client_address_changes_nothing(
    name: str, left: bytes, lines: list[bytes], proxies: int
) -> None:
    policy, form = WRITTEN[name]
    own = [form % b"9.9.9.9", *[form % b"10.0.0.7"] * proxies]
    tail = b", ".join(own)
    for sent in (
        (*lines, left + b", " + tail),
        (*lines, left, tail),
        (*lines, left + b"," + own[0], *own[1:]),
        (*lines, left, *own),
    ):
        headers = tuple((name.encode(), line) for line in sent)
        assert resolve_client_address(peer="10.0.0.1", headers=headers, policy=policy) == CLIENT


quoting = st.text(st.sampled_from('",\\;= for9.'), max_size=30).map(str.encode)


@given(quoting, st.integers(0, 2))
def test_quotes_left_of_the_client_address_change_nothing(left: bytes, proxies: int) -> None:
    tail = b", ".join([b'for="9.9.9.9";host="x,\\"y"', *[b'by="a,b";for=10.0.0.7'] * proxies])
    headers = ((b"Forwarded", left + b"," + tail),)
    assert resolve_client_address(peer="10.0.0.1", headers=headers, policy=ELEMENTS) == CLIENT


@given(anything, st.sampled_from(["bytes", "text"]), st.integers(0, 14))
def test_the_case_of_the_name_and_the_type_of_the_value_are_irrelevant(
    value: bytes, kind: str, position: int
) -> None:
    name = "X-Forwarded-For"
    name = name[:position].upper() + name[position:].lower()
    pair = (name, value.decode("utf-8", "surrogateescape")) if kind == "text" else (name.encode(), value)
    assert resolve_client_address(peer="10.0.0.1", headers=[pair], policy=FORWARDED) == resolve(value)


def test_a_lone_surrogate_is_not_an_address() -> None:
    found = resolve_client_address(peer="10.0.0.1", headers=[("X-Forwarded-For", "\ud800")], policy=FORWARDED)
    assert found == Undetermined(UndeterminedReason.MALFORMED, "not_an_address")


@given(st.lists(st.tuples(anything, anything), max_size=4))
def test_an_untrusted_peer_is_the_client_whatever_it_sends(headers: list[tuple[bytes, bytes]]) -> None:
    own = ClientAddress(address=IPv4Address("5.5.5.5"), basis=AddressBasis.PEER_UNTRUSTED)
    lines = (*headers, (b"X-Forwarded-For", b"9.9.9.9"))
    assert resolve_client_address(peer="5.5.5.5", headers=lines, policy=FORWARDED) == own


@given(st.lists(anything, max_size=4), st.one_of(st.none(), st.text(max_size=20)))
def test_a_list_never_raises_and_never_yields_a_trusted_proxy(lines: list[bytes], peer: str | None) -> None:
    for who in (peer, "10.0.0.1"):
        found = resolve(*lines, peer=who)
        if isinstance(found, ClientAddress) and found.basis is AddressBasis.HEADER:
            assert found.address not in TRUSTED


@given(st.ip_addresses(v=4))
def test_mapped_and_plain_addresses_are_the_same(address: IPv4Address) -> None:
    plain, mapped = str(address), f"::ffff:{address}"
    assert resolve(b"9.9.9.9", peer=plain) == resolve(b"9.9.9.9", peer=mapped)
    assert resolve(plain.encode()) == resolve(mapped.encode())


@given(st.lists(anything, max_size=4))
def test_a_forwarded_header_never_raises_and_never_yields_a_trusted_proxy(lines: list[bytes]) -> None:
    headers = tuple((b"Forwarded", line) for line in lines)
    found = resolve_client_address(peer="10.0.0.1", headers=headers, policy=ELEMENTS)
    assert not isinstance(found, ClientAddress) or found.address not in TRUSTED


@given(st.ip_addresses(v=4))
def test_mapped_and_plain_networks_are_the_same(address: IPv4Address) -> None:
    plain, mapped = (
        Configured.from_mapping({"source": "X-Forwarded-For", "trusted_proxies": [network]})
        for network in ("10.0.0.0/8", "::ffff:10.0.0.0/104")
    )
    for headers in ([], [("X-Forwarded-For", b"9.9.9.9")]):
        for peer in (str(address), f"::ffff:{address}", "::ffff:10.0.0.1"):
            assert resolve_client_address(peer=peer, headers=headers, policy=plain) == resolve_client_address(
                peer=peer, headers=headers, policy=mapped
            )


# -- cases -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(
            [], Undetermined(UndeterminedReason.HEADER_MISSING), id="no header: the peer is not the client"
        ),
        pytest.param([b"10.0.0.2"], Undetermined(UndeterminedReason.ALL_TRUSTED), id="only trusted proxies"),
        pytest.param([b"9.9.9.9,"], Undetermined(UndeterminedReason.MALFORMED, "empty"), id="empty entry"),
        pytest.param(
            [b"unknown"], Undetermined(UndeterminedReason.WITHHELD, "unknown_or_obfuscated"), id="withheld"
        ),
        pytest.param([b"9.9.9.9", b"10.0.0.2"], CLIENT, id="several lines"),
        pytest.param([b"9.9.9.9" + b", 10.0.0.2" * MAX_TRUSTED_ENTRIES], CLIENT, id="the longest chain"),
        pytest.param(
            [b"9.9.9.9" + b", 10.0.0.2" * (MAX_TRUSTED_ENTRIES + 1)],
            Undetermined(UndeterminedReason.CHAIN_TOO_LONG),
            id="one more proxy",
        ),
    ],
)
def test_the_client_of_a_chain(lines: list[bytes], expected: object) -> None:
    assert resolve(*lines) == expected


@pytest.mark.parametrize("peer", [None, "", "@", "unix:/run/x", "0.0.0.0", "::"])
def test_a_peer_without_an_address_is_unusable(peer: str | None) -> None:
    assert resolve(b"9.9.9.9", peer=peer) == Undetermined(UndeterminedReason.PEER_UNUSABLE)


def test_the_zone_of_a_peer_is_dropped() -> None:
    found = resolve(peer="fe80::1%eth0")
    assert found == ClientAddress(address=ip_address("fe80::1"), basis=AddressBasis.PEER_UNTRUSTED)


def test_without_a_trusted_header_the_peer_is_the_client() -> None:
    found = resolve_client_address(
        peer="10.0.0.1", headers=((b"X-Forwarded-For", b"9.9.9.9"),), policy=ClientAddressPolicy()
    )
    assert found == ClientAddress(address=IPv4Address("10.0.0.1"), basis=AddressBasis.PEER)


HOSTILE = [
    pytest.param(b"9.9.9.9", id="short"),
    pytest.param(b"6.6.6.6," * 125_000 + b"9.9.9.9", id="a megabyte"),
    pytest.param(b'"' * 1_000_000 + b",9.9.9.9", id="a megabyte of open quotes"),
    pytest.param(b'\\"' * 500_000 + b",9.9.9.9", id="a megabyte of escaped quotes"),
]


class Counted(bytes):
    """A header line that counts the bytes that are searched or cut out."""

    read = 0

    def __getitem__(self, key: Any) -> Any:
        piece = super().__getitem__(key)
        Counted.read += len(piece)
        return piece

    def rfind(self, sub: bytes, start: int = 0, end: int = 0) -> int:  # type: ignore[override]
        found = super().rfind(sub, start, end)  # searches from the right, up to what it finds
        Counted.read += end - max(found, start)
        return found


@pytest.mark.parametrize("line", HOSTILE)
def test_only_the_last_bytes_of_a_long_line_are_read(line: bytes) -> None:
    Counted.read = 0
    assert resolve(Counted(line)) == CLIENT
    assert Counted.read <= 2 * 130


@pytest.mark.parametrize("line", HOSTILE)
def test_only_the_last_bytes_of_a_long_forwarded_line_are_read(line: bytes) -> None:
    left, _, last = line.rpartition(b"9.9.9.9")
    Counted.read = 0
    headers = ((b"Forwarded", Counted(left + b"for=9.9.9.9" + last)),)
    assert resolve_client_address(peer="10.0.0.1", headers=headers, policy=ELEMENTS) == CLIENT
    assert Counted.read <= 100


@pytest.mark.parametrize("filler", [b'"', b",", b'",', b'\\",'], ids=repr)
def test_reading_an_unterminated_element_takes_linear_time(filler: bytes) -> None:
    found = []
    for size in (2_000, 4_000, 8_000):
        Counted.read = 0
        line = Counted(filler * (size // len(filler)) + b'"')
        resolve_client_address(peer="10.0.0.1", headers=((b"Forwarded", line),), policy=ELEMENTS)
        found.append(Counted.read / size)
    assert max(found) <= 4


def test_of_many_lines_only_the_last_is_read() -> None:
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


# -- counted hops, single addresses, NAT64, claims -------------------------------------------------


@pytest.mark.parametrize(
    ("config", "headers", "expected"),
    [
        pytest.param(
            {"hops": 2}, ["6.6.6.6, 9.9.9.9, nonsense"], "9.9.9.9", id="counted entries are not parsed"
        ),
        pytest.param({"hops": 3}, ["9.9.9.9, 8.8.8.8"], "chain_too_short", id="a short list is not clamped"),
        pytest.param({"hops": 1}, [], "header_missing", id="counting without a header"),
        pytest.param(
            {"hops": 2}, ["9.9.9.9, " + "x" * 130], "malformed", id="a counted entry that is too long"
        ),
        pytest.param({"hops": 1}, ["9.9.9.9, unknown"], "withheld", id="the counted entry is withheld"),
        pytest.param({"source": "X-Real-IP"}, [], "header_missing", id="no header with a single address"),
        pytest.param({"source": "X-Real-IP"}, [" 9.9.9.9 "], "9.9.9.9", id="a single address"),
        pytest.param({"source": "X-Real-IP"}, ["9.9.9.9", "9.9.9.9"], "multiple_values", id="two lines"),
        pytest.param(
            {"source": "X-Real-IP"}, ["1, " * 400_000], "multiple_values", id="a megabyte of entries"
        ),
        pytest.param({"source": "X-Real-IP"}, ["9" * 200], "malformed", id="too long for an address"),
        pytest.param(
            {"source": "Forwarded"}, ["for=" + "9" * 20_000], "malformed", id="an element that is too long"
        ),
        pytest.param({"source": "Forwarded"}, ['for="2607::18"'], "malformed", id="IPv6 without brackets"),
        pytest.param(
            {"source": "Forwarded", "forwarded_lenient": True},
            ['for="2607::18"'],
            "2607::18",
            id="IPv6 without brackets, lenient",
        ),
        pytest.param(
            {"nat64_prefixes": ["64:ff9b::/96"]}, ["64:ff9b::9.9.9.9"], "9.9.9.9", id="our own NAT64"
        ),
        pytest.param({}, ["64:ff9b::9.9.9.9"], "64:ff9b::909:909", id="an unknown NAT64"),
    ],
)
def test_other_configurations(config: dict[str, Any], headers: list[str], expected: str) -> None:
    policy = Configured.from_mapping(
        {"source": "X-Forwarded-For", "trusted_proxies": ["10.0.0.0/8"], **config}
    )
    name = config.get("source", "X-Forwarded-For")
    found = resolve_client_address(peer="10.0.0.1", headers=[(name, x) for x in headers], policy=policy)
    assert expected == (str(found.address) if isinstance(found, ClientAddress) else found.reason)


def test_claims_are_the_five_nearest_entries_without_proxies() -> None:
    policy = ClientAddressPolicy(header=b"x-forwarded-for", trusted_proxies=TRUSTED, claims=True)
    line = b"1.1.1.1, 2.2.2.2, 3.3.3.3, 10.0.0.9, nonsense, 4.4.4.4, 9.9.9.9, 10.0.0.2"
    found = resolve_client_address(peer="10.0.0.1", headers=[("X-Forwarded-For", line)], policy=policy)
    assert isinstance(found, ClientAddress)
    assert [str(claim) for claim in found.claims] == ["4.4.4.4", "3.3.3.3", "2.2.2.2"]
