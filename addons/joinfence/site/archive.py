"""What was published before, and what it becomes with the orders of today. The site is its own archive.

Beside the page of each version lies its `order.json`; `index.json` lists them all. A build reads both from
where the site was last built, so nothing that was ever published is lost, whatever became of its order file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from joinfence.config.orders.published import INDEX, read_published
from joinfence.config.orders.schema import Suspension
from joinfence.config.yaml.problems import ConfigError, Problem
from joinfence.site.life import ENDED, Pause, Revision, Version
from joinfence.site.public_order import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from joinfence.engine.order import Order
    from joinfence.site.public_order import PublicOrder

type VersionKey = tuple[str, int]

RECORD = "order.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """All versions ever published, by id and number, the languages and the instant of the build."""

    versions: Mapping[VersionKey, Version] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    built_at: datetime | None = None


def read_archive(folder: Path) -> Archive:
    """Return what the site in a folder holds; an empty archive for no folder or an empty one.

    Raises ConfigError for a folder that holds anything but a whole site.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return Archive()
    index = folder / INDEX
    if not index.is_file():
        message = "is missing: this folder holds something else; build the site into a folder of its own"
        raise ConfigError([Problem(index, 1, 1, message)])
    published = read_published(index)
    problems: list[Problem] = []
    versions: dict[VersionKey, Version] = {}
    for entry in published.orders:
        path = folder / "orders" / entry.id / str(entry.version) / RECORD
        try:
            version = Version.model_validate(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError) as error:
            what = error.strerror if isinstance(error, OSError) else "is not as this program wrote it"
            problems.append(Problem(path, 1, 1, f"{what}; restore the site from a copy"))
        else:
            versions[entry.id, entry.version] = version
    if problems:
        raise ConfigError(problems)
    return Archive(versions=versions, languages=tuple(published.languages), built_at=published.built_at)


def merge(archive: Archive, orders: Iterable[PublicOrder], at: datetime) -> dict[VersionKey, Version]:
    """Return all versions, those of before and the orders of today, as they are known at an aware instant."""
    today = {(order.id, order.version): order for order in orders}
    newest = dict(sorted({*archive.versions, *today}))
    merged: dict[VersionKey, Version] = {}
    for key in sorted({*archive.versions, *today}):
        known, order = archive.versions.get(key), today.get(key)
        if known is None and order is not None:
            version = Version(order=order, published_at=at, pauses=_suspended(order, [], at))
        elif known is not None and order is not None:
            version = _continued(known, order, at)
        elif known is not None:
            version = _gone(known, at, replaced=key[1] < newest[key[0]])
        merged[key] = version
    return merged


def as_stopped(public: PublicOrder, order: Order, known: Version | None, at: datetime) -> PublicOrder:
    """Return an order that a signature stopped as suspended since it was first seen so; others as they are.

    `known` is what was published of it before. A signature has no date that could be trusted.
    """
    if public.suspended is not None or not order.approvals.suspended_by:
        return public
    running = [pause.since for pause in (known.pauses if known else ()) if pause.is_open("suspended")]
    since = running[0] if running else at
    told = {"since": since.isoformat(), "reason": "Stopped by a signature."}
    return public.model_copy(update={"suspended": Suspension.model_validate(told)})


def _continued(known: Version, order: PublicOrder, at: datetime) -> Version:
    """Return a version that is still there; edits without a new number and pauses are noted."""
    parts = _different(known.order, order)
    return known.model_copy(
        update={
            "order": order,
            "superseded_at": None,
            "pauses": _suspended(order, _ended(known.pauses, "withdrawn", at), at),
            "revisions": [*known.revisions, *([Revision(at=at, parts=parts)] if parts else [])],
        }
    )


def _gone(known: Version, at: datetime, *, replaced: bool) -> Version:
    """Return a version whose file is no longer there: replaced by a later one, withdrawn, or over anyway."""
    if known.state(at) in ENDED:
        return known
    if replaced:
        return known.model_copy(update={"superseded_at": at})
    return known.model_copy(update={"pauses": [*known.pauses, Pause(kind="withdrawn", since=at)]})


def _suspended(order: PublicOrder, pauses: list[Pause], at: datetime) -> list[Pause]:
    """Return the pauses with what the order says of its suspension today."""
    running = [pause for pause in pauses if pause.is_open("suspended")]
    told = order.suspended
    if told is not None and [pause.since for pause in running] == [told.since]:
        return [
            pause.model_copy(update={"reason": told.reason}) if pause in running else pause
            for pause in pauses
        ]
    over = _ended(pauses, "suspended", at)
    if told is None:
        return over
    return [*over, Pause(kind="suspended", since=told.since, reason=told.reason)]


def _ended(pauses: list[Pause], kind: str, at: datetime) -> list[Pause]:
    """Return the pauses with those of a kind ended that were open; one that had not begun never was."""
    return [
        pause.model_copy(update={"until": at}) if pause.is_open(kind) else pause
        for pause in pauses
        if not pause.is_open(kind) or pause.since < at
    ]


def _different(before: PublicOrder, after: PublicOrder) -> list[str]:
    """Return the names of what an edit changed, apart from the suspension, which is told as a pause."""
    old, new = plain(before.model_dump()), plain(after.model_dump())
    return [name for name in old if name != "suspended" and old[name] != new[name]]
