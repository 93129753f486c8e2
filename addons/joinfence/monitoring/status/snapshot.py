"""The status file: what a running fence says about itself with every heartbeat. Nothing about joins."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from joinfence.background.json_files import read_json, write_json
from joinfence.engine.order import Standing

if TYPE_CHECKING:
    from pathlib import Path

STATUS: Final = "status.json"


class _Part(BaseModel):
    """A part of the file. Keys that a newer version adds are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class NextChange(_Part):
    """The next change of an order that happens by itself."""

    at: datetime
    becomes: Standing
    order: str
    version: int
    territory: list[str]


class SourceStatus(_Part):
    """A location source. `age_days` is None if its data has no date."""

    name: str
    age_days: Annotated[int, Field(ge=0)] | None
    stale: bool


class Snapshot(_Part):
    """The fence at one heartbeat. All instants are UTC.

    `answered` is when its event loop last responded, None if it has no event loop. `stopped` is when it was
    shut down. `problems` are those of edits that are not in force, since `problems_at`. `failures` counts
    errors of the fence itself since it started, `alarms` are those of the last hour, and `unwritten` names
    records that cannot be written.
    """

    schema_: Literal["status/1"] = Field(alias="schema", default="status/1")
    engine: str
    pid: int
    config: str
    started: datetime
    heartbeat: datetime
    heartbeat_seconds: float
    answered: datetime | None
    stopped: datetime | None
    revision: str
    loaded: datetime
    problems: list[str]
    problems_at: datetime | None
    orders: dict[str, int]
    changes: list[NextChange]
    reviews: list[NextChange] = []
    missed_reviews: list[str]
    unapproved: list[str]
    unpublished: list[str]
    sources: list[SourceStatus]
    failures: int
    alarms: list[str]
    unwritten: list[str]


def read_snapshot(folder: Path) -> Snapshot | None:
    """Return the last heartbeat in a state folder; None if there is none. Raises OSError."""
    try:
        return Snapshot.model_validate(read_json(folder / STATUS))
    except ValidationError:
        return None


def write_snapshot(folder: Path, snapshot: Snapshot) -> None:
    """Write a heartbeat to a state folder. Raises OSError."""
    write_json(folder / STATUS, snapshot.model_dump(mode="json", by_alias=True))
