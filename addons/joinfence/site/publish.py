"""Replaces a site in one step, so that readers see either the old or the new site, never a mixture.

The new site is put together in a folder next to the old one: unchanged files are copied, the others
written. Then the two folders are exchanged with a single system call (renameat2). Where that is not
possible, files are replaced one by one, the index last, so that everything it lists exists.
"""

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
    """Write the files (path from the folder -> content) to the folder. On OSError the old site stays.

    Other files in the folder stay: the operator's own documents, and pages that are no longer generated. The
    caller must have `exclusive` access to the folder.
    """
    out = out.resolve()  # if the folder is a symbolic link, its target is replaced, not the link
    out.parent.mkdir(parents=True, exist_ok=True)
    with _folder_beside(out) as work:
        fresh = work / "site"
        if out.is_dir():
            shutil.copytree(out, fresh, symlinks=True, copy_function=_copy_unless_rewritten(files, out))
        _write(files, fresh)
        if not out.exists():
            fresh.rename(out)
        elif not _exchange(fresh, out):
            _write(files, out)


@contextmanager
def exclusive(out: Path) -> Iterator[None]:
    """Wait until no other build uses the folder, and keep others waiting."""
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
    """Create an empty folder to work in, replacing one that a killed build left, and remove it afterwards."""
    work = out.with_name(f".{out.name}.new")
    _remove(work)
    work.mkdir(mode=0o700)
    try:
        yield work
    finally:
        _remove(work)


def _remove(folder: Path) -> None:
    """Remove a folder with its contents, if it exists. Folders of the operator in it may be read-only."""
    for parent, names, _files in folder.walk():
        for name in names:
            (parent / name).chmod(0o700)
    if folder.exists():
        shutil.rmtree(folder)


def _copy_unless_rewritten(files: Mapping[str, bytes], out: Path) -> shutil._CopyFn:
    """Return a copy function that skips the files which will be written anyway."""

    def copy(source: str, target: str) -> None:
        if str(Path(source).relative_to(out)) not in files:
            shutil.copy2(source, target)

    return copy


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write each file atomically, the index last, so that everything it lists exists."""
    mode = umask_mode()
    for path, content in sorted(files.items(), key=lambda item: (item[0] == INDEX, item[0])):
        target = folder / path
        if not target.parent.resolve().is_relative_to(folder.resolve()):
            raise OSError(errno.ELOOP, "A link in the site points outside of it; remove the link", path)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, content, mode=mode, fsync=False)


def _exchange(fresh: Path, out: Path) -> bool:
    """Exchange two folders in one step (renameat2(2)). Return False if the system or file system cannot."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    names = os.fsencode(fresh), os.fsencode(out)
    return bool(rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)
