"""Prevents core dumps: the memory of this process holds addresses and meetings."""

from __future__ import annotations

import contextlib
import ctypes
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4
"""`prctl(2)` of Linux. RLIMIT_CORE is not enough: Linux ignores it when it pipes cores to a program."""


def forbid_core_dumps() -> None:
    """Have this process and its children leave no core file. Never raises; does what the system allows.

    On Linux this also stops other processes of the same user from attaching a debugger or reading the memory
    through /proc.
    """
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - only POSIX has it

        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
