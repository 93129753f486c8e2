"""Deleted files are gone; a lost folder is not an empty one."""

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


def test_the_files_there_are(main: Path) -> None:
    found = OrderPaths().find(main, [*PATTERNS, "orders/a.yaml", "c.yaml"])
    assert found == OrderFiles([str(main.parent / "c.yaml"), *paths(main, "a", "b")], [], [])


def test_files_that_were_deleted_are_gone_even_all_of_them(main: Path) -> None:
    looks = OrderPaths()
    looks.find(main, PATTERNS)
    os.unlink(paths(main, "a")[0])  # noqa: PTH108 - it is a text
    assert looks.find(main, PATTERNS).there == paths(main, "b")
    os.unlink(paths(main, "b")[0])  # noqa: PTH108
    assert looks.find(main, PATTERNS) == OrderFiles([], [], [])


def lost(main: Path) -> OrderFiles:
    message = "the folder is lost; its 2 orders stay as they were"
    return OrderFiles([], paths(main, "a", "b"), [Problem(main.parent / "orders", 1, 1, message)])


def test_a_folder_that_is_gone_is_lost_until_it_is_back(main: Path) -> None:
    looks = OrderPaths()
    looks.find(main, PATTERNS)
    (main.parent / "orders").rename(main.parent / "away")
    assert [looks.find(main, PATTERNS) for _ in range(2)] == [lost(main)] * 2
    (main.parent / "away").rename(main.parent / "orders")
    assert looks.find(main, PATTERNS) == OrderFiles(paths(main, "a", "b"), [], [])


def test_an_empty_mount_point_is_a_lost_folder(main: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = OrderPaths()
    looks.find(main, PATTERNS)
    shutil.rmtree(main.parent / "orders")
    (main.parent / "orders").mkdir()
    # What was mounted here was another file system than what is here without it.
    monkeypatch.setattr(module, "_device", lambda _folder: 1)
    assert looks.find(main, PATTERNS) == lost(main)


def test_a_folder_that_never_was_is_not_lost(main: Path) -> None:
    looks = OrderPaths()
    assert [looks.find(main, ["none/*.yaml"]) for _ in range(2)] == [OrderFiles([], [], [])] * 2
