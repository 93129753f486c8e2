"""The period that a report is about: whole half-years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from joinfence.engine.half_year import HalfYear

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime


class PeriodError(Exception):
    """There are no reports for such a period; the message says which periods are possible."""


@dataclass(frozen=True, slots=True)
class Period:
    """Consecutive whole half-years."""

    first: HalfYear
    last: HalfYear

    @property
    def start(self) -> datetime:
        """Return the first instant of the period, aware."""
        return self.first.start

    @property
    def end(self) -> datetime:
        """Return the first instant after the period, aware."""
        return self.last.end

    def half_years(self) -> Iterator[HalfYear]:
        """Yield the half-years of the period, earliest first."""
        half_year = self.first
        while half_year <= self.last:
            yield half_year
            half_year = half_year.next

    def holds(self, at: datetime | None) -> bool:
        """Tell whether an aware instant is in the period."""
        return at is not None and self.start <= at < self.end

    def holds_day(self, day: date | None) -> bool:
        """Tell whether a day is in the period."""
        return day is not None and self.start.date() <= day <= self.last.last_day


def period(first: date, last: date, now: datetime) -> Period:
    """Return the period from one day to another, both included. Raises PeriodError.

    Only whole half-years that are over are possible. Otherwise reports whose periods partly overlap, or a
    report that is made again later, could be subtracted from each other, and the difference could reveal
    individual people.
    """
    found = Period(HalfYear.of(first), HalfYear.of(last))
    if first != found.start.date() or last != found.last.last_day or first > last:
        message = (
            f"{first} to {last} is not a period of whole half-years; a half-year is, for example, "
            f"--from {found.first.start.date()} --to {found.first.last_day}"
        )
        raise PeriodError(message)
    if now < found.end:
        message = (
            f"the period ends on {last} (UTC) and is not over yet; "
            f"make its report on {found.end.date()} or later"
        )
        raise PeriodError(message)
    return found
