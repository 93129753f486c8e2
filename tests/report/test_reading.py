from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from joinfence.config.yaml.problems import ConfigError
from joinfence.records.log.events import Event, EventKind
from joinfence.records.log.writer import EventLog
from joinfence.records.tallies.bands import Band
from joinfence.records.tallies.database import Tally, TallyKey, TallyStore
from joinfence.report.reading import read_facts
from tests.config_files import copy_configs, edit

if TYPE_CHECKING:
    from pathlib import Path

    from joinfence.report.facts import Facts

TODAY = date(2027, 1, 1)


@pytest.fixture
def main(tmp_path: Path) -> Path:
    return copy_configs(tmp_path).parent / "reports" / "geofence.yaml"


def read(main: Path, *states: Path, archive: tuple[str, ...] = ()) -> Facts:
    return read_facts(main, archive=archive, states=states, today=TODAY)


def problems(main: Path, *states: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        read(main, *states)
    return str(caught.value)


def event(kind: EventKind, order: str, **more: Any) -> Event:
    return Event(time=datetime(2026, 9, 1, tzinfo=UTC), kind=kind, engine="1", order=order, version=1, **more)


def test_the_facts_of_the_worked_example(main: Path) -> None:
    facts = read(main, main.parent / "nodes" / "a")
    assert len(facts.orders) == 6
    assert len(facts.demands.demands) == 9
    assert facts.bands is not None
    assert facts.bands[TallyKey("2026-H1", "FR-2026-0001", 1)].refused is Band.FROM_10
    assert len(facts.days) == 1


def test_bands_are_those_of_the_sum_of_all_nodes(main: Path) -> None:
    nodes = [main.parent / "nodes" / name for name in "ab"]
    bands = read(main, *nodes).bands
    assert bands is not None
    assert bands[TallyKey("2026-H2", "DE-2026-0001", 1)].refused is Band.FROM_10  # 5 and 6
    assert bands[TallyKey("2026-H1", "FR-2026-0001", 1)].refused is Band.FROM_100  # 61 and 47


def test_a_node_given_twice_is_an_error(main: Path) -> None:
    node = main.parent / "nodes" / "a"
    shutil.copytree(node, main.parent / "again")
    assert "is of the same node as" in problems(main, node, main.parent / "again")


def test_a_file_that_is_not_a_database_is_an_error(main: Path, tmp_path: Path) -> None:
    (tmp_path / "tallies.sqlite").write_text("no database")
    assert f"{tmp_path / 'tallies.sqlite'} cannot be read" in problems(main, tmp_path)


def test_a_half_year_that_is_not_over_is_left_out(main: Path, tmp_path: Path) -> None:
    TallyStore(tmp_path).add({TallyKey("2027-H1", "DE-2026-0001", 1): Tally(5000, 0)})
    assert read(main, tmp_path).bands == {}


def test_a_folder_without_records(main: Path, tmp_path: Path) -> None:
    facts = read(main, tmp_path)
    assert (facts.bands, facts.days, facts.missed_reviews) == (None, (), frozenset())


def test_a_named_folder_without_tallies_is_an_error(main: Path, tmp_path: Path) -> None:
    named = [main.parent / "nodes" / "a", tmp_path / "b", tmp_path / "c"]
    with pytest.raises(ConfigError) as caught:
        read_facts(main, archive=(), states=named, today=TODAY, named=True)
    assert [problem.path for problem in caught.value.problems] == [
        tmp_path / "b" / "tallies.sqlite",
        tmp_path / "c" / "tallies.sqlite",
    ]
    assert read_facts(main, archive=(), states=named[:1], today=TODAY, named=True).bands


def test_a_configuration_without_a_register_of_demands(main: Path) -> None:
    edit(main, "demands: demands.yaml\n", "")
    assert read(main).demands.demands == []


def test_orders_are_found_in_the_archive(main: Path) -> None:
    archive = main.parent / "archive"
    archive.mkdir()
    (main.parent / "orders" / "FR-2026-0001.yaml").rename(archive / "FR-2026-0001.yaml")
    assert (
        "the file of FR-2026-0001 is missing; if it was archived, pass its path with --archive"
        in problems(main)
    )
    assert len(read(main, archive=("archive/*.yaml",)).orders) == 6


def test_an_order_that_was_in_force_according_to_the_log_must_have_a_file(main: Path, tmp_path: Path) -> None:
    log = EventLog(tmp_path, host="meet.example")
    log.append([event(EventKind.ACTIVATED, "FR-2026-0001"), event(EventKind.ACTIVATED, "ES-2026-0009")])
    assert problems(main, tmp_path) == (
        f"{tmp_path}/events.jsonl:1:1: the order ES-2026-0009 was in force but its file is missing; name it with "
        "--archive"
    )


def test_missed_reviews_come_from_the_log(main: Path, tmp_path: Path) -> None:
    log = EventLog(tmp_path, host="meet.example")
    log.append(
        [
            event(EventKind.SUSPENDED, "FR-2026-0001", reason="review_missed"),
            event(EventKind.SUSPENDED, "DE-2026-0002", reason="suspended"),
        ]
    )
    assert read(main, tmp_path).missed_reviews == {(datetime(2026, 9, 1, tzinfo=UTC), "FR-2026-0001")}


def test_a_file_that_is_not_a_log_is_an_error(main: Path, tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_text("no event\n")
    assert "is not an event; see joinfence log verify" in problems(main, tmp_path)


def test_all_problems_of_all_files_are_reported_together(main: Path) -> None:
    edit(main.parent / "orders" / "FR-2026-0001.yaml", "id: fr-tribunal-exemple", "id: fr-autre")
    edit(main.parent / "orders" / "DE-2026-0002.yaml", "version: 1", "version: one")
    shutil.copy(main.parent / "orders" / "NL-2026-0001.yaml", main.parent / "orders" / "copy.yaml")
    edit(main.parent / "demands.yaml", "by: host", "by: judge")
    reported = problems(main)
    assert (
        'FR-2026-0001.yaml:8:7: authority.id: found "fr-autre", expected the id of an authority in the register'
        in reported
    )
    assert "DE-2026-0002.yaml:4:10: version:" in reported
    assert "there is another file for version 1 of NL-2026-0001; keep one of them" in reported
    assert 'demands.yaml:15:14: demands[0].contested[0].by: found "judge"' in reported
