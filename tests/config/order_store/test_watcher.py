"""The process that looks whether files have changed."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from joinfence.background import subprocesses
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
    assert looking._process
    assert looking.stamps(paths[:3]) == here(paths[:3])
    assert looking._process is None


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("pass", id="ends at once"),
        pytest.param("print('{}', flush=True); input()", id="answers nonsense"),
        pytest.param("print('[[99, 1]]', flush=True); input()", id="answers about other files"),
        pytest.param("print('[7]', flush=True); input()", id="answers in another form"),
        pytest.param("print('[[0', end='', flush=True)", id="is cut off in an answer"),
    ],
)
def test_what_becomes_of_it_stops_no_look(
    paths: list[str], looking: Watcher, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(subprocesses, "_START", code)
        assert looking.stamps(paths) == here(paths)
        assert looking.stamps(paths) == here(paths)
    assert looking.stamps(paths) == here(paths), "it works again with the next process"
    assert looking._process


def test_a_process_that_was_killed_is_replaced(paths: list[str], looking: Watcher) -> None:
    looking.stamps(paths)
    assert looking._process
    looking._process.kill()
    looking._process.wait()
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
    process = looking._process
    assert process
    assert process.poll() is None
    looking.end()
    assert process.poll() is not None


def test_the_process_tells_only_changes_and_ends_with_whoever_asked(
    paths: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = [paths[:5], paths[5:], [], []]
    given = io.BytesIO(b"".join(json.dumps(each).encode() + b"\n" for each in said))
    out = io.BytesIO()
    serve(given, out)
    told = [[index, file_stamp(path)] for index, path in enumerate(paths[:-1])]
    lists = [json.loads(line) for line in out.getvalue().splitlines()]
    assert lists == [told[:3], told[3:6], told[6:], [], []]

    class Gone(io.BytesIO):
        def flush(self) -> None:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"[]\n")))
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=Gone()))
    watcher.main()
