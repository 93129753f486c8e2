"""The failure table, row by row, in a real mitmdump."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.config_files import edit
from tests.e2e.harness import (
    AMERICA,
    GERMANY,
    SCRIPT,
    Fence,
    Upstream,
    make_config,
    read_answer,
    request_bytes,
    until,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.e2e

JOIN = "/api/meetings/townhall/join"
LARGE = 20 << 20


# -- at start --------------------------------------------------------------------------------------


def leave(_config: Path) -> None:
    """Change nothing."""


@pytest.mark.parametrize(
    ("arguments", "mode", "change", "messages"),
    [
        pytest.param(
            (),
            "reverse",
            lambda c: edit(
                c.parent / "orders" / "DE-2026-0001.yaml", "territory: [DE]", "territory: [UK, EL]"
            ),
            [
                'orders/DE-2026-0001.yaml:42:13: territory[0]: found "UK"',
                'orders/DE-2026-0001.yaml:42:17: territory[1]: found "EL"',
            ],
            id="a bad order: all problems with file, line and column",
        ),
        pytest.param(
            (),
            "reverse",
            lambda c: edit(c, "on_error: admit", "on_error: block"),
            ['geofence.yaml:48:11: on_error: found "block", expected admit or unavailable'],
            id="a bad main file",
        ),
        pytest.param(
            (),
            "reverse",
            lambda c: edit(c, "- kind: registry", "- {kind: mmdb, path: missing.mmdb}"),
            ["geofence.yaml:24:26: location.sources[0].path: ", "missing.mmdb cannot be read"],
            id="a missing database",
        ),
        pytest.param(
            ("--set", "geofence_config=missing.yaml"),
            "reverse",
            leave,
            ["missing.yaml:1:1: cannot be read"],
            id="no file",
        ),
        pytest.param(
            ("--set", "geofence_config=a", "--set", "geofence_config=b"),
            "reverse",
            leave,
            ["a geofence option cannot be used:"],
            id="an option given twice",
        ),
        pytest.param(
            ("--set", "geofence_confg=x"),
            "reverse",
            leave,
            ["there is no option geofence_confg; the only geofence option is geofence_config"],
            id="an option misspelt",
        ),
        pytest.param(
            (),
            "regular",
            leave,
            ["client_address.source X-Forwarded-For only works in reverse mode"],
            id="a forwarding source in another mode",
        ),
        pytest.param(
            (),
            "reverse",
            lambda c: edit(
                c.parent / "services" / "zoom.yaml", "    paths:", "    hosts: [zoom.example]\n    paths:"
            ),
            ["the rules of zoom name hosts", "keep_host_header=true"],
            id="hosts in a rule that the fence would never see",
        ),
    ],
)
def test_an_invalid_start_exits_with_the_reason_and_never_serves(
    tmp_path: Path,
    upstream: Upstream,
    arguments: tuple[str, ...],
    mode: str,
    change: Callable[[Path], None],
    messages: list[str],
) -> None:
    config = make_config(tmp_path)
    change(config)
    modes = {"reverse": "reverse:http://127.0.0.1:{upstream}", "regular": "regular"}
    fence = Fence(tmp_path, upstream.port, config, arguments, mode=modes[mode])
    fence.start()
    try:
        served = []

        def ended() -> bool:
            if fence.is_open():
                try:
                    served.append(fence.get("/", AMERICA).status)
                except OSError:
                    served.append(0)
            return fence.process.poll() is not None

        assert until(ended), fence.log
        assert fence.process.returncode != 0
        assert not [status for status in served if 200 <= status < 300]
        for message in messages:
            assert message in fence.log
        assert "Traceback" not in fence.log
        assert upstream.received == b""
    finally:
        fence.stop()


# -- clients that come early -----------------------------------------------------------------------

EARLY = {
    "no client address": b"GET /j/98765432101 HTTP/1.1\r\nHost: meet.example\r\n\r\n",
    "a malformed address": b"GET /j/98765432101 HTTP/1.1\r\nHost: meet.example\r\nX-Forwarded-For: nonsense\r\n\r\n",
    "a trailer": (
        b"POST /j/1 HTTP/1.1\r\nHost: meet.example\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: 1\r\n\r\n"
    ),
    "no HTTP": b"\x16\x03\x01\x00\xff\r\n\r\n",
    "half a request": b"GET /j/98765432101 HTTP/1.1\r\nHost",
}


# Another addon that takes a second over its start, with the port open: a start that no client misses.
SLOW_START = """
import asyncio

async def running():
    await asyncio.sleep(1)
"""


@pytest.mark.parametrize("sent", EARLY.values(), ids=EARLY)
def test_nothing_that_a_client_sends_ends_the_start(tmp_path: Path, upstream: Upstream, sent: bytes) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text(SLOW_START, encoding="utf-8")
    scripts = (SCRIPT, slow)
    with Fence(
        tmp_path, upstream.port, make_config(tmp_path), ("--set", "connection_strategy=lazy"), scripts=scripts
    ) as fence:
        with socket.create_connection(("127.0.0.1", fence.port)) as client:
            client.sendall(sent)
            # The first status is written a second after the start is over.
            status = tmp_path / "state" / "joinfence" / "status.json"
            assert until(lambda: status.exists() or fence.process.poll() is not None, 120)
        assert fence.process.poll() is None, fence.log
        assert fence.get(JOIN, GERMANY, method="POST").status == 451


# -- while running ---------------------------------------------------------------------------------


def test_the_fence_stays_up_whatever_happens_to_its_script(tmp_path: Path, upstream: Upstream) -> None:
    script = tmp_path / "entry" / "geofence.py"
    script.parent.mkdir()
    whole = SCRIPT.read_text(encoding="utf-8")
    script.write_text(whole, encoding="utf-8")
    with Fence(tmp_path, upstream.port, make_config(tmp_path), scripts=(script,)) as fence:

        def refuses_until(told: str, times: int) -> bool:
            def is_told() -> bool:
                assert fence.get(JOIN, method="POST").status == 451
                return fence.log.count(told) == times

            return until(is_told)

        loading = f"Loading script {script}"
        assert refuses_until(loading, 1)
        script.write_text("this is no Python", encoding="utf-8")
        assert refuses_until("error in script", 1)
        script.write_text(whole + "\n", encoding="utf-8")
        assert refuses_until(loading, 3)
        script.unlink()
        assert refuses_until(f"Removing script {script}", 1)
        script.write_text(whole, encoding="utf-8")
        assert [fence.get(JOIN, method="POST").status for _ in range(20)] == [451] * 20
        assert fence.get(JOIN, AMERICA, method="POST").status == 200
        assert fence.log.count("in force: ") == 1


FAULTS = {
    "decide": "from joinfence.gate import gate\n"
    "def fail(request, policy, message):\n    raise RuntimeError(request.path.decode())\ngate.decide = fail\n",
    "rules": "from joinfence.engine.joins.rule_set import RuleSet\n"
    "def fail(self, request):\n    raise RuntimeError(request.path.decode())\nRuleSet.joins = fail\n",
}


@pytest.mark.parametrize(
    ("fault", "on_error", "covered", "uncovered"),
    [
        ("decide", "admit", 200, 200),
        ("decide", "unavailable", 503, 200),
        ("rules", "admit", 200, 200),
        ("rules", "unavailable", 503, 503),
    ],
)
def test_an_internal_error_follows_on_error_and_quotes_nothing(
    tmp_path: Path, upstream: Upstream, fault: str, on_error: str, covered: int, uncovered: int
) -> None:
    config = make_config(tmp_path)
    edit(config, "on_error: admit", f"on_error: {on_error}")
    broken = tmp_path / "broken.py"
    broken.write_text(FAULTS[fault], encoding="utf-8")
    with Fence(tmp_path, upstream.port, config, scripts=(SCRIPT, broken)) as fence:
        assert [fence.get(JOIN, method="POST").status for _ in range(3)] == [covered] * 3
        assert fence.get("/api/meetings/open-lecture/participants").status == uncovered
        assert fence.post("/api/join", b'{"meeting": "townhall"}').status == covered
        said = [line for line in fence.log.splitlines() if "the fence failed" in line]
        assert len(said) == 1
        assert f"RuntimeError in broken.py:3; on_error is {on_error}" in said[0]
        assert "townhall" not in "\n".join(said)
        assert "Addon error" not in fence.log


@pytest.mark.parametrize(("choice", "status"), [("admit", 200), ("unavailable", 503)])
def test_an_undetermined_client_address_follows_on_undetermined(
    tmp_path: Path, upstream: Upstream, choice: str, status: int
) -> None:
    config = make_config(tmp_path)
    edit(config, "on_undetermined: admit", f"on_undetermined: {choice}")
    with Fence(tmp_path, upstream.port, config) as fence:
        raw = request_bytes(JOIN, "", method="POST").replace(b"X-Forwarded-For: \r\n", b"")
        assert [fence.send(raw).status for _ in range(3)] == [status] * 3
        assert fence.get(JOIN, "nonsense", method="POST").status == status
        assert fence.get("/api/meetings/open-lecture/join", "nonsense", method="POST").status == 200
        log = fence.log
        assert log.count("client address could not be determined: header_missing;") == 1
        assert log.count("client address could not be determined: malformed (not_an_address);") == 1
        assert "nonsense" not in log


@pytest.mark.parametrize("strategy", ["eager", "lazy"])
def test_streaming_does_not_let_a_body_past_the_decision(
    tmp_path: Path, upstream: Upstream, strategy: str
) -> None:
    arguments = ("--set", "stream_large_bodies=1", "--set", f"connection_strategy={strategy}")
    with Fence(tmp_path, upstream.port, make_config(tmp_path), arguments) as fence:
        body = b'{"meeting": "townhall"}'
        assert fence.post(JOIN, body).status == 451
        assert fence.post("/api/join", body).status == 451
        assert upstream.received == b""
        assert fence.post("/api/join", body, AMERICA).status == 200
        assert upstream.received.endswith(body)
        assert fence.post("/upload", b"x" * 100_000).status == 200
        upstream.connections.clear()
        raw = request_bytes("/upload", AMERICA, method="POST", body=b"x" * 1000)
        with fence.connection() as connection:
            connection.sendall(raw[:-10])
            assert until(lambda: upstream.received.endswith(b"x" * 900)), "what is not held back is streamed"


def test_a_client_that_waits_for_100_continue_gets_its_answer(fence: Fence, upstream: Upstream) -> None:
    expect = {"Expect": "100-continue"}
    for target, client, status in (
        (JOIN, GERMANY, 451),
        ("/api/join", GERMANY, 451),
        ("/api/join", AMERICA, 200),
    ):
        raw = request_bytes(target, client, method="POST", body=b'{"meeting": "townhall"}', headers=expect)
        head, _, body = raw.partition(b"\r\n\r\n")
        with fence.connection() as connection:
            connection.sendall(head + b"\r\n\r\n")
            assert connection.recv(1 << 16, socket.MSG_PEEK).startswith(b"HTTP/1.1 100 ")
            connection.sendall(body)
            assert read_answer(connection).status == status
    assert upstream.received.count(b"POST") == 1


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
@pytest.mark.parametrize(
    ("target", "client", "status"),
    [
        pytest.param(JOIN, GERMANY, 451, id="refused by its path"),
        pytest.param(JOIN, AMERICA, 200, id="admitted"),
        pytest.param("/api/join", AMERICA, 400, id="longer than the rule reads"),
    ],
)
def test_a_body_of_20_mb_is_answered_and_the_fence_keeps_running(
    fence: Fence, upstream: Upstream, target: str, client: str, status: int, chunked: bool
) -> None:
    body = b'{"meeting": "townhall", "x": "' + b"x" * LARGE + b'"}'
    if chunked:
        head = request_bytes(target, client, method="POST", headers={"Transfer-Encoding": "chunked"})
        raw = head + b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"
    else:
        raw = request_bytes(target, client, method="POST", body=body)
    assert fence.send(raw).status == status
    assert (len(upstream.received) > LARGE) == (status == 200)
    assert fence.get("/", AMERICA).status == 200


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"X-Name: caf\xe9\r\n", id="Latin-1"),
        pytest.param("X-Name: Zoë 会議\r\n".encode(), id="UTF-8"),
        pytest.param(b"X-Name: one\r\n two\r\n", id="folded, RFC 9112 5.2"),
        pytest.param(
            b"Accept-Language: \xff\xfe, de;q=\xe9\r\n", id="invalid bytes in a header that we read"
        ),
        pytest.param(b"Origin: https://\xff.example\r\n", id="invalid bytes in the origin"),
    ],
)
def test_odd_header_values_change_nothing(fence: Fence, line: bytes) -> None:
    for client, status in ((GERMANY, 451), (AMERICA, 200)):
        raw = request_bytes(JOIN, client, method="POST").replace(b"\r\n\r\n", b"\r\n" + line + b"\r\n")
        assert fence.send(raw).status == status


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        pytest.param(
            b"X-Forwarded-For: 9.9.9.9,\r\n 2003::1\r\n", 200, id="folded: its right end is malformed"
        ),
        pytest.param(
            b"X-Forwarded-For: caf\xe9, 2003::1\r\n", 451, id="invalid bytes left of the client address"
        ),
        pytest.param(
            b"X-Forwarded-For: 9.9.9.9\r\nx-forwarded-for: 2003::1\r\n", 451, id="two lines are one list"
        ),
        pytest.param(
            b"X_Forwarded_For: 9.9.9.9\r\nX-Forwarded-For: 2003::1\r\n", 451, id="an alias is another header"
        ),
        pytest.param(b"X-Forwarded-For: " + b"6.6.6.6," * 20_000 + b"2003::1\r\n", 451, id="a long line"),
    ],
)
def test_the_right_end_of_the_header_decides(fence: Fence, lines: bytes, status: int) -> None:
    raw = request_bytes(JOIN, "", method="POST").replace(b"X-Forwarded-For: \r\n", lines)
    assert fence.send(raw).status == status


def test_block_global_leaves_a_local_balancer_alone(fence: Fence, tmp_path: Path, upstream: Upstream) -> None:
    # It is on by default and drops connections from public addresses, of which there are none behind a balancer.
    assert fence.get(JOIN, method="POST").status == 451
    with Fence(tmp_path, upstream.port, make_config(tmp_path), ("--set", "block_global=false")) as open_fence:
        assert open_fence.get(JOIN, method="POST").status == 451


def test_a_rule_with_hosts_sees_the_host_that_the_client_sent(tmp_path: Path, upstream: Upstream) -> None:
    config = make_config(tmp_path)
    edit(config.parent / "services" / "zoom.yaml", "    paths:", '    hosts: ["*.zoom.example"]\n    paths:')
    with Fence(tmp_path, upstream.port, config, ("--set", "keep_host_header=true")) as fence:
        statuses = {
            host: fence.get("/j/98765432101", headers={"Host": host}).status
            for host in ("us.zoom.example", "US.Zoom.Example.:443", "meet.example")
        }
    assert statuses == {"us.zoom.example": 451, "US.Zoom.Example.:443": 451, "meet.example": 200}
    assert b"Host: meet.example" in upstream.received
