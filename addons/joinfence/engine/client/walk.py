"""The entries of a forwarding header, each with what the walk made of it: for showing, not for deciding."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Final

from joinfence.engine.client.headers import lines_from_right
from joinfence.engine.client.resolve import (
    LONGEST_WALK,
    NEAREST_CLAIMS,
    Form,
    listed,
    read_listed,
    resolve_client_address,
)
from joinfence.engine.values import Basis, ClientAddress, Flaw, Undetermined, UndeterminedReason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from joinfence.engine.client.headers import AnyHeaderFields
    from joinfence.engine.client.resolve import ClientAddressPolicy

MOST_SHOWN: Final = LONGEST_WALK + 16
"""How many entries are shown at most; those further left are all unread."""


class Mark(StrEnum):
    """What the walk made of an entry."""

    TRUSTED = "trusted"
    COUNTED = "counted"
    CLIENT = "client"
    STOP = "stop"
    CLAIM = "claim"
    UNREAD = "unread"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Step:
    """An entry as sent, None where it is too long to tell where it begins, and its mark."""

    entry: bytes | None
    mark: Mark


def walk(*, peer: str | None, headers: AnyHeaderFields, policy: ClientAddressPolicy) -> tuple[Step, ...]:
    """Return the entries of the policy's header as the fence takes them, nearest first."""
    if policy.header is None:
        return ()
    result = resolve_client_address(peer=peer, headers=headers, policy=policy)
    entries = _entries(headers, policy)
    if isinstance(result, ClientAddress) and result.basis is Basis.PEER_UNTRUSTED:
        marks: Iterator[Mark] = iter(())
        rest = Mark.IGNORED
    else:
        marks, rest = _marks(result, entries, policy), Mark.UNREAD
    return tuple(Step(None if isinstance(entry, Flaw) else entry, next(marks, rest)) for entry in entries)


def _entries(headers: AnyHeaderFields, policy: ClientAddressPolicy) -> list[bytes | Flaw]:
    if policy.form is Form.SINGLE:
        return list(islice(lines_from_right(headers, policy.header or b""), MOST_SHOWN))
    return list(islice(listed(headers, policy), MOST_SHOWN))


def _marks(
    result: ClientAddress | Undetermined, entries: list[bytes | Flaw], policy: ClientAddressPolicy
) -> Iterator[Mark]:
    """Yield the marks of the entries that were read, nearest first."""
    if policy.hops is not None:
        before, mark = min(policy.hops - 1, len(entries)), Mark.COUNTED
    elif policy.form is Form.SINGLE:
        before, mark = 0, Mark.TRUSTED
    else:
        before, mark = _trusted(entries, policy), Mark.TRUSTED
    yield from [mark] * before
    if isinstance(result, ClientAddress):
        yield Mark.CLIENT
        yield from [Mark.CLAIM] * (NEAREST_CLAIMS if policy.claims else 0)
    elif result.reason not in {UndeterminedReason.CHAIN_TOO_LONG, UndeterminedReason.PEER_UNUSABLE}:
        yield Mark.STOP


def _trusted(entries: list[bytes | Flaw], policy: ClientAddressPolicy) -> int:
    """Count the trusted proxies at the right end."""
    for number, entry in enumerate(entries):
        read = read_listed(entry, policy)
        if not isinstance(read, tuple) or read[0] not in policy.trusted_proxies:
            return number
    return len(entries)
