from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import typer

from joinfence.cli.shared import instant, printable


def test_an_instant_needs_a_time_zone_and_defaults_to_now() -> None:
    assert instant("2026-11-24T12:00:00Z") == datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert abs(instant(None) - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("text", ["soon", "2026-11-24T12:00:00", ""])
def test_an_invalid_instant_ends_with_status_2(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as caught:
        instant(text)
    assert caught.value.exit_code == 2
    assert capsys.readouterr().err == (
        f'--at: found "{text}", expected a date and time with time zone, such as 2026-11-24T12:00:00Z\n'
    )


@pytest.mark.parametrize(
    ("text", "shown"), [("room é", "room é"), ("a\x1b[2Jb\n", r"a\x1b[2Jb\n"), ("\udcff", r"\udcff")]
)
def test_control_characters_are_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown
