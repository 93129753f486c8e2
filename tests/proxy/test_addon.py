"""The hooks without a process; what they do in one is shown in tests/e2e."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Sequence
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
from joinfence.proxy import addon
from joinfence.proxy.addon import Gate, Geofence
from joinfence.proxy.messages import Handshakes
from joinfence.records.log.files import TALLIES
from joinfence.records.tallies.database import Tally, read_tallies
from joinfence.refusal import answer
from tests.config_files import edit
from tests.e2e.harness import make_config, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mitmproxy import http

    from joinfence.engine.values import Order


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
            ("stream_large_bodies", Optional[str], None),  # noqa: UP045 - what mitmproxy compares with
            ("validate_inbound_headers", bool, True),
            ("ignore_hosts", Sequence[str], []),
            ("allow_hosts", Sequence[str], []),
        ):
            it.options.add_option(name, kind, default, "test")
        it.options.mode = ["reverse:http://127.0.0.1:1"]
        yield it
        if gate := it.master.addons.get(Gate.name):
            gate.done()
    gc.unfreeze()
    sys.setswitchinterval(interval)


def raised(context: taddons.context, config: Path) -> Gate:
    context.options.deferred["geofence_config"] = str(config)
    context.master.addons.add(Geofence())
    gate = context.master.addons.get(Gate.name)
    assert isinstance(gate, Gate)
    return gate


def join(client: str = "2003::1", path: str = "/j/98765432101") -> http.HTTPFlow:
    flow = tflow.tflow()
    flow.client_conn.peername = ("127.0.0.1", 5)
    flow.request.path = path
    flow.request.headers["X-Forwarded-For"] = client
    return flow


def test_a_covered_join_is_answered_and_hidden(context: taddons.context, config: Path) -> None:
    gate, flow = raised(context, config), join()
    gate.requestheaders(flow)
    assert flow.response is not None
    assert flow.response.status_code == 451
    assert flow.metadata == {"joinfence-hidden": True}
    assert gate.telemetry.meter.decisions == {(Verdict.REFUSE, Reason.ORDER): 1}


def test_a_join_that_no_order_is_about_is_left_alone(context: taddons.context, config: Path) -> None:
    gate, flow = raised(context, config), join("9.9.9.9", path="/j/1")
    gate.requestheaders(flow)
    gate.request(flow)
    assert (flow.response, flow.metadata) == (None, {})


@pytest.mark.parametrize(
    "client", ["9.9.9.9", "fec0::1", "nonsense"], ids=["outside", "unlocated", "undetermined"]
)
def test_a_join_to_an_ordered_meeting_goes_on_hidden_from_wherever(
    context: taddons.context, config: Path, client: str
) -> None:
    gate, flow = raised(context, config), join(client)
    gate.requestheaders(flow)
    gate.request(flow)
    assert (flow.response, flow.metadata) == (None, {"joinfence-hidden": True})


def test_a_body_is_waited_for(context: taddons.context, config: Path) -> None:
    gate = raised(context, config)
    for body, status in ((b'{"meeting": "townhall"}', 451), (b'{"meeting": "x"}', None)):
        flow = join(path="/api/join")
        flow.request.method = "POST"
        flow.request.stream = True
        gate.requestheaders(flow)
        assert (flow.response, flow.request.stream) == (None, False)
        flow.request.content = body
        gate.request(flow)
        assert (flow.response.status_code if flow.response else None) == status
        assert ("joinfence-hidden" in flow.metadata) == (status == 451)


def test_what_another_addon_has_answered_is_left_alone(context: taddons.context, config: Path) -> None:
    gate = raised(context, config)
    flow = tflow.tflow(resp=True)
    gate.requestheaders(flow)
    assert flow.response is not None
    assert flow.response.status_code == 200
    waiting = join(path="/api/join")
    waiting.request.method = "POST"
    gate.requestheaders(waiting)
    waiting.response = flow.response
    gate.request(waiting)
    assert waiting.response is flow.response


def test_without_a_policy_nothing_is_served(context: taddons.context, tmp_path: Path) -> None:
    gate, flow = raised(context, tmp_path / "missing.yaml"), join("9.9.9.9", "/")
    gate.requestheaders(flow)
    assert flow.response is not None
    assert flow.response.status_code == 503
    gate.done()


def test_the_gate_is_raised_once(context: taddons.context, config: Path) -> None:
    gate = raised(context, config)
    Geofence().load(OptionLoader(context.master))
    assert context.master.addons.get(Gate.name) is gate


def test_an_option_that_would_open_the_fence_is_refused(context: taddons.context, config: Path) -> None:
    raised(context, config)
    with pytest.raises(exceptions.OptionsError, match="in reverse mode only"):
        context.options.mode = ["reverse:http://127.0.0.1:1", "regular@0"]
    assert context.options.mode == ["reverse:http://127.0.0.1:1"]


def test_filters_and_streaming_are_taken_over_again_when_set(context: taddons.context, config: Path) -> None:
    gate = raised(context, config)
    context.options.update(dumper_filter="~all", stream_large_bodies="1m")
    gate.configure({"dumper_filter", "stream_large_bodies"})
    assert context.options.dumper_filter == "( ~all ) & !~meta joinfence-hidden"
    assert not context.options.stream_large_bodies


def test_a_policy_that_mitmproxy_s_options_would_break_is_not_taken(
    context: taddons.context, config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    edit(config.parent / "services" / "zoom.yaml", "    paths:", "    hosts: [zoom.example]\n    paths:")
    gate, flow = raised(context, config), join("9.9.9.9", "/")
    gate.requestheaders(flow)
    assert flow.response is not None
    assert flow.response.status_code == 503
    assert "the rules of zoom name hosts" in caplog.text


def test_what_the_upstream_could_read_differently_is_answered_with_400(
    context: taddons.context, config: Path
) -> None:
    gate, flow = raised(context, config), join("9.9.9.9", "http://any.example/")
    gate.requestheaders(flow)
    assert flow.response is not None
    assert (flow.response.status_code, "link" in flow.response.headers) == (400, False)
    assert gate.telemetry.meter.decisions == {(Verdict.REFUSE, Reason.UNPARSABLE): 1}


@pytest.mark.parametrize(("path", "hidden"), [("/j/98765432101", True), ("/j/1", False), ("/", False)])
def test_what_mitmproxy_itself_rejects_is_hidden_where_it_may_be_a_join(
    context: taddons.context, config: Path, path: str, hidden: bool
) -> None:
    gate, flow = raised(context, config), join(path=path)
    flow.error = Error("invalid header")
    gate.requestheaders(flow)
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
def test_a_fault_of_ours_follows_on_error_and_is_said_once(
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
    gate = raised(context, config)
    monkeypatch.setattr(*((addon, "decide", fail) if broken == "decide" else (RuleSet, "joins", fail)))
    for _ in range(2):
        flow = join(path=path)
        gate.requestheaders(flow)
        assert (flow.response.status_code if flow.response else None) == status
    said = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(said) == 1
    assert said[0].startswith("the fence failed: RuntimeError in test_addon.py:")
    assert "98765432101" not in said[0]


def test_a_missing_client_address_is_said_once_for_each_reason(
    context: taddons.context, config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gate = raised(context, config)
    for client in ("nonsense", "nonsense", None):
        flow = join(client or "")
        if client is None:
            del flow.request.headers["X-Forwarded-For"]
        gate.requestheaders(flow)
        assert flow.response is None
    said = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert [message.partition(";")[0] for message in said] == [
        "no client address could be had: malformed (not_an_address)",
        "no client address could be had: header_missing",
    ]


@pytest.mark.parametrize(("status", "killed"), [(200, False), (101, True)])
def test_a_response_that_leaves_http_ends_the_connection(
    context: taddons.context, config: Path, status: int, killed: bool
) -> None:
    gate, flow = raised(context, config), tflow.tflow(resp=True)
    assert flow.response is not None
    flow.response.status_code, flow.live = status, True
    gate.responseheaders(flow)
    assert (flow.error is not None) is killed


def test_another_file_can_be_named_and_a_broken_one_changes_nothing(
    context: taddons.context, config: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "joinfence")
    gate = raised(context, config)
    for name, status in (("broken", 451), ("other", None)):
        other = make_config(tmp_path / name)
        if name == "broken":
            edit(other, "on_error: admit", "on_error: block")
        else:
            (other.parent / "orders" / "DE-2026-0001.yaml").unlink()
        caplog.clear()
        context.options.update(geofence_config=str(other))
        said = (
            "until this is mended the last good version stays in use"
            if name == "broken"
            else "in force: 2 orders"
        )
        assert until(lambda said=said: said in caplog.text)  # type: ignore[misc]
        flow = join()
        gate.requestheaders(flow)
        assert (flow.response.status_code if flow.response else None) == status


def test_a_probe_is_answered_only_where_it_is_wanted(context: taddons.context, config: Path) -> None:
    flow = join(path="/.well-known/joinfence-probe")
    gate = raised(context, config)
    gate.requestheaders(flow)
    assert flow.response is None
    edit(config, "source: X-Forwarded-For", "source: X-Forwarded-For\n  probe: true")
    assert until(lambda: gate._loaded is not None and gate._loaded.settings.client_address.probe)
    gate.requestheaders(flow)
    assert flow.response is not None
    assert flow.response.status_code == 200
    assert flow.metadata == {"joinfence-hidden": True}
    assert not gate.telemetry.client_faults.outcomes


def test_headers_for_the_service_are_written_whatever_happens(
    context: taddons.context, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> Never:
        raise ValueError

    edit(config, "source: X-Forwarded-For", "source: X-Forwarded-For\n  upstream_headers: replace")
    gate = raised(context, config)
    monkeypatch.setattr(addon, "decide", failing)
    flow = join("6.6.6.6, 9.9.9.9")
    gate.requestheaders(flow)
    assert flow.response is None
    assert flow.request.headers["X-Forwarded-For"] == "9.9.9.9"
    monkeypatch.setattr(addon, "pass_on", failing)
    gate.requestheaders(flow)
    assert flow.response is None


def test_what_may_not_be_meant_is_logged_when_it_comes_into_force(
    context: taddons.context, config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    edit(config, 'trusted_proxies: [127.0.0.1/32, "::1/128"]', "trusted_proxies: [64.0.0.0/7]")
    raised(context, config)
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert [":17:21: client_address.trusted_proxies[0]: 64.0.0.0/7 is wider" in line for line in told] == [
        True
    ]


def socket(gate: Gate, client: str = "145.100.0.1") -> http.HTTPFlow:
    flow = tflow.twebsocketflow(messages=False)
    flow.client_conn.peername = ("127.0.0.1", 5)
    flow.request.path = "/"
    flow.request.headers["X-Forwarded-For"] = client
    flow.request.headers["Sec-WebSocket-Protocol"] = "janus-protocol"
    answered, flow.response = flow.response, None
    gate.requestheaders(flow)
    assert flow.response is None
    flow.response = answered
    return flow


def say(gate: Gate, flow: http.HTTPFlow, text: str) -> WebSocketMessage:
    assert flow.websocket is not None
    message = WebSocketMessage(Opcode.TEXT, from_client=True, content=text.encode())
    flow.websocket.messages.append(message)
    gate.websocket_message(flow)
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
def test_a_message_is_decided_on_by_the_handshake(
    context: taddons.context, config: Path, client: str, text: str, dropped: bool
) -> None:
    gate = raised(context, config)
    flow = socket(gate, client)
    flow.request.headers["X-Forwarded-For"] = "rewritten"
    told: list[object] = []
    context.master.commands.call = lambda *a: told.append(a)  # type: ignore[method-assign]
    message = say(gate, flow, text)
    assert (message.dropped, message.content == b"", len(told)) == (dropped, dropped, int(dropped))
    assert "joinfence-hidden" in flow.metadata


def test_an_answer_and_a_socket_of_another_time_are_left_alone(
    context: taddons.context, config: Path
) -> None:
    gate = raised(context, config)
    flow = socket(gate)
    assert flow.websocket is not None
    flow.websocket.messages.append(WebSocketMessage(Opcode.TEXT, from_client=False, content=b"{}"))
    gate.websocket_message(flow)
    assert not flow.websocket.messages[-1].dropped
    gate._handshakes = Handshakes()
    assert not say(gate, flow, '{"janus": "keepalive"}').dropped
    gate._loaded = None
    assert not say(gate, flow, ROOM % 5678).dropped


@pytest.mark.parametrize(("on_error", "dropped"), [("admit", False), ("unavailable", True)])
def test_a_fault_of_ours_with_a_message_follows_on_error(
    context: taddons.context, config: Path, monkeypatch: pytest.MonkeyPatch, on_error: str, dropped: bool
) -> None:
    edit(config, "on_error: admit", f"on_error: {on_error}")
    gate = raised(context, config)
    flow = socket(gate)
    monkeypatch.setattr(addon, "decide", fail)
    assert say(gate, flow, ROOM % 1234).dropped is dropped
    assert not say(gate, flow, ROOM % 5678).dropped


def written(gate: Gate) -> set[Tally]:
    gate.done()
    path = Path(os.environ["XDG_STATE_HOME"]) / "joinfence" / TALLIES
    return set(read_tallies(path)[1].values()) if path.exists() else set()


def test_what_is_refused_is_tallied_once_and_what_is_let_in_is_not(
    context: taddons.context, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    gate = raised(context, config)
    for client in ("2003::1", "2003::1", "9.9.9.9"):
        gate.requestheaders(join(client))
    assert written(gate) == {Tally(1, 0)}


def test_a_refusal_that_failed_is_not_tallied_and_leaves_no_trace(
    context: taddons.context, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    gate, flow = raised(context, config), join()
    monkeypatch.setattr(addon, "service_answer", fail)
    gate.requestheaders(flow)
    assert (flow.response, flow.metadata) == (None, {"joinfence-hidden": True})
    assert gate.telemetry.meter.errors["decision"] == 1
    assert written(gate) == set()


def test_an_observed_join_goes_on_hidden(
    context: taddons.context, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    edit(config.parent / "orders" / "DE-2026-0001.yaml", "territory: [DE]", "territory: [DE]\nmode: observe")
    gate, flow = raised(context, config), join()
    gate.requestheaders(flow)
    assert (flow.response, flow.metadata) == (None, {"joinfence-hidden": True})
    assert written(gate) == {Tally(0, 1)}


def test_a_message_that_is_refused_is_tallied_like_a_request(
    context: taddons.context, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    gate = raised(context, config)
    context.master.commands.call = lambda *_: None  # type: ignore[method-assign]
    flow = socket(gate)
    for _ in range(2):
        assert say(gate, flow, ROOM % 1234).dropped
    assert gate.telemetry.meter.decisions[Verdict.REFUSE, Reason.ORDER] == 2
    assert written(gate) == {Tally(1, 0)}


def test_records_begin_once_mitmproxy_runs(
    context: taddons.context, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, begun = raised(context, config), []
    monkeypatch.setattr(gate.telemetry, "start", lambda: begun.append(1))

    async def run() -> None:
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(loop, "call_later", lambda _seconds, callback: loop.call_soon(callback))
        gate.running()
        await asyncio.sleep(0)

    asyncio.run(run())
    assert begun == [1]


def test_how_the_policy_is_follows_every_edit(context: taddons.context, config: Path) -> None:
    gate = raised(context, config)
    order = config.parent / "orders" / "DE-2026-0001.yaml"
    first = gate.telemetry.health
    assert (first.problems, first.checked_at == first.loaded_at) == (0, True)
    edit(order, "version: 1", "version: 0")
    assert until(lambda: gate.telemetry.health.problems == 1)
    broken = gate.telemetry.health
    assert (broken.checked_at, broken.loaded_at) == (first.checked_at, first.loaded_at)
    assert until(lambda: gate.telemetry.meter.errors["configuration"] >= 1)
    edit(order, "version: 0", "version: 1")
    assert until(lambda: gate.telemetry.health.problems == 0)
    mended = gate.telemetry.health
    assert mended.loaded_at == first.loaded_at, "it is the same policy as before"
    assert mended.checked_at is not None
    assert first.checked_at is not None
    assert mended.checked_at > first.checked_at


def test_what_the_first_refusal_needs_is_read_before_the_gate_serves(
    context: taddons.context, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warmed: list[tuple[set[str], str]] = []
    monkeypatch.setattr(
        addon, "warm", lambda orders, operator: warmed.append(({order.id for order in orders}, operator.name))
    )
    raised(context, config)
    assert warmed == [({"DE-2026-0001", "NL-2026-0003", "PT-2026-0002"}, "Example Meetings")]


def test_the_operators_own_look_is_what_refusals_have(context: taddons.context, config: Path) -> None:
    edit(config, "# notices:", "notices:")
    edit(config.parent / "notices" / "branding.yaml", "name: Example Meetings", "name: Own Name")
    gate = raised(context, config)
    flow = join()
    flow.request.headers["Accept"] = "text/html"
    gate.requestheaders(flow)
    assert flow.response
    assert 'alt="Own Name"' in (flow.response.text or "")
    assert "img-src data:;" in flow.response.headers["Content-Security-Policy"]


def test_a_look_that_loses_a_required_part_never_serves(context: taddons.context, config: Path) -> None:
    edit(config, "# notices:", "notices:")
    edit(config.parent / "notices" / "branding.yaml", "- page.html.j2", "- answer.html.j2")
    (config.parent / "notices" / "refusal.html.j2").write_text("<h1>No.</h1>")
    gate = raised(context, config)
    flow = join(client="9.9.9.9")
    gate.requestheaders(flow)
    assert flow.response
    assert flow.response.status_code == 503


def test_a_load_reads_no_more_orders_than_the_first_pages_need(
    context: taddons.context, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    get = StoredOrders.__getitem__

    def noted(self: StoredOrders, order_id: str) -> Order:
        read.append(order_id)
        return get(self, order_id)

    monkeypatch.setattr(StoredOrders, "__getitem__", noted)
    monkeypatch.setattr(answer, "_MOST_WARMED", 1)
    raised(context, config)
    assert len(read) == 1


def test_a_fence_s_own_work_does_not_hold_up_its_answers(context: taddons.context, config: Path) -> None:
    before = sys.getswitchinterval()
    raised(context, config)
    assert sys.getswitchinterval() < before
    assert gc.get_freeze_count() > 0
