"""Reading an order file, and until when the result is current."""

from __future__ import annotations

import hashlib
import os
import time
from datetime import UTC, datetime
from multiprocessing import Pipe
from typing import TYPE_CHECKING

import pytest

from joinfence.config.order_store.reading import (
    SETTLED,
    Reading,
    find_by_content,
    is_current,
    read_order_file,
)
from joinfence.config.order_store.stored import StoredOrder
from joinfence.config.orders.authorities import read_authorities
from tests.config_files import SHIPPED
from tests.order_texts import changed

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
REGISTER = read_authorities(SHIPPED / "authorities.yaml")
SERVICES: dict[str, tuple[()]] = {"demo": (), "zoom": ()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.yaml"
    path.write_text(changed(), encoding="utf-8")
    return path


def read(path: Path) -> Reading:
    return read_order_file(str(path), REGISTER, SERVICES, NOW)


def good(path: Path) -> StoredOrder:
    found = read(path)
    assert isinstance(found, StoredOrder), found
    return found


def with_document(path: Path, content: bytes) -> Path:
    document = path.with_name("order.pdf")
    document.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    path.write_text(changed(("document.sha256", sha256), ("document.file", document.name)), encoding="utf-8")
    return document


def test_every_problem_of_a_file_is_returned(path: Path) -> None:
    path.write_text(changed(("version", 0), ("mode", "x")), encoding="utf-8")
    found = read(path)
    assert not isinstance(found, StoredOrder)
    assert [problem.path for problem in found] == [path, path]


@pytest.mark.parametrize("text", [changed(), "schema: order/1"], ids=["good", "broken"])
def test_a_result_can_be_sent_to_another_process(tmp_path: Path, text: str) -> None:
    path = tmp_path / os.fsdecode(b"Verf\xfcgung.yaml")  # not UTF-8
    path.write_text(text, encoding="utf-8")
    found = read(path)
    ours, theirs = Pipe()
    ours.send((str(path), found))
    assert theirs.recv() == (str(path), found)


def test_an_order_is_current_until_its_file_is_edited_or_deleted(path: Path) -> None:
    found = good(path)
    assert is_current(str(path), found)
    path.write_text(changed(("version", 2), ("supersedes", 1)), encoding="utf-8")
    assert not is_current(str(path), found)
    again = good(path)
    path.unlink()
    assert not is_current(str(path), again)


def test_an_order_also_depends_on_the_local_copy_of_its_document(path: Path) -> None:
    document = with_document(path, b"an order")
    found = good(path)
    assert (found.document, is_current(str(path), found)) == (str(document), True)
    document.write_bytes(b"another order")
    assert not is_current(str(path), found)
    assert find_by_content(str(path), {found.digest: found}) is None


def test_the_order_of_a_moved_file_is_found_by_its_content(path: Path) -> None:
    found = good(path)
    moved = path.with_name("moved.yaml")
    path.rename(moved)
    again = find_by_content(str(moved), {found.digest: found})
    assert again is not None
    assert is_current(str(moved), again)
    assert find_by_content(str(moved), {}) is None
    assert find_by_content(str(path), {found.digest: found}) is None, "the file is gone"


def test_a_stamp_is_reliable_some_time_after_the_last_edit(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not good(path).settled
    later = os.stat(path).st_ctime + SETTLED + 1  # noqa: PTH116 - as the code does
    monkeypatch.setattr(time, "time", lambda: later)
    assert good(path).settled
