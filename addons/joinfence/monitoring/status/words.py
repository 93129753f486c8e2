"""The state of a fence in words, for the terminal and for the page alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from joinfence.engine.order import Standing
from joinfence.monitoring.status.findings import ago, is_alive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from joinfence.monitoring.status.snapshot import Snapshot, Source

CHANGES: Final = {
    Standing.IN_FORCE: "takes effect",
    Standing.NOT_YET_EFFECTIVE: "is approved",
    Standing.UNAPPROVED: "loses its approvals",
    Standing.UNPUBLISHED: "is not public",
    Standing.REVIEW_MISSED: "review due",
    Standing.SUSPENDED: "is suspended",
    Standing.EXPIRED: "expires",
}
_STANDINGS: Final = {
    "in_force": "in force",
    "not_yet_effective": "not yet effective",
    "unapproved": "not approved",
    "unpublished": "not public",
    "review_missed": "review missed",
    "suspended": "suspended",
    "expired": "expired",
}


def facts(snapshot: Snapshot, now: datetime) -> Iterator[tuple[str, str, bool]]:
    """Yield what is known of a fence: a name, what stands there, and whether it is as it should be."""
    if is_alive(snapshot, now):
        life = (
            f"running for {ago(now - snapshot.started)}, process {snapshot.pid}, joinfence {snapshot.engine}"
        )
        yield "Fence", life, True
    else:
        # One that was not stopped may also run on and be unable to write that it does.
        silence = "no sign of life" if snapshot.stopped is None else "not running"
        yield "Fence", f"{silence} for {ago(now - snapshot.heartbeat)}", False
    yield "Configuration", snapshot.config, True
    policy = f"{snapshot.revision}, loaded {ago(now - snapshot.loaded)} ago"
    yield "Policy", policy + (", stale" if snapshot.problems else ""), not snapshot.problems
    counts = (
        f"{snapshot.orders.get(key, 0)} {word}"
        for key, word in _STANDINGS.items()
        if key == "in_force" or snapshot.orders.get(key)
    )
    held_back = snapshot.missed_reviews or snapshot.unapproved or snapshot.unpublished
    yield "Orders", ", ".join(counts), not held_back
    for source in snapshot.sources:
        yield "Location", _source(source), not source.stale


def _source(source: Source) -> str:
    age = "no date" if source.age_days is None else f"{source.age_days} days old"
    return f"{source.name}, {age}{', too old: it locates nobody' if source.stale else ''}"
