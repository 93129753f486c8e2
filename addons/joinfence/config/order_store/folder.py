"""All order files of a configuration; a file that has not changed is not read again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from joinfence.background.subprocesses import MANY
from joinfence.background.throttle import Throttle
from joinfence.config.files import file_stamp
from joinfence.config.order_store.cache import CompiledCopy
from joinfence.config.order_store.pool import read_many
from joinfence.config.order_store.reading import by_content, is_of, read_order_file
from joinfence.config.order_store.stored import Stored, StoredOrders, order_of
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

type Entries = dict[str, Stored]


class OrderContext(NamedTuple):
    """What an order is read by besides its own file: the register, and each service's normaliser chain."""

    register: Mapping[str, Authority]
    services: Mapping[str, tuple[Step, ...]]


class _Broken(NamedTuple):
    """A file that has problems, as long as its stamp stays the same."""

    stamp: FileStamp
    problems: tuple[Problem, ...]


class OrderFolder:
    """Remembers the orders it has read: the last good version of each file."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._context = OrderContext({}, {})
        self._known: Entries = {}
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
        """Return path -> order as it is held, and all problems.

        A file with problems stands for its last good version, if there was one and it is still there; so do
        those of lost folders. `state` is the folder where a compiled copy is kept if there are many orders,
        and `stamp` says what the stamp of a file is by now.

        Raises ConfigError where a changed context breaks an order that was good. Nothing has changed then,
        and in the previous context everything can still be read.
        """
        before = self._known
        changed = context != self._context
        if (
            changed
            and self._refused
            and self._refused[0] == context
            and _as_they_were(self._refused[1], stamp)
        ):
            raise ConfigError(problem for each in self._refused[1].values() for problem in each.problems)
        known, unread = _unchanged({} if changed else before, files.there, stamp)
        broken = {} if changed else _still_broken(self._broken, unread, stamp)
        unread = [path for path in unread if path not in broken]
        for path, found in self._readings(unread, known, context, now, state):
            if isinstance(found, Stored):
                known[path] = found
            else:
                broken[path] = _Broken(stamp(path), found)
        kept = {path: before[path] for path in broken if path in before and os.path.lexists(path)}
        kept.update((path, before[path]) for path in files.lost if path in before)
        if changed:
            self._refuse_if_it_breaks(context, kept, broken, files)
        known.update(kept)
        problems = [*files.problems, *(problem for each in broken.values() for problem in each.problems)]
        problems += _settle_ids(known, before)
        self._context, self._known, self._broken = context, known, broken
        return known, problems

    def _refuse_if_it_breaks(
        self, context: OrderContext, kept: Entries, broken: Mapping[str, _Broken], files: OrderFiles
    ) -> None:
        doubtful = [path for path, entry in kept.items() if not _reads_alike(entry, self._context, context)]
        if doubtful:
            causes = {path: broken[path] for path in doubtful if path in broken}
            self._refused = (context, causes) if len(causes) == len(doubtful) else None
            raise ConfigError(
                [*files.problems, *(each for cause in causes.values() for each in cause.problems)]
            )

    def _readings(
        self, unread: list[str], known: Entries, context: OrderContext, now: datetime, state: Path | None
    ) -> Iterator[tuple[str, Reading]]:
        if len(unread) < MANY:
            yield from ((path, read_order_file(path, *context, now)) for path in unread)
            return
        copy = CompiledCopy(state, *context) if state else None
        if copy:
            unread = _from_copy(copy, known, unread)
        yield from read_many(unread, register=context.register, services=context.services, now=now)
        if copy and len(unread) >= MANY:
            copy.write(known)

    def index(
        self,
        approvals: Mapping[str, Approvals],
        otherwise: Approvals = NO_APPROVAL_REQUIRED,
        public: frozenset[str] | None = None,
    ) -> OrderIndex:
        """Return the index over the orders last read.

        `approvals` is id -> approvals, and `otherwise` the approvals of all that are not in it. `public`
        holds the digests of what the public can read, None where orders need not be public.
        """
        before, known = self._indexed, self._known
        removed = [entry for path, entry in before.items() if known.get(path) is not entry]
        added = [entry for path, entry in known.items() if before.get(path) is not entry]
        self._name(removed, added)
        base = self._index
        if 2 * len(removed) > len(before):  # quicker anew
            base, removed, added = OrderIndex(()), [], list(known.values())
        entries = {entry.id: entry for entry in known.values()}
        orders = StoredOrders(entries, self._context.register, approvals, otherwise, public)
        self._index = base.changed(orders, removed=_meetings(removed), added=_meetings(added))
        self._indexed = known
        return self._index

    def digest(self) -> int:
        """Return a number that names the content of the orders last indexed, in whatever order."""
        return self._digest

    def digests(self) -> dict[str, bytes]:
        """Return id -> SHA-256 of its file, of the orders last indexed. It is not changed later."""
        return self._digests

    def _name(self, removed: Iterable[Stored], added: Iterable[Stored]) -> None:
        digests, total, pace = self._digests.copy(), self._digest, Throttle()
        for entry in removed:
            pace()
            total -= int.from_bytes(digests.pop(entry.id))
        for entry in added:
            pace()
            total += int.from_bytes(entry.digest)
            digests[entry.id] = entry.digest
        self._digests, self._digest = digests, total % (1 << 256)

    def documents(self) -> list[str]:
        """Return the local copies of documents that the orders last read name."""
        return [entry.document for entry in self._known.values() if entry.document]


def _reads_alike(entry: Stored, one: OrderContext, other: OrderContext) -> bool:
    """Tell whether an order that is good in one context is the same in another, as far as is known unread."""
    order = order_of(entry, one.register)
    return other.register.get(order.authority.id) == order.authority and all(
        other.services.get(meeting.service) == one.services[meeting.service] for meeting in order.meetings
    )


def _as_they_were(broken: Mapping[str, _Broken], stamp: Callable[[str], FileStamp]) -> bool:
    return all(each.stamp == stamp(path) for path, each in broken.items())


def _still_broken(
    broken: Mapping[str, _Broken], paths: Iterable[str], stamp: Callable[[str], FileStamp]
) -> dict[str, _Broken]:
    return {path: broken[path] for path in paths if path in broken and broken[path].stamp == stamp(path)}


def _unchanged(
    known: Entries, paths: Iterable[str], stamp: Callable[[str], FileStamp]
) -> tuple[Entries, list[str]]:
    """Return what is known of files that are as they were, and the other paths."""
    kept: Entries = {}
    changed: list[str] = []
    pace = Throttle()
    for path in paths:
        pace()
        entry = known.get(path)
        if entry is not None and is_of(path, entry, stamp):
            kept[path] = entry
        else:
            changed.append(path)
    return kept, changed


def _from_copy(copy: CompiledCopy, known: Entries, paths: list[str]) -> list[str]:
    """Add to `known` what the copy knows of the files; return the other paths."""
    by_path, by_digest = copy.read()
    if not by_digest:
        return paths
    unread: list[str] = []
    pace = Throttle()
    for path in paths:
        pace()
        entry = by_path.get(path)
        if entry is None or not is_of(path, entry):
            entry = by_content(path, by_digest)
        if entry is None:
            unread.append(path)
        else:
            known[path] = entry
    return unread


def _meetings(entries: Iterable[Stored]) -> Iterator[tuple[str, tuple[str, ...]]]:
    pace = Throttle()
    for entry in entries:
        pace()
        yield entry.id, entry.meetings


def _settle_ids(known: Entries, before: Entries) -> list[Problem]:
    """Leave each id to one file, the one that had it before or else the first; return problems of the others.

    Those fall back to their last good version.
    """
    if len({entry.id for entry in known.values()}) == len(known):
        return []
    owners = {e.id: path for path, e in known.items() if path in before and before[path].id == e.id}
    for path in sorted(known):
        owners.setdefault(known[path].id, path)
    problems = []
    for path in sorted(path for path, entry in known.items() if owners[entry.id] != path):
        taken = known.pop(path).id
        message = f"the id {taken} is taken by {owners[taken]}; ids are never reused"
        problems.append(_at_id(path, message))
        last = before.get(path)
        if last and owners.setdefault(last.id, path) == path:
            known[path] = last
    return problems


def _at_id(path: str, message: str) -> Problem:
    try:
        return read_document(Path(path)).problem(("id",), message)
    except ConfigError:  # it has changed meanwhile
        return Problem(Path(path), 1, 1, message)
