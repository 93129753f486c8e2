"""Following the files: every way an edit can arrive, and none twice."""

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


class Looking(Loader):
    """A loader that counts the looks at its files, and knows how many there had been at the last load."""

    looks = 0
    looks_at_load = 0

    def fingerprint(self) -> Fingerprint:
        self.looks += 1
        return super().fingerprint()

    def load(self, now: datetime, seen: Fingerprint | None = None) -> Loaded:
        self.looks_at_load = self.looks
        return super().load(now, seen)


class Followed:
    """A followed configuration and what was told of it."""

    def __init__(self, main: Path) -> None:
        self.main = main
        self.told: queue.Queue[Loaded | tuple[Problem, ...]] = queue.Queue()
        self.loader = Looking(main)
        seen = self.loader.fingerprint()
        self.loader.load(datetime.now(UTC))
        self.follower = Follower(self.loader, self.told.put, self.told.put, seen=seen)
        self.follower.start()
        self.loaded()  # the files named by the main file count as new once

    def loaded(self) -> Loaded:
        found = self.told.get(timeout=PATIENCE)
        assert not isinstance(found, tuple), found
        return found

    def problems(self) -> tuple[Problem, ...]:
        """Return the problems told next; what can be used of the edit is told before them."""
        while not isinstance(found := self.told.get(timeout=PATIENCE), tuple):
            pass
        return found

    def is_quiet(self) -> bool:
        """Tell whether nothing is told by a look that begins now: it has ended when enough others have begun."""
        enough = self.loader.looks + 3 + follower.MOST_LOOKS
        assert until(lambda: self.loader.looks >= enough)
        return self.told.empty()


@pytest.fixture
def followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Followed]:
    monkeypatch.setattr(follower, "INTERVAL", 0.05)
    it = Followed(copy_configs(tmp_path))
    yield it
    it.follower.stop()
    it.follower.join(PATIENCE)


def orders(followed: Followed) -> Path:
    return followed.main.parent / "orders"


def test_nothing_is_told_while_nothing_changes(followed: Followed) -> None:
    assert followed.is_quiet()


def test_an_edit_in_place(followed: Followed) -> None:
    with (orders(followed) / "DE-2026-0001.yaml").open("a", encoding="utf-8") as file:
        file.write("mode: observe\n")
    assert "observe" in {order.mode for order in followed.loaded().policy.orders}
    assert followed.is_quiet()


def test_an_edit_is_in_force_within_two_seconds_and_the_time_to_load(followed: Followed) -> None:
    before = followed.loader.looks
    edit(orders(followed) / "DE-2026-0001.yaml", "territory: [DE]", "territory: [DE-BY]")
    followed.loaded()
    # One look may be on its way already, the next one sees the edit, and after one pause more it is at rest.
    assert followed.loader.looks_at_load - before <= 2
    assert 3 * INTERVAL < 2


def test_an_edit_by_renaming_as_editors_do(followed: Followed) -> None:
    path = orders(followed) / "DE-2026-0001.yaml"
    swap = path.with_suffix(".swp")
    swap.write_text(path.read_text(encoding="utf-8") + "mode: observe\n", encoding="utf-8")
    swap.replace(path)
    assert "observe" in {order.mode for order in followed.loaded().policy.orders}


def test_a_file_more_and_a_file_less(followed: Followed) -> None:
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


def test_a_broken_edit_is_told_once_and_mending_it_is_in_force(followed: Followed) -> None:
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


def test_files_that_never_rest_are_loaded_all_the_same(
    followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 0

    def restless(_path: str) -> int:
        nonlocal count
        count += 1
        if count == follower.MOST_LOOKS:
            followed.follower.stop()  # after this load
        return count

    monkeypatch.setattr(follower, "file_stamp", restless)
    os.utime(orders(followed) / "DE-2026-0001.yaml")
    assert len(followed.loaded().policy.orders) == 3
    assert count == follower.MOST_LOOKS


def test_whatever_goes_wrong_following_goes_on(followed: Followed, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        failed = []

        def fail(_loader: Loader, _now: datetime, _seen: object) -> Loaded:
            failed.append(1)
            message = "a message that may quote anything"
            raise RuntimeError(message)

        broken.setattr(Loader, "load", fail)
        os.utime(followed.main)
        assert until(lambda: failed)
    os.utime(followed.main)
    assert len(followed.loaded().policy.orders) == 3


def test_a_problem_that_stays_is_told_once_though_other_files_change(followed: Followed) -> None:
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


def test_many_files_that_have_just_appeared_are_waited_for_and_loaded(
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


# -- without the clock: so many looks, with edits between them ------------------------------------


class Steps:
    """Stands for the clock: with each wait the next step is taken, and the end comes after the last."""

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


def told_of(main: Path, steps: Steps) -> list[Loaded | tuple[Problem, ...]]:
    """Return all that is told of a configuration until the steps are at their end."""
    told: list[Loaded | tuple[Problem, ...]] = []
    loader = Loader(main)
    loader.load(datetime.now(UTC))
    seen = loader.fingerprint()
    Follower(loader, told.append, told.append, seen=seen, wait=steps).run()
    return told


def test_looks_that_find_nothing_new_tell_nothing(tmp_path: Path) -> None:
    steps = Steps(*[nothing] * 5)
    assert told_of(copy_configs(tmp_path), steps) == []
    assert steps.waited == [follower.INTERVAL] * 5


def test_an_edit_is_loaded_once_when_it_has_come_to_rest(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    order = main.parent / "orders" / "DE-2026-0001.yaml"

    steps = Steps(
        lambda: edit(order, "territory: [DE]", "territory: [DE-BY]"),
        lambda: edit(order, "territory: [DE-BY]", "territory: [DE-BE]"),
        *[nothing] * 5,
    )
    (loaded,) = told_of(main, steps)
    assert isinstance(loaded, Loaded)
    found = loaded.policy.orders.get("DE-2026-0001")
    assert found
    assert found.territory == ("DE-BE",)


def test_a_slow_look_is_followed_by_as_long_a_pause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 100, 7))
    monkeypatch.setattr(follower, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    steps = Steps(*[nothing] * 3)
    told_of(copy_configs(tmp_path), steps)
    assert steps.waited == [follower.INTERVAL, 7, 7]
