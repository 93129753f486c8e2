"""The trail of a decision, that is, what was examined in which order, as data and as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, assert_never

from joinfence.cli.order_words import dates
from joinfence.cli.shared import printable
from joinfence.engine.approvals import faults_at
from joinfence.engine.decision import Reason, Verdict
from joinfence.engine.order import Mode, Standing
from joinfence.engine.values import (
    AddressBasis,
    ClientAddress,
    Location,
    Undetermined,
    UndeterminedReason,
    Unlocated,
    UnlocatedReason,
)
from joinfence.refusal.notices import notice_for
from joinfence.text.standings import NOT_SHOWN, STANDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from joinfence.engine.decision import Considered, Decision

type TrailStep = dict[str, Any]

VERDICT: Final = "Verdict"
"""The heading of the sentence that states the verdict."""

CLIENT: Final = "Client"
"""The heading of the sentence that says who is connecting."""

_REASON: Final = {
    Reason.NO_JOIN: "no rule matches this request as a join",
    Reason.BODY_NEEDED: "the body must be read first",
    Reason.NO_ORDER: "no order names this meeting",
    Reason.NOT_IN_FORCE: "no order that names this meeting is in force",
    Reason.UNDETERMINED: "the client address could not be determined",
    Reason.UNLOCATED: "the client could not be located",
    Reason.OUTSIDE_TERRITORY: "the client is outside the territory of every order in force",
    Reason.OBSERVED: "the orders that cover this join only observe",
    Reason.ORDER: "an order in force covers this join",
    Reason.UNPARSABLE: "the body cannot be read, and the rule says 400",
    Reason.NO_MEETING_ID: "no meeting id is found where the rule expects one, and the rule says 400",
}
_BASIS: Final = {
    AddressBasis.PEER: "the address of the connection",
    AddressBasis.PEER_UNTRUSTED: "the address of the connection, which is not from a trusted proxy",
    AddressBasis.HEADER: "as stated by the trusted proxies",
}
_UNDETERMINED: Final = {
    UndeterminedReason.PEER_UNUSABLE: "the connection has no address",
    UndeterminedReason.HEADER_MISSING: "the trusted proxy states no address",
    UndeterminedReason.MALFORMED: "what the trusted proxies state is not an address",
    UndeterminedReason.WITHHELD: "the trusted proxies withhold the address",
    UndeterminedReason.ALL_TRUSTED: "the trusted proxies name only each other",
    UndeterminedReason.CHAIN_TOO_LONG: "the header names more trusted proxies than any real chain has",
    UndeterminedReason.CHAIN_TOO_SHORT: "the header has fewer entries than `hops` says",
    UndeterminedReason.MULTIPLE_VALUES: "the header has more than one address",
}
_UNLOCATED: Final = {
    UnlocatedReason.UNKNOWN: "no source knows the address",
    UnlocatedReason.DISPUTED: "the sources name different countries",
    UnlocatedReason.STALE: "the data of the sources is too old",
    UnlocatedReason.SPECIAL: "addresses of this kind have no location",
}


def trail(decision: Decision) -> list[TrailStep]:
    """Return the steps of a decision in the order taken, as JSON-ready mappings that have a key `step`."""
    return list(_steps(decision))


def _steps(decision: Decision) -> Iterator[TrailStep]:
    yield {"step": "joins", "found": [{"service": j.service, "meeting": j.meeting} for j in decision.joins]}
    if decision.considered:
        yield {"step": "orders", "considered": [_considered(c) for c in decision.considered]}
    if decision.client is not None:
        yield {"step": "client_address", **_client(decision.client)}
    if decision.claim is not None:
        yield {"step": "claim", "address": str(decision.claim)}
    if decision.location is not None:
        yield {"step": "location", **_location(decision.location)}
    final: TrailStep = {"step": "verdict", "verdict": decision.verdict.value, "reason": decision.reason.value}
    if decision.order is not None:
        final["order"] = decision.order.id
        final["other_orders"] = [order.id for order in decision.other_orders]
    if decision.observed:
        final["observed"] = [order.id for order in decision.observed]
    yield final


def _considered(considered: Considered) -> TrailStep:
    order = considered.order
    found: TrailStep = {
        "order": order.id,
        "version": order.version,
        "standing": considered.standing.value,
        "mode": order.mode.value,
        "territory": list(order.territory),
        **dates(order),
    }
    if considered.standing is Standing.UNAPPROVED:
        faults = faults_at(order.approvals, considered.at)
        found["approvals"] = [{"fault": each.fault.value, "message": each.message} for each in faults]
    return found


def _client(client: ClientAddress | Undetermined) -> TrailStep:
    match client:
        case ClientAddress():
            return {"address": str(client.address), "basis": client.basis.value}
        case Undetermined():
            return {"undetermined": client.reason.value, "detail": client.detail}
        case _:
            assert_never(client)


def _location(location: Location | Unlocated) -> TrailStep:
    match location:
        case Location():
            return {
                "country": location.country,
                "subdivisions": list(location.subdivisions),
                "sources": list(location.sources),
            }
        case Unlocated():
            return {"unlocated": location.reason.value}
        case _:
            assert_never(location)


def sentences(decision: Decision) -> list[tuple[str, str]]:
    """Return the trail as (heading, sentence) pairs for a person to read, with control characters escaped."""
    lines = [("Join", f"{join.service}, meeting {printable(join.meeting)}") for join in decision.joins]
    lines += [(f"Order {c.order.id}", _order_sentence(c)) for c in decision.considered]
    if decision.client is not None:
        lines.append((CLIENT, _client_sentence(decision.client)))
    if decision.claim is not None:
        lines.append(("Claim", f"{decision.claim}, an entry to the left of the client: it decides"))
    if decision.location is not None:
        lines.append(("Location", _location_sentence(decision.location)))
    lines.append((VERDICT, f"{_verdict(decision)}: {_REASON[decision.reason]}"))
    if decision.order is not None:
        others = ", ".join(order.id for order in decision.other_orders)
        lines.append(("Under", decision.order.id + (f"; also covered by {others}" if others else "")))
    if decision.observed:
        lines.append(("Observed", ", ".join(order.id for order in decision.observed)))
    return lines


def _order_sentence(considered: Considered) -> str:
    order = considered.order
    dates = f"from {order.effective_from.isoformat()} until {order.expires_at.isoformat()}"
    observes = "; it only observes" if order.mode is Mode.OBSERVE else ""
    stands = STANDINGS[considered.standing].now
    if considered.standing is Standing.UNAPPROVED:
        stands += f": {'; '.join(each.message for each in faults_at(order.approvals, considered.at))}"
    if considered.standing is Standing.UNPUBLISHED:
        stands += f": {NOT_SHOWN}"
    return f"{stands} ({dates}), for {', '.join(order.territory)}{observes}"


def _client_sentence(client: ClientAddress | Undetermined) -> str:
    if isinstance(client, Undetermined):
        identifier = client.reason + (f", {client.detail}" if client.detail else "")
        return f"undetermined: {_UNDETERMINED[client.reason]} ({identifier})"
    return f"{client.address}, {_BASIS[client.basis]}"


def _location_sentence(location: Location | Unlocated) -> str:
    if isinstance(location, Unlocated):
        return f"unlocated: {_UNLOCATED[location.reason]} ({location.reason})"
    place = ", ".join((location.country, *location.subdivisions))
    return f"{place}, according to {' and '.join(location.sources)}"


def _verdict(decision: Decision) -> str:
    if decision.verdict is Verdict.ADMIT:
        return "admitted"
    status = 451 if decision.reason is Reason.ORDER else int(notice_for(decision.reason).status)
    return f"refused with {status}"
