"""The plan of an order. The traffic was recorded by tests/replay/record.py."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.commands import run
from tests.config_files import copy_configs, edit

LINKS = str(Path(__file__).parents[1] / "replay" / "zoom-links.flows")


@pytest.fixture
def main(tmp_path: Path) -> Path:
    return copy_configs(tmp_path)


def order(main: Path, order_id: str = "PT-2026-0002") -> Path:
    return main.parent / "orders" / f"{order_id}.yaml"


def test_a_plan_shows_what_is_covered_what_is_not_and_when(main: Path) -> None:
    done = run(main, "plan", "PT-2026-0002")
    lines = [re.split(r"  +", line.rstrip(), maxsplit=1) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert lines == [
        ["Order PT-2026-0002", "version 1, in force"],
        ["By", "Example Directorate-General for Consumers: dsa_art9_order, DGC-2026/4471"],
        ["Effect", "refuses joins with 451"],
        ["Covered", "Portugal (PT), with the Azores and Madeira"],
        ["Not covered", "everywhere else"],
        ["Meeting", "demo, invest-live"],
        ["Meeting", "zoom, 91234567890"],
        ["Unaffected", "every other meeting, every account, and everybody who is already inside"],
        ["From", "4 November 2026, 00:00 (UTC)"],
        ["Until", "31 January 2027, 00:00 (UTC), 88 days later"],
        ["Review", "by 31 December 2026, 00:00 (UTC), otherwise it ends then"],
    ]


def refusals(main: Path, *arguments: str, at: str = "2026-11-24T12:00:00Z") -> dict[str, object]:
    done = run(main, "plan", "PT-2026-0002", "--json", "--traffic", LINKS, *arguments, at=at)
    assert done.exit_code == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)["traffic"]
    return found


def test_recorded_joins_are_counted_by_territory(main: Path) -> None:
    expected = {"requests": 40, "joins": 5, "refused": 2, "already_refused": 0, "by_territory": {"PT": 2}}
    assert refusals(main) == expected
    twice = {"requests": 80, "joins": 10, "refused": 4, "already_refused": 0, "by_territory": {"PT": 4}}
    assert refusals(main, "--traffic", LINKS) == twice


@pytest.mark.parametrize(
    "at", ["2026-10-01T00:00:00Z", "2027-01-05T00:00:00Z"], ids=["before it", "after its review"]
)
def test_joins_are_counted_as_if_within_the_order_s_period(main: Path, at: str) -> None:
    if at < "2026-11":  # orders are not read before they were issued
        edit(order(main), "issued_on: 2026-11-02", "issued_on: 2026-09-02")
        edit(order(main, "DE-2026-0001"), "issued_on: 2026-11-05", "issued_on: 2026-09-05")
    assert refusals(main, at=at)["refused"] == 2


@pytest.mark.parametrize(
    "more", ["mode: observe\n", "suspended: {since: 2026-11-20T00:00:00Z, reason: An appeal.}\n"]
)
def test_joins_are_counted_as_if_an_observing_or_suspended_order_were_in_force(main: Path, more: str) -> None:
    with order(main).open("a") as file:
        file.write(more)
    assert refusals(main)["refused"] == 2
    said = run(main, "plan", "PT-2026-0002", "--traffic", LINKS).stdout
    assert ("observes but refuses nobody" in said) is more.startswith("mode")


def test_joins_that_other_orders_also_refuse_are_counted(main: Path) -> None:
    other = order(main).read_text(encoding="utf-8").replace("id: PT-2026-0002", "id: PT-2026-0009")
    order(main, "PT-2026-0009").write_text(other, encoding="utf-8")
    assert refusals(main)["already_refused"] == 2
    said = run(main, "plan", "PT-2026-0002", "--traffic", LINKS).stdout
    assert "2 of them also refused under other orders" in said


def test_no_details_of_requests_are_printed(main: Path) -> None:
    said = run(main, "plan", "DE-2026-0001", "--traffic", LINKS).stdout
    assert "from Germany (DE)" in said
    assert not re.search(r"\d+\.\d+\.\d+\.\d+|[0-9a-f]+::", said)


def test_a_file_without_traffic_is_reported(main: Path, tmp_path: Path) -> None:
    done = run(main, "plan", "PT-2026-0002", "--traffic", str(tmp_path / "none"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.endswith("cannot be read: No such file or directory\n")
