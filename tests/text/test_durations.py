from __future__ import annotations

from datetime import timedelta

import pytest

from joinfence.text.durations import duration


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(days=46, hours=11), "46 days"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=1, hours=23), "47 hours"),
        (timedelta(hours=2), "2 hours"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(minutes=2), "2 minutes"),
        (timedelta(seconds=119), "119 seconds"),
        (timedelta(seconds=1.5), "1 second"),
        (timedelta(0), "0 seconds"),
        (timedelta(seconds=-1), "0 seconds"),
        (timedelta(days=-3), "0 seconds"),
    ],
)
def test_a_duration_in_words(length: timedelta, words: str) -> None:
    assert duration(length) == words
