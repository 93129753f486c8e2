"""Half-years, the periods that joins are counted in and reports are made for."""

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
        """Return the half-year a day lies in. An instant must be in UTC."""
        return cls(day.year, 1 if day.month < _JULY else 2)

    @classmethod
    def parse(cls, text: str) -> HalfYear:
        """Return the half-year of a text such as 2026-H2, whose form has been checked."""
        year, half = text.split("-H")
        return cls(int(year), int(half))

    @property
    def start(self) -> datetime:
        """Return its first instant, aware."""
        return datetime(self.year, 1 if self.half == 1 else _JULY, 1, tzinfo=UTC)

    @property
    def next(self) -> HalfYear:
        """Return the half-year after it."""
        return HalfYear(self.year, 2) if self.half == 1 else HalfYear(self.year + 1, 1)

    @property
    def end(self) -> datetime:
        """Return the first instant after it, aware."""
        return self.next.start

    @property
    def last_day(self) -> date:
        """Return its last day."""
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)

    def __str__(self) -> str:
        """Return 2026-H2; the texts sort as the half-years do."""
        return f"{self.year:04d}-H{self.half}"
