"""A real Janus: covered joins are refused, all others enter, and participants who are inside stay."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.e2e.covered import AMERICAN, DUTCH, configure, impose
from tests.e2e.harness import Fence, make_config, until
from tests.e2e.janus_server import Participant, Ports, SocketParticipant, janus
from tests.e2e.spellings import Wire, request, rules, spellings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from joinfence.engine.joins.rule_set import RuleSet

pytestmark = pytest.mark.e2e

ROOM, OTHER = 1234, 5678


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ports]:
    with janus(tmp_path_factory.mktemp("janus")) as ports:
        yield ports


@pytest.fixture(scope="module")
def fence(tmp_path_factory: pytest.TempPathFactory, server: Ports) -> Iterator[Fence]:
    folder = tmp_path_factory.mktemp("fence")
    with Fence(folder, server.http, make_config(folder)) as it:
        yield it


def test_a_covered_join_is_refused_and_nobody_enters(fence: Fence) -> None:
    guest = Participant(fence, DUTCH)
    before = guest.people(ROOM)
    assert guest.join(ROOM) == 451
    assert guest.join(ROOM, "joinandconfigure") == 451
    assert guest.people(ROOM) == before


def test_other_rooms_and_other_countries_are_admitted(fence: Fence) -> None:
    dutch, american = Participant(fence, DUTCH), Participant(fence, AMERICAN)
    rooms = {room: dutch.people(room) for room in (ROOM, OTHER)}
    assert (dutch.join(OTHER), american.join(ROOM)) == (200, 200)
    assert until(lambda: {room: dutch.people(room) for room in rooms} == {r: n + 1 for r, n in rooms.items()})
    dutch.leave()
    american.leave()
    assert until(lambda: {room: dutch.people(room) for room in rooms} == rooms)


def test_a_participant_stays_when_the_order_comes_into_force(fence: Fence, tmp_path: Path) -> None:
    order = fence.config.parent / "orders" / "NL-2026-0003.yaml"
    away = order.rename(tmp_path / "order.yaml")
    inside = Participant(fence, DUTCH)
    assert until(lambda: Participant(fence, DUTCH).join(ROOM) == 200)
    before = inside.people(ROOM)
    assert inside.join(ROOM) == 200
    assert until(lambda: inside.people(ROOM) == before + 1)
    away.rename(order)
    newcomer = Participant(fence, DUTCH)
    assert until(lambda: newcomer.join(OTHER) == 200 and Participant(fence, DUTCH).join(ROOM) == 451)
    assert inside.people(ROOM) >= before + 1
    kept = inside.ask(f"/janus/{inside.session}", {"janus": "keepalive"})
    assert kept["janus"] == "ack"
    inside.leave()


JOIN = {"request": "join", "ptype": "publisher", "room": ROOM}


@pytest.mark.parametrize(
    ("path", "message"),
    [
        pytest.param("/janus/{s}/{h}", {"body": JOIN}, id="as usual"),
        pytest.param("/janus", {"session_id": "{s}", "handle_id": "{h}", "body": JOIN}, id="ids in the body"),
        pytest.param("/janus/{s}", {"handle_id": "{h}", "body": JOIN}, id="one id in the body"),
        pytest.param("/janus/{s}/{h}/", {"body": JOIN}, id="a trailing slash"),
        pytest.param("//janus//{s}/{h}", {"body": JOIN}, id="double slashes"),
        pytest.param("/janus/{s}/{h}", {"body": {**JOIN, "request": "JOIN"}}, id="capitals"),
        pytest.param("/janus/{s}/{h}", {"body": {**JOIN, "request": "joinandconfigure"}}, id="another verb"),
    ],
)
@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_a_join_is_refused_at_any_path_and_of_any_type(
    fence: Fence, path: str, message: dict[str, object], kind: str
) -> None:
    guest = Participant(fence, DUTCH)
    ids = {"{s}": guest.session, "{h}": guest.handle}
    whole = {"janus": "message", "transaction": "t", **{k: ids.get(str(v), v) for k, v in message.items()}}
    target = path.format(s=guest.session, h=guest.handle)
    before = guest.people(ROOM)
    assert guest.send(target, json.dumps(whole).encode(), kind)[0] == 451
    assert guest.people(ROOM) == before


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            rb'{"janus":"message","transaction":"t","body":{"request":"join","\u0072oom":1234}}', id="escape"
        ),
        pytest.param(
            rb'{"janus":"message","transaction":"t","body":{"request":"join","room":5678,"room":1234}}',
            id="last key",
        ),
        pytest.param(
            rb'{"janus":"message","transaction":"t","body":{"request":"join","room":1234,"room":5678}}',
            id="first key",
        ),
        pytest.param(
            b'{"janus":"message","transaction":"t","body":{"request":"join","room":1234}}\x00{',
            id="after a NUL",
        ),
        pytest.param(
            b'{"janus":"message","body":{"request":"leave"},"body":{"request":"join","room":1234}}',
            id="two bodies",
        ),
    ],
)
def test_a_join_is_refused_however_its_json_is_written(fence: Fence, body: bytes) -> None:
    guest = Participant(fence, DUTCH)
    before = guest.people(ROOM)
    assert guest.send(guest.path, body)[0] == 451
    assert guest.people(ROOM) == before


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(rb'{%s,"body":{"request":"join\u0000x","ptype":"publisher","room":1234}}', id="a NUL"),
        pytest.param(
            b'\x0b{%s,"body":{"request":"join","ptype":"publisher","room":1234}}',
            id="a vertical tab in front",
        ),
        pytest.param(b'{%s,"body":{"request":"join","ptype":"publisher","room":01234}}', id="a leading zero"),
        pytest.param(b'{%s,"body":{"request":"join","ptype":"publisher","room":1234.0}}', id="a fraction"),
        pytest.param(b'{%s,"body":{"request":"join","ptype":"publisher","room":"1234"}}', id="a string"),
        pytest.param(b'{%s,"body":{"request":["join"],"ptype":"publisher","room":[1234]}}', id="arrays"),
        pytest.param(
            b'{%s,"Body":{"request":"join","ptype":"publisher","room":1234}}', id="capitals in a key"
        ),
        pytest.param(b"{%s,'body':{'request':'join','ptype':'publisher','room':1234}}", id="single quotes"),
        pytest.param(b'[{%s,"body":{"request":"join","ptype":"publisher","room":1234}}]', id="in an array"),
    ],
)
def test_with_odd_json_nobody_enters(fence: Fence, body: bytes) -> None:
    guest = Participant(fence, DUTCH)
    before = guest.people(ROOM)
    guest.send(guest.path, body % b'"janus":"message","transaction":"t"')
    # Janus lets people in one by one: when who came after is inside, who came before would be.
    after = Participant(fence, AMERICAN)
    assert after.join(ROOM, name="after") == 200
    assert until(lambda: "after" in guest.names(ROOM))
    assert guest.people(ROOM) == before + 1
    after.leave()
    assert until(lambda: guest.people(ROOM) == before)


def test_a_body_that_cannot_be_parsed_is_400_and_mentions_no_order(fence: Fence) -> None:
    guest = Participant(fence, DUTCH)
    status, body = guest.send(guest.path, b'{"janus":"message"')
    assert status == 400
    assert b"451" not in body


# -- over its WebSocket ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def socket_fence(tmp_path_factory: pytest.TempPathFactory, server: Ports) -> Iterator[Fence]:
    folder = tmp_path_factory.mktemp("fence")
    with Fence(folder, server.socket, configure(folder, "janus-videoroom", str(ROOM))) as it:
        yield it


def is_count(observer: SocketParticipant, count: int) -> bool:
    return observer.people(ROOM) == count


WAYS: dict[str, Callable[[str], str | bytes | list[str]]] = {
    "as usual": lambda text: text,
    "binary": lambda text: text.encode(),
    "fragments": lambda text: [text[:10], text[10:40], text[40:]],
    "an escape": lambda text: text.replace('"room"', '"\\u0072oom"'),
    "a decoy in front": lambda text: text.replace('"room": 1234', '"room": 5678, "room": 1234'),
    "capitals": lambda text: text.replace('"join"', '"JOIN"'),
    "two bodies": lambda text: text.replace('"body": ', '"body": {"request": "leave"}, "body": '),
}


@pytest.mark.parametrize("way", WAYS)
def test_over_websocket_only_covered_joins_are_refused_however_they_are_written(
    socket_fence: Fence, server: Ports, way: str
) -> None:
    observer = SocketParticipant(server.socket)
    for client, open_to in ((AMERICAN, True), (DUTCH, False)):
        before = observer.people(ROOM)
        guest = SocketParticipant(socket_fence.port, client)
        said = guest.send(WAYS[way](json.dumps(guest.whole(JOIN))))
        assert observer.people(ROOM) - before == open_to
        if not open_to:
            assert (said["janus"], said["error"]["code"]) == ("error", 451)
            assert said["session_id"] == guest.ids["session_id"]
            assert "https://meet.example/legal/orders/NL-2026-0003" in said["error"]["reason"]
            other = guest.ask(guest.whole({**JOIN, "room": OTHER}))
            assert other["plugindata"]["data"]["videoroom"] == "joined", "the socket stays usable"
        guest.close()
        assert until(partial(is_count, observer, before))


def test_over_websocket_a_join_is_refused_even_if_only_janus_accepts_the_subprotocol(
    socket_fence: Fence, server: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    observer = SocketParticipant(server.socket)
    before = observer.people(ROOM)
    monkeypatch.setattr("websockets.client.build_subprotocol", lambda names: f"{names[0]};x")
    guest = SocketParticipant(socket_fence.port, DUTCH)
    assert guest.ask(guest.whole(JOIN))["error"]["code"] == 451
    assert observer.people(ROOM) == before


def test_over_websocket_a_participant_stays_when_the_order_comes_into_force(
    socket_fence: Fence, server: Ports
) -> None:
    inside, observer = SocketParticipant(socket_fence.port, DUTCH), SocketParticipant(server.socket)
    before = observer.people(OTHER)
    assert inside.ask(inside.whole({**JOIN, "room": OTHER}))["plugindata"]["data"]["videoroom"] == "joined"

    def refused() -> bool:
        newcomer = SocketParticipant(socket_fence.port, DUTCH)
        said = newcomer.ask(newcomer.whole({**JOIN, "room": OTHER}))
        newcomer.close()
        return bool(said["janus"] == "error")

    impose(socket_fence.config, "NL-2026-0004", str(OTHER), refused)
    assert until(lambda: observer.people(OTHER) == before + 1)
    kept = inside.ask(inside.whole({"request": "configure", "display": "still here"}))
    assert kept["plugindata"]["data"]["configured"] == "ok"
    left = inside.ask(inside.whole({"request": "leave"}))
    assert left["plugindata"]["data"]["leaving"] == "ok"
    assert until(lambda: observer.people(OTHER) == before)


# -- paths that Janus accepts, asked of it ----------------------------------------------------------


def accepted_by_janus(server: Ports, guest: Participant) -> list[str]:
    """Return the spellings of the paths at which Janus itself, asked directly, accepts a message."""
    ids = {"session_id": guest.session, "handle_id": guest.handle}
    asked = {"janus": "message", "transaction": "t", **ids, "body": {"request": "list"}}
    found = []
    with Wire(server.http, "POST", json.dumps(asked).encode()) as wire:
        for path in ("/janus", f"/janus/{guest.session}", guest.path):
            found += [target for target in spellings(path, 700) if b'"plugindata"' in wire.ask(target)[1]]
    assert len(found) > 50, found
    return found


def unnoticed(rule_set: RuleSet, targets: list[str]) -> list[str]:
    """Return the targets at which the rules would not notice a join."""
    body = json.dumps({"janus": "message", "transaction": "t", "body": JOIN}).encode()
    return [target for target in targets if not rule_set.joins(request("POST", target, body)).joins]


def test_the_rules_notice_every_path_that_janus_accepts_and_nobody_enters(
    fence: Fence, server: Ports
) -> None:
    guest = Participant(fence, DUTCH)
    targets = accepted_by_janus(server, guest)
    assert unnoticed(rules("janus-videoroom"), targets) == []
    weak = rules("janus-videoroom", 'paths: ["/**/janus**"]', 'paths: ["/janus/{session}/{handle}"]')
    assert unnoticed(weak, targets), "a rule on the documented path would let some of these in"
    ids = {"session_id": guest.session, "handle_id": guest.handle}
    body = json.dumps({"janus": "message", "transaction": "t", **ids, "body": JOIN}).encode()
    before = guest.people(ROOM)
    said = {target: guest.send(target, body)[0] for target in targets[:150]}
    # mitmproxy itself answers 400 to targets that do not start with a slash.
    assert {t: s for t, s in said.items() if s != 451 and not (s == 400 and t[0] != "/")} == {}
    assert guest.people(ROOM) == before
