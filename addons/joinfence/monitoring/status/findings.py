"""What needs a person's attention in a fence, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from joinfence.records.census import SOON
from joinfence.text.durations import duration

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from joinfence.monitoring.status.snapshot import Snapshot

MAX_MISSED: Final = 3
"""After more missed heartbeats than this a fence counts as dead."""

_RECORDS: Final = {"tallies": "the tallies", "event_log": "the event log"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that needs a person: what it is, and what to do."""

    what: str
    to_do: str


def is_alive(snapshot: Snapshot, now: datetime) -> bool:
    """Return whether the fence that wrote a snapshot seems to be running at an aware instant."""
    silence = now - snapshot.heartbeat
    return snapshot.stopped is None and silence <= MAX_MISSED * timedelta(seconds=snapshot.heartbeat_seconds)


def _is_responsive(snapshot: Snapshot) -> bool:
    silence = snapshot.heartbeat - (snapshot.answered or snapshot.heartbeat)
    return silence <= MAX_MISSED * timedelta(seconds=snapshot.heartbeat_seconds)


def findings(snapshot: Snapshot | None, folder: Path, now: datetime) -> list[Finding]:
    """Return what needs a person at an aware instant, the most pressing first."""
    if snapshot is None:
        return [
            Finding(
                f"no fence has written a heartbeat to {folder}",
                "start it, or name its state folder with --state; its log says so if it cannot write there",
            )
        ]
    return [*_life(snapshot, now), *_policy(snapshot, now), *_orders(snapshot, now), *_location(snapshot)]


def _life(snapshot: Snapshot, now: datetime) -> Iterator[Finding]:
    if snapshot.stopped is not None:
        yield Finding(f"the fence was stopped {duration(now - snapshot.stopped)} ago", "start it")
    elif not is_alive(snapshot, now):
        yield Finding(
            f"the last heartbeat of the fence was {duration(now - snapshot.heartbeat)} ago "
            f"(process {snapshot.pid})",
            "look at its log: if it has ended, start it again, since nothing is refused meanwhile; if it "
            "cannot write to its state folder, free disk space or correct the permissions",
        )
    elif snapshot.answered is not None and not _is_responsive(snapshot):
        silence = duration(snapshot.heartbeat - snapshot.answered)
        yield Finding(
            f"the fence hangs: nothing has passed through it for {silence}",
            "look at its log and start it again",
        )
    if snapshot.heartbeat - now > MAX_MISSED * timedelta(seconds=snapshot.heartbeat_seconds):
        ahead = duration(snapshot.heartbeat - now)
        yield Finding(
            f"the last heartbeat is {ahead} in the future: the fence may be dead",
            "set the clocks; orders begin and end by the clock of the fence",
        )
    for alarm in snapshot.alarms:
        yield Finding(alarm, "see the client address in the manual, and run joinfence probe")
    if snapshot.failures:
        yield Finding(
            f"the fence itself failed {snapshot.failures} times since it started",
            "look for the errors in its log and report them; on_error decides what happens to such joins",
        )
    for record in snapshot.unwritten:
        yield Finding(
            f"{_RECORDS.get(record, record)} cannot be written; everything else goes on",
            "its log says why; free disk space, or correct the permissions of its state folder",
        )


def _policy(snapshot: Snapshot, now: datetime) -> Iterator[Finding]:
    if snapshot.problems:
        age = duration(now - (snapshot.problems_at or now))
        yield Finding(
            f"an edit made {age} ago is not in force (the previous version still is): {snapshot.problems[0]}",
            f"fix {_problems(len(snapshot.problems))}; the fence notices the change by itself",
        )


def _problems(count: int) -> str:
    return "it" if count == 1 else f"all {count} problems that joinfence check shows"


def _orders(snapshot: Snapshot, now: datetime) -> Iterator[Finding]:
    for order in snapshot.missed_reviews:
        yield Finding(
            f"the review of {order} was missed: it is not in force",
            "review it and set review_by in a new version, or remove its file",
        )
    for order in snapshot.unapproved:
        yield Finding(
            f"{order} is not approved: it is not in force",
            "have it signed, or remove its file; joinfence check says what is missing",
        )
    for order in snapshot.unpublished:
        yield Finding(
            f"the public pages do not show the current {order}: it is not in force",
            "run joinfence site build; site.folder names the folder",
        )
    for change in snapshot.reviews:
        if change.at - now <= SOON:
            left = duration(change.at - now)
            yield Finding(
                f"{change.order} must be reviewed by {change.at.isoformat()}, in {left}",
                "review it and set review_by in a new version; otherwise it goes out of force by itself",
            )


def _location(snapshot: Snapshot) -> Iterator[Finding]:
    for source in snapshot.sources:
        if source.stale:
            yield Finding(
                f"{source.name} is older than max_age_days allows, so it is not used",
                "download a newer database; the fence notices it by itself",
            )
