from __future__ import annotations

from typing import TYPE_CHECKING

from joinfence.background import progress
from joinfence.background.progress import Progress

if TYPE_CHECKING:
    import pytest


def test_the_progress_of_long_work_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(progress, "_SECONDS_BETWEEN", -1.0)
    with caplog.at_level("INFO", "joinfence"):
        steps = Progress("reading orders", 1234)
        steps.step()
    assert caplog.messages == ["reading orders: 1 of 1,234"]


def test_short_work_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "joinfence"):
        Progress("reading orders", 1).step()
    assert caplog.messages == []
