"""`orders/*.yaml`, one order per file, to the orders the engine decides by."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from joinfence.config.orders.published import page_digest
from joinfence.config.orders.rules import violations
from joinfence.config.orders.schema import OrderFile
from joinfence.config.yaml.problems import ConfigError
from joinfence.config.yaml.validate import validate
from joinfence.engine.joins.normalise import canonical_forms
from joinfence.engine.order import LegalBasis, Mode, Order, Redress
from joinfence.engine.values import Join

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from joinfence.config.yaml.document import Document
    from joinfence.engine.joins.normalise import Step
    from joinfence.engine.order import Authority


def read_order(
    document: Document,
    *,
    register: Mapping[str, Authority],
    services: Mapping[str, tuple[Step, ...]],
    now: datetime,
) -> Order:
    """Return the order in a document. Raises ConfigError with every rule it breaks.

    `services` is service -> the steps that normalise its meeting ids. `now` is aware.
    """
    file = validate(OrderFile, document)
    problems = [
        document.problem(loc, message) for loc, message in violations(file, document, register, services, now)
    ]
    if problems:
        raise ConfigError(problems)
    return _order(file, register[file.authority.id], services)


def _order(file: OrderFile, authority: Authority, services: Mapping[str, tuple[Step, ...]]) -> Order:
    affected, operator = file.redress.affected, file.redress.operator
    return Order(
        id=file.id,
        version=file.version,
        purpose=file.purpose,
        mode=Mode(file.mode),
        authority=authority,
        instrument=file.authority.instrument,
        reference=file.authority.reference,
        issued_on=file.authority.issued_on,
        legal_basis=tuple(
            _shared(LegalBasis, citation=entry.citation, scheme=entry.scheme, value=entry.value)
            for entry in file.legal_basis
        ),
        reasons=file.reasons,
        territory=_shared_codes(tuple(file.territory)),
        meetings=_meetings(file, services),
        effective_from=file.effective_from,
        expires_at=file.expires_at,
        review_by=file.review_by,
        suspended_since=file.suspended.since if file.suspended else None,
        tally=file.tally == "on",
        page_digest=_page_digest(file),
        redress=_shared(
            Redress,
            how=affected.how,
            url=affected.url,
            language=affected.language,
            operator_contact=operator.contact,
            answer_within_days=operator.answer_within_days,
        ),
    )


def _meetings(file: OrderFile, services: Mapping[str, tuple[Step, ...]]) -> tuple[Join, ...]:
    """Return the meetings under all names by which their services know them, each once, in order."""
    joins = {
        Join(meeting.service, name): None
        for meeting in file.meetings
        for name in canonical_forms(meeting.id, services[meeting.service])
    }
    return tuple(joins)


def _page_digest(file: OrderFile) -> str:
    return page_digest(
        document=file.document.model_dump(exclude={"file"}),
        ecli=file.authority.ecli,
        necessity=file.necessity.model_dump(),
        narrowed_from=file.narrowed_from,
        received_at=file.received_at,
        host_notice=file.host_notice.state,
    )


# Most orders of an authority have the same legal basis, redress and territory. Sharing one object for equal
# values saves much of the memory that a hundred thousand orders take.
@lru_cache(maxsize=4096)
def _shared[T](kind: type[T], **fields: str | int) -> T:
    return kind(**fields)


@lru_cache(maxsize=4096)
def _shared_codes(codes: tuple[str, ...]) -> tuple[str, ...]:
    return codes
