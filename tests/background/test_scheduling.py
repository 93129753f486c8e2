"""No answer waits for the fence's own work."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

import pytest

from joinfence.background.scheduling import LongLived, take_short_turns

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    interval = sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval)


def test_threads_hand_over_soon() -> None:
    take_short_turns()
    assert sys.getswitchinterval() < 0.001


def test_what_stays_is_spared_when_it_has_grown_and_not_with_every_load(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    freezes: list[None] = []
    monkeypatch.setattr(gc, "freeze", lambda: freezes.append(None))
    long_lived, so_far = LongLived(), []
    for orders in (3, 4, 1003, 1500, 2003, 2004, 3):
        long_lived.spare(orders)
        so_far.append(len(freezes))
    assert so_far == [1, 1, 2, 2, 3, 3, 4]
