"""The state of a running fence, from which each heartbeat is made."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from joinfence.monitoring.status.days import Day
from joinfence.monitoring.status.outlook import outlook
from joinfence.monitoring.status.snapshot import NextChange, Snapshot, SourceStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from joinfence.loading.loader import Loaded
    from joinfence.loading.order_states import OrderStates
    from joinfence.monitoring.status.outlook import Outlook, UpcomingChange

HEARTBEAT: Final = timedelta(seconds=10)
_MAX_LINES: Final = 20
_ALARM_LASTS: Final = timedelta(hours=1)
_RETRIED_WITHIN: Final = timedelta(
    seconds=90
)  # a record that cannot be written is retried after a minute at most


class FenceState:
    """Collects loads, problems, errors and alarms between heartbeats."""

    def __init__(self, started: datetime) -> None:
        """Start without a policy. `started` is aware."""
        self.failures = 0
        self.alarms: dict[str, datetime] = {}
        self.answered: datetime | None = None
        self._started = self._loaded_at = started
        self._loaded: Loaded | None = None
        self._problems: list[str] = []
        self._problems_at: datetime | None = None
        self._orders: OrderStates | None = None
        self._outlook: tuple[OrderStates, Outlook] | None = None
        self._last_heartbeat: datetime | None = None
        self._failures_before = 0
        self._unwritten: dict[str, tuple[int, datetime]] = {}

    def loaded(self, loaded: Loaded, now: datetime) -> None:
        """Take the policy in force. Its warnings are problems of edits that are held back."""
        if self._loaded is None or self._loaded.policy.revision != loaded.policy.revision:
            self._loaded_at = now
        self._loaded = loaded
        self._problems = [str(warning) for warning in loaded.warnings]
        self._problems_at = (self._problems_at or now) if self._problems else None

    def tracked(self, orders: OrderStates) -> None:
        """Take the standings of all orders."""
        self._orders = orders

    def not_loaded(self, problems: list[str], now: datetime) -> None:
        """Take further problems of edits that are not in force."""
        self._problems += [problem for problem in problems if problem not in self._problems]
        if self._problems:
            self._problems_at = self._problems_at or now

    def unwritten(self, failures: Mapping[str, int], now: datetime) -> None:
        """Take how often writing each record has failed since the start: record -> failures."""
        for record, count in failures.items():
            if count > self._unwritten.get(record, (0, now))[0]:
                self._unwritten[record] = count, now

    def at(self, now: datetime, *, stopped: bool) -> tuple[Snapshot | None, Day]:
        """Return the snapshot at an aware instant, and what to add to the day.

        The snapshot is None until there is a policy and `compute_outlook` was called with its orders known.
        """
        if self._loaded is None or self._outlook is None:
            return None, Day()
        snapshot = self._snapshot(self._loaded, self._outlook[1], now, stopped=stopped)
        return snapshot, self._day(self._loaded, snapshot, now)

    def _snapshot(self, loaded: Loaded, ahead: Outlook, now: datetime, *, stopped: bool) -> Snapshot:
        return Snapshot(
            engine=version("joinfence"),
            pid=os.getpid(),
            config=str(loaded.main.absolute()),
            started=self._started,
            heartbeat=now,
            heartbeat_seconds=HEARTBEAT.total_seconds(),
            answered=self.answered,
            stopped=now if stopped else None,
            revision=loaded.policy.revision,
            loaded=self._loaded_at,
            problems=self._problems[:_MAX_LINES],
            problems_at=self._problems_at,
            orders=dict(ahead.standings),
            changes=_next_changes(ahead.changes),
            reviews=_next_changes(ahead.reviews),
            missed_reviews=list(ahead.missed),
            unapproved=list(ahead.unapproved),
            unpublished=list(ahead.unpublished),
            sources=[
                SourceStatus(name=source.name, age_days=age_in_days(source, now), stale=source.is_stale(now))
                for source in loaded.sources
            ],
            failures=self.failures,
            alarms=[text for text, at in self.alarms.items() if now - at < _ALARM_LASTS][:_MAX_LINES],
            unwritten=[name for name, (_, at) in self._unwritten.items() if now - at < _RETRIED_WITHIN],
        )

    def compute_outlook(self) -> None:
        """Compute the outlook, if any standing has changed. May take long: call it without the lock."""
        orders = self._orders
        if orders is not None and (self._outlook is None or self._outlook[0] is not orders):
            self._outlook = orders, outlook(orders)

    def _day(self, loaded: Loaded, snapshot: Snapshot, now: datetime) -> Day:
        """Return the time since the last heartbeat, if the policy was stale or the fence let everybody in."""
        seconds = max((now - (self._last_heartbeat or now)).total_seconds(), 0)
        # A longer gap means that the machine was suspended, and nobody was let in.
        seconds = min(seconds, 3 * HEARTBEAT.total_seconds())
        admits = loaded.settings.on_error == "admit" and self.failures > self._failures_before
        nobody_located = all(source.stale for source in snapshot.sources)
        self._last_heartbeat, self._failures_before = now, self.failures
        return Day(
            stale_policy_seconds=seconds if self._problems else 0,
            fail_open_seconds=seconds if admits or nobody_located else 0,
            ages={source.name.partition(" of ")[0]: source.age_days for source in snapshot.sources},
        )


def _next_changes(changes: Iterable[UpcomingChange]) -> list[NextChange]:
    return [
        NextChange(
            at=change.at,
            becomes=change.becomes,
            order=change.order,
            version=change.version,
            territory=list(change.territory),
        )
        for change in changes
    ]


def age_in_days(source: object, now: datetime) -> int | None:
    """Return the age of a location source's data at an aware instant; None if the data has no date."""
    build = getattr(source, "build", None)
    return max((now - build).days, 0) if isinstance(build, datetime) else None
