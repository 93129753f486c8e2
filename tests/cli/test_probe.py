"""The command against a server that answers like a fence. Real proxies are in tests/e2e/test_proxies.py."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from joinfence.cli import app
from joinfence.cli.probe import _ADVICE
from joinfence.refusal.probe import Position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from typer.testing import Result

type Answers = list[Any]


@pytest.fixture
def fence() -> Iterator[Callable[[Answers], tuple[str, list[dict[str, str]]]]]:
    servers = []

    def start(answers: Answers) -> tuple[str, list[dict[str, str]]]:
        seen: list[dict[str, str]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                seen.append({**self.headers, "path": self.path})
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}", seen

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def probe(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["probe", url, *arguments])


ISSUED = {"token": "secret", "address": "2001:db8::7"}


@pytest.mark.parametrize("position", Position)
def test_each_position_gets_its_advice_and_exit_status(fence: Any, position: Position) -> None:
    url, seen = fence([ISSUED, {"position": position.value}])
    done = probe(url + "/any/path", "--from", "127.0.0.1")
    good = position in {Position.LEFT, Position.ABSENT}
    assert done.exit_code == (0 if good else 1)
    assert done.stdout.startswith(f"{position.value}: ")
    assert ("\n  " in done.stdout) is not good
    assert {request["path"] for request in seen} == {"/.well-known/joinfence-probe"}
    assert seen[1]["Joinfence-Probe"] == "secret"
    assert seen[1]["X-Forwarded-For"] == seen[1]["X-Real-IP"] == "2001:db8::7"
    assert seen[1]["Forwarded"] == 'for="[2001:db8::7]"'
    assert "X-Forwarded-For" not in seen[0]


def test_the_probe_is_repeated_if_another_fence_answers(fence: Any) -> None:
    url, _ = fence([ISSUED, {"error": "unknown"}, ISSUED, {"position": "left"}])
    assert probe(url).exit_code == 0


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ([ISSUED, {"error": "unknown"}] * 8, "the fence gave no position; try again"),
        ([b"<html>"], "no fence with probe: true in client_address answers there"),
        ([[1]], "no fence with probe: true in client_address answers there"),
        ([{"token": 1, "address": 2}], "no fence with probe: true in client_address answers there"),
    ],
)
def test_an_address_where_no_fence_answers_is_reported(fence: Any, answers: Answers, message: str) -> None:
    url, _ = fence(list(answers))
    done = probe(url)
    assert (done.exit_code, done.stderr) == (2, f"{url}: {message}\n")


@pytest.mark.parametrize("url", ["meet.example", "ftp://meet.example", "http://", "http://x:y", "http://[x"])
def test_an_invalid_url_is_refused(url: str) -> None:
    done = probe(url)
    assert (done.exit_code, done.stderr) == (
        2,
        f'found "{url}", expected an address such as https://meet.example\n',
    )


def test_a_refused_connection_is_reported() -> None:
    done = probe("http://127.0.0.1:1")
    assert done.exit_code == 2
    assert "Connection refused" in done.stderr


def test_every_position_has_advice() -> None:
    assert set(_ADVICE) == set(Position)
