"""What the event log says already: the last of each thing, replayed from its lines."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from joinfence.records.events import EventKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from joinfence.records.events import Event

_OVER: Final = {EventKind.EXPIRED, EventKind.REVOKED}


@dataclass(frozen=True, slots=True)
class KnownOrder:
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
class Known:
    """What is known; every event that is logged changes it."""

    files: dict[EventKind, str | None] = field(default_factory=dict)
    location: tuple[str, ...] = ()
    orders: dict[str, KnownOrder] = field(default_factory=dict)
    rejected: set[str] = field(default_factory=set)

    @classmethod
    def replayed(cls, events: Iterable[Event]) -> Known:
        """Return what is known after events."""
        known = cls()
        for event in events:
            known.take(event)
        return known

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
                said = KnownOrder(event.version, event.sha256, event.kind, event.reason)
                before = self.orders.get(event.order)
                if before and event.sha256 is None:
                    said = replace(said, sha256=before.sha256)
                self.orders[event.order] = said
