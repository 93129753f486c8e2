"""Starting, following and stopping a fence without a host; tests/proxy/test_addon.py does so in mitmproxy."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

import pytest

from joinfence.gate import fence as module
from joinfence.gate.fence import Fence
from tests.config_files import edit
from tests.e2e.harness import make_config, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from joinfence.loading.loader import Loaded


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return make_config(tmp_path)


@pytest.fixture(autouse=True)
def restore_interpreter_settings() -> Iterator[None]:
    interval = sys.getswitchinterval()
    yield
    gc.unfreeze()
    sys.setswitchinterval(interval)


@pytest.fixture
def fence() -> Iterator[Fence]:
    made = Fence(lambda _loaded: [])
    yield made
    made.stop()


def orders(fence: Fence) -> int:
    loaded = fence.gate.loaded
    return -1 if loaded is None else len(loaded.policy.orders)


def test_it_opens_its_gate_with_the_first_policy_and_follows_edits(fence: Fence, config: Path) -> None:
    fence.start(config)
    assert orders(fence) == 3
    (config.parent / "orders" / "DE-2026-0001.yaml").unlink()
    assert until(lambda: orders(fence) == 2)


def test_a_configuration_with_problems_leaves_the_gate_closed(
    fence: Fence, config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    edit(config, "on_error: admit", "on_error: block")
    fence.start(config)
    assert fence.gate.loaded is None
    assert "on_error" in caplog.text
    fence.follow(config)
    assert fence._follower is None, "no configuration is being followed"


def test_another_configuration_takes_effect_unless_it_is_broken(
    fence: Fence, config: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fence.start(config)
    broken, other = make_config(tmp_path / "broken"), make_config(tmp_path / "other")
    edit(broken, "on_error: admit", "on_error: block")
    fence.follow(broken)
    assert until(lambda: "last good configuration" in caplog.text)
    assert orders(fence) == 3
    (other.parent / "orders" / "DE-2026-0001.yaml").unlink()
    fence.follow(other)
    assert until(lambda: orders(fence) == 2)


def test_a_policy_that_the_host_cannot_enforce_is_not_put_in_force(
    config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    checked: list[Loaded] = []

    def host_problems(loaded: Loaded) -> list[str]:
        checked.append(loaded)
        return ["an option bypasses the fence"]

    fence = Fence(host_problems)
    fence.start(config)
    fence.stop()
    assert (len(checked), fence.gate.loaded) == (1, None)
    assert "an option bypasses the fence" in caplog.text


def test_a_policy_takes_effect_even_if_no_page_can_be_rendered_in_advance(
    fence: Fence, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(module, "warm", fail)
    fence.start(config)
    assert orders(fence) == 3


def test_a_start_forbids_core_dumps_and_shortens_the_switch_interval(
    fence: Fence, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbidden: list[bool] = []
    monkeypatch.setattr(module, "forbid_core_dumps", lambda: forbidden.append(True))
    sys.setswitchinterval(0.005)
    fence.start(config)
    assert forbidden == [True]
    assert sys.getswitchinterval() < 0.001
    assert gc.get_freeze_count() > 0
