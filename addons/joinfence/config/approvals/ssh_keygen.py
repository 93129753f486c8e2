"""OpenSSH's `ssh-keygen`, which verifies signatures and reads revocation lists."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Final

NOT_RUN: Final = -1
"""The status of an ssh-keygen that did not come to its end."""

_SECONDS: Final = 60


def is_installed() -> bool:
    """Tell whether there is an ssh-keygen to run."""
    return shutil.which("ssh-keygen") is not None


def ssh_keygen(*arguments: str, given: bytes) -> subprocess.CompletedProcess[bytes]:
    """Return what ssh-keygen did with its standard input; a failure to run it at all is NOT_RUN."""
    command = ["ssh-keygen", *arguments]
    try:
        return subprocess.run(  # noqa: S603 - no shell; the arguments are ours
            command,
            input=given,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, NOT_RUN, b"", type(error).__name__.encode())
