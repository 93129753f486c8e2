"""All order files of a configuration; a file that has not changed is not read again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from joinfence.config.compiled_copy import CompiledCopy
from joinfence.config.document import read_document
from joinfence.config.order_lines import by_content, is_of, read_order_file
from joinfence.config.order_records import Stored, StoredOrders
from joinfence.config.order_workers import MANY, read_many
from joinfence.config.pace import Pace
from joinfence.config.problems import ConfigError, Problem
from joinfence.engine.orders import OrderIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from joinfence.config.order_lines import Reading
    from joinfence.engine.joins.normalise import Step
    from joinfence.engine.values import Approvals, Authority

type Entries = dict[str, Stored]


class OrderFolder:
    """Remembers the orders it has read, for as long as register and services stay the same."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._known: Entries = {}
        self._basis: object = None
        self._register: Mapping[str, Authority] = {}
        self._indexed: Entries = {}
        self._index = OrderIndex(())

    def read(
        self,
        paths: Iterable[str],
        *,
        register: Mapping[str, Authority],
        services: Mapping[str, tuple[Step, ...]],
        now: datetime,
        state: Path | None = None,
    ) -> Entries:
        """Return path -> order as it is held. Raises ConfigError with the problems of all files.

        `state` is the folder where a compiled copy is kept if there are many orders.
        """
        basis = (dict(register), dict(services))
        if basis != self._basis:
            self._known, self._basis, self._register = {}, basis, basis[0]
        known, unread = _unchanged(self._known, paths)
        copy = CompiledCopy(state, register, services) if state and len(unread) >= MANY else None
        if copy:
            unread = _from_copy(copy, known, unread)
        problems: list[Problem] = []
        for path, found in _readings(unread, register, services, now):
            if isinstance(found, Stored):
                known[path] = found
            else:
                problems += found
        if copy and len(unread) >= MANY:
            copy.write(known)
        self._known = known
        problems += _repeated_ids(known)
        if problems:
            raise ConfigError(problems)
        return known

    def index(self, approvals: Mapping[str, Approvals]) -> OrderIndex:
        """Return the index over the orders last read; `approvals` is id -> approvals, where they matter."""
        before, known = self._indexed, self._known
        removed = [entry for path, entry in before.items() if known.get(path) is not entry]
        added = [entry for path, entry in known.items() if before.get(path) is not entry]
        base = self._index
        if 2 * len(removed) > len(before):  # quicker anew
            base, removed, added = OrderIndex(()), [], list(known.values())
        orders = StoredOrders({entry.id: entry for entry in known.values()}, self._register, approvals)
        self._index = base.changed(orders, removed=_meetings(removed), added=_meetings(added))
        self._indexed = known
        return self._index

    def digest(self) -> int:
        """Return a number that names the content of the files last read, in whatever order."""
        pace, total = Pace(), 0
        for entry in self._known.values():
            pace()
            total += int.from_bytes(entry.digest)
        return total % (1 << 256)

    def documents(self) -> list[str]:
        """Return the local copies of documents that the orders last read name."""
        return [entry.document for entry in self._known.values() if entry.document]


def _unchanged(known: Entries, paths: Iterable[str]) -> tuple[Entries, list[str]]:
    """Return what is known of files that are as they were, and the other paths."""
    kept: Entries = {}
    changed: list[str] = []
    pace = Pace()
    for path in paths:
        pace()
        if is_of(path, known.get(path)):
            kept[path] = known[path]
        else:
            changed.append(path)
    return kept, changed


def _from_copy(copy: CompiledCopy, known: Entries, paths: list[str]) -> list[str]:
    """Add to `known` what the copy knows of the files; return the other paths."""
    by_path, by_digest = copy.read()
    unread: list[str] = []
    pace = Pace()
    for path in paths:
        pace()
        entry = by_path.get(path)
        if entry is None or not is_of(path, entry):
            entry = by_content(path, by_digest) if by_digest else None
        if entry is None:
            unread.append(path)
        else:
            known[path] = entry
    return unread


def _readings(
    paths: list[str],
    register: Mapping[str, Authority],
    services: Mapping[str, tuple[Step, ...]],
    now: datetime,
) -> Iterator[tuple[str, Reading]]:
    if len(paths) >= MANY:
        return read_many(paths, register=register, services=services, now=now)
    return ((path, read_order_file(path, register, services, now)) for path in paths)


def _meetings(entries: Iterable[Stored]) -> Iterator[tuple[str, tuple[str, ...]]]:
    pace = Pace()
    for entry in entries:
        pace()
        yield entry.id, entry.meetings


def _repeated_ids(known: Entries) -> list[Problem]:
    first: dict[str, str] = {}
    problems = []
    pace = Pace()
    for path, entry in known.items():
        pace()
        earlier = first.setdefault(entry.id, path)
        if earlier != path:
            message = f"the id {entry.id} is taken by {earlier}; ids are never reused"
            problems.append(read_document(Path(path)).problem(("id",), message))
    return problems
