from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from joinfence.monitoring.status.snapshot import STATUS, read_snapshot, write_snapshot
from tests.monitoring.status.samples import snapshot

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    write_snapshot(tmp_path, snapshot())
    assert read_snapshot(tmp_path) == snapshot()
    assert json.loads((tmp_path / STATUS).read_text())["schema"] == "status/1"


def test_keys_of_a_newer_version_are_ignored(tmp_path: Path) -> None:
    write_snapshot(tmp_path, snapshot())
    data = json.loads((tmp_path / STATUS).read_text())
    (tmp_path / STATUS).write_text(json.dumps({**data, "more": 1}))
    assert read_snapshot(tmp_path) == snapshot()


@pytest.mark.parametrize("content", [None, "{}", "[]", "{"])
def test_anything_but_a_snapshot_is_none(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / STATUS).write_text(content)
    assert read_snapshot(tmp_path) is None
