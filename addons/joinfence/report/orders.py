"""The orders that were in force in a period, with the bands of their joins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from joinfence.records.tallies.bands import Bands
from joinfence.records.tallies.database import TallyKey
from joinfence.report.data import BandLine, OrderLine

if TYPE_CHECKING:
    from datetime import datetime

    from joinfence.config.orders.schema import OrderFile
    from joinfence.engine.half_year import HalfYear
    from joinfence.report.data import Ending
    from joinfence.report.facts import Facts
    from joinfence.report.period import Period


def ending(order: OrderFile) -> tuple[datetime, Ending]:
    """Return when an order ends or ended according to its file, and why."""
    ends: list[tuple[datetime, Ending]] = [(order.expires_at, "expiry")]
    if order.review_by < order.expires_at:
        ends.append((order.review_by, "missed_review"))
    if order.suspended:
        ends.append((order.suspended.since, "suspension"))
    return min(ends)


def in_force(facts: Facts, period: Period) -> list[OrderFile]:
    """Return the versions of orders that were in force in a period, by id and version."""
    overlapping = (
        order
        for order in facts.orders
        if order.effective_from < period.end and ending(order)[0] > max(period.start, order.effective_from)
    )
    return sorted(overlapping, key=lambda order: (order.id, order.version))


def order_lines(facts: Facts, period: Period) -> list[OrderLine]:
    """Return a line for each version of an order that was in force in a period.

    Each version has its own bands. A band of their sum, next to them, would reveal more than each one does.
    """
    return [_line(order, facts, period) for order in in_force(facts, period)]


def missed_reviews(facts: Facts, period: Period) -> int:
    """Return how many orders missed their review in a period, according to the event logs or their files."""
    missed = {order for at, order in facts.missed_reviews if period.holds(at)}
    latest = {order.id: order for order in in_force(facts, period)}
    for order in latest.values():
        end, cause = ending(order)
        if cause == "missed_review" and period.holds(end):
            missed.add(order.id)
    return len(missed)


def _line(order: OrderFile, facts: Facts, period: Period) -> OrderLine:
    authority = facts.register[order.authority.id]
    end, cause = ending(order)
    ended = end < period.end
    return OrderLine(
        id=order.id,
        version=order.version,
        authority=authority.id,
        country=authority.country,
        kind=authority.kind,
        instrument=order.authority.instrument,
        purpose=order.purpose,
        reference=order.authority.reference,
        mode=order.mode,
        territory=order.territory,
        meetings=len(order.meetings),
        in_force_from=order.effective_from,
        in_force_until=end if ended else None,
        ended_by=cause if ended else None,
        joins=[_joins(order, half_year, facts) for half_year in period.half_years()],
    )


def _joins(order: OrderFile, half_year: HalfYear, facts: Facts) -> BandLine:
    if facts.bands is None or order.tally == "off":
        return BandLine(half_year=str(half_year), refused=None, observed=None)
    bands = facts.bands.get(TallyKey(str(half_year), order.id, order.version), Bands())
    return BandLine(half_year=str(half_year), refused=bands.refused, observed=bands.observed)
