from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.cli.commands import run
from tests.config_files import copy_configs, edit

if TYPE_CHECKING:
    from pathlib import Path


def test_each_order_has_a_line_with_its_standing_and_next_change(tmp_path: Path) -> None:
    done = run(copy_configs(tmp_path), "orders", "list", width=80)
    assert done.exit_code == 0
    assert [line.rstrip() for line in done.stdout.splitlines()] == [
        "Order         Standing  Next        On                 In       Territory",
        "NL-2026-0003  in force  review due  2027-01-14 23:00Z  51 days  NL",
        "PT-2026-0002  in force  review due  2026-12-31 00:00Z  36 days  PT",
        "DE-2026-0001  in force  review due  2027-01-09 23:00Z  46 days  DE",
    ]


def test_the_standings_depend_on_the_time(tmp_path: Path) -> None:
    done = run(copy_configs(tmp_path), "orders", "list", "--json", at="2027-02-10T00:00:00Z")
    found = {order["id"]: order for order in json.loads(done.stdout)}
    assert {key: order["standing"] for key, order in found.items()} == {
        "DE-2026-0001": "expired",
        "NL-2026-0003": "review_missed",
        "PT-2026-0002": "expired",
    }
    assert found["NL-2026-0003"]["next_event"]["standing"] == "expired"
    assert found["DE-2026-0001"]["next_event"] is None


def test_an_order_without_a_next_change_and_one_that_observes(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    with (main.parent / "orders" / "NL-2026-0003.yaml").open("a") as file:
        file.write("mode: observe\n")
    lines = run(main, "orders", "list", at="2027-02-10T00:00:00Z").stdout.splitlines()
    narrow = run(main, "orders", "list", at="2027-02-10T00:00:00Z", width=72).stdout
    assert "…" not in narrow
    assert all(word in narrow for word in ("observes", "2027-03-30 22:00Z", "48 days", "NL-2026-0003"))
    assert next(line for line in lines if "DE-" in line).split() == [
        "DE-2026-0001",
        "expired",
        "-",
        "-",
        "-",
        "DE",
    ]
    assert "review missed, observes" in next(line for line in lines if "NL-" in line)


def test_a_configuration_without_orders(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    edit(main, "orders: [orders/*.yaml]", "orders: []")
    assert run(main, "orders", "list").stdout == "no orders\n"


def test_an_invalid_configuration_ends_with_status_2(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    edit(main.parent / "orders" / "DE-2026-0001.yaml", "territory: [DE]", "territory: [UK]")
    done = run(main, "orders", "list")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "UK: write GB" in done.stderr
