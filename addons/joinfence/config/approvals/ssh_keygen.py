"""Runs OpenSSH's `ssh-keygen`, which verifies signatures and reads key revocation lists."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Final

NOT_RUN: Final = -1
"""The exit status reported when ssh-keygen could not be started or did not finish in time."""

_TIMEOUT_SECONDS: Final = 60


def is_installed() -> bool:
    """Return whether ssh-keygen is installed."""
    return shutil.which("ssh-keygen") is not None


def ssh_keygen(*arguments: str, given: bytes) -> subprocess.CompletedProcess[bytes]:
    """Return the result of ssh-keygen with `given` as its standard input. Its status may be NOT_RUN."""
    command = ["ssh-keygen", *arguments]
    try:
        return subprocess.run(  # noqa: S603 - no shell; the arguments are ours
            command,
            input=given,
            capture_output=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, NOT_RUN, b"", type(error).__name__.encode())
