"""A real Synapse: a covered join is refused with an error that clients show, and nobody enters the room."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote_to_bytes

import pytest

from tests.config_files import edit
from tests.e2e.covered import AMERICAN, DUTCH, configure, impose
from tests.e2e.harness import Fence
from tests.e2e.spellings import Wire, request, rules, spellings
from tests.e2e.synapse_server import CLIENT, User, synapse
from tests.e2e.tooling import run_tool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from joinfence.engine.joins.rule_set import RuleSet

pytestmark = pytest.mark.e2e

NUMBERS = itertools.count()
ALIASES = {"townhall": "#townhall:matrix.example", "market": "#market:matrix.example"}


@dataclass(frozen=True)
class Place:
    """A fence in front of Synapse, a covered and another room, and their owner, who connects directly."""

    fence: Fence
    server: int
    owner: User
    rooms: dict[str, str]

    def guest(self, client: str) -> User:
        """Return somebody new who comes through the fence."""
        return User(self.server, f"guest{next(NUMBERS)}").seen_from(self.fence.port, client)

    def enters(self, guest: User, method: str, target: str, body: object, room: str = "townhall") -> bool:
        """Tell whether somebody becomes a member; without, they were told so in the service's words."""
        status, said = guest.ask(method, target, body)
        inside = guest.id in self.owner.members(self.rooms[room])
        assert (inside, status) in {(True, 200), (False, 451)}, (status, said)
        if not inside:
            assert said["errcode"] == "M_FORBIDDEN"
            assert "https://meet.example/legal/orders/NL-2026-0003" in said["error"]
        return inside


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("synapse")
    with synapse(folder) as server:
        owner = User(server, "owner")
        rooms = {name: owner.create_room(name) for name in ("townhall", "market", "later")}
        config = configure(folder, "matrix", ALIASES["townhall"])
        rules = config.parent / "services" / "matrix.yaml"
        edit(rules, '"!townhall:matrix.example"', f'"{rooms["townhall"]}"')
        with Fence(folder, server, config) as fence:
            yield Place(fence, server, owner, rooms)


def encoded(quoted: str) -> str:
    return "".join(f"%{byte:02x}" for byte in unquote_to_bytes(quoted))


def joins(room: str, alias: str, user: str) -> list[Any]:
    """Return every request with which Synapse lets a user join."""
    member = {"membership": "join"}
    state = f"rooms/{room}/state/m.room.member/{user}"
    ways: list[tuple[str, str, str, object]] = [
        ("by its id", "POST", f"v3/join/{room}", {}),
        ("by an alias", "POST", f"v3/join/{alias}?via=matrix.example", {}),
        ("in the room", "POST", f"v3/rooms/{room}/join", {}),
        ("an older version", "POST", f"r0/join/{room}", {}),
        ("the first version", "POST", f"api/v1/rooms/{room}/join", {}),
        ("unstable", "POST", f"unstable/join/{alias}", {}),
        ("a transaction", "PUT", f"v3/join/{room}/t1", {}),
        ("a transaction in the room", "PUT", f"v3/rooms/{room}/join/t2", {}),
        ("an empty body", "POST", f"v3/join/{room}", None),
        ("a body that lies", "POST", f"v3/join/{room}", {"room_id": "!market", "membership": "leave"}),
        ("the room's state", "PUT", f"v3/{state}", member),
        ("the state, first version", "PUT", f"api/v1/{state}", member),
        ("the state, older version", "PUT", f"r0/{state}", member),
        ("the state, keys twice", "PUT", f"v3/{state}", b'{"membership":"leave","membership":"join"}'),
        ("the state, an escape", "PUT", f"v3/{state}", b'{"m\\u0065mbership":"\\u006aoin"}'),
        ("every letter encoded", "POST", f"v3/join/{encoded(room)}", {}),
    ]
    return ways


WAYS = [way[0] for way in joins("!", "#", "@")]


@pytest.mark.parametrize("way", range(len(WAYS)), ids=WAYS)
def test_every_kind_of_join_is_refused_in_the_territory_and_admitted_elsewhere(
    place: Place, way: int
) -> None:
    quoted = quote(place.rooms["townhall"], safe=""), quote(ALIASES["townhall"], safe="")
    for client, open_to in ((AMERICAN, True), (DUTCH, False)):
        guest = place.guest(client)
        _, method, target, body = joins(*quoted, guest.id)[way]
        assert place.enters(guest, method, f"/_matrix/client/{target}", body) is open_to


def test_a_join_with_the_token_in_the_query_is_refused(place: Place) -> None:
    for client, open_to in ((AMERICAN, True), (DUTCH, False)):
        guest = place.guest(client)
        target = f"{CLIENT}/join/{quote(place.rooms['townhall'], safe='')}?access_token={guest.token}"
        guest.token = ""
        assert place.enters(guest, "POST", target, {}) is open_to


def test_everybody_can_enter_another_room(place: Place) -> None:
    guest = place.guest(DUTCH)
    assert place.enters(guest, "POST", f"{CLIENT}/join/{quote(ALIASES['market'], safe='')}", {}, "market")


def test_a_member_stays_one_and_can_write_when_the_order_comes_into_force(place: Place) -> None:
    room = place.rooms["later"]
    join = f"{CLIENT}/join/{quote(room, safe='')}"
    inside = place.guest(DUTCH)
    assert place.enters(inside, "POST", join, {}, "later")
    newcomer = place.guest(DUTCH)

    def refused() -> bool:
        status = newcomer.ask("POST", join, {})[0]
        if status == 200:
            newcomer.leave(room)
        return status == 451

    impose(place.fence.config, "NL-2026-0004", room, refused)
    send = f"{CLIENT}/rooms/{quote(room, safe='')}/send/m.room.message/t1"
    assert inside.ask("PUT", send, {"msgtype": "m.text", "body": "still here"})[0] == 200
    assert place.owner.members(room) == {place.owner.id, inside.id}


def test_matrix_nio_shows_the_order(place: Place) -> None:
    said = {}
    for client in (DUTCH, AMERICAN):
        guest = place.guest(client)
        said[client] = run_tool(
            "nio_client.py", place.fence.port, client, guest.id, guest.token, ALIASES["townhall"]
        )
    assert said[AMERICAN] == {"kind": "JoinResponse", "room_id": place.rooms["townhall"]}
    assert (said[DUTCH]["kind"], said[DUTCH]["status"]) == ("JoinError", "M_FORBIDDEN")
    assert "een juridisch bevel verbiedt het" in said[DUTCH]["message"], "nio asks for no language"
    assert "https://meet.example/legal/orders/NL-2026-0003" in said[DUTCH]["message"]


# -- requests that Synapse takes for joins, asked of it---------------------------------------------

MEMBER = b'{"membership":"join"}'


def taken_for_joins(place: Place) -> list[tuple[str, str]]:
    """Return method and target of the requests with which Synapse itself, asked directly, lets a user join."""
    somebody = place.guest(AMERICAN)
    ids = quote(place.rooms["townhall"], safe=""), quote(ALIASES["townhall"], safe=""), somebody.id
    found = []
    for _, method, target, _ in joins(*ids)[:12]:
        path = f"/_matrix/client/{target}"
        with Wire(place.server, method, MEMBER, {"Authorization": f"Bearer {somebody.token}"}) as wire:
            for spelling in spellings(path, 120):
                status, said = wire.ask(spelling)
                if status == 200 and (b'"room_id"' in said or b'"event_id"' in said):
                    found.append((method, spelling))
    assert len(found) > 100, found
    return found


def unnoticed(rule_set: RuleSet, taken: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the requests that the rules would not notice."""
    return [one for one in taken if not rule_set.joins(request(*one, MEMBER)).joins]


def test_the_rules_notice_every_join_that_synapse_accepts_and_nobody_enters(place: Place) -> None:
    taken = taken_for_joins(place)
    assert unnoticed(rules("matrix"), taken) == []
    weak = rules("matrix", '- "/_matrix/client/{version}/join/{room}/{transaction}"', '- "/none"')
    assert unnoticed(weak, taken), "a rule on the documented paths would let some of these in"
    guest = place.guest(DUTCH)
    headers = {"Authorization": f"Bearer {guest.token}", "X-Forwarded-For": DUTCH}
    answers = {}
    for method, spelling in taken[::3]:
        with Wire(place.fence.port, method, MEMBER, headers) as wire:
            answers[method, spelling] = wire.ask(spelling)[0]
    assert {one: status for one, status in answers.items() if status != 451} == {}
    assert guest.id not in place.owner.members(place.rooms["townhall"])
