"""The loaded configuration as events describe it, and rejected files."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from joinfence.config.yaml.problems import Problem
from joinfence.loading.loader import Loader
from joinfence.records.log.events import EventKind
from joinfence.records.snapshot import config_state_of, rejected_files
from tests.config_files import edit
from tests.e2e.harness import make_config

if TYPE_CHECKING:
    from pathlib import Path

    from joinfence.loading.loader import Loaded


@pytest.fixture
def main(tmp_path: Path) -> Path:
    return make_config(tmp_path)


def load(main: Path) -> Loaded:
    return Loader(main).load(datetime.now(UTC))


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_an_edit_changes_the_digest_of_its_kind_of_file_only(main: Path) -> None:
    before = config_state_of(load(main)).files
    assert before[EventKind.REGISTER_CHANGED] == sha256(main.parent / "authorities.yaml")
    assert before[EventKind.SIGNERS_CHANGED] is None
    with (main.parent / "corrections.yaml").open("a") as file:
        file.write("# looked at\n")
    after = config_state_of(load(main)).files
    assert [kind for kind in before if before[kind] != after[kind]] == [EventKind.CONFIG_CHANGED]


def test_location_sources_are_named_with_their_builds(main: Path) -> None:
    assert config_state_of(load(main)).location[0].startswith("registry (iptocc ")


def test_orders_have_the_digests_of_their_files(main: Path) -> None:
    loaded = load(main)
    found = {order_id: digest.hex() for order_id, digest in loaded.order_digests.items()}
    assert found == {path.stem: sha256(path) for path in (main.parent / "orders").glob("*.yaml")}


def test_only_problems_of_order_files_are_rejections(main: Path) -> None:
    loaded = load(main)
    orders = main.parent / "orders"
    edit(orders / "DE-2026-0001.yaml", "version: 1", "version: 0")
    (orders / "draft.yaml").write_text("nothing", encoding="utf-8")
    paths = [orders / "DE-2026-0001.yaml", orders / "draft.yaml", orders / "missing.yaml", main]
    problems = [Problem(path, line, 1, "wrong") for path in paths for line in (1, 2)]
    assert list(rejected_files(loaded, problems)) == [
        ("DE-2026-0001", sha256(paths[0])),
        (None, sha256(paths[1])),
    ]
