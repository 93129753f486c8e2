"""Caches are written in one step, private, and trusted only if nobody else could write them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from joinfence.background.private_files import open_private, write_cache


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "state" / "cache"
    write_cache(path, [b"a", b"b"])
    return path


def test_what_is_written_is_read_back(path: Path) -> None:
    with open_private(path) as file:
        assert file.read() == b"ab"
    write_cache(path, [b"c"])
    assert (path.read_bytes(), list(path.parent.iterdir())) == (b"c", [path])


def test_only_the_owner_can_read_it(path: Path) -> None:
    assert [each.stat().st_mode & 0o777 for each in (path.parent, path)] == [0o700, 0o600]


@pytest.mark.parametrize("mode", [0o620, 0o602], ids=oct)
def test_a_file_that_others_can_write_is_not_opened(path: Path, mode: int) -> None:
    path.chmod(mode)
    with pytest.raises(PermissionError):
        open_private(path)


@pytest.mark.parametrize("mode", [0o770, 0o722], ids=oct)
def test_a_folder_that_others_can_write_is_not_trusted(path: Path, mode: int) -> None:
    path.parent.chmod(mode)
    with pytest.raises(PermissionError):
        open_private(path)


def test_another_users_file_is_not_opened(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: own + 1)
    with pytest.raises(PermissionError):
        open_private(path)


def test_a_link_is_not_followed(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))
    with pytest.raises(OSError, match="symbolic"):
        open_private(path)


def test_errors_of_writing_are_ignored(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    write_cache(file / "state" / "cache", [b"a"])
    assert list(tmp_path.iterdir()) == [file]


def test_a_failed_write_leaves_no_temporary_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path, _target: Path) -> Path:
        raise OSError

    monkeypatch.setattr(Path, "replace", refuse)
    write_cache(path, [b"new"])
    assert (path.read_bytes(), list(path.parent.iterdir())) == (b"ab", [path])
