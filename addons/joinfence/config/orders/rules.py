"""What an order must keep to beyond its single fields: rules between fields, register, services and clock."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from joinfence.config.orders.schema import LONGEST_DEFERRAL, LONGEST_PERIOD, OrderFile
from joinfence.config.yaml.document import open_without_waiting
from joinfence.engine.joins.normalise import normalise
from joinfence.engine.territory import contains

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from joinfence.config.yaml.document import Document, Loc
    from joinfence.engine.joins.normalise import Step
    from joinfence.engine.order import Authority

type Breach = tuple[Loc, str]

_TELLING: Final = 6
"""Characters from which on an id among dockets and provisions, which are full of numbers, is no accident."""

_SEPARATORS: Final = re.compile(r"[\W_]+")
_DIGITS: Final = re.compile(r"\d+")


def breaches(
    order: OrderFile,
    document: Document,
    register: Mapping[str, Authority],
    services: Mapping[str, tuple[Step, ...]],
    now: datetime,
) -> Iterator[Breach]:
    """Yield each broken rule as the place in the order and a sentence. `now` is aware."""
    yield from _version(order)
    yield from _authority(order, register, now)
    yield from _document(order, document)
    yield from _reasons(order)
    ids = [normalise(each.id, services.get(each.service, ())) for each in order.meetings]
    yield from _meetings(order, services, ids)
    yield from _discretion(order, ids)
    yield from _period(order)
    yield from _host_notice(order)


def _version(order: OrderFile) -> Iterator[Breach]:
    if order.version == 1 and order.supersedes is not None:
        yield ("supersedes",), "version 1 supersedes nothing; remove it, or raise `version`"
    if order.version > 1 and order.supersedes != order.version - 1:
        yield ("supersedes",), f"version {order.version} expects supersedes: {order.version - 1}"


def _authority(order: OrderFile, register: Mapping[str, Authority], now: datetime) -> Iterator[Breach]:
    issued_on = order.authority.issued_on
    if issued_on > now.astimezone(order.received_at.tzinfo).date():
        yield (
            ("authority", "issued_on"),
            f"{issued_on} is in the future; an order is loaded once it was issued",
        )
    if issued_on > order.received_at.date():
        yield ("authority", "issued_on"), f"{issued_on} is after received_at; check both dates"
    authority = register.get(order.authority.id)
    if authority is None:
        yield (
            ("authority", "id"),
            f'found "{order.authority.id}", expected an authority of the register; enter it there first',
        )
        return
    for index, code in enumerate(order.territory):
        if not any(contains(place, code) for place in authority.competence):
            yield (
                ("territory", index),
                (
                    f"{code} is outside the competence of {authority.id}, {', '.join(authority.competence)}; "
                    "remove it, and say narrowed_from if the order claims more"
                ),
            )
        if code in order.territory[:index]:
            yield ("territory", index), f"{code} stands twice; keep one"


def _document(order: OrderFile, document: Document) -> Iterator[Breach]:
    if order.document.file is None:
        return
    if not _is_beside(order.document.file):
        yield (
            ("document", "file"),
            f'found "{order.document.file}", expected the name of a file in the folder of the order',
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
            f"the hash of {order.document.file} is {found}; check which one is wrong",
        )


def _is_beside(name: str) -> bool:
    return name == PurePath(name).name and "\0" not in name


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits. Raises OSError; a pipe or device is never read."""
    with open(path, "rb", opener=open_without_waiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            message = "it is no file but a pipe or device"
            raise OSError(message)
        return hashlib.file_digest(file, "sha256").hexdigest()


def _reasons(order: OrderFile) -> Iterator[Breach]:
    for language in sorted({order.document.language, "en"} - order.reasons.keys()):
        yield ("reasons",), f"`{language}` is missing; give the reasons in the document's language and in en"


def _meetings(
    order: OrderFile, services: Mapping[str, tuple[Step, ...]], ids: Sequence[str]
) -> Iterator[Breach]:
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
                    f'"{meeting.id}" is no meeting id of {meeting.service}: nothing is left of it after '
                    f"{', '.join(services[meeting.service])}"
                ),
            )
        elif (first := seen.setdefault((meeting.service, name), index)) != index:
            yield ("meetings", index, "id"), f"is the meeting of meetings[{first}] again; keep one"


def _discretion(order: OrderFile, ids: Iterable[str]) -> Iterator[Breach]:
    """A refusal shows these words and never says which meeting it refuses, so they may not either."""
    shown: list[tuple[Loc, str]] = [(("reasons", language), text) for language, text in order.reasons.items()]
    shown.append((("redress", "affected", "how"), order.redress.affected.how))
    labels: list[tuple[Loc, str]] = [
        (("authority", "reference"), order.authority.reference),
        (("document", "url"), order.document.url),
        (("redress", "affected", "url"), order.redress.affected.url),
    ]
    for index, basis in enumerate(order.legal_basis):
        labels += [
            (("legal_basis", index, "citation"), basis.citation),
            (("legal_basis", index, "value"), basis.value),
        ]
    # As the order writes it, and as the service knows it: 987 6543 2101 and 98765432101 are one meeting.
    spellings = {*ids, *(each.id for each in order.meetings)} - {""}
    found = suspects(spellings, [text for _loc, text in (*shown, *labels)])
    for searched, shortest in ((shown, 1), (labels, _TELLING)) if found else ():
        for loc, text in searched:
            if any(len(each) >= shortest and names(text, each) for each in found):
                yield loc, "names the meeting, and is shown to whoever is refused; say it without the id"


def suspects(ids: Collection[str], texts: Iterable[str]) -> list[str]:
    """Return the ids that texts may name, by a plain search: `names` for each of a million takes minutes."""
    plainly = "\n".join(texts).casefold()
    numbers = {each: digits for each in ids if (digits := _only_digits(each)).isdecimal()}
    digits_of_texts = "".join(_DIGITS.findall(plainly)) if numbers else ""
    return [
        each
        for each in ids
        if each.casefold() in plainly or (each in numbers and numbers[each] in digits_of_texts)
    ]


def _only_digits(word: str) -> str:
    """Return the digits of an id that is made of them and separators; of another the id."""
    if word[:1].isalpha():  # as most are
        return word
    stripped = word if word.isdecimal() else _SEPARATORS.sub("", word)
    return stripped if stripped.isdecimal() else word


def names(text: str, word: str) -> bool:
    """Tell whether a text holds an id as a word, in any case; digits also with separators between them."""
    digits = _only_digits(word)
    apart = r"[\W_]*".join(digits) if digits.isdecimal() else re.escape(word)
    return re.search(rf"(?<![^\W_]){apart}(?![^\W_])", text, re.IGNORECASE) is not None


def _period(order: OrderFile) -> Iterator[Breach]:
    if order.expires_at <= order.effective_from:
        yield ("expires_at",), "is not after effective_from; check both dates"
        return
    longest = LONGEST_PERIOD[order.authority.instrument]
    if order.expires_at - order.effective_from > longest:
        yield (
            ("expires_at",),
            (
                f"the longest period of {order.authority.instrument} is {longest.days} days, until "
                f"{(order.effective_from + longest).isoformat()}; a longer one is a new version of its own"
            ),
        )
    if not order.effective_from < order.review_by <= order.expires_at:
        yield ("review_by",), "expected an instant after effective_from and not after expires_at"


_NOTICE: Final = {
    "sent": {"at": "say when the notice was sent"},
    "not_possible": {"reason": "say why the host was not told"},
    "deferred": {
        "reason": "say why the host was not told",
        "until": "say until when the notice is deferred",
    },
}


def _host_notice(order: OrderFile) -> Iterator[Breach]:
    notice = order.host_notice
    needed = _NOTICE[notice.state]
    for key in ("at", "reason", "until"):
        stated = getattr(notice, key) is not None
        if key in needed and not stated:
            yield ("host_notice",), f"`{key}` is missing: {needed[key]}"
        elif stated and key not in needed:
            yield ("host_notice", key), f"says nothing about a notice that is {notice.state}: remove `{key}`"
    if "until" in needed and notice.until and notice.until - order.received_at > LONGEST_DEFERRAL:
        yield (
            ("host_notice", "until"),
            (
                f"a notice is deferred at most {LONGEST_DEFERRAL.days} days from received_at, until "
                f"{(order.received_at + LONGEST_DEFERRAL).isoformat()}"
            ),
        )
