"""The gate: a request or a message in, an outcome out, with the failure table applied.

| what is wrong | what happens |
|---|---|
| there is no policy | every request is answered with 503 |
| the fence itself fails | a join to a meeting that an order names follows `on_error`; all else passes |
| the client address is undetermined | a join to such a meeting follows `on_undetermined` |
| the location is unknown, disputed or stale | the join is admitted |
| the body cannot be read, or names no meeting | the rule's `on_unparsable` or `on_no_id`: pass, or 400 |
| the body is longer than any rule reads, or the service could read another request | 400 |

Monitoring and records are told of each outcome once, and nothing is raised.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from joinfence.engine.decide import decide
from joinfence.engine.decision import Decision, Reason, Verdict
from joinfence.engine.joins.rules import is_websocket_upgrade
from joinfence.gate.ambiguity import is_ambiguous, without_foreign_upgrade
from joinfence.gate.outcomes import NeedsBody, Pass
from joinfence.gate.upstream_headers import UpstreamHeaders, rewritten
from joinfence.refusal.answer import unavailable
from joinfence.refusal.probe import Probe
from joinfence.refusal.service_answers import Drop, service_answer, socket_answer
from joinfence.text.operator import NOBODY, operator_of

if TYPE_CHECKING:
    from joinfence.engine.values import HeaderFields, Request
    from joinfence.gate.outcomes import Outcome
    from joinfence.loading.loader import Loaded
    from joinfence.monitoring.telemetry import Telemetry
    from joinfence.refusal.answer import Answer
    from joinfence.text.operator import Operator

_UNREAD: Final = Decision(verdict=Verdict.REFUSE, reason=Reason.UNPARSABLE)


class Gate:
    """Decides by the policy in `loaded`, which is replaced by one assignment while requests come in."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Start closed: without a policy no request passes."""
        self.loaded: Loaded | None = None
        self._telemetry = telemetry
        self._probe = Probe()

    def ask(self, request: Request, message: bytes | None = None, *, body_lost: bool = False) -> Outcome:
        """Return what to do with a request, or with a client's message on the WebSocket it opened.

        Of a request ask first with `body` None. After `NeedsBody` ask again with the body, or with
        `body_lost` where it was longer than the limit. For a message `request.at` is when the message came.
        """
        loaded = self.loaded
        if loaded is None:
            return _without_policy(request, message)
        try:
            if message is None and (probed := self._probed(request, loaded)):
                return probed
            seen = without_foreign_upgrade(request)
            unread = message is None and (body_lost or is_ambiguous(seen))
            decision = self._decide(seen, message, loaded, unread=unread)
            outcome = _outcome(decision, seen, message, loaded)
        except Exception as error:  # noqa: BLE001 - the failure table: no error of ours stops anything
            return self.failed(error, request, message)
        self._telemetry.count(decision, request.at)
        return outcome

    def failed(self, error: Exception, request: Request, message: bytes | None = None) -> Outcome:
        """Return what to do after an error of the fence, or of the host that carries an outcome out."""
        loaded = self.loaded
        if loaded is None:
            return _without_policy(request, message)
        self._telemetry.failed(error, loaded)
        seen = without_foreign_upgrade(request)
        private = _may_be_ordered(seen, message, loaded)
        if private and loaded.settings.on_error == "unavailable":
            return _unavailable(seen, message, _operator(loaded))
        if message is not None:
            return Pass(private=private)
        try:
            return Pass(headers=_headers(seen, loaded), private=private)
        except Exception:  # noqa: BLE001 - the error may lie in this very step
            return Pass(headers=seen.headers, private=private)

    def is_private(self, request: Request) -> bool:
        """Return whether a request that gets no decision may be a join to a meeting that an order names."""
        return self.loaded is None or _may_be_ordered(request, None, self.loaded)

    def _probed(self, request: Request, loaded: Loaded) -> Answer | None:
        wanted = loaded.settings.client_address.probe
        return self._probe.answer(request, loaded.policy.client_address) if wanted else None

    def _decide(self, request: Request, message: bytes | None, loaded: Loaded, *, unread: bool) -> Decision:
        started = time.perf_counter()
        decision = _UNREAD if unread else decide(request, loaded.policy, message)
        # Most messages are no joins, and a call has thousands of them.
        if message is None or decision.reason is not Reason.NO_JOIN:
            self._telemetry.decided(decision, request, loaded, time.perf_counter() - started)
        return decision


def _outcome(decision: Decision, request: Request, message: bytes | None, loaded: Loaded) -> Outcome:
    if decision.reason is Reason.BODY_NEEDED:
        return NeedsBody(loaded.policy.rules.body_limit(request))
    if decision.verdict is Verdict.REFUSE:
        refuse = service_answer if message is None else socket_answer
        return refuse(decision, request, _operator(loaded))
    # Who comes to a meeting that an order names is for nobody to write down.
    private = decision.client is not None
    if message is not None:
        return Pass(private=private)
    # A host may print messages before they are decided on, so the whole WebSocket is private.
    return Pass(headers=_headers(request, loaded), private=private or _reads_messages(request, loaded))


def _headers(request: Request, loaded: Loaded) -> HeaderFields:
    entry = loaded.settings.client_address
    return rewritten(
        request.headers,
        peer=request.peer,
        policy=loaded.policy.client_address,
        mode=UpstreamHeaders(entry.upstream_headers),
    )


def _unavailable(request: Request, message: bytes | None, operator: Operator) -> Outcome:
    return unavailable(request, operator) if message is None else Drop(messages=(), close=None)


def _without_policy(request: Request, message: bytes | None) -> Outcome:
    # Nobody gets a WebSocket without a policy: whoever has one was there before the fence.
    return _unavailable(request, None, NOBODY) if message is None else Pass(private=True)


def _may_be_ordered(request: Request, message: bytes | None, loaded: Loaded) -> bool:
    """Return whether it may be a join to a meeting that an order names; in doubt, it may."""
    rules = loaded.policy.rules
    try:
        found = rules.joins(request) if message is None else rules.joins_of_message(request, message)
        return found.body_needed or any(loaded.policy.orders.for_meeting(join) for join in found.joins)
    except Exception:  # noqa: BLE001 - the matcher itself failed
        return True


def _reads_messages(request: Request, loaded: Loaded) -> bool:
    return is_websocket_upgrade(request) and loaded.policy.rules.reads_messages(request)


def _operator(loaded: Loaded) -> Operator:
    return operator_of(loaded.settings.operator, loaded.branding)
