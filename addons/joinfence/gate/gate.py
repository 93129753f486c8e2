"""The gate: a request or a message in, an outcome out, with the failure table applied.

| what is wrong | what happens |
|---|---|
| no policy is loaded | every request is answered with 503 |
| the fence itself fails | a join to a meeting that an order names follows `on_error`; all else passes |
| the client address is undetermined | a join to such a meeting follows `on_undetermined` |
| the location is unknown, disputed or stale | the join is admitted |
| the body cannot be parsed, or names no meeting | the rule's `on_unparsable` or `on_no_id`: pass, or 400 |
| the body is longer than any rule reads, or the service could read the request differently | 400 |

The gate reports each decision to monitoring, and to records once its outcome has been carried out. It never
raises.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
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
    from datetime import datetime

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
        When the outcome has been carried out, call `carried_out`; if that failed, `failed`.
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
            return _outcome(decision, cleaned, message, loaded)
        except Exception as error:  # noqa: BLE001 - the failure table: no error of ours stops anything
            return self.failed(error, request, message, body_too_large=body_too_large)

    def carried_out(self, outcome: Outcome, at: datetime) -> None:
        """Count the decision behind an outcome that has been carried out, at an aware instant."""
        if not isinstance(outcome, NeedsBody) and outcome.decision is not None:
            self._telemetry.count(outcome.decision, at)

    def failed(
        self,
        error: Exception,
        request: Request,
        message: bytes | None = None,
        *,
        body_too_large: bool = False,
    ) -> Outcome:
        """Return what to do after an error of the fence, or of the host while it carried out an outcome.

        A request whose body was too large to keep never passes: the service would get it without its body.
        """
        loaded = self.loaded
        if loaded is None:
            return _without_policy(request, message)
        with contextlib.suppress(Exception):  # to report an error may fail as well
            self._telemetry.failed(error, loaded)
        if body_too_large:
            return _unavailable(request, message, _operator(loaded))
        try:
            return _after_error(without_other_upgrades(request), message, loaded)
        except Exception:  # noqa: BLE001 - nothing is known of the request: it may join any meeting
            if loaded.settings.on_error == "unavailable":
                return _unavailable(request, message, _operator(loaded))
            return Pass(headers=request.headers if message is None else None, private=True)

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
        return replace(refuse(decision, request, _operator(loaded)), decision=decision)
    # The client address is only looked at for a meeting that an order names: nobody may record who joins it.
    private = decision.client is not None
    if message is not None:
        return Pass(private=private, decision=decision)
    private = private or _can_carry_joins(request, loaded)
    return Pass(headers=_upstream_headers(request, loaded), private=private, decision=decision)


def _after_error(request: Request, message: bytes | None, loaded: Loaded) -> Outcome:
    """Return what to do with a request or a message that no decision could be made or carried out on."""
    may_join = _may_join_named_meeting(request, message, loaded)
    if may_join and loaded.settings.on_error == "unavailable":
        return _unavailable(request, message, _operator(loaded))
    if message is not None:
        return Pass(private=may_join)
    private = may_join or _can_carry_joins(request, loaded)
    try:
        return Pass(headers=_upstream_headers(request, loaded), private=private)
    except Exception:  # noqa: BLE001 - it may have been this very step that failed
        return Pass(headers=request.headers, private=private)


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
    """Return whether the request opens a WebSocket on whose messages joins may come; True if in doubt.

    A host may print messages before they are decided on, so all of such a WebSocket is private.
    """
    try:
        return is_websocket_upgrade(request) and loaded.policy.rules.reads_messages(request)
    except Exception:  # noqa: BLE001 - it may have been the rules that failed
        return True


def _operator(loaded: Loaded) -> Operator:
    return operator_of(loaded.settings.operator, loaded.branding)
