"""The events in the life of an order, and their form as lines of the event log."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class EventKind(StrEnum):
    """The kinds of events, as they are named in the log."""

    APPROVED = "order.approved"
    ACTIVATED = "order.activated"
    SUSPENDED = "order.suspended"
    EXPIRED = "order.expired"
    REVOKED = "order.revoked"
    SUPERSEDED = "order.superseded"
    REJECTED = "order.rejected"
    REGISTER_CHANGED = "register.changed"
    SIGNERS_CHANGED = "signers.changed"
    CONFIG_CHANGED = "config.changed"
    LOCATION_CHANGED = "location.changed"
    REPORT_PUBLISHED = "report.published"
    LOG_REPAIRED = "log.repaired"


_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class EventError(Exception):
    """A line that is not an event. The message says so."""


@dataclass(frozen=True, slots=True, order=True)
class Signatory:
    """Whose signature counted: the role and the key's fingerprint, but no name."""

    role: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event. `time` is when it was recorded, in whole seconds UTC.

    `sha256` is the hexadecimal SHA-256 of the file that the event is about; for several files, it is computed
    over their digests. `reason` is a stable identifier, `engine` the version of joinfence, and `location`
    holds the names of the location sources with their builds.
    """

    time: datetime
    kind: EventKind
    engine: str
    order: str | None = None
    version: int | None = None
    sha256: str | None = None
    reason: str | None = None
    signers: tuple[Signatory, ...] = ()
    location: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event in the log: `seq` is its number from 0, `previous` the root over the lines before it.

    `salt` is random. Without it, somebody who has a published head and knows an order's file except for the
    meeting ids could try ids until the hashes match.
    """

    seq: int
    event: Event
    previous: bytes
    salt: str


def encode(entry: Entry) -> bytes:
    """Return the entry as one line of JSON, without a line break. Empty fields are left out."""
    event = entry.event
    fields = {
        "seq": entry.seq,
        "time": _utc(event.time),
        "event": str(event.kind),
        "order": event.order,
        "version": event.version,
        "sha256": event.sha256,
        "reason": event.reason,
        "signers": [{"role": each.role, "key": each.key} for each in event.signers] or None,
        "engine": event.engine,
        "location": list(event.location) or None,
        "salt": entry.salt,
        "previous": base64.b64encode(entry.previous).decode("ascii"),
    }
    present = {name: value for name, value in fields.items() if value is not None}
    return _ENCODER.encode(present).encode()


@lru_cache(maxsize=16)  # many events are recorded at the same time
def _utc(time: datetime) -> str:
    return time.astimezone(UTC).strftime(_TIME)


def decode(line: bytes) -> Entry:
    """Return the entry in a line. Raises EventError."""
    try:
        fields = json.loads(line)
        return Entry(
            seq=_typed(fields, "seq", int),
            event=_event(fields),
            previous=base64.b64decode(_typed(fields, "previous", str), validate=True),
            salt=_typed(fields, "salt", str),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        message = "is not an event"
        raise EventError(message) from None


def _event(fields: Mapping[str, Any]) -> Event:
    return Event(
        time=datetime.strptime(fields["time"], _TIME).replace(tzinfo=UTC),
        kind=EventKind(fields["event"]),
        engine=_typed(fields, "engine", str),
        order=_typed(fields, "order", str, optional=True),
        version=_typed(fields, "version", int, optional=True),
        sha256=_typed(fields, "sha256", str, optional=True),
        reason=_typed(fields, "reason", str, optional=True),
        signers=tuple(Signatory(str(each["role"]), str(each["key"])) for each in fields.get("signers", ())),
        location=tuple(str(each) for each in fields.get("location", ())),
    )


def _typed(fields: Mapping[str, Any], name: str, kind: type, *, optional: bool = False) -> Any:  # noqa: ANN401 - the type asked for
    if optional and name not in fields:
        return None
    value = fields[name]
    if type(value) is not kind:
        raise TypeError(name)
    return value
