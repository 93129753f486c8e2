"""Child processes, for work that would keep the fence's own process from answering requests.

Not the standard library's process pool: its workers import the parent's main module, here all of mitmproxy,
and its end waits for a worker that hangs in an unresponsive file system.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from importlib import import_module
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

MANY: Final = 500
"""The number of files from which on child processes are worth starting, which takes most of a second."""

_SECONDS_TO_END: Final = 10
_START: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    "from joinfence.background.subprocesses import run; run(sys.argv[2], int(sys.argv[3]))"
)


class Child:
    """A child process that runs `serve(connection)` of a module, and our end of its connection.

    It ends with its parent, even one that is killed: its connection is closed then.
    """

    def __init__(self, module: str) -> None:
        """Start the process. Raises OSError."""
        self._connection, theirs = Pipe()
        with theirs:
            try:
                self.process = subprocess.Popen(  # noqa: S603 - our own code, by our own interpreter
                    [sys.executable, "-c", _START, json.dumps(sys.path), module, str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            except OSError:
                self._connection.close()
                raise

    def fileno(self) -> int:
        """Return the descriptor of the connection, for `ready`."""
        return self._connection.fileno()

    def send(self, value: object) -> None:
        """Send a value. Raises OSError if the process has ended.

        Waits only while more has been sent than the system keeps: do not send to a child that may itself be
        sending.
        """
        self._connection.send(value)

    def receive(self) -> Any:  # noqa: ANN401 - whatever the module sends
        """Return what the process sends next. Raises OSError if it has ended, or if that makes no sense."""
        try:
            return self._connection.recv()
        except Exception as error:
            message = "the child process has not answered"
            raise OSError(message) from error

    def end(self) -> None:
        """Kill the process and wait until it has ended; not for long if a file system does not respond."""
        self._connection.close()
        self.process.kill()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_SECONDS_TO_END)


def ready(children: Iterable[Child]) -> list[Child]:
    """Wait until some children have sent something or have ended, and return these."""
    return wait(children)  # type: ignore[arg-type, return-value]  # anything with a fileno


def run(module: str, descriptor: int) -> None:
    """Run `serve` of a module until the parent has ended or hangs up. What the child process itself calls."""
    with suppress(EOFError, OSError, KeyboardInterrupt), Connection(descriptor) as connection:
        import_module(module).serve(connection)
