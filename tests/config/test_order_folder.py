from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from joinfence.config.authorities import read_authorities
from joinfence.config.document import read_document
from joinfence.config.order_folder import OrderFolder
from joinfence.config.problems import ConfigError
from tests.config_files import SHIPPED
from tests.order_texts import changed

if TYPE_CHECKING:
    from pathlib import Path

    from joinfence.config.document import Document
    from joinfence.engine.values import Order

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
REGISTER = read_authorities(SHIPPED / "authorities.yaml")


@pytest.fixture
def read_paths(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record which files are read."""
    paths: list[str] = []

    def read(path: Path) -> Document:
        paths.append(path.name)
        return read_document(path)

    monkeypatch.setattr("joinfence.config.order_folder.read_document", read)
    return paths


def write(folder: Path, name: str, *changes: tuple[str, object]) -> str:
    path = folder / name
    path.write_text(changed(*changes), encoding="utf-8")
    return str(path)


def read(orders: OrderFolder, paths: list[str], *, zoom: tuple[()] = (), more: bool = False) -> list[Order]:
    services = {"demo": (), "zoom": zoom} | ({"other": ()} if more else {})
    return orders.read(paths, register=REGISTER, services=services, now=NOW)


def test_only_what_changed_is_read_again(tmp_path: Path, read_paths: list[str]) -> None:
    paths = [
        write(tmp_path, "a.yaml", ("id", "DE-2026-0001")),
        write(tmp_path, "b.yaml", ("id", "DE-2026-0002")),
    ]
    orders = OrderFolder()
    assert [order.id for order in read(orders, paths)] == ["DE-2026-0001", "DE-2026-0002"]
    first = orders.digests()
    write(tmp_path, "b.yaml", ("id", "DE-2026-0003"))
    read_paths.clear()
    assert [order.id for order in read(orders, paths)] == ["DE-2026-0001", "DE-2026-0003"]
    assert read_paths == ["b.yaml"]
    assert (orders.digests()[0], orders.digests()[1] == first[1]) == (first[0], False)


def test_everything_is_read_again_when_the_services_change(tmp_path: Path, read_paths: list[str]) -> None:
    paths = [write(tmp_path, "a.yaml")]
    orders = OrderFolder()
    read(orders, paths)
    read_paths.clear()
    read(orders, paths, more=True)
    assert read_paths == ["a.yaml"]


def test_a_removed_file_takes_its_order_along(tmp_path: Path) -> None:
    paths = [write(tmp_path, "a.yaml")]
    orders = OrderFolder()
    read(orders, paths)
    assert read(orders, []) == []


def test_the_problems_of_all_files_are_told_and_the_good_ones_kept(
    tmp_path: Path, read_paths: list[str]
) -> None:
    paths = [
        write(tmp_path, "a.yaml", ("version", 0)),
        write(tmp_path, "b.yaml"),
        write(tmp_path, "c.yaml", ("mode", "x"), ("id", "DE-2026-0007")),
    ]
    orders = OrderFolder()
    with pytest.raises(ConfigError) as caught:
        read(orders, paths)
    assert [problem.path.name for problem in caught.value.problems] == ["a.yaml", "c.yaml"]
    read_paths.clear()
    with pytest.raises(ConfigError):
        read(orders, paths)
    assert read_paths == ["a.yaml", "c.yaml"]


def test_an_id_is_never_used_twice(tmp_path: Path) -> None:
    paths = [write(tmp_path, "a.yaml"), write(tmp_path, "b.yaml")]
    with pytest.raises(ConfigError) as caught:
        read(OrderFolder(), paths)
    assert (
        str(caught.value)
        == f"{paths[1]}:3:8: id: the id DE-2026-0001 is taken by {paths[0]}; ids are never reused"
    )
