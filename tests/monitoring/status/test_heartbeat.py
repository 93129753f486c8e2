from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from joinfence.loading.loader import Loader
from joinfence.loading.order_states import order_states
from joinfence.monitoring.status.days import read_days
from joinfence.monitoring.status.heartbeat import Heartbeat
from joinfence.monitoring.status.snapshot import STATUS, read_snapshot
from tests.config_files import copy_configs, edit
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def main(tmp_path: Path) -> Path:
    path = copy_configs(tmp_path)
    edit(path, "on_error: admit", "state: ../state\non_error: admit")
    return path


def loaded_heartbeat(main: Path, unwritten: Callable[[], dict[str, int]] = dict) -> Heartbeat:
    heartbeat, loaded = Heartbeat(unwritten), Loader(main).load(NOW)
    heartbeat.loaded(loaded)
    heartbeat.tracked(order_states(loaded, NOW))
    return heartbeat


def wait_until(true: Callable[[], bool]) -> None:
    for _ in range(6000):  # two minutes
        if true():
            return
        time.sleep(0.02)
    pytest.fail("the condition never became true")


def test_a_heartbeat_writes_to_the_folder_that_the_configuration_names(main: Path, tmp_path: Path) -> None:
    loaded_heartbeat(main).heartbeat(NOW)
    snapshot = read_snapshot(tmp_path / "state")
    assert snapshot is not None
    assert (snapshot.heartbeat, snapshot.config, snapshot.stopped) == (NOW, str(main), None)
    assert read_days(tmp_path / "state") is not None


def test_until_the_standings_are_known_nothing_is_written(main: Path, tmp_path: Path) -> None:
    heartbeat = Heartbeat()
    heartbeat.heartbeat(NOW)
    heartbeat.loaded(Loader(main).load(NOW))
    heartbeat.heartbeat(NOW)
    assert not (tmp_path / "state").exists()


def test_standings_are_written_as_soon_as_they_are_known(main: Path, tmp_path: Path) -> None:
    heartbeat = loaded_heartbeat(main)
    heartbeat.start()
    wait_until(lambda: read_snapshot(tmp_path / "state") is not None)
    ended = NOW + timedelta(days=1000)
    heartbeat.tracked(order_states(Loader(main).load(NOW), ended))
    wait_until(lambda: bool((found := read_snapshot(tmp_path / "state")) and found.orders["expired"] == 3))
    heartbeat.stop()


def test_every_change_and_the_stop_are_written_at_once(main: Path, tmp_path: Path) -> None:
    heartbeat = loaded_heartbeat(main)
    heartbeat.start()
    wait_until(lambda: read_snapshot(tmp_path / "state") is not None)
    heartbeat.not_loaded(["a.yaml:1:1: is bad"])
    wait_until(lambda: bool((found := read_snapshot(tmp_path / "state")) and found.problems))
    heartbeat.failed()
    heartbeat.alarm("the header is missing")
    heartbeat.stop()
    snapshot = read_snapshot(tmp_path / "state")
    assert snapshot is not None
    assert snapshot.stopped == snapshot.heartbeat
    assert (snapshot.failures, snapshot.alarms) == (1, ["the header is missing"])


def test_after_stop_the_thread_does_not_start() -> None:
    heartbeat = Heartbeat()
    heartbeat.stop()
    heartbeat.start()
    assert not heartbeat._thread.is_alive()


def test_records_that_cannot_be_written_are_in_the_file(main: Path, tmp_path: Path) -> None:
    loaded_heartbeat(main, lambda: {"tallies": 3}).heartbeat(NOW)
    snapshot = read_snapshot(tmp_path / "state")
    assert snapshot is not None
    assert snapshot.unwritten == ["tallies"]


def test_the_event_loop_notes_that_it_runs(main: Path, tmp_path: Path) -> None:
    async def fence() -> None:
        heartbeat = loaded_heartbeat(main)
        heartbeat.start()
        for _ in range(6000):  # two minutes
            heartbeat.not_loaded([])  # a heartbeat
            await asyncio.sleep(0.02)
            if (found := read_snapshot(tmp_path / "state")) and found.answered:
                break
        heartbeat.stop()

    asyncio.run(fence())
    snapshot = read_snapshot(tmp_path / "state")
    assert snapshot is not None
    assert snapshot.answered is not None


def test_a_folder_that_cannot_be_written_to_is_logged_once_and_tried_again(
    main: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("no folder")
    heartbeat = loaded_heartbeat(main)
    heartbeat.heartbeat(NOW)
    heartbeat.heartbeat(NOW + timedelta(seconds=10))
    assert [record.message for record in caplog.records] == [
        f"cannot write to {main.parent / '../state'}: File exists, so `joinfence status` cannot see this fence"
    ]
    (tmp_path / "state").unlink()
    heartbeat.heartbeat(NOW + timedelta(seconds=20))
    assert (tmp_path / "state" / STATUS).exists()


def test_an_internal_error_does_not_end_the_thread(
    main: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[int] = []
    real = Heartbeat.heartbeat

    def broken(self: Heartbeat, *args: object, **more: object) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError
        real(self, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Heartbeat, "heartbeat", broken)
    heartbeat = loaded_heartbeat(main)
    heartbeat.start()
    wait_until(lambda: len(calls) == 1)
    heartbeat.not_loaded([])
    wait_until(lambda: read_snapshot(tmp_path / "state") is not None)
    heartbeat.stop()
    assert "the state could not be written: RuntimeError" in caplog.text
