"""Files that are replaced whole: whoever reads one finds the old content or the new, never part of either.

The new content goes into a file beside it, which then takes its place by one rename. Each user has one name
for that file, and it is locked while it is written: writers of one file take turns. The lock ends with its
process, so the next writer overwrites what a killed one left, and nothing accumulates.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

PRIVATE: Final = 0o600
"""The mode of a file that only its owner reads."""

_FLAGS: Final = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


def write_whole(path: Path, data: bytes | Iterable[bytes], *, mode: int, fsync: bool) -> None:
    """Make a file hold the data, whether or not it is there. A link is replaced, not what it leads to.

    Raises OSError, and whatever `data` raises; the file is then as before, with nothing beside it. `mode` is
    the file's mode whatever the umask. With `fsync` the file survives a power failure from the return on.
    Without, a power failure may leave it empty: for what is soon written again, or only saves time.
    """
    temporary = path.with_name(f".{path.name}.{os.geteuid()}.new")
    with _locked(temporary) as file:
        try:
            os.fchmod(file.fileno(), mode)
            file.truncate()
            file.writelines([data] if isinstance(data, bytes) else data)
            file.flush()
            if fsync:
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
    if fsync:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder survive a power failure, where the file system can do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def umask_mode() -> int:
    """Return the mode that a new file usually gets: for everybody to read and write, less the umask.

    Not for a process with other threads: the umask can only be read by setting it.
    """
    umask = os.umask(0o077)
    os.umask(umask)
    return 0o666 & ~umask


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    """Open a file to write, made if need be, once nobody else is writing it."""
    while True:
        with os.fdopen(os.open(path, _FLAGS, PRIVATE), "wb") as file:
            with suppress(OSError):  # a file system without locks; there nobody waits for anybody
                fcntl.flock(file, fcntl.LOCK_EX)
            if _is_at(file, path):
                yield file
                return


def _is_at(file: BinaryIO, path: Path) -> bool:
    """Tell whether a file still has its name. The last writer renamed the file it wrote, or removed it."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.lstat())
    except FileNotFoundError:
        return False
