"""The state of a fence in words, for both the terminal and the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from joinfence.engine.order import Standing
from joinfence.monitoring.status.findings import is_alive
from joinfence.text.durations import duration
from joinfence.text.standings import STANDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from joinfence.monitoring.status.snapshot import Snapshot, SourceStatus


def facts(snapshot: Snapshot, now: datetime) -> Iterator[tuple[str, str, bool]]:
    """Yield facts about a fence: a name, a value, and whether the value is as it should be."""
    if is_alive(snapshot, now):
        running = f"running for {duration(now - snapshot.started)}"
        yield "Fence", f"{running}, process {snapshot.pid}, joinfence {snapshot.engine}", True
    else:
        # A fence that was not stopped may still be running, and be unable to write its heartbeat.
        silence = "no heartbeat" if snapshot.stopped is None else "not running"
        yield "Fence", f"{silence} for {duration(now - snapshot.heartbeat)}", False
    yield "Configuration", snapshot.config, True
    policy = f"{snapshot.revision}, loaded {duration(now - snapshot.loaded)} ago"
    yield "Policy", policy + (", stale" if snapshot.problems else ""), not snapshot.problems
    counts = (
        f"{snapshot.orders.get(standing, 0)} {words.now}"
        for standing, words in STANDINGS.items()
        if standing is Standing.IN_FORCE or snapshot.orders.get(standing)
    )
    held_back = snapshot.missed_reviews or snapshot.unapproved or snapshot.unpublished
    yield "Orders", ", ".join(counts), not held_back
    for source in snapshot.sources:
        yield "Location", _source(source), not source.stale


def _source(source: SourceStatus) -> str:
    age = "no date" if source.age_days is None else f"{source.age_days} days old"
    return f"{source.name}, {age}{', too old: it locates nobody' if source.stale else ''}"
