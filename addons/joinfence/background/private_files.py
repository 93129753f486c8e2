"""Files that the fence keeps for itself in the state folder, and believes only if nobody else wrote them."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_OTHERS: Final = stat.S_IWGRP | stat.S_IWOTH


def open_kept(path: Path) -> BinaryIO:
    """Open a file. Raises OSError, also where somebody else could have written it."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    file = os.fdopen(descriptor, "rb")
    for found in (os.fstat(descriptor), path.parent.stat()):
        if found.st_uid != os.geteuid() or found.st_mode & _OTHERS:
            file.close()
            message = "others can write here"
            raise PermissionError(message)
    return file


def keep(path: Path, pieces: Iterable[bytes]) -> None:
    """Put a file in place whole. That it cannot is passed over: what is kept spares time only."""
    temporary = None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Made with mode 0600, whatever the umask.
        with NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
            temporary = Path(file.name)
            file.writelines(pieces)
        temporary.replace(path)
    except OSError:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink()
