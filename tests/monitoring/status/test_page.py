from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import html5lib
import pytest

from joinfence.monitoring.status.findings import findings
from joinfence.monitoring.status.page import to_html
from tests.factories import NOW
from tests.monitoring.status.samples import snapshot

if TYPE_CHECKING:
    from joinfence.monitoring.status.snapshot import Snapshot


def page(state: Snapshot | None) -> str:
    return to_html(state, findings(state, Path("/state"), NOW), NOW)


@pytest.mark.parametrize(
    "state", [None, snapshot(), snapshot(stopped=NOW, changes=[])], ids=["none", "healthy", "stopped"]
)
def test_the_page_is_valid_and_loads_nothing(state: Snapshot | None) -> None:
    text = page(state)
    html5lib.HTMLParser(strict=True).parse(text)
    assert not re.search(r'(?:src|href)="(?!data:,)', text)
    assert "<script" not in text


def test_the_page_contains_what_the_screen_shows() -> None:
    text = page(snapshot())
    for part in (
        "Nothing needs attention.",
        "running for 3 days",
        "3 in force, 1 expired",
        "DE-2026-0001 v1",
        "40 days",
    ):
        assert part in text


def test_findings_come_first() -> None:
    text = page(snapshot(missed_reviews=["DE-2026-0001"]))
    assert "1 thing needs attention." in text
    assert text.index("the review of DE-2026-0001 was missed") < text.index("The fence</h2>")
    assert "2 things need attention." in page(snapshot(failures=1, missed_reviews=["DE-2026-0001"]))


def test_text_from_files_is_escaped() -> None:
    assert "<b>" not in page(snapshot(problems=['x.yaml:1:1: found "<b>"']))
