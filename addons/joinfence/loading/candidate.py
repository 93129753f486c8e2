"""A configuration that is being read, part by part. It is put in use as a whole, or not at all.

A part that an edit broke keeps its last good value. So one broken file does not hold back edits to other
files, least of all one that stops an order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from joinfence.config.yaml.problems import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from pathlib import Path

    from joinfence.config.files import Fingerprint
    from joinfence.config.settings import SettingsFile
    from joinfence.config.yaml.document import Document
    from joinfence.config.yaml.problems import Problem
    from joinfence.loading.orders import OrderReader
    from joinfence.location.databases import Databases


@dataclass(frozen=True, slots=True, kw_only=True)
class Part[T]:
    """One part of a configuration: how it is read, and the parts that it needs for that.

    `read` raises ConfigError if the part cannot be used, and adds other problems to the candidate.
    """

    name: str
    read: Callable[[Candidate], T]
    needs: tuple[Part[Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Memory:
    """State kept from one load to the next: open databases, and orders that need not be read again."""

    databases: Databases
    orders: OrderReader


@dataclass(slots=True, kw_only=True)
class Candidate:
    """What the parts are read from, and the parts that were read.

    `now` is aware. `fingerprint` was taken just before, or is empty. `values` is name -> last good value of
    the part, which may come from an earlier candidate. `problems` are in reading order. `held_back` holds the
    paths of files without problems whose previous version stays in use.
    """

    main: Path
    settings: SettingsFile
    document: Document
    now: datetime
    memory: Memory
    fingerprint: Fingerprint
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    held_back: set[str] = field(default_factory=set)

    def read(self, parts: Iterable[Part[Any]]) -> None:
        """Read parts, in this order. A part is skipped if one that it needs has no value."""
        for part in parts:
            if all(needed.name in self.values for needed in part.needs):
                self._read(part)

    def _read(self, part: Part[Any]) -> None:
        try:
            self.values[part.name] = part.read(self)
        except ConfigError as error:
            self.problems += error.problems

    def __getitem__[T](self, part: Part[T]) -> T:
        """Return the last good value of a part. Raises KeyError if there is none."""
        value: T = self.values[part.name]
        return value
