"""Interpreter settings that keep background threads from holding up answers."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

import pytest

from joinfence.background.scheduling import LongLivedObjects, shorten_switch_interval

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def restore_switch_interval() -> Iterator[None]:
    interval = sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval)


def test_the_switch_interval_is_short() -> None:
    shorten_switch_interval()
    assert sys.getswitchinterval() < 0.001


def test_objects_are_exempted_when_the_number_of_orders_changes_a_lot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    freezes: list[None] = []
    monkeypatch.setattr(gc, "freeze", lambda: freezes.append(None))
    long_lived, so_far = LongLivedObjects(), []
    for orders in (3, 4, 1003, 1500, 2003, 2004, 3):
        long_lived.freeze(orders)
        so_far.append(len(freezes))
    assert so_far == [1, 1, 2, 2, 3, 3, 4]
