"""Whichever way files are edited, each edit is loaded, and only once."""

from __future__ import annotations

import os
import queue
import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from joinfence.config.yaml.problems import ConfigError
from joinfence.loading import follower
from joinfence.loading.follower import Follower
from joinfence.loading.loader import Loaded, Loader
from tests.config_files import copy_configs, edit
from tests.e2e.harness import PATIENCE, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from joinfence.config.files import Fingerprint
    from joinfence.config.yaml.problems import Problem

INTERVAL = follower.INTERVAL


class CountingLoader(Loader):
    """A loader that counts the polls, and remembers how many there had been at the last load."""

    polls = 0
    polls_at_load = 0

    def fingerprint(self) -> Fingerprint:
        self.polls += 1
        return super().fingerprint()

    def load(self, now: datetime, fingerprint: Fingerprint | None = None) -> Loaded:
        self.polls_at_load = self.polls
        return super().load(now, fingerprint)


class Followed:
    """A followed configuration, and the calls of the follower."""

    def __init__(self, main: Path) -> None:
        self.main = main
        self.calls: queue.Queue[Loaded | tuple[Problem, ...]] = queue.Queue()
        self.loader = CountingLoader(main)
        fingerprint = self.loader.fingerprint()
        self.loader.load(datetime.now(UTC))
        self.follower = Follower(self.loader, self.calls.put, self.calls.put, fingerprint=fingerprint)
        self.follower.start()
        self.loaded()  # the fingerprint was of the main file alone, so the other files count as changed

    def loaded(self) -> Loaded:
        found = self.calls.get(timeout=PATIENCE)
        assert not isinstance(found, tuple), found
        return found

    def problems(self) -> tuple[Problem, ...]:
        """Return the next problems; the policy that was loaded in spite of them comes first."""
        while not isinstance(found := self.calls.get(timeout=PATIENCE), tuple):
            pass
        return found

    def is_quiet(self) -> bool:
        """Return whether a poll that begins now leads to no call; enough later polls show that it has ended."""
        enough = self.loader.polls + 3 + follower.MAX_POLLS
        assert until(lambda: self.loader.polls >= enough)
        return self.calls.empty()


@pytest.fixture
def followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Followed]:
    monkeypatch.setattr(follower, "INTERVAL", 0.05)
    it = Followed(copy_configs(tmp_path))
    yield it
    it.follower.stop()
    it.follower.join(PATIENCE)


def orders(followed: Followed) -> Path:
    return followed.main.parent / "orders"


def test_while_nothing_changes_nothing_is_loaded(followed: Followed) -> None:
    assert followed.is_quiet()


def test_an_edit_in_place(followed: Followed) -> None:
    with (orders(followed) / "DE-2026-0001.yaml").open("a", encoding="utf-8") as file:
        file.write("mode: observe\n")
    assert "observe" in {order.mode for order in followed.loaded().policy.orders}
    assert followed.is_quiet()


def test_an_edit_is_in_force_within_two_seconds_and_the_time_to_load(followed: Followed) -> None:
    before = followed.loader.polls
    edit(orders(followed) / "DE-2026-0001.yaml", "territory: [DE]", "territory: [DE-BY]")
    followed.loaded()
    # One poll may have begun already, the next one sees the edit, and after one more pause it has settled.
    assert followed.loader.polls_at_load - before <= 2
    assert 3 * INTERVAL < 2


def test_an_edit_by_renaming_as_editors_do(followed: Followed) -> None:
    path = orders(followed) / "DE-2026-0001.yaml"
    swap = path.with_suffix(".swp")
    swap.write_text(path.read_text(encoding="utf-8") + "mode: observe\n", encoding="utf-8")
    swap.replace(path)
    assert "observe" in {order.mode for order in followed.loaded().policy.orders}


def test_a_file_is_removed_and_one_added(followed: Followed) -> None:
    path = orders(followed) / "DE-2026-0001.yaml"
    path.unlink()
    assert len(followed.loaded().policy.orders) == 2
    fresh = Path(shutil.copy(orders(followed) / "PT-2026-0002.yaml", followed.main.parent))
    edit(fresh, "id: PT-2026-0002", "id: PT-2026-0009")
    fresh.rename(path)
    assert len(followed.loaded().policy.orders) == 3


def test_a_folder_swapped_by_a_link_as_kubernetes_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "INTERVAL", 0.05)
    copy_configs(tmp_path / "first")
    second = copy_configs(tmp_path / "second").parent
    (second / "orders" / "DE-2026-0001.yaml").unlink()
    data = tmp_path / "..data"
    data.symlink_to(tmp_path / "first" / "configs")
    (tmp_path / "mount").symlink_to("..data")
    it = Followed(tmp_path / "mount" / "geofence.yaml")
    try:
        fresh = tmp_path / "..data_tmp"
        fresh.symlink_to(second)
        fresh.replace(data)
        assert len(it.loaded().policy.orders) == 2
    finally:
        it.follower.stop()


def test_a_broken_edit_is_reported_once_and_its_correction_is_loaded(followed: Followed) -> None:
    path = orders(followed) / "DE-2026-0001.yaml"
    edit(path, "version: 1", "version: 0")
    assert [problem.path for problem in followed.problems()] == [path]
    assert followed.is_quiet()
    edit(path, "version: 0", "version: 1")
    assert len(followed.loaded().policy.orders) == 3
    assert followed.is_quiet()


def test_the_main_file_deleted_and_restored(followed: Followed) -> None:
    away = followed.main.with_suffix(".away")
    followed.main.rename(away)
    assert "cannot be read" in str(followed.problems()[0])
    away.rename(followed.main)
    assert len(followed.loaded().policy.orders) == 3


def test_a_main_file_that_names_other_files(followed: Followed) -> None:
    other = followed.main.parent / "more"
    other.mkdir()
    shutil.move(orders(followed) / "NL-2026-0003.yaml", other)
    assert len(followed.loaded().policy.orders) == 2
    edit(followed.main, "orders: [orders/*.yaml]", "orders: [orders/*.yaml, more/*.yaml]")
    assert len(followed.loaded().policy.orders) == 3


def test_files_that_keep_changing_are_loaded_anyway(
    followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 0

    def restless(_path: str) -> int:
        nonlocal count
        count += 1
        if count == follower.MAX_POLLS:
            followed.follower.stop()  # after this load
        return count

    monkeypatch.setattr(follower, "file_stamp", restless)
    os.utime(orders(followed) / "DE-2026-0001.yaml")
    assert len(followed.loaded().policy.orders) == 3
    assert count == follower.MAX_POLLS


def test_no_error_ends_the_thread(followed: Followed, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        failed = []

        def fail(_loader: Loader, _now: datetime, _fingerprint: object) -> Loaded:
            failed.append(1)
            message = "a message that may quote anything"
            raise RuntimeError(message)

        broken.setattr(Loader, "load", fail)
        os.utime(followed.main)
        assert until(lambda: failed)
    os.utime(followed.main)
    assert len(followed.loaded().policy.orders) == 3


def test_a_problem_that_remains_is_reported_once_although_other_files_change(followed: Followed) -> None:
    edit(orders(followed) / "DE-2026-0001.yaml", "version: 1", "version: 0")
    assert len(followed.problems()) == 1
    edit(orders(followed) / "PT-2026-0002.yaml", "version: 1", "version: 0")
    assert [problem.path.name for problem in followed.problems()] == ["PT-2026-0002.yaml"]
    os.utime(orders(followed) / "NL-2026-0003.yaml")
    assert len(followed.loaded().policy.orders) == 3
    assert followed.is_quiet()


def test_a_broken_edit_holds_back_no_other_edit(followed: Followed) -> None:
    edit(orders(followed) / "DE-2026-0001.yaml", "version: 1", "version: 0")
    edit(followed.main.parent / "authorities.yaml", "kind: court", "kind: x")
    broken: set[str] = set()
    while len(broken) < 2:
        broken |= {problem.path.name for problem in followed.problems()}
    (orders(followed) / "PT-2026-0002.yaml").unlink()
    assert {order.id for order in followed.loaded().policy.orders} == {"DE-2026-0001", "NL-2026-0003"}


def test_loading_raises_what_the_start_reports(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        Loader(tmp_path / "missing.yaml").load(datetime.now(UTC))


def test_many_new_files_are_loaded_once_they_have_settled(
    followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "MANY", 2)
    for number in range(3):
        text = (orders(followed) / "DE-2026-0001.yaml").read_text(encoding="utf-8")
        fresh = orders(followed) / f"DE-2026-100{number}.yaml"
        fresh.write_text(text.replace("DE-2026-0001", f"DE-2026-100{number}"), encoding="utf-8")
    while len(followed.loaded().policy.orders) < 6:
        pass
    assert followed.is_quiet()


# -- without a clock: a number of polls, with edits between them ------------------------------------


class Steps:
    """Replaces the clock: each wait takes the next step, and the last one ends the thread."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self.left = list(steps)
        self.waited: list[float] = []

    def __call__(self, seconds: float) -> bool:
        self.waited.append(seconds)
        if self.left:
            self.left.pop(0)()
        return not self.left


def nothing() -> None:
    """Let time pass."""


def calls_for(main: Path, steps: Steps) -> list[Loaded | tuple[Problem, ...]]:
    """Return the calls of the follower until the last step."""
    calls: list[Loaded | tuple[Problem, ...]] = []
    loader = Loader(main)
    loader.load(datetime.now(UTC))
    fingerprint = loader.fingerprint()
    Follower(loader, calls.append, calls.append, fingerprint=fingerprint, wait=steps).run()
    return calls


def test_polls_that_find_no_change_make_no_calls(tmp_path: Path) -> None:
    steps = Steps(*[nothing] * 5)
    assert calls_for(copy_configs(tmp_path), steps) == []
    assert steps.waited == [follower.INTERVAL] * 5


def test_an_edit_is_loaded_once_after_it_has_settled(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    order = main.parent / "orders" / "DE-2026-0001.yaml"

    steps = Steps(
        lambda: edit(order, "territory: [DE]", "territory: [DE-BY]"),
        lambda: edit(order, "territory: [DE-BY]", "territory: [DE-BE]"),
        *[nothing] * 5,
    )
    (loaded,) = calls_for(main, steps)
    assert isinstance(loaded, Loaded)
    found = loaded.policy.orders.get("DE-2026-0001")
    assert found
    assert found.territory == ("DE-BE",)


def test_after_a_slow_poll_the_pause_is_as_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 100, 7))
    monkeypatch.setattr(follower, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    steps = Steps(*[nothing] * 3)
    calls_for(copy_configs(tmp_path), steps)
    assert steps.waited == [follower.INTERVAL, 7, 7]
