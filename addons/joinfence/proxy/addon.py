"""The mitmproxy addon: hooks that ask the gate about a flow, and carry out its outcome on that flow.

A request whose body matters passes through two hooks. `requestheaders` asks about the head alone. If the gate
answers `NeedsBody`, the hook marks the flow and makes mitmproxy hold the body back rather than stream it
upstream, in a buffer that keeps no more than the limit. `request` runs once the body has arrived, and asks
again if it finds the mark. In between the flow is hidden: mitmproxy also prints and saves flows whose client
hung up.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, assert_never

from mitmproxy import ctx, exceptions

from joinfence.config.default_main import DEFAULT_MAIN
from joinfence.engine.joins.rules import is_websocket_upgrade
from joinfence.gate.fence import Fence
from joinfence.gate.outcomes import Answer, Drop, NeedsBody, Pass
from joinfence.proxy.flows import add_content_length, has_left_http, read_request, respond, set_headers
from joinfence.proxy.layers import body_too_large, limit_body
from joinfence.proxy.messages import Handshakes, client_message, drop
from joinfence.proxy.options import BYPASSES, OPTION, check_options, option_problems
from joinfence.proxy.privacy import exclude_hidden_flows, hide, redact_client_addresses, unhide
from joinfence.proxy.start_check import ignore_errors_of_clients
from joinfence.proxy.streaming import Streaming

if TYPE_CHECKING:
    from mitmproxy import http
    from mitmproxy.addonmanager import Loader as OptionLoader

    from joinfence.engine.values import Request
    from joinfence.gate.outcomes import Outcome

logger = logging.getLogger("joinfence")

_AWAITS_BODY: Final = "joinfence-awaits-body"


class Geofence:
    """The addon that the script lists: it registers the hooks with mitmproxy, and does nothing else.

    The hooks are a top-level addon rather than a child of the script, so they stay in place when the script
    is edited, broken or deleted.
    """

    def load(self, loader: OptionLoader) -> None:
        """Register the option, read the configuration and start the fence."""
        loader.add_option(
            OPTION,
            str,
            str(DEFAULT_MAIN),
            "The configuration file of the fence: operator, client address, location, services, orders and "
            "authorities. Edits to it and to the files it names take effect while the fence runs.",
        )
        if ctx.master.addons.get(Hooks.name) is not None:
            return
        check_options()
        hooks = Hooks()
        ctx.master.addons.add(hooks)
        hooks.start(Path(ctx.options.geofence_config))


class Hooks:
    """mitmproxy's hooks. Until a policy is loaded, every request is answered with 503."""

    name = "joinfence"

    def __init__(self) -> None:
        """Start with a closed gate."""
        self.fence = Fence(option_problems)
        self._streaming = Streaming()
        self._handshakes = Handshakes()

    # -- start and stop ---------------------------------------------------------------------------

    def start(self, main: Path) -> None:
        """Prepare mitmproxy and start the fence. Problems are logged as errors, which stop mitmdump."""
        ignore_errors_of_clients()
        redact_client_addresses()
        exclude_hidden_flows(ctx.options)
        self._streaming.take_over(ctx.options)
        self.fence.start(main)

    def configure(self, updated: set[str]) -> None:
        """React to changes of mitmproxy's options. Raises OptionsError for one that bypasses the fence."""
        if {"dumper_filter", "save_stream_filter"} & updated:
            exclude_hidden_flows(ctx.options)
        if "stream_large_bodies" in updated:
            self._streaming.take_over(ctx.options)
        loaded = self.fence.gate.loaded
        if loaded and BYPASSES & updated:
            for problem in option_problems(loaded):
                raise exceptions.OptionsError(problem)
        if OPTION in updated:
            self.fence.follow(Path(ctx.options.geofence_config))

    def running(self) -> None:
        """Start writing records. Any earlier, mitmproxy would take a logged error for a failed start."""
        asyncio.get_running_loop().call_later(1, self.fence.telemetry.start)

    def done(self) -> None:
        """Stop the fence, and write the records that are still in memory."""
        self.fence.stop()

    # -- hooks ------------------------------------------------------------------------------------

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Ask about the head of a request, and hold its body back if the gate needs it."""
        if flow.error is not None:  # mitmproxy rejects the request itself, and prints the client's address
            if self.fence.gate.is_private(_read(flow)):
                hide(flow)
        elif flow.response is None:
            self._streaming.stream_request(flow)
            self._ask(flow, _read(flow))

    def request(self, flow: http.HTTPFlow) -> None:
        """Ask again with the body, if the head was not enough."""
        add_content_length(flow)
        if flow.metadata.pop(_AWAITS_BODY, None):
            unhide(flow)
            if flow.response is None:
                self._ask(flow, _read(flow, with_body=True), body_too_large=body_too_large(flow))

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Close a connection that switches to a protocol that the fence cannot read."""
        self._streaming.stream_response(flow)
        if has_left_http(flow):
            flow.kill()

    def websocket_message(self, flow: http.HTTPFlow) -> None:
        """Ask about a client's message."""
        if message := client_message(flow):
            handshake = self._handshakes.get(flow) or _read(flow)
            self._ask(flow, replace(handshake, at=datetime.now(UTC)), message.content)

    # -- asking -----------------------------------------------------------------------------------

    def _ask(
        self,
        flow: http.HTTPFlow,
        request: Request,
        message: bytes | None = None,
        *,
        body_too_large: bool = False,
    ) -> None:
        gate = self.fence.gate
        outcome = gate.ask(request, message, body_too_large=body_too_large)
        try:
            self._carry_out(outcome, flow)
            gate.carried_out(outcome, request.at)
        except Exception as error:  # noqa: BLE001 - the failure table applies to this step too
            outcome = gate.failed(error, request, message, body_too_large=body_too_large)
            self._carry_out_at_last(outcome, flow)
        if message is None and isinstance(outcome, Pass) and is_websocket_upgrade(request):
            self._handshakes.remember(flow, request)

    def _carry_out_at_last(self, outcome: Outcome, flow: http.HTTPFlow) -> None:
        """Carry out what follows an error. mitmproxy would log another one with its text, which may quote."""
        try:
            self._carry_out(outcome, flow)
        except Exception as error:  # noqa: BLE001 - nothing is left to try
            hide(flow)
            logger.error("an outcome could not be carried out: %s", type(error).__name__)  # noqa: TRY400

    @staticmethod
    def _carry_out(outcome: Outcome, flow: http.HTTPFlow) -> None:
        match outcome:
            case Pass():
                if outcome.private:
                    hide(flow)
                if outcome.headers is not None:
                    set_headers(flow, outcome.headers)
            case NeedsBody():
                hide(flow)
                flow.request.stream = False
                flow.metadata[_AWAITS_BODY] = True
                limit_body(flow, outcome.limit)
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
