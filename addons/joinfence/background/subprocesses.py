"""Child processes, for work that would keep the fence's own process from answering requests."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from typing import Final

MANY: Final = 500
"""The number of files from which on child processes are worth starting, which takes most of a second."""

_SECONDS_TO_END: Final = 10
_START: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    "from importlib import import_module; import_module(sys.argv[2]).main()"
)

type Process = subprocess.Popen[bytes]


def start(module: str) -> Process:
    """Run `main` of a module in a child process, with pipes as stdin and stdout. Raises OSError."""
    return subprocess.Popen(  # noqa: S603 - our own code, by our own interpreter
        [sys.executable, "-c", _START, json.dumps(sys.path), module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def send(process: Process, value: object) -> None:
    """Send a value as a line of JSON, without waiting until it is read. Raises OSError."""
    assert process.stdin  # noqa: S101 - `start` asks for a pipe
    process.stdin.write(json.dumps(value).encode() + b"\n")
    process.stdin.flush()


def end(process: Process) -> None:
    """Kill a process and wait until it has ended. Gives up if it hangs in an unresponsive file system."""
    process.kill()
    with suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=_SECONDS_TO_END)
