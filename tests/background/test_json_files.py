from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from joinfence.background.json_files import read_json, write_json

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_written_is_read_back_and_only_the_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "made" / "x.json"
    write_json(path, {"ä": [1, None]})
    assert read_json(path) == {"ä": [1, None]}
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("content", [None, b"{", b"\xff"], ids=["no file", "cut short", "not UTF-8"])
def test_a_missing_file_and_anything_but_json_are_none(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.json"
    if content is not None:
        path.write_bytes(content)
    assert read_json(path) is None


def test_a_failure_leaves_the_old_file_intact(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    write_json(path, 1)
    with pytest.raises(TypeError):
        write_json(path, {"bytes": b""})
    assert json.loads(path.read_text()) == 1
    assert list(tmp_path.iterdir()) == [path]
