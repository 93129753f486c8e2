"""Deleted files are distinguished from files in a lost folder."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from joinfence.config.order_store import paths as module
from joinfence.config.order_store.paths import OrderFiles, OrderPaths
from joinfence.config.yaml.problems import Problem

if TYPE_CHECKING:
    from pathlib import Path

PATTERNS = ["orders/*.yaml"]


@pytest.fixture
def main(tmp_path: Path) -> Path:
    (tmp_path / "orders").mkdir()
    for name in ("a", "b"):
        (tmp_path / "orders" / f"{name}.yaml").touch()
    return tmp_path / "geofence.yaml"


def paths(main: Path, *names: str) -> list[str]:
    return [str(main.parent / "orders" / f"{name}.yaml") for name in names]


def test_files_are_found_by_all_patterns(main: Path) -> None:
    found = OrderPaths().find(main, [*PATTERNS, "orders/a.yaml", "c.yaml"])
    assert found == OrderFiles([str(main.parent / "c.yaml"), *paths(main, "a", "b")], [], [])


def test_deleted_files_are_not_found_even_if_all_were_deleted(main: Path) -> None:
    order_paths = OrderPaths()
    order_paths.find(main, PATTERNS)
    os.unlink(paths(main, "a")[0])  # noqa: PTH108 - text, not Path
    assert order_paths.find(main, PATTERNS).existing == paths(main, "b")
    os.unlink(paths(main, "b")[0])  # noqa: PTH108
    assert order_paths.find(main, PATTERNS) == OrderFiles([], [], [])


def lost(main: Path) -> OrderFiles:
    message = "the folder is missing or unmounted; its 2 orders stay as they were"
    return OrderFiles([], paths(main, "a", "b"), [Problem(main.parent / "orders", 1, 1, message)])


def test_a_folder_that_was_renamed_is_lost_until_it_is_back(main: Path) -> None:
    order_paths = OrderPaths()
    order_paths.find(main, PATTERNS)
    (main.parent / "orders").rename(main.parent / "away")
    assert [order_paths.find(main, PATTERNS) for _ in range(2)] == [lost(main)] * 2
    (main.parent / "away").rename(main.parent / "orders")
    assert order_paths.find(main, PATTERNS) == OrderFiles(paths(main, "a", "b"), [], [])


def test_an_unmounted_folder_is_lost(main: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order_paths = OrderPaths()
    order_paths.find(main, PATTERNS)
    shutil.rmtree(main.parent / "orders")
    (main.parent / "orders").mkdir()
    # The mount point without the mounted file system is on another device.
    monkeypatch.setattr(module, "_device", lambda _folder: 1)
    assert order_paths.find(main, PATTERNS) == lost(main)


def test_a_folder_that_never_existed_is_not_lost(main: Path) -> None:
    order_paths = OrderPaths()
    assert [order_paths.find(main, ["none/*.yaml"]) for _ in range(2)] == [OrderFiles([], [], [])] * 2
