"""A German interim injunction and the requests it refuses. All names, dockets and meetings are made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

from joinfence.engine.decision import Decision, Reason, Verdict
from joinfence.engine.order import Authority, LegalBasis, Mode, Order, Redress
from joinfence.engine.values import Join, Location, Request
from joinfence.refusal.answer import Answer, answer, country_of
from joinfence.refusal.context import RefusalContext
from joinfence.refusal.negotiation import negotiate
from joinfence.text.operator import Operator

MEETING = "88955512345"
CLIENT = "198.51.100.77"
HOST = "rooms.planted.example"
TOKEN = "planted-token-7f3a"  # noqa: S105 - planted to be looked for in answers

_CET = timezone(timedelta(hours=1))

OPERATOR = Operator(name="Meet Example", url="https://meet.example/legal/", contact="location@meet.example")

ORDER = Order(
    id="DE-2026-0001",
    version=1,
    purpose="copyright",
    mode=Mode.ENFORCE,
    authority=Authority(
        id="de-lg-beispielstadt",
        name={"de": "Landgericht Beispielstadt", "en": "Regional Court of Beispielstadt"},
        kind="court",
        competence=("DE",),
        official_url="https://lg-beispielstadt.example/",
    ),
    instrument="interim_injunction",
    reference="12 O 345/26",
    issued_on=date(2026, 10, 28),
    legal_basis=(
        LegalBasis(citation="§ 97 UrhG", scheme="url", value="https://gesetze.example/urhg/97"),
        LegalBasis(citation="§ 935 ZPO", scheme="urn-lex", value="urn:lex:de:bund:gesetz:zpo!art935"),
    ),
    reasons={
        "de": "Die Antragstellerin hält die Rechte an der Übertragung; der Stream zeigt sie ohne Erlaubnis.",
        "en": "The applicant holds the rights to the broadcast; the stream shows it without permission.",
    },
    territory=("DE",),
    meetings=(Join("demo", MEETING),),
    effective_from=datetime(2026, 11, 1, tzinfo=_CET),
    expires_at=datetime(2027, 1, 15, tzinfo=_CET),
    review_by=datetime(2026, 12, 15, 12, tzinfo=_CET),
    suspended_since=None,
    redress=Redress(
        how="Widerspruch kann beim Landgericht Beispielstadt eingelegt werden (§ 924 ZPO).",
        url="https://lg-beispielstadt.example/rechtsbehelfe",
        language="de",
        operator_contact="legal@meet.example",
        answer_within_days=7,
    ),
)
OTHER = replace(ORDER, id="DE-2026-0007", reference="3 O 9/26")

BERLIN = Location(country="DE", subdivisions=("DE-BE",), sources=("registry 2026-10-30", "mmdb 2026-10-20"))

DECISION = Decision(
    verdict=Verdict.REFUSE,
    reason=Reason.ORDER,
    joins=(Join("demo", MEETING),),
    order=ORDER,
    location=BERLIN,
)


def refused(order: Order = ORDER, *others: Order, location: Location = BERLIN) -> RefusalContext:
    return RefusalContext(
        order=order,
        others=others,
        country=location.country,
        subdivisions=location.subdivisions,
        sources=location.sources,
        operator=OPERATOR,
    )


def request(*headers: tuple[str, str | bytes], method: str = "GET", meeting: str = MEETING) -> Request:
    return Request(
        method=method,
        scheme="https",
        hosts=(HOST,),
        path=f"/j/{meeting}?tk={TOKEN}".encode(),
        headers=tuple(
            (name.encode(), value if isinstance(value, bytes) else value.encode()) for name, value in headers
        ),
        body=b"",
        peer=CLIENT,
        at=datetime(2026, 11, 2, tzinfo=UTC),
    )


def answered(decision: Decision, asked: Request, operator: Operator = OPERATOR) -> Answer:
    """Return the answer to a request that was refused by a decision."""
    return answer(decision, negotiate(asked, country_of(decision)), operator)
