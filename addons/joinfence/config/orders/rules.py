"""The rules of an order that involve several fields, the register, the services, other files or the time."""

from __future__ import annotations

import hashlib
import os
import stat
from itertools import chain
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from joinfence.config.orders.named_meetings import MESSAGE, naming_a_meeting
from joinfence.config.orders.schema import LONGEST_DEFERRAL, LONGEST_PERIOD, OrderFile
from joinfence.config.yaml.document import open_without_waiting
from joinfence.engine.joins.normalise import canonical_forms
from joinfence.engine.territory import contains

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from joinfence.config.yaml.document import Document, Violation
    from joinfence.engine.joins.normalise import Step
    from joinfence.engine.order import Authority


def violations(
    order: OrderFile,
    document: Document,
    register: Mapping[str, Authority],
    services: Mapping[str, tuple[Step, ...]],
    now: datetime,
) -> Iterator[Violation]:
    """Yield each rule that the order breaks, as place and message. `now` is aware."""
    yield from _version(order)
    yield from _authority(order, register, now)
    yield from _document(order, document)
    yield from _reasons(order)
    canonical = [canonical_forms(each.id, services.get(each.service, ())) for each in order.meetings]
    yield from _meetings(order, services, [own for own, *_derived in canonical])
    yield from _named_meetings(order, chain.from_iterable(canonical))
    yield from _period(order)
    yield from _host_notice(order)


def _version(order: OrderFile) -> Iterator[Violation]:
    if order.version == 1 and order.supersedes is not None:
        yield ("supersedes",), "version 1 supersedes nothing; remove it, or raise `version`"
    if order.version > 1 and order.supersedes != order.version - 1:
        yield ("supersedes",), f"expected {order.version - 1}, because this is version {order.version}"


def _authority(order: OrderFile, register: Mapping[str, Authority], now: datetime) -> Iterator[Violation]:
    issued_on = order.authority.issued_on
    if issued_on > now.astimezone(order.received_at.tzinfo).date():
        yield (
            ("authority", "issued_on"),
            f"{issued_on} is in the future; an order can be loaded only once it has been issued",
        )
    if issued_on > order.received_at.date():
        yield ("authority", "issued_on"), f"{issued_on} is after received_at; check both dates"
    authority = register.get(order.authority.id)
    if authority is None:
        yield (
            ("authority", "id"),
            (
                f'found "{order.authority.id}", expected the id of an authority in the register; '
                "add it there first"
            ),
        )
        return
    for index, code in enumerate(order.territory):
        if not any(contains(place, code) for place in authority.competence):
            yield (
                ("territory", index),
                (
                    f"{code} is outside the competence of {authority.id} ({', '.join(authority.competence)})"
                    "; remove it, and set narrowed_from if the decision claims more"
                ),
            )
        if code in order.territory[:index]:
            yield ("territory", index), f"{code} is listed twice; keep one"


def _document(order: OrderFile, document: Document) -> Iterator[Violation]:
    if order.document.file is None:
        return
    if not _is_in_same_folder(order.document.file):
        yield (
            ("document", "file"),
            f'found "{order.document.file}", expected the name of a file in the same folder as the order',
        )
        return
    path = document.path.parent / order.document.file
    try:
        found = file_hash(path)
    except OSError as error:
        yield ("document", "file"), f"{path} cannot be read: {error.strerror or error}"
        return
    if found != order.document.sha256:
        yield (
            ("document", "sha256"),
            f"the SHA-256 of {order.document.file} is {found}; check whether the file or this value is wrong",
        )


def _is_in_same_folder(name: str) -> bool:
    return name == PurePath(name).name and "\0" not in name


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits. Raises OSError, also for a pipe or device."""
    with open(path, "rb", opener=open_without_waiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            message = "it is a pipe or device, not a file"
            raise OSError(message)
        return hashlib.file_digest(file, "sha256").hexdigest()


def _reasons(order: OrderFile) -> Iterator[Violation]:
    for language in sorted({order.document.language, "en"} - order.reasons.keys()):
        yield (
            ("reasons",),
            f"`{language}` is missing; give the reasons in the language of the document and in English (en)",
        )


def _meetings(
    order: OrderFile, services: Mapping[str, tuple[Step, ...]], ids: Sequence[str]
) -> Iterator[Violation]:
    seen: dict[tuple[str, str], int] = {}
    for index, (meeting, name) in enumerate(zip(order.meetings, ids, strict=True)):
        if meeting.service not in services:
            yield (
                ("meetings", index, "service"),
                f'found "{meeting.service}", expected a configured service: {", ".join(sorted(services))}',
            )
        elif not name:
            yield (
                ("meetings", index, "id"),
                (
                    f'"{meeting.id}" is not a meeting id of {meeting.service}: nothing is left of it after '
                    f"{', '.join(services[meeting.service])}; check the id"
                ),
            )
        elif (first := seen.setdefault((meeting.service, name), index)) != index:
            yield ("meetings", index, "id"), f"is the same meeting as meetings[{first}]; keep one"


def _named_meetings(order: OrderFile, canonical: Iterable[str]) -> Iterator[Violation]:
    for loc in naming_a_meeting(order, canonical):
        # A suspension is never refused for its wording: the order would stay in force. The site refuses it.
        if loc != ("suspended", "reason"):
            yield loc, MESSAGE


def _period(order: OrderFile) -> Iterator[Violation]:
    if order.expires_at <= order.effective_from:
        yield ("expires_at",), "is not after effective_from; check both dates"
        return
    longest = LONGEST_PERIOD[order.authority.instrument]
    if order.expires_at - order.effective_from > longest:
        yield (
            ("expires_at",),
            (
                f"the longest period of {order.authority.instrument} is {longest.days} days, until "
                f"{(order.effective_from + longest).isoformat()}; an extension needs a new version"
            ),
        )
    if not order.effective_from < order.review_by <= order.expires_at:
        yield ("review_by",), "expected a time after effective_from and no later than expires_at"


_NOTICE_KEYS: Final = {
    "sent": {"at": "say when the notice was sent"},
    "not_possible": {"reason": "say why the host was not notified"},
    "deferred": {
        "reason": "say why the host was not notified",
        "until": "say until when the notice is deferred",
    },
}
"""State of a notice -> the keys that it needs, and no others, each with what is missing without it."""


def _host_notice(order: OrderFile) -> Iterator[Violation]:
    notice = order.host_notice
    needed = _NOTICE_KEYS[notice.state]
    for key in ("at", "reason", "until"):
        stated = getattr(notice, key) is not None
        if key in needed and not stated:
            yield ("host_notice",), f"`{key}` is missing; {needed[key]}"
        elif stated and key not in needed:
            yield ("host_notice", key), f"does not apply to a notice whose state is {notice.state}; remove it"
    if "until" in needed and notice.until and notice.until - order.received_at > LONGEST_DEFERRAL:
        yield (
            ("host_notice", "until"),
            (
                f"a notice can be deferred for at most {LONGEST_DEFERRAL.days} days from received_at, until "
                f"{(order.received_at + LONGEST_DEFERRAL).isoformat()}"
            ),
        )
