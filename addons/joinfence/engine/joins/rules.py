"""Join rules: what one says of the request or message that enters a meeting."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from joinfence.engine.joins.extract import Part
from joinfence.engine.joins.refusals import Refusal

if TYPE_CHECKING:
    from joinfence.engine.joins.extract import Extractor, MatchContext
    from joinfence.engine.joins.normalise import Step
    from joinfence.engine.joins.paths import PathTemplate
    from joinfence.engine.values import Request


class OnProblem(StrEnum):
    """What happens when a rule matches and no meeting id can be had."""

    PASS = "pass"  # noqa: S105 - a verb, no password
    BAD_REQUEST = "400"


class Phase(StrEnum):
    """Where a join stands.

    HTTP: in a request, a WebSocket's handshake included. MESSAGE: in a WebSocket message. XMPP: in a
    stanza, in a WebSocket message or a BOSH body. SOCKETIO: in a packet, in a WebSocket message or a
    polling body.
    """

    HTTP = "http"
    MESSAGE = "ws-message"
    XMPP = "xmpp"
    SOCKETIO = "socketio"


class AppliesTo(StrEnum):
    """Whether a reconnect of somebody who was inside counts as a join."""

    NEW = "new"
    NEW_AND_RECONNECT = "new_and_reconnect"


class Reading(StrEnum):
    """What a WebSocket message may be, tried in turn."""

    JSON = "json"
    MSGPACK = "msgpack"


class Test(StrEnum):
    """What a condition asks of the values at its place."""

    __test__ = False  # pytest would take it for a test

    ANY_OF = "any_of"
    ALL_OF = "all_of"
    PRESENT = "present"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something that must hold for the rule to match. `values` are folded where `ignore_case`."""

    place: Extractor
    test: Test = Test.ANY_OF
    values: frozenset[str] = frozenset()
    ignore_case: bool = False

    def holds(self, context: MatchContext) -> bool:
        """Tell whether it does."""
        found = self.place.candidates(context)
        if self.test is Test.ABSENT:
            return not found
        if self.test is Test.PRESENT:
            return bool(found)
        fits = [(value.casefold() if self.ignore_case else value) in self.values for value in found]
        return any(fits) if self.test is Test.ANY_OF else bool(fits) and all(fits)


_BODY_OF: Final = {Phase.XMPP: Part.ELEMENT, Phase.SOCKETIO: Part.DOCUMENT, Phase.MESSAGE: Part.DOCUMENT}

_AS_ASKED: Final = Refusal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way to enter a meeting of a service.

    No `methods`, `hosts`, `websocket` or `subprotocol` means any. Methods are upper case; hosts are lower
    case, `*.` in front stands for one or more labels. A `normalise` chain belongs to the service: every
    rule of one service has the same. `reconnect` tells a reconnect, which counts only where `applies_to`
    says so.
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
    reads: tuple[Reading, ...] = (Reading.JSON,)
    where: tuple[Condition, ...] = ()
    reconnect: tuple[Condition, ...] = ()
    applies_to: AppliesTo = AppliesTo.NEW
    normalise: tuple[Step, ...] = ()
    on_unparsable: OnProblem = OnProblem.PASS
    on_no_id: OnProblem = OnProblem.PASS
    max_body_bytes: int = 1 << 16
    refusal: Refusal = _AS_ASKED
    parts: frozenset[Part] = field(init=False, compare=False)
    """What it needs of a body; nothing where the head alone can answer."""

    def __post_init__(self) -> None:
        """Work out what the places in it read."""
        places = [*self.meeting, *(c.place for c in (*self.where, *self.reconnect))]
        own = {_BODY_OF[self.phase]} if self.phase in _BODY_OF else set()
        object.__setattr__(self, "parts", frozenset(own).union(*(place.reads for place in places)))

    @property
    def in_requests(self) -> bool:
        """Tell whether a request can be a join by this rule."""
        return self.phase is not Phase.MESSAGE

    @property
    def in_messages(self) -> bool:
        """Tell whether a WebSocket message can be a join by this rule."""
        return self.phase is not Phase.HTTP

    def takes_method(self, methods: frozenset[str]) -> bool:
        """Tell whether any of the methods a server may read in a request is one of the rule's.

        HEAD goes where GET does (RFC 9110 section 9.3.2): only the answer differs. Stanzas and packets come
        by POST.
        """
        if self.phase is not Phase.HTTP:
            return "POST" in methods
        return (
            not self.methods
            or not self.methods.isdisjoint(methods)
            or ("HEAD" in methods and "GET" in self.methods)
        )

    def takes_head(self, request: Request, *, upgrade: bool) -> bool:
        """Tell whether host, subprotocol and `upgrade` fit: whether the request asks for a WebSocket."""
        return (
            (not self.hosts or any(_host_fits(self.hosts, host) for host in request.hosts))
            and (self.websocket is None or self.websocket == upgrade)
            and (self.subprotocol is None or _offers(request, self.subprotocol.lower()))
        )

    def holds(self, context: MatchContext) -> bool:
        """Tell whether every condition does, and whether it is no reconnect where those do not count."""
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


def _host_fits(patterns: tuple[str, ...], host: str) -> bool:
    name = re.sub(r":\d*\Z", "", host).rstrip(".").lower()
    return any(name.endswith(p[1:]) if p.startswith("*.") else name == p for p in patterns)


def _offers(request: Request, subprotocol: str) -> bool:
    """Tell whether a subprotocol is named, whatever is about it: libwebsockets stops at a semicolon too."""
    return any(
        name.lower() == b"sec-websocket-protocol" and subprotocol in value.decode("latin-1").lower()
        for name, value in request.headers
    )
