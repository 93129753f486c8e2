"""What people see: stock clients in a real Chromium, on a page of another origin than the meeting service."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.covered import configure, everybody_is_dutch
from tests.e2e.harness import PATIENCE, Fence
from tests.e2e.npm_servers import peerjs
from tests.e2e.prosody_server import CONFERENCE, OverWebSocket, prosody
from tests.e2e.test_livekit import token
from tests.e2e.test_peerjs import peer
from tests.e2e.tooling import npm_package, program, run_tool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.e2e

ORDER = "https://meet.example/legal/orders/NL-2026-0003"


class CrossOrigin(BaseHTTPRequestHandler):
    """A service that answers a preflight as meeting services do (Fetch standard, CORS-preflight fetch)."""

    def do_OPTIONS(self) -> None:
        self.send_response(204)
        for name, value in (("Origin", "*"), ("Methods", "*"), ("Headers", "Content-Type, Authorization")):
            self.send_header(f"Access-Control-Allow-{name}", value)
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def service() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), CrossOrigin) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture(scope="module")
def page(service: int) -> str:
    return f"http://localhost:{service}/"


def browse(page: str, *steps: tuple[str, Path | str, list[Any]]) -> Any:
    """Run each step on a page: a script of browser.py, a library for it, its arguments. Return what each received."""
    written = json.dumps(steps, default=str)
    return run_tool("browser.py", program("chromium"), page, written, seconds=2 * PATIENCE)


def fenced(folder: Path, upstream: int, service: str) -> Fence:
    config = configure(folder, service, "townhall")
    everybody_is_dutch(config)
    return Fence(folder, upstream, config, ("--set", "connection_strategy=lazy"))


@pytest.mark.parametrize(
    ("rules", "target", "options", "kind"),
    [
        pytest.param(
            "jitsi",
            "/conference-request/v1?room=x",
            {
                "method": "POST",
                "headers": {"Content-Type": "application/json"},
                "body": json.dumps({"room": f"townhall@{CONFERENCE}"}),
            },
            "application/problem+json",
            id="Jitsi's conference request, behind a preflight",
        ),
        pytest.param(
            "livekit",
            f"/rtc/validate?access_token={token('townhall')}",
            {},
            "text/plain",
            id="LiveKit's validate",
        ),
    ],
)
def test_a_script_of_another_origin_can_read_status_body_and_link(
    tmp_path: Path, page: str, service: int, rules: str, target: str, options: dict[str, Any], kind: str
) -> None:
    with fenced(tmp_path, service, rules) as fence:
        (seen,) = browse(page, ("fetch", "", [f"http://127.0.0.1:{fence.port}{target}", options]))
    assert seen["status"] == 451, seen
    assert seen["type"].startswith(kind)
    assert 'rel="blocked-by"' in seen["link"]
    assert ORDER in seen["body"]


def test_opening_the_room_s_page_shows_the_refusal(tmp_path: Path, page: str, service: int) -> None:
    with fenced(tmp_path, service, "jitsi") as fence:
        (seen,) = browse(page, ("open", "", [f"http://127.0.0.1:{fence.port}/TownHall"]))
    assert seen["status"] == 451
    assert seen["heading"]
    assert "NL-2026-0003" in seen["text"]


@pytest.mark.parametrize("transport", ["ws", "http"], ids=["WebSocket", "BOSH"])
def test_strophe_receives_an_xmpp_error(tmp_path: Path, page: str, transport: str) -> None:
    library = npm_package("strophe.js") / "dist" / "strophe.umd.min.js"
    path = {"ws": "xmpp-websocket", "http": "http-bind"}[transport]
    with prosody(tmp_path) as server, fenced(tmp_path, server, "jitsi") as fence:
        url = f"{transport}://127.0.0.1:{fence.port}/{path}"
        rooms = (f"{room}@{CONFERENCE}" for room in ("townhall", "market"))
        refused, entered = browse(page, *(("strophe", library, [url, room]) for room in rooms))
        with OverWebSocket(server, "127.0.0.1") as observer:
            assert observer.occupants("townhall") == 0
    assert "CONNECTED" in refused["statuses"], refused
    assert any("110" in stanza for stanza in entered["stanzas"]), entered
    if transport == "ws":
        assert "not-allowed" in refused["stanzas"][0]
        assert ORDER in refused["stanzas"][0]
        assert "DISCONNECTED" not in refused["statuses"], "the connection stays"
    else:
        assert refused["stanzas"] == []
        assert refused["statuses"][-1] == "DISCONNECTED", "at once, and not tried for ever"


def test_peerjs_receives_an_error_and_the_host_receives_no_offer(tmp_path: Path, page: str) -> None:
    library = npm_package("peerjs") / "dist" / "peerjs.min.js"
    with peerjs(tmp_path) as server, fenced(tmp_path, server, "peerjs") as fence:
        options = {"host": "127.0.0.1", "port": fence.port, "path": "/myapp", "secure": False}
        with peer(server, "townhall") as host, peer(server, "market") as other:
            calls = (("peerjs", library, [options, name]) for name in ("townhall", "market"))
            seen, opened = browse(page, *calls)
            assert opened["opened"]
            assert json.loads(other.recv(PATIENCE))["type"] == "OFFER"
            other.send(json.dumps({"type": "LEAVE", "dst": "townhall"}))  # sent after all that the page sent
            heard = set()
            while (kind := json.loads(host.recv(PATIENCE))["type"]) != "LEAVE":
                heard.add(kind)
            assert heard <= {"CANDIDATE"}, "they may belong to a call that stands, and open none"
    kind, text = seen["errors"][0]
    assert kind == "server-error"
    assert ORDER in text
