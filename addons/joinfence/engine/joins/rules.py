"""A join rule: how to recognise a request or message that enters a meeting."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from joinfence.engine.joins.extract.context import BodyPart
from joinfence.engine.joins.refusals import Refusal

if TYPE_CHECKING:
    from joinfence.engine.joins.extract.context import Extractor, MatchContext
    from joinfence.engine.joins.normalise import Step
    from joinfence.engine.joins.paths import PathTemplate
    from joinfence.engine.values import Request


class OnProblem(StrEnum):
    """What happens when a rule matches but no meeting id can be read."""

    PASS = "pass"  # noqa: S105 - a verb, no password
    BAD_REQUEST = "400"


class Phase(StrEnum):
    """Where a join is sent.

    HTTP: in a request, which may be a WebSocket handshake. MESSAGE: in a WebSocket message. XMPP: in a
    stanza, which is in a WebSocket message or in a BOSH body. SOCKETIO: in a packet, which is in a
    WebSocket message or in a polling body.
    """

    HTTP = "http"
    MESSAGE = "ws-message"
    XMPP = "xmpp"
    SOCKETIO = "socketio"


class AppliesTo(StrEnum):
    """Whether the reconnect of a participant counts as a join."""

    NEW = "new"
    NEW_AND_RECONNECT = "new_and_reconnect"


class MessageFormat(StrEnum):
    """A format that a WebSocket message may have."""

    JSON = "json"
    MSGPACK = "msgpack"


class ConditionTest(StrEnum):
    """What a condition requires of the values that its extractor finds."""

    __test__ = False  # its name would make pytest collect it

    ANY_OF = "any_of"
    ALL_OF = "all_of"
    PRESENT = "present"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition for a rule to match. With `ignore_case`, `values` are case-folded."""

    extractor: Extractor
    test: ConditionTest = ConditionTest.ANY_OF
    values: frozenset[str] = frozenset()
    ignore_case: bool = False

    def holds(self, context: MatchContext) -> bool:
        """Tell whether the condition is met."""
        found = self.extractor.candidates(context)
        if self.test is ConditionTest.ABSENT:
            return not found
        if self.test is ConditionTest.PRESENT:
            return bool(found)
        matched = [(value.casefold() if self.ignore_case else value) in self.values for value in found]
        return any(matched) if self.test is ConditionTest.ANY_OF else bool(matched) and all(matched)


_PHASE_PART: Final = {
    Phase.XMPP: BodyPart.ELEMENT,
    Phase.SOCKETIO: BodyPart.DOCUMENT,
    Phase.MESSAGE: BodyPart.DOCUMENT,
}

_DEFAULT_REFUSAL: Final = Refusal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way to enter a meeting of a service.

    No `methods`, `hosts`, `websocket` or `subprotocol` means any. Methods are upper case. Hosts are lower
    case; a leading `*.` stands for one or more labels. All rules of a service have the same `normalise`
    chain. A join that meets the `reconnect` conditions is a reconnect, which counts only if `applies_to`
    says so. A message is parsed in all `message_formats`.
    """

    service: str
    name: str
    paths: tuple[PathTemplate, ...]
    meeting: tuple[Extractor, ...]
    phase: Phase = Phase.HTTP
    methods: frozenset[str] = frozenset()
    hosts: tuple[str, ...] = ()
    websocket: bool | None = None
    subprotocol: str | None = None
    message_formats: tuple[MessageFormat, ...] = (MessageFormat.JSON,)
    where: tuple[Condition, ...] = ()
    reconnect: tuple[Condition, ...] = ()
    applies_to: AppliesTo = AppliesTo.NEW
    normalise: tuple[Step, ...] = ()
    on_unparsable: OnProblem = OnProblem.PASS
    on_no_id: OnProblem = OnProblem.PASS
    max_body_bytes: int = 1 << 16
    refusal: Refusal = _DEFAULT_REFUSAL
    parts: frozenset[BodyPart] = field(init=False, compare=False)
    """The parts of a body that it needs; empty if it needs only the head of a request."""

    def __post_init__(self) -> None:
        """Collect the parts that its extractors need."""
        extractors = [*self.meeting, *(c.extractor for c in (*self.where, *self.reconnect))]
        own = {_PHASE_PART[self.phase]} if self.phase in _PHASE_PART else set()
        object.__setattr__(
            self, "parts", frozenset(own).union(*(extractor.parts for extractor in extractors))
        )

    @property
    def in_requests(self) -> bool:
        """Tell whether a request can be a join by this rule."""
        return self.phase is not Phase.MESSAGE

    @property
    def in_messages(self) -> bool:
        """Tell whether a WebSocket message can be a join by this rule."""
        return self.phase is not Phase.HTTP

    def takes_method(self, methods: frozenset[str]) -> bool:
        """Tell whether the rule takes any of the methods that a server may see in a request.

        A server treats HEAD like GET, apart from the response body (RFC 9110 section 9.3.2). Stanzas and
        packets are sent with POST.
        """
        if self.phase is not Phase.HTTP:
            return "POST" in methods
        return (
            not self.methods
            or not self.methods.isdisjoint(methods)
            or ("HEAD" in methods and "GET" in self.methods)
        )

    def takes_head(self, request: Request, *, upgrade: bool) -> bool:
        """Tell whether hosts and subprotocol match, and `upgrade`, which says if a WebSocket is asked for."""
        return (
            (not self.hosts or any(_host_matches(self.hosts, host) for host in request.hosts))
            and (self.websocket is None or self.websocket == upgrade)
            and (self.subprotocol is None or _offers_subprotocol(request, self.subprotocol.lower()))
        )

    def holds(self, context: MatchContext) -> bool:
        """Tell whether all conditions are met, and whether it is not a reconnect, or reconnects count."""
        if self.where and not all(condition.holds(context) for condition in self.where):
            return False
        if not self.reconnect or self.applies_to is AppliesTo.NEW_AND_RECONNECT:
            return True
        return not all(condition.holds(context) for condition in self.reconnect)


def is_websocket_upgrade(request: Request) -> bool:
    """Tell whether the request asks for a WebSocket (RFC 6455 section 4.1; RFC 8441 for HTTP/2)."""
    return request.method == "CONNECT" or any(
        name.lower() == b"upgrade" and b"websocket" in value.lower() for name, value in request.headers
    )


def _host_matches(patterns: tuple[str, ...], host: str) -> bool:
    name = re.sub(r":\d*\Z", "", host).rstrip(".").lower()
    return any(name.endswith(p[1:]) if p.startswith("*.") else name == p for p in patterns)


def _offers_subprotocol(request: Request, subprotocol: str) -> bool:
    """Tell whether the subprotocol is in the header, whatever is next to it.

    Servers split the header in different ways; libwebsockets, for example, also stops at a semicolon.
    """
    return any(
        name.lower() == b"sec-websocket-protocol" and subprotocol in value.decode("latin-1").lower()
        for name, value in request.headers
    )
