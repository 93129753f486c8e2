"""A running fence starts, suspends and ends an order to the second, without a reload, even if its clock jumps.

libfaketime gives the fence a clock that stands where a file says, and is asked anew at each reading.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from tests.config_files import copy_configs, edit
from tests.e2e.harness import AMERICA, GERMANY, Fence, Upstream

pytestmark = pytest.mark.e2e

JOIN: Final = "/api/meetings/townhall/join"
SECOND: Final = timedelta(seconds=1)
EFFECTIVE, REVIEW, SUSPENDED, EXPIRES = (
    datetime.fromisoformat(f"2026-11-{day}T00:00:00+01:00") for day in ("10", "20", "25", "28")
)


def library() -> str:
    found = sorted(str(path) for path in Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        message = "libfaketime is not installed; .ci/run installs it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found[0]


class Clock:
    """The clock of a process that is started with `environment`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "clock"
        self.environment = {
            "LD_PRELOAD": library(),
            "FAKETIME_TIMESTAMP_FILE": str(self._path),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
            "TZ": "UTC",
        }

    def set(self, at: datetime) -> None:
        new = self._path.with_suffix(".new")
        new.write_text(at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"))
        new.replace(self._path)


def fence_at(folder: Path, upstream: Upstream, clock: Clock, *edits: tuple[str, str]) -> Fence:
    main = copy_configs(folder)
    order = main.parent / "orders" / "DE-2026-0001.yaml"
    edit(order, "expires_at: 2027-02-08T00:00:00+01:00", f"expires_at: {EXPIRES.isoformat()}")
    for old, new in edits:
        edit(order, old, new)
    return Fence(folder, upstream.port, main, environment=clock.environment)


def statuses(fence: Fence, clock: Clock, instants: list[datetime], client: str = GERMANY) -> list[int]:
    found = []
    for at in instants:
        clock.set(at)
        found.append(fence.get(JOIN, client, method="POST").status)
    return found


def around(at: datetime) -> list[datetime]:
    return [at - SECOND, at, at + SECOND]


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    made = Clock(tmp_path)
    made.set(SUSPENDED - timedelta(days=1))
    return made


REVIEWED_AT_THE_END: Final = ("review_by: 2027-01-10T00:00:00+01:00", f"review_by: {EXPIRES.isoformat()}")
REVIEWED: Final = ("review_by: 2027-01-10T00:00:00+01:00", f"review_by: {REVIEW.isoformat()}")
SUSPENSION: Final = (
    "territory: [DE]",
    f"territory: [DE]\nsuspended: {{since: {SUSPENDED.isoformat()}, reason: An appeal.}}",
)


@pytest.mark.parametrize(
    ("edits", "at", "expected"),
    [
        pytest.param((REVIEWED_AT_THE_END,), EFFECTIVE, [200, 451, 451], id="effective_from"),
        pytest.param((REVIEWED,), REVIEW, [451, 451, 200], id="the end of review_by"),
        pytest.param((REVIEWED_AT_THE_END,), EXPIRES, [451, 200, 200], id="expires_at"),
        pytest.param((REVIEWED_AT_THE_END, SUSPENSION), SUSPENDED, [451, 200, 200], id="suspended.since"),
    ],
)
def test_the_decision_changes_at_the_second_without_a_reload(
    tmp_path: Path,
    upstream: Upstream,
    clock: Clock,
    edits: tuple[tuple[str, str], ...],
    at: datetime,
    expected: list[int],
) -> None:
    with fence_at(tmp_path, upstream, clock, *edits) as fence:
        assert statuses(fence, clock, around(at)) == expected
        assert statuses(fence, clock, around(at)[::-1]) == expected[::-1], "and back"
        assert statuses(fence, clock, around(at), AMERICA) == [200, 200, 200], "and for nobody elsewhere"
        assert fence.log.count(" in force: ") == 1, "one policy, never loaded again"


def test_after_a_clock_jump_the_decision_follows_the_dates(
    tmp_path: Path, upstream: Upstream, clock: Clock
) -> None:
    year = timedelta(days=365)
    inside, outside = EFFECTIVE + SECOND, EXPIRES + year
    instants = [inside, outside, inside, EFFECTIVE - 10 * year, EXPIRES - SECOND, EXPIRES, EFFECTIVE]
    with fence_at(tmp_path, upstream, clock, REVIEWED_AT_THE_END) as fence:
        assert statuses(fence, clock, instants) == [451, 200, 451, 200, 451, 200, 451]
        assert fence.log.count(" in force: ") == 1
