"""A documented order, and where it stands at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from joinfence.engine.approvals import NO_APPROVAL_REQUIRED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from joinfence.engine.approvals import Approvals
    from joinfence.engine.values import Join


class Mode(StrEnum):
    """Whether an order refuses joins, or only shows which ones it would refuse."""

    ENFORCE = "enforce"
    OBSERVE = "observe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """An authority of the register: `name` is language -> name, `competence` where it may order."""

    id: str
    name: Mapping[str, str]
    kind: str
    competence: tuple[str, ...]
    official_url: str

    @property
    def country(self) -> str:
        """Return the ISO 3166-1 code of the country of its first territory."""
        return self.competence[0].partition("-")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalBasis:
    """One legal provision that an order is based on, as cited."""

    citation: str
    scheme: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redress:
    """How to contest: before the authority (`how`, `url`, `language`), and with the operator."""

    how: str
    url: str
    language: str
    operator_contact: str
    answer_within_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A documented order: what is needed to decide on a join and to explain a refusal.

    All instants are aware. `reasons` is language -> text. `meetings` are in canonical form. `published` is
    False only for an order that must have a public page before it can be in force and does not have one yet.
    `page_digest` is a hash of everything the page shows that is not a field here.
    """

    id: str
    version: int
    purpose: str
    mode: Mode
    authority: Authority
    instrument: str
    reference: str
    issued_on: date
    legal_basis: tuple[LegalBasis, ...]
    reasons: Mapping[str, str]
    territory: tuple[str, ...]
    meetings: tuple[Join, ...]
    effective_from: datetime
    expires_at: datetime
    review_by: datetime
    suspended_since: datetime | None
    redress: Redress
    approvals: Approvals = NO_APPROVAL_REQUIRED
    tally: bool = True
    published: bool = True
    page_digest: str = ""


class Standing(StrEnum):
    """Where an order stands at an instant."""

    IN_FORCE = "in_force"
    NOT_YET_EFFECTIVE = "not_yet_effective"
    REVIEW_MISSED = "review_missed"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    UNAPPROVED = "unapproved"
    UNPUBLISHED = "unpublished"


MICROSECOND: Final = timedelta(microseconds=1)
"""From one instant to the next: a review is missed from just after `review_by`."""


def standing(order: Order, at: datetime) -> Standing:
    """Return where the order stands at the aware instant `at`.

    An order is in force from `effective_from` until before `expires_at`, as long as `at` is not past
    `review_by`, the order is not suspended, its approvals are complete, and its page is public if it has to
    be. The answer is computed anew each time; nothing is scheduled, so a clock change cannot make it wrong.
    """
    if at >= order.expires_at:
        return Standing.EXPIRED
    if blocked := _blocked(order, at):
        return blocked
    if at < order.effective_from:
        return Standing.NOT_YET_EFFECTIVE
    if at > order.review_by:
        return Standing.REVIEW_MISSED
    return Standing.IN_FORCE


def _blocked(order: Order, at: datetime) -> Standing | None:
    """Return what keeps the order out of force regardless of its dates, None if nothing does."""
    if order.approvals.suspended_by or (order.suspended_since is not None and at >= order.suspended_since):
        return Standing.SUSPENDED
    if not order.approvals.complete_at(at):
        return Standing.UNAPPROVED
    return None if order.published else Standing.UNPUBLISHED


def next_change(order: Order, at: datetime) -> tuple[datetime, Standing] | None:
    """Return the next instant at or after `at` when time alone changes the order's standing, and the new one.

    None if its standing will not change any more. A review counts as missed from just after `review_by`; for
    that change, `review_by` itself is the instant returned.
    """
    now = standing(order, at)
    for instant in sorted(each for each in _bounds(order) if each >= at):
        after = standing(order, instant + MICROSECOND)
        if after is not now:
            return instant, after
    return None


def last_bound(order: Order, at: datetime) -> datetime | None:
    """Return the latest instant up to `at` at which time alone may have changed the standing, if any."""
    return max((each for each in _bounds(order) if each <= at), default=None)


def _bounds(order: Order) -> set[datetime]:
    """Return the instants at which time alone may change the order's standing."""
    approved = (bound for period in order.approvals.periods for bound in period)
    instants = (order.effective_from, order.expires_at, order.review_by, order.suspended_since, *approved)
    return {each for each in instants if each is not None}
