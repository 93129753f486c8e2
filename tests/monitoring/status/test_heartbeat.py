from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from joinfence.loading.loader import Loader
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


def loaded_pulse(main: Path) -> Heartbeat:
    heartbeat = Heartbeat()
    heartbeat.loaded(Loader(main).load(NOW))
    return heartbeat


def eventually(true: Callable[[], bool]) -> None:
    for _ in range(6000):  # two minutes
        if true():
            return
        time.sleep(0.02)
    pytest.fail("it did not come true")


def test_a_beat_leaves_the_state_in_the_folder_that_the_configuration_names(
    main: Path, tmp_path: Path
) -> None:
    loaded_pulse(main).heartbeat(NOW)
    snapshot = read_snapshot(tmp_path / "state")
    assert snapshot is not None
    assert (snapshot.heartbeat, snapshot.config, snapshot.stopped) == (NOW, str(main), None)
    assert read_days(tmp_path / "state") is not None


def test_before_the_first_policy_nothing_is_written(tmp_path: Path) -> None:
    Heartbeat().heartbeat(NOW)
    assert not (tmp_path / "state").exists()


def test_every_change_is_written_at_once_and_the_end_too(main: Path, tmp_path: Path) -> None:
    heartbeat = loaded_pulse(main)
    heartbeat.start()
    eventually(lambda: read_snapshot(tmp_path / "state") is not None)
    heartbeat.not_loaded(["a.yaml:1:1: is bad"])
    eventually(lambda: bool((found := read_snapshot(tmp_path / "state")) and found.problems))
    heartbeat.failed()
    heartbeat.alarm("the header is missing")
    heartbeat.stop()
    snapshot = read_snapshot(tmp_path / "state")
    assert snapshot is not None
    assert snapshot.stopped == snapshot.heartbeat
    assert (snapshot.failures, snapshot.alarms) == (1, ["the header is missing"])


def test_what_has_ended_does_not_start() -> None:
    heartbeat = Heartbeat()
    heartbeat.stop()
    heartbeat.start()
    assert not heartbeat._thread.is_alive()


def test_records_that_cannot_be_written_are_told(main: Path, tmp_path: Path) -> None:
    heartbeat = Heartbeat(lambda: {"tallies": 3})
    heartbeat.loaded(Loader(main).load(NOW))
    heartbeat.heartbeat(NOW)
    snapshot = read_snapshot(tmp_path / "state")
    assert snapshot is not None
    assert snapshot.unwritten == ["tallies"]


def test_the_event_loop_says_that_it_runs(main: Path, tmp_path: Path) -> None:
    async def fence() -> None:
        heartbeat = loaded_pulse(main)
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


def test_a_folder_that_cannot_be_written_to_is_told_once_and_stops_nothing(
    main: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("no folder")
    heartbeat = loaded_pulse(main)
    heartbeat.heartbeat(NOW)
    heartbeat.heartbeat(NOW + timedelta(seconds=10))
    assert [record.message for record in caplog.records] == [
        f"{main.parent / '../state'}: File exists; joinfence status sees no fence"
    ]
    (tmp_path / "state").unlink()
    heartbeat.heartbeat(NOW + timedelta(seconds=20))
    assert (tmp_path / "state" / STATUS).exists()


def test_a_thread_that_meets_an_error_of_ours_beats_on(
    main: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    beats: list[int] = []
    real = Heartbeat.heartbeat

    def broken(self: Heartbeat, *args: object, **more: object) -> None:
        beats.append(1)
        if len(beats) == 1:
            raise RuntimeError
        real(self, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Heartbeat, "heartbeat", broken)
    heartbeat = loaded_pulse(main)
    heartbeat.start()
    eventually(lambda: len(beats) == 1)
    heartbeat.not_loaded([])
    eventually(lambda: read_snapshot(tmp_path / "state") is not None)
    heartbeat.stop()
    assert "the state could not be written: RuntimeError" in caplog.text
