from __future__ import annotations

from joinfence.config.notices import PLAIN, Look


def test_the_plain_look_changes_nothing() -> None:
    assert Look() == PLAIN
    assert not any((PLAIN.name, PLAIN.logo, PLAIN.colours, PLAIN.templates))
