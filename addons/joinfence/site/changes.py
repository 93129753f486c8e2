"""Every change to orders and rejected demands, as the feeds list them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from joinfence.site.life import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from joinfence.site.life import Version
    from joinfence.site.rejected import RejectedDemand


class ChangeKind(StrEnum):
    """What happened."""

    PUBLISHED = "published"
    REVISED = "revised"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    REVIEW_MISSED = "review_missed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change, at an aware instant, to a version of an order, or the rejection of a demand."""

    at: datetime
    kind: ChangeKind
    version: Version | None = None
    rejected: RejectedDemand | None = None

    @property
    def order_key(self) -> tuple[datetime, str, int, int]:
        """Return the sort key of a change: instant, id, version, and kind in the order of the enum."""
        rank = list(ChangeKind).index(self.kind)
        if self.version is not None:
            return self.at, self.version.order.id, self.version.order.version, rank
        return self.at, self.rejected.id if self.rejected else "", 0, rank


def changes(
    versions: Iterable[Version], rejected: Iterable[RejectedDemand], at: datetime
) -> tuple[Change, ...]:
    """Return every change up to an aware instant, the latest first."""
    found = [change for version in versions for change in _of_version(version)]
    found += [Change(at=each.at, kind=ChangeKind.REJECTED, rejected=each) for each in rejected]
    past = (change for change in found if change.at <= at)
    return tuple(sorted(past, key=lambda change: change.order_key, reverse=True))


def _of_version(version: Version) -> Iterator[Change]:
    yield Change(at=version.published_at, kind=ChangeKind.PUBLISHED, version=version)
    for revision in version.revisions:
        yield Change(at=revision.at, kind=ChangeKind.REVISED, version=version)
    # A version that replaces another one has no changes before it is published, even if it took effect
    # earlier.
    start = version.published_at if version.order.version > 1 else min(version.instants())
    before = State.UPCOMING
    for instant in sorted({max(each, start) for each in version.instants()}):
        after = version.state(instant)
        if after is not before:
            yield Change(at=instant, kind=_kind(before, after), version=version)
        before = after


def _kind(before: State, after: State) -> ChangeKind:
    match after:
        case State.IN_FORCE | State.UPCOMING:
            return ChangeKind.IN_FORCE if before is State.UPCOMING else ChangeKind.RESUMED
        case State.SUSPENDED:
            return ChangeKind.SUSPENDED
        case State.REVIEW_MISSED:
            return ChangeKind.REVIEW_MISSED
        case State.EXPIRED:
            return ChangeKind.EXPIRED
        case State.WITHDRAWN:
            return ChangeKind.WITHDRAWN
        case State.SUPERSEDED:
            return ChangeKind.SUPERSEDED
        case _:
            assert_never(after)
