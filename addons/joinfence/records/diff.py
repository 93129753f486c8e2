"""The events that are missing from the event log.

Events are not recorded as they happen. Instead, what is in force is compared with what the log says, after
every load and whenever the clock changes the standing of an order, and the difference is logged. So an event
that could not be written is found by the next comparison, and one that happened while the fence was down is
found at its next start. The time of an event is when it was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from joinfence.engine.order import Standing
from joinfence.records.log.events import Event, EventKind, Signatory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from joinfence.records.logged import LoggedOrder, LoggedState


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderState:
    """A loaded order: the SHA-256 of its file, its standing, and whose signatures count."""

    id: str
    version: int
    sha256: str
    standing: Standing
    signers: tuple[Signatory, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigState:
    """The configuration other than orders: kind of file -> SHA-256 (None without one), and the sources."""

    files: Mapping[EventKind, str | None]
    location: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFactory:
    """Makes events that were found at one time, by one version of the fence."""

    time: datetime
    engine: str

    def event(self, kind: EventKind, **fields: object) -> Event:
        """Return an event of a kind with these fields."""
        return Event(time=self.time, kind=kind, engine=self.engine, **fields)  # type: ignore[arg-type]


_STANDING_EVENTS: Final = {
    Standing.IN_FORCE: (EventKind.ACTIVATED, None),
    Standing.EXPIRED: (EventKind.EXPIRED, None),
    Standing.SUSPENDED: (EventKind.SUSPENDED, "suspended"),
    Standing.REVIEW_MISSED: (EventKind.SUSPENDED, "review_missed"),
}


def config_events(config: ConfigState, logged: LoggedState, factory: EventFactory) -> Iterator[Event]:
    """Yield changes of the files and of the location sources."""
    for kind, sha256 in config.files.items():
        if sha256 != logged.files.get(kind):
            reason = None if sha256 else "removed"
            yield factory.event(kind, sha256=sha256, reason=reason)
    if config.location != logged.location:
        yield factory.event(EventKind.LOCATION_CHANGED, location=config.location)


def order_events(order: OrderState, logged: LoggedState, factory: EventFactory) -> Iterator[Event]:
    """Yield what has happened to an order, in the order of its life cycle."""
    before = logged.order(order.id)
    if before is not None and before.kind is EventKind.REVOKED:
        before = None
    if before is None or (before.version, before.sha256) != (order.version, order.sha256):
        if order.standing is Standing.UNAPPROVED:
            yield from _not_approved(order.id, before, factory)
            return
        yield from _approved(order, before, factory)
        before = None
    event = _standing_event(order.standing, before)
    if event and event != (before and (before.kind, before.reason)):
        yield factory.event(event[0], order=order.id, version=order.version, reason=event[1])


def _not_approved(order_id: str, before: LoggedOrder | None, factory: EventFactory) -> Iterator[Event]:
    """Yield that a logged order is no longer in force, since its file has changed and is not approved."""
    event = (EventKind.SUSPENDED, str(Standing.UNAPPROVED))
    if before is not None and not before.is_over and (before.kind, before.reason) != event:
        yield factory.event(event[0], order=order_id, version=before.version, reason=event[1])


def _approved(order: OrderState, before: LoggedOrder | None, factory: EventFactory) -> Iterator[Event]:
    edited = before is not None and before.version == order.version
    if before is not None and not edited:
        yield factory.event(
            EventKind.SUPERSEDED, order=order.id, version=before.version, sha256=before.sha256
        )
    yield factory.event(
        EventKind.APPROVED,
        order=order.id,
        version=order.version,
        sha256=order.sha256,
        reason="edited" if edited else None,
        signers=order.signers,
    )


def _standing_event(standing: Standing, before: LoggedOrder | None) -> tuple[EventKind, str | None] | None:
    """Return kind and reason of the event for a standing, if it has one.

    An order that waits to take effect has none, unless it was in force before.
    """
    event = _STANDING_EVENTS.get(standing)
    if event is None and before is not None and before.kind is not EventKind.APPROVED:
        return EventKind.SUSPENDED, str(standing)
    return event


def removal_events(ids: AbstractSet[str], logged: LoggedState, factory: EventFactory) -> Iterator[Event]:
    """Yield the revocation of each order whose file was removed before it ended. `ids` are the rest."""
    for order_id, before in logged.orders():
        if order_id not in ids and not before.is_over:
            yield factory.event(EventKind.REVOKED, order=order_id, version=before.version, reason="removed")


def rejection_events(
    order_id: str | None, sha256: str, logged: LoggedState, factory: EventFactory
) -> Iterator[Event]:
    """Yield that the file of an order is invalid, once for each content of the file."""
    if sha256 not in logged.rejected:
        yield factory.event(EventKind.REJECTED, order=order_id, sha256=sha256, reason="invalid")
