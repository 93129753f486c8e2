"""Nothing that mitmdump writes reveals who tried to join: all of it is searched for planted values."""

from __future__ import annotations

import os
import signal
import socket
import urllib.request
from pathlib import Path

import pytest

from joinfence.records.log.files import EVENTS, TALLIES
from joinfence.records.tallies.database import Tally, TallyError, read_tallies
from tests.config_files import edit
from tests.e2e.harness import (
    PATIENCE,
    QUICK,
    SCRIPT,
    Answer,
    Fence,
    Upstream,
    free_port,
    make_config,
    read_answer,
    request_bytes,
    until,
)

pytestmark = pytest.mark.e2e

# In a German network of the registry, and unlike anything else in a run.
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
    """Join in every way, from a client behind a proxy and from one that connects directly."""
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
    with socket.create_connection(
        ("127.0.0.1", fence.port), PATIENCE, source_address=(PEER, 0)
    ) as connection:
        connection.sendall(request_bytes(f"/join?meeting={MEETING}", "", headers=headers))
        answers.append(read_answer(connection))
    return [answer.status for answer in answers]


def cut_short(fence: Fence) -> None:
    """Start sending a join in the body, and hang up."""
    raw = request_bytes("/api/join", CLIENT, method="POST", body=f'{{"meeting": "{MEETING}"}}'.encode())
    with fence.connection() as connection:
        connection.sendall(raw[:-5])


def written(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder that are not configuration."""
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
        pytest.param(("--set", "flow_detail=4", "-w", "{folder}/flows"), id="full flow detail"),
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


def test_an_admitted_join_is_saved_as_usual(tmp_path: Path, upstream: Upstream) -> None:
    # The control: it shows that the tests above could fail.
    config = make_config(tmp_path)
    plant(config)
    (config.parent / "orders" / "DE-2026-0001.yaml").unlink()
    with Fence(tmp_path, upstream.port, config, ("-w", str(tmp_path / "flows"), "-v")) as fence:
        assert set(drive(fence, CLIENT)) == {200}
    assert {value for _, value in traces(tmp_path)} == set(PLANTED)


def test_an_internal_error_and_a_missing_address_leave_no_trace(tmp_path: Path, upstream: Upstream) -> None:
    config = make_config(tmp_path)
    plant(config)
    edit(config, "on_error: admit", "on_error: unavailable")
    edit(config, "on_undetermined: admit", "on_undetermined: unavailable")
    broken = tmp_path / "broken.py"
    broken.write_text(
        "from joinfence.gate import gate\nreal = gate.service_answer\n"
        "def fail(decision, request, operator):\n"
        "    if decision.reason == 'order':\n        raise RuntimeError(request.path, request.headers, request.body)\n"
        "    return real(decision, request, operator)\ngate.service_answer = fail\n",
        encoding="utf-8",
    )
    with Fence(
        tmp_path, upstream.port, config, ("-v", "-w", str(tmp_path / "flows")), scripts=(SCRIPT, broken)
    ) as fence:
        assert drive(fence, CLIENT) == [503] * 5
        assert fence.get(f"/join?meeting={MEETING}", f"no address {CLIENT}").status == 503
    assert traces(tmp_path) == []


def test_a_refusal_over_http_2_leaves_no_trace(tmp_path: Path, upstream: Upstream) -> None:
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
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE)
        assert done.stdout == "451"
    assert traces(tmp_path) == []


# -- every path to every output ---------------------------------------------------------------------

# Located in Portugal by the corrections table, and nowhere.
OBSERVED_CLIENT, ELSEWHERE, NOWHERE = "2003:db:7f3b::cafe", "2003:db:7f3c::d00d", "fec0:7f3d::1"
OBSERVED, FAULTY = "planted-observed-3d8", "planted-faulty-6c4"
ALL_PLANTED = (*PLANTED, OBSERVED_CLIENT, ELSEWHERE, NOWHERE, OBSERVED, FAULTY)

BROKEN = f"""
from joinfence.gate import gate
real = gate.service_answer
def fail(decision, request, operator):
    if b"{FAULTY}" in request.path:
        raise RuntimeError(request.path, request.headers, request.peer)
    return real(decision, request, operator)
gate.service_answer = fail
"""


def plant_more(config: Path, metrics: int) -> None:
    """Add an order that only observes, a meeting for which the fence fails, and metrics."""
    plant(config)
    edit(
        config.parent / "orders" / "DE-2026-0001.yaml",
        f"id: {MEETING}",
        f"id: {MEETING}\n  - service: demo\n    id: {FAULTY}",
    )
    edit(config.parent / "orders" / "PT-2026-0002.yaml", "id: invest-live", f"id: {OBSERVED}")
    edit(config.parent / "orders" / "PT-2026-0002.yaml", "territory: [PT]", "territory: [PT]\nmode: observe")
    networks = {"2003:db:7f3b::/48": "PT", "2003:db:7f3c::/48": "US"}
    edit(
        config.parent / "corrections.yaml",
        "corrections:\n",
        "corrections:\n"
        + "".join(
            f"  - {{network: '{network}', territory: {place}, on: 2026-11-01, reason: Planted.}}\n"
            for network, place in networks.items()
        ),
    )
    with config.open("a", encoding="utf-8") as file:
        file.write(f"metrics: 127.0.0.1:{metrics}\n")


def join(fence: Fence, meeting: str, client: str) -> int:
    headers = {"User-Agent": AGENT, "Cookie": f"t={TOKEN}", "X-Name": NAME}
    return fence.get(f"/join?meeting={meeting}&token={TOKEN}", client, headers).status


def drive_all(fence: Fence) -> None:
    """Take every path through the fence that a join to a meeting under an order can take."""
    assert drive(fence, CLIENT) == [451] * 5
    cut_short(fence)
    assert join(fence, OBSERVED, OBSERVED_CLIENT) == 200
    assert join(fence, FAULTY, CLIENT) == 200, "on_error is admit"
    broken = f'{{"meeting": "{MEETING}", "name": "{NAME}", "token": "{TOKEN}"'.encode()
    assert fence.post("/api/join", broken, CLIENT, {"User-Agent": AGENT}).status == 400
    assert join(fence, MEETING, ELSEWHERE) == 200
    assert join(fence, MEETING, NOWHERE) == 200
    assert join(fence, MEETING, f"no address {CLIENT}") == 200


def reload(fence: Fence) -> None:
    """Break the configuration, fix it and save the script again, with joins in between."""
    order = fence.config.parent / "orders" / "NL-2026-0003.yaml"
    edit(order, "version: 1", "version: 0")
    assert until(lambda: "until this is fixed" in fence.log)
    assert drive(fence, CLIENT) == [451] * 5
    edit(order, "version: 0", "version: 1\ntally: off")
    assert until(lambda: fence.log.count(" in force: ") > 1)
    os.utime(fence.scripts[0])
    assert drive(fence, CLIENT) == [451] * 5


def tallied(folder: Path) -> set[Tally]:
    try:
        return set(read_tallies(folder / "state" / "joinfence" / TALLIES)[1].values())
    except TallyError:
        return set()


@pytest.mark.parametrize(
    ("arguments", "end"),
    [
        pytest.param((), signal.SIGKILL, id="by default, killed"),
        pytest.param(("--set", "flow_detail=0"), signal.SIGABRT, id="without flows, aborted"),
        pytest.param(("-v",), signal.SIGTERM, id="verbose, stopped"),
        pytest.param(("-v", "-w", "{folder}/flows"), signal.SIGABRT, id="verbose and saving, aborted"),
        pytest.param(("-w", "{folder}/flows"), signal.SIGTERM, id="saving, stopped"),
    ],
)
def test_no_path_leaves_a_trace_in_any_output(
    tmp_path: Path,
    upstream: Upstream,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    end: signal.Signals,
) -> None:
    monkeypatch.setenv("PYTHONFAULTHANDLER", "1")
    config, metrics = make_config(tmp_path), free_port()
    plant_more(config, metrics)
    broken = tmp_path / "broken.py"
    broken.write_text(BROKEN, encoding="utf-8")
    script = tmp_path / "geofence.py"
    script.write_text(SCRIPT.read_text(encoding="utf-8"), encoding="utf-8")
    filled = tuple(argument.format(folder=tmp_path) for argument in arguments)
    with Fence(
        tmp_path, upstream.port, config, filled, scripts=(script, QUICK[1], broken), cores=True
    ) as fence:
        drive_all(fence)
        reload(fence)
        assert until(lambda: tallied(tmp_path) == {Tally(2, 0), Tally(0, 1)}), tallied(tmp_path)
        with urllib.request.urlopen(f"http://127.0.0.1:{metrics}/metrics", timeout=PATIENCE) as answer:
            (tmp_path / "metrics.txt").write_bytes(answer.read())
        assert core_limit(fence) == "0"
        fence.process.send_signal(end)
        fence.process.wait(PATIENCE)
    found = written(tmp_path)
    assert not [name for name in found if "core" in name]
    expected = {f"state/joinfence/{EVENTS}", f"state/joinfence/{TALLIES}", "metrics.txt", fence_log(fence)}
    assert expected <= found.keys()
    assert all(found[name] for name in expected)
    assert b"the fence failed: RuntimeError" in found[fence_log(fence)]
    assert [
        (name, value) for name, content in found.items() for value in ALL_PLANTED if value.encode() in content
    ] == []


def core_limit(fence: Fence) -> str:
    """Return the core size limit of the process: a core file may be written where no test can look."""
    limits = Path(f"/proc/{fence.process.pid}/limits").read_text(encoding="ascii")
    return limits.partition("Max core file size")[2].split()[0]


def fence_log(fence: Fence) -> str:
    return f"mitmdump-{fence.port}.log"


def test_planted_values_would_be_found(tmp_path: Path, upstream: Upstream) -> None:
    # The control for the test above: without any order, mitmproxy prints and saves the same joins.
    config = make_config(tmp_path)
    plant_more(config, free_port())
    for name in ("DE-2026-0001", "PT-2026-0002"):
        (config.parent / "orders" / f"{name}.yaml").unlink()
    with Fence(tmp_path, upstream.port, config, ("-w", str(tmp_path / "flows"))) as fence:
        for meeting, client in (
            (OBSERVED, OBSERVED_CLIENT),
            (FAULTY, CLIENT),
            (MEETING, ELSEWHERE),
            (MEETING, NOWHERE),
        ):
            assert join(fence, meeting, client) == 200
    saved = (tmp_path / "flows").read_bytes()
    assert [value for value in ALL_PLANTED if value.encode() not in saved] == [PEER]
    assert "planted-" in fence.log, "which shortens what is long"
