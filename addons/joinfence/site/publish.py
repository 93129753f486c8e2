"""A whole site into its folder at once: whoever reads finds the old or the new one, never half of each."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from joinfence.config.orders.published import INDEX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2


def publish(files: Mapping[str, bytes], out: Path) -> None:
    """Make a folder hold the files (path from the folder -> content). Raises OSError: the old site stays.

    What else lies in the folder stays, too: the operator's own documents, and pages that are no longer made.
    """
    out = out.resolve()  # a link stays a link
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as work:
        fresh = Path(work) / "site"
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


def _linked(files: Mapping[str, bytes], out: Path) -> shutil._CopyFn:
    """Return what copies a file that stays as it is; one that is written anew is left out."""

    def copy(source: str, target: str) -> None:
        if str(Path(source).relative_to(out)) not in files:
            shutil.copy2(source, target)

    return copy


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write each file whole or not at all, the index last: what it lists is there."""
    for path, content in sorted(files.items(), key=lambda item: (item[0] == INDEX, item[0])):
        target = folder / path
        if not target.parent.resolve().is_relative_to(folder.resolve()):
            raise OSError(errno.ELOOP, "A link in the site leads out of it; remove the link", path)
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.new")
        beside.write_bytes(content)
        beside.replace(target)


def _exchange(fresh: Path, out: Path) -> bool:
    """Swap two folders in one step (renameat2(2)); tell whether this system and file system can."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    names = os.fsencode(fresh), os.fsencode(out)
    return bool(rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)
