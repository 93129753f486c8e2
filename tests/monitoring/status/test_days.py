from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from joinfence.monitoring.status.days import DAYS, Day, add_to_day, read_days, write_days

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 25)


def test_seconds_of_a_day_add_up_and_the_greatest_age_is_kept(tmp_path: Path) -> None:
    add_to_day(tmp_path, TODAY, Day(stale_policy_seconds=10, ages={"a": 3, "r": None}))
    add_to_day(tmp_path, TODAY, Day(fail_open_seconds=5.25, ages={"a": 2, "b": 1, "r": None}))
    add_to_day(tmp_path, TODAY + timedelta(days=1), Day())
    assert read_days(tmp_path) == {
        TODAY: Day(stale_policy_seconds=10, fail_open_seconds=5.2, ages={"a": 3, "r": None, "b": 1}),
        TODAY + timedelta(days=1): Day(),
    }


@pytest.mark.parametrize(
    ("one", "other", "expected"), [(None, None, None), (None, 4, 4), (4, None, 4), (4, 5, 5), (5, 4, 5)]
)
def test_the_greater_age_of_a_source_is_kept(
    one: int | None, other: int | None, expected: int | None
) -> None:
    assert (Day(ages={"a": one}) + Day(ages={"a": other})).ages == {"a": expected}


def test_without_a_file_there_are_no_days(tmp_path: Path) -> None:
    assert read_days(tmp_path) is None


@pytest.mark.parametrize(
    "content", ["{", '{"schema": "days/2", "days": {}}', '{"schema": "days/1", "days": {"x": {}}}']
)
def test_a_file_that_cannot_be_read_is_renamed_and_not_lost(tmp_path: Path, content: str) -> None:
    (tmp_path / DAYS).write_text(content)
    add_to_day(tmp_path, TODAY, Day(fail_open_seconds=1))
    assert read_days(tmp_path) == {TODAY: Day(fail_open_seconds=1)}
    assert (tmp_path / "days.json.unreadable").read_text() == content


def test_old_days_are_dropped(tmp_path: Path) -> None:
    write_days(tmp_path, {TODAY - timedelta(days=number): Day() for number in range(1000)})
    days = read_days(tmp_path)
    assert days is not None
    assert (len(days), min(days), max(days)) == (800, TODAY - timedelta(days=799), TODAY)


def test_nothing_but_seconds_and_ages_is_kept(tmp_path: Path) -> None:
    add_to_day(tmp_path, TODAY, Day(ages={"a": 1}))
    (entry,) = json.loads((tmp_path / DAYS).read_text())["days"].values()
    assert entry.keys() == {"stale_policy_seconds", "fail_open_seconds", "ages"}
