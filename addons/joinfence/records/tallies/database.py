"""Tallies on disk: the numbers of refused and observed joins by half-year, order and version, and no more."""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from joinfence.records.log.files import TALLIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS node (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tally (
  half_year TEXT NOT NULL,
  order_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  observed INTEGER NOT NULL,
  PRIMARY KEY (half_year, order_id, version)
) WITHOUT ROWID;
"""
_ADD: Final = """
INSERT INTO tally (half_year, order_id, version, refused, observed) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET refused = refused + excluded.refused, observed = observed + excluded.observed
"""


class TallyError(Exception):
    """A database of tallies that cannot be used. The message says why, and what to do."""


@dataclass(frozen=True, slots=True, order=True)
class TallyKey:
    """What joins are counted by: a half-year such as 2026-H2 (UTC), an order and its version."""

    half_year: str
    order_id: str
    version: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many joins an order refused, and how many it would have refused if it did not only observe."""

    refused: int = 0
    observed: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Return the sum of both."""
        return Tally(self.refused + other.refused, self.observed + other.observed)


class TallyStore:
    """The database in a state folder. Several processes may write to it."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which is created with mode 0700 by the first write."""
        self._folder = folder

    def add(self, tallies: Mapping[TallyKey, Tally]) -> None:
        """Add to the stored tallies, all or none. Raises TallyError, sqlite3.Error and OSError."""
        with contextlib.closing(self._connect()) as database, database:
            rows = [
                (key.half_year, key.order_id, key.version, tally.refused, tally.observed)
                for key, tally in tallies.items()
            ]
            database.executemany(_ADD, rows)

    def _connect(self) -> sqlite3.Connection:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / TALLIES
        # Created here because of the mode, which SQLite also gives to the files it puts next to the database.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        database = sqlite3.connect(path, timeout=5)
        try:
            if _version(database) == 0:
                _prepare(database)
            _check(database, path)
        except BaseException:
            database.close()
            raise
        return database


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def _check(database: sqlite3.Connection, path: Path) -> None:
    if _version(database) != _VERSION:
        message = f"{path} is not a database of tallies, or was written by another version of joinfence"
        raise TallyError(message)


def _prepare(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA journal_mode = WAL")
    database.executescript(_SCHEMA)
    with database:
        if database.execute("SELECT count(*) FROM node").fetchone()[0] == 0:
            database.execute("INSERT INTO node VALUES (?)", (secrets.token_hex(8),))
        database.execute(f"PRAGMA user_version = {_VERSION}")


def read_tallies(path: Path) -> tuple[str, dict[TallyKey, Tally]]:
    """Return the id of the node and its exact tallies from a database file. Raises TallyError.

    The exact numbers serve to add up the tallies of several nodes. Only their bands are ever published.
    """
    try:
        with contextlib.closing(_open(path)) as database:
            _check(database, path)
            node = str(database.execute("SELECT id FROM node").fetchone()[0])
            rows = database.execute("SELECT half_year, order_id, version, refused, observed FROM tally")
            return node, {TallyKey(*row[:3]): Tally(*row[3:]) for row in rows}
    except sqlite3.Error as error:
        message = f"{path} cannot be read: {error}"
        raise TallyError(message) from None


def _open(path: Path) -> sqlite3.Connection:
    # SQLite cannot open its write-ahead log in a folder that is not writable. If there is no such log,
    # nothing is lost by reading the database file alone (immutable=1).
    has_wal = path.with_name(path.name + "-wal").exists()
    option = "mode=ro" if has_wal or os.access(path.parent, os.W_OK) else "immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{option}", uri=True, timeout=5)


def added_up(paths: Iterable[Path]) -> dict[TallyKey, Tally]:
    """Return the sums of the tallies of several nodes. Raises TallyError, also if a node is given twice."""
    nodes: dict[str, Path] = {}
    total: dict[TallyKey, Tally] = {}
    for path in paths:
        node, tallies = read_tallies(path)
        if node in nodes:
            message = f"{path} is of the same node as {nodes[node]}; give the database of each node only once"
            raise TallyError(message)
        nodes[node] = path
        for key, tally in tallies.items():
            total[key] = total.get(key, Tally()) + tally
    return total
