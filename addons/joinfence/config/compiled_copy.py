"""A copy of all orders as they were read, kept in the state folder: a restart need not read them again.

Each is known by its file's content: an edited file is read anew. The copy as a whole is known by all else
that a reading depends on: register, services, and the versions of joinfence and Python. It is text that is
parsed and never code that is run, it is believed only if nobody else can have written it, and the fence goes
on without it where it can be neither written nor read.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, Final

from joinfence.config.order_lines import lines, read_head, reading_of
from joinfence.config.order_records import Stored
from joinfence.config.order_worker import context
from joinfence.config.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from joinfence.engine.joins.normalise import Step
    from joinfence.engine.values import Authority

_NAME: Final = "orders.compiled"
_FORMAT: Final = 1
_END: Final = b"end "


class CompiledCopy:
    """The copy in one state folder, for one register and set of services."""

    def __init__(
        self,
        folder: Path,
        register: Mapping[str, Authority],
        services: Mapping[str, tuple[Step, ...]],
    ) -> None:
        """Take the state folder, which may not exist."""
        self._folder = folder
        depends_on = [_FORMAT, version("joinfence"), sys.version, context(register, services)]
        self._key = hashlib.sha256(json.dumps(depends_on).encode()).hexdigest().encode()

    def read(self) -> tuple[dict[str, Stored], dict[bytes, Stored]]:
        """Return the orders by path, where the file's signature can be relied on, and by SHA-256."""
        by_path: dict[str, Stored] = {}
        by_digest: dict[bytes, Stored] = {}
        try:
            with self._open() as file:
                if file.readline().rstrip() != self._key:
                    return {}, {}
                for path, entry in _entries(file):
                    by_digest[entry.digest] = entry
                    if entry.settled:
                        by_path[path] = entry
        except (OSError, ValueError, KeyError, TypeError):
            return {}, {}
        return by_path, by_digest

    def _open(self) -> BinaryIO:
        """Open the copy. Raises OSError, also where somebody else could have written it."""
        descriptor = os.open(self._folder / _NAME, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        file = os.fdopen(descriptor, "rb")
        for found in (os.fstat(descriptor), self._folder.stat()):
            others = stat.S_IWGRP | stat.S_IWOTH
            if found.st_uid != os.geteuid() or found.st_mode & others:
                file.close()
                message = "others can write here"
                raise PermissionError(message)
        return file

    def write(self, entries: Mapping[str, Stored]) -> None:
        """Put path -> order in place of the copy. That it cannot is passed over: a copy spares time only."""
        temporary = None
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Made with mode 0600, whatever the umask.
            with NamedTemporaryFile(dir=self._folder, prefix=_NAME, delete=False) as file:
                temporary = Path(file.name)
                file.write(self._key + b"\n")
                digest, pace = hashlib.sha256(), Pace()
                for path, entry in entries.items():
                    text = lines(path, entry)
                    digest.update(text)
                    file.write(text)
                    pace()
                file.write(_END + digest.hexdigest().encode() + b"\n")
            temporary.replace(self._folder / _NAME)
        except OSError:
            if temporary is not None:
                with suppress(OSError):
                    temporary.unlink()


def _entries(file: Iterable[bytes]) -> Iterator[tuple[str, Stored]]:
    """Yield each path with its order. Raises ValueError for a copy cut short."""
    digest = hashlib.sha256()
    pace = Pace()
    numbered = iter(file)
    for line in numbered:
        pace()
        if line.startswith(_END):
            if line.removeprefix(_END).rstrip() == digest.hexdigest().encode():
                return
            break
        record = next(numbered, b"")
        digest.update(line)
        digest.update(record)
        head = read_head(line)
        reading = reading_of(head, record)
        if isinstance(reading, Stored):
            yield head["path"], reading
    message = "the copy was cut short"
    raise ValueError(message)
