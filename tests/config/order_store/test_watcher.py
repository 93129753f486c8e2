"""The watcher returns the stamps of files, whether or not its child process works."""

from __future__ import annotations

import os
import socket
import subprocess
from multiprocessing import Pipe
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from joinfence.config.files import file_stamp
from joinfence.config.order_store import watcher
from joinfence.config.order_store.watcher import Watcher, serve

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Write more files than fit in a batch, and add a path that does not exist."""
    monkeypatch.setattr(watcher, "MANY", 4)
    monkeypatch.setattr(watcher, "_BATCH_SIZE", 3)
    names = [f"{number}.yaml" for number in range(7)]
    found = [str(tmp_path / name) for name in (os.fsdecode(b"\xfc.yaml"), *names)]
    for path in found[:-1]:
        write(path, "a")
    return found


@pytest.fixture
def watching() -> Iterator[Watcher]:
    made = Watcher()
    yield made
    made.end()


def write(path: str, text: str) -> None:
    Path(path).write_text(text, encoding="utf-8")


def here(paths: list[str]) -> dict[str, int | None]:
    return {path: file_stamp(path) for path in paths}


def forbid_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make sure that only the child process checks files."""
    monkeypatch.setattr(watcher, "file_stamp", None)


def test_the_child_process_finds_every_change(
    paths: list[str], watching: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid_here(monkeypatch)
    assert watching.stamps(paths) == here(paths)
    before = watching.stamps(paths)
    write(paths[2], "another")
    write(paths[7], "it exists now")
    Path(paths[0]).unlink()
    after = watching.stamps(paths)
    assert after == here(paths)
    assert [path for path in paths if before[path] != after[path]] == [paths[0], paths[2], paths[7]]
    assert before == before | {path: before[path] for path in paths}, "an earlier result is not modified"
    assert watching.stamps(paths[1:]) == here(paths[1:]), "other files"


def test_few_files_are_checked_without_a_child_process(paths: list[str], watching: Watcher) -> None:
    watching.stamps(paths)
    assert watching._child
    assert watching.stamps(paths[:3]) == here(paths[:3])
    assert watching._child is None


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("pass", id="ends at once"),
        pytest.param("connection.recv()", id="ends after the question"),
        pytest.param(
            "import os; os.write(connection.fileno(), b'nonsense'); connection.recv()",
            id="answers with nonsense",
        ),
        pytest.param(
            "import os; os.write(connection.fileno(), bytes([0, 0, 1, 0]) + b'[(')",
            id="ends within an answer",
        ),
    ],
)
def test_if_the_child_process_fails_files_are_checked_here(
    paths: list[str], watching: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    (tmp_path / "other.py").write_text(f"def serve(connection): {code}", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.syspath_prepend(tmp_path)
        patch.setattr(watcher, "__name__", "other")
        assert watching.stamps(paths) == here(paths)
        assert watching.stamps(paths) == here(paths)
    assert watching.stamps(paths) == here(paths), "the next child process works"
    assert watching._child


def test_a_process_that_was_killed_is_replaced(paths: list[str], watching: Watcher) -> None:
    watching.stamps(paths)
    assert watching._child
    watching._child.process.kill()
    watching._child.process.wait()
    write(paths[3], "another")
    assert watching.stamps(paths) == here(paths)
    assert watching.stamps(paths) == here(paths)


def test_if_no_process_can_be_started_files_are_checked_here(
    paths: list[str], watching: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_process(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(subprocess, "Popen", no_process)
    assert watching.stamps(paths) == here(paths)


def test_end_ends_the_child_process(paths: list[str], watching: Watcher) -> None:
    watching.stamps(paths)
    child = watching._child
    assert child
    assert child.process.poll() is None
    watching.end()
    assert child.process.poll() is not None


def test_the_child_process_sends_only_changes(paths: list[str]) -> None:
    ours, theirs = Pipe()
    for asked in (paths[:5], paths[5:], [], []):
        ours.send(asked)
    half_closed = socket.socket(fileno=os.dup(ours.fileno()))
    half_closed.shutdown(socket.SHUT_WR)
    with pytest.raises(EOFError):
        serve(theirs)
    half_closed.close()
    changes = tuple((index, file_stamp(path)) for index, path in enumerate(paths[:-1]))
    assert [ours.recv() for _ in range(5)] == [changes[:3], changes[3:6], changes[6:], (), ()]
