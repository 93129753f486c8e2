"""Records of a real mitmdump when its disk is full or read-only, and when it is killed."""

from __future__ import annotations

import json
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from joinfence.cli import app
from joinfence.records.log.events import EventKind
from joinfence.records.log.files import TALLIES, read_events
from tests.e2e.disks import FullTmpfs, NoLargerFiles, NoPermission, ReadOnlyTmpfs, mounts_are_allowed
from tests.e2e.harness import AMERICA, PATIENCE, QUICK, Fence, Upstream, free_port, until
from tests.e2e.kept import measure_at, metric, refused, refused_by_order

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.disks import Disk

pytestmark = pytest.mark.e2e

ORDER = "DE-2026-0001"
# So many that their events do not fit into the space left at the end of a file on a full disk.
MORE = [f"DE-2026-{number:04}" for number in range(10, 30)]
JOIN = "/api/meetings/townhall/join"
PARTS = {"tallies": "the tallies", "event_log": "the event log"}

# Where no file system may be mounted, process limits are used instead, which cause different system errors.
DISKS = (
    [
        pytest.param(FullTmpfs, id="a full file system"),
        pytest.param(ReadOnlyTmpfs, id="a file system mounted read-only"),
    ]
    if mounts_are_allowed()
    else [
        pytest.param(NoLargerFiles, id="no room in any file"),
        pytest.param(NoPermission, id="a folder without permission to write"),
    ]
)


class Households:
    """Clients in Germany, each in a different network, so that each is counted."""

    def __init__(self, fence: Fence) -> None:
        self._fence = fence
        self._networks = count(1)
        self.refused = 0

    def join(self, joins: int) -> None:
        for network in (next(self._networks) for _ in range(joins)):
            assert self._fence.get(JOIN, f"2003:0:0:{network:x}::1", method="POST").status == 451
            self.refused += 1
        assert self._fence.get(JOIN, AMERICA, method="POST").status == 200
        assert self._fence.get(join_of("nobody"), method="POST").status == 200


def join_of(order: str) -> str:
    return f"/api/meetings/hall-of-{order}/join"


def add_orders(config: Path) -> None:
    """Bring more orders into force."""
    orders = config.parent / "orders"
    text = (orders / f"{ORDER}.yaml").read_text(encoding="utf-8")
    for order in MORE:
        own = text.replace(ORDER, order).replace("id: townhall", f"id: hall-of-{order}")
        (orders / f"{order}.yaml").write_text(own, encoding="utf-8")


def is_refused(fence: Fence, join: str) -> bool:
    return fence.get(join, method="POST").status == 451


def has_failed_twice(port: int, part: str) -> bool:
    return metric(port, f'joinfence_errors_total{{part="{part}"}}') > 1


def is_told(fence: Fence, words: str) -> bool:
    return words in fence.log


def has_refused(state: Path, joins: int) -> bool:
    return refused(state, ORDER) == joins


def status(state: Path) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(app, ["status", "--state", str(state), "--json"])
    assert done.stderr == ""
    return done.exit_code, json.loads(done.stdout)


def verified(state: Path) -> bool:
    return CliRunner().invoke(app, ["log", "verify", "--state", str(state)]).exit_code == 0


def activated(state: Path) -> list[str | None]:
    return [e.event.order for e in read_events(state) if e.event.kind is EventKind.ACTIVATED]


@pytest.mark.parametrize("kind", DISKS)
def test_a_disk_that_fails_stops_nothing_and_loses_nothing(
    tmp_path: Path, upstream: Upstream, config: Path, kind: type[Disk]
) -> None:
    disk, port = kind(tmp_path / "state"), free_port()
    measure_at(config, port)
    with (
        disk.set_up(),
        Fence(tmp_path, upstream.port, config, scripts=QUICK, launcher=disk.launcher) as fence,
    ):
        state, clients = disk.seen / "joinfence", Households(fence)

        def has_tallied(expected: dict[str, int]) -> bool:
            return refused_by_order(disk.folder / "joinfence", disk.inside) == expected

        clients.join(2)
        assert until(lambda: has_tallied({ORDER: 2}), pause=0.5)
        assert until(lambda: ORDER in activated(state))
        assert until(lambda: status(state)[0] == 0)

        # Reading the tallies leaves files beside them, which the next write removes, and that would free space.
        clients.join(1)
        assert until(lambda: not (state / f"{TALLIES}-shm").exists())

        disk.fail(fence.process.pid)
        clients.join(5)
        add_orders(config)
        for order in MORE:
            assert until(partial(is_refused, fence, join_of(order)))
        for part in PARTS:
            assert until(partial(has_failed_twice, port, part)), part
        assert until(lambda: status(state)[0] == 1)
        assert "free disk space" in status(state)[1]["findings"][0]["to_do"]
        assert verified(state)
        clients.join(3)
        for told in PARTS.values():
            assert fence.log.count(f"{told} cannot be written; everything else goes on") == 1
        assert fence.log.count("so `joinfence status` cannot see this fence") == 1

        disk.recover(fence.process.pid)
        clients.join(1)
        assert clients.refused == 12
        assert until(lambda: has_tallied({ORDER: 12} | dict.fromkeys(MORE, 1)), pause=0.5)
        assert until(lambda: set(MORE) <= set(activated(state)))
        assert len(activated(state)) == len(set(activated(state))), "each is told once"
        assert verified(state)
        assert until(lambda: status(state)[1]["alive"])
        for told in PARTS.values():
            assert until(partial(is_told, fence, f"{told} can be written again")), told
        assert "Traceback" not in fence.log


def test_records_written_before_a_kill_survive_it(tmp_path: Path, upstream: Upstream, config: Path) -> None:
    state = tmp_path / "state" / "joinfence"
    for wanted in (3, 6):
        with Fence(tmp_path, upstream.port, config, scripts=QUICK) as fence:
            Households(fence).join(3)
            assert until(partial(has_refused, state, wanted))
            assert until(partial(verified, state))
            fence.process.kill()
            fence.process.wait(PATIENCE)
        assert refused(state, ORDER) == wanted
        assert verified(state)
        assert activated(state).count(ORDER) == 1
