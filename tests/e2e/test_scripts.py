"""The scripts that a newcomer runs first, run as they would be."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.harness import PATIENCE, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.e2e


@contextlib.contextmanager
def demonstration(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start what scripts/run starts, and stop it in the end; gives its port."""
    port = free_port()
    command = [sys.executable, str(ROOT / "scripts" / "demo.py"), "--port", str(port), *arguments]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)
    try:
        yield process, port
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=PATIENCE)
        shutil.rmtree(ROOT / "build" / "demo" / f"127.0.0.1-{port}", ignore_errors=True)


def printed(process: subprocess.Popen[str], last: str, times: int = 1) -> str:
    """Return what was printed up to a text, as often as it is printed."""
    assert process.stdout
    text = ""
    while text.count(last) < times:
        line = process.stdout.readline()
        assert line, text
        text += line
    return text


def test_the_three_curl_lines_answer_as_printed_also_of_two_at_once_and_ctrl_c_stops_them() -> None:
    with demonstration() as (first, _), demonstration() as (second, _):
        for process in (first, second):
            invitation = printed(process, "curl -i", 3)
            shown = re.findall(r"^# .*: (?:admitted|refused), (\d+)\.\n(curl .*)$", invitation, re.MULTILINE)
            assert [status for status, _ in shown] == ["200", "451", "200"], invitation
            for status, command in shown:
                answer = subprocess.run(shlex.split(command), capture_output=True, text=True, check=True)
                assert answer.stdout.startswith(f"HTTP/1.1 {status} "), command
        for process in (first, second):
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=PATIENCE)
            assert (process.returncode, "Traceback" in out) == (0, False), out
            assert out.strip().endswith("Stopped.")


def test_nothing_is_written_outside_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with demonstration() as (process, _):
        printed(process, "curl -i", 3)
    assert list(tmp_path.iterdir()) == []


def test_the_fence_can_be_put_in_front_of_another_service() -> None:
    own = free_port()
    service = subprocess.Popen(
        [sys.executable, str(ROOT / "scripts" / "demo_service.py"), "--port", str(own)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert service.stdout
    assert service.stdout.readline().startswith("listening on")
    upstream = ("--upstream", f"http://127.0.0.1:{own}", "--set", "flow_detail=1")
    try:
        with demonstration(*upstream) as (process, port):
            printed(process, "Open ")
            statuses = {
                client: subprocess.run(
                    [
                        *("curl", "-s", "-o", os.devnull, "-w", "%{http_code}"),
                        *(
                            "-H",
                            f"X-Forwarded-For: {client}",
                            f"http://127.0.0.1:{port}/join?meeting=townhall",
                        ),
                    ],
                    capture_output=True,
                    text=True,
                    check=True,
                ).stdout
                for client in ("2003::1", "9.9.9.9")
            }
        assert statuses == {"2003::1": "451", "9.9.9.9": "200"}
    finally:
        service.send_signal(signal.SIGTERM)
        service.communicate(timeout=PATIENCE)


def test_a_port_that_is_taken_is_reported_in_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, str(ROOT / "scripts" / "demo.py"), "--port", str(port)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 2
    assert f"cannot listen on http://127.0.0.1:{port}" in done.stderr
    assert "--port N" in done.stderr


def test_the_benchmark_prints_its_tables_and_writes_json(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "scripts" / "bench.py"), "--quick", "--only", "decisions"]
    command += ["--out", str(tmp_path / "bench.json")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert "Microseconds per decision" in done.stdout
    found = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))["decisions"]
    assert all(value > 0 for row in found["microseconds"].values() for value in row.values())
    assert set(found["yardsticks"]) == {"geoip2.database.Reader.country()", "ipaddress.ip_address()"}
