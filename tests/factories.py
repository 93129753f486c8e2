"""Small values for tests: each takes what matters to the test and fills in the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from joinfence.engine.client.networks import Networks
from joinfence.engine.client.resolve import ClientAddressPolicy
from joinfence.engine.joins.extract.body import FromJson
from joinfence.engine.joins.extract.head import FromPath, FromQuery
from joinfence.engine.joins.formats.json_msgpack import Pointer
from joinfence.engine.joins.normalise import Step
from joinfence.engine.joins.paths import PathTemplate
from joinfence.engine.joins.rule_set import RuleSet
from joinfence.engine.joins.rules import Rule
from joinfence.engine.order import Authority, LegalBasis, Mode, Order, Redress
from joinfence.engine.order_index import OrderIndex
from joinfence.engine.policy import OnUndetermined, Policy
from joinfence.engine.values import Join, Location, Request, Unlocated, UnlocatedReason

if TYPE_CHECKING:
    from joinfence.engine.values import Address

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)

AUTHORITY = Authority(
    id="de-court",
    name={"de": "Gericht", "en": "Court"},
    kind="court",
    competence=("DE",),
    official_url="https://court.example/",
)

ORDER = Order(
    id="DE-2026-0001",
    version=1,
    purpose="copyright",
    mode=Mode.ENFORCE,
    authority=AUTHORITY,
    instrument="interim_injunction",
    reference="1 O 1/26",
    issued_on=date(2026, 11, 1),
    legal_basis=(LegalBasis(citation="§ 1", scheme="url", value="https://law.example/1"),),
    reasons={"de": "Gründe", "en": "Reasons"},
    territory=("DE",),
    meetings=(Join("zoom", "123"),),
    effective_from=datetime(2026, 11, 10, tzinfo=UTC),
    expires_at=datetime(2027, 1, 10, tzinfo=UTC),
    review_by=datetime(2026, 12, 10, tzinfo=UTC),
    suspended_since=None,
    redress=Redress(
        how="Object.",
        url="https://court.example/object",
        language="de",
        operator_contact="legal@meet.example",
        answer_within_days=14,
    ),
)

RULES = (
    Rule(
        service="zoom",
        name="link",
        paths=(PathTemplate("/j/{meeting}"), PathTemplate("/wc/{meeting}/join")),
        meeting=(FromPath("meeting"),),
        normalise=(Step.DIGITS,),
    ),
    Rule(service="zoom", name="query", paths=(PathTemplate("/join"),), meeting=(FromQuery("id"),)),
    Rule(
        service="zoom",
        name="body",
        methods=frozenset({"POST"}),
        paths=(PathTemplate("/api/join"),),
        meeting=(FromJson(Pointer("/id")),),
    ),
)

# Where addresses are in tests: the first number of an IPv4 address decides.
PLACES = {"5": Location(country="DE", sources=("test",)), "9": Location(country="US", sources=("test",))}


def locate(address: Address, at: datetime) -> Location | Unlocated:  # noqa: ARG001 - the protocol's signature
    """Return the place that PLACES gives."""
    return PLACES.get(str(address).partition(".")[0], Unlocated(UnlocatedReason.UNKNOWN))


def make_order(**changes: Any) -> Order:
    """Return ORDER with changes."""
    return replace(ORDER, **changes)


def make_request(path: bytes | str = b"/j/123", **changes: Any) -> Request:
    """Return a request from 5.5.5.5 (DE) behind one trusted proxy, with changes."""
    base = Request(
        method="GET",
        scheme="https",
        hosts=("meet.example",),
        path=path.encode() if isinstance(path, str) else path,
        headers=((b"X-Forwarded-For", b"5.5.5.5"),),
        body=b"",
        peer="10.0.0.1",
        at=NOW,
    )
    return replace(base, **changes)


def make_policy(*orders: Order, **changes: Any) -> Policy:
    """Return a policy over RULES with the orders given (ORDER without any), with changes."""
    base = Policy(
        client_address=ClientAddressPolicy(
            header=b"x-forwarded-for", trusted_proxies=Networks([ip_network("10.0.0.0/8")])
        ),
        on_undetermined=OnUndetermined.ADMIT,
        rules=RuleSet(RULES),
        orders=OrderIndex(orders or (ORDER,)),
        locate=locate,
        revision="test",
    )
    return replace(base, **changes)
