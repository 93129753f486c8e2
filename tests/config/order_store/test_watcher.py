"""The process that looks whether files have changed."""

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
    """Write more files than are told at a time, and name one that is not there."""
    monkeypatch.setattr(watcher, "MANY", 4)
    monkeypatch.setattr(watcher, "_AT_A_TIME", 3)
    names = [f"{number}.yaml" for number in range(7)]
    found = [str(tmp_path / name) for name in (os.fsdecode(b"\xfc.yaml"), *names)]
    for path in found[:-1]:
        write(path, "a")
    return found


@pytest.fixture
def looking() -> Iterator[Watcher]:
    made = Watcher()
    yield made
    made.end()


def write(path: str, text: str) -> None:
    Path(path).write_text(text, encoding="utf-8")


def here(paths: list[str]) -> dict[str, int | None]:
    return {path: file_stamp(path) for path in paths}


def nobody_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make sure that only the process looks."""
    monkeypatch.setattr(watcher, "file_stamp", None)


def test_it_sees_what_would_be_seen_here_at_every_look(
    paths: list[str], looking: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody_here(monkeypatch)
    assert looking.stamps(paths) == here(paths)
    before = looking.stamps(paths)
    write(paths[2], "another")
    write(paths[7], "it is there now")
    Path(paths[0]).unlink()
    after = looking.stamps(paths)
    assert after == here(paths)
    assert [path for path in paths if before[path] != after[path]] == [paths[0], paths[2], paths[7]]
    assert before == before | {path: before[path] for path in paths}, "an earlier look stays as it was"
    assert looking.stamps(paths[1:]) == here(paths[1:]), "other files"


def test_few_files_are_worth_no_process(paths: list[str], looking: Watcher) -> None:
    looking.stamps(paths)
    assert looking._child
    assert looking.stamps(paths[:3]) == here(paths[:3])
    assert looking._child is None


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("pass", id="ends at once"),
        pytest.param("connection.recv()", id="ends when it was asked"),
        pytest.param(
            "import os; os.write(connection.fileno(), b'nonsense'); connection.recv()", id="answers nonsense"
        ),
        pytest.param(
            "import os; os.write(connection.fileno(), bytes([0, 0, 1, 0]) + b'[(')",
            id="is cut off in an answer",
        ),
    ],
)
def test_what_becomes_of_it_stops_no_look(
    paths: list[str], looking: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    (tmp_path / "other.py").write_text(f"def serve(connection): {code}", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.syspath_prepend(tmp_path)
        patch.setattr(watcher, "__name__", "other")
        assert looking.stamps(paths) == here(paths)
        assert looking.stamps(paths) == here(paths)
    assert looking.stamps(paths) == here(paths), "it works again with the next process"
    assert looking._child


def test_a_process_that_was_killed_is_replaced(paths: list[str], looking: Watcher) -> None:
    looking.stamps(paths)
    assert looking._child
    looking._child.process.kill()
    looking._child.process.wait()
    write(paths[3], "another")
    assert looking.stamps(paths) == here(paths)
    assert looking.stamps(paths) == here(paths)


def test_where_no_process_can_be_started_it_looks_itself(
    paths: list[str], looking: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_process(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(subprocess, "Popen", no_process)
    assert looking.stamps(paths) == here(paths)


def test_it_leaves_no_process(paths: list[str], looking: Watcher) -> None:
    looking.stamps(paths)
    child = looking._child
    assert child
    assert child.process.poll() is None
    looking.end()
    assert child.process.poll() is not None


def test_the_process_tells_only_changes(paths: list[str]) -> None:
    ours, theirs = Pipe()
    for asked in (paths[:5], paths[5:], [], []):
        ours.send(asked)
    half_closed = socket.socket(fileno=os.dup(ours.fileno()))
    half_closed.shutdown(socket.SHUT_WR)
    with pytest.raises(EOFError):
        serve(theirs)
    half_closed.close()
    told = tuple((index, file_stamp(path)) for index, path in enumerate(paths[:-1]))
    assert [ours.recv() for _ in range(5)] == [told[:3], told[3:6], told[6:], (), ()]
