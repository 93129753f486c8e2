"""A decision: the verdict, its reason, and everything that led to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from joinfence.engine.joins.refusals import EchoedRefusal
    from joinfence.engine.order import Order, Standing
    from joinfence.engine.values import Address, ClientAddress, Join, Location, Undetermined, Unlocated


class Verdict(StrEnum):
    """The two verdicts."""

    ADMIT = "admit"
    REFUSE = "refuse"


class Reason(StrEnum):
    """Why: a stable identifier. Only ORDER refuses because of an order; other refusals must not claim one."""

    NO_JOIN = "no_join"
    BODY_NEEDED = "body_needed"
    NO_ORDER = "no_order"
    NOT_IN_FORCE = "not_in_force"
    UNDETERMINED = "undetermined"
    UNLOCATED = "unlocated"
    OUTSIDE_TERRITORY = "outside_territory"
    OBSERVED = "observed"
    ORDER = "order"
    UNPARSABLE = "unparsable"
    NO_MEETING_ID = "no_meeting_id"


@dataclass(frozen=True, slots=True)
class Considered:
    """An order that names a meeting of the request: where it stood at `at`, and the join it applies to."""

    order: Order
    standing: Standing
    at: datetime
    join: Join


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A verdict with its reason, and everything that led to it.

    `order` is the order that the join is refused under; `other_orders` also cover it, earliest effective
    first; `observed` cover it but only observe. `considered` are all orders that name a meeting of the
    request. `client` and `location` are None if the decision did not need them. `location` is that of the
    client, or if a claim decided, that of the claim, whose address is then in `claim`. `refusals` say how
    the rules of the refused joins want the client to be answered.
    """

    verdict: Verdict
    reason: Reason
    joins: tuple[Join, ...] = ()
    considered: tuple[Considered, ...] = ()
    client: ClientAddress | Undetermined | None = None
    location: Location | Unlocated | None = None
    order: Order | None = None
    other_orders: tuple[Order, ...] = field(default=())
    observed: tuple[Order, ...] = ()
    claim: Address | None = None
    refusals: tuple[EchoedRefusal, ...] = field(default=(), compare=False)
