from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.cli.commands import run
from tests.config_files import copy_configs

if TYPE_CHECKING:
    from pathlib import Path


def rows(out: str) -> dict[str, str]:
    """Return heading -> text of a table without borders, with the lines of each text joined."""
    width = out.index("in force")
    found: dict[str, str] = {}
    heading = ""
    for line in out.splitlines():
        heading = line[:width].strip() or heading
        found[heading] = f"{found.get(heading, '')} {line[width:].strip()}".strip()
    return found


def test_every_part_of_an_order_is_shown(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    done = run(main, "orders", "show", "DE-2026-0001", width=200)
    shown = rows(done.stdout)
    assert done.exit_code == 0
    assert shown["Order DE-2026-0001"] == "in force"
    assert shown["Next"] == "review due 10 January 2027, 00:00 (GMT+01:00), in 46 days"
    assert shown["Decision"] == "interim_injunction, 17 O 123/26, of 5 November 2026"
    assert shown["Territory"] == "Germany"
    assert shown["Meeting"] == "demo, townhall zoom, 98765432101"
    assert shown["Host"] == "sent on 6 November 2026, 11:00 (GMT+01:00)"
    assert shown["File"].endswith("orders/DE-2026-0001.yaml")
    assert "Reasons (de)" in shown


def test_optional_parts_are_shown_if_present(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    order = main.parent / "orders" / "DE-2026-0001.yaml"
    text = order.read_text(encoding="utf-8").partition("host_notice:")[0]
    text = text.replace("  issued_on", "  ecli: ECLI:DE:BGH:2026:010126UIZR1.26.0\n  issued_on")
    text += "host_notice: {state: deferred, reason: Abroad., until: 2026-12-01T00:00:00Z}\n"
    text += "narrowed_from: The whole world.\nsuspended: {since: 2026-12-24T00:00:00Z, reason: An appeal.}\n"
    order.write_text(text, encoding="utf-8")
    shown = rows(run(main, "orders", "show", "DE-2026-0001", width=200).stdout)
    assert shown["Decision"].endswith("2026 ECLI:DE:BGH:2026:010126UIZR1.26.0")
    assert shown["Narrowed from"] == "The whole world."
    assert shown["Suspended"] == "since 24 December 2026, 00:00 (UTC): An appeal."
    assert shown["Host"] == "deferred until 1 December 2026, 00:00 (UTC): Abroad."


def test_the_json_contains_the_whole_order(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    found = json.loads(
        run(main, "orders", "show", "DE-2026-0001", "--json", at="2027-02-08T00:00:00Z").stdout
    )
    assert (found["standing"], found["next_event"]) == ("expired", None)
    assert found["order"]["schema"] == "order/1"
    assert found["order"]["necessity"]["aim"] == "rights_of_others"


def test_an_unknown_id_is_reported(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    near = run(main, "orders", "show", "DE-2026-0002")
    assert (near.exit_code, near.stderr) == (
        2,
        "DE-2026-0002: no order has this id; did you mean DE-2026-0001?\n",
    )
    far = run(main, "orders", "show", "x\x1b[31m")
    assert far.stderr == "x\\x1b[31m: no order has this id; `joinfence orders list` shows all orders\n"
