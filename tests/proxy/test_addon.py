"""The hooks on made-up flows; tests/e2e runs them in a real mitmdump."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Never, Optional

import pytest
from mitmproxy import exceptions
from mitmproxy.addonmanager import Loader as OptionLoader
from mitmproxy.flow import Error
from mitmproxy.test import taddons, tflow
from mitmproxy.websocket import WebSocketMessage
from wsproto.frame_protocol import Opcode

from joinfence.config.order_store.stored import StoredOrders
from joinfence.engine.decision import Reason, Verdict
from joinfence.engine.joins.rule_set import RuleSet
from joinfence.gate import fence as fence_module
from joinfence.gate import gate as gate_module
from joinfence.proxy import addon, flows
from joinfence.proxy.addon import Geofence, Hooks
from joinfence.proxy.messages import Handshakes
from joinfence.records.log.files import TALLIES
from joinfence.records.tallies.database import Tally, read_tallies
from joinfence.refusal import answer
from tests.config_files import edit
from tests.e2e.harness import make_config, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mitmproxy import http

    from joinfence.engine.order import Order
    from joinfence.gate.outcomes import Answer


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return make_config(tmp_path)


@pytest.fixture
def context() -> Iterator[taddons.context]:
    interval = sys.getswitchinterval()
    with taddons.context() as it:
        for name, kind, default in (
            ("dumper_filter", str, ""),
            ("save_stream_filter", str, ""),
            ("keep_host_header", bool, False),
            ("stream_large_bodies", Optional[str], None),  # noqa: UP045 - mitmproxy compares with this form
            ("validate_inbound_headers", bool, True),
            ("ignore_hosts", Sequence[str], []),
            ("allow_hosts", Sequence[str], []),
        ):
            it.options.add_option(name, kind, default, "test")
        it.options.mode = ["reverse:http://127.0.0.1:1"]
        yield it
        if hooks := it.master.addons.get(Hooks.name):
            hooks.done()
    gc.unfreeze()
    sys.setswitchinterval(interval)


def start_fence(context: taddons.context, config: Path) -> Hooks:
    context.options.deferred["geofence_config"] = str(config)
    context.master.addons.add(Geofence())
    hooks = context.master.addons.get(Hooks.name)
    assert isinstance(hooks, Hooks)
    return hooks


def join(client: str = "2003::1", path: str = "/j/98765432101") -> http.HTTPFlow:
    flow = tflow.tflow()
    flow.client_conn.peername = ("127.0.0.1", 5)
    flow.request.path = path
    flow.request.headers["X-Forwarded-For"] = client
    return flow


def test_a_covered_join_is_answered_and_hidden(context: taddons.context, config: Path) -> None:
    hooks, flow = start_fence(context, config), join()
    hooks.requestheaders(flow)
    assert flow.response is not None
    assert flow.response.status_code == 451
    assert flow.metadata == {"joinfence-hidden": True}
    assert hooks.fence.telemetry.meter.decisions == {(Verdict.REFUSE, Reason.ORDER): 1}


def test_a_join_to_a_meeting_without_an_order_passes(context: taddons.context, config: Path) -> None:
    hooks, flow = start_fence(context, config), join("9.9.9.9", path="/j/1")
    hooks.requestheaders(flow)
    hooks.request(flow)
    assert (flow.response, flow.metadata) == (None, {})


@pytest.mark.parametrize(
    "client", ["9.9.9.9", "fec0::1", "nonsense"], ids=["outside", "unlocated", "undetermined"]
)
def test_a_join_to_a_meeting_under_an_order_passes_hidden_wherever_it_comes_from(
    context: taddons.context, config: Path, client: str
) -> None:
    hooks, flow = start_fence(context, config), join(client)
    hooks.requestheaders(flow)
    hooks.request(flow)
    assert (flow.response, flow.metadata) == (None, {"joinfence-hidden": True})


def test_a_body_that_the_decision_needs_is_held_back(context: taddons.context, config: Path) -> None:
    hooks = start_fence(context, config)
    for body, status in ((b'{"meeting": "townhall"}', 451), (b'{"meeting": "x"}', None)):
        flow = join(path="/api/join")
        flow.request.method = "POST"
        flow.request.stream = True
        hooks.requestheaders(flow)
        assert (flow.response, flow.request.stream) == (None, False)
        flow.request.content = body
        hooks.request(flow)
        assert (flow.response.status_code if flow.response else None) == status
        assert ("joinfence-hidden" in flow.metadata) == (status == 451)


def test_what_another_addon_has_answered_is_left_alone(context: taddons.context, config: Path) -> None:
    hooks = start_fence(context, config)
    flow = tflow.tflow(resp=True)
    hooks.requestheaders(flow)
    assert flow.response is not None
    assert flow.response.status_code == 200
    waiting = join(path="/api/join")
    waiting.request.method = "POST"
    hooks.requestheaders(waiting)
    waiting.response = flow.response
    hooks.request(waiting)
    assert waiting.response is flow.response


def test_without_a_policy_nothing_is_served(context: taddons.context, tmp_path: Path) -> None:
    hooks, flow = start_fence(context, tmp_path / "missing.yaml"), join("9.9.9.9", "/")
    hooks.requestheaders(flow)
    assert flow.response is not None
    assert flow.response.status_code == 503
    hooks.done()


def test_the_hooks_are_added_only_once(context: taddons.context, config: Path) -> None:
    hooks = start_fence(context, config)
    Geofence().load(OptionLoader(context.master))
    assert context.master.addons.get(Hooks.name) is hooks


def test_an_option_that_bypasses_the_fence_is_rejected(context: taddons.context, config: Path) -> None:
    start_fence(context, config)
    with pytest.raises(exceptions.OptionsError, match="only works in reverse mode"):
        context.options.mode = ["reverse:http://127.0.0.1:1", "regular@0"]
    assert context.options.mode == ["reverse:http://127.0.0.1:1"]


def test_filters_and_streaming_are_taken_over_again_when_they_are_changed(
    context: taddons.context, config: Path
) -> None:
    hooks = start_fence(context, config)
    context.options.update(dumper_filter="~all", stream_large_bodies="1m")
    hooks.configure({"dumper_filter", "stream_large_bodies"})
    assert context.options.dumper_filter == "( ~all ) & !~meta joinfence-hidden"
    assert not context.options.stream_large_bodies


def test_a_policy_that_mitmproxy_s_options_would_defeat_is_not_put_in_force(
    context: taddons.context, config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    edit(config.parent / "services" / "zoom.yaml", "    paths:", "    hosts: [zoom.example]\n    paths:")
    hooks, flow = start_fence(context, config), join("9.9.9.9", "/")
    hooks.requestheaders(flow)
    assert flow.response is not None
    assert flow.response.status_code == 503
    assert "the rules of zoom name hosts" in caplog.text


def test_a_request_that_the_upstream_could_read_differently_is_answered_with_400(
    context: taddons.context, config: Path
) -> None:
    hooks, flow = start_fence(context, config), join("9.9.9.9", "http://any.example/")
    hooks.requestheaders(flow)
    assert flow.response is not None
    assert (flow.response.status_code, "link" in flow.response.headers) == (400, False)
    assert hooks.fence.telemetry.meter.decisions == {(Verdict.REFUSE, Reason.UNPARSABLE): 1}


@pytest.mark.parametrize(("path", "hidden"), [("/j/98765432101", True), ("/j/1", False), ("/", False)])
def test_a_request_that_mitmproxy_rejects_is_hidden_if_it_may_be_a_join(
    context: taddons.context, config: Path, path: str, hidden: bool
) -> None:
    hooks, flow = start_fence(context, config), join(path=path)
    flow.error = Error("invalid header")
    hooks.requestheaders(flow)
    assert (flow.response, "joinfence-hidden" in flow.metadata) == (None, hidden)


def fail(*_: object) -> Never:
    message = "a message that quotes 98765432101"
    raise RuntimeError(message)


@pytest.mark.parametrize(
    ("broken", "on_error", "path", "status"),
    [
        ("decide", "admit", "/j/98765432101", None),
        ("decide", "unavailable", "/j/98765432101", 503),
        ("decide", "unavailable", "/j/1", None),
        ("matcher", "admit", "/j/98765432101", None),
        ("matcher", "unavailable", "/", 503),
    ],
)
def test_an_internal_error_follows_on_error_and_is_logged_once(
    context: taddons.context,
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    broken: str,
    on_error: str,
    path: str,
    status: int | None,
) -> None:
    edit(config, "on_error: admit", f"on_error: {on_error}")
    hooks = start_fence(context, config)
    monkeypatch.setattr(*((gate_module, "decide", fail) if broken == "decide" else (RuleSet, "joins", fail)))
    for _ in range(2):
        flow = join(path=path)
        hooks.requestheaders(flow)
        assert (flow.response.status_code if flow.response else None) == status
    logged = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(logged) == 1
    assert logged[0].startswith("the fence failed: RuntimeError in test_addon.py:")
    assert "98765432101" not in logged[0]


def test_a_missing_client_address_is_logged_once_for_each_reason(
    context: taddons.context, config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hooks = start_fence(context, config)
    for client in ("nonsense", "nonsense", None):
        flow = join(client or "")
        if client is None:
            del flow.request.headers["X-Forwarded-For"]
        hooks.requestheaders(flow)
        assert flow.response is None
    logged = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert [message.partition(";")[0] for message in logged] == [
        "client address could not be determined: malformed (not_an_address)",
        "client address could not be determined: header_missing",
    ]


@pytest.mark.parametrize(("status", "killed"), [(200, False), (101, True)])
def test_a_response_that_leaves_http_closes_the_connection(
    context: taddons.context, config: Path, status: int, killed: bool
) -> None:
    hooks, flow = start_fence(context, config), tflow.tflow(resp=True)
    assert flow.response is not None
    flow.response.status_code, flow.live = status, True
    hooks.responseheaders(flow)
    assert (flow.error is not None) is killed


def test_the_option_can_name_another_file_and_a_broken_one_changes_nothing(
    context: taddons.context, config: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "joinfence")
    hooks = start_fence(context, config)
    for name, status in (("broken", 451), ("other", None)):
        other = make_config(tmp_path / name)
        if name == "broken":
            edit(other, "on_error: admit", "on_error: block")
        else:
            (other.parent / "orders" / "DE-2026-0001.yaml").unlink()
        caplog.clear()
        context.options.update(geofence_config=str(other))
        logged = (
            "still using the last good configuration until this is fixed"
            if name == "broken"
            else "in force: 2 orders"
        )
        assert until(lambda logged=logged: logged in caplog.text)  # type: ignore[misc]
        flow = join()
        hooks.requestheaders(flow)
        assert (flow.response.status_code if flow.response else None) == status


def test_a_probe_is_answered_only_if_it_is_enabled(context: taddons.context, config: Path) -> None:
    flow = join(path="/.well-known/joinfence-probe")
    hooks = start_fence(context, config)
    hooks.requestheaders(flow)
    assert flow.response is None
    edit(config, "source: X-Forwarded-For", "source: X-Forwarded-For\n  probe: true")
    assert until(
        lambda: hooks.fence.gate.loaded is not None and hooks.fence.gate.loaded.settings.client_address.probe
    )
    hooks.requestheaders(flow)
    assert flow.response is not None
    assert flow.response.status_code == 200
    assert flow.metadata == {"joinfence-hidden": True}
    assert not hooks.fence.telemetry.client_faults.outcomes


def test_forwarding_headers_are_rewritten_even_after_an_error(
    context: taddons.context, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> Never:
        raise ValueError

    edit(config, "source: X-Forwarded-For", "source: X-Forwarded-For\n  upstream_headers: replace")
    hooks = start_fence(context, config)
    monkeypatch.setattr(gate_module, "decide", failing)
    flow = join("6.6.6.6, 9.9.9.9")
    hooks.requestheaders(flow)
    assert flow.response is None
    assert flow.request.headers["X-Forwarded-For"] == "9.9.9.9"
    monkeypatch.setattr(gate_module, "rewrite_forwarding_headers", failing)
    hooks.requestheaders(flow)
    assert flow.response is None


def test_a_questionable_setting_is_logged_when_it_takes_effect(
    context: taddons.context, config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    edit(config, 'trusted_proxies: [127.0.0.1/32, "::1/128"]', "trusted_proxies: [64.0.0.0/7]")
    start_fence(context, config)
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert [
        ":17:21: client_address.trusted_proxies[0]: 64.0.0.0/7 is wider" in line for line in warnings
    ] == [True]


def open_socket(hooks: Hooks, client: str = "145.100.0.1") -> http.HTTPFlow:
    flow = tflow.twebsocketflow(messages=False)
    flow.client_conn.peername = ("127.0.0.1", 5)
    flow.request.path = "/"
    flow.request.headers["X-Forwarded-For"] = client
    flow.request.headers["Sec-WebSocket-Protocol"] = "janus-protocol"
    answered, flow.response = flow.response, None
    hooks.requestheaders(flow)
    assert flow.response is None
    flow.response = answered
    return flow


def send_message(hooks: Hooks, flow: http.HTTPFlow, text: str) -> WebSocketMessage:
    assert flow.websocket is not None
    message = WebSocketMessage(Opcode.TEXT, from_client=True, content=text.encode())
    flow.websocket.messages.append(message)
    hooks.websocket_message(flow)
    return message


ROOM = '{"body": {"request": "join", "room": %d}}'


@pytest.mark.parametrize(
    ("client", "text", "dropped"),
    [
        ("145.100.0.1", ROOM % 1234, True),
        ("145.100.0.1", ROOM % 5678, False),
        ("145.100.0.1", '{"janus": "keepalive"}', False),
        ("9.9.9.9", ROOM % 1234, False),
    ],
)
def test_a_message_is_decided_by_the_handshake_as_the_client_sent_it(
    context: taddons.context, config: Path, client: str, text: str, dropped: bool
) -> None:
    hooks = start_fence(context, config)
    flow = open_socket(hooks, client)
    flow.request.headers["X-Forwarded-For"] = "rewritten"
    answers: list[object] = []
    context.master.commands.call = lambda *a: answers.append(a)  # type: ignore[method-assign]
    message = send_message(hooks, flow, text)
    assert (message.dropped, message.content == b"", len(answers)) == (dropped, dropped, int(dropped))
    assert "joinfence-hidden" in flow.metadata


def test_messages_of_the_service_and_sockets_older_than_the_fence_are_left_alone(
    context: taddons.context, config: Path
) -> None:
    hooks = start_fence(context, config)
    flow = open_socket(hooks)
    assert flow.websocket is not None
    flow.websocket.messages.append(WebSocketMessage(Opcode.TEXT, from_client=False, content=b"{}"))
    hooks.websocket_message(flow)
    assert not flow.websocket.messages[-1].dropped
    hooks._handshakes = Handshakes()
    assert not send_message(hooks, flow, '{"janus": "keepalive"}').dropped
    hooks.fence.gate.loaded = None
    assert not send_message(hooks, flow, ROOM % 5678).dropped


@pytest.mark.parametrize(("on_error", "dropped"), [("admit", False), ("unavailable", True)])
def test_an_internal_error_with_a_message_follows_on_error(
    context: taddons.context, config: Path, monkeypatch: pytest.MonkeyPatch, on_error: str, dropped: bool
) -> None:
    edit(config, "on_error: admit", f"on_error: {on_error}")
    hooks = start_fence(context, config)
    flow = open_socket(hooks)
    monkeypatch.setattr(gate_module, "decide", fail)
    assert send_message(hooks, flow, ROOM % 1234).dropped is dropped
    assert not send_message(hooks, flow, ROOM % 5678).dropped


def written_tallies(hooks: Hooks) -> set[Tally]:
    hooks.done()
    path = Path(os.environ["XDG_STATE_HOME"]) / "joinfence" / TALLIES
    return set(read_tallies(path)[1].values()) if path.exists() else set()


def test_a_refusal_is_tallied_once_per_client_and_an_admitted_join_is_not(
    context: taddons.context, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    hooks = start_fence(context, config)
    for client in ("2003::1", "2003::1", "9.9.9.9"):
        hooks.requestheaders(join(client))
    assert written_tallies(hooks) == {Tally(1, 0)}


def test_a_refusal_that_failed_is_not_tallied_and_stays_hidden(
    context: taddons.context, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    hooks, flow = start_fence(context, config), join()
    monkeypatch.setattr(gate_module, "service_answer", fail)
    hooks.requestheaders(flow)
    assert (flow.response, flow.metadata) == (None, {"joinfence-hidden": True})
    assert hooks.fence.telemetry.meter.errors["decision"] == 1
    assert written_tallies(hooks) == set()


def test_a_join_that_an_order_observes_passes_hidden_and_is_tallied(
    context: taddons.context, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    edit(config.parent / "orders" / "DE-2026-0001.yaml", "territory: [DE]", "territory: [DE]\nmode: observe")
    hooks, flow = start_fence(context, config), join()
    hooks.requestheaders(flow)
    assert (flow.response, flow.metadata) == (None, {"joinfence-hidden": True})
    assert written_tallies(hooks) == {Tally(0, 1)}


def test_a_refused_message_is_tallied_like_a_request(
    context: taddons.context, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    hooks = start_fence(context, config)
    context.master.commands.call = lambda *_: None  # type: ignore[method-assign]
    flow = open_socket(hooks)
    for _ in range(2):
        assert send_message(hooks, flow, ROOM % 1234).dropped
    assert hooks.fence.telemetry.meter.decisions[Verdict.REFUSE, Reason.ORDER] == 2
    assert written_tallies(hooks) == {Tally(1, 0)}


def test_records_are_written_once_mitmproxy_runs(
    context: taddons.context, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks, begun = start_fence(context, config), []
    monkeypatch.setattr(hooks.fence.telemetry, "start", lambda: begun.append(1))

    async def run() -> None:
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(loop, "call_later", lambda _seconds, callback: loop.call_soon(callback))
        hooks.running()
        await asyncio.sleep(0)

    asyncio.run(run())
    assert begun == [1]


def test_the_health_of_the_policy_follows_every_edit(context: taddons.context, config: Path) -> None:
    hooks = start_fence(context, config)
    order = config.parent / "orders" / "DE-2026-0001.yaml"
    first = hooks.fence.telemetry.health
    assert (first.problems, first.checked_at == first.loaded_at) == (0, True)
    edit(order, "version: 1", "version: 0")
    assert until(lambda: hooks.fence.telemetry.health.problems == 1)
    broken = hooks.fence.telemetry.health
    assert (broken.checked_at, broken.loaded_at) == (first.checked_at, first.loaded_at)
    assert until(lambda: hooks.fence.telemetry.meter.errors["configuration"] >= 1)
    edit(order, "version: 0", "version: 1")
    assert until(lambda: hooks.fence.telemetry.health.problems == 0)
    fixed = hooks.fence.telemetry.health
    assert fixed.loaded_at == first.loaded_at, "it is the same policy as before"
    assert fixed.checked_at is not None
    assert first.checked_at is not None
    assert fixed.checked_at > first.checked_at


def test_pages_are_rendered_in_advance_before_the_first_request(
    context: taddons.context, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warmed: list[tuple[set[str], str]] = []
    monkeypatch.setattr(
        fence_module,
        "warm",
        lambda orders, operator: warmed.append(({order.id for order in orders}, operator.name)),
    )
    start_fence(context, config)
    assert warmed == [({"DE-2026-0001", "NL-2026-0003", "PT-2026-0002"}, "Example Meetings")]


def test_refusals_have_the_operators_branding(context: taddons.context, config: Path) -> None:
    edit(config, "# notices:", "notices:")
    edit(config.parent / "notices" / "branding.yaml", "name: Example Meetings", "name: Own Name")
    hooks = start_fence(context, config)
    flow = join()
    flow.request.headers["Accept"] = "text/html"
    hooks.requestheaders(flow)
    assert flow.response
    assert 'alt="Own Name"' in (flow.response.text or "")
    assert "img-src data:;" in flow.response.headers["Content-Security-Policy"]


def test_branding_that_lacks_a_required_part_is_never_used(context: taddons.context, config: Path) -> None:
    edit(config, "# notices:", "notices:")
    edit(config.parent / "notices" / "branding.yaml", "- page.html.j2", "- answer.html.j2")
    (config.parent / "notices" / "refusal.html.j2").write_text("<h1>No.</h1>")
    hooks = start_fence(context, config)
    flow = join(client="9.9.9.9")
    hooks.requestheaders(flow)
    assert flow.response
    assert flow.response.status_code == 503


def test_a_load_reads_only_as_many_orders_as_it_renders_pages_for(
    context: taddons.context, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    get = StoredOrders.__getitem__

    def noted(self: StoredOrders, order_id: str) -> Order:
        read.append(order_id)
        return get(self, order_id)

    monkeypatch.setattr(StoredOrders, "__getitem__", noted)
    monkeypatch.setattr(answer, "_MAX_WARMED", 1)
    start_fence(context, config)
    assert len(read) == 1


# -- errors while an outcome is carried out ---------------------------------------------------------


@pytest.mark.parametrize(("on_error", "status"), [("admit", None), ("unavailable", 503)])
def test_an_error_while_an_answer_is_sent_follows_on_error_and_is_not_tallied(
    context: taddons.context,
    config: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    on_error: str,
    status: int | None,
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    edit(config, "on_error: admit", f"on_error: {on_error}")
    hooks, flow = start_fence(context, config), join()
    real = flows.respond

    def fail_once(flow: http.HTTPFlow, answer: Answer) -> None:
        if answer.status == 451:
            fail()
        real(flow, answer)

    monkeypatch.setattr(addon, "respond", fail_once)
    hooks.requestheaders(flow)
    assert (flow.response.status_code if flow.response else None) == status
    assert "joinfence-hidden" in flow.metadata
    assert hooks.fence.telemetry.meter.errors["decision"] == 1
    assert written_tallies(hooks) == set()


@pytest.mark.parametrize("broken", ["respond", "set_headers", "drop"])
def test_errors_while_outcomes_are_carried_out_never_leave_the_hook(
    context: taddons.context,
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    broken: str,
) -> None:
    edit(config, "on_error: admit", "on_error: unavailable")
    hooks = start_fence(context, config)
    flow = open_socket(hooks)
    for name in ("respond", "set_headers", "drop"):
        monkeypatch.setattr(addon, name, fail) if name == broken else None
    for each in (join(), join("9.9.9.9"), join("9.9.9.9", path="/j/1")):
        hooks.requestheaders(each)
    if broken == "drop":
        send_message(hooks, flow, ROOM % 1234)
    said = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert any("RuntimeError" in message for message in said)
    assert not any("98765432101" in message for message in said)


def test_a_response_that_cannot_be_made_leaves_the_body_to_be_passed_on(
    context: taddons.context, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[int] = []
    hooks = start_fence(context, config)
    monkeypatch.setattr(flows, "limit_body", lambda _flow, limit: limits.append(limit))
    monkeypatch.setattr(flows, "response", fail)
    flow = join()
    hooks.requestheaders(flow)
    assert (flow.response, limits) == (None, [])


def test_a_body_is_held_back_limited_and_hidden_until_the_decision(
    context: taddons.context, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[int] = []
    hooks = start_fence(context, config)
    monkeypatch.setattr(addon, "limit_body", lambda _flow, limit: limits.append(limit))
    monkeypatch.setattr(addon, "body_too_large", lambda _flow: True)
    flow = join(path="/api/join")
    flow.request.method = "POST"
    hooks.requestheaders(flow)
    assert (flow.response, "joinfence-hidden" in flow.metadata, len(limits)) == (None, True, 1)
    flow.request.content = b'{"meeting": "x"}'
    hooks.request(flow)
    assert flow.response is not None
    assert flow.response.status_code == 400


def test_a_message_is_decided_by_the_time_it_comes(context: taddons.context, config: Path) -> None:
    hooks = start_fence(context, config)
    context.master.commands.call = lambda *_: None  # type: ignore[method-assign]
    flow = open_socket(hooks)
    handshake = hooks._handshakes.get(flow)
    assert handshake is not None
    hooks._handshakes.remember(flow, replace(handshake, at=datetime(2020, 1, 1, tzinfo=UTC)))
    assert send_message(hooks, flow, ROOM % 1234).dropped, "when it was opened, no order was in force"
