"""The period that a report is about: whole half-years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from joinfence.engine.half_year import HalfYear

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime


class PeriodError(Exception):
    """A period that no report is made for; the message says which ones are."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole half-years, one after the other."""

    first: HalfYear
    last: HalfYear

    @property
    def start(self) -> datetime:
        """Return its first instant, aware."""
        return self.first.start

    @property
    def end(self) -> datetime:
        """Return the first instant after it, aware."""
        return self.last.end

    def half_years(self) -> Iterator[HalfYear]:
        """Yield the half-years in it, earliest first."""
        half_year = self.first
        while half_year <= self.last:
            yield half_year
            half_year = half_year.next

    def holds(self, at: datetime | None) -> bool:
        """Tell whether an aware instant lies in it."""
        return at is not None and self.start <= at < self.end

    def holds_day(self, day: date | None) -> bool:
        """Tell whether a day lies in it."""
        return day is not None and self.start.date() <= day <= self.last.last_day


def period(first: date, last: date, now: datetime) -> Period:
    """Return the period from one day to another, both included. Raises PeriodError.

    Only whole half-years that are over: two reports whose periods overlap in part, or one that is made again
    later, could be subtracted from each other until the difference is about single people.
    """
    found = Period(HalfYear.of(first), HalfYear.of(last))
    if first != found.start.date() or last != found.last.last_day or first > last:
        message = (
            f"{first} to {last} is no period of whole half-years; a half-year is such as "
            f"--from {found.first.start.date()} --to {found.first.last_day}"
        )
        raise PeriodError(message)
    if now < found.end:
        message = (
            f"the period ends on {last} (UTC) and is not over; make its report from {found.end.date()} on"
        )
        raise PeriodError(message)
    return found
