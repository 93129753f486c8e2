"""Nothing mitmdump writes tells who tried to join: planted values are searched for in every byte."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.config_files import edit
from tests.e2e.harness import SCRIPT, Answer, Fence, Upstream, make_config, read_answer, request_bytes

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("trace")]

# Inside a German network of the registry; nothing else in a run looks like it.
CLIENT, PEER = "2003:db:7f3a::beef", "127.77.66.55"
MEETING, NAME, TOKEN, AGENT = "planted-meeting-9e1", "Planted Person", "planted-token-5c2", "planted-agent/7"
PLANTED = (CLIENT, PEER, MEETING, NAME, TOKEN, AGENT)


def plant(config: Path) -> None:
    edit(config.parent / "orders" / "DE-2026-0001.yaml", "id: townhall", f"id: {MEETING}")
    edit(
        config.parent / "corrections.yaml",
        "corrections: []",
        f"corrections:\n  - {{network: {PEER}/32, territory: DE, on: 2026-11-01, reason: Planted.}}",
    )


def drive(fence: Fence, client: str) -> list[int]:
    """Try to join in every way, from a client behind a proxy and from one that connects directly."""
    headers = {"User-Agent": AGENT, "Cookie": f"t={TOKEN}"}
    body = f'{{"meeting": "{MEETING}", "name": "{NAME}"}}'.encode()
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    answers: list[Answer] = [
        fence.get(f"/api/meetings/{MEETING}/join?token={TOKEN}", client, headers, method="POST"),
        fence.get(f"/join?meeting={MEETING}&token={TOKEN}", client, headers),
        fence.get(
            f"/ws/{MEETING}", client, {**headers, **upgrade, "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}
        ),
        fence.post("/api/join", body, client, headers),
    ]
    with socket.create_connection(("127.0.0.1", fence.port), 15, source_address=(PEER, 0)) as connection:
        connection.sendall(request_bytes(f"/join?meeting={MEETING}", "", headers=headers))
        answers.append(read_answer(connection))
    return [answer.status for answer in answers]


def cut_short(fence: Fence) -> None:
    """Begin a join in the body and hang up."""
    raw = request_bytes("/api/join", CLIENT, method="POST", body=f'{{"meeting": "{MEETING}"}}'.encode())
    with fence.connection() as connection:
        connection.sendall(raw[:-5])


def written(folder: Path) -> dict[str, bytes]:
    """Return everything below a folder that is no configuration."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "configs" not in path.parts and path.suffix != ".py"
    }


def traces(folder: Path) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, content in written(folder).items()
        for value in PLANTED
        if value.encode() in content
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param((), id="by default"),
        pytest.param(("-v",), id="verbose"),
        pytest.param(("-w", "{folder}/flows"), id="saving flows"),
        pytest.param(("-v", "-w", "+{folder}/flows"), id="verbose and saving"),
        pytest.param(("--set", "flow_detail=4", "-w", "{folder}/flows"), id="every detail"),
        pytest.param(("--set", "dumper_filter=~all", "--set", "save_stream_filter=~u . | ~q", "-w", "{folder}/flows"), id="with filters"),
        pytest.param(("--set", "stream_large_bodies=1", "-v"), id="streaming"),
    ],
)  # fmt: skip
def test_a_refused_join_leaves_no_trace(
    tmp_path: Path, upstream: Upstream, arguments: tuple[str, ...]
) -> None:
    config = make_config(tmp_path)
    plant(config)
    filled = tuple(argument.format(folder=tmp_path) for argument in arguments)
    with Fence(tmp_path, upstream.port, config, filled) as fence:
        assert drive(fence, CLIENT) == [451] * 5
        cut_short(fence)
        assert fence.get("/", "9.9.9.9").status == 200
    assert traces(tmp_path) == []
    if "-w" in arguments:
        assert b"9.9.9.9" in (tmp_path / "flows").read_bytes(), "what is not refused is saved as ever"


def test_an_admitted_join_is_saved_as_ever(tmp_path: Path, upstream: Upstream) -> None:
    # The control: without it the tests above could not fail.
    config = make_config(tmp_path)
    plant(config)
    (config.parent / "orders" / "DE-2026-0001.yaml").unlink()
    with Fence(tmp_path, upstream.port, config, ("-w", str(tmp_path / "flows"), "-v")) as fence:
        assert set(drive(fence, CLIENT)) == {200}
    assert {value for _, value in traces(tmp_path)} == set(PLANTED)


def test_neither_does_an_error_in_the_fence_or_a_missing_address(tmp_path: Path, upstream: Upstream) -> None:
    config = make_config(tmp_path)
    plant(config)
    edit(config, "on_error: admit", "on_error: unavailable")
    edit(config, "on_undetermined: admit", "on_undetermined: unavailable")
    broken = tmp_path / "broken.py"
    broken.write_text(
        "from joinfence.adapters import mitm\nreal = mitm.service_answer\n"
        "def fail(decision, request, operator):\n"
        "    if decision.reason == 'order':\n        raise RuntimeError(request.path, request.headers, request.body)\n"
        "    return real(decision, request, operator)\nmitm.service_answer = fail\n",
        encoding="utf-8",
    )
    with Fence(
        tmp_path, upstream.port, config, ("-v", "-w", str(tmp_path / "flows")), scripts=(SCRIPT, broken)
    ) as fence:
        assert drive(fence, CLIENT) == [503] * 5
        assert fence.get(f"/join?meeting={MEETING}", f"no address {CLIENT}").status == 503
    assert traces(tmp_path) == []


def test_a_refusal_over_http_2_leaves_none(tmp_path: Path, upstream: Upstream) -> None:
    import subprocess  # noqa: PLC0415 - beside its one use

    config = make_config(tmp_path)
    plant(config)
    arguments = ("-v", "-w", str(tmp_path / "flows"), "--set", "connection_strategy=lazy")
    with Fence(tmp_path, upstream.port, config, arguments) as fence:
        command = [
            "curl",
            "-ks",
            "--http2",
            "-H",
            f"X-Forwarded-For: {CLIENT}",
            "-A",
            AGENT,
            "-w",
            "%{http_code}",
        ]
        command += ["-o", "/dev/null", f"https://127.0.0.1:{fence.port}/join?meeting={MEETING}"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
        assert done.stdout == "451"
    assert traces(tmp_path) == []
