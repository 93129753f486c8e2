"""LiveKit's stock Python SDK and a refusal: it shows the text, and no request reaches LiveKit."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.covered import configure, everybody_is_dutch
from tests.e2e.harness import Fence, Upstream
from tests.e2e.tooling import run_tool

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e


def token(room: str) -> str:
    """Return an access token as LiveKit's servers make them; nobody checks the signature here."""
    claims = {"iss": "key", "sub": "alice", "exp": 4_000_000_000, "video": {"roomJoin": True, "room": room}}
    head, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in ({"alg": "HS256", "typ": "JWT"}, claims)
    )
    return f"{head}.{body}.c2lnbmF0dXJl"


def test_the_sdk_shows_the_order_and_nothing_reaches_livekit(tmp_path: Path, upstream: Upstream) -> None:
    config = configure(tmp_path, "livekit", "townhall")
    everybody_is_dutch(config)
    with Fence(tmp_path, upstream.port, config, ("--set", "connection_strategy=lazy")) as fence:
        url = f"ws://127.0.0.1:{fence.port}"
        said = run_tool("livekit_client.py", url, token("townhall"))["said"]
        assert "451" in said, said
        assert "https://meet.example/legal/orders/NL-2026-0003" in said, said
        assert upstream.received == b""
        other = run_tool("livekit_client.py", url, token("market"))["said"]
        assert "451" not in other, other
        assert b"/rtc" in upstream.received
