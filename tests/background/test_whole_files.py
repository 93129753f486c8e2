"""A file is replaced in one step or not at all, even if others read, write, fail or are killed."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import joinfence
from joinfence.background.whole_files import PRIVATE, sync_folder, umask_mode, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES = Path(joinfence.__file__).parent


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "x.json"
    path.write_bytes(b"old")
    return path


def write(path: Path, data: bytes = b"new") -> None:
    write_whole(path, data, mode=PRIVATE, fsync=False)


def only(path: Path) -> bytes:
    """Return the content of a file, which must be the only one in its folder."""
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    return path.read_bytes()


@pytest.mark.parametrize("data", [b"new", [b"n", b"ew"], iter([b"new"])], ids=["bytes", "pieces", "iterator"])
def test_a_file_is_made_or_replaced(path: Path, data: bytes) -> None:
    write_whole(path, data, mode=PRIVATE, fsync=True)
    assert only(path) == b"new"
    path.unlink()
    write(path, b"again")
    assert only(path) == b"again"


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666], ids=oct)
def test_the_mode_is_the_one_asked_for_whatever_the_umask_and_the_file_before(path: Path, mode: int) -> None:
    before = os.umask(0o077)
    try:
        write_whole(path, b"new", mode=mode, fsync=False)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_the_usual_mode_of_a_new_file_is_read_without_changing_it(
    tmp_path: Path, umask: int, mode: int
) -> None:
    before = os.umask(umask)
    try:
        assert umask_mode() == umask_mode() == mode
        (tmp_path / "new").touch()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == mode


def test_a_link_is_replaced_and_its_target_stays(path: Path) -> None:
    link = path.with_name("link")
    link.symlink_to(path)
    write(link)
    assert (link.is_symlink(), link.read_bytes(), path.read_bytes()) == (False, b"new", b"old")


def failing(error: BaseException) -> Iterator[bytes]:
    yield b"half"
    raise error


@pytest.mark.parametrize("error", [OSError(28, "full"), ValueError(), KeyboardInterrupt()], ids=repr)
def test_a_failure_leaves_the_old_file_and_nothing_beside_it(path: Path, error: BaseException) -> None:
    with pytest.raises(type(error)):
        write_whole(path, failing(error), mode=PRIVATE, fsync=False)
    assert only(path) == b"old"


@pytest.mark.parametrize("fails", ["fsync", "fchmod"])
def test_a_disk_that_fails_leaves_the_old_file(
    path: Path, fails: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, fails, refuse)
    with pytest.raises(OSError, match="Input/output"):
        write_whole(path, b"new", mode=PRIVATE, fsync=True)
    assert only(path) == b"old"


def test_with_fsync_the_content_reaches_the_disk_before_the_rename(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def noted_fsync(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    def noted_replace(self: Path, target: Path) -> Path:
        done.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    write_whole(path, b"new", mode=PRIVATE, fsync=True)
    assert done == ["file", "rename", "folder"]
    done.clear()
    write_whole(path, b"new", mode=PRIVATE, fsync=False)
    assert done == ["rename"]


def test_a_folder_that_cannot_be_synced_is_ignored(tmp_path: Path) -> None:
    sync_folder(tmp_path / "none")


KILLED = """
import os, signal, sys
from pathlib import Path
from joinfence.background.whole_files import write_whole

def pieces():
    yield b"half" * 5000
    os.kill(os.getpid(), signal.SIGKILL)

write_whole(Path(sys.argv[1]), pieces(), mode=0o600, fsync=False)
"""


def test_killed_writers_leave_one_file_which_the_next_writer_overwrites(path: Path) -> None:
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
        assert done.returncode == -signal.SIGKILL
    left = {each.name for each in path.parent.iterdir()} - {path.name}
    assert len(left) == 1, "what each of them leaves has the same name"
    assert path.read_bytes() == b"old"
    write(path)
    assert only(path) == b"new"


def test_writers_of_one_file_take_turns_and_readers_see_complete_content(path: Path) -> None:
    wrong: list[bytes] = []
    done = threading.Event()

    def slowly(byte: bytes) -> Iterator[bytes]:
        for _ in range(20):
            yield byte * 1000

    def write_often(byte: bytes) -> None:
        for _ in range(30):
            write_whole(path, slowly(byte), mode=PRIVATE, fsync=False)

    def read() -> None:
        while not done.is_set():
            found = path.read_bytes()
            if found != b"old" and (len(found) != 20_000 or len(set(found)) != 1):
                wrong.append(found)

    writers = [threading.Thread(target=write_often, args=(byte,)) for byte in (b"a", b"b", b"c")]
    reader = threading.Thread(target=read)
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert wrong == []
    assert len(only(path)) == 20_000


def test_a_writer_that_waited_for_a_failed_one_starts_a_new_file(path: Path) -> None:
    second = threading.Thread(target=write, args=(path,))

    def pieces() -> Iterator[bytes]:
        yield b"half"
        second.start()
        second.join(0.2)
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        write_whole(path, pieces(), mode=PRIVATE, fsync=False)
    second.join()
    assert only(path) == b"new"


def test_a_file_system_without_locks_is_enough(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    write(path)
    assert only(path) == b"new"


def test_no_other_module_replaces_files() -> None:
    own_way = re.compile(r"os\.replace|os\.rename|\.replace\(\w+\)|\.rename\(|mkstemp|NamedTemporaryFile")
    found = {
        str(path.relative_to(SOURCES)): sorted(set(own_way.findall(path.read_text(encoding="utf-8"))))
        for path in SOURCES.rglob("*.py")
    }
    assert {name: ways for name, ways in found.items() if ways} == {
        "background/whole_files.py": [".replace(path)"],
        "site/publish.py": [".rename("],  # a folder, at the first build
    }
