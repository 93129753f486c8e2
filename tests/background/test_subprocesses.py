"""Child processes: starting, sending, receiving and ending, whatever becomes of either side."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from multiprocessing import Pipe
from typing import TYPE_CHECKING

import pytest

from joinfence.background import subprocesses
from joinfence.background.subprocesses import Child, ready, run
from tests.e2e.harness import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

ECHO = """
import os

def serve(connection):
    while (asked := connection.recv()) != "end":
        if asked == "nonsense":
            os.write(connection.fileno(), bytes([0, 0, 0, 4]) + b"none")
        elif asked == "half":
            os.write(connection.fileno(), bytes([0, 0, 1, 0]) + b"and no more")
            break
        elif asked == "print":
            print("on standard output", flush=True)
        else:
            connection.send((os.getpid(), asked))
"""


@pytest.fixture(autouse=True)
def _echo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the module `echo` on the path, which a child inherits."""
    (tmp_path / "echo.py").write_text(ECHO, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)


@pytest.fixture
def start() -> Iterator[Callable[[], Child]]:
    started: list[Child] = []

    def one() -> Child:
        started.append(Child("echo"))
        return started[-1]

    yield one
    for child in started:
        child.end()


def has_ended(pid: int) -> bool:
    """Tell whether a process that may be nobody's child any more has ended, reaped or not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:  # noqa: PTH123 - it may vanish in between
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_a_module_s_serve_runs_in_a_process_of_its_own_and_is_ended(start: Callable[[], Child]) -> None:
    child = start()
    name = os.fsdecode(b"Verf\xfcgung.yaml")  # no UTF-8
    for value in (name, [1, None, b"\x00"], "x" * (1 << 20)):
        child.send(value)
        assert child.receive() == (child.process.pid, value)
    assert child.process.poll() is None
    child.end()
    assert child.process.poll() is not None


def test_what_it_prints_is_no_answer(start: Callable[[], Child]) -> None:
    child = start()
    child.send("print")
    child.send("after")
    assert child.receive()[1] == "after"


@pytest.mark.parametrize("asked", ["end", "half", "nonsense"])
def test_one_that_has_ended_or_answers_nonsense_is_an_error_of_the_system(
    start: Callable[[], Child], asked: str
) -> None:
    child = start()
    child.send(asked)
    assert ready([child]) == [child]
    with pytest.raises(OSError, match="has not answered"):
        child.receive()


def test_sending_to_a_process_that_has_ended_raises_oserror(start: Callable[[], Child]) -> None:
    child = start()
    child.process.kill()
    child.process.wait()
    with pytest.raises(OSError, match=r"[Pp]ipe|reset"):
        child.send("-" * (1 << 20))


def test_those_that_have_answered_are_ready_and_others_are_not(start: Callable[[], Child]) -> None:
    one, other = start(), start()
    one.send("anything")
    assert ready([one, other]) == [one]


def test_where_no_process_can_be_started_nothing_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - a count
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(FileNotFoundError):
        Child("echo")
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_a_process_that_cannot_be_killed_is_not_waited_for_forever(
    start: Callable[[], Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocesses, "_SECONDS_TO_END", 0.1)
    child = start()
    child.process.send_signal(signal.SIGSTOP)
    with monkeypatch.context() as patch:
        patch.setattr(subprocess.Popen, "kill", lambda _self: None)
        child.end()
    assert child.process.poll() is None


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_however_its_parent_is_killed_a_child_ends(tmp_path: Path, how: signal.Signals) -> None:
    code = (
        f"import sys; sys.path[:] = {[str(tmp_path), *sys.path]!r}\n"
        "from joinfence.background.subprocesses import Child\n"
        "children = [Child('echo'), Child('echo')]\n"
        "for child in children: child.send(0); child.receive()\n"
        "print(*(child.process.pid for child in children), flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        children = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(children) == 2
        parent.send_signal(how)
    assert until(lambda: all(map(has_ended, children)))


def test_a_parent_can_end_while_a_child_hangs(tmp_path: Path) -> None:
    code = (
        f"import os, signal, sys; sys.path[:] = {[str(tmp_path), *sys.path]!r}\n"
        "from joinfence.background.subprocesses import Child\n"
        "child = Child('echo')\n"
        "os.kill(child.process.pid, signal.SIGSTOP)\n"
        "print(child.process.pid)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    os.kill(int(done.stdout), signal.SIGKILL)


def test_serving_ends_quietly_when_the_parent_hangs_up_or_stops_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours, theirs = Pipe()
    descriptor = os.dup(theirs.fileno())
    theirs.close()
    ours.send("first")
    ours.close()
    run("echo", descriptor)

    def interrupted(_connection: Connection) -> None:
        raise KeyboardInterrupt

    ours, theirs = Pipe()
    monkeypatch.setattr("echo.serve", interrupted)
    run("echo", os.dup(theirs.fileno()))
