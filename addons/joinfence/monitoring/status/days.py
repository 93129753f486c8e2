"""What a fence records about its own state, by day, for the transparency report. Nothing about joins."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BaseModel, Field, ValidationError

from joinfence.background.json_files import read_json, write_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DAYS: Final = "days.json"
_MAX_DAYS: Final = 800
"""How many days are kept: two years, and some time to report the last half-year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day (UTC). `ages` is location source -> greatest age of its data in days, None if undated."""

    stale_policy_seconds: float = 0
    fail_open_seconds: float = 0
    ages: Mapping[str, int | None] = field(default_factory=dict)

    def __add__(self, other: Day) -> Day:
        """Return the sum of the seconds, and the greater age of each source."""
        ages = dict(self.ages)
        for source, age in other.ages.items():
            own = ages.get(source)
            ages[source] = age if own is None else max(own, age or 0)
        return Day(
            stale_policy_seconds=self.stale_policy_seconds + other.stale_policy_seconds,
            fail_open_seconds=self.fail_open_seconds + other.fail_open_seconds,
            ages=ages,
        )


class _Entry(BaseModel):
    stale_policy_seconds: Annotated[float, Field(ge=0)]
    fail_open_seconds: Annotated[float, Field(ge=0)]
    ages: dict[str, Annotated[int, Field(ge=0)] | None]


class _File(BaseModel):
    schema_: Literal["days/1"] = Field(alias="schema", default="days/1")
    days: dict[date, _Entry]


def read_days(folder: Path) -> dict[date, Day] | None:
    """Return the days recorded in a state folder; None if there are none. Raises OSError."""
    try:
        days = _File.model_validate(read_json(folder / DAYS)).days
    except ValidationError:
        return None
    return {day: Day(**dict(entry)) for day, entry in days.items()}


def add_to_day(folder: Path, day: date, more: Day) -> None:
    """Add to a day in a state folder. A file that cannot be read is renamed, not lost. Raises OSError."""
    days = read_days(folder)
    if days is None and (folder / DAYS).exists():
        (folder / DAYS).replace(folder / f"{DAYS}.unreadable")
    days = days or {}
    write_days(folder, {**days, day: days.get(day, Day()) + more})


def write_days(folder: Path, days: Mapping[date, Day]) -> None:
    """Write the latest days to a state folder; older ones are dropped. Raises OSError."""
    entries = {
        day: _Entry(
            stale_policy_seconds=round(days[day].stale_policy_seconds, 1),
            fail_open_seconds=round(days[day].fail_open_seconds, 1),
            ages=dict(days[day].ages),
        )
        for day in sorted(days)[-_MAX_DAYS:]
    }
    write_json(folder / DAYS, _File(days=entries).model_dump(mode="json", by_alias=True))
