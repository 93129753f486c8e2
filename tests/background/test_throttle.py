"""Long loops sleep in background threads, and nowhere else."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from joinfence.background import throttle
from joinfence.background.throttle import LOW_PRIORITY, Throttle, resume_throttling, stop_throttling

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def not_shutting_down() -> Iterator[None]:
    """Undo the shutdown of a fence by another test in this process."""
    resume_throttling()
    yield
    resume_throttling()


def sleeps(monkeypatch: pytest.MonkeyPatch, *, seconds_a_step: float) -> int:
    """Return how often ten steps of a given duration sleep."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    clock = iter(float(n) * seconds_a_step for n in range(100))
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    step = Throttle()
    for _ in range(10):
        step()
    return len(slept)


def in_background(monkeypatch: pytest.MonkeyPatch, *, seconds_a_step: float) -> int:
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(sleeps(monkeypatch, seconds_a_step=seconds_a_step)))
    thread.start()
    thread.join()
    return found[0]


def test_long_work_in_the_background_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    assert in_background(monkeypatch, seconds_a_step=2 * throttle._WORK) == 10


def test_short_work_in_the_background_does_not_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    assert in_background(monkeypatch, seconds_a_step=throttle._WORK / 1000) == 0


def test_nothing_sleeps_in_the_main_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sleeps(monkeypatch, seconds_a_step=2 * throttle._WORK) == 0


def test_work_of_low_priority_sleeps_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(threading, "main_thread", lambda: None)
    clock = iter(float(n) for n in range(100))
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    for step in (Throttle(), Throttle(LOW_PRIORITY)):
        step()
    assert slept == [throttle._REST, LOW_PRIORITY]
    assert LOW_PRIORITY > throttle._REST


def test_nothing_sleeps_during_shutdown(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_throttling()
    assert in_background(monkeypatch, seconds_a_step=2 * throttle._WORK) == 0
    resume_throttling()
    assert in_background(monkeypatch, seconds_a_step=2 * throttle._WORK) == 10
