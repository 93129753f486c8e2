"""The entries of a forwarding header and what each one was taken for, to explain a decision to people.

Deciding does not record the marks. They are derived afterwards: `resolve_client_address` runs first, and
how far it must have read the header follows from its result.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Final

from joinfence.engine.client.headers import lines_from_right
from joinfence.engine.client.resolve import (
    MAX_CLAIMS,
    MAX_TRUSTED_ENTRIES,
    HeaderForm,
    header_entries,
    read_header_entry,
    resolve_client_address,
)
from joinfence.engine.values import AddressBasis, ClientAddress, Flaw, Undetermined, UndeterminedReason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from joinfence.engine.client.headers import AnyHeaderFields
    from joinfence.engine.client.resolve import ClientAddressPolicy

MAX_SHOWN: Final = MAX_TRUSTED_ENTRIES + 16
"""How many entries are shown at most. All entries further left are unread."""


class Mark(StrEnum):
    """What an entry was taken for."""

    TRUSTED = "trusted"
    COUNTED = "counted"
    CLIENT = "client"
    STOP = "stop"
    CLAIM = "claim"
    UNREAD = "unread"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class WalkStep:
    """An entry as sent, None if it is longer than is read, and its mark."""

    entry: bytes | None
    mark: Mark


def walk(*, peer: str | None, headers: AnyHeaderFields, policy: ClientAddressPolicy) -> tuple[WalkStep, ...]:
    """Return the entries of the policy's header with their marks, nearest first."""
    if policy.header is None:
        return ()
    result = resolve_client_address(peer=peer, headers=headers, policy=policy)
    entries = _entries(headers, policy)
    if isinstance(result, ClientAddress) and result.basis is AddressBasis.PEER_UNTRUSTED:
        marks: Iterator[Mark] = iter(())
        rest = Mark.IGNORED
    else:
        marks, rest = _marks(result, entries, policy), Mark.UNREAD
    return tuple(WalkStep(None if isinstance(entry, Flaw) else entry, next(marks, rest)) for entry in entries)


def _entries(headers: AnyHeaderFields, policy: ClientAddressPolicy) -> list[bytes | Flaw]:
    if policy.form is HeaderForm.SINGLE:
        return list(islice(lines_from_right(headers, policy.header or b""), MAX_SHOWN))
    return list(islice(header_entries(headers, policy), MAX_SHOWN))


def _marks(
    result: ClientAddress | Undetermined, entries: list[bytes | Flaw], policy: ClientAddressPolicy
) -> Iterator[Mark]:
    """Yield the marks of the entries that were read, nearest first."""
    if policy.hops is not None:
        before, mark = min(policy.hops - 1, len(entries)), Mark.COUNTED
    elif policy.form is HeaderForm.SINGLE:
        before, mark = 0, Mark.TRUSTED
    else:
        before, mark = _count_trusted(entries, policy), Mark.TRUSTED
    yield from [mark] * before
    if isinstance(result, ClientAddress):
        yield Mark.CLIENT
        yield from [Mark.CLAIM] * (MAX_CLAIMS if policy.claims else 0)
    elif result.reason not in {UndeterminedReason.CHAIN_TOO_LONG, UndeterminedReason.PEER_UNUSABLE}:
        yield Mark.STOP


def _count_trusted(entries: list[bytes | Flaw], policy: ClientAddressPolicy) -> int:
    """Return how many trusted proxies are at the right end."""
    for number, entry in enumerate(entries):
        read = read_header_entry(entry, policy)
        if not isinstance(read, tuple) or read[0] not in policy.trusted_proxies:
            return number
    return len(entries)
