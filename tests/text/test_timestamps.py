from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from joinfence.text.timestamps import rfc3339


@pytest.mark.parametrize(
    ("at", "timespec", "text"),
    [
        (datetime(2026, 11, 10, tzinfo=timezone(timedelta(hours=1))), "auto", "2026-11-09T23:00:00Z"),
        (datetime(2026, 11, 9, 23, 0, 0, 500_000, tzinfo=UTC), "auto", "2026-11-09T23:00:00.500000Z"),
        (datetime(2026, 11, 9, 23, 0, 0, 500_000, tzinfo=UTC), "seconds", "2026-11-09T23:00:00Z"),
    ],
)
def test_instants_are_written_in_utc(at: datetime, timespec: str, text: str) -> None:
    assert rfc3339(at, timespec) == text
    assert datetime.fromisoformat(text) <= at
