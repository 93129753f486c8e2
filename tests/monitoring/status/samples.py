"""Snapshots of a healthy fence, for tests to change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from joinfence.monitoring.status.snapshot import NextChange, Snapshot, SourceStatus
from tests.factories import NOW

DAY: Final = timedelta(days=1)


def snapshot(**changes: Any) -> Snapshot:
    """Return the snapshot of a healthy fence, two seconds old, with changes."""
    base: dict[str, Any] = {
        "engine": "0.1.0",
        "pid": 4711,
        "config": "/etc/joinfence/geofence.yaml",
        "started": NOW - 3 * DAY,
        "heartbeat": NOW - timedelta(seconds=2),
        "heartbeat_seconds": 10,
        "answered": NOW - timedelta(seconds=12),
        "stopped": None,
        "revision": "0123456789ab",
        "loaded": NOW - timedelta(hours=5),
        "problems": [],
        "problems_at": None,
        "orders": {"in_force": 3, "expired": 1, "suspended": 0},
        "changes": [change()],
        "reviews": [],
        "missed_reviews": [],
        "unapproved": [],
        "unpublished": [],
        "sources": [source()],
        "failures": 0,
        "alarms": [],
        "unwritten": [],
    }
    return Snapshot(**{**base, **changes})


def change(**changes: Any) -> NextChange:
    """Return an expiry in 40 days, with changes."""
    base = {
        "at": NOW + 40 * DAY,
        "becomes": "expired",
        "order": "DE-2026-0001",
        "version": 1,
        "territory": ["DE"],
    }
    return NextChange.model_validate({**base, **changes})


def source(**changes: Any) -> SourceStatus:
    """Return a database that is 3 days old and not stale, with changes."""
    return SourceStatus.model_validate(
        {"name": "GeoLite2-Country of 2026-11-21", "age_days": 3, "stale": False, **changes}
    )
