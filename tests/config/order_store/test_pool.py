"""Many files at once: whatever becomes of the processes, every file is read."""

from __future__ import annotations

import os
import socket
import subprocess
from datetime import UTC, datetime
from multiprocessing import Pipe
from typing import TYPE_CHECKING

import pytest

from joinfence.background import progress
from joinfence.background.subprocesses import Child
from joinfence.config.order_store import pool
from joinfence.config.order_store.pool import read_many
from joinfence.config.order_store.reading import Reading, read_order_file
from joinfence.config.order_store.stored import Stored
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


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Child]:
    """Return a list that fills with the child processes that are started."""
    found: list[Child] = []

    def start(module: str) -> Child:
        found.append(Child(module))
        return found[-1]

    monkeypatch.setattr(pool, "Child", start)
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
        pytest.param("connection.recv()", id="ends when it was given what it needs"),
        pytest.param("connection.recv(); connection.recv()", id="ends when it was asked"),
        pytest.param(
            "import os; connection.recv(); os.write(connection.fileno(), b'nonsense')", id="answers nonsense"
        ),
        pytest.param(
            "import os; connection.recv(); os.write(connection.fileno(), bytes([0, 0, 1, 0]) + b'[(')",
            id="is cut off in an answer",
        ),
    ],
)
def test_what_a_child_leaves_is_read_here(
    paths: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    (tmp_path / "other.py").write_text(f"def serve(connection): {code}", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(pool, "__name__", "other")
    assert read(paths) == read_here(paths)


def test_what_a_child_that_is_killed_leaves_is_read_by_another_or_here(
    paths: list[str], monkeypatch: pytest.MonkeyPatch, started: list[Child]
) -> None:
    monkeypatch.setattr(pool, "MANY", 4)
    monkeypatch.setattr(pool, "_AT_A_TIME", 1)
    readings = read_many(paths, register=REGISTER, services=SERVICES, now=NOW)
    found = dict([next(readings)])
    started[0].process.kill()
    found.update(readings)
    assert {path: at_any_time(reading) for path, reading in found.items()} == read_here(paths)


def test_a_child_that_takes_nothing_is_done_without(
    paths: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "__name__", "this.is.no.module")
    register = {
        **REGISTER,
        "x": "-" * (1 << 20),
    }  # more than the system keeps for a process that reads nothing
    readings = read_many(paths, register=register, services=SERVICES, now=NOW)  # type: ignore[arg-type]
    assert {path: at_any_time(reading) for path, reading in readings} == read_here(paths)


def test_where_no_process_can_be_started_all_is_read_here(
    paths: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_process(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(subprocess, "Popen", no_process)
    assert read(paths) == read_here(paths)


def test_no_process_is_left_when_all_is_read(paths: list[str], started: list[Child]) -> None:
    read(paths)
    assert [child.process.poll() is not None for child in started] == [True]


def test_no_more_processes_are_started_than_there_are_lists_to_read(
    paths: list[str], monkeypatch: pytest.MonkeyPatch, started: list[Child]
) -> None:
    monkeypatch.setattr(pool, "MANY", 1)
    monkeypatch.setattr(pool, "_AT_A_TIME", 8)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(4))
    assert read(paths) == read_here(paths)
    assert all(child.process.poll() is not None for child in started)


def test_whoever_stops_in_between_leaves_no_process(paths: list[str], started: list[Child]) -> None:
    readings = read_many(paths, register=REGISTER, services=SERVICES, now=NOW)
    next(readings)
    readings.close()  # type: ignore[attr-defined]
    assert [child.process.poll() is not None for child in started] == [True]


def test_reading_makes_room_for_whoever_answers_requests(
    paths: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    paced: list[int] = []
    monkeypatch.setattr(pool, "Throttle", lambda: lambda: paced.append(1))
    assert len(read(paths)) == len(paced) == 8


def test_what_a_child_does(paths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    niceness: list[int] = []
    monkeypatch.setattr(os, "nice", niceness.append)
    ours, theirs = Pipe()
    for value in ((REGISTER, SERVICES, NOW), paths[:2], paths[6:]):
        ours.send(value)
    half_closed = socket.socket(fileno=os.dup(ours.fileno()))
    half_closed.shutdown(socket.SHUT_WR)
    with pytest.raises(EOFError):
        pool.serve(theirs)
    found = dict([*ours.recv(), *ours.recv()])
    half_closed.close()
    assert niceness == [10]
    expected = read_here(paths)
    assert {path: at_any_time(reading) for path, reading in found.items()} == {
        path: expected[path] for path in (*paths[:2], *paths[6:])
    }


def test_a_long_reading_says_how_far_it_has_come(
    paths: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(progress, "_SECONDS_BETWEEN", -1.0)
    with caplog.at_level("INFO", "joinfence"):
        read(paths)
    assert caplog.messages[-1] == "reading orders: 8 of 8"
