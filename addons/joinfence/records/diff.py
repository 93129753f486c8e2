"""What has changed since the log was last written to, as events.

Nothing is told when it happens: what is in force is compared with what the log says, after every load and
whenever the clock moves an order on. So an event that could not be written comes with the next comparison,
and one that happened while the fence was down comes at its start; its time is when it was noted.
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
    """An order as it is loaded: its file's SHA-256, where it stands, and whose signatures count."""

    id: str
    version: int
    sha256: str
    standing: Standing
    signers: tuple[Signatory, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigState:
    """The configuration beside the orders: SHA-256 by kind of file, None without one, and the sources."""

    files: Mapping[EventKind, str | None]
    location: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noting:
    """What every event says besides: when it was noted, and by which version of the fence."""

    time: datetime
    engine: str

    def event(self, kind: EventKind, **fields: object) -> Event:
        """Return an event of a kind."""
        return Event(time=self.time, kind=kind, engine=self.engine, **fields)  # type: ignore[arg-type]


_STANDINGS: Final = {
    Standing.IN_FORCE: (EventKind.ACTIVATED, None),
    Standing.EXPIRED: (EventKind.EXPIRED, None),
    Standing.SUSPENDED: (EventKind.SUSPENDED, "suspended"),
    Standing.REVIEW_MISSED: (EventKind.SUSPENDED, "review_missed"),
}


def config_events(config: ConfigState, logged: LoggedState, noting: Noting) -> Iterator[Event]:
    """Yield what has changed of the files and of the location sources."""
    for kind, sha256 in config.files.items():
        if sha256 != logged.files.get(kind):
            reason = None if sha256 else "removed"
            yield noting.event(kind, sha256=sha256, reason=reason)
    if config.location != logged.location:
        yield noting.event(EventKind.LOCATION_CHANGED, location=config.location)


def order_events(order: OrderState, logged: LoggedState, noting: Noting) -> Iterator[Event]:
    """Yield what has happened with an order, in the order of its life."""
    before = logged.order(order.id)
    if before is not None and before.kind is EventKind.REVOKED:
        before = None
    if before is None or (before.version, before.sha256) != (order.version, order.sha256):
        if order.standing is Standing.UNAPPROVED:
            yield from _not_approved(order.id, before, noting)
            return
        yield from _approved(order, before, noting)
        before = None
    said = _said(order.standing, before)
    if said and said != (before and (before.kind, before.reason)):
        yield noting.event(said[0], order=order.id, version=order.version, reason=said[1])


def _not_approved(order_id: str, before: LoggedOrder | None, noting: Noting) -> Iterator[Event]:
    """Yield that an order is in force no more, because its file is another now that nobody has approved."""
    said = (EventKind.SUSPENDED, str(Standing.UNAPPROVED))
    if before is not None and not before.is_over and (before.kind, before.reason) != said:
        yield noting.event(said[0], order=order_id, version=before.version, reason=said[1])


def _approved(order: OrderState, before: LoggedOrder | None, noting: Noting) -> Iterator[Event]:
    edited = before is not None and before.version == order.version
    if before is not None and not edited:
        yield noting.event(EventKind.SUPERSEDED, order=order.id, version=before.version, sha256=before.sha256)
    yield noting.event(
        EventKind.APPROVED,
        order=order.id,
        version=order.version,
        sha256=order.sha256,
        reason="edited" if edited else None,
        signers=order.signers,
    )


def _said(standing: Standing, before: LoggedOrder | None) -> tuple[EventKind, str | None] | None:
    """Return what is said of a standing. Waiting is worth a line only for an order that was in force."""
    said = _STANDINGS.get(standing)
    if said is None and before is not None and before.kind is not EventKind.APPROVED:
        return EventKind.SUSPENDED, str(standing)
    return said


def removal_events(ids: AbstractSet[str], logged: LoggedState, noting: Noting) -> Iterator[Event]:
    """Yield the end of every order whose file is gone before it had ended; `ids` are those left."""
    for order_id, before in logged.orders():
        if order_id not in ids and not before.is_over:
            yield noting.event(EventKind.REVOKED, order=order_id, version=before.version, reason="removed")


def rejection(order_id: str | None, sha256: str, logged: LoggedState, noting: Noting) -> Iterator[Event]:
    """Yield that an order's file cannot be used, once for each content of it."""
    if sha256 not in logged.rejected:
        yield noting.event(EventKind.REJECTED, order=order_id, sha256=sha256, reason="invalid")
