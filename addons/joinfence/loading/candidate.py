"""A configuration while it is read, part by part: it is put in use, or dropped, as a whole.

A part that an edit broke stands as it was last read without a problem. So one broken file holds back no edit
to another, above all none that stops an order.
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
    """One part of a configuration: how it is read, and the parts that have to be there for that.

    `read` raises ConfigError for a part that cannot be used, and tells the candidate of other problems.
    """

    name: str
    read: Callable[[Candidate], T]
    needs: tuple[Part[Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Memory:
    """What outlives a reading: databases that are open, and orders that need not be read again."""

    databases: Databases
    orders: OrderReader


@dataclass(slots=True, kw_only=True)
class Candidate:
    """What the parts are read from, and what was read of them.

    `now` is aware. `seen` is a fingerprint taken just before, or empty. `values` is name -> the part as last
    read without a problem, maybe by an earlier candidate. `problems` are in the order of reading. `unused`
    holds the paths of texts that have none and of which an older version is used.
    """

    main: Path
    settings: SettingsFile
    document: Document
    now: datetime
    memory: Memory
    seen: Fingerprint
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    unused: set[str] = field(default_factory=set)

    def read(self, parts: Iterable[Part[Any]]) -> None:
        """Read parts, in this order. One whose needs are not there is left out."""
        for part in parts:
            if all(needed.name in self.values for needed in part.needs):
                self._read(part)

    def _read(self, part: Part[Any]) -> None:
        try:
            self.values[part.name] = part.read(self)
        except ConfigError as error:
            self.problems += error.problems

    def __getitem__[T](self, part: Part[T]) -> T:
        """Return a part as it was last read without a problem. Raises KeyError where it never was."""
        value: T = self.values[part.name]
        return value
