"""A real Prosody, alone and behind nginx with Jitsi's locations: however a join is written, a refused one fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import ConnectionClosed

from tests.e2e.covered import AMERICAN, DUTCH, configure, impose
from tests.e2e.harness import Fence, until
from tests.e2e.prosody_server import (
    CONFERENCE,
    MUC,
    OverBosh,
    OverWebSocket,
    nginx,
    presence,
    prosody,
)
from tests.e2e.spellings import Wire, request, rules, spellings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from joinfence.engine.joins.rule_set import RuleSet

pytestmark = pytest.mark.e2e

TRANSPORTS = [pytest.param(OverWebSocket, id="WebSocket"), pytest.param(OverBosh, id="BOSH")]
type Transport = type[OverWebSocket | OverBosh]


@dataclass(frozen=True)
class Place:
    """A fence in front of Prosody, and an observer who asks Prosody directly who is in which room."""

    fence: Fence
    observer: OverWebSocket

    def enters(self, transport: Transport, client: str, message: str, room: str = "townhall") -> bool:
        """Tell whether somebody gets into a room; without, they were told so in the service's words."""
        assert until(lambda: self.observer.occupants(room) == 0)
        with transport(self.fence.port, client) as guest:
            said = guest.join(message)
            inside = self.observer.occupants(room)
            assert inside == (said != "refused")
        return inside == 1


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with prosody(tmp_path_factory.mktemp("prosody")) as port:
        yield port


@pytest.fixture(scope="module", params=["alone", "behind nginx"])
def place(
    request: pytest.FixtureRequest, server: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("fence")
    config = configure(folder, "jitsi", "townhall", "kitchen")
    observer = OverWebSocket(server, "127.0.0.1")
    if request.param == "alone":
        with Fence(folder, server, config) as fence:
            yield Place(fence, observer)
    else:
        with nginx(folder, server) as port, Fence(folder, port, config) as fence:
            yield Place(fence, observer)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_only_the_covered_meeting_is_refused_and_only_in_the_territory(
    place: Place, transport: Transport
) -> None:
    assert not place.enters(transport, DUTCH, presence("townhall"))
    assert place.enters(transport, AMERICAN, presence("townhall"))
    assert place.enters(transport, DUTCH, presence("market"), "market")


@pytest.mark.alternating("place", "transport")
@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize(
    ("message", "room"),
    [
        pytest.param(presence("TOWNHALL"), "townhall", id="capitals"),
        pytest.param(presence("ｔｏｗｎｈａｌｌ"), "townhall", id="full width"),
        pytest.param(presence("&#x74;ownhall"), "townhall", id="a character reference"),
        pytest.param(presence("town\u00adhall\u200b"), "townhall", id="invisible characters"),
        pytest.param(presence("\u212aitchen"), "kitchen", id="the kelvin sign"),
        pytest.param(presence("townhall").replace("/guest", "./guest"), "townhall", id="a trailing dot"),
        pytest.param(
            f"<p:presence xmlns:p='jabber:client' to='townhall@{CONFERENCE}/guest'>{MUC}</p:presence>",
            "townhall",
            id="a prefix",
        ),
        pytest.param(
            f'<presence\n\txmlns="jabber:client"\r\n to = "townhall@{CONFERENCE}/guest" >\n{MUC}\n</presence >',
            "townhall",
            id="double quotes and line breaks",
        ),
        pytest.param(
            f"<presence xmlns='jabber:client' to='townhall@{CONFERENCE.upper()}/guest'>{MUC}</presence>",
            "townhall",
            id="a domain in capitals",
        ),
        pytest.param(presence("market") + presence("townhall"), "townhall", id="after another stanza"),
        pytest.param(presence("townhall") + presence("market"), "townhall", id="before another stanza"),
    ],
)
def test_a_room_is_recognised_in_every_spelling_that_prosody_accepts(
    place: Place, transport: Transport, message: str, room: str
) -> None:
    assert place.enters(transport, AMERICAN, message, room), "Prosody reads it as the room"
    assert not place.enters(transport, DUTCH, message, room)


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(presence("townhall").encode(), id="binary"),
        pytest.param(
            [presence("townhall")[:20], presence("townhall")[20:70], presence("townhall")[70:]],
            id="fragments",
        ),
    ],
)
def test_a_join_is_refused_in_any_kind_of_frame(place: Place, message: bytes | list[str]) -> None:
    with OverWebSocket(place.fence.port, DUTCH) as guest:
        assert guest.join(message) == "refused"
        assert place.observer.occupants("townhall") == 0
        assert guest.join(presence("market")) == "market", "the socket stays usable"


def test_half_a_stanza_is_rejected_and_not_kept_for_its_other_half(place: Place) -> None:
    halves = presence("townhall")[:60], presence("townhall")[60:]
    with OverBosh(place.fence.port, DUTCH) as guest:
        assert [guest.post(half)[0] for half in halves] == [400, 400]
    with OverWebSocket(place.fence.port, DUTCH) as guest:
        guest.send(halves[0])
        with pytest.raises(ConnectionClosed) as closed:
            guest.wait("never")
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1007, "the data are no XML (RFC 6455 section 7.4.1)"
    assert place.observer.occupants("townhall") == 0


@pytest.mark.alternating("transport", "encoded")
@pytest.mark.parametrize("place", ["behind nginx"], indirect=True)
@pytest.mark.parametrize(
    "path",
    [
        "/{}",
        "//{}",
        "/./{}",
        "/x/../{}",
        "/acme/{}",
        "/acme//{}",
        "/a/b/{}",
        "/acme/{}ZZZ/anything",
        "/{}?room=lie",
    ],
)
@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("encoded", [False, True])
def test_no_path_to_prosody_bypasses_an_order(
    place: Place, path: str, transport: Transport, *, encoded: bool
) -> None:
    name = "http-bind" if transport is OverBosh else "xmpp-websocket"
    only_from_elsewhere(place, transport, path.format(f"%{ord(name[0]):x}{name[1:]}" if encoded else name))


@pytest.mark.parametrize("place", ["alone"], indirect=True)
@pytest.mark.parametrize("path", ["/{}", "/{}?room=lie"])
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_the_paths_that_prosody_itself_takes_lead_past_no_order(
    place: Place, path: str, transport: Transport
) -> None:
    only_from_elsewhere(
        place, transport, path.format("http-bind" if transport is OverBosh else "xmpp-websocket")
    )


def only_from_elsewhere(place: Place, transport: Transport, target: str) -> None:
    with transport(place.fence.port, AMERICAN, target) as guest:
        assert guest.join(presence("townhall")) == "townhall"
    with transport(place.fence.port, DUTCH, target) as guest:
        assert guest.join(presence("townhall")) == "refused"
        assert until(lambda: place.observer.occupants("townhall") == 0)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_participant_stays_when_the_order_comes_into_force(place: Place, transport: Transport) -> None:
    room = f"later-{transport.__name__.lower()}"
    with transport(place.fence.port, DUTCH) as inside, OverWebSocket(place.fence.port, AMERICAN) as other:
        assert (inside.join(presence(room, "inside")), other.join(presence(room, "other"))) == (room, room)

        def refused() -> bool:
            with OverWebSocket(place.fence.port, DUTCH) as newcomer:
                return newcomer.join(presence(room, "newcomer")) == "refused"

        impose(place.fence.config, f"NL-2026-{'0004' if transport is OverBosh else '0005'}", room, refused)
        to = f"xmlns='jabber:client' to='{room}@{CONFERENCE}"
        inside.send(f"<message {to}' type='groupchat'><body>still here</body></message>")
        assert "still here" in other.wait("still here")
        inside.send(f"<presence {to}/inside'><show>away</show></presence>")
        assert "/inside" in other.wait("<show>away</show>")
        assert until(lambda: place.observer.occupants(room) == 2)


# -- paths that Prosody accepts, asked of it -------------------------------------------------------

BODY = f"<body xmlns='http://jabber.org/protocol/httpbind' rid='1' sid='s'>{presence('townhall')}</body>"
SEEN = {"http-bind": b"Prosody BOSH endpoint", "xmpp-websocket": b"Prosody WebSocket endpoint"}


def accepted_by_prosody(place: Place, name: str) -> list[str]:
    """Return the spellings of a path that the real server, asked directly, accepts for this endpoint."""
    found = []
    with Wire(place.fence.upstream, "GET") as wire:
        for path in (f"/{name}", f"/acme/{name}"):
            found += [target for target in spellings(path, 1000) if SEEN[name] in wire.ask(target)[1]]
    assert len(found) > 20, found
    return found


def unnoticed(rule_set: RuleSet, name: str, targets: list[str]) -> list[str]:
    """Return the targets at which the rules would not notice a join."""
    if name == "http-bind":
        posts = {target: request("POST", target, BODY.encode()) for target in targets}
        return [target for target, post in posts.items() if not rule_set.joins(post).joins]
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Protocol": "xmpp"}
    shakes = {target: request("GET", target, b"", upgrade) for target in targets}
    message = presence("townhall").encode()
    return [target for target, shake in shakes.items() if not rule_set.joins_of_message(shake, message).joins]


@pytest.mark.parametrize("name", SEEN)
def test_the_rules_notice_every_path_that_prosody_accepts(place: Place, name: str) -> None:
    targets = accepted_by_prosody(place, name)
    assert unnoticed(rules("jitsi"), name, targets) == []
    weak = rules(
        "jitsi", 'paths: ["/**/xmpp-websocket**", "/**/http-bind**"]    #', f'paths: ["/{name}"]    #'
    )
    if len(targets) > 100:  # Prosody alone accepts few; nginx accepts nearly all
        assert unnoticed(weak, name, targets), (
            "a rule on the path as it is written would let some of these in"
        )


def test_nobody_enters_by_any_spelling_of_the_path(place: Place) -> None:
    targets = accepted_by_prosody(place, "http-bind")[:150]
    with OverBosh(place.fence.port, DUTCH) as guest:
        said = {target: guest.join(presence("townhall"), target) for target in targets}
    # mitmproxy itself answers 400 to targets that do not start with a slash.
    assert {t: s for t, s in said.items() if s != "refused" and not (s == "HTTP 400" and t[0] != "/")} == {}
    assert place.observer.occupants("townhall") == 0
