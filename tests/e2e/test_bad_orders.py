"""A running fence applies every good edit, whatever other files are broken, and loses no order."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.config_files import edit
from tests.e2e.harness import GERMANY, Fence, Upstream, make_config, until
from tests.signing import listed, public, sign

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.e2e

JOIN = "/api/meetings/townhall/join"
BOMB = "a: &a [x]\n" + "".join(f"a{n}: &a{n} [*a,*a]\n" for n in range(1000))


@pytest.fixture
def running(tmp_path: Path, upstream: Upstream) -> Iterator[Fence]:
    with Fence(tmp_path, upstream.port, make_config(tmp_path)) as fence:
        yield fence


def becomes(fence: Fence, expected: int, target: str = JOIN) -> bool:
    return until(lambda: fence.get(target, GERMANY, method="POST").status == expected)


def says(fence: Fence, text: str) -> bool:
    return until(lambda: text in fence.log)


def orders(fence: Fence) -> Path:
    return fence.config.parent / "orders"


def suspend(order: Path) -> None:
    with order.open("a", encoding="utf-8") as file:
        file.write("\nsuspended: {since: 2026-01-01T00:00:00Z, reason: An appeal.}\n")


def test_a_thousand_broken_files_do_not_delay_a_suspension(running: Fence) -> None:
    for number in range(1000):
        (orders(running) / f"broken-{number:04}.yaml").write_text("schema: order/2\n", encoding="utf-8")
    last = f'{orders(running)}/broken-0999.yaml:1:9: schema: found "order/2", expected order/1'
    assert until(lambda: last in running.log), running.log[-2000:]
    assert becomes(running, 451)
    suspend(orders(running) / "DE-2026-0001.yaml")
    assert becomes(running, 200)
    assert running.log.count(last) == 1
    assert running.log.count("schema: found") == 1000
    assert running.process.poll() is None


def test_bad_files_of_every_kind_are_reported_and_hold_back_nothing_else(running: Fence) -> None:
    folder = orders(running)
    (folder / "bomb.yaml").write_text(BOMB, encoding="utf-8")
    with (folder / "large.yaml").open("wb") as file:
        file.truncate(100 << 20)
    (folder / "loop.yaml").symlink_to("loop.yaml")
    os.mkfifo(folder / "pipe.yaml")
    (folder / "folder.yaml").mkdir()
    (folder / "binary.yaml").write_bytes(os.urandom(1000) + b"\xff")
    for message in (
        "bomb.yaml:1:4: anchors and aliases are not allowed; write the value out",
        "large.yaml:1:1: is larger than 1 MiB; split it, or check that it is the right file",
        "loop.yaml:1:1: cannot be read: Too many levels of symbolic links; check the path and its permissions",
        "pipe.yaml:1:1: is a pipe or device, not a file; check the path",
        "folder.yaml:1:1: cannot be read: Is a directory; check the path and its permissions",
        "is not UTF-8 text; save it as UTF-8",
        "still using the last good configuration until this is fixed",
    ):
        assert says(running, message), message
    assert becomes(running, 451)
    edit(folder / "DE-2026-0001.yaml", "id: townhall", "id: other")
    assert becomes(running, 451, "/api/meetings/other/join")
    assert becomes(running, 200)


def test_a_broken_order_stays_in_force_until_its_file_is_deleted(running: Fence) -> None:
    order = orders(running) / "DE-2026-0001.yaml"
    edit(order, "version: 1", "version: 0")
    assert says(running, "DE-2026-0001.yaml:5:10: version: found 0, expected a whole number from 1")
    assert becomes(running, 451)
    order.unlink()
    assert becomes(running, 200)


def test_the_orders_of_a_folder_that_disappears_stay_in_force(running: Fence) -> None:
    folder = orders(running)
    folder.rename(folder.with_name("away"))
    assert says(running, f"{folder}:1:1: the folder is missing or unmounted; its 3 orders stay as they were")
    assert becomes(running, 451)
    folder.with_name("away").rename(folder)
    suspend(folder / "DE-2026-0001.yaml")
    assert becomes(running, 200)


def test_two_signatures_put_an_order_in_force_and_one_stops_it(tmp_path: Path, upstream: Upstream) -> None:
    config = make_config(tmp_path)
    edit(config, "approvals: {required: 0}", "approvals: {required: 2, signers: allowed_signers}")
    signers = listed(("legal-anna", "anna"), ("operations-bob", "bob"), ("operations-carl", "carl"))
    (config.parent / "allowed_signers").write_text(signers, encoding="utf-8")
    with Fence(tmp_path, upstream.port, config) as fence:
        order = orders(fence) / "DE-2026-0001.yaml"
        assert becomes(fence, 200)
        sign(order, "anna", "legal-anna")
        (orders(fence) / "written-after-it.yaml").write_text("schema: order/2\n", encoding="utf-8")
        assert says(fence, "written-after-it.yaml:1:9: schema")
        assert becomes(fence, 200), "one is not enough"
        sign(order, "bob", "operations-bob")
        assert becomes(fence, 451)
        broken = signers.replace(public("bob"), "ssh-ed25519 AAAA")
        (config.parent / "allowed_signers").write_text(broken, encoding="utf-8")
        assert says(fence, "allowed_signers:2:1: expected NAME[,NAME] [OPTIONS] KEY-TYPE KEY")
        assert becomes(fence, 451), "the last good list of signers counts"
        sign(order, "carl", "stop-carl", "joinfence-stop")
        assert becomes(fence, 200)
        shutil.rmtree(order.with_name(f"{order.name}.sig"))
        assert becomes(fence, 200)
