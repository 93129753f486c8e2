"""The four outcomes of the gate: what a host is to do with a request or a message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from joinfence.refusal.answer import Answer
from joinfence.refusal.service_answers import Drop

if TYPE_CHECKING:
    from joinfence.engine.decision import Decision
    from joinfence.engine.values import HeaderFields

__all__ = ["Answer", "Drop", "NeedsBody", "Outcome", "Pass"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """Pass it on to the service.

    `headers` are the header fields to send, in wire order; None for a message. A host must not print, log or
    save what is `private`: it may be a join to a meeting that an order names. The gate counts `decision` when
    the outcome has been carried out; `Answer` and `Drop` have one as well.
    """

    headers: HeaderFields | None = None
    private: bool = False
    decision: Decision | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NeedsBody:
    """Hold the request back, and ask again with its body. Keep no body longer than `limit` bytes.

    The request is private until then, as in `Pass`: the client may hang up before the decision.
    """

    limit: int


type Outcome = Pass | NeedsBody | Answer | Drop
"""A request is never dropped; a message is never answered, and never needs a body."""
