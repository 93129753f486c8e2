from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import typer

from joinfence.cli.configuration import find, load, loaded_order, main_file
from tests.config_files import copy_configs, edit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_the_settings_a_file_and_an_order_are_found(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    settings = main_file(main)
    assert [found.path.name for found in find(main, settings, "PT-2026-0002")] == ["PT-2026-0002.yaml"]
    loaded, order = loaded_order(main, "PT-2026-0002", NOON)
    assert (loaded.settings, order.id) == (settings, "PT-2026-0002")


@pytest.mark.parametrize("reads", [main_file, lambda main: load(main, NOON)], ids=["main file", "all"])
def test_every_problem_is_printed_and_counted_and_the_status_is_2(
    reads: Callable[[Path], object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main = copy_configs(tmp_path)
    edit(main, "on_error: admit", "on_error: refuse")
    edit(main, "agreement: all", "agreement: most")
    with pytest.raises(typer.Exit) as caught:
        reads(main)
    assert caught.value.exit_code == 2
    told = capsys.readouterr().err.splitlines()
    assert [line.partition(": found")[0].rpartition(" ")[2] for line in told[:-1]] == [
        "location.agreement",
        "on_error",
    ]
    assert told[-1] == f"2 problem(s) in {main}"


@pytest.mark.parametrize(
    ("order_id", "told"),
    [
        ("PT-2026-0003", "PT-2026-0003: no order has this id; did you mean PT-2026-0002?\n"),
        ("nothing", "nothing: no order has this id; `joinfence orders list` shows all orders\n"),
    ],
)
def test_an_order_that_is_not_there_is_told_with_the_one_meant(
    order_id: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as caught:
        loaded_order(copy_configs(tmp_path), order_id, NOON)
    assert (caught.value.exit_code, capsys.readouterr().err) == (2, told)


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main = copy_configs(tmp_path)
    with pytest.raises(typer.Exit) as caught:
        find(main, main_file(main), "XX-2026-0001")
    assert caught.value.exit_code == 2
    assert capsys.readouterr().err == (
        "XX-2026-0001: no order has this id; `joinfence orders list` shows all orders\n"
    )
