"""Writes the event log: first lines, then a signed head over them. Only lines that a head covers count.

Both files are only appended to, and what is appended is on disk before the next step begins. A crash or a
full disk can therefore leave only two things behind: lines after those that the last head covers, the last of
them perhaps incomplete, or an incomplete head after the last complete one. The next call moves either to a
separate file, and records as an event that lines were moved.

In any other state the log was damaged or tampered with: it has fewer lines than the last head covers, or
different ones, or no head at all although the first head is written before the first line. Then nothing is
appended, because a new head would vouch for the altered lines.
"""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Final

from joinfence.background.throttle import LOW_PRIORITY, Throttle
from joinfence.background.whole_files import PRIVATE, sync_folder, write_whole
from joinfence.records.log.checkpoint import Checkpoint
from joinfence.records.log.checkpoints_file import last_head
from joinfence.records.log.events import Entry, Event, EventKind, encode
from joinfence.records.log.files import EVENTS, HEADS, KEY, UNCOMMITTED, lines_of, locked
from joinfence.records.log.merkle import Tree, leaf_hash
from joinfence.records.log.signed_note import NoteError, Signer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SALT_BYTES: Final = 16


class LogError(Exception):
    """A log that cannot be appended to. The message says why, and what to do."""


class EventLog:
    """The event log in a state folder. Several processes may append to it, because each takes the lock."""

    def __init__(self, folder: Path, *, host: str, key: Path | None = None) -> None:
        """Take the folder, the operator's host and the file of a signing key.

        Without a key file, a key is created in the folder, with a name that begins with the host.
        """
        self._folder = folder
        self._host = host
        self._key = key or folder / KEY
        self._own_key = key is None
        self._tree = Tree()
        self._end = 0  # the offset after the last line that is in the tree

    def append(self, events: Sequence[Event]) -> int:
        """Append events and sign the new head. Both are on disk when this returns.

        Returns the number of bytes not covered by a head that were moved away first; this is recorded as an
        event as well. Raises LogError if the log was altered, and OSError, which leaves the log as it was.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(self._folder):
            signer = self._signer()
            self._catch_up(signer)
            moved = self._move_uncommitted()
            if moved and events:
                events = [_repaired(events[0]), *events]
            self._write(events, signer)
            return moved

    def _signer(self) -> Signer:
        try:
            if self._own_key and not self._key.exists():
                self._make_key()
            return Signer.parse(self._key.read_text(encoding="ascii"))
        except (NoteError, UnicodeDecodeError) as error:
            message = f"{self._key}: {error}"
            raise LogError(message) from None

    def _make_key(self) -> None:
        if self._tree.size or (self._folder / HEADS).exists():
            message = f"{self._key} is missing; restore it, or move {EVENTS} and {HEADS} to another folder"
            raise LogError(message)
        signer = Signer.generate(f"{self._host}/joinfence/{secrets.token_hex(4)}")
        write_whole(self._key, f"{signer.secret()}\n".encode(), mode=PRIVATE, fsync=True)

    def _catch_up(self, signer: Signer) -> None:
        """Add the lines that the last head covers to the tree, and check that they match the head."""
        head = self._head(signer)
        tree, end = self._tree.copy(), self._end
        if head.size < tree.size:
            message = f"{HEADS} was truncated; run joinfence log verify"
            raise LogError(message)
        if head.size > tree.size:
            with (self._folder / EVENTS).open("rb") as file:
                file.seek(end)
                for line in lines_of(file):
                    tree.add(leaf_hash(line))
                    end += len(line) + 1
                    if tree.size == head.size:
                        break
        if tree.size != head.size or tree.root() != head.root:
            message = (
                f"{EVENTS} does not match its head, so nothing is appended to it; run joinfence log verify"
            )
            raise LogError(message)
        self._tree, self._end = tree, end

    def _head(self, signer: Signer) -> Checkpoint:
        path = self._folder / HEADS
        note, whole = last_head(path) if path.exists() else ("", 0)
        if not note and not self._tree.size and not _size(self._folder / EVENTS):
            self._move(path, 0)  # the part of the first head that a crash left, if any
            write_whole(path, self._signed(signer), mode=PRIVATE, fsync=True)
            note, whole = last_head(path)
        elif not path.exists():
            message = f"{path} is missing; restore it, or move {EVENTS} to another folder"
            raise LogError(message)
        elif note and whole != _size(path):
            self._move(path, whole)  # an incomplete head that a crash left
        try:
            return Checkpoint.parse(note, signer.verifier)
        except NoteError as error:
            message = f"{path}: {error}; run joinfence log verify"
            raise LogError(message) from None

    def _signed(self, signer: Signer) -> bytes:
        head = Checkpoint(origin=signer.verifier.name, size=self._tree.size, root=self._tree.root())
        return head.signed(signer).encode()

    def _move_uncommitted(self) -> int:
        path = self._folder / EVENTS
        if _size(path) < self._end:
            message = f"{path} was truncated, so nothing is appended to it; run joinfence log verify"
            raise LogError(message)
        return self._move(path, self._end)

    def _move(self, path: Path, end: int) -> int:
        """Move the bytes after an offset to the file UNCOMMITTED, and return their number."""
        size = _size(path)
        if size <= end:
            return 0
        with path.open("rb") as file:
            file.seek(end)
            _append(self._folder / UNCOMMITTED, file.read())
        os.truncate(path, end)
        return size - end

    def _write(self, events: Sequence[Event], signer: Signer) -> None:
        if not events:
            return
        before, end = self._tree.copy(), self._end
        lines, throttle = bytearray(), Throttle(LOW_PRIORITY)
        # Drawn all at once, because each system call may let another thread run first.
        salts = secrets.token_bytes(_SALT_BYTES * len(events))
        for number, event in enumerate(events):
            throttle()
            salt = salts[_SALT_BYTES * number : _SALT_BYTES * (number + 1)].hex()
            line = encode(Entry(seq=self._tree.size, event=event, previous=self._tree.root(), salt=salt))
            self._tree.add(leaf_hash(line))
            lines += line + b"\n"
        try:
            _append(self._folder / EVENTS, lines)
            _append(self._folder / HEADS, self._signed(signer))
        except BaseException:
            self._tree, self._end = before, end
            raise
        self._end += len(lines)


def _repaired(first: Event) -> Event:
    return Event(time=first.time, kind=EventKind.LOG_REPAIRED, engine=first.engine, reason="uncommitted")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _append(path: Path, data: bytes | bytearray) -> None:
    """Append data and wait until it is on disk. After an error the file is as it was."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, PRIVATE)
    with open(descriptor, "ab", buffering=0) as file:  # noqa: PTH123 - a descriptor, for the mode
        size = os.fstat(descriptor).st_size
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[file.write(rest) or 0 :]
            os.fsync(descriptor)
            if not size:
                sync_folder(path.parent)  # the file may be new, and so may its name
        except BaseException:
            os.ftruncate(descriptor, size)
            raise
