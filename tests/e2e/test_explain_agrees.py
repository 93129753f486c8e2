"""`joinfence explain` says what the running proxy does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from joinfence.cli import app
from tests.e2e.harness import AMERICA, GERMANY, Fence, request_bytes

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(
    ("method", "target", "client", "body", "reason"),
    [
        ("POST", "/api/meetings/townhall/join", GERMANY, None, "order"),
        ("POST", "/api/meetings/townhall/join", AMERICA, None, "outside_territory"),
        ("POST", "//api/./meetings/%74ownhall/join?x", GERMANY, None, "order"),
        ("GET", "/api/meetings/townhall/join", GERMANY, None, "no_join"),
        ("GET", "/j/111", GERMANY, None, "no_order"),
        ("GET", "/j/987-6543-2101", GERMANY, None, "order"),
        ("GET", "/j/98765432101", "nonsense", None, "undetermined"),
        ("GET", "/j/98765432101", "10.1.2.3", None, "unlocated"),
        ("POST", "/api/join", GERMANY, b'{"meeting": "x", "meeting": "townhall"}', "order"),
        ("POST", "/api/join", GERMANY, b"{", "unparsable"),
        ("POST", "/janus/1", GERMANY, b"{", "unparsable"),
        ("OPTIONS", "/j/98765432101", GERMANY, None, "no_join"),
    ],
)
def test_explain_and_the_proxy_agree(
    fence: Fence, tmp_path: Path, method: str, target: str, client: str, body: bytes | None, reason: str
) -> None:
    command = ["explain", "--json", "--config", str(fence.config)]
    command += ["--url", f"http://meet.example{target}", "--peer", "127.0.0.1", "--method", method]
    command += ["-H", f"X-Forwarded-For: {client}"]
    if body is not None:
        (tmp_path / "body").write_bytes(body)
        command += ["--body", str(tmp_path / "body")]
    explained = CliRunner().invoke(app, command)
    said = json.loads(explained.stdout)
    assert said["reason"] == reason
    status = fence.send(request_bytes(target, client, method=method, body=body)).status
    expected = {("refuse", "order"): 451, ("refuse", "unparsable"): 400}.get((said["verdict"], reason), 200)
    assert (status, explained.exit_code) == (expected, 0 if expected == 200 else 1)
