"""A copy of all orders as they were read, kept in the state folder: a restart need not read them again.

Each is known by its file's content: an edited file is read anew. The copy as a whole is known by all else
that a reading depends on: register, services, and the versions of joinfence and Python. It is text that is
parsed and never code that is run, it is believed only if nobody else can have written it, and the fence goes
on without it where it can be neither written nor read.
"""

from __future__ import annotations

import hashlib
import json
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter

from joinfence.background.private_files import open_private, write_cache
from joinfence.background.throttle import Throttle
from joinfence.config.order_store.stored import Stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from joinfence.engine.joins.normalise import Step
    from joinfence.engine.order import Authority

_NAME: Final = "orders.compiled"
_FORMAT: Final = 3
_END: Final = b"end "
_PLAIN: Final = TypeAdapter(dict[str, Any])


class CompiledCopy:
    """The copy in one state folder, for one register and set of services."""

    def __init__(
        self,
        folder: Path,
        register: Mapping[str, Authority],
        services: Mapping[str, tuple[Step, ...]],
    ) -> None:
        """Take the state folder, which may not exist."""
        self._path = folder / _NAME
        depends_on = [_FORMAT, version("joinfence"), sys.version, _context(register, services)]
        self._key = hashlib.sha256(json.dumps(depends_on).encode()).hexdigest().encode()

    def read(self) -> tuple[dict[str, Stored], dict[bytes, Stored]]:
        """Return the orders by path, where the file's signature can be relied on, and by SHA-256."""
        by_path: dict[str, Stored] = {}
        by_digest: dict[bytes, Stored] = {}
        try:
            with open_private(self._path) as file:
                if file.readline().rstrip() != self._key:
                    return {}, {}
                for path, entry in _entries(file):
                    by_digest[entry.digest] = entry
                    if entry.settled:
                        by_path[path] = entry
        except (OSError, ValueError, KeyError, TypeError):
            return {}, {}
        return by_path, by_digest

    def write(self, entries: Mapping[str, Stored]) -> None:
        """Put path -> order in place of the copy, if that is possible."""
        write_cache(self._path, self._pieces(entries))

    def _pieces(self, entries: Mapping[str, Stored]) -> Iterator[bytes]:
        yield self._key + b"\n"
        digest, pace = hashlib.sha256(), Throttle()
        for path, entry in entries.items():
            text = _lines(path, entry)
            digest.update(text)
            yield text
            pace()
        yield _END + digest.hexdigest().encode() + b"\n"


def _context(register: Mapping[str, Authority], services: Mapping[str, tuple[Step, ...]]) -> dict[str, Any]:
    """Return as plain data what a reading depends on besides the file and the time."""
    return {
        "register": [
            [each.id, dict(each.name), each.kind, each.competence, each.official_url]
            for each in register.values()
        ],
        "services": {name: list(chain) for name, chain in services.items()},
    }


def _lines(path: str, entry: Stored) -> bytes:
    """Return an order as two lines of JSON: its head, and its record, which is read once it is asked for."""
    head = {
        "path": path,
        "stamp": entry.stamp,
        "settled": entry.settled,
        "document": entry.document,
        "digest": entry.digest.hex(),
        "id": entry.id,
        "meetings": entry.meetings,
    }
    return b"%b\n%b\n" % (_json(head), entry.record)


def _json(value: dict[str, Any]) -> bytes:
    try:
        return _PLAIN.dump_json(value)
    except ValueError:  # a file's name may be no UTF-8; json, at three times the cost, writes it in ASCII
        return json.dumps(value).encode()


def _entry(head: Mapping[str, Any], record: bytes) -> Stored:
    """Return the order in two lines. Raises KeyError, TypeError or ValueError if they are not by `_lines`."""
    return Stored(
        head["stamp"],
        head["settled"],
        head["document"],
        bytes.fromhex(head["digest"]),
        head["id"],
        tuple(head["meetings"]),
        record.rstrip(b"\n"),
    )


def _entries(file: Iterable[bytes]) -> Iterator[tuple[str, Stored]]:
    """Yield each path with its order. Raises ValueError for a copy cut short."""
    digest = hashlib.sha256()
    pace = Throttle()
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
        head = json.loads(line)
        yield head["path"], _entry(head, record)
    message = "the copy was cut short"
    raise ValueError(message)
