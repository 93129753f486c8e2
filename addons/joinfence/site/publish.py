"""A whole site into its folder at once: whoever reads finds the old or the new one, never half of each."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from joinfence.background.whole_files import umask_mode, write_whole
from joinfence.config.orders.published import INDEX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2


def publish(files: Mapping[str, bytes], out: Path) -> None:
    """Make a folder hold the files (path from the folder -> content). Raises OSError: the old site stays.

    What else lies in the folder stays, too: the operator's own documents, and pages that are no longer made.
    The caller is `alone` with the folder.
    """
    out = out.resolve()  # a link stays a link
    out.parent.mkdir(parents=True, exist_ok=True)
    with _folder_beside(out) as work:
        fresh = work / "site"
        if out.is_dir():
            shutil.copytree(out, fresh, symlinks=True, copy_function=_linked(files, out))
        _write(files, fresh)
        if not out.exists():
            fresh.rename(out)
        elif not _exchange(fresh, out):
            _write(files, out)


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Wait until no other build works on the folder, and keep it so."""
    parent = out.resolve().parent
    parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _folder_beside(out: Path) -> Iterator[Path]:
    """Make an empty folder to work in, whatever a killed build left there, and remove it at the end."""
    work = out.with_name(f".{out.name}.new")
    _remove(work)
    work.mkdir(mode=0o700)
    try:
        yield work
    finally:
        _remove(work)


def _remove(folder: Path) -> None:
    """Remove a folder, if it is there, with all that is in it; the operator's own may be read-only."""
    for parent, names, _files in folder.walk():
        for name in names:
            (parent / name).chmod(0o700)
    if folder.exists():
        shutil.rmtree(folder)


def _linked(files: Mapping[str, bytes], out: Path) -> shutil._CopyFn:
    """Return what copies a file that stays as it is; one that is written anew is left out."""

    def copy(source: str, target: str) -> None:
        if str(Path(source).relative_to(out)) not in files:
            shutil.copy2(source, target)

    return copy


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write each file whole or not at all, the index last: what it lists is there."""
    mode = umask_mode()
    for path, content in sorted(files.items(), key=lambda item: (item[0] == INDEX, item[0])):
        target = folder / path
        if not target.parent.resolve().is_relative_to(folder.resolve()):
            raise OSError(errno.ELOOP, "A link in the site leads out of it; remove the link", path)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, content, mode=mode, fsync=False)


def _exchange(fresh: Path, out: Path) -> bool:
    """Swap two folders in one step (renameat2(2)); tell whether this system and file system can."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    names = os.fsencode(fresh), os.fsencode(out)
    return bool(rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)
