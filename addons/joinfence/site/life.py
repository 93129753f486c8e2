"""The history of one version of an order: when it was published, paused or superseded, and its states."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BeforeValidator, Field

from joinfence.config.yaml.fields import Instant, Text
from joinfence.config.yaml.validate import Model
from joinfence.engine.order import MICROSECOND, Standing, standing
from joinfence.site.public_order import PublicOrder

if TYPE_CHECKING:
    from collections.abc import Iterator


def _text(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


Moment = Annotated[Instant, BeforeValidator(_text)]


class State(StrEnum):
    """The state of a version, as the public pages show it."""

    IN_FORCE = "in_force"
    UPCOMING = "upcoming"
    SUSPENDED = "suspended"
    REVIEW_MISSED = "review_missed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


ENDED: Final = frozenset({State.EXPIRED, State.WITHDRAWN, State.SUPERSEDED})

_STATES: Final = {
    Standing.IN_FORCE: State.IN_FORCE,
    Standing.NOT_YET_EFFECTIVE: State.UPCOMING,
    Standing.REVIEW_MISSED: State.REVIEW_MISSED,
    Standing.EXPIRED: State.EXPIRED,
}


class Pause(Model):
    """A time in which a version was not in force whatever its dates say; it is open without `until`."""

    kind: Literal["suspended", "withdrawn"]
    since: Moment
    until: Moment | None = None
    reason: Text | None = None

    def is_open(self, kind: str) -> bool:
        """Tell whether the pause is of this kind and has not ended."""
        return self.kind == kind and self.until is None

    def covers(self, at: datetime) -> bool:
        """Tell whether an instant is in the pause."""
        return self.since <= at and (self.until is None or at < self.until)


class Revision(Model):
    """An edit of a published version; `parts` are the names of the changed fields."""

    at: Moment
    parts: list[Text]


class Version(Model):
    """One version of an order with its history, as in `order.json`. All instants are aware."""

    order: PublicOrder
    published_at: Moment
    superseded_at: Moment | None = None
    pauses: list[Pause] = Field(default_factory=list)
    revisions: list[Revision] = Field(default_factory=list)

    def state(self, at: datetime) -> State:
        """Return the state of the version at an aware instant, as far as it is known today."""
        if at >= self.order.expires_at:
            return State.EXPIRED
        if self.superseded_at is not None and at >= self.superseded_at:
            return State.SUPERSEDED
        for pause in self.pauses:
            if pause.covers(at):
                return State(pause.kind)
        return _STATES[standing(self.order.order(), at)]

    def instants(self) -> Iterator[datetime]:
        """Yield the instants at which the state can change, because of a date, a pause or a new version."""
        order = self.order
        yield from (order.effective_from, order.expires_at, order.review_by + MICROSECOND)
        for pause in self.pauses:
            yield pause.since
            if pause.until is not None:
                yield pause.until
        if self.superseded_at is not None:
            yield self.superseded_at
