"""Keeps a crash from writing the process's memory to a disk: addresses and meetings are in it."""

from __future__ import annotations

import contextlib
import ctypes
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4
"""`prctl(2)` of Linux. A core file's size limit is not asked where a program takes the core over."""


def forbid_core_dumps() -> None:
    """Have this process and what it starts leave no core file. Never raises, where it cannot.

    On Linux no debugger of the same user can be attached any more either, nor its memory be read below /proc.
    """
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - POSIX has it, and nothing else needs it

        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
