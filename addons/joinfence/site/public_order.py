"""The public part of one version of an order: all of it except the meetings, which are only counted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from joinfence.config.orders.published import page_digest
from joinfence.config.orders.schema import (
    AffectedRedress,
    LegalBasisEntry,
    Necessity,
    OperatorRedress,
    Suspension,
)
from joinfence.config.yaml.fields import Day, Identifier, Instant, Language, Territory, Text, Url
from joinfence.config.yaml.validate import Model
from joinfence.engine.order import Authority, LegalBasis, Mode, Order, Redress

if TYPE_CHECKING:
    from joinfence.config.orders.schema import OrderFile


class PublicAuthority(Model):
    """The authority, and its decision."""

    id: Identifier
    name: dict[Language, Text]
    kind: Text
    competence: list[Territory]
    official_url: Url
    instrument: Text
    reference: Text
    ecli: Text | None
    issued_on: Day

    def authority(self) -> Authority:
        """Return the authority as a value of the engine."""
        return Authority(
            id=self.id,
            name=self.name,
            kind=self.kind,
            competence=tuple(self.competence),
            official_url=self.official_url,
        )


class PublicDocument(Model):
    """Where the document is published, and the hash to check a copy."""

    url: Url
    sha256: Text
    language: Language
    redacted: bool


class PublicRedress(Model):
    """The two ways to contest: for those affected, and with the operator."""

    affected: AffectedRedress
    operator: OperatorRedress

    def redress(self) -> Redress:
        """Return the redress as a value of the engine."""
        return Redress(
            how=self.affected.how,
            url=self.affected.url,
            language=self.affected.language,
            operator_contact=self.operator.contact,
            answer_within_days=self.operator.answer_within_days,
        )


class PublicOrder(Model):
    """One version of an order, as in the `order.json` beside its page."""

    id: Text
    version: Annotated[int, Field(ge=1)]
    purpose: Text
    mode: Literal["enforce", "observe"]
    authority: PublicAuthority
    document: PublicDocument
    legal_basis: list[LegalBasisEntry]
    reasons: dict[Language, Annotated[str, Field(max_length=2000)]]
    necessity: Necessity
    territory: list[Territory]
    narrowed_from: Text | None
    meetings: Annotated[int, Field(ge=1)]
    received_at: Instant
    effective_from: Instant
    review_by: Instant
    expires_at: Instant
    redress: PublicRedress
    host_notice: Literal["sent", "not_possible", "deferred"]
    suspended: Suspension | None

    def order(self) -> Order:
        """Return the order as a value of the engine, without its meetings and without its suspension."""
        authority = self.authority
        return Order(
            id=self.id,
            version=self.version,
            purpose=self.purpose,
            mode=Mode(self.mode),
            authority=authority.authority(),
            instrument=authority.instrument,
            reference=authority.reference,
            issued_on=authority.issued_on,
            legal_basis=tuple(LegalBasis(**dict(basis)) for basis in self.legal_basis),
            reasons=self.reasons,
            territory=tuple(self.territory),
            meetings=(),
            effective_from=self.effective_from,
            expires_at=self.expires_at,
            review_by=self.review_by,
            suspended_since=None,
            page_digest=page_digest(
                document=self.document.model_dump(),
                ecli=authority.ecli,
                necessity=self.necessity.model_dump(),
                narrowed_from=self.narrowed_from,
                received_at=self.received_at,
                host_notice=self.host_notice,
            ),
            redress=self.redress.redress(),
        )


def public_order(file: OrderFile, order: Order) -> PublicOrder:
    """Return the public part of an order file; `order` is the same order as a value of the engine."""
    authority = order.authority
    return PublicOrder.model_validate(
        plain(
            {
                **file.model_dump(
                    include={
                        "id",
                        "version",
                        "purpose",
                        "mode",
                        "legal_basis",
                        "reasons",
                        "necessity",
                        "territory",
                        "narrowed_from",
                        "received_at",
                        "effective_from",
                        "review_by",
                        "expires_at",
                        "redress",
                        "suspended",
                    },
                ),
                "authority": {
                    "id": authority.id,
                    "name": dict(authority.name),
                    "kind": authority.kind,
                    "competence": list(authority.competence),
                    "official_url": authority.official_url,
                    **file.authority.model_dump(exclude={"id"}),
                },
                "document": file.document.model_dump(exclude={"file"}),
                "meetings": len(order.meetings),
                "host_notice": file.host_notice.state,
            }
        )
    )


def plain(value: object) -> Any:  # noqa: ANN401 - as JSON is
    """Return a value after conversion to JSON and back; dates and instants become text."""
    return json.loads(json.dumps(value, default=lambda moment: moment.isoformat()))
