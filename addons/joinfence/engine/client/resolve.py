"""Peer, header lines and trusted proxies to the client address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Final, assert_never

from joinfence.engine.client.headers import (
    ENTRY_LIMIT,
    elements_from_right,
    entries_from_right,
    lines_from_right,
    read_element,
    read_entry,
    read_node,
)
from joinfence.engine.client.nat64 import unwrap
from joinfence.engine.client.networks import Networks
from joinfence.engine.values import (
    Basis,
    ClientAddress,
    Flaw,
    Undetermined,
    UndeterminedReason,
    Withheld,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv6Network

    from joinfence.engine.client.headers import AnyHeaderFields, Read
    from joinfence.engine.values import Address

LONGEST_WALK: Final = 16
"""How many trusted entries are walked: no honest deployment chains more proxies."""

NEAREST_CLAIMS: Final = 5
"""How many entries left of the client address are read where claims count."""


class Form(StrEnum):
    """How a forwarding header is written."""

    LIST = "list"
    FORWARDED = "forwarded"
    SINGLE = "single"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAddressPolicy:
    """Whose word is believed about others.

    `header` is the lower-case name of the header that the trusted proxies write, None where the peer itself
    is the client. `hops` counts proxies including the peer, and is for lists only; `lenient` takes IPv6
    without brackets in Forwarded. `nat64_prefixes` are the operator's own. With `claims`, the entries left of
    the client are read as well.
    """

    header: bytes | None = None
    form: Form = Form.LIST
    trusted_proxies: Networks = Networks(())
    hops: int | None = None
    lenient: bool = False
    nat64_prefixes: tuple[IPv6Network, ...] = ()
    claims: bool = False


def resolve_client_address(
    *, peer: str | None, headers: AnyHeaderFields, policy: ClientAddressPolicy
) -> ClientAddress | Undetermined:
    """Return the nearest address that is not a trusted proxy, or why there is none. Never raises.

    Only a trusted peer's header is looked at, and only from its right end to the answer: whatever stands
    further left is the client's own text and can neither change the answer nor make it fail. `headers` are
    (name, value) pairs in wire order, as bytes or as mitmproxy decodes them.
    """
    read = read_peer(peer, policy)
    if read is None:
        return Undetermined(UndeterminedReason.PEER_UNUSABLE)
    address, port = read
    if policy.header is None:
        return ClientAddress(address=address, basis=Basis.PEER, port=port)
    if address not in policy.trusted_proxies:
        return ClientAddress(address=address, basis=Basis.PEER_UNTRUSTED, port=port)
    if policy.form is Form.SINGLE:
        return _single(headers, policy)
    entries = listed(headers, policy)
    if policy.hops is not None:
        return _counted(entries, policy.hops, policy)
    return _walk(entries, policy)


def read_peer(peer: str | None, policy: ClientAddressPolicy) -> tuple[Address, int | None] | None:
    """Return address and port of a connection, None where its text holds no address."""
    if peer is None:
        return None
    # The zone says which of our own interfaces it came in by (RFC 4007), nothing about who it is.
    text = re.sub(r"%[^\]]*", "", peer) if "%" in peer else peer
    read = read_node(text)
    return (unwrap(read[0], policy.nat64_prefixes), read[1]) if isinstance(read, tuple) else None


def listed(headers: AnyHeaderFields, policy: ClientAddressPolicy) -> Iterator[bytes | Flaw]:
    """Yield the entries of the policy's list header, nearest first, not yet read."""
    name = policy.header or b""
    if policy.form is Form.FORWARDED:
        return elements_from_right(headers, name)
    return entries_from_right(headers, name)


def read_listed(entry: bytes | Flaw, policy: ClientAddressPolicy) -> Read:
    """Return address and port of an entry of the policy's header, or what is wrong with it."""
    is_element = policy.form is Form.FORWARDED
    read = read_element(entry, lenient=policy.lenient) if is_element else read_entry(entry)
    if policy.nat64_prefixes and isinstance(read, tuple):
        return unwrap(read[0], policy.nat64_prefixes), read[1]
    return read


def _walk(entries: Iterator[bytes | Flaw], policy: ClientAddressPolicy) -> ClientAddress | Undetermined:
    walked = 0
    for entry in islice(entries, LONGEST_WALK + 1):
        read = read_listed(entry, policy)
        if not isinstance(read, tuple):
            return _fault(read)
        if read[0] not in policy.trusted_proxies:
            return _client(read, entries, policy)
        walked += 1
    if walked > LONGEST_WALK:
        return Undetermined(UndeterminedReason.CHAIN_TOO_LONG)
    return Undetermined(UndeterminedReason.ALL_TRUSTED if walked else UndeterminedReason.HEADER_MISSING)


def _counted(
    entries: Iterator[bytes | Flaw], hops: int, policy: ClientAddressPolicy
) -> ClientAddress | Undetermined:
    """Return entry number `hops` from the right. Those before it are counted, not read; none is clamped."""
    number = 0
    for number, entry in enumerate(entries, 1):
        if number == hops or isinstance(entry, Flaw):
            read = read_listed(entry, policy)
            return _client(read, entries, policy) if isinstance(read, tuple) else _fault(read)
    return Undetermined(UndeterminedReason.CHAIN_TOO_SHORT if number else UndeterminedReason.HEADER_MISSING)


def _single(headers: AnyHeaderFields, policy: ClientAddressPolicy) -> ClientAddress | Undetermined:
    lines = list(islice(lines_from_right(headers, policy.header or b""), 2))
    if not lines:
        return Undetermined(UndeterminedReason.HEADER_MISSING)
    value = lines[0]
    if len(lines) > 1 or b"," in value[: ENTRY_LIMIT + 1]:
        return Undetermined(UndeterminedReason.MULTIPLE_VALUES)
    read = read_listed(Flaw.TOO_LONG if len(value) > ENTRY_LIMIT else value.strip(b" \t"), policy)
    if not isinstance(read, tuple):
        return _fault(read)
    # A proxy that overwrites the header names whom it saw: that may be somebody inside a trusted network.
    return ClientAddress(address=read[0], basis=Basis.HEADER, port=read[1])


def _client(
    read: tuple[Address, int | None], left: Iterator[bytes | Flaw], policy: ClientAddressPolicy
) -> ClientAddress:
    claims = _claims(left, policy) if policy.claims else ()
    return ClientAddress(address=read[0], basis=Basis.HEADER, port=read[1], claims=claims)


def _claims(left: Iterator[bytes | Flaw], policy: ClientAddressPolicy) -> tuple[Address, ...]:
    """Return what the nearest entries claim: an unreadable one, or a trusted proxy, nothing."""
    reads = (read_listed(entry, policy) for entry in islice(left, NEAREST_CLAIMS))
    addresses = (read[0] for read in reads if isinstance(read, tuple))
    return tuple(address for address in addresses if address not in policy.trusted_proxies)


def _fault(read: Flaw | Withheld) -> Undetermined:
    match read:
        case Flaw():
            return Undetermined(UndeterminedReason.MALFORMED, read)
        case Withheld():
            return Undetermined(UndeterminedReason.WITHHELD, read)
        case _:
            assert_never(read)
