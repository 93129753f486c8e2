from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from joinfence.config.order_store import folder, reading
from joinfence.config.order_store.folder import OrderContext, OrderFolder
from joinfence.config.order_store.paths import OrderFiles
from joinfence.config.order_store.reading import read_order_file
from joinfence.config.orders.authorities import read_authorities
from joinfence.config.yaml.problems import ConfigError
from joinfence.engine.values import Join
from tests.config_files import SHIPPED
from tests.order_texts import changed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from joinfence.config.order_store.reading import Reading
    from joinfence.engine.order import Authority

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
REGISTER = read_authorities(SHIPPED / "authorities.yaml")


@pytest.fixture
def read_paths(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which the name of every file that is read is added."""
    paths: list[str] = []

    def read(
        path: str, register: Mapping[str, Authority], services: Mapping[str, tuple[()]], now: datetime
    ) -> Reading:
        paths.append(Path(path).name)
        return read_order_file(path, register, services, now)

    monkeypatch.setattr(folder, "read_order_file", read)
    return paths


def write(folder: Path, name: str, *changes: tuple[str, object]) -> str:
    path = folder / name
    path.write_text(changed(*changes), encoding="utf-8")
    return str(path)


def read(
    orders: OrderFolder,
    paths: list[str],
    *,
    more: bool = False,
    state: Path | None = None,
    lost: tuple[str, ...] = (),
    register: Mapping[str, Authority] = REGISTER,
) -> tuple[list[str], list[str]]:
    """Return the ids of the orders in use, and the problems with file names only."""
    services = {"demo": (), "zoom": ()} | ({"other": ()} if more else {})
    files = OrderFiles([path for path in paths if path not in lost], list(lost), [])
    entries, problems = orders.read(files, OrderContext(register, services), NOW, state=state)
    messages = [f"{problem.path.name}:{problem.line}: {problem.message}" for problem in problems]
    return [entries[path].id for path in sorted(entries)], messages


def test_only_what_changed_is_read_again(tmp_path: Path, read_paths: list[str]) -> None:
    paths = [
        write(tmp_path, "a.yaml", ("id", "DE-2026-0001")),
        write(tmp_path, "b.yaml", ("id", "DE-2026-0002")),
    ]
    orders = OrderFolder()
    assert read(orders, paths) == (["DE-2026-0001", "DE-2026-0002"], [])
    orders.index({})
    first, digests = orders.digest(), orders.digests()
    assert sorted(digests) == ["DE-2026-0001", "DE-2026-0002"]
    write(tmp_path, "b.yaml", ("id", "DE-2026-0003"))
    read_paths.clear()
    assert read(orders, paths) == (["DE-2026-0001", "DE-2026-0003"], [])
    assert read_paths == ["b.yaml"]
    orders.index({})
    assert orders.digest() != first
    assert sorted(orders.digests()) == ["DE-2026-0001", "DE-2026-0003"]
    assert sorted(digests) == ["DE-2026-0001", "DE-2026-0002"]
    write(tmp_path, "b.yaml", ("id", "DE-2026-0002"))
    read(orders, paths)
    orders.index({})
    assert (orders.digest(), orders.digests()) == (first, digests)


def test_everything_is_read_again_when_the_services_change(tmp_path: Path, read_paths: list[str]) -> None:
    paths = [write(tmp_path, "a.yaml")]
    orders = OrderFolder()
    read(orders, paths)
    read_paths.clear()
    read(orders, paths, more=True)
    assert read_paths == ["a.yaml"]


def test_removing_a_file_removes_its_order(tmp_path: Path) -> None:
    paths = [write(tmp_path, "a.yaml")]
    orders = OrderFolder()
    read(orders, paths)
    Path(paths[0]).unlink()
    assert read(orders, []) == ([], [])
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


def test_the_index_is_right_after_most_orders_were_removed(tmp_path: Path) -> None:
    paths, orders = three(tmp_path), OrderFolder()
    read(orders, paths)
    assert len(orders.index({}).for_meeting(Join("demo", "townhall"))) == 3
    for path in paths[:2]:
        Path(path).unlink()
    read(orders, paths[2:])
    index = orders.index({})
    assert [order.id for order in index.for_meeting(Join("demo", "townhall"))] == ["DE-2026-0002"]


@pytest.mark.parametrize("settled", [-1.0, 1e9], ids=["found by path", "found by content"])
def test_many_orders_are_read_from_the_compiled_copy_after_a_restart(
    tmp_path: Path, read_paths: list[str], monkeypatch: pytest.MonkeyPatch, settled: float
) -> None:
    monkeypatch.setattr(reading, "SETTLED", settled)

    def read_all(paths: list[str], **given: object) -> object:
        read_paths.extend(Path(path).name for path in paths)
        return ((path, read_order_file(path, **given)) for path in paths)  # type: ignore[arg-type]

    monkeypatch.setattr(folder, "MANY", 2)
    monkeypatch.setattr(folder, "read_many", read_all)
    paths = [write(tmp_path, f"{n}.yaml", ("id", f"DE-2026-000{n}")) for n in range(3)]
    state = tmp_path / "state"
    ids = read(OrderFolder(), paths, state=state)
    read_paths.clear()
    assert read(OrderFolder(), paths, state=state) == ids
    assert read_paths == []
    assert read(OrderFolder(), paths) == ids, "it works without a state folder"
    read_paths.clear()
    write(tmp_path, "1.yaml", ("id", "DE-2026-0007"))
    found, _problems = read(OrderFolder(), paths, state=state)
    assert found == ["DE-2026-0000", "DE-2026-0007", "DE-2026-0002"]
    assert read_paths == ["1.yaml"]


UNKNOWN = 'authority.id: found "de-lg-beispielstadt", expected the id of an authority in the register; add it there first'


def three(folder: Path) -> list[str]:
    return [write(folder, f"{n}.yaml", ("id", f"DE-2026-000{n}")) for n in range(3)]


def test_the_last_good_version_of_a_broken_file_is_used_and_other_edits_take_effect(
    tmp_path: Path, read_paths: list[str]
) -> None:
    paths, orders = three(tmp_path), OrderFolder()
    read(orders, paths)
    write(tmp_path, "0.yaml", ("id", "DE-2026-0000"), ("version", 0))
    write(tmp_path, "1.yaml", ("id", "DE-2026-0007"))
    paths.append(write(tmp_path, "new.yaml", ("mode", "x"), ("id", "DE-2026-0009")))
    broken = [
        "0.yaml:4: version: found 0, expected a whole number from 1",
        'new.yaml:73: mode: found "x", expected enforce or observe',
    ]
    expected = (["DE-2026-0000", "DE-2026-0007", "DE-2026-0002"], broken)
    assert read(orders, paths) == expected
    read_paths.clear()
    assert read(orders, paths) == expected
    assert read_paths == [], "a file that stays broken is not read again"
    write(tmp_path, "0.yaml", ("id", "DE-2026-0008"))
    assert read(orders, paths) == (["DE-2026-0008", "DE-2026-0007", "DE-2026-0002"], broken[1:])


def test_a_broken_file_that_is_deleted_ends_its_order(tmp_path: Path) -> None:
    paths, orders = three(tmp_path), OrderFolder()
    read(orders, paths)
    write(tmp_path, "0.yaml", ("version", 0))
    assert len(read(orders, paths)[0]) == 3
    Path(paths[0]).unlink()
    assert read(orders, paths[1:]) == (["DE-2026-0001", "DE-2026-0002"], [])


def test_a_named_file_that_was_deleted_is_reported_and_its_order_ends(tmp_path: Path) -> None:
    paths, orders = three(tmp_path), OrderFolder()
    read(orders, paths)
    Path(paths[0]).unlink()
    gone = "0.yaml:1: cannot be read: No such file or directory; check the path and its permissions"
    assert read(orders, paths) == (["DE-2026-0001", "DE-2026-0002"], [gone])


def test_the_orders_of_a_lost_folder_stay_in_use(tmp_path: Path) -> None:
    paths, orders = three(tmp_path), OrderFolder()
    read(orders, paths)
    for path in paths[:2]:
        Path(path).unlink()
    assert read(orders, paths, lost=tuple(paths[:2]))[0] == ["DE-2026-0000", "DE-2026-0001", "DE-2026-0002"]


def test_a_register_that_breaks_an_order_is_refused_and_edits_still_take_effect(
    tmp_path: Path,
) -> None:
    paths, orders = three(tmp_path), OrderFolder()
    read(orders, paths)
    smaller = {name: each for name, each in REGISTER.items() if name != "de-lg-beispielstadt"}
    with pytest.raises(ConfigError) as caught:
        read(orders, paths, register=smaller)
    assert {problem.message for problem in caught.value.problems} == {UNKNOWN}
    write(tmp_path, "1.yaml", ("id", "DE-2026-0007"))
    assert read(orders, paths) == (["DE-2026-0000", "DE-2026-0007", "DE-2026-0002"], [])


def test_a_refused_register_is_only_tried_again_after_a_broken_order_was_edited(
    tmp_path: Path, read_paths: list[str]
) -> None:
    paths, orders = three(tmp_path), OrderFolder()
    read(orders, paths)
    smaller = {name: each for name, each in REGISTER.items() if name != "de-lg-beispielstadt"}
    for _ in range(2):
        with pytest.raises(ConfigError):
            read(orders, paths, register=smaller)
    assert len(read_paths) == 6
    for path in paths:
        Path(path).unlink()
    assert read(orders, [], register=smaller) == ([], [])


def test_a_register_that_does_not_concern_broken_or_lost_files_is_used(tmp_path: Path) -> None:
    paths, orders = three(tmp_path), OrderFolder()
    read(orders, paths)
    write(tmp_path, "0.yaml", ("version", 0))
    more = {**REGISTER, "new": next(iter(REGISTER.values()))}
    ids, problems = read(orders, paths, register=more, lost=(paths[1],))
    assert (ids, len(problems)) == (["DE-2026-0000", "DE-2026-0001", "DE-2026-0002"], 1)


def test_a_register_that_may_break_an_order_in_a_lost_folder_is_refused_until_the_folder_is_back(
    tmp_path: Path,
) -> None:
    paths, orders = three(tmp_path), OrderFolder()
    read(orders, paths)
    authority = replace(REGISTER["de-lg-beispielstadt"], kind="regulator")
    other = {**REGISTER, authority.id: authority}
    with pytest.raises(ConfigError):
        read(orders, paths, register=other, lost=(paths[1],))
    assert len(read(orders, paths, register=other)[0]) == 3


def test_an_id_is_never_used_twice(tmp_path: Path) -> None:
    paths = [write(tmp_path, "a.yaml"), write(tmp_path, "b.yaml")]
    taken = f"b.yaml:3: id: the id DE-2026-0001 is taken by {paths[0]}; ids are never reused"
    assert read(OrderFolder(), paths) == (["DE-2026-0001"], [taken])


def test_an_id_stays_with_the_file_that_had_it(tmp_path: Path) -> None:
    paths, orders = three(tmp_path), OrderFolder()
    read(orders, paths)
    write(tmp_path, "0.yaml", ("id", "DE-2026-0001"))
    paths.append(write(tmp_path, "copy.yaml", ("id", "DE-2026-0002")))
    ids, problems = read(orders, paths)
    assert ids == ["DE-2026-0000", "DE-2026-0001", "DE-2026-0002"]
    assert problems == [
        f"0.yaml:3: id: the id DE-2026-0001 is taken by {paths[1]}; ids are never reused",
        f"copy.yaml:3: id: the id DE-2026-0002 is taken by {paths[2]}; ids are never reused",
    ]


def test_a_file_does_not_fall_back_to_an_id_that_another_file_has_by_now(tmp_path: Path) -> None:
    paths, orders = three(tmp_path), OrderFolder()
    read(orders, paths)
    write(tmp_path, "0.yaml", ("id", "DE-2026-0001"))
    paths.append(write(tmp_path, "9.yaml", ("id", "DE-2026-0000")))
    ids, problems = read(orders, paths)
    assert (ids, len(problems)) == (["DE-2026-0001", "DE-2026-0002", "DE-2026-0000"], 1)


def test_two_files_can_swap_their_ids(tmp_path: Path) -> None:
    paths, orders = three(tmp_path), OrderFolder()
    read(orders, paths)
    write(tmp_path, "0.yaml", ("id", "DE-2026-0001"))
    write(tmp_path, "1.yaml", ("id", "DE-2026-0000"))
    assert read(orders, paths) == (["DE-2026-0001", "DE-2026-0000", "DE-2026-0002"], [])


def test_a_duplicate_id_is_reported_even_if_its_file_cannot_be_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_path: Path) -> None:
        raise ConfigError([])

    monkeypatch.setattr(folder, "read_document", gone)
    paths = [write(tmp_path, "a.yaml"), write(tmp_path, "b.yaml")]
    assert read(OrderFolder(), paths)[1] == [
        f"b.yaml:1: the id DE-2026-0001 is taken by {paths[0]}; ids are never reused"
    ]


def test_the_local_copies_of_documents_are_listed(tmp_path: Path) -> None:
    (tmp_path / "order.pdf").write_bytes(b"an order")
    digest = hashlib.sha256(b"an order").hexdigest()
    paths = [write(tmp_path, "a.yaml", ("document.sha256", digest), ("document.file", "order.pdf"))]
    orders = OrderFolder()
    read(orders, paths)
    assert orders.documents() == [str(tmp_path / "order.pdf")]
