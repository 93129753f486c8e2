"""A process of its own that reads order files: the fence's own process has requests to answer meanwhile.

It is given the context in a first line, and then lists of paths; for each path it writes what it read.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from joinfence.config.order_store.wire import lines, read_order_file
from joinfence.engine.joins.normalise import Step
from joinfence.engine.order import Authority

if TYPE_CHECKING:
    from collections.abc import Mapping

_NICENESS: Final = 10


def context(register: Mapping[str, Authority], services: Mapping[str, tuple[Step, ...]]) -> dict[str, Any]:
    """Return as plain data what a reading depends on besides the file and the time."""
    return {
        "register": [
            [each.id, dict(each.name), each.kind, each.competence, each.official_url]
            for each in register.values()
        ],
        "services": {name: list(chain) for name, chain in services.items()},
    }


def first_message(
    register: Mapping[str, Authority], services: Mapping[str, tuple[Step, ...]], now: datetime
) -> dict[str, Any]:
    """Return what a worker is given first."""
    return {**context(register, services), "now": now.isoformat()}


def serve(given: BinaryIO, out: BinaryIO) -> None:
    """Read a context and lists of paths, and write what the files hold, until nothing more is given."""
    given_context = json.loads(given.readline())
    register = {
        each[0]: Authority(
            id=each[0], name=each[1], kind=each[2], competence=tuple(each[3]), official_url=each[4]
        )
        for each in given_context["register"]
    }
    services = {name: tuple(map(Step, chain)) for name, chain in given_context["services"].items()}
    now = datetime.fromisoformat(given_context["now"])
    for line in given:
        out.writelines(
            lines(path, read_order_file(path, register, services, now)) for path in json.loads(line)
        )
        out.flush()


def main() -> None:
    """Serve standard input and output, with less claim to the processor than whoever answers requests."""
    os.nice(_NICENESS)
    with suppress(BrokenPipeError, KeyboardInterrupt):  # whoever asked is gone, or is being stopped
        serve(sys.stdin.buffer, sys.stdout.buffer)
