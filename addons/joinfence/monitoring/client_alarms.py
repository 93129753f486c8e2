"""Counts how client addresses were determined, and raises alarms for misconfigured deployments.

If the address is wrong, it is wrong for everybody behind a proxy at once, and nobody notices: they all appear
to be in one place, or nowhere. Only counts are kept, and no address outlives its join.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from joinfence.engine.values import AddressBasis, ClientAddress, Undetermined, UndeterminedReason
from joinfence.location.special import is_private
from joinfence.monitoring.majority_sketch import MajoritySketch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from joinfence.engine.client.resolve import ClientAddressPolicy
    from joinfence.engine.decision import Decision
    from joinfence.engine.values import Request


class Alarm(StrEnum):
    """A fault of the deployment that the counts reveal."""

    HEADER_MISSING = "header_missing"
    ALL_TRUSTED = "all_trusted"
    PRIVATE_CLIENTS = "private_clients"
    ONE_CLIENT = "one_client"
    UNTRUSTED_SENDERS = "untrusted_senders"


_MESSAGES: Final = {
    Alarm.HEADER_MISSING: "client address could not be determined: header_missing; the trusted proxy sends "
    "no {source}: make it append the address it saw, or name the header it does send in "
    "client_address.source",
    Alarm.ALL_TRUSTED: "client address could not be determined: all_trusted; {source} names only trusted "
    "proxies: remove networks that contain clients from client_address.trusted_proxies",
    Alarm.PRIVATE_CLIENTS: "clients come from private networks: there may be an inner proxy that "
    "client_address.trusted_proxies does not list",
    Alarm.ONE_CLIENT: "one address makes more than half of the joins: it may be a proxy that "
    "client_address.trusted_proxies does not list",
    Alarm.UNTRUSTED_SENDERS: "connections from outside client_address.trusted_proxies send {source}, which "
    "is ignored: list the proxy, if it is one",
}
FORWARDING_HEADERS: Final = frozenset(
    {b"x-forwarded-for", b"forwarded", b"x-real-ip", b"cf-connecting-ip", b"true-client-ip"}
)
"""Headers that are counted if they are sent but not used, besides the configured one."""

ALARMS_BY_SHARE: Final = {
    UndeterminedReason.HEADER_MISSING: Alarm.HEADER_MISSING,
    UndeterminedReason.ALL_TRUSTED: Alarm.ALL_TRUSTED,
}
"""Alarms that are raised only if they concern more than `MIN_SHARE` of the joins."""

MIN_SHARE: Final = 0.01

SILENCE: Final = timedelta(hours=1)
"""The time for which an alarm is not logged again."""


class ClientFaults:
    """Counters: outcomes by basis or reason, details of malformed entries, ignored headers, and alarms."""

    def __init__(self) -> None:
        """Start at zero."""
        self.outcomes: Counter[AddressBasis | UndeterminedReason] = Counter()
        self.details: Counter[str] = Counter()
        self.ignored_headers: Counter[str] = Counter()
        self.alarms: Counter[Alarm] = Counter()
        self._sketch = MajoritySketch()
        self._logged: dict[Alarm, tuple[datetime, int]] = {}

    def note(self, decision: Decision, request: Request, policy: ClientAddressPolicy) -> Iterator[str]:
        """Count a decision that used a client address, and yield the messages to log."""
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
            if message := self._message(alarm, request.at, policy):
                yield message

    @staticmethod
    def _ignored(
        request: Request, policy: ClientAddressPolicy, client: ClientAddress | Undetermined
    ) -> set[str]:
        """Return the names of forwarding headers that were sent but did not determine the address."""
        counted = FORWARDING_HEADERS | {policy.header} if policy.header else FORWARDING_HEADERS
        sent = {name.lower() for name, _ in request.headers}
        used = isinstance(client, Undetermined) or client.basis is AddressBasis.HEADER
        return {name.decode("ascii") for name in sent & counted if not (used and name == policy.header)}

    def _raised(
        self, client: ClientAddress | Undetermined, policy: ClientAddressPolicy, ignored: set[str]
    ) -> Iterator[Alarm]:
        if isinstance(client, Undetermined):
            frequent = self.outcomes[client.reason] > MIN_SHARE * self.outcomes.total()
            if frequent and client.reason in ALARMS_BY_SHARE:
                yield ALARMS_BY_SHARE[client.reason]
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

    def _message(self, alarm: Alarm, at: datetime, policy: ClientAddressPolicy) -> str | None:
        """Return what to log about an alarm; None if it was logged a short while ago."""
        before = self._logged.get(alarm)
        if before and at - before[0] < SILENCE:
            return None
        count = self.alarms[alarm]
        self._logged[alarm] = (at, count)
        since = f" ({count - before[1]} joins since this was last logged)" if before else ""
        source = policy.header.decode("ascii") if policy.header else "forwarding header"
        return _MESSAGES[alarm].format(source=source) + since
