"""Work in processes of their own: the fence's process has requests to answer meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from typing import Final

MANY: Final = 500
"""From so many files on it pays to start processes, which takes the better part of a second."""

_SECONDS_TO_END: Final = 10
_START: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    "from importlib import import_module; import_module(sys.argv[2]).main()"
)

type Process = subprocess.Popen[bytes]


def start(module: str) -> Process:
    """Start the function `main` of a module; standard input and output are pipes. Raises OSError."""
    return subprocess.Popen(  # noqa: S603 - our own code, by our own interpreter
        [sys.executable, "-c", _START, json.dumps(sys.path), module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def send(process: Process, value: object) -> None:
    """Send a value as a line of JSON, and do not wait until it is read. Raises OSError."""
    assert process.stdin  # noqa: S101 - a pipe was asked for
    process.stdin.write(json.dumps(value).encode() + b"\n")
    process.stdin.flush()


def end(process: Process) -> None:
    """End a process, and wait until it is gone, or hangs in a file system that does not answer."""
    process.kill()
    with suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=_SECONDS_TO_END)
