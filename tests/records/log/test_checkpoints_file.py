"""The file of the log's heads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from joinfence.records.log.checkpoints_file import last_head, read_heads, size_and_root
from joinfence.records.log.files import HEADS
from tests.records.logs import write_log

if TYPE_CHECKING:
    from pathlib import Path


def test_each_writing_appends_a_head_and_the_last_one_is_found(tmp_path: Path) -> None:
    write_log(tmp_path, 1, 2, 40)
    notes = list(read_heads(tmp_path / HEADS))
    sizes = [said[0] for note in notes if (said := size_and_root(note))]
    assert sizes == [0, 1, 3, 43]
    assert last_head(tmp_path / HEADS) == (notes[-1], (tmp_path / HEADS).stat().st_size)


def test_the_last_head_is_found_without_reading_the_whole_file(tmp_path: Path) -> None:
    write_log(tmp_path, *[1] * 30)
    assert (tmp_path / HEADS).stat().st_size > 4096
    assert last_head(tmp_path / HEADS)[0] == list(read_heads(tmp_path / HEADS))[-1]


@pytest.mark.parametrize("rest", ["meet", "meet.example/x\n3\nAAAA", "x\n3\nA=\n\n— meet.example/x AA"])
def test_an_incomplete_head_is_left_out(tmp_path: Path, rest: str) -> None:
    write_log(tmp_path, 1)
    whole = (tmp_path / HEADS).read_bytes()
    (tmp_path / HEADS).write_bytes(whole + rest.encode())
    note, end = last_head(tmp_path / HEADS)
    assert (note.split("\n")[1], end) == ("1", len(whole))
    assert len(list(read_heads(tmp_path / HEADS))) == 2


def test_a_file_may_hold_no_head(tmp_path: Path) -> None:
    (tmp_path / HEADS).write_bytes(b"nothing\nof\nthe\nkind\nhere\n")
    assert last_head(tmp_path / HEADS) == ("", 0)
    assert [size_and_root(note) for note in read_heads(tmp_path / HEADS)] == [None]
