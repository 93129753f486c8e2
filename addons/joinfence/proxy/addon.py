"""The mitmproxy addon: hooks that turn a flow into a request, a decision and, for a refusal, a response."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mitmproxy import ctx, exceptions

from joinfence.background.scheduling import LongLived, take_short_turns
from joinfence.config.yaml.problems import ConfigError
from joinfence.engine.decide import decide
from joinfence.engine.decision import Decision, Reason, Verdict
from joinfence.engine.joins.rules import is_websocket_upgrade
from joinfence.loading.follower import Follower
from joinfence.loading.loader import DEFAULT_MAIN, Loaded, Loader
from joinfence.monitoring.telemetry import Telemetry
from joinfence.proxy.core_dumps import forbid_core_dumps
from joinfence.proxy.flows import (
    has_left_http,
    is_malformed,
    leave_http_closed,
    pass_on,
    read_request,
    response,
    state_length,
)
from joinfence.proxy.layers import body_is_lost, bound_body
from joinfence.proxy.messages import Handshakes, keep_back, latest, reply
from joinfence.proxy.options import OPENINGS, OPTION, check_options, complaints_about
from joinfence.proxy.privacy import hide, hide_clients, leave_hidden_out, show
from joinfence.proxy.streaming import Streaming
from joinfence.proxy.upstream_headers import UpstreamHeaders
from joinfence.refusal.answer import Answer, Operator, unavailable, warm
from joinfence.refusal.probe import Probe
from joinfence.refusal.service_answers import service_answer, socket_answer

if TYPE_CHECKING:
    from mitmproxy import http
    from mitmproxy.addonmanager import Loader as OptionLoader

    from joinfence.config.files import Fingerprint
    from joinfence.engine.values import Request

logger = logging.getLogger("joinfence")

_AWAITS_BODY: Final = "joinfence-awaits-body"


class Geofence:
    """What the script holds: it puts the gate into mitmproxy and then has nothing more to do.

    The gate is an addon of its own and no child of the script, so it stays when the script is edited,
    broken or deleted.
    """

    def load(self, loader: OptionLoader) -> None:
        """Register the option, read the configuration and raise the gate."""
        loader.add_option(
            OPTION,
            str,
            str(DEFAULT_MAIN),
            "The file that says whose joins are refused: operator, client address, location, services, "
            "orders and authorities. It and every file it names are followed while the fence runs.",
        )
        if ctx.master.addons.get(Gate.name) is not None:
            return
        check_options()
        gate = Gate()
        ctx.master.addons.add(gate)
        gate.start(Path(ctx.options.geofence_config))


class Gate:
    """The hooks. Without a policy it answers 503 to everything: there is no serving without a fence."""

    name = "joinfence"

    def __init__(self) -> None:
        """Start closed."""
        self.telemetry = Telemetry()
        self._probe = Probe()
        self._loaded: Loaded | None = None
        self._follower: Follower | None = None
        self._streaming = Streaming()
        self._handshakes = Handshakes()
        self._long_lived = LongLived()

    # -- life -------------------------------------------------------------------------------------

    def start(self, path: Path) -> None:
        """Load the configuration and follow it. Problems are logged as errors, which end a start."""
        forbid_core_dumps()
        take_short_turns()
        hide_clients()
        leave_hidden_out(ctx.options)
        self._streaming.take_over(ctx.options)
        loader = Loader(path)
        seen = loader.fingerprint()
        try:
            self._accept(loader.load(datetime.now(UTC)))
        except ConfigError as error:
            self.telemetry.not_loaded(error.problems)
            return
        self._follow(loader, seen=seen)

    def _follow(self, loader: Loader, seen: Fingerprint) -> None:
        if self._follower:
            self._follower.stop()
        self._follower = Follower(loader, self._accept, self.telemetry.not_loaded, seen=seen)
        self._follower.start()

    def configure(self, updated: set[str]) -> None:
        """Follow changes of mitmproxy's options. Raises OptionsError for one that would open the fence."""
        if {"dumper_filter", "save_stream_filter"} & updated:
            leave_hidden_out(ctx.options)
        if "stream_large_bodies" in updated:
            self._streaming.take_over(ctx.options)
        if self._loaded and OPENINGS & updated:
            for complaint in complaints_about(self._loaded):
                raise exceptions.OptionsError(complaint)
        if OPTION in updated and self._follower:
            self._follow(Loader(Path(ctx.options.geofence_config)), seen={})

    def running(self) -> None:
        """Begin to write records. Not earlier: mitmproxy takes an error before now for a failed start."""
        asyncio.get_running_loop().call_later(1, self.telemetry.start)

    def done(self) -> None:
        """Stop following, and write down what is left to write."""
        if self._follower:
            self._follower.stop()
        self.telemetry.stop()

    def _accept(self, loaded: Loaded) -> None:
        if complaints := list(complaints_about(loaded)):
            self.telemetry.not_accepted(complaints)
            return
        self._loaded = loaded
        self._long_lived.spare(len(loaded.policy.orders))
        with contextlib.suppress(Exception):  # a page that cannot be rendered is told of when it is asked for
            warm(loaded.policy.orders.unsorted(), _operator(loaded))
        self.telemetry.loaded(loaded)

    # -- hooks ------------------------------------------------------------------------------------

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Decide on the head, or hold the body back until it can be decided with it."""
        if flow.error is not None:  # mitmproxy answers it with an error, and prints who it was
            self._hide_attempt(flow)
        elif flow.response is None:
            leave_http_closed(flow)
            self._streaming.request(flow)
            self._guard(flow, with_body=False)

    def request(self, flow: http.HTTPFlow) -> None:
        """Decide with the body, where the head was not enough."""
        state_length(flow)
        if flow.metadata.pop(_AWAITS_BODY, None):
            show(flow)
            if flow.response is None:
                self._guard(flow, with_body=True)

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Close a connection that leaves HTTP for something that cannot be read."""
        self._streaming.response(flow)
        if has_left_http(flow):
            flow.kill()

    def websocket_message(self, flow: http.HTTPFlow) -> None:
        """Decide on a client's message; a refused one is dropped, and answered in the service's stead."""
        message, loaded = latest(flow), self._loaded
        if message is None or loaded is None:
            return
        now = datetime.now(UTC)
        request = self._handshakes.of(flow) or read_request(flow, at=now, with_body=False)
        request = replace(request, at=now)
        try:
            started = time.perf_counter()
            decision = decide(request, loaded.policy, message.content)
            if decision.reason is not Reason.NO_JOIN:
                self.telemetry.decided(decision, request, loaded, time.perf_counter() - started)
            if decision.verdict is Verdict.REFUSE:
                hide(flow)
                keep_back(message)
                reply(flow, socket_answer(decision, request, _operator(loaded)))
            self.telemetry.count(decision, now)
        except Exception as error:  # noqa: BLE001 - the failure table: no error of ours stops a flow
            self.telemetry.failed(error, loaded)
            if loaded.settings.on_error == "unavailable" and _may_be_ordered(
                request, loaded, message.content
            ):
                hide(flow)
                keep_back(message)

    def _hide_attempt(self, flow: http.HTTPFlow) -> None:
        request = read_request(flow, at=datetime.now(UTC), with_body=False)
        if self._loaded is None or _may_be_ordered(request, self._loaded):
            hide(flow)

    def _guard(self, flow: http.HTTPFlow, *, with_body: bool) -> None:
        loaded = self._loaded
        request = read_request(flow, at=datetime.now(UTC), with_body=with_body)
        if loaded is None:
            _respond(flow, unavailable(request, _NOBODY))
            return
        try:
            if probed := self._probed(request, loaded):
                _respond(flow, probed)
                return
            started = time.perf_counter()
            unread = is_malformed(flow) or (with_body and body_is_lost(flow))
            decision = _UNREAD if unread else decide(request, loaded.policy)
            self.telemetry.decided(decision, request, loaded, time.perf_counter() - started)
            self._carry_out(decision, flow, request, loaded)
            self.telemetry.count(decision, request.at)
        except Exception as error:  # noqa: BLE001 - the failure table: no error of ours stops a flow
            self._on_fault(flow, request, loaded, error)

    def _probed(self, request: Request, loaded: Loaded) -> Answer | None:
        wanted = loaded.settings.client_address.probe
        return self._probe.answer(request, loaded.policy.client_address) if wanted else None

    def _carry_out(self, decision: Decision, flow: http.HTTPFlow, request: Request, loaded: Loaded) -> None:
        if decision.reason is Reason.BODY_NEEDED:
            flow.request.stream = False
            flow.metadata[_AWAITS_BODY] = True
            bound_body(flow, loaded.policy.rules.body_limit(request))
            hide(flow)  # until it is known to be admitted: the client may hang up before
        elif decision.verdict is Verdict.REFUSE:
            _respond(flow, service_answer(decision, request, _operator(loaded)))
        else:
            self._expect_messages(flow, request, loaded)
            if decision.client is not None:
                hide(flow)  # who comes to a meeting that is ordered about is nobody's to write down
            _pass_on(flow, request, loaded)

    def _on_fault(self, flow: http.HTTPFlow, request: Request, loaded: Loaded, error: Exception) -> None:
        self.telemetry.failed(error, loaded)
        ordered = _may_be_ordered(request, loaded)
        if ordered:
            hide(flow)  # it may be one that would have been refused
        if ordered and loaded.settings.on_error == "unavailable":
            _respond(flow, unavailable(request, _operator(loaded)))
        else:
            with contextlib.suppress(Exception):  # the fault may be in this very step
                _pass_on(flow, request, loaded)

    def _expect_messages(self, flow: http.HTTPFlow, request: Request, loaded: Loaded) -> None:
        """Keep the handshake of a WebSocket, and keep one on which joins come out of what mitmproxy writes.

        Messages are printed before they can be decided on.
        """
        if is_websocket_upgrade(request):
            self._handshakes.keep(flow, request)
            if loaded.policy.rules.reads_messages(request):
                hide(flow)


_UNREAD: Final = Decision(verdict=Verdict.REFUSE, reason=Reason.UNPARSABLE)
_NOBODY: Final = Operator(name="", url="", contact="")


def _operator(loaded: Loaded) -> Operator:
    entry = loaded.settings.operator
    name = loaded.branding.name or entry.name
    return Operator(name=name, url=entry.url, contact=entry.contact, branding=loaded.branding)


def _may_be_ordered(request: Request, loaded: Loaded, message: bytes | None = None) -> bool:
    """Tell whether it may be a join to a meeting that an order names; in doubt, it may."""
    rules = loaded.policy.rules
    try:
        found = rules.joins(request) if message is None else rules.joins_of_message(request, message)
        return found.body_needed or any(loaded.policy.orders.for_meeting(join) for join in found.joins)
    except Exception:  # noqa: BLE001 - the matcher itself failed
        return True


def _pass_on(flow: http.HTTPFlow, request: Request, loaded: Loaded) -> None:
    mode = UpstreamHeaders(loaded.settings.client_address.upstream_headers)
    pass_on(flow, request, loaded.policy.client_address, mode)


def _respond(flow: http.HTTPFlow, made: Answer) -> None:
    # A response beside a streamed request body would crash mitmproxy.
    flow.request.stream = False
    bound_body(flow, 0)  # mitmproxy answers when the body has come, and nobody needs it any more
    flow.response = response(made, head=flow.request.method == "HEAD")
    hide(flow)
