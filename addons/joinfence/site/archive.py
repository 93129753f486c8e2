"""The versions that were published before, and how they merge with today's orders.

The site is its own archive. Next to the page of each version of an order is its `order.json`, and
`index.json` lists them all. A build starts by reading both from the existing site, so whatever was
published once stays published, even after its order file has been deleted.

The archive also turns edits into history. A version whose order file has changed gets a revision; one whose
file is gone is superseded if there is a later version, else withdrawn; a suspension that starts or ends in
the file starts or ends a pause.
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
    """All versions ever published, by id and number, with the languages and the instant of the last build."""

    versions: Mapping[VersionKey, Version] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    built_at: datetime | None = None


def read_archive(folder: Path) -> Archive:
    """Return the archive in a folder; it is empty if the folder is missing or empty.

    Raises ConfigError for a folder that contains anything but a complete site.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return Archive()
    index = folder / INDEX
    if not index.is_file():
        message = "is missing, so this folder does not contain the site; build the site in an empty folder"
        raise ConfigError([Problem(index, 1, 1, message)])
    published = read_published(index)
    problems: list[Problem] = []
    versions: dict[VersionKey, Version] = {}
    for entry in published.orders:
        path = folder / "orders" / entry.id / str(entry.version) / RECORD
        try:
            version = Version.model_validate(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError) as error:
            what = error.strerror if isinstance(error, OSError) else "is not what joinfence wrote"
            problems.append(Problem(path, 1, 1, f"{what}; restore the site from a backup"))
        else:
            versions[entry.id, entry.version] = version
    if problems:
        raise ConfigError(problems)
    return Archive(versions=versions, languages=tuple(published.languages), built_at=published.built_at)


def merge(archive: Archive, orders: Iterable[PublicOrder], at: datetime) -> dict[VersionKey, Version]:
    """Return all versions, from the archive and from today's orders, as known at an aware instant."""
    today = {(order.id, order.version): order for order in orders}
    newest = dict(sorted({*archive.versions, *today}))
    merged: dict[VersionKey, Version] = {}
    for key in sorted({*archive.versions, *today}):
        known, order = archive.versions.get(key), today.get(key)
        if known is None and order is not None:
            version = Version(order=order, published_at=at, pauses=_pauses_with_suspension(order, [], at))
        elif known is not None and order is not None:
            version = _still_present(known, order, at)
        elif known is not None:
            version = _no_longer_present(known, at, replaced=key[1] < newest[key[0]])
        merged[key] = version
    return merged


def with_suspension(public: PublicOrder, order: Order, known: Version | None, at: datetime) -> PublicOrder:
    """Return the order with a suspension if a signature suspends it, else the order unchanged.

    `known` is the published version. A signature has no trustworthy date, so the suspension counts from
    when it was first published, or from `at`.
    """
    if public.suspended is not None or not order.approvals.suspended_by:
        return public
    running = [pause.since for pause in (known.pauses if known else ()) if pause.is_open("suspended")]
    since = running[0] if running else at
    suspension = {"since": since.isoformat(), "reason": "Stopped by a signature."}
    return public.model_copy(update={"suspended": Suspension.model_validate(suspension)})


def _still_present(known: Version, order: PublicOrder, at: datetime) -> Version:
    """Return a version whose order file is still there, with its pauses and a revision if it was edited."""
    parts = _changed_parts(known.order, order)
    return known.model_copy(
        update={
            "order": order,
            "superseded_at": None,
            "pauses": _pauses_with_suspension(order, _end_pauses(known.pauses, "withdrawn", at), at),
            "revisions": [*known.revisions, *([Revision(at=at, parts=parts)] if parts else [])],
        }
    )


def _no_longer_present(known: Version, at: datetime, *, replaced: bool) -> Version:
    """Return a version whose order file is gone: superseded, withdrawn, or unchanged if it had ended."""
    if known.state(at) in ENDED:
        return known
    if replaced:
        return known.model_copy(update={"superseded_at": at})
    return known.model_copy(update={"pauses": [*known.pauses, Pause(kind="withdrawn", since=at)]})


def _pauses_with_suspension(order: PublicOrder, pauses: list[Pause], at: datetime) -> list[Pause]:
    """Return the pauses updated with the suspension that the order states today."""
    running = [pause for pause in pauses if pause.is_open("suspended")]
    suspension = order.suspended
    if suspension is not None and [pause.since for pause in running] == [suspension.since]:
        return [
            pause.model_copy(update={"reason": suspension.reason}) if pause in running else pause
            for pause in pauses
        ]
    ended = _end_pauses(pauses, "suspended", at)
    if suspension is None:
        return ended
    return [*ended, Pause(kind="suspended", since=suspension.since, reason=suspension.reason)]


def _end_pauses(pauses: list[Pause], kind: str, at: datetime) -> list[Pause]:
    """Return the pauses with the open ones of this kind ended; one that had not begun yet is dropped."""
    return [
        pause.model_copy(update={"until": at}) if pause.is_open(kind) else pause
        for pause in pauses
        if not pause.is_open(kind) or pause.since < at
    ]


def _changed_parts(before: PublicOrder, after: PublicOrder) -> list[str]:
    """Return the names of the fields that an edit changed, except the suspension, which becomes a pause."""
    old, new = plain(before.model_dump()), plain(after.model_dump())
    return [name for name in old if name != "suspended" and old[name] != new[name]]
