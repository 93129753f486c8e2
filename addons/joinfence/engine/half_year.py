"""Half-years: joins are counted, and reports are made, by half-year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

_JULY: Final = 7


@dataclass(frozen=True, slots=True, order=True)
class HalfYear:
    """January to June (half 1) or July to December (half 2) of a year, in UTC."""

    year: int
    half: int

    @classmethod
    def of(cls, day: date) -> HalfYear:
        """Return the half-year of a day. An instant must be in UTC."""
        return cls(day.year, 1 if day.month < _JULY else 2)

    @classmethod
    def parse(cls, text: str) -> HalfYear:
        """Return the half-year of a text such as 2026-H2. The caller has checked the format."""
        year, half = text.split("-H")
        return cls(int(year), int(half))

    @property
    def start(self) -> datetime:
        """Return the first instant of the half-year, aware."""
        return datetime(self.year, 1 if self.half == 1 else _JULY, 1, tzinfo=UTC)

    @property
    def next(self) -> HalfYear:
        """Return the next half-year."""
        return HalfYear(self.year, 2) if self.half == 1 else HalfYear(self.year + 1, 1)

    @property
    def end(self) -> datetime:
        """Return the first instant after the half-year, aware."""
        return self.next.start

    @property
    def last_day(self) -> date:
        """Return the last day of the half-year."""
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)

    def __str__(self) -> str:
        """Return text such as 2026-H2, which sorts in chronological order."""
        return f"{self.year:04d}-H{self.half}"
