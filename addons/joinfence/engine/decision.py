"""What is decided: a verdict, the reason for it, and what was looked at on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from joinfence.engine.joins.refusals import Refused
    from joinfence.engine.order import Order, Standing
    from joinfence.engine.values import Address, ClientAddress, Join, Location, Undetermined, Unlocated


class Verdict(StrEnum):
    """The two verdicts."""

    ADMIT = "admit"
    REFUSE = "refuse"


class Reason(StrEnum):
    """Why: a stable identifier. Only ORDER speaks of an order; the other refusals say they do not."""

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
    """An order that names a meeting of this request, where it stood when decided, and which join it names."""

    order: Order
    standing: Standing
    at: datetime
    join: Join


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A verdict with its reason, and everything that was looked at on the way to it.

    `order` is the one refused under and `other_orders` those that cover the join as well, earliest
    effective first; `observed` are those that cover it and only observe. `considered` lists every order that
    names a meeting of the request. `client` and `location` are None where the decision needed neither.
    `location` is the client's; where a claim decided, `claim` holds that claim's address and `location` is
    the claim's. `refusals` are the forms that the rules of the refused joins ask for.
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
    refusals: tuple[Refused, ...] = field(default=(), compare=False)
