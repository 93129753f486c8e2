"""Caches in the state folder, which are trusted only if nobody else could have written them."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, Final

from joinfence.background.whole_files import PRIVATE, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_OTHERS: Final = stat.S_IWGRP | stat.S_IWOTH


def open_private(path: Path) -> BinaryIO:
    """Open a file to read. Raises OSError, also if another user could have written it."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    file = os.fdopen(descriptor, "rb")
    for found in (os.fstat(descriptor), path.parent.stat()):
        if found.st_uid != os.geteuid() or found.st_mode & _OTHERS:
            file.close()
            message = "other users can write here"
            raise PermissionError(message)
    return file


def write_cache(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a cache in one step, with mode 0600. Errors are ignored: a cache only saves time."""
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, pieces, mode=PRIVATE, fsync=False)
