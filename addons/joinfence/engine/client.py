"""Peer, header lines and trusted proxies to the client address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from joinfence.engine.forwarded import Flaw, Withheld, entries_from_right, read_entry
from joinfence.engine.networks import Networks
from joinfence.engine.values import Basis, ClientAddress, Undetermined, UndeterminedReason

if TYPE_CHECKING:
    from joinfence.engine.values import Address, HeaderFields

LONGEST_WALK: Final = 16
"""How many trusted entries are walked: no honest deployment chains more proxies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAddressPolicy:
    """Whose word is believed about others.

    `header` is the lower-case name of the list header that the trusted proxies append to, None where
    the peer itself is the client.
    """

    header: bytes | None = None
    trusted_proxies: Networks = Networks(())


def resolve_client_address(
    *, peer: str | None, headers: HeaderFields, policy: ClientAddressPolicy
) -> ClientAddress | Undetermined:
    """Return the nearest address that is not a trusted proxy, or why there is none. Never raises.

    Only a trusted peer's header is looked at, and only from its right end to the answer: whatever stands
    further left is the client's own text and can neither change the answer nor make it fail.
    """
    read = _read_peer(peer)
    if read is None:
        return Undetermined(UndeterminedReason.PEER_UNUSABLE)
    address, port = read
    if policy.header is None:
        return ClientAddress(address=address, basis=Basis.PEER, port=port)
    if address not in policy.trusted_proxies:
        return ClientAddress(address=address, basis=Basis.PEER_UNTRUSTED, port=port)
    return _walk(headers, policy.header, policy.trusted_proxies)


def _read_peer(peer: str | None) -> tuple[Address, int | None] | None:
    if peer is None:
        return None
    # The zone says which of our own interfaces it came in by (RFC 4007), nothing about who it is.
    read = read_entry(re.sub(r"%[^\]]*", "", peer).encode("utf-8", "surrogatepass"))
    return read if isinstance(read, tuple) else None


def _walk(headers: HeaderFields, header: bytes, trusted: Networks) -> ClientAddress | Undetermined:
    walked = 0
    for entry in islice(entries_from_right(headers, header), LONGEST_WALK + 1):
        read = read_entry(entry)
        if isinstance(read, Flaw):
            return Undetermined(UndeterminedReason.MALFORMED, read)
        if isinstance(read, Withheld):
            return Undetermined(UndeterminedReason.WITHHELD, read)
        address, port = read
        if address not in trusted:
            return ClientAddress(address=address, basis=Basis.HEADER, port=port)
        walked += 1
    if walked > LONGEST_WALK:
        return Undetermined(UndeterminedReason.CHAIN_TOO_LONG)
    return Undetermined(UndeterminedReason.ALL_TRUSTED if walked else UndeterminedReason.HEADER_MISSING)
