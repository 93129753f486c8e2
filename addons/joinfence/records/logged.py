"""What the event log says already: the last of each thing, replayed from its lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from joinfence.background.throttle import BEHIND, Throttle
from joinfence.records.log.events import EventKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from joinfence.records.log.events import Event

_OVER: Final = {EventKind.EXPIRED, EventKind.REVOKED}


# Of plain values only: the garbage collector passes those over, however many there are.
type _Plain = tuple[int | None, str | None, str, str | None]


@dataclass(frozen=True, slots=True)
class LoggedOrder:
    """The last that was said of an order: its version, its file's SHA-256, and what happened with it."""

    version: int | None
    sha256: str | None
    kind: EventKind
    reason: str | None

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more is to be said once its file is gone."""
        return self.kind in _OVER


@dataclass(slots=True)
class LoggedState:
    """What the log says; every event that is logged changes it."""

    files: dict[EventKind, str | None] = field(default_factory=dict)
    location: tuple[str, ...] = ()
    _orders: dict[str, _Plain] = field(default_factory=dict)
    rejected: set[str] = field(default_factory=set)

    def order(self, order_id: str) -> LoggedOrder | None:
        """Return the last that was logged of an order, None of one that the log does not name."""
        said = self._orders.get(order_id)
        return said and LoggedOrder(*said[:2], EventKind(said[2]), said[3])

    def orders(self) -> Iterator[tuple[str, LoggedOrder]]:
        """Yield each order's id with the last that was logged of it."""
        for order_id in self._orders:
            if logged := self.order(order_id):
                yield order_id, logged

    @classmethod
    def replayed(cls, events: Iterable[Event]) -> LoggedState:
        """Return what a log of these events says."""
        logged = cls()
        pace = Throttle(BEHIND)
        for event in events:
            pace()
            logged.take(event)
        return logged

    def take(self, event: Event) -> None:
        """Take one event in."""
        match event.kind:
            case EventKind.REGISTER_CHANGED | EventKind.SIGNERS_CHANGED | EventKind.CONFIG_CHANGED:
                self.files[event.kind] = event.sha256
            case EventKind.LOCATION_CHANGED:
                self.location = event.location
            case EventKind.REJECTED:
                self.rejected.add(event.sha256 or "")
            case EventKind.REPORT_PUBLISHED | EventKind.LOG_REPAIRED | EventKind.SUPERSEDED:
                pass
            case _ if event.order is not None:
                before = self._orders.get(event.order)
                sha256 = before[1] if before and event.sha256 is None else event.sha256
                self._orders[event.order] = event.version, sha256, event.kind.value, event.reason
