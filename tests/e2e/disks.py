"""Disks that fail: a small file system in a namespace or, where mounting is not allowed, limits of the process.

A tmpfs needs no rights but a user namespace, which a plain container or a hardened system does not give. How large
its files may be, and what it may write to, can be limited for a process everywhere.
"""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import time
from abc import ABC, abstractmethod
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.e2e.harness import until

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMESPACE: Final = ("unshare", "--user", "--map-root-user", "--mount")
# The process that holds the namespace ends when its standard input closes, so with the test, however that ends.
_HOLD: Final = 'mount -t tmpfs -o size=512k,mode=0700 joinfence "$1" && echo mounted && exec cat'
_PAGE: Final = 4096


@cache
def mounts_are_allowed() -> bool:
    """Return whether a file system can be mounted in a namespace here."""
    command = [*_NAMESPACE, "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


class Disk(ABC):
    """The disk with a fence's state folder, which can be made to fail."""

    launcher: tuple[str, ...] = ()
    """The command prefix that starts the fence."""
    inside: tuple[str, ...] = ()
    """The command prefix with which another command sees the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        """Where the fence finds it."""
        self.seen = folder
        """Where the test does."""

    @contextlib.contextmanager
    def set_up(self) -> Iterator[None]:
        """Have the folder until the end of the block."""
        self.folder.mkdir()
        yield

    @abstractmethod
    def fail(self, pid: int) -> None:
        """Let a fence write nothing more."""

    @abstractmethod
    def recover(self, pid: int) -> None:
        """Let it write again."""


class Tmpfs(Disk, ABC):
    """A file system of half a megabyte, in a namespace that a separate process keeps alive."""

    @contextlib.contextmanager
    def set_up(self) -> Iterator[None]:
        self.folder.mkdir()
        command = [*_NAMESPACE, "sh", "-c", _HOLD, "sh", str(self.folder)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
            assert holder.stdin
            assert holder.stdout
            assert holder.stdout.readline() == b"mounted\n"
            namespaces = ("--user", "--mount", "--preserve-credentials", "--target", str(holder.pid))
            self.launcher = self.inside = ("nsenter", *namespaces, "--")
            self.seen = Path(f"/proc/{holder.pid}/root") / self.folder.relative_to("/")
            yield
            holder.stdin.close()


class FullTmpfs(Tmpfs):
    """ENOSPC."""

    def fail(self, pid: int) -> None:
        del pid
        # Repeated until nothing is free: a file that is being replaced frees its space.
        assert until(lambda: sum(self._fill() for _ in range(5)) == 0)

    def _fill(self) -> int:
        written = 0
        time.sleep(0.05)
        with contextlib.suppress(OSError), (self.seen / "ballast").open("ab", buffering=0) as file:
            while True:
                written += file.write(bytes(_PAGE))
        return written

    def recover(self, pid: int) -> None:
        del pid
        (self.seen / "ballast").unlink()


class ReadOnlyTmpfs(Tmpfs):
    """EROFS."""

    def fail(self, pid: int) -> None:
        del pid
        assert until(lambda: self._remount("ro")), "it is busy while a file is open"

    def recover(self, pid: int) -> None:
        del pid
        assert self._remount("rw")

    def _remount(self, how: str) -> bool:
        command = [*self.inside, "mount", "-o", f"remount,{how}", str(self.folder)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


class NoLargerFiles(Disk):
    """EFBIG: the fence may not write to files. Its output goes through a pipe, which has no such limit."""

    launcher = ("bash", "-c", 'exec "$@" > >(cat) 2>&1', "bash")

    def fail(self, pid: int) -> None:
        self._before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, self._before[1]))

    def recover(self, pid: int) -> None:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, self._before)


class NoPermission(Disk):
    """EACCES: files and folder are read-only, for a fence without root's right to write anyway."""

    launcher = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()

    def fail(self, pid: int) -> None:
        del pid
        self._chmod(folder=0o500, file=0o400)

    def recover(self, pid: int) -> None:
        del pid
        self._chmod(folder=0o700, file=0o600)

    def _chmod(self, folder: int, file: int) -> None:
        state = self.folder / "joinfence"
        state.chmod(0o700)
        for path in state.iterdir():
            with contextlib.suppress(FileNotFoundError):  # a temporary file that was renamed
                path.chmod(file)
        state.chmod(folder)
