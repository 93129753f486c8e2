"""The compiled copy saves reading files, and is used only if nobody else can have written it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from joinfence.config.order_store.cache import CompiledCopy
from joinfence.config.order_store.stored import StoredOrder, encode_order
from tests.factories import AUTHORITY, make_order

REGISTER = {AUTHORITY.id: AUTHORITY}
NOTHING: tuple[dict[str, StoredOrder], dict[bytes, StoredOrder]] = ({}, {})


def encode(number: int, *, settled: bool = True) -> StoredOrder:
    order = make_order(id=f"DE-2026-{number:04}")
    return encode_order(order, stamp=number, settled=settled, document="", digest=bytes([number]) * 32)


ENTRIES = {"a.yaml": encode(1), "b.yaml": encode(2, settled=False)}


def copy_in(folder: Path, *, services: dict[str, tuple[()]] | None = None) -> CompiledCopy:
    return CompiledCopy(folder, REGISTER, services or {})


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Return a state folder with a copy."""
    folder = tmp_path / "state"
    copy_in(folder).write(ENTRIES)
    return folder


def file_in(folder: Path) -> Path:
    (found,) = folder.iterdir()
    return found


def test_a_copy_is_read_by_path_if_the_stamp_is_reliable_and_by_digest(written: Path) -> None:
    assert copy_in(written).read() == (
        {"a.yaml": ENTRIES["a.yaml"]},
        {entry.digest: entry for entry in ENTRIES.values()},
    )


def test_a_path_that_is_not_utf_8_can_be_written_and_read(tmp_path: Path) -> None:
    path = os.fsdecode(b"Verf\xfcgung.yaml")
    copy_in(tmp_path).write({path: encode(1)})
    assert copy_in(tmp_path).read()[0] == {path: encode(1)}


def test_only_the_owner_can_access_the_folder_and_the_copy(written: Path) -> None:
    assert [path.stat().st_mode & 0o777 for path in (written, file_in(written))] == [0o700, 0o600]


def test_a_copy_for_other_services_is_not_used(written: Path) -> None:
    assert copy_in(written, services={"zoom": ()}).read() == NOTHING


def test_a_new_copy_replaces_the_old_one(written: Path) -> None:
    copy_in(written).write({"a.yaml": ENTRIES["a.yaml"]})
    assert list(copy_in(written).read()[1]) == [ENTRIES["a.yaml"].digest]
    file_in(written)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda raw: raw[:-80], id="cut short"),
        pytest.param(lambda raw: raw.replace(b"copyright", b"defamation"), id="changed"),
        pytest.param(lambda raw: raw[: raw.index(b"\n") + 1], id="only the first line"),
        pytest.param(lambda raw: raw.replace(b'{"path"', b'{"pat"'), id="a key is missing"),
        pytest.param(lambda raw: raw.replace(b'{"path"', b'["path"', 1), id="not JSON"),
        pytest.param(lambda _raw: b"", id="zero bytes"),
    ],
)  # fmt: skip
def test_an_incomplete_or_changed_copy_is_not_used(written: Path, spoil: object) -> None:
    path = file_in(written)
    path.write_bytes(spoil(path.read_bytes()))  # type: ignore[operator]
    assert copy_in(written).read() == NOTHING


@pytest.mark.parametrize("mode", [0o722, 0o770], ids=oct)
def test_a_copy_in_a_folder_that_others_can_write_to_is_not_used(written: Path, mode: int) -> None:
    written.chmod(mode)
    assert copy_in(written).read() == NOTHING


def test_a_copy_that_others_own_or_can_write_is_not_used(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as someone_else:
        own = os.geteuid()
        someone_else.setattr(os, "geteuid", lambda: own + 1)
        assert copy_in(written).read() == NOTHING
    file_in(written).chmod(0o620)
    assert copy_in(written).read() == NOTHING


def test_a_symbolic_link_is_not_followed(written: Path) -> None:
    path = file_in(written)
    path.rename(written / "elsewhere")
    path.symlink_to(written / "elsewhere")
    assert copy_in(written).read() == NOTHING


def test_without_a_copy_there_is_nothing_to_read(tmp_path: Path) -> None:
    assert copy_in(tmp_path / "none").read() == NOTHING


def test_a_copy_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    copy_in(file / "state").write(ENTRIES)
    assert file.read_bytes() == b""


def test_a_copy_that_cannot_be_renamed_leaves_nothing_behind(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path, _target: Path) -> Path:
        raise OSError

    monkeypatch.setattr(Path, "replace", refuse)
    copy_in(written).write({})
    file_in(written)
    assert len(copy_in(written).read()[1]) == 2
