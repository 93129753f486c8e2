"""A real Janus: covered joins are refused and nobody enters, all others enter, and who is inside stays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.harness import Fence, make_config, until
from tests.e2e.janus_server import Participant, janus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("janus")]

ROOM, OTHER = 1234, 5678
DUTCH, AMERICAN = "145.100.0.1", "9.9.9.9"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with janus(tmp_path_factory.mktemp("janus")) as port:
        yield port


@pytest.fixture
def fence(tmp_path: Path, server: int) -> Iterator[Fence]:
    with Fence(tmp_path, server, make_config(tmp_path)) as it:
        yield it


def test_a_covered_join_is_refused_and_nobody_enters(fence: Fence) -> None:
    guest = Participant(fence, DUTCH)
    before = guest.people(ROOM)
    assert guest.join(ROOM) == 451
    assert guest.join(ROOM, "joinandconfigure") == 451
    assert guest.people(ROOM) == before


def test_another_room_and_another_country_enter(fence: Fence) -> None:
    dutch, american = Participant(fence, DUTCH), Participant(fence, AMERICAN)
    rooms = {room: dutch.people(room) for room in (ROOM, OTHER)}
    assert (dutch.join(OTHER), american.join(ROOM)) == (200, 200)
    assert until(lambda: {room: dutch.people(room) for room in rooms} == {r: n + 1 for r, n in rooms.items()})


def test_a_participant_stays_when_the_order_comes_into_force(fence: Fence, tmp_path: Path) -> None:
    order = fence.config.parent / "orders" / "NL-2026-0003.yaml"
    away = order.rename(tmp_path / "order.yaml")
    inside = Participant(fence, DUTCH)
    assert until(lambda: Participant(fence, DUTCH).join(ROOM) == 200, 5)
    before = inside.people(ROOM)
    assert inside.join(ROOM) == 200
    assert until(lambda: inside.people(ROOM) == before + 1)
    away.rename(order)
    newcomer = Participant(fence, DUTCH)
    assert until(lambda: newcomer.join(OTHER) == 200 and Participant(fence, DUTCH).join(ROOM) == 451, 5)
    assert inside.people(ROOM) >= before + 1
    kept = inside.ask(f"/janus/{inside.session}", {"janus": "keepalive"})
    assert kept["janus"] == "ack"
    assert inside.ask(inside.path, {"janus": "message", "body": {"request": "leave"}})["janus"] == "ack"


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
def test_a_join_is_refused_from_any_path_and_of_any_type(
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
            id="behind a NUL",
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


def test_a_body_that_nobody_can_read_is_400_and_no_legal_matter(fence: Fence) -> None:
    guest = Participant(fence, DUTCH)
    status, body = guest.send(guest.path, b'{"janus":"message"')
    assert status == 400
    assert b"451" not in body
