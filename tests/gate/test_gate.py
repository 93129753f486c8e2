"""Every row of the failure table, for requests and messages alike, with plain values and no proxy.

The same rows through a real mitmdump are in tests/e2e/test_failures.py and tests/e2e/test_messages.py.
"""

from __future__ import annotations

import gc
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Never

import pytest

from joinfence.engine.decision import Reason, Verdict
from joinfence.engine.joins.rule_set import RuleSet
from joinfence.engine.values import Request, Unlocated, UnlocatedReason
from joinfence.gate import gate as module
from joinfence.gate.gate import Gate
from joinfence.gate.outcomes import NeedsBody, Outcome, Pass
from joinfence.loading.loader import Loaded, Loader
from joinfence.monitoring.telemetry import Telemetry
from joinfence.refusal import answer as pages
from joinfence.refusal.answer import Answer
from joinfence.refusal.service_answers import Drop
from tests.config_files import edit
from tests.e2e.harness import make_config

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COVERED, OUTSIDE = "2003::1", "9.9.9.9"
ORDERED, OTHER = b"/j/98765432101", b"/j/1"
ROOM = b'{"body": {"request": "join", "room": %d}}'
JOIN, HARMLESS = ROOM % 1234, b'{"janus": "keepalive"}'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return make_config(tmp_path)


@pytest.fixture(autouse=True)
def restore_interpreter_settings() -> Iterator[None]:
    interval = sys.getswitchinterval()
    yield
    gc.unfreeze()
    sys.setswitchinterval(interval)


def open_gate(config: Path) -> Gate:
    gate = Gate(Telemetry())
    gate.loaded = Loader(config).load(datetime.now(UTC))
    return gate


def request(
    client: str = COVERED, path: bytes = ORDERED, *headers: tuple[bytes, bytes], **changes: object
) -> Request:
    base = Request(
        method="GET",
        scheme="http",
        hosts=("meet.example",),
        path=path,
        headers=((b"X-Forwarded-For", client.encode()), *headers),
        body=None,
        peer="127.0.0.1",
        at=datetime.now(UTC),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def handshake(client: str = "145.100.0.1") -> Request:
    offer = ((b"Upgrade", b"websocket"), (b"Sec-WebSocket-Protocol", b"janus-protocol"))
    return request(client, b"/", *offer)


def fail(*_: object, **__: object) -> Never:
    text = "an error that quotes 98765432101"
    raise RuntimeError(text)


def status(outcome: Outcome) -> int | None:
    return outcome.status if isinstance(outcome, Answer) else None


# -- the outcomes -----------------------------------------------------------------------------------


def test_a_covered_join_is_refused(config: Path) -> None:
    gate = open_gate(config)
    assert status(gate.ask(request())) == 451
    assert gate._telemetry.meter.decisions == {(Verdict.REFUSE, Reason.ORDER): 1}


def test_a_request_that_joins_no_meeting_under_an_order_passes_unchanged(config: Path) -> None:
    asked = request(path=OTHER)
    outcome = open_gate(config).ask(asked)
    assert outcome == Pass(headers=asked.headers, private=False)
    assert isinstance(outcome, Pass)
    assert outcome.headers is asked.headers


@pytest.mark.parametrize(
    "client", [OUTSIDE, "fec0::1", "nonsense"], ids=["outside", "unlocated", "undetermined"]
)
def test_a_join_to_a_meeting_under_an_order_is_private_wherever_it_comes_from(
    config: Path, client: str
) -> None:
    asked = request(client)
    assert open_gate(config).ask(asked) == Pass(headers=asked.headers, private=True)


def test_a_body_is_asked_for_if_the_decision_needs_it(config: Path) -> None:
    gate, asked = open_gate(config), request(path=b"/api/join", method="POST")
    assert gate.loaded is not None
    assert gate.ask(asked) == NeedsBody(gate.loaded.policy.rules.body_limit(asked))
    assert status(gate.ask(replace(asked, body=b'{"meeting": "townhall"}'))) == 451
    assert gate.ask(replace(asked, body=b'{"meeting": "x"}')) == Pass(headers=asked.headers)


def test_a_refused_message_is_dropped_and_answered_in_place_of_the_service(config: Path) -> None:
    gate = open_gate(config)
    outcome = gate.ask(handshake(), JOIN)
    assert isinstance(outcome, Drop)
    assert json.loads(outcome.messages[0])["janus"] == "error"
    assert gate.ask(handshake(), HARMLESS) == Pass()
    assert gate.ask(handshake(OUTSIDE), JOIN) == Pass(private=True)
    refused = (Verdict.REFUSE, Reason.ORDER)
    assert gate._telemetry.meter.decisions == {refused: 1, (Verdict.ADMIT, Reason.OUTSIDE_TERRITORY): 1}


def test_a_websocket_on_which_joins_can_arrive_is_private_from_its_start(config: Path) -> None:
    gate = open_gate(config)
    assert gate.ask(handshake()) == Pass(headers=handshake().headers, private=True)
    other = request(COVERED, b"/", (b"Upgrade", b"websocket"))
    assert gate.ask(other) == Pass(headers=other.headers, private=False)


def test_a_message_is_decided_by_when_it_arrives_and_not_by_when_its_socket_was_opened(config: Path) -> None:
    gate, opening = open_gate(config), handshake()
    assert isinstance(gate.ask(replace(opening, at=datetime(2020, 1, 1, tzinfo=UTC)), JOIN), Pass)
    assert isinstance(gate.ask(opening, JOIN), Drop)


def test_a_probe_is_answered_only_if_the_configuration_enables_it(config: Path) -> None:
    asked = request(path=b"/.well-known/joinfence-probe")
    assert isinstance(open_gate(config).ask(asked), Pass)
    edit(config, "source: X-Forwarded-For", "source: X-Forwarded-For\n  probe: true")
    gate = open_gate(config)
    assert status(gate.ask(asked)) == 200
    assert isinstance(gate.ask(asked, b"a message"), Pass), "a probe is no message"
    assert not gate._telemetry.meter.decisions


@pytest.mark.parametrize(
    ("mode", "sent"),
    [("keep", b"6.6.6.6, 9.9.9.9"), ("append", b"6.6.6.6, 9.9.9.9, 127.0.0.1"), ("replace", b"9.9.9.9")],
)
def test_forwarding_headers_are_rewritten_as_configured(config: Path, mode: str, sent: bytes) -> None:
    edit(config, "source: X-Forwarded-For", f"source: X-Forwarded-For\n  upstream_headers: {mode}")
    outcome = open_gate(config).ask(request("6.6.6.6, 9.9.9.9"))
    assert isinstance(outcome, Pass)
    assert outcome.headers == ((b"X-Forwarded-For", sent),)


def test_an_upgrade_to_another_protocol_is_removed_before_the_decision(config: Path) -> None:
    outcome = open_gate(config).ask(request(COVERED, OTHER, (b"Upgrade", b"h2c"), (b"HTTP2-Settings", b"x")))
    assert outcome == Pass(headers=((b"X-Forwarded-For", b"2003::1"),))


# -- the failure table ------------------------------------------------------------------------------


def test_without_a_policy_every_request_is_answered_with_503_and_is_private() -> None:
    gate = Gate(Telemetry())
    for asked in (request(), request(path=b"/"), request(OUTSIDE, OTHER)):
        assert status(gate.ask(asked)) == 503
        assert gate.is_private(asked)
        assert status(gate.failed(RuntimeError(), asked)) == 503


def test_without_a_policy_messages_on_open_websockets_pass() -> None:
    gate = Gate(Telemetry())
    assert gate.ask(handshake(), JOIN) == Pass(private=True)
    assert gate.failed(RuntimeError(), handshake(), JOIN) == Pass(private=True)


BROKEN: dict[str, list[tuple[object, str]]] = {
    "the decision": [(module, "decide")],
    "the refusal": [(module, "service_answer"), (module, "socket_answer")],
    "telemetry": [(Telemetry, "decided")],
}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("on_error", ["admit", "unavailable"])
def test_an_internal_error_follows_on_error_if_an_order_names_the_meeting(
    config: Path, monkeypatch: pytest.MonkeyPatch, on_error: str, broken: str
) -> None:
    edit(config, "on_error: admit", f"on_error: {on_error}")
    gate = open_gate(config)
    for owner, name in BROKEN[broken]:
        monkeypatch.setattr(owner, name, fail)
    asked, opening = request(), handshake()
    if on_error == "unavailable":
        assert status(gate.ask(asked)) == 503
        assert gate.ask(opening, JOIN) == Drop(messages=(), close=None)
    else:
        assert gate.ask(asked) == Pass(headers=asked.headers, private=True)
        assert gate.ask(opening, JOIN) == Pass(private=True)
    assert gate._telemetry.meter.errors["decision"] == 2
    assert gate.ask(request(path=OTHER)) == Pass(headers=asked.headers, private=False), "no order names it"
    assert gate.ask(opening, HARMLESS) == Pass(private=False)
    if broken != "the refusal":
        assert gate.ask(opening) == Pass(headers=opening.headers, private=True), "joins may come as messages"
        unread = gate.ask(request(path=b"/api/join", method="POST"))
        assert (
            (status(unread) == 503)
            if on_error == "unavailable"
            else (unread == Pass(headers=asked.headers, private=True))
        )


@pytest.mark.parametrize(("on_error", "expected"), [("admit", None), ("unavailable", 503)])
def test_if_the_rules_themselves_fail_everything_may_be_a_join(
    config: Path, monkeypatch: pytest.MonkeyPatch, on_error: str, expected: int | None
) -> None:
    edit(config, "on_error: admit", f"on_error: {on_error}")
    gate = open_gate(config)
    monkeypatch.setattr(RuleSet, "joins", fail)
    monkeypatch.setattr(RuleSet, "joins_of_message", fail)
    assert status(gate.ask(request(path=b"/"))) == expected
    assert gate.is_private(request(path=b"/"))
    assert isinstance(gate.ask(handshake(), HARMLESS), Drop) == (on_error == "unavailable")


def test_an_error_is_logged_once_and_quotes_nothing(
    config: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gate = open_gate(config)
    monkeypatch.setattr(module, "decide", fail)
    for _ in range(2):
        gate.ask(request())
        gate.ask(handshake(), JOIN)
    (logged,) = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert logged.startswith("the fence failed: RuntimeError in test_gate.py:")
    assert "98765432101" not in logged


def test_forwarding_headers_are_rewritten_even_after_an_error_if_possible(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(config, "source: X-Forwarded-For", "source: X-Forwarded-For\n  upstream_headers: replace")
    gate = open_gate(config)
    monkeypatch.setattr(module, "decide", fail)
    asked = request("6.6.6.6, 9.9.9.9", ORDERED, (b"Upgrade", b"h2c"))
    assert gate.ask(asked) == Pass(headers=((b"X-Forwarded-For", b"9.9.9.9"),), private=True)
    monkeypatch.setattr(module, "rewrite_forwarding_headers", fail)
    assert gate.ask(asked) == Pass(headers=((b"X-Forwarded-For", b"6.6.6.6, 9.9.9.9"),), private=True)


def test_an_error_of_the_host_follows_the_same_table(config: Path) -> None:
    edit(config, "on_error: admit", "on_error: unavailable")
    gate = open_gate(config)
    assert status(gate.failed(OSError(), request())) == 503
    assert gate.failed(OSError(), handshake(), JOIN) == Drop(messages=(), close=None)
    assert isinstance(gate.failed(OSError(), request(path=OTHER)), Pass)
    assert gate.failed(OSError(), handshake()) == Pass(headers=handshake().headers, private=True)


@pytest.mark.parametrize(("on_error", "expected"), [("admit", None), ("unavailable", 503)])
@pytest.mark.parametrize("broken", ["without_other_upgrades", "_may_join_named_meeting", "_can_carry_joins"])
def test_nothing_is_raised_even_if_the_failure_table_itself_fails(
    config: Path, monkeypatch: pytest.MonkeyPatch, broken: str, on_error: str, expected: int | None
) -> None:
    edit(config, "on_error: admit", f"on_error: {on_error}")
    gate = open_gate(config)
    for name in ("decide", broken):
        monkeypatch.setattr(module, name, fail)
    monkeypatch.setattr(Telemetry, "failed", fail)
    outcome = gate.ask(request())
    assert status(outcome) == expected
    assert expected or (isinstance(outcome, Pass) and outcome.private)


def test_if_the_rules_cannot_say_whether_messages_may_be_joins_they_may(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = open_gate(config)
    monkeypatch.setattr(RuleSet, "reads_messages", fail)
    assert gate.ask(handshake()) == Pass(headers=handshake().headers, private=True)


def test_a_decision_is_counted_once_its_outcome_has_been_carried_out(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[tuple[Verdict, datetime]] = []
    monkeypatch.setattr(Telemetry, "count", lambda _self, each, at: counted.append((each.verdict, at)))
    gate, asked, opening = open_gate(config), request(), handshake()
    refused, dropped, passed = gate.ask(asked), gate.ask(opening, JOIN), gate.ask(request(OUTSIDE))
    assert counted == []
    for outcome in (refused, dropped, passed):
        gate.carried_out(outcome, asked.at)
    assert counted == [(Verdict.REFUSE, asked.at), (Verdict.REFUSE, asked.at), (Verdict.ADMIT, asked.at)]
    for outcome in (gate.failed(OSError(), asked), gate.ask(request(path=b"/api/join", method="POST"))):
        gate.carried_out(outcome, asked.at)
    assert len(counted) == 3


@pytest.mark.parametrize("loaded", [True, False])
def test_503_is_sent_even_if_no_page_can_be_rendered(
    config: Path, monkeypatch: pytest.MonkeyPatch, loaded: bool
) -> None:
    edit(config, "on_error: admit", "on_error: unavailable")
    gate = open_gate(config) if loaded else Gate(Telemetry())
    monkeypatch.setattr(pages, "_rendered", fail)
    assert gate.ask(request()) == Answer(status=503, headers=(("Cache-Control", "no-store"),), body=b"")


@pytest.mark.parametrize(
    ("client", "reason"), [("nonsense", "malformed (not_an_address)"), ("", "malformed (empty)")]
)
@pytest.mark.parametrize(("on_undetermined", "expected"), [("admit", None), ("unavailable", 503)])
def test_an_undetermined_client_follows_on_undetermined(
    config: Path,
    client: str,
    reason: str,
    on_undetermined: str,
    expected: int | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    edit(config, "on_undetermined: admit", f"on_undetermined: {on_undetermined}")
    gate = open_gate(config)
    assert status(gate.ask(request(client))) == expected
    assert isinstance(gate.ask(handshake(client), JOIN), Drop) == (on_undetermined == "unavailable")
    assert isinstance(gate.ask(request(client, OTHER)), Pass), "no order names it"
    assert caplog.text.count(reason) == 1


@pytest.mark.parametrize("reason", UnlocatedReason)
def test_a_client_without_a_location_is_admitted_and_counted(config: Path, reason: UnlocatedReason) -> None:
    gate = open_gate(config)
    assert gate.loaded is not None
    policy = replace(gate.loaded.policy, locate=lambda _address, _at: Unlocated(reason))
    gate.loaded = replace(gate.loaded, policy=policy)
    assert isinstance(gate.ask(request()), Pass)
    assert isinstance(gate.ask(handshake(), JOIN), Pass)
    assert gate._telemetry.meter.unlocated == {reason: 2}


@pytest.mark.parametrize(("on_unparsable", "expected"), [("pass", None), ("400", 400)])
def test_a_body_that_cannot_be_parsed_follows_the_rule(
    config: Path, on_unparsable: str, expected: int | None
) -> None:
    edit(config.parent / "services" / "demo.yaml", "on_unparsable: 400", f"on_unparsable: {on_unparsable}")
    asked = request(path=b"/api/join", method="POST", body=b"{")
    assert status(open_gate(config).ask(asked)) == expected


def test_a_body_longer_than_any_rule_reads_is_400(config: Path) -> None:
    gate = open_gate(config)
    asked = request(path=b"/api/join", method="POST", body=b'{"meeting": "x"}')
    assert isinstance(gate.ask(asked), Pass)
    assert status(gate.ask(asked, body_too_large=True)) == 400
    assert gate._telemetry.meter.decisions[Verdict.REFUSE, Reason.UNPARSABLE] == 1


def test_a_request_whose_body_is_lost_never_passes_without_it(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = open_gate(config)
    asked = request(path=b"/api/join", method="POST", body=b"")
    assert status(gate.failed(OSError(), asked, body_too_large=True)) == 503
    monkeypatch.setattr(module, "service_answer", fail)
    assert status(gate.ask(asked, body_too_large=True)) == 503


def test_a_request_that_the_service_could_read_differently_is_400(config: Path) -> None:
    gate = open_gate(config)
    assert status(gate.ask(request(path=b"http://any.example/j/98765432101"))) == 400
    assert status(gate.ask(request(method="GET /x"))) == 400
    opening = replace(handshake(), path=b"http://any.example/")
    assert isinstance(gate.ask(opening, HARMLESS), Pass), "a message has no target of its own"


def test_an_order_stops_applying_once_its_review_is_missed(config: Path) -> None:
    for other in ("NL-2026-0003", "PT-2026-0002"):
        (config.parent / "orders" / f"{other}.yaml").unlink()
    gate = open_gate(config)
    assert gate.loaded is not None
    order = gate.loaded.policy.orders.get("DE-2026-0001")
    assert order is not None
    assert status(gate.ask(request(at=order.review_by))) == 451
    assert isinstance(gate.ask(request(at=order.review_by + timedelta(microseconds=1))), Pass)


def test_a_new_policy_is_in_force_with_the_next_request(config: Path) -> None:
    gate = open_gate(config)
    assert status(gate.ask(request())) == 451
    (config.parent / "orders" / "DE-2026-0001.yaml").unlink()
    gate.loaded = _again(config)
    assert isinstance(gate.ask(request()), Pass)


def _again(config: Path) -> Loaded:
    return Loader(config).load(datetime.now(UTC))


def test_no_mitmproxy_is_imported() -> None:
    assert not any(name.startswith("mitmproxy") for name in vars(module))
