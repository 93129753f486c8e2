"""Verdicts and reasons, and that no address is looked at before it is needed."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Never

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.client.networks import Networks
from joinfence.engine.client.resolve import ClientAddressPolicy
from joinfence.engine.decide import decide
from joinfence.engine.decision import Reason, Verdict
from joinfence.engine.joins.extract.body import FromJson
from joinfence.engine.joins.formats.json_msgpack import Pointer
from joinfence.engine.joins.paths import PathTemplate
from joinfence.engine.joins.rule_set import RuleSet
from joinfence.engine.joins.rules import OnProblem, Rule
from joinfence.engine.order import Mode, Standing
from joinfence.engine.policy import OnUndetermined
from joinfence.engine.values import Join, Undetermined, Unlocated
from tests.factories import NOW, ORDER, RULES, locate, make_order, make_policy, make_request

if TYPE_CHECKING:
    from joinfence.engine.decision import Decision
    from joinfence.engine.order import Order
    from joinfence.engine.values import Address, Request

ELSEWHERE = ((b"X-Forwarded-For", b"9.9.9.9"),)
NOWHERE = ((b"X-Forwarded-For", b"7.7.7.7"),)
STRICT = Rule(
    service="zoom",
    name="strict",
    paths=(PathTemplate("/strict"),),
    meeting=(FromJson(Pointer("/id")),),
    on_unparsable=OnProblem.BAD_REQUEST,
    on_no_id=OnProblem.BAD_REQUEST,
)


@pytest.mark.parametrize(
    ("request_", "order", "verdict", "reason"),
    [
        pytest.param(make_request("/static/x"), ORDER, "admit", "no_join", id="no rule matches"),
        pytest.param(make_request(method="OPTIONS"), ORDER, "admit", "no_join", id="OPTIONS enters nothing"),
        pytest.param(make_request("/j/999"), ORDER, "admit", "no_order", id="a meeting without an order"),
        pytest.param(
            make_request(), make_order(expires_at=NOW), "admit", "not_in_force", id="an expired order"
        ),
        pytest.param(make_request(headers=()), ORDER, "admit", "undetermined", id="no client address"),
        pytest.param(make_request(headers=NOWHERE), ORDER, "admit", "unlocated", id="no location"),
        pytest.param(make_request(headers=ELSEWHERE), ORDER, "admit", "outside_territory", id="elsewhere"),
        pytest.param(
            make_request(), make_order(mode=Mode.OBSERVE), "admit", "observed", id="observe refuses nobody"
        ),
        pytest.param(make_request(), ORDER, "refuse", "order", id="covered"),
        pytest.param(
            make_request("/api/join", method="POST", body=None),
            ORDER,
            "admit",
            "body_needed",
            id="the body is needed",
        ),
        pytest.param(
            make_request("/api/join", method="POST", body=b'{"id": 123}'),
            ORDER,
            "refuse",
            "order",
            id="an id in the body",
        ),
        pytest.param(
            make_request("/strict", body=b"{"), ORDER, "refuse", "unparsable", id="400 for a broken body"
        ),
        pytest.param(
            make_request("/strict", body=b"{}"), ORDER, "refuse", "no_meeting_id", id="400 for no id"
        ),
    ],
)
def test_a_request_gets_its_verdict_and_reason(
    request_: Request, order: object, verdict: str, reason: str
) -> None:
    policy = make_policy(order, rules=RuleSet((*RULES, STRICT)))  # type: ignore[arg-type]
    decision = decide(request_, policy)
    assert (decision.verdict, decision.reason) == (verdict, reason)
    assert (decision.order is not None) == (reason == "order")


def test_an_undetermined_client_can_be_refused_but_never_in_the_name_of_an_order() -> None:
    policy = make_policy(on_undetermined=OnUndetermined.UNAVAILABLE)
    decision = decide(make_request(headers=()), policy)
    assert (decision.verdict, decision.reason, decision.order) == (Verdict.REFUSE, Reason.UNDETERMINED, None)


@pytest.mark.parametrize(
    ("request_", "orders"),
    [
        pytest.param(make_request("/static/x"), (ORDER,), id="no join"),
        pytest.param(make_request("/j/999"), (ORDER,), id="a meeting without an order"),
        pytest.param(make_request(), (make_order(expires_at=NOW),), id="an order that is not in force"),
        pytest.param(make_request(headers=()), (ORDER,), id="no client address"),
    ],
)
def test_no_address_is_located_unless_an_order_in_force_names_the_meeting(
    request_: Request, orders: tuple[object, ...]
) -> None:
    def locate(address: Address, at: datetime) -> Never:
        pytest.fail(f"located {address} at {at}")

    decision = decide(request_, make_policy(*orders, locate=locate))  # type: ignore[arg-type]
    assert decision.location is None


def test_the_client_address_is_not_determined_for_a_meeting_without_an_order() -> None:
    assert decide(make_request("/j/999"), make_policy()).client is None


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(make_request("/join?id=9&id=123"), id="a repeated query key, last"),
        pytest.param(make_request("/join?id=123&id=9"), id="a repeated query key, first"),
        pytest.param(
            make_request("/api/join", method="POST", body=b'{"id": 123, "id": 9}'),
            id="a repeated JSON key, first",
        ),
        pytest.param(
            make_request("/api/join", method="POST", body=b'{"id": 9, "id": "123"}'),
            id="a repeated JSON key, last, as text",
        ),
    ],
)
def test_a_decoy_beside_the_covered_id_does_not_prevent_refusal(request_: Request) -> None:
    assert decide(request_, make_policy()).reason is Reason.ORDER


def test_the_earliest_effective_order_refuses_and_each_other_order_is_listed_once() -> None:
    first = make_order(id="DE-2026-0009", effective_from=datetime(2026, 11, 1, tzinfo=UTC))
    second = make_order(meetings=(Join("zoom", "123"), Join("zoom", "124")))
    decision = decide(make_request("/join?id=123&id=124"), make_policy(second, first))
    assert decision.order is first
    assert decision.other_orders == (second,)
    assert [(c.order.id, c.standing) for c in decision.considered] == [
        ("DE-2026-0009", Standing.IN_FORCE),
        ("DE-2026-0001", Standing.IN_FORCE),
        ("DE-2026-0001", Standing.IN_FORCE),
    ]


def test_an_order_in_observe_mode_is_listed_and_never_refuses() -> None:
    observing = make_order(
        id="DE-2026-0009", mode=Mode.OBSERVE, effective_from=datetime(2026, 11, 1, tzinfo=UTC)
    )
    alone = decide(make_request(), make_policy(observing))
    assert (alone.verdict, alone.reason, alone.order) == (Verdict.ADMIT, Reason.OBSERVED, None)
    assert alone.observed == (observing,)
    beside = decide(make_request(), make_policy(observing, ORDER))
    assert (beside.order, beside.other_orders, beside.observed) == (ORDER, (), (observing,))
    elsewhere = decide(make_request(headers=ELSEWHERE), make_policy(observing))
    assert (elsewhere.reason, elsewhere.observed) == (Reason.OUTSIDE_TERRITORY, ())


def test_a_decision_says_why_there_is_no_client_address_or_location() -> None:
    undetermined = decide(make_request(headers=()), make_policy())
    assert isinstance(undetermined.client, Undetermined)
    unlocated = decide(make_request(headers=NOWHERE), make_policy())
    assert isinstance(unlocated.location, Unlocated)


def test_an_unparsable_body_is_refused_even_beside_a_join_that_is_admitted() -> None:
    twice = Rule(service="zoom", name="both", paths=(PathTemplate("/strict"),), meeting=RULES[1].meeting)
    policy = make_policy(rules=RuleSet((STRICT, twice)))
    decision = decide(make_request("/strict?id=999", body=b"{"), policy)
    assert (decision.verdict, decision.reason) == (Verdict.REFUSE, Reason.UNPARSABLE)


def test_a_join_that_the_head_shows_to_be_covered_is_refused_without_the_body() -> None:
    twice = Rule(service="zoom", name="both", paths=(PathTemplate("/strict"),), meeting=RULES[1].meeting)
    policy = make_policy(rules=RuleSet((STRICT, twice)))
    assert decide(make_request("/strict?id=123", body=None), policy).reason is Reason.ORDER
    assert decide(make_request("/strict?id=999", body=None), policy).reason is Reason.BODY_NEEDED


# -- claims ----------------------------------------------------------------------------------------

WITH_CLAIMS, WITHOUT = (
    ClientAddressPolicy(
        header=b"x-forwarded-for", trusted_proxies=Networks([ip_network("10.0.0.0/8")]), claims=claims
    )
    for claims in (True, False)
)


def decided(chain: str, trust: ClientAddressPolicy, order: Order = ORDER) -> Decision:
    request = make_request(headers=((b"X-Forwarded-For", chain.encode()),))
    return decide(request, make_policy(order, client_address=trust))


@pytest.mark.parametrize(
    ("chain", "verdict", "reason", "claim"),
    [
        pytest.param("5.5.5.5, 9.9.9.9", "refuse", "order", "5.5.5.5", id="a claim causes a refusal"),
        pytest.param("5.5.5.5, 7.7.7.7", "refuse", "order", "5.5.5.5", id="also if the client is unlocated"),
        pytest.param("9.9.9.9, 5.5.5.5", "refuse", "order", None, id="a claim does not lift a refusal"),
        pytest.param(
            "5.5.5.1, 5.5.5.2, 9.9.9.9", "refuse", "order", "5.5.5.2", id="the nearest covered claim decides"
        ),
        pytest.param(
            "5.5.5.5, 1, 2, 3, 4, 5, 9.9.9.9",
            "admit",
            "outside_territory",
            None,
            id="only five claims are read",
        ),
        pytest.param("8.8.8.8, 9.9.9.9", "admit", "outside_territory", None, id="a claim from elsewhere"),
    ],
)
def test_a_claim_can_only_cause_a_refusal(chain: str, verdict: str, reason: str, claim: str | None) -> None:
    decision = decided(chain, WITH_CLAIMS)
    assert (decision.verdict, decision.reason) == (verdict, reason)
    assert decision.claim == (ip_address(claim) if claim else None)
    if claim:
        assert decision.location == locate(ip_address(claim), NOW)
    assert decided(chain, WITHOUT).claim is None


def test_a_claim_can_be_covered_by_an_order_in_observe_mode() -> None:
    decision = decided("5.5.5.5, 9.9.9.9", WITH_CLAIMS, make_order(mode=Mode.OBSERVE))
    assert (decision.verdict, decision.reason) == ("admit", "observed")
    assert decision.claim == ip_address("5.5.5.5")


addresses = st.sampled_from(["5.5.5.5", "9.9.9.9", "7.7.7.7", "10.0.0.1", "unknown", ""])


@given(st.lists(addresses, max_size=8))
def test_claims_never_lift_a_refusal(chain: list[str]) -> None:
    with_claims, without = (decided(", ".join(chain), trust) for trust in (WITH_CLAIMS, WITHOUT))
    if without.verdict is Verdict.REFUSE:
        assert (with_claims.verdict, with_claims.order) == (without.verdict, without.order)
        assert with_claims.claim is None
    if with_claims.verdict is not without.verdict:
        assert with_claims.claim is not None
