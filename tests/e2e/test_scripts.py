"""The scripts that a newcomer runs first, run as they would be."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.harness import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.e2e


@contextlib.contextmanager
def demonstration() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run what scripts/run starts; gives what it prints until it is ready."""
    command = [sys.executable, str(ROOT / "scripts" / "demo.py"), "--port", str(free_port())]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)
    assert process.stdout
    printed = ""
    try:
        for line in process.stdout:
            printed += line
            if printed.count("curl -i") == 3:
                break
        yield process, printed
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)


def test_the_three_curl_commands_give_the_answers_that_are_printed() -> None:
    with demonstration() as (_, printed):
        shown = re.findall(r"^# .*: (?:admitted|refused), (\d+)\.\n(curl .*)$", printed, re.MULTILINE)
        assert [status for status, _ in shown] == ["200", "451", "200"], printed
        for status, command in shown:
            answer = subprocess.run(
                [*shlex.split(command), "--max-time", "20"], capture_output=True, text=True, check=True
            )
            assert answer.stdout.startswith(f"HTTP/1.1 {status} "), command


def test_it_stops_cleanly_on_ctrl_c() -> None:
    with demonstration() as (process, printed):
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
    assert (process.returncode, "Traceback" in out, out.strip().endswith("Stopped.")) == (0, False, True), (
        printed
    )


def test_the_fence_can_be_put_in_front_of_another_service() -> None:
    port, own = free_port(), free_port()
    service = subprocess.Popen(
        [sys.executable, str(ROOT / "scripts" / "demo_service.py"), "--port", str(own)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert service.stdout
    assert service.stdout.readline().startswith("listening on")
    command = [sys.executable, str(ROOT / "scripts" / "demo.py"), "--port", str(port)]
    command += ["--upstream", f"http://127.0.0.1:{own}", "--set", "flow_detail=1"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)
    assert process.stdout
    try:
        for line in process.stdout:
            if line.startswith("Open "):
                break
        statuses = {
            client: subprocess.run(
                [
                    *("curl", "-s", "-o", os.devnull, "-w", "%{http_code}", "--max-time", "20"),
                    *("-H", f"X-Forwarded-For: {client}", f"http://127.0.0.1:{port}/join?meeting=townhall"),
                ],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for client in ("2003::1", "9.9.9.9")
        }
        assert statuses == {"2003::1": "451", "9.9.9.9": "200"}
    finally:
        for each in (process, service):
            each.send_signal(signal.SIGTERM)
            each.communicate(timeout=20)


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


def test_the_benchmark_prints_its_tables_and_writes_json() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "bench.py"), "--quick", "--only", "decisions"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert "Microseconds per decision" in done.stdout
    found = json.loads((ROOT / "build" / "bench.json").read_text(encoding="utf-8"))["decisions"]
    assert all(value > 0 for row in found["microseconds"].values() for value in row.values())
    assert set(found["yardsticks"]) == {"geoip2.database.Reader.country()", "ipaddress.ip_address()"}
