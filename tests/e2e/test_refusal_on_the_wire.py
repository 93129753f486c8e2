"""The refusal as a real mitmdump sends it: in every form, to every kind of client, with nothing of the request."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import link_header
import pytest

from tests.browser import chromium
from tests.config_files import edit
from tests.e2e.harness import GERMANY, Answer, Fence, make_config, request_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.harness import Upstream

pytestmark = pytest.mark.e2e

JOIN: Final = "/j/98765432101"  # covered for DE
FORMS: Final = {"text/html": "text/html; charset=utf-8", "text/plain": "text/plain; charset=utf-8"} | {
    form: form for form in ("application/problem+json", "application/json")
}
UPGRADE: Final = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


@pytest.mark.parametrize(
    ("headers", "content_type", "language"),
    [
        pytest.param({}, "application/problem+json", "de", id="no preference"),
        pytest.param({"Accept": "*/*"}, "application/problem+json", "de", id="anything"),
        pytest.param({"Accept": "text/*"}, "text/html; charset=utf-8", "de, en", id="any text"),
        pytest.param({"Accept": "image/png"}, "application/problem+json", "de", id="a type we do not have"),
        pytest.param({"Accept-Language": "x" * 10_240}, "application/problem+json", "de", id="10 KB"),
        pytest.param({"Accept-Language": "ja," * 3400}, "application/problem+json", "ja", id="10 KB of one language"),
        pytest.param({"Accept-Language": "fr;q=7, ja;q=0.9"}, "application/problem+json", "fr", id="q above 1"),
        pytest.param({"Accept-Language": "fr;q=-1, ja;q=0.1"}, "application/problem+json", "ja", id="q below 0"),
        pytest.param({"Accept-Language": "fr;q=1e9, ko"}, "application/problem+json", "ko", id="q is not a number"),
        pytest.param({"Accept-Language": "zh-TW"}, "application/problem+json", "zh-Hant", id="a likely script"),
        pytest.param({**UPGRADE, "Accept-Language": "he"}, "application/problem+json", "he", id="WebSocket"),
    ],
)  # fmt: skip
def test_any_accept_headers_get_a_sensible_answer(
    fence: Fence, headers: dict[str, str], content_type: str, language: str
) -> None:
    for method in ("GET", "HEAD"):
        found = fence.get(JOIN, GERMANY, headers, method)
        assert found.status == 451
        assert found.headers["content-type"] == content_type
        assert found.headers["content-language"] == language
        assert found.headers["cache-control"] == "no-store"
        assert (found.body == b"") == (method == "HEAD")
        if "json" in content_type and method == "GET":
            assert json.loads(found.body)["status"] == 451


def test_if_branding_fails_on_a_real_order_the_join_is_still_refused(
    upstream: Upstream, tmp_path: Path
) -> None:
    main = make_config(tmp_path)
    edit(main, "# notices:", "notices:")
    edit(
        main.parent / "notices" / "branding.yaml", "  - page.html.j2", "  - page.html.j2\n  - refusal.html.j2"
    )
    shipped = (files("joinfence.text") / "templates" / "refusal.html.j2").read_text("utf-8")
    typo = '{% if order.id == "DE-2026-0001" %}{{ other.authority_name }}{% endif %}'
    (main.parent / "notices" / "refusal.html.j2").write_text(shipped + typo)
    with Fence(tmp_path, upstream.port, main) as fence:
        for form in FORMS:
            assert fence.get(JOIN, GERMANY, {"Accept": form}).status == 451
        found = fence.get(JOIN, GERMANY, {"Accept": "text/html"})
        assert "the built-in page is sent instead" in fence.log
    assert b"Landgericht Beispielstadt" in found.body
    assert JOIN.encode() not in upstream.received


def test_the_links_are_read_by_an_independent_parser(fence: Fence) -> None:
    lines = fence.get(JOIN).headers["link"].split("\n")
    assert [link.rel.split()[0] for link in link_header.parse(", ".join(lines)).links] == [
        "blocked-by",
        "blocking-authority",
        "describedby",
    ]


MEETING, NAME, HOST, CLIENT = (
    "planted-meeting-9e1",
    "planted-name",
    "planted-rooms.example",
    "2003:db:7f3a::beef",
)
TOKEN, REQUEST_ID, TRACE = "planted-token-5c2", "planted-request-1f", "4bf92f3577b34da6a3ce929d0e0e4736"
PLANTED: Final = (MEETING, NAME, HOST, CLIENT, TOKEN, REQUEST_ID, TRACE, "2003:db:7f3a", "planted")


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, upstream: Upstream) -> Iterator[Fence]:
    folder = tmp_path_factory.mktemp("planted")
    config = make_config(folder)
    edit(config.parent / "orders" / "DE-2026-0001.yaml", "id: townhall", f"id: {MEETING}")
    with Fence(folder, upstream.port, config, ("--set", "connection_strategy=lazy")) as it:
        yield it


def _attempts(form: str) -> Iterator[bytes]:
    headers = {
        "Host": HOST,
        "Accept": form,
        "Accept-Language": "en-x-planted, en;q=0.5",
        "Cookie": f"session={TOKEN}",
        "Authorization": f"Bearer {TOKEN}",
        "Referer": f"https://{HOST}/{MEETING}",
        "User-Agent": NAME,
        "X-Request-Id": REQUEST_ID,
        "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01",
    }
    for target in (f"/join?meeting={MEETING}&token={TOKEN}", f"/ws/{MEETING}?name={NAME}"):
        yield request_bytes(target, CLIENT, headers=headers)
    yield request_bytes(f"/ws/{MEETING}", CLIENT, headers={**headers, **UPGRADE})
    body = json.dumps({"meeting": MEETING, "name": NAME, "token": TOKEN}).encode()
    yield request_bytes("/api/join", CLIENT, headers=headers, method="POST", body=body)


@pytest.mark.parametrize("form", FORMS)
def test_the_answer_contains_nothing_of_the_request(planted: Fence, form: str) -> None:
    answers: list[Answer] = [planted.send(raw) for raw in _attempts(form)]
    for found in answers:
        assert (found.status, found.headers["content-type"]) == (451, FORMS[form])
        whole = repr(found.headers) + found.body.decode()
        assert [value for value in PLANTED if value in whole] == []
    same = {(json.dumps(found.headers, sort_keys=True), found.body) for found in answers}
    assert len(same) == 1, "nor does it differ by the way somebody tried"


# -- across origins, in a browser ---------------------------------------------------------------------


class _Service(BaseHTTPRequestHandler):
    """A meeting service that lets any page call it."""

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Access-Control-Allow-Origin", self.headers.get("Origin", "*"))
        self.send_header("Access-Control-Allow-Credentials", "true")
        self.send_header("Access-Control-Allow-Headers", "content-type, x-forwarded-for")
        self.send_header("Access-Control-Allow-Methods", "POST")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_OPTIONS(self) -> None:
        self._answer(204)

    def do_GET(self) -> None:
        self._answer(200)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


CALL: Final = """async ([address, client]) => {
  const answer = await fetch(address + '/api/join', {
    method: 'POST', credentials: 'include', body: '{"meeting": "townhall"}',
    headers: {'Content-Type': 'application/json', 'X-Forwarded-For': client, 'Accept-Language': 'nl'},
  });
  return [answer.status, await answer.json(), answer.headers.get('Link'), answer.headers.get('Content-Language')];
}"""
CONNECT: Final = """address => new Promise(done => {
  const socket = new WebSocket(address);
  socket.onopen = () => done('open');
  socket.onclose = event => done(event.code);
})"""


def test_a_page_of_another_origin_can_read_the_refusal(
    tmp_path_factory: pytest.TempPathFactory, service: int
) -> None:
    folder = tmp_path_factory.mktemp("origins")
    config = make_config(folder)
    with Fence(folder, service, config) as fence, chromium() as browser:
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{service}/")
        address = f"http://127.0.0.1:{fence.port}"
        status, body, links, language = page.evaluate(CALL, [address, GERMANY])
        assert (status, body["status"], body["order_id"], language) == (451, 451, "DE-2026-0001", "nl")
        assert [link.rel.split()[0] for link in link_header.parse(links).links] == [
            "blocked-by",
            "blocking-authority",
            "describedby",
        ]


def test_a_refused_upgrade_closes_the_socket_of_a_page(
    tmp_path_factory: pytest.TempPathFactory, service: int
) -> None:
    folder = tmp_path_factory.mktemp("sockets")
    config = make_config(folder)
    edit(config, "source: X-Forwarded-For", "source: peer")
    edit(config, '  trusted_proxies: [127.0.0.1/32, "::1/128"]\n', "")
    edit(config.parent / "corrections.yaml", "corrections: []", "corrections:\n  - {network: 127.0.0.1/32, territory: DE, on: 2026-11-01, reason: A test.}")  # fmt: skip
    with Fence(folder, service, config) as fence, chromium() as browser:
        page = browser.new_page()
        statuses: list[int] = []
        page.goto(f"http://127.0.0.1:{service}/")
        assert page.evaluate(CONNECT, f"ws://127.0.0.1:{fence.port}/ws/townhall") == 1006
        page.on("response", lambda response: statuses.append(response.status))
        page.goto(f"http://127.0.0.1:{fence.port}/j/98765432101")
        assert statuses == [451]
        assert page.locator("h1").count() == 1
