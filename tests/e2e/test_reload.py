"""Edits take effect however files are replaced, and broken ones change nothing. (How soon: test_follower.py.)"""

from __future__ import annotations

import shutil
from itertools import count
from typing import TYPE_CHECKING

import pytest

from tests.config_files import edit
from tests.e2e.harness import AMERICA, GERMANY, PORTUGAL, Fence, Upstream, make_config, until
from tests.mmdb_files import write_mmdb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.e2e

JOIN = "/api/meetings/townhall/join"
NUMBERS = count()


@pytest.fixture
def running(tmp_path: Path, upstream: Upstream) -> Iterator[Fence]:
    with Fence(tmp_path, upstream.port, make_config(tmp_path)) as fence:
        yield fence


def status(fence: Fence, client: str = GERMANY, target: str = JOIN) -> int:
    return fence.get(target, client, method="POST").status


def becomes(fence: Fence, expected: int, client: str = GERMANY, target: str = JOIN) -> bool:
    return until(lambda: status(fence, client, target) == expected)


def looks_again(fence: Fence) -> bool:
    """Wait until the fence has looked at its files once more: it tells of one that is put there now."""
    marker = fence.config.parent / "orders" / f"marker-{next(NUMBERS)}.yaml"
    marker.write_text("schema: order/2\n", encoding="utf-8")
    return until(lambda: f"{marker.name}:1:9: schema" in fence.log)


def order_of(fence: Fence) -> Path:
    return fence.config.parent / "orders" / "DE-2026-0001.yaml"


def test_edits_to_each_kind_of_file_take_effect(running: Fence) -> None:
    config = running.config
    assert status(running) == 451
    edit(order_of(running), "id: townhall", "id: other")
    assert becomes(running, 200), "an order"
    edit(config.parent / "services" / "demo.yaml", "/api/meetings/{meeting}/join", "/elsewhere/{meeting}")
    assert becomes(running, 451, target="/elsewhere/other"), "a service"
    corrections = "corrections:\n  - {network: 9.9.9.9/32, territory: DE, on: 2026-11-01, reason: Known.}"
    edit(config.parent / "corrections.yaml", "corrections: []", corrections)
    assert becomes(running, 451, AMERICA, "/elsewhere/other"), "the corrections"
    edit(config, 'trusted_proxies: [127.0.0.1/32, "::1/128"]', "trusted_proxies: [10.0.0.0/8]")
    assert becomes(running, 200, GERMANY, "/elsewhere/other"), "the main file"


def test_a_file_replaced_by_renaming_takes_effect(running: Fence) -> None:
    order = order_of(running)
    swap = order.with_name("swap")
    swap.write_text(order.read_text(encoding="utf-8") + "mode: observe\n", encoding="utf-8")
    swap.replace(order)
    assert becomes(running, 200)


def test_a_folder_replaced_by_a_symbolic_link_takes_effect(tmp_path: Path, upstream: Upstream) -> None:
    first = make_config(tmp_path / "first").parent
    second = make_config(tmp_path / "second").parent
    (second / "orders" / "DE-2026-0001.yaml").unlink()
    data = tmp_path / "..data"
    data.symlink_to(first)
    for name in ("geofence.yaml", "authorities.yaml", "corrections.yaml", "orders", "services"):
        (tmp_path / name).symlink_to(f"..data/{name}")
    with Fence(tmp_path, upstream.port, tmp_path / "geofence.yaml") as fence:
        assert status(fence) == 451
        fresh = tmp_path / "..data_tmp"
        fresh.symlink_to(second)
        fresh.replace(data)
        assert becomes(fence, 200)


def test_a_broken_edit_keeps_the_last_good_policy_and_reports_all_problems_once(running: Fence) -> None:
    order = order_of(running)
    whole = order.read_text(encoding="utf-8")
    order.write_text(whole.replace("[DE]", "[UK]").replace("version: 1", "version: 0"), encoding="utf-8")
    edit(running.config.parent / "services" / "zoom.yaml", "name: link", "nam: link")
    assert until(lambda: "still using the last good configuration until this is fixed" in running.log)
    assert looks_again(running)
    log = running.log
    assert log.count(": rules[0].nam: unknown key; did you mean `name`?") == 1
    edit(running.config.parent / "services" / "zoom.yaml", "nam: link", "name: link")
    assert looks_again(running)
    log = running.log
    assert (log.count(': territory[0]: found "UK"'), log.count(": version: found 0")) == (1, 1)
    assert status(running) == 451
    order.write_text(whole.replace("id: townhall", "id: other"), encoding="utf-8")
    assert becomes(running, 200)


def test_a_replaced_location_database_takes_effect_unless_it_is_invalid(
    tmp_path: Path, upstream: Upstream
) -> None:
    config = make_config(tmp_path)
    edit(config, "- kind: registry", "- {kind: mmdb, path: geo.mmdb}")
    database = write_mmdb(config.parent / "geo.mmdb")
    with Fence(tmp_path, upstream.port, config) as fence:
        assert (status(fence), status(fence, PORTUGAL)) == (451, 200)
        write_mmdb(database, {"193.136.0.0/15": {"country": {"iso_code": "DE"}}})
        assert becomes(fence, 451, PORTUGAL), "replaced in place"
        assert status(fence) == 200
        fresh = write_mmdb(config.parent / "fresh", {"2003::/19": {"country": {"iso_code": "DE"}}})
        fresh.replace(database)
        assert becomes(fence, 451), "renamed over"
        for content in (database.read_bytes()[:200], b"", b"no database at all"):
            database.write_bytes(content)
            assert looks_again(fence)
            assert status(fence) == 451
        database.unlink()
        assert looks_again(fence)
        assert status(fence) == 451
        wrong = "geo.mmdb is not a usable location database (Error opening database file (geo.mmdb)."
        assert fence.log.count(wrong) == 1, "the same problem is logged once"
        assert "geo.mmdb cannot be read: No such file or directory" in fence.log
        assert fence.log.count("; still using GeoLite2-Country of ") == 2
        assert fence.process.poll() is None


def test_the_option_can_name_another_file_while_it_runs(tmp_path: Path, upstream: Upstream) -> None:
    other = make_config(tmp_path / "other")
    (other.parent / "orders" / "DE-2026-0001.yaml").unlink()
    switch = tmp_path / "switch.py"
    switch.write_text(
        "from mitmproxy import ctx\n"
        "def request(flow):\n"
        "    if flow.request.path == '/switch':\n"
        f"        ctx.options.update(geofence_config={str(other)!r})\n",
        encoding="utf-8",
    )
    from tests.e2e.harness import SCRIPT  # noqa: PLC0415 - beside its one use

    with Fence(tmp_path, upstream.port, make_config(tmp_path), scripts=(SCRIPT, switch)) as fence:
        assert status(fence) == 451
        fence.get("/switch", AMERICA)
        assert becomes(fence, 200)
    shutil.rmtree(tmp_path / "other")
