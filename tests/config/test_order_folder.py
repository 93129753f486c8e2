from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from joinfence.config import order_folder
from joinfence.config.authorities import read_authorities
from joinfence.config.order_folder import OrderFolder
from joinfence.config.order_lines import read_order_file
from joinfence.config.problems import ConfigError
from joinfence.engine.values import Join
from tests.config_files import SHIPPED
from tests.order_texts import changed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from joinfence.config.order_lines import Reading
    from joinfence.engine.values import Authority

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
REGISTER = read_authorities(SHIPPED / "authorities.yaml")


@pytest.fixture
def read_paths(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record which files are read."""
    paths: list[str] = []

    def read(
        path: str, register: Mapping[str, Authority], services: Mapping[str, tuple[()]], now: datetime
    ) -> Reading:
        paths.append(Path(path).name)
        return read_order_file(path, register, services, now)

    monkeypatch.setattr(order_folder, "read_order_file", read)
    return paths


def write(folder: Path, name: str, *changes: tuple[str, object]) -> str:
    path = folder / name
    path.write_text(changed(*changes), encoding="utf-8")
    return str(path)


def read(
    orders: OrderFolder, paths: list[str], *, more: bool = False, state: Path | None = None
) -> list[str]:
    services = {"demo": (), "zoom": ()} | ({"other": ()} if more else {})
    entries, problems = orders.read(OrderFiles(paths, [], []), Basis(REGISTER, services), NOW, state=state)
    orders.problems = problems
    return [entry.id for entry in entries.values()]


def test_only_what_changed_is_read_again(tmp_path: Path, read_paths: list[str]) -> None:
    paths = [
        write(tmp_path, "a.yaml", ("id", "DE-2026-0001")),
        write(tmp_path, "b.yaml", ("id", "DE-2026-0002")),
    ]
    orders = OrderFolder()
    assert read(orders, paths) == ["DE-2026-0001", "DE-2026-0002"]
    first = orders.digest()
    write(tmp_path, "b.yaml", ("id", "DE-2026-0003"))
    read_paths.clear()
    assert read(orders, paths) == ["DE-2026-0001", "DE-2026-0003"]
    assert read_paths == ["b.yaml"]
    assert orders.digest() != first


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
    assert len(orders.index({})) == 0


def test_the_index_is_of_the_orders_last_read(tmp_path: Path) -> None:
    paths = [write(tmp_path, f"{n}.yaml", ("id", f"DE-2026-000{n}")) for n in range(4)]
    orders = OrderFolder()
    read(orders, paths)
    first = orders.index({})
    write(tmp_path, "0.yaml", ("id", "DE-2026-0000"), ("meetings[0].id", "other"))
    read(orders, paths)
    second = orders.index({})
    assert [
        [order.id for order in index.for_meeting(Join("demo", "other"))] for index in (first, second)
    ] == [
        [],
        ["DE-2026-0000"],
    ]
    assert len(first.for_meeting(Join("demo", "townhall"))) == 4
    assert len(second.for_meeting(Join("demo", "townhall"))) == 3


def test_many_orders_are_kept_compiled_and_not_read_after_a_restart(
    tmp_path: Path, read_paths: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_all(paths: list[str], **given: object) -> object:
        return ((path, read_order_file(path, **given)) for path in paths)  # type: ignore[arg-type]

    monkeypatch.setattr(order_folder, "MANY", 2)
    monkeypatch.setattr(order_folder, "read_many", read_all)
    paths = [write(tmp_path, f"{n}.yaml", ("id", f"DE-2026-000{n}")) for n in range(3)]
    state = tmp_path / "state"
    ids = read(OrderFolder(), paths, state=state)
    read_paths.clear()
    assert read(OrderFolder(), paths, state=state) == ids
    assert read_paths == []
    write(tmp_path, "1.yaml", ("id", "DE-2026-0007"))
    assert sorted(read(OrderFolder(), paths, state=state)) == ["DE-2026-0000", "DE-2026-0002", "DE-2026-0007"]
    assert read_paths == ["1.yaml"]


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
