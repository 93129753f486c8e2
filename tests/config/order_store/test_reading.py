"""What is read of a file, and until when it is right."""

from __future__ import annotations

import hashlib
import os
import time
from datetime import UTC, datetime
from multiprocessing import Pipe
from typing import TYPE_CHECKING

import pytest

from joinfence.config.order_store.reading import SETTLED, Reading, by_content, is_of, read_order_file
from joinfence.config.order_store.stored import Stored
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


def good(path: Path) -> Stored:
    found = read(path)
    assert isinstance(found, Stored), found
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
    assert not isinstance(found, Stored)
    assert [problem.path for problem in found] == [path, path]


@pytest.mark.parametrize("text", [changed(), "schema: order/1"], ids=["good", "broken"])
def test_what_was_read_can_be_handed_from_process_to_process(tmp_path: Path, text: str) -> None:
    path = tmp_path / os.fsdecode(b"Verf\xfcgung.yaml")  # no UTF-8
    path.write_text(text, encoding="utf-8")
    found = read(path)
    ours, theirs = Pipe()
    ours.send((str(path), found))
    assert theirs.recv() == (str(path), found)


def test_a_file_holds_its_order_until_it_is_edited_or_gone(path: Path) -> None:
    found = good(path)
    assert is_of(str(path), found)
    path.write_text(changed(("version", 2), ("supersedes", 1)), encoding="utf-8")
    assert not is_of(str(path), found)
    again = good(path)
    path.unlink()
    assert not is_of(str(path), again)


def test_an_order_depends_on_its_documents_local_copy_as_well(path: Path) -> None:
    document = with_document(path, b"an order")
    found = good(path)
    assert (found.document, is_of(str(path), found)) == (str(document), True)
    document.write_bytes(b"another order")
    assert not is_of(str(path), found)
    assert by_content(str(path), {found.digest: found}) is None


def test_a_file_that_was_touched_or_moved_is_known_by_its_content(path: Path) -> None:
    found = good(path)
    moved = path.with_name("moved.yaml")
    path.rename(moved)
    again = by_content(str(moved), {found.digest: found})
    assert again is not None
    assert is_of(str(moved), again)
    assert by_content(str(moved), {}) is None
    assert by_content(str(path), {found.digest: found}) is None, "it is gone"


def test_the_signature_of_a_file_is_relied_on_once_it_has_rested(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not good(path).settled
    later = os.stat(path).st_ctime + SETTLED + 1  # noqa: PTH116 - as the code does
    monkeypatch.setattr(time, "time", lambda: later)
    assert good(path).settled
