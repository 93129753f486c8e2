"""The gate: a request or a message in, an outcome out, with the failure table applied.

| what is wrong | what happens |
|---|---|
| no policy is loaded | every request is answered with 503 |
| the fence itself fails | a join to a meeting that an order names follows `on_error`; all else passes |
| the client address is undetermined | a join to such a meeting follows `on_undetermined` |
| the location is unknown, disputed or stale | the join is admitted |
| the body cannot be parsed, or names no meeting | the rule's `on_unparsable` or `on_no_id`: pass, or 400 |
| the body is longer than any rule reads, or the service could read the request differently | 400 |

The gate reports each decision to monitoring and records. It never raises.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from joinfence.engine.decide import decide
from joinfence.engine.decision import Decision, Reason, Verdict
from joinfence.engine.joins.rules import is_websocket_upgrade
from joinfence.gate.ambiguity import is_ambiguous, without_other_upgrades
from joinfence.gate.outcomes import Drop, NeedsBody, Pass
from joinfence.gate.upstream_headers import UpstreamHeaders, rewrite_forwarding_headers
from joinfence.refusal.answer import unavailable
from joinfence.refusal.probe import Probe
from joinfence.refusal.service_answers import service_answer, socket_answer
from joinfence.text.operator import NOBODY, operator_of

if TYPE_CHECKING:
    from joinfence.engine.values import HeaderFields, Request
    from joinfence.gate.outcomes import Answer, Outcome
    from joinfence.loading.loader import Loaded
    from joinfence.monitoring.telemetry import Telemetry
    from joinfence.text.operator import Operator

_UNREADABLE: Final = Decision(verdict=Verdict.REFUSE, reason=Reason.UNPARSABLE)


class Gate:
    """Decides by the policy in `loaded`, which one assignment replaces while requests come in."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Start closed: without a policy no request passes."""
        self.loaded: Loaded | None = None
        self._telemetry = telemetry
        self._probe = Probe()

    def ask(self, request: Request, message: bytes | None = None, *, body_too_large: bool = False) -> Outcome:
        """Return what to do with a request, or with a client's message on the WebSocket that it opened.

        Ask about a request with `body` None first. After `NeedsBody`, ask again with the body, or with
        `body_too_large` if it exceeded the limit. For a message, `request.at` is when the message arrived.
        """
        loaded = self.loaded
        if loaded is None:
            return _without_policy(request, message)
        try:
            if message is None and (probed := self._probed(request, loaded)):
                return probed
            cleaned = without_other_upgrades(request)
            unreadable = message is None and (body_too_large or is_ambiguous(cleaned))
            decision = self._decide(cleaned, message, loaded, unreadable=unreadable)
            outcome = _outcome(decision, cleaned, message, loaded)
        except Exception as error:  # noqa: BLE001 - the failure table: no error of ours stops anything
            return self.failed(error, request, message)
        self._telemetry.count(decision, request.at)
        return outcome

    def failed(self, error: Exception, request: Request, message: bytes | None = None) -> Outcome:
        """Return what to do after an error of the fence, or of the host while it carried out an outcome."""
        loaded = self.loaded
        if loaded is None:
            return _without_policy(request, message)
        self._telemetry.failed(error, loaded)
        cleaned = without_other_upgrades(request)
        private = _may_join_named_meeting(cleaned, message, loaded)
        if private and loaded.settings.on_error == "unavailable":
            return _unavailable(cleaned, message, _operator(loaded))
        if message is not None:
            return Pass(private=private)
        try:
            return Pass(headers=_upstream_headers(cleaned, loaded), private=private)
        except Exception:  # noqa: BLE001 - it may have been this very step that failed
            return Pass(headers=cleaned.headers, private=private)

    def is_private(self, request: Request) -> bool:
        """Return whether a request that gets no decision may be a join to a meeting that an order names."""
        return self.loaded is None or _may_join_named_meeting(request, None, self.loaded)

    def _probed(self, request: Request, loaded: Loaded) -> Answer | None:
        enabled = loaded.settings.client_address.probe
        return self._probe.answer(request, loaded.policy.client_address) if enabled else None

    def _decide(
        self, request: Request, message: bytes | None, loaded: Loaded, *, unreadable: bool
    ) -> Decision:
        started = time.perf_counter()
        decision = _UNREADABLE if unreadable else decide(request, loaded.policy, message)
        # A call sends thousands of messages, most of which are not joins: those are not counted.
        if message is None or decision.reason is not Reason.NO_JOIN:
            self._telemetry.decided(decision, request, loaded, time.perf_counter() - started)
        return decision


def _outcome(decision: Decision, request: Request, message: bytes | None, loaded: Loaded) -> Outcome:
    if decision.reason is Reason.BODY_NEEDED:
        return NeedsBody(loaded.policy.rules.body_limit(request))
    if decision.verdict is Verdict.REFUSE:
        refuse = service_answer if message is None else socket_answer
        return refuse(decision, request, _operator(loaded))
    # The client address is only looked at for a meeting that an order names: nobody may record who joins it.
    private = decision.client is not None
    if message is not None:
        return Pass(private=private)
    # A host may print messages before they are decided on, so a WebSocket that can carry joins is private.
    private = private or _can_carry_joins(request, loaded)
    return Pass(headers=_upstream_headers(request, loaded), private=private)


def _upstream_headers(request: Request, loaded: Loaded) -> HeaderFields:
    return rewrite_forwarding_headers(
        request.headers,
        peer=request.peer,
        policy=loaded.policy.client_address,
        mode=UpstreamHeaders(loaded.settings.client_address.upstream_headers),
    )


def _unavailable(request: Request, message: bytes | None, operator: Operator) -> Outcome:
    return unavailable(request, operator) if message is None else Drop(messages=(), close=None)


def _without_policy(request: Request, message: bytes | None) -> Outcome:
    # Without a policy no WebSocket can be opened, so this one is older than the fence: leave it alone.
    return _unavailable(request, None, NOBODY) if message is None else Pass(private=True)


def _may_join_named_meeting(request: Request, message: bytes | None, loaded: Loaded) -> bool:
    """Return whether this may be a join to a meeting that an order names; True if in doubt."""
    rules = loaded.policy.rules
    try:
        found = rules.joins(request) if message is None else rules.joins_of_message(request, message)
        return found.body_needed or any(loaded.policy.orders.for_meeting(join) for join in found.joins)
    except Exception:  # noqa: BLE001 - it may have been the rules that failed
        return True


def _can_carry_joins(request: Request, loaded: Loaded) -> bool:
    return is_websocket_upgrade(request) and loaded.policy.rules.reads_messages(request)


def _operator(loaded: Loaded) -> Operator:
    return operator_of(loaded.settings.operator, loaded.branding)
