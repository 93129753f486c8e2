"""What is counted about client addresses, and what is told to the people who run the fence.

A deployment that is broken here is broken for everybody behind one proxy at once, and nobody complains: all
of them are in one place, or in none. Counts only; no address is kept longer than its join takes.
"""

from __future__ import annotations

import secrets
from collections import Counter
from datetime import timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from joinfence.engine.values import AddressBasis, ClientAddress, Undetermined, UndeterminedReason
from joinfence.location.special import is_private

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from joinfence.engine.client.resolve import ClientAddressPolicy
    from joinfence.engine.decision import Decision
    from joinfence.engine.values import Address, Request


class Alarm(StrEnum):
    """A fault of the deployment that its counts show."""

    HEADER_MISSING = "header_missing"
    ALL_TRUSTED = "all_trusted"
    PRIVATE_CLIENTS = "private_clients"
    ONE_CLIENT = "one_client"
    UNTRUSTED_SENDERS = "untrusted_senders"


_SAYS: Final = {
    Alarm.HEADER_MISSING: "no client address could be had: header_missing; the trusted proxy sends no "
    "{source}: make it append the address it saw, or name the header it does send in client_address.source",
    Alarm.ALL_TRUSTED: "no client address could be had: all_trusted; {source} names trusted proxies only: "
    "take networks in which clients are out of client_address.trusted_proxies",
    Alarm.PRIVATE_CLIENTS: "clients come from private networks: there may be an inner proxy that "
    "client_address.trusted_proxies does not list",
    Alarm.ONE_CLIENT: "one address makes more than half of the joins: it may be a proxy that "
    "client_address.trusted_proxies does not list",
    Alarm.UNTRUSTED_SENDERS: "connections from outside client_address.trusted_proxies send {source}, which "
    "is ignored: list the proxy, if it is one",
}
FORWARDING: Final = ("x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip", "true-client-ip")
"""The headers that are counted when they are sent and not used, besides the configured one."""

SHARE: Final = 0.01
"""The share of joins above which faults of the header are told."""

AGAIN: Final = timedelta(hours=1)
"""How long an alarm keeps silent once it has been told."""


class ClientFaults:
    """The counters, each a plain Counter: outcomes by basis or reason, details, ignored headers, alarms."""

    def __init__(self) -> None:
        """Start at zero."""
        self.outcomes: Counter[AddressBasis | UndeterminedReason] = Counter()
        self.details: Counter[str] = Counter()
        self.ignored_headers: Counter[str] = Counter()
        self.alarms: Counter[Alarm] = Counter()
        self._sketch = Sketch()
        self._told: dict[Alarm, tuple[datetime, int]] = {}

    def note(self, decision: Decision, request: Request, policy: ClientAddressPolicy) -> Iterator[str]:
        """Count a decision that looked at a client address; yield what is to be told about it now."""
        client = decision.client
        if client is None:
            return
        ignored = self._ignored(request, policy, client)
        self.ignored_headers.update(ignored)
        self.outcomes[client.reason if isinstance(client, Undetermined) else client.basis] += 1
        if isinstance(client, Undetermined) and client.detail:
            self.details[client.detail] += 1
        for alarm in self._raised(client, policy, ignored):
            self.alarms[alarm] += 1
            if message := self._tell(alarm, request.at, policy):
                yield message

    @staticmethod
    def _ignored(
        request: Request, policy: ClientAddressPolicy, client: ClientAddress | Undetermined
    ) -> set[str]:
        known = _FORWARDING | {policy.header} if policy.header else _FORWARDING
        sent = {name.lower() for name, _ in request.headers}
        used = isinstance(client, Undetermined) or client.basis is AddressBasis.HEADER
        return {name.decode("ascii") for name in sent & known if not (used and name == policy.header)}

    def _raised(
        self, client: ClientAddress | Undetermined, policy: ClientAddressPolicy, ignored: set[str]
    ) -> Iterator[Alarm]:
        if isinstance(client, Undetermined):
            if client.reason in BY_SHARE and self.outcomes[client.reason] > SHARE * self.outcomes.total():
                yield BY_SHARE[client.reason]
            return
        if is_private(client.address):
            yield Alarm.PRIVATE_CLIENTS
        if self._sketch.add(client.address):
            yield Alarm.ONE_CLIENT
        if (
            client.basis is AddressBasis.PEER_UNTRUSTED
            and policy.header
            and policy.header.decode("ascii") in ignored
        ):
            yield Alarm.UNTRUSTED_SENDERS

    def _tell(self, alarm: Alarm, at: datetime, policy: ClientAddressPolicy) -> str | None:
        before = self._told.get(alarm)
        if before and at - before[0] < AGAIN:
            return None
        count = self.alarms[alarm]
        self._told[alarm] = (at, count)
        since = f" ({count - before[1]} joins since this was last told)" if before else ""
        source = policy.header.decode("ascii") if policy.header else "forwarding header"
        return _SAYS[alarm].format(source=source) + since


_FORWARDING: Final = frozenset(name.encode("ascii") for name in FORWARDING)
BY_SHARE: Final = {
    UndeterminedReason.HEADER_MISSING: Alarm.HEADER_MISSING,
    UndeterminedReason.ALL_TRUSTED: Alarm.ALL_TRUSTED,
}


class Sketch:
    """Tells when one address makes more than half of the recent joins, and keeps no address.

    Each adds to one of a few counts, chosen by a hash under a salt that never leaves the memory: far too few
    to tell addresses apart, and enough to see that half of all are one.
    """

    CELLS: Final = 64
    FEWEST: Final = 100
    WINDOW: Final = 1000

    def __init__(self) -> None:
        """Start empty, under a fresh salt."""
        self._salt = secrets.token_bytes(16)
        self._counts = [0] * self.CELLS
        self._total = 0

    def add(self, address: Address) -> bool:
        """Count an address; tell whether its cell holds more than half. Half is forgotten now and then."""
        cell = blake2b(address.packed, digest_size=1, key=self._salt).digest()[0] % self.CELLS
        self._counts[cell] += 1
        self._total += 1
        if self._total >= self.WINDOW:
            self._counts = [count // 2 for count in self._counts]
            self._total = sum(self._counts)
        return self._total >= self.FEWEST and self._counts[cell] * 2 > self._total
