"""What can happen in an order's life, as one line of the event log each."""

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
    """The kinds of events."""

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
    """A line that is no event; the message says why."""


@dataclass(frozen=True, slots=True, order=True)
class Signatory:
    """Whose signature counted: the role, and the key's fingerprint. No name."""

    role: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event. `time` is when it was noted, in whole seconds UTC.

    `sha256` is that of the file the event is about, in hexadecimal digits; of several files, that over their
    digests. `reason` is a stable identifier, `engine` the version of joinfence, `location` the names of the
    location sources with their builds.
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
    """An event at its place in the log: `seq` counts from 0, `previous` is the root over the lines before.

    `salt` is random. Without it, who has a published head and knows all else of an order's file could try
    ids of meetings until the hashes fit.
    """

    seq: int
    event: Event
    previous: bytes
    salt: str


def encode(entry: Entry) -> bytes:
    """Return the entry as one line of JSON without its line break; what an event does not say is left out."""
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
    said = {name: value for name, value in fields.items() if value is not None}
    return _ENCODER.encode(said).encode()


@lru_cache(maxsize=16)  # many events are noted at one time
def _utc(time: datetime) -> str:
    return time.astimezone(UTC).strftime(_TIME)


def decode(line: bytes) -> Entry:
    """Return the entry of a line. Raises EventError."""
    try:
        fields = json.loads(line)
        return Entry(
            seq=_typed(fields, "seq", int),
            event=_event(fields),
            previous=base64.b64decode(_typed(fields, "previous", str), validate=True),
            salt=_typed(fields, "salt", str),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        message = "is no event"
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
