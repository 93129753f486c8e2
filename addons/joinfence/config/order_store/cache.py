"""A copy of all parsed orders in the state folder, so that a restart need not read their files again.

Each order is found by the digest of its file, so an edited file is read again. The whole copy is dropped if
anything else changes that the result of reading depends on: the register, the services, or the versions of
joinfence and Python. The copy is parsed as text and never executed, and it is used only if nobody else can
have written it. If it cannot be read or written, the fence goes on without it.
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
from joinfence.config.order_store.stored import StoredOrder

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

    def read(self) -> tuple[dict[str, StoredOrder], dict[bytes, StoredOrder]]:
        """Return path -> order for the files whose stamp is reliable, and SHA-256 -> order for all."""
        by_path: dict[str, StoredOrder] = {}
        by_digest: dict[bytes, StoredOrder] = {}
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

    def write(self, entries: Mapping[str, StoredOrder]) -> None:
        """Replace the copy by path -> order, if it can be written."""
        write_cache(self._path, self._pieces(entries))

    def _pieces(self, entries: Mapping[str, StoredOrder]) -> Iterator[bytes]:
        yield self._key + b"\n"
        digest, throttle = hashlib.sha256(), Throttle()
        for path, entry in entries.items():
            lines = _lines(path, entry)
            digest.update(lines)
            yield lines
            throttle()
        yield _END + digest.hexdigest().encode() + b"\n"


def _context(register: Mapping[str, Authority], services: Mapping[str, tuple[Step, ...]]) -> dict[str, Any]:
    """Return the register and services as plain data."""
    return {
        "register": [
            [each.id, dict(each.name), each.kind, each.competence, each.official_url]
            for each in register.values()
        ],
        "services": {name: list(chain) for name, chain in services.items()},
    }


def _lines(path: str, entry: StoredOrder) -> bytes:
    """Return an order as two lines of JSON: its head, and its record, which is only parsed when needed."""
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
    except ValueError:  # a file name may not be UTF-8; json escapes it, but takes three times as long
        return json.dumps(value).encode()


def _entry(head: Mapping[str, Any], record: bytes) -> StoredOrder:
    """Return the order in two lines. Raises KeyError, TypeError or ValueError unless `_lines` made them."""
    return StoredOrder(
        head["stamp"],
        head["settled"],
        head["document"],
        bytes.fromhex(head["digest"]),
        head["id"],
        tuple(head["meetings"]),
        record.rstrip(b"\n"),
    )


def _entries(file: Iterable[bytes]) -> Iterator[tuple[str, StoredOrder]]:
    """Yield each path with its order. Raises ValueError at the end if the copy is incomplete or changed."""
    digest = hashlib.sha256()
    throttle = Throttle()
    lines = iter(file)
    for line in lines:
        throttle()
        if line.startswith(_END):
            if line.removeprefix(_END).rstrip() == digest.hexdigest().encode():
                return
            break
        record = next(lines, b"")
        digest.update(line)
        digest.update(record)
        head = json.loads(line)
        yield head["path"], _entry(head, record)
    message = "the copy is incomplete or was changed"
    raise ValueError(message)
