"""What is known of a running fence, and how it looks at one instant."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from joinfence.status.days import Day
from joinfence.status.outlook import Outlook, outlook
from joinfence.status.snapshot import NextChange, Snapshot, Source

if TYPE_CHECKING:
    from pathlib import Path

    from joinfence.assembly import Loaded

BEAT: Final = timedelta(seconds=10)
_MOST_LINES: Final = 20
_ALARM_LASTS: Final = timedelta(hours=1)


class Vitals:
    """Collects what the fence is told, loads and failures, between one beat and the next."""

    def __init__(self, started: datetime) -> None:
        """Start with no policy. `started` is aware."""
        self.failures = 0
        self.alarms: dict[str, datetime] = {}
        self.answered: datetime | None = None
        self._started = self._loaded_at = started
        self._main: Path | None = None
        self._loaded: Loaded | None = None
        self._problems: list[str] = []
        self._problems_at: datetime | None = None
        self._outlook: Outlook | None = None
        self._beaten: datetime | None = None
        self._failures_told = 0

    def loaded(self, main: Path, loaded: Loaded, now: datetime) -> None:
        """Take the policy in force and the file it comes from."""
        self._main, self._loaded, self._loaded_at = main, loaded, now
        self._problems, self._problems_at, self._outlook = [], None, None

    def not_loaded(self, problems: list[str], now: datetime) -> None:
        """Take the problems of an edit that is not in force; warnings of the policy in force are none."""
        if self._loaded and problems == [str(warning) for warning in self._loaded.warnings]:
            return
        self._problems, self._problems_at = problems, self._problems_at or now

    def at(self, now: datetime, *, stopped: bool) -> tuple[Snapshot | None, Day]:
        """Return the fence at an aware instant, None without a policy, and what the beat adds to the day."""
        if self._loaded is None or self._main is None:
            return None, Day()
        snapshot = self._snapshot(self._main, self._loaded, now, stopped=stopped)
        return snapshot, self._day(self._loaded, snapshot, now)

    def _snapshot(self, main: Path, loaded: Loaded, now: datetime, *, stopped: bool) -> Snapshot:
        ahead = self._look_ahead(loaded, now)
        return Snapshot(
            engine=version("joinfence"),
            pid=os.getpid(),
            config=str(main.absolute()),
            started=self._started,
            beat=now,
            beat_seconds=BEAT.total_seconds(),
            answered=self.answered,
            stopped=now if stopped else None,
            revision=loaded.policy.revision,
            loaded=self._loaded_at,
            problems=self._problems[:_MOST_LINES],
            problems_at=self._problems_at,
            warnings=[str(warning) for warning in (*loaded.warnings, *loaded.doubts)][:_MOST_LINES],
            orders=dict(ahead.standings),
            changes=[
                NextChange(
                    at=change.at,
                    what=change.what,
                    order=change.order,
                    version=change.version,
                    territory=list(change.territory),
                )
                for change in ahead.changes
            ],
            missed_reviews=list(ahead.missed),
            sources=[
                Source(name=source.name, age_days=age_in_days(source, now), stale=source.is_stale(now))
                for source in loaded.sources
            ],
            failures=self.failures,
            alarms=[text for text, at in self.alarms.items() if now - at < _ALARM_LASTS][:_MOST_LINES],
        )

    def _look_ahead(self, loaded: Loaded, now: datetime) -> Outlook:
        """Return the outlook, worked out anew only after a load or a change: there may be many orders."""
        if self._outlook is None or (self._outlook.changes and self._outlook.changes[0].at <= now):
            self._outlook = outlook(loaded.policy.orders, now)
        return self._outlook

    def _day(self, loaded: Loaded, snapshot: Snapshot, now: datetime) -> Day:
        seconds = max((now - (self._beaten or now)).total_seconds(), 0)
        seconds = min(seconds, 3 * BEAT.total_seconds())  # the machine slept: nobody was let in meanwhile
        admits = loaded.settings.on_error == "admit" and self.failures > self._failures_told
        nobody_located = all(source.stale for source in snapshot.sources)
        self._beaten, self._failures_told = now, self.failures
        return Day(
            stale_policy_seconds=seconds if self._problems else 0,
            fail_open_seconds=seconds if admits or nobody_located else 0,
            ages={source.name.partition(" of ")[0]: source.age_days for source in snapshot.sources},
        )


def age_in_days(source: object, now: datetime) -> int | None:
    """Return how old the data of a location source is at an aware instant, None where it states no date."""
    build = getattr(source, "build", None)
    return max((now - build).days, 0) if isinstance(build, datetime) else None
