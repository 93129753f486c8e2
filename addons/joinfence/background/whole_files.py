"""Files that are replaced in one step: a reader sees the old content or the new, never a part of either.

The new content is written to a temporary file beside the file, which then replaces it by one rename. The
temporary file has one fixed name for each user, and is locked while it is written, so that writers of one
file take turns. The lock ends with its process: if a writer is killed, the next one overwrites what it left,
and no files accumulate.
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
    """Write data to a file, which may or may not exist. A symbolic link is replaced, not its target.

    Raises OSError, and whatever `data` raises; the file is then unchanged, and no temporary file is left.
    `mode` is the mode of the file, whatever the umask. With `fsync`, the file survives a power failure once
    this has returned. Without, a power failure may leave it empty, which is fine for what is written often or
    only saves time.
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
    """Make the names in a folder survive a power failure, if the file system supports that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def umask_mode() -> int:
    """Return the mode that a new file usually gets: read and write for everybody, less the umask.

    Not for a process with several threads: the umask can only be read by setting it.
    """
    umask = os.umask(0o077)
    os.umask(umask)
    return 0o666 & ~umask


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing once nobody else is writing it; create it if necessary."""
    while True:
        with os.fdopen(os.open(path, _FLAGS, PRIVATE), "wb") as file:
            with suppress(OSError):  # a file system without locks: writers do not take turns
                fcntl.flock(file, fcntl.LOCK_EX)
            if _is_at(file, path):
                yield file
                return


def _is_at(file: BinaryIO, path: Path) -> bool:
    """Return whether a file still has its name: the writer before may have renamed or removed it."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.lstat())
    except FileNotFoundError:
        return False
