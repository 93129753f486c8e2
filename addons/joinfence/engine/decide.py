"""Request and policy to a decision.

The order of the steps protects privacy: the client address is determined and located only for a join to a
meeting that an order in force names.
"""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from joinfence.engine.client.resolve import resolve_client_address
from joinfence.engine.decision import Considered, Decision, Reason, Verdict
from joinfence.engine.joins.refusals import with_echoes
from joinfence.engine.order import Mode, Standing, standing
from joinfence.engine.policy import OnUndetermined
from joinfence.engine.territory import covers
from joinfence.engine.values import Location, Undetermined, Unlocated

if TYPE_CHECKING:
    from joinfence.engine.joins.rule_set import MatchResult
    from joinfence.engine.order import Order
    from joinfence.engine.policy import Policy
    from joinfence.engine.values import Request

NO_JOIN: Final = Decision(verdict=Verdict.ADMIT, reason=Reason.NO_JOIN)


def decide(request: Request, policy: Policy, message: bytes | None = None) -> Decision:
    """Return the decision on a request under a policy. A pure function.

    While `request.body` is None, the reason may be BODY_NEEDED: nothing is admitted yet, decide again once
    the body is there. With a `message`, decide on that message, which the client sent on the WebSocket that
    the request opened.
    """
    rules = policy.rules
    result = rules.joins(request) if message is None else rules.joins_of_message(request, message)
    if not result.joins:
        return _decide_without_joins(result)
    considered = tuple(
        Considered(order, standing(order, request.at), request.at, join)
        for join in result.joins
        for order in policy.orders.for_meeting(join)
    )
    in_force = [c.order for c in considered if c.standing is Standing.IN_FORCE]
    decision = (
        _decide_by_location(request, policy, result, considered, in_force)
        if in_force
        else Decision(
            verdict=Verdict.ADMIT,
            reason=Reason.NOT_IN_FORCE if considered else Reason.NO_ORDER,
            joins=result.joins,
            considered=considered,
        )
    )
    if decision.verdict is Verdict.ADMIT and (result.body_needed or result.problem):
        return _decide_without_joins(result)
    return _with_refusals(decision, result, policy) if decision.verdict is Verdict.REFUSE else decision


def _with_refusals(decision: Decision, result: MatchResult, policy: Policy) -> Decision:
    """Return the decision with the refusals that the rules of the refused joins ask for, in order."""
    enforced = {order.id for order in (decision.order, *decision.other_orders) if order is not None}
    matches = [
        match
        for match in result.matches
        if not enforced or any(order.id in enforced for order in policy.orders.for_meeting(match.join))
    ]
    return replace(
        decision, refusals=tuple(with_echoes(match.rule.refusal, match.context) for match in matches)
    )


def _decide_without_joins(result: MatchResult) -> Decision:
    if result.body_needed:
        return Decision(verdict=Verdict.ADMIT, reason=Reason.BODY_NEEDED)
    if result.problem:
        return Decision(verdict=Verdict.REFUSE, reason=Reason(result.problem))
    return NO_JOIN


def _decide_by_location(
    request: Request,
    policy: Policy,
    result: MatchResult,
    considered: tuple[Considered, ...],
    in_force: list[Order],
) -> Decision:
    client = resolve_client_address(peer=request.peer, headers=request.headers, policy=policy.client_address)
    if isinstance(client, Undetermined):
        unavailable = policy.on_undetermined is OnUndetermined.UNAVAILABLE
        return Decision(
            verdict=Verdict.REFUSE if unavailable else Verdict.ADMIT,
            reason=Reason.UNDETERMINED,
            joins=result.joins,
            considered=considered,
            client=client,
        )
    location = policy.locate(client.address, request.at)
    verdict, reason, enforced, observed = _outcome(_covering(in_force, location), location)
    claim = None
    if client.claims and verdict is Verdict.ADMIT:
        for address in client.claims:
            claimed = policy.locate(address, request.at)
            outcome = _outcome(_covering(in_force, claimed), claimed)
            if _SEVERITY[outcome[1]] > _SEVERITY[reason]:
                (verdict, reason, enforced, observed), location, claim = outcome, claimed, address
    return Decision(
        verdict=verdict,
        reason=reason,
        joins=result.joins,
        considered=considered,
        client=client,
        location=location,
        order=enforced[0] if enforced else None,
        other_orders=enforced[1:],
        observed=observed,
        claim=claim,
    )


# A claim decides only if its outcome is more severe than that of the client address and of all nearer claims,
# so nobody can avoid a refusal by claiming to be somebody else.
_SEVERITY: Final = {Reason.UNLOCATED: 0, Reason.OUTSIDE_TERRITORY: 0, Reason.OBSERVED: 1, Reason.ORDER: 2}


def _covering(in_force: list[Order], location: Location | Unlocated) -> list[Order]:
    if isinstance(location, Unlocated):
        return []
    return [order for order in in_force if covers(order.territory, location)]


type _Outcome = tuple[Verdict, Reason, tuple[Order, ...], tuple[Order, ...]]


def _outcome(covering: list[Order], location: Location | Unlocated) -> _Outcome:
    """Return verdict, reason, the orders that refuse, and those that only observe.

    Each order appears once, earliest effective first.
    """
    if isinstance(location, Unlocated):
        return Verdict.ADMIT, Reason.UNLOCATED, (), ()
    if not covering:
        return Verdict.ADMIT, Reason.OUTSIDE_TERRITORY, (), ()
    enforced, observed = _in_mode(covering, Mode.ENFORCE), _in_mode(covering, Mode.OBSERVE)
    if not enforced:
        return Verdict.ADMIT, Reason.OBSERVED, (), observed
    return Verdict.REFUSE, Reason.ORDER, enforced, observed


def _in_mode(orders: list[Order], mode: Mode) -> tuple[Order, ...]:
    of_mode = {order.id: order for order in orders if order.mode is mode}
    return tuple(sorted(of_mode.values(), key=attrgetter("effective_from", "id")))
