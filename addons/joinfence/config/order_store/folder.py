"""Reads all order files of a configuration. A file that has not changed is not read again.

`OrderFolder.read` never loses an order because of a broken edit. A file with problems falls back to its last
good version, unless the file was deleted, and so do the files of a lost folder. The difficulty is a change of
the context, that is, of the register or a service. Then every file is read again, and a file that was good
may have problems now. Its last good version was read in the old context, so it can only be used if nothing
that the order refers to has changed. Otherwise the new context is refused as a whole. If only broken files
were the cause, the same context is refused again without reading until one of these files has changed,
because reading all files takes long.

Last, each id must belong to one file. It stays with the file that had it before.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from joinfence.background.subprocesses import MANY
from joinfence.background.throttle import Throttle
from joinfence.config.files import file_stamp
from joinfence.config.order_store.cache import CompiledCopy
from joinfence.config.order_store.pool import read_many
from joinfence.config.order_store.reading import find_by_content, is_current, read_order_file
from joinfence.config.order_store.stored import StoredOrder, StoredOrders, decode_order
from joinfence.config.yaml.document import read_document
from joinfence.config.yaml.problems import ConfigError, Problem
from joinfence.engine.approvals import NO_APPROVAL_REQUIRED
from joinfence.engine.order_index import OrderIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from joinfence.config.files import FileStamp
    from joinfence.config.order_store.paths import OrderFiles
    from joinfence.config.order_store.reading import Reading
    from joinfence.engine.approvals import Approvals
    from joinfence.engine.joins.normalise import Step
    from joinfence.engine.order import Authority

type Entries = dict[str, StoredOrder]


class OrderContext(NamedTuple):
    """What an order is read with: the register, and each service's normaliser chain."""

    register: Mapping[str, Authority]
    services: Mapping[str, tuple[Step, ...]]


class _Broken(NamedTuple):
    """The problems of a file, which are valid as long as its stamp stays the same."""

    stamp: FileStamp
    problems: tuple[Problem, ...]


class OrderFolder:
    """Remembers the last good version of each order file."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._context = OrderContext({}, {})
        self._entries: Entries = {}
        self._broken: dict[str, _Broken] = {}
        self._refused: tuple[OrderContext, dict[str, _Broken]] | None = None
        self._indexed: Entries = {}
        self._index = OrderIndex(())
        self._digests: dict[str, bytes] = {}
        self._digest = 0

    def read(
        self,
        files: OrderFiles,
        context: OrderContext,
        now: datetime,
        *,
        state: Path | None = None,
        stamp: Callable[[str], FileStamp] = file_stamp,
    ) -> tuple[Entries, list[Problem]]:
        """Return path -> stored order, and all problems. `now` is aware.

        `state` is the folder for the compiled copy, which is made if there are many orders. `stamp` returns
        the current stamp of a file.

        Raises ConfigError if a changed context might break an order that was good. Nothing has changed then,
        and everything can still be read in the previous context.
        """
        before = self._entries
        changed = context != self._context
        if (
            changed
            and self._refused
            and self._refused[0] == context
            and _all_unchanged(self._refused[1], stamp)
        ):
            raise ConfigError(problem for each in self._refused[1].values() for problem in each.problems)
        entries, unread = _unchanged({} if changed else before, files.existing, stamp)
        broken = {} if changed else _still_broken(self._broken, unread, stamp)
        unread = [path for path in unread if path not in broken]
        for path, reading in self._readings(unread, entries, context, now, state):
            if isinstance(reading, StoredOrder):
                entries[path] = reading
            else:
                broken[path] = _Broken(stamp(path), reading)
        last_good = {path: before[path] for path in broken if path in before and os.path.lexists(path)}
        last_good.update((path, before[path]) for path in files.lost if path in before)
        if changed:
            self._refuse_if_it_breaks(context, last_good, broken, files)
        entries.update(last_good)
        problems = [*files.problems, *(problem for each in broken.values() for problem in each.problems)]
        problems += _resolve_duplicate_ids(entries, before)
        self._context, self._entries, self._broken = context, entries, broken
        return entries, problems

    def _refuse_if_it_breaks(
        self, context: OrderContext, last_good: Entries, broken: Mapping[str, _Broken], files: OrderFiles
    ) -> None:
        affected = [
            path for path, entry in last_good.items() if not _is_unaffected(entry, self._context, context)
        ]
        if affected:
            causes = {path: broken[path] for path in affected if path in broken}
            self._refused = (context, causes) if len(causes) == len(affected) else None
            raise ConfigError(
                [*files.problems, *(each for cause in causes.values() for each in cause.problems)]
            )

    def _readings(
        self, unread: list[str], entries: Entries, context: OrderContext, now: datetime, state: Path | None
    ) -> Iterator[tuple[str, Reading]]:
        if len(unread) < MANY:
            yield from ((path, read_order_file(path, *context, now)) for path in unread)
            return
        copy = CompiledCopy(state, *context) if state else None
        if copy:
            unread = _from_copy(copy, entries, unread)
        yield from read_many(unread, register=context.register, services=context.services, now=now)
        if copy and len(unread) >= MANY:
            copy.write(entries)

    def index(
        self,
        approvals: Mapping[str, Approvals],
        default_approvals: Approvals = NO_APPROVAL_REQUIRED,
        public: frozenset[str] | None = None,
    ) -> OrderIndex:
        """Return the index over the orders last read.

        `approvals` is id -> approvals, and `default_approvals` are those of all other orders. `public` holds
        the digests of the published orders; it is None if orders need not be published.
        """
        before, entries = self._indexed, self._entries
        removed = [entry for path, entry in before.items() if entries.get(path) is not entry]
        added = [entry for path, entry in entries.items() if before.get(path) is not entry]
        self._update_digests(removed, added)
        base = self._index
        if 2 * len(removed) > len(before):  # building a new index is faster
            base, removed, added = OrderIndex(()), [], list(entries.values())
        by_id = {entry.id: entry for entry in entries.values()}
        orders = StoredOrders(by_id, self._context.register, approvals, default_approvals, public)
        self._index = base.changed(orders, removed=_meetings(removed), added=_meetings(added))
        self._indexed = entries
        return self._index

    def digest(self) -> int:
        """Return the combined digest of the orders last indexed, which does not depend on their sequence."""
        return self._digest

    def digests(self) -> dict[str, bytes]:
        """Return id -> SHA-256 of its file, for the orders last indexed. The mapping is never modified."""
        return self._digests

    def _update_digests(self, removed: Iterable[StoredOrder], added: Iterable[StoredOrder]) -> None:
        digests, total, throttle = self._digests.copy(), self._digest, Throttle()
        for entry in removed:
            throttle()
            total -= int.from_bytes(digests.pop(entry.id))
        for entry in added:
            throttle()
            total += int.from_bytes(entry.digest)
            digests[entry.id] = entry.digest
        self._digests, self._digest = digests, total % (1 << 256)

    def documents(self) -> list[str]:
        """Return the paths of the local copies of documents that the orders last read name."""
        return [entry.document for entry in self._entries.values() if entry.document]


def _is_unaffected(entry: StoredOrder, one: OrderContext, other: OrderContext) -> bool:
    """Return whether an order that is good in one context is certainly the same in another."""
    order = decode_order(entry, one.register)
    return other.register.get(order.authority.id) == order.authority and all(
        other.services.get(meeting.service) == one.services[meeting.service] for meeting in order.meetings
    )


def _all_unchanged(broken: Mapping[str, _Broken], stamp: Callable[[str], FileStamp]) -> bool:
    return all(each.stamp == stamp(path) for path, each in broken.items())


def _still_broken(
    broken: Mapping[str, _Broken], paths: Iterable[str], stamp: Callable[[str], FileStamp]
) -> dict[str, _Broken]:
    return {path: broken[path] for path in paths if path in broken and broken[path].stamp == stamp(path)}


def _unchanged(
    entries: Entries, paths: Iterable[str], stamp: Callable[[str], FileStamp]
) -> tuple[Entries, list[str]]:
    """Return the entries of files that have not changed, and the other paths."""
    unchanged: Entries = {}
    changed: list[str] = []
    throttle = Throttle()
    for path in paths:
        throttle()
        entry = entries.get(path)
        if entry is not None and is_current(path, entry, stamp):
            unchanged[path] = entry
        else:
            changed.append(path)
    return unchanged, changed


def _from_copy(copy: CompiledCopy, entries: Entries, paths: list[str]) -> list[str]:
    """Add the orders that the copy has to `entries`, and return the other paths."""
    by_path, by_digest = copy.read()
    if not by_digest:
        return paths
    unread: list[str] = []
    throttle = Throttle()
    for path in paths:
        throttle()
        entry = by_path.get(path)
        if entry is None or not is_current(path, entry):
            entry = find_by_content(path, by_digest)
        if entry is None:
            unread.append(path)
        else:
            entries[path] = entry
    return unread


def _meetings(entries: Iterable[StoredOrder]) -> Iterator[tuple[str, tuple[str, ...]]]:
    throttle = Throttle()
    for entry in entries:
        throttle()
        yield entry.id, entry.meetings


def _resolve_duplicate_ids(entries: Entries, before: Entries) -> list[Problem]:
    """Give each id to one file, and return the problems of other files with the same id.

    The id goes to the file that had it before, otherwise to the first by path. The other files fall back to
    their last good versions, unless the id of such a version belongs to another file by now.
    """
    if len({entry.id for entry in entries.values()}) == len(entries):
        return []
    owners = {e.id: path for path, e in entries.items() if path in before and before[path].id == e.id}
    for path in sorted(entries):
        owners.setdefault(entries[path].id, path)
    problems = []
    for path in sorted(path for path, entry in entries.items() if owners[entry.id] != path):
        taken = entries.pop(path).id
        message = f"the id {taken} is taken by {owners[taken]}; ids are never reused"
        problems.append(_at_id(path, message))
        last = before.get(path)
        if last and owners.setdefault(last.id, path) == path:
            entries[path] = last
    return problems


def _at_id(path: str, message: str) -> Problem:
    try:
        return read_document(Path(path)).problem(("id",), message)
    except ConfigError:  # the file has changed since it was read
        return Problem(Path(path), 1, 1, message)
