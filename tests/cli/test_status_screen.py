from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from joinfence.cli.status_screen import show
from joinfence.monitoring.status.findings import findings
from tests.factories import NOW
from tests.monitoring.status.samples import DAY, change, snapshot, source

if TYPE_CHECKING:
    from joinfence.monitoring.status.snapshot import Snapshot


def screen(state: Snapshot | None) -> str:
    out = Console(file=io.StringIO(), width=100, markup=False, emoji=False, highlight=False, soft_wrap=True)
    show(state, findings(state, Path("/state"), NOW), NOW, out)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def lines(state: Snapshot | None) -> list[str]:
    return [" ".join(line.split()) for line in screen(state).splitlines()]


def test_a_healthy_fence_is_shown() -> None:
    assert [line for line in lines(snapshot()) if line and not line.startswith("──")] == [
        "Fence running for 3 days, process 4711, joinfence 0.1.0",
        "Configuration /etc/joinfence/geofence.yaml",
        "Policy 0123456789ab, loaded 5 hours ago",
        "Orders 3 in force, 1 expired",
        "Location GeoLite2-Country of 2026-11-21, 3 days old",
        "Next to change for what when in",
        "DE-2026-0001 v1 DE expires 2027-01-03 12:00+00:00 40 days",
        "nothing needs attention",
    ]


def test_a_dead_fence_with_a_stale_policy_is_marked() -> None:
    text = lines(snapshot(heartbeat=NOW - DAY, problems=["a.yaml:1:1: is bad"], sources=[source(stale=True)]))
    assert "Fence no heartbeat for 24 hours" in text
    assert "Policy 0123456789ab, loaded 5 hours ago, stale" in text
    assert "Location GeoLite2-Country of 2026-11-21, 3 days old, too old: it locates nobody" in text


def test_the_screen_never_exceeds_24_lines() -> None:
    reviews = [
        change(becomes="review_missed", at=NOW + timedelta(hours=n), territory=["AT"] * 27) for n in range(20)
    ]
    state = snapshot(
        changes=reviews,
        reviews=reviews,
        missed_reviews=[f"DE-2026-{number:04}" for number in range(20)],
        sources=[source(age_days=None)],
    )
    text = screen(state)
    assert len(text.splitlines()) <= 24
    assert "AT AT AT AT ... " in text
    assert "and 36 more; --json shows all" in text
    assert "no date" in text


def test_a_fence_without_orders_and_a_missing_fence() -> None:
    assert "Next to change" not in screen(snapshot(changes=[]))
    assert lines(None)[0] == "needs attention: no fence has written a heartbeat to /state"


def test_control_characters_are_escaped_on_the_screen() -> None:
    assert "\x1b" not in screen(snapshot(problems=["\x1b[2Jgone"], config="\x1b]0;x"))
