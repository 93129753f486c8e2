from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from joinfence.config.yaml.document import read_document
from joinfence.report.publish import publish
from tests.report.example import COUNTS, HALF_YEARS, LANGUAGES, ROOT, example_report

if TYPE_CHECKING:
    from pathlib import Path


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("half_year", HALF_YEARS)
def test_the_worked_example_is_reproducible(half_year: str, tmp_path: Path) -> None:
    written = publish(*example_report(half_year), tmp_path, LANGUAGES)
    assert sorted(written) == sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert files(tmp_path) == files(ROOT / half_year)


@pytest.mark.parametrize("half_year", HALF_YEARS)
def test_no_file_names_a_meeting_or_contains_an_exact_number_of_joins(half_year: str) -> None:
    _report, facts, _period = example_report(half_year)
    meetings = {meeting.id for order in facts.orders for meeting in order.meetings}
    totals: dict[str, int] = {}
    for counts in COUNTS.values():
        for (half, order), (refused, _observed) in counts.items():
            if half == half_year:
                totals[order] = totals.get(order, 0) + refused
    numbers = {str(number) for number in totals.values() if number > 99}
    assert len(meetings) >= 5
    assert numbers
    for name, content in files(ROOT / half_year).items():
        text = content.decode()
        for meeting in meetings:
            assert meeting not in text, f"{name} names a meeting"
        assert not any(number in text for number in numbers), f"{name} has an exact number"


def test_all_forms_show_the_same_data_set() -> None:
    report = json.loads((ROOT / "2026-H2" / "report.json").read_text(encoding="utf-8"))
    table = (ROOT / "2026-H2" / "report.csv").read_text(encoding="utf-8")
    page = (ROOT / "2026-H2" / "report.html").read_text(encoding="utf-8")
    for order in report["orders"]:
        assert f"orders.joins,{order['id']}/1/2026-H2,refused,{order['joins'][0]['refused']}" in table
        assert f'{order["id"]} v1</bdi></th><td><span class="item"><bdi dir="ltr">' in page


def test_the_example_has_different_orders_in_each_half_year() -> None:
    # One order is in force in both half-years, the others in one of them.
    orders = {half: {path.stem for path in (ROOT / half / "orders").iterdir()} for half in HALF_YEARS}
    assert orders["2026-H1"] & orders["2026-H2"] == {"NL-2026-0001-v1"}
    assert read_document(ROOT / "demands.yaml").data
