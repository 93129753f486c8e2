"""The database of tallies: adding, summing nodes, and failures of the disk."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from typing import TYPE_CHECKING

import pytest

from joinfence.records.log.files import TALLIES
from joinfence.records.tallies.database import Tally, TallyError, TallyKey, TallyStore, added_up, read_tallies

if TYPE_CHECKING:
    from pathlib import Path

KEY, OTHER = TallyKey("2026-H2", "DE-2026-0001", 1), TallyKey("2026-H2", "DE-2026-0001", 2)


def test_tallies_are_added_to_the_stored_ones(tmp_path: Path) -> None:
    store = TallyStore(tmp_path)
    store.add({KEY: Tally(2, 1), OTHER: Tally(0, 7)})
    TallyStore(tmp_path).add({KEY: Tally(3, 0)})
    assert read_tallies(tmp_path / TALLIES)[1] == {KEY: Tally(5, 1), OTHER: Tally(0, 7)}


def test_only_the_owner_can_read_the_files_and_wal_mode_is_used(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    TallyStore(folder).add({KEY: Tally(1)})
    database = sqlite3.connect(folder / TALLIES)
    database.execute("BEGIN IMMEDIATE")
    found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert found == dict.fromkeys([TALLIES, f"{TALLIES}-wal", f"{TALLIES}-shm"], 0o600)
    assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    database.close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_tables_hold_only_orders_and_numbers(tmp_path: Path) -> None:
    TallyStore(tmp_path).add({KEY: Tally(1)})
    database = sqlite3.connect(tmp_path / TALLIES)
    columns = {
        row[0]: [each[1] for each in database.execute(f"PRAGMA table_info({row[0]})")]
        for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    }
    database.close()
    assert columns == {"node": ["id"], "tally": ["half_year", "order_id", "version", "refused", "observed"]}


def test_the_tallies_of_several_nodes_are_summed(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    TallyStore(first).add({KEY: Tally(6, 1)})
    TallyStore(second).add({KEY: Tally(6, 0), OTHER: Tally(1, 0)})
    assert added_up([first / TALLIES, second / TALLIES]) == {KEY: Tally(12, 1), OTHER: Tally(1, 0)}


def test_a_node_given_twice_is_refused(tmp_path: Path) -> None:
    TallyStore(tmp_path).add({KEY: Tally(6)})
    copy = shutil.copy(tmp_path / TALLIES, tmp_path / "copy.sqlite")
    with pytest.raises(TallyError, match="is of the same node as"):
        added_up([tmp_path / TALLIES, tmp_path / "copy.sqlite"])
    assert copy


def test_tallies_are_added_all_or_none(tmp_path: Path) -> None:
    store = TallyStore(tmp_path)
    store.add({KEY: Tally(1)})
    with pytest.raises(sqlite3.Error):
        store.add({KEY: Tally(1), OTHER: Tally(None)})  # type: ignore[arg-type]
    assert read_tallies(tmp_path / TALLIES)[1] == {KEY: Tally(1)}


def test_a_full_disk_keeps_the_stored_tallies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = TallyStore(tmp_path)
    store.add({KEY: Tally(1)})
    real = TallyStore._connect

    def small(self: TallyStore) -> sqlite3.Connection:
        database = real(self)
        database.execute("PRAGMA max_page_count = 1")
        return database

    with monkeypatch.context() as full:
        full.setattr(TallyStore, "_connect", small)
        with pytest.raises(sqlite3.OperationalError, match="full"):
            store.add({TallyKey("2026-H2", f"DE-2026-{number:04d}", 1): Tally(1) for number in range(5000)})
    assert read_tallies(tmp_path / TALLIES)[1] == {KEY: Tally(1)}


@pytest.mark.parametrize(
    "content", [None, b"", b"nothing of the kind" * 100], ids=["missing", "empty", "not a database"]
)
def test_a_file_that_is_not_a_database_of_tallies_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / TALLIES
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TallyError, match=r"tallies\.sqlite"):
        read_tallies(path)


def test_a_database_of_another_version_is_refused_and_not_changed(tmp_path: Path) -> None:
    TallyStore(tmp_path).add({KEY: Tally(1)})
    database = sqlite3.connect(tmp_path / TALLIES)
    database.execute("PRAGMA user_version = 9")
    database.close()
    with pytest.raises(TallyError, match="another version"):
        read_tallies(tmp_path / TALLIES)
    with pytest.raises(TallyError, match="another version"):
        TallyStore(tmp_path).add({KEY: Tally(1)})


def test_a_database_in_a_read_only_folder_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    TallyStore(tmp_path).add({KEY: Tally(4)})
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    assert read_tallies(tmp_path / TALLIES)[1] == {KEY: Tally(4)}
