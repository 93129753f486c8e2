"""The mitmproxy addon: hooks that hand a flow to the gate, and carry its outcome out on the flow."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, assert_never

from mitmproxy import ctx, exceptions

from joinfence.config.default_main import DEFAULT_MAIN
from joinfence.engine.joins.rules import is_websocket_upgrade
from joinfence.gate.fence import Fence
from joinfence.gate.outcomes import NeedsBody, Pass
from joinfence.proxy.flows import has_left_http, read_request, respond, send_headers, state_length
from joinfence.proxy.layers import body_is_lost, bound_body
from joinfence.proxy.messages import Handshakes, drop, latest
from joinfence.proxy.options import OPENINGS, OPTION, check_options, complaints_about
from joinfence.proxy.privacy import hide, hide_clients, leave_hidden_out, show
from joinfence.proxy.streaming import Streaming
from joinfence.refusal.answer import Answer
from joinfence.refusal.service_answers import Drop

if TYPE_CHECKING:
    from mitmproxy import http
    from mitmproxy.addonmanager import Loader as OptionLoader

    from joinfence.engine.values import Request
    from joinfence.gate.outcomes import Outcome

_AWAITS_BODY: Final = "joinfence-awaits-body"


class Geofence:
    """What the script holds: it puts the hooks into mitmproxy and then has nothing more to do.

    The hooks are an addon of their own and no child of the script, so they stay when the script is edited,
    broken or deleted.
    """

    def load(self, loader: OptionLoader) -> None:
        """Register the option, read the configuration and start the fence."""
        loader.add_option(
            OPTION,
            str,
            str(DEFAULT_MAIN),
            "The file that says whose joins are refused: operator, client address, location, services, "
            "orders and authorities. It and every file it names are followed while the fence runs.",
        )
        if ctx.master.addons.get(Hooks.name) is not None:
            return
        check_options()
        hooks = Hooks()
        ctx.master.addons.add(hooks)
        hooks.start(Path(ctx.options.geofence_config))


class Hooks:
    """mitmproxy's hooks. Without a policy every request is answered with 503: nothing is served unfenced."""

    name = "joinfence"

    def __init__(self) -> None:
        """Start with a closed gate."""
        self.fence = Fence(complaints_about)
        self._streaming = Streaming()
        self._handshakes = Handshakes()

    # -- life -------------------------------------------------------------------------------------

    def start(self, main: Path) -> None:
        """Set mitmproxy up for the fence and start it. Problems are logged as errors, which end a start."""
        hide_clients()
        leave_hidden_out(ctx.options)
        self._streaming.take_over(ctx.options)
        self.fence.start(main)

    def configure(self, updated: set[str]) -> None:
        """Follow changes of mitmproxy's options. Raises OptionsError for one that would open the fence."""
        if {"dumper_filter", "save_stream_filter"} & updated:
            leave_hidden_out(ctx.options)
        if "stream_large_bodies" in updated:
            self._streaming.take_over(ctx.options)
        loaded = self.fence.gate.loaded
        if loaded and OPENINGS & updated:
            for complaint in complaints_about(loaded):
                raise exceptions.OptionsError(complaint)
        if OPTION in updated:
            self.fence.follow(Path(ctx.options.geofence_config))

    def running(self) -> None:
        """Begin to write records. Not earlier: mitmproxy takes an error before now for a failed start."""
        asyncio.get_running_loop().call_later(1, self.fence.telemetry.start)

    def done(self) -> None:
        """Stop the fence, and write down what is left to write."""
        self.fence.stop()

    # -- hooks ------------------------------------------------------------------------------------

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Ask about the head, and hold the body back where the gate needs it."""
        if flow.error is not None:  # mitmproxy answers it with an error, and prints who it was
            if self.fence.gate.is_private(_read(flow)):
                hide(flow)
        elif flow.response is None:
            self._streaming.request(flow)
            self._ask(flow, _read(flow))

    def request(self, flow: http.HTTPFlow) -> None:
        """Ask again with the body, where the head was not enough."""
        state_length(flow)
        if flow.metadata.pop(_AWAITS_BODY, None):
            show(flow)
            if flow.response is None:
                self._ask(flow, _read(flow, with_body=True), body_lost=body_is_lost(flow))

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Close a connection that leaves HTTP for something that cannot be read."""
        self._streaming.response(flow)
        if has_left_http(flow):
            flow.kill()

    def websocket_message(self, flow: http.HTTPFlow) -> None:
        """Ask about a client's message."""
        if message := latest(flow):
            handshake = self._handshakes.of(flow) or _read(flow)
            self._ask(flow, replace(handshake, at=datetime.now(UTC)), message.content)

    # -- asking -----------------------------------------------------------------------------------

    def _ask(
        self, flow: http.HTTPFlow, request: Request, message: bytes | None = None, *, body_lost: bool = False
    ) -> None:
        gate = self.fence.gate
        outcome = gate.ask(request, message, body_lost=body_lost)
        try:
            self._carry_out(outcome, flow)
        except Exception as error:  # noqa: BLE001 - the failure table holds for this step too
            outcome = gate.failed(error, request, message)
            self._carry_out(outcome, flow)
        if message is None and isinstance(outcome, Pass) and is_websocket_upgrade(request):
            self._handshakes.keep(flow, request)

    @staticmethod
    def _carry_out(outcome: Outcome, flow: http.HTTPFlow) -> None:
        match outcome:
            case Pass():
                if outcome.private:
                    hide(flow)
                if outcome.headers is not None:
                    send_headers(flow, outcome.headers)
            case NeedsBody():
                hide(flow)
                flow.request.stream = False
                flow.metadata[_AWAITS_BODY] = True
                bound_body(flow, outcome.limit)
            case Answer():
                hide(flow)
                respond(flow, outcome)
            case Drop():
                hide(flow)
                drop(flow, outcome)
            case _:
                assert_never(outcome)


def _read(flow: http.HTTPFlow, *, with_body: bool = False) -> Request:
    return read_request(flow, at=datetime.now(UTC), with_body=with_body)
