"""`joinfence status` with a real mitmdump: running, with a broken edit, stopped, and killed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from joinfence.cli import app
from tests.config_files import edit
from tests.e2e.harness import GERMANY, PATIENCE, QUICK, Fence, Upstream, until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e


def status(fence: Fence, after: timedelta = timedelta(0)) -> tuple[int, dict[str, Any]]:
    """Run the command for a time after now; return its exit status and output."""
    state, at = fence.folder / "state" / "joinfence", datetime.now(UTC) + after
    done = CliRunner().invoke(app, ["status", "--state", str(state), "--json", "--at", at.isoformat()])
    assert done.stderr == ""
    return done.exit_code, json.loads(done.stdout)


def told(fence: Fence, words: str) -> bool:
    return any(words in finding["what"] for finding in status(fence)[1]["findings"])


def test_a_running_fence_and_a_killed_one_have_different_findings(
    tmp_path: Path, upstream: Upstream, config: Path
) -> None:
    with Fence(tmp_path, upstream.port, config, scripts=QUICK) as fence:
        assert until(lambda: status(fence)[0] == 0), status(fence)
        _, found = status(fence)
        assert (found["alive"], found["findings"]) == (True, [])
        assert found["fence"]["orders"]["in_force"] == 3
        assert found["fence"]["answered"] is not None or until(lambda: status(fence)[1]["fence"]["answered"])
        fence.process.kill()
        fence.process.wait(PATIENCE)
        code, found = status(fence, timedelta(minutes=1))
        assert (code, found["alive"]) == (1, False)
        assert found["findings"][0]["what"].startswith("the last heartbeat of the fence was ")


def test_a_fence_that_was_stopped_says_so(tmp_path: Path, upstream: Upstream, config: Path) -> None:
    with Fence(tmp_path, upstream.port, config, scripts=QUICK) as fence:
        assert until(lambda: status(fence)[1]["alive"])
    code, found = status(fence)
    assert (code, found["findings"][0]["to_do"]) == (1, "start it")
    assert found["fence"]["stopped"] is not None


def test_a_broken_edit_is_reported_until_it_is_fixed(
    tmp_path: Path, upstream: Upstream, config: Path
) -> None:
    order = config.parent / "orders" / "DE-2026-0001.yaml"
    with Fence(tmp_path, upstream.port, config, scripts=QUICK) as fence:
        assert until(lambda: status(fence)[1]["alive"])
        edit(order, "territory: [DE]", "territory: [UK]")
        assert until(lambda: told(fence, 'territory[0]: found "UK"'))
        assert status(fence)[0] == 1
        assert fence.get("/j/98765432101", GERMANY).status == 451  # the previous version is in force
        edit(order, "territory: [UK]", "territory: [DE]")
        assert until(lambda: status(fence)[0] == 0)


def test_the_status_file_says_nothing_about_joins(tmp_path: Path, upstream: Upstream, config: Path) -> None:
    client, agent = "2003:0:0:7777::4242", "canary-agent"
    with Fence(tmp_path, upstream.port, config, scripts=QUICK) as fence:
        assert until(lambda: status(fence)[1]["alive"])
        assert fence.get("/j/98765432101?pwd=canary-token", client, {"User-Agent": agent}).status == 451
    for name in ("status.json", "days.json"):
        text = (tmp_path / "state" / "joinfence" / name).read_text(encoding="utf-8")
        for canary in ("2003:", ":7777", "::4242", "canary", "98765432101"):
            assert canary not in text
