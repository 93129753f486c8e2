"""What the event log says: the latest state of each order and file, replayed from its lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from joinfence.background.throttle import LOW_PRIORITY, Throttle
from joinfence.records.log.events import EventKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from joinfence.records.log.events import Event

_FINAL_KINDS: Final = {EventKind.EXPIRED, EventKind.REVOKED}


# Plain values only, which the garbage collector need not traverse, however many there are.
type _Plain = tuple[int | None, str | None, str, str | None]


@dataclass(frozen=True, slots=True)
class LoggedOrder:
    """The latest logged facts about an order: its version, the SHA-256 of its file, and the last event."""

    version: int | None
    sha256: str | None
    kind: EventKind
    reason: str | None

    @property
    def is_over(self) -> bool:
        """Return whether the removal of its file is not worth another event."""
        return self.kind in _FINAL_KINDS


@dataclass(slots=True)
class LoggedState:
    """The state that the log describes. Each logged event changes it."""

    files: dict[EventKind, str | None] = field(default_factory=dict)
    location: tuple[str, ...] = ()
    _orders: dict[str, _Plain] = field(default_factory=dict)
    rejected: set[str] = field(default_factory=set)

    def order(self, order_id: str) -> LoggedOrder | None:
        """Return the latest logged facts about an order; None if the log does not name it."""
        plain = self._orders.get(order_id)
        return plain and LoggedOrder(*plain[:2], EventKind(plain[2]), plain[3])

    def orders(self) -> Iterator[tuple[str, LoggedOrder]]:
        """Yield the id of each order with the latest logged facts about it."""
        for order_id in self._orders:
            if logged := self.order(order_id):
                yield order_id, logged

    @classmethod
    def replayed(cls, events: Iterable[Event]) -> LoggedState:
        """Return the state after these events."""
        logged = cls()
        throttle = Throttle(LOW_PRIORITY)
        for event in events:
            throttle()
            logged.apply(event)
        return logged

    def apply(self, event: Event) -> None:
        """Change the state by one event."""
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
