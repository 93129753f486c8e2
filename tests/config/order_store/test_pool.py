"""Many files are read in child processes; whichever of these fail, every file is read."""

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
from joinfence.config.order_store.stored import StoredOrder
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
    """Write good files and a broken one, more than fit in a batch."""
    monkeypatch.setattr(pool, "_BATCH_SIZE", 3)
    found = []
    for number in range(8):
        path = tmp_path / f"{number}.yaml"
        path.write_text(changed(("id", f"DE-2026-{number:04}")), encoding="utf-8")
        found.append(str(path))
    path.write_text("schema: order/1", encoding="utf-8")
    return found


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Child]:
    """Return a list to which every started child process is added."""
    found: list[Child] = []

    def start(module: str) -> Child:
        found.append(Child(module))
        return found[-1]

    monkeypatch.setattr(pool, "Child", start)
    return found


def without_settled(reading: Reading) -> Reading:
    """Remove the one field that depends on when the file was read."""
    return reading._replace(settled=True) if isinstance(reading, StoredOrder) else reading


def read(paths: list[str]) -> dict[str, Reading]:
    readings = read_many(paths, register=REGISTER, services=SERVICES, now=NOW)
    return {path: without_settled(reading) for path, reading in readings}


def read_here(paths: list[str]) -> dict[str, Reading]:
    return {path: without_settled(read_order_file(path, REGISTER, SERVICES, NOW)) for path in paths}


def test_child_processes_return_the_same_results(paths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    here = read_here(paths)
    monkeypatch.setattr(pool, "read_order_file", None)  # nothing is read in this process
    assert read(paths) == here


def test_several_child_processes_share_the_work(paths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "MANY", 4)
    assert read(paths) == read_here(paths)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("pass", id="ends at once"),
        pytest.param("connection.recv()", id="ends after the context"),
        pytest.param("connection.recv(); connection.recv()", id="ends after the question"),
        pytest.param(
            "import os; connection.recv(); os.write(connection.fileno(), b'nonsense')",
            id="answers with nonsense",
        ),
        pytest.param(
            "import os; connection.recv(); os.write(connection.fileno(), bytes([0, 0, 1, 0]) + b'[(')",
            id="ends within an answer",
        ),
    ],
)
def test_files_that_a_child_has_not_read_are_read_here(
    paths: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    (tmp_path / "other.py").write_text(f"def serve(connection): {code}", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(pool, "__name__", "other")
    assert read(paths) == read_here(paths)


def test_files_of_a_killed_child_are_read_by_another_child_or_here(
    paths: list[str], monkeypatch: pytest.MonkeyPatch, started: list[Child]
) -> None:
    monkeypatch.setattr(pool, "MANY", 4)
    monkeypatch.setattr(pool, "_BATCH_SIZE", 1)
    readings = read_many(paths, register=REGISTER, services=SERVICES, now=NOW)
    found = dict([next(readings)])
    started[0].process.kill()
    found.update(readings)
    assert {path: without_settled(reading) for path, reading in found.items()} == read_here(paths)


def test_a_child_that_never_receives_anything_does_not_block(
    paths: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "__name__", "this.is.no.module")
    register = {
        **REGISTER,
        "x": "-" * (1 << 20),
    }  # more than the system keeps for a process that reads nothing
    readings = read_many(paths, register=register, services=SERVICES, now=NOW)  # type: ignore[arg-type]
    assert {path: without_settled(reading) for path, reading in readings} == read_here(paths)


def test_if_no_process_can_be_started_all_files_are_read_here(
    paths: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_process(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(subprocess, "Popen", no_process)
    assert read(paths) == read_here(paths)


def test_a_batch_is_answered_in_parts(
    paths: list[str], monkeypatch: pytest.MonkeyPatch, started: list[Child]
) -> None:
    monkeypatch.setattr(pool, "_BATCH_SIZE", 24)
    readings = read_many(3 * paths, register=REGISTER, services=SERVICES, now=NOW)
    first = [next(readings) for _ in range(10)]
    assert [path for path, _ in first] == [*paths, *paths[:2]]
    started[0].process.kill()
    assert len(list(readings)) == 14, "the rest is read here"
    assert len(list(read_many(3 * paths, register=REGISTER, services=SERVICES, now=NOW))) == 24


def test_paths_are_not_kept_twice(paths: list[str]) -> None:
    found = {id(path) for path, _ in read_many(paths, register=REGISTER, services=SERVICES, now=NOW)}
    assert found == set(map(id, paths))


def test_no_child_process_is_left_at_the_end(paths: list[str], started: list[Child]) -> None:
    read(paths)
    assert [child.process.poll() is not None for child in started] == [True]


def test_children_for_which_there_is_no_batch_are_ended(
    paths: list[str], monkeypatch: pytest.MonkeyPatch, started: list[Child]
) -> None:
    monkeypatch.setattr(pool, "MANY", 1)
    monkeypatch.setattr(pool, "_BATCH_SIZE", 8)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(4))
    assert read(paths) == read_here(paths)
    assert all(child.process.poll() is not None for child in started)


def test_no_child_process_is_left_if_reading_is_cancelled(paths: list[str], started: list[Child]) -> None:
    readings = read_many(paths, register=REGISTER, services=SERVICES, now=NOW)
    next(readings)
    readings.close()  # type: ignore[attr-defined]
    assert [child.process.poll() is not None for child in started] == [True]


def test_reading_is_throttled(paths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    throttled: list[int] = []
    monkeypatch.setattr(pool, "Throttle", lambda: lambda: throttled.append(1))
    assert len(read(paths)) == len(throttled) == 8


def test_a_child_reads_batches_at_low_priority(paths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    niceness: list[int] = []
    monkeypatch.setattr(os, "nice", niceness.append)
    ours, theirs = Pipe()
    monkeypatch.setattr(pool, "_PART_SIZE", 2)
    for value in ((REGISTER, SERVICES, NOW), paths[:3], paths[6:]):
        ours.send(value)
    half_closed = socket.socket(fileno=os.dup(ours.fileno()))
    half_closed.shutdown(socket.SHUT_WR)
    with pytest.raises(EOFError):
        pool.serve(theirs)
    parts = [ours.recv() for _ in range(3)]
    half_closed.close()
    assert niceness == [10]
    assert [len(part) for part in parts] == [2, 1, 2]
    here = read_here(paths)
    found = [without_settled(reading) for part in parts for reading in part]
    assert found == [here[path] for path in (*paths[:3], *paths[6:])]


def test_progress_is_logged(
    paths: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(progress, "_SECONDS_BETWEEN", -1.0)
    with caplog.at_level("INFO", "joinfence"):
        read(paths)
    assert caplog.messages[-1] == "reading orders: 8 of 8"
