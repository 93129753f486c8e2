"""Peer, header lines and trusted proxies to the client address.

A list header is read from the right, where the nearest proxy has written. Starting from a trusted peer, each
entry that is itself a trusted proxy vouches for the entry to its left; the first entry that is not a trusted
proxy is the client. Everything further left was in the header when the client sent it, so it proves nothing
and is not read (unless the policy asks for claims). An entry that cannot be parsed ends the walk without an
answer. Skipping it would be wrong: the next entry to the left may be the client's own text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Final, assert_never

from joinfence.engine.client.headers import (
    MAX_ENTRY_BYTES,
    elements_from_right,
    entries_from_right,
    lines_from_right,
    read_element,
    read_entry,
    read_node,
)
from joinfence.engine.client.nat64 import unwrap_nat64
from joinfence.engine.client.networks import Networks
from joinfence.engine.values import (
    AddressBasis,
    ClientAddress,
    Flaw,
    Undetermined,
    UndeterminedReason,
    Withheld,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv6Network

    from joinfence.engine.client.headers import AnyHeaderFields, ParsedEntry
    from joinfence.engine.values import Address

MAX_TRUSTED_ENTRIES: Final = 16
"""Most trusted proxies in a chain. No real deployment has more."""

MAX_CLAIMS: Final = 5
"""How many entries to the left of the client address are read as claims."""


class HeaderForm(StrEnum):
    """The syntax of a forwarding header."""

    LIST = "list"
    FORWARDED = "forwarded"
    SINGLE = "single"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAddressPolicy:
    """Which proxies are trusted to report the client address, and how they do it.

    `header` is the lower-case name of the header that they write, None if the peer itself is the client.
    `hops`, for list headers only, is the number of proxies including the peer. `lenient` accepts IPv6 without
    brackets in Forwarded. `nat64_prefixes` are those of the operator's own translators. With `claims`, the
    entries to the left of the client address are read, too.
    """

    header: bytes | None = None
    form: HeaderForm = HeaderForm.LIST
    trusted_proxies: Networks = Networks(())
    hops: int | None = None
    lenient: bool = False
    nat64_prefixes: tuple[IPv6Network, ...] = ()
    claims: bool = False


def resolve_client_address(
    *, peer: str | None, headers: AnyHeaderFields, policy: ClientAddressPolicy
) -> ClientAddress | Undetermined:
    """Return the nearest address that is not a trusted proxy, or why there is none. Never raises.

    The header is read only if the peer is trusted, and only from its right end to the answer, so what the
    client wrote further left can neither change the answer nor cause an error. `headers` are (name, value)
    pairs in wire order, as bytes or as mitmproxy decodes them.
    """
    read = read_peer(peer, policy)
    if read is None:
        return Undetermined(UndeterminedReason.PEER_UNUSABLE)
    address, port = read
    if policy.header is None:
        return ClientAddress(address=address, basis=AddressBasis.PEER, port=port)
    if address not in policy.trusted_proxies:
        return ClientAddress(address=address, basis=AddressBasis.PEER_UNTRUSTED, port=port)
    if policy.form is HeaderForm.SINGLE:
        return _single(headers, policy)
    entries = header_entries(headers, policy)
    if policy.hops is not None:
        return _count_hops(entries, policy.hops, policy)
    return _walk_by_trust(entries, policy)


def read_peer(peer: str | None, policy: ClientAddressPolicy) -> tuple[Address, int | None] | None:
    """Return address and port of a connection, None if its text is not an address."""
    if peer is None:
        return None
    # The zone is the interface on our side (RFC 4007) and says nothing about the client.
    text = re.sub(r"%[^\]]*", "", peer) if "%" in peer else peer
    read = read_node(text)
    return (unwrap_nat64(read[0], policy.nat64_prefixes), read[1]) if isinstance(read, tuple) else None


def header_entries(headers: AnyHeaderFields, policy: ClientAddressPolicy) -> Iterator[bytes | Flaw]:
    """Yield the raw entries of the policy's list header, nearest first."""
    name = policy.header or b""
    if policy.form is HeaderForm.FORWARDED:
        return elements_from_right(headers, name)
    return entries_from_right(headers, name)


def read_header_entry(entry: bytes | Flaw, policy: ClientAddressPolicy) -> ParsedEntry:
    """Return address and port of an entry of the policy's header, or what is wrong with it."""
    is_element = policy.form is HeaderForm.FORWARDED
    read = read_element(entry, lenient=policy.lenient) if is_element else read_entry(entry)
    if policy.nat64_prefixes and isinstance(read, tuple):
        return unwrap_nat64(read[0], policy.nat64_prefixes), read[1]
    return read


def _walk_by_trust(
    entries: Iterator[bytes | Flaw], policy: ClientAddressPolicy
) -> ClientAddress | Undetermined:
    walked = 0
    for entry in islice(entries, MAX_TRUSTED_ENTRIES + 1):
        read = read_header_entry(entry, policy)
        if not isinstance(read, tuple):
            return _undetermined(read)
        if read[0] not in policy.trusted_proxies:
            return _client(read, entries, policy)
        walked += 1
    if walked > MAX_TRUSTED_ENTRIES:
        return Undetermined(UndeterminedReason.CHAIN_TOO_LONG)
    return Undetermined(UndeterminedReason.ALL_TRUSTED if walked else UndeterminedReason.HEADER_MISSING)


def _count_hops(
    entries: Iterator[bytes | Flaw], hops: int, policy: ClientAddressPolicy
) -> ClientAddress | Undetermined:
    """Return the client at entry number `hops` from the right; the entries before it are not parsed.

    A shorter list is an error. Falling back to its last entry would return whatever the client wrote.
    """
    number = 0
    for number, entry in enumerate(entries, 1):
        if number == hops or isinstance(entry, Flaw):
            read = read_header_entry(entry, policy)
            return _client(read, entries, policy) if isinstance(read, tuple) else _undetermined(read)
    return Undetermined(UndeterminedReason.CHAIN_TOO_SHORT if number else UndeterminedReason.HEADER_MISSING)


def _single(headers: AnyHeaderFields, policy: ClientAddressPolicy) -> ClientAddress | Undetermined:
    lines = list(islice(lines_from_right(headers, policy.header or b""), 2))
    if not lines:
        return Undetermined(UndeterminedReason.HEADER_MISSING)
    value = lines[0]
    if len(lines) > 1 or b"," in value[: MAX_ENTRY_BYTES + 1]:
        return Undetermined(UndeterminedReason.MULTIPLE_VALUES)
    read = read_header_entry(Flaw.TOO_LONG if len(value) > MAX_ENTRY_BYTES else value.strip(b" \t"), policy)
    if not isinstance(read, tuple):
        return _undetermined(read)
    # The proxy overwrites this header with the address it saw, so that may well be in a trusted network.
    return ClientAddress(address=read[0], basis=AddressBasis.HEADER, port=read[1])


def _client(
    read: tuple[Address, int | None], left: Iterator[bytes | Flaw], policy: ClientAddressPolicy
) -> ClientAddress:
    claims = _claims(left, policy) if policy.claims else ()
    return ClientAddress(address=read[0], basis=AddressBasis.HEADER, port=read[1], claims=claims)


def _claims(left: Iterator[bytes | Flaw], policy: ClientAddressPolicy) -> tuple[Address, ...]:
    """Return the addresses in the nearest entries, without those that are malformed or trusted proxies."""
    reads = (read_header_entry(entry, policy) for entry in islice(left, MAX_CLAIMS))
    addresses = (read[0] for read in reads if isinstance(read, tuple))
    return tuple(address for address in addresses if address not in policy.trusted_proxies)


def _undetermined(read: Flaw | Withheld) -> Undetermined:
    match read:
        case Flaw():
            return Undetermined(UndeterminedReason.MALFORMED, read)
        case Withheld():
            return Undetermined(UndeterminedReason.WITHHELD, read)
        case _:
            assert_never(read)
