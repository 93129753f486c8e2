"""Many files at once: whatever becomes of the processes, every file is read."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from joinfence.background import progress, subprocesses
from joinfence.config.order_store import pool, worker
from joinfence.config.order_store.pool import read_many
from joinfence.config.order_store.stored import Stored
from joinfence.config.order_store.wire import Reading, read_order_file
from joinfence.config.orders.authorities import read_authorities
from tests.config_files import SHIPPED
from tests.order_texts import changed

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
REGISTER = read_authorities(SHIPPED / "authorities.yaml")
SERVICES: dict[str, tuple[()]] = {"demo": (), "zoom": ()}


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Write good files and a broken one, more than are asked for at a time."""
    monkeypatch.setattr(pool, "_AT_A_TIME", 3)
    found = []
    for number in range(8):
        path = tmp_path / f"{number}.yaml"
        path.write_text(changed(("id", f"DE-2026-{number:04}")), encoding="utf-8")
        found.append(str(path))
    path.write_text("schema: order/1", encoding="utf-8")
    return found


def at_any_time(reading: Reading) -> Reading:
    """Leave out whether the file had rested when it was read: that depends on when that was."""
    return reading._replace(settled=True) if isinstance(reading, Stored) else reading


def read(paths: list[str]) -> dict[str, Reading]:
    readings = read_many(paths, register=REGISTER, services=SERVICES, now=NOW)
    return {path: at_any_time(reading) for path, reading in readings}


def read_here(paths: list[str]) -> dict[str, Reading]:
    return {path: at_any_time(read_order_file(path, REGISTER, SERVICES, NOW)) for path in paths}


def test_processes_read_what_would_be_read_here(paths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    here = read_here(paths)
    monkeypatch.setattr(pool, "read_order_file", None)  # nothing is left for this process
    assert read(paths) == here


def test_several_processes_share_the_work(paths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "MANY", 4)
    assert read(paths) == read_here(paths)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("pass", id="ends at once"),
        pytest.param("input(); print('{}', flush=True)", id="answers nonsense"),
        pytest.param('input(); input(); print(\'{"problems": [], "pa', id="is cut off in an answer"),
    ],
)
def test_what_a_process_leaves_is_read_here(
    paths: list[str], monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr(subprocesses, "_START", code)
    assert read(paths) == read_here(paths)


def test_a_process_that_takes_nothing_is_done_without(
    paths: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocesses, "_START", "pass")
    monkeypatch.setattr(worker, "first_message", lambda *_: "-" * (1 << 20))  # more than a pipe holds
    assert read(paths) == read_here(paths)


def test_where_no_process_can_be_started_all_is_read_here(
    paths: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_process(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(subprocess, "Popen", no_process)
    assert read(paths) == read_here(paths)


def test_whoever_stops_in_between_leaves_no_process(
    paths: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def start(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(real(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    readings = read_many(paths, register=REGISTER, services=SERVICES, now=NOW)
    next(readings)
    readings.close()  # type: ignore[attr-defined]
    assert [process.poll() is not None for process in started] == [True]


def test_a_long_reading_says_how_far_it_has_come(
    paths: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(progress, "_SECONDS_BETWEEN", -1.0)
    with caplog.at_level("INFO", "joinfence"):
        read(paths)
    assert caplog.messages[-1] == "reading orders: 8 of 8"
