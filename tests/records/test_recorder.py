"""The thread that writes records, and what it does if it cannot."""

from __future__ import annotations

import logging
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from joinfence.config.yaml.problems import ConfigError
from joinfence.engine.decide import decide
from joinfence.engine.order import Standing
from joinfence.loading.loader import Loader
from joinfence.loading.order_states import order_states
from joinfence.records import recorder as module
from joinfence.records.log.files import EVENTS, TALLIES, read_events
from joinfence.records.log.verify import verify
from joinfence.records.recorder import Recorder
from joinfence.records.tallies.database import Tally, TallyKey, read_tallies
from tests.config_files import edit
from tests.e2e.harness import make_config, until
from tests.factories import make_policy, make_request
from tests.records.logs import verifier

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 24, tzinfo=UTC)
KEY = TallyKey("2026-H2", "DE-2026-0001", 1)


@pytest.fixture
def main(tmp_path: Path) -> Path:
    main = make_config(tmp_path)
    with main.open("a", encoding="utf-8") as file:
        file.write("state: ../state\n")
    return main


@pytest.fixture
def state(main: Path) -> Path:
    return main.parent.parent / "state"


@pytest.fixture
def recorder(main: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    monkeypatch.setattr(module, "INTERVAL", 0.05)
    it = Recorder()
    take(it, Loader(main))
    yield it
    it.stop()


def take(recorder: Recorder, loader: Loader) -> None:
    """Pass on a load and the standings of its orders."""
    now = datetime.now(UTC)
    loaded = loader.load(now)
    recorder.loaded(loaded)
    recorder.tracked(order_states(loaded, now))


def logged_events(folder: Path) -> list[str]:
    return [f"{entry.event.kind} {entry.event.order or ''}".rstrip() for entry in read_events(folder)]


def join(recorder: Recorder, client: str = "5.5.5.5") -> None:
    request = make_request(headers=((b"X-Forwarded-For", client.encode()),))
    recorder.count(decide(request, make_policy()), request.at)


FIRST = [
    "register.changed",
    "config.changed",
    "location.changed",
    "order.approved DE-2026-0001",
    "order.activated DE-2026-0001",
    "order.approved NL-2026-0003",
    "order.activated NL-2026-0003",
    "order.approved PT-2026-0002",
    "order.activated PT-2026-0002",
]


def test_the_first_start_logs_what_is_in_force_and_the_second_nothing(
    recorder: Recorder, main: Path, state: Path
) -> None:
    recorder.start()
    assert until(lambda: (state / EVENTS).exists() and logged_events(state) == FIRST)
    recorder.stop()
    again = Recorder()
    take(again, Loader(main))
    again.stop()
    assert logged_events(state) == FIRST
    assert again.census.standings == {Standing.IN_FORCE: 3}
    assert verify(state, verifier(state)).bad_line is None


def test_edits_are_logged_as_they_take_effect(recorder: Recorder, main: Path, state: Path) -> None:
    recorder.start()
    assert until(lambda: (state / EVENTS).exists() and logged_events(state) == FIRST)
    loader = Loader(main)
    (main.parent / "orders" / "NL-2026-0003.yaml").unlink()
    edit(main.parent / "orders" / "PT-2026-0002.yaml", "territory: [PT]", "territory: [PT-11]")
    take(recorder, loader)
    assert until(lambda: logged_events(state)[9:])
    edit(main.parent / "orders" / "DE-2026-0001.yaml", "version: 1", "version: 0")
    with pytest.raises(ConfigError) as broken:
        Loader(main).load(datetime.now(UTC))
    for _ in range(2):
        recorder.not_loaded(broken.value.problems)
    assert until(lambda: "order.rejected DE-2026-0001" in logged_events(state))
    recorder.stop()
    assert sorted(logged_events(state)[9:]) == [
        "order.activated PT-2026-0002",
        "order.approved PT-2026-0002",
        "order.rejected DE-2026-0001",
        "order.revoked NL-2026-0003",
    ]


def test_stop_writes_the_counts_once(recorder: Recorder, state: Path) -> None:
    recorder.start()
    for client in ("5.5.5.5", "5.5.5.5", "5.5.5.6"):
        join(recorder, client)
    recorder.stop()
    recorder.stop()
    recorder.start()
    assert read_tallies(state / TALLIES)[1] == {KEY: Tally(2)}


def test_stop_writes_even_if_the_thread_never_started(recorder: Recorder, state: Path) -> None:
    join(recorder)
    recorder.stop()
    assert read_tallies(state / TALLIES)[1] == {KEY: Tally(1)}
    assert logged_events(state) == FIRST


def test_without_a_policy_there_is_nothing_to_write() -> None:
    recorder = Recorder()
    recorder.stop()
    assert recorder.failures == {}


def test_a_folder_that_cannot_be_written_to_stops_nothing_and_is_logged_once(
    recorder: Recorder, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    state.write_text("in the way", encoding="utf-8")
    recorder.start()
    join(recorder)
    assert until(lambda: recorder.failures["tallies"] > 1 and recorder.failures["event_log"] > 1)
    assert recorder.census.standings == {Standing.IN_FORCE: 3}, (
        "standings are counted although nothing can be written"
    )
    errors = [record.message for record in caplog.records if record.levelno == logging.ERROR]
    assert sorted(message.split(" cannot")[0] for message in errors) == ["the event log", "the tallies"]
    assert all("File exists" in message for message in errors)
    state.unlink()
    assert until(lambda: (state / EVENTS).exists() and logged_events(state) == FIRST)
    assert until((state / TALLIES).exists)
    recorder.stop()
    assert read_tallies(state / TALLIES)[1] == {KEY: Tally(1)}
    assert sum("can be written again" in record.message for record in caplog.records) == 2


def test_tallies_are_written_before_the_standings_are_known(main: Path, state: Path) -> None:
    recorder = Recorder()
    recorder.loaded(Loader(main).load(datetime.now(UTC)))
    join(recorder)
    recorder.stop()
    assert read_tallies(state / TALLIES)[1] == {KEY: Tally(1)}
    assert not (state / EVENTS).exists()


def test_tallies_are_created_even_if_nothing_was_counted(recorder: Recorder, state: Path) -> None:
    recorder.stop()
    assert read_tallies(state / TALLIES)[1] == {}


def test_an_altered_log_is_reported_and_left_alone(
    recorder: Recorder, main: Path, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    recorder.stop()
    lines = (state / EVENTS).read_bytes().replace(b"DE-2026", b"FR-2026")
    (state / EVENTS).write_bytes(lines)
    again = Recorder()
    take(again, Loader(main))
    again.stop()
    assert (state / EVENTS).read_bytes() == lines
    assert "does not match its head" in caplog.text


def test_bytes_that_no_head_covers_are_moved_aside_and_logged(
    recorder: Recorder, main: Path, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    recorder.stop()
    with (state / EVENTS).open("ab") as file:
        file.write(b'{"seq":9,"torn')
    again = Recorder()
    take(again, Loader(main))
    again.stop()
    assert logged_events(state) == [*FIRST, "log.repaired"]
    assert "14 bytes of the event log were not covered by a signed head" in caplog.text
    assert verify(state, verifier(state)).bad_line is None


def test_an_error_of_counting_is_logged_once_and_not_raised(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        message = "planted"
        raise RuntimeError(message)

    monkeypatch.setattr(recorder.tallies, "count", fail)
    join(recorder)
    join(recorder)
    assert recorder.failures["tallies"] == 2
    assert caplog.messages == ["a join could not be counted: RuntimeError"]


def test_another_state_folder_gets_a_new_log(recorder: Recorder, main: Path, state: Path) -> None:
    recorder.start()
    assert until(lambda: (state / EVENTS).exists() and logged_events(state) == FIRST)
    edit(main, "state: ../state", "state: ../other")
    take(recorder, Loader(main))
    recorder.stop()
    assert sorted(logged_events(state.with_name("other"))) == sorted(FIRST)
    shutil.rmtree(state.with_name("other"))
