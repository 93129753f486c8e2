"""The worked example in configs/reports: what its two nodes counted, and how its reports are made.

Run `python tests/report/example.py` to write the nodes and reports again.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from joinfence.loading.loader import Loader
from joinfence.monitoring.status.days import Day, write_days
from joinfence.monitoring.status.fence_state import FenceState
from joinfence.monitoring.status.snapshot import Snapshot, SourceStatus, write_snapshot
from joinfence.records.log.files import TALLIES
from joinfence.records.tallies.database import Tally, TallyKey, TallyStore
from joinfence.report.compose import compose
from joinfence.report.period import period
from joinfence.report.publish import publish
from joinfence.report.reading import read_facts

if TYPE_CHECKING:
    from joinfence.report.data import Report
    from joinfence.report.facts import Facts
    from joinfence.report.period import Period

ROOT: Final = Path(__file__).parents[2] / "configs" / "reports"
HALF_YEARS: Final = {
    "2026-H1": (date(2026, 1, 1), date(2026, 6, 30)),
    "2026-H2": (date(2026, 7, 1), date(2026, 12, 31)),
}
LANGUAGES: Final = ("en", "de")
AT: Final = datetime(2027, 1, 20, tzinfo=UTC)

COUNTS: Final = {
    "a": {
        ("2026-H1", "FR-2026-0001"): (61, 0),
        ("2026-H1", "DE-2026-0002"): (4, 0),
        ("2026-H1", "NL-2026-0001"): (733, 0),
        ("2026-H2", "NL-2026-0001"): (218, 0),
        ("2026-H2", "DE-2026-0001"): (5, 0),
        ("2026-H2", "PT-2026-0002"): (912, 0),
    },
    "b": {
        ("2026-H1", "FR-2026-0001"): (47, 0),
        ("2026-H1", "NL-2026-0001"): (402, 0),
        ("2026-H2", "DE-2026-0001"): (6, 0),
        ("2026-H2", "PT-2026-0002"): (377, 0),
    },
}
REGISTRY: Final = "registry (iptocc 3.3.170)"
DATABASE: Final = "GeoLite2-Country"


def facts(main: Path = ROOT / "geofence.yaml") -> Facts:
    """Return the facts of the example."""
    nodes = [main.parent / "nodes" / name for name in COUNTS]
    return read_facts(main, archive=[], states=nodes, today=AT.date())


def example_report(half_year: str) -> tuple[Report, Facts, Period]:
    """Return the report of a half-year with its facts and period."""
    found, chosen = facts(), period(*HALF_YEARS[half_year], AT)
    return compose(found, chosen), found, chosen


def make_nodes() -> None:
    """Write the state folders of the two nodes."""
    for name, tallies in COUNTS.items():
        folder = ROOT / "nodes" / name
        shutil.rmtree(folder, ignore_errors=True)
        counted = {TallyKey(half, order, 1): Tally(*counts) for (half, order), counts in tallies.items()}
        TallyStore(folder).add(counted)
        with contextlib.closing(sqlite3.connect(folder / TALLIES)) as database:
            database.execute("PRAGMA journal_mode = DELETE")  # so that readers create no files beside it
        write_days(folder, dict(_days(name)))
        write_snapshot(folder, _snapshot())


def _days(node: str) -> list[tuple[date, Day]]:
    """Return the daily records of a node: databases age for 30 days, and one node had two bad days."""
    bad = {date(2026, 3, 9): Day(stale_policy_seconds=1500), date(2026, 10, 14): Day(fail_open_seconds=660)}
    days = []
    for number in range(365):
        day = date(2026, 1, 1) + timedelta(days=number)
        record = Day(ages={REGISTRY: None, DATABASE: number % 30})
        days.append((day, record + bad[day] if node == "a" and day in bad else record))
    return days


def _snapshot() -> Snapshot:
    """Return the status of a fence of the example on a Monday in December."""
    now = datetime(2026, 12, 28, 9, tzinfo=UTC)
    fence_state = FenceState(now - timedelta(days=12, hours=3))
    loaded = Loader(ROOT / "geofence.yaml").load(now)
    fence_state.loaded(loaded, now - timedelta(hours=20))
    snapshot, _day = fence_state.at(now - timedelta(seconds=4), stopped=False)
    assert snapshot is not None
    database = SourceStatus(name=f"{DATABASE} of 2026-12-02", age_days=26, stale=False)
    return snapshot.model_copy(
        update={
            "config": "/etc/joinfence/geofence.yaml",
            "pid": 4711,
            "revision": "533147cccd61",
            "sources": [*snapshot.sources, database],
        }
    )


def make_reports() -> None:
    """Write the reports of both half-years."""
    for half_year in HALF_YEARS:
        shutil.rmtree(ROOT / half_year, ignore_errors=True)
        publish(*example_report(half_year), ROOT / half_year, LANGUAGES)


if __name__ == "__main__":
    make_nodes()
    make_reports()
