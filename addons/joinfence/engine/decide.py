"""The one composition: request and policy to a decision.

The order of the steps is the privacy rule: an address is worked out and looked up only for a join to a
meeting that an order in force names.
"""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from joinfence.engine.client.resolve import resolve_client_address
from joinfence.engine.decision import Considered, Decision, Reason, Verdict
from joinfence.engine.joins.refusals import refused
from joinfence.engine.order import Mode, Standing, standing
from joinfence.engine.policy import OnUndetermined
from joinfence.engine.territory import covers
from joinfence.engine.values import Location, Undetermined, Unlocated

if TYPE_CHECKING:
    from joinfence.engine.joins.rule_set import Found
    from joinfence.engine.order import Order
    from joinfence.engine.policy import Policy
    from joinfence.engine.values import Request

NO_JOIN: Final = Decision(verdict=Verdict.ADMIT, reason=Reason.NO_JOIN)


def decide(request: Request, policy: Policy, message: bytes | None = None) -> Decision:
    """Return the decision on a request under a policy. Pure: the same in, the same out.

    With `request.body` None the reason BODY_NEEDED means: ask again with the body, nothing is admitted yet.
    With a `message` the decision is on what a client sends on the WebSocket that the request opened.
    """
    rules = policy.rules
    found = rules.joins(request) if message is None else rules.joins_of_message(request, message)
    if not found.joins:
        return _without_joins(found)
    considered = tuple(
        Considered(order, standing(order, request.at), request.at, join)
        for join in found.joins
        for order in policy.orders.for_meeting(join)
    )
    in_force = [c.order for c in considered if c.standing is Standing.IN_FORCE]
    decision = (
        _on_orders(request, policy, found, considered, in_force)
        if in_force
        else Decision(
            verdict=Verdict.ADMIT,
            reason=Reason.NOT_IN_FORCE if considered else Reason.NO_ORDER,
            joins=found.joins,
            considered=considered,
        )
    )
    if decision.verdict is Verdict.ADMIT and (found.body_needed or found.problem):
        return _without_joins(found)
    return _with_refusals(decision, found, policy) if decision.verdict is Verdict.REFUSE else decision


def _with_refusals(decision: Decision, found: Found, policy: Policy) -> Decision:
    """Return the decision with the forms of refusal that the rules of the refused joins ask for, in order."""
    enforced = {order.id for order in (decision.order, *decision.other_orders) if order is not None}
    hits = [
        hit
        for hit in found.hits
        if not enforced or any(order.id in enforced for order in policy.orders.for_meeting(hit.join))
    ]
    return replace(decision, refusals=tuple(refused(hit.rule.refusal, hit.context) for hit in hits))


def _without_joins(found: Found) -> Decision:
    if found.body_needed:
        return Decision(verdict=Verdict.ADMIT, reason=Reason.BODY_NEEDED)
    if found.problem:
        return Decision(verdict=Verdict.REFUSE, reason=Reason(found.problem))
    return NO_JOIN


def _on_orders(
    request: Request,
    policy: Policy,
    found: Found,
    considered: tuple[Considered, ...],
    in_force: list[Order],
) -> Decision:
    client = resolve_client_address(peer=request.peer, headers=request.headers, policy=policy.client_address)
    if isinstance(client, Undetermined):
        unavailable = policy.on_undetermined is OnUndetermined.UNAVAILABLE
        return Decision(
            verdict=Verdict.REFUSE if unavailable else Verdict.ADMIT,
            reason=Reason.UNDETERMINED,
            joins=found.joins,
            considered=considered,
            client=client,
        )
    location = policy.locate(client.address, request.at)
    verdict, reason, enforced, observed = _under(_covering(in_force, location), location)
    claim = None
    if client.claims and verdict is Verdict.ADMIT:
        for address in client.claims:
            claimed = policy.locate(address, request.at)
            outcome = _under(_covering(in_force, claimed), claimed)
            if _WEIGHT[outcome[1]] > _WEIGHT[reason]:
                (verdict, reason, enforced, observed), location, claim = outcome, claimed, address
    return Decision(
        verdict=verdict,
        reason=reason,
        joins=found.joins,
        considered=considered,
        client=client,
        location=location,
        order=enforced[0] if enforced else None,
        other_orders=enforced[1:],
        observed=observed,
        claim=claim,
    )


# A claim counts only where it says more than the client and the nearer claims do: it never lifts a refusal.
_WEIGHT: Final = {Reason.UNLOCATED: 0, Reason.OUTSIDE_TERRITORY: 0, Reason.OBSERVED: 1, Reason.ORDER: 2}


def _covering(in_force: list[Order], location: Location | Unlocated) -> list[Order]:
    if isinstance(location, Unlocated):
        return []
    return [order for order in in_force if covers(order.territory, location)]


type _Outcome = tuple[Verdict, Reason, tuple[Order, ...], tuple[Order, ...]]


def _under(covering: list[Order], location: Location | Unlocated) -> _Outcome:
    """Return verdict, reason, the orders that refuse and those that only observe.

    Each order once, earliest effective first.
    """
    if isinstance(location, Unlocated):
        return Verdict.ADMIT, Reason.UNLOCATED, (), ()
    if not covering:
        return Verdict.ADMIT, Reason.OUTSIDE_TERRITORY, (), ()
    enforced, observed = _of_mode(covering, Mode.ENFORCE), _of_mode(covering, Mode.OBSERVE)
    if not enforced:
        return Verdict.ADMIT, Reason.OBSERVED, (), observed
    return Verdict.REFUSE, Reason.ORDER, enforced, observed


def _of_mode(orders: list[Order], mode: Mode) -> tuple[Order, ...]:
    of_mode = {order.id: order for order in orders if order.mode is mode}
    return tuple(sorted(of_mode.values(), key=attrgetter("effective_from", "id")))
